import { ConformError, isConformError } from '../error';
import { loadCatalogue } from '../engine/catalogue-rows';
import { defaultEngineOptions } from '../engine/default-engine-options';
import { ConformanceSession, type EngineOptions } from '../engine/run-conformance';
import { describeLost, type ExpectedNeed } from '../engine/lost';
import { makeRunHeader } from '../engine/run-header';
import { selectProperties } from '../engine/selectors';
import { attachTarget } from '../launch/attach';
import { readBaseline } from '../launch/baseline';
import { loadBaselines } from '../launch/baseline-layers';
import type { Baseline } from '../report/baseline-entries';
import { bundledName, bundledTarget } from '../launch/bundled-target';
import type { Target } from '../launch/target';
import { knownIds } from '../properties/catalogue';
import { areaOf, areas } from '../catalogue';
import { needsOf } from '../facts/need';
import { describeAgainst, describeTestable } from '../report/describe-target';
import type { PropertyRecord, RunRecord } from '../report/model';
import { makeRedactor, type Redactor } from '../report/redact-events';
import { openOutputDirectory, type OutputDirectory } from '../report/output-directory';
import { printable } from '../report/printable';
import { reduceRun } from '../report/run-model';
import { gates } from '../report/summary';
import { describeFailure, type Further } from './describe-failure';
import { describeFurther, describeOutcome } from './describe-outcome';
import { checkOptions, type ConformanceOptions } from './options';
import { resolveAddress } from './resolve-address';

export type { ConformanceOptions } from './options';

/** jest's own functions, taken from its globals so that nothing of jest has to be installed for the rest of the package. */
interface JestGlobals {
  readonly describe: (name: string, define: () => void) => void;
  readonly test: (name: string, run: () => Promise<void>, timeout: number) => void;
  readonly beforeAll: (run: () => Promise<void>, timeout: number) => void;
  readonly afterAll: (run: () => Promise<void>, timeout: number) => void;
  /** What is said here stands in jest's report, with the test file. */
  readonly console: Pick<Console, 'info'>;
}

const defaultTestTimeout = 120_000;
/** How long jest waits for a hook of ours beyond what we take for it, so that it is our sentence that is read. Milliseconds. */
const hookGrace = 20_000;

/**
 * Declares one jest test per property, in a `describe` per area, on the same engine as the command line: same inputs, same verdicts, same report.
 * The first test says, in a line of the console, against whom, and fails when nothing can be tested there. A property that cannot be tested passes, since jest
 * knows no other end of a test that has begun; the console says at the end how many these are, and what warnings there were.
 *
 * @throws ConformError ERR_USAGE for an option that is unknown or not what it must be, and when no server is named.
 */
export function conformance(given: ConformanceOptions): void {
  const { options, rows, named, properties, skipped } = asCaller(() => {
    const checked = checkOptions(given);
    const { selectors = [], skip = [], baseline: files, suites: own = [] } = checked;
    const loaded = loadCatalogue(own.map((suite, index) => ({ suite, from: `suites[${index}]` })));
    return {
      options: checked,
      rows: loaded.rows,
      // A file that is not there is one error of the test file, not one for each test.
      named:
        files === undefined
          ? undefined
          : loadBaselines({ files: [files].flat() }, { isKnownId: knownIds(loaded.rows) }).together,
      ...selectProperties(loaded.rows, loaded.suites, { selectors, skip, level: [], suite: [] }),
    };
  });
  const jest = globalThis as unknown as JestGlobals;
  const strict = options.strict ?? false;
  const timeout = options.testTimeout ?? defaultTestTimeout;
  const redactor = makeRedactor(options.metadata ?? []);
  let target: Target | undefined;
  let session: ConformanceSession | undefined;
  let files: OutputDirectory | undefined;
  let trouble: Error | undefined;
  /** What the run has come to so far, without secrets. */
  let record: RunRecord | undefined;
  const further: Further = (id, finding) => describeFurther(record, id, finding, options.out);

  const prepare = async (): Promise<void> => {
    const address = await resolveAddress(options.target, options.connectTimeout);
    const baseline = named ?? bundledBaseline(address, knownIds(rows));
    files = options.out === undefined ? undefined : openOutputDirectory({ directory: options.out });
    target = await attachWithin(
      timeout,
      options,
      address,
      properties.map(({ needs }) => needs ?? []),
    );
    const engineOptions: EngineOptions = {
      seed: options.seed ?? 1,
      runs: options.runs ?? defaultEngineOptions.runs,
      concurrency: options.concurrency ?? defaultEngineOptions.concurrency,
      shrink: true,
      bail: false,
      strict,
    };
    const started = new ConformanceSession({
      target,
      rows,
      properties,
      skipped,
      header: makeRunHeader({
        target,
        properties,
        options: engineOptions,
        baseline,
        expected: expectedNeeds(options.expect ?? []),
        commandLine: ['jest'],
      }),
      options: engineOptions,
      ...(baseline === undefined ? {} : { baseline }),
      listener: (whole) => {
        const event = redactor.event(whole);
        files?.listener(event);
        record = reduceRun(record, event);
      },
    });
    await started.start();
    session = started;
  };

  // What goes wrong here is kept, and fails every test with its own sentence, whatever the runner makes of a hook that throws.
  jest.beforeAll(async () => {
    await prepare().catch((error: unknown) => {
      trouble = hideSecrets(error, redactor);
    });
  }, timeout + hookGrace);

  jest.afterAll(async () => {
    await session?.endTarget();
    session?.finish();
    if (record !== undefined) jest.console.info(describeOutcome(record, options.out).join('\n'));
    await target?.process?.stop();
    files?.close();
    const missing = files?.missing();
    if (missing !== undefined) throw hideSecrets(missing, redactor);
  }, timeout);

  const required = <T>(part: T | undefined): T => {
    if (part !== undefined && trouble === undefined) return part;
    throw trouble ?? new Error('The target was not attached: beforeAll of conformance() did not run.');
  };

  jest.describe('Target', () => {
    jest.test(
      `${redactor.text(nameTarget(options))} can be tested`,
      async () => sayAgainst(required(target), properties.length, redactor, jest.console),
      timeout,
    );
  });

  for (const [area, name] of Object.entries(areas)) {
    const own = properties.filter(({ id }) => areaOf(id) === area);
    if (own.length === 0) continue;
    jest.describe(name, () => {
      for (const property of own) {
        jest.test(
          property.id,
          async () => failOn([await required(session).runOne(property)], strict, redactor, further),
          timeout,
        );
      }
    });
  }

  jest.describe('Rules on every call and connection', () => {
    jest.test(
      'no property broke the rule of another row, and the baseline lists nothing that holds',
      async () => {
        const started = required(session);
        failOn(await started.settle(), strict, redactor, further);
        if (started.lost.length > 0) throw new Error(redactor.text(describeLost(started.lost)));
      },
      timeout,
    );
  });
}

/** The capabilities that words of `expect` stand for. */
const expectedNeeds = (words: readonly string[]): readonly ExpectedNeed[] =>
  words.flatMap((word) => (needsOf(word) ?? []).map((need) => ({ need, word })));

/** What is wrong with a test file is shown at its line, not at ours. */
function asCaller<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (isConformError(error)) Error.captureStackTrace(error, conformance);
    throw error;
  }
}

/** Says against whom the tests run. @throws Error when none of them can test anything there. */
function sayAgainst({ record }: Target, selected: number, redactor: Redactor, console: JestGlobals['console']): void {
  const line = redactor.text(`${describeAgainst(record)}: ${describeTestable(record, selected)}`);
  console.info(`grpc-conform ${line}`);
  if (record.testable === 0)
    throw new Error(`nothing can be tested ${line}; "npx grpc-conform probe" says what would unlock more`);
}

/** The target as far as it is known before the tests start. */
function nameTarget({ target, exec }: ConformanceOptions): string {
  if (exec !== undefined) return printable(`the server that ${exec} starts`);
  if (typeof target === 'function') return 'the server that the target function names';
  return target === bundledName ? bundledTarget().name : printable(target ?? '');
}

/** Attaches the target, and gives up before jest does. @throws ConformError as {@link attachTarget} does; ERR_TARGET_NOT_READY when it takes too long. */
async function attachWithin(
  timeout: number,
  options: ConformanceOptions,
  address: string | undefined,
  needs: Parameters<typeof attachTarget>[0]['needs'],
): Promise<Target> {
  const { exec, gracefulSignal, hostile, transport = {}, authority, metadata = [], connectTimeout } = options;
  const { messageLimit, headerLimit, maxStreams, method, idempotent, proto, importPath, protoset } = options;
  const { keepaliveTime, keepaliveTimeout, maxAge, maxAgeGrace, maxIdle } = options;
  // The target keeps the signal for its restarts, so it must not go off once the target is attached.
  const tooLong = new AbortController();
  const { signal } = tooLong;
  const timer = setTimeout(() => tooLong.abort(), timeout);
  try {
    return await attachTarget({
      target: address,
      exec,
      gracefulSignal,
      hostile,
      transport,
      authority,
      metadata,
      messageLimit,
      headerLimit,
      maxStreams,
      claims: { keepaliveTime, keepaliveTimeout, maxAge, maxAgeGrace, maxIdle },
      timeout: options.timeout,
      connectTimeout,
      schema: { method, idempotent, proto, importPath, protoset },
      needs,
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ConformError(
      'ERR_TARGET_NOT_READY',
      `finding out what ${nameTarget(options)} offers took longer than ${timeout} ms: raise testTimeout`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** An error that may be shown: without the cause, which nobody has looked through for secrets, and without the place in our code, where nothing is wrong. */
function hideSecrets(error: unknown, redactor: Redactor): Error {
  if (isConformError(error)) {
    const shown = new ConformError(error.code, redactor.text(error.message));
    shown.stack = `${shown.name}: ${shown.message}`;
    return shown;
  }
  return error instanceof Error ? error : new Error(redactor.text(String(error)));
}

/** The one that comes along with the bundled server; nothing for any other. */
const bundledBaseline = (address: string | undefined, isKnownId: (id: string) => boolean): Baseline | undefined =>
  address === bundledName ? readBaseline(bundledTarget().baselineFile, { isKnownId }) : undefined;

/** Fails the test for what would fail the run, and for what could not be judged. */
function failOn(records: readonly PropertyRecord[], strict: boolean, redactor: Redactor, further: Further): void {
  const bad = records.filter((record) => gates(record, strict) || record.verdict === 'error');
  if (bad.length > 0)
    throw new Error(redactor.text(bad.map((record) => describeFailure(record, further)).join('\n\n')));
}
