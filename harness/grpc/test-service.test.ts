import fc from 'fast-check';
import * as service from './test-service';

const hex = (octets: Uint8Array | undefined) => Buffer.from(octets ?? []).toString('hex');
const octets = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

// The wire format is written out: field numbers and types are what other people's servers rely on.
test.each([
  ['EmptyCall', service.emptyCall(), ''],
  ['UnaryCall with nothing', service.unaryCall(), ''],
  ['response_size', service.unaryCall({ responseSize: 314 }), '10ba02'],
  ['payload', service.unaryCall({ payload: octets('0102') }), '1a0412020102'],
  ['response_status', service.unaryCall({ status: { code: 5, message: 'é' } }), '3a0608051202c3a9'],
  ['response_compressed', service.unaryCall({ responseCompressed: true }), '32020801'],
  ['expect_compressed that is false is not absent', service.unaryCall({ expectCompressed: false }), '4200'],
  [
    'StreamingInputCall',
    service.streamingInputCall([{ payload: octets('07'), expectCompressed: true }]),
    '0a03120107' + '12020801',
  ],
  [
    'StreamingOutputCall',
    service.streamingOutputCall({ responses: [{ size: 1, intervalUs: 2, compressed: true }] }),
    '1208080110021a020801',
  ],
  [
    'FullDuplexCall',
    service.fullDuplexCall([{ responses: [{ size: 0 }], payload: octets('07'), status: { code: 2, message: '' } }]),
    '12001a031201073a020802',
  ],
  ['health of the whole server', service.healthCheck(''), ''],
  ['health of a service', service.healthWatch('a'), '0a0161'],
  ['Reset', service.probeReset('k'), '0a016b'],
  [
    'AwaitCounters',
    service.probeAwait({ key: 'k', started: 1, cancelled: 2, finished: 3, withinMs: 4 }),
    '0a016b10011802200328' + '04',
  ],
  ['Throw', service.probeThrow(3), '0803'],
  [
    'Answer',
    service.probeAnswer({
      headersFirst: true,
      headerOctets: 1,
      waitMs: 2,
      readRest: true,
      replies: 3,
      replyOctets: 4,
      trailerOctets: 5,
      code: 6,
      text: 'a',
      payload: octets('07'),
    }),
    '08011001180220012803300438054006' + '4a0161' + '520107',
  ],
  ['FailWithDetails', service.probeFailWithDetails(5, 'a', octets('0805')), '0805120161' + '1a020805'],
  ['PushBack', service.probePushBack(14, -1), '080e1001'],
  ['SetServing', service.probeSetServing('a', true), '0a01611001'],
  ['SetServing to NOT_SERVING', service.probeSetServing('a', false), '0a0161'],
])('%s', (_, request, want) => {
  expect(request.messages.map(hex)).toEqual([want]);
});

test.each([
  [service.emptyCall(), 'unary', '/grpc.testing.TestService/EmptyCall'],
  [service.unaryCall(), 'unary', '/grpc.testing.TestService/UnaryCall'],
  [service.streamingInputCall([]), 'client-streaming', '/grpc.testing.TestService/StreamingInputCall'],
  [service.streamingOutputCall({ responses: [] }), 'server-streaming', '/grpc.testing.TestService/StreamingOutputCall'],
  [service.fullDuplexCall([]), 'bidirectional-streaming', '/grpc.testing.TestService/FullDuplexCall'],
  [service.halfDuplexCall([]), 'bidirectional-streaming', '/grpc.testing.TestService/HalfDuplexCall'],
  [service.unknownMethod('/a/b'), 'unknown', '/a/b'],
  [service.healthCheck(''), 'unary', '/grpc.health.v1.Health/Check'],
  [service.healthWatch(''), 'server-streaming', '/grpc.health.v1.Health/Watch'],
  [service.healthList(), 'unary', '/grpc.health.v1.Health/List'],
  [service.probeReset(''), 'unary', '/grpcconform.v1.Probe/Reset'],
  [service.probeAwait({ key: '', withinMs: 0 }), 'unary', '/grpcconform.v1.Probe/AwaitCounters'],
  [service.probeThrow(0), 'server-streaming', '/grpcconform.v1.Probe/Throw'],
  [service.probeAnswer({}), 'bidirectional-streaming', '/grpcconform.v1.Probe/Answer'],
  [service.probeFailWithDetails(1, '', octets('')), 'unary', '/grpcconform.v1.Probe/FailWithDetails'],
  [service.probePushBack(1, 0), 'unary', '/grpcconform.v1.Probe/PushBack'],
  [service.probeSetServing('', false), 'unary', '/grpcconform.v1.Probe/SetServing'],
])('%j', (request, kind, path) => {
  expect({ kind: request.kind, path: request.path }).toEqual({ kind, path });
});

test.each([
  ['SimpleResponse', service.decodeSimpleResponse(octets('0a0412020102')), { payload: octets('0102') }],
  ['SimpleResponse without payload', service.decodeSimpleResponse(octets('')), { payload: octets('') }],
  ['SimpleResponse with an empty payload', service.decodeSimpleResponse(octets('0a00')), { payload: octets('') }],
  ['unknown fields are passed over', service.decodeSimpleResponse(octets('a00601')), { payload: octets('') }],
  [
    'StreamingOutputCallResponse',
    service.decodeStreamingOutputCallResponse(octets('0a03120107')),
    { payload: octets('07') },
  ],
  [
    'StreamingInputCallResponse',
    service.decodeStreamingInputCallResponse(octets('08aac904')),
    { aggregatedPayloadSize: 74922 },
  ],
  ['HealthCheckResponse', service.decodeHealthCheckResponse(octets('0801')), { status: 1 }],
  ['a status without a name', service.decodeHealthCheckResponse(octets('0809')), { status: 9 }],
  ['ThrowReply', service.decodeThrowReply(octets('')), { index: 0 }],
  [
    'Counters',
    service.decodeCounters(octets('08011002180320042805')),
    { started: 1, cancelled: 2, finished: 3, running: 4, messages: 5 },
  ],
])('decodes %s', (_, got, want) => {
  expect(got).toEqual(want);
});

const decoders: Readonly<Record<string, (octets: Uint8Array) => unknown>> = {
  decodeSimpleResponse: service.decodeSimpleResponse,
  decodeStreamingOutputCallResponse: service.decodeStreamingOutputCallResponse,
  decodeStreamingInputCallResponse: service.decodeStreamingInputCallResponse,
  decodeHealthCheckResponse: service.decodeHealthCheckResponse,
  decodeCounters: service.decodeCounters,
  decodeThrowReply: service.decodeThrowReply,
};

test.each(Object.entries(decoders))('%s gives undefined for what does not decode', (_, decoder) => {
  // A varint that never ends, and a length past the end.
  expect([octets('08ff'), octets('0aff01')].map((one) => decoder(one))).toEqual([undefined, undefined]);
});

test.each(Object.entries(decoders))('%s never throws', (_, decoder) => {
  fc.assert(
    fc.property(fc.uint8Array(), (anything) => expect(() => decoder(anything)).not.toThrow()),
    { seed: 1 },
  );
});

test('reads the list of what serves', () => {
  const list = service.decodeHealthListResponse(octets('0a070a0161120208010a030a0162'));
  expect([...(list ?? [])]).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
  expect(service.decodeHealthListResponse(octets('0a7f'))).toBeUndefined();
});
