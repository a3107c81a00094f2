import { join } from 'node:path';
import type { RunEvent, RunListener } from './events';
import { formatFailure, makeFailureFile } from './failure-file';
import { failureFileName, isFailureFileName } from './failure-file-name';
import { renderReportPage } from './html/report-page';
import { formatJunit } from './junit';
import { formatRun } from './json';
import type { RunRecord } from './model';
import { outputFiles } from './output-files';
import { reduceRun } from './run-model';
import { removeFiles, writeTextFile } from './write-file';

export interface OutputDirectoryOptions {
  readonly directory: string;
  /** Milliseconds between two states of run.json while the run goes on, at least; half a second when absent: nobody looks faster. */
  readonly interval?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Characters of run.json that are written in a millisecond on average, at most: so the writing stays below some percent of the time, however large it is. */
const writingPace = 1000;

/**
 * Writes a run into a folder: run.json as the run goes on, each failure file when its finding is confirmed, and the page and junit.xml at the start
 * (marked incomplete) and at the end. A kill at any moment leaves whole files. @throws ConformError ERR_OUTPUT from `run-started` when the folder cannot
 * be written, so before anything is sent.
 */
export function outputDirectory(options: OutputDirectoryOptions): RunListener {
  const { directory, interval = 500, now = () => performance.now() } = options;
  let record: RunRecord | undefined;
  let next = -Infinity;

  const writeRun = (run: RunRecord): void => {
    const text = formatRun(run);
    writeTextFile(join(directory, outputFiles.run), text);
    next = now() + Math.max(interval, text.length / writingPace);
  };
  const writeAll = (run: RunRecord): void => {
    writeRun(run);
    writeTextFile(join(directory, outputFiles.junit), formatJunit(run));
    writeTextFile(join(directory, outputFiles.page), renderReportPage(run));
  };

  return (event: RunEvent): void => {
    const before = record;
    record = reduceRun(record, event);
    if (record === undefined) return;
    if (event.type === 'finding') {
      const { finding, replay } = event;
      const file = makeFailureFile(record.header, event.id, finding, replay);
      writeTextFile(join(directory, finding.failureFile ?? failureFileName(finding)), formatFailure(file));
    }
    // Failure files of an earlier run would look like findings of this one.
    if (event.type === 'run-started') removeFiles(join(directory, outputFiles.failures), isFailureFileName);
    if (event.type === 'run-started' || event.type === 'run-finished') writeAll(record);
    else if (record !== before && now() >= next) writeRun(record);
  };
}
