import { encodeMessage } from '../grpc/length-prefixed-message';
import { unaryCall } from '../grpc/test-service';
import { testServiceSchema } from '../schema/test-service-schema';
import { readConnection } from '../transcript/read-connection';
import { data, headers } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import type { Field } from '../wire/hpack/field';
import { connectionPreface } from '../wire/preface';
import { fullRun } from './fixtures/run';
import type { TargetRecord } from './model';
import { grpcurlCommand } from './grpcurl-command';

const [request = new Uint8Array(0)] = unaryCall({ responseSize: 3 }).messages;
const usual: readonly Field[] = [
  { name: ':method', value: 'POST' },
  { name: ':path', value: '/grpc.testing.TestService/UnaryCall' },
  { name: ':authority', value: '127.0.0.1:50051' },
  { name: 'te', value: 'trailers' },
];

const { exec: _started, ...attached } = fullRun.target;

function commandFor(fields: readonly Field[], body: Uint8Array, target: TargetRecord = attached): string | undefined {
  const block = new HpackEncoder().encode(fields);
  const octets = Uint8Array.from([
    ...connectionPreface,
    ...encodeFrames([headers(1, block), data(1, body.subarray(0, 2)), data(1, body.subarray(2), { endStream: true })]),
  ]);
  const view = readConnection({ name: 'main', events: [{ kind: 'sent', at: 0, by: 0, octets }] });
  return grpcurlCommand({ target }, view, testServiceSchema());
}

describe('a call as grpcurl makes it', () => {
  test('has the method, the message and the metadata', () => {
    const command = commandFor([...usual, { name: 'x-key', value: "it's" }], encodeMessage(request));
    expect(command).toBe(
      `grpcurl -plaintext -H 'x-key: it'\\''s' -d '{"response_size":3}' 127.0.0.1:50051 grpc.testing.TestService/UnaryCall`,
    );
  });

  test('names our files where the target has no reflection, another authority, and TLS by saying nothing', () => {
    const { schema: _reflected, ...plain } = attached;
    const command = commandFor(
      usual.map((field) => (field.name === ':authority' ? { ...field, value: 'other' } : field)),
      encodeMessage(request),
      { ...plain, transport: 'tls', name: 'https://host:443' },
    );
    expect(command).toMatch(
      /^grpcurl -import-path \S+ -proto grpc\/testing\/test\.proto -authority other -d .* host:443 /,
    );
  });

  test('leaves the port open where the run started the target', () => {
    expect(commandFor(usual, encodeMessage(request), fullRun.target)).toMatch(/ 127\.0\.0\.1:PORT grpc\.testing/);
  });

  test.each<[string, readonly Field[], Uint8Array]>([
    ['a compressed message', usual, encodeMessage(request, { compressedFlag: 1 })],
    ['an unfinished message', usual, encodeMessage(request).subarray(0, 4)],
    ['a message with fields that its type has not', usual, encodeMessage(Uint8Array.of(0xf8, 0x3f, 5))],
    [
      'a path that nobody knows',
      usual.map((field) => (field.name === ':path' ? { ...field, value: '/a.B/C' } : field)),
      encodeMessage(request),
    ],
    ['fields of gRPC itself', [...usual, { name: 'grpc-timeout', value: '1S' }], encodeMessage(request)],
    ['octets that no shell carries', [...usual, { name: 'x-key', value: '\x1b' }], encodeMessage(request)],
  ])('%s has none', (_why, fields, body) => expect(commandFor(fields, body)).toBeUndefined());
});
