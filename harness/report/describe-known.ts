import type { FindingRecord } from './model';

/** Why a finding is known, behind the word `known`, and by which baseline where there are several: `by team.json: resets instead of a status`. */
export const describeKnown = ({ reason, file }: NonNullable<FindingRecord['known']>): string =>
  file === undefined ? reason : `by ${file}: ${reason}`;
