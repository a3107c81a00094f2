import {
  answersAs,
  arb,
  callBreach,
  emptyCall,
  errorGoaway,
  experiment,
  fc,
  hexOf,
  isEndedInOrder,
  isEqual,
  isOk,
  octetsOf,
  pendingCalls,
  ping,
  settingIds,
  status,
  streamingOutputCall,
  suite,
  type Breach,
  type Call,
  type Need,
  type Observation,
  type PlanBuilder,
  type TargetFacts,
} from '../harness';
import { clientGoaway } from './keepalive/client-goaway.suite';
import { draining } from './keepalive/draining.suite';
import { lifetime } from './keepalive/lifetime.suite';
import { serverKeepalive } from './keepalive/server-keepalive.suite';
import { pingRows } from './keepalive/pings.suite';

/** What goes on while a PING is sent, and what the target must offer for it. */
const situations = {
  nothing: [],
  'half an upload': ['client-streaming'],
  'a stalled response': ['server-streaming'],
} as const satisfies Readonly<Record<string, readonly Need[]>>;
type Situation = keyof typeof situations;

const situationsFor = ({ offers }: TargetFacts): readonly Situation[] =>
  (Object.keys(situations) as Situation[]).filter((situation) =>
    situations[situation].every((need) => offers.includes(need)),
  );

/** Starts what goes on. @returns what brings it to its end. */
function begin(script: PlanBuilder, situation: Situation): () => void {
  if (situation === 'half an upload') return pendingCalls[situation].begin(script);
  const narrow = [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 100 }];
  script.open(situation === 'nothing' ? {} : { settings: narrow });
  if (situation === 'nothing') return () => undefined;
  const call = script.call(streamingOutputCall({ responses: [{ size: 3000 }] }), { awaitEnd: false });
  return () => call.grant(65_535).awaitEnd();
}

/** Calls that are under way when the server is told to stop. */
const underWay = ['a conversation', 'half an upload', 'slow answers', 'half a message'] as const;

export default suite('keepalive', [
  experiment('KA-01-ping-echo', {
    generates:
      'one or two PINGs of any 8 octets on a connection where nothing goes on, during an upload, or while a response waits for the window',
    accepts: ['one ACK with the same octets for each PING'],
    expectsDefence: true,
    arbitrary: (facts) =>
      arb.record({
        // Two are within what every server allows without a call in between.
        pings: fc.uniqueArray(arb.seed(), { minLength: 1, maxLength: 2 }),
        situation: fc.constantFrom(...situationsFor(facts)),
      }),
    labels: {
      'on a connection where nothing goes on': ({ situation }) => situation === 'nothing',
      'during an upload': ({ situation }) => situation === 'half an upload',
      'while a response waits': ({ situation }) => situation === 'a stalled response',
      'two PINGs': ({ pings }) => pings.length === 2,
    },
    examples: (facts) =>
      situationsFor(facts).flatMap((situation) => [
        { pings: [1, 2], situation },
        { pings: [0, 3], situation },
      ]),
    script: (script, { pings, situation }) => {
      const finish = begin(script, situation);
      for (const seed of pings) {
        const opaque = octetsOf({ length: 8, seed });
        script.frame(ping(opaque)).await({ see: 'ping-ack', opaque }, { optional: true });
      }
      finish();
    },
    check: (seen, { pings }) => {
      // An ACK that matches no PING is found on every connection; here are those that are missing or too many.
      const view = seen.connection();
      const received = view.received.flatMap(({ frame }) => (frame.type === 'PING' && frame.ack ? [frame.opaque] : []));
      return pings.flatMap((seed): readonly Breach[] => {
        const opaque = octetsOf({ length: 8, seed });
        const count = received.filter((ack) => isEqual(opaque, ack)).length;
        if (count === 1 || (count === 0 && isEndedInOrder(view))) return [];
        const others = received.filter((ack) => !pings.some((one) => isEqual(octetsOf({ length: 8, seed: one }), ack)));
        return [
          {
            observed: count === 0 ? describeMissingAck(opaque, others) : `${count} PING ACKs with ${hexOf(opaque)}`,
            expected: `one PING ACK with the 8 octets of our PING: ${hexOf(opaque)}`,
            reaction: count === 0 ? 'no PING ACK' : 'more than one PING ACK',
          },
        ];
      });
    },
  }),

  ...pingRows,
  ...clientGoaway,
  ...draining,
  ...serverKeepalive,
  ...lifetime,

  experiment('KA-09-graceful-shutdown', {
    generates:
      'one to four calls that are under way, of different kinds, a graceful stop, perhaps a new call at the same moment, and then the rest of the calls',
    accepts: [
      'status OK for every call that was under way',
      'for the new call: status OK, UNAVAILABLE, or a refusal',
      'a close without GOAWAY, with a warning',
    ],
    needs: ['graceful-stop', 'unary', 'slow', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    borrows: [],
    lane: 'restart',
    effort: 0.02,
    afterwards: false,
    expectsDefence: true,
    aboutRefusals: true,
    arbitrary: () =>
      arb.record({
        calls: arb.list(fc.constantFrom(...underWay), { minCount: 1, maxCount: 4 }),
        hasNewCall: fc.boolean(),
      }),
    labels: {
      'a new call at the moment of the stop': ({ hasNewCall }) => hasNewCall,
      'one call alone': ({ calls }) => calls.length === 1,
      'calls of all kinds': ({ calls }) => new Set(calls).size === underWay.length,
    },
    examples: () => [
      { calls: underWay, hasNewCall: true },
      { calls: ['a conversation'] as const, hasNewCall: false },
    ],
    script: (script, { calls, hasNewCall }) => {
      const finishes = calls.map((kind) => pendingCalls[kind].begin(script));
      // A call that the target has not seen when it stops was never accepted.
      script.fence();
      script.gracefulStop();
      const late = hasNewCall ? script.call(emptyCall(), { awaitEnd: false }) : undefined;
      // Not seen: the target may announce nothing before its last call has ended.
      script.await({ see: 'goaway' }, { within: 'close', optional: true });
      for (const finish of finishes) finish();
      if (late !== undefined) script.await({ see: 'end', stream: late.stream }, { optional: true });
      script.await({ see: 'closed' }, { optional: true });
    },
    check: (seen, { calls, hasNewCall }) => [
      ...calls.flatMap((kind, index) => {
        const call = seen.call(index);
        return wasRefusedBefore(call, seen) ? [] : answersAs(call, pendingCalls[kind].answer);
      }),
      ...(hasNewCall ? answersLate(seen.call(calls.length)) : []),
      ...judgeShutdown(seen),
    ],
  }),
]);

/** No ACK has the octets of our PING; those that came with octets of no PING are likely meant for it, and show what became of them. */
function describeMissingAck(opaque: Uint8Array, others: readonly Uint8Array[]): string {
  const [other] = others;
  if (other === undefined) return `no PING ACK for ${hexOf(opaque)}`;
  const at = opaque.findIndex((octet, index) => octet !== other[index]);
  return `no PING ACK with ${hexOf(opaque)}, but one with ${hexOf(other)}: octet ${at} differs first`;
}

/** A call that the target refused while nothing was ending yet: one that was never accepted says nothing of the end. */
function wasRefusedBefore({ shape, times }: Call, seen: Observation): boolean {
  const goaway = seen.connection().received.find(({ frame }) => frame.type === 'GOAWAY');
  return shape === 'refused' && goaway !== undefined && times.end !== undefined && times.end < goaway.at;
}

/** A call at the moment of the stop is served or not, but it is told which. */
function answersLate(call: Call): readonly Breach[] {
  if (call.shape === 'refused' || call.shape === 'closed' || call.status === status.UNAVAILABLE) return [];
  return isOk(call).length === 0 ? [] : [callBreach(call, 'status OK or UNAVAILABLE, or a refusal')];
}

/** GOAWAY(NO_ERROR), and then the end of the connection. */
function judgeShutdown(seen: Observation): readonly Breach[] {
  const view = seen.connection();
  const expected = 'GOAWAY(NO_ERROR), and a closed connection when the last call has ended';
  if (errorGoaway(view) !== undefined) {
    return [{ observed: 'GOAWAY with an error code', expected, reaction: 'GOAWAY with an error code' }];
  }
  if (view.closed?.by !== 'target') return [{ observed: 'the connection stayed open', expected, reaction: 'open' }];
  if (view.received.some(({ frame }) => frame.type === 'GOAWAY')) return [];
  return [{ severity: 'warn', observed: 'the connection was closed without GOAWAY', expected, reaction: 'no GOAWAY' }];
}
