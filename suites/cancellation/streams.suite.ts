import {
  absentMethod,
  arb,
  emptyAnswer,
  endsWith,
  experiment,
  fc,
  fullDuplexCall,
  isWholeOrCut,
  mostAtOnce,
  mostCalls,
  payloadOf,
  pendingCalls,
  plainestCall,
  plainHttp,
  served,
  settingIds,
  settingValue,
  status,
  staysUp,
  streamOfSizes,
  unaryCall,
  unknownMethod,
  type AnyProperty,
  type CallRequest,
  type CallWriter,
  type Condition,
  type Graded,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { canConverse, mostResets } from './resets';

/** When one of several parallel calls is reset, in the order of time; the last ones survive. */
const fates = [
  'after its header',
  'after its first message',
  'after its first answers',
  'after its half-close',
  'never',
] as const;
type Fate = (typeof fates)[number];

/** When a unary call that is answered at once is reset. The last two are races, whose outcome depends on the speed of both ends. */
const crossings = [
  'after its end',
  'inside its answer',
  'at its headers',
  'after a pause',
  'behind its request',
] as const;
type Crossing = (typeof crossings)[number];

/** A unary call that races its own reset. */
interface Race {
  readonly size: number;
  readonly crossing: Crossing;
  /** Milliseconds, where there is a pause. */
  readonly pause: number;
}

const nameOf = (index: number): string => `race ${index}`;

/** A call that is under way meanwhile. */
const bystander = pendingCalls['a conversation'];

/** Octets that no stream window lets through when we give no credit, so that the reset meets an answer that is under way for certain. */
const neverWhole = 70_000;

/** Sizes of neighbours differ, so that each answer is known by its own. */
const sizeOf = ({ crossing, size }: Race, index: number): number =>
  index + (crossing === 'inside its answer' ? neverWhole : size);

/** What happens to streams, and to those beside them. */
export const streams: readonly AnyProperty[] = [
  experiment('CANC-03-other-streams-unaffected', {
    generates:
      'two to ten bidirectional calls side by side, some of them reset after the header, a message, answers or the half-close, while the others go on',
    accepts: ['status OK with every answer, for all calls that were not reset'],
    needs: ['bidirectional-streaming'],
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(
          arb.record({
            fate: fc.oneof(fc.constantFrom(...fates), fc.constant<Fate>('never')),
            first: arb.responseSizes({ minCount: 1, maxCount: 3, maxLength: 5000 }),
            second: arb.responseSizes({ maxCount: 3, maxLength: 5000 }),
          }),
          { minCount: 2, maxCount: Math.max(2, mostAtOnce(facts, 10)) },
        ),
      }),
    examples: (facts) =>
      fates.slice(0, -1).map((fate) => ({
        calls: ([fate, 'never', fate, 'never'] as const)
          .slice(0, Math.max(2, mostAtOnce(facts, 4)))
          .map((own) => ({ fate: own, first: [10, 20], second: [30] })),
      })),
    labels: {
      'a reset before any message': ({ calls }) => calls.some(({ fate }) => fate === 'after its header'),
      'a reset behind answers': ({ calls }) => calls.some(({ fate }) => fate === 'after its first answers'),
      'two resets': ({ calls }) => calls.filter(({ fate }) => fate !== 'never').length >= 2,
      'a survivor opened behind': ({ calls }) =>
        calls.some(({ fate }, index) => fate !== 'never' && calls.slice(index + 1).some((one) => one.fate === 'never')),
    },
    script: (script, { calls }) => {
      const started = calls.map(({ fate, first, second }) => {
        const request = fullDuplexCall(
          [first, second].map((sizes) => ({ responses: sizes.map((size) => ({ size })) })),
        );
        return { fate, request, first, second, call: script.begin(request) };
      });
      const resetThose = (now: Fate) => started.filter(({ fate }) => fate === now).forEach(({ call }) => call.reset());
      const those = (later: Fate) => started.filter(({ fate }) => fates.indexOf(fate) >= fates.indexOf(later));
      resetThose('after its header');
      for (const { call, request } of those('after its first message')) call.sendMessages(request.messages.slice(0, 1));
      resetThose('after its first message');
      for (const { call, first } of those('after its first answers')) call.awaitMessages(first.length);
      resetThose('after its first answers');
      for (const { call, request } of those('after its half-close')) {
        call.sendMessages(request.messages.slice(1), { endStream: true });
      }
      resetThose('after its half-close');
      for (const { call, first, second } of those('never'))
        call.awaitEnd().expect(streamOfSizes([...first, ...second]));
    },
  }),

  experiment('CANC-06-cancel-before-message', {
    generates:
      'HEADERS with RST_STREAM right behind, 1 to 60 times on a connection, ten at a time, then as many calls at once as the target lets be open',
    accepts: ['every call afterwards served, none refused'],
    effort: 0.1,
    aboutRefusals: true,
    arbitrary: (facts) =>
      arb.record({
        resets: arb.boundaryInteger({ min: 1, max: mostResetsBefore(facts), boundaries: [1, 2, 40] }),
        isKnown: canConverse(facts) ? fc.boolean() : fc.constant(false),
      }),
    examples: (facts) => [{ resets: mostResetsBefore(facts), isKnown: canConverse(facts) }],
    labels: {
      'a few resets': ({ resets }) => resets < 10,
      'dozens of resets': ({ resets }) => resets >= 30,
      'a handler that waits for messages': ({ isKnown }) => isKnown,
      'a method that no server has': ({ isKnown }) => !isKnown,
    },
    script: (script, { resets, isKnown }, facts) => {
      const request = isKnown ? fullDuplexCall([]) : unknownMethod(absentMethod);
      for (let count = 0; count < resets; count++) {
        script.begin(request).reset();
        // So many at a time are no attack: whoever counts streams that were reset before it took them has taken them by now.
        if (count % resetsAtOnce === resetsAtOnce - 1) script.fence();
      }
      const [plain, outcomes] = plainestCallOf(facts);
      script.call(plain).expect(...outcomes);
      const all = Array.from({ length: openAtOnce(facts) }, () => script.begin(plain));
      for (const call of all) call.sendMessages(plain.messages, { endStream: true });
      for (const call of all) call.awaitEnd().expect(...outcomes);
    },
  }),

  experiment('CANC-07-cancel-races-completion', {
    generates:
      'one to ten unary calls, side by side or one after the other, with RST_STREAM behind the request, after 0 to 6 ms, at the headers, inside the answer, or when the answer is complete',
    accepts: [
      'status OK with the answer that was asked for, or nothing more of it',
      'a connection that goes on, and a call that is served on it',
    ],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        races: arb.list(
          arb.record({
            size: arb.responseSize({ maxLength: 40_000 }),
            crossing: fc.constantFrom<Crossing>(...crossings),
            pause: fc.nat(6),
          }),
          { minCount: 1, maxCount: Math.max(1, mostCalls(facts, mostResets + 2) - 2) },
        ),
        isParallel: mostAtOnce(facts, 3) < 3 ? fc.constant(false) : fc.boolean(),
        hasBystander: mostAtOnce(facts, 2) > 1 && canConverse(facts) ? fc.boolean() : fc.constant(false),
      }),
    examples: (facts) =>
      crossings.flatMap((crossing) => [
        {
          races: [{ size: 20_000, crossing, pause: 1 }],
          isParallel: false,
          hasBystander: mostAtOnce(facts, 2) > 1 && canConverse(facts),
        },
        {
          races: [1, 16_384, 300].map((size) => ({ size, crossing, pause: 0 })).slice(0, mostCalls(facts, 5) - 2),
          isParallel: mostAtOnce(facts, 3) > 2,
          hasBystander: false,
        },
      ]),
    labels: {
      'a reset that may meet the handler': ({ races }) =>
        races.some(({ crossing }) => crossing === 'behind its request'),
      'a reset inside the answer': ({ races }) => races.some(({ crossing }) => crossing === 'inside its answer'),
      'a reset behind END_STREAM': ({ races }) => races.some(({ crossing }) => crossing === 'after its end'),
      'calls side by side': ({ races, isParallel }) => isParallel && races.length > 1,
      'several resets on one connection': ({ races }) => races.length > 2,
    },
    script: (script, { races, isParallel, hasBystander }, facts) => {
      // No stream gets more than its first window, and the connection gets everything back.
      script.open({ housekeeping: { replenishStreams: false } });
      const finishBystander = hasBystander ? bystander.begin(script, { role: 'bystander' }) : undefined;
      const begin = (race: Race, index: number) => ({
        race,
        size: sizeOf(race, index),
        call: script.call(unaryCall({ responseSize: sizeOf(race, index) }), { as: nameOf(index), awaitEnd: false }),
      });
      const atOnce = isParallel ? mostAtOnce(facts, races.length + 1) - 1 : 1;
      for (let first = 0; first < races.length; first += atOnce) {
        const some = races.slice(first, first + atOnce).map((race, index) => begin(race, first + index));
        for (const { race, size, call } of some) {
          awaitCrossing(script, race, call, size);
          // Whether it has ended or not: on the way here nobody knows.
          call.reset();
        }
      }
      finishBystander?.().expect(served(bystander.answer));
      script.call(unaryCall({ responseSize: 12 }), { as: 'survivor' }).expect(payloadOf(12));
      script.expectConnection([staysUp]);
    },
    check: (seen, { races }) =>
      races.flatMap((race, index) => isWholeOrCut(seen.call(nameOf(index)), sizeOf(race, index))),
  }),
];

/** Streams that are reset in one go; real servers allow some 20 (catalogue DOS-01). */
const resetsAtOnce = 10;

/** Calls that fill what the target announced, where that is no more than a hundred; else a few. */
function openAtOnce(facts: TargetFacts): number {
  const announced = settingValue(facts.settings, settingIds.MAX_CONCURRENT_STREAMS) ?? Infinity;
  // One more was made before them, and one comes afterwards.
  return Math.max(1, Math.min(mostAtOnce(facts, announced <= 100 ? 100 : 4), mostCalls(facts, Infinity) - 3));
}

/** Calls that may be reset before those. */
function mostResetsBefore(facts: TargetFacts): number {
  const later = openAtOnce(facts) + 2;
  return Math.max(1, mostCalls(facts, 60 + later) - later);
}

/** The call that every target answers, and how. */
function plainestCallOf(facts: TargetFacts): readonly [CallRequest, readonly Graded[]] {
  const request = plainestCall(facts);
  const isServed = request.kind === 'unary';
  return [request, isServed ? [emptyAnswer] : [endsWith(status.UNIMPLEMENTED), plainHttp()]];
}

/** Waits for the moment of the reset. */
function awaitCrossing(script: PlanBuilder, { crossing, pause }: Race, { stream }: CallWriter, size: number): void {
  const wait = (until: Condition) => script.await(until, { optional: true });
  if (crossing === 'after a pause') script.pause(pause);
  if (crossing === 'at its headers') wait({ see: 'headers', stream });
  if (crossing === 'inside its answer') wait({ see: 'data', stream, octets: 1 + (size % 30_000) });
  if (crossing === 'after its end') wait({ see: 'end', stream });
}
