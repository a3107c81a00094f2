import { createHash } from 'node:crypto';
import type { PropertyRecord, RunHashes, RunRecord } from './model';

/** Hexadecimal digits of a hash: enough to tell runs apart, few enough to be read out. */
const digits = 12;

/**
 * What two runs are held against each other by at a glance. Runs of the same rows with the same options by the same version share `asked`, whatever target and seed they
 * had; runs that came to the same verdicts and reactions, row by row, share `found`. The order in which things finished, and how long they took, count for neither.
 */
export function hashesOf({ header, properties }: Pick<RunRecord, 'header' | 'properties'>): RunHashes {
  const { shard: _, seed: _seed, ...options } = header.options;
  return {
    asked: digest([header.tool.version, header.runs, header.selected.toSorted(), sortedEntries(options)]),
    found: digest(properties.map(foundOf).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** What a row came to: its verdict, and each distinct finding. */
function foundOf({ id, verdict, findings }: PropertyRecord): readonly [string, string, ...string[]] {
  const distinct = new Set(findings.map((finding) => `${finding.rule} ${finding.verdict} ${finding.reaction}`));
  return [id, verdict, ...[...distinct].toSorted()];
}

const sortedEntries = (record: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, digits);
