import { ConformError, exitCodes, isConformError } from '../error';
import { runConformance, type ConformanceRun, type EngineOptions } from '../engine/run-conformance';
import { makeRunHeader } from '../engine/run-header';
import { defaultEngineOptions, timeBudgetFor } from '../engine/default-engine-options';
import { estimateRun } from '../engine/estimate-run';
import { checkBaselineWritable, writeBaseline } from '../launch/baseline';
import { loadBaselines, type LoadedBaselines } from '../launch/baseline-layers';
import { findingsForLast, keyOf, updateEntries } from '../report/baseline-entries';
import { bundledName, bundledTarget } from '../launch/bundled-target';
import { describeStrays } from '../launch/reach/marked-processes';
import type { Target } from '../launch/target';
import { knownIds } from '../properties/catalogue';
import { makeRedactor } from '../report/redact-events';
import type { RunEvent, RunListener } from '../report/events';
import type { PropertyRecord, RunHeader, TargetRecord } from '../report/model';
import { openOutputDirectory, type OutputDirectory } from '../report/output-directory';
import { defaultOutputDirectory } from '../report/output-files';
import { printable, shortPrintable } from '../report/printable';
import { describeDuration } from '../report/summary';
import { attachNamedOrBundled } from './attach-named-or-bundled';
import { attachOptions } from './attach-options';
import type { CliContext } from './context';
import { openRunCorpus, type RunCorpus } from './corpus-of-run';
import { onFault } from './faults';
import { observedFindings, offersOf } from './baseline-of-run';
import { executedOf, findOutdated, settledBy } from '../report/conclude';
import { showCommandLine } from './given-secrets';
import { readLastFailed } from './last-failed';
import { loadCatalogueWith } from './load-suites';
import { listenForInterruption, withSignalsOfTheSystem } from './interruption';
import { openConsole } from './open-console';
import { readEarlierRun } from './earlier-run';
import { describeChange } from '../report/compare/describe-change';
import { chooseSeed } from './seed';
import { selectProperties } from '../engine/selectors';
import type { Settings } from './setting-specs';

/**
 * `grpc-conform run`: selects, attaches, runs, reports.
 *
 * @param given which settings were given, and where; for the report.
 * @returns the exit code.
 * @throws ConformError for what is wrong on our side of the wire, or with reaching the target.
 */
export async function run(
  selectors: readonly string[],
  settings: Settings,
  context: CliContext,
  given: RunHeader['given'] = {},
): Promise<number> {
  if (settings.quick === true && settings.deep === true)
    throw new ConformError('ERR_USAGE', '--quick makes a run shorter and --deep longer: give one of them');
  if (settings.shard !== undefined && settings.updateBaseline === true)
    throw new ConformError(
      'ERR_USAGE',
      '--update-baseline needs a whole run: merge the shards, then call baseline update',
    );
  const directory = settings.out ?? defaultOutputDirectory;
  const last = settings.lastFailed === true ? readLastFailed(directory, settings.strict === true) : undefined;
  const { suites, rows } = await loadCatalogueWith(settings);
  const selected = selectProperties(rows, suites, {
    selectors,
    skip: settings.skip ?? [],
    level: settings.level ?? [],
    suite: settings.suite ?? [],
    quick: settings.quick === true,
    ...(last !== undefined && { lastFailed: last.ids }),
    ...(settings.shard !== undefined && { shard: settings.shard }),
  });
  const isKnownId = knownIds(rows);
  const baselines = loadBaselinesOf(settings, isKnownId);
  const baseline = baselines.together;
  // Before its folder is written again: the earlier run may lie there.
  const earlier = settings.previous === undefined ? undefined : readEarlierRun(settings.previous);
  const chosen = new Set(selected.properties.map(({ id }) => id));
  const corpus =
    settings.corpus === undefined
      ? undefined
      : openRunCorpus(settings.corpus, settings.header ?? [], (id) => chosen.has(id));
  // Nothing is started yet, and the file system may be one that hangs.
  const files = await withSignalsOfTheSystem(() =>
    openOutputDirectory({ directory, ...(earlier !== undefined && { earlier }) }),
  );
  const interruption = listenForInterruption(context);
  const warnings: string[] = [...(corpus?.problems ?? [])];
  const started = performance.now();
  let target: Target | undefined;
  let isOver = false;
  try {
    const attached = await attachNamedOrBundled({
      ...attachOptions(settings, selected.properties, interruption.signal),
      onWarning: (text) => warnings.push(text),
    });
    target = attached;
    const options = engineOptions(settings, chooseSeed(settings.seed ?? last?.seed, context.environment));
    if (settings.deep === true) {
      const { concurrency, runs } = options;
      const { inputs, milliseconds } = estimateRun(selected.properties, {
        runs,
        concurrency,
        roundTrip: target.facts.roundTrip,
      });
      context.stderr.write(
        `grpc-conform: --deep: about ${inputs.toLocaleString('en')} inputs, which take about ${describeDuration(milliseconds)} where the server is healthy and two cores are free\n`,
      );
    }
    const commandLine = ['grpc-conform', ...showCommandLine(context.commandLine)];
    const header = makeRunHeader({
      target,
      properties: selected.properties,
      options,
      baseline,
      expected: settings.expect ?? [],
      shard: settings.shard,
      given,
      corpus: settings.corpus,
      commandLine,
    });
    const properties = new Map<string, PropertyRecord>();
    const listener = makeListener(settings, context, files, warnings, properties, corpus);
    const update = (): boolean =>
      updateBaselineFile(
        settings,
        baselines,
        [...properties.values()],
        attached.record,
        rows.map(({ id }) => id),
        context,
      );
    const { exitCode, reason } = await runToTheEnd(listener, settings.updateBaseline === true ? update : undefined, {
      target,
      rows,
      properties: selected.properties,
      skipped: selected.skipped,
      header,
      options,
      ...(baseline === undefined ? {} : { baseline }),
      ...(corpus === undefined ? {} : { corpus }),
      signal: interruption.signal,
      started,
    });
    isOver = true;
    if (corpus !== undefined) context.stderr.write(`grpc-conform: ${corpus.describe()}\n`);
    interruption.conclude(exitCode);
    const change = files.change();
    if (change !== undefined) context.stderr.write(`grpc-conform: ${printable(describeChange(change))}\n`);
    if (exitCode === exitCodes.usage) throw new ConformError('ERR_NOTHING_EXECUTED', reason ?? 'nothing was judged');
    return withFiles(exitCode, files, context);
  } catch (error) {
    // Whatever went wrong while we were being interrupted went wrong because of that.
    if (interruption.signal.aborted && !isOver) return exitCodes.interrupted;
    throw error;
  } finally {
    await target?.process?.stop();
    // Those that were found in time are in the report.
    const strays = target?.process?.takeStrays() ?? [];
    if (strays.length > 0) context.stderr.write(`grpc-conform: ${describeStrays(strays)}\n`);
    files.close();
    interruption.release();
  }
}

/** The exit code of a run whose files may be missing: a verdict stays what it is. @throws ConformError ERR_OUTPUT when there is nothing else to tell */
export function withFiles(exitCode: number, files: OutputDirectory, { stderr }: CliContext): number {
  const missing = files.missing();
  if (missing === undefined) return exitCode;
  if (exitCode === exitCodes.conformant) throw missing;
  stderr.write(`grpc-conform: ${printable(missing.message)} [${missing.code}]\n`);
  return exitCode;
}

/**
 * Runs the engine. When that breaks, the report is finished all the same; what the target does afterwards, when we stop it, is not part of the run.
 *
 * @param update writes what was found into the baseline, so that it fails no run, and says whether it then does; not done for an interrupted run, or one that judged
 * nothing.
 */
async function runToTheEnd(
  listener: RunListener,
  update: (() => boolean) | undefined,
  conformanceRun: Omit<ConformanceRun, 'listener'>,
): Promise<{ readonly exitCode: number; readonly reason?: string }> {
  const started = performance.now();
  let end: { readonly exitCode: number; readonly reason?: string } = { exitCode: exitCodes.internal };
  let isOver = false;
  const tell: RunListener = (event) => {
    if (!isOver) listener(event);
    if (event.type !== 'run-finished') return;
    isOver = true;
    end = event;
  };
  const breakOff = (why: string, exitCode: number): void =>
    tell({
      type: 'run-finished',
      status: 'incomplete',
      verdict: 'error',
      reason: why,
      exitCode,
      milliseconds: performance.now() - started,
    });
  const finish: RunListener = (event) => {
    if (event.type !== 'run-finished' || update === undefined) return tell(event);
    if (event.exitCode === exitCodes.interrupted || event.exitCode === exitCodes.usage) return tell(event);
    const isListed = update();
    const becomesConformant = isListed && event.exitCode === exitCodes.findings;
    tell({ ...event, exitCode: becomesConformant ? exitCodes.conformant : event.exitCode });
  };
  const forget = onFault((error) => breakOff(describeFault(error), exitCodes.internal));
  try {
    await runConformance({ ...conformanceRun, listener: finish });
    return end;
  } catch (error) {
    if (isConformError(error)) breakOff(error.message, error.exitCode);
    else breakOff(describeFault(error), exitCodes.internal);
    throw error;
  } finally {
    forget();
    isOver = true;
  }
}

const describeFault = (error: unknown): string => `a fault of grpc-conform ended the run: ${String(error)}`;

/** The files named; for the bundled target, the one that comes with it. */
function baselineFilesOf(settings: Settings): readonly string[] {
  if (settings.baseline !== undefined) return settings.baseline;
  return (settings.target ?? bundledName) === bundledName && settings.exec === undefined
    ? [bundledTarget().baselineFile]
    : [];
}

function loadBaselinesOf(settings: Settings, isKnownId: (id: string) => boolean): LoadedBaselines {
  const files = baselineFilesOf(settings);
  const lastMayBeNew = settings.updateBaseline === true;
  if (lastMayBeNew && files.length === 0)
    throw new ConformError('ERR_USAGE', '--update-baseline needs --baseline: name the file to write');
  const loaded = loadBaselines({ files, knownOf: settings.knownOf ?? [], lastMayBeNew }, { isKnownId });
  if (lastMayBeNew) checkBaselineWritable(files.at(-1) ?? '');
  return loaded;
}

/**
 * Writes the last baseline file; the others stay as they are.
 * @returns false when one of those lists what no longer happens, or no longer may.
 */
function updateBaselineFile(
  settings: Settings,
  { last, below }: LoadedBaselines,
  properties: readonly PropertyRecord[],
  target: TargetRecord,
  order: readonly string[],
  context: CliContext,
): boolean {
  const file = baselineFilesOf(settings).at(-1) ?? '';
  const now = new Date();
  const isQuick = settings.quick === true;
  const before = last?.entries ?? [];
  const findings = findingsForLast(observedFindings(properties, settings.strict === true), below, before, now);
  const entries = updateEntries(before, settledBy(properties, isQuick), findings, order);
  writeBaseline(file, { ...last, entries, offers: offersOf({ target }) });
  context.stderr.write(
    `grpc-conform: ${shortPrintable(file)} now lists ${entries.length} (before: ${before.length}); give each new entry its reason\n`,
  );
  const written = new Set(entries.map(keyOf));
  const { stale, expired } = findOutdated(properties, { executed: executedOf(properties), isQuick }, below, now);
  const wasTold = (wanted: string): boolean =>
    properties.some(({ id, verdict }) => id === wanted && verdict === 'stale');
  const left = [...stale, ...expired].filter((entry) => !written.has(keyOf(entry)) && wasTold(entry.id));
  for (const { id, from = below?.file ?? '' } of left)
    context.stderr.write(
      `grpc-conform: ${shortPrintable(from)} lists ${shortPrintable(id)} in vain, and is not written: take the entry out, or renew it\n`,
    );
  return left.length === 0;
}

/** What `--quick` and `--deep` make of the inputs per property. */
const factors = { quick: 0.1, deep: 10 } as const;

function engineOptions(settings: Settings, seed: number): EngineOptions {
  const factor = settings.quick === true ? factors.quick : settings.deep === true ? factors.deep : 1;
  const runs = Math.max(1, Math.round((settings.runs ?? defaultEngineOptions.runs) * factor));
  return {
    seed,
    runs,
    ...(settings.quick === true ? { quick: true } : {}),
    concurrency: settings.concurrency ?? defaultEngineOptions.concurrency,
    ...(settings.rate === undefined ? {} : { rate: settings.rate }),
    shrink: settings.shrink ?? true,
    bail: settings.bail ?? false,
    strict: settings.strict ?? false,
    timeBudgetMs: settings.timeBudget ?? timeBudgetFor(runs),
    ...(settings.maxFailures === undefined ? {} : { maxFailures: settings.maxFailures }),
  };
}

/** Files first: when they cannot be written, nothing is played. Warnings from before the run come after its header. */
function makeListener(
  settings: Settings,
  context: CliContext,
  files: OutputDirectory,
  warnings: readonly string[],
  properties: Map<string, PropertyRecord>,
  corpus: RunCorpus | undefined,
): RunListener {
  const printed = openConsole(context, {
    directory: settings.out ?? defaultOutputDirectory,
    ...(settings.reporter !== undefined && { reporter: settings.reporter }),
    ...(settings.verbose !== undefined && { verbosity: settings.verbose }),
  });
  const redactor = makeRedactor(settings.header ?? []);
  const tell = (whole: RunEvent): void => {
    const event = redactor.event(whole);
    files.listener(event);
    printed(event);
    if (event.type === 'property-finished') properties.set(event.property.id, event.property);
    const trouble = corpus?.listener(event);
    if (trouble !== undefined) tell({ type: 'warning', text: `A failure is not in the corpus: ${trouble}` });
  };
  let isTold = false;
  return (event) => {
    tell(event);
    if (event.type === 'run-started') for (const text of warnings) tell({ type: 'warning', text });
    const missing = files.missing();
    if (missing === undefined || isTold || event.type === 'run-finished') return;
    isTold = true;
    tell({ type: 'warning', text: `${missing.message} The run goes on, and it is tried again until the end.` });
  };
}
