import { errorCodes } from '../../../wire/error-codes';
import { flags, frameTypes, type RawFrame } from '../../../wire/frame';
import { joinOctets } from '../../../wire/join-octets';
import { settingValue } from '../../../wire/setting-value';
import { initialSettings, maxWindow, settingIds } from '../../../wire/settings';
import type { Room } from '../policy';
import type { MakeSeams, OutgoingSection, Seams, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { isTrailers, isTrailersOnly, onFramesIn } from './operators';

const share = (change: (room: Room) => Partial<ReturnType<typeof correctShare>>): Seams => ({
  policy: { share: (room) => ({ ...correctShare(room), ...change(room) }) },
});

const correctShare = ({ streamWindow, connectionWindow, maxFrameSize }: Room): { room: number; uncounted: number } => ({
  room: Math.min(maxFrameSize, connectionWindow, streamWindow),
  uncounted: 0,
});

/** Field sections that wait, until credit for their stream comes in. @param waits what waits, and when */
export const withheld =
  (waits: (section: OutgoingSection, wire: Wire) => boolean): MakeSeams =>
  (wire) => {
    const held = new Map<number, OutgoingSection[]>();
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'WINDOW_UPDATE' && held.has(frame.streamId)) {
            const sections = held.get(frame.streamId) ?? [];
            held.delete(frame.streamId);
            for (const section of sections) wire.sendSection(section);
          }
          return [frame];
        },
      },
      outbound: {
        section: (section) => {
          const { streamId } = section;
          if (!held.has(streamId) && !waits(section, wire)) return [section];
          held.set(streamId, [...(held.get(streamId) ?? []), section]);
          return [];
        },
      },
    };
  };

export const windowOf = (wire: Wire, streamId: number): number => wire.find(streamId)?.sendWindow ?? 1;

/** A stream that its window holds back, before another one. */
const isBehindStalled = (wire: Wire, streamId: number, most = 1): boolean =>
  wire.streams().filter(({ id, sendWindow }) => id < streamId && sendWindow <= 0).length >= most;

/** What is left of the window of the connection, followed from outside. */
export function followConnection(): { readonly seams: Seams; readonly left: () => number } {
  let left: number = initialSettings.INITIAL_WINDOW_SIZE;
  return {
    left: () => left,
    seams: {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'WINDOW_UPDATE' && frame.streamId === 0) left += frame.increment;
          return [frame];
        },
      },
      outbound: {
        frame: (frame) => {
          if (frame.type === frameTypes.DATA) left -= frame.payload.length;
          return [frame];
        },
      },
    },
  };
}

/** HEADERS with everything that its CONTINUATION frames would have. */
const uncut: MakeSeams = () => {
  let begun: RawFrame | undefined;
  return {
    outbound: {
      frame: (frame) => {
        const isOpening = frame.type === frameTypes.HEADERS;
        if (!isOpening && (frame.type !== frameTypes.CONTINUATION || begun === undefined)) return [frame];
        const payload = isOpening ? frame.payload : joinOctets([begun?.payload ?? new Uint8Array(0), frame.payload]);
        const whole: RawFrame = { ...(isOpening || begun === undefined ? frame : begun), payload };
        if ((frame.flags & flags.END_HEADERS) === 0) {
          begun = whole;
          return [];
        }
        begun = undefined;
        return [{ ...whole, flags: whole.flags | flags.END_HEADERS }];
      },
    },
  };
};

/** Credit of the connection, otherwise. */
const onConnectionCredit = (change: (increment: number) => number): Seams =>
  onFramesIn((frame) => {
    if (frame.type !== 'WINDOW_UPDATE' || frame.streamId !== 0) return [frame];
    const increment = change(frame.increment);
    return increment > 0 ? [{ ...frame, increment }] : [];
  });

/** Flow control of responses. */
export const windowMutants: readonly Mutant[] = [
  ...mutantsOf('FLOW-01-window-respected', {
    'prefix-uncounted': {
      says: 'The five octets of a message prefix are not counted against the stream window',
      ...share(({ rest, sent, streamWindow, connectionWindow, maxFrameSize }) => {
        const uncounted = Math.max(0, Math.min(rest, 5 - sent));
        return { room: Math.min(maxFrameSize, connectionWindow, streamWindow + uncounted), uncounted };
      }),
    },
    'one-octet-more': {
      says: 'A DATA frame that fills the stream window is one octet larger than it',
      ...share(({ rest, streamWindow, connectionWindow, maxFrameSize }) =>
        rest > streamWindow ? { room: Math.min(maxFrameSize, connectionWindow, streamWindow + 1) } : {},
      ),
    },
    'connection-window-ignored': {
      says: 'The connection window is not looked at once it is less than a frame',
      ...share(({ streamWindow, maxFrameSize }) => ({ room: Math.min(maxFrameSize, streamWindow) })),
    },
    'stream-window-ignored': {
      says: 'The stream window is not looked at once it is less than a frame',
      ...share(({ connectionWindow, maxFrameSize }) => ({ room: Math.min(maxFrameSize, connectionWindow) })),
    },
    'small-messages': {
      says: 'Messages of less than 100 octets go out whole once the window is open at all',
      ...share(({ rest, connectionWindow, streamWindow, maxFrameSize }) => ({
        room: Math.min(maxFrameSize, connectionWindow, rest < 100 ? Math.max(rest, streamWindow) : streamWindow),
      })),
    },
  }),
  ...mutantsOf('FLOW-02-zero-window-headers-flow', {
    'sections-wait': {
      says: 'Field sections wait until the window of their stream is open',
      seams: withheld(({ streamId }, wire) => windowOf(wire, streamId) <= 0),
    },
    'trailers-only-waits': {
      says: 'An error before the first message waits until the window of its stream is open',
      seams: withheld((section, wire) => isTrailersOnly(section) && windowOf(wire, section.streamId) <= 0),
    },
    'trailers-wait': {
      says: 'Trailers behind Response-Headers wait until the window of their stream is open',
      seams: withheld((section, wire) => isTrailers(section) && windowOf(wire, section.streamId) <= 0),
    },
    'once-lowered': {
      says: 'The end of a call waits for credit once the client has lowered the window to 0 in mid-connection',
      seams: (wire) => {
        let settings = 0;
        let isLowered = false;
        const seams = withheld(({ endStream }) => endStream && isLowered)(wire, { calls: 0, leaked: [] });
        return {
          ...seams,
          inbound: {
            frame: (frame) => {
              if (frame.type === 'SETTINGS' && !frame.ack) {
                settings += 1;
                const size = settingValue(frame.settings, settingIds.INITIAL_WINDOW_SIZE);
                if (settings > 1 && size !== undefined) isLowered = size === 0;
              }
              return seams.inbound?.frame?.(frame) ?? [frame];
            },
          },
        };
      },
    },
    'behind-a-waiting-answer': {
      says: 'The end of a call waits for credit while an earlier stream has used up its window',
      seams: withheld(({ endStream, streamId }, wire) => endStream && isBehindStalled(wire, streamId)),
    },
  }),
  ...mutantsOf('FLOW-03-resumes-on-credit', {
    'woken-by-own': {
      says: 'A stream that waits for connection credit is only woken by a WINDOW_UPDATE of its own',
      policy: { keepsWaiting: false },
    },
    'whole-frames': {
      says: 'DATA waits until the window has room for the whole frame that is queued',
      ...share(wholeFrames),
    },
    'thousand-at-least': {
      says: 'DATA waits until the window has room for 1,000 octets',
      ...share((room) => (correctShare(room).room < Math.min(1000, room.rest) ? { room: 0 } : {})),
    },
    'last-octet-lost': {
      says: 'The last octet of a message that had to wait is another one',
      seams: () => ({
        outbound: {
          message: (message, { sendWindow }) => {
            if (sendWindow >= message.length || message.length <= 10) return [message];
            const changed = Uint8Array.from(message);
            changed[changed.length - 1] = 7;
            return [changed];
          },
        },
      }),
    },
  }),
  ...mutantsOf('FLOW-04-initial-window-change', {
    'raise-ignored': {
      says: 'A larger SETTINGS_INITIAL_WINDOW_SIZE holds for new streams alone',
      policy: { windowChange: (difference) => Math.min(0, difference) },
    },
    'lowering-ignored': {
      says: 'A smaller SETTINGS_INITIAL_WINDOW_SIZE holds for new streams alone',
      policy: { windowChange: (difference) => Math.max(0, difference) },
    },
    'value-not-difference': {
      says: 'SETTINGS_INITIAL_WINDOW_SIZE is the window of open streams from then on, whatever they have used',
      policy: { windowChange: (_, { sendWindow }, size) => size - sendWindow },
    },
    'connection-too': {
      says: 'A change of SETTINGS_INITIAL_WINDOW_SIZE moves the window of the connection as well',
      policy: { connectionWindowChange: (difference) => difference },
    },
    'connection-lowered': {
      says: 'A smaller SETTINGS_INITIAL_WINDOW_SIZE lowers the window of the connection for good',
      policy: { connectionWindowChange: (difference) => Math.min(0, difference) },
    },
    'oldest-only': {
      says: 'A change of SETTINGS_INITIAL_WINDOW_SIZE reaches the oldest stream alone',
      seams: (wire) => ({
        policy: { windowChange: (difference, { id }) => (wire.streams()[0]?.id === id ? difference : 0) },
      }),
    },
    'one-octet-off': {
      says: 'A window that is lowered and stays above zero is one octet too large',
      policy: {
        windowChange: (difference, { sendWindow }) =>
          difference + (difference < 0 && sendWindow + difference > 0 ? 1 : 0),
      },
    },
    'small-changes-ignored': {
      says: 'A change of SETTINGS_INITIAL_WINDOW_SIZE by one octet is ignored',
      policy: { windowChange: (difference) => (Math.abs(difference) === 1 ? 0 : difference) },
    },
  }),
  ...mutantsOf('FLOW-05-negative-window', {
    'clamped-at-zero': {
      says: 'A window that would become negative becomes 0',
      policy: { windowChange: (difference, { sendWindow }) => Math.max(difference, -Math.max(0, sendWindow)) },
    },
    unsigned: {
      says: 'A window that becomes negative is taken for a very large one',
      policy: {
        windowChange: (difference, { sendWindow }) =>
          sendWindow >= 0 && sendWindow + difference < 0 ? maxWindow - sendWindow - 100_000 : difference,
      },
    },
    'one-octet-early': {
      says: 'A window that becomes negative is one octet larger than it should be',
      policy: {
        windowChange: (difference, { sendWindow }) => (sendWindow + difference < 0 ? difference + 1 : difference),
      },
    },
    'never-again': {
      says: 'A stream whose window was negative sends nothing any more',
      seams: () => {
        const dead = new Set<number>();
        return {
          policy: {
            windowChange: (difference, { id, sendWindow }) => {
              if (sendWindow + difference < 0) dead.add(id);
              return difference;
            },
            share: (room) => (dead.has(room.streamId) ? { room: 0, uncounted: 0 } : correctShare(room)),
          },
        };
      },
    },
    'connection-error': {
      says: 'A window that becomes negative is a connection error',
      seams: (wire) => ({
        policy: {
          windowChange: (difference, { sendWindow }) => {
            if (sendWindow + difference < 0) wire.fail(errorCodes.FLOW_CONTROL_ERROR, 'a negative window');
            return difference;
          },
        },
      }),
    },
  }),
  ...mutantsOf('FLOW-06-connection-window-shared', {
    'errors-wait': {
      says: 'A call that ends without a message waits while the connection window is used up',
      seams: (wire, server) => {
        const connection = followConnection();
        const waiting = withheld(
          (section) => connection.left() <= 0 && section.endStream && windowOf(wire, section.streamId) > 0,
        )(wire, server);
        return {
          inbound: {
            frame: (frame) =>
              (waiting.inbound?.frame?.(frame) ?? [frame]).flatMap(
                (one) => connection.seams.inbound?.frame?.(one) ?? [one],
              ),
          },
          outbound: { ...waiting.outbound, ...connection.seams.outbound },
        };
      },
    },
    'credit-for-those-held-back': {
      says: 'Half of the credit of the connection is put by while a stream is held back by its own window',
      seams: (wire) =>
        onConnectionCredit((increment) =>
          wire.streams().some(({ sendWindow }) => sendWindow <= 0) ? Math.floor(increment / 2) : increment,
        ),
    },
    'surplus-lost': {
      says: 'Of more than 20,000 octets of connection credit at once the last 10,000 are lost',
      ...onConnectionCredit((increment) => (increment > 20_000 ? increment - 10_000 : increment)),
    },
    'small-credit-lost': {
      says: 'Connection credit of less than ten octets is ignored, and so is what comes behind it',
      seams: () => {
        let isDeaf = false;
        return onConnectionCredit((increment) => {
          isDeaf ||= increment < 10;
          return isDeaf ? 0 : increment;
        });
      },
    },
    'third-starves': {
      says: 'Once the connection window was used up, only the two oldest streams get of it',
      seams: (wire) => {
        let isUsedUp = false;
        return {
          policy: {
            share: (room) => {
              isUsedUp ||= room.connectionWindow <= room.maxFrameSize;
              const place = wire.streams().findIndex(({ id }) => id === room.streamId);
              return isUsedUp && place > 1 ? { room: 0, uncounted: 0 } : correctShare(room);
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('FLOW-07-fast-producer-stalled-reader', {
    'never-waits': {
      says: 'Handlers never wait for the window: the response piles up in memory, and stays there when the call is reset',
      seams: (_, { leaked }) => ({
        policy: { waitsForWindow: () => false, discard: (messages) => leaked.push(...messages) },
      }),
    },
  }),
  ...mutantsOf('FLOW-09-stalled-stream-does-not-block-others', {
    'oldest-first': {
      says: 'No stream sends DATA while the window of an earlier one is used up',
      seams: (wire) => ({
        policy: {
          share: (room) => (isBehindStalled(wire, room.streamId) ? { room: 0, uncounted: 0 } : correctShare(room)),
        },
      }),
    },
    'two-block': {
      says: 'No stream sends DATA while the windows of two earlier ones are used up',
      seams: (wire) => ({
        policy: {
          share: (room) => (isBehindStalled(wire, room.streamId, 2) ? { room: 0, uncounted: 0 } : correctShare(room)),
        },
      }),
    },
    'large-answers-wait': {
      says: 'Answers of more than a frame wait while the window of an earlier stream is used up',
      seams: (wire) => ({
        policy: {
          share: (room) =>
            room.rest > 16_384 && isBehindStalled(wire, room.streamId) ? { room: 0, uncounted: 0 } : correctShare(room),
        },
      }),
    },
    'ends-wait': {
      says: 'Trailers wait while the window of an earlier stream is used up',
      seams: withheld((section, wire) => isTrailers(section) && isBehindStalled(wire, section.streamId)),
    },
  }),
  ...mutantsOf('FLOW-10-client-max-frame-size', {
    'one-octet-more': {
      says: 'A DATA frame is one octet larger than the maximum of the client when the message does not fit into one frame',
      believes: (room) => ({
        ...room,
        maxFrameSize: room.rest > room.maxFrameSize ? room.maxFrameSize + 1 : room.maxFrameSize,
      }),
    },
    'no-maximum': {
      says: 'DATA frames are as large as the windows allow',
      believes: (room) => ({ ...room, maxFrameSize: Infinity }),
    },
    'headers-uncut': { says: 'Field blocks are never cut, however large they are', seams: uncut },
    'lowered-ignored': {
      says: 'A smaller SETTINGS_MAX_FRAME_SIZE than the largest that the client has said is ignored',
      seams: () => {
        let largest: number = initialSettings.MAX_FRAME_SIZE;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'SETTINGS' && !frame.ack)
                largest = Math.max(largest, settingValue(frame.settings, settingIds.MAX_FRAME_SIZE) ?? 0);
              return [frame];
            },
          },
          believes: (room) => ({ ...room, maxFrameSize: largest }),
        };
      },
    },
    'rounded-up': {
      says: 'SETTINGS_MAX_FRAME_SIZE is rounded up to whole kilooctets',
      seams: () => {
        let size: number = initialSettings.MAX_FRAME_SIZE;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'SETTINGS' && !frame.ack)
                size = settingValue(frame.settings, settingIds.MAX_FRAME_SIZE) ?? size;
              return [frame];
            },
          },
          believes: (room) => ({ ...room, maxFrameSize: Math.ceil(size / 1024) * 1024 }),
        };
      },
    },
  }),
];

/** DATA that does not fit into the window as it would be without one waits. */
export function wholeFrames(room: Room): { readonly room?: number } {
  return correctShare(room).room < Math.min(room.rest, room.maxFrameSize) ? { room: 0 } : {};
}
