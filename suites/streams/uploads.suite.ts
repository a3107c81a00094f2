import {
  absentMethod,
  arb,
  encodeMessage,
  experiment,
  fc,
  interleave,
  joinOctets,
  largestBody,
  largestMessage,
  mostAtOnce,
  streamingInputCall,
  streamingInputCallOfLengths,
  sumOfOctets,
  unknownMethod,
  type AnyProperty,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { chunk, connectionWindow, mostOverhead, prefix, windowOf } from './shared';

/** The frames of an upload that is mostly padding: octets of a message in each, and the Pad Length. */
interface PaddedFrames {
  /** Used in rotation; 0 makes a frame of padding alone. */
  readonly octets: readonly number[];
  readonly padLengths: readonly number[];
}

/** An upload in such frames that takes at least so many octets of the windows. */
function padded({ octets, padLengths }: PaddedFrames, cost: number) {
  const cuts: number[] = [];
  let length = 0;
  let taken = 0;
  for (let frame = 0; taken < cost || length < smallestMessage; frame++) {
    const own = octets[frame % octets.length] ?? 1;
    const padLength = padLengths[frame % padLengths.length] ?? -1;
    length += own;
    taken += own + padLength + 1;
    cuts.push(length);
  }
  const { request, sum } = streamingInputCallOfLengths([length - prefix]);
  return { request, sum, ends: cuts };
}

/** Small DATA frames that are sent before the target has dealt with those before. */
const framesAtOnce = 24;

/** Octets, prefix included; below that no message is made to measure. */
const smallestMessage = 64;

/** One of several uploads: its length in octets, and what becomes of it. */
const fates = ['complete', 'reset', 'refused'] as const;
interface Upload {
  readonly length: number;
  readonly fate: (typeof fates)[number];
}

/** In which order the frames of several uploads leave. */
const orders = ['one after the other', 'round robin', 'random'] as const;

/** Uploads at a time. */
const mostUploads = (facts: TargetFacts): number => Math.max(2, mostAtOnce(facts, 8));

/** Octets of an upload, within what the target takes. */
const uploadLength = (facts: TargetFacts): { readonly min: number; readonly max: number } => {
  const room = Math.min(largestMessage(facts), largestBody(facts)) - 100;
  const min = Math.min(connectionWindow + 1, room);
  return { min, max: Math.max(min, Math.min(150_000, room)) };
};

function beginUpload(script: PlanBuilder, { length, fate }: Upload) {
  const payload = new Uint8Array(length);
  const { messages, ...method } =
    fate === 'refused' ? unknownMethod(absentMethod, [payload]) : streamingInputCall([{ payload }]);
  const body = joinOctets(messages.map((message) => encodeMessage(message)));
  const call = script.begin(method, { legal: fate !== 'refused' });
  const ends = Array.from({ length: Math.ceil(body.length / chunk) }, (_, index) => (index + 1) * chunk);
  const sent = fate === 'reset' ? ends.slice(0, Math.ceil(ends.length / 2)) : ends;
  const writes = sent.map((end, index) => (): void => {
    call.sendOctets(body.subarray(end - chunk, end), { endStream: index === ends.length - 1 });
    if (fate === 'reset' && index === sent.length - 1) call.reset();
  });
  return { call, writes };
}

/** What is sent on streams, and what of it comes back as credit. */
export const uploads: readonly AnyProperty[] = [
  experiment('STREAM-17-padding-returns-credit', {
    generates:
      'an upload in DATA frames that are mostly padding, some of them padding alone, which take three to five windows in all, then a plain upload that needs more than what a leak would leave',
    accepts: ['status OK with the sum of both'],
    needs: ['client-streaming'],
    effort: 0.1,
    arbitrary: (facts) =>
      arb.record({
        octets: arb.list(arb.boundaryInteger({ min: 1, max: 20 }), { minCount: 1, maxCount: 3 }),
        alone: fc.boolean(),
        padLengths: arb.list(arb.boundaryInteger({ min: 60, max: 255, boundaries: [127, 128, 254, 255] }), {
          minCount: 1,
          maxCount: 3,
        }),
        cost: arb.boundaryInteger({
          min: Math.min(mostOverhead, 3 * windowOf(facts)),
          max: Math.min(mostOverhead, 5 * windowOf(facts)),
        }),
      }),
    labels: {
      'frames of padding alone': ({ alone }) => alone,
      'a Pad Length of 255': ({ padLengths }) => padLengths.includes(255),
      'a Pad Length below 128': ({ padLengths }) => padLengths.some((length) => length < 128),
      'more than three windows': ({ cost }, facts) => cost > 3 * windowOf(facts) || cost >= mostOverhead,
    },
    examples: (facts) => {
      const cost = Math.min(mostOverhead, 4 * windowOf(facts));
      return [
        { octets: [1], alone: false, padLengths: [255], cost },
        { octets: [1], alone: true, padLengths: [255], cost },
        { octets: [20], alone: false, padLengths: [60], cost },
      ];
    },
    script: (script, { octets, alone, padLengths, cost }, facts) => {
      const own = alone ? [...octets, 0] : octets;
      const { request, sum, ends } = padded({ octets: own, padLengths }, cost);
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      const call = script.begin(request);
      // Some servers defend themselves against hundreds of small frames at once. A whole number of rounds, so that each burst begins with the first length.
      const period = own.length * padLengths.length;
      const burst = Math.ceil(framesAtOnce / period) * period;
      for (let first = 0; first < ends.length; first += burst) {
        const from = ends[first - 1] ?? 0;
        const to = ends[Math.min(first + burst, ends.length) - 1] ?? body.length;
        const cuts = ends.slice(first, Math.min(first + burst, ends.length) - 1);
        const endStream = first + burst >= ends.length;
        call.sendOctets(body.subarray(from, to), { cuts: cuts.map((end) => end - from), padLengths, endStream });
        if (!endStream) script.fence();
      }
      call.awaitEnd().expect(sumOfOctets(sum));
      const length = Math.min(windowOf(facts), uploadLength(facts).max);
      script.call(streamingInputCall([{ payload: new Uint8Array(length) }])).expect(sumOfOctets(length));
    },
  }),

  experiment('STREAM-24-uploads-share-the-connection-window', {
    generates:
      'two to eight uploads of 65,536 to 150,000 octets at the same time, one after the other, round robin or shuffled, some of them reset half way or for a method that no server has',
    accepts: ['status OK with the sum for all that are left'],
    needs: ['client-streaming'],
    effort: 0.1,
    arbitrary: (facts) =>
      arb.record({
        uploads: arb.list(
          arb.record({
            length: arb.boundaryInteger(uploadLength(facts)),
            fate: fc.oneof(
              { arbitrary: fc.constant('complete' as const), weight: 2 },
              { arbitrary: fc.constantFrom(...fates), weight: 1 },
            ),
          }),
          { minCount: 2, maxCount: mostUploads(facts) },
        ),
        order: fc.constantFrom(...orders),
        picks: arb.choices({ maxCount: 80 }),
      }),
    labels: {
      'round robin': ({ order }) => order === 'round robin',
      'one after the other': ({ order }) => order === 'one after the other',
      'a reset half way': ({ uploads: all }) => all.some(({ fate }) => fate === 'reset'),
      'a method that no server has': ({ uploads: all }) => all.some(({ fate }) => fate === 'refused'),
      'more than four at a time': ({ uploads: all }) => all.length > 4,
    },
    examples: (facts) => {
      const { min } = uploadLength(facts);
      const all = (['complete', 'reset', 'complete', 'refused', 'complete', 'complete'] as const).map((fate) => ({
        length: min + 10_000,
        fate,
      }));
      const some = all.slice(0, mostUploads(facts));
      return [
        { uploads: some, order: 'round robin' as const, picks: [] },
        { uploads: some, order: 'one after the other' as const, picks: [] },
        {
          uploads: some.map(({ length }) => ({ length, fate: 'complete' as const })),
          order: 'round robin' as const,
          picks: [],
        },
      ];
    },
    script: (script, { uploads: all, order, picks }) => {
      const begun = all.map((upload) => ({ upload, ...beginUpload(script, upload) }));
      const queues = begun.map(({ writes }) => writes);
      const shuffled = interleave(queues, order === 'random' ? picks : []);
      for (const write of order === 'round robin' ? roundRobin(queues) : shuffled) write();
      for (const { upload, call } of begun) {
        if (upload.fate === 'reset') continue;
        if (upload.fate === 'refused') script.await({ see: 'end', stream: call.stream }, { optional: true });
        else call.awaitEnd().expect(sumOfOctets(upload.length));
      }
    },
  }),
];

/** One of each in turn. */
function roundRobin<T>(queues: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1))).flat();
}
