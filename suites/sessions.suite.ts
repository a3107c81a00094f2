import {
  anyEnd,
  arb,
  echoedInHeaders,
  echoOf,
  experiment,
  largestSize,
  markedAnswer,
  mostAtOnce,
  mostCalls,
  mutatePlan,
  octetsOf,
  payloadOf,
  pendingCalls,
  ping,
  PlanBuilder,
  served,
  sessionKinds,
  suite,
  unaryCall,
  writeSession,
  type Move,
  type Mutation,
  type Outcome,
  type SessionCall,
  type SessionRoom,
  type TargetFacts,
} from '../harness';

/** Calls of one connection, and of those at a time. */
const roomOf = (facts: TargetFacts, calls: number): SessionRoom => ({
  calls: mostCalls(facts, calls),
  atOnce: mostAtOnce(facts, 8),
});

/** More than the entries that fit into tables of 128 and 256. */
const mostOnOne = 300;

/** Few enough that all of it fits into the windows of a new connection. */
const mostMutated = 12;

/** A call on another connection that is under way meanwhile. */
const innocent = pendingCalls['a conversation'];

/** What a call that is not cancelled asks for, whatever else goes on. */
const answerTo = ({ kind, mark }: SessionCall): Outcome =>
  kind === 'refused' ? anyEnd : served(markedAnswer(kind, mark));

/** The interop tests ask these two methods alone to echo. */
const isEchoed = ({ kind }: SessionCall): boolean => kind === 'unary' || kind === 'bidirectional-streaming';

const open = (kind: Extract<Move, { do: 'open' }>['kind'], size: number): Move => ({ do: 'open', kind, size });
const send = (octets: number, pick = 0): Move => ({ do: 'send', pick, octets });

/** Calls that a session opens, where all of its moves apply. */
const countCallsOf = (moves: readonly Move[]): number =>
  moves.reduce((sum, move) => {
    if (move.do === 'calls') return sum + move.times;
    return move.do === 'open' || move.do === 'refused' ? sum + 1 : sum;
  }, 0);

const does = (moves: readonly Move[], what: Move['do']): boolean => moves.some((move) => move.do === what);

/** More calls on one connection than fit into tables of 128 and 256 entries, tables that fill up, a message that a cancelled call never finished, answers without credit, and refusals before a table is taken away. */
const knownSessions: readonly (readonly Move[])[] = [
  [{ do: 'calls', times: 80, size: 1 }, open('unary', 2)],
  [
    open('bidirectional-streaming', 1),
    { do: 'calls', times: 140, size: 1 },
    { do: 'refused' },
    { do: 'calls', times: 140, size: 250 },
    open('server-streaming', 2),
  ],
  [
    open('bidirectional-streaming', 3),
    send(4),
    { do: 'ping', seed: 0, waits: true },
    open('client-streaming', 2),
    { do: 'cancel', pick: 0 },
    open('unary', largestSize),
    { do: 'window', octets: 0 },
    { do: 'finish', pick: 1 },
  ],
  [
    { do: 'refused' },
    { do: 'refused' },
    { do: 'refused' },
    { do: 'table', octets: 0 },
    open('server-streaming', 5),
    { do: 'complete', pick: 0 },
  ],
];

export default suite('sessions', [
  experiment('RPC-11-repeatable-on-one-connection', {
    generates:
      'sessions of up to 60 moves on one connection: calls of all four kinds whose requests come in parts, runs of calls, cancellations, refusals, credit, PINGs, SETTINGS that change windows and tables, in any order',
    accepts: ['for each call that was not cancelled, status OK with the answer that its own request asks for'],
    needs: ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    effort: 0.2,
    borrows: ['fields', 'arrival'],
    arbitrary: () => arb.record({ moves: arb.session() }),
    examples: () => knownSessions.map((moves) => ({ moves })),
    labels: {
      'more than 128 calls': ({ moves }) => countCallsOf(moves) > 128,
      'more than 256 calls': ({ moves }) => countCallsOf(moves) > 256,
      'a cancellation': ({ moves }) => does(moves, 'cancel'),
      'a refusal': ({ moves }) => does(moves, 'refused'),
      'a window that changes': ({ moves }) => does(moves, 'window'),
      'a table that changes': ({ moves }) => does(moves, 'table'),
      'every kind of call': ({ moves }) =>
        sessionKinds.every((kind) => moves.some((move) => move.do === 'open' && move.kind === kind)),
    },
    script: (script, { moves }, facts) => {
      const echoes = facts.offers.includes('metadata');
      const written = writeSession(script, moves, roomOf(facts, mostOnOne), { echoes });
      for (const [index, { call, writer }] of written.entries()) {
        if (call.state === 'cancelled') continue;
        writer.expect(answerTo(call));
        if (echoes && isEchoed(call)) writer.expect(echoedInHeaders([echoOf(index)]));
      }
    },
  }),

  experiment('DOS-13-mutated-sessions', {
    generates:
      'legal sessions of up to 16 moves in which one to three frames are dropped, duplicated, swapped, cut short, or have another bit, length, type, flag or stream, beside a call on another connection',
    accepts: [
      'any legal frames, stream errors, a connection error, or silence on the connection with the mutated session',
      'the other call served, and a call on a new connection',
    ],
    needs: ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    effort: 0.3,
    // Whether the connection serves depends on where its frames begin and end for the server now.
    afterwards: false,
    borrows: ['arrival'],
    arbitrary: () => arb.record({ moves: arb.session({ maxMoves: 16 }), mutations: arb.mutations() }),
    labels: {
      'a frame dropped, doubled or out of order': ({ mutations }) =>
        mutations.some(({ kind }) => kind === 'drop' || kind === 'duplicate' || kind === 'swap'),
      'another length, or fewer octets': ({ mutations }) =>
        mutations.some(({ kind }) => kind === 'length' || kind === 'truncate'),
      'another bit, type, flag or stream': ({ mutations }) =>
        mutations.some(({ kind }) => kind === 'flip a bit' || kind === 'type' || kind === 'flags' || kind === 'stream'),
      'several mutations': ({ mutations }) => mutations.length > 1,
    },
    examples: () => {
      const asking: Move = { do: 'ping', seed: 0, waits: false };
      const moves: readonly Move[] = [
        open('bidirectional-streaming', 1),
        send(6),
        open('unary', 2),
        send(3, 1),
        asking,
      ];
      const kinds: readonly Mutation[] = [
        { kind: 'duplicate', at: 0, by: 0 },
        { kind: 'stream', at: 1, by: 0 },
        { kind: 'length', at: 2, by: 4 },
        { kind: 'swap', at: 0, by: 1 },
        { kind: 'truncate', at: 4, by: 3 },
      ];
      return kinds.map((mutation) => ({ moves, mutations: [mutation] }));
    },
    script: (script, { moves, mutations }, facts) => {
      const finishInnocent = innocent.begin(script, { on: 'innocent', role: 'bystander' });
      const session = new PlanBuilder(script.facts);
      writeSession(session, moves, roomOf(facts, mostMutated));
      script.append(mutatePlan(session.build(), mutations));
      // Seen when the target still follows; a target that waits for the rest of a frame says nothing.
      script.frame(ping(settled)).await({ see: 'ping-ack', opaque: settled }, { within: digestion, optional: true });
      finishInnocent().expect(served(innocent.answer));
      script.call(unaryCall({ responseSize: 11 }), { on: 'new', role: 'bystander' }).expect(payloadOf(11));
    },
  }),
]);

/** Milliseconds for a target to come to the end of a session; one that waits for the rest of a frame never does, and nothing is judged by it. */
const digestion = 100;

/** A PING that no session sends. */
const settled = octetsOf({ length: 8, seed: 0x5e77 });
