import {
  arb,
  callBreach,
  experiment,
  fc,
  healthWatch,
  mostAtOnce,
  openStalled,
  probeSetServing,
  servingStatuses,
  status,
  type AnyProperty,
  type Breach,
  type Call,
  type CallWriter,
  type Observation,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { servingOf } from './health-names';

/** What becomes of a name while it is watched. */
interface Changes {
  /** Whether it serves when the watchers come; null: nobody has registered it. */
  readonly first: boolean | null;
  /** What it is set to, one after the other. */
  readonly sets: readonly boolean[];
  readonly watchers: number;
  /** After how many of the sets the last watcher comes, modulo their number. */
  readonly late: number;
  /** The watchers read their first message alone until all is set. */
  readonly stalled: boolean;
}

const mostSets = 8;

const changes = (facts: TargetFacts) =>
  arb.record({
    first: fc.constantFrom(true, false, null),
    sets: fc.array(fc.boolean(), { minLength: 1, maxLength: mostSets }),
    // One more handler sets.
    watchers: fc.integer({ min: 1, max: Math.max(1, mostAtOnce(facts, 4) - 1) }),
    late: fc.nat(mostSets),
    stalled: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
  });

const numberOf = (serving: boolean | null): number =>
  servingStatuses.indexOf(serving === null ? 'SERVICE_UNKNOWN' : serving ? 'SERVING' : 'NOT_SERVING');

/** All that the name is set to: in the end what it was not, so that nothing can be silent about the end. */
const allSets = ({ first, sets }: Changes): readonly boolean[] => [...sets, !(sets.at(-1) ?? first)];

/** The place among the sets before which a watcher comes. */
const placeOf = (watcher: number, { watchers, sets, late }: Changes): number =>
  watcher === watchers - 1 && watchers > 1 ? late % (sets.length + 1) : 0;

/** What a watcher sees of the name, from the state that it finds on. */
const seenBy = (watcher: number, input: Changes): readonly number[] =>
  [input.first, ...allSets(input)].slice(placeOf(watcher, input)).map(numberOf);

/** What it is told where nothing is skipped. */
const toldOf = (states: readonly number[]): readonly number[] =>
  states.filter((state, index) => index === 0 || state !== states[index - 1]);

/** Octets of the first message of a watcher, with its prefix. */
const oneMessage = 7;

function watchChanges(script: PlanBuilder, input: Changes): void {
  const { first, watchers, stalled } = input;
  const name = script.nonce();
  const on = stalled ? 'watchers' : 'main';
  if (stalled) openStalled(script, oneMessage, { on, replenishConnection: true });
  const set = (serving: boolean, as: string) =>
    script.call(probeSetServing(name, serving), { on: 'control', role: 'probe', as });
  if (first !== null) set(first, 'first');
  const open: { readonly call: CallWriter; told: number }[] = [];
  for (const [place, serving] of allSets(input).entries()) {
    for (let watcher = open.length; watcher < watchers && placeOf(watcher, input) <= place; watcher++) {
      const call = script.call(healthWatch(name), { on, as: `watcher ${watcher}`, awaitEnd: false }).awaitMessages(1);
      open.push({ call, told: 1 });
    }
    set(serving, `set ${place}`);
    for (const [watcher, one] of open.entries()) {
      const told = toldOf(seenBy(watcher, input).slice(0, place + 2 - placeOf(watcher, input))).length;
      if (!stalled && told > one.told) one.call.awaitMessages(told);
      one.told = told;
    }
  }
  for (const { call, told } of open) {
    if (stalled) {
      call.grant(told * oneMessage);
      // Who skips what was over before it could be told sends fewer.
      script.await({ see: 'messages', stream: call.stream, count: told }, { on, within: 'quiet', optional: true });
    }
    call.resetUnlessEnded();
  }
}

const wasSet = (seen: Observation): boolean =>
  seen.allCalls.every(({ plan, status: code }) => plan.role !== 'probe' || code === status.OK);

const nameOf = (state: number | undefined): string =>
  state === undefined ? 'nothing' : (servingStatuses[state] ?? `${state}`);

/** Told each change once, the last one surely. */
function tellsChanges(call: Call, states: readonly number[], stalled: boolean): readonly Breach[] {
  const wanted = toldOf(states);
  const breach = callBreach(call, `${wanted.map(nameOf).join(', ')}, on a stream that stays open`);
  if (call.status === status.UNIMPLEMENTED) return [{ ...breach, severity: 'info' }];
  if (call.shape !== 'reset' || call.reset?.by !== 'client') return [breach];
  const told = call.messages.map((_, index) => servingOf(call, index));
  const observed = `Watch says ${told.map(nameOf).join(', ')}`;
  if (told.at(-1) !== wanted.at(-1)) return [{ ...breach, observed, reaction: 'out of date' }];
  if (!isWithin(told, stalled ? states : wanted)) return [{ ...breach, observed, reaction: 'told what was not so' }];
  if (!told.some((state, index) => index > 0 && state === told[index - 1])) return [];
  // What was over before it could be told, and came back, is a change to some.
  return [{ ...breach, observed, reaction: 'told twice', severity: 'warn' }];
}

/** True when something is left of the states after some were left out. */
function isWithin(told: readonly (number | undefined)[], states: readonly number[]): boolean {
  let at = 0;
  return told.every((state) => {
    const found = states.indexOf(state ?? -1, at);
    at = found + 1;
    return found !== -1;
  });
}

/** What is told of a name whose status changes. */
export const healthChanges: readonly AnyProperty[] = [
  experiment('SVC-05-health-watch-changes', {
    generates:
      'one to three watchers of a name that is set to serve or not 2 to 9 times, also to what it is; one of them comes in between; watchers that do not read before the end',
    accepts: [
      'each change, once',
      'for watchers that do not read also the last change alone',
      'UNIMPLEMENTED, recorded as info',
    ],
    needs: ['health', 'health-control'],
    effort: 0.3,
    timed: true,
    arbitrary: changes,
    examples: () => [
      { first: true, sets: [false], watchers: 1, late: 0, stalled: false },
      { first: false, sets: [true, true, false, false], watchers: 1, late: 0, stalled: false },
      { first: null, sets: [true], watchers: 1, late: 0, stalled: false },
      { first: true, sets: [false, true, false], watchers: 1, late: 0, stalled: true },
    ],
    labels: {
      'set to what it is': ({ first, sets }) => [first, ...sets].some((one, place) => one === sets[place]),
      'unknown at first': ({ first }) => first === null,
      'several watchers': ({ watchers }) => watchers > 1,
      'a watcher that comes in between': (input) => placeOf(input.watchers - 1, input) > 0,
      'watchers that do not read': ({ stalled }) => stalled,
    },
    script: watchChanges,
    check: (seen, input) =>
      wasSet(seen)
        ? Array.from({ length: input.watchers }, (_, watcher) => watcher).flatMap((watcher) =>
            tellsChanges(seen.call(`watcher ${watcher}`), seenBy(watcher, input), input.stalled),
          )
        : [],
  }),
];
