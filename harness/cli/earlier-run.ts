import type { EarlierRun } from '../report/compare/change-since';
import { shortPrintable } from '../report/printable';
import { readRunFile } from './run-file';

/** The run that `--previous` names. @throws ConformError ERR_RUN_FILE when it cannot be read or is none */
export const readEarlierRun = (file: string): EarlierRun => ({
  file: shortPrintable(file),
  record: readRunFile(file),
});
