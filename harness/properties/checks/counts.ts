import type { Observation } from '../../grpc/observation';
import { decodeCounters, type Counters } from '../../grpc/test-service';
import type { Breach } from '../../rules/violation';

/** What the probe service counted, by its last answer; undefined when it gave none that can be read. */
export function countsOf(seen: Observation): Counters | undefined {
  const answer = seen.allCalls.findLast(({ plan }) => plan.role === 'probe')?.messages[0];
  return answer && decodeCounters(answer.octets);
}

/**
 * The handler that was started has learned that its call is over. A handler that ended early without having been told does no harm: that is only
 * recorded. One that was never started has nothing to learn.
 * @param because what ended the call, for people: `the deadline`
 */
export function wasCancelled(seen: Observation, because: string): readonly Breach[] {
  const counts = countsOf(seen);
  const expected = `a handler that learns of ${because}`;
  if (counts === undefined) {
    return [{ severity: 'info', observed: 'the probe service gave no counters', expected, reaction: 'no counters' }];
  }
  if (counts.started === 0 || counts.cancelled > 0) return [];
  return counts.finished > 0
    ? [{ severity: 'info', observed: 'the handler ended and was not told', expected, reaction: 'ended untold' }]
    : [{ observed: 'the handler runs on and was not told', expected, reaction: 'handler runs on' }];
}

/** The same of several calls that ended together: every handler that was started has learned of it. */
export function allWereCancelled(seen: Observation, because: string): readonly Breach[] {
  const counts = countsOf(seen);
  if (counts === undefined || counts.cancelled === 0) return wasCancelled(seen, because);
  const untold = counts.started - counts.cancelled;
  if (untold <= 0) return [];
  const expected = `handlers that all learn of ${because}`;
  const observed = `${untold} of ${counts.started} handlers were not told`;
  // Of those that ended nobody can say that they should have been told as well.
  return counts.running === 0
    ? [{ severity: 'info', observed, expected, reaction: 'ended untold' }]
    : [{ observed, expected, reaction: 'handlers run on' }];
}
