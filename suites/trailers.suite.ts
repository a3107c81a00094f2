import {
  answered,
  answeredOnTrailers,
  arb,
  binaryValueOf,
  echoedInTrailers,
  echoTrailingName,
  endsWith,
  experiment,
  fc,
  fullDuplexCall,
  hasFiller,
  probeAnswer,
  status,
  suite,
  unaryCall,
  type Need,
} from '../harness';
import { askedFor } from './asked-calls';
import { windowsAndSize } from './trailers/windows-and-size.suite';

/** Who sends trailing metadata: a unary or a bidirectional echo, or a handler that sets it. */
type Way = 'unary' | 'conversation' | 'set';

const waysOf = (offers: readonly Need[]): readonly Way[] => [
  'unary',
  ...(offers.includes('bidirectional-streaming') ? (['conversation'] as const) : []),
  ...(offers.includes('answer') ? (['set'] as const) : []),
];

export default suite('trailers', [
  experiment('TRAIL-01-trailers-end-the-stream', {
    generates: 'one to four calls of all kinds, ending with OK or an error, after 0 to 5 messages',
    accepts: ['END_STREAM on the HEADERS frame of the last block'],
    ...askedFor(answeredOnTrailers),
  }),

  experiment('TRAIL-03-status-always-present', {
    generates: 'one to four calls of all kinds, ending with OK or an error, after 0 to 5 messages',
    accepts: ['exactly one grpc-status'],
    // How many there are is watched on every call.
    ...askedFor(answered),
  }),

  experiment('TRAIL-04-no-pseudo-in-trailers', {
    generates: 'one to four calls of all kinds, ending with OK or an error, after 0 to 5 messages',
    accepts: ['regular fields alone in trailers after Response-Headers'],
    // Which fields there are is watched on every call.
    ...askedFor(answered),
  }),

  ...windowsAndSize.slice(0, 1),

  experiment('TRAIL-08-trailing-metadata', {
    generates:
      'unary and bidirectional calls that end with any status after up to two messages: one to three binary values that the handler echoes, or a text of 1 to 8,000 letters that a handler sets which has read one message, with and without Response-Headers before it fails',
    accepts: ['the status asked for with the metadata in the trailers', 'the first value alone, recorded as info'],
    needs: ['metadata', 'status'],
    arbitrary: ({ offers }) =>
      arb.record({
        by: fc.constantFrom(...waysOf(offers)),
        code: arb.statusCode({ ok: true }),
        values: arb.list(arb.binaryValue(), { minCount: 1, maxCount: 3 }),
        letters: arb.boundaryInteger({ min: 1, max: 8000 }),
        sizes: arb.responseSizes({ maxCount: 2, maxLength: 1000 }),
        headersFirst: fc.boolean(),
      }),
    labels: {
      'an error': ({ code }) => code !== status.OK,
      'nothing but trailers': ({ by, code }) => by === 'unary' && code !== status.OK,
      'after messages of a stream': ({ by, sizes }) => by !== 'unary' && sizes.length > 0,
      'several values': ({ by, values }) => by !== 'set' && values.length > 1,
      'an empty value': ({ by, values }) => by !== 'set' && values.some(({ octets }) => octets.length === 0),
      'a text': ({ by }, { offers }) => by === 'set' || !offers.includes('answer'),
    },
    examples: ({ offers }) => {
      const plain = {
        values: [{ octets: { length: 5, seed: 1 }, padding: false }],
        letters: 300,
        sizes: [1],
        headersFirst: false,
      };
      return waysOf(offers).flatMap((by) => [
        { ...plain, by, code: status.OK },
        { ...plain, by, code: status.ABORTED },
        { ...plain, by, code: status.INTERNAL, sizes: [], headersFirst: by === 'set' },
      ]);
    },
    script: (script, { by, code, values, letters, sizes, headersFirst }) => {
      if (by === 'set') {
        const [replyOctets = 0] = sizes;
        const asked = { headersFirst, replies: sizes.length, replyOctets, trailerOctets: letters, code };
        return void script.call(probeAnswer({ ...asked, text: 'asked for' })).expect(endsWith(code));
      }
      const asked = code === status.OK ? {} : { status: { code, message: 'asked for' } };
      const responses = sizes.map((size) => ({ size }));
      const isUnary = by === 'unary';
      const request = isUnary ? unaryCall(asked) : fullDuplexCall([{ responses }, { responses: [], ...asked }]);
      const sent = values.map(binaryValueOf);
      const metadata = sent.map((value) => ({ name: echoTrailingName, value }));
      script.call(request, { metadata }).expect(endsWith(code)).expect(echoedInTrailers(sent));
    },
    check: (seen, { by, letters }) => (by === 'set' ? hasFiller(seen.call(), 'trailers', letters) : []),
  }),

  ...windowsAndSize.slice(1),
]);
