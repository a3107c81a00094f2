import {
  answersEmpty,
  answersStream,
  answersSum,
  answersUnary,
  arb,
  connectionPreface,
  countCalls,
  countsOf,
  cuttableMessage,
  emptyCall,
  encodeMessage,
  endsWithStatus,
  fc,
  fitCuts,
  fullDuplexCall,
  joinOctets,
  mostAtOnce,
  mostEmptyFrames,
  octetsOf,
  property,
  rejected,
  sendInReads,
  status,
  stimulus,
  streamingInputCall,
  streamingInputCallOfLengths,
  suite,
  sumOf,
  unaryCall,
  unaryCallOfLength,
  uploadCall,
  type Breach,
  type Observation,
  type OctetsSpec,
  type TargetFacts,
} from '../harness';

const wire = (messages: readonly Uint8Array[]): Uint8Array =>
  joinOctets(messages.map((message) => encodeMessage(message)));

/** What each message of a bidirectional call asks for: one answer as long as its own payload. */
const mirrored = (payloads: readonly OctetsSpec[]) =>
  fullDuplexCall(payloads.map((payload) => ({ payload: octetsOf(payload), responses: [{ size: payload.length }] })));

/** Octets that an answer is asked for beside every other call: any size will do. */
const bystanderSize = 7;

/** Octets beyond the limit that stand for far above it: as much again where the limit is the usual one. */
const farAbove = 4_194_304;

const lengthOf = (excess: number, limit: number): number => limit + Math.min(excess, limit);

export default suite('messages', [
  property({
    id: 'MSG-02-any-data-split',
    generates:
      'one to three messages cut at up to 40 offsets, also inside the prefix, some pieces in reads of their own with other calls between, in TCP writes of any size',
    accepts: ['status OK with the answer to the same messages in one frame'],
    needs: ['unary', 'client-streaming'],
    arbitrary: (facts) =>
      arb.record({
        payloads: arb.messages({ minCount: 1, maxCount: 3, maxLength: 20_000, maxTotal: 30_000 }),
        isUnary: fc.boolean(),
        cuts: arb.cuts(),
        stops: fc.uniqueArray(fc.nat(8), { maxLength: 3 }),
        hasBystander: mostAtOnce(facts, 2) < 2 ? fc.constant(false) : fc.boolean(),
        endStreamOnEmptyFrame: fc.boolean(),
        segments: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: arb.segments(), weight: 1 }),
      }),
    examples: () => {
      const plain = { hasBystander: false, endStreamOnEmptyFrame: false, segments: null };
      const payloads = [{ length: 20, seed: 1 }];
      return [
        { ...plain, payloads, isUnary: true, cuts: [1, 2, 3, 4, 5, 6], stops: [] },
        { ...plain, payloads, isUnary: true, cuts: [2], stops: [0], hasBystander: true },
        { ...plain, payloads, isUnary: true, cuts: [5], stops: [0], endStreamOnEmptyFrame: true },
        { ...plain, payloads: [...payloads, ...payloads], isUnary: false, cuts: [31], stops: [0] },
        { ...plain, payloads, isUnary: true, cuts: [4], stops: [], segments: [1] },
      ];
    },
    script: (peer, { payloads, isUnary, cuts, stops, hasBystander, endStreamOnEmptyFrame, segments }, facts) => {
      const first = payloads.slice(0, 1);
      const request = isUnary
        ? unaryCall({ payload: octetsOf(first[0] ?? { length: 0, seed: 0 }), responseSize: sumOf(first) })
        : uploadCall(payloads);
      const body = wire(request.messages);
      // The preface in one piece: cutting that is for CONN-01-settings-first, and is found there.
      peer.open(segments === null ? {} : { segments: [connectionPreface.length, ...segments] });
      const call = peer.begin(request);
      const besides = () => peer.call(unaryCall({ responseSize: bystanderSize }), { role: 'bystander' });
      sendInReads(peer, call, body, {
        cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)),
        stops,
        endStreamOnEmptyFrame,
        ...(hasBystander ? { atStop: besides } : {}),
      }).awaitEnd();
    },
    check: (seen, { payloads, isUnary }) => {
      const [subject, ...bystanders] = seen.calls;
      const besides = bystanders.flatMap((call) => answersUnary(call, bystanderSize));
      if (subject === undefined) return besides;
      const answer = isUnary
        ? answersUnary(subject, sumOf(payloads.slice(0, 1)))
        : answersSum(subject, sumOf(payloads));
      return [...answer, ...besides];
    },
  }),

  property({
    id: 'MSG-03-merged-messages',
    generates:
      '2 to 200 messages of 0 to 300 octets in as few DATA frames as possible, or in frames that end inside a message',
    accepts: ['status OK with the sum of all payloads', 'status OK with one answer for each message, in order'],
    needs: ['client-streaming'],
    effort: 0.6,
    arbitrary: ({ offers }) =>
      arb.record({
        payloads: arb.messages({ minCount: 2, maxCount: 200, maxLength: 300, maxTotal: 12_000 }),
        isBidirectional: offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(false),
        cuts: arb.cuts({ max: 3 }),
      }),
    examples: ({ offers }) => {
      const payloads = Array.from({ length: 9 }, (_, index) => ({ length: index % 3 === 0 ? 0 : index, seed: 1 }));
      const isOffered = offers.includes('bidirectional-streaming');
      return [false, isOffered].map((isBidirectional) => ({ payloads, isBidirectional, cuts: [] }));
    },
    script: (peer, { payloads, isBidirectional, cuts }, facts) => {
      const request = isBidirectional ? mirrored(payloads) : uploadCall(payloads);
      peer.call(request, { cuts: fitCuts(cuts, wire(request.messages).length, mostEmptyFrames(facts)) });
    },
    check: (seen, { payloads, isBidirectional }) =>
      isBidirectional
        ? answersStream(
            seen.call(),
            payloads.map(({ length }) => length),
          )
        : answersSum(seen.call(), sumOf(payloads)),
  }),

  property({
    id: 'MSG-05-zero-length-message',
    generates: 'calls with one message of no octets, and uploads with some among others, the prefixes cut anywhere',
    accepts: [
      'status OK with an answer of no octets',
      'status OK with the sum of the others, and every message counted',
    ],
    needs: ['unary', 'client-streaming'],
    arbitrary: () =>
      arb.record({
        method: fc.constantFrom<string>('EmptyCall', 'UnaryCall', 'StreamingInputCall'),
        payloads: arb.list(fc.oneof(fc.constant<OctetsSpec>({ length: 0, seed: 0 }), arb.message({ maxLength: 300 })), {
          minCount: 1,
          maxCount: 8,
        }),
        cuts: arb.cuts({ max: 10, length: 600 }),
        stops: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
      }),
    examples: () => {
      const empty = { length: 0, seed: 0 };
      const plain = { payloads: [empty], cuts: [], stops: [] };
      return [
        { ...plain, method: 'EmptyCall' },
        { ...plain, method: 'EmptyCall', cuts: [2], stops: [0] },
        { ...plain, method: 'UnaryCall', cuts: [1, 2, 3, 4] },
        { ...plain, method: 'StreamingInputCall', payloads: [empty, { length: 9, seed: 1 }, empty, empty] },
      ];
    },
    script: (peer, { method, payloads, cuts, stops }, facts) => {
      const { offers, times } = facts;
      const request = requestOf(method, payloads);
      const isCounted = method === 'StreamingInputCall' && offers.includes('probe');
      const counted = isCounted ? countCalls(peer, { on: 'main' }) : undefined;
      const call = peer.begin(request, { metadata: counted?.metadata ?? [] });
      const body = wire(request.messages);
      sendInReads(peer, call, body, { cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)), stops }).awaitEnd();
      counted?.ask({ finished: 1, times });
    },
    check: (seen, { method, payloads }) => {
      const call = seen.call();
      if (method === 'EmptyCall') return answersEmpty(call);
      if (method === 'UnaryCall') return answersUnary(call, 0);
      return [...answersSum(call, sumOf(payloads)), ...countsMessages(seen, payloads.length)];
    },
  }),

  property({
    id: 'MSG-08-size-limit-boundary',
    generates:
      'messages one octet below, at, one above and far above the limit, alone or after a small one on a stream',
    accepts: [
      'status OK up to the limit',
      'status RESOURCE_EXHAUSTED above it',
      'another error status, with a warning',
    ],
    needs: ['message-limit', 'unary'],
    // A body that is too large for what stands before the server says nothing of messages.
    exceeds: ['message'],
    effort: 0.08,
    arbitrary: ({ offers }) =>
      arb.record({
        excess: fc.constantFrom(-1, 0, 1, farAbove),
        isSecond: offers.includes('client-streaming') ? fc.boolean() : fc.constant(false),
      }),
    examples: ({ offers }) => [
      { excess: 0, isSecond: false },
      { excess: 1, isSecond: false },
      { excess: 0, isSecond: offers.includes('client-streaming') },
      { excess: -1, isSecond: false },
      { excess: 1, isSecond: offers.includes('client-streaming') },
      { excess: farAbove, isSecond: false },
    ],
    script: (peer, { excess, isSecond }, { messageLimit = usualLimit }) => {
      const length = lengthOf(excess, messageLimit);
      peer.call(isSecond ? streamingInputCallOfLengths([smallLength, length]).request : unaryCallOfLength(length));
    },
    check: (seen, { excess, isSecond }, { messageLimit = usualLimit }) => {
      const call = seen.call();
      const length = lengthOf(excess, messageLimit);
      if (length > messageLimit) return endsWithStatus(call, [status.RESOURCE_EXHAUSTED], otherErrors);
      if (!isSecond) return answersUnary(call, 0);
      return answersSum(call, streamingInputCallOfLengths([smallLength, length]).sum);
    },
  }),

  stimulus('MSG-10-truncated-message', {
    generates:
      'END_STREAM after 1 to 4 octets of a prefix or in the middle of a message, alone or after up to 4 complete messages',
    accepts: [rejected],
    needs: ['unary', 'client-streaming'],
    sends: truncatedRequest,
    examples: ({ offers }) => truncatedKinds(offers).flatMap((kind) => [1, 4, 5, 7].map(truncatedExample(kind))),
    write: (script, truncated, facts) => {
      const { request, body } = truncate(truncated);
      script.call(request, { body, cuts: fitCuts(truncated.cuts, body.length, mostEmptyFrames(facts)), legal: false });
    },
  }),
]);

/** Octets; what gRPC libraries take unless told otherwise. */
const usualLimit = 4_194_304;

/** Octets of the message before the one that is measured. */
const smallLength = 40;

/** Any other error refuses the message as well; which one is not for this rule to fail. */
const otherErrors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

function requestOf(method: string, payloads: readonly OctetsSpec[]) {
  if (method === 'StreamingInputCall') return uploadCall(payloads);
  return method === 'EmptyCall' ? emptyCall() : { ...unaryCall(), messages: [new Uint8Array(0)] };
}

/** The probe of the target counts the messages that a handler was given. */
function countsMessages(seen: Observation, count: number): readonly Breach[] {
  const counters = countsOf(seen);
  // A handler that was not counted to its end has not been given everything yet.
  if (counters?.started !== 1 || counters.finished !== 1 || counters.messages === count) return [];
  const observed = `the handler was given ${counters.messages} messages`;
  return [{ observed, expected: `${count} messages for the handler`, reaction: 'wrong message count' }];
}

type TruncatedKind = 'unary' | 'client-streaming' | 'bidirectional-streaming';

const truncatedKinds = (offers: readonly string[]): readonly TruncatedKind[] =>
  (['client-streaming', 'unary', 'bidirectional-streaming'] as const).filter((kind) => offers.includes(kind));

interface Truncated {
  readonly kind: TruncatedKind;
  readonly before: readonly OctetsSpec[];
  readonly pairs: number;
  readonly sent: number;
  readonly cuts: readonly number[];
}

function truncatedRequest({ offers }: TargetFacts) {
  return arb.record({
    kind: fc.constantFrom(...truncatedKinds(offers)),
    before: arb.list(arb.message({ minLength: 1, maxLength: 300 }), { maxCount: 4 }),
    pairs: arb.boundaryInteger({ min: 1, max: 200 }),
    sent: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.nat(404)),
    cuts: arb.cuts({ max: 4, length: 1500 }),
  });
}

function truncatedExample(kind: TruncatedKind) {
  const before = kind === 'unary' ? [] : [{ length: 3, seed: 1 }];
  return (sent: number): Truncated => ({ kind, before, pairs: 3, sent, cuts: [] });
}

/** The octets of a request that ends inside its last message. */
function truncate({ kind, before, pairs, sent }: Truncated) {
  const request = requestBefore(kind, before);
  const last = encodeMessage(cuttableMessage(pairs));
  // One octet at least is there, and one at least is missing.
  const tail = last.subarray(0, Math.min(Math.max(sent, 1), last.length - 1));
  return { request, body: joinOctets([wire(request.messages), tail]) };
}

/** The complete messages before the truncated one; a unary call has one at most. */
function requestBefore(kind: TruncatedKind, before: readonly OctetsSpec[]) {
  switch (kind) {
    case 'unary':
      return { ...unaryCall(), messages: unaryCall().messages.slice(0, before.length) };
    case 'client-streaming':
      return streamingInputCall(before.map((payload) => ({ payload: octetsOf(payload) })));
    case 'bidirectional-streaming':
      return mirrored(before);
  }
}
