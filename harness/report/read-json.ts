import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ConformError, type ConformErrorCode } from '../error';
import { didYouMean, findNearest } from '../nearest';
import { readNamedText, type Reading } from '../read-named-file';
import { findJsonFault } from './json-fault';
import { printable, shortPrintable } from './printable';

/** The value of a JSON text in which no key stands twice, or why it is none, as a clause. */
export function parseJson(text: string): Reading<unknown> {
  const fault = findJsonFault(text);
  if (fault === undefined) return { ok: true, value: JSON.parse(text) as unknown };
  const { line, column, what } = fault;
  return { ok: false, reason: text.trim() === '' ? 'it is empty' : `line ${line}, column ${column}: ${what}` };
}

/** A kind of JSON file that this program writes and reads again. */
export interface DocumentKind<T> {
  readonly name: keyof typeof documents;
  readonly code: ConformErrorCode;
  /** Of `schemaVersion`. */
  readonly versions: readonly number[];
  readonly schema: v.GenericSchema<unknown, T>;
}

/** What the kinds are called, what marks them, and what they are for, for whoever gave one in the place of another. */
const documents = {
  run: {
    is: 'the run file',
    keys: ['header', 'properties'],
    // Where it stands in the folder of a report.
    inFolder: ['run.json', 'run.json'],
    advice: 'that is the run.json of a run: see "report", "compare" and "baseline"',
    // A run that goes on to the last second of a day is far below.
    largest: 256 * 1024 * 1024,
  },
  failure: {
    is: 'the failure file',
    keys: ['plan', 'finding'],
    inFolder: ['failures', 'failures/*.json'],
    advice: 'that is a failure file: play it with "replay"',
    // Requests of twice the target's limit of messages in base64, and the beginning of what came back.
    largest: 256 * 1024 * 1024,
  },
  baseline: {
    is: 'the baseline file',
    keys: ['schemaVersion', 'entries'],
    inFolder: undefined,
    advice: 'that is a baseline: name it with --baseline',
    largest: 16 * 1024 * 1024,
  },
} as const;

/** Reads a document of ours. @throws ConformError with the code of its kind: one sentence that says where what is wrong. */
export function readDocument<T>(file: string, kind: DocumentKind<T>): T {
  const { is, largest } = documents[kind.name];
  if (file === '') throw new ConformError(kind.code, `the name of ${is} is empty`);
  const read = readNamedText(file, { largest });
  if (read.ok) return parseDocument(read.value, file, kind);
  const advice = adviceForFolder(file, kind.name);
  throw new ConformError(kind.code, `${is} ${shortPrintable(file)} cannot be read: ${read.reason}${advice}`, {
    cause: read.cause,
  });
}

/** Where the file lies that is meant, for whoever named the folder of a report; nothing when it is none. */
function adviceForFolder(folder: string, kind: keyof typeof documents): string {
  const [entry, files] = documents[kind].inFolder ?? [];
  if (entry === undefined || files === undefined || !existsSync(join(folder, entry))) return '';
  return ` (did you mean ${shortPrintable(join(folder, files))}?)`;
}

/** The same for the text of a file that was read; `file` is for the message. */
export function parseDocument<T>(text: string, file: string, kind: DocumentKind<T>): T {
  const wrong = (reason: string): ConformError =>
    new ConformError(kind.code, `${documents[kind.name].is} ${shortPrintable(file)} is not valid: ${reason}`);
  const json = parseJson(text);
  if (!json.ok) throw wrong(json.reason);
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('it holds no object');
  const other = recogniseDocument(value);
  if (other !== undefined && other !== kind.name) throw wrong(documents[other].advice);
  const version = versionOf(value);
  if (typeof version === 'number' && !kind.versions.includes(version)) {
    const ours = kind.versions.join(' and ');
    throw wrong(`its schemaVersion is ${version}, and this program reads ${ours}: use the version that wrote it`);
  }
  const result = v.safeParse(kind.schema, value, { abortEarly: true });
  if (!result.success) throw wrong(describeIssues(result.issues));
  return result.output;
}

/** Advice for whoever gave a document of ours where another kind of file is wanted; undefined when it is none. */
export function describeDocument(value: unknown): string | undefined {
  const name = recogniseDocument(value);
  return name === undefined ? undefined : documents[name].advice;
}

function recogniseDocument(value: unknown): keyof typeof documents | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const names = Object.keys(documents) as (keyof typeof documents)[];
  return names.find((name) => documents[name].keys.every((key) => Object.hasOwn(value, key)));
}

const versionOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined;

/**
 * The first thing that a schema found wrong, as a clause: `properties.3.verdict must be one of pass, fail`. The value itself is not quoted. Messages of our
 * own schemas complete a sentence that begins with the place: `must be a day`.
 */
function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const [first] = issues;
  if (first === undefined) return 'it has another form';
  const path = (first.path ?? []).map(({ key }) => printable(String(key))).join('.');
  // 300 letters: one clear sentence, even when a key in it is long.
  return `${path === '' ? 'the whole file' : path} ${describeIssue(first)}`.slice(0, 300);
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  // What valibot says when a schema has no message of its own.
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  if (issue.expected === 'never') return 'is an unknown key';
  if (issue.received === 'undefined') return `is missing${describeLikeness(issue)}`;
  switch (issue.type) {
    case 'max_length':
      return `must have at most ${String(issue.requirement)} ${typeof issue.input === 'string' ? 'characters' : 'entries'}`;
    case 'min_length':
      return `must have at least ${String(issue.requirement)} ${typeof issue.input === 'string' ? 'characters' : 'entries'}`;
    case 'max_value':
      return `must be at most ${String(issue.requirement)}`;
    case 'min_value':
      return `must be at least ${String(issue.requirement)}`;
    case 'integer':
    case 'safe_integer':
      return 'must be a whole number';
    default:
      return `must be ${describeExpected(issue.expected ?? 'of another form')}`;
  }
}

/** A key that was likely meant for the one that is missing; nothing when there is none. */
function describeLikeness({ path }: v.BaseIssue<unknown>): string {
  const last = path?.at(-1);
  if (last === undefined || typeof last.input !== 'object' || last.input === null) return '';
  const likely = findNearest(String(last.key), Object.keys(last.input));
  return likely === undefined ? '' : ` (was it meant by "${printable(likely)}"?)`;
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'an object',
  null: 'null',
};

/** `("fail" | "warn")` is how valibot writes choices. */
function describeExpected(expected: string): string {
  const words = expected
    .replace(/^\((.*)\)$/s, '$1')
    .split(' | ')
    .map((word) => expectedWords[word] ?? word.replace(/^"(.*)"$/, '$1'));
  return words.length === 1 ? (words[0] ?? expected) : `one of ${[...new Set(words)].join(', ')}`;
}

/** An object with these keys and no others: for files that people write, in which a key that nobody reads is a mistake. */
export function closedObject<Entries extends v.ObjectEntries>(entries: Entries) {
  const keys = Object.keys(entries);
  // valibot expects "never" of a key that it does not know, and gives the key as the input.
  return v.strictObject(entries, ({ expected, input, message }) =>
    expected === 'never' ? `is an unknown key${didYouMean(String(input), keys)}` : message,
  );
}
