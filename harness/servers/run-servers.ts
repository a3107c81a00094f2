import { endWith } from './end-with';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConformError, exitCodes, isConformError } from '../error';
import { loadCatalogue } from '../engine/catalogue-rows';
import { readBaseline } from '../launch/baseline';
import { packageRoot } from '../package-root';
import { parseRun } from '../report/json';
import type { RunRecord } from '../report/model';
import { outputFiles } from '../report/output-files';
import { printable } from '../report/printable';
import { describeDuration, describeVerdict } from '../report/summary';
import { buildServer, type BuildOptions } from './build-server';
import { changedVerdicts, newRows, type VerdictChange } from './check-verdicts';
import { machineSecrets } from './machine-secrets';
import { surveyManifests, type Manifests, type ServerManifest } from './manifest';
import { publish, tryReadPublished, writeMatrix } from './published-reports';
import { publishedName } from './server-report';
import { doubtfulRows, replaceRows } from './settle-run';
import { doSideBySide, makeQueue } from './side-by-side';
import { outputOf, runServer, runServerSilently, type RunServerOptions } from './run-server';

export interface RunServersOptions extends BuildOptions, RunServerOptions {
  /** The folder whose subfolders hold the manifests. */
  readonly folder: string;
  /** Where the published reports are. */
  readonly reports: string;
}

const usage = `Usage: npm run servers                         build and run the servers of the matrix, write reports/
       npm run servers -- --publish NAME…      the same with these servers only
       npm run servers -- --check [NAME…]      run them, and fail when a published verdict changed
       npm run servers -- --build [NAME…]      build them, to run or replay something against them by hand
       npm run servers -- --matrix             write the matrix again from what is published
       … --parallel N                          the first three, with N servers at the same time
       npm run servers -- --list               name the servers
       npm run servers -- NAME [options…]      build one and run it with options of grpc-conform run; reports/ stays as it is`;

/** The seed of every published run. Other options are at their defaults, or stand in the server's manifest. */
const publishedSeed = '1';

/**
 * Builds real servers and runs the command line against them, as {@link usage} says. A server that cannot be built, started or run here is one sentence and
 * not the end.
 *
 * @returns the exit code: of the command line for one server; 1 for a changed verdict of `--check`; otherwise of the first run or build that failed, 0 when
 * nothing but toolchains was missing.
 * @throws ConformError when the arguments make no sense, no server could be run, or the one server that was named cannot be built.
 */
export async function runServers(args: readonly string[], options: RunServersOptions): Promise<number> {
  const manifests = surveyManifests(options.folder);
  const { parallel, words } = takeParallel(args);
  const [first = '--publish', ...rest] = words;
  if (parallel !== undefined && first !== '--publish' && first !== '--check')
    throw new ConformError(
      'ERR_USAGE',
      `--parallel is for --publish and --check, which run several servers.\n${usage}`,
    );
  const sayBroken = (): void => {
    for (const { name, error } of manifests.broken) options.say(`${name}: not run: ${error.message}`);
  };
  switch (first) {
    case '--help':
    case '-h':
      options.say(usage);
      return exitCodes.conformant;
    case '--list':
      for (const manifest of manifests.sound) options.say(describeServer(manifest));
      return exitCodes.conformant;
    case '--matrix':
      sayBroken();
      writeMatrix(
        options.reports,
        manifests.sound.filter(({ role }) => role === 'conformance'),
        options.say,
      );
      return exitCodes.conformant;
    case '--build':
      sayBroken();
      return buildServers(
        rest.length === 0 ? manifests.sound : rest.map((name) => findServer(manifests, name)),
        options,
      );
    case '--publish':
    case '--check': {
      const chosen = chooseServers(manifests, rest);
      sayBroken();
      const runChosen = first === '--check' ? checkServers : publishServers;
      return interruptible((isInterrupted) =>
        runChosen(chosen, manifests, { ...options, isInterrupted, parallel: parallel ?? 1, inTurn: makeQueue() }),
      );
    }
  }
  if (first.startsWith('-'))
    throw new ConformError('ERR_USAGE', `There is no option ${first} without a server.\n${usage}`);
  const manifest = findServer(manifests, first);
  if (rest.some((word) => manifests.sound.some(({ name }) => name === word))) {
    throw new ConformError(
      'ERR_USAGE',
      `One server at a time takes options; --publish and --check take several.\n${usage}`,
    );
  }
  await buildServer(manifest, options);
  return runServer(manifest, rest, options);
}

/** Servers at the same time: more than any machine does well. */
const mostParallel = 64;

/** Takes `--parallel N` out of the words. @throws ConformError ERR_USAGE when N is none */
function takeParallel(args: readonly string[]): {
  readonly parallel?: number;
  readonly words: readonly string[];
} {
  const at = args.findIndex((word) => word === '--parallel' || word.startsWith('--parallel='));
  const word = args[at];
  if (word === undefined) return { words: args };
  const isOneWord = word !== '--parallel';
  const text = isOneWord ? word.slice('--parallel='.length) : (args[at + 1] ?? '');
  const parallel = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (parallel < 1 || parallel > mostParallel)
    throw new ConformError(
      'ERR_USAGE',
      `--parallel ${JSON.stringify(text)} is no number from 1 to ${mostParallel}.\n${usage}`,
    );
  return { parallel, words: args.toSpliced(at, isOneWord ? 1 : 2) };
}

/** What the runs of several servers share. */
interface SharedOptions extends RunServersOptions {
  readonly parallel: number;
  /** Builds come one after the other: some servers are built in the folder of another. */
  readonly inTurn: ReturnType<typeof makeQueue>;
  /** True when nothing new is to begin. */
  readonly isInterrupted: () => boolean;
}

/** Lets a task know that Ctrl-C was pressed while it was between two programs, which hear of it themselves. */
async function interruptible(task: (isInterrupted: () => boolean) => Promise<number>): Promise<number> {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await task(() => isInterrupted);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** The servers named; without names those of the matrix. */
function chooseServers(manifests: Manifests, names: readonly string[]): readonly ServerManifest[] {
  const option = names.find((name) => name.startsWith('-'));
  if (option !== undefined) {
    const why = 'published runs all have the same options, so that they can be compared';
    throw new ConformError('ERR_USAGE', `${option} is not possible here: ${why}.\n${usage}`);
  }
  if (names.length === 0) return manifests.sound.filter(({ role }) => role === 'conformance');
  const chosen = names.map((name) => findServer(manifests, name));
  const example = chosen.find(({ role }) => role === 'example');
  if (example !== undefined) {
    const why = 'it serves no grpc.testing.TestService and has no published report';
    throw new ConformError(
      'ERR_USAGE',
      `${example.name} is an example: ${why}. Run it with npm run servers -- ${example.name}.`,
    );
  }
  return chosen;
}

function findServer({ sound, broken }: Manifests, wanted: string): ServerManifest {
  const unreadable = broken.find(({ name }) => name === wanted);
  if (unreadable !== undefined) throw unreadable.error;
  const manifest = sound.find(({ name }) => name === wanted);
  if (manifest !== undefined) return manifest;
  const names = sound.map(({ name }) => name).join(', ');
  throw new ConformError('ERR_USAGE', `There is no server ${wanted}. The servers are: ${names}.`);
}

/** What became of a server that was to be run: its record, or why there is none. */
type Attempt =
  | { readonly manifest: ServerManifest; readonly record: RunRecord; readonly exitCode: number }
  | { readonly manifest: ServerManifest; readonly problem: string; readonly exitCode: number };

async function buildServers(chosen: readonly ServerManifest[], options: RunServersOptions): Promise<number> {
  const codes: number[] = [];
  for (const manifest of chosen) {
    const problem = await tryBuild(manifest, 'not built', options);
    if (problem === undefined) options.say(`${manifest.name}: built`);
    else codes.push(problem.exitCode);
  }
  return firstFailure(codes);
}

/** What came of one of several servers. */
interface Outcome {
  readonly exitCode: number;
  readonly ran: boolean;
  /** Published verdicts that are others now. */
  readonly changed: number;
}

const notRun = (exitCode: number): Outcome => ({ exitCode, ran: false, changed: 0 });

async function publishServers(
  chosen: readonly ServerManifest[],
  manifests: Manifests,
  options: SharedOptions,
): Promise<number> {
  const { reports } = options;
  const secrets = machineSecrets(options.workingDirectory);
  const ofMatrix = manifests.sound.filter(({ role }) => role === 'conformance');
  const outcomes = await doSideBySide(chosen, options, async (manifest, say): Promise<Outcome | undefined> => {
    const attempt = await tryServer(manifest, { ...options, say });
    if (attempt.exitCode === exitCodes.interrupted) return undefined;
    if (!('record' in attempt)) return notRun(attempt.exitCode);
    // What cannot be read is written anew.
    const { record: published } = tryReadPublished(reports, manifest.name);
    const written = publish(reports, manifest, attempt.record, published, secrets);
    const changes = published === undefined ? [] : changedVerdicts(published, attempt.record);
    for (const change of changes) say(describeChange(manifest, change));
    say(`${manifest.name}: ${written ? 'the report is new' : 'the report says the same as before and was left alone'}`);
    // After each, so that an interruption leaves no report that the matrix does not have.
    writeMatrix(reports, ofMatrix, say);
    return { exitCode: attempt.exitCode, ran: true, changed: changes.length };
  });
  if (outcomes === undefined) return exitCodes.interrupted;
  if (!outcomes.some(({ ran }) => ran)) throw nothingRan();
  return firstFailure([
    ...manifests.broken.map(({ error }) => error.exitCode),
    ...outcomes.map(({ exitCode }) => exitCode),
  ]);
}

async function checkServers(
  chosen: readonly ServerManifest[],
  _manifests: Manifests,
  options: SharedOptions,
): Promise<number> {
  const outcomes = await doSideBySide(chosen, options, (manifest, say) => checkServer(manifest, { ...options, say }));
  if (outcomes === undefined) return exitCodes.interrupted;
  if (!outcomes.some(({ ran }) => ran)) throw nothingRan();
  const changed = outcomes.reduce((sum, outcome) => sum + outcome.changed, 0);
  if (changed === 0) return firstFailure(outcomes.map(({ exitCode }) => exitCode));
  options.say(`${changed} published ${changed === 1 ? 'verdict' : 'verdicts'} changed`);
  return exitCodes.findings;
}

/** Runs a server and compares with what is published of it. Undefined when that was interrupted. */
async function checkServer(manifest: ServerManifest, options: SharedOptions): Promise<Outcome | undefined> {
  const { reports, say } = options;
  const { record: published, problem } = tryReadPublished(reports, manifest.name);
  if (problem !== undefined) {
    say(`${manifest.name}: not checked: ${problem}`);
    return notRun(exitCodes.usage);
  }
  if (published === undefined) {
    say(
      `${manifest.name}: not checked: nothing is published of it; npm run servers -- --publish ${manifest.name} does that`,
    );
    return notRun(exitCodes.conformant);
  }
  const attempt = await tryServer(manifest, options);
  if (attempt.exitCode === exitCodes.interrupted) return undefined;
  if (!('record' in attempt)) return notRun(attempt.exitCode);
  const changes = await confirmChanges(manifest, published, attempt.record, options);
  if (changes === undefined) return undefined;
  for (const change of changes) say(describeChange(manifest, change));
  if (published.target.name !== publishedName(manifest)) {
    say(
      `${manifest.name}: what is published is ${printable(published.target.name)}, this is ${publishedName(manifest)}`,
    );
  }
  const added = newRows(published, attempt.record);
  if (added.length > 0) say(`${manifest.name}: not published yet: ${added.join(', ')}`);
  if (changes.length === 0) say(`${manifest.name}: as published`);
  // What the baseline does not list is told by the verdicts that changed.
  return { exitCode: exitCodes.conformant, ran: true, changed: changes.length };
}

/** How often a row whose verdict differs is played again before that counts. */
const timesAgain = 2;

/**
 * The changes that are seen again each time that the rows in question are played alone: what other programs on the machine did to the times of a run is no
 * change. Undefined when that was interrupted.
 */
async function confirmChanges(
  manifest: ServerManifest,
  published: RunRecord,
  fresh: RunRecord,
  options: SharedOptions,
): Promise<readonly VerdictChange[] | undefined> {
  const [baseline] = judgesOf(manifest);
  const intermittent = new Set(baseline.entries.flatMap((entry) => (entry.intermittent === true ? [entry.rule] : [])));
  const changesOf = (run: RunRecord): readonly VerdictChange[] => changedVerdicts(published, run, intermittent);
  let changes = changesOf(fresh);
  for (let time = 1; time <= timesAgain && changes.length > 0; time += 1) {
    const played = new Set(
      changes.flatMap(({ playAgain }) => playAgain).filter((id) => fresh.header.selected.includes(id)),
    );
    if (played.size === 0) return changes;
    const again = await playAlone(manifest, [...played], options);
    if (again.exitCode === exitCodes.interrupted) return undefined;
    if (!('record' in again)) return changes;
    const seen = new Set(changesOf(again.record).map(({ id }) => id));
    const wasPlayed = ({ playAgain }: VerdictChange): boolean => playAgain.some((id) => played.has(id));
    changes = changes.filter((change) => !wasPlayed(change) || seen.has(change.id));
  }
  return changes;
}

/** Builds and runs a server and says how that went. Throws for faults of ours only. */
async function tryServer(manifest: ServerManifest, options: SharedOptions): Promise<Attempt> {
  const { say } = options;
  say(describeServer(manifest));
  const problem = await options.inTurn(async () =>
    options.isInterrupted() ? interrupted : tryBuild(manifest, 'not run', options),
  );
  if (problem !== undefined) return { manifest, ...problem };
  say(`${manifest.name}: running the suite`);
  const attempt = await settle(await runOnce(manifest, [], outputOf(manifest), options), options);
  say(
    'record' in attempt
      ? `${manifest.name}: ${printable(describeVerdict(attempt.record))}; ${describeDuration(attempt.record.durationMs)}`
      : `${manifest.name}: not run: ${attempt.problem}`,
  );
  return attempt;
}

/** Says why a server cannot be built, if it cannot; a missing toolchain is no failure. */
async function tryBuild(
  manifest: ServerManifest,
  outcome: 'not built' | 'not run',
  options: BuildOptions,
): Promise<{ readonly problem: string; readonly exitCode: number } | undefined> {
  try {
    await buildServer(manifest, options);
    return undefined;
  } catch (error) {
    if (!isConformError(error)) throw error;
    options.say(`${manifest.name}: ${outcome}: ${error.message}`);
    const isMissing = error.code === 'ERR_MISSING_TOOLCHAIN';
    return { problem: error.message, exitCode: isMissing ? exitCodes.conformant : error.exitCode };
  }
}

/** Looks again at the rows that chance may have decided, alone and one after the other; what that says counts. A run that could not be judged then is none. */
async function settle(attempt: Attempt, options: SharedOptions): Promise<Attempt> {
  if (!('record' in attempt)) return attempt;
  const { manifest } = attempt;
  const rows = doubtfulRows(attempt.record);
  let { record } = attempt;
  if (rows.length > 0) {
    const again = await playAlone(manifest, [...new Set(rows.flatMap(({ playAgain: ids }) => ids))], options);
    if (again.exitCode === exitCodes.interrupted) return again;
    if ('record' in again) {
      const look = {
        run: again.record,
        ids: rows.map(({ id }) => id),
        folder: join('..', `${manifest.name}-again`),
      };
      record = replaceRows(record, look, ...judgesOf(manifest));
    }
  }
  if (record.verdict !== 'error') return { manifest, record, exitCode: record.exitCode ?? attempt.exitCode };
  const unjudged = record.properties.filter(({ verdict }) => verdict === 'error').map(({ id }) => id);
  return { manifest, exitCode: exitCodes.internal, problem: `could not be judged: ${unjudged.join(', ')}` };
}

/** What a run of a server is concluded with. */
function judgesOf({ folder, baseline }: ServerManifest) {
  const { rows } = loadCatalogue();
  const isKnownId = (id: string): boolean => rows.some((row) => row.id === id);
  return [readBaseline(join(folder, baseline), { isKnownId }), { rows, now: new Date() }] as const;
}

function playAlone(manifest: ServerManifest, ids: readonly string[], options: SharedOptions): Promise<Attempt> {
  options.say(`${manifest.name}: playing again, one after the other: ${ids.join(', ')}`);
  const out = `${outputOf(manifest)}-again`;
  return runOnce(manifest, [...ids, '--concurrency', '1', '--out', out], out, options);
}

const interrupted = { exitCode: exitCodes.interrupted, problem: 'interrupted' };

/** Exit codes of runs that came to their end; in the last not everything could be judged. */
const judged: readonly number[] = [exitCodes.conformant, exitCodes.findings, exitCodes.internal];

async function runOnce(
  manifest: ServerManifest,
  args: readonly string[],
  out: string,
  options: SharedOptions,
): Promise<Attempt> {
  const file = join(options.workingDirectory, out, outputFiles.run);
  if (options.isInterrupted()) return { manifest, ...interrupted };
  // That of an earlier run would look like one of this.
  rmSync(file, { force: true });
  const { exitCode, words } = await runServerSilently(manifest, ['--seed', publishedSeed, ...args], options);
  const record = judged.includes(exitCode) && existsSync(file) ? parseRun(readFileSync(file, 'utf8'), file) : undefined;
  if (record?.status === 'complete') return { manifest, exitCode, record };
  if (exitCode === exitCodes.interrupted) return { manifest, ...interrupted };
  const [sentence = '', ...further] = words.replace(/^grpc-conform: /, '').split('\n');
  // What a server said last tells most about why it is not there.
  const quoted = further.findLast((line) => line.startsWith('  | '))?.trim();
  const problem = quoted === undefined ? sentence : `${sentence} ${quoted}`;
  return {
    manifest,
    exitCode: exitCode === exitCodes.conformant ? exitCodes.internal : exitCode,
    problem: printable(problem.trim() || `the run ended with exit code ${exitCode}`),
  };
}

const describeServer = ({ name, title, version, language, role }: ServerManifest): string =>
  `${name}: ${title} ${version} (${language}${role === 'example' ? ', example' : ''})`;

const describeChange = ({ name }: ServerManifest, { id, published, now }: VerdictChange): string =>
  `${name}: ${id} was published as ${published}, and is ${now}`;

const nothingRan = (): ConformError => new ConformError('ERR_NOTHING_EXECUTED', 'No server could be run.');

const firstFailure = (codes: readonly number[]): number =>
  codes.find((code) => code !== exitCodes.conformant) ?? exitCodes.conformant;

if (require.main === module) {
  const root = packageRoot();
  endWith(
    runServers(process.argv.slice(2), {
      folder: join(root, 'harness', 'servers'),
      reports: join(root, 'reports'),
      cli: join(root, 'dist', 'harness', 'cli', 'main.js'),
      workingDirectory: root,
      say: (line) => process.stdout.write(`${line}\n`),
    }),
  );
}
