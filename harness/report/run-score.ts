import { gravityOfFinding } from './finding-words';
import type { PropertyRecord, RowVerdict, RunRecord } from './model';

/** A run in numbers that cannot be misread: how many rules it judged of how many there are, and how many of those are broken, whatever a baseline says. */
export interface RunScore {
  readonly judged: number;
  /** Rules in the catalogue, those included that the run did not select or could not test. */
  readonly of: number;
  /** Rows that are broken as failures are: a MUST, a crash, a hang. Those that are known or were seen now and then count as well. */
  readonly failing: number;
  /** Rows that are broken no worse than with a warning. */
  readonly warning: number;
  readonly crashes: number;
  readonly hangs: number;
  /** How many of the broken rows the baseline lists. */
  readonly known: number;
  /** The run was cut short. */
  readonly isPartial: boolean;
}

const judging: ReadonlySet<RowVerdict> = new Set(['pass', 'fail', 'warn', 'info', 'flaky', 'known', 'stale']);

/** The score of a run, out of so many rules. */
export function scoreOf({ properties, rows = [], status }: RunRecord, catalogueSize: number): RunScore {
  const verdicts = new Map<string, RowVerdict>([
    ...rows.map(({ row, verdict }) => [row, verdict] as const),
    ...properties.map(({ id, verdict }) => [id, verdict] as const),
  ]);
  const gravities = properties.map(worstGravity);
  const broken = properties.filter((_, index) => gravities[index] !== undefined);
  const marked = (mark: 'crash' | 'hang'): number =>
    broken.filter(({ findings }) => findings.some((finding) => finding.mark === mark)).length;
  return {
    judged: [...verdicts.values()].filter((verdict) => judging.has(verdict)).length,
    of: Math.max(catalogueSize, verdicts.size),
    failing: gravities.filter((gravity) => gravity === 'fail').length,
    warning: gravities.filter((gravity) => gravity === 'warn').length,
    crashes: marked('crash'),
    hangs: marked('hang'),
    known: broken.filter(({ verdict }) => verdict === 'known').length,
    isPartial: status === 'incomplete',
  };
}

/** How badly a row is broken; undefined for one that is not. What a file does not say is taken for the worse. */
function worstGravity({ verdict, findings }: PropertyRecord): 'fail' | 'warn' | undefined {
  if (verdict === 'fail') return 'fail';
  if (verdict !== 'warn' && verdict !== 'known' && verdict !== 'flaky') return undefined;
  const gravities = findings.map((finding) => gravityOfFinding(finding) ?? 'fail');
  return verdict === 'warn' || (gravities.length > 0 && !gravities.includes('fail')) ? 'warn' : 'fail';
}

/** What is broken, in words: `9 fail (1 crash, 2 hang), 3 warn`; `none broken`. */
export function describeBroken({ failing, warning, crashes, hangs }: RunScore): string {
  const marks = [...(crashes > 0 ? [`${crashes} crash`] : []), ...(hangs > 0 ? [`${hangs} hang`] : [])].join(', ');
  const parts = [
    ...(failing > 0 ? [`${failing} fail${marks === '' ? '' : ` (${marks})`}`] : []),
    ...(warning > 0 ? [`${warning} warn`] : []),
  ];
  return parts.length === 0 ? 'none broken' : parts.join(', ');
}

/** How much was judged, in words: `62 of 314 rules judged`. */
export const describeJudged = ({ judged, of, isPartial }: RunScore): string =>
  `${judged} of ${of} rules judged${isPartial ? ', cut short' : ''}`;
