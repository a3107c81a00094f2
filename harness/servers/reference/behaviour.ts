import type { Rule } from './defects';
import type { VariationName } from './variations';

/** What one server does otherwise than the correct server with plain choices. Asked at the place of the rule, by name. */
export interface Behaviour {
  /** True when the server is to break that rule. */
  readonly defect: (rule: Rule) => boolean;
  /** True when the server is to make that legal choice. */
  readonly varies: (name: VariationName) => boolean;
}

/** The correct server with plain choices, but for what is named. */
export function behave(
  chosen: { readonly defects?: readonly Rule[]; readonly variations?: readonly VariationName[] } = {},
): Behaviour {
  const rules = new Set<Rule>(chosen.defects);
  const names = new Set<VariationName>(chosen.variations);
  return { defect: (rule) => rules.has(rule), varies: (name) => names.has(name) };
}
