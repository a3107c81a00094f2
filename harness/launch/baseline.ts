import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { ConformError } from '../error';

/** Version of the baseline file. */
const baselineSchemaVersion = 1;

/** One deviation of a target that is known, with the reason why it is tolerated. */
export interface BaselineEntry {
  /** The property that the finding is filed under. */
  readonly id: string;
  /** The row of the rule catalogue that is broken. */
  readonly rule: string;
  readonly reason: string;
  readonly link?: string;
  /** Last day on which the entry holds, `YYYY-MM-DD` in UTC. */
  readonly expires?: string;
  /** True for what only some runs show, a race for example: a run without it does not make the entry stale. */
  readonly intermittent?: boolean;
}

/** The known deviations of a target. */
export interface Baseline {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
}

/** What a baseline needs to know of a finding. */
export interface BaselineFinding {
  readonly id: string;
  readonly rule: string;
}

const text = v.pipe(v.string('must be a text'), v.trim(), v.nonEmpty('must not be empty'));

const day = v.pipe(
  v.string('must be a text'),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day, written YYYY-MM-DD'),
  v.check((value) => {
    const parsed = new Date(`${value}T00:00:00Z`);
    return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
  }, 'must be a day of the calendar'),
);

const webAddress = v.pipe(text, v.regex(/^https?:\/\/\S+$/, 'must start with https:// or http://'));

const entrySchema = v.strictObject({
  id: text,
  rule: text,
  reason: text,
  link: v.optional(webAddress),
  expires: v.optional(day),
  intermittent: v.optional(v.boolean('must be true or false')),
});

const fileSchema = v.strictObject({
  schemaVersion: v.literal(
    baselineSchemaVersion,
    `must be ${baselineSchemaVersion}; a newer file needs a newer grpc-conform`,
  ),
  entries: v.array(entrySchema, 'must be a list'),
});

/** How strictly a baseline file is read. */
export interface ReadBaselineOptions {
  /** True for every id of the rule catalogue. */
  readonly isKnownId: (id: string) => boolean;
  readonly now: Date;
  /** True: an entry past its day is accepted, for a command that is about to rewrite the file. */
  readonly allowExpired?: boolean;
}

/**
 * Reads and checks a baseline file.
 *
 * @throws ConformError ERR_BASELINE when it is unreadable, malformed, lists something twice, names an unknown id, or holds an entry past its day.
 */
export function readBaseline(file: string, options: ReadBaselineOptions): Baseline {
  const parsed = v.safeParse(fileSchema, parseJson(file, readText(file)));
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const place = v.getDotPath(issue);
    throw bad(file, place === null ? issue.message : `${place}: ${issue.message}`);
  }
  const seen = new Set<string>();
  for (const [index, entry] of parsed.output.entries.entries()) {
    checkEntry(file, index, entry, options);
    const key = keyOf(entry);
    if (seen.has(key))
      throw bad(file, `entries.${index} lists ${entry.id} by rule ${entry.rule} a second time: remove one`);
    seen.add(key);
  }
  return { file, entries: parsed.output.entries };
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
  const today = options.now.toISOString().slice(0, 10);
  if (options.allowExpired !== true && entry.expires !== undefined && entry.expires < today) {
    throw bad(
      file,
      `the entry ${entry.id} expired on ${entry.expires}: remove it, or give it a later day and a reason that still holds`,
    );
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConformError('ERR_BASELINE', `the baseline file ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new ConformError('ERR_BASELINE', `the baseline file ${file} is no JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function bad(file: string, what: string): ConformError {
  return new ConformError('ERR_BASELINE', `the baseline file ${file} is not valid: ${what}`);
}

/** The sandbox of jest has another `Error` than Node, so `instanceof` does not tell. */
function messageOf(error: unknown): string {
  return String(error).replace(/^[A-Za-z]*Error: /, '');
}

function keyOf(finding: BaselineFinding): string {
  return `${finding.id}\0${finding.rule}`;
}

/** The entry that lists a finding, by the property it is filed under and by the rule that was broken. */
export function findBaselineEntry(baseline: Baseline | undefined, finding: BaselineFinding): BaselineEntry | undefined {
  return baseline?.entries.find((entry) => entry.id === finding.id && entry.rule === finding.rule);
}

/**
 * Entries that list something which the run looked for and did not see. An entry whose property did not run says nothing and is left out.
 *
 * @param executed ids of the properties that ran to their end.
 */
export function findStaleEntries(
  baseline: Baseline | undefined,
  executed: ReadonlySet<string>,
  findings: readonly BaselineFinding[],
): readonly BaselineEntry[] {
  const seen = new Set(findings.map(keyOf));
  return (baseline?.entries ?? []).filter(
    (entry) => executed.has(entry.id) && !seen.has(keyOf(entry)) && entry.intermittent !== true,
  );
}

/** A finding as a new entry describes it. */
export interface BaselineCandidate extends BaselineFinding {
  /** One sentence: what was seen. The reason of a new entry, until someone writes a better one. */
  readonly summary: string;
}

/**
 * The entries after a run: reasons, links and days of entries that still hold are kept, stale ones go, new findings come in, and entries whose property
 * did not run, and intermittent ones, stay. In the order of `catalogueOrder`.
 */
export function updateEntries(
  previous: readonly BaselineEntry[],
  executed: ReadonlySet<string>,
  findings: readonly BaselineCandidate[],
  catalogueOrder: readonly string[],
): readonly BaselineEntry[] {
  const seen = new Set(findings.map(keyOf));
  const kept = previous.filter(
    (entry) => !executed.has(entry.id) || seen.has(keyOf(entry)) || entry.intermittent === true,
  );
  const entries = new Map<string, BaselineEntry>(kept.map((entry) => [keyOf(entry), entry]));
  for (const finding of findings) {
    if (entries.has(keyOf(finding))) continue;
    entries.set(keyOf(finding), { id: finding.id, rule: finding.rule, reason: `observed: ${finding.summary}` });
  }
  const rank = new Map(catalogueOrder.map((id, index) => [id, index]));
  const rankOf = (id: string) => rank.get(id) ?? catalogueOrder.length;
  return [...entries.values()].sort(
    (a, b) =>
      rankOf(a.id) - rankOf(b.id) ||
      rankOf(a.rule) - rankOf(b.rule) ||
      a.id.localeCompare(b.id) ||
      a.rule.localeCompare(b.rule),
  );
}

/**
 * Writes a baseline file whole or not at all.
 *
 * @throws ConformError ERR_OUTPUT when it cannot be written.
 */
export function writeBaseline(file: string, entries: readonly BaselineEntry[]): void {
  const ordered = entries.map(({ id, rule, reason, link, expires, intermittent }) => ({
    id,
    rule,
    reason,
    link,
    expires,
    intermittent,
  }));
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(
      temporary,
      `${JSON.stringify({ schemaVersion: baselineSchemaVersion, entries: ordered }, undefined, 2)}\n`,
    );
    renameSync(temporary, file);
  } catch (error) {
    throw new ConformError('ERR_OUTPUT', `the baseline file ${file} cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
