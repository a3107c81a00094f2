import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import { blankRecord, blankRecordOf } from '../report/blank-record';
import { findingGates, worstOf } from '../report/conclude';
import type { RunEvent } from '../report/events';
import type { FindingRecord, PropertyRecord, PropertyVerdict, SampleRecord } from '../report/model';

/** The record of a row while the run goes on. */
export type Draft = Omit<PropertyRecord, 'findings' | 'verdict' | 'isOurFault' | 'isSuiteFault' | 'sample'> & {
  sample?: SampleRecord;
  isOurFault?: true;
  isSuiteFault?: true;
  findings: FindingRecord[];
  verdict: PropertyVerdict;
};

/** What else is said with a verdict. */
export interface Saying {
  readonly reason?: string;
  readonly unlock?: string;
}

/** The records of the rows of a run, as far as it has come. */
export class RunRecords {
  readonly #drafts = new Map<string, Draft>();
  readonly #concluded = new Set<string>();
  readonly #rows: readonly CatalogueRow[];
  readonly #strict: boolean;
  readonly #emit: (event: RunEvent) => void;
  #gating = 0;

  constructor(options: {
    readonly rows: readonly CatalogueRow[];
    readonly strict: boolean;
    readonly listener: (event: RunEvent) => void;
  }) {
    this.#rows = options.rows;
    this.#strict = options.strict;
    this.#emit = options.listener;
  }

  get all(): readonly Draft[] {
    return [...this.#drafts.values()];
  }

  /** Findings that make the run fail, and rows that the baseline lists in vain. */
  get gating(): number {
    return this.#gating;
  }

  isConcluded(id: string): boolean {
    return this.#concluded.has(id);
  }

  find(id: string): Draft | undefined {
    return this.#drafts.get(id);
  }

  /** The record of a property, begun when there is none. */
  of(property: AnyProperty): Draft {
    return this.#begin(blankRecordOf({ id: property.id, requirement: property.requirement, property }));
  }

  /** The record of a rule that was broken, by whatever property. @throws ConformError ERR_INTERNAL when the catalogue has no such row. */
  ofRow(id: string): Draft {
    return this.#drafts.get(id) ?? this.#begin(blankRecord(id, this.#rows));
  }

  #begin(blank: PropertyRecord): Draft {
    const before = this.#drafts.get(blank.id);
    // What was found before the run belongs to the row as well.
    if (before !== undefined) return Object.assign(before, { generates: blank.generates, accepts: blank.accepts });
    const draft: Draft = { ...blank, findings: [...blank.findings] };
    this.#drafts.set(draft.id, draft);
    return draft;
  }

  /** Files a finding under its row; the row's last word is not said by that. */
  add(draft: Draft, finding: FindingRecord): void {
    draft.findings.push(finding);
    if (findingGates(finding, this.#strict)) this.#gating++;
  }

  /** The last word on a row: what its findings say, unless told otherwise. */
  conclude(draft: Draft, verdict: PropertyVerdict = worstOf(draft.findings), extra: Saying = {}): void {
    Object.assign(draft, { reason: undefined, unlock: undefined }, extra, { verdict });
    if (verdict === 'stale') this.#gating++;
    this.#concluded.add(draft.id);
    this.#emit({ type: 'property-finished', property: { ...draft, findings: [...draft.findings] } });
  }
}
