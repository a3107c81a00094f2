import type { AnyProperty } from '../properties/property';
import type { Draft } from './run-records';
import { withoutDetails, type SearchResult, type Failure } from './run-property';
import { saysAsMuch } from '../report/says-as-much';
import { saysAtLeast } from './verdicts';

/** What properties saw of one rule that is not theirs. */
export interface ForeignFailure {
  readonly rule: string;
  /** From the first property in the catalogue's order that saw it at its worst. */
  readonly failure: Failure;
  /** The other properties that saw it. */
  readonly alsoSeenIn: readonly string[];
}

/** Violations of rules by properties that are about something else: kept until all properties have run, so that the order of runs does not matter. */
export class ForeignFailures {
  readonly #byRule = new Map<string, readonly Failure[]>();
  readonly #rank: (property: AnyProperty) => number;

  /** @param properties in the catalogue's order. */
  constructor(properties: readonly AnyProperty[]) {
    const ranks = new Map(properties.map((property, rank) => [property, rank]));
    this.#rank = (property) => ranks.get(property) ?? -1;
  }

  /** Only the failure that will be filed keeps what was seen; of the others nothing is asked but whose they are. */
  keep(property: AnyProperty, { failures }: Pick<SearchResult, 'failures'>): void {
    for (const [rule, failure] of failures) {
      if (rule === property.id) continue;
      const known = this.#byRule.get(rule) ?? [];
      const mine = known.find((one) => one.property === property);
      // What it was seen by before has its transcript, which a search that goes on has let go.
      if (mine !== undefined && saysAtLeast(mine, failure)) continue;
      const inOrder = [...known.filter((one) => one !== mine), failure].toSorted(
        (a, b) =>
          Number(!saysAtLeast(a, b)) - Number(!saysAtLeast(b, a)) || this.#rank(a.property) - this.#rank(b.property),
      );
      this.#byRule.set(
        rule,
        inOrder.map((one, place) => (place === 0 ? one : { ...one, experiment: withoutDetails(one.experiment) })),
      );
    }
  }

  /** How many rules were seen broken. */
  get size(): number {
    return this.#byRule.size;
  }

  /** One failure for each rule, by the rules' names. */
  get all(): readonly ForeignFailure[] {
    return [...this.#byRule]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([rule, failures]) => {
        const inOrder = failures.toSorted((a, b) => this.#rank(a.property) - this.#rank(b.property));
        const failure = inOrder.find((one) => inOrder.every((other) => saysAtLeast(one, other)));
        if (failure === undefined) return [];
        const alsoSeenIn = inOrder.filter((one) => one !== failure).map(({ property }) => property.id);
        return [{ rule, failure, alsoSeenIn }];
      });
  }
}

/** True when a row has a finding of its own that says as much as what others saw of it. */
export const isToldAlready = ({ findings }: Pick<Draft, 'findings'>, { rule, failure }: ForeignFailure): boolean =>
  findings.some((finding) => finding.rule === rule && saysAsMuch(finding, failure));
