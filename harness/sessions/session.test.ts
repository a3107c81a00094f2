import fc from 'fast-check';
import { measurePlan } from '../engine/measure-plan';
import { checkGenerator } from '../generators/check-generator';
import type { Plan } from '../grpc/call-plan';
import { PlanBuilder } from '../grpc/plan-builder';
import { echoInitialName } from '../grpc/test-service';
import { echoOf, type Move } from './move';
import { session, writeSession } from './session';
import { mostCancelled, type SessionCall, type SessionRoom } from './session-state';

const facts = { authority: 'target:1', scheme: 'http', metadata: [] } as const;
const room: SessionRoom = { calls: 100, atOnce: 8 };

function write(moves: readonly Move[], most: SessionRoom = room, echoes = false): Plan {
  const script = new PlanBuilder(facts);
  writeSession(script, moves, most, { echoes });
  return script.build();
}

/** What the moves come to: the calls in the order in which they were opened. */
const readSession = (moves: readonly Move[], most: SessionRoom): readonly SessionCall[] =>
  writeSession(new PlanBuilder(facts), moves, most).map(({ call }) => call);

const kindsIn = (moves: readonly Move[]): ReadonlySet<string> => new Set(moves.map((move) => move.do));
const open: Move = { do: 'open', kind: 'unary', size: 1 };
const steps = (plan: Plan): readonly string[] => plan.steps.map((step) => step.do);

checkGenerator('session', session(), {
  isCorrect: (moves) => moves.length >= 1 && moves.length <= 60,
  reaches: {
    'every kind of move': (moves) => kindsIn(moves).size === 11,
    'more calls than fit into a table of 128': (moves) => readSession(moves, { calls: 300, atOnce: 8 }).length > 128,
    'a cancelled call beside others': (moves) =>
      new Set(readSession(moves, room).map(({ state }) => state)).size === 2 && moves.length < 20,
  },
  shrinks: [
    {
      fault: (moves) => readSession(moves, room).some(({ kind }) => kind === 'client-streaming'),
      to: [{ do: 'open', kind: 'client-streaming', size: 0 }],
    },
  ],
});

test.each<[reason: string, moves: readonly Move[]]>([
  ['nothing is open', [{ do: 'send', pick: 0, octets: 5 }]],
  ['nothing is left to finish', [{ do: 'finish', pick: 3 }]],
  ['nothing is under way', [{ do: 'cancel', pick: 0 }]],
  ['there is no stream for the credit', [{ do: 'grant', pick: 0, onConnection: false, octets: 9 }]],
  ['the window is what it was', [{ do: 'window', octets: 65_535 }]],
])('a move writes nothing when %s', (_, moves) => {
  expect(steps(write(moves))).toEqual(['open']);
});

test('calls that wait for an end are left out while answers have no credit', () => {
  const plan = write([{ do: 'window', octets: 0 }, { do: 'calls', times: 3, size: 1 }, { do: 'refused' }]);
  expect(plan.calls).toEqual([]);
});

test('a request goes out in parts, and what is left is sent in the end', () => {
  const plan = write([open, { do: 'send', pick: 0, octets: 3 }, { do: 'send', pick: 5, octets: 1 }]);
  const sent = plan.steps.flatMap((step) => (step.do === 'data' ? [step.octets.length] : []));
  expect(sent.slice(0, 2)).toEqual([3, 1]);
  expect(steps(plan)).toEqual(['open', 'headers', 'data', 'data', 'data', 'await']);
});

test('answers get their credit back before anything is waited for', () => {
  const plan = write([open, { do: 'window', octets: 1 }, { do: 'finish', pick: 0 }]);
  expect(steps(plan)).toEqual(['open', 'headers', 'fence', 'data', 'fence', 'await']);
});

test('each call carries what it is known by', () => {
  const plan = write([open, open], room, true);
  const echoes = plan.steps.flatMap((step) =>
    step.do === 'headers' ? step.fields.filter(({ name }) => name === echoInitialName).map(({ value }) => value) : [],
  );
  expect(echoes).toEqual([echoOf(0), echoOf(1)]);
});

test('the calls of a plan are those that are read, within the room that there is', () => {
  const rooms = fc.record({ calls: fc.integer({ min: 1, max: 60 }), atOnce: fc.integer({ min: 1, max: 8 }) });
  fc.assert(
    fc.property(session(), rooms, (moves, most) => {
      const plan = write(moves, most);
      const read = readSession(moves, most);
      const measures = measurePlan(plan);
      expect(plan.calls.map(({ kind }) => kind)).toEqual(
        read.map(({ kind }) => (kind === 'refused' ? 'unknown' : kind)),
      );
      expect(read.every(({ state }) => state === 'ended' || state === 'cancelled')).toBe(true);
      expect(read.filter(({ state }) => state === 'cancelled').length).toBeLessThanOrEqual(mostCancelled);
      expect(measures.callsPerConnection).toBeLessThanOrEqual(most.calls);
      expect(measures.streams).toBeLessThanOrEqual(most.atOnce);
    }),
    { seed: 4, numRuns: 100 },
  );
});
