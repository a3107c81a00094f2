import { largestWindowsOf, windowsOf } from '../model/connection-state';
import { maxWindow } from '../wire/settings';
import { rule } from './rule';

/** RFC 9113 §6.9.1. Credit counts from the moment we send it (catalogue O-03), so this is never too strict. */
export const windowRespected = rule('FLOW-01-window-respected', {
  looksAt: ({ packet: { frame } }) => frame.type === 'DATA' && frame.flowControlledLength > 0,
  breach: ({ packet: { frame }, after }) => {
    if (frame.type !== 'DATA') return undefined;
    const { stream, connection } = largestWindowsOf(after, 'target', frame.streamId);
    const over = Math.max(-stream, -connection);
    if (over <= 0) return undefined;
    const level = stream < connection ? `stream ${frame.streamId}` : 'the connection';
    return {
      observed: `DATA of ${frame.flowControlledLength} octets, ${over} more than the window of ${level}`,
      expected: 'DATA within the granted windows',
      reaction: 'window overrun',
    };
  },
});

/** RFC 9113 §6.9, §6.9.1. */
export const windowUpdatesLegal = rule('STREAM-19-server-window-updates-legal', {
  looksAt: ({ packet: { frame } }) => frame.type === 'WINDOW_UPDATE',
  breach: ({ packet: { frame }, after }) => {
    if (frame.type !== 'WINDOW_UPDATE') return undefined;
    if (frame.increment === 0) {
      return {
        observed: 'WINDOW_UPDATE with increment 0',
        expected: 'an increment of at least 1',
        reaction: 'zero increment',
      };
    }
    const windows = windowsOf(after, 'client', frame.streamId);
    const window = frame.streamId === 0 ? windows.connection : windows.stream;
    if (window <= maxWindow) return undefined;
    return {
      observed: `a window of ${window} octets`,
      expected: 'windows of at most 2^31-1 octets',
      reaction: 'window overflow',
    };
  },
});
