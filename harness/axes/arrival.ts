import { segments } from '../generators/cuts';
import type { Step } from '../connection/script';
import { connectionPreface } from '../wire/preface';
import type { Axis } from './axis';

/** How octets arrive: in TCP writes of these sizes, in rotation; a turn of our event loop in one write when there are none. */
export const arrival: Axis<readonly number[]> = {
  plainest: [],
  arbitrary: segments(),
  describe: (value) => (value.length === 0 ? [] : [value.some((size) => size < 64) ? 'small writes' : 'cut writes']),
  vary: (plan, value) => {
    const isOpenToIt = (step: Step): boolean =>
      step.do === 'open' && step.segments === undefined && step.insteadOfPreface === undefined;
    if (value.length === 0 || !plan.steps.some(isOpenToIt)) return plan;
    // The preface in one piece: cutting that is for CONN-01, and is found there.
    const cut = [connectionPreface.length, ...value];
    return { ...plan, steps: plan.steps.map((step) => (isOpenToIt(step) ? { ...step, segments: cut } : step)) };
  },
};
