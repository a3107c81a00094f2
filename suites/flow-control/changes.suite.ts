import {
  arb,
  experiment,
  fc,
  incrementsTo,
  initialSettings,
  mostAtOnce,
  openStalled,
  settingIds,
  streamOfSizes,
  usesCredit,
  type AnyProperty,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { awaitUse, download, enoughFor, leastOf, totalOf } from './shared';

/** SETTINGS that the target has dealt with when the script goes on. */
const changeWindow = (script: PlanBuilder, size: number): PlanBuilder =>
  script.fence({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: size }] });

/** Octets that a change of the window can have to do with. */
const largestWindow = 100_000;

const connectionWindow = initialSettings.INITIAL_WINDOW_SIZE;

/** A response of 1 to 5 messages. */
const response = (maxTotal: number) =>
  arb.responseSizes({ minCount: 1, maxCount: 5, maxLength: maxTotal / 2, maxTotal });

const underWay = (facts: TargetFacts) =>
  arb.record({
    calls: arb.list(response(120_000), { minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 3)) }),
    initialWindow: arb.boundaryInteger({ max: largestWindow, boundaries: [0, 1, 100, 16_384, 65_535] }),
    isAmple: fc.boolean(),
    changes: arb.list(arb.windowChange({ maxInitialWindow: largestWindow }), { minCount: 1, maxCount: 6 }),
  });

/** A response that the connection holds back while its own window is open, so that one which is lowered is not negative. */
const heldByConnection = () =>
  arb.record({
    calls: arb.list(arb.list(fc.integer({ min: 105_000, max: 120_000 }), { minCount: 1, maxCount: 1 }), {
      minCount: 1,
      maxCount: 1,
    }),
    initialWindow: fc.integer({ min: 90_000, max: largestWindow }),
    isAmple: fc.constant(false),
    changes: arb.list(
      arb.record({
        initialWindow: arb.boundaryInteger({ min: connectionWindow, max: 90_000 }),
        grant: fc.constant(0),
        connectionGrant: fc.integer({ min: 1, max: 50_000 }),
      }),
      { minCount: 1, maxCount: 3 },
    ),
  });

/** Windows that are raised and lowered by one octet. */
const byOneOctet = () =>
  fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.boolean()).map(([initialWindow, isRaised]) => ({
    calls: [[5000]],
    initialWindow: initialWindow + (isRaised ? 0 : 1),
    isAmple: true,
    changes: [initialWindow + (isRaised ? 1 : 0), initialWindow, initialWindow + 1].map(windowOnly),
  }));

/** SETTINGS_INITIAL_WINDOW_SIZE while responses are under way (RFC 9113 §6.9.2). */
export const changes: readonly AnyProperty[] = [
  experiment('FLOW-04-initial-window-change', {
    generates:
      'one to three responses beside each other, and one to six SETTINGS_INITIAL_WINDOW_SIZE of 0 to 100,000 while they are under way, up and down, with and without credit beside them; the last one alone is enough for all that is left',
    accepts: [
      'DATA within stream windows that move by the difference, and a connection window that does not move',
      'status OK with every message in the end',
      'credit that is left unused for longer than 1.5 seconds, with a warning',
    ],
    needs: ['server-streaming'],
    effort: 0.4,
    arbitrary: (facts) =>
      fc.oneof(
        { arbitrary: underWay(facts), weight: 2 },
        { arbitrary: heldByConnection(), weight: 2 },
        { arbitrary: byOneOctet(), weight: 1 },
      ),
    labels: {
      'a window is raised': ({ initialWindow, changes: [first] }) => (first?.initialWindow ?? 0) > initialWindow,
      'a window is lowered': ({ initialWindow, changes: [first] }) => (first?.initialWindow ?? 0) < initialWindow,
      'raised, lowered and raised again': ({ initialWindow, changes: all }) =>
        turnsOf([initialWindow, ...all.map((change) => change.initialWindow)]) >= 2,
      'lowered while the connection is short of credit': ({ calls, isAmple, initialWindow, changes: [first] }) =>
        !isAmple &&
        totalOf(calls.map((sizes) => Math.min(leastOf(sizes), initialWindow))) > connectionWindow &&
        (first?.initialWindow ?? 0) < initialWindow,
      'several streams': ({ calls }) => calls.length > 1,
      'WINDOW_UPDATE beside it': ({ changes: all }) => all.some((change) => change.grant > 0),
    },
    examples: () => [
      { calls: [[5000]], initialWindow: 100, isAmple: true, changes: [107, 2100].map(windowOnly) },
      { calls: [[5000], [5000]], initialWindow: 100, isAmple: true, changes: [107, 50, 2100].map(windowOnly) },
      {
        calls: [[60_000, 60_000]],
        initialWindow: 90_000,
        isAmple: false,
        changes: [{ ...windowOnly(70_000), connectionGrant: 30_000 }],
      },
      { calls: [[70_000]], initialWindow: 65_535, isAmple: false, changes: [windowOnly(65_536)] },
      { calls: [[300]], initialWindow: 0, isAmple: true, changes: [1, 0, 1].map(windowOnly) },
    ],
    script: (script, { calls, initialWindow, isAmple, changes: all }) => {
      openStalled(script, initialWindow);
      const total = totalOf(calls.map(enoughFor));
      if (isAmple) script.grant(0, total);
      const writers = calls.map((sizes) => download(script, sizes));
      for (const writer of writers) awaitUse(script, writer);
      for (const change of all) {
        changeWindow(script, change.initialWindow);
        if (change.grant > 0) writers[0]?.grant(change.grant);
        if (change.connectionGrant > 0) script.grant(0, change.connectionGrant);
        for (const writer of writers) awaitUse(script, writer);
      }
      if (!isAmple) script.grant(0, total);
      changeWindow(script, Math.max(...calls.map(enoughFor)));
      for (const [index, writer] of writers.entries()) writer.awaitEnd().expect(streamOfSizes(calls[index] ?? []));
    },
    check: usesCredit,
  }),

  experiment('FLOW-05-negative-window', {
    generates:
      'a response that has used up a window of 1 to 60,000 octets, a lower SETTINGS_INITIAL_WINDOW_SIZE, then WINDOW_UPDATE or larger SETTINGS that stop below zero, at it, and one octet or more above; another response that begins meanwhile',
    accepts: ['no DATA until the window is above zero', 'status OK with every message in the end'],
    needs: ['server-streaming'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        rest: response(60_000),
        used: arb.boundaryInteger({ min: 1, max: 60_000, boundaries: [5, 6, 100, 16_384] }),
        lowered: arb.boundaryInteger({ max: 20_000, boundaries: [0, 1, 5] }),
        stops: arb.windowStops({ min: -20_000 }),
        by: fc.constantFrom('window-update', 'settings'),
        beside: arb.list(response(20_000), { maxCount: Math.max(0, Math.min(1, mostAtOnce(facts, 2) - 1)) }),
      }),
    labels: {
      'a stop at exactly zero': ({ stops }) => stops.includes(0),
      'one octet below zero': ({ stops }) => stops.includes(-1),
      'one octet above zero': ({ stops }) => stops.includes(1),
      'lowered to 0': ({ lowered }) => lowered === 0,
      'brought back by SETTINGS': ({ by }) => by === 'settings',
      'another stream whose window is not negative': ({ beside }) => beside.length > 0,
    },
    examples: () => [
      { rest: [100], used: 100, lowered: 0, stops: [-1, 0, 1], by: 'window-update' as const, beside: [] },
      { rest: [100], used: 100, lowered: 50, stops: [-1, 0, 1], by: 'settings' as const, beside: [] },
      {
        rest: [20_000],
        used: 20_000,
        lowered: 10,
        stops: [-5, 0, 16_384],
        by: 'window-update' as const,
        beside: [[100]],
      },
    ],
    script: (script, { rest, used, lowered, stops, by, beside }) => {
      // The first message is as long as the window, so that it is used up within it whatever surrounds its octets.
      const sizes = [used, ...rest];
      openStalled(script, used).grant(0, enoughFor(sizes) + totalOf(beside.map(enoughFor)));
      const call = download(script, sizes);
      awaitUse(script, call);
      let window = Math.min(lowered, used - 1);
      changeWindow(script, window);
      const others = beside.map((each) => download(script, each));
      for (const increment of incrementsTo(stops, window - used)) {
        window += increment;
        if (by === 'window-update') call.grant(increment);
        else changeWindow(script, window);
        // Whatever the target makes of it has come by then.
        awaitUse(script, call).fence();
      }
      call.grant(enoughFor(sizes) + used);
      call.awaitEnd().expect(streamOfSizes(sizes));
      for (const [index, other] of others.entries()) {
        other
          .grant(enoughFor(beside[index] ?? []))
          .awaitEnd()
          .expect(streamOfSizes(beside[index] ?? []));
      }
    },
    check: usesCredit,
  }),
];

const windowOnly = (initialWindow: number) => ({ initialWindow, grant: 0, connectionGrant: 0 });

/** How often a row of numbers changes its direction. */
const turnsOf = (values: readonly number[]): number => {
  const steps = values.slice(1).map((value, index) => Math.sign(value - (values[index] ?? 0)));
  const moves = steps.filter((step) => step !== 0);
  return moves.slice(1).filter((move, index) => move !== moves[index]).length;
};
