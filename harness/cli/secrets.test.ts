import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import http2 from 'node:http2';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './main';

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

async function cli(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  let printed = '';
  const output = { isTerminal: false, columns: () => 2000, write: (text: string) => (printed += text) };
  const exitCode = await main(words, {
    environment: { PATH: process.env['PATH'], ...environment },
    folder,
    commandLine: words,
    stdout: output,
    stderr: output,
  });
  return { exitCode, printed };
}

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
}, 60_000);

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
}, 60_000);

test('nor what probe prints', async () => {
  for (const more of [['--json'], ['--trace'], []]) {
    const { exitCode, printed } = await cli(['probe', '--target', address, '-H', `authorization: ${value}`, ...more]);
    expect([exitCode, leaks(printed)]).toEqual([0, []]);
    expect(printed).toContain('[hidden]');
  }
}, 60_000);

test('nor an error, nor one about the option itself', async () => {
  const wrong = await cli(['--target', address, '-H', value]);
  expect(wrong.printed).toMatch(/--header has no colon/);
  const unreachable = await cli(['--target', `unix:/${encodeURIComponent(token)}`, '-H', `authorization: ${value}`]);
  expect(unreachable.printed).toMatch(/unix:\/\[hidden\]/);
  expect([...leaks(wrong.printed), ...leaks(unreachable.printed)]).toEqual([]);
});
