import {
  arb,
  endsWith,
  endsWithAll,
  endsWithoutCredit,
  experiment,
  fc,
  fullDuplexCall,
  hasFiller,
  initialSettings,
  largestMetadata,
  openStalled,
  payloadOf,
  probeAnswer,
  settingIds,
  status,
  stimulus,
  streamOfSizes,
  streamingOutputCall,
  unaryCall,
  warned,
  type AnyProperty,
  type CallRequest,
  type Need,
  type Outcome,
  type TargetFacts,
} from '../../harness';

/** Which window the last octet of the answer uses up. */
type UsedUp = 'stream' | 'connection' | 'both';

interface Exact {
  readonly sizes: readonly number[];
  readonly isUnary: boolean;
  readonly usedUp: UsedUp;
  /** OK unless the handler ends a stream otherwise. */
  readonly code: number;
}

const { INITIAL_WINDOW_SIZE: defaultWindow } = initialSettings;

/** Octets of credit that no answer here uses up. */
const enough = 1_048_576;

/** Octets of a varint. */
const varintLength = (value: number): number => (value < 128 ? 1 : value < 16_384 ? 2 : 3);

/** Octets of DATA of a message of the interop service with such a payload, prefix included, as protobuf writes it at its shortest. */
function octetsOfAnswer(size: number): number {
  const payload = size === 0 ? 0 : 1 + varintLength(size) + size;
  return 5 + 1 + varintLength(payload) + payload;
}

const sumOfAnswers = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + octetsOfAnswer(size), 0);

/** The same answers and another that uses up what is left of the default window. */
function fillDefault(sizes: readonly number[]): readonly number[] {
  const left = defaultWindow - sumOfAnswers(sizes);
  const guess = left - octetsOfAnswer(0);
  const last = Array.from({ length: 12 }, (_, less) => guess - less).find((size) => octetsOfAnswer(size) === left);
  return last === undefined ? sizes : [...sizes, last];
}

const sizesOf = ({ sizes, usedUp }: Exact): readonly number[] => (usedUp === 'stream' ? sizes : fillDefault(sizes));

const requestOf = (exact: Exact): CallRequest => {
  const { isUnary, code } = exact;
  const sizes = sizesOf(exact);
  if (isUnary) return unaryCall({ responseSize: sizes[0] ?? 0 });
  if (code === status.OK) return streamingOutputCall({ responses: sizes.map((size) => ({ size })) });
  const asked = { code, message: 'asked for' };
  return fullDuplexCall([{ responses: sizes.map((size) => ({ size })) }, { responses: [], status: asked }]);
};

const answerOf = (exact: Exact): Outcome => {
  const { isUnary, code } = exact;
  const sizes = sizesOf(exact);
  if (isUnary) return payloadOf(sizes[0] ?? 0);
  return code === status.OK ? streamOfSizes(sizes) : endsWithAll(code, { after: sizes });
};

const canFail = (offers: readonly Need[]): boolean =>
  offers.includes('status') && offers.includes('bidirectional-streaming');

const codes = (offers: readonly Need[]) =>
  canFail(offers) ? arb.statusCode({ ok: true }) : fc.constant<number>(status.OK);

/** Where trailers of a length asked for come from. */
type Source = 'answer' | 'text';

const sourcesOf = (offers: readonly Need[]): readonly Source[] => [
  ...(offers.includes('answer') ? (['answer'] as const) : []),
  'text',
];

/** Octets of trailers, at most; a text has to travel in the request as well. */
const mostOf = (facts: TargetFacts, source: Source): number =>
  Math.min(65_536, source === 'text' ? Math.max(1024, Math.min(24_000, largestMetadata(facts))) : Infinity);

/** Rows about trailers and what they have to pass. */
export const windowsAndSize: readonly AnyProperty[] = [
  stimulus('TRAIL-06-ok-without-messages', {
    generates: 'conversations that are half-closed without a message, and streams that ask for none',
    accepts: ['status OK after no message, with or without Response-Headers'],
    needs: ['server-streaming', 'bidirectional-streaming'],
    borrows: ['before', 'fields', 'ending', 'arrival'],
    effort: 0.2,
    sends: () => arb.record({ isStream: fc.boolean(), requests: fc.nat(3), metadata: arb.metadata({ maxCount: 2 }) }),
    labels: {
      'a stream that asks for none': ({ isStream }) => isStream,
      'a conversation without a request': ({ isStream, requests }) => !isStream && requests === 0,
      'a conversation of requests alone': ({ isStream, requests }) => !isStream && requests > 0,
    },
    examples: () => [
      { isStream: true, requests: 0, metadata: [] },
      { isStream: false, requests: 0, metadata: [] },
      { isStream: false, requests: 2, metadata: [] },
    ],
    write: (script, { isStream, requests, metadata }) => {
      const silent = Array.from({ length: requests }, () => ({ responses: [] }));
      const request = isStream ? streamingOutputCall({ responses: [] }) : fullDuplexCall(silent);
      script.call(request, { metadata }).expect(streamOfSizes([]));
    },
  }),

  experiment('TRAIL-09-trailers-ignore-window', {
    generates:
      'answers of 0 to 4 messages whose last octet uses up the window of the stream, that of the connection, or both at their defaults',
    accepts: ['the end of the answer before any credit', 'the same answer whatever credit comes'],
    needs: ['unary', 'server-streaming'],
    borrows: ['fields', 'arrival'],
    effort: 0.3,
    afterwards: false,
    arbitrary: ({ offers }) =>
      fc.oneof(
        arb.record<Exact>({
          sizes: fc.tuple(arb.boundaryInteger({ max: 20_000, boundaries: [0, 1, 127, 128, 16_379] })),
          isUnary: fc.constant(true),
          usedUp: fc.constant('stream'),
          code: fc.constant<number>(status.OK),
        }),
        arb.record<Exact>({
          sizes: arb.responseSizes({ maxCount: 4, maxLength: 8000 }),
          isUnary: fc.constant(false),
          usedUp: fc.constantFrom<UsedUp>('stream', 'connection', 'both'),
          code: codes(offers),
        }),
        // Nothing but trailers, and no credit at all.
        arb.record<Exact>({
          sizes: fc.constant([]),
          isUnary: fc.constant(false),
          usedUp: fc.constant('stream'),
          code: codes(offers),
        }),
      ),
    labels: {
      'no message': ({ sizes, usedUp }) => sizes.length === 0 && usedUp === 'stream',
      'the window of the stream alone': ({ usedUp, sizes }) => usedUp === 'stream' && sizes.length > 0,
      'the window of the connection alone': ({ usedUp }) => usedUp === 'connection',
      'both windows by the same octet': ({ usedUp }) => usedUp === 'both',
      'a unary call': ({ isUnary }) => isUnary,
    },
    examples: ({ offers }): readonly Exact[] => [
      { sizes: [10], isUnary: true, usedUp: 'stream', code: status.OK },
      { sizes: [], isUnary: false, usedUp: 'stream', code: status.OK },
      { sizes: [10, 0, 100], isUnary: false, usedUp: 'stream', code: status.OK },
      { sizes: [], isUnary: false, usedUp: 'both', code: status.OK },
      { sizes: [1000], isUnary: false, usedUp: 'connection', code: status.OK },
      ...(canFail(offers)
        ? [
            { sizes: [], isUnary: false, usedUp: 'stream' as const, code: status.ABORTED },
            { sizes: [100], isUnary: false, usedUp: 'stream' as const, code: status.ABORTED },
          ]
        : []),
    ],
    script: (script, exact) => {
      const { usedUp } = exact;
      const window = { stream: sumOfAnswers(exact.sizes), connection: enough, both: defaultWindow }[usedUp];
      openStalled(script, window, { replenishConnection: usedUp === 'stream' });
      const call = script.call(requestOf(exact), { awaitEnd: false });
      script.await({ see: 'end', stream: call.stream }, { within: 'cancel', optional: true });
      // Where messages are longer than was reckoned, the rest of them comes now; and what has waited is not lost.
      call.grant(enough);
      script.grant(0, enough);
      call.awaitEnd().expect(answerOf(exact));
    },
    check: (seen, exact) => endsWithoutCredit(seen.call(), seen.connection(), sizesOf(exact).length),
  }),

  experiment('TRAIL-10-large-trailers', {
    generates: 'calls whose trailers have 1 to 64 KiB, after 0 to 2 messages, while up to three streams are busy',
    accepts: ['the whole trailers', 'status RESOURCE_EXHAUSTED or INTERNAL, with a warning'],
    needs: ['status'],
    borrows: ['before', 'fields', 'arrival'],
    effort: 0.3,
    arbitrary: (facts) =>
      fc.constantFrom(...sourcesOf(facts.offers)).chain((source) =>
        arb.record({
          source: fc.constant(source),
          octets: arb.boundaryInteger({
            min: 1024,
            max: mostOf(facts, source),
            boundaries: [8192, 16_000, 16_300, 16_384, 16_400, 32_768, 49_152],
          }),
          replies: source === 'answer' ? fc.nat(2) : fc.constant(0),
          busy: facts.offers.includes('server-streaming') ? fc.nat(3) : fc.constant(0),
          code: arb.statusCode(),
        }),
      ),
    labels: {
      'less than a frame': ({ octets }) => octets < 16_000,
      'more than a frame': ({ octets }) => octets > 16_400,
      'nothing but trailers': ({ replies }) => replies === 0,
      'beside busy streams': ({ busy }) => busy > 0,
    },
    examples: (facts) =>
      sourcesOf(facts.offers).flatMap((source) =>
        [1024, mostOf(facts, source)].map((octets) => ({
          source,
          octets,
          replies: source === 'answer' ? 1 : 0,
          busy: facts.offers.includes('server-streaming') ? 2 : 0,
          code: status.ABORTED,
        })),
      ),
    script: (script, { source, octets, replies, busy, code }, facts) => {
      script.open({ settings: roomForLists });
      const others = Math.max(0, Math.min(busy, mostBeside(facts)));
      const calls = Array.from({ length: others }, () => {
        const responses = [1000, 20_000, 1000].map((size) => ({ size, intervalUs: 2000 }));
        return script.call(streamingOutputCall({ responses }), { awaitEnd: false, role: 'bystander' });
      });
      const text = source === 'text' ? '\u{1F600}x'.repeat(Math.ceil(octets / 13)) : 'asked for';
      const asked = { replies, replyOctets: 100, code, text, trailerOctets: octets };
      const request = source === 'text' ? unaryCall({ status: { code, message: text } }) : probeAnswer(asked);
      const tooLarge = warned(endsWith(status.RESOURCE_EXHAUSTED, status.INTERNAL));
      script.call(request, { as: 'large' }).expect(endsWithAll(code, { text }), tooLarge);
      for (const call of calls) call.awaitEnd();
    },
    check: (seen, { source, octets, code }) => {
      const call = seen.call('large');
      return source === 'answer' && call.status === code ? hasFiller(call, 'trailers', octets) : [];
    },
  }),
];

/** Calls that may be open beside one. */
const mostBeside = ({ limits }: TargetFacts): number =>
  Math.min(limits?.streams ?? Infinity, limits?.handlers ?? Infinity, limits?.callsPerConnection ?? Infinity) - 1;

/** gRPC suggests that clients take 8 KiB; who says so takes more. */
const roomForLists = [
  { id: settingIds.ENABLE_PUSH, value: 0 },
  { id: settingIds.MAX_HEADER_LIST_SIZE, value: 1_048_576 },
];
