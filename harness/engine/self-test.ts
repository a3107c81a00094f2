import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { attachTarget } from '../launch/attach';
import { packageRoot, protoFile } from '../package-root';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { RunEvent } from '../report/events';
import type { PropertyRecord } from '../report/model';
import { defects } from '../servers/reference/defects';
import { variations } from '../servers/reference/variations';
import { KillTable, type KillRow } from './kill-table';
import { runConformance, type EngineOptions } from './run-conformance';
import { makeRunHeader } from './run-header';

/** Inputs per property on a correct server, where every alarm is false; and on a defect, where the search ends with the first failure. */
const defaultRuns = { clean: 25, variation: 8, defect: 100 } as const;

/** Configurations of the reference server that run at the same time: two per core, since each waits as much as it works. */
const parallel = 2 * availableParallelism();

export interface SelfTestOptions {
  readonly rows: readonly CatalogueRow[];
  readonly properties: readonly AnyProperty[];
  /** Seeds 1 to that number. */
  readonly seeds: number;
  /** Told after each configuration. */
  readonly onProgress?: (done: number, of: number, text: string) => void;
  readonly signal?: AbortSignal;
}

export interface SelfTestResult {
  readonly rows: readonly KillRow[];
  readonly variations: readonly string[];
  /** False when a defect survived or a correct server was accused. */
  readonly ok: boolean;
  readonly interrupted: boolean;
}

/** One way to start the reference server, and what is expected of the run. */
interface Configuration {
  readonly name: string;
  readonly flags: readonly string[];
  readonly tls: boolean;
  readonly seed: number;
  readonly properties: readonly AnyProperty[];
  readonly runs: number;
  /** The row whose defect is switched on; absent: the server is correct. */
  readonly defect?: string;
}

/**
 * Runs every property against the reference server: clean and under every legal variation it must pass, against its own defect it must fail by the right rule.
 * @throws ConformError when the reference server cannot be started.
 */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestResult> {
  const table = new KillTable(options.properties.map(({ id }) => id));
  const configurations = Array.from({ length: options.seeds }, (_, index) =>
    configure(options.properties, index + 1),
  ).flat();
  const waiting = [...configurations];
  // Every wait of every script listens for Ctrl-C: that many listeners are no leak.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const isAborted = (): boolean => options.signal?.aborted === true;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isAborted(); next = waiting.shift()) {
      const records = await runConfiguration(next, options);
      if (isAborted()) return;
      if (next.defect === undefined) table.noteAlarms(next, records);
      else table.noteKill(next.seed, next.defect, records);
      options.onProgress?.(++done, configurations.length, next.name);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const interrupted = isAborted();
  return { rows: table.rows, variations: Object.keys(variations), ok: !interrupted && table.isClean, interrupted };
}

function configure(properties: readonly AnyProperty[], seed: number): readonly Configuration[] {
  const plain = properties.filter(({ needs }) => needs?.includes('tls') !== true);
  const correct = (name: string, flags: readonly string[], runs: number, tls = false): Configuration => ({
    name,
    flags,
    tls,
    seed,
    runs,
    properties: tls ? properties : plain,
  });
  const faulty = properties.flatMap((property): Configuration[] => {
    if (!(property.id in defects)) return [];
    const tls = property.needs?.includes('tls') === true;
    return [
      {
        name: `defect ${property.id}`,
        flags: ['--defect', property.id],
        tls,
        seed,
        properties: [property],
        runs: defaultRuns.defect,
        defect: property.id,
      },
    ];
  });
  return [
    correct('clean', [], defaultRuns.clean),
    correct('clean over TLS', [], defaultRuns.variation, true),
    ...Object.keys(variations).map((name) =>
      correct(`variation ${name}`, ['--variation', name], defaultRuns.variation),
    ),
    ...faulty,
  ];
}

async function runConfiguration(
  configuration: Configuration,
  options: SelfTestOptions,
): Promise<readonly PropertyRecord[]> {
  const server = path.join(packageRoot(), 'dist/harness/servers/reference/server.js');
  const flags = [...configuration.flags, ...(configuration.tls ? ['--tls'] : [])];
  const target = await attachTarget({
    exec: [process.execPath, server, '--port', '{port}', ...flags].map(quoteForShell).join(' '),
    gracefulSignal: 'SIGTERM',
    transport: configuration.tls ? { tls: true, insecure: true } : {},
    metadata: [],
    // The service that stands for those of users; the reference server has no reflection.
    schema: { proto: [protoFile('examples/herbarium.proto')], method: ['*'] },
    // A hang of a defect need not be waited for as long as a stranger's; a correct server, and one that is made to work hard, has all the time of an ordinary run.
    ...(configuration.defect === undefined || worksHard(configuration) ? {} : { timeout: 2000 }),
    needs: [],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const engineOptions: EngineOptions = {
    seed: configuration.seed,
    runs: configuration.runs,
    concurrency: 16,
    shrink: false,
    bail: false,
    strict: true,
    watchClient: true,
  };
  const records = new Map<string, PropertyRecord>();
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
        commandLine: ['self-test', configuration.name],
      }),
      options: engineOptions,
      listener: (event: RunEvent) => {
        if (event.type === 'property-finished') records.set(event.property.id, event.property);
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    await target.process?.stop();
  }
  return [...records.values()];
}

/** True when the properties disturb the server: with volume, most of them. */
const worksHard = ({ properties }: Configuration): boolean =>
  properties.some(({ lane }) => lane !== undefined && lane !== 'shared');

const quoteForShell = (word: string): string =>
  /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
