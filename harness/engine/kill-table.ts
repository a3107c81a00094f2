import { isAmong, type RowNumber } from '../catalogue';
import type { FindingRecord, PropertyRecord } from '../report/model';

/** What the self-test found out about one property, over all seeds. */
export interface KillRow {
  readonly id: string;
  /** Defects of the reference server for this row, and how many runs found them by the right rule. */
  readonly killed: number;
  readonly of: number;
  /** Inputs that the slowest kill took. */
  readonly inputsTried: number;
  /** Why a defect survived, per seed. */
  readonly survived: readonly string[];
  /** Correct servers that the property accused, with what it said. */
  readonly falseAlarms: readonly string[];
  /** What was seen once on a correct server and in none of the confirming runs: a busy machine, nobody's fault. */
  readonly unrepeated: readonly string[];
  /** Correct servers on which it could not be run at all. */
  readonly untestable: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Which defects were found by which properties, and whom they accused wrongly; filled in run by run. Opens no connection. */
export class KillTable {
  readonly #rows: ReadonlyMap<string, Mutable<KillRow>>;

  constructor(ids: readonly string[]) {
    this.#rows = new Map(
      ids.map((id) => [
        id,
        { id, killed: 0, of: 0, inputsTried: 0, survived: [], falseAlarms: [], unrepeated: [], untestable: true },
      ]),
    );
  }

  get rows(): readonly KillRow[] {
    return [...this.#rows.values()];
  }

  /** True when every property was tried on its defect and on a correct server, and accused none: whether the defect was found is the mutants' table to say. */
  get isClean(): boolean {
    return this.accusedNobody && this.rows.every((row) => row.of > 0 && !row.untestable);
  }

  /** True when no correct server was accused: all that can be asked of a part of a self-test. */
  get accusedNobody(): boolean {
    return this.rows.every((row) => row.falseAlarms.length === 0);
  }

  /** The records of a run against a correct server. @param warned the rows that are right to warn of it */
  noteAlarms(
    { name, seed }: { readonly name: string; readonly seed: number },
    records: readonly PropertyRecord[],
    warned: readonly RowNumber[] = [],
  ): void {
    const isFair = ({ id, verdict }: PropertyRecord): boolean => verdict === 'warn' && isAmong(id, warned);
    for (const record of records.filter((one) => !isFair(one))) {
      // A finding under a row without a property of its own is blamed on the property that provoked it.
      const blamed = this.#rows.get(record.id) ?? this.#rows.get(record.findings[0]?.provokedBy ?? '');
      if (blamed === undefined) continue;
      if (record.verdict === 'pass' || record.verdict === 'info') blamed.untestable = false;
      else if (record.verdict !== 'untestable') {
        const said = record.findings.map(describeFinding).join('; ');
        const isUnrepeated = said !== '' && record.findings.every(({ confirmed }) => confirmed.failed === 0);
        (isUnrepeated ? blamed.unrepeated : blamed.falseAlarms).push(
          `${name}, seed ${seed}: ${record.verdict} ${said === '' ? (record.reason ?? '') : said}`,
        );
      }
    }
  }

  /** The records of a run against a server with the defect of that row. */
  noteKill(seed: number, defect: string, records: readonly PropertyRecord[]): void {
    const row = this.#rows.get(defect);
    if (row === undefined) return;
    row.of++;
    const record = records.find(({ id }) => id === defect);
    const finding = record?.findings.find(
      ({ rule, verdict }) => rule === defect && verdict !== 'flaky' && verdict !== 'error',
    );
    if (finding === undefined) {
      const others = records.flatMap(({ findings }) => findings).map(describeFinding);
      row.survived.push(
        `seed ${seed}: ${record?.verdict ?? 'not run'}${others.length === 0 ? '' : `, but ${others.join('; ')}`}`,
      );
      return;
    }
    row.killed++;
    row.inputsTried = Math.max(row.inputsTried, finding.inputsTried);
  }
}

const describeFinding = ({ rule, verdict, observed, confirmed }: FindingRecord): string =>
  `${rule} ${verdict} ${confirmed.failed}/${confirmed.of}: ${observed}`;
