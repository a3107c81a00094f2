import fc from 'fast-check';
import type { FrameStep, Step } from '../connection/script';
import { list } from '../generators/list';
import { record } from '../generators/shapes';
import type { Plan } from '../grpc/call-plan';
import { data, headers, ping, settings, windowUpdate } from '../wire/builders';
import { frameTypes, type RawFrame } from '../wire/frame';
import { HpackEncoder } from '../wire/hpack/encoder';

/** What can be wrong with a frame of a session, or with its place. */
export const mutationKinds = [
  'drop',
  'duplicate',
  'swap',
  'flip a bit',
  'truncate',
  'length',
  'type',
  'flags',
  'stream',
] as const;

/** One small change of a session, as plain data. `at` means any frame, counted modulo; what `by` means depends on the kind. */
export interface Mutation {
  readonly kind: (typeof mutationKinds)[number];
  readonly at: number;
  readonly by: number;
}

/** Up to so many at a time: most faults take one, some take two. */
const mostMutations = 3;

/** Changes for {@link mutatePlan}. */
export const mutations = (): fc.Arbitrary<readonly Mutation[]> =>
  list(record<Mutation>({ kind: fc.constantFrom(...mutationKinds), at: fc.nat(255), by: fc.nat(255) }), {
    minCount: 1,
    maxCount: mostMutations,
  });

/** What a PING that was a fence says. */
const noOpaque = new Uint8Array(8);

/** Octets of DATA that every target lets a client send at once: the windows that a connection begins with. */
const mostData = 65_535;

/**
 * The frames of one connection of a plan, as they stand: nothing is waited for, so that a target that has lost the thread keeps nobody waiting. Field blocks refer to
 * no table, so that each means the same wherever it stands. DATA that would not fit into the windows of a new connection is left out.
 */
function framesOf(plan: Plan, on: string): readonly RawFrame[] {
  let room = mostData;
  return plan.steps.flatMap((step): readonly RawFrame[] => {
    if (!('on' in step) || step.on !== on) return [];
    switch (step.do) {
      case 'headers': {
        const fields = step.fields.map((field) => ({ ...field, representation: 'without-indexing' as const }));
        const block = new HpackEncoder().encode(fields, { sizeUpdates: [] });
        return [headers(step.stream, block, { endStream: step.endStream, endHeaders: true })];
      }
      case 'data':
        room -= step.octets.length;
        return room < 0 ? [] : [data(step.stream, step.octets, { endStream: step.endStream })];
      case 'frame':
        return [step.frame];
      case 'settings':
        return [settings(step.settings)];
      case 'grant':
        return [windowUpdate(step.stream, step.octets)];
      case 'fence':
        return [step.by === 'ping' ? ping(step.opaque ?? noOpaque) : settings(step.settings ?? [])];
      default:
        return [];
    }
  });
}

const flipBit = (octets: Uint8Array, bit: number): Uint8Array => {
  if (octets.length === 0) return octets;
  const at = Math.floor(bit / 8) % octets.length;
  return octets.with(at, (octets[at] ?? 0) ^ (1 << (bit % 8)));
};

/** One frame, changed. */
function mutateFrame(frame: RawFrame, { kind, by }: Mutation): RawFrame {
  switch (kind) {
    case 'flip a bit':
      return { ...frame, payload: flipBit(frame.payload, by * 7) };
    case 'truncate':
      return { ...frame, payload: frame.payload.subarray(0, by % Math.max(1, frame.payload.length)) };
    case 'length':
      return { ...frame, length: (frame.payload.length + by + 1) % 2 ** 14 };
    case 'type':
      return { ...frame, type: by % 12 };
    case 'flags':
      return { ...frame, flags: frame.flags ^ (1 << (by % 8)) };
    case 'stream':
      return { ...frame, streamId: by % 24 };
    default:
      return frame;
  }
}

function mutate(frames: readonly RawFrame[], mutation: Mutation): readonly RawFrame[] {
  const at = mutation.at % Math.max(1, frames.length);
  const frame = frames[at];
  if (frame === undefined) return frames;
  switch (mutation.kind) {
    case 'drop':
      return frames.toSpliced(at, 1);
    case 'duplicate':
      return frames.toSpliced(at, 0, frame);
    case 'swap': {
      const other = (at + 1 + mutation.by) % frames.length;
      return frames.with(at, frames[other] ?? frame).with(other, frame);
    }
    default:
      return frames.with(at, mutateFrame(frame, mutation));
  }
}

/**
 * The session of a plan on one connection with small changes, frame by frame. What becomes of its calls is not known any more: only those are still calls of the
 * plan whose header is there as it was, and they are not legal.
 */
export function mutatePlan(plan: Plan, changes: readonly Mutation[], on = 'main'): Plan {
  const before = framesOf(plan, on);
  const after = changes.reduce(mutate, before);
  const opening = plan.steps.filter((step) => step.do === 'open' && step.on === on);
  const written = after.map((frame): FrameStep => ({ do: 'frame', on, frame }));
  // Where a length lies, what follows is cut into other frames than those that we know.
  const isCut = after.some(({ length, payload }) => length !== undefined && length !== payload.length);
  const isWhole = (stream: number): boolean => !isCut && isSame(headersOn(before, stream), headersOn(after, stream));
  return {
    steps: [...opening, ...written] satisfies readonly Step[],
    calls: plan.calls
      .filter(({ connection, stream }) => connection === on && isWhole(stream))
      .map((call) => ({ ...call, legal: false })),
  };
}

const headersOn = (frames: readonly RawFrame[], stream: number): readonly RawFrame[] =>
  frames.filter(({ type, streamId }) => type === frameTypes.HEADERS && streamId === stream);

/** Frames that are not touched are the same objects. */
const isSame = (one: readonly RawFrame[], other: readonly RawFrame[]): boolean =>
  one.length === other.length && one.every((frame, index) => frame === other[index]);
