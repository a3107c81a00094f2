import { appendFileSync } from 'node:fs';
import type { RunListener } from '../report/events';
import type { RunRecord } from '../report/model';
import { shortPrintable } from '../report/printable';
import { describeRunAsMarkdown } from '../report/run-markdown';
import { reduceRun } from '../report/run-model';
import { describeSystemError } from '../system-error';
import type { CliContext } from './context';

/** What a runner takes for the page of a step is one mebibyte of octets; a character is three of them at most in what we write there, others beside us may write, too. */
const mostCharacters = 250_000;

/**
 * Adds a run, when it has ended, to the page of the job that `GITHUB_STEP_SUMMARY` names. A file that cannot be written is told, and changes no verdict.
 *
 * @returns undefined where there is no such page.
 */
export function writeStepSummary({
  environment,
  stderr,
}: Pick<CliContext, 'environment' | 'stderr'>): RunListener | undefined {
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file.trim() === '') return undefined;
  let record: RunRecord | undefined;
  return (event) => {
    record = reduceRun(record, event);
    if (event.type !== 'run-finished' || record === undefined) return;
    try {
      appendFileSync(file, describeRunAsMarkdown(record, { mostCharacters }));
    } catch (error) {
      stderr.write(
        `grpc-conform: the page of the job (GITHUB_STEP_SUMMARY, ${shortPrintable(file)}) cannot be written: ${describeSystemError(error)}\n`,
      );
    }
  };
}
