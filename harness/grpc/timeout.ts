/** Milliseconds in each TimeoutUnit (PROTOCOL-HTTP2, Timeout). */
export const timeoutUnits = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 } as const;

export type TimeoutUnit = keyof typeof timeoutUnits;

/** Most digits of a TimeoutValue (PROTOCOL-HTTP2, TimeoutValue). */
export const timeoutDigits = 8;

/** Largest TimeoutValue: 8 digits. */
export const largestTimeoutValue = 99_999_999;

/**
 * The value of grpc-timeout for a duration: in milliseconds, or the next larger unit that holds it in 8 digits, rounded up so that it is never shorter.
 * Durations beyond 99999999H become that.
 */
export function encodeTimeout(milliseconds: number): string {
  for (const unit of ['m', 'S', 'M', 'H'] as const) {
    const value = Math.ceil(milliseconds / timeoutUnits[unit]);
    if (value <= largestTimeoutValue) return `${value}${unit}`;
  }
  return `${largestTimeoutValue}H`;
}

/** Milliseconds (with fractions) that a value of grpc-timeout stands for, or undefined when it is malformed. */
export function parseTimeout(value: string): number | undefined {
  const match = /^([0-9]{1,8})([HMSmun])$/.exec(value);
  return match === null ? undefined : Number(match[1]) * timeoutUnits[match[2] as TimeoutUnit];
}
