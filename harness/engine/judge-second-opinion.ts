import { plainCallOf } from '../launch/opinion/plain-call';
import { askSecondOpinion, type SecondOpinion } from '../launch/opinion/second-opinion';
import type { Target } from '../launch/target';
import type { Call } from '../grpc/call';
import type { TargetFacts } from '../facts/target-facts';
import { isEqual } from '../properties/checks/expectations';
import type { FindingRecord } from '../report/model';
import type { Experiment } from './executor';

/**
 * Says the call of a counterexample again through independent clients, when they can say it. When our raw client got no status OK and every one of them
 * does, the fault may be ours and the finding becomes an `error`. Anything else they see proves nothing: a client hides much of what is wrong on a wire.
 */
export async function judgeSecondOpinion(
  target: Target,
  { plan, judgement: { seen } }: Experiment,
  facts: TargetFacts,
): Promise<FindingRecord['secondOpinion']> {
  const plain = plainCallOf(plan);
  const call = seen.calls[0];
  // A call that we never got to send has no opinion beside it.
  if (plain === undefined || call?.times.opened === undefined) return undefined;
  const opinions = await askSecondOpinion(target.endpoint(), plain, facts.times.reply);
  const answered = opinions.filter(({ error }) => error === undefined);
  const clients = answered.map(({ client }) => client);
  const isOk = call.status === 0 && (call.shape === 'normal' || call.shape === 'trailers-only');
  if (!isOk && answered.length > 1 && answered.every(({ status }) => status === 0)) {
    const text = `${clients.join(' and ')} got status OK for the same call, so the fault may be ours.`;
    return { clients, agrees: false, text };
  }
  const same = answered.filter((opinion) => isSameAnswer(call, opinion)).map(({ client }) => client);
  if (same.length === 0) return undefined;
  return { clients: same, agrees: true, text: `${same.join(' and ')} saw the same answer to the same call.` };
}

function isSameAnswer(call: Call, { status, messages }: SecondOpinion): boolean {
  return (
    call.status === status &&
    call.messages.length === messages.length &&
    messages.every((octets, index) => isEqual(octets, call.messages[index]?.octets))
  );
}
