import fc from 'fast-check';
import type { MethodKind } from '../grpc/call-plan';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { markedCall } from '../moves/marked-call';
import type { HeaderOptions, PlanBuilder } from '../grpc/plan-builder';
import { joinOctets } from '../wire/join-octets';
import { boundaryInteger } from './boundary-integer';
import { fitCuts } from './cuts';
import { list } from './list';
import { interleave } from './order';
import { record } from './shapes';

/** One of many calls at a time. */
export interface ParallelCall {
  readonly kind: Exclude<MethodKind, 'unknown'>;
  readonly size: number;
  /** Where the request is cut into DATA frames. */
  readonly cuts: readonly number[];
}

/**
 * Most calls at a time: with three DATA frames each they stay below the small frames that every server takes. Some count those below 256 octets and
 * close a connection that has some sixty.
 */
export const mostParallelCalls = 16;

const kinds: readonly ParallelCall['kind'][] = [
  'unary',
  'client-streaming',
  'server-streaming',
  'bidirectional-streaming',
];

/** Two or more calls of all kinds. */
export function parallelCalls({ maxCount }: { readonly maxCount: number }): fc.Arbitrary<readonly ParallelCall[]> {
  const call = record<ParallelCall>({
    kind: fc.constantFrom(...kinds),
    size: boundaryInteger({ max: 100 }),
    cuts: list(fc.nat(1700), { maxCount: 2 }),
  });
  return list(call, { minCount: 2, maxCount: Math.max(2, Math.min(maxCount, mostParallelCalls)) });
}

/** A size that no other call of the list has: what the answer to call number `index` is known by. Octets. */
export const markOf = ({ size }: ParallelCall, index: number): number => size * mostParallelCalls + index;

/**
 * The indexes of the calls in the order in which their streams are opened.
 * @param picks see {@link interleave}
 */
export function openingOrder(calls: readonly ParallelCall[], picks: readonly number[]): readonly number[] {
  return partsInOrder(calls, picks).flatMap(({ index, part }) => (part === 0 ? [index] : []));
}

/**
 * Writes the calls with their frames shuffled, the order within each kept, and then the waits for their ends. A client-streaming call sends one octet more
 * than its mark, streaming answers have the mark twice. `together` holds back the last frame of every call behind a fence, so that all of them are open at
 * the same time however fast the target is.
 */
export function sendInterleaved(
  script: PlanBuilder,
  calls: readonly ParallelCall[],
  { picks, together }: { readonly picks: readonly number[]; readonly together: boolean },
  optionsOf: (index: number) => HeaderOptions,
): void {
  const requests = calls.map((call, index) => markedCall(call.kind, markOf(call, index)));
  const bodies = requests.map(({ messages }, index) =>
    cutAt(joinOctets(messages.map((message) => encodeMessage(message))), calls[index]!.cuts),
  );
  const writers = new Map<number, ReturnType<PlanBuilder['begin']>>();
  const send = ({ index, part }: Part): void => {
    const body = bodies[index]!;
    if (part === 0) writers.set(index, script.begin(requests[index]!, optionsOf(index)));
    else writers.get(index)?.sendOctets(body[part - 1]!, { endStream: part === body.length });
  };
  const parts = partsInOrder(calls, picks);
  const isHeld = ({ index, part }: Part): boolean => together && part === bodies[index]!.length;
  for (const part of parts.filter((one) => !isHeld(one))) send(part);
  if (together) script.fence();
  for (const part of parts.filter((one) => isHeld(one))) send(part);
  for (const writer of writers.values()) writer.awaitEnd();
}

/** A piece of a call: part 0 is the header, the others are DATA. */
interface Part {
  readonly index: number;
  readonly part: number;
}

/** The parts of all calls in the order in which they are sent. */
function partsInOrder(calls: readonly ParallelCall[], picks: readonly number[]): readonly Part[] {
  const queues = calls.map(({ cuts }, index) =>
    Array.from({ length: cuts.length + 2 }, (_, part) => ({ index, part })),
  );
  return interleave(queues, picks);
}

function cutAt(octets: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const ends = [0, ...fitCuts(cuts, octets.length), octets.length];
  return ends.slice(1).map((end, part) => octets.subarray(ends[part], end));
}
