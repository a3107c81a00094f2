import {
  arb,
  endsWith,
  experiment,
  fc,
  openStalled,
  payloadOf,
  probeAnswer,
  status,
  streamOfSizes,
  streamingOutputCall,
  unaryCall,
  type AnyProperty,
  type TargetFacts,
} from '../../harness';

/** Octets; more than an answer needs. */
const ample = 1_048_576;

/** Streams that both ends have closed. */
export const bothEnds: readonly AnyProperty[] = [
  experiment('STREAM-22-silent-after-both-ends', {
    generates:
      'one to three calls whose answer waits, for credit or in the handler, until a fence has shown that the end of the request was dealt with',
    accepts: ['the answer asked for, and nothing behind it'],
    needs: ['unary'],
    borrows: ['fields', 'arrival'],
    effort: 0.3,
    arbitrary: ({ offers }) => arb.record({ calls: fc.array(answerThatWaits(offers), { minLength: 1, maxLength: 3 }) }),
    labels: {
      'a second call on the connection': ({ calls }) => calls.length > 1,
      'an error and nothing else': ({ calls }) => calls.some(({ code }) => code !== status.OK),
      'three messages or more': ({ calls }) => calls.some(({ code, sizes }) => code === status.OK && sizes.length >= 3),
      'an answer of no octets': ({ calls }) => calls.some(({ code, sizes }) => code === status.OK && sizes[0] === 0),
    },
    examples: ({ offers }) => [
      { calls: [{ sizes: [1], code: status.OK }] },
      { calls: [{ sizes: offers.includes('server-streaming') ? [0, 10, 3000, 1] : [0], code: status.OK }] },
      ...(offers.includes('answer') ? [{ calls: [{ sizes: [], code: status.ABORTED }] }] : []),
    ],
    script: (script, { calls }) => {
      openStalled(script, 0, { replenishConnection: true });
      for (const { sizes, code } of calls) {
        const [only = 0] = sizes;
        const request =
          code !== status.OK
            ? probeAnswer({ waitMs: heldBack, code, text: 'asked for' })
            : sizes.length > 1
              ? streamingOutputCall({ responses: sizes.map((size) => ({ size })) })
              : unaryCall({ responseSize: only });
        const call = script.call(request, { awaitEnd: false });
        script.fence();
        call.grant(ample).awaitEnd();
        call.expect(code !== status.OK ? endsWith(code) : sizes.length > 1 ? streamOfSizes(sizes) : payloadOf(only));
      }
      script.fence();
    },
  }),
];

/** Milliseconds for which a handler holds its answer back; the end of the request and a fence are on the wire by then, and where not nothing is judged. */
const heldBack = 60;

/** Payload sizes of an answer, or the status of one without messages where a handler can be told to wait with it. */
const answerThatWaits = (offers: TargetFacts['offers']) => {
  const size = arb.boundaryInteger({ max: 4000, boundaries: [0, 1, 5] });
  const sizes = fc.array(size, { minLength: 1, maxLength: offers.includes('server-streaming') ? 5 : 1 });
  const whole = fc.record({ sizes, code: fc.constant<number>(status.OK) });
  if (!offers.includes('answer')) return whole;
  return fc.oneof(
    { arbitrary: whole, weight: 3 },
    { arbitrary: fc.record({ sizes: fc.constant<number[]>([]), code: arb.statusCode() }), weight: 1 },
  );
};
