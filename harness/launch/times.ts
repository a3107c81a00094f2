import { defaultTimes, farRoundTrip, type Times } from '../connection/script';

/** Shortest `--timeout`, in milliseconds: some servers answer a malformed request only after up to a second, on purpose, so less would prove nothing. */
export const shortestTimeout = 1500;

/** Round trips that silence must outlast to mean something. */
const quietRoundTrips = 8;

/**
 * Round trips that a wait has room for, beside half of its time for what the target does: for an answer SETTINGS, the request, and credit that has to come
 * back twice; more credit than that extends the wait as it is used (see peer.ts). For all else what we say, and what comes of it.
 */
const roundTrips = { reply: 4, close: 2, cancel: 2, connect: 3 } as const;

/** The waits of a run: `--timeout` sets that for an answer, and those that also depend on the speed of the target grow and shrink with it. In milliseconds. */
export function makeTimes(options: { readonly timeout?: number; readonly connectTimeout?: number }): Times {
  const reply = options.timeout ?? defaultTimes.reply;
  const scale = reply / defaultTimes.reply;
  return {
    reply,
    close: Math.max(shortestTimeout, defaultTimes.close * scale),
    quiet: Math.max(defaultTimes.quiet, defaultTimes.quiet * scale),
    cancel: Math.max(shortestTimeout, defaultTimes.cancel * scale),
    connect: options.connectTimeout ?? defaultTimes.connect,
  };
}

/**
 * The same, for a target so far away that answers, and silence, take longer to mean something.
 * @param roundTrip milliseconds
 */
export function adaptTimes(times: Times, roundTrip: number): Times {
  const reach = (wait: keyof typeof roundTrips): number =>
    Math.max(times[wait], Math.ceil(times[wait] / 2 + roundTrips[wait] * roundTrip));
  const quiet = Math.max(times.quiet, Math.ceil(quietRoundTrips * roundTrip));
  if (roundTrip < farRoundTrip) return { ...times, quiet, roundTrip };
  return {
    reply: reach('reply'),
    close: reach('close'),
    cancel: reach('cancel'),
    connect: reach('connect'),
    quiet,
    roundTrip,
  };
}
