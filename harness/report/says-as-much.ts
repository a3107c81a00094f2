import type { FindingRecord } from './model';

/** What other properties saw of a row. */
export interface Seen {
  /** The baseline covers it. */
  readonly isKnown: boolean;
  readonly gravity: 'fail' | 'warn' | 'info' | undefined;
}

/** True when a finding of a row's own says as much as what others saw of it, so that it need not be told as well. */
export const saysAsMuch = ({ verdict }: Pick<FindingRecord, 'verdict'>, { isKnown, gravity }: Seen): boolean =>
  verdict === 'fail' || (verdict === 'known' ? isKnown : gravity !== 'fail');
