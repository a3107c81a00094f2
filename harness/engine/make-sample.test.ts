import { deserializeTranscript } from '../report/serialize';
import { makeSample } from './make-sample';
import type { Experiment } from './executor';
import { failingTranscript, facts, plan } from '../report/fixtures/run';
import { observe } from '../grpc/observe';

const seen = observe(plan, failingTranscript);
const experiment = {
  plan,
  judgement: { kind: 'judged', violations: [], judged: new Map(), seen },
  milliseconds: 1,
  waited: 0,
  answered: true,
} as unknown as Experiment;

test('a sample has the input, the script in words and the packets', () => {
  const sample = makeSample({ size: 7 }, experiment, facts.times);
  expect(sample?.input).toEqual({ size: 7 });
  expect(sample?.script.length).toBe(plan.steps.length);
  const { transcript } = deserializeTranscript(sample?.transcript ?? { connections: [], samples: {} });
  expect(transcript.connections[0]?.events.length).toBe(failingTranscript.connections[0]?.events.length);
});

test('it is small, whatever was played', () => {
  const octets = new Uint8Array(300).fill(7);
  const events = Array.from({ length: 2000 }, (_, at) => ({ kind: 'received' as const, at, octets }));
  const flood = { connections: [{ name: 'main', events }], samples: {} };
  const large = {
    ...experiment,
    plan: { ...plan, steps: Array.from({ length: 500 }, () => plan.steps[0]!) },
    judgement: { ...experiment.judgement, seen: observe(plan, flood) },
  } as Experiment;
  const sample = makeSample({ text: 'x'.repeat(5000) }, large, facts.times);
  expect(sample).not.toHaveProperty('input');
  expect(sample?.script).toHaveLength(41);
  expect(JSON.stringify(sample).length).toBeLessThan(20_000);
});

test.each([
  ['the process ended', { exit: { code: 1, signal: null, output: '' } }],
  ['nothing came back', { answered: false }],
])('there is none where %s', (_why, change) =>
  expect(makeSample(1, { ...experiment, ...change }, facts.times)).toBeUndefined(),
);
