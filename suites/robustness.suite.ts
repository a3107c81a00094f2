import {
  arb,
  boundsHandlers,
  countCalls,
  experiment,
  fc,
  payloadOf,
  pendingCalls,
  resetRapidly,
  served,
  slowCall,
  staysSmall,
  suite,
  unaryCall,
  type TargetFacts,
} from '../harness';
import { costlyMessages } from './robustness/costly-messages.suite';
import { strays } from './robustness/stray-octets.suite';
import { bombs } from './robustness/bombs.suite';
import { hugeFieldSections } from './robustness/huge-field-sections.suite';
import { continuationFloods } from './robustness/continuation.suite';
import { idleFrameFloods } from './robustness/idle-frames.suite';
import { connectionChurn } from './robustness/connection-churn.suite';
import { slowClients } from './robustness/slow-clients.suite';
import { stalledReaders } from './robustness/stalled-readers.suite';
import { streamFloods } from './robustness/streams.suite';

/** Milliseconds for which a handler of the attack is busy when nobody stops it: until all counting is over. */
const busy = 10_000;

/** Streams that show a missing bound, and take a second or so. */
const manyStreams = 3000;

/** A call on another connection that goes on during the attack. */
const innocent = pendingCalls['a conversation'];

export default suite('robustness', [
  ...streamFloods,
  ...continuationFloods,
  ...idleFrameFloods,
  ...bombs,
  ...hugeFieldSections,
  ...slowClients,
  ...connectionChurn,
  ...stalledReaders,
  experiment('DOS-01-rapid-reset', {
    generates:
      'two connections, one after the other, with up to 3000 complete requests to a fast or a slow method, each reset at once or one stream later, beside a call on another connection',
    accepts: [
      'every stream served, refused, or the connection ended',
      'no more handlers at a time than the limit, the other call and new connections served, memory that stays bounded',
    ],
    needs: ['unary', 'bidirectional-streaming', 'slow'],
    // Volume is its subject.
    exceeds: ['callsPerConnection'],
    expectsDefence: true,
    lane: 'exclusive',
    effort: 0.02,
    // The server may count the attacking connection as lost; whether it serves is asked on others.
    afterwards: false,
    arbitrary: (facts) =>
      arb.record({
        count: arb.boundaryInteger({ min: 200, max: manyStreams, boundaries: [1100] }),
        isSlow: canBeSlow(facts) ? fc.boolean() : fc.constant(false),
        lag: fc.nat(1),
      }),
    labels: {
      'more than a thousand streams': ({ count }) => count > 1000,
      'handlers that are busy, where they may be': ({ isSlow }, facts) => isSlow || !canBeSlow(facts),
      'each reset at once': ({ lag }) => lag === 0,
    },
    examples: (facts) => [{ count: manyStreams, isSlow: canBeSlow(facts), lag: 0 }],
    script: (script, { count, isSlow, lag }, { offers, times }) => {
      const counted = offers.includes('probe') ? countCalls(script) : undefined;
      const finishInnocent = innocent.begin(script, { on: 'innocent', role: 'bystander' });
      const request = isSlow ? slowCall(busy) : unaryCall();
      const metadata = counted?.metadata ?? [];
      for (const on of ['first', 'second']) {
        const stream = resetRapidly(script, request, { on, count, lag, metadata });
        // The answer to it, or the end of the connection, shows that everything before was dealt with.
        const last = script.call(unaryCall({ responseSize: 3 }), { on, stream, awaitEnd: false, legal: false });
        script.await({ see: 'end', stream: last.stream }, { on, optional: true });
        counted?.ask({ times });
        script.close('reset', on).sampleMemory(on);
      }
      finishInnocent().expect(served(innocent.answer));
      script.call(unaryCall({ responseSize: 11 }), { on: 'new', role: 'bystander' }).expect(payloadOf(11));
    },
    check: (seen, { isSlow }, facts) => [
      ...(isSlow ? boundsHandlers(seen, facts, 2) : []),
      ...staysSmall(seen.transcript, { from: 'first', to: 'second', because: 'streams that were reset' }),
    ],
  }),

  ...strays,
  ...costlyMessages,
]);

/** Where few handlers run at a time, busy ones that learn of nothing would keep everybody waiting, and no rule says that they must not. */
const canBeSlow = ({ limits }: TargetFacts): boolean => limits?.handlers === undefined;
