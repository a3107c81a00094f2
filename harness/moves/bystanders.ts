import type { RowId } from '../catalogue';
import type { Need } from '../facts/need';
import { connectionError, served } from '../grpc/outcome';
import type { PlanBuilder } from '../grpc/plan-builder';
import { pendingCalls } from './pending-calls';

/** Calls that are under way while something happens to another stream of their connection: one of each kind, and what the target must offer for it. */
const needs = {
  'half a message': 'unary',
  'half an upload': 'client-streaming',
  'half a question': 'server-streaming',
  'a conversation': 'bidirectional-streaming',
} as const satisfies Readonly<Partial<Record<keyof typeof pendingCalls, Need>>>;

export type Bystander = keyof typeof needs;

export const bystanderKinds = Object.keys(needs) as readonly Bystander[];

/** Those that a target offers. */
export const bystandersFor = ({ offers }: { readonly offers: readonly Need[] }): readonly Bystander[] =>
  bystanderKinds.filter((kind) => offers.includes(needs[kind]));

/** The row that is broken when a call is answered otherwise because of what happened beside it. */
const isolated: RowId = 'MUX-01-parallel-calls-isolated';

/**
 * Opens calls and leaves them under way, to be written around any fault that concerns one stream. What they ask for fits into windows of 1,000 octets.
 *
 * @returns finishes them, and says that each is served as if nothing had come in between, unless the connection has ended by an error: whether it may end so
 * is for the caller's rule
 */
export function beginBystanders(script: PlanBuilder, kinds: readonly Bystander[]): () => void {
  const begun = kinds.map((kind) => ({
    finish: pendingCalls[kind].begin(script, { role: 'bystander', mayFail: true }),
    answer: pendingCalls[kind].answer,
  }));
  return () => {
    for (const { finish, answer } of begun) finish().expectOf(isolated, served(answer), connectionError);
  };
}
