import { connectionPreface } from '../../../wire/preface';
import type { Frame } from '../../../wire/frame';
import type { MakeSeams, ServerState, Wire } from '../seams';
import { frames, keepBusy, leak } from './floods';
import { mutantsOf, type Mutant } from './mutant';
import { exitFatally } from './process-ends';

/** What clients are in the middle of, over all connections of a server. */
const waiting = new WeakMap<ServerState, Set<Wire>>();

const waitingOf = (server: ServerState): Set<Wire> => {
  const all = waiting.get(server) ?? new Set<Wire>();
  waiting.set(server, all);
  return all;
};

/** Workers of a server that gives each connection one. */
const workers = 30;

/** Milliseconds for which a worker waits: shorter than whoever comes meanwhile waits for an answer. */
const patience = 3000;

/** Connections have a worker each until their preface is whole or it has waited long enough, and those that come when there is none left are never read. */
const keepsWorkers: MakeSeams = (wire, server) => {
  const busy = waitingOf(server);
  let isPassedOver = false;
  return {
    policy: {
      takeRead: (octets, { prefaceSeen }) => {
        if (prefaceSeen === 0) isPassedOver ||= busy.size >= workers && !busy.has(wire);
        if (isPassedOver) return new Uint8Array(0);
        if (prefaceSeen + octets.length >= connectionPreface.length) busy.delete(wire);
        else if (!busy.has(wire)) {
          busy.add(wire);
          setTimeout(() => busy.delete(wire), patience).unref();
        }
        return octets;
      },
    },
  };
};

/** Does something when octets of SETTINGS come without the rest. */
const onHalfSettings =
  (act: () => void): MakeSeams =>
  () => ({
    policy: {
      takeRead: (octets, { prefaceSeen }) => {
        const behind = prefaceSeen + octets.length - connectionPreface.length;
        if (prefaceSeen < connectionPreface.length && behind > 0 && behind < 9) act();
        return octets;
      },
    },
  });

const isOpenBlock = (frame: Frame): boolean => frame.type === 'HEADERS' && !frame.endHeaders;

/** Clients that stop, and a server that waits for them. */
export const slowClientMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-09-slow-clients', {
    'keeps-workers': {
      says: 'Each of thirty workers stays with its connection until the preface is whole, for three seconds at most, and whoever comes when all are busy is never read',
      seams: keepsWorkers,
    },
    'waits-for-settings': {
      says: 'A part of SETTINGS keeps everybody waiting for 300 milliseconds, in case that the rest comes',
      seams: (wire, server) => {
        const busy = keepBusy(300);
        return onHalfSettings(() => busy(1, wire, server))(wire, server);
      },
    },
    'keeps-blocks': {
      says: 'A field block that is not whole takes 4 MiB, which are never freed',
      seams: frames(isOpenBlock)(leak(4 * 1024 * 1024)),
    },
    'keeps-places': {
      says: 'A request whose message does not end keeps one of forty places, also when its connection is gone, and whoever wants another ends the process',
      seams: (wire, server) => {
        const begun = waitingOf(server);
        return {
          inbound: {
            section: (section) => {
              if (!section.endStream) begun.add(wire);
              if (begun.size > 40) exitFatally();
              return section;
            },
            frame: (frame) => {
              if (frame.type === 'DATA' && frame.endStream) begun.delete(wire);
              return [frame];
            },
          },
        };
      },
    },
  }),
];
