import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessExit } from '../../report/events';
import { hasIpv6Loopback, makeSocketFolder } from '../../connection/machine.test-helper';
import { startTarget, type StartOptions, type StartedTarget } from './spawn';
import { testCertificate, testKey } from './test-certificate.test-helper';

let folder: string;
const started: StartedTarget[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spawn-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((target) => target.process.stop()));
});
afterAll(() => rmSync(folder, { recursive: true }));

let scripts = 0;
/** A command line that runs a script under Node. */
function command(source: string, ...options: string[]): string {
  const file = join(folder, `target-${(scripts += 1)}.js`);
  writeFileSync(file, source);
  return [process.execPath, file, ...options].map((word) => `'${word}'`).join(' ');
}

async function start(options: Partial<StartOptions> & { command: string }): Promise<StartedTarget> {
  const target = await startTarget({ readyTimeout: 20_000, ...options });
  started.push(target);
  return target;
}

const failureOf = async (promise: Promise<unknown>): Promise<{ code: string; message: string }> =>
  promise.then(
    () => ({ code: 'none', message: 'it started' }),
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );

/** True while a process runs; a zombie does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

const http2Server = (port: string, more = ''): string =>
  `const server = require('http2').createServer(); server.listen(${port}, '127.0.0.1'${more === '' ? '' : `, () => { ${more} }`});`;

describe('a target becomes ready', () => {
  test('on the port of {port}', async () => {
    const target = await start({ command: command(http2Server('Number(process.argv[2])'), '{port}') });
    expect(target.endpoint()).toEqual({ address: { kind: 'tcp', host: '127.0.0.1', port: expect.any(Number) } });
    expect(target.process.exit()).toBeUndefined();
  });

  test('on the port of $PORT', async () => {
    const target = await start({ command: `${command(http2Server('Number(process.argv[2])'))} $PORT` });
    expect(target.endpoint().address).toMatchObject({ host: '127.0.0.1' });
  });

  test('on the port of its ready line, after other output', async () => {
    const ready = `console.log('starting\\n{"not":"ready"}'); process.stdout.write('{"host":"127.0.0.1",'); process.stdout.write('"port":' + server.address().port + '}\\n');`;
    const target = await start({ command: command(http2Server('0', ready)) });
    expect(await canConnect(portOf(target))).toBe(true);
  });

  describe('where its port is taken by the time it listens', () => {
    /** Lives so often: the lives in `taken` find their port taken. */
    const unlucky = (lives: string, taken: (life: string) => string): string =>
      `const fs = require('fs'); fs.appendFileSync(${JSON.stringify(lives)}, 'x'); const life = fs.readFileSync(${JSON.stringify(lives)}).length; const port = Number(process.argv[2]);
       const serve = () => require('http2').createServer().listen(port, '127.0.0.1');
       if (${taken('life')}) require('net').createServer().listen(port, '127.0.0.1', serve); else serve();`;

    test('on another, and nobody hears of the one that was none', async () => {
      const lives = join(folder, 'lives-restart');
      const target = await start({
        command: command(
          unlucky(lives, (life) => `${life} === 2`),
          '{port}',
        ),
      });
      const exits: ProcessExit[] = [];
      target.process.onExit((exit) => exits.push(exit));
      await target.process.restart();
      expect(await canConnect(portOf(target))).toBe(true);
      expect(readFileSync(lives, 'utf8')).toHaveLength(3);
      expect(exits.map(({ signal }) => signal)).toEqual(['SIGTERM']);
    });

    test('not at all when that happens each time', async () => {
      const lives = join(folder, 'lives-each');
      const failure = await failureOf(
        start({
          command: command(
            unlucky(lives, () => 'true'),
            '{port}',
          ),
        }),
      );
      expect(failure).toMatchObject({
        code: 'ERR_TARGET_EXITED',
        message: expect.stringContaining('EADDRINUSE') as string,
      });
      expect(readFileSync(lives, 'utf8')).toHaveLength(3);
    });
  });

  (hasIpv6Loopback ? test : test.skip)('on the IPv6 loopback address when it listens only there', async () => {
    const target = await start({
      command: command(`require('http2').createServer().listen(Number(process.argv[2]), '::1');`, '{port}'),
    });
    expect(target.endpoint().address).toMatchObject({ host: '::1' });
  });

  test('on a Unix socket of its own', async () => {
    const socketFolder = makeSocketFolder();
    const path = join(socketFolder, 'socket');
    const target = await start({
      command: command(`require('http2').createServer().listen(process.argv[2]);`, path),
      address: { kind: 'unix', path },
    });
    expect(target.endpoint()).toEqual({ address: { kind: 'unix', path } });
    rmSync(socketFolder, { recursive: true });
  });

  test('over TLS', async () => {
    const source = `require('http2').createSecureServer({ cert: ${JSON.stringify(testCertificate)}, key: ${JSON.stringify(testKey)} }).listen(Number(process.argv[2]), '127.0.0.1');`;
    const tls = { ca: testCertificate, insecure: false };
    const target = await start({ command: command(source, '{port}'), tls });
    expect(target.endpoint().tls).toEqual(tls);
  });

  test('after it has printed megabytes, of which the end is kept', async () => {
    // Pipes are written in the background: it listens only when the last octet has left the process.
    const source = `process.stdout.write('x'.repeat(3000000) + '\\nlast words\\n', () => { ${http2Server('Number(process.argv[2])')} });`;
    const target = await start({ command: command(source, '{port}') });
    await target.process.stop();
    const output = target.process.exit()?.output ?? '';
    expect(output.length).toBe('…'.length + 64 * 1024);
    expect(output).toMatch(/^….*x\nlast words\n$/s);
  });
});

function portOf(target: StartedTarget): number {
  const { address } = target.endpoint();
  return address.kind === 'tcp' ? address.port : 0;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('a target that does not become ready', () => {
  test.each([
    ['a NUL character', 'node \0'],
    ['more than a system takes', `: ${'x'.repeat(3_000_000)}`],
  ])('has a command that cannot be started: %s', async (_name, unusable) => {
    await expect(startTarget({ command: unusable, readyTimeout: 20_000 })).rejects.toMatchObject({
      code: 'ERR_TARGET_EXITED',
      message: expect.stringMatching(/^the command of --exec cannot be started|^the target ended/) as string,
    });
  });

  test('ends at once: exit code and last output', async () => {
    const failure = await failureOf(start({ command: command(`console.error('cannot bind'); process.exit(7);`) }));
    expect(failure).toEqual({
      code: 'ERR_TARGET_EXITED',
      message: expect.stringMatching(/exit code 7[^]*\| cannot bind/),
    });
  });

  test('ends by a signal', async () => {
    const failure = await failureOf(start({ command: command(`process.kill(process.pid, 'SIGKILL');`) }));
    expect(failure).toEqual({ code: 'ERR_TARGET_EXITED', message: expect.stringMatching(/by SIGKILL|exit code 137/) });
  });

  test('is no command at all', async () => {
    const failure = await failureOf(start({ command: 'no-such-command-anywhere --port {port}' }));
    expect(failure).toEqual({
      code: 'ERR_TARGET_EXITED',
      // 126 where the shell may not look into some folder of PATH.
      message: expect.stringMatching(/exit code (127[^]*not found|126[^]*denied)/),
    });
  });

  test.each([
    [
      'never listens',
      `setInterval(() => {}, 1000);`,
      /not ready within 3000 ms.*ECONNREFUSED.*\{port\} or \$PORT.*printed nothing/,
    ],
    [
      'accepts and says nothing',
      `require('net').createServer(() => {}).listen(Number(process.argv[2]), '127.0.0.1');`,
      /not ready within 3000 ms.*127\.0\.0\.1:\d+: .*no HTTP\/2 SETTINGS/,
    ],
    [
      'closes at once',
      `require('net').createServer((s) => s.destroy()).listen(Number(process.argv[2]), '127.0.0.1');`,
      /not ready within 3000 ms.*127\.0\.0\.1:\d+: (it closes connections|no connection \(ECONNRESET\))/,
    ],
  ])('%s', async (_name, source, message) => {
    const failure = await failureOf(start({ command: command(source, '{port}'), readyTimeout: 3000 }));
    expect(failure).toEqual({ code: 'ERR_TARGET_NOT_READY', message: expect.stringMatching(message) });
  });

  test('speaks HTTP/1.1: told at once', async () => {
    const source = `require('http').createServer((q, r) => r.end()).listen(Number(process.argv[2]), '127.0.0.1');`;
    const failure = await failureOf(start({ command: command(source, '{port}') }));
    expect(failure).toEqual({ code: 'ERR_TARGET_NOT_HTTP2', message: expect.stringMatching(/answered HTTP\/1\.1/) });
  });
});

describe('the life of a target', () => {
  test('its exit is told with code and output', async () => {
    const target = await start({
      command: command(
        `process.on('SIGUSR2', () => { console.log('bye'); process.exit(3); });${http2Server('Number(process.argv[2])')}`,
        '{port}',
      ),
      gracefulSignal: 'SIGUSR2',
    });
    const exit = new Promise<ProcessExit>((resolve) => target.process.onExit(resolve));
    expect(target.process.gracefulStop()).toBe(true);
    expect(await exit).toEqual({ code: 3, signal: null, output: 'bye\n' });
    expect(target.process.exit()).toEqual(await exit);
  });

  test('its exit is its own, too, when a shell must stay in between', async () => {
    const server = command(
      `process.on('SIGUSR2', () => setTimeout(() => process.exit(3), 50));${http2Server('Number(process.argv[2])')}`,
      '{port}',
    );
    const target = await start({ command: `true && ${server}; exit $?`, gracefulSignal: 'SIGUSR2' });
    const exit = new Promise<ProcessExit>((resolve) => target.process.onExit(resolve));
    target.process.gracefulStop();
    expect(await exit).toMatchObject({ code: 3, signal: null });
  });

  test('a closed connection tells whether it has ended, before its exit was told', async () => {
    const target = await start({ command: command(http2Server('Number(process.argv[2])'), '{port}') });
    const { address } = target.endpoint();
    const socket = connect(address.kind === 'tcp' ? address.port : 0, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.resume();
    expect(await target.process.findExit()).toBeUndefined();
    socket.on('error', () => undefined);
    // The close of a socket comes after what was to be read.
    socket.resume();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    process.kill(target.process.pid, 'SIGKILL');
    await closed;
    expect(await target.process.findExit()).toEqual({ code: null, signal: 'SIGKILL', output: '' });
  });

  test('no graceful stop without a signal for it', async () => {
    const target = await start({ command: command(http2Server('Number(process.argv[2])'), '{port}') });
    expect(target.process.gracefulStop()).toBe(false);
  });

  test('a restart is a new process, also after a crash', async () => {
    const target = await start({ command: command(http2Server('Number(process.argv[2])'), '{port}') });
    const first = target.process.pid;
    const exit = new Promise<ProcessExit>((resolve) => target.process.onExit(resolve));
    process.kill(first, 'SIGKILL');
    await exit;
    await target.process.restart();
    expect(target.process.pid).not.toBe(first);
    expect(target.process.exit()).toBeUndefined();
    expect(await canConnect(portOf(target))).toBe(true);
  });

  test('two that want a new process at the same time get the same one', async () => {
    const lives = join(folder, 'lives-two');
    const source = `require('fs').appendFileSync(process.argv[3], 'x'); ${http2Server('Number(process.argv[2])')}`;
    const target = await start({ command: command(source, '{port}', lives) });
    const exits: ProcessExit[] = [];
    target.process.onExit((exit) => exits.push(exit));
    const first = target.process.restart();
    // The first one is through with the old process, and not yet with the new one.
    await waitUntil(() => exits.length === 1);
    await Promise.all([first, target.process.restart()]);
    expect(readFileSync(lives, 'utf8')).toHaveLength(2);
    expect(exits).toHaveLength(1);
    expect(await canConnect(portOf(target))).toBe(true);
  });

  test('a restart that fails is a lost target', async () => {
    const marker = join(folder, 'marker');
    const source = `const fs = require('fs'); if (fs.existsSync(process.argv[3])) process.exit(5); fs.writeFileSync(process.argv[3], '');${http2Server('Number(process.argv[2])')}`;
    const target = await start({ command: command(source, '{port}', marker) });
    expect(await failureOf(target.process.restart())).toEqual({
      code: 'ERR_TARGET_LOST',
      message: expect.stringMatching(/could not be restarted.*exit code 5/),
    });
  });

  test('stopping ends the whole group, also what ignores SIGTERM', async () => {
    const child = `setInterval(() => {}, 1000); process.on('SIGTERM', () => {});`;
    const source = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); console.log('child ' + c.pid);${http2Server('Number(process.argv[2])')}`;
    const target = await start({ command: command(source, '{port}') });
    await target.process.stop();
    const grandchild = Number(/child (\d+)/.exec(target.process.exit()?.output ?? '')?.[1]);
    expect(grandchild).toBeGreaterThan(1);
    expect([isRunning(grandchild), isRunning(target.process.pid)]).toEqual([false, false]);
  });

  test('its memory can be read while it runs', async () => {
    const target = await start({ command: command(http2Server('Number(process.argv[2])'), '{port}') });
    expect(await target.process.residentMemory()).toBeGreaterThan(10_000_000);
    await target.process.stop();
    expect(await target.process.residentMemory()).toBeUndefined();
    expect(target.process.openDescriptors()).toBeUndefined();
  });

  (process.platform === 'linux' ? test : test.skip)('its descriptors can be counted while it runs', async () => {
    const target = await start({ command: command(http2Server('Number(process.argv[2])'), '{port}') });
    const before = target.process.openDescriptors() ?? 0;
    const { address } = target.endpoint();
    const where = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
    const sockets = Array.from({ length: 5 }, () => connect(where));
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    // The connection by which it was found ready may have been open to it when we counted first.
    expect(target.process.openDescriptors()).toBeGreaterThanOrEqual(before + sockets.length - 1);
    for (const socket of sockets) socket.destroy();
  });

  test.each(['process.exit(1)', "process.kill(process.pid, 'SIGKILL')"])(
    'it does not outlive us when we end with %s',
    async (end) => {
      const owner = join(folder, 'owner.ts');
      const target = command(http2Server('Number(process.argv[2])'), '{port}');
      writeFileSync(
        owner,
        `import { startTarget } from ${JSON.stringify(join(__dirname, 'spawn'))};
       startTarget({ command: ${JSON.stringify(target)}, readyTimeout: 20000 }).then((started) =>
         process.stdout.write('pid ' + started.process.pid + '\\n', () => ${end}));`,
      );
      const child = spawn(process.execPath, ['-r', require.resolve('esbuild-register'), owner], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await new Promise((resolve) => child.once('close', resolve));
      const pid = Number(/pid (\d+)/.exec(output)?.[1]);
      expect(pid).toBeGreaterThan(1);
      await waitUntil(() => !isRunning(pid));
      expect(isRunning(pid)).toBe(false);
    },
  );
});

describe('processes that leave the group', () => {
  const onLinux = process.platform === 'linux' ? test : test.skip;
  /** Starts a process in a session of its own, which writes its process id, and does not keep the target waiting. */
  const detach = (file: string, source: string): string =>
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(
      `require('fs').appendFileSync(${JSON.stringify(file)}, process.pid + '\\n'); setInterval(() => {}, 1000); ${source}`,
    )}], { detached: true, stdio: 'ignore' }).unref();`;
  const pidsIn = (file: string): number[] =>
    existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];

  onLinux('are ended with the target, and named', async () => {
    const file = join(folder, 'detached');
    const target = await start({
      command: command(`${detach(file, '')} ${http2Server('Number(process.argv[2])')}`, '{port}'),
    });
    await waitUntil(() => pidsIn(file).length === 1);
    await target.process.stop();
    const [pid = 0] = pidsIn(file);
    expect(isRunning(pid)).toBe(false);
    expect(target.process.takeStrays()).toEqual([{ pid, command: expect.stringContaining('-e') }]);
    expect(target.process.takeStrays()).toEqual([]);
  });

  onLinux('are ended when they answer SIGTERM by starting themselves again', async () => {
    const file = join(folder, 'respawning');
    const again = detach(file, '');
    const respawn = `process.on('SIGTERM', () => { ${again} setTimeout(() => process.exit(), 50); });`;
    const target = await start({
      command: command(`${detach(file, respawn)} ${http2Server('Number(process.argv[2])')}`, '{port}'),
    });
    await waitUntil(() => pidsIn(file).length === 1);
    await target.process.stop();
    expect(pidsIn(file).filter(isRunning)).toEqual([]);
  });

  test('are none where everything stays in the group', async () => {
    const target = await start({ command: `cd . && ${command(http2Server('Number(process.argv[2])'), '{port}')}` });
    await target.process.stop();
    expect(target.process.takeStrays()).toEqual([]);
  });
});
