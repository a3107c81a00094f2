import { PlanBuilder } from '../grpc/plan-builder';
import type { Need } from '../facts/need';
import type { TargetLimits } from '../facts/target-facts';
import { beginInnocents } from './innocents';

const plan = (offers: readonly Need[], limits?: TargetLimits) => {
  const script = new PlanBuilder({ authority: 'target', scheme: 'http', metadata: [] });
  const finish = beginInnocents(script, { offers, ...(limits === undefined ? {} : { limits }) });
  script.octets(new Uint8Array(1), 'attack');
  finish();
  return script.build();
};

test.each<[string, readonly Need[], connections: readonly string[], answers: readonly string[]]>([
  [
    'all kinds of calls',
    ['unary', 'bidirectional-streaming'],
    ['innocent', 'innocent', 'innocent', 'new'],
    ['served', 'served', 'served', 'served'],
  ],
  ['unary calls', ['unary'], ['innocent', 'innocent', 'new'], ['served', 'served', 'served']],
  ['nothing that we know', [], ['innocent', 'innocent', 'new'], ['status', 'status', 'status']],
])('a target that offers %s', (_, offers, connections, answers) => {
  const { calls, expects = [] } = plan(offers);
  expect(calls.map(({ connection, role }) => [connection, role])).toEqual(
    connections.map((connection) => [connection, 'bystander']),
  );
  expect(expects.map(({ accepts }) => accepts[0]?.is)).toEqual(answers);
});

test('what is attacked comes in between', () => {
  const { steps } = plan(['unary', 'bidirectional-streaming']);
  const attack = steps.findIndex((step) => step.do === 'bytes');
  const places = steps.flatMap((step, at) => (step.do === 'headers' ? [at < attack] : []));
  expect(places).toEqual([true, true, false, false]);
});

test.each<[TargetLimits, conversations: number]>([
  [{}, 1],
  [{ handlers: 1 }, 0],
  [{ handlers: 2 }, 1],
  [{ callsPerConnection: 2 }, 0],
])('a target with limits %j has room for %d conversations', (limits, want) => {
  const { calls } = plan(['unary', 'bidirectional-streaming'], limits);
  expect(calls.filter(({ kind }) => kind === 'bidirectional-streaming')).toHaveLength(want);
});
