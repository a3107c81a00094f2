import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { isConformError } from '../error';
import { attachTarget } from '../launch/attach';
import type { TlsFiles } from '../launch/reach/tls-files';
import { packageRoot, protoFile } from '../package-root';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { RunRecord } from '../report/model';
import { needsOf } from '../facts/need';
import type { TargetFacts } from '../facts/target-facts';
import { reduceRun } from '../report/run-model';
import { ConfigurationTable, type ConfigurationRow, type RunEnd } from './configuration-table';
import { KillTable, type KillRow } from './kill-table';
import { findRareLabels } from './label-reach';
import { MutantBench } from './mutant-bench';
import { MutantTable, type MutantRow, type Round } from './mutant-table';
import { runConformance, type EngineOptions } from './run-conformance';
import type { ExpectedNeed } from './lost';
import { makeRunHeader } from './run-header';
import {
  planMutant,
  planMutants,
  planSelfTest,
  type Configuration,
  type PlannedMutant,
  type SelfTestParts,
} from './self-test-plan';
import { isSlow } from './estimate-run';
import { isShared } from './lanes';
import { shuffle, subSeed } from './sub-seed';
import { findMutant } from '../servers/reference/mutants';
import { readCertificate } from '../servers/reference/test-certificates';

/**
 * What runs at the same time, by the number of cores: correct servers, which wait as much as they work; mutants with a process of their own, most of which do
 * as well; those whose experiments do nothing but wait; and mutants that share processes. All of it at once keeps one thread busy, and no more.
 */
const atOnce = {
  servers: 2 * availableParallelism(),
  alone: 4 * availableParallelism(),
  waiting: 6 * availableParallelism(),
  mutants: 4 * availableParallelism(),
  again: 2 * availableParallelism(),
} as const;

/** So many mutants that one run has missed are tried again; where there are more, something is broken. */
const mostAgain = 20;

export interface SelfTestOptions {
  readonly rows: readonly CatalogueRow[];
  readonly properties: readonly AnyProperty[];
  readonly seeds: readonly number[];
  readonly parts: SelfTestParts;
  /** Only configurations and mutants whose name holds this text, and the plain server; all when absent. */
  readonly only?: string;
  /** Told after each configuration and each mutant. */
  readonly onProgress?: (done: number, of: number, text: string) => void;
  readonly signal?: AbortSignal;
}

export interface SelfTestResult {
  readonly rows: readonly KillRow[];
  readonly configurations: readonly ConfigurationRow[];
  readonly mutants: readonly MutantRow[];
  /** Mutants that live though nobody has said why. */
  readonly survivors: readonly MutantRow[];
  /** Classes of inputs that a run may miss, by the id of the property that names them; a property that misses none is not there. */
  readonly rareLabels: ReadonlyMap<string, readonly string[]>;
  /** False when such a mutant lives, a correct server was accused, a run did not end as it should, or one of the usual length may miss a class of inputs. */
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** True when not all servers were asked for: most rows have no mutant among them. */
  readonly isPart: boolean;
}

/**
 * Runs the properties against the reference server: clean and under legal variations each must pass, every mutant must fail by the rule that it breaks,
 * and a server that breaks the plainest calls must be named by the first findings of a whole run.
 */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestResult> {
  const { properties, seeds, parts, only, signal } = options;
  const table = new KillTable(properties.map(({ id }) => id));
  const isAsked = (name: string): boolean => only === undefined || name.includes(only);
  const planned = seeds
    .flatMap((seed) => planMutants(properties, seed, seeds.length > 1))
    .filter(({ mutant }) => isAsked(`mutant ${mutant.id}`));
  const servers = seeds
    .flatMap((seed) => planSelfTest(properties, seed, parts))
    .filter(({ name }) => name === 'clean' || isAsked(name));
  const alone = planned.flatMap((mutant) => (mutant.alone === undefined ? [] : [{ mutant, server: mutant.alone }]));
  const configurations = [...servers, ...alone.map(({ server }) => server)];
  const wholeRuns = new ConfigurationTable(configurations);
  const isWaiting = ({ server }: (typeof alone)[number]): boolean => server.properties.every(isSlow);
  const costly = new Set(alone.flatMap((one) => (isWaiting(one) || worksHard(one.server) ? [one.mutant.mutant] : [])));
  const mutantTable = new MutantTable(
    [...new Set(planned.map(({ mutant }) => mutant))].map((mutant) => ({ ...mutant, isCostly: costly.has(mutant) })),
  );
  // Every wait of every script listens for Ctrl-C: that many listeners are no leak.
  if (signal !== undefined) setMaxListeners(0, signal);
  const isAborted = (): boolean => signal?.aborted === true;
  // Shuffled: those of one area mostly wait, those of another mostly work, and side by side they do both.
  const shared = shuffle(
    planned.filter((one) => one.alone === undefined),
    (one) => subSeed(one.seed, `${one.mutant.id}, ${one.inputs}`),
  );
  const rareLabels = new Map<string, readonly string[]>();
  const noteFacts = (facts: TargetFacts): void => {
    for (const property of properties) {
      const rare = findRareLabels(property, facts);
      if (rare.length > 0) rareLabels.set(property.id, rare);
    }
  };
  // Attacks first: they wait for long, and what is left of them at the end would leave the machine idle.
  const byItself = alone.filter((one) => !isWaiting(one));
  const attacksFirst = [true, false].flatMap((hard) => byItself.filter(({ server }) => worksHard(server) === hard));
  let done = 0;
  let total = configurations.length + shared.length;
  const progress = (text: string): void => options.onProgress?.(++done, total, text);
  const noteMutant = (
    { mutant, seed, inputs }: PlannedMutant,
    records: RunRecord['properties'],
    round: Round = 'first',
  ): void => {
    mutantTable.note(mutant.id, mutant.breaks, inputs, seed, records, round);
    // The first mutant of a row is the one that its property was written with.
    if (inputs === 'with examples' && findMutant(mutant.breaks) === mutant)
      table.noteKill(seed, mutant.breaks, records);
  };

  const playServer = async (next: Configuration, mutant?: PlannedMutant): Promise<void> => {
    const isFirst = next === configurations[0];
    const end = await runConfiguration(next, options, isFirst ? noteFacts : undefined);
    if (isAborted()) return;
    const records = end.ended ? end.run.properties : [];
    if (next.expects.is === 'innocent') table.noteAlarms(next, records, next.expects.warned);
    if (mutant !== undefined) noteMutant(mutant, records);
    wholeRuns.note(next, end);
    progress(next.name);
  };
  const playShared = async (some: readonly PlannedMutant[], most: number, round: Round = 'first'): Promise<void> =>
    new MutantBench(options).use(most, some.length, async (play) => {
      await inParallel(most, some, isAborted, async (next) => {
        const records = await play(next);
        if (isAborted()) return;
        noteMutant(next, records, round);
        progress(`mutant ${next.mutant.id}, ${next.inputs}`);
      });
    });
  await Promise.all([
    inParallel(atOnce.servers, servers, isAborted, (next) => playServer(next)),
    ...(
      [
        [atOnce.waiting, alone.filter(isWaiting)],
        [atOnce.alone, attacksFirst],
      ] as const
    ).map(([count, some]) => inParallel(count, some, isAborted, ({ mutant, server }) => playServer(server, mutant))),
    playShared(shared, atOnce.mutants),
  ]);

  // What one run has missed is judged by others, with little beside them.
  const isOpen = ({ mutant, inputs }: PlannedMutant): boolean =>
    mutantTable.missedOnce.some(({ id, inputs: its }) => id === mutant.id && its === inputs);
  let nextSeed = Math.max(...seeds) + 1;
  const tryAgain = async (): Promise<void> => {
    const again = mutantTable.missedOnce.slice(0, mostAgain).flatMap(({ id, inputs, more }) => {
      const missed = planned.find((one) => one.mutant.id === id && one.inputs === inputs);
      return missed === undefined ? [] : planAgain(missed, more, properties, nextSeed);
    });
    if (again.length === 0 || isAborted()) return;
    nextSeed = 1 + Math.max(...again.map(({ seed }) => seed));
    total += again.length;
    await inParallel(atOnce.again, again, isAborted, async (next) => {
      if (!isOpen(next)) return progress(`mutant ${next.mutant.id}, ${next.inputs}`);
      if (next.alone === undefined) return playShared([next], 1, 'again');
      const end = await runConfiguration(next.alone, options);
      if (isAborted()) return;
      noteMutant(next, end.ended ? end.run.properties : [], 'again');
      progress(next.alone.name);
    });
    return tryAgain();
  };
  await tryAgain();

  const interrupted = isAborted();
  const isWhole = wholeRuns.rows.every(({ complaints }) => complaints.length === 0);
  const isClean = only === undefined ? table.isClean : table.accusedNobody;
  const { survivors } = mutantTable;
  return {
    rows: table.rows,
    configurations: wholeRuns.rows,
    mutants: mutantTable.rows,
    survivors,
    rareLabels,
    ok: !interrupted && isClean && isWhole && survivors.length === 0 && rareLabels.size === 0,
    isPart: only !== undefined,
    interrupted,
  };
}

/** The same trial with so many seeds, from this one on. */
function planAgain(
  { mutant, inputs }: PlannedMutant,
  more: number,
  properties: readonly AnyProperty[],
  firstSeed: number,
): readonly PlannedMutant[] {
  return Array.from({ length: more }, (_, index) => firstSeed + index).flatMap((seed) =>
    planMutant(mutant, properties, seed, true).filter((planned) => planned.inputs === inputs),
  );
}

/** Does something with each, so many at a time, in their order. */
async function inParallel<T>(
  most: number,
  all: readonly T[],
  isOver: () => boolean,
  task: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isOver(); next = waiting.shift()) await task(next);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

async function runConfiguration(
  configuration: Configuration,
  options: SelfTestOptions,
  onFacts?: (facts: TargetFacts) => void,
): Promise<RunEnd> {
  try {
    return { ended: true, run: await playConfiguration(configuration, options, onFacts) };
  } catch (error) {
    if (!isConformError(error)) throw error;
    return { ended: false, reason: `${error.code}: ${error.message}` };
  }
}

async function playConfiguration(
  configuration: Configuration,
  options: SelfTestOptions,
  onFacts?: (facts: TargetFacts) => void,
): Promise<RunRecord> {
  const server = path.join(packageRoot(), 'dist/harness/servers/reference/server.js');
  const flags = [...configuration.flags, ...(configuration.tls ? ['--tls'] : [])];
  const target = await attachTarget({
    exec: [process.execPath, server, '--port', '{port}', ...flags].map(quoteForShell).join(' '),
    gracefulSignal: 'SIGTERM',
    transport: configuration.tls ? { tls: true, insecure: true, files: testClient } : {},
    metadata: [],
    claims: configuration.claims,
    schema: { proto: configuration.protos.map(protoFile), method: ['*'] },
    // A hang of a defect need not be waited for as long as a stranger's; a correct server, and one that is made to work hard, has all the time of an ordinary run.
    ...(configuration.expects.is === 'innocent' || worksHard(configuration) ? {} : { timeout: 2000 }),
    needs: [],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  onFacts?.(target.facts);
  const engineOptions: EngineOptions = {
    seed: configuration.seed,
    runs: configuration.runs,
    concurrency: 16,
    shrink: false,
    bail: false,
    strict: isStrict(configuration),
    watchClient: true,
  };
  let run: RunRecord | undefined;
  try {
    await runConformance({
      target,
      rows: options.rows,
      properties: configuration.properties,
      skipped: [],
      header: makeRunHeader({
        target,
        properties: configuration.properties,
        options: engineOptions,
        expected: expectedOf(configuration),
        commandLine: ['self-test', configuration.name],
      }),
      options: engineOptions,
      listener: (event) => {
        run = reduceRun(run, event);
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    await target.process?.stop();
  }
  return run!;
}

/** What a reference server that asks for client certificates lets in. */
const testClient: TlsFiles = { cert: readCertificate('client.pem'), key: readCertificate('client.key.pem') };

/** Whoever is innocent is not even warned of; a plain defect makes an ordinary run fail. */
const isStrict = ({ expects }: Configuration): boolean => expects.is !== 'finding';

/** What only a fixture promises gates where it is expected. */
const expectedOf = ({ expects }: Configuration): readonly ExpectedNeed[] =>
  expects.is === 'finding' && expects.isPromise
    ? (needsOf('tier-2') ?? []).map((need) => ({ need, word: 'tier-2' }))
    : [];

/** True when one property runs that disturbs the server: with volume, most of them. */
const worksHard = ({ properties, expects }: Configuration): boolean =>
  expects.is === 'kill' && !properties.every(isShared);

const quoteForShell = (word: string): string =>
  /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
