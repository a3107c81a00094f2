import { mostInFull } from './console/finding-log';
import { describeAgainst } from './describe-target';
import { describeFindingAsMarkdown } from './finding-markdown';
import { findingVerdict } from './finding-words';
import { verdictMeanings, type RunRecord } from './model';
import { plainMarkdown } from './plain-markdown';
import {
  countVerdicts,
  describeDuration,
  describeExitCode,
  describeVerdict,
  groupByCause,
  lockedProperties,
  lostProperties,
  verdictOrder,
  type Cause,
} from './summary';

export interface RunMarkdownOptions {
  /** What the whole may be long, in characters; a runner refuses more than a mebibyte of octets. At least some thousands. */
  readonly mostCharacters: number;
}

/** Causes that have a line. */
const mostLines = 100;

/**
 * A run as Markdown for the page of a CI job: the verdict, the counts, what to fix first with packets folded away, and what could not be tested. What does not fit is
 * counted. Pure.
 */
export function describeRunAsMarkdown(run: RunRecord, { mostCharacters }: RunMarkdownOptions): string {
  const causes = groupByCause(run);
  const head = [
    `## ${plainMarkdown(describeVerdict(run))}`,
    '',
    plainMarkdown(describeAgainst(run.target)),
    '',
    ...counts(run),
  ];
  const tail = [...unjudged(run), ...ending(run)];
  const room = mostCharacters - joined(head).length - joined(tail).length;
  return joined([...head, ...fixFirst(run, causes, room), ...tail]);
}

const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

function counts({ properties }: RunRecord): readonly string[] {
  const numbers = countVerdicts(properties);
  const rows = verdictOrder
    .filter((verdict) => numbers[verdict] > 0)
    .map((verdict) => `| ${verdict} | ${numbers[verdict]} | ${plainMarkdown(verdictMeanings[verdict])} |`);
  return ['| verdict | rules | |', '| --- | ---: | --- |', ...rows, `| total | ${properties.length} | |`, ''];
}

/** As many causes in full as there is room for, the gravest first; then a line each; then a number. */
function fixFirst(run: RunRecord, causes: readonly Cause[], room: number): readonly string[] {
  if (causes.length === 0) return [];
  const lines = ['### Fix first', ''];
  let left = room - joined(lines).length - 200;
  let inFull = 0;
  for (const cause of causes.slice(0, mostInFull)) {
    const text = fold(title(cause), describeFindingAsMarkdown(run, cause.head.property, cause.head.finding));
    // Lines for the rest have to fit as well.
    if (text.length > left / 2) break;
    lines.push(text);
    left -= text.length + 1;
    inFull += 1;
  }
  const rest = causes.slice(inFull);
  let told = 0;
  for (const cause of rest.slice(0, mostLines)) {
    const text = `- ${title(cause)}`;
    if (text.length > left) break;
    lines.push(text);
    left -= text.length + 1;
    told += 1;
  }
  if (rest.length > told) lines.push('', `and ${rest.length - told} more`);
  return [...lines, ''];
}

const title = ({ head: { property, finding } }: Cause): string =>
  `${findingVerdict(finding)}: ${property.id}: ${plainMarkdown(finding.summary)}`;

/** A heading that opens a text: what a page shows of it is a line. The heading is Markdown of one line, in which blank lines make it so. */
const fold = (heading: string, text: string): string =>
  ['<details><summary>', '', heading, '', '</summary>', '', text, '</details>', ''].join('\n');

function unjudged(run: RunRecord): readonly string[] {
  const groups = [
    ...lostProperties(run).map((group) => ({ ...group, what: 'Lost' })),
    ...lockedProperties(run).map((group) => ({ ...group, what: 'Not tested' })),
  ];
  if (groups.length === 0) return [];
  const lines = groups.map(({ what, ids, unlock, reasons }) => {
    const how = unlock === '' ? reasons.join('; ') : unlock;
    return `- ${what}: ${ids.length} ${ids.length === 1 ? 'rule' : 'rules'}${how === '' ? '' : `: ${plainMarkdown(how)}`}`;
  });
  return [
    '<details><summary>What could not be tested</summary>',
    '',
    ...lines.slice(0, mostLines),
    '',
    '</details>',
    '',
  ];
}

function ending({ durationMs, seed, header, exitCode, verdict }: RunRecord): readonly string[] {
  const said =
    exitCode === undefined ? '' : ` Exit code ${exitCode}: ${plainMarkdown(describeExitCode(exitCode, verdict))}.`;
  return [`${header.tool.name} ${header.tool.version}, ${describeDuration(durationMs)}, seed ${seed}.${said}`];
}
