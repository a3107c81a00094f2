import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../report/model';
import { inFolder, ourProgram, runCli, shellLine } from './cli-process.test-helper';

// How the process ends, and what it leaves, when its outputs fail it, when it is interrupted, and when nobody caught an error: on the real command line.

const cli = shellLine(ourProgram('cli/main'));
const server = `${shellLine(ourProgram('servers/reference/server'))} --port {port}`;
/** A short run that passes. */
const smallRun = ['run', 'REQ-21', '--runs', '1', '--no-shrink', '--seed', '7', '--exec', server];
/** The same on a server with a defect. */
const failingRun = [
  'run',
  'MSG-02',
  '--runs',
  '5',
  '--no-shrink',
  '--seed',
  '1',
  '--exec',
  `${server} --defect MSG-02`,
];
/** A run that goes on until it is ended. */
const longRun = ['run', 'MSG', 'REQ', '--runs', '5000', '--seed', '1', '--exec', server];

interface Ended {
  /** 128 more than the signal where one ended it, as shells say. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line for the shell in a folder, with `$CLI` for the command line. Killed when it takes too long. */
function shell(line: string, folder: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn('/bin/bash', ['-c', line.replaceAll('$CLI', cli)], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), 50_000);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}

const readRun = (folder: string): RunRecord =>
  JSON.parse(readFileSync(join(folder, 'report/run.json'), 'utf8')) as RunRecord;

/** A script that Node runs before the command line, in that process only. */
function preload(folder: string, script: string): Readonly<Record<string, string>> {
  const file = join(folder, 'preload.cjs');
  writeFileSync(file, `if (/cli.main\\.[jt]s$/.test(process.argv[1] ?? '')) { ${script} }`);
  return { NODE_OPTIONS: `--require "${file}"` };
}

const where = (isThere: boolean): jest.Describe => (isThere ? describe : describe.skip);
const onLinux = where(process.platform === 'linux');
const hasPython = (() => {
  try {
    execFileSync('python3', ['-c', 'import pty'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

onLinux('an output on a full disk (/dev/full)', () => {
  const lost =
    /^grpc-conform: standard output could not be written to its end \(no space left on the disk, ENOSPC\).*\[ERR_OUTPUT\]\n$/;

  test.concurrent.each(['list', '--help', '--version', 'explain MSG-02', 'run --help'])(
    '%s is no success',
    async (words) => {
      const ended = await inFolder((folder) => shell(`$CLI ${words} > /dev/full`, folder));
      expect(ended).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(lost) });
    },
  );

  test.concurrent('a usage error stays one, whichever output is full', async () => {
    await inFolder(async (folder) => {
      expect(await shell('$CLI list NOPE > /dev/full', folder)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^[^\n]+\[ERR_NOTHING_SELECTED\]\n$/) as string,
      });
      expect(await shell('$CLI list NOPE 2> /dev/full', folder)).toMatchObject({ code: 2, stderr: '' });
      expect((await shell('$CLI list 2> /dev/full > /dev/null', folder)).code).toBe(0);
      expect((await shell('$CLI list > /dev/full 2>&1', folder)).code).toBe(2);
    });
  });

  test.concurrent('a part that still fitted is not taken for the whole', async () => {
    await inFolder(async (folder) => {
      const { code, stderr } = await shell('ulimit -f 8; $CLI list > listing', folder);
      expect(stderr).toMatch(
        /standard output could not be written to its end \(the file would be larger than is allowed, EFBIG\)/,
      );
      expect(code).toBe(2);
    });
  });

  test.concurrent('a reader that goes away has what it wanted', async () => {
    await inFolder(async (folder) => {
      expect(await shell('$CLI list | head -n 1; exit ${PIPESTATUS[0]}', folder)).toMatchObject({
        code: 0,
        stderr: '',
      });
    });
  });

  test.concurrent.each([
    ['passes', smallRun, 0, 'pass'],
    ['finds something', failingRun, 1, 'fail'],
  ] as const)('a run that %s keeps its exit code and its report', async (_name, words, code, verdict) => {
    await inFolder(async (folder) => {
      const ended = await shell(`$CLI ${shellLine(words)} --out report > /dev/full`, folder);
      expect(ended.stderr).toMatch(/\[ERR_OUTPUT\]\n$/);
      expect(ended.code).toBe(code);
      expect(readRun(folder)).toMatchObject({ status: 'complete', verdict, exitCode: code });
      expect(readFileSync(join(folder, 'report/index.html'), 'utf8')).toContain('</html>');
    });
  });

  test.concurrent('a run with both outputs full can still be interrupted', async () => {
    await inFolder(async (folder) => {
      const ended = await shell(
        `$CLI ${shellLine(longRun)} --out report > /dev/full 2>&1 & while ! [ -s report/run.json ]; do sleep 0.05; done; sleep 0.5; kill -TERM $!; wait $!`,
        folder,
      );
      expect(ended.code).toBe(130);
      expect(readRun(folder)).toMatchObject({ status: 'incomplete', reason: 'the run was interrupted', exitCode: 130 });
    });
  });
});

onLinux('--out', () => {
  test.concurrent(
    'on a full disk: a run that passes is no success without its report; what can be written is',
    async () => {
      await inFolder(async (folder) => {
        // run.json and junit.xml are small enough for that, the page is not.
        const { code, stderr } = await shell(`ulimit -f 40; $CLI ${shellLine(smallRun)} --out report`, folder);
        expect(stderr).toMatch(
          /index\.html cannot be written \(the file would be larger than is allowed, EFBIG\).*\[ERR_OUTPUT\]\n$/,
        );
        expect(code).toBe(2);
        expect(readRun(folder)).toMatchObject({
          status: 'incomplete',
          exitCode: 2,
          reason: expect.stringContaining('index.html cannot be written') as string,
        });
        expect(readdirSync(join(folder, 'report')).sort()).toEqual(['junit.xml', 'run.json']);
      });
    },
  );

  test.concurrent.each(['/proc/grpc-conform', '/proc/1/a/b', '/dev/full/report', '/sys/grpc-conform'])(
    'where no folder can be made ends at once, in one sentence: %s',
    async (out) => {
      const { code, stdout, stderr } = await inFolder((folder) =>
        shell(`$CLI ${shellLine(smallRun)} --out ${out}`, folder),
      );
      expect(stderr).toMatch(
        /^grpc-conform: \/\S+ cannot be written \([^\n]+\)\. Name a folder[^\n]+\[ERR_OUTPUT\]\n$/,
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    },
  );

  test.concurrent('takes no second run while the first goes on, and says what to do', async () => {
    const { exitCode } = await runCli([...longRun], {
      meanwhile: async ({ process: first, folder, printed }) => {
        await printed('tier');
        const second = await shell(`$CLI ${shellLine(smallRun)} --out report`, folder);
        expect(second).toMatchObject({
          code: 2,
          stdout: '',
          stderr: expect.stringMatching(
            new RegExp(
              `^grpc-conform: another run \\(process ${first.pid}\\) writes into report: wait for it, or name another folder with --out[^\\n]*\\[ERR_OUTPUT\\]\\n$`,
            ),
          ) as string,
        });
        first.kill('SIGKILL');
        // Its lock is still there.
        await new Promise((resolve) => first.once('exit', resolve));
        expect(existsSync(join(folder, 'report/run.lock'))).toBe(true);
        expect(await shell(`$CLI ${shellLine(smallRun)} --out report`, folder)).toMatchObject({ code: 0 });
        expect(readdirSync(join(folder, 'report')).sort()).toEqual(['index.html', 'junit.xml', 'run.json']);
      },
    });
    expect(exitCode).toBeNull();
  });
});

describe('files that are none', () => {
  test.concurrent('compare writes to standard output by its name, and through links', async () => {
    await inFolder(async (folder) => {
      const run = join(folder, 'run.json');
      writeFileSync(run, readFileSync(join(__dirname, '../../reports/grpc-go.json')));
      mkdirSync(join(folder, 'elsewhere'));
      symlinkSync('elsewhere/page.html', join(folder, 'page.html'));
      const plain = await shell('$CLI compare run.json run.json', folder);
      const named = await shell('$CLI compare run.json run.json --markdown /dev/stdout --html page.html', folder);
      expect(named).toEqual({ code: 0, stdout: `${plain.stdout}page.html\n`, stderr: '' });
      expect(readlinkSync(join(folder, 'page.html'))).toBe('elsewhere/page.html');
      expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['page.html']);
    });
  });

  test.concurrent.each([
    'report run.json --out ""',
    'compare run.json run.json --out ""',
    'compare run.json run.json --markdown ""',
    'compare run.json run.json --html " "',
    'baseline update run.json --baseline ""',
    'baseline check run.json --baseline ""',
  ])('an empty name is refused: %s', async (words) => {
    await inFolder(async (folder) => {
      const ended = await shell(`$CLI ${words}`, folder);
      expect(ended).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^grpc-conform: --[a-z]+ is empty \[ERR_USAGE\]\n$/),
      });
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test.concurrent('a folder that is gone is told', async () => {
    await inFolder(async (folder) => {
      const { code, stderr } = await shell('mkdir gone; cd gone; rmdir ../gone; $CLI list MSG-02', folder);
      expect(stderr).toMatch(/^grpc-conform: the current folder no longer exists[^\n]*\[ERR_USAGE\]\n$/);
      expect(code).toBe(2);
    });
  });
});

describe('an error that nobody caught', () => {
  test.concurrent.each([
    ['an exception', "setTimeout(() => { throw new Error('planted') }, 20)"],
    ['a rejection', "void Promise.reject(new Error('planted'))"],
  ])('%s is exit code 70, one sentence, and a report that says so', async (_name, fault) => {
    await inFolder(async (folder) => {
      // Once the report has begun.
      const script = `const look = setInterval(() => { if (!require('node:fs').existsSync('report/index.html')) return; clearInterval(look); ${fault}; }, 50);`;
      const { code, stderr } = await shell(`$CLI ${shellLine(longRun)} --out report`, folder, preload(folder, script));
      expect(stderr).toBe('grpc-conform: a fault of grpc-conform, please report it: Error: planted [ERR_INTERNAL]\n');
      expect(code).toBe(70);
      expect(readRun(folder)).toMatchObject({
        status: 'incomplete',
        verdict: 'error',
        exitCode: 70,
        reason: 'a fault of grpc-conform ended the run: Error: planted',
      });
      expect(readFileSync(join(folder, 'report/index.html'), 'utf8')).toContain('Error: planted');
      expect(readdirSync(join(folder, 'report')).sort()).toEqual(['index.html', 'junit.xml', 'run.json']);
    });
  });

  test.concurrent('hides what is secret', async () => {
    await inFolder(async (folder) => {
      const script = `const look = setInterval(() => { if (!require('node:fs').existsSync('report/index.html')) return; clearInterval(look); throw new Error('Tr0ub4dor&3'); }, 50);`;
      const words = [...longRun, '-H', 'authorization: Tr0ub4dor&3'];
      const ended = await shell(`$CLI ${shellLine(words)} --out report`, folder, preload(folder, script));
      expect(ended.code).toBe(70);
      expect(ended.stdout + ended.stderr + readFileSync(join(folder, 'report/run.json'), 'utf8')).not.toContain(
        'Tr0ub4dor',
      );
    });
  });
});

test.concurrent('a configuration file that never comes to its end is told, and is no success', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'never.mjs'), 'await new Promise(() => undefined); export default {};');
    const { code, stdout, stderr } = await shell('$CLI list MSG-02 --config never.mjs', folder);
    expect(stderr).toMatch(
      /^[^\n]+never\.mjs cannot be read: it did not come to its end within \d+ ms \[ERR_CONFIG\]\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('an interruption', () => {
  /** Sends a signal to the process itself while a module of it loads, long before a verb listens. */
  const early = (signal: string, module: string): string =>
    `const { Module } = require('node:module'); const load = Module._load; Module._load = function (name, ...rest) { if (name === ${JSON.stringify(module)}) process.kill(process.pid, ${JSON.stringify(signal)}); return load.call(this, name, ...rest); };`;

  test.concurrent.each([
    ['SIGINT', 'commander', smallRun],
    ['SIGTERM', 'commander', smallRun],
    ['SIGHUP', 'commander', ['probe', '--target', 'bundled']],
    ['SIGTERM', './run', smallRun],
    ['SIGTERM', 'fast-check', smallRun],
    ['SIGTERM', './probe', ['probe', '--target', 'bundled']],
    ['SIGTERM', './replay', ['replay', 'x.json', '--target', 'bundled']],
    ['SIGTERM', './self-test', ['self-test', 'MSG-02']],
    ['SIGTERM', './list', ['list']],
    ['SIGTERM', './compare', ['compare', 'a.json', 'b.json']],
    ['SIGTERM', './baseline', ['baseline', 'check', 'a.json', '--baseline', 'b.json']],
  ] as const)('%s while %s loads is 130, and starts nothing: %p', async (signal, module, words) => {
    await inFolder(async (folder) => {
      const { code } = await shell(`$CLI ${shellLine(words)}`, folder, preload(folder, early(signal, module)));
      expect(code).toBe(130);
      expect(readdirSync(folder)).toEqual(['preload.cjs']);
    });
  });

  /** Sends SIGTERM to the process itself when it prints its last line, by which time the report has an exit code, and again when the target is stopped. */
  const late =
    "const write = process.stdout.write; process.stdout.write = function (text, ...rest) { if (String(text).includes('Exit code')) process.kill(process.pid, 'SIGTERM'); return write.call(this, text, ...rest); };" +
    "process.on('beforeExit', () => process.kill(process.pid, 'SIGTERM'));";

  test.concurrent('that comes when the report is finished takes nothing back', async () => {
    await inFolder(async (folder) => {
      const { code, stderr } = await shell(`$CLI ${shellLine(smallRun)} --out report`, folder, preload(folder, late));
      expect({ code, stderr }).toEqual({ code: readRun(folder).exitCode, stderr: '' });
    });
  });

  test.concurrent.each(['1/', '2/', '4/'])('of a self-test is 130, once %s of it is done', async (progress) => {
    const { exitCode, stderr, orphans } = await runCli(['self-test', 'MSG-02', 'REQ-21', 'TRAIL-03'], {
      meanwhile: async ({ process: child, printed }) => {
        await printed(progress);
        child.kill('SIGTERM');
      },
    });
    expect(stderr).not.toMatch(/ERR_/);
    expect(orphans).toEqual([]);
    expect(exitCode).toBe(130);
  });
});

where(hasPython)('a terminal that goes away', () => {
  const script = `
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b''
while sys.argv[1].encode() not in seen:
    seen += os.read(fd, 65536)
os.close(fd)
_, status = os.waitpid(pid, 0)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

  test.concurrent('interrupts a run: 130, and a report', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'terminal.py'), script);
      const { code, stderr } = await shell(
        `python3 terminal.py 'seed' $CLI ${shellLine(longRun)} --out report`,
        folder,
      );
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
      expect(readRun(folder)).toMatchObject({ status: 'incomplete', reason: 'the run was interrupted', exitCode: 130 });
      expect(readFileSync(join(folder, 'report/index.html'), 'utf8')).toContain('the run was interrupted');
    });
  });
});
