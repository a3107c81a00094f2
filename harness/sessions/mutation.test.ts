import fc from 'fast-check';
import type { RawFrame } from '../wire/frame';
import { checkGenerator } from '../generators/check-generator';
import type { Plan } from '../grpc/call-plan';
import { PlanBuilder } from '../grpc/plan-builder';
import { frameTypes } from '../wire/frame';
import { mutatePlan, mutationKinds, mutations, type Mutation } from './mutation';
import { session, writeSession } from './session';
import type { Move } from './move';

const facts = { authority: 'target:1', scheme: 'http', metadata: [] } as const;
const { HEADERS, DATA, SETTINGS, PING } = frameTypes;

function planOf(moves: readonly Move[]): Plan {
  const script = new PlanBuilder(facts);
  writeSession(script, moves, { calls: 12, atOnce: 8 });
  return script.build();
}

const framesIn = ({ steps }: Plan): readonly RawFrame[] =>
  steps.flatMap((step) => (step.do === 'frame' ? [step.frame] : []));
const typesOf = (plan: Plan): readonly number[] => framesIn(plan).map(({ type }) => type);

const two = planOf([
  { do: 'open', kind: 'unary', size: 1 },
  { do: 'open', kind: 'client-streaming', size: 1 },
  { do: 'ping', seed: 1, waits: true },
  { do: 'window', octets: 9 },
]);

checkGenerator('mutations', mutations(), {
  isCorrect: (changes) => changes.length >= 1 && changes.length <= 3,
  reaches: Object.fromEntries(
    mutationKinds.map((name) => [name, (changes: readonly Mutation[]) => changes.some(({ kind }) => kind === name)]),
  ),
  shrinks: [{ fault: (changes) => changes.some(({ kind }) => kind === 'type'), to: [{ kind: 'type', at: 0, by: 0 }] }],
});

test('a plan becomes its frames, and waits for nothing', () => {
  const plan = mutatePlan(two, []);
  expect(plan.steps.every((step) => step.do === 'open' || step.do === 'frame')).toBe(true);
  expect(typesOf(plan)).toEqual([HEADERS, HEADERS, PING, SETTINGS, SETTINGS, DATA, DATA]);
  expect(plan.calls.map(({ stream, legal }) => [stream, legal])).toEqual([
    [1, false],
    [3, false],
  ]);
});

test.each<[mutation: Mutation, types: readonly number[], calls: readonly number[]]>([
  [{ kind: 'drop', at: 0, by: 0 }, [HEADERS, PING, SETTINGS, SETTINGS, DATA, DATA], [3]],
  [{ kind: 'duplicate', at: 0, by: 0 }, [HEADERS, HEADERS, HEADERS, PING, SETTINGS, SETTINGS, DATA, DATA], [3]],
  [{ kind: 'swap', at: 2, by: 0 }, [HEADERS, HEADERS, SETTINGS, PING, SETTINGS, DATA, DATA], [1, 3]],
  [{ kind: 'type', at: 2, by: DATA }, [HEADERS, HEADERS, DATA, SETTINGS, SETTINGS, DATA, DATA], [1, 3]],
  // Nobody knows what stands behind a length that lies.
  [{ kind: 'length', at: 1, by: 4 }, [HEADERS, HEADERS, PING, SETTINGS, SETTINGS, DATA, DATA], []],
  [{ kind: 'stream', at: 1, by: 7 }, [HEADERS, HEADERS, PING, SETTINGS, SETTINGS, DATA, DATA], [1]],
  // Another call than the plan's may begin on a stream whose HEADERS was changed.
  [{ kind: 'flip a bit', at: 1, by: 7 }, [HEADERS, HEADERS, PING, SETTINGS, SETTINGS, DATA, DATA], [1]],
])('%j', (mutation, types, calls) => {
  const plan = mutatePlan(two, [mutation]);
  expect(typesOf(plan)).toEqual(types);
  expect(plan.calls.map(({ stream }) => stream)).toEqual(calls);
});

test('a change means something on any session, but dropping the only frame', () => {
  fc.assert(
    fc.property(session({ maxMoves: 8 }), mutations(), (moves, [change]) => {
      const plan = planOf(moves);
      const before = framesIn(mutatePlan(plan, []));
      const after = framesIn(mutatePlan(plan, [change!]));
      expect(after.length - before.length).toBe(
        before.length === 0 ? 0 : change!.kind === 'drop' ? -1 : change!.kind === 'duplicate' ? 1 : 0,
      );
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('no more DATA leaves than the windows of a new connection take', () => {
  const plan = planOf(Array.from({ length: 12 }, () => ({ do: 'calls', times: 1, size: 250 })));
  const many: Plan = {
    ...plan,
    steps: Array.from({ length: 5 }, () => plan.steps.filter(({ do: what }) => what !== 'open')).flat(),
  };
  const octets = framesIn(mutatePlan(many, [])).reduce(
    (sum, { type, payload }) => sum + (type === DATA ? payload.length : 0),
    0,
  );
  expect(octets).toBeGreaterThan(60_000);
  expect(octets).toBeLessThanOrEqual(65_535);
});
