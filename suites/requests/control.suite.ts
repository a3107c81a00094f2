import {
  answersUnary,
  anyEnd,
  arb,
  callBreach,
  continuation,
  countCalls,
  countsOf,
  echoedInHeaders,
  echoInitialName,
  encodeLiteral,
  encodeMessage,
  endsWith,
  experiment,
  fc,
  fullDuplexCall,
  gzip,
  joinOctets,
  octetsOf,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  status,
  unaryCall,
  warned,
  type AnyProperty,
  type Breach,
  type Call,
  type FieldSpec,
  type Observation,
} from '../../harness';

/** How a field block goes on whose first part has all mandatory fields. */
const continuations = ['more metadata', 'a malformed field', 'a close'] as const;
type Continuation = (typeof continuations)[number];

/** A field that no request may have. */
const malformed: FieldSpec = { name: 'x-Upper', value: 'a' };

/** The rest of a field block, without any table. */
const restOf = (continued: Continuation, value: string): Uint8Array => {
  const literal = (name: string, of: string) =>
    encodeLiteral({ representation: 'without-indexing', name, value: of, huffman: false });
  const metadata = literal(echoInitialName, value);
  return continued === 'a malformed field'
    ? joinOctets([metadata, literal(malformed.name, malformed.value)])
    : metadata;
};

/** Milliseconds that the probe waits for a handler that must not start. */
const probing = 200;

/** The request whose block comes in pieces, and the malformed one whose block comes at once. */
const inPieces = 'in pieces';
const atOnce = 'at once';

/** That the field is malformed is known here: it is refused where the block comes at once. Where it is not, other rules say so. */
const isKnownAsMalformed = (seen: Observation): boolean =>
  seen.calls.every(({ plan, status: code }) => plan.label !== atOnce || code !== status.OK);

/** A malformed field is overlooked that stands in a later piece of the block. */
function isOverlooked(seen: Observation): readonly Breach[] {
  const call = seen.call(inPieces);
  if (seen.calls.length === 1 || call.status !== status.OK || !isKnownAsMalformed(seen)) return [];
  return [callBreach(call, 'the refusal that the same request gets where its field block comes at once')];
}

/** Response-Headers before the block of the request was complete. */
function isAnsweredEarly(seen: Observation): readonly Breach[] {
  const call = seen.call(inPieces);
  const view = seen.connection(call.plan.connection);
  const isOurs = (frame: { readonly streamId: number }): boolean => frame.streamId === call.plan.stream;
  const complete = view.sent.findLast(
    ({ frame }) => frame.type === 'CONTINUATION' && frame.endHeaders && isOurs(frame),
  );
  const answer = view.received.find(({ frame }) => frame.type === 'HEADERS' && isOurs(frame));
  if (answer === undefined || (complete !== undefined && answer.number > complete.number)) return [];
  const observed = 'an answer came before the field block of the request was complete';
  return [{ ...callBreach(call, 'no answer to a part of a request', observed), reaction: 'answered early' }];
}

/** The handler of a request that was never completed, or that was malformed, has not run. */
function hasNotStarted(seen: Observation): readonly Breach[] {
  const started = countsOf(seen)?.started ?? 0;
  if (started === 0 || !isKnownAsMalformed(seen)) return [];
  const observed = 'the handler was started';
  return [{ ...callBreach(seen.call(inPieces), 'a handler that is not started', observed), reaction: 'started early' }];
}

/** Control fields that come twice, each with pairs of values. */
const pairs: readonly { readonly name: string; readonly values: readonly [string, string] }[] = [
  { name: 'grpc-encoding', values: ['gzip', 'gzip'] },
  { name: 'grpc-encoding', values: ['gzip', 'identity'] },
  { name: 'grpc-encoding', values: ['identity', 'gzip'] },
  { name: 'grpc-encoding', values: ['identity', 'identity'] },
  { name: 'content-type', values: ['application/grpc', 'application/grpc'] },
  { name: 'content-type', values: ['application/grpc', 'application/grpc+proto'] },
  { name: 'te', values: ['trailers', 'trailers'] },
  { name: 'grpc-accept-encoding', values: ['identity', 'gzip'] },
  { name: 'grpc-accept-encoding', values: ['gzip', 'identity,deflate'] },
  { name: 'grpc-accept-encoding', values: ['', 'identity , gzip'] },
  { name: 'grpc-accept-encoding', values: ['gzip,,identity', ','] },
  { name: 'grpc-message-type', values: ['grpc.testing.SimpleRequest', 'grpc.testing.SimpleRequest'] },
  { name: 'grpc-message-type', values: ['grpc.testing.SimpleRequest', 'a.B'] },
  { name: 'user-agent', values: ['a/1', 'a/1'] },
  { name: 'user-agent', values: ['a/1', 'grpc-b/2'] },
];

/** Refused in the very words in which the target says of a message that it cannot be decoded, and of nothing else. */
function isMisread(call: Call, undecodable: Call, unknown: Call): readonly Breach[] {
  const said = ({ status: code, message = '' }: Call): string => `${code} ${message}`;
  if ((call.message ?? '') === '' || said(call) !== said(undecodable) || said(call) === said(unknown)) return [];
  const observed = 'the call ended as one does whose message cannot be decoded';
  const breach = callBreach(
    call,
    'the message as it was before it was compressed, or a refusal of the fields',
    observed,
  );
  return [{ ...breach, reaction: 'compressed octets for the handler' }];
}

const isAboutEncoding = (name: string): boolean => name === 'grpc-encoding';

/** Fields that steer an exchange, and when they are complete. */
export const control: readonly AnyProperty[] = [
  experiment('REQ-36-not-before-the-whole-header', {
    generates:
      'a request whose field block stops where all mandatory fields are there, for the quiet time, and goes on with more metadata, with a malformed field, or with the end of the connection',
    accepts: [
      'status OK with all the metadata back',
      'a refusal of what was malformed, unless it is executed where it comes at once as well',
      'no answer and no handler before the block is complete',
    ],
    needs: ['metadata', 'bidirectional-streaming'],
    effort: 0.12,
    borrows: ['before'],
    arbitrary: () =>
      arb.record({
        continued: fc.constantFrom(...continuations),
        cuts: arb.continuationCuts({ max: 2 }),
        restCuts: arb.list(fc.nat(60), { maxCount: 2 }),
        value: arb.asciiValue({ minLength: 1, maxLength: 40 }),
      }),
    examples: () =>
      continuations.map((continued) => ({ continued, cuts: [], restCuts: [], value: 'in the last frame' })),
    labels: {
      'more metadata': ({ continued }) => continued === 'more metadata',
      'a malformed field': ({ continued }) => continued === 'a malformed field',
      'the end of the connection': ({ continued }) => continued === 'a close',
      'the first part in several frames': ({ cuts }) => cuts.length > 0,
      'the rest in several frames': ({ restCuts }) => restCuts.length > 0,
    },
    script: (script, { continued, cuts, restCuts, value }, { offers, times }) => {
      const counted = offers.includes('probe') && continued !== 'more metadata' ? countCalls(script) : undefined;
      const request = fullDuplexCall([{ responses: [{ size: 3 }] }]);
      const metadata = counted?.metadata ?? [];
      if (continued === 'a malformed field') {
        const fields = (all: readonly FieldSpec[]): readonly FieldSpec[] => [...all, malformed];
        script.call(request, { as: atOnce, on: atOnce, fields, legal: false });
      }
      const call = script.begin(request, {
        as: inPieces,
        metadata,
        endHeaders: false,
        headerCuts: cuts,
        legal: false,
      });
      script.await({ see: 'headers', stream: call.stream }, { within: 'quiet', optional: true });
      if (continued === 'a close') script.close('fin');
      else {
        const rest = restOf(continued, value);
        const offsets = [0, ...restCuts.filter((cut) => cut < rest.length).toSorted((a, b) => a - b), rest.length];
        for (const [index, from] of offsets.slice(0, -1).entries()) {
          const endHeaders = index === offsets.length - 2;
          script.frame(continuation(call.stream, rest.subarray(from, offsets[index + 1]), { endHeaders }));
        }
        call.sendMessages(request.messages, { endStream: true }).awaitEnd();
        if (continued === 'a malformed field') call.expect(rejected, recorded(endsWith(status.OK)));
        else call.expect(endsWith(status.OK)).expect(echoedInHeaders([value]));
      }
      counted?.ask({ started: 1, times, withinMs: probing });
    },
    check: (seen) => [...isAnsweredEarly(seen), ...hasNotStarted(seen), ...isOverlooked(seen)],
  }),

  experiment('REQ-40-duplicate-control-fields', {
    generates:
      'unary calls with two equal or different fields of grpc-encoding, content-type, te, grpc-accept-encoding, grpc-message-type or user-agent, the message as it is or compressed by gzip',
    accepts: [
      'status OK with the answer that the message asks for',
      'a refusal, but of two fields of grpc-accept-encoding, which are one list',
    ],
    needs: ['unary', 'gzip'],
    effort: 0.4,
    borrows: ['before', 'arrival'],
    arbitrary: () =>
      arb.record({
        pair: fc.nat(pairs.length - 1),
        isCompressed: fc.boolean(),
        size: fc.integer({ min: 1, max: 300 }),
      }),
    examples: () => pairs.map(({ name }, pair) => ({ pair, isCompressed: isAboutEncoding(name), size: 7 })),
    labels: {
      'equal values': ({ pair }) => new Set(pairs[pair]?.values).size === 1,
      'different values': ({ pair }) => new Set(pairs[pair]?.values).size === 2,
      'encodings of a compressed message': ({ pair, isCompressed }) =>
        isAboutEncoding(pairs[pair]?.name ?? '') && isCompressed,
      'encodings that are accepted': ({ pair }) => pairs[pair]?.name === 'grpc-accept-encoding',
    },
    script: (script, { pair, isCompressed, size }) => {
      const { name, values } = pairs[pair] ?? { name: 'te', values: ['trailers', 'trailers'] };
      const request = unaryCall({ responseSize: size });
      // One that names gzip alone, or a compressed message would be wrong by itself.
      const compressed = isAboutEncoding(name) && isCompressed && values.includes('gzip');
      const body = joinOctets(
        request.messages.map((message) =>
          compressed ? encodeMessage(gzip(message), { compressedFlag: 1 }) : encodeMessage(message),
        ),
      );
      const fields = (ordinary: readonly FieldSpec[]): readonly FieldSpec[] => [
        ...ordinary.filter((field) => field.name !== name),
        ...values.map((value) => ({ name, value })),
      ];
      const call = script.call(request, { fields, body, legal: false });
      if (name === 'grpc-accept-encoding') call.expect(payloadOf(size));
      else call.expect(payloadOf(size), rejected);
      if (!compressed || new Set(values).size === 1) return;
      // How a message ends that cannot be decoded, and one in an encoding that nobody has.
      const raw = joinOctets(request.messages.map((message) => encodeMessage(gzip(message))));
      script.call(request, { as: 'undecodable', on: 'compared', body: raw, legal: false }).expect(anyEnd);
      script.call(request, { as: 'unknown', on: 'compared', body, encoding: 'x-nobody', legal: false }).expect(anyEnd);
    },
    check: (seen, { size }) => {
      const [call, undecodable, unknown] = seen.calls;
      if (call === undefined) return [];
      // Octets that were misread are worse than a convention that is not kept.
      if (call.status === status.OK)
        return answersUnary(call, size).map((breach) => ({ ...breach, mark: 'crash' as const }));
      return undecodable === undefined || unknown === undefined ? [] : isMisread(call, undecodable, unknown);
    },
  }),

  experiment('REQ-41-expect-continue', {
    generates:
      'unary calls with expect: 100-continue, or an expectation that nobody knows, whose message waits for an interim or final response, or for the quiet time',
    accepts: [
      'status OK with the answer asked for',
      'HTTP status 417 to an expectation that nobody knows',
      'no 100 within the quiet time, recorded as info',
    ],
    needs: ['unary'],
    effort: 0.1,
    borrows: ['before'],
    arbitrary: () =>
      arb.record({
        expectation: fc.constantFrom('100-continue', '100-Continue', 'x-other', '100-continue, x-other'),
        payload: arb.message({ maxLength: 300 }),
        size: arb.responseSize({ maxLength: 300 }),
      }),
    examples: () =>
      ['100-continue', '100-Continue', 'x-other'].map((expectation) => ({
        expectation,
        payload: { length: 3, seed: 1 },
        size: 3,
      })),
    labels: {
      '100-continue': ({ expectation }) => /^100-continue$/i.test(expectation),
      'in other letters': ({ expectation }) => expectation.includes('C'),
      'an expectation that nobody knows': ({ expectation }) => expectation.includes('x-other'),
    },
    script: (script, { expectation, payload, size }) => {
      const request = unaryCall({ payload: octetsOf(payload), responseSize: size });
      const call = script.begin(request, { metadata: [{ name: 'expect', value: expectation }], legal: false });
      script.await({ see: 'headers', stream: call.stream }, { within: 'quiet', optional: true });
      call.sendMessages(request.messages, { endStream: true }).awaitEnd();
      if (expectation.includes('x-other')) call.expect(payloadOf(size), plainHttp(417));
      else call.expect(payloadOf(size), warned(anyEnd));
    },
    check: (seen, { expectation }) => {
      const call = seen.call();
      if (call.interim > 0 || call.shape === 'open' || expectation.includes('x-other')) return [];
      const breach = callBreach(call, 'an interim response that lets the content come', 'no interim response came');
      return [{ ...breach, severity: 'info', reaction: 'no 100' }];
    },
  }),
];
