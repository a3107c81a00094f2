import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { ConformError } from '../error';
import { unlocks, type Need } from '../facts/need';
import { keyOf, type Baseline, type BaselineEntry } from '../report/baseline-entries';
import { list, name, text } from '../report/bounded-values';
import { shortPrintable } from '../report/printable';
import { closedObject, parseDocument, readDocument, type DocumentKind } from '../report/read-json';
import { shortestPath } from '../shortest-path';
import { checkWritable, writeTextFile } from '../report/write-file';

/** Version of the baseline file that is written; files of version 1, which hold no reactions and no offers, are read as well. */
const baselineSchemaVersion = 2;

/** Entries: more than there are rows, several for each. */
const mostEntries = 10_000;

const words = v.pipe(text, v.trim(), v.nonEmpty('must not be empty'));

const day = v.pipe(
  name,
  v.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day, written YYYY-MM-DD'),
  v.check((value) => {
    const parsed = new Date(`${value}T00:00:00Z`);
    return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
  }, 'must be a day of the calendar'),
);

const webAddress = v.pipe(words, v.regex(/^https?:\/\/\S+$/, 'must start with https:// or http://'));

const entrySchema = closedObject({
  id: words,
  rule: words,
  reason: words,
  reactions: v.optional(v.pipe(list(words), v.minLength(1, 'must name a reaction, or be left out'))),
  gravity: v.optional(v.picklist(['fail', 'warn'])),
  mark: v.optional(v.picklist(['crash', 'hang'])),
  link: v.optional(webAddress),
  expires: v.optional(day),
  intermittent: v.optional(v.boolean()),
});

const fileSchema = closedObject({
  // For editors, which check and complete with it.
  $schema: v.optional(text),
  schemaVersion: v.picklist([1, baselineSchemaVersion]),
  offers: v.optional(list(v.picklist(Object.keys(unlocks) as Need[], 'must be something that a target can offer'))),
  entries: list(entrySchema, mostEntries),
});

/** What a baseline file is. */
export const baselineDocument: DocumentKind<v.InferOutput<typeof fileSchema>> = {
  name: 'baseline',
  code: 'ERR_BASELINE',
  versions: [1, baselineSchemaVersion],
  schema: fileSchema,
};

/** How strictly a baseline file is read. */
export interface ReadBaselineOptions {
  /** True for every id of the rule catalogue. */
  readonly isKnownId: (id: string) => boolean;
}

/**
 * Reads and checks a baseline file.
 *
 * @throws ConformError ERR_BASELINE when it is unreadable, malformed, lists something twice, or names an unknown id.
 */
export function readBaseline(file: string, options: ReadBaselineOptions): Baseline {
  if (!existsSync(file)) {
    throw new ConformError(
      'ERR_BASELINE',
      `the baseline file ${shortPrintable(file)} does not exist: leave it out while there is nothing to list, or let "grpc-conform --baseline ${shortPrintable(file)} --update-baseline" write it`,
    );
  }
  const { entries, offers, $schema: schema } = readDocument(file, baselineDocument);
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    checkEntry(file, index, entry, options);
    const key = keyOf(entry);
    if (seen.has(key))
      throw bad(file, `entries.${index} lists ${entry.id} by rule ${entry.rule} a second time: remove one`);
    seen.add(key);
  }
  return {
    file: shortestPath(file),
    entries,
    ...(offers !== undefined && { offers }),
    ...(schema !== undefined && { schema }),
  };
}

function checkEntry(file: string, index: number, entry: BaselineEntry, options: ReadBaselineOptions): void {
  for (const id of [entry.id, entry.rule]) {
    if (!options.isKnownId(id)) {
      throw bad(
        file,
        `entries.${index} names ${JSON.stringify(id)}, which is no id of the rule catalogue: see "grpc-conform list"`,
      );
    }
  }
}

function bad(file: string, what: string): ConformError {
  return new ConformError('ERR_BASELINE', `the baseline file ${shortPrintable(file)} is not valid: ${what}`);
}

/**
 * Writes a baseline file whole or not at all.
 *
 * @throws ConformError ERR_OUTPUT when it cannot be written, ERR_BASELINE when it could not be read again.
 */
export function writeBaseline(file: string, { entries, offers, schema }: Omit<Baseline, 'file'>): void {
  const ordered = entries.map(({ id, rule, reason, reactions, gravity, mark, link, expires, intermittent }) => ({
    id,
    rule,
    reason,
    reactions,
    gravity,
    mark,
    link,
    expires,
    intermittent,
  }));
  const content = { $schema: schema, schemaVersion: baselineSchemaVersion, offers, entries: ordered };
  const json = `${JSON.stringify(content, undefined, 2)}\n`;
  // What comes from the file of a stranger may be nothing that we would read again.
  parseDocument(json, file, baselineDocument);
  writeTextFile(file, json, aboutBaseline);
}

/** Makes sure, before a run, that {@link writeBaseline} can write there at its end. @throws ConformError ERR_OUTPUT */
export const checkBaselineWritable = (file: string): void => checkWritable(file, aboutBaseline);

/** What to try where a baseline cannot be written. */
const aboutBaseline = 'Name another file with --baseline';
