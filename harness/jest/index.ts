import { ConformError, isConformError } from '../error';
import { loadCatalogue } from '../engine/catalogue-rows';
import { defaultEngineOptions } from '../engine/default-engine-options';
import { ConformanceSession, type EngineOptions } from '../engine/run-conformance';
import { makeRunHeader } from '../engine/run-header';
import { selectProperties } from '../engine/selectors';
import { attachTarget, type AttachOptions } from '../launch/attach';
import { readBaseline, type Baseline } from '../launch/baseline';
import { bundledTarget } from '../launch/bundled-target';
import type { Target } from '../launch/target';
import { areas } from '../properties/catalogue';
import type { PropertyRecord } from '../report/model';
import { makeRedactor, type Redactor } from '../report/redact-events';
import { outputDirectory } from '../report/output-directory';
import { gates } from '../report/summary';
import { describeFailure } from './describe-failure';

/** What `conformance` tests and how; names as on the command line. */
export interface ConformanceOptions {
  /**
   * `host:port`, `http://…`, `https://…` or `unix:/path`; a function is called when the tests start, for a server that chooses its port. Neither this nor
   * `exec`: the bundled server.
   */
  readonly target?: string | (() => string | Promise<string>);
  /** Command that starts the target; `{port}` or `$PORT` is where it listens. */
  readonly exec?: string;
  readonly gracefulSignal?: NodeJS.Signals;
  readonly transport?: AttachOptions['transport'];
  readonly authority?: string;
  /** Fields sent with every call. */
  readonly metadata?: AttachOptions['metadata'];
  /** Globs of your own methods that may be called, `pkg.Service/Method` or `*`; none when absent. */
  readonly method?: readonly string[];
  /** Globs of those that may be called again with the same request. */
  readonly idempotent?: readonly string[];
  /** Files that describe them; without any, the target is asked by server reflection. */
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
  readonly protoset?: readonly string[];
  readonly messageLimit?: number;
  /** Milliseconds for an answer. */
  readonly timeout?: number;
  /** Ids, prefixes or globs; everything when absent. */
  readonly selectors?: readonly string[];
  readonly skip?: readonly string[];
  readonly baseline?: string;
  /** Inputs per property. @defaultValue 100 */
  readonly runs?: number;
  /** @defaultValue 1, so that a red test is about the change */
  readonly seed?: number;
  readonly concurrency?: number;
  /** Warnings fail tests, too. */
  readonly strict?: boolean;
  /** Folder for run.json, index.html and the failure files; none is written when absent. */
  readonly out?: string;
  /** Milliseconds that one property may take. @defaultValue 120000 */
  readonly testTimeout?: number;
}

/** jest's own functions, taken from its globals so that nothing of jest has to be installed for the rest of the package. */
interface JestGlobals {
  readonly describe: (name: string, define: () => void) => void;
  readonly test: (name: string, run: () => Promise<void>, timeout: number) => void;
  readonly beforeAll: (run: () => Promise<void>, timeout: number) => void;
  readonly afterAll: (run: () => Promise<void>, timeout: number) => void;
}

const defaultTestTimeout = 120_000;

/**
 * Declares one jest test per property, in a `describe` per area, on the same engine as the command line: same inputs, same verdicts, same report.
 * A property that cannot be tested passes; the report says why.
 */
export function conformance(options: ConformanceOptions = {}): void {
  const jest = globalThis as unknown as JestGlobals;
  const { suites, rows } = loadCatalogue();
  const { properties, skipped } = selectProperties(rows, suites, {
    selectors: options.selectors ?? [],
    skip: options.skip ?? [],
    level: [],
    suite: [],
  });
  const strict = options.strict ?? false;
  const timeout = options.testTimeout ?? defaultTestTimeout;
  const redactor = makeRedactor(options.metadata ?? []);
  let target: Target | undefined;
  let session: ConformanceSession | undefined;

  jest.beforeAll(async () => {
    const baseline = loadBaseline(options, (id) => rows.some((row) => row.id === id));
    const address = typeof options.target === 'function' ? await options.target() : options.target;
    target = await attachTarget({
      ...options,
      target: address,
      transport: options.transport ?? {},
      metadata: options.metadata ?? [],
      schema: {
        method: options.method,
        idempotent: options.idempotent,
        proto: options.proto,
        importPath: options.importPath,
        protoset: options.protoset,
      },
      needs: properties.map(({ needs }) => needs ?? []),
    }).catch((error: unknown) => {
      if (!isConformError(error)) throw error;
      // Without the cause, which nobody has looked through for secrets.
      throw new ConformError(error.code, redactor.text(error.message));
    });
    const engineOptions: EngineOptions = {
      seed: options.seed ?? 1,
      runs: options.runs ?? defaultEngineOptions.runs,
      concurrency: options.concurrency ?? defaultEngineOptions.concurrency,
      shrink: true,
      bail: false,
      strict,
    };
    const write = options.out === undefined ? undefined : outputDirectory({ directory: options.out });
    session = new ConformanceSession({
      target,
      rows,
      properties,
      skipped,
      header: makeRunHeader({ target, properties, options: engineOptions, baseline, commandLine: ['jest'] }),
      options: engineOptions,
      ...(baseline === undefined ? {} : { baseline }),
      listener: (event) => write?.(redactor.event(event)),
    });
    await session.start();
  }, timeout);

  jest.afterAll(async () => {
    session?.finish();
    await target?.process?.stop();
  }, timeout);

  const requireSession = (): ConformanceSession => {
    if (session === undefined) throw new Error('The target could not be attached; see the error of beforeAll.');
    return session;
  };

  for (const [area, name] of Object.entries(areas)) {
    const own = properties.filter(({ id }) => id.startsWith(`${area}-`));
    if (own.length === 0) continue;
    jest.describe(name, () => {
      for (const property of own) {
        jest.test(
          property.id,
          async () => failOn([await requireSession().runOne(property)], strict, redactor),
          timeout,
        );
      }
    });
  }

  jest.describe('Rules on every call and connection', () => {
    jest.test(
      'no property broke the rule of another row, and the baseline lists nothing that holds',
      async () => failOn(await requireSession().settle(), strict, redactor),
      timeout,
    );
  });
}

function loadBaseline(options: ConformanceOptions, isKnownId: (id: string) => boolean): Baseline | undefined {
  const isBundled = options.target === undefined && options.exec === undefined;
  const file = options.baseline ?? (isBundled ? bundledTarget().baselineFile : undefined);
  return file === undefined ? undefined : readBaseline(file, { isKnownId });
}

/** Fails the test for what would fail the run, and for what could not be judged. */
function failOn(records: readonly PropertyRecord[], strict: boolean, redactor: Redactor): void {
  const bad = records.filter((record) => gates(record, strict) || record.verdict === 'error');
  if (bad.length > 0) throw new Error(redactor.text(bad.map(describeFailure).join('\n\n')));
}
