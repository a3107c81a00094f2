import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConformError, exitCodes } from '../../error';
import { packageRoot } from '../../package-root';
import type { RunRecord } from '../../report/model';
import { printable } from '../../report/printable';
import { endWith } from '../end-with';
import { orUsage } from '../or-usage';
import { executedByCalls, readCoverage } from './coverage';
import { chooseMutants, findMutants, type Mutant } from './find-mutants';
import { judgeMutant, readKnownReactions, type Fate, type KnownReactions } from './judge-mutant';
import { playSuite, type SuiteOptions, type SuiteRun } from './play-suite';
import { makeWorkspace, mutatedPackage, type Workspace } from './workspace';

const usage = `Usage: npm run mutate -- [options]

Changes the code of ${mutatedPackage} that calls execute, in a copy, at one place at a time, and says which changes the suite notices.

  --count N     mutants that are played (100)
  --seed S      which ones (1)
  --from N      start with the Nth of them: to play a choice in parts (1)
  --only FILE   only in files whose name holds that: server.js
  --runs N      inputs per property (20)
  --jobs N      mutants at the same time (1): more is quicker, and on a busy machine a mutant may die of that
  --json        a line of JSON for each mutant in place of words
  --list        says which mutants there are, and plays none
`;

export interface RunMutateOptions {
  /** The script of the command line. */
  readonly cli: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A mutant with what became of it. */
export interface PlayedMutant {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly milliseconds: number;
}

/** Milliseconds that a run takes at most when nothing is known of the machine. */
const firstTime = 10 * 60_000;

/** Milliseconds in which a server that nobody calls starts and stops. */
const startTime = 60_000;

/** A mutant gets so many times what the unchanged server took, and never less than a minute. */
const patience = 3;
const leastTime = 60_000;

/** Inputs per property of the first, quick pass, in which most mutants die. */
const quickRuns = 4;

/** The part of the properties that the quick pass leaves out: those that took longest with the unchanged server. */
const slowPart = 0.1;

/**
 * Plays mutants, or lists them, as {@link usage} says. Survivors are no failure: a change may be none that a client can see.
 * @returns 0; 130 when it was aborted; 70 when the suite itself broke on a mutant.
 * @throws ConformError ERR_USAGE for arguments that make no sense, ERR_INTERNAL when the unchanged server does not pass.
 */
export async function runMutate(args: readonly string[], options: RunMutateOptions): Promise<number> {
  const { say, signal } = options;
  const values = readArguments(args);
  if (values.help) {
    say(usage.trimEnd());
    return exitCodes.conformant;
  }
  const count = readCount('--count', values.count, 100_000);
  const seed = readCount('--seed', values.seed, Number.MAX_SAFE_INTEGER);
  const from = readCount('--from', values.from, count);
  const runs = readCount('--runs', values.runs, 10_000);
  const jobs = readCount('--jobs', values.jobs, 64);
  const workspaces: Workspace[] = [makeWorkspace()];
  try {
    const [first] = workspaces as [Workspace];
    const control = await measure(first, runs, options);
    if (signal.aborted) return exitCodes.interrupted;
    const all = mutantsOf(first, control.isExecuted).filter(({ file }) => file.includes(values.only ?? ''));
    if (all.length === 0)
      throw new ConformError('ERR_USAGE', `No file that calls execute has ${values.only ?? ''} in its name.\n${usage}`);
    const chosen = chooseMutants(all, count, seed).slice(from - 1);
    if (values.list) {
      for (const mutant of chosen) say(values.json ? JSON.stringify(mutant) : describeMutant(mutant));
      if (!values.json)
        say(`${chosen.length} of ${all.length} mutants in ${new Set(all.map(({ file }) => file)).size} files`);
      return exitCodes.conformant;
    }
    while (workspaces.length < Math.min(jobs, chosen.length)) workspaces.push(makeWorkspace());
    const played: PlayedMutant[] = [];
    const waiting = [...chosen];
    // When one of them breaks, the others end before their copies go.
    const broken = new AbortController();
    const stopped = AbortSignal.any([signal, broken.signal]);
    const work = async (workspace: Workspace): Promise<void> => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const each = await playMutant(mutant, workspace, control, { ...options, signal: stopped });
        if (stopped.aborted) return;
        played.push(each);
        say(values.json ? JSON.stringify({ ...mutant, ...each.fate, milliseconds: each.milliseconds }) : line(each));
      }
    };
    const works = workspaces.map(work);
    await Promise.all(works).catch(async (error: unknown) => {
      broken.abort();
      await Promise.allSettled(works);
      throw error;
    });
    if (signal.aborted) return exitCodes.interrupted;
    if (!values.json) for (const each of summary(played, all.length)) say(each);
    return played.some(({ fate }) => fate.state === 'fault') ? exitCodes.internal : exitCodes.conformant;
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
}

function readArguments(args: readonly string[]) {
  return orUsage(
    () =>
      parseArgs({
        args: [...args],
        options: {
          count: { type: 'string', default: '100' },
          seed: { type: 'string', default: '1' },
          from: { type: 'string', default: '1' },
          only: { type: 'string' },
          runs: { type: 'string', default: '20' },
          jobs: { type: 'string', default: '1' },
          json: { type: 'boolean', default: false },
          list: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }).values,
    usage,
  );
}

function readCount(option: string, text: string, most: number): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > most)
    throw new ConformError('ERR_USAGE', `${option} ${text} is no number from 1 to ${most}.`);
  return count;
}

/** What was seen of the unchanged server. */
interface Control {
  readonly isExecuted: (file: string, source: string) => (offset: number) => boolean;
  /** What the two passes have in common for every mutant. */
  readonly quick: Pick<SuiteOptions, 'runs' | 'skip' | 'time'>;
  readonly full: Pick<SuiteOptions, 'runs' | 'time'>;
  readonly known: KnownReactions;
}

/** Runs the suite against the unchanged copy: which code calls execute, how long it takes, and that it passes, without which no mutant could be judged. */
async function measure(workspace: Workspace, runs: number, { cli, signal }: RunMutateOptions): Promise<Control> {
  const { server } = workspace;
  const idle = workspace.scratch('idle');
  const busy = workspace.scratch('busy');
  const preload = join(workspace.scratch('preload'), 'write-coverage.js');
  // A server that is killed before it has closed everything would write nothing.
  writeFileSync(preload, "process.prependListener('SIGTERM', () => require('node:v8').takeCoverage());\n");
  await startAndStop(['-r', preload, server], { NODE_V8_COVERAGE: idle });
  const common = { cli, server, out: workspace.scratch('out'), bail: false, signal };
  const started = performance.now();
  const full = await playSuite({
    ...common,
    nodeOptions: ['-r', preload],
    environment: { NODE_V8_COVERAGE: busy },
    runs,
    time: firstTime,
  });
  const record = mustPass(full, signal);
  const time = Math.max(leastTime, patience * (performance.now() - started));
  const skip = record === undefined ? [] : leftOut(record);
  const quick = { runs: Math.min(runs, quickRuns), skip, time };
  mustPass(await playSuite({ ...common, ...quick }), signal);
  const [ofBusy, ofIdle] = [readCoverage(busy), readCoverage(idle)];
  return {
    isExecuted: (file, source) => executedByCalls(file, source.length, ofBusy, ofIdle),
    quick,
    full: { runs, time },
    known: record === undefined ? new Map() : readKnownReactions(record),
  };
}

/** Starts a server, waits until it says where it listens, and stops it. */
async function startAndStop(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [...words, '--port', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: startTime,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  child.kill('SIGTERM');
  await ended;
}

function mustPass({ exitCode, record, words }: SuiteRun, signal: AbortSignal): RunRecord | undefined {
  if (signal.aborted || (exitCode === exitCodes.conformant && record?.status === 'complete')) return record;
  throw new ConformError(
    'ERR_INTERNAL',
    `The unchanged server does not pass (exit code ${exitCode ?? 'none'}), so no mutant can be judged: run npx grpc-conform to see why, or try --runs with another number.`,
    { details: words.trim() === '' ? [] : [printable(words.trim())] },
  );
}

/** What the quick pass does not play: the slowest, and known deviations, which need many inputs to be seen and would count as mended. */
function leftOut({ properties }: RunRecord): readonly string[] {
  const bySlowness = [...properties].sort((a, b) => b.durationMs - a.durationMs).map(({ id }) => id);
  const known = properties.filter(({ verdict }) => verdict === 'known').map(({ id }) => id);
  return [...new Set([...known, ...bySlowness.slice(0, Math.ceil(properties.length * slowPart))])];
}

/** Files whose code is executed by calls and tells people about them: no client can see it. */
const bookkeeping: readonly string[] = ['build/src/channelz.js', 'build/src/logging.js'];

const mutantsOf = (workspace: Workspace, isExecuted: Control['isExecuted']): readonly Mutant[] =>
  workspace.files.flatMap((name) => {
    if (bookkeeping.includes(name)) return [];
    const file = workspace.fileOf(name);
    const source = readFileSync(file, 'utf8');
    return findMutants(name, source, isExecuted(file, source));
  });

async function playMutant(
  mutant: Mutant,
  workspace: Workspace,
  { quick, full, known }: Control,
  { cli, signal }: RunMutateOptions,
): Promise<PlayedMutant> {
  const started = performance.now();
  const common = { cli, server: workspace.server, out: workspace.scratch('out'), bail: true, signal };
  const fate = await workspace.withMutant(mutant, async () => {
    const first = judgeMutant(await playSuite({ ...common, ...quick }), known);
    if (first.state !== 'survived' || signal.aborted) return first;
    return judgeMutant(await playSuite({ ...common, ...full }), known);
  });
  return { mutant, fate, milliseconds: performance.now() - started };
}

/** One line: the place, the operator, what stood there and what stands there now. */
function describeMutant({ file, line: row, column, operator, original, text }: Mutant): string {
  const place = `${file.replace(/^build\/src\//, '')}:${row}:${column}`;
  return `${place.padEnd(34)}  ${operator.padEnd(20)}  ${short(original)}  ->  ${short(text)}`;
}

const shortLength = 60;

const short = (text: string): string => {
  const flat = text.replaceAll(/\s+/g, ' ');
  return printable(flat.length <= shortLength ? flat : `${flat.slice(0, shortLength - 1)}…`);
};

function line({ mutant, fate }: PlayedMutant): string {
  const what = fate.state === 'survived' ? 'survived' : `${fate.state} by ${printable(fate.by)}`;
  return `${describeMutant(mutant)}\n    ${what}`;
}

/** Who killed how many, and everything that is still to be read. */
function summary(played: readonly PlayedMutant[], possible: number): readonly string[] {
  const killers = new Map<string, number>();
  for (const { fate } of played) {
    if (fate.state === 'killed') killers.set(fate.by, (killers.get(fate.by) ?? 0) + 1);
  }
  const survivors = played.filter(({ fate }) => fate.state === 'survived');
  const faults = played.filter(({ fate }) => fate.state === 'fault');
  const killed = played.length - survivors.length - faults.length;
  return [
    '',
    'killed by',
    ...[...killers]
      .sort((a, b) => b[1] - a[1])
      .map(([by, number]) => `${String(number).padStart(6)}  ${printable(by)}`),
    ...(survivors.length === 0 ? [] : ['', 'survived']),
    ...survivors.map(({ mutant }) => `  ${describeMutant(mutant)}`),
    ...(faults.length === 0 ? [] : ['', 'the suite broke on']),
    ...faults.map((each) => `  ${line(each)}`),
    '',
    `${played.length} of ${possible} mutants played: ${killed} killed, ${survivors.length} survived, ${faults.length} broke the suite`,
  ];
}

if (require.main === module) {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
  endWith(
    runMutate(process.argv.slice(2), {
      cli: join(packageRoot(), 'dist', 'harness', 'cli', 'main.js'),
      say: (text) => process.stdout.write(`${text}\n`),
      signal: abort.signal,
    }),
  );
}
