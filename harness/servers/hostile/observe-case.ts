import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputFiles } from '../../report/output-files';
import type { Attacker } from './attacker';
import { bounds } from './bounds';
import { waitForNobody, listMarked } from './marked-processes';
import { PeakMemory } from './peak-memory';
import type { Selection } from './selections';
import { startAttacker, type RunningAttacker } from './start-attacker';

/** How one run of the command line against an attacker went. */
export interface Observed {
  /** From the start of the process to its end. */
  readonly milliseconds: number;
  /** It did not end within the time and was stopped; undefined: it ended by itself. */
  readonly stopped?: 'by SIGTERM' | 'by SIGKILL';
  /** null: it was killed. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** SIGTERM was sent in mid-run, and it ended so many milliseconds later. Undefined: it was not sent, or the run had ended before. */
  readonly interruption?: number;
  /** Octets; undefined where the system does not say. */
  readonly memory: number | undefined;
  /** Octets as they were printed, up to the bound and a little more. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The folder of the report; it need not be there. */
  readonly out: string;
  /** Names of the files in it, from there. */
  readonly files: readonly string[];
  /** Names of what it left in its working directory beside the report, and in its folder for temporary files. */
  readonly strays: readonly string[];
  /** Command lines of processes that it left behind. They are gone by now. */
  readonly orphans: readonly string[];
}

export interface ObserveOptions {
  /** The words that run the command line, the program first. */
  readonly cli: readonly string[];
  /** The words that run an attacker; its name follows. */
  readonly server: readonly string[];
  /** Milliseconds that the run may take before it is stopped. */
  readonly time: number;
  /** Ends the run at once. */
  readonly signal?: AbortSignal;
}

/** Every process of a case has this variable, with a value of its own. */
const marker = 'HOSTILE_CASE';
/** From the first sign of a run to the SIGTERM in its middle, and until it is sent when there is no sign, in milliseconds. */
const inMidRun = 2000;
const noRun = 8000;

/**
 * Runs the command line once, as users do, against an attacker in a process of its own, and gives what was seen to `look` before the files are removed.
 * Rejects when the attacker does not start, which is a fault of ours.
 */
export async function observeCase<T>(
  attacker: Attacker,
  selection: Selection,
  options: ObserveOptions,
  look: (observed: Observed) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'grpc-conform-hostile-'));
  const value = randomUUID();
  const temporary = join(folder, 'tmp');
  const work = join(folder, 'work');
  for (const each of [temporary, work]) mkdirSync(each);
  const environment = { PATH: process.env['PATH'], HOME: folder, [marker]: value };
  const attackerWords = [...options.server, attacker.name];
  const isStartedByUs = attacker.means.moment !== 'process';
  let server: RunningAttacker | undefined;
  try {
    if (isStartedByUs) server = await startAttacker(attackerWords, environment);
    const door =
      server === undefined
        ? ['--exec', [...attackerWords, '--port', '{port}'].map(quote).join(' ')]
        : ['--target', server.address];
    const words = ['run', ...selection.words, ...door, ...(attacker.options ?? []), '--out', 'report'];
    const run = await runCli([...options.cli, ...words], selection, options, work, {
      ...environment,
      ...selection.environment,
      TMPDIR: temporary,
    });
    const left = await waitForNobody(marker, value, bounds.disappearance, server?.pid);
    const out = join(work, 'report');
    return await look({
      ...run,
      out,
      files: existsSync(out) ? readdirSync(out, { recursive: true, encoding: 'utf8' }) : [],
      strays: [
        ...readdirSync(work).filter((name) => name !== 'report'),
        ...readdirSync(temporary).map((name) => `tmp/${name}`),
      ],
      orphans: left.map(({ command }) => command),
    });
  } finally {
    server?.close();
    for (const { pid } of listMarked(marker, value)) killQuietly(pid);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runCli(
  words: readonly string[],
  { isInterrupted = false }: Selection,
  { time, signal: abort }: ObserveOptions,
  work: string,
  environment: NodeJS.ProcessEnv,
): Promise<Omit<Observed, 'out' | 'files' | 'strays' | 'orphans'>> {
  const started = performance.now();
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { cwd: work, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const memory = new PeakMemory(child.pid ?? -1);
  const stdout = keep(child.stdout);
  const stderr = keep(child.stderr);
  const ended = new Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal })),
  );
  let interruptedAt: number | undefined;
  let stopped: Observed['stopped'];
  const timers = [
    setTimeout(() => {
      stopped = 'by SIGTERM';
      child.kill('SIGTERM');
    }, time),
    setTimeout(() => {
      stopped = 'by SIGKILL';
      child.kill('SIGKILL');
    }, time + bounds.interruption),
  ];
  const interrupt = (): void => {
    interruptedAt = performance.now();
    child.kill('SIGTERM');
  };
  const dontInterrupt = isInterrupted ? whenInMidRun(join(work, 'report', outputFiles.run), interrupt) : undefined;
  const giveUp = (): void => void child.kill('SIGKILL');
  abort?.addEventListener('abort', giveUp);
  const end = await ended;
  abort?.removeEventListener('abort', giveUp);
  dontInterrupt?.();
  for (const timer of timers) clearTimeout(timer);
  const now = performance.now();
  return {
    milliseconds: now - started,
    ...(stopped === undefined ? {} : { stopped }),
    ...end,
    ...(interruptedAt === undefined ? {} : { interruption: now - interruptedAt }),
    memory: memory.stop(),
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
  };
}

/** Acts once: a while after the run has begun, or when it does not begin. @returns what takes that back. */
function whenInMidRun(file: string, act: () => void): () => void {
  let begun: NodeJS.Timeout | undefined;
  const look = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(look);
    clearTimeout(notBegun);
    begun = setTimeout(act, inMidRun);
  }, 50);
  const notBegun = setTimeout(() => {
    clearInterval(look);
    act();
  }, noRun);
  return () => {
    clearInterval(look);
    clearTimeout(notBegun);
    clearTimeout(begun);
  };
}

/** What a stream says: up to the bound, and the piece that goes beyond it. */
function keep(stream: NodeJS.ReadableStream): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let length = 0;
  stream.on('data', (piece: Buffer) => {
    if (length <= bounds.terminal) pieces.push(piece);
    length += piece.length;
  });
  return pieces;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended since.
  }
}

const quote = (word: string): string => (/^[\w./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
