import { shortId, type RowId, type RowNumber } from '../catalogue';
import { connectGroups } from '../catalogue/side-by-side/connect-conformance';
import { h2specCases } from '../catalogue/side-by-side/h2spec';
import type { CatalogueRow } from '../properties/catalogue';

/** `covered`: each of its rows is tested or watched. `partly`: some are. `not built`: none is. `out of scope`: there is no row, and the remark says why. */
export type Coverage = 'covered' | 'partly' | 'not built' | 'out of scope';

/** A case of another suite, with the rows that look at the same. */
export interface SideBySideRecord {
  /** For connectrpc/conformance: the suite that it belongs to. */
  readonly group?: string;
  readonly case: string;
  readonly coverage: Coverage;
  /** Full ids. */
  readonly rows: readonly RowId[];
  readonly remark?: string;
}

/** Every case of h2spec. */
export function h2specRecords(rows: readonly CatalogueRow[]): readonly SideBySideRecord[] {
  const byId = new Map<string, CatalogueRow>(rows.map((row) => [row.id, row]));
  return h2specCases.map(({ id, rows: ids, remark }) => ({
    case: id,
    ...coverageOf(ids.flatMap((each) => byId.get(each) ?? [])),
    ...(remark !== undefined && { remark }),
  }));
}

/** Every test that connectrpc/conformance plays against a server. */
export function connectRecords(rows: readonly CatalogueRow[]): readonly SideBySideRecord[] {
  const byNumber = new Map<string, CatalogueRow>(rows.map((row) => [shortId(row.id), row]));
  const find = (numbers: readonly RowNumber[]): readonly CatalogueRow[] =>
    numbers.flatMap((number) => byNumber.get(number) ?? []);
  return connectGroups.flatMap(({ suite, tests, rows: numbers, remark }) =>
    tests.map((name) => ({
      group: suite,
      case: name,
      ...coverageOf(find(numbers)),
      ...(remark !== undefined && { remark }),
    })),
  );
}

function coverageOf(rows: readonly CatalogueRow[]): Pick<SideBySideRecord, 'coverage' | 'rows'> {
  const ids = rows.map(({ id }) => id as RowId);
  const isBuilt = ({ state }: CatalogueRow): boolean => state !== 'planned';
  if (rows.length === 0) return { coverage: 'out of scope', rows: ids };
  if (rows.every(isBuilt)) return { coverage: 'covered', rows: ids };
  return { coverage: rows.some(isBuilt) ? 'partly' : 'not built', rows: ids };
}

const coverages: readonly Coverage[] = ['covered', 'partly', 'not built', 'out of scope'];

/** The lines of `list --h2spec` and `list --connect`: a case, whether it is covered, its rows, and below them what is to be said of it. */
export function describeSideBySide(records: readonly SideBySideRecord[], what: string): string {
  const width = Math.max(0, ...records.map((record) => record.case.length));
  const lines = records.map((record, index) => {
    const isNewGroup = record.group !== undefined && record.group !== records[index - 1]?.group;
    const words = [record.case.padEnd(width), record.coverage.padEnd('out of scope'.length), record.rows.join(', ')];
    const isSaid = record.remark !== undefined && record.remark !== records[index + 1]?.remark;
    return [
      ...(isNewGroup ? [`${index === 0 ? '' : '\n'}${record.group}`] : []),
      `${record.group === undefined ? '' : '  '}${words.join('  ').trimEnd()}`,
      ...(isSaid ? [`${' '.repeat(record.group === undefined ? 4 : 6)}${record.remark}`] : []),
    ].join('\n');
  });
  const counted = coverages
    .map((coverage) => [records.filter((record) => record.coverage === coverage).length, coverage] as const)
    .filter(([number]) => number > 0)
    .map(([number, coverage]) => `${number} ${coverage}`);
  return `${lines.join('\n')}\n\n${records.length} ${what}: ${counted.join(', ')}\n`;
}
