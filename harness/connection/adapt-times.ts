import { farRoundTrip, type Times } from './script';

/** Round trips that silence must outlast to mean something. */
const quietRoundTrips = 8;

/**
 * Round trips that a wait has room for, beside half of its time for what the target does: for an answer SETTINGS, the request, and credit that has to come
 * back twice; more credit than that extends the wait as it is used (see client.ts). For all else what we say, and what comes of it.
 */
const roundTrips = { reply: 4, close: 2, cancel: 2, connect: 3 } as const;

/**
 * Waits for a target so far away that answers, and silence, take longer to mean something; none gets shorter.
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
