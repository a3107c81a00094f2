import type { TargetFacts } from '../facts/target-facts';
import type { AnyProperty, Property } from './property';

/** The classes of its input space that a property names ({@link Property.labels}), in their order. */
export const labelNamesOf = ({ labels = {} }: Pick<AnyProperty, 'labels'>): readonly string[] => Object.keys(labels);

/** Those of them that an input of the property's own belongs to. */
export function classify(property: AnyProperty, input: unknown, facts: TargetFacts): readonly string[] {
  // The property's own input type: it gets back what its own arbitrary made.
  const { labels = {} } = property as unknown as Property<unknown>;
  return Object.entries(labels).flatMap(([label, holds]) => (holds(input, facts) ? [label] : []));
}
