import {
  allBystanders,
  arb,
  beginBystanders,
  commitFault,
  connectionError,
  experiment,
  fc,
  payloadOf,
  staysUp,
  streamFaultsFor,
  unaryCall,
  type AnyProperty,
  type StreamFaultName,
} from '../../harness';

/** Faults of a request that is malformed, in the words of RFC 9113 §8.1.1. */
const malformed: readonly StreamFaultName[] = [
  'an upper-case name',
  'a blank in a name',
  'NUL in a value',
  'a connection field',
  'transfer-encoding',
  'an unknown pseudo-header field',
  'a lie in content-length',
  'no :path',
];

/** Faults in the state of a stream, or in its window. */
const ofState: readonly StreamFaultName[] = [
  'a second HEADERS',
  'WINDOW_UPDATE of 0',
  'a window that overflows',
  'DATA behind END_STREAM',
  'two resets',
];

/** A fault on one stream, and calls on the others (RFC 9113 §5.4.2). */
export const bystanders: readonly AnyProperty[] = [
  experiment('STREAM-21-stream-errors-stay-on-their-stream', {
    generates:
      'one to four calls of all kinds under way, one to three faults on streams beside them (malformed requests, values and messages that cannot be read, HTTP that gRPC does not use, frames in the wrong state, windows, resets), calls opened in between, then the rest of them, and one more',
    accepts: [staysUp, 'every other call served'],
    needs: ['unary', 'bidirectional-streaming'],
    arbitrary: (facts) =>
      arb.record({
        beside: arb.bystanders(facts, { own: 2, minCount: 1, maxCount: 3 }),
        faults: arb.list(fc.constantFrom(...streamFaultsFor(facts)), { minCount: 1, maxCount: 3 }),
        opened: arb.bystanders(facts, { own: 4, maxCount: 1 }),
        isAwaited: fc.boolean(),
      }),
    labels: {
      'a malformed request': ({ faults }) => faults.some((name) => malformed.includes(name)),
      'a frame in the wrong state, or a window': ({ faults }) => faults.some((name) => ofState.includes(name)),
      'several faults': ({ faults }) => faults.length > 1,
      'a call that is opened after a fault': ({ opened }) => opened.length > 0,
      'half a message beside it': ({ beside }) => beside.includes('half a message'),
      'a conversation beside it': ({ beside }) => beside.includes('a conversation'),
      'nobody waits for what becomes of it': ({ isAwaited }) => !isAwaited,
    },
    examples: (facts) =>
      streamFaultsFor(facts).map((name, index) => ({
        beside: allBystanders(facts, 2).slice(index % 2, (index % 2) + 2),
        faults: [name],
        opened: [],
        isAwaited: true,
      })),
    script: (script, { beside, faults, opened, isAwaited }, facts) => {
      script.open();
      const finish = beginBystanders(script, beside);
      let finishOpened = (): void => undefined;
      for (const [index, name] of faults.entries()) {
        const { stream } = commitFault(script, name, facts);
        // Whether it is refused, and how, is for other rules.
        if (isAwaited) script.await({ see: 'end', stream, orError: true }, { optional: true });
        if (index === 0) finishOpened = beginBystanders(script, opened);
      }
      finish();
      finishOpened();
      script
        .call(unaryCall({ responseSize: 9 }), { role: 'bystander', awaitEnd: false })
        .awaitEndOrError()
        .expectOf('MUX-01-parallel-calls-isolated', payloadOf(9), connectionError);
      script.expectConnection([staysUp]);
    },
  }),
];
