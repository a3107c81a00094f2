import type { ConnectionView } from '../transcript/connection-view';
import { settingValue } from '../wire/setting-value';
import { initialSettings, settingIds } from '../wire/settings';

/** Credit that has not been spent, in octets; may be below zero (RFC 9113 §6.9.2). */
export interface Windows {
  readonly stream: number;
  readonly connection: number;
}

/**
 * What the target may still send on a stream before a packet: all credit that we had sent by then, less the DATA that has arrived, padding included
 * (RFC 9113 §6.9).
 */
export const windowsBefore = (view: ConnectionView, streamId: number, packetNumber: number): Windows =>
  countCredit(view, streamId, { giver: 'sent', spender: 'received' }, packetNumber);

/** What we may still send on a stream at the end: all credit that has arrived, less the DATA that we have sent, padding included. */
export const ourWindows = (view: ConnectionView, streamId: number): Windows =>
  countCredit(view, streamId, { giver: 'received', spender: 'sent' }, Infinity);

type Direction = 'sent' | 'received';

function countCredit(
  view: ConnectionView,
  streamId: number,
  { giver, spender }: { readonly giver: Direction; readonly spender: Direction },
  packetNumber: number,
): Windows {
  let initial: number = initialSettings.INITIAL_WINDOW_SIZE;
  let connection: number = initialSettings.INITIAL_WINDOW_SIZE;
  /** Granted less spent, without the initial window, which may change while the stream is open. */
  let stream = 0;
  for (const packet of view.packets) {
    if (packet.number >= packetNumber) break;
    if (packet.kind !== 'frame') continue;
    const { frame, direction } = packet;
    if (direction === spender && frame.type === 'DATA') {
      connection -= frame.flowControlledLength;
      if (frame.streamId === streamId) stream -= frame.flowControlledLength;
    }
    if (direction !== giver) continue;
    if (frame.type === 'SETTINGS' && !frame.ack)
      initial = settingValue(frame.settings, settingIds.INITIAL_WINDOW_SIZE) ?? initial;
    if (frame.type === 'WINDOW_UPDATE' && frame.streamId === 0) connection += frame.increment;
    if (frame.type === 'WINDOW_UPDATE' && frame.streamId === streamId) stream += frame.increment;
  }
  return { stream: initial + stream, connection };
}
