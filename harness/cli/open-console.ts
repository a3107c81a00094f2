import { createConsole, wantsColor } from '../report/console';
import type { RunListener } from '../report/events';
import { shortPrintable } from '../report/printable';
import type { CliContext } from './context';
import type { Output } from './output';
import { isContinuousIntegration } from './seed';
import type { ReporterName } from './setting-specs';
import { writeStepSummary } from './step-summary';

/** `pretty` on a terminal, annotations on GitHub's runners, plain lines elsewhere. */
export function chooseReporter(
  asked: ReporterName | undefined,
  { environment, stdout }: Pick<CliContext, 'environment'> & { readonly stdout: Pick<Output, 'isTerminal'> },
): ReporterName {
  if (asked !== undefined) return asked;
  if (environment['GITHUB_ACTIONS'] === 'true') return 'github';
  return stdout.isTerminal && !isContinuousIntegration(environment) ? 'pretty' : 'line';
}

export interface RunConsoleOptions {
  /** Where the report goes. */
  readonly directory: string;
  /** Chosen by the terminal when absent. */
  readonly reporter?: ReporterName;
  readonly verbosity?: 0 | 1 | 2;
  /** False: no progress, since everything comes at once. */
  readonly hasProgress?: boolean;
}

/** What tells of a run on standard output, and on the page of the job where a runner of GitHub's runs it. */
export function openConsole(
  context: CliContext,
  { directory, reporter, verbosity = 0, hasProgress = true }: RunConsoleOptions,
): RunListener {
  const { stdout, environment } = context;
  const chosen = chooseReporter(reporter, context);
  const print = createConsole(chosen, {
    write: stdout.write,
    writeCommands: stdout.writeCommands,
    color: wantsColor(environment, stdout.isTerminal),
    isTerminal: stdout.isTerminal && hasProgress,
    columns: () => stdout.columns() ?? 100,
    verbosity,
    outputDirectory: shortPrintable(directory),
  });
  const summarize = chosen === 'github' ? writeStepSummary(context) : undefined;
  return (event) => {
    print(event);
    summarize?.(event);
  };
}
