import type { Call } from '../../grpc/call';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { callBreach } from './expectations';

const mebibyte = 1_048_576;

/** Octets of DATA on other streams behind which the answer to a call may come: more than is on its way where windows are smaller. */
const tolerableBefore = mebibyte;

/**
 * A small call is not kept waiting by streams that send as fast as they are let. Counted in octets, not by the clock: its Response-Headers take no credit and show
 * that there is an answer; behind them its DATA comes among those of the others. A call without Response-Headers says nothing, since its handler may be slow.
 */
export function getsItsTurn(view: ConnectionView, call: Call): readonly Breach[] {
  const { stream } = call.plan;
  const begin = view.received.findIndex(({ frame }) => frame.streamId === stream && frame.type === 'HEADERS');
  const rest = begin === -1 ? [] : view.received.slice(begin);
  const length = rest.findIndex(({ frame }) => frame.streamId === stream && frame.type === 'DATA');
  const behind = rest
    .slice(0, length === -1 ? rest.length : length)
    .reduce((sum, { frame }) => sum + (frame.type === 'DATA' ? frame.data.length : 0), 0);
  if (behind <= tolerableBefore) return [];
  const observed = `${(behind / mebibyte).toFixed(1)} MiB of DATA of other streams between its Response-Headers and its message`;
  return [
    {
      ...callBreach(call, 'a small answer among those of streams that have much to send', observed),
      severity: 'warn',
      reaction: 'answer behind DATA of others',
    },
  ];
}
