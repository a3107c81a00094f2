import { callBreach, type Call } from '../../harness';

/** Any end is an answer. */
export const hasEnd = (call: Call) => (call.shape === 'open' ? [callBreach(call, 'any final answer')] : []);
