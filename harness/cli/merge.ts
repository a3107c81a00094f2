import { loadCatalogue } from '../engine/catalogue-rows';
import { ConformError } from '../error';
import { loadBaselines } from '../launch/baseline-layers';
import { knownIds } from '../properties/catalogue';
import { nameRuns } from '../report/compare/run-names';
import { conclude } from '../report/conclude';
import type { RunEvent } from '../report/events';
import { failureFileName } from '../report/failure-file-name';
import { mergeRuns } from '../report/merge-runs';
import { openOutputDirectory } from '../report/output-directory';
import { defaultOutputDirectory } from '../report/output-files';
import { shortPrintable } from '../report/printable';
import type { CliContext } from './context';
import { showCommandLine } from './given-secrets';
import { openConsole } from './open-console';
import { withFiles } from './run';
import { readFailures, readRunFile } from './run-file';

export interface MergeOptions {
  readonly out?: string;
  /** Of several, a later one counts more. */
  readonly baseline?: readonly string[];
  /** Servers whose published deviations are known, too. */
  readonly knownOf?: readonly string[];
}

/**
 * `grpc-conform merge RUN RUN…`: makes one run of its shards, with the report and the exit code that it would have had in one piece.
 *
 * @returns the exit code of the whole run.
 * @throws ConformError ERR_RUN_FILE for files that are no runs, or not all shards of one; ERR_USAGE when they had a baseline that is not named here;
 * ERR_BASELINE; ERR_OUTPUT
 */
export function merge(files: readonly string[], options: MergeOptions, context: CliContext): number {
  const { rows } = loadCatalogue();
  const names = nameRuns(files);
  const shards = files.map((file, index) => ({ name: names[index] ?? file, file, run: readRunFile(file) }));
  const merged = mergeRuns(
    shards,
    rows.map(({ id }) => id),
  );
  const { header, records } = merged;
  const { knownOf = [], baseline: named = [] } = options;
  if (header.baseline !== undefined && named.length === 0 && knownOf.length === 0)
    throw new ConformError(
      'ERR_USAGE',
      `the shards ran with the baseline ${shortPrintable(header.baseline.file)}: name it here, too, with --baseline or --known-of`,
    );
  const isKnownId = knownIds(rows);
  const { together: baseline } = loadBaselines({ files: named, knownOf }, { isKnownId });
  const strict = header.options['strict'] === true;
  const { properties, ...conclusion } = conclude(records, baseline, { rows, strict, now: new Date() });
  // Read before anything is written: the folder may be that of a shard.
  const failures = shards.flatMap(({ file, run }) => readFailures(file, run));
  const directory = options.out ?? defaultOutputDirectory;
  const output = openOutputDirectory({ directory });
  const print = openConsole(context, { directory, hasProgress: false });
  const tell = (event: RunEvent): void => {
    output.listener(event);
    print(event);
  };
  try {
    const commandLine = ['grpc-conform', ...showCommandLine(context.commandLine)];
    tell({ type: 'run-started', header: { ...header, commandLine } });
    const wanted = new Set(properties.flatMap(({ findings }) => findings.map(failureFileName)));
    for (const { name, file } of failures) if (wanted.has(name)) output.keepFailure(name, file);
    for (const text of merged.warnings) tell({ type: 'warning', text });
    for (const exit of merged.exits) tell({ type: 'target-exited', exit, during: [] });
    for (const property of properties) tell({ type: 'property-finished', property });
    tell({ type: 'run-finished', ...conclusion, milliseconds: merged.milliseconds });
    return withFiles(conclusion.exitCode, output, context);
  } finally {
    output.close();
  }
}
