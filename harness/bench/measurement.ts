/** What a number must not pass. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** One number that has a limit. */
export interface Measurement {
  readonly kind: 'measured';
  readonly name: string;
  readonly unit: string;
  readonly limit: Limit;
  readonly measured: number;
  readonly ok: boolean;
  /** What the number was made of, by side and in the order of measuring. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

/** A number that could not be had: `skipped` for want of a tool, `failed` for a fault of ours. */
export interface NoMeasurement {
  readonly kind: 'skipped' | 'failed';
  readonly name: string;
  readonly reason: string;
}

export type Result = Measurement | NoMeasurement;

/** One part of the benchmark, chosen by name. */
export interface Section {
  readonly name: string;
  /** What it compares, half a line. */
  readonly title: string;
  /** @param say takes a line about what is going on. */
  readonly measure: (say: (line: string) => void) => Promise<readonly Result[]>;
}

/** Judges a number by its limit; on the limit is inside. */
export function judge(
  name: string,
  unit: string,
  limit: Limit,
  measured: number,
  samples: Measurement['samples'] = {},
): Measurement {
  const ok = 'atLeast' in limit ? measured >= limit.atLeast : measured <= limit.atMost;
  return { kind: 'measured', name, unit, limit, measured, ok, samples };
}

/** The middle of the samples, the mean of the two middle ones when their number is even. @throws RangeError without samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError('A median needs samples.');
  return (low + high) / 2;
}

/** Two sides that were measured by turns: entries with the same index are neighbours in time. */
export interface Pairs {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** Measures two sides by turns, so that whatever else the machine does hits both alike; a round before the first only warms up. */
export async function alternate(
  rounds: number,
  first: () => Promise<number>,
  second: () => Promise<number>,
): Promise<Pairs> {
  const samples: { first: number[]; second: number[] } = { first: [], second: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const [a, b] = [await first(), await second()];
    if (round === 0) continue;
    samples.first.push(a);
    samples.second.push(b);
  }
  return samples;
}

/** The median of first / second, pair by pair: a machine that gets slower from pair to pair does not change it. */
export function medianRatio({ first, second }: Pairs): number {
  return median(first.map((sample, index) => sample / (second[index] ?? Number.NaN)));
}

/** The results as a table for a terminal; numbers stand with three digits that matter. */
export function formatTable(results: readonly Result[]): string {
  const rows = results.map((result) =>
    result.kind === 'measured'
      ? [
          result.ok ? 'ok' : 'BROKEN',
          result.name,
          `${digits(result.measured)} ${result.unit}`,
          `${'atLeast' in result.limit ? 'at least' : 'at most'} ${digits(limitOf(result.limit))}`,
        ]
      : [result.kind, result.name, result.reason, ''],
  );
  const table = [['', 'what', 'measured', 'limit'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function limitOf(limit: Limit): number {
  return 'atLeast' in limit ? limit.atLeast : limit.atMost;
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
