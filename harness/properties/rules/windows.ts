import type { ConnectionView } from '../../connection/connection-view';
import { settingValue } from '../../wire/setting-value';
import { initialSettings, settingIds } from '../../wire/settings';

/** Credit of the target's that it has not spent, in octets. */
export interface Windows {
  readonly stream: number;
  readonly connection: number;
}

/**
 * What the target may still send on a stream before a packet of ours: all credit that we had sent by then, less the DATA that has arrived, padding
 * included (RFC 9113 §6.9). Our SETTINGS_INITIAL_WINDOW_SIZE must not change after the stream was opened.
 */
export function windowsBefore(view: ConnectionView, streamId: number, packetNumber: number): Windows {
  let stream: number = initialSettings.INITIAL_WINDOW_SIZE;
  let connection: number = initialSettings.INITIAL_WINDOW_SIZE;
  for (const packet of view.packets) {
    if (packet.number >= packetNumber) break;
    if (packet.kind !== 'frame') continue;
    const { frame, direction } = packet;
    if (direction === 'received' && frame.type === 'DATA') {
      connection -= frame.flowControlledLength;
      if (frame.streamId === streamId) stream -= frame.flowControlledLength;
    }
    if (direction !== 'sent') continue;
    if (frame.type === 'SETTINGS' && !frame.ack)
      stream = settingValue(frame.settings, settingIds.INITIAL_WINDOW_SIZE) ?? stream;
    if (frame.type === 'WINDOW_UPDATE' && frame.streamId === 0) connection += frame.increment;
    if (frame.type === 'WINDOW_UPDATE' && frame.streamId === streamId) stream += frame.increment;
  }
  return { stream, connection };
}
