import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';

export interface ReadsOptions {
  /** Offsets at which a new DATA frame starts; equal ones make an empty frame, those past the end are ignored. */
  readonly cuts: readonly number[];
  /** Numbers of cuts, from 0, at which the target has read all that came before when the rest is sent. */
  readonly stops: readonly number[];
  /** What happens at a stop; a SETTINGS fence unless given. */
  readonly atStop?: () => void;
  readonly endStream?: boolean;
  /** END_STREAM on an extra empty DATA frame. */
  readonly endStreamOnEmptyFrame?: boolean;
}

/**
 * Sends octets in DATA frames, and makes sure that the target sees some of the pieces apart: frames sent in one go usually arrive in one read, which hides
 * every fault in keeping what came before. No time passes; each stop costs a round trip.
 */
export function sendInReads(
  script: PlanBuilder,
  call: CallWriter,
  octets: Uint8Array,
  options: ReadsOptions,
): CallWriter {
  const {
    stops,
    atStop = () => script.fence({ on: call.connection }),
    endStream = true,
    endStreamOnEmptyFrame,
  } = options;
  const cuts = options.cuts.filter((cut) => cut <= octets.length).toSorted((a, b) => a - b);
  const ends = [...new Set(stops)].filter((stop) => stop < cuts.length).toSorted((a, b) => a - b);
  let sent = 0;
  let from = 0;
  for (const end of ends) {
    const to = cuts[end] ?? octets.length;
    call.sendOctets(octets.subarray(sent, to), { cuts: cuts.slice(from, end).map((cut) => cut - sent) });
    atStop();
    sent = to;
    from = end + 1;
  }
  return call.sendOctets(octets.subarray(sent), {
    cuts: cuts.slice(from).map((cut) => cut - sent),
    endStream,
    ...(endStreamOnEmptyFrame === undefined ? {} : { endStreamOnEmptyFrame }),
  });
}
