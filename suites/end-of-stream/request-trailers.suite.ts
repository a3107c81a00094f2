import {
  arb,
  echoInitialName,
  experiment,
  fc,
  fullDuplexCall,
  octetsOf,
  openStalled,
  payloadOf,
  rejected,
  staysUp,
  stimulus,
  streamOfSizes,
  streamingInputCall,
  sumOf,
  sumOfOctets,
  unaryCall,
  unechoed,
  uploadCall,
  warned,
  type AnyProperty,
  type FieldSpec,
} from '../../harness';

/** Octets; more credit than an answer needs. */
const enough = 100_000;

/** Fields that no request may have, in trailers neither: RFC 9113 §8.1, §8.2. */
const malformed: Readonly<Record<string, FieldSpec>> = {
  ':method': { name: ':method', value: 'POST' },
  ':path': { name: ':path', value: '/grpc.testing.TestService/EmptyCall' },
  ':status': { name: ':status', value: '200' },
  ':x': { name: ':x', value: 'a' },
  'an upper-case name': { name: 'X-Upper', value: 'a' },
  'a blank in a name': { name: 'x a', value: 'a' },
  'NUL in a value': { name: 'x-a', value: 'a\0' },
  'LF in a value': { name: 'x-a', value: 'a\nb' },
  'CR in a value': { name: 'x-a', value: 'a\rb' },
  connection: { name: 'connection', value: 'close' },
  'transfer-encoding': { name: 'transfer-encoding', value: 'chunked' },
  'te: gzip': { name: 'te', value: 'gzip' },
};

const malformedNames = Object.keys(malformed);
const pseudoNames = malformedNames.filter((name) => name.startsWith(':'));

/** Rows about requests that end otherwise than on DATA. */
export const requestTrailers: readonly AnyProperty[] = [
  stimulus('EOS-03-end-stream-on-headers', {
    generates: 'uploads and conversations without a message, whose HEADERS end the request',
    accepts: ['status OK with a sum of 0, or with no message'],
    needs: ['client-streaming', 'bidirectional-streaming'],
    borrows: ['before', 'fields', 'arrival'],
    effort: 0.2,
    sends: () => arb.record({ isUpload: fc.boolean(), metadata: arb.metadata({ maxCount: 3 }) }),
    labels: {
      'client-streaming': ({ isUpload }) => isUpload,
      bidirectional: ({ isUpload }) => !isUpload,
      'fields of its own': ({ metadata }) => metadata.length > 0,
    },
    examples: () => [true, false].map((isUpload) => ({ isUpload, metadata: [] })),
    write: (script, { isUpload, metadata }) => {
      const request = isUpload ? streamingInputCall([]) : fullDuplexCall([]);
      // gRPC itself names DATA alone for the end of a request.
      const call = script.call(request, { endStream: true, metadata, legal: false });
      call.expect(isUpload ? sumOfOctets(0) : streamOfSizes([]));
    },
  }),

  experiment('EOS-04-request-trailers', {
    generates:
      'unary calls and uploads of 0 to 4 messages that trailers of 1 to 4 fields end, also where the answer has to wait for credit',
    accepts: ['status OK with every message counted', 'a refusal of the call alone, with a warning'],
    needs: ['unary', 'client-streaming'],
    borrows: ['fields', 'arrival'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        isUpload: fc.boolean(),
        payloads: arb.messages({ maxCount: 4, maxLength: 2000 }),
        fields: arb.metadata({ minCount: 1, maxCount: 4 }),
        echoes: fc.boolean(),
        isLater: fc.boolean(),
        isStalled: fc.boolean(),
      }),
    labels: {
      'an upload without a message': ({ isUpload, payloads }) => isUpload && payloads.length === 0,
      'a unary call': ({ isUpload }) => !isUpload,
      'an answer that waits for credit': ({ isStalled }) => isStalled,
      'trailers after a round trip': ({ isLater }) => isLater,
      'a field that handlers copy': ({ echoes }) => echoes,
    },
    examples: () => {
      const plain = { payloads: [{ length: 3, seed: 1 }], fields: [{ name: 'x-after', value: 'a' }] };
      return [
        { ...plain, isUpload: false, echoes: false, isLater: false, isStalled: false },
        { ...plain, isUpload: true, echoes: true, isLater: true, isStalled: false },
        { ...plain, isUpload: true, payloads: [], echoes: false, isLater: false, isStalled: false },
        { ...plain, isUpload: false, echoes: true, isLater: false, isStalled: true },
      ];
    },
    script: (script, { isUpload, payloads, fields, echoes, isLater, isStalled }) => {
      if (isStalled) openStalled(script, 1, { replenishConnection: true });
      const size = sumOf(payloads);
      const request = isUpload ? uploadCall(payloads) : unaryCall({ responseSize: size });
      const call = script.begin(request, { legal: false }).sendMessages(request.messages);
      if (isLater) script.fence();
      call.sendTrailers([...fields, ...(echoes ? [{ name: echoInitialName, value: 'of-trailers' }] : [])]);
      if (isStalled) {
        script.fence();
        call.grant(enough);
      }
      // Trailers of a request are no metadata of it (RFC 9110 §6.5.1).
      call
        .awaitEnd()
        .expect(isUpload ? sumOfOctets(size) : payloadOf(size), warned(rejected))
        .expect(unechoed);
      script.expectConnection([staysUp]);
    },
  }),

  stimulus('EOS-06-pseudo-field-in-trailers', {
    generates:
      'uploads of 0 to 3 messages with trailers that hold a field which no request may have, among others or alone',
    accepts: [rejected, 'status OK where the field is none of :method and its kind, with a warning'],
    needs: ['client-streaming'],
    borrows: ['before', 'arrival'],
    effort: 0.5,
    sends: () =>
      arb.record({
        wrong: fc.oneof(fc.constantFrom(...pseudoNames), fc.constantFrom(...malformedNames)),
        payloads: arb.messages({ maxCount: 3, maxLength: 300 }),
        fields: arb.metadata({ maxCount: 3 }),
        isFirst: fc.boolean(),
      }),
    labels: {
      'a pseudo-header field': ({ wrong }) => wrong.startsWith(':'),
      'another malformation': ({ wrong }) => !wrong.startsWith(':'),
      'behind a regular field': ({ isFirst, fields }) => !isFirst && fields.length > 0,
    },
    examples: () =>
      malformedNames.map((wrong) => ({ wrong, payloads: [{ length: 3, seed: 1 }], fields: [], isFirst: true })),
    write: (script, { wrong, payloads, fields, isFirst }) => {
      const field = malformed[wrong];
      const bad = field === undefined ? [] : [field];
      const request = streamingInputCall(payloads.map((payload) => ({ payload: octetsOf(payload) })));
      const call = script.begin(request, { legal: false }).sendMessages(request.messages);
      call.sendTrailers(isFirst ? [...bad, ...fields] : [...fields, ...bad]).awaitEnd();
      // Some drop what no field may be, and no handler sees trailers (as REQ-08 of headers).
      const isDropped = wrong.startsWith(':') ? [] : [warned(sumOfOctets(sumOf(payloads)))];
      call.expect(rejected, ...isDropped);
    },
  }),
];
