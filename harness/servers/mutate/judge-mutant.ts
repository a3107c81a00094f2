import { exitCodes } from '../../error';
import type { PropertyRecord, RunRecord } from '../../report/model';
import type { SuiteRun } from './play-suite';

/** What became of a mutant. `fault`: the suite broke, which says nothing of the mutant and is ours to mend. */
export type Fate =
  | { readonly state: 'killed'; readonly by: string }
  | { readonly state: 'survived' }
  | { readonly state: 'fault'; readonly by: string };

/** Reads the fate of a mutant from a run of the suite against it. */
export function judgeMutant({ exitCode, tookTooLong, words, record }: SuiteRun): Fate {
  if (tookTooLong) return { state: 'killed', by: 'took too long' };
  switch (exitCode) {
    case exitCodes.conformant:
      return judgeConformant(record);
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
function judgeConformant(record: RunRecord | undefined): Fate {
  if (record === undefined) return { state: 'fault', by: 'no report was written' };
  const warning = findings(record.properties, 'warn')[0];
  if (warning !== undefined) return { state: 'killed', by: `${warning} (warning)` };
  if (record.status !== 'complete') return { state: 'killed', by: 'took too long' };
  return { state: 'survived' };
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
