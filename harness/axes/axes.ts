import type { Plan } from '../grpc/call-plan';
import type { PlanBuilder } from '../grpc/plan-builder';
import { arrival } from './arrival';
import type { Axis } from './axis';
import { before } from './before';
import { ending } from './ending';
import { fields } from './fields';

/** The axes that an experiment can borrow (`Property.borrows`). */
export const axes = { before, fields, ending, arrival } as const;

export type AxisName = keyof typeof axes;

/** The values of axes that are not at their plainest, by name: plain data. Empty: a plain client. */
export type AxisValues = { readonly [Name in AxisName]?: (typeof axes)[Name]['plainest'] };

/** All of them, in the order in which they take effect. */
export const axisNames = Object.keys(axes) as readonly AxisName[];

/** The axis of a name, whatever its values are: they are passed back to it, and never looked into. */
export const axisOf = (name: AxisName): Axis<unknown> => axes[name] as unknown as Axis<unknown>;

/** Values in words, such as `ending: empty DATA`, as they are counted. */
export function labelsOf(values: AxisValues): readonly string[] {
  return namesIn(values).flatMap((name) =>
    axisOf(name)
      .describe(values[name])
      .map((words) => `${name}: ${words}`),
  );
}

/** What the builder does after a connection was opened in the plain way; undefined where the past is the plainest. */
export function pastOf(
  values: AxisValues,
  facts: { readonly offers: readonly string[] },
): ((script: PlanBuilder, connection: string) => void) | undefined {
  const written = namesIn(values).filter((name) => axisOf(name).afterOpening !== undefined);
  if (written.length === 0) return undefined;
  return (script, connection) => {
    for (const name of written) axisOf(name).afterOpening?.(script, values[name], connection, facts);
  };
}

/**
 * Does to a plan what the values say, as far as its script leaves it open.
 * @returns the plan, and the values that had an effect on it
 */
export function varyPlan(plan: Plan, values: AxisValues): { readonly plan: Plan; readonly applied: AxisValues } {
  let varied = plan;
  const applied: Partial<Record<AxisName, unknown>> = {};
  for (const name of namesIn(values)) {
    const { vary } = axisOf(name);
    if (vary === undefined) continue;
    const next = vary(varied, values[name]);
    if (next !== varied) applied[name] = values[name];
    varied = next;
  }
  return { plan: varied, applied: applied as AxisValues };
}

const namesIn = (values: AxisValues): readonly AxisName[] => axisNames.filter((name) => values[name] !== undefined);
