import fc from 'fast-check';
import type { DataStep, Step } from '../connection/script';
import { findVariedCall, type Axis } from './axis';

/**
 * Where a request has its END_STREAM: on the DATA frame with the last octets, on an empty one behind it, or on an empty one that is only sent when the target
 * has dealt with all the rest. Never on HEADERS: a gRPC client half-closes on DATA (PROTOCOL-HTTP2 Requests), so that is a rule's subject (EOS-03), and so
 * are request trailers (EOS-04).
 */
export type Ending = 'last DATA' | 'empty DATA' | 'late empty DATA';

const noOctets = new Uint8Array(0);

/** Says for a step what becomes of it; a step that chose how it ends, or has nothing to end, stays. */
function endOtherwise(step: DataStep, ending: Ending): readonly Step[] {
  if (ending === 'empty DATA') return [{ ...step, endStreamOnEmptyFrame: true }];
  const { on, stream } = step;
  return [
    { ...step, endStream: false },
    { do: 'fence', on, by: 'settings' },
    { do: 'data', on, stream, octets: noOctets, endStream: true },
  ];
}

/** How a request ends. */
export const ending: Axis<Ending> = {
  plainest: 'last DATA',
  arbitrary: fc.constantFrom<Ending>('empty DATA', 'late empty DATA'),
  describe: (value) => (value === 'last DATA' ? [] : [value]),
  vary: (plan, value) => {
    const isOpenToIt = (step: Step): step is DataStep =>
      step.do === 'data' &&
      step.endStream &&
      step.octets.length > 0 &&
      step.endStreamOnEmptyFrame === undefined &&
      // Where END_STREAM is can decide in which legal form a malformed request is refused, and what becomes of its connection.
      findVariedCall(plan, step.on, step.stream)?.legal === true;
    if (value === 'last DATA' || !plan.steps.some(isOpenToIt)) return plan;
    return { ...plan, steps: plan.steps.flatMap((step) => (isOpenToIt(step) ? endOtherwise(step, value) : [step])) };
  },
};
