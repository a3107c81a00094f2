import { resolve } from 'node:path';
import { settingSpecs, type SettingName } from './setting-specs';
import { resolveSettings, selectorsOf, variableOf, whereGiven } from './settings';

const file = resolve('/project/grpc-conform.config.json');
const settle = (flags: object, environment: NodeJS.ProcessEnv = {}, content?: object) =>
  resolveSettings({
    flags: { ...flags },
    environment,
    config: content === undefined ? undefined : { file, content: { ...content } },
  });

test('a flag beats the environment, the environment beats the file', () => {
  const environment = { GRPC_CONFORM_RUNS: '2', GRPC_CONFORM_SEED: '2', GRPC_CONFORM_STRICT: 'true' };
  const content = { runs: 3, seed: 3, strict: false, concurrency: 3 };
  expect(settle({ runs: '1' }, environment, content)).toEqual({ runs: 1, seed: 2, strict: true, concurrency: 3 });
});

test('where a setting was said first is told, and nothing of its value', () => {
  const environment = { GRPC_CONFORM_RUNS: '2', GRPC_CONFORM_SEED: '2' };
  const config = { file, content: { seed: 3, header: ['x-key: secret'] } };
  expect(whereGiven({ flags: { runs: '1' }, environment, config })).toEqual({
    '--runs': 'command line',
    '--seed': 'GRPC_CONFORM_SEED',
    '--header': 'grpc-conform.config.json',
  });
});

test('a list is replaced, not added to', () => {
  expect(settle({ skip: ['A,B', 'C'] }, { GRPC_CONFORM_SKIP: 'D' }).skip).toEqual(['A', 'B', 'C']);
});

test.each<[string, object, NodeJS.ProcessEnv, object | undefined, object]>([
  [
    'durations from every place',
    { timeout: '2s' },
    { GRPC_CONFORM_TIME_BUDGET: '1m' },
    { connectTimeout: 0.5 },
    { timeout: 2000, timeBudget: 60_000, connectTimeout: 500 },
  ],
  [
    'limits from every place',
    { maxStreams: '4' },
    { GRPC_CONFORM_HEADER_LIMIT: '4096' },
    { messageLimit: 20_480 },
    { maxStreams: 4, headerLimit: 4096, messageLimit: 20_480 },
  ],
  ['--no-shrink', { shrink: false }, {}, undefined, { shrink: false }],
  ['shrink in the environment', {}, { GRPC_CONFORM_SHRINK: 'no' }, undefined, { shrink: false }],
  ['a flag beats an empty variable, too', { runs: '7' }, { GRPC_CONFORM_RUNS: '' }, undefined, { runs: 7 }],
  ['what does not name a server may be undefined in a script', {}, {}, { baseline: undefined }, {}],
  [
    'several fields in one variable',
    {},
    { GRPC_CONFORM_HEADER: 'a: 1\nb: 2, 3\n' },
    undefined,
    {
      header: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2, 3' },
      ],
    },
  ],
  [
    'fields in a file see the environment',
    {},
    { T: 'x' },
    { header: ['a: ${T}'] },
    { header: [{ name: 'a', value: 'x' }] },
  ],
  ['-vvv is -vv', { verbose: 3 }, {}, undefined, { verbose: 2 }],
  [
    'paths of a file are relative to it',
    {},
    {},
    { baseline: 'known.json', out: '../r' },
    { baseline: [resolve('/project/known.json')], out: resolve('/r') },
  ],
  ['paths of a flag are not', { baseline: 'known.json' }, {}, undefined, { baseline: ['known.json'] }],
  [
    'baselines in a file may be several',
    {},
    {},
    { baseline: ['team.json', '../own.json'] },
    { baseline: [resolve('/project/team.json'), resolve('/own.json')] },
  ],
  ['random seed', { seed: 'random' }, {}, undefined, { seed: 'random' }],
])('%s', (_name, flags, environment, content, want) => {
  expect(settle(flags, environment, content)).toEqual(want);
});

test.each<[string, object, NodeJS.ProcessEnv, object | undefined, string, RegExp]>([
  ['a flag', { runs: 'many' }, {}, undefined, 'ERR_USAGE', /^--runs "many"/],
  ['a variable', {}, { GRPC_CONFORM_MAX_FAILURES: '0' }, undefined, 'ERR_USAGE', /^GRPC_CONFORM_MAX_FAILURES "0"/],
  ['an empty target', {}, { GRPC_CONFORM_TARGET: '' }, undefined, 'ERR_USAGE', /GRPC_CONFORM_TARGET is empty: give/],
  ['blanks for a command', {}, { GRPC_CONFORM_EXEC: ' \t' }, undefined, 'ERR_USAGE', /GRPC_CONFORM_EXEC is empty/],
  ['an empty number', {}, { GRPC_CONFORM_RUNS: '' }, { runs: 7 }, 'ERR_USAGE', /GRPC_CONFORM_RUNS is empty/],
  ['an empty switch', {}, { GRPC_CONFORM_STRICT: '' }, undefined, 'ERR_USAGE', /GRPC_CONFORM_STRICT is empty/],
  ['an empty list', {}, { GRPC_CONFORM_HEADER: '' }, undefined, 'ERR_USAGE', /GRPC_CONFORM_HEADER is empty/],
  ['a list of nothing', {}, { GRPC_CONFORM_METHOD: ' ,' }, undefined, 'ERR_USAGE', /GRPC_CONFORM_METHOD is empty/],
  ['an empty target of the file', {}, {}, { target: '' }, 'ERR_CONFIG', /is not valid: target is empty/],
  ['a target of blanks', {}, {}, { target: ' \n ' }, 'ERR_CONFIG', /is not valid: target is empty/],
  ['an empty command of the file', {}, {}, { exec: '' }, 'ERR_CONFIG', /is not valid: exec is empty/],
  ['a NUL character', {}, {}, { exec: 'node \0' }, 'ERR_CONFIG', /exec holds a NUL character/],
  ['one in a list', {}, {}, { proto: ['a\0'] }, 'ERR_CONFIG', /proto holds a NUL character/],
  ['null for a target', {}, {}, { target: null }, 'ERR_CONFIG', /target must be a text/],
  [
    'an undefined target',
    {},
    {},
    { target: undefined },
    'ERR_CONFIG',
    /target is there and undefined: give it a value/,
  ],
  ['an undefined command', {}, {}, { exec: undefined }, 'ERR_CONFIG', /exec is there and undefined/],
  ['a switch in a variable', {}, { GRPC_CONFORM_BAIL: 'maybe' }, undefined, 'ERR_USAGE', /neither true nor false/],
  [
    'a misspelt variable',
    {},
    { GRPC_CONFORM_TAGRET: 'h:1' },
    undefined,
    'ERR_USAGE',
    /GRPC_CONFORM_TAGRET is no setting \(did you mean GRPC_CONFORM_TARGET\?\)/,
  ],
  [
    'a key of the file',
    {},
    {},
    { runns: 1 },
    'ERR_CONFIG',
    /grpc-conform\.config\.json has the unknown key "runns" \(did you mean runs\?\)/,
  ],
  ['a value of the file', {}, {}, { timeout: '1s' }, 'ERR_CONFIG', /is not valid: timeout 1s is below/],
  ['a type of the file', {}, {}, { runs: true }, 'ERR_CONFIG', /runs must be a text or a number/],
  ['a switch of the file', {}, {}, { tls: 'yes' }, 'ERR_CONFIG', /tls must be true or false/],
  ['a list of the file', {}, {}, { skip: 'MSG' }, 'ERR_CONFIG', /skip must be a list/],
])('%s is refused with its place', (_name, flags, environment, content, code, message) => {
  expect(() => settle(flags, environment, content)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('selectors of a file', () => {
  expect(selectorsOf({ file, content: { selectors: ['MSG'] } })).toEqual(['MSG']);
  expect(selectorsOf({ file, content: {} })).toEqual([]);
  expect(() => selectorsOf({ file, content: { selectors: 'MSG' } })).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIG' }),
  );
});

test('every setting has a variable and a flag of its own', () => {
  const specs = Object.entries(settingSpecs({}));
  const variables = specs.map(([name]) => variableOf(name as SettingName));
  expect(new Set(variables).size).toBe(specs.length);
  expect(new Set(specs.map(([, spec]) => spec.flags)).size).toBe(specs.length);
  expect(variableOf('connectTimeout')).toBe('GRPC_CONFORM_CONNECT_TIMEOUT');
});
