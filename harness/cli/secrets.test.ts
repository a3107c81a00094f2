import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConnection } from '../transcript/read-connection';
import { packageRoot } from '../package-root';
import { parseRun } from '../report/json';
import { deserializeTranscript } from '../report/serialize';
import { latin1 } from '../wire/hpack/latin1';
import { runCli, shellLine, type CliResult } from './cli-process.test-helper';
import { findLeaks } from './find-leaks.test-helper';
import { callCli } from './call-cli.test-helper';
import { elsewhere, fieldOf, inFields, inMessages, tokenOf, ways } from './reflecting-target.test-helper';

// Values of -H are secrets: a target that echoes them in every way it can, and rules that it breaks, so that all of it is reported. Nothing that is printed or
// written may hold them, in whatever form; and a failure file can be played again by who has them.

const token = 'tok3n/of+s0meone=with%signs';
const value = `Bearer ${token}`;
const forms = [
  token,
  encodeURIComponent(token),
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(token).toString('base64url').replace(/=+$/, ''),
];

let server: http2.Http2Server;
let address: string;
let folder: string;
const sessions = new Set<http2.Http2Session>();
const received = new Set<string>();

beforeAll(async () => {
  server = http2.createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const given = String(headers.authorization ?? '');
    received.add(given);
    // Nobody serves these methods, and UNIMPLEMENTED would be the answer.
    stream.respond(
      {
        'content-type': 'application/grpc',
        server: `echo of ${given}`,
        'x-base64': Buffer.from(given).toString('base64'),
        'x-percent': encodeURIComponent(given.replace('Bearer ', '')),
      },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': `bad ${encodeURIComponent(given)}` }),
    );
    stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, given.length]), Buffer.from(given)]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterAll(() => {
  for (const session of sessions) session.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

const cli = (words: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  callCli(words, { folder, environment, columns: 2000 });

/** Every form of the secret that a text holds, also where base64 of the text is. */
function leaks(text: string): readonly string[] {
  const inside = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([base64]) =>
    Buffer.from(base64, 'base64').toString('latin1'),
  );
  return forms.filter((form) => [text, ...inside].some((one) => one.includes(form)));
}

const header = 'authorization: ${TOKEN}';

test('nothing that a run prints or writes holds the value of a -H', async () => {
  const out = join(folder, 'out');
  const run = ['run', 'REQ-21', '--runs', '2', '--seed', '7', '-vv', '--out', out, '--target', address];
  const { exitCode, printed } = await cli([...run, '-H', header], { TOKEN: value });
  expect(exitCode).toBe(1);
  expect(received).toContain(value);
  expect(leaks(printed)).toEqual([]);
  expect(printed).toContain('[hidden]');
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(out, name)).isFile(),
  );
  expect(files.filter((name) => name.startsWith('failures'))).not.toEqual([]);
  for (const name of files) expect([name, leaks(readFileSync(join(out, name), 'utf8'))]).toEqual([name, []]);
});

test('a failure file is played again with the value of today', async () => {
  const failures = join(folder, 'out/failures');
  const [name = ''] = readdirSync(failures);
  const file = join(failures, name);
  expect(readFileSync(file, 'utf8')).toContain('${-H authorization}');
  received.clear();
  const again = await cli(['replay', file, '--target', address, '-H', header], { TOKEN: 'Bearer another-token' });
  expect(again.printed).toMatch(/^against .*\nFAILS/);
  expect(again.exitCode).toBe(1);
  expect([...received]).toEqual(['Bearer another-token']);
  const without = await cli(['replay', file, '--target', address]);
  expect(without.printed).toMatch(
    /was made with -H 'authorization: …', whose value it does not keep: give it again \[ERR_USAGE\]/,
  );
  expect(without.exitCode).toBe(2);
});

test('nor what probe prints', async () => {
  for (const more of [['--json'], ['--trace'], []]) {
    const { exitCode, printed } = await cli(['probe', '--target', address, '-H', `authorization: ${value}`, ...more]);
    expect([exitCode, leaks(printed)]).toEqual([0, []]);
    expect(printed).toContain('[hidden]');
  }
});

test('nor an error, nor one about the option itself', async () => {
  const wrong = await cli(['--target', address, '-H', value]);
  expect(wrong.printed).toMatch(/--header has no colon/);
  const unreachable = await cli(['--target', `unix:/${encodeURIComponent(token)}`, '-H', `authorization: ${value}`]);
  expect(unreachable.printed).toMatch(/unix:\/\[hidden\]/);
  expect([...leaks(wrong.printed), ...leaks(unreachable.printed)]).toEqual([]);
});

test.each<[string, readonly string[], NodeJS.ProcessEnv, string]>([
  ['a selector', ['-H', 'authorization:', 'Bearer', token], {}, ''],
  ['a long flag', [`--headers=authorization: ${value}`], {}, ''],
  ['a flag of other programs', ['-rpc-header', `authorization: ${value}`], {}, ''],
  ['a flag that list lacks', ['list', `-Hauthorization: ${value}`], {}, ''],
  ['a flag that explain lacks', ['explain', `-Hauthorization: ${value}`], {}, ''],
  ['a flag that compare lacks', ['compare', '-H', `authorization: ${value}`], {}, ''],
  ['a flag that self-test lacks', ['self-test', `-vHauthorization: ${value}`], {}, ''],
  ['a name', ['-H', `${value}:x`], {}, ''],
  ['a name and a value the wrong way round', ['-H', `${token}: authorization`], {}, ''],
  ['a target', ['--target', `https://me:${encodeURIComponent(token)}@h:1`], {}, ''],
  ['a variable', ['MSG'], { GRPC_CONFORM_HEADER: value }, ''],
  ['another variable', ['MSG'], { GRPC_CONFORM_RUNS: value, GRPC_CONFORM_HEADER: `authorization: ${value}` }, ''],
  ['JSON', ['MSG'], {}, `{ "header": ["authorization: ${value}], "runs": 5 }`],
  ['JSON without quotes', ['MSG'], {}, `{ "header": [${token}] }`],
  ['a key', ['MSG'], {}, JSON.stringify({ [`authorization: ${value}`]: 1 })],
  ['a list that is none', ['MSG'], {}, JSON.stringify({ header: { authorization: value }, runs: value })],
  ['another setting', ['MSG'], {}, JSON.stringify({ header: [`authorization: ${value}`], runs: token })],
])('nor one about the command line, the environment or a file: %s', async (_place, words, environment, config) => {
  const place = mkdtempSync(join(folder, 'config-'));
  writeFileSync(join(place, 'config.json'), config === '' ? '{}' : config);
  const takesConfig = !['explain', 'compare', 'self-test'].includes(words[0] ?? '');
  const more = takesConfig ? ['--config', join(place, 'config.json')] : [];
  const { exitCode, printed } = await cli([...more, ...words, '-vv'], environment);
  expect(exitCode).toBe(2);
  expect(printed).toMatch(/\[ERR_(USAGE|CONFIG|NOTHING_SELECTED)\]/);
  for (let at = 0; at + 6 <= token.length; at += 1) expect(printed).not.toContain(token.slice(at, at + 6));
});

describe('a target that reflects tokens in every way', () => {
  const target = (...flags: readonly string[]): string =>
    `${shellLine([process.execPath, '-r', require.resolve('esbuild-register'), join(packageRoot(), 'harness/cli/reflecting-target.test-helper.ts')])} --port {port} ${flags.join(' ')}`;
  const given = ways.flatMap((way) => ['-H', `${fieldOf(way)}: ${tokenOf(way)}`]);
  const aRun = (...flags: readonly string[]): readonly string[] => [
    'run',
    'REQ-21',
    ...given,
    '--runs',
    '2',
    '--seed',
    '7',
    '-vv',
    '--exec',
    target(...flags),
  ];

  /** All that a command line said and wrote, by its name. */
  const everythingOf = ({ stdout, stderr, out, files }: CliResult): readonly (readonly [string, string])[] => [
    ['standard output', stdout],
    ['standard error', stderr],
    ...files
      .map((name) => join(out, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => [file.slice(out.length), readFileSync(file, 'latin1')] as const),
  ];

  /** What only who speaks HTTP/2 finds in run.json: decoded fields, and messages across frames. */
  const onTheWire = (run: string): string =>
    parseRun(run, 'run.json')
      .properties.flatMap(({ findings }) => findings)
      .flatMap(({ transcript }) =>
        deserializeTranscript(transcript).transcript.connections.map((one) => readConnection(one)),
      )
      .flatMap(({ packets }) => {
        const streams = new Map<number, string>();
        const fieldsSaid = packets.flatMap((packet) => {
          if (packet.kind !== 'frame') return [];
          if (packet.frame.type === 'DATA')
            streams.set(packet.frame.streamId, (streams.get(packet.frame.streamId) ?? '') + latin1(packet.frame.data));
          return packet.block?.fields.map((field) => `${field.name}: ${field.value}`) ?? [];
        });
        return [...fieldsSaid, ...streams.values()];
      })
      .join('\n');

  test('each way is found by who looks for leaks', () => {
    for (const [way, write] of Object.entries(inFields)) expect(findLeaks(write(tokenOf(way)))).toEqual([way]);
    for (const [way, write] of Object.entries(inMessages))
      expect(findLeaks(Buffer.from(write(tokenOf(way))).toString('base64'))).toEqual([way]);
    for (const way of elsewhere) expect(findLeaks(`- ${tokenOf(way).slice(5, 17)} -`)).toEqual([way]);
    expect(findLeaks('K'.repeat(1000))).toEqual([]);
  });

  test.each(['pretty', 'line', 'github', 'json'])(
    'a run with the reporter %s, and what is made of its files',
    async (reporter) => {
      const result = await runCli([...aRun(), '--reporter', reporter], {
        inspect: (ended) => {
          const run = readFileSync(join(ended.out, 'run.json'), 'utf8');
          const copy = join(folder, `${reporter}.json`);
          writeFileSync(copy, run);
          return [...everythingOf(ended), ['on the wire', onTheWire(run)] as const];
        },
      });
      expect(result.exitCode).toBe(1);
      expect(result.files).toContainEqual(expect.stringMatching(/^failures\/REQ-21/));
      const seen = result.seen ?? [];
      expect(seen.map(([name]) => name)).toEqual(
        expect.arrayContaining(['/run.json', '/index.html', '/junit.xml', 'standard output']),
      );
      for (const [name, text] of seen) expect([name, findLeaks(text)]).toEqual([name, []]);
      // It was there, and is hidden.
      const [, wire = ''] = seen.find(([name]) => name === 'on the wire') ?? [];
      expect(wire).toMatch(/^plain: (?:0+|you said \*{32}\.)$/m);
      expect(wire).toMatch(/it was \*{32}/);
      const copy = join(folder, `${reporter}.json`);
      const again = await runCli((where) => ['compare', copy, copy, '--out', join(where, 'compared')]);
      expect(again.exitCode).toBe(0);
      expect(findLeaks(again.stdout)).toEqual([]);
    },
  );

  test('a trace of its calls, and what probe says', async () => {
    for (const more of [['--trace'], ['--json']]) {
      const { exitCode, stdout, stderr } = await runCli(['probe', '--exec', target(), ...given, ...more]);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toContain('[hidden]');
      expect(findLeaks(stdout)).toEqual([]);
    }
  });

  test.each([1, 23])('last words of which the first %i characters of a token are cut off', async (skipped) => {
    const result = await runCli([...aRun('--die', String(skipped)), '--reporter', 'line'], { inspect: everythingOf });
    expect(result.exitCode).toBe(1);
    const seen = result.seen ?? [];
    expect(seen.find(([name]) => name === '/run.json')?.[1]).toMatch(/"output":\s*"[^"[]{0,3}\[hidden\]\.+ \[hidden\]/);
    // Of `end`, nine characters were said; of `cut`, three at least are left.
    for (const [name, text] of seen)
      expect([name, findLeaks(text, 6).filter((way) => way === 'cut' || way === 'end')]).toEqual([name, []]);
  });

  test('one that ends before it listens', async () => {
    const result = await runCli([...aRun('--early'), '--reporter', 'line']);
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/its last output/);
    expect(findLeaks(result.stderr, 6)).toEqual([]);
  });
});
