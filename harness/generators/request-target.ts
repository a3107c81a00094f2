import fc from 'fast-check';
import { text } from './shapes';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const identifier = `${letters}${letters.toUpperCase()}0123456789_`;

/** Paths one step away from the interop service, none of which anybody serves. */
export const nearMissPaths: readonly string[] = [
  '/grpc.testing.TestService/UnimplementedCall',
  '/grpc.testing.UnimplementedService/UnimplementedCall',
  '/grpc.testing.TestService/UnaryCal',
  '/grpc.testing.TestService/UnaryCallX',
  '/grpc.testing.TestService/unarycall',
  '/grpc.testing.TestService/EmptyCall_',
  '/grpc.testing.TestServic/UnaryCall',
  '/grpc.testing.TestServices/UnaryCall',
  '/grpc.testing.v1.TestService/UnaryCall',
  '/testing.TestService/UnaryCall',
  '/TestService/UnaryCall',
];

/** Well-formed paths of methods that nobody serves: near misses of the interop service, and random names under a package of our own. */
export function unknownPath(): fc.Arbitrary<string> {
  const name = fc
    .tuple(text(letters.toUpperCase(), { minLength: 1, maxLength: 1 }), text(identifier, { maxLength: 20 }))
    .map(([head, tail]) => head + tail);
  const random = fc.tuple(name, name).map(([service, method]) => `/grpcconform.nobody.${service}/${method}`);
  return fc.oneof({ arbitrary: random, weight: 2 }, { arbitrary: fc.constantFrom(...nearMissPaths), weight: 1 });
}

/** Methods of HTTP, and tokens that are none, but never POST; CONNECT is left out because it has pseudo-header rules of its own (RFC 9113 §8.5). */
export function methodNotPost(): fc.Arbitrary<string> {
  const token = text(letters.toUpperCase(), { maxLength: 8 }).map((tail) => `X${tail}`);
  return fc.oneof(
    {
      arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'post', 'Post'),
      weight: 3,
    },
    { arbitrary: token, weight: 1 },
  );
}

/** Field names with one upper-case letter or more, which HTTP/2 forbids (RFC 9113 §8.2.1), and nothing else wrong with them. */
export function upperCaseName(): fc.Arbitrary<string> {
  const inside = fc
    .tuple(
      text(`${letters}-`, { maxLength: 8 }),
      text(letters.toUpperCase(), { minLength: 1, maxLength: 1 }),
      text(`${letters}${letters.toUpperCase()}0123456789`, { maxLength: 8 }),
    )
    .map(([before, upper, after]) => `x-${before}${upper}${after}`);
  const atStart = text(letters, { minLength: 1, maxLength: 8 }).map((rest) => `X-${rest}`);
  return fc.oneof({ arbitrary: inside, weight: 4 }, { arbitrary: atStart, weight: 1 });
}
