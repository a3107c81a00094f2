import { dirname, join } from 'node:path';
import { isConformError } from '../error';
import { loadCatalogue } from '../engine/catalogue-rows';
import { failureDocument, type FailureFile } from '../report/failure-file';
import { failureFileName } from '../report/failure-file-name';
import { runDocument } from '../report/json';
import type { PropertyRecord, RunRecord } from '../report/model';
import { readDocument } from '../report/read-json';

/** Reads run.json, with the words of our properties where a published one leaves them out. @throws ConformError ERR_RUN_FILE when it cannot be read or is none. */
export function readRunFile(file: string): RunRecord {
  const record = readDocument(file, runDocument);
  if (!record.properties.some(isWithoutWords)) return record;
  const { rows } = loadCatalogue();
  const ours = new Map(rows.flatMap(({ id, property }) => (property === undefined ? [] : [[id, property] as const])));
  const properties = record.properties.map((property) => {
    const known = isWithoutWords(property) ? ours.get(property.id) : undefined;
    return known === undefined ? property : { ...property, generates: known.generates, accepts: known.accepts };
  });
  return { ...record, properties };
}

/** A property always says what it generates. */
const isWithoutWords = ({ generates }: PropertyRecord): boolean => generates === '';

/** The failure files beside a run, with their names relative to it; one that is gone or none is left out, since the run says all but the script. */
export function readFailures(
  runFile: string,
  run: RunRecord,
): readonly { readonly name: string; readonly file: FailureFile }[] {
  const findings = run.properties.flatMap((property) => property.findings);
  return findings.flatMap((finding) => {
    // Our own name for it, not what the run file says: that may lead anywhere.
    const name = failureFileName(finding);
    try {
      return [{ name, file: readDocument(join(dirname(runFile), name), failureDocument) }];
    } catch (error) {
      if (isConformError(error)) return [];
      throw error;
    }
  });
}
