import type { RunEvent, RunListener } from '../events';
import { blockedText, describeMildness, describeRule, findingVerdict } from '../finding-words';
import type { PropertyRecord, RunRecord } from '../model';
import { describeAgainst } from '../describe-target';
import { printable } from '../printable';
import { reduceRun } from '../run-model';
import { describeVerdict, gates, isStrict } from '../summary';
import { disarmOldCommands } from '../workflow-commands';
import { lineConsole } from './line';
import type { ConsoleOptions } from './options';

/**
 * For GitHub Actions: the lines of {@link lineConsole}, and an annotation per property that needs attention: those that gate first, since GitHub shows
 * ten of each kind.
 */
export function githubConsole(options: ConsoleOptions): RunListener {
  const lines = lineConsole(options);
  let record: RunRecord | undefined;
  return (event: RunEvent): void => {
    record = reduceRun(record, event);
    lines(event);
    if (event.type === 'run-finished' && record !== undefined) options.writeCommands(annotations(record).join(''));
  };
}

function annotations(run: RunRecord): readonly string[] {
  const strict = isStrict(run);
  const list: string[] = [];
  for (const property of run.properties) {
    if (gates(property, strict) || property.verdict === 'error')
      list.push(annotation('error', property.id, describe(property)));
  }
  for (const property of run.properties) {
    const warns = property.verdict === 'warn' || property.verdict === 'flaky';
    if (warns && !gates(property, strict)) list.push(annotation('warning', property.id, describe(property)));
  }
  if (run.status === 'incomplete') list.push(annotation('error', 'incomplete', describeVerdict(run)));
  list.push(annotation('notice', 'grpc-conform', `${describeVerdict(run)}\n${describeAgainst(run.target)}`));
  return list;
}

function describe(property: PropertyRecord): string {
  const [first] = property.findings;
  if (first === undefined)
    return `${property.verdict}: ${property.rule}${property.reason === undefined ? '' : `; ${property.reason}`}`;
  const blocked = blockedText(first);
  const mildness = describeMildness(first, property.accepts);
  return [
    `${findingVerdict(first)}${blocked === '' ? '' : ` ${blocked}`}: ${describeRule(property)}`,
    `sent: ${first.sent}`,
    `observed: ${first.observed}`,
    `expected: ${first.expected}`,
    ...(mildness === undefined ? [] : [`warning: ${mildness}`]),
  ].join('\n');
}

/** One workflow command. Percent signs and line ends are data in the message; in a property also colon and comma. */
function annotation(kind: 'error' | 'warning' | 'notice', title: string, text: string): string {
  const data = (value: string): string =>
    disarmOldCommands(value.split('\n').map(printable).join('\n')).replaceAll('%', '%25').replaceAll('\n', '%0A');
  const property = (value: string): string => data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${kind} title=${property(title)}::${data(text)}\n`;
}
