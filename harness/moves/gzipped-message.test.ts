import { inflate } from '../grpc/compression';
import { gzippedCallOfLength } from './gzipped-message';
import { unaryCallOfLength } from './sized-message';

test.each([32, 1000, 4_194_305])('a message of %i octets in about a thousandth', (length) => {
  const { request, octets } = gzippedCallOfLength(length);
  expect(inflate('gzip', octets, length)).toEqual({ ok: true, octets: unaryCallOfLength(length).messages[0] });
  expect(request).toMatchObject({ kind: 'unary', path: '/grpc.testing.TestService/UnaryCall' });
  expect(octets.length).toBeLessThan(100 + length / 500);
});

test('one that is asked for again is not made again', () => {
  expect(gzippedCallOfLength(5000).octets).toBe(gzippedCallOfLength(5000).octets);
});
