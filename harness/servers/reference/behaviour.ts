import type { Rule } from './defects';
import type { ChosenPlainDefect, PlainDefectName } from './plain-defects';
import type { ChosenVariation, VariationName } from './variations';

/** What one server does otherwise than the correct server with plain choices. Asked at the place of the rule, by name. */
export interface Behaviour {
  /** True when the server is to break that rule, or has that plain defect. */
  readonly defect: (name: Rule | PlainDefectName) => boolean;
  /** True when the server is to make that legal choice. */
  readonly varies: (name: VariationName) => boolean;
  /** The number that a variation or a plain defect was chosen with; undefined when it was not chosen. */
  readonly value: (name: VariationName | PlainDefectName) => number | undefined;
}

export interface Choices {
  readonly defects?: readonly (Rule | ChosenPlainDefect)[];
  readonly variations?: readonly (VariationName | ChosenVariation)[];
}

/** The correct server with plain choices, but for what is named. */
export function behave(choices: Choices = {}): Behaviour {
  const defects = toMap<Rule | PlainDefectName>(choices.defects);
  const variations = toMap<VariationName>(choices.variations);
  const values = new Map<string, number | undefined>([...defects, ...variations]);
  return {
    defect: (name) => defects.has(name),
    varies: (name) => variations.has(name),
    value: (name) => values.get(name),
  };
}

function toMap<Name extends string>(
  chosen: readonly (Name | { readonly name: Name; readonly value?: number })[] = [],
): ReadonlyMap<Name, number | undefined> {
  return new Map(chosen.map((one) => (typeof one === 'string' ? [one, undefined] : [one.name, one.value])));
}
