import type { Step } from '../connection/script';
import { PlanBuilder } from '../grpc/plan-builder';
import { resetRapidly } from './rapid-resets';
import { emptyCall } from '../grpc/test-service';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;

const describe = (step: Step): string => {
  if (step.do === 'headers' || step.do === 'data') return `${step.do} ${step.stream}`;
  return step.do === 'frame' ? `reset ${step.frame.streamId}` : step.do;
};

test.each([
  ['at once', 0, ['open', 'headers 1', 'data 1', 'reset 1', 'headers 3', 'data 3', 'reset 3']],
  ['one stream late', 1, ['open', 'headers 1', 'data 1', 'headers 3', 'data 3', 'reset 1', 'reset 3']],
] as const)('every stream is reset %s, and none is a call', (_, lag, want) => {
  const script = new PlanBuilder(facts);
  expect(resetRapidly(script, emptyCall(), { on: 'attack', count: 2, lag })).toBe(5);
  const { steps, calls } = script.build();
  expect(steps.map(describe)).toEqual(want);
  expect(calls).toEqual([]);
});
