import { gravityOfFinding } from './finding-words';
import type { FindingRecord, PropertyRecord, PropertyVerdict, RunRecord } from './model';
import type { FiledFinding } from './summary';

/** What a run says of its MUSTs and of all other rules, apart. */
export interface BrokenByLevel {
  /** `4 broken, 1 now and then, 9 known`; `none broken`. */
  readonly must: string;
  /** The same of SHOULDs, of choices, and of conventions. */
  readonly should: string;
  /** What does most damage, if anything does: what nobody knows before what the baseline lists. */
  readonly worst?: FiledFinding & {
    /** A clause. */
    readonly text: string;
  };
}

/** How many MUSTs and how many other rules are broken, and how far the worst of it reaches. Pure. */
export function brokenByLevel({ properties }: Pick<RunRecord, 'properties'>): BrokenByLevel {
  const musts = properties.filter(({ level }) => level === 'must');
  const others = properties.filter(({ level }) => level !== 'must');
  const worst = worstOf(properties);
  return {
    must: say(musts, [
      ['fail', 'broken'],
      ['warn', 'kept in an unusual form'],
      ['flaky', 'broken now and then'],
      ['known', 'known to be broken'],
    ]),
    should: say(others, [
      ['fail', 'broken'],
      ['warn', 'not kept'],
      ['flaky', 'not kept now and then'],
      ['known', 'known not to be kept'],
    ]),
    ...(worst === undefined ? {} : { worst: { ...worst, text: describeDamage(worst.finding) } }),
  };
}

function say(properties: readonly PropertyRecord[], words: readonly (readonly [PropertyVerdict, string])[]): string {
  const said = words.flatMap(([verdict, word]) => {
    const count = properties.filter((property) => property.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return said.length === 0 ? 'none broken' : said.join(', ');
}

function worstOf(properties: readonly PropertyRecord[]): FiledFinding | undefined {
  const all = properties.flatMap((property) => property.findings.map((finding) => ({ property, finding })));
  const counted = all.filter(({ finding }) => gravityOfFinding(finding) !== undefined);
  return counted.toSorted((a, b) => damage(b.finding) - damage(a.finding))[0];
}

const reach = { stream: 1, connection: 2, server: 3 } as const;
const marks = { hang: 4, crash: 5 } as const;

function damage(finding: FindingRecord): number {
  const { verdict, mark, radius } = finding;
  const isNew = verdict !== 'known';
  const isGrave = gravityOfFinding(finding) === 'fail';
  return (isNew ? 100 : 0) + (isGrave ? 50 : 0) + (mark === undefined ? reach[radius] : marks[mark]);
}

function describeDamage({ mark, radius, verdict }: FindingRecord): string {
  const known = verdict === 'known' ? ', as is known' : '';
  if (mark === 'crash') return `the process of the server ends${known}`;
  if (mark === 'hang')
    return `the server does not answer any more${radius === 'server' ? '' : ` on the ${radius}`}${known}`;
  return `${radius === 'server' ? 'the whole server' : `one ${radius}`} is hurt${known}`;
}
