import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { fullRun, largeRun } from '../report/fixtures/run';
import { formatRun } from '../report/json';
import { packageRoot } from '../package-root';
import { makeJsonSchemas, type JsonSchemaName } from './json-schemas';

const ajv = new Ajv({ allErrors: true, strict: false });
const validators = Object.fromEntries(
  Object.entries(makeJsonSchemas()).map(([name, schema]) => [name, ajv.compile(schema)]),
);

/** What is wrong with a value, a line each. */
function faultsOf(name: JsonSchemaName, value: unknown): readonly string[] {
  const validate = validators[name];
  if (validate?.(value) === true) return [];
  return (validate?.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const serversFolder = join(packageRoot(), 'harness', 'servers');
const baselines = readdirSync(serversFolder)
  .map((server) => join(serversFolder, server, 'baseline.json'))
  .filter((file) => {
    try {
      return readFileSync(file).length > 0;
    } catch {
      return false;
    }
  });

test('every baseline that we publish is valid', () => {
  expect(baselines.length).toBeGreaterThan(5);
  for (const file of baselines)
    expect([file, faultsOf('baseline', JSON.parse(readFileSync(file, 'utf8')))]).toEqual([file, []]);
});

const failures = readdirSync(join(packageRoot(), 'reports', 'unreported'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => join(packageRoot(), 'reports', 'unreported', file));

test('so is every failure file', () => {
  expect(failures.length).toBeGreaterThan(0);
  for (const file of failures)
    expect([file, faultsOf('failure', JSON.parse(readFileSync(file, 'utf8')))]).toEqual([file, []]);
});

test.each([
  ['a run', 'run', formatRun(fullRun)],
  ['a large one', 'run', formatRun(largeRun)],
  ['a configuration with one baseline', 'config', '{"baseline":"known.json"}'],
  ['one with several', 'config', '{"baseline":["company.json","known.json"]}'],
  [
    'a configuration',
    'config',
    '{"$schema":"x","target":"localhost:1","runs":10,"strict":true,"level":["must"],"selectors":["MSG"],"useReflection":false}',
  ],
] as const)('%s is valid', (_what, name, text) => {
  expect(faultsOf(name, JSON.parse(text))).toEqual([]);
});

test.each<[string, JsonSchemaName, unknown, RegExp]>([
  [
    'an entry without a reason',
    'baseline',
    { schemaVersion: 2, entries: [{ id: 'MSG-01', rule: 'MSG-01' }] },
    /entries\/0 must have required property 'reason'/,
  ],
  ['an unknown key', 'baseline', { schemaVersion: 2, entries: [], entrys: [] }, /must NOT have additional properties/],
  ['another version', 'baseline', { schemaVersion: 3, entries: [] }, /schemaVersion must be equal to one of/],
  ['an unknown setting', 'config', { taget: 'localhost:1' }, /must NOT have additional properties/],
  ['a switch that is a text', 'config', { strict: 'yes' }, /strict must be boolean/],
  ['a reporter that there is not', 'config', { reporter: 'html' }, /reporter must be equal to one of/],
  [
    'a verdict that there is not',
    'run',
    { ...(JSON.parse(formatRun(fullRun)) as object), verdict: 'passed' },
    /verdict must be equal to one of/,
  ],
])('%s is not', (_what, name, value, fault) => {
  expect(faultsOf(name, value).join('\n')).toMatch(fault);
});
