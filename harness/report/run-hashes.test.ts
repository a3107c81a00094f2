import { fullRun } from './fixtures/run';
import type { RunRecord } from './model';
import { hashesOf } from './run-hashes';

const plain = hashesOf(fullRun);
const withHeader = (change: Partial<RunRecord['header']>): RunRecord => ({
  ...fullRun,
  header: { ...fullRun.header, ...change },
});
const [first] = fullRun.properties;
const others = fullRun.properties.slice(1);

test.each<[string, RunRecord]>([
  ['the order of the rows', { ...fullRun, properties: fullRun.properties.toReversed() }],
  ['when it was', withHeader({ startedAt: '2020-01-01T00:00:00.000Z' })],
  ['which target it was', withHeader({ target: { ...fullRun.target, name: 'another:1' } })],
  ['the seed', { ...withHeader({ options: { ...fullRun.header.options, seed: 7 } }), seed: 7 }],
  ['that it was made in shards', withHeader({ options: { ...fullRun.header.options, shard: '1/3' } })],
  ['how long rows took', { ...fullRun, properties: fullRun.properties.map((row) => ({ ...row, durationMs: 1 })) }],
])('%s does not count', (_, run) => {
  expect(hashesOf(run)).toEqual(plain);
});

test.each<[string, RunRecord]>([
  ['other options', withHeader({ options: { ...fullRun.header.options, bail: true } })],
  ['other rows', withHeader({ selected: ['MSG-01-unary-echo'] })],
  ['another number of inputs', withHeader({ runs: fullRun.header.runs + 1 })],
  ['another version', withHeader({ tool: { ...fullRun.header.tool, version: '9' } })],
])('with %s something else was asked', (_, run) => {
  const { asked, found } = hashesOf(run);
  expect(asked).not.toBe(plain.asked);
  expect(found).toBe(plain.found);
});

test.each<[string, RunRecord['properties']]>([
  ['another verdict', [{ ...first!, verdict: first!.verdict === 'pass' ? 'fail' : 'pass' }, ...others]],
  ['a row less', others],
  [
    'another reaction',
    fullRun.properties.map((row) => ({
      ...row,
      findings: row.findings.map((finding) => ({ ...finding, reaction: `${finding.reaction}!` })),
    })),
  ],
])('with %s something else was found', (_, properties) => {
  const { asked, found } = hashesOf({ ...fullRun, properties });
  expect(asked).toBe(plain.asked);
  expect(found).not.toBe(plain.found);
});

test('a finding that is there twice counts once', () => {
  const doubled = fullRun.properties.map((row) => ({ ...row, findings: [...row.findings, ...row.findings] }));
  expect(hashesOf({ ...fullRun, properties: doubled })).toEqual(plain);
});
