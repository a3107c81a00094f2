import { exitCodes } from '../error';
import { type CatalogueRow } from '../properties/catalogue';
import { areas, isAmong, type Row } from '../catalogue';
import { sentences } from '../catalogue/sentences';
import { labelled, readableWidth } from '../report/console/layout';
import { strengthMeanings, type Requirement, type Strength } from '../catalogue/requirement';
import { unlocks } from '../facts/need';
import { labelNamesOf } from '../properties/labels';
import { isOwnId } from '../properties/own-row';
import { mutants } from '../servers/reference/mutants';
import { asJson } from './as-json';
import type { CliContext } from './context';
import { wholeRowRecord } from './row-record';
import { matchSelector } from '../engine/selectors';
import { loadCatalogueWith } from './load-suites';
import type { Settings } from './setting-specs';

/** Characters of the column of names. */
const column = 11;

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

export interface ExplainOptions {
  readonly json?: boolean;
}

/**
 * `grpc-conform explain ID`: all there is to know about a rule.
 *
 * @returns the exit code.
 */
export async function explain(
  id: string,
  settings: Settings,
  { json = false }: ExplainOptions,
  { stdout }: CliContext,
): Promise<number> {
  const { rows } = await loadCatalogueWith(settings);
  const matches = matchSelector(rows, id, 'the rule');
  if (json) {
    stdout.write(asJson(matches.map(wholeRowRecord)));
    return exitCodes.conformant;
  }
  // Wrapped for people; a pipe gets one line for each fact.
  const width = stdout.isTerminal ? readableWidth(stdout.columns() ?? 100) : Infinity;
  stdout.write(matches.map((row) => explainRow(row, width)).join('\n'));
  return exitCodes.conformant;
}

/** A reader of a must or should expects the word in a source; where none has it, the line says so. */
function carriedBy({ level, sources }: Requirement): string {
  const words: readonly Strength[] = level === 'should' ? ['must', 'should'] : ['must'];
  const hasWord = sources.some(({ strength }) => strength !== undefined && words.includes(strength));
  if (hasWord || (level !== 'must' && level !== 'should')) return '';
  return `; no source has the word: it follows from what they state`;
}

/** The sentences of the documents that a row looks at. */
const sentencesAbout = (id: string): readonly string[] =>
  sentences
    .filter(({ rows }) => isAmong(id, rows))
    .map(
      ({ document, section, keyWord, says }) =>
        `${[document, section].filter(Boolean).join(' ')} (${keyWord}): ${says}`,
    );

function explainRow({ id, area, requirement, property, state, row }: CatalogueRow, width: number): string {
  const lines: (readonly [string, string])[] = [
    ['area', areas[area] ?? area],
    ['level', `${requirement.level}: ${levelMeanings[requirement.level]}${isOwnId(id) ? '' : carriedBy(requirement)}`],
    ['rule', requirement.rule],
    ...requirement.sources.map(
      ({ document, section, url, strength = 'statement' }) =>
        [
          'source',
          `${[document, section].filter((part) => part !== '').join(' ')}${isOwnId(id) ? '' : ` (${strengthMeanings[strength]})`}  ${url}`,
        ] as const,
    ),
  ];
  if (row?.follows !== undefined) lines.push(['follows', row.follows]);
  for (const sentence of sentencesAbout(id)) lines.push(['sentence', sentence]);
  if (property !== undefined) {
    lines.push(['generates', property.generates], ['accepts', property.accepts.join('; ')]);
    const classes = labelNamesOf(property);
    if (classes.length > 0) lines.push(['counts', `inputs that are: ${classes.join('; ')}`]);
    for (const need of property.needs ?? []) lines.push(['needs', `${need}: ${unlocks[need]}`]);
    if (property.lane === 'exclusive') lines.push(['runs', 'alone, after the properties that share the target']);
    if (property.lane === 'hostile')
      lines.push([
        'runs',
        'alone, after all others that leave the process of the target alone, and only where attacks are allowed',
      ]);
    if (property.lane === 'restart') lines.push(['runs', 'last, with a target that is started again for each input']);
  }
  if (row !== undefined) lines.push(...catalogueLines(row));
  for (const mutant of mutants.filter(({ breaks }) => breaks === id))
    lines.push(['mutant', `${mutant.id}: ${mutant.says}`]);
  const meaning = stateMeanings[state];
  if (meaning !== undefined) lines.push(['state', meaning]);
  return [id, ...lines.flatMap(([name, text]) => labelled(name, text, column, width))]
    .map((line) => `${line}\n`)
    .join('');
}

/** What the catalogue says of a row, whether or not anything tests it. */
const catalogueLines = ({
  sends,
  passes,
  warns,
  fails,
  needs,
  servers,
  h2spec,
  hole,
}: Row): (readonly [string, string])[] =>
  (
    [
      ['sends', sends],
      ['passes', passes],
      ['warns', warns],
      ['fails', fails],
      ['target', needs === 'any' ? 'any server will do' : needs],
      ['servers', servers],
      ['h2spec', h2spec?.join(', ')],
      ['hole', hole],
    ] as const
  ).flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
