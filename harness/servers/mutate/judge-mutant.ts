import { exitCodes } from '../../error';
import type { PropertyRecord, RunRecord } from '../../report/model';
import type { SuiteRun } from './play-suite';

/** What became of a mutant. `fault`: the suite broke, which says nothing of the mutant and is ours to mend. */
export type Fate =
  | { readonly state: 'killed'; readonly by: string }
  | { readonly state: 'survived' }
  | { readonly state: 'fault'; readonly by: string };

/** The ways in which the unchanged server breaks each row that its baseline lists. */
export type KnownReactions = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads from a run of the unchanged server how it breaks what its baseline lists. */
export const readKnownReactions = ({ properties }: RunRecord): KnownReactions =>
  new Map(
    properties
      .filter(({ verdict }) => verdict === 'known')
      .map(({ id, reactions = {} }) => [id, new Set(Object.keys(reactions))]),
  );

/**
 * Reads the fate of a mutant from a run of the suite against it. A finding that the baseline lists hides others of its row that are no worse: what the
 * unchanged server does not do, by `known`, is told all the same.
 */
export function judgeMutant({ exitCode, tookTooLong, words, record }: SuiteRun, known: KnownReactions): Fate {
  if (tookTooLong) return { state: 'killed', by: 'took too long' };
  switch (exitCode) {
    case exitCodes.conformant:
      return judgeConformant(record, known);
    case exitCodes.findings:
      return { state: 'killed', by: (record && killerOf(record)) ?? 'exit code 1' };
    case exitCodes.usage:
      return { state: 'killed', by: 'nothing can be judged' };
    case exitCodes.unreachable:
      return { state: 'killed', by: 'is never ready' };
    case exitCodes.targetLost:
      return { state: 'killed', by: (record && killerOf(record)) ?? 'target lost' };
    default:
      return { state: 'fault', by: `exit code ${exitCode ?? 'none'}: ${lastLine(words)}` };
  }
}

/** A warning does not gate, but someone who reads the report sees it. */
function judgeConformant(record: RunRecord | undefined, known: KnownReactions): Fate {
  if (record === undefined) return { state: 'fault', by: 'no report was written' };
  const warning = findings(record.properties, 'warn')[0];
  if (warning !== undefined) return { state: 'killed', by: `${warning} (warning)` };
  if (record.status !== 'complete') return { state: 'killed', by: 'took too long' };
  const other = record.properties.flatMap((row) => otherReactions(row, known))[0];
  return other === undefined ? { state: 'survived' } : { state: 'killed', by: other };
}

/** Ways in which a row that is known to be broken is broken now and was not before. */
function otherReactions({ id, verdict, reactions = {} }: PropertyRecord, known: KnownReactions): readonly string[] {
  const before = known.get(id);
  if (verdict !== 'known' || before === undefined) return [];
  return Object.keys(reactions)
    .filter((reaction) => !before.has(reaction))
    .map((reaction) => `${id} (${reaction}, beside what is known)`);
}

/** What made the run fail: a finding's row, a capability that is gone, or a known deviation that is. */
function killerOf({ properties, header }: RunRecord): string | undefined {
  const [row = findings(properties, 'warn')[0]] = findings(properties, 'fail');
  if (row !== undefined) return row;
  const [lost] = header.lost ?? [];
  if (lost !== undefined) return `offers no ${lost.need}`;
  const odd = properties.find(({ verdict }) => verdict === 'stale' || verdict === 'flaky' || verdict === 'error');
  return odd && `${odd.id} (${odd.verdict})`;
}

const findings = (properties: readonly PropertyRecord[], verdict: 'fail' | 'warn'): readonly string[] =>
  properties.flatMap((property) =>
    property.findings.filter((each) => each.verdict === verdict).map(({ rule }) => rule),
  );

const lastLine = (words: string): string => words.trim().split('\n').at(-1) ?? '';
