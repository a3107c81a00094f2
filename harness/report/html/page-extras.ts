import type { Schema } from '../../schema/schema';

/** What a page has beside the run, so that a finding can be understood and played again from the page alone. */
export interface PageExtras {
  /** Types of the methods that findings call. */
  readonly messageTypes?: Schema;
  /** Failure files by their names, without their transcripts, which the run has: JSON, gzip, base64. */
  readonly files: Readonly<Record<string, string>>;
}
