import {
  arb,
  encodeRpcStatus,
  endsWith,
  endsWithAll,
  experiment,
  fc,
  fullDuplexCall,
  hasBeginning,
  hasDetails,
  keepsDetails,
  keepsHttpStatus,
  largestMetadata,
  octetsOf,
  probeAnswer,
  probeFailWithDetails,
  probePushBack,
  pushesBack,
  status,
  unaryCall,
  type AnyProperty,
  type Need,
} from '../../harness';

/** Every status but OK. */
const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** Who ends a call with a status: a unary handler, one that has sent messages, one that has sent headers alone. */
type Who = 'unary' | 'stream' | 'headers';

const allOf = (offers: readonly Need[]): readonly Who[] => [
  'unary',
  ...(offers.includes('bidirectional-streaming') ? (['stream'] as const) : []),
  ...(offers.includes('answer') ? (['headers'] as const) : []),
];

const failingCall = (who: Who, code: number, message: string) => {
  if (who === 'unary') return unaryCall({ status: { code, message } });
  if (who === 'headers') return probeAnswer({ headersFirst: true, code, text: message });
  return fullDuplexCall([{ responses: [{ size: 1 }] }, { responses: [], status: { code, message } }]);
};

/** What a text is made of, and the octets that one of it has on the wire, percent-encoded, and in a request. */
const alphabets = {
  plain: { text: 'x', wire: 1 },
  escaped: { text: '\u263a', wire: 9 },
  percent: { text: '%', wire: 3 },
  mixed: { text: 'a\u{1f600}', wire: 13 },
} as const;

type Alphabet = keyof typeof alphabets;

/** A text of about so many octets on the wire. */
const textOf = (alphabet: Alphabet, octets: number): string =>
  alphabets[alphabet].text.repeat(Math.ceil(octets / alphabets[alphabet].wire));

/** Rows about what comes with a status. */
export const besideTheStatus: readonly AnyProperty[] = [
  experiment('STATUS-09-status-details-bin', {
    generates: 'errors with 0 to 4 details of 0 to 1,000 octets each, and texts of any kind',
    accepts: ['the status asked for, with details of the same code', 'details of another code, with a warning'],
    needs: ['status-details'],
    borrows: ['before', 'fields', 'ending', 'arrival'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        code: arb.statusCode(),
        text: arb.statusMessage(),
        details: arb.messages({ maxCount: 4, maxLength: 1000 }),
      }),
    labels: {
      'no detail': ({ details }) => details.length === 0,
      'several details': ({ details }) => details.length > 1,
      'more than a hundred octets': ({ details }) => details.some(({ length }) => length > 100),
    },
    examples: () =>
      [[], [0], [1, 2, 3], [1000]].map((lengths) => ({
        code: status.FAILED_PRECONDITION,
        text: 'asked for',
        details: lengths.map((length) => ({ length, seed: 1 })),
      })),
    script: (script, { code, text, details }) => {
      const request = probeFailWithDetails(code, text, detailsOf(code, text, details));
      script.call(request).expect(endsWithAll(code, { text }));
    },
    check: (seen, { code, text, details }) => [
      ...hasDetails(seen.call()),
      ...keepsDetails(seen.call(), detailsOf(code, text, details)),
    ],
  }),

  experiment('STATUS-11-grpc-errors-keep-http-200', {
    generates: 'every status from 1 to 16, of unary handlers, after a message, and after Response-Headers alone',
    accepts: ['the status asked for, with :status 200'],
    needs: ['status'],
    borrows: ['before', 'fields', 'ending', 'arrival'],
    effort: 0.7,
    arbitrary: ({ offers }) =>
      fc.oneof(
        {
          arbitrary: arb.record({
            codes: arb.list(arb.statusCode(), { minCount: 1, maxCount: 8 }),
            who: fc.constantFrom<Who>('unary', ...allOf(offers)),
          }),
          weight: 1,
        },
        // Alone more often: what may be an overload is judged only where all else is served.
        {
          arbitrary: arb.record({ codes: fc.tuple(arb.statusCode()), who: fc.constant<Who>('unary') }),
          weight: 2,
        },
      ),
    labels: {
      'an error and nothing else': ({ who }) => who === 'unary',
      'NOT_FOUND or UNIMPLEMENTED': ({ codes }) =>
        codes.some((code) => code === status.NOT_FOUND || code === status.UNIMPLEMENTED),
      'UNAVAILABLE or INTERNAL': ({ codes }) =>
        codes.some((code) => code === status.UNAVAILABLE || code === status.INTERNAL),
      'several calls': ({ codes }) => codes.length > 1,
    },
    examples: ({ offers }) => [
      { codes: [status.NOT_FOUND, status.UNAVAILABLE, status.INTERNAL], who: 'unary' as const },
      ...allOf(offers).flatMap((who) => errors.map((code) => ({ codes: [code], who }))),
    ],
    script: (script, { codes, who }) => {
      for (const code of codes) script.call(failingCall(who, code, 'asked for')).expect(endsWith(code));
    },
    check: (seen) => seen.calls.flatMap(keepsHttpStatus),
  }),

  experiment('STATUS-12-long-message', {
    generates: 'texts of 1 to 64 KiB on the wire, plain, and of letters that are escaped one and all',
    accepts: ['the status asked for, with the text or the beginning of it'],
    needs: ['status'],
    borrows: ['before', 'fields', 'arrival'],
    effort: 0.2,
    arbitrary: (facts) =>
      arb.record({
        alphabet: fc.constantFrom<Alphabet>('plain', 'escaped', 'percent', 'mixed'),
        octets: arb.boundaryInteger({
          min: 1024,
          max: longest(facts),
          boundaries: [4096, 8192, 16_384, 32_768],
        }),
        code: arb.statusCode(),
      }),
    labels: {
      'escaped throughout': ({ alphabet }) => alphabet === 'escaped' || alphabet === 'percent',
      plain: ({ alphabet }) => alphabet === 'plain',
      'more than 8 KiB': ({ octets }) => octets > 8192,
    },
    examples: (facts) =>
      (['plain', 'escaped', 'percent', 'mixed'] as const).flatMap((alphabet) =>
        [1024, longest(facts)].map((octets) => ({ alphabet, octets, code: status.ABORTED })),
      ),
    script: (script, { alphabet, octets, code }) => {
      const message = textOf(alphabet, octets);
      script.call(unaryCall({ status: { code, message } })).expect(endsWith(code));
    },
    check: (seen, { alphabet, octets }) => hasBeginning(seen.call(), textOf(alphabet, octets)),
  }),

  experiment('STATUS-13-pushback-header', {
    generates: 'errors with pushbacks from -2^31 to 2^31-1 milliseconds',
    accepts: ['the status asked for, with the pushback as a decimal number in the trailers'],
    needs: ['pushback'],
    borrows: ['before', 'fields', 'ending', 'arrival'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        code: arb.statusCode(),
        milliseconds: fc.oneof(
          fc.constant(0),
          arb.boundaryInteger({ max: 2_147_483_647, boundaries: [0, 1, 100, 1000] }),
          arb.boundaryInteger({ max: 2_147_483_648, min: 1, boundaries: [1] }).map((value) => -value),
        ),
      }),
    labels: {
      'below zero': ({ milliseconds }) => milliseconds < 0,
      zero: ({ milliseconds }) => milliseconds === 0,
      'above zero': ({ milliseconds }) => milliseconds > 0,
    },
    examples: () =>
      [-1, 0, 100, 2_147_483_647, -2_147_483_648].map((milliseconds) => ({ code: status.UNAVAILABLE, milliseconds })),
    script: (script, { code, milliseconds }) => {
      script.call(probePushBack(code, milliseconds)).expect(endsWith(code));
    },
    check: (seen, { milliseconds }) => pushesBack(seen.call(), milliseconds),
  }),
];

/** Octets of a text on the wire; where a target takes few fields it is reckoned to send few. */
const longest = (facts: Parameters<typeof largestMetadata>[0]): number =>
  Math.max(1024, Math.min(65_536, largestMetadata(facts)));

/** An encoded google.rpc.Status with details of these octets. */
const detailsOf = (code: number, text: string, details: readonly Parameters<typeof octetsOf>[0][]): Uint8Array =>
  encodeRpcStatus(code, text, details.map(anyOf));

/** An encoded google.protobuf.Any: a type, and octets as its value. */
function anyOf(spec: Parameters<typeof octetsOf>[0]): Uint8Array {
  const value = octetsOf(spec);
  const name = new TextEncoder().encode('type.googleapis.com/x');
  const length = value.length < 128 ? [value.length] : [(value.length & 0x7f) | 0x80, value.length >> 7];
  return Uint8Array.from([0x0a, name.length, ...name, 0x12, ...length, ...value]);
}
