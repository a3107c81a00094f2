import { defaultTimes, type Step } from '../connection/script';
import type { TargetFacts, TargetLimits } from '../facts/target-facts';
import { PlanBuilder } from '../grpc/plan-builder';
import type { Need } from '../facts/need';
import { ping } from '../wire/builders';
import { attack, type Attack } from './attack';

const factsOf = (offers: readonly Need[], limits?: TargetLimits): TargetFacts => ({
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers,
  settings: [],
  roundTrip: 1,
  times: defaultTimes,
  ...(limits === undefined ? {} : { limits }),
});

const frames = [ping(new Uint8Array(8))];

function planOf(facts: TargetFacts, how: Partial<Attack> = {}) {
  const script = new PlanBuilder(facts);
  attack(script, facts, {
    rounds: 2,
    strike: (on, round) => void script.flood({ on, frames, times: 10 + round }),
    ...how,
  });
  return script.build();
}

const connectionsOf = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => (step.do === 'open' ? [step.on] : []));

test('an attack is made three times, each time on a new connection, beside calls of somebody else', () => {
  const { steps, calls, expects } = planOf(factsOf(['unary', 'bidirectional-streaming']));
  expect(connectionsOf(steps)).toEqual(['innocent', 'first', 'second', 'third', 'new']);
  expect([...new Set(calls.map(({ connection }) => connection))]).toEqual(['innocent', 'new']);
  expect(new Set(calls.map(({ role }) => role))).toEqual(new Set(['bystander']));
  expect(expects).toHaveLength(calls.length);
  const ofWave = steps.flatMap((step) => ('on' in step && step.on === 'second' ? [step.do] : []));
  expect(ofWave).toEqual(['open', 'flood', 'flood', 'await', 'fence', 'close']);
  // A call ends between the two parts, whatever becomes of the flood.
  const parts = steps.flatMap((step, index) => (step.do === 'flood' && step.on === 'first' ? [index] : []));
  const between = steps.slice(parts[0], parts[1]).filter((step) => 'on' in step && step.on === 'innocent');
  expect(between.map((step) => step.do)).toEqual(['headers', 'data', 'await']);
});

test('memory is read before, while connections are open, and after each wave', () => {
  const { steps } = planOf(factsOf(['unary']));
  const labels = steps.flatMap((step) => (step.do === 'sample' || step.do === 'watch' ? [step.label] : []));
  expect(labels).toEqual(['before', 'first held', 'first', 'second held', 'second', 'third held', 'third']);
  expect(steps.find((step) => step.do === 'watch')).toMatchObject({ from: 'second', returns: true });
});

test('what is not read is read once all was sent', () => {
  const { steps } = planOf(factsOf([]), { unread: true, connections: 2 });
  const ofFirst = steps.flatMap((step) => {
    if (!('on' in step) || step.on !== 'first-2') return [];
    return step.do === 'reading' ? [step.reads ? 'read on' : 'stop reading'] : [step.do];
  });
  expect(ofFirst).toEqual(['open', 'stop reading', 'flood', 'flood', 'await', 'read on', 'fence', 'close']);
});

test('what is never read is not waited for either, and memory is watched while it is held', () => {
  const { steps } = planOf(factsOf([]), { unread: 'to the end', holds: 77 });
  const ofFirst = steps.flatMap((step) => ('on' in step && step.on === 'first' ? [step.do] : []));
  expect(ofFirst).toEqual(['open', 'reading', 'flood', 'flood', 'await', 'close']);
  const watched = steps.filter((step) => step.do === 'watch' && step.label.endsWith(' held'));
  expect(watched).toHaveLength(3);
  expect(watched[1]).toMatchObject({ label: 'second held', from: 'before', growth: 77 });
});

test('strikes may have connections of their own, and none else is opened for them', () => {
  const struck: string[] = [];
  const { steps } = planOf(factsOf([]), { connections: 0, strike: (on, round) => struck.push(`${on} ${round}`) });
  expect(struck).toEqual(['first 0', 'first 1', 'second 0', 'second 1', 'third 0', 'third 1']);
  expect(connectionsOf(steps)).toEqual(['innocent', 'new']);
  expect(steps.filter((step) => step.do === 'close')).toEqual([]);
});

test('a connection that is cut is closed while the flood goes on', () => {
  const { steps } = planOf(factsOf([]), { close: 'cut', opening: { awaitSettings: false } });
  const ofFirst = steps.filter((step) => 'on' in step && step.on === 'first');
  expect(ofFirst.map((step) => step.do)).toEqual(['open', 'flood', 'flood', 'close']);
  expect(ofFirst.at(0)).toMatchObject({ awaitSettings: false });
  expect(ofFirst.at(-1)).toMatchObject({ how: 'reset' });
});

test.each<[string, TargetLimits, number]>([
  ['a connection for each call', { callsPerConnection: 1 }, 1],
  ['as many calls as a connection takes', { callsPerConnection: 4 }, 4],
  ['no conversation where one handler is all there is', { handlers: 1 }, Infinity],
])('somebody else keeps what the target allows: %s', (_, limits, most) => {
  const { calls } = planOf(factsOf(['unary', 'bidirectional-streaming'], limits));
  const counts = new Map<string, number>();
  for (const { connection } of calls) counts.set(connection, (counts.get(connection) ?? 0) + 1);
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(most);
  expect(calls.some(({ kind }) => kind === 'bidirectional-streaming')).toBe(limits.handlers === undefined);
});
