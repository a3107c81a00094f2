import fc from 'fast-check';
import { suites } from '../../suites';
import { defaultTimes } from '../connection/script';
import { emptyCall, fullDuplexCall, unaryCall, unknownMethod } from '../grpc/test-service';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { PlanBuilder, type CallOptions } from '../grpc/plan-builder';
import { unlocks, type Need } from '../facts/need';
import type { Property } from '../properties/property';
import type { TargetFacts, TargetLimits } from '../facts/target-facts';
import { data } from '../wire/builders';
import { settingIds } from '../wire/settings';
import { beyondLimits, leavesNoHandler } from './fits-limits';
import { writePlan } from './executor';
import { measurePlan, type PlanMeasures } from './measure-plan';

const facts: TargetFacts = {
  authority: 'a',
  scheme: 'http',
  metadata: [],
  // The rows about a user's methods want their descriptors.
  offers: (Object.keys(unlocks) as readonly Need[]).filter((need) => !need.endsWith('method')),
  settings: [],
  messageLimit: 4 * 1024 * 1024,
  roundTrip: 1,
  times: defaultTimes,
};

const plan = (write: (script: PlanBuilder) => void) => {
  const script = new PlanBuilder(facts);
  write(script);
  return script.build();
};

const open: CallOptions = { halfClose: false, awaitEnd: false };
const bidi = fullDuplexCall([{ responses: [{ size: 1 }] }]);
const empty = new Uint8Array(0);

test.each<[string, (script: PlanBuilder) => void, Partial<PlanMeasures>]>([
  [
    'calls that are waited for are one at a time',
    (script) => [1, 2, 3].forEach(() => script.call(emptyCall())),
    { streams: 1, handlers: 1, callsPerConnection: 3, handlersLeft: 0 },
  ],
  [
    'calls that are not are all at once, on each connection and all in all',
    (script) => ['a', 'a', 'b'].forEach((on) => script.call(emptyCall(), { on, awaitEnd: false })),
    { streams: 2, handlers: 3, callsPerConnection: 2, handlersLeft: 3 },
  ],
  [
    'a reset frees the stream; a handler that was asked for something may not notice',
    (script) => {
      script.call(bidi, open).reset();
      script.call(bidi, open).reset();
    },
    { streams: 1, handlers: 2, handlersLeft: 2 },
  ],
  [
    'a handler that waits for octets of ours notices',
    (script) => {
      script.begin(bidi).reset();
      script.call(unaryCall(), open).reset();
    },
    { handlers: 1, handlersLeft: 0 },
  ],
  [
    'a method that nobody has needs no handler',
    (script) => void script.call(unknownMethod('/a/b'), { awaitEnd: false }),
    { streams: 1, handlers: 0 },
  ],
  [
    'a call that may be left out needs no room, but a handler',
    (script) => {
      script.call(emptyCall(), { awaitEnd: false });
      script.call(emptyCall(), { awaitEnd: false, role: 'afterwards' });
    },
    { streams: 1, callsPerConnection: 1, handlers: 2 },
  ],
  [
    'the largest message, and all messages of a body with their prefixes',
    (script) =>
      void script
        .begin(bidi)
        .sendMessages([new Uint8Array(10)])
        .sendOctets(encodeMessage(new Uint8Array(300)).subarray(0, 7))
        .sendOctets(encodeMessage(new Uint8Array(300)).subarray(7)),
    { message: 300, body: 320 },
  ],
  [
    'what a prefix announces counts, whether or not it is sent',
    (script) => void script.call(unaryCall(), { ...open, body: encodeMessage(empty, { length: 5000 }) }),
    { message: 5000, body: 5 },
  ],
  [
    'but not in a request that is not legal anyway',
    (script) =>
      void script.call(unaryCall(), { legal: false, body: encodeMessage(new Uint8Array(9), { length: 5000 }) }),
    { message: 9, body: 14 },
  ],
  [
    'fields as RFC 9113 counts them',
    (script) => void script.call(emptyCall(), { fields: () => [{ name: 'ab', value: 'cde' }] }),
    { headerList: 37 },
  ],
  [
    'offsets that are equal make empty frames; one that ends the stream is none',
    (script) =>
      void script.call(unaryCall({ payload: new Uint8Array(20) }), { cuts: [0, 5, 5, 5], endStreamOnEmptyFrame: true }),
    { emptyFrames: 2 },
  ],
  [
    'empty frames in a row over several steps, as they stand or not',
    (script) => {
      script.begin(bidi).sendOctets(empty).sendOctets(empty);
      script.frame(data(1, empty)).frame(data(1, empty, { endStream: true }));
    },
    { emptyFrames: 3 },
  ],
  ['pauses add up to an age', (script) => void script.open().pause(30).pause(40), { age: 70, idle: 40 }],
  [
    'a connection with a call is not idle',
    (script) => void (script.call(emptyCall(), { awaitEnd: false }) && script.pause(30)),
    { age: 30, idle: 0 },
  ],
])('%s', (_, write, want) => {
  expect(measurePlan(plan(write))).toMatchObject(want);
});

test('large bodies are not copied, and cost next to nothing', () => {
  const large = plan((script) => script.call(unaryCall({ payload: new Uint8Array(8 * 1024 * 1024) })));
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 50; round++) measurePlan(large);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
});

test.each<[string, TargetLimits | undefined, readonly (keyof TargetLimits)[], string | undefined]>([
  ['no limits', undefined, [], undefined],
  ['none that matters', { headerList: 10_000, streams: 2 }, [], undefined],
  ['one call at a time', { streams: 1 }, [], 'the target takes at most one call at a time on one connection'],
  ['one handler', { handlers: 1 }, [], 'the target takes at most one handler at a time'],
  ['on purpose', { streams: 1, handlers: 1 }, ['streams', 'handlers'], undefined],
  [
    'on purpose, but not this one',
    { streams: 1, handlers: 1 },
    ['streams'],
    'the target takes at most one handler at a time',
  ],
])('beyond limits: %s', (_, limits, exceeds, want) => {
  const two = plan((script) => [1, 2].forEach(() => script.call(emptyCall(), { awaitEnd: false })));
  expect(beyondLimits(two, limits, exceeds)?.reason).toBe(want);
});

test.each<[string, number | undefined, boolean]>([
  ['nobody counts handlers', undefined, false],
  ['one is left', 2, false],
  ['none is left', 1, true],
])('a call that is left under way: %s', (_, handlers, want) => {
  const one = plan((script) => void script.call(emptyCall(), { awaitEnd: false }));
  expect(leavesNoHandler(one, handlers === undefined ? undefined : { handlers })).toBe(want);
});

const properties = suites
  .flatMap((suite) => suite.properties as unknown as readonly Property<unknown>[])
  .filter(({ needs = [] }) => needs.every((need) => facts.offers.includes(need)));

/** Examples of a property and some more inputs. */
const drawInputs = (property: Property<unknown>, known: TargetFacts, count: number): readonly unknown[] => [
  ...(property.examples?.(known) ?? []),
  ...fc.sample(property.arbitrary(known), { numRuns: count, seed: 1 }),
];

const planOf = (property: Property<unknown>, input: unknown, known: TargetFacts) =>
  writePlan(property as never, input, known);

const names: readonly (keyof TargetLimits)[] = [
  'streams',
  'handlers',
  'message',
  'body',
  'headerList',
  'callsPerConnection',
  'emptyFrames',
  'age',
  'idle',
];

test.each(properties)('$id keeps limits of just its measure, and none that is smaller', (property) => {
  for (const input of drawInputs(property, facts, 5)) {
    const drawn = planOf(property, input, facts);
    const measures = measurePlan(drawn);
    const exact = Object.fromEntries(names.map((name) => [name, measures[name]]));
    expect(beyondLimits(drawn, exact)).toBeUndefined();
    const tight = names.filter(
      (name) => measures[name] > 0 && beyondLimits(drawn, { [name]: measures[name] - 1 }) === undefined,
    );
    expect(tight).toEqual([]);
  }
});

/** What no row can do without. */
const untestable: Readonly<Record<string, readonly string[]>> = {
  // Calls beside each other are their subject; a watcher stays open beside the checks of what it says.
  '{"streams":1}':
    'MUX-01 MUX-02 MUX-07 KA-15 CANC-03 DL-10 FLOW-09 FLOW-11 STREAM-20 STREAM-24 SVC-03 SVC-04 SVC-11'.split(' '),
  // And a handler that is asked about waits beside the one that asks.
  '{"handlers":1}':
    'MUX-01 MUX-02 MUX-03 MUX-05 MUX-07 KA-15 CANC-01 CANC-03 CANC-04 CANC-05 CANC-08 CONN-09 STATUS-08 DOS-01 DL-10 FLOW-09 FLOW-11 STREAM-20 SVC-03 SVC-04 SVC-05 SVC-11'.split(
      ' ',
    ),
  // A hundred calls at a time, reset or not, would keep so few handlers busy for long.
  // Ten streams that nobody reads keep as many handlers.
  '{"handlers":2}': ['DOS-01', 'CANC-08'],
  '{"streams":4}': [],
  // A message that nobody reads fills a whole window, one more than what is left of the window of the connection.
  '{"message":20480}': ['STREAM-20'],
  '{"message":20000,"body":20005}': ['STREAM-15', 'STREAM-20', 'KA-15'],
  '{"message":1048576,"body":1048581}': [],
  '{"headerList":2048}': [],
  // Slots come back on one connection.
  '{"callsPerConnection":5}': ['MUX-04'],
  '{"emptyFrames":1}': [],
  '{"emptyFrames":0}': [],
};

describe.each(Object.entries(untestable))('a target with %s', (text, hopeless) => {
  const limits = JSON.parse(text) as TargetLimits;

  test('is judged by all rows that can fit themselves to it', () => {
    const known: TargetFacts = {
      ...facts,
      limits,
      ...(limits.message === undefined ? {} : { messageLimit: limits.message }),
    };
    const fits = (property: Property<unknown>, input: unknown): boolean =>
      beyondLimits(planOf(property, input, known), limits, property.exceeds) === undefined;
    const lost = properties.filter(
      (property) => !drawInputs(property, known, 20).some((input) => fits(property, input)),
    );
    expect(lost.map(({ id }) => id.split('-').slice(0, 2).join('-')).toSorted()).toEqual([...hopeless].toSorted());
  });
});

/** The largest request of a legal script: what FLOW-08 offers to an echo. MSG-08 goes beyond limits that are known. */
const largestUpload = 6.5 * 1024 * 1024;

test.each([0, 1, 5, 1000, 16_384, 2 ** 30, 2 ** 31 - 1])('a stream window of %i octets is no trouble', (value) => {
  const known: TargetFacts = { ...facts, settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value }] };
  const large = properties
    .filter(({ exceeds }) => exceeds?.includes('message') !== true)
    .filter((property) =>
      drawInputs(property, known, 5).some((input) => measurePlan(planOf(property, input, known)).body > largestUpload),
    );
  expect(large.map(({ id }) => id)).toEqual([]);
});
