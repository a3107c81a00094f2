import { largestWindowsOf, windowsOf, type ConnectionState } from '../model/connection-state';
import { maxWindow } from '../wire/settings';
import { rule, type ConnectionMoment, type RuleBreach } from './rule';

/** DATA beyond a window, and the row that it breaks: one cause has one finding. */
interface Overrun extends RuleBreach {
  readonly row: 'FLOW-01-window-respected' | 'FLOW-04-initial-window-change' | 'FLOW-05-negative-window';
}

/** RFC 9113 §6.9.1. Credit counts from the moment we send it, so this is never too strict. */
function findOverrun({ packet: { frame }, before, after }: ConnectionMoment): Overrun | undefined {
  if (frame.type !== 'DATA') return undefined;
  const { stream, connection } = largestWindowsOf(after, 'target', frame.streamId);
  const over = Math.max(-stream, -connection);
  if (over <= 0) return undefined;
  const level = stream < connection ? `stream ${frame.streamId}` : 'the connection';
  const octets = `DATA of ${frame.flowControlledLength} octets`;
  if (!isAdjusted(before, frame.streamId)) {
    return {
      row: 'FLOW-01-window-respected',
      observed: `${octets}, ${over} more than the window of ${level}`,
      expected: 'DATA within the granted windows',
      reaction: 'window overrun',
    };
  }
  const { stream: had } = largestWindowsOf(before, 'target', frame.streamId);
  if (had <= 0 && stream < connection) {
    return {
      row: 'FLOW-05-negative-window',
      observed: `${octets} while SETTINGS_INITIAL_WINDOW_SIZE had brought the window of ${level} to ${had}`,
      expected: 'no DATA until the window is above zero',
      reaction: 'DATA without a window',
    };
  }
  return {
    row: 'FLOW-04-initial-window-change',
    observed: `${octets}, ${over} more than the window of ${level} since SETTINGS_INITIAL_WINDOW_SIZE has changed`,
    expected: 'stream windows that follow the change by its difference, and a connection window that does not',
    reaction: 'window not adjusted',
  };
}

/** SETTINGS_INITIAL_WINDOW_SIZE is another than when the stream was opened, and the target has said that it knows (RFC 9113 §6.9.2). */
function isAdjusted({ client: { settings }, streams }: ConnectionState, streamId: number): boolean {
  const opened = streams.get(streamId)?.windowAtOpening;
  return opened !== undefined && opened !== settings.latest.INITIAL_WINDOW_SIZE;
}

/** One of the rules about overruns: each DATA frame is judged by the one that it concerns. */
const overrunRule = (row: Overrun['row'], concerns: (moment: ConnectionMoment, streamId: number) => boolean) =>
  rule(row, {
    looksAt: (moment) => {
      const { frame } = moment.packet;
      return frame.type === 'DATA' && frame.flowControlledLength > 0 && concerns(moment, frame.streamId);
    },
    breach: (moment) => {
      const overrun = findOverrun(moment);
      if (overrun?.row !== row) return undefined;
      const { row: _, ...breach } = overrun;
      return breach;
    },
  });

export const windowRespected = overrunRule('FLOW-01-window-respected', () => true);

/** RFC 9113 §6.9.2. Until the target has acknowledged a change either window holds. */
export const windowAdjusted = overrunRule('FLOW-04-initial-window-change', ({ before }, streamId) =>
  isAdjusted(before, streamId),
);
export const windowNegative = overrunRule('FLOW-05-negative-window', ({ before }, streamId) =>
  isAdjusted(before, streamId),
);

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
