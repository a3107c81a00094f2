import {
  answersStream,
  answersSum,
  answersUnary,
  arb,
  callBreach,
  echoesInitial,
  echoInitialName,
  encodeMessage,
  fc,
  fitCuts,
  fullDuplexCall,
  hasField,
  grpcHttp2,
  interleave,
  joinOctets,
  must,
  property,
  rfc9113,
  settingIds,
  settingValue,
  streamingInputCall,
  streamingOutputCall,
  suite,
  unaryCall,
  type Breach,
  type Call,
  type CallWriter,
  type PlanBuilder,
  type TargetFacts,
} from '../harness';

const kinds = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'] as const;

/** One of many parallel calls. */
interface Parallel {
  readonly kind: (typeof kinds)[number];
  readonly size: number;
  /** Where the request is cut into DATA frames. */
  readonly cuts: readonly number[];
}

/** Most calls at a time: three DATA frames of each stay below the small frames that some servers allow (catalogue §0.5). */
const mostCalls = 16;

const mostCallsOf = (facts: TargetFacts): number =>
  Math.min(mostCalls, settingValue(facts.settings, settingIds.MAX_CONCURRENT_STREAMS) ?? mostCalls);

/** A size that no other call of the script has: what the answer to call number `index` is known by. */
const markOf = ({ size }: Parallel, index: number): number => size * mostCalls + index;

const echoOf = (index: number): string => `call ${index}`;

function requestOf({ kind }: Parallel, mark: number) {
  switch (kind) {
    case 'unary':
      return unaryCall({ payload: new Uint8Array(mark), responseSize: mark });
    case 'client-streaming':
      return streamingInputCall([{ payload: new Uint8Array(mark) }, { payload: new Uint8Array(1) }]);
    case 'server-streaming':
      return streamingOutputCall({ responses: [{ size: mark }, { size: mark }] });
    case 'bidirectional-streaming':
      return fullDuplexCall([mark, mark].map((size) => ({ responses: [{ size }] })));
  }
}

function answersParallel(call: Call, one: Parallel, mark: number): readonly Breach[] {
  if (one.kind === 'unary') return answersUnary(call, mark);
  return one.kind === 'client-streaming' ? answersSum(call, mark + 1) : answersStream(call, [mark, mark]);
}

/** The parts of all calls in the order in which they are sent: part 0 is the header, the others are DATA. */
const partsInOrder = (calls: readonly Parallel[], order: readonly number[]) =>
  interleave(
    calls.map(({ cuts }, call) => Array.from({ length: cuts.length + 2 }, (_, part) => ({ call, part }))),
    order,
  );

/** What keeps an earlier stream from being done. */
const blockers = ['half a message', 'half an upload', 'a call without a message', 'a slow call'] as const;
type Blocker = (typeof blockers)[number];

/** Milliseconds for which a slow call is busy: much longer than a plain call takes on any machine, shorter than we wait for it. */
const slowTime = 3000;

interface Started {
  /** Does what is left to do. */
  readonly finish: () => void;
}

function start(peer: PlanBuilder, blocker: Blocker, sent: number): Started {
  const complete = (call: CallWriter, rest: Uint8Array): Started => ({
    finish: () => call.sendOctets(rest, { endStream: true }).awaitEnd(),
  });
  switch (blocker) {
    case 'half a message':
    case 'half an upload': {
      const payload = new Uint8Array(100);
      const request =
        blocker === 'half a message' ? unaryCall({ payload, responseSize: 11 }) : streamingInputCall([{ payload }]);
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      return complete(peer.begin(request).sendOctets(body.subarray(0, sent)), body.subarray(sent));
    }
    case 'a call without a message':
      return complete(peer.begin(fullDuplexCall([])), new Uint8Array(0));
    case 'a slow call': {
      const slow = fullDuplexCall([{ responses: [{ size: 1, intervalUs: slowTime * 1000 }] }]);
      const call = peer.call(slow, { awaitEnd: false });
      return { finish: () => call.reset() };
    }
  }
}

function answersBlocker(call: Call, blocker: Blocker, later: readonly Call[]): readonly Breach[] {
  switch (blocker) {
    case 'half a message':
      return answersUnary(call, 11);
    case 'half an upload':
      return answersSum(call, 100);
    case 'a call without a message':
      return answersStream(call, []);
    case 'a slow call': {
      const { end } = call.times;
      const late = later.find(({ times }) => end !== undefined && times.end !== undefined && times.end > end);
      if (late === undefined) return [];
      const expected = 'an answer while the slow call is busy';
      return [{ ...callBreach(late, expected, 'a later call was answered after the slow one'), reaction: 'late' }];
    }
  }
}

export default suite('multiplexing', [
  property({
    id: 'MUX-01-parallel-calls-isolated',
    requirement: must(
      [rfc9113('5'), rfc9113('5.1'), grpcHttp2('Stream Identification')],
      'parallel calls of one connection get their own answers, however their frames are mixed',
    ),
    generates:
      '2 to 16 calls of all four kinds whose headers and DATA frames are shuffled, each with a size and metadata of its own',
    accepts: ['status OK for each call, with the sizes and the metadata that it asked for'],
    needs: ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(
          arb.record<Parallel>({
            kind: fc.constantFrom(...kinds),
            size: arb.boundaryInteger({ max: 100 }),
            cuts: arb.list(fc.nat(1700), { maxCount: 2 }),
          }),
          { minCount: 2, maxCount: Math.max(2, mostCallsOf(facts)) },
        ),
        order: arb.choices({ maxCount: 64 }),
      }),
    examples: () => {
      const calls = kinds.flatMap((kind) => [kind, kind]).map((kind) => ({ kind, size: 1, cuts: [3] }));
      return [
        { calls, order: [] },
        { calls, order: Array.from({ length: 24 }, (_, place) => place) },
        { calls: calls.slice(0, 2), order: [0, 1, 0, 1, 0, 1] },
      ];
    },
    script: (peer, { calls, order }, facts) => {
      const echoes = facts.offers.includes('metadata');
      const writers = new Map<number, CallWriter>();
      const pieces = calls.map((one, index) => {
        const request = requestOf(one, markOf(one, index));
        const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
        const ends = [0, ...fitCuts(one.cuts, body.length), body.length];
        return { request, parts: ends.slice(1).map((end, part) => body.subarray(ends[part], end)) };
      });
      for (const { call, part } of partsInOrder(calls, order)) {
        const { request, parts } = pieces[call]!;
        const metadata = echoes ? [{ name: echoInitialName, value: echoOf(call) }] : [];
        if (part === 0) writers.set(call, peer.begin(request, { metadata }));
        else writers.get(call)?.sendOctets(parts[part - 1]!, { endStream: part === parts.length });
      }
      for (const writer of writers.values()) writer.awaitEnd();
    },
    check: (seen, { calls, order }, facts) =>
      partsInOrder(calls, order)
        .filter(({ part }) => part === 0)
        .flatMap(({ call: index }, place) => {
          const call = seen.call(place);
          const one = calls[index]!;
          const answer = answersParallel(call, one, markOf(one, index));
          return facts.offers.includes('metadata') && owesEcho(call)
            ? [...answer, ...echoesInitial(call, [echoOf(index)])]
            : answer;
        }),
  }),

  property({
    id: 'MUX-02-out-of-order-completion',
    requirement: must(rfc9113('5'), 'a slow or incomplete call does not delay later ones'),
    generates:
      'one to three calls that are not done: half a message, half an upload, no message at all, or a slow handler; then up to four plain calls, and only then the rest of the first ones',
    accepts: ['status OK for the later calls at once', 'status OK for the first ones when they are finished'],
    needs: ['unary', 'client-streaming', 'bidirectional-streaming', 'slow'],
    effort: 0.5,
    timed: true,
    arbitrary: () =>
      arb.record({
        first: arb.list(
          // Below the 105 octets of the smallest request that is cut, prefix included.
          arb.record({ blocker: fc.constantFrom(...blockers), sent: fc.integer({ min: 0, max: 104 }) }),
          { minCount: 1, maxCount: 3 },
        ),
        later: arb.responseSizes({ minCount: 1, maxCount: 4, maxLength: 20_000 }),
      }),
    examples: () => [
      ...blockers.map((blocker) => ({ first: [{ blocker, sent: 50 }], later: [10] })),
      { first: [{ blocker: 'half a message' as const, sent: 3 }], later: [10] },
    ],
    script: (peer, { first, later }) => {
      const started = first.map(({ blocker, sent }) => start(peer, blocker, sent));
      for (const size of later) peer.call(unaryCall({ responseSize: size }));
      for (const { finish } of started) finish();
    },
    check: (seen, { first, later }) => {
      const plain = seen.calls.slice(first.length, first.length + later.length);
      return [
        ...plain.flatMap((call, index) => answersUnary(call, later[index] ?? 0)),
        ...first.flatMap(({ blocker }, index) => answersBlocker(seen.call(index), blocker, plain)),
      ];
    },
  }),
]);

/** The interop service promises the echo for two kinds of method; on the others it may be missing, but never another call's. */
const owesEcho = ({ plan, headers }: Call): boolean =>
  plan.kind === 'unary' || plan.kind === 'bidirectional-streaming' || hasField(headers ?? [], echoInitialName);
