import { emptyCall } from '../../grpc/test-service';
import { lastedFor } from '../../properties/checks/deadline';
import type { Talk } from './talk';

/** Small calls of which the round trip is the median. */
const roundTripCalls = 5;

/** Milliseconds from the header of a small call to its end. */
export async function measureRoundTrip(talk: Talk): Promise<number | undefined> {
  const seen = await talk.ask('small calls, for the round trip', (script) => {
    for (let index = 0; index < roundTripCalls; index += 1) script.call(emptyCall(), { on: 'main' });
  });
  return median(seen.calls.flatMap((call) => lastedFor(call) ?? []));
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
