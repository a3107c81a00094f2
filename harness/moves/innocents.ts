import { served } from '../grpc/outcome';
import type { PlanBuilder } from '../grpc/plan-builder';
import type { TargetFacts } from '../facts/target-facts';
import { pendingCalls } from './pending-calls';
import { callPlainly } from './plainest-call';

/** The connection of a client that has nothing to do with what others do. */
const on = 'innocent';

const conversation = pendingCalls['a conversation'];

/**
 * Opens a connection that is innocent of what comes next, makes a call on it and, where the target has room for it, leaves a conversation under way. What comes next is over
 * when it is gone on with; `attack` has innocents of its own, who call while it goes on.
 *
 * @returns goes on with it: the conversation, another call on the connection and one on a new connection; says that each of them is served
 */
export function beginInnocents(script: PlanBuilder, facts: Pick<TargetFacts, 'offers' | 'limits'>): () => void {
  const { handlers = Infinity, streams = Infinity, callsPerConnection = Infinity } = facts.limits ?? {};
  const talks =
    facts.offers.includes('bidirectional-streaming') && Math.min(handlers, streams) > 1 && callsPerConnection > 2;
  callPlainly(script, facts, on);
  const finish = talks ? conversation.begin(script, { on, role: 'bystander' }) : undefined;
  return () => {
    finish?.().expect(served(conversation.answer));
    callPlainly(script, facts, on);
    callPlainly(script, facts, 'new');
  };
}
