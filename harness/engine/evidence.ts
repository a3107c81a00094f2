import type { RowId } from '../catalogue';
import type { EvidenceOfRow } from '../report/row-records';
import { noEvidence } from '../report/row-records';
import type { AnyProperty } from '../properties/property';
import type { Experiment } from './executor';
import { isJudgedWhole } from './judge-run';

/** Counts what the rules of each row looked at: numbers only, whatever a run plays. */
export class Evidence {
  readonly #rows = new Map<string, EvidenceOfRow>();

  /** By the id of the row. */
  get rows(): ReadonlyMap<string, EvidenceOfRow> {
    return this.#rows;
  }

  /** A plain call that was made beside the inputs, to see whether the target still serves; by a new connection. */
  noteHeartbeat(hasProcess: boolean): void {
    this.#add('ALIVE-02-serves-on', { inputs: 0, calls: 1, connections: 1, judged: 1 });
    if (hasProcess) this.#add('ALIVE-01-process-stays', { inputs: 0, calls: 1, connections: 1, judged: 1 });
  }

  #add(row: RowId, { inputs, calls, connections, judged }: EvidenceOfRow): void {
    const before = this.#rows.get(row) ?? noEvidence;
    this.#rows.set(row, {
      inputs: before.inputs + inputs,
      calls: before.calls + calls,
      connections: before.connections + connections,
      judged: before.judged + judged,
    });
  }

  /** One input of the search; nothing is counted where nothing was judged. */
  note(property: AnyProperty, { plan, judgement, exit, answered }: Experiment): void {
    if (judgement.kind !== 'judged' || exit !== undefined) return;
    const calls = plan.calls.length;
    const connections = plan.steps.filter((step) => step.do === 'open').length;
    const looks = new Map<string, number>(judgement.judged);
    // Its own check has looked at the whole of the input, unless calls of it were not processed.
    if (answered && isJudgedWhole(judgement)) looks.set(property.id, (looks.get(property.id) ?? 0) + 1);
    for (const [row, judged] of looks) {
      const before = this.#rows.get(row) ?? noEvidence;
      this.#rows.set(row, {
        inputs: before.inputs + 1,
        calls: before.calls + calls,
        connections: before.connections + connections,
        judged: before.judged + judged,
      });
    }
  }
}
