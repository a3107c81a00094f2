import { defaultTimes } from '../connection/script';
import { PlanBuilder } from '../grpc/plan-builder';
import type { TargetFacts } from '../facts/target-facts';
import { discard, discardsFor, type Discard } from './discard';

const facts: TargetFacts = {
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['unary', 'bidirectional-streaming', 'status'],
  settings: [],
  messageLimit: 1000,
  roundTrip: 1,
  times: defaultTimes,
};

test.each<[string, Partial<TargetFacts>, readonly Discard[]]>([
  ['that can all of it', {}, ['unknown method', 'our reset', 'early status', 'message too large']],
  [
    'without a handler that fails when asked',
    { offers: ['unary'] },
    ['unknown method', 'our reset', 'message too large'],
  ],
])('a target %s', (_, other, want) => {
  expect(discardsFor({ ...facts, ...other })).toEqual(want);
});

test('a target without a limit of messages takes every message', () => {
  const { messageLimit: _, ...unlimited } = facts;
  expect(discardsFor(unlimited)).not.toContain('message too large');
});

test.each<[Discard, readonly string[], why: string]>([
  ['unknown method', ['headers', 'data', 'await'], 'the target ends it'],
  ['our reset', ['headers', 'data', 'frame'], 'we end it'],
  ['early status', ['headers', 'data', 'await', 'frame'], 'the target has said its status, and we stop'],
  ['message too large', ['headers', 'data', 'await', 'frame'], 'the target has refused it, and we stop'],
])('%s: %j (%s)', (reason, want) => {
  const script = new PlanBuilder(facts).open();
  discard(script, reason, 300, facts);
  const steps = script.build().steps.slice(1);
  expect(steps.map((step) => step.do)).toEqual(want);
  // What ends by itself may be ended in whatever way; that it is answered is another rule.
  expect(steps.flatMap((step) => (step.do === 'await' ? [step.optional] : []))).toEqual(
    want.flatMap((step) => (step === 'await' ? [true] : [])),
  );
  const [octets = 0] = steps.flatMap((step) => (step.do === 'data' ? [step.octets.length] : []));
  expect(octets).toBeGreaterThanOrEqual(305);
});

test.each<[Discard, announced: number]>([
  ['our reset', 301],
  ['message too large', 1001],
])('%s: the prefix announces %d octets, which do not come', (reason, announced) => {
  const script = new PlanBuilder(facts);
  discard(script, reason, 300, facts);
  const [octets] = script.build().steps.flatMap((step) => (step.do === 'data' ? [step.octets] : []));
  expect(octets).toHaveLength(305);
  expect(Buffer.from(octets ?? []).readUInt32BE(1)).toBe(announced);
});
