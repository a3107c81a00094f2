import type { TargetFacts } from '../../facts/target-facts';
import type { Observation } from '../../grpc/observation';
import type { Breach } from '../../rules/violation';
import { settingValue } from '../../wire/setting-value';
import { settingIds } from '../../wire/settings';
import { countsOf } from './counts';

/** Handlers of streams that came to nothing run at a time within the limit that the server itself has set for each of so many connections. */
export function boundsHandlers(seen: Observation, facts: TargetFacts, connections: number): readonly Breach[] {
  const limit = settingValue(facts.settings, settingIds.MAX_CONCURRENT_STREAMS);
  const running = countsOf(seen)?.running;
  if (limit === undefined || running === undefined || running <= connections * limit) return [];
  return [
    {
      observed: `${running} handlers of streams that were reset are running`,
      expected: `at most ${limit} handlers for each connection, the limit of concurrent streams`,
      reaction: 'handlers without bound',
    },
  ];
}
