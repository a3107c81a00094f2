import { allRows as catalogueRows, areaOf, areas } from '../../catalogue';
import { hiddenGravity } from '../finding-words';
import type { PropertyRecord, RowRecord, RunRecord } from '../model';
import { scoreOf } from '../run-score';
import { countVerdicts, describeVerdict, isStrict } from '../summary';
import { differenceOf, type Cell, type ComparedRow, type ComparedRun, type Comparison } from './comparison-model';

/** A run with the name of its column. */
export interface NamedRun {
  readonly name: string;
  readonly record: RunRecord;
  /** Where its own report page lies, as seen from the comparison; absent when there is none. */
  readonly page?: string;
}

/** Puts runs side by side, one column each in the given order, one row for each row that any of them has. Pure. */
export function compareRuns(runs: readonly NamedRun[]): Comparison {
  const columns = runs.map(({ record }) => new Map(record.properties.map((property) => [property.id, property])));
  const rows = collectRows(runs.map(({ record }) => record)).map((row) => {
    const isWatched = runs.every(({ record }, index) => isOnlyWatched(record, columns[index]?.get(row.id)));
    const cells = runs.map(({ record }, index) =>
      makeCell(
        columns[index]?.get(row.id),
        isWatched,
        record.rows?.find((one) => one.row === row.id),
      ),
    );
    return { ...row, cells, difference: differenceOf(cells) };
  });
  return {
    runs: runs.map(describeRun),
    notes: describeCircumstances(runs),
    areas: [...new Set(rows.map(({ id }) => areaOf(id)))].map((area) => ({
      name: areas[area] ?? area,
      rows: rows.filter(({ id }) => areaOf(id) === area),
    })),
  };
}

/** The rows of the comparison without those in which all runs are alike, and without areas that have no others. */
export function onlyDifferences(comparison: Comparison): Comparison {
  const left = comparison.areas.map((area) => ({
    ...area,
    rows: area.rows.filter((row) => row.difference !== 'none'),
  }));
  return { ...comparison, areas: left.filter(({ rows }) => rows.length > 0) };
}

/** A row that runs record only when it is broken: it was never selected, since it has no property of its own. */
function isOnlyWatched({ header }: RunRecord, property: PropertyRecord | undefined): boolean {
  if (property === undefined) return true;
  return property.verdict !== 'skipped' && !header.selected.includes(property.id);
}

function collectRows(records: readonly RunRecord[]): readonly Pick<ComparedRow, 'id' | 'level' | 'rule'>[] {
  const rows = new Map<string, Pick<ComparedRow, 'id' | 'level' | 'rule'>>();
  for (const { properties } of records) {
    for (const { id, level, rule } of properties) if (!rows.has(id)) rows.set(id, { id, level, rule });
  }
  return [...rows.values()].sort((a, b) => areaRank(a.id) - areaRank(b.id) || (a.id < b.id ? -1 : 1));
}

/** How many rules there are to be judged. */
const catalogueSize = catalogueRows.length;

const areaOrder = Object.keys(areas);

/** Areas that the catalogue does not have come last. */
function areaRank(id: string): number {
  const rank = areaOrder.indexOf(areaOf(id));
  return rank < 0 ? areaOrder.length : rank;
}

function makeCell(property: PropertyRecord | undefined, isWatched: boolean, row: RowRecord | undefined): Cell {
  // A run that says what its rules looked at says more than that nothing was broken.
  if (property === undefined && row !== undefined && row.verdict !== 'not-seen')
    return { outcome: row.verdict, reactions: [], findings: [] };
  if (property === undefined) return { outcome: isWatched ? 'unseen' : 'absent', reactions: [], findings: [] };
  const { verdict, findings, reason, reactions = {} } = property;
  const decisive = findings.filter((finding) => finding.verdict === verdict);
  const mark = (['crash', 'hang'] as const).find((kind) => decisive.some((finding) => finding.mark === kind));
  const gravity = hiddenGravity(property);
  return {
    outcome: verdict,
    ...(mark === undefined ? {} : { mark }),
    ...(gravity === undefined ? {} : { gravity }),
    // A free choice is recorded without a finding.
    reactions: [
      ...new Set([...decisive.map(({ reaction }) => reaction), ...(verdict === 'info' ? Object.keys(reactions) : [])]),
    ].sort(),
    ...(reason === undefined ? {} : { reason }),
    findings,
  };
}

function describeRun({ name, record, page }: NamedRun): ComparedRun {
  const { header, target, properties, seed } = record;
  return {
    name,
    ...(page === undefined ? {} : { page }),
    target: target.identification === '' ? target.name : `${target.name}, ${target.identification}`,
    verdict: describeVerdict(record),
    counts: countVerdicts(properties),
    rows: properties.length,
    score: scoreOf(record, catalogueSize),
    seed,
    runs: header.runs,
    tool: `${header.tool.name} ${header.tool.version}`,
  };
}

function describeCircumstances(runs: readonly NamedRun[]): readonly string[] {
  const facts: readonly (readonly [string, (record: RunRecord) => string])[] = [
    ['Different versions of grpc-conform', ({ header }) => `${header.tool.name} ${header.tool.version}`],
    ['Different seeds, so different inputs', ({ seed }) => String(seed)],
    ['Different numbers of inputs for each property', ({ header }) => String(header.runs)],
    ['Warnings gate in some runs only', (record) => (isStrict(record) ? '--strict' : 'not strict')],
    ['Different options', ({ header }) => describeOptions(header.options)],
  ];
  const notes = facts.flatMap(([what, tell]) => {
    const groups = groupNames(runs, tell);
    if (groups.size < 2) return [];
    return [`${what}: ${[...groups].map(([value, names]) => `${value} (${names.join(', ')})`).join('; ')}.`];
  });
  const incomplete = runs.filter(({ record }) => record.status === 'incomplete').map(({ name }) => name);
  return [
    ...notes,
    ...describeSelections(runs),
    ...(incomplete.length === 0 ? [] : [`Incomplete, so rows may be missing: ${incomplete.join(', ')}.`]),
  ];
}

/** Options without those that have a note of their own or change no judgement. */
function describeOptions(options: RunRecord['header']['options']): string {
  return Object.entries(options)
    .filter(([name]) => name !== 'strict' && name !== 'concurrency')
    .map(([name, value]) => `${name} ${value}`)
    .sort()
    .join(', ');
}

function describeSelections(runs: readonly NamedRun[]): readonly string[] {
  const all = new Set(runs.flatMap(({ record }) => record.header.selected));
  const partial = runs
    .map(({ name, record }) => ({ name, lacks: all.size - new Set(record.header.selected).size }))
    .filter(({ lacks }) => lacks > 0);
  if (partial.length === 0) return [];
  const parts = partial.map(({ name, lacks }) => `${name} lacks ${lacks} of ${all.size} properties`);
  return [`Different selections: ${parts.join('; ')}.`];
}

function groupNames(
  runs: readonly NamedRun[],
  tell: (record: RunRecord) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, record } of runs) {
    const value = tell(record);
    groups.set(value, [...(groups.get(value) ?? []), name]);
  }
  return groups;
}
