import { performance } from 'node:perf_hooks';
import type { Step } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import { PlanBuilder, type PlanFacts } from '../grpc/plan-builder';
import type { CallRequest } from '../grpc/call-request';

/** What is kept of the plans that a process was given, at most: far more than it takes to meet a counter or a leak that shows within a run. */
const mostPlans = 2000;
const mostOctets = 8 * 1024 * 1024;

/** Plans that are named when a target stops serving: as many as are under way with the usual concurrency. */
const recentPlans = 8;

/** Plans that are suspected of having stopped a target, at most so many of each kind, see {@link History.suspects}. */
const mostSuspects = 8;

/** What the plain call is added as that shows whether a target still serves. */
export const plainCallName = 'the plain call';

/** A plan that a process was given, with when it began and ended. */
interface HistoryEntry {
  readonly plan: Plan;
  /** The property that it was played for, or what else. */
  readonly of: string;
  readonly octets: number;
  readonly startedAt: number;
  endedAt: number;
  /** A call of it was answered. */
  wasServed: boolean;
}

/** The plans that were played against one process of a target, the latest ones where they are too many, so that what only a sequence shows can be played again. */
export class History {
  readonly #now: () => number;
  readonly #plans: HistoryEntry[] = [];
  #octets = 0;
  #calls = 0;

  /** @param now the clock, that of `performance.now()` */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Calls of all plans that were added, also of those that are no longer kept. */
  get calls(): number {
    return this.#calls;
  }

  /** In the order in which they began. */
  get plans(): readonly Plan[] {
    return this.#plans.map(({ plan }) => plan);
  }

  /** What the latest plans were of, each once; our own plain calls in between count only where there was nothing else. */
  get recent(): readonly string[] {
    const others = this.#plans.filter(({ of }) => of !== plainCallName);
    const latest = (others.length > 0 ? others : this.#plans).slice(-recentPlans);
    return [...new Set(latest.map(({ of }) => of))];
  }

  /**
   * Plans of which one may have stopped the target, the likeliest first: those that were under way when it answered for the last time, then those that began next, then
   * those that had ended just before.
   */
  get suspects(): readonly Pick<HistoryEntry, 'plan' | 'of'>[] {
    const last = Math.max(...this.#plans.map(({ wasServed, endedAt }) => (wasServed ? endedAt : -Infinity)));
    const others = this.#plans.filter(({ of }) => of !== plainCallName);
    const before = others.filter(({ startedAt }) => startedAt <= last);
    const underWay = before.filter(({ endedAt }) => endedAt >= last).toReversed();
    const next = others.filter(({ startedAt }) => startedAt > last);
    const ended = before.filter(({ endedAt }) => endedAt < last).toSorted((a, b) => b.endedAt - a.endedAt);
    return [underWay, next, ended].flatMap((kind) => kind.slice(0, mostSuspects));
  }

  /**
   * @param of the property, or what else it was played for
   * @returns what to call when it has ended, with whether a call of it was answered
   */
  add(plan: Plan, of: string): (wasServed: boolean) => void {
    const octets = octetsOf(plan);
    this.#calls += plan.calls.length;
    const entry: HistoryEntry = { plan, of, octets, startedAt: this.#now(), endedAt: Infinity, wasServed: false };
    this.#plans.push(entry);
    this.#octets += octets;
    while (this.#plans.length > mostPlans || (this.#octets > mostOctets && this.#plans.length > 1))
      this.#octets -= this.#plans.shift()?.octets ?? 0;
    return (wasServed) => Object.assign(entry, { wasServed, endedAt: this.#now() });
  }

  /** A new process knows nothing of what the old one was given. */
  clear(): void {
    this.#plans.length = 0;
    this.#octets = 0;
    this.#calls = 0;
  }
}

/** Name of the connection of the plain call that ends a {@link sequenceOf}. */
export const heartbeatConnection = 'heartbeat';

/**
 * One plan that plays many one after the other, each on connections of its own that it closes, and then makes a plain call on a new connection. What the
 * plans waited for they may wait for in vain: the last call is what the sequence is about.
 */
export function sequenceOf(plans: readonly Plan[], plainCall: CallRequest, facts: PlanFacts): Plan {
  const parts = plans.map((plan, index) => onOwnConnections(plan, `${index + 1}:`));
  const last = new PlanBuilder(facts);
  const call = last.call(plainCall, { on: heartbeatConnection, awaitEnd: false });
  last.await({ see: 'end', stream: call.stream }, { on: heartbeatConnection, optional: true });
  const end = last.build();
  const nonces = [...new Set(plans.flatMap((plan) => plan.nonces ?? []))];
  return {
    steps: [...parts.flatMap(({ steps }) => steps), ...end.steps],
    // What the parts are about was judged when they were played.
    calls: end.calls,
    ...(nonces.length === 0 ? {} : { nonces }),
  };
}

function onOwnConnections(plan: Plan, prefix: string): { readonly steps: readonly Step[] } {
  const opened = new Set<string>();
  const steps = plan.steps.flatMap((step): readonly Step[] => {
    if (step.do === 'pause' || step.do === 'control' || step.do === 'sample' || step.do === 'watch') return [];
    if (step.do === 'open') opened.add(step.on);
    const renamed = { ...step, on: `${prefix}${step.on}` };
    return [renamed.do === 'await' ? { ...renamed, optional: true } : renamed];
  });
  const closes = [...opened].map((on): Step => ({ do: 'close', on: `${prefix}${on}`, how: 'fin' }));
  return { steps: [...steps, ...closes] };
}

/** Octets that a plan holds, about: those of its DATA, and some for each step. */
function octetsOf({ steps }: Plan): number {
  return steps.reduce((sum, step) => sum + stepOctets + payloadOf(step), 0);
}

/** What a step takes beside its payload, about. */
const stepOctets = 200;

function payloadOf(step: Step): number {
  if (step.do === 'data' || step.do === 'bytes') return step.octets.length;
  return step.do === 'frame' ? step.frame.payload.length : 0;
}
