import type { Plan } from '../grpc/call-plan';
import type { TargetLimits } from '../facts/target-facts';
import { measurePlan } from './measure-plan';

/** Each limit in words, with its number. */
const words: Readonly<Record<keyof TargetLimits, (limit: number) => string>> = {
  streams: (limit) => `${calls(limit)} at a time on one connection`,
  handlers: (limit) => `${limit === 1 ? 'one handler' : `${limit} handlers`} at a time`,
  message: (limit) => `messages of ${limit} octets`,
  body: (limit) => `request bodies of ${limit} octets`,
  headerList: (limit) => `field sections of ${limit} octets`,
  callsPerConnection: (limit) => `${calls(limit)} on one connection`,
  emptyFrames: (limit) => (limit === 1 ? 'one empty DATA frame in a row' : `${limit} empty DATA frames in a row`),
  age: (limit) => `connections that are ${limit} ms old`,
  idle: (limit) => `connections on which nothing goes on for ${limit} ms`,
};

/**
 * Reads a plan before it is played: does it ask for more than the target lets anyone ask for?
 * @param exceeds limits that it goes beyond on purpose (`Property.exceeds`)
 * @returns the limit in words, and what would help; undefined when it keeps them all
 */
export function beyondLimits(
  plan: Plan,
  limits: TargetLimits | undefined,
  exceeds: readonly (keyof TargetLimits)[] = [],
): { readonly reason: string; readonly unlock: string } | undefined {
  const kept = namesOf(limits).filter((name) => !exceeds.includes(name));
  if (limits === undefined || kept.length === 0) return undefined;
  const measures = measurePlan(plan);
  const broken = kept.find((name) => measures[name] > (limits[name] ?? Infinity));
  if (broken === undefined) return undefined;
  const most = words[broken](limits[broken] ?? 0);
  return { reason: `the target takes at most ${most}`, unlock: `let the target take more than ${most}` };
}

/** True when the calls that a script leaves under way take all handlers, so that a fresh call afterwards would only wait. */
export function leavesNoHandler(plan: Plan, limits: TargetLimits | undefined): boolean {
  return limits?.handlers !== undefined && measurePlan(plan).handlersLeft >= limits.handlers;
}

const calls = (count: number): string => (count === 1 ? 'one call' : `${count} calls`);

const namesOf = (limits: TargetLimits | undefined): readonly (keyof TargetLimits)[] =>
  (Object.keys(words) as (keyof TargetLimits)[]).filter((name) => limits?.[name] !== undefined);
