import type { RowText } from '../../catalogue/row';
import type { Requirement } from '../../catalogue/requirement';
import type { Sentence } from '../../catalogue/sentences';
import type { RunRecord } from '../model';
import type { PageExtras } from './page-extras';

/** A row of the catalogue as a page holds it. */
export interface PageRow
  extends
    Pick<Requirement, 'level' | 'rule'>,
    Partial<Pick<RowText, 'sends' | 'passes' | 'fails' | 'servers' | 'follows'>> {
  readonly id: string;
  /** Name of its area, for people. */
  readonly area: string;
}

/** A run as a page holds it, beside what it is measured by. */
export interface PageRun extends RunRecord {
  /** Every row, in the order of the catalogue. */
  readonly catalogue: readonly PageRow[];
  readonly sentences: readonly Sentence[];
  /** Absent where there was no room. */
  readonly extras?: PageExtras;
}
