import { runDocument } from '../report/json';
import type { RunRecord } from '../report/model';
import { readDocument } from '../report/read-json';

/** Reads run.json. @throws ConformError ERR_RUN_FILE when it cannot be read or is none. */
export function readRunFile(file: string): RunRecord {
  return readDocument(file, runDocument);
}
