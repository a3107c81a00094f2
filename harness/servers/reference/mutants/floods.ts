import type { Frame } from '../../../wire/frame';
import type { MakeSeams, ServerState, Wire } from '../seams';
import { exitFatally } from './calls';
import { mutantsOf, type Mutant } from './mutant';

/** What a server does with a frame that it has had so many of on one connection. */
type Act = (count: number, frame: Frame, wire: Wire, server: ServerState) => void;

/** Does something with each such frame, and lets it pass. */
const onEach =
  (is: (frame: Frame, wire: Wire) => boolean, act: Act): MakeSeams =>
  (wire, server) => {
    let count = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (is(frame, wire)) act(++count, frame, wire, server);
          return [frame];
        },
      },
    };
  };

/** Lets nothing else happen for so many milliseconds. */
const keepBusy = (milliseconds: number): Act => {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return () => void Atomics.wait(never, 0, 0, milliseconds);
};

/** So many octets are never freed. */
const leak =
  (octets: number): Act =>
  (_count, _frame, _wire, { leaked }) =>
    void leaked.push(new Uint8Array(octets).fill(1));

/** The process ends with the one of that number. */
const endAt =
  (number: number): Act =>
  (count) => {
    if (count === number) exitFatally();
  };

/** The connections of each server. */
const connections = new WeakMap<ServerState, Set<Wire>>();

/** With the one of that number every other connection is dropped; later ones are served. */
const dropOthersAt =
  (is: (frame: Frame, wire: Wire) => boolean, number: number): MakeSeams =>
  (wire, server) => {
    const all = connections.get(server) ?? new Set<Wire>();
    connections.set(server, all.add(wire));
    return onEach(is, (count) => {
      if (count === number) for (const other of all) if (other !== wire) other.drop();
    })(wire, server);
  };

const isUnended = (frame: Frame): boolean => frame.type === 'CONTINUATION' && !frame.endHeaders;

/** CONTINUATION frames without END_HEADERS go no further. */
const keepFragments =
  (makeKept: (server: ServerState) => Uint8Array[]): MakeSeams =>
  (_wire, server) => {
    const kept = makeKept(server);
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type !== 'CONTINUATION' || frame.endHeaders) return [frame];
          kept.push(Uint8Array.from(frame.fragment));
          return [];
        },
      },
    };
  };

const isEmptyData = (frame: Frame): boolean => frame.type === 'DATA' && frame.data.length === 0 && !frame.endStream;
const isPing = ({ type }: Frame): boolean => type === 'PING';
const isSettings = (frame: Frame): boolean => frame.type === 'SETTINGS' && !frame.ack;

/** Floods, and what a server does about them that has no bound. */
export const floodMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-03-continuation-flood', {
    'keeps-blocks': {
      says: 'A field block may have any number of CONTINUATION frames, and what came of one that never ended is never freed',
      seams: keepFragments(({ leaked }) => leaked),
    },
    'keeps-open-blocks': {
      says: 'A field block may have any number of CONTINUATION frames, all of which are kept while the connection is open',
      seams: keepFragments(() => []),
    },
    'slow-blocks': {
      says: 'Each CONTINUATION frame of a field block takes five milliseconds, and none is too many',
      seams: (wire, server) => {
        const busy = keepBusy(5);
        return {
          inbound: {
            frame: (frame) => {
              if (!isUnended(frame)) return [frame];
              busy(1, frame, wire, server);
              return [];
            },
          },
        };
      },
    },
    'ends-the-process': {
      says: 'The thirtieth CONTINUATION frame of a field block ends the process',
      seams: onEach(isUnended, endAt(30)),
    },
    'others-pay': {
      says: 'With the twentieth CONTINUATION frame of a field block all other connections are closed',
      seams: dropOthersAt(isUnended, 20),
    },
  }),
  ...mutantsOf('DOS-06-empty-frame-flood', {
    'slow-empty-data': {
      says: 'An empty DATA frame takes five milliseconds',
      seams: onEach(isEmptyData, keepBusy(5)),
    },
    'priority-tree': {
      says: 'Each PRIORITY leaves 20 KiB behind, also of streams that were never opened',
      seams: onEach(({ type }) => type === 'PRIORITY', leak(20 * 1024)),
    },
    'late-window-updates': {
      says: 'The thousandth WINDOW_UPDATE for a closed stream ends the process',
      seams: onEach(
        (frame, wire) =>
          frame.type === 'WINDOW_UPDATE' && frame.streamId > 0 && wire.find(frame.streamId) === undefined,
        endAt(1000),
      ),
    },
    'unknown-frames-cost-others': {
      says: 'With the thousandth frame of an unknown type all other connections are closed',
      seams: dropOthersAt(({ type }) => type === 'UNKNOWN', 1000),
    },
  }),
  ...mutantsOf('DOS-04-ping-and-settings-floods', {
    'answers-pile-up': {
      says: 'Each PING leaves an answer of 16 KiB in a queue that is never emptied',
      seams: onEach(isPing, leak(16 * 1024)),
    },
    'slow-settings': {
      says: 'SETTINGS take five milliseconds, however many there are',
      seams: onEach(isSettings, keepBusy(5)),
    },
    'remembers-settings': {
      says: 'Each entry of SETTINGS that is unknown is kept, with 2 KiB around it',
      seams: onEach(
        (frame) => frame.type === 'SETTINGS' && frame.settings.length > 10,
        (count, frame, wire, server) =>
          leak(frame.type === 'SETTINGS' ? frame.settings.length * 2048 : 0)(count, frame, wire, server),
      ),
    },
    'ends-the-process': {
      says: 'The thousandth PING of a connection ends the process',
      seams: onEach(isPing, endAt(1000)),
    },
    'others-pay': {
      says: 'With its two thousandth SETTINGS all other connections are closed',
      seams: dropOthersAt(isSettings, 2000),
    },
  }),
];
