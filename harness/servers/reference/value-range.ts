/** The values that a variation or a defect may take: whole numbers. */
export interface ValueRange {
  /** What the number counts, for people: `streams`, `milliseconds`. */
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  /** The only values that there are, where the numbers between mean nothing. */
  readonly among?: readonly number[];
  /** Values that every self-test takes; it draws others beside them. */
  readonly always: readonly number[];
}

/** `name` or `name=value`, taken apart. */
export interface NameAndValue {
  readonly name: string;
  readonly value?: number;
}

/** Takes `name=value` apart. Undefined when the part behind the sign is no whole number. */
export function splitNameAndValue(text: string): NameAndValue | undefined {
  const at = text.indexOf('=');
  if (at < 0) return { name: text };
  const digits = text.slice(at + 1);
  return /^[0-9]{1,10}$/.test(digits) ? { name: text.slice(0, at), value: Number(digits) } : undefined;
}

/** The words that {@link splitNameAndValue} takes apart. */
export const joinNameAndValue = ({ name, value }: NameAndValue): string =>
  value === undefined ? name : `${name}=${value}`;

/** True when the value is one of the range; without a range, when there is no value. */
export function isInRange(range: ValueRange | undefined, value: number | undefined): boolean {
  if (range === undefined || value === undefined) return range === undefined && value === undefined;
  return range.among?.includes(value) ?? (value >= range.least && value <= range.most);
}

/**
 * The value that a seed stands for: each order of magnitude of the range is as likely as the next, since limits differ by factors. Undefined where all
 * values are listed.
 */
export function drawValue({ least, most, among }: ValueRange, seed: number): number | undefined {
  if (among !== undefined) return undefined;
  const part = (seed >>> 0) / 2 ** 32;
  return Math.min(most, Math.round((least + 1) * ((most + 1) / (least + 1)) ** part) - 1);
}
