import {
  allWereCancelled,
  answersAs,
  arb,
  asWarnings,
  countCalls,
  dropsTheMute,
  experiment,
  fc,
  keepaliveOf,
  keepsWhoAnswers,
  mostAtOnce,
  patienceForEnd,
  patienceForPing,
  pendingCalls,
  pingsAtAll,
  type AnyProperty,
  type TargetFacts,
} from '../../harness';
import { momentsFor, startLongCall } from '../cancellation/long-calls';

/** Calls on which nothing is said until the client goes on. */
const silentCalls = ['a conversation', 'half an upload', 'half a message', 'a header'] as const;

/** What the rows need is a keepalive that is known and short; where there is none, nothing of them is played. */
const keepaliveFor = ({ claims }: TargetFacts) => keepaliveOf(claims) ?? { time: 1000, timeout: 1000 };

/** Neither credit nor an acknowledgement: any octet may count as a sign of life. */
const mute = { ackPings: false, replenishStreams: false, replenishConnection: false } as const;

/** The PINGs that a server sends of its own (gRFC A9). */
export const serverKeepalive: readonly AnyProperty[] = [
  experiment('KA-07-server-keepalive', {
    generates:
      'a connection with up to two silent calls of different kinds, or with none, on which we acknowledge PINGs and say nothing else for some seconds before the calls go on; or one with one or two calls, on which we say nothing at all',
    accepts: [
      'a connection that stays, and whole answers, where we acknowledge',
      'a closed connection and handlers that were told where we do not',
      'no PING, or a mute client that stays, with a warning',
    ],
    needs: ['server-keepalive', 'slow', 'unary', 'client-streaming', 'bidirectional-streaming'],
    borrows: [],
    slow: true,
    timed: true,
    effort: 0.08,
    afterwards: false,
    expectsDefence: true,
    aboutRefusals: true,
    arbitrary: (facts) => {
      const most = Math.max(1, mostAtOnce(facts, 2));
      const answering = arb.record({
        isMute: fc.constant(false as const),
        calls: arb.list(fc.constantFrom(...silentCalls), { minCount: 0, maxCount: most }),
      });
      const silent = arb.record({
        isMute: fc.constant(true as const),
        calls: arb.list(fc.constantFrom(...momentsFor(facts)), { minCount: 1, maxCount: most }),
      });
      return fc.oneof(answering, silent);
    },
    labels: {
      'we acknowledge, with calls under way': ({ isMute, calls }) => !isMute && calls.length > 0,
      'we acknowledge, without a call': ({ isMute, calls }) => !isMute && calls.length === 0,
      'we say nothing': ({ isMute }) => isMute,
    },
    examples: () => [
      { isMute: false as const, calls: ['a conversation'] as const },
      { isMute: true as const, calls: ['the header'] as const },
      { isMute: false as const, calls: [] },
    ],
    script: (script, input, facts) => {
      const keepalive = keepaliveFor(facts);
      if (!input.isMute) {
        const finishes = input.calls.map((kind) => pendingCalls[kind].begin(script));
        script.fence();
        const patience = Math.max(patienceForPing(keepalive), patienceForEnd(keepalive));
        script.await({ see: 'closed' }, { within: patience, optional: true });
        for (const finish of finishes) finish();
        return;
      }
      script.open({ housekeeping: mute });
      const count = facts.offers.includes('probe') ? countCalls(script) : undefined;
      const patience = patienceForEnd(keepalive);
      const busy = patience + 3 * facts.times.cancel;
      for (const moment of input.calls) startLongCall(script, moment, busy, { metadata: count?.metadata ?? [] });
      script.fence();
      script.await({ see: 'closed' }, { within: patience, optional: true });
      count?.ask({ cancelled: input.calls.length, times: facts.times });
    },
    check: (seen, input, facts) => {
      const keepalive = keepaliveFor(facts);
      const view = seen.connection();
      if (!input.isMute) {
        const cut = input.calls.flatMap((kind, index) => answersAs(seen.call(index), pendingCalls[kind].answer));
        // Whatever ended it when its calls were over.
        if (input.calls.length > 0 && cut.length === 0) return pingsAtAll(view, keepalive);
        const mayEnd = input.calls.length === 0 || facts.limits?.age !== undefined;
        return view.closed?.by === 'target' || cut.length === 0 ? keepsWhoAnswers(view, keepalive, mayEnd) : cut;
      }
      const kept = dropsTheMute(view, keepalive);
      if (kept.length > 0 || !facts.offers.includes('probe')) return kept;
      return asWarnings(allWereCancelled(seen, 'the end of a connection whose client is mute'));
    },
  }),

  experiment('KA-14-keepalive-without-calls', {
    generates:
      'a connection without a stream, on which the first one or two PINGs of the server are acknowledged as they come, and later ones are not',
    accepts: ['PINGs, and then a closed connection', 'no PING, or a connection that stays open, with a warning'],
    needs: ['server-keepalive'],
    borrows: [],
    slow: true,
    timed: true,
    effort: 0.03,
    afterwards: false,
    expectsDefence: true,
    aboutRefusals: true,
    arbitrary: () => arb.record({ answered: fc.integer({ min: 0, max: 2 }) }),
    labels: {
      'the first PING is acknowledged': ({ answered }) => answered > 0,
      'two are': ({ answered }) => answered > 1,
      'none is': ({ answered }) => answered === 0,
    },
    examples: () => [{ answered: 1 }, { answered: 0 }, { answered: 2 }],
    script: (script, { answered }, facts) => {
      const keepalive = keepaliveFor(facts);
      script.open({ housekeeping: mute });
      for (let round = 0; round < answered; round++) {
        script.await({ see: 'ping' }, { within: patienceForPing(keepalive), optional: true });
        script.acknowledgePings({ once: true });
      }
      script.await(
        { see: 'closed' },
        { within: patienceForPing(keepalive) + keepalive.timeout + 1000, optional: true },
      );
    },
    check: (seen, _, facts) => {
      const keepalive = keepaliveFor(facts);
      const silent = pingsAtAll(seen.connection(), keepalive);
      return silent.length > 0 ? silent : dropsTheMute(seen.connection(), keepalive);
    },
  }),
];
