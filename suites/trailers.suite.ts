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
  status,
  suite,
  unaryCall,
} from '../harness';
import { askedFor } from './asked-calls';
import { windowsAndSize } from './trailers/windows-and-size.suite';

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
      'one to three binary values that the handler echoes, in unary and bidirectional calls that end with any status',
    accepts: ['the status asked for with the octets in the trailers', 'the first value alone, recorded as info'],
    needs: ['metadata', 'status'],
    arbitrary: ({ offers }) =>
      arb.record({
        isUnary: offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(true),
        code: arb.statusCode({ ok: true }),
        values: arb.list(arb.binaryValue(), { minCount: 1, maxCount: 3 }),
        sizes: arb.responseSizes({ maxCount: 2, maxLength: 1000 }),
      }),
    examples: ({ offers }) => {
      const values = [{ octets: { length: 5, seed: 1 }, padding: false }];
      const bidirectional = offers.includes('bidirectional-streaming');
      return [
        { isUnary: true, code: status.OK, values, sizes: [] },
        { isUnary: true, code: status.INTERNAL, values, sizes: [] },
        { isUnary: !bidirectional, code: status.OK, values, sizes: [1] },
        { isUnary: !bidirectional, code: status.ABORTED, values, sizes: [1] },
      ];
    },
    script: (script, { isUnary, code, values, sizes }) => {
      const asked = code === status.OK ? {} : { status: { code, message: 'asked for' } };
      const responses = sizes.map((size) => ({ size }));
      const request = isUnary ? unaryCall(asked) : fullDuplexCall([{ responses }, { responses: [], ...asked }]);
      const sent = values.map(binaryValueOf);
      const metadata = sent.map((value) => ({ name: echoTrailingName, value }));
      script.call(request, { metadata }).expect(endsWith(code)).expect(echoedInTrailers(sent));
    },
  }),

  ...windowsAndSize.slice(1),
]);
