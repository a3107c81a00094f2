import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import type net from 'node:net';
import { join } from 'node:path';
import { testCertificate, testKey } from '../launch/reach/test-certificate.test-helper';
import { exitCodes } from '../error';
import type { RunRecord } from '../report/model';
import { callsOfLaunch } from './calls-of-launch.test-helper';
import { ourProgram, runCli, shellLine, type CliResult, type RunningCli } from './cli-process.test-helper';
import { mark, markupText } from '../servers/hostile/texts';
import { bounds } from '../servers/hostile/bounds';
import { PeakMemory } from '../servers/hostile/peak-memory';
import { startAttacker } from '../servers/hostile/start-attacker';

// Whole runs of the command line, in processes of their own, against targets that mean harm and in the face of signals. Whatever happens, they end in
// time, with the exit code that is documented, one sentence, whole files, and no process left behind. `npm run hostile` tries many more and measures them;
// here is what each kind of them is told.

/** An attacker of the table, in a process of its own. */
const start = (name: string) =>
  startAttacker([...ourProgram('servers/hostile/server'), name], { PATH: process.env['PATH'] });

/** A quick property that needs nothing of a target. */
const smallRun = ['run', 'REQ-21', '--runs', '1', '--no-shrink', '--seed', '7', '--concurrency', '2'];
/** The shortest that is allowed: most targets here never answer. */
const shortTimes = ['--timeout', '1500ms'];

const readRun = ({ out }: CliResult): RunRecord => JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;

/** What holds however a command line ends. */
function expectCleanEnd({ stdout, stderr, files, orphans }: CliResult): void {
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(orphans).toEqual([]);
  // Neither an exception nor an abort of Node, and nothing of the target's that could steer a terminal.
  expect(stderr).not.toMatch(/ERR_INTERNAL|^ +at |Assertion|Uncaught|Warning:/m);
  expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);
}

/** One sentence with its code, and no report: the run never began. */
function expectRefusal(result: CliResult, exitCode: number, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stderr).toMatch(/^grpc-conform: [^\n]+ \[ERR_[A-Z0-9_]+\]\n$/);
  expect({ exitCode: result.exitCode, files: result.files }).toEqual({ exitCode, files: [] });
  expectCleanEnd(result);
}

/** Octets of all files of a report. */
const readFolderSize = ({ out, files }: CliResult): number =>
  files.reduce((sum, name) => sum + statSync(join(out, name)).size, 0);

const wholeReport = ['index.html', 'junit.xml', 'run.json'];

describe('a target that is none: told before the run begins', () => {
  const notReady = /\[ERR_TARGET_NOT_READY\]/;
  const notHttp2 = /\[ERR_TARGET_NOT_HTTP2\]/;
  test.concurrent.each<[string, RegExp]>([
    [
      'silent-from-accept',
      /accepted the connection but sent no HTTP\/2 SETTINGS within 2000 ms.*\[ERR_TARGET_NOT_READY\]/,
    ],
    ['flood-at-accept', notHttp2],
    ['http1-redirect', /answered HTTP\/1\.1 \("HTTP\/1\.1 301 Moved Permanently"\).*\[ERR_TARGET_NOT_HTTP2\]/],
    ['close-at-accept', notHttp2],
    // Where the reset overtakes the end of the handshake there was no connection.
    ['reset-at-accept', /\[ERR_TARGET_(NOT_HTTP2|UNREACHABLE)\]/],
    ['close-in-mid-frame-at-accept', notHttp2],
    ['endless-field-block-at-accept', notReady],
    ['endless-field-block-for-every-call', notReady],
    ['flood-data-for-every-call', notReady],
    ['flood-tiny-messages-for-every-call', notReady],
  ])('%s', async (name, message) => {
    const target = await start(name);
    const times = name === 'silent-from-accept' ? [...shortTimes, '--connect-timeout', '2s'] : shortTimes;
    const result = await runCli([...smallRun, ...times, '--target', target.address]).finally(target.close);
    expectRefusal(result, 3, message);
  });
});

// Whether its first frame is seen before the rest is a matter of microseconds, so one of three things is said; each is told in whole.
test.concurrent.each([
  'close-after-settings',
  'reset-after-settings',
  'close-in-mid-frame-after-settings',
  'flood-noise-after-settings',
  'flood-ping-after-settings',
  'flood-settings-after-settings',
])('a target that sends SETTINGS and is none: %s', async (name) => {
  const target = await start(name);
  const result = await runCli([...smallRun, ...shortTimes, '--target', target.address]).finally(target.close);
  expect([exitCodes.findings, exitCodes.usage, exitCodes.unreachable]).toContain(result.exitCode);
  expectCleanEnd(result);
});

describe('a target that turns on the questions for its services: told before the run begins', () => {
  test.concurrent.each<[string, RegExp]>([
    ['silence', /server reflection v1 does not answer the question for its services within \d+ ms/],
    ['noise', /server reflection v1 (closes the connection|does not answer|answers with more than [\d.]+ MiB)/],
    ['close', /server reflection v1 closes the connection/],
    ['reset', /server reflection v1 closes the connection/],
    ['close-in-mid-frame', /server reflection v1 closes the connection/],
    ['endless-field-block', /server reflection v1 (answers with more than [\d.]+ MiB|does not answer)/],
    ['data', /server reflection v1 (answers with more than [\d.]+ MiB|does not answer)/],
    ['tiny-messages', /server reflection v1 answers the question for its services with octets that are no answer/],
    ['ping', /server reflection v1 (answers with more than [\d.]+ MiB|does not answer)/],
    ['http1', /server reflection v1 closes the connection/],
  ])('%s', async (name, message) => {
    const target = await start(`reflection-with-${name}`);
    const words = [...smallRun, ...shortTimes, '--target', target.address, '--method', '*'];
    const result = await runCli(words).finally(target.close);
    expectRefusal(result, 2, message);
    expect(result.stderr).toContain('[ERR_SCHEMA]');
  });
});

describe('a target that turns on the run', () => {
  test.concurrent.each<[string, RegExp]>([
    ['silent-in-the-run', /hang/],
    ['flood-noise', /./],
    ['close-in-the-run', /Connection closed/],
    ['reset-in-the-run', /Connection closed/],
    ['close-in-mid-frame', /Connection closed/],
    ['endless-field-block', /hang/],
    ['flood-data', /FLOW-01-window-respected/],
    ['flood-empty-data', /hang/],
    ['flood-tiny-messages', /hang/],
    ['static-references', /RESP-/],
    ['flood-ping', /hang/],
    ['flood-settings', /hang/],
  ])('%s', async (name, said) => {
    const target = await start(name);
    const result = await runCli([...smallRun, ...shortTimes, '--target', target.address], {
      inspect: readRun,
    }).finally(target.close);
    expect(result.stdout).toMatch(said);
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(1);
    expect(result.seen).toMatchObject({ status: 'complete', exitCode: 1, verdict: 'fail' });
    expect(result.files).toEqual(expect.arrayContaining(wholeReport));
    expectCleanEnd(result);
  });

  test.concurrent.each(['pretty', 'line', 'github', 'json'])(
    'texts in all fields, with --reporter %s',
    async (reporter) => {
      const target = await start('texts-in-all-fields');
      const texts = (result: CliResult): string[] =>
        result.files
          .filter((name) => /\.(html|xml|json)$/.test(name))
          .map((name) => readFileSync(join(result.out, name), 'utf8'));
      const words = [...smallRun, ...shortTimes, '--target', target.address, '--reporter', reporter, '-vv'];
      const result = await runCli(words, { inspect: texts }).finally(target.close);
      expect(result.exitCode).toBe(1);
      expect(result.stdout).toContain(mark);
      expectCleanEnd(result);
      // The page, junit.xml, run.json and at least one failure file.
      expect(result.seen?.length).toBeGreaterThanOrEqual(4);
      expect(result.seen?.filter((text) => /[^\P{Cc}\n\t]/u.test(text))).toEqual([]);
      const ofBrowsers = result.seen?.filter((text) => /^<(!|\?xml)/.test(text)) ?? [];
      expect(ofBrowsers).toHaveLength(2);
      expect(ofBrowsers.filter((text) => text.includes(markupText) || /<img data|<script data/.test(text))).toEqual([]);
    },
  );
});

describe('a flood of everything at once', () => {
  test.concurrent.each<[string, RegExp]>([
    ['flood-ping', /more than [\d.]+ MiB that nobody asked for on one connection/],
    ['static-references', /RESP-/],
    ['flood-noise', /FRAME-23/],
  ])('%s: memory is bounded and the bound is named', async (name, said) => {
    const target = await start(name);
    let peak: number | undefined;
    const words = ['run', 'MSG', '--runs', '5', ...shortTimes, '--seed', '7', '--target', target.address];
    const result = await runCli(words, {
      meanwhile: async ({ process: cli, ended }) => {
        const memory = new PeakMemory(cli.pid ?? -1);
        await ended;
        peak = memory.stop();
      },
      inspect: readFolderSize,
    }).finally(target.close);
    // Where the system does not show it, there is nothing to compare.
    expect(peak ?? 0).toBeLessThan(bounds.memory);
    expect(result.exitCode).toBe(1);
    expect(result.stdout.replace(/\s+/g, ' ')).toMatch(said);
    expect(result.seen).toBeGreaterThan(100_000);
    expect(result.seen).toBeLessThan(50_000_000);
    expectCleanEnd(result);
  });

  test.concurrent.each(['flood-ping', 'static-references', 'flood-noise'])(
    '%s: SIGTERM in the middle of it ends the run with its report',
    async (name) => {
      const target = await start(name);
      const words = ['run', '--runs', '100', '--seed', '7', '--reporter', 'json', '--target', target.address];
      let patience = 0;
      const result = await runCli(words, {
        meanwhile: async ({ printed, process: cli, ended }) => {
          await printed('"property-started"');
          const asked = performance.now();
          cli.kill('SIGTERM');
          await ended;
          patience = performance.now() - asked;
        },
        inspect: readRun,
      }).finally(target.close);
      expect(result.exitCode).toBe(130);
      expect(result.seen).toMatchObject({ status: 'incomplete' });
      expect(result.files).toEqual(expect.arrayContaining(wholeReport));
      // Five seconds are promised, on a machine that has nothing else to do.
      expect(patience).toBeLessThan(30_000);
      expectCleanEnd(result);
    },
  );
});

describe('a transport that is not what was asked for', () => {
  const secure = { cert: testCertificate, key: testKey };
  test.concurrent.each<[string, () => net.Server, string[], RegExp]>([
    ['TLS where plaintext was expected', () => http2.createSecureServer(secure), [], /add --tls.*\[ERR_TARGET_TLS\]/],
    [
      'plaintext where TLS was expected',
      () => http2.createServer(),
      ['--tls', '--insecure'],
      /drop --tls.*\[ERR_TARGET_TLS\]/,
    ],
    [
      'a certificate for another name',
      () => http2.createSecureServer(secure),
      ['--tls', '--cacert', 'ca.pem', '--servername', 'else.example'],
      /another name.*--servername.*\[ERR_TARGET_TLS\]/,
    ],
    [
      'a certificate that nobody vouches for',
      () => http2.createSecureServer(secure),
      ['--tls'],
      /--cacert.*\[ERR_TARGET_TLS\]/,
    ],
  ])('%s', async (_name, makeServer, flags, message) => {
    const server = makeServer();
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const result = await runCli((folder) => {
      writeFileSync(join(folder, 'ca.pem'), testCertificate);
      return [...smallRun, ...shortTimes, ...flags, '--target', `127.0.0.1:${port}`];
    }).finally(() => server.close());
    expectRefusal(result, 3, message);
  });
});

describe('files and words that are not what they must be', () => {
  test.concurrent.each<[string, string[], string, RegExp]>([
    ['a baseline of noise', ['--baseline', 'file', '--target', 'h:1'], '\x1b[2J{', /\[ERR_BASELINE\]/],
    [
      'a baseline of another shape',
      ['--baseline', 'file', '--target', 'h:1'],
      '{"schemaVersion":1,"entries":7}',
      /\[ERR_BASELINE\]/,
    ],
    ['a configuration of noise', ['--config', 'file.json'], '\x1b[2J{', /\[ERR_CONFIG\]/],
    ['a configuration of wrong types', ['--config', 'file.json'], '{"runs":"\\u001b[2J"}', /runs.*\[ERR_CONFIG\]/],
    [
      'a configuration with an unknown key',
      ['--config', 'file.json'],
      '{"trget":"h:1"}',
      /did you mean target\?.*\[ERR_CONFIG\]/,
    ],
    ['a failure file of noise', ['replay', 'file', '--target', 'h:1'], '\x1b[2J{', /\[ERR_FAILURE_FILE\]/],
    [
      'a failure file of another shape',
      ['replay', 'file', '--target', 'h:1'],
      '{"schemaVersion":1}',
      /\[ERR_FAILURE_FILE\]/,
    ],
    ['a run file of noise', ['report', 'file'], '\x1b[2J{', /\[ERR_RUN_FILE\]/],
    ['a run file of another version', ['report', 'file'], '{"schemaVersion":"\\u001b[2J"}', /\[ERR_RUN_FILE\]/],
    ['an unknown flag', ['--targt', 'h:1'], '', /did you mean --target\?.*\[ERR_USAGE\]/],
    ['an unknown rule', ['CON-01', '--target', 'h:1'], '', /did you mean CONN-01\?.*\[ERR_NOTHING_SELECTED\]/],
    ['a port out of range', ['--target', '127.0.0.1:65536'], '', /not within 1 to 65535.*\[ERR_USAGE\]/],
    ['an address with an escape', ['--target', '\x1b[2J:1'], '', /\[ERR_USAGE\]/],
    ['a command that ends at once', ['--exec', 'exit 9'], '', /exit code 9/],
  ])('%s', async (_name, words, content, message) => {
    const result = await runCli((folder) => {
      for (const name of ['file', 'file.json']) writeFileSync(join(folder, name), content);
      return words;
    });
    expectRefusal(result, words[0] === '--exec' ? 3 : 2, message);
  });

  test.concurrent('a folder that cannot be written', async () => {
    const target = await start('silent-in-the-run');
    const result = await runCli((folder) => {
      writeFileSync(join(folder, 'file'), '');
      return [...smallRun, ...shortTimes, '--target', target.address, '--out', join('file', 'report')];
    }).finally(target.close);
    expectRefusal(result, 2, /file\/report.* cannot be written.*--out.*\[ERR_OUTPUT\]/);
  });

  test.concurrent('a command that prints escapes and ends', async () => {
    const result = await runCli(['--exec', `printf '\\033[2Jno\\033[31m port'; exit 1`]);
    expect(result.stderr).toMatch(
      /exit code 1 .*its last output:\n +\| .*no.* port…\n? *\[ERR_TARGET_EXITED\]|\[ERR_TARGET_EXITED\]\n +\| .*no.* port…\n$/,
    );
    expect(result.exitCode).toBe(3);
    expectCleanEnd(result);
  });
});

test('a target that speaks HTTP/2 and answers no call is a finding with a report, and everything else is counted with it', async () => {
  const target = await start('silent-to-calls');
  const words = [...smallRun, ...shortTimes, '--connect-timeout', '2s', '--target', target.address];
  const result = await runCli(words, { inspect: readRun }).finally(target.close);
  expect(result.exitCode).toBe(1);
  expect(result.seen?.properties).toEqual([
    expect.objectContaining({ id: 'REQ-21-unknown-service-or-method', verdict: 'fail' }),
  ]);
  expect(result.stdout).toMatch(/hang/);
  expect(result.files).toEqual(expect.arrayContaining(wholeReport));
  expectCleanEnd(result);
});

describe('processes', () => {
  /** Many inputs, so that there is a middle of the run. */
  const longRun = ['run', 'REQ-21', '--runs', '3000', '--seed', '7', '--reporter', 'json'];
  const inMidRun = '"input-judged"';

  /** A reference server that writes its process id, each time it starts. */
  const exec = (folder: string): string => {
    writeFileSync(
      join(folder, 'pid.js'),
      `require('fs').appendFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + '\\n');`,
    );
    const [node = '', ...server] = ourProgram('servers/reference/server');
    return shellLine([node, '-r', join(folder, 'pid.js'), ...server, '--port', '{port}']);
  };
  const pidsOf = (folder: string): number[] =>
    readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);

  test.concurrent(
    'kill -9 of the target that we started: it is started again, no input is accused, the run is complete and fails',
    async () => {
      let pids: number[] = [];
      const result = await runCli((folder) => [...longRun, '--exec', exec(folder)], {
        meanwhile: async ({ printed, folder }) => {
          await printed(inMidRun);
          process.kill(pidsOf(folder)[0] ?? 0, 'SIGKILL');
          await printed('"target-restarted"');
          pids = pidsOf(folder);
        },
        inspect: readRun,
      });
      expect(result.exitCode).toBe(1);
      expect(result.seen).toMatchObject({ status: 'complete', exitCode: 1, verdict: 'fail' });
      expect(result.seen?.exits).toEqual([expect.objectContaining({ code: null, signal: 'SIGKILL' })]);
      expect(result.seen?.properties).toEqual([
        expect.objectContaining({ id: 'REQ-21-unknown-service-or-method', verdict: 'pass', findings: [] }),
        expect.objectContaining({ id: 'ALIVE-01-process-stays', verdict: 'fail' }),
      ]);
      expect(new Set(pids).size).toBe(2);
      expect(result.files).toEqual(expect.arrayContaining(wholeReport));
      expectCleanEnd(result);
    },
  );

  test.concurrent(
    'a target that ends on every call of the run: a crash, confirmed, with its exit code and last words',
    async () => {
      const source = `
        const server = require('http2').createServer();
        server.on('stream', (stream, headers) => {
          if (!${String(callsOfLaunch)}.test(headers[':path'])) { console.error('\\x1b[2Jlast words'); process.exit(3); }
          stream.on('error', () => {});
          stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
        });
        server.listen(Number(process.argv[2]), '127.0.0.1');`;
      const result = await runCli(
        (folder) => {
          writeFileSync(join(folder, 'crash.js'), source);
          return [...smallRun, '--exec', `${shellLine([process.execPath, join(folder, 'crash.js')])} {port}`];
        },
        { inspect: readRun },
      );
      expect(result.exitCode).toBe(1);
      const [property] = result.seen?.properties ?? [];
      expect(property).toMatchObject({ id: 'REQ-21-unknown-service-or-method', verdict: 'fail' });
      expect(property?.findings).toEqual([
        expect.objectContaining({
          mark: 'crash',
          radius: 'server',
          confirmed: { failed: 3, of: 3 },
          process: { code: 3, signal: null, output: expect.stringContaining('last words') },
        }),
      ]);
      expect(result.seen).toMatchObject({ status: 'complete', exitCode: 1 });
      expectCleanEnd(result);
    },
  );

  test.concurrent('kill -9 of a target that is not ours: a finding, and the report is marked incomplete', async () => {
    const [node = '', ...words] = ourProgram('servers/reference/server');
    const server = spawn(node, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) =>
      server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const { port } = JSON.parse(line) as { port: number };
    const result = await runCli([...longRun, ...shortTimes, '--target', `127.0.0.1:${port}`], {
      meanwhile: async ({ printed }) => {
        await printed(inMidRun);
        server.kill('SIGKILL');
      },
      inspect: readRun,
    }).finally(() => server.kill('SIGKILL'));
    expect(result.exitCode).toBe(1);
    expect(result.seen).toMatchObject({
      status: 'incomplete',
      exitCode: 1,
      verdict: 'fail',
      reason: expect.stringMatching(/^the target stopped serving/),
    });
    expect(result.seen?.properties).toContainEqual(
      expect.objectContaining({ id: 'ALIVE-02-serves-on', verdict: 'fail' }),
    );
    expect(result.files).toEqual(expect.arrayContaining(wholeReport));
    expectCleanEnd(result);
  });

  test.concurrent.each<[string, (running: RunningCli) => void]>([
    ['SIGINT', ({ process: cli }) => cli.kill('SIGINT')],
    ['SIGTERM', ({ process: cli }) => cli.kill('SIGTERM')],
    ['SIGINT, and SIGTERM for the impatient,', ({ process: cli }) => cli.kill('SIGINT') && cli.kill('SIGTERM')],
  ])('%s in mid-run: exit code 130, the report is whole and marked incomplete', async (_signal, interrupt) => {
    const result = await runCli((folder) => [...longRun, '--runs', '100000', '--exec', exec(folder)], {
      meanwhile: async (running) => {
        await running.printed(inMidRun);
        interrupt(running);
      },
      inspect: readRun,
    });
    expect(result.stderr).toMatch(/^\ngrpc-conform: interrupted, finishing the report[^\n]*\n$/);
    expect(result.exitCode).toBe(130);
    expect(result.seen).toMatchObject({
      status: 'incomplete',
      reason: expect.stringMatching(/interrupted|not finished/),
    });
    expect(result.files).toEqual(expect.arrayContaining(wholeReport));
    expectCleanEnd(result);
  });

  test.concurrent('kill -9 of ourselves in mid-run: the target goes with us, and the files are whole', async () => {
    const result = await runCli((folder) => [...longRun, '--runs', '100000', '--exec', exec(folder)], {
      meanwhile: async ({ printed, process: cli }) => {
        await printed(inMidRun);
        cli.kill('SIGKILL');
      },
      inspect: readRun,
    });
    expect(result.exitCode).toBe(null);
    expect(result.seen).toMatchObject({ status: 'incomplete', reason: 'the run has not finished' });
    expect(result.files).toEqual(expect.arrayContaining(wholeReport));
    expect(result.orphans).toEqual([]);
  });
});
