import type { RowId } from '../catalogue';
import type { Violation } from './violation';

/** A violation of one of the rows about staying up. */
type AliveViolation = Violation & { readonly rule: RowId };

/** Rows about the target as a whole, judged on every run. */
export const aliveRows = ['ALIVE-01-process-stays', 'ALIVE-02-serves-on'] as const satisfies readonly RowId[];

/** How the process of a target ended, as a report says it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** `exit code 2`, `signal SIGABRT`. */
const describeEnding = ({ code, signal }: Ending): string =>
  signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;

/**
 * The process ended though nobody asked it to, whether or not one input ends it again: a leak, a counter or a race needs a whole sequence.
 * @param endings every one of them, at least one
 */
export function processEnded(endings: readonly Ending[]): AliveViolation {
  const times = endings.length === 1 ? 'once' : `${endings.length} times`;
  const how = [...new Set(endings.map(describeEnding))].join(', ');
  return {
    rule: 'ALIVE-01-process-stays',
    observed: `the server's process ended ${times} (${how})`,
    expected: 'a process that ends only when who runs it ends it',
    reaction: 'process ended',
    mark: 'crash',
  };
}

/**
 * The plain call that worked at the start works no more.
 * @param calls how many had been made by then, about
 * @param trouble what happened instead, as a clause
 */
export const stoppedServing = (calls: number, trouble: string): AliveViolation =>
  servesNoMore(`the server stopped serving after ${calls} calls: ${trouble}`);

/**
 * The same after one input, each time.
 * @param trouble what happens to the plain call then, as a clause
 */
export const stopsServing = (trouble: string): AliveViolation =>
  servesNoMore(`the server serves no call after this one input: ${trouble}`);

const servesNoMore = (observed: string): AliveViolation => ({
  rule: 'ALIVE-02-serves-on',
  observed,
  expected: 'a plain call that goes on working, as it did at the start',
  reaction: 'stopped serving',
  mark: 'hang',
});
