import { readFileSync } from 'node:fs';
import { ConformError } from '../error';
import { parseRun } from '../report/json';
import type { RunRecord } from '../report/model';

/** Reads run.json. @throws ConformError ERR_RUN_FILE when it cannot be read or is none. */
export function readRunFile(file: string): RunRecord {
  return parseRun(readText(file), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConformError(
      'ERR_RUN_FILE',
      `the run file ${file} cannot be read: ${String(error).replace(/^[A-Za-z]*Error: /, '')}`,
      { cause: error },
    );
  }
}
