import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../report/model';
import { behave, type Behaviour } from '../servers/reference/behaviour';
import { listen, type ReferenceServer } from '../servers/reference/listen';
import { conformance, type ConformanceOptions } from './index';

interface Declared {
  readonly names: readonly string[];
  /** Runs everything as jest does. @returns what each test that failed said, by its name. */
  readonly run: () => Promise<Readonly<Record<string, string>>>;
}

/** Declares tests in place of jest, which would fail with them. */
function declare(options: ConformanceOptions): Declared {
  const tests: { readonly name: string; readonly run: () => Promise<void> }[] = [];
  const before: (() => Promise<void>)[] = [];
  const after: (() => Promise<void>)[] = [];
  let group = '';
  const replaced = {
    describe: (name: string, define: () => void) => {
      group = name;
      define();
    },
    test: (name: string, run: () => Promise<void>) => tests.push({ name: `${group}: ${name}`, run }),
    beforeAll: (run: () => Promise<void>) => before.push(run),
    afterAll: (run: () => Promise<void>) => after.push(run),
  };
  const { describe: ownDescribe, test: ownTest, beforeAll: ownBefore, afterAll: ownAfter } = globalThis;
  Object.assign(globalThis, replaced);
  try {
    conformance(options);
  } finally {
    Object.assign(globalThis, { describe: ownDescribe, test: ownTest, beforeAll: ownBefore, afterAll: ownAfter });
  }
  const run = async (): Promise<Readonly<Record<string, string>>> => {
    const failed: Record<string, string> = {};
    const note = (name: string) => (error: Error) => void (failed[name] = error.message);
    for (const hook of before) await hook().catch(note('beforeAll'));
    for (const one of tests) await one.run().catch(note(one.name));
    for (const hook of after) await hook().catch(note('afterAll'));
    return failed;
  };
  return { names: tests.map(({ name }) => name), run };
}

const servers: ReferenceServer[] = [];
async function serve(behaviour: Behaviour = behave()): Promise<string> {
  const server = await listen({ port: 0, behaviour });
  servers.push(server);
  return `127.0.0.1:${server.port}`;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jest-door-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all(servers.map((server) => server.stop()));
});

const last =
  'Rules on every call and connection: no property broke the rule of another row, and the baseline lists nothing that holds';
const options: ConformanceOptions = { selectors: ['MSG-05', 'MSG-02', 'CONN-01'], runs: 10 };
const baseline = (name: string, id: string): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, entries: [{ id, rule: id, reason: 'we know' }] }));
  return file;
};

test('there is one test for each property, area by area, and one for what follows from all of them', () => {
  expect(declare({ ...options, target: 'localhost:1' }).names).toEqual([
    'Connection and preface: CONN-01-settings-first',
    'Messages: MSG-02-any-data-split',
    'Messages: MSG-05-zero-length-message',
    last,
  ]);
});

test('what is left out has no test', () => {
  const { names } = declare({ ...options, skip: ['MSG-*'], target: 'localhost:1' });
  expect(names).toEqual(['Connection and preface: CONN-01-settings-first', last]);
});

test('a selector that matches nothing is an error at once', () => {
  expect(() => declare({ selectors: ['MSG-0x'], target: 'localhost:1' })).toThrow('MSG-0x');
});

test('a correct server passes, wherever it listens when the tests start', async () => {
  expect(await declare({ ...options, target: () => serve() }).run()).toEqual({});
});

test('a broken rule fails its own test, with what to look at, and the report says the same', async () => {
  const out = join(folder, 'report');
  const target = await serve(behave({ defects: ['MSG-05'] }));
  const failed = await declare({ ...options, runs: 50, target, out }).run();
  expect(failed).toEqual({
    'Messages: MSG-05-zero-length-message': expect.stringMatching(
      /^MSG-05-zero-length-message: .*\n\nfail: MSG-05-zero-length-message \(5 of 5 times\)\n {2}sent /,
    ) as string,
  });
  const report = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;
  expect(report).toMatchObject({ status: 'complete', verdict: 'fail', exitCode: 1, header: { commandLine: ['jest'] } });
  expect(report.properties.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['CONN-01-settings-first', 'pass'],
    ['MSG-02-any-data-split', 'pass'],
    ['MSG-05-zero-length-message', 'fail'],
  ]);
  const [finding] = report.properties[2]?.findings ?? [];
  expect(existsSync(join(out, finding?.failureFile ?? 'nothing'))).toBe(true);
});

test('what the baseline lists passes, and what it lists although it holds fails the last test', async () => {
  const known = baseline('known.json', 'MSG-05-zero-length-message');
  const target = await serve(behave({ defects: ['MSG-05'] }));
  expect(await declare({ ...options, runs: 50, target, baseline: known }).run()).toEqual({});
  expect(await declare({ ...options, target: () => serve(), baseline: known }).run()).toEqual({
    [last]: expect.stringContaining('remove the entry') as string,
  });
});

test('nothing can be tested without a target, and each test says so', async () => {
  const failed = await declare({ ...options, target: '127.0.0.1:1' }).run();
  expect(failed['beforeAll']).toContain('127.0.0.1:1');
  expect(Object.values(failed).slice(1)).toEqual(
    Array.from({ length: 4 }, () => 'The target could not be attached; see the error of beforeAll.'),
  );
});
