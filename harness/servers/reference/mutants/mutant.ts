import { shortId, type RowId, type RowNumber } from '../../../catalogue';
import type { MakeSeams, Seams } from '../seams';

/** One way to break one rule, as a real server could have it. */
export interface Mutant extends Seams {
  /** Area and number of the row, and the clause of it that is broken: `MSG-02/prefix-split`. */
  readonly id: string;
  readonly breaks: RowId;
  /** What the server then does wrong. */
  readonly says: string;
  /** Seams with a state, for each connection. */
  readonly seams?: MakeSeams;
  /** It shows only over TLS, where the experiment of its row runs without as well. */
  readonly overTls?: boolean;
  /** A legal choice that the server makes beside it, without which it does not show: the words of a variation. */
  readonly beside?: string;
  /** It ends the process, or all that the process serves, so that no other mutant can share a process with it. */
  readonly endsService?: boolean;
  /** Rows whose experiments bring it out, where the row has none of its own. */
  readonly provokedBy?: readonly RowNumber[];
  /** Why it lives, once somebody has judged that: by hand-written examples as well, or where only generated inputs are played. */
  readonly survives?: { readonly where: 'always' | 'without examples'; readonly reason: string };
}

/** A mutant as its file says it: the id and the row follow from where it stands. */
export type Clause = Omit<Mutant, 'id' | 'breaks'>;

/** The mutants of one row, by clause. */
export function mutantsOf(breaks: RowId, clauses: Readonly<Record<string, Clause>>): readonly Mutant[] {
  return Object.entries(clauses).map(([clause, mutant]) => ({ id: `${shortId(breaks)}/${clause}`, breaks, ...mutant }));
}
