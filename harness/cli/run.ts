import { existsSync } from 'node:fs';
import { ConformError, exitCodes, isConformError } from '../error';
import { runConformance, type ConformanceRun, type EngineOptions } from '../engine/run-conformance';
import { makeRunHeader } from '../engine/run-header';
import { defaultEngineOptions, timeBudgetFor } from '../engine/default-engine-options';
import { readBaseline, updateEntries, writeBaseline, type Baseline, type BaselineCandidate } from '../launch/baseline';
import { bundledName, bundledTarget } from '../launch/bundled-target';
import { describeStrays } from '../launch/marked-processes';
import type { Target } from '../launch/target';
import { createConsole, wantsColor } from '../report/console';
import { makeRedactor } from '../report/redact-events';
import type { RunEvent, RunListener } from '../report/events';
import type { PropertyRecord, TargetRecord } from '../report/model';
import { outputDirectory } from '../report/output-directory';
import { attachNamedOrBundled } from './attach-named-or-bundled';
import { attachOptions } from './attach-options';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CliContext } from './context';
import { observedFindings, offersOf, wasExecuted } from './baseline-of-run';
import { showCommandLine } from './given-secrets';
import { listenForInterruption } from './interruption';
import { chooseSeed, isContinuousIntegration } from './seed';
import { selectProperties } from '../engine/selectors';
import type { ReporterName, Settings } from './settings';

export const defaultOutputDirectory = 'grpc-conform-report';

/**
 * `grpc-conform run`: selects, attaches, runs, reports.
 *
 * @returns the exit code.
 * @throws ConformError for what is wrong on our side of the wire, or with reaching the target.
 */
export async function run(selectors: readonly string[], settings: Settings, context: CliContext): Promise<number> {
  const { suites, rows } = loadCatalogue();
  const selected = selectProperties(rows, suites, {
    selectors,
    skip: settings.skip ?? [],
    level: settings.level ?? [],
    suite: settings.suite ?? [],
  });
  const isKnownId = (id: string): boolean => rows.some((row) => row.id === id);
  const baseline = loadBaseline(settings, isKnownId);
  const interruption = listenForInterruption(context);
  const warnings: string[] = [];
  const started = performance.now();
  let target: Target | undefined;
  try {
    target = await attachNamedOrBundled({
      ...attachOptions(settings, selected.properties, interruption.signal),
      onWarning: (text) => warnings.push(text),
    });
    const options = engineOptions(settings, chooseSeed(settings.seed, context.environment));
    const commandLine = ['grpc-conform', ...showCommandLine(context.commandLine)];
    const header = makeRunHeader({
      target,
      properties: selected.properties,
      options,
      baseline,
      expected: settings.expect ?? [],
      commandLine,
    });
    const properties = new Map<string, PropertyRecord>();
    const listener = makeListener(settings, context, warnings, properties);
    const { exitCode } = await runToTheEnd(listener, {
      target,
      rows,
      properties: selected.properties,
      skipped: selected.skipped,
      header,
      options,
      ...(baseline === undefined ? {} : { baseline }),
      signal: interruption.signal,
      started,
    });
    if (exitCode === exitCodes.usage) {
      throw new ConformError(
        'ERR_NOTHING_EXECUTED',
        'no property was executed: the target offers none of what the selected ones need',
      );
    }
    if (settings.updateBaseline !== true || interruption.signal.aborted) return exitCode;
    return updateBaselineFile(
      settings,
      baseline,
      [...properties.values()],
      target.record,
      rows.map(({ id }) => id),
      exitCode,
      context,
    );
  } catch (error) {
    // Whatever went wrong while we were being interrupted went wrong because of that.
    if (interruption.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await target?.process?.stop();
    // Those that were found in time are in the report.
    const strays = target?.process?.takeStrays() ?? [];
    if (strays.length > 0) context.stderr.write(`grpc-conform: ${describeStrays(strays)}\n`);
    interruption.release();
  }
}

/** Runs the engine. When that breaks, the report is finished all the same; what the target does afterwards, when we stop it, is not part of the run. */
async function runToTheEnd(
  listener: RunListener,
  conformanceRun: Omit<ConformanceRun, 'listener'>,
): Promise<{ readonly exitCode: number }> {
  const started = performance.now();
  let isOver = false;
  const tell: RunListener = (event) => {
    if (!isOver) listener(event);
    if (event.type === 'run-finished') isOver = true;
  };
  try {
    return await runConformance({ ...conformanceRun, listener: tell });
  } catch (error) {
    const exitCode = isConformError(error) ? error.exitCode : exitCodes.internal;
    const reason = isConformError(error) ? error.message : String(error);
    // A report that cannot be written is not written a second time.
    if (!isConformError(error) || error.code !== 'ERR_OUTPUT') {
      tell({
        type: 'run-finished',
        status: 'incomplete',
        verdict: 'error',
        reason,
        exitCode,
        milliseconds: performance.now() - started,
      });
    }
    throw error;
  } finally {
    isOver = true;
  }
}

/** The file named; for the bundled target, the one that comes with it. */
function baselineFileOf(settings: Settings): string | undefined {
  if (settings.baseline !== undefined) return settings.baseline;
  return (settings.target ?? bundledName) === bundledName && settings.exec === undefined
    ? bundledTarget().baselineFile
    : undefined;
}

function loadBaseline(settings: Settings, isKnownId: (id: string) => boolean): Baseline | undefined {
  const file = baselineFileOf(settings);
  if (settings.updateBaseline === true) {
    if (file === undefined)
      throw new ConformError('ERR_USAGE', '--update-baseline needs --baseline: name the file to write');
    if (!existsSync(file)) return undefined;
  }
  return file === undefined ? undefined : readBaseline(file, { isKnownId });
}

function updateBaselineFile(
  settings: Settings,
  baseline: Baseline | undefined,
  properties: readonly PropertyRecord[],
  target: TargetRecord,
  order: readonly string[],
  exitCode: number,
  context: CliContext,
): number {
  const file = baselineFileOf(settings) ?? '';
  const executed = new Set(properties.filter(wasExecuted).map(({ id }) => id));
  const findings: readonly BaselineCandidate[] = observedFindings(properties, settings.strict === true);
  const before = baseline?.entries ?? [];
  const entries = updateEntries(before, executed, findings, order);
  writeBaseline(file, { entries, offers: offersOf({ target }) });
  context.stderr.write(
    `grpc-conform: ${file} now lists ${entries.length} (before: ${before.length}); give each new entry its reason\n`,
  );
  // What made the run fail is in the file now, or was taken from it.
  return exitCode === exitCodes.findings ? exitCodes.conformant : exitCode;
}

function engineOptions(settings: Settings, seed: number): EngineOptions {
  const runs = settings.runs ?? defaultEngineOptions.runs;
  return {
    seed,
    runs,
    concurrency: settings.concurrency ?? defaultEngineOptions.concurrency,
    ...(settings.rate === undefined ? {} : { rate: settings.rate }),
    shrink: settings.shrink ?? true,
    bail: settings.bail ?? false,
    strict: settings.strict ?? false,
    timeBudgetMs: settings.timeBudget ?? timeBudgetFor(runs),
    ...(settings.maxFailures === undefined ? {} : { maxFailures: settings.maxFailures }),
  };
}

/** `pretty` on a terminal, annotations on GitHub's runners, plain lines elsewhere. */
export function chooseReporter(
  asked: ReporterName | undefined,
  { environment, stdout }: Pick<CliContext, 'environment' | 'stdout'>,
): ReporterName {
  if (asked !== undefined) return asked;
  if (environment['GITHUB_ACTIONS'] === 'true') return 'github';
  return stdout.isTerminal && !isContinuousIntegration(environment) ? 'pretty' : 'line';
}

/** Files first: when the folder cannot be written, nothing is sent. Warnings from before the run come after its header. */
function makeListener(
  settings: Settings,
  context: CliContext,
  warnings: readonly string[],
  properties: Map<string, PropertyRecord>,
): RunListener {
  const { stdout, environment } = context;
  const directory = settings.out ?? defaultOutputDirectory;
  const files = outputDirectory({ directory });
  const printed = createConsole(chooseReporter(settings.reporter, context), {
    write: stdout.write,
    color: wantsColor(environment, stdout.isTerminal),
    isTerminal: stdout.isTerminal,
    columns: () => stdout.columns() ?? 100,
    verbosity: settings.verbose ?? 0,
    outputDirectory: directory,
  });
  const redactor = makeRedactor(settings.header ?? []);
  const tell = (whole: RunEvent): void => {
    const event = redactor.event(whole);
    files(event);
    printed(event);
    if (event.type === 'property-finished') properties.set(event.property.id, event.property);
  };
  return (event) => {
    tell(event);
    if (event.type === 'run-started') for (const text of warnings) tell({ type: 'warning', text });
  };
}
