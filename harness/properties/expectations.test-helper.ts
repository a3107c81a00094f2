import type { CallPlan } from '../grpc/call-plan';
import type { Observation } from '../grpc/observation';
import { observe } from '../grpc/observe';
import type { Expectation, Graded } from '../grpc/outcome';
import { opening, planOf, request, transcriptOf, type Arrow } from '../rules/transcript.test-helper';

/** What is seen of the connection `main` and its call on stream 1, of which that is expected. */
export function seenWith(
  expects: readonly Expectation[],
  arrows: readonly Arrow[],
  calls: readonly CallPlan[] = [planOf()],
): Observation {
  const transcript = { connections: [transcriptOf([...opening(), request(), ...arrows])], samples: {} };
  return observe({ steps: [], calls, expects }, transcript);
}

export const ofCall = (...accepts: readonly Graded[]): Expectation => ({
  on: { connection: 'main', stream: 1 },
  accepts,
});
export const ofConnection = (...accepts: readonly Graded[]): Expectation => ({ on: { connection: 'main' }, accepts });
/** About a stream that no call is made on. */
export const ofIdle = (...accepts: readonly Graded[]): Expectation => ({
  on: { connection: 'main', stream: 9 },
  accepts,
});
