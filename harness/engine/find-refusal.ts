import { playScript } from '../connection/play-script';
import type { Call } from '../grpc/call';
import type { CallPlan } from '../grpc/call-plan';
import type { Observation } from '../grpc/observation';
import { observe } from '../grpc/observe';
import { PlanBuilder } from '../grpc/plan-builder';
import { status } from '../grpc/status';
import type { Target } from '../launch/target';
import { describeCall } from '../rules/reaction';

/** More refused methods than this name the same cause. */
const mostMethods = 3;

/**
 * Whether a target refuses what a script calls however it is called: it has no such method, or lets us call none. Then the script says nothing about its
 * rule. Makes a plain call, with an empty message, of methods whose calls were refused that way; a method that only refuses the script is well.
 *
 * @returns why, as a clause, or undefined.
 */
export async function findRefusal(
  seen: Observation,
  target: Target,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const refused = new Map(seen.allCalls.filter(isRefused).map(({ plan }) => [plan.path, plan]));
  for (const plan of [...refused.values()].slice(0, mostMethods)) {
    const call = await callPlainly(plan, target, signal);
    if (call === undefined || !isRefused(call)) continue;
    const saw = `a plain call of ${plan.path} ends with ${describeCall(call)}`;
    return isDenied(call)
      ? `the target lets us call nothing there: ${saw}; give credentials with -H`
      : `the target does not offer the method: ${saw}`;
  }
  return undefined;
}

const isRefused = (call: Call): boolean => isDenied(call) || isAbsent(call);

const isDenied = ({ status: code, httpStatus }: Call): boolean =>
  code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED || httpStatus === 401 || httpStatus === 403;

/** Of a path that no server has, that is the right answer. */
const isAbsent = ({ plan, status: code, httpStatus }: Call): boolean =>
  plan.kind !== 'unknown' && (code === status.UNIMPLEMENTED || httpStatus === 404);

async function callPlainly(
  { path, kind }: CallPlan,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Call | undefined> {
  const script = new PlanBuilder(target.facts);
  script.call({ path, kind, messages: [new Uint8Array(0)] });
  const plan = script.build();
  const { transcript, views } = await playScript(plan, {
    endpoint: target.endpoint(),
    times: target.facts.times,
    ...(signal === undefined ? {} : { signal }),
  });
  const seen = observe(plan, transcript, views);
  return seen.connection().connected ? seen.call() : undefined;
}
