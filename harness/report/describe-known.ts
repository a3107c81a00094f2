import type { FindingRecord } from './model';

/** Why a finding is known, and by which baseline where there are several: `resets instead of a status [known by team.json]`. */
export const describeKnown = ({ reason, file }: NonNullable<FindingRecord['known']>): string =>
  file === undefined ? reason : `${reason} [known by ${file}]`;
