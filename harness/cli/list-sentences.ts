import { shortId } from '../catalogue';
import { sentences, type Sentence } from '../catalogue/sentences';
import type { CatalogueRow } from '../properties/catalogue';

/**
 * `tested`: a property provokes it. `watched`: the rules judge it on all traffic. `planned`: its rows are not built. The other two say why there is no row.
 */
export type SentenceState = 'tested' | 'watched' | 'planned' | 'not-observable' | 'not-applicable';

/** A sentence with what looks at it. */
export interface SentenceRecord {
  readonly document: string;
  readonly section: string;
  readonly keyWord: string;
  readonly says: string;
  readonly state: SentenceState;
  /** Full ids of its rows. */
  readonly rows: readonly string[];
  /** Why there is no row. */
  readonly why?: string;
}

/** Every sentence that binds a server, with its state as far as these rows are built. */
export function sentenceRecords(rows: readonly CatalogueRow[]): readonly SentenceRecord[] {
  const byNumber = new Map<string, CatalogueRow>(rows.map((row) => [shortId(row.id), row] as const));
  return sentences.map((sentence) => recordOf(sentence, byNumber));
}

function recordOf(
  { absence, rows, ...sentence }: Sentence,
  byNumber: ReadonlyMap<string, CatalogueRow>,
): SentenceRecord {
  if (absence !== undefined) return { ...sentence, state: absence.kind, rows: [], why: absence.why };
  const looking = rows.flatMap((number) => byNumber.get(number) ?? []);
  const has = (state: CatalogueRow['state']): boolean => looking.some((row) => row.state === state);
  const state = has('property') ? 'tested' : has('watched') ? 'watched' : 'planned';
  return { ...sentence, state, rows: looking.map(({ id }) => id) };
}

const states: readonly SentenceState[] = ['tested', 'watched', 'planned', 'not-observable', 'not-applicable'];

/** How many sentences there are of each state: `12 tested, 3 planned`. */
const countStates = (records: readonly SentenceRecord[]): string =>
  states
    .map((state) => [records.filter((record) => record.state === state).length, state] as const)
    .filter(([number]) => number > 0)
    .map(([number, state]) => `${number} ${state}`)
    .join(', ');

/** The lines of `list --sentences`: per document its counts, then each sentence in the document's order. */
export function describeSentences(records: readonly SentenceRecord[]): string {
  const documents = [...new Set(records.map(({ document }) => document))];
  const width = Math.max(...records.map(({ section }) => section.length));
  const blocks = documents.map((document) => {
    const own = records.filter((record) => record.document === document);
    const lines = own.map(({ section, keyWord, says, state, rows, why }) =>
      [
        ' ',
        section.padEnd(width),
        state.padEnd('not-observable'.length),
        keyWord.padEnd('should not'.length),
        `${says}  (${why ?? rows.join(', ')})`,
      ].join(' '),
    );
    return `${document}: ${countStates(own)}\n${lines.join('\n')}\n`;
  });
  return `${blocks.join('\n')}\n${records.length} sentences: ${countStates(records)}\n`;
}
