import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../report/model';
import { behave, type Behaviour } from '../servers/reference/behaviour';
import { listen, type ReferenceServer } from '../servers/reference/listen';
import { endsWith, experiment, fc, status, suite, unaryCall } from '../suite';
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
/** A server that knows no method. */
async function startBare(): Promise<string> {
  const server = http2.createServer();
  server.on('stream', (stream) =>
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bare.push(server);
  return `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

const bare: http2.Http2Server[] = [];

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
  for (const server of bare) server.close();
  await Promise.all(servers.map((server) => server.stop()));
});

let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'info').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
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
    'Target: localhost:1 can be tested',
    'Connection and preface: CONN-01-settings-first',
    'Messages: MSG-02-any-data-split',
    'Messages: MSG-05-zero-length-message',
    last,
  ]);
});

test('what is left out has no test', () => {
  const { names } = declare({ ...options, skip: ['MSG-*'], exec: './server' });
  expect(names).toEqual([
    'Target: the server that ./server starts can be tested',
    'Connection and preface: CONN-01-settings-first',
    last,
  ]);
});

test('rules of the user are tests like ours, and what is none is an error at once', async () => {
  const own = suite('shop', [
    experiment(
      { id: 'OWN-01-plain-calls', level: 'must', rule: 'r', source: { document: 'd', url: 'https://d' } },
      {
        generates: 'one call',
        accepts: ['OK'],
        arbitrary: () => fc.constant(1),
        script: (script) => void script.call(unaryCall()).expect(endsWith(status.OK)),
      },
    ),
  ]);
  const declared = declare({ selectors: ['OWN'], suites: [own], runs: 2, target: () => serve() });
  expect(declared.names).toContain('Your own rules: OWN-01-plain-calls');
  expect(await declared.run()).toEqual({});
  const none = [{ name: 'shop', properties: [{}] }] as unknown as ConformanceOptions['suites'];
  expect(() => declare({ suites: none, target: 'localhost:1' })).toThrow(/^suites\[0\]: its property 1: id is missing/);
});

test('a selector that matches nothing is an error at once', () => {
  expect(() => declare({ selectors: ['MSG-0x'], target: 'localhost:1' })).toThrow('MSG-0x');
});

test('a baseline that is not there is one error, with what to do', () => {
  expect(() => declare({ ...options, target: 'localhost:1', baseline: '/none.json' })).toThrow(
    /^the baseline file \/none\.json does not exist: leave it out .*--update-baseline/,
  );
});

test('the end says what ticks do not show: warnings, what could not be tested, and where the report is', async () => {
  const out = join(folder, 'told');
  const target = await serve(behave({ defects: ['DL-03'] }));
  const failed = await declare({ selectors: ['DL-03', 'TLS-01'], runs: 10, target, out }).run();
  expect(failed).toEqual({});
  expect(printed.at(-1)?.split('\n')).toEqual([
    'grpc-conform: Conformant as far as tested: 1 warning, 1 of 2 rows judged',
    expect.stringMatching(/^ {2}warn {2}DL-03-expiry-ends-the-call: Status OK \(0\)/),
    '  1 of the tests that passed could not test anything there:',
    '    1 to unlock, name a TLS target with --tls or https://',
    expect.stringMatching(
      /^ {2}\d+ of \d+ rows watched on all traffic had something to judge; \d+ not seen: FRAME-30, /,
    ),
    `  report: ${out}/index.html`,
    expect.stringMatching(
      /^ {2}replay: (npx grpc-conform|node .*) replay .*\/told\/failures\/FILE --target 127\.0\.0\.1:\d+$/,
    ),
  ]);
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

/** What every test of a small run fails with, when all of them fail alike; nothing of it comes from a hook. */
async function commonFailure(given: ConformanceOptions): Promise<string> {
  const { names, run } = declare({ ...options, ...given });
  const failed = await run();
  expect(Object.keys(failed)).toEqual(names);
  const [message = '', ...others] = new Set(Object.values(failed));
  expect(others).toEqual([]);
  return message;
}

test.each<[string, ConformanceOptions, RegExp]>([
  ['nobody listens', { target: '127.0.0.1:1' }, /^127\.0\.0\.1:1: nothing listens there/],
  ['a function gives nothing', { target: () => undefined as unknown as string }, /the target function gave undefined:/],
  ['a function gives no text', { target: () => '  ' }, /the target function gave " {2}": it must give an address/],
  ['a promise gives nothing', { target: () => Promise.resolve('') }, /the target function gave "":/],
  [
    'a function throws',
    {
      target: () => {
        throw new Error('no port\u001b[2J');
      },
    },
    /the target function failed: no port\\x1b\[2J$/,
  ],
  [
    'a promise rejects',
    { target: () => Promise.reject(new Error('no server')) },
    /^conformance\(\): the target function failed: no server$/,
  ],
  [
    'a promise never resolves',
    { target: () => new Promise(() => undefined), connectTimeout: 50 },
    /the target function gave no address within 50 ms: .*connectTimeout$/,
  ],
  [
    'a server is never ready',
    { exec: 'sleep 60', testTimeout: 300 },
    /^finding out what the server that sleep 60 starts offers took longer than 300 ms: raise testTimeout$/,
  ],
])('when %s, every test says so', async (_reason, given, message) => {
  expect(await commonFailure(given)).toMatch(message);
});

test('values of metadata are in no message', async () => {
  const secret = 'Bearer abcdefghij';
  const metadata = [{ name: 'authorization', value: secret }];
  const target = (): string => {
    throw new Error(`refused ${secret}`);
  };
  expect(await commonFailure({ target, metadata })).toMatch(/failed: refused \[hidden\]$/);
});

test('one line says against whom, and how much can be tested there', async () => {
  const target = await serve();
  await declare({ ...options, target: () => target }).run();
  expect(printed.slice(0, 1)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^grpc-conform against ${target}, tier 2 \\(grpc\\.testing\\.TestService\\): 3 of 3 rules can be tested there$`,
      ),
    ),
  ]);
});

test('a server on which nothing can be tested fails the first test', async () => {
  const target = await startBare();
  const failed = await declare({ selectors: ['MSG-02'], runs: 5, target }).run();
  expect(failed).toEqual({
    [`Target: ${target} can be tested`]: expect.stringMatching(
      /^nothing can be tested against .*, tier 0 \(unknown methods only\): 0 of 1 rule can be tested there, 1 cannot; .*probe/,
    ) as string,
  });
});

test('the bundled server, when it is asked for by name, with the baseline that comes along', async () => {
  const { names, run } = declare({ ...options, target: 'bundled' });
  expect(names[0]).toBe('Target: the bundled grpc-js server can be tested');
  expect(await run()).toEqual({});
  expect(printed.slice(0, 1)).toEqual([
    expect.stringMatching(/^grpc-conform against the bundled grpc-js server, tier 2 /),
  ]);
});
