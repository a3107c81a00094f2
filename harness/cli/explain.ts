import { exitCodes } from '../error';
import { areas, type CatalogueRow } from '../properties/catalogue';
import { strengthMeanings, type Requirement, type Strength } from '../properties/requirement';
import { unlocks } from '../properties/need';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CliContext } from './context';
import { matchSelector } from '../engine/selectors';

/** What each level means to a reader of one rule. */
const levelMeanings = {
  must: 'a server that breaks it fails',
  should: 'a server that breaks it gets a warning',
  may: 'a free choice; what it must not lead to is tested',
  convention: 'in no specification, but relied upon; a server that breaks it gets a warning',
} as const;

const stateMeanings = {
  property: undefined,
  watched: 'checked on every call and connection of every property',
  planned: 'not tested yet',
} as const;

/**
 * `grpc-conform explain ID`: all there is to know about a rule.
 *
 * @returns the exit code.
 */
export function explain(id: string, { stdout }: CliContext): number {
  const { rows } = loadCatalogue();
  const matches = matchSelector(rows, id, 'the rule');
  stdout.write(matches.map(explainRow).join('\n'));
  return exitCodes.conformant;
}

/** A reader of a must or should expects the word in a source; where none has it, the line says so. */
function carriedBy({ level, sources }: Requirement): string {
  const words: readonly Strength[] = level === 'should' ? ['must', 'should'] : ['must'];
  const hasWord = sources.some(({ strength }) => strength !== undefined && words.includes(strength));
  if (hasWord || (level !== 'must' && level !== 'should')) return '';
  return `; no source has the word: it follows from what they state`;
}

function explainRow(row: CatalogueRow): string {
  const { id, area, requirement, property, state } = row;
  const lines: (readonly [string, string])[] = [
    ['area', areas[area] ?? area],
    ['level', `${requirement.level}: ${levelMeanings[requirement.level]}${carriedBy(requirement)}`],
    ['rule', requirement.rule],
    ...requirement.sources.map(
      ({ document, section, url, strength = 'statement' }) =>
        [
          'source',
          `${[document, section].filter((part) => part !== '').join(' ')} (${strengthMeanings[strength]})  ${url}`,
        ] as const,
    ),
  ];
  if (property !== undefined) {
    lines.push(['generates', property.generates], ['accepts', property.accepts.join('; ')]);
    for (const need of property.needs ?? []) lines.push(['needs', `${need}: ${unlocks[need]}`]);
    if (property.lane === 'exclusive') lines.push(['runs', 'alone, after the properties that share the target']);
    if (property.lane === 'restart') lines.push(['runs', 'last, with a target that is started again for each input']);
  }
  const meaning = stateMeanings[state];
  if (meaning !== undefined) lines.push(['state', meaning]);
  return `${id}\n${lines.map(([name, text]) => `  ${name.padEnd(10)} ${text}\n`).join('')}`;
}
