import { shortId } from '../../catalogue';
import type { FindingRecord } from '../model';
import { findingLine, findingLines, type FindingContext, type Row } from './finding-lines';

/** Findings that are told in full, at most: more than a reader takes in; the report has all. */
export const mostInFull = 10;

/** Tells findings as they come: the first of each cause in full, up to a number of them, all others on one line each. */
export class FindingLog {
  /** The first finding of each cause that was told in full. */
  readonly #causes = new Map<string, string>();
  #full = 0;

  lines(id: string, finding: FindingRecord, row: Row | undefined, context: FindingContext): readonly string[] {
    const { causeKey, verdict } = finding;
    const isNews = verdict !== 'known' && verdict !== 'info';
    if (context.verbosity > 0) return findingLines(id, finding, row, context);
    if (!isNews) return [findingLine(id, finding, context)];
    const first = causeKey === undefined ? undefined : this.#causes.get(causeKey);
    if (first !== undefined)
      return [findingLine(id, finding, { ...context, why: `one cause with ${shortId(first)}: ` })];
    if (this.#full === mostInFull) return [findingLine(id, finding, context)];
    this.#full += 1;
    if (causeKey !== undefined) this.#causes.set(causeKey, id);
    return findingLines(id, finding, row, context);
  }
}
