import type fc from 'fast-check';
import type { CallPlan, Plan } from '../grpc/call-plan';
import type { PlanBuilder } from '../grpc/plan-builder';

/**
 * One thing in which legal requests differ whatever rule they are about, such as how a request ends. An experiment borrows an axis by its
 * name; the engine draws the value, mostly the plainest, and applies it to the plan. What a script says itself always stands.
 */
export interface Axis<Value> {
  /** What a plain client does. */
  readonly plainest: Value;
  /** Other values, now and then the plainest again; shrinks towards it. */
  readonly arbitrary: fc.Arbitrary<Value>;
  /** A value in words, one phrase for each thing in it, none for the plainest. Labels are made of them, so there are only so many. */
  readonly describe: (value: Value) => readonly string[];
  /** Does it while the script is written, right after a connection was opened in the plain way. */
  readonly afterOpening?: (
    script: PlanBuilder,
    value: Value,
    connection: string,
    facts: { readonly offers: readonly string[] },
  ) => void;
  /** Does it to the finished plan; the very same plan where nothing is left open. Pure. */
  readonly vary?: (plan: Plan, value: Value) => Plan;
}

/** The call that a step belongs to, when it is one that the rule is about: helpers stay plain. */
export function findVariedCall(plan: Plan, connection: string, stream: number): CallPlan | undefined {
  return plan.calls.find(
    (call) =>
      call.connection === connection &&
      call.stream === stream &&
      (call.role === 'subject' || call.role === 'bystander'),
  );
}
