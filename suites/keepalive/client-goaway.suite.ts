import {
  anyEnd,
  arb,
  emptyAnswer,
  emptyCall,
  errorCodes,
  experiment,
  fc,
  goaway,
  ignored,
  mostAtOnce,
  octetsOf,
  pendingCalls,
  recorded,
  served,
  unsent,
  warned,
  type AnyProperty,
} from '../../harness';

/** Calls that are under way when the client says that it takes no more pushes, which is all that its GOAWAY means to a gRPC server. */
const underWay = ['half a message', 'half an upload', 'a header', 'a conversation', 'slow answers'] as const;

/** Streams of the server that the client may name: it has seen none, and has nothing against those to come. */
const lastStreams = [0, 2, 2 ** 31 - 2];

/** What becomes of calls when the client is about to leave. */
export const clientGoaway: readonly AnyProperty[] = [
  experiment('KA-12-client-goaway', {
    generates:
      'one to three calls of different kinds that are under way, one or two GOAWAY of the client with NO_ERROR or another code, any last stream and up to 100 octets of debug data; then the rest of the calls, and perhaps a new one',
    accepts: [
      'status OK for every call that was under way, where the code is NO_ERROR; any end where it is another',
      'any end of the new call; silence with a warning',
    ],
    needs: ['unary', 'slow', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    borrows: ['before', 'fields'],
    effort: 0.2,
    afterwards: false,
    aboutRefusals: true,
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(fc.constantFrom(...underWay), { minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 4) - 1) }),
        code: fc.oneof(
          { weight: 3, arbitrary: fc.constant<number>(errorCodes.NO_ERROR) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }) },
        ),
        lastStream: fc.constantFrom(...lastStreams),
        debug: arb.message({ maxLength: 100 }),
        times: fc.integer({ min: 1, max: 2 }),
        hasNewCall: fc.boolean(),
      }),
    labels: {
      'code NO_ERROR': ({ code }) => code === errorCodes.NO_ERROR,
      'another code': ({ code }) => code !== errorCodes.NO_ERROR,
      'several calls': ({ calls }) => calls.length > 1,
      'half a request': ({ calls }) => calls.some((call) => call.startsWith('half')),
      'debug data': ({ debug }) => debug.length > 0,
      'a new call': ({ hasNewCall }) => hasNewCall,
      'two GOAWAY': ({ times }) => times > 1,
    },
    examples: () => {
      const plain = { code: errorCodes.NO_ERROR, lastStream: 0, debug: { length: 0, seed: 0 }, times: 1 };
      return underWay.map((call, index) => ({ ...plain, calls: [call], hasNewCall: index % 2 === 0 }));
    },
    script: (script, { calls, code, lastStream, debug, times, hasNewCall }) => {
      const finishes = calls.map((kind) => pendingCalls[kind].begin(script));
      for (let time = 0; time < times; time++) script.frame(goaway(lastStream, code, octetsOf(debug)));
      script.fence();
      const isInOrder = code === errorCodes.NO_ERROR;
      finishes.forEach((finish, index) => {
        const kind = calls[index] ?? 'a header';
        const answer = served(pendingCalls[kind].answer);
        finish().expect(answer, ...(isInOrder ? [] : [recorded(anyEnd), recorded(unsent)]));
      });
      if (!hasNewCall) return;
      const late = script.call(emptyCall(), { awaitEnd: false });
      script.await({ see: 'end', stream: late.stream }, { optional: true });
      // Nothing says what becomes of it, and several servers pass over it.
      late.expect(emptyAnswer, anyEnd, unsent, warned(ignored));
    },
  }),
];
