import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConformError, isConformError } from '../error';
import { failureDocument, formatFailure, type FailureFile } from '../report/failure-file';
import { failureFileName } from '../report/failure-file-name';
import { shortPrintable } from '../report/printable';
import { readDocument } from '../report/read-json';
import { restoreSecrets } from '../report/secret-placeholders';
import type { SecretField } from '../report/secrets';
import { writeTextFile } from '../report/write-file';
import { describeSystemError } from '../system-error';

/** Files of a corpus that are read: more than all rows fail in. */
const mostFiles = 5000;

/** An input that once failed, without what was seen then, which takes most of its file. */
export interface CorpusEntry {
  readonly name: string;
  readonly file: Omit<FailureFile, 'transcript'>;
}

/** Inputs that once failed somewhere, kept as failure files in a folder. */
export interface CorpusFolder {
  /** Each once, by the names of their files. */
  readonly entries: readonly CorpusEntry[];
  /** Files that cannot be used, one sentence each. */
  readonly problems: readonly string[];
  /** Adds a failure, unless the corpus has it. @returns true when it was added. @throws ConformError ERR_OUTPUT */
  readonly add: (failure: FailureFile) => boolean;
}

/**
 * Reads a corpus. A folder that is not there is an empty one: it is made when there is something to add.
 *
 * @param fields values of `-H`, for which the files have placeholders.
 * @throws ConformError ERR_USAGE for what is no folder, or cannot be looked into
 */
export function openCorpus(folder: string, fields: readonly SecretField[]): CorpusFolder {
  const names = listFiles(folder);
  const problems: string[] = [];
  if (names.length > mostFiles)
    problems.push(
      `the corpus ${shortPrintable(folder)} has ${names.length} files: only the first ${mostFiles} are read`,
    );
  const known = new Set<string>();
  const entries = names.slice(0, mostFiles).flatMap((name): readonly CorpusEntry[] => {
    try {
      const path = join(folder, name);
      const stored = readDocument(path, failureDocument);
      const key = contentOf(stored);
      if (known.has(key)) return [];
      known.add(key);
      const { transcript: _, ...file } = restoreSecrets(stored, fields, shortPrintable(name));
      return [{ name, file }];
    } catch (error) {
      if (!isConformError(error)) throw error;
      problems.push(`the corpus file ${shortPrintable(name)} is not played: ${error.sentence}`);
      return [];
    }
  });
  const add = (failure: FailureFile): boolean => {
    const key = contentOf(failure);
    if (known.has(key)) return false;
    const base = basename(failureFileName({ rule: failure.rule, reaction: failure.finding.reaction }), '.json');
    const file = join(folder, `${base}.${key}.json`);
    known.add(key);
    if (existsSync(file)) return false;
    writeTextFile(file, formatFailure(failure), 'Name a folder that can be written with --corpus');
    return true;
  };
  return { entries, problems, add };
}

function listFiles(folder: string): readonly string[] {
  const wrong = (why: string): ConformError =>
    new ConformError(
      'ERR_USAGE',
      `the corpus ${shortPrintable(folder)} ${why}: name a folder of failure files with --corpus`,
    );
  try {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    if (!stat.isDirectory()) throw wrong('is no folder');
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch (error) {
    if (isConformError(error)) throw error;
    throw wrong(`cannot be read (${describeSystemError(error)})`);
  }
}

/** Digits of a name: two inputs of a row that share them would be a strange accident. */
const digits = 12;

/** What tells an input from others, whatever server it met, on whatever port and day: which rule it breaks, how, and what was generated for it. */
function contentOf({ property, rule, input, axes = {}, finding }: FailureFile): string {
  const content = JSON.stringify([property, rule, finding.reaction, sorted(input), sorted(axes)]);
  return createHash('sha256').update(content).digest('hex').slice(0, digits);
}

/** The same data with the keys of objects in the order of the alphabet. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
