import { observe } from '../grpc/observe';
import { PlanBuilder } from '../grpc/plan-builder';
import { unaryCall } from '../grpc/test-service';
import { tinyProperty, targetAt } from './try-engine.test-helper';
import { Evidence } from './evidence';
import type { Experiment } from './executor';

const property = tinyProperty('MSG-02-any-data-split');
const watched = 'RESP-03-content-type';
const { facts } = targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port: 1 } });

function played(judgement: object, more: Partial<Experiment> = {}): Experiment {
  const script = new PlanBuilder(facts, property);
  script.call(unaryCall({}));
  script.call(unaryCall({}));
  const plan = script.build();
  const seen = observe(plan, { connections: [], samples: {} });
  const whole = { kind: 'judged', violations: [], judged: new Map([[watched, 2]]), seen, ...judgement };
  return { plan, judgement: whole as Experiment['judgement'], milliseconds: 1, waited: 0, answered: true, ...more };
}

const own = property.id;

test.each([
  ['both are looked at', played({}), [1, 2]],
  ['calls of it were not processed: frames alone', played({ framesOnly: { reason: '', why: 'calm' } }), [0, 2]],
  ['nothing came back', played({ judged: new Map() }, { answered: false }), [0, 0]],
  ['the process ended under it', played({}, { exit: { code: 1, signal: null, output: '' } }), [0, 0]],
  ['nothing was judged', played({ kind: 'void', otherwise: [] }), [0, 0]],
] as const)('%s', (_, experiment, [byProperty, byRules]) => {
  const evidence = new Evidence();
  evidence.note(property, experiment);
  expect([evidence.rows.get(own)?.judged ?? 0, evidence.rows.get(watched)?.judged ?? 0]).toEqual([byProperty, byRules]);
});

test('inputs add up, with their calls and connections', () => {
  const evidence = new Evidence();
  for (let input = 0; input < 3; input++) evidence.note(property, played({}));
  expect(evidence.rows.get(watched)).toEqual({ inputs: 3, calls: 6, connections: 3, judged: 6 });
});
