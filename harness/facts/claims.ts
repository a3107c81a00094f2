/** What the author says of how long connections live on the target, since a client cannot find it out in reasonable time (gRFC A9). In milliseconds. */
export interface Claims {
  /** After so long without a sign of life the server sends a PING. */
  readonly keepaliveTime?: number;
  /** After so long without an answer to it the server drops the connection. */
  readonly keepaliveTimeout?: number;
  /** A connection that is so old is ended in good order. */
  readonly maxAge?: number;
  /** For so long calls may go on then. */
  readonly maxAgeGrace?: number;
  /** A connection that has no calls for so long is ended in good order. */
  readonly maxIdle?: number;
}

/** What is claimed can be tested when it takes no longer than this in all. Milliseconds. */
const longest = 10_000;

const isShort = (...times: readonly number[]): boolean => times.reduce((sum, one) => sum + one, 0) <= longest;

/** What a server does that sends PINGs of its own; undefined when it is not said, or when waiting for it takes too long. */
export function keepaliveOf({ keepaliveTime, keepaliveTimeout }: Claims = {}):
  { readonly time: number; readonly timeout: number } | undefined {
  if (keepaliveTime === undefined || keepaliveTimeout === undefined) return undefined;
  return isShort(keepaliveTime, keepaliveTimeout) ? { time: keepaliveTime, timeout: keepaliveTimeout } : undefined;
}

/** How a server ends connections that are old; undefined as in {@link keepaliveOf}, `grace` when it is for ever or nobody has said. */
export function maxAgeOf({ maxAge, maxAgeGrace }: Claims = {}):
  { readonly age: number; readonly grace: number | undefined } | undefined {
  return maxAge !== undefined && isShort(maxAge, maxAgeGrace ?? 0) ? { age: maxAge, grace: maxAgeGrace } : undefined;
}

/** After how long a server ends connections without calls; undefined as in {@link keepaliveOf}. */
export function maxIdleOf({ maxIdle }: Claims = {}): number | undefined {
  return maxIdle !== undefined && isShort(maxIdle) ? maxIdle : undefined;
}
