import { openSync } from 'node:fs';
import type { Frame } from '../../../wire/frame';
import { settingIds } from '../../../wire/settings';
import type { MakeSeams, ServerState, Wire } from '../seams';
import { dropOthersAt, endAt, frames, keepBusy, leak } from './floods';
import { mutantsOf, type Mutant } from './mutant';
import { exitFatally } from './process-ends';

const mebibyte = 1024 * 1024;

/** How many connections each server has had. */
const connections = new WeakMap<ServerState, number>();

/** Does something with each connection as it comes. */
const onConnection =
  (act: (count: number, wire: Wire, server: ServerState) => void): MakeSeams =>
  (wire, server) => ({
    policy: {
      meet: () => {
        const count = (connections.get(server) ?? 0) + 1;
        connections.set(server, count);
        act(count, wire, server);
      },
    },
  });

/** Connections of each server that are open, or have been. */
const others = new WeakMap<ServerState, Set<Wire>>();

const othersOf = (server: ServerState): Set<Wire> => {
  const all = others.get(server) ?? new Set<Wire>();
  others.set(server, all);
  return all;
};

/** Places for connections, and the milliseconds for which each is kept: shorter than whoever comes meanwhile waits for an answer. */
const places = { number: 60, kept: 4000 } as const;

/** Places of each server that are taken. */
const taken = new WeakMap<ServerState, number>();

const keepsPlaces: MakeSeams = (_, server) => {
  const before = taken.get(server) ?? 0;
  const isPassedOver = before >= places.number;
  if (!isPassedOver) {
    taken.set(server, before + 1);
    setTimeout(() => taken.set(server, (taken.get(server) ?? 1) - 1), places.kept).unref();
  }
  return { policy: { takeRead: (octets) => (isPassedOver ? new Uint8Array(0) : octets) } };
};

/** An octet of credit for a stream that is open. */
const isDribble = (frame: Frame, wire: Wire): boolean =>
  frame.type === 'WINDOW_UPDATE' && frame.increment === 1 && wire.find(frame.streamId) !== undefined;

/** Octets of a window from which on a careless server looks at no other bound. */
const largeWindow = 128 * 1024;

/** What many connections, and many streams, leave behind. */
export const crowdMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-11-connection-churn', {
    'keeps-connections': {
      says: 'Each connection leaves 2 MiB behind',
      seams: onConnection(leak(2 * mebibyte)),
    },
    'keeps-begun-calls': {
      says: 'A call that runs when its connection is lost leaves 4 MiB behind',
      survives: {
        where: 'always',
        reason:
          'how many calls have begun when a connection is lost is a race, and an input that was made small stands at the edge of what memory shows: it is often found, but as flaky',
      },
      seams: (_, { leaked }) => ({
        policy: {
          tells: (why) => {
            if (why === 'connection') leaked.push(new Uint8Array(4 * mebibyte).fill(1));
            return true;
          },
        },
      }),
    },
    'keeps-prefaces': {
      says: 'A connection that ends behind its preface leaves 2 MiB behind, unless a request has come',
      seams: (_, { leaked }) => {
        const kept = new Uint8Array(2 * mebibyte);
        let isFirst = true;
        return {
          policy: {
            takeRead: (octets) => {
              if (isFirst && octets.length > 0) leaked.push(kept.fill(1));
              isFirst = false;
              return octets;
            },
          },
          inbound: {
            section: (section) => {
              const at = leaked.indexOf(kept);
              if (at !== -1) leaked.splice(at, 1);
              return section;
            },
          },
        };
      },
    },
    'keeps-places': {
      says: 'Each connection keeps one of sixty places for four seconds, also when it is gone, and whoever comes when all are taken is never read',
      seams: keepsPlaces,
    },
    'others-pay': {
      says: 'Each fiftieth connection has all others closed',
      seams: (wire, server) => {
        const all = othersOf(server).add(wire);
        return onConnection((count) => {
          if (count % 50 !== 0) return;
          for (const other of all) if (other !== wire) other.drop();
          all.clear();
        })(wire, server);
      },
    },
    'ends-the-process': {
      says: 'The process ends with its four hundredth connection',
      endsService: true,
      seams: onConnection((count) => {
        if (count === 400) exitFatally();
      }),
    },
    'keeps-descriptors': {
      says: 'A file that is opened with each connection is never closed',
      seams: onConnection(() => void openSync('/dev/null', 'r')),
    },
  }),
  ...mutantsOf('DOS-07-window-dribble-and-stalled-readers', {
    'never-waits': {
      says: 'Handlers never wait for the window: whole answers pile up while the connection is open',
      policy: { waitsForWindow: () => false },
    },
    'waits-for-small-windows': {
      says: 'Handlers wait only where the window was small at first: behind a large one whole answers pile up',
      seams: () => {
        let isLarge = false;
        return {
          policy: { waitsForWindow: () => !isLarge },
          inbound: {
            frame: (frame) => {
              if (frame.type === 'SETTINGS')
                isLarge ||= frame.settings.some(
                  ({ id, value }) => id === settingIds.INITIAL_WINDOW_SIZE && value >= largeWindow,
                );
              return [frame];
            },
          },
        };
      },
    },
    'never-freed': {
      says: 'An answer that waits when its connection is lost leaves 4 MiB behind',
      seams: (_, { leaked }) => ({
        policy: {
          discard: (messages) => {
            if (messages.length > 0) leaked.push(new Uint8Array(4 * mebibyte).fill(1));
          },
        },
      }),
    },
    'slow-steps': {
      says: 'Each WINDOW_UPDATE of an octet for a stream takes four milliseconds',
      seams: frames(isDribble)(keepBusy(4)),
    },
    'ends-the-process': {
      says: 'The process ends with the thousandth WINDOW_UPDATE of an octet for a stream',
      seams: frames(isDribble)(endAt(1000)),
    },
    'others-pay': {
      says: 'With the two hundredth WINDOW_UPDATE of an octet for a stream all other connections are closed',
      seams: dropOthersAt(frames(isDribble), 200),
    },
  }),
];
