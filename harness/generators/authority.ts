import fc from 'fast-check';
import { oneOf, record, text } from './shapes';

/** What a request says about whom it is for, and how that is to be taken: RFC 9113 §8.3.1, RFC 9110 §4.2. */
export interface Authority {
  /** `valid`: host and port as RFC 3986 has them. `odd`: userinfo, no host, or what cannot be an authority. */
  readonly is: 'valid' | 'odd' | 'absent';
  /** No octets where there is none. */
  readonly value: string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** As long as DNS has names (RFC 1035 §2.3.4). */
const longestName = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;

/** Names of hosts in all forms: plain, with a port, of IPv4 and IPv6, in capitals, with escapes as for the socket of a Unix domain, and as long as DNS has them. */
export const validAuthorities: readonly string[] = [
  'localhost',
  'localhost:50051',
  'other.example:1',
  '127.0.0.1:65535',
  '[::1]',
  '[2001:db8::1]:443',
  'EXAMPLE.Com',
  '%2Ftmp%2Fserver.sock',
  'a_b.example',
  longestName,
];

/** Userinfo, no host, a port that is none, and what is no authority at all. */
export const oddAuthorities: readonly string[] = [
  'user@localhost',
  'user:secret@localhost:50051',
  '@localhost',
  '',
  ':50051',
  'localhost:http',
  'localhost:99999',
  '[::1',
  'a b',
  'a/b',
  'http://localhost',
  '?',
  '%zz',
  '<>',
];

/** Every kind of authority about as often. */
export function authority(): fc.Arbitrary<Authority> {
  const of = (is: Authority['is'], value: fc.Arbitrary<string>): fc.Arbitrary<Authority> =>
    record<Authority>({ is: fc.constant(is), value });
  const label = oneOf(
    { arbitrary: text(`${letters}0123456789`, { minLength: 1, maxLength: 20 }), weight: 3 },
    { arbitrary: text(`${letters}${letters.toUpperCase()}`, { minLength: 1, maxLength: 20 }), weight: 1 },
  );
  const named = fc
    .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.option(fc.integer({ min: 1, max: 65_535 })))
    .map(([labels, port]) => `${labels.join('.')}${port === null ? '' : `:${port}`}`);
  return oneOf(
    { arbitrary: of('valid', fc.constantFrom(...validAuthorities)), weight: 4 },
    { arbitrary: of('valid', fc.constantFrom('[::1]', longestName)), weight: 1 },
    { arbitrary: of('valid', named), weight: 2 },
    { arbitrary: of('odd', fc.constantFrom(...oddAuthorities)), weight: 4 },
    { arbitrary: of('odd', fc.constant('')), weight: 1 },
    { arbitrary: of('absent', fc.constant('')), weight: 1 },
  );
}
