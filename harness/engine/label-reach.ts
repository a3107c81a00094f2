import fc from 'fast-check';
import type { TargetFacts } from '../facts/target-facts';
import { classify, labelNamesOf } from '../properties/labels';
import type { AnyProperty, Property } from '../properties/property';
import { defaultEngineOptions } from './default-engine-options';
import { inputsOf } from './inputs-of';

/** How sure a run of the usual length must be to reach each class. */
const wantedChance = 0.99;

/** Inputs that are drawn to learn how often a class comes up, in runs of the usual length: what fast-check draws depends on how many it has drawn before. */
const drawnInputs = 1000;

/** How surely a run reaches one class of a property's inputs. */
export interface LabelReach {
  readonly label: string;
  /** An example is of that class: every run plays it. */
  readonly byExample: boolean;
  /** The part of drawn inputs that is of that class, from 0 to 1. */
  readonly share: number;
  /** The chance that a run of the usual length reaches it, from 0 to 1. */
  readonly chance: number;
}

/** How surely runs of the usual length reach the classes that a property names ({@link Property.labels}). Plays nothing, and draws the same each time. */
export function reachLabels(property: AnyProperty, facts: TargetFacts): readonly LabelReach[] {
  const labels = labelNamesOf(property);
  if (labels.length === 0) return [];
  const { arbitrary, examples } = property as unknown as Property<unknown>;
  const runs = inputsOf(property, defaultEngineOptions.runs);
  const given = (examples?.(facts) ?? []).slice(0, runs);
  const reachedByExample = new Set(given.flatMap((input) => classify(property, input, facts)));
  const drawn = Math.max(1, runs - given.length);
  const generator = arbitrary(facts);
  const hits = new Map<string, number>();
  const seeds = Math.ceil(drawnInputs / drawn);
  for (let seed = 1; seed <= seeds; seed++) {
    for (const input of fc.sample(generator, { seed, numRuns: drawn }))
      for (const label of classify(property, input, facts)) hits.set(label, (hits.get(label) ?? 0) + 1);
  }
  return labels.map((label) => {
    const byExample = reachedByExample.has(label);
    const share = (hits.get(label) ?? 0) / (seeds * drawn);
    return { label, byExample, share, chance: byExample ? 1 : 1 - (1 - share) ** drawn };
  });
}

/** Classes that a run of the usual length may well miss, each as a sentence without a full stop. */
export const findRareLabels = (property: AnyProperty, facts: TargetFacts): readonly string[] =>
  reachLabels(property, facts)
    .filter(({ chance }) => chance < wantedChance)
    .map(
      ({ label, share, chance }) =>
        `"${label}" is reached in ${Math.floor(chance * 100)} % of runs: ${(share * 100).toFixed(1)} % of the drawn inputs are of it, and no example is`,
    );
