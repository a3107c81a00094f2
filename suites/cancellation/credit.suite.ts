import {
  arb,
  experiment,
  fc,
  fullDuplexCall,
  largestBody,
  largestMessage,
  mostAtOnce,
  mostCalls,
  openStalled,
  payloadOf,
  slowCall,
  streamingOutputCall,
  unaryCall,
  type AnyProperty,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { canConverse, mostResets } from './resets';

/** How the answers and requests of calls are stuck when they are reset. */
const stalls = ['at the stream window', 'at the connection window', 'unread by a busy handler'] as const;
type Stall = (typeof stalls)[number];

/** Octets of an answer that no window of ours lets through. */
const stuckAnswer = 70_000;
/** Octets that a connection window of 65,535 lets through for certain, however the frames are padded. */
const throughConnection = 60_000;
/** Octets of a request that nobody reads. */
const unread = 40_000;
/** Milliseconds that a handler reads nothing: time enough to send to it, and so short that no pool of threads is used up by those who do not hear of resets. */
const busy = 500;
/** Milliseconds for DATA to stand at its window; a server that waits for more credit before it sends loses nothing by it. */
const untilStuck = { within: 300, optional: true } as const;

/** Messages that nobody reads, within the limits of the target. */
function unreadMessages(facts: TargetFacts): readonly Uint8Array[] {
  const each = Math.min(10_000, largestMessage(facts) - 64);
  const count = Math.max(1, Math.floor(Math.min(unread, largestBody(facts) - 1000) / each));
  return fullDuplexCall(Array.from({ length: count }, () => ({ payload: new Uint8Array(each), responses: [] })))
    .messages;
}

/** Calls that get stuck, and are reset. @param before rounds on this connection */
function stallAndReset(script: PlanBuilder, stall: Stall, window: number, before: number, facts: TargetFacts): void {
  const stuck = () => script.call(streamingOutputCall({ responses: [{ size: stuckAnswer }] }), { awaitEnd: false });
  if (stall === 'at the stream window') {
    const call = stuck();
    const { stream } = call;
    script.await(
      window < 10 ? { see: 'headers', stream } : { see: 'data', stream, octets: Math.floor(window / 2) },
      untilStuck,
    );
    call.reset();
  } else if (stall === 'at the connection window') {
    const both = [stuck(), stuck()];
    script.await({ see: 'connection-data', octets: (before + 1) * throughConnection }, untilStuck);
    for (const call of both) call.reset();
    // The target has heard of it: what it sent before has arrived, and no more than that is given back.
    script.fence().grant(0, throughConnection);
  } else {
    script.call(slowCall(busy), { halfClose: false }).sendMessages(unreadMessages(facts)).reset();
  }
}

/** What a target can be brought to: two calls at once stand at the window of their connection. */
const stallsFor = (facts: TargetFacts): readonly Stall[] =>
  stalls.filter((stall) => {
    if (stall === 'at the connection window') return mostAtOnce(facts, 2) > 1;
    return stall !== 'unread by a busy handler' || canConverse(facts);
  });

/** What a reset gives back. */
export const credit: readonly AnyProperty[] = [
  experiment('CANC-08-cancel-releases-flow-control', {
    generates:
      'up to ten calls that get stuck and are reset: answers of 70,000 octets at a stream window of 0 to 30,000 or at the connection window, and requests that a busy handler does not read, more than four connection windows in all; then a large call',
    accepts: ['status OK for the large call, both ways'],
    needs: ['unary', 'server-streaming', 'slow'],
    effort: 0.15,
    arbitrary: (facts) =>
      arb.record({
        stall: fc.constantFrom<Stall>(...stallsFor(facts)),
        window: arb.boundaryInteger({ max: 30_000, boundaries: [0, 1, 5, 16_384] }),
      }),
    examples: (facts) => stallsFor(facts).map((stall) => ({ stall, window: 0 })),
    labels: {
      'answers at the stream window': ({ stall }) => stall === 'at the stream window',
      'answers at the connection window': ({ stall }) => stall === 'at the connection window',
      'requests that nobody reads': ({ stall }) => stall === 'unread by a busy handler',
      'a stream window of nothing': ({ stall, window }) => stall === 'at the stream window' && window === 0,
    },
    script: (script, { stall, window }, facts) => {
      const isConnection = stall === 'at the connection window';
      // On a connection that keeps what it has received, streams have more than the connection lets through.
      openStalled(script, isConnection ? throughConnection : window, { replenishConnection: !isConnection });
      const perRound = isConnection ? 2 : 1;
      const rounds = Math.floor((mostCalls(facts, mostResets + 1) - 1) / perRound);
      for (let round = 0; round < rounds; round++) stallAndReset(script, stall, window, round, facts);
      const payload = new Uint8Array(Math.min(100_000, largestMessage(facts) - 64, largestBody(facts) - 1000));
      const last = script.call(unaryCall({ payload, responseSize: 100_000 }), { awaitEnd: false }).grant(101_000);
      // What was given back before must still be there.
      if (isConnection) script.grant(0, 101_000 - throughConnection);
      last.awaitEnd().expect(payloadOf(100_000));
    },
  }),
];
