import * as v from 'valibot';
import { unlocks, type Need } from '../properties/need';
import type { TargetFacts } from '../properties/target-facts';

const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What was known of a target, as failure files hold it. */
export const targetFactsSchema: v.GenericSchema<unknown, TargetFacts> = v.object({
  authority: v.string(),
  scheme: v.picklist(['http', 'https']),
  metadata: v.array(v.object({ name: v.string(), value: v.string() })),
  offers: v.array(v.picklist(Object.keys(unlocks) as Need[])),
  settings: v.array(v.object({ id: count, value: count })),
  messageLimit: v.optional(count),
  roundTrip: milliseconds,
  times: v.object({
    reply: milliseconds,
    close: milliseconds,
    quiet: milliseconds,
    cancel: milliseconds,
    connect: milliseconds,
  }),
});
