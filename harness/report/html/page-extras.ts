import type { Schema } from '../../schema/schema';

/** What a page has beside the run, so that a finding can be understood and played again from the page alone. */
export interface PageExtras {
  /** Types of the methods that findings call. */
  readonly messageTypes?: Schema;
  /** Failure files by their names, without their transcripts, which the run has: JSON, gzip, base64. */
  readonly files: Readonly<Record<string, string>>;
  /** What the documents say, by the rows that findings are filed under. */
  readonly quotes: Readonly<Record<string, readonly Quote[]>>;
}

/** A sentence of a document, in our words. */
export interface Quote {
  readonly document: string;
  readonly section: string;
  readonly says: string;
}
