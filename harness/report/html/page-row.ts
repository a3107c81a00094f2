import type { Level } from '../../catalogue/requirement';
import type { RowRecord, RunRecord } from '../model';

/** A row with the words of the catalogue, where no property of the run has them. */
export interface PageRow extends RowRecord {
  readonly level?: Level;
  readonly rule?: string;
  /** What would have to be sent, or come by, for the rule to be looked at. */
  readonly sends?: string;
}

/** A run as a page holds it. */
export interface PageRun extends RunRecord {
  readonly rows?: readonly PageRow[];
}
