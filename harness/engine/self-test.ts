import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { isConformError } from '../error';
import { attachTarget } from '../launch/attach';
import { packageRoot, protoFile } from '../package-root';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { RunRecord } from '../report/model';
import { needsOf } from '../properties/need';
import { reduceRun } from '../report/run-model';
import { ConfigurationTable, type ConfigurationRow, type RunEnd } from './configuration-table';
import { KillTable, type KillRow } from './kill-table';
import { runConformance, type EngineOptions } from './run-conformance';
import type { ExpectedNeed } from './lost';
import { makeRunHeader } from './run-header';
import { planSelfTest, type Configuration, type SelfTestParts } from './self-test-plan';

/** Configurations of the reference server that run at the same time: two per core, since each waits as much as it works. */
const parallel = 2 * availableParallelism();

export interface SelfTestOptions {
  readonly rows: readonly CatalogueRow[];
  readonly properties: readonly AnyProperty[];
  readonly seeds: readonly number[];
  readonly parts: SelfTestParts;
  /** Only configurations whose name holds this text, and the plain server; all when absent. */
  readonly only?: string;
  /** Told after each configuration. */
  readonly onProgress?: (done: number, of: number, text: string) => void;
  readonly signal?: AbortSignal;
}

export interface SelfTestResult {
  readonly rows: readonly KillRow[];
  readonly configurations: readonly ConfigurationRow[];
  /** False when a defect survived, a correct server was accused, or a run did not end as it should. */
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** True when not all servers were asked for: most rows have no defect among them. */
  readonly isPart: boolean;
}

/**
 * Runs the properties against the reference server: clean and under legal variations each must pass, against its own defect it must fail by the right
 * rule, and a server that breaks the plainest calls must be named by the first findings of a whole run.
 */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestResult> {
  const { properties, seeds, parts, only } = options;
  const table = new KillTable(properties.map(({ id }) => id));
  const configurations = seeds
    .flatMap((seed) => planSelfTest(properties, seed, parts))
    .filter(({ name }) => only === undefined || name === 'clean' || name.includes(only));
  const wholeRuns = new ConfigurationTable(configurations);
  const waiting = [...configurations];
  // Every wait of every script listens for Ctrl-C: that many listeners are no leak.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const isAborted = (): boolean => options.signal?.aborted === true;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isAborted(); next = waiting.shift()) {
      const end = await runConfiguration(next, options);
      if (isAborted()) return;
      const records = end.ended ? end.run.properties : [];
      if (next.expects.is === 'innocent') table.noteAlarms(next, records);
      if (next.expects.is === 'kill') table.noteKill(next.seed, next.expects.row, records);
      wholeRuns.note(next, end);
      options.onProgress?.(++done, configurations.length, next.name);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const interrupted = isAborted();
  const isWhole = wholeRuns.rows.every(({ complaints }) => complaints.length === 0);
  const isClean = only === undefined ? table.isClean : table.accusedNobody;
  return {
    rows: table.rows,
    configurations: wholeRuns.rows,
    ok: !interrupted && isClean && isWhole,
    isPart: only !== undefined,
    interrupted,
  };
}

async function runConfiguration(configuration: Configuration, options: SelfTestOptions): Promise<RunEnd> {
  try {
    return { ended: true, run: await playConfiguration(configuration, options) };
  } catch (error) {
    if (!isConformError(error)) throw error;
    return { ended: false, reason: `${error.code}: ${error.message}` };
  }
}

async function playConfiguration(configuration: Configuration, options: SelfTestOptions): Promise<RunRecord> {
  const server = path.join(packageRoot(), 'dist/harness/servers/reference/server.js');
  const flags = [...configuration.flags, ...(configuration.tls ? ['--tls'] : [])];
  const target = await attachTarget({
    exec: [process.execPath, server, '--port', '{port}', ...flags].map(quoteForShell).join(' '),
    gracefulSignal: 'SIGTERM',
    transport: configuration.tls ? { tls: true, insecure: true } : {},
    metadata: [],
    schema: { proto: configuration.protos.map(protoFile), method: ['*'] },
    // A hang of a defect need not be waited for as long as a stranger's; a correct server, and one that is made to work hard, has all the time of an ordinary run.
    ...(configuration.expects.is === 'innocent' || worksHard(configuration) ? {} : { timeout: 2000 }),
    needs: [],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
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

/** Whoever is innocent is not even warned of; a plain defect makes an ordinary run fail. */
const isStrict = ({ expects }: Configuration): boolean => expects.is !== 'finding';

/** What only a fixture promises gates where it is expected. */
const expectedOf = ({ expects }: Configuration): readonly ExpectedNeed[] =>
  expects.is === 'finding' && expects.isPromise
    ? (needsOf('tier-2') ?? []).map((need) => ({ need, word: 'tier-2' }))
    : [];

/** True when one property runs that disturbs the server: with volume, most of them. */
const worksHard = ({ properties, expects }: Configuration): boolean =>
  expects.is === 'kill' && properties.some(({ lane }) => lane !== undefined && lane !== 'shared');

const quoteForShell = (word: string): string =>
  /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
