import type { AnyProperty } from '../properties/property';
import type { Draft } from './run-records';
import { withoutDetails, type SearchResult, type Sighting } from './run-property';
import { isAsBadAs } from './verdicts';

/** What properties saw of one rule that is not theirs. */
export interface ForeignSighting {
  readonly rule: string;
  /** From the first property in the catalogue's order that saw it at its worst. */
  readonly sighting: Sighting;
  /** The other properties that saw it. */
  readonly alsoSeenIn: readonly string[];
}

/** Violations of rules by properties that are about something else: kept until all properties have run, so that the order of runs does not matter. */
export class ForeignSightings {
  readonly #byRule = new Map<string, readonly Sighting[]>();
  readonly #rank: (property: AnyProperty) => number;

  /** @param properties in the catalogue's order. */
  constructor(properties: readonly AnyProperty[]) {
    const ranks = new Map(properties.map((property, rank) => [property, rank]));
    this.#rank = (property) => ranks.get(property) ?? -1;
  }

  /** Only the sighting that will be filed keeps what was seen; of the others nothing is asked but whose they are. */
  keep(property: AnyProperty, { sightings }: Pick<SearchResult, 'sightings'>): void {
    for (const [rule, sighting] of sightings) {
      if (rule === property.id) continue;
      const known = this.#byRule.get(rule) ?? [];
      const mine = known.find((one) => one.property === property);
      // What it was seen by before has its transcript, which a search that goes on has let go.
      if (mine !== undefined && isAsBadAs(mine.gravity, sighting.gravity)) continue;
      const inOrder = [...known.filter((one) => one !== mine), sighting].toSorted(
        (a, b) =>
          Number(a.gravity !== 'fail') - Number(b.gravity !== 'fail') ||
          this.#rank(a.property) - this.#rank(b.property),
      );
      this.#byRule.set(
        rule,
        inOrder.map((one, place) => (place === 0 ? one : { ...one, experiment: withoutDetails(one.experiment) })),
      );
    }
  }

  /** One sighting for each rule, by the rules' names. */
  get all(): readonly ForeignSighting[] {
    return [...this.#byRule]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([rule, sightings]) => {
        const inOrder = sightings.toSorted((a, b) => this.#rank(a.property) - this.#rank(b.property));
        const sighting = inOrder.find(({ gravity }) => gravity === 'fail') ?? inOrder[0];
        if (sighting === undefined) return [];
        const alsoSeenIn = inOrder.filter((one) => one !== sighting).map(({ property }) => property.id);
        return [{ rule, sighting, alsoSeenIn }];
      });
  }
}

/** True when a row has a finding of its own that says as much as what others saw of it. */
export const saysAsMuch = ({ findings }: Pick<Draft, 'findings'>, { rule, sighting }: ForeignSighting): boolean =>
  findings.some(
    ({ rule: broken, verdict }) =>
      broken === rule && (verdict === 'fail' || verdict === 'known' || sighting.gravity !== 'fail'),
  );
