import fc from 'fast-check';
import { PlanBuilder } from '../grpc/plan-builder';
import { ask, askedCallExamples, askedCalls, type AskedCall } from './asked-call';

const everything = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming', 'status', 'metadata'];
const sample = (offers: readonly string[]): readonly AskedCall[] =>
  fc.sample(askedCalls(offers), { seed: 1, numRuns: 200 }).flat();

test('a target that offers nothing is asked for an unknown method alone', () => {
  expect(sample([])).toEqual(
    expect.not.arrayContaining([expect.not.objectContaining({ method: 'unknown', status: 0, echo: false })]),
  );
});

test('a target that offers everything is asked for everything', () => {
  const calls = sample(everything);
  expect(new Set(calls.map(({ method }) => method)).size).toBe(6);
  expect(new Set(calls.map(({ status }) => status)).size).toBe(17);
  expect(new Set(calls.map(({ echo }) => echo)).size).toBe(2);
  expect(new Set(calls.map(({ sizes }) => sizes.length))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
});

test('what is not offered is not asked for', () => {
  const calls = sample(['unary', 'metadata']);
  expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(['unknown', 'empty', 'unary']));
  expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([0]));
});

test('the examples are calls that the generator could make, and so can be shrunk', () => {
  for (const offers of [everything, ['unary', 'metadata'], []]) {
    const generator = askedCalls(offers);
    const examples = askedCallExamples(offers);
    expect(examples.filter((example) => !generator.canShrinkWithoutContext(example))).toEqual([]);
    expect(new Set(examples.flat().map(({ method }) => method)).size).toBe(
      new Set(sample(offers).map(({ method }) => method)).size,
    );
  }
});

test.each<[AskedCall['method'], string]>([
  ['unknown', 'unknown'],
  ['empty', 'unary'],
  ['unary', 'unary'],
  ['client-streaming', 'client-streaming'],
  ['server-streaming', 'server-streaming'],
  ['bidirectional-streaming', 'bidirectional-streaming'],
])('a call to %s is written whole and awaited', (method, kind) => {
  const script = new PlanBuilder({ authority: 'a', scheme: 'http', metadata: [] });
  ask(script, { method, sizes: [3], status: 5, textLength: 3, echo: true });
  const { calls, steps } = script.build();
  expect(calls).toMatchObject([{ kind, legal: true }]);
  expect(steps.map(({ do: what }) => what)).toEqual(['open', 'headers', 'data', 'await']);
  expect(steps[2]).toMatchObject({ endStream: true });
});
