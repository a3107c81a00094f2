import { isRowId, requirementOf } from '../../catalogue';
import { describeTrouble, troublesOf } from '../describe-capabilities';
import { describeLimits } from '../describe-limits';
import { describeWatched } from '../describe-watched';
import { blockedText, findingVerdict, propertyVerdict } from '../finding-words';
import { verdictMeanings, type PropertyRecord, type RowRecord, type RunRecord } from '../model';
import { printable } from '../printable';
import { describeEvidence, watchedRowsOf } from '../row-words';
import {
  countVerdicts,
  describeVerdict,
  groupByCause,
  lockedProperties,
  rowsWith,
  transportNames,
  verdictOrder,
} from '../summary';

/**
 * The report for a browser without JavaScript, or without the viewer: verdict, what was tested how, counts, a table of all
 * properties and one of the rows that are watched on all traffic.
 */
export function staticReport(run: RunRecord, hasViewer: boolean): string {
  const { header, target } = run;
  const counts = countVerdicts(run.properties);
  const facts: readonly (readonly [string, string])[] = [
    ['Target', target.name],
    ['Server', target.identification || 'does not say'],
    ['Transport', transportNames[target.transport]],
    ...troublesOf(target).map((trouble) => [capitalize(trouble.state), describeTrouble(trouble)] as const),
    ...(target.limits === undefined || target.limits.length === 0
      ? []
      : [['Limits', describeLimits(target.limits)] as const]),
    ['Started', header.startedAt],
    ['Seed', String(run.seed)],
    ['Tool', `${header.tool.name} ${header.tool.version}`],
  ];
  return [
    '<main class="static">',
    `<h1>${text(describeVerdict(run))}</h1>`,
    hasViewer
      ? '<p>This is the short form of the report. The full one, with packets, needs JavaScript; it loads nothing from anywhere.</p>'
      : '<p>This is the short form of the report, because its viewer was not built. The failure files have the packets.</p>',
    '<dl>',
    ...facts.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`),
    '</dl>',
    '<h2>Verdicts</h2>',
    '<ul>',
    ...verdictOrder
      .filter((verdict) => counts[verdict] > 0)
      .map((verdict) => `<li><strong>${counts[verdict]} ${verdict}</strong>: ${text(verdictMeanings[verdict])}</li>`),
    '</ul>',
    ...causeList(run),
    ...lockedList(run),
    '<h2>Properties</h2>',
    '<table>',
    '<thead><tr><th scope="col">Verdict</th><th scope="col">Property</th><th scope="col">Level</th><th scope="col">Rule, and what was seen</th></tr></thead>',
    '<tbody>',
    ...run.properties.map(propertyRow),
    '</tbody>',
    '</table>',
    ...watchedTable(run),
    '</main>',
  ].join('\n');
}

function causeList(run: RunRecord): readonly string[] {
  const causes = groupByCause(run);
  if (causes.length === 0) return [];
  return [
    '<h2>Fix first</h2>',
    '<ol>',
    ...causes.map((cause) => {
      const { property, finding } = cause.head;
      const rows = rowsWith(cause);
      const more = rows.length === 0 ? '' : `, and ${rows.length} more with it: ${rows.join(', ')}`;
      return `<li><strong>${text(property.id)}</strong> (${text(findingVerdict(finding))}): ${text(finding.summary)}${text(more)}</li>`;
    }),
    '</ol>',
  ];
}

function lockedList(run: RunRecord): readonly string[] {
  const groups = lockedProperties(run);
  if (groups.length === 0) return [];
  return [
    '<h2>What could not be tested</h2>',
    '<ul>',
    ...groups.map(({ unlock, ids }) => `<li>To unlock ${ids.length}, ${text(unlock)}: ${text(ids.join(', '))}</li>`),
    '</ul>',
  ];
}

function propertyRow(property: PropertyRecord): string {
  const { id, level, rule, reason, findings } = property;
  const seen = findings.map((finding) => {
    const { summary, confirmed } = finding;
    const blocked = blockedText(finding) === '' ? '' : `; ${blockedText(finding)}`;
    return `<br>${text(summary)} (failed ${confirmed.failed} of ${confirmed.of}${blocked})`;
  });
  const why = reason === undefined ? '' : `<br>${text(reason)}`;
  return `<tr><td>${text(propertyVerdict(property))}</td><th scope="row">${text(id)}</th><td>${level}</td><td>${text(rule)}${why}${seen.join('')}</td></tr>`;
}

/** The rows that no property stands for: what the rules of all traffic looked at, and for what nothing came by. */
function watchedTable(run: RunRecord): readonly string[] {
  const said = describeWatched(run, undefined);
  if (said === undefined) return [];
  return [
    '<h2>Watched on every call and connection</h2>',
    `<p>${text(said)}.</p>`,
    '<table>',
    '<thead><tr><th scope="col">Verdict</th><th scope="col">Row</th><th scope="col">Level</th><th scope="col">Rule, and what the verdict rests on</th></tr></thead>',
    '<tbody>',
    ...watchedRowsOf(run).map(watchedRow),
    '</tbody>',
    '</table>',
  ];
}

function watchedRow(record: RowRecord): string {
  const { row, verdict } = record;
  const { level, rule } = isRowId(row) ? requirementOf(row) : { level: '', rule: 'in no catalogue of this version' };
  const word = verdict === 'not-seen' ? 'not seen' : verdict;
  return `<tr><td>${text(word)}</td><th scope="row">${text(row)}</th><td>${level}</td><td>${text(rule)}<br>${text(describeEvidence(record))}</td></tr>`;
}

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const text = (value: string): string => escapeHtml(printable(value));

/** Text for HTML, in content or in a quoted attribute. */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
