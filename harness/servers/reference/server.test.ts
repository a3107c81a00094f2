import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { fullDuplexCall } from '../../grpc/test-service';
import { mutants } from './mutants';
import { plainDefects } from './mutants/plain-defects';
import { variations } from './variations';

/** The command line: what is printed, and how the process ends. */

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['-r', 'esbuild-register', join(__dirname, 'server.ts'), ...args]);
  const collected = { out: '', err: '' };
  child.stdout.on('data', (text) => (collected.out += String(text)));
  child.stderr.on('data', (text) => (collected.err += String(text)));
  return { child, collected, ended: once(child, 'close') };
}

async function run(...args: readonly string[]) {
  const { collected, ended } = start(...args);
  const [code] = await ended;
  return { code, ...collected };
}

test('--list prints every defect and variation as JSON', async () => {
  const { code, out } = await run('--list');
  expect({ code, list: JSON.parse(out) }).toEqual({
    code: 0,
    list: {
      mutants: mutants.map(({ id, breaks, says, survives }) => ({ id, breaks, says, ...(survives && { survives }) })),
      plainDefects: JSON.parse(JSON.stringify(plainDefects)) as unknown,
      variations: JSON.parse(JSON.stringify(variations)) as unknown,
    },
  });
});

test.each([
  [['--defect', 'MSG-99'], '--defect MSG-99 is not known: --list names all defects'],
  [['--variation', 'loud'], '--variation loud is not known: --list names all variations'],
  [
    ['--variation', 'max-streams=0'],
    '--variation max-streams=0 is not known: --list names all variations and the values',
  ],
  [
    ['--variation', 'max-streams=1', '--variation', 'max-streams-late=20'],
    '--variation max-streams-late=20 and max-streams=1 decide the same',
  ],
  [['--defect', 'plain:no'], '--defect plain:no is not known'],
  [
    ['--defect', 'FLOW-01/prefix-uncounted', '--defect', 'FLOW-03/whole-frames'],
    'defects FLOW-01/prefix-uncounted and FLOW-03/whole-frames both decide share: leave one of them out',
  ],
  [['--port', '70000'], '--port 70000 is no port: give a number from 0 to 65535'],
  [['--prot', '1'], "Unknown option '--prot'"],
])('%j is refused with one sentence', async (args, sentence) => {
  const { code, out, err } = await run(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`reference server: ${sentence}`);
});

test('one ready line; SIGTERM announces the end, lets an open call finish, and exits with 0', async () => {
  const { child, ended } = start('--port', '0');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { host, port } = JSON.parse(line) as { host: string; port: number };
  const session = http2.connect(`http://${host}:${port}`);
  const goaways: number[] = [];
  session.on('goaway', (errorCode) => goaways.push(errorCode));
  const { path, messages } = fullDuplexCall([{ responses: [{ size: 1 }] }]);
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    te: 'trailers',
    'content-type': 'application/grpc',
  });
  const trailers = once(stream, 'trailers');
  stream.write(encodeMessage(messages[0]!));
  await once(stream, 'data');
  child.kill('SIGTERM');
  await once(session, 'goaway');
  stream.end();
  expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
  expect(await ended).toEqual([0, null]);
  expect(goaways.every((errorCode) => errorCode === 0)).toBe(true);
});
