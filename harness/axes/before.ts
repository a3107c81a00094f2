import fc from 'fast-check';
import { list } from '../generators/list';
import { octetsOf } from '../grpc/octets';
import { absentMethod, plainestCall } from '../moves/plainest-call';
import type { CallOptions, PlanBuilder } from '../grpc/plan-builder';
import { unknownMethod } from '../grpc/test-service';
import { initialSettings, settingIds } from '../wire/settings';
import type { Axis } from './axis';

/** Calls and fields of each that push the dynamic table over its first entries, within what every server takes. */
const fieldCalls = 3;
const fieldsEach = 8;

/** Calls that come to more than a first few. */
const manyCalls = 20;

/** Calls that end with an error, as many as no server takes for an attack. */
const refusedCalls = 3;

/** What we send on a PING that is none of a rule's. */
const opaque = octetsOf({ length: 8, seed: 0xbef0 });

const role = 'earlier';

/** Where it is written. */
interface Place {
  readonly script: PlanBuilder;
  readonly on: string;
  readonly facts: { readonly offers: readonly string[] };
}

/** A call of the past: that it is answered is for the rules of every call, and what the script is about comes all the same. */
function makeCall({ script, on, facts }: Place, options: CallOptions = {}): void {
  const call = script.call(plainestCall(facts), { ...options, on, role, awaitEnd: false });
  script.await({ see: 'end', stream: call.stream }, { on, optional: true });
}

/** In which form it is refused is a rule of its own (REQ-21). */
function makeRefusedCall({ script, on }: Place): void {
  const call = script.call(unknownMethod(absentMethod), { on, role, awaitEnd: false, legal: false });
  script.await({ see: 'end', stream: call.stream }, { on, optional: true });
}

/** What a connection can have seen, and how it is written. All of it is legal, and leaves nothing under way. */
const pasts = {
  'a call': (place: Place): void => makeCall(place),
  'a cancelled call': ({ script, on, facts }: Place): void => {
    script.begin(plainestCall(facts), { on, role }).reset();
    script.fence({ on });
  },
  'a refused call': (place: Place): void => makeRefusedCall(place),
  'refused calls': (place: Place): void => {
    for (let count = 0; count < refusedCalls; count++) makeRefusedCall(place);
  },
  'calls with many fields': (place: Place): void => {
    for (let round = 0; round < fieldCalls; round++) {
      const metadata = Array.from({ length: fieldsEach }, (_, index) => ({
        name: `x-before-${index}`,
        value: `${round} `.padEnd(100, 'before'),
      }));
      makeCall(place, { metadata });
    }
  },
  'many calls': (place: Place): void => {
    for (let count = 0; count < manyCalls; count++) makeCall(place);
  },
  'SETTINGS down and up': ({ script, on }: Place): void => {
    const window = (value: number) => [{ id: settingIds.INITIAL_WINDOW_SIZE, value }];
    // One after the other: some servers acknowledge two that come together once.
    for (const octets of [1, initialSettings.INITIAL_WINDOW_SIZE]) script.fence({ on, settings: window(octets) });
  },
  PING: ({ script, on }: Place): void => void script.fence({ on, by: 'ping', opaque }),
  // The one size that is within every limit; from then on we put nothing into the table.
  'a table size update to 0': (place: Place): void => makeCall(place, { sizeUpdates: [0] }),
} as const;

/** One thing that a connection can have gone through. */
export type Past = keyof typeof pasts;

/** The long one is rare: it takes as many round trips. */
const often = (Object.keys(pasts) as Past[]).filter((past) => past !== 'many calls');
const past: fc.Arbitrary<Past> = fc.oneof(
  { arbitrary: fc.constantFrom(...often), weight: 15 },
  { arbitrary: fc.constant<Past>('many calls'), weight: 1 },
);

/** What a connection went through before the script begins on it. */
export const before: Axis<readonly Past[]> = {
  plainest: [],
  arbitrary: list(past, { minCount: 1, maxCount: 2 }),
  describe: (value) => [...new Set(value)],
  afterOpening: (script, value, on, facts) => {
    for (const one of value) pasts[one]({ script, on, facts });
  },
};
