import { cutText } from '../cut-text';
import type { Need } from '../facts/need';

/** One deviation of a target that is known, with the reason why it is tolerated. */
export interface BaselineEntry {
  /** The property that the finding is filed under. */
  readonly id: string;
  /** The row of the rule catalogue that is broken. */
  readonly rule: string;
  readonly reason: string;
  /** Classes of reaction that it covers, as findings name them; any when absent (version 1). */
  readonly reactions?: readonly string[];
  /** The gravest finding that it covers; any when absent (version 1). */
  readonly gravity?: 'fail' | 'warn';
  /** A crash or a hang is covered only where the entry names it. */
  readonly mark?: 'crash' | 'hang';
  readonly link?: string;
  /** Last day on which the entry holds, `YYYY-MM-DD` in UTC. */
  readonly expires?: string;
  /** True for what only some runs show, a race for example: a run without it does not make the entry stale. */
  readonly intermittent?: boolean;
  /** The name of the baseline that it is from, where there are several; not part of a file. */
  readonly from?: string;
}

/** The known deviations of a target. */
export interface Baseline {
  /** As people name it; of several, all their names. */
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
  /** What the target offered when the file was written; absent in files of version 1. */
  readonly offers?: readonly Need[];
  /** The name of the baseline that `offers` is from, where there are several. */
  readonly offersFrom?: string;
  /** Where there are several: each with how many of its entries count, the lowest first. */
  readonly layers?: readonly BaselineLayer[];
  /** What the file names as its JSON Schema, for editors. */
  readonly schema?: string;
}

/** One of several baselines that count together. */
export interface BaselineLayer {
  readonly file: string;
  readonly entries: number;
}

/** What tells an entry from others. */
export interface BaselineKey {
  readonly id: string;
  readonly rule: string;
}

/** What a baseline needs to know of a finding. */
export interface BaselineFinding extends BaselineKey {
  readonly reaction: string;
  readonly gravity: 'fail' | 'warn';
  readonly mark?: 'crash' | 'hang';
}

/** What the baseline says of a finding: the entry that covers it, or the one that lists the rule and does not, with the reason why. */
export type Coverage =
  | { readonly kind: 'covered'; readonly entry: BaselineEntry }
  | { readonly kind: 'new' }
  /** `why` completes "the baseline lists this rule, but …". */
  | { readonly kind: 'other'; readonly entry: BaselineEntry; readonly why: string };

/** Characters of a reason that nobody has written yet. */
const longestReason = 1000;

/** Equal for entries and findings that are about the same. */
export function keyOf(finding: BaselineKey): string {
  return `${finding.id}\0${finding.rule}`;
}

/** Several baselines as one: for each row a later one replaces what earlier ones say of it, and what the target offers is what the last says that says it. */
export function layerBaselines(layers: readonly Baseline[]): Baseline | undefined {
  const [first] = layers;
  if (layers.length <= 1) return first;
  const entries = new Map<string, BaselineEntry>();
  for (const { file, entries: own } of layers)
    for (const entry of own) entries.set(keyOf(entry), { ...entry, from: file });
  const merged = [...entries.values()];
  const offering = layers.findLast(({ offers }) => offers !== undefined);
  return {
    file: layers.map(({ file }) => file).join(', '),
    entries: merged,
    ...(offering?.offers === undefined ? {} : { offers: offering.offers, offersFrom: offering.file }),
    layers: layers.map(({ file }) => ({ file, entries: merged.filter(({ from }) => from === file).length })),
  };
}

/** `the baseline`, with its name where there are several. */
export const nameBaseline = (from: string | undefined): string =>
  from === undefined ? 'the baseline' : `the baseline ${from}`;

/**
 * The findings that the last of several baselines has to list: those of rows that it lists already, and those of rows of which the ones below do not cover each finding.
 * An entry replaces what is said of its row below, so that a row is listed whole or not at all.
 */
export function findingsForLast<Finding extends BaselineFinding>(
  findings: readonly Finding[],
  below: Baseline | undefined,
  last: readonly BaselineKey[],
  now: Date,
): readonly Finding[] {
  const wanted = new Set(last.map(keyOf));
  for (const finding of findings) if (coverFinding(below, finding, now).kind !== 'covered') wanted.add(keyOf(finding));
  return findings.filter((finding) => wanted.has(keyOf(finding)));
}

/** Days before the last day of an entry on which a run begins to say so. */
const noticeDays = 14;

/** True when the last day of an entry is over. */
export const isExpired = ({ expires }: BaselineEntry, now: Date): boolean =>
  expires !== undefined && expires < dayOf(now);

/** Entries whose last day is near, but not over. */
export function findExpiring(baseline: Baseline | undefined, now: Date): readonly BaselineEntry[] {
  const soon = dayOf(new Date(now.getTime() + noticeDays * 86_400_000));
  return (baseline?.entries ?? []).filter(
    (entry) => entry.expires !== undefined && !isExpired(entry, now) && entry.expires <= soon,
  );
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/**
 * What the baseline says of a finding. An entry covers what it was written for and nothing worse: its reactions, its gravity, its mark, until its last day.
 */
export function coverFinding(baseline: Baseline | undefined, finding: BaselineFinding, now: Date): Coverage {
  const entry = baseline?.entries.find((one) => keyOf(one) === keyOf(finding));
  if (entry === undefined) return { kind: 'new' };
  const why = whyNotCovered(entry, finding, now);
  return why === undefined ? { kind: 'covered', entry } : { kind: 'other', entry, why };
}

function whyNotCovered(entry: BaselineEntry, finding: BaselineFinding, now: Date): string | undefined {
  if (isExpired(entry, now)) return `the entry expired on ${entry.expires ?? ''}`;
  if (finding.mark !== undefined && entry.mark !== finding.mark) return `not as a ${finding.mark}`;
  if (entry.gravity === 'warn' && finding.gravity === 'fail') return 'as a warning, and this is a failure';
  if (entry.reactions === undefined || entry.reactions.includes(finding.reaction)) return undefined;
  return `with ${entry.reactions.map((one) => `"${one}"`).join(' or ')}, and this is "${finding.reaction}"`;
}

/**
 * Entries that list something which the run looked for and did not see. An entry whose property did not run says nothing and is left out.
 *
 * @param executed ids of the properties that ran to their end.
 */
export function findStaleEntries(
  baseline: Baseline | undefined,
  executed: ReadonlySet<string>,
  findings: readonly BaselineKey[],
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
    const { id, rule, summary } = finding;
    const before = entries.get(keyOf(finding)) ?? { id, rule, reason: cutText(`observed: ${summary}`, longestReason) };
    entries.set(keyOf(finding), widen(before, finding));
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

/** The entry, so that it covers the finding as well. */
function widen(entry: BaselineEntry, { reaction, gravity, mark }: BaselineFinding): BaselineEntry {
  // The reactions of an intermittent entry, and of one whose finding varies, add up; those of version 1 begin with this run.
  const reactions = [...new Set([...(entry.reactions ?? []), reaction])];
  return {
    ...entry,
    reactions,
    gravity: entry.gravity === 'fail' || gravity === 'fail' ? 'fail' : 'warn',
    ...(mark === undefined ? {} : { mark }),
  };
}
