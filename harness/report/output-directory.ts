import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { isConformError, type ConformError } from '../error';
import { changeSince, type EarlierRun } from './compare/change-since';
import type { RunEvent, RunListener } from './events';
import { formatFailure, makeFailureFile, type FailureFile } from './failure-file';
import { failureFileName, isFailureFileName } from './failure-file-name';
import { lockFolder, type FolderLock } from './folder-lock';
import { clientScript } from './html/client-script';
import { PageExtrasCollector } from './html/collect-page-extras';
import { renderReportPage } from './html/report-page';
import { formatJunit } from './junit';
import { formatRun } from './json';
import type { ChangeRecord, RunRecord } from './model';
import { isTemporaryName, outputFiles } from './output-files';
import { reduceRun } from './run-model';
import { makeFolder, outputError, removeFiles, writeTextFile } from './write-file';

export interface OutputDirectoryOptions {
  readonly directory: string;
  /** Held against the run when it is over. */
  readonly earlier?: EarlierRun;
  /** Milliseconds between two states of run.json while the run goes on, at least; half a second when absent: nobody looks faster. */
  readonly interval?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** run.json is written again after so many times the time that writing it took, at least: the run waits for it meanwhile. */
const writingShare = 40;
/** … and after so many milliseconds at the latest, however slow the disk is. */
const longestSilence = 15_000;

export interface OutputDirectory {
  /**
   * Writes a run: run.json as the run goes on, each failure file when its finding is confirmed, and the page and junit.xml at the start (marked incomplete) and
   * at the end. A kill at any moment leaves whole files. What cannot be written once the run goes on is tried again until its end.
   * @throws ConformError ERR_OUTPUT from `run-started`, when nothing was played yet
   */
  readonly listener: RunListener;
  /** Writes a failure file that another run has left, under its name relative to run.json. */
  readonly keepFailure: (name: string, file: FailureFile) => void;
  /** What became of the run since the earlier one; undefined until it is over, and where there is none. */
  readonly change: () => ChangeRecord | undefined;
  /** What could not be written, and is not there now; undefined when all is. */
  readonly missing: () => ConformError | undefined;
  /** Lets others write there. A folder that we made and that stayed empty goes. */
  readonly close: () => void;
}

/** Makes the folder of a run, and keeps other runs out of it. @throws ConformError ERR_OUTPUT when it cannot be written, or another run writes there */
export function openOutputDirectory(options: OutputDirectoryOptions): OutputDirectory {
  const { directory, earlier, interval = 500, now = () => performance.now() } = options;
  const { made, lock } = enter(directory);
  /** Files that could not be written when it was tried last, by their names; with the text of those that are written once. */
  const failed = new Map<string, { readonly error: ConformError; readonly text?: string }>();
  const extras = new PageExtrasCollector();
  let record: RunRecord | undefined;
  let next = -Infinity;

  const attempt = (name: string, make: () => string, text?: string): void => {
    try {
      writeTextFile(join(directory, name), make());
      failed.delete(name);
    } catch (error) {
      if (!isConformError(error) || error.code !== 'ERR_OUTPUT') throw error;
      failed.set(name, { error, ...(text === undefined ? {} : { text }) });
    }
  };
  const writeRun = (run: RunRecord): void => {
    const started = now();
    attempt(outputFiles.run, () => formatRun(run));
    lock.touch();
    const ended = now();
    next = ended + Math.max(interval, Math.min(writingShare * (ended - started), longestSilence));
  };
  const writeAll = (run: RunRecord): void => {
    writeRun(run);
    attempt(outputFiles.junit, () => formatJunit(run));
    attempt(outputFiles.page, () => renderReportPage(run, clientScript('html'), extras.extrasOf(run)));
  };
  const keepFailure = (name: string, file: FailureFile): void => {
    const text = formatFailure(file);
    extras.add(name, file);
    attempt(name, () => text, text);
  };
  const missing = (): ConformError | undefined => [...failed.values()][0]?.error;

  const listener = (event: RunEvent): void => {
    const before = record;
    record = reduceRun(record, event);
    if (record === undefined) return;
    if (event.type === 'run-finished' && earlier !== undefined)
      record = { ...record, change: changeSince(earlier, record) };
    if (event.type === 'finding') {
      const { finding, replay } = event;
      keepFailure(
        finding.failureFile ?? failureFileName(finding),
        makeFailureFile(record.header, event.id, finding, replay),
      );
    }
    if (event.type === 'run-started') {
      // Failure files of an earlier run would look like findings of this one.
      removeFiles(join(directory, outputFiles.failures), isFailureFileName);
      removeFiles(directory, isTemporaryName);
    }
    if (event.type === 'run-started' || event.type === 'run-finished') writeAll(record);
    else if (record !== before && now() >= next) writeRun(record);
    const error = missing();
    if (event.type === 'run-started' && error !== undefined) throw error;
    if (event.type !== 'run-finished') return;
    for (const [name, { text }] of failed) if (text !== undefined) attempt(name, () => text, text);
  };

  return {
    listener,
    keepFailure,
    change: () => record?.change,
    missing,
    close: () => {
      lock.release();
      for (const folder of made.toReversed()) removeEmpty(folder);
    },
  };
}

function enter(directory: string): { readonly made: readonly string[]; readonly lock: FolderLock } {
  let made: readonly string[] = [];
  try {
    made = makeFolder(directory);
    return { made, lock: lockFolder(directory) };
  } catch (error) {
    for (const folder of made.toReversed()) removeEmpty(folder);
    throw isConformError(error) ? error : outputError(directory, error);
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There is something in it.
  }
}
