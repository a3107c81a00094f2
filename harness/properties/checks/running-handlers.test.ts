import { defaultTimes } from '../../connection/script';
import type { TargetFacts } from '../../facts/target-facts';
import type { Observation } from '../../grpc/observation';
import { settingIds } from '../../wire/settings';
import { boundsHandlers } from './running-handlers';

const factsOf = (limit: number | undefined): TargetFacts => ({
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['probe'],
  settings: limit === undefined ? [] : [{ id: settingIds.MAX_CONCURRENT_STREAMS, value: limit }],
  roundTrip: 1,
  times: defaultTimes,
});

/** Handlers that run are field 4 of the counters (probe.proto). */
const seenWith = (running: number | undefined): Observation =>
  ({
    allCalls: [
      {
        plan: { role: 'probe' },
        messages: running === undefined ? [] : [{ octets: Uint8Array.of(0x08, running, 0x20, running) }],
      },
    ],
  }) as unknown as Observation;

test.each<[string, number | undefined, number | undefined, number]>([
  ['within the limit', 20, 10, 0],
  ['above it', 21, 10, 1],
  ['without a limit', 100, undefined, 0],
  ['that nobody counted', undefined, 10, 0],
])('handlers of two connections %s', (_, running, limit, want) => {
  expect(boundsHandlers(seenWith(running), factsOf(limit), 2)).toHaveLength(want);
});
