import type { Frame } from '../../../wire/frame';
import type { Field } from '../../../wire/hpack/field';
import type { Policy } from '../policy';
import type { MakeSeams, ServerState, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { onFramesIn, onRequests, valueOf, whenFrame } from './operators';
import { exitFatally } from './process-ends';

/** What a server does with something of which it has had so many on one connection. */
type Act = (count: number, wire: Wire, server: ServerState) => void;

/** Does something with each of what it watches for, and lets it pass. */
type Watch = (act: Act) => MakeSeams;

/** Frames that are such. */
export const frames =
  (is: (frame: Frame, wire: Wire) => boolean): Watch =>
  (act) =>
  (wire, server) => {
    let count = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (is(frame, wire)) act(++count, wire, server);
          return [frame];
        },
      },
    };
  };

const requests =
  (is: (fields: readonly Field[], wire: Wire) => boolean): Watch =>
  (act) =>
  (wire, server) => {
    let count = 0;
    return {
      inbound: {
        section: (section) => {
          if (is(section.fields, wire)) act(++count, wire, server);
          return section;
        },
      },
    };
  };

/** Lets nothing else happen for so many milliseconds. */
export const keepBusy = (milliseconds: number): Act => {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return () => void Atomics.wait(never, 0, 0, milliseconds);
};

/** So many octets are never freed. */
export const leak =
  (octets: number): Act =>
  (_count, _wire, { leaked }) =>
    void leaked.push(new Uint8Array(octets).fill(1));

/** The process ends with the one of that number. */
export const endAt =
  (number: number): Act =>
  (count) => {
    if (count === number) exitFatally();
  };

/** The connections of each server. */
const connections = new WeakMap<ServerState, Set<Wire>>();

/** With the one of that number every other connection is dropped; later ones are served. */
export const dropOthersAt =
  (watch: Watch, number: number): MakeSeams =>
  (wire, server) => {
    const all = connections.get(server) ?? new Set<Wire>();
    connections.set(server, all.add(wire));
    return watch((count) => {
      if (count === number) for (const other of all) if (other !== wire) other.drop();
    })(wire, server);
  };

/** Resets of the server are as many as a client likes. */
const countsNoResets: Pick<Policy, 'judge'> = {
  judge: (check, correct) => (check === 'flood-of-resets' ? 'ignored' : correct),
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

/** What a list of fields with many that are alike comes to when each is put beside all others. */
const expand = (fields: readonly Field[]): readonly Uint8Array[] => {
  const alike = fields.filter(({ value }) => value.length > 1000);
  return alike.map(({ value }) => new Uint8Array(alike.length * value.length).fill(1));
};

const isEmptyData = (frame: Frame): boolean => frame.type === 'DATA' && frame.data.length === 0 && !frame.endStream;
const isPing = ({ type }: Frame): boolean => type === 'PING';
const isSettings = (frame: Frame): boolean => frame.type === 'SETTINGS' && !frame.ack;

/** Floods, and what a server does about them that has no bound. */
export const floodMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-01-rapid-reset', {
    'handlers-run-on': {
      says: 'The handler of a reset stream runs on, 4 KiB of it are never freed, and neither counts against a limit',
      policy: { obeysReset: false },
      seams: whenFrame('RST_STREAM', (_, __, { leaked }) => void leaked.push(new Uint8Array(4096).fill(1))),
    },
  }),
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
        return onFramesIn((frame) => {
          if (!isUnended(frame)) return [frame];
          busy(1, wire, server);
          return [];
        });
      },
    },
    'ends-the-process': {
      says: 'The thirtieth CONTINUATION frame of a field block ends the process',
      seams: frames(isUnended)(endAt(30)),
    },
    'others-pay': {
      says: 'With the twentieth CONTINUATION frame of a field block all other connections are closed',
      seams: dropOthersAt(frames(isUnended), 20),
    },
  }),
  ...mutantsOf('DOS-06-empty-frame-flood', {
    'slow-empty-data': {
      says: 'An empty DATA frame takes five milliseconds',
      seams: frames(isEmptyData)(keepBusy(5)),
    },
    'priority-tree': {
      says: 'Each PRIORITY leaves 20 KiB behind, also of streams that were never opened',
      seams: frames(({ type }) => type === 'PRIORITY')(leak(20 * 1024)),
    },
    'late-window-updates': {
      says: 'The thousandth WINDOW_UPDATE for a closed stream ends the process',
      seams: frames(
        (frame, wire) =>
          frame.type === 'WINDOW_UPDATE' && frame.streamId > 0 && wire.find(frame.streamId) === undefined,
      )(endAt(1000)),
    },
    'unknown-frames-cost-others': {
      says: 'With the thousandth frame of an unknown type all other connections are closed',
      seams: dropOthersAt(
        frames(({ type }) => type === 'UNKNOWN'),
        1000,
      ),
    },
  }),
  ...mutantsOf('DOS-04-ping-and-settings-floods', {
    'answers-pile-up': {
      says: 'Each PING leaves an answer of 16 KiB in a queue that is never emptied',
      seams: frames(isPing)(leak(16 * 1024)),
    },
    'slow-settings': {
      says: 'SETTINGS take five milliseconds, however many there are',
      seams: frames(isSettings)(keepBusy(5)),
    },
    'remembers-settings': {
      says: 'SETTINGS with many entries leave 60 KiB behind each',
      seams: frames((frame) => frame.type === 'SETTINGS' && frame.settings.length > 10)(leak(60 * 1024)),
    },
    'ends-the-process': {
      says: 'The thousandth PING of a connection ends the process',
      seams: frames(isPing)(endAt(1000)),
    },
    'others-pay': {
      says: 'With its two thousandth SETTINGS all other connections are closed',
      seams: dropOthersAt(frames(isSettings), 2000),
    },
  }),
  ...mutantsOf('DOS-05-reset-provocation-flood', {
    'keeps-refused': {
      says: 'Each request without :path leaves 40 KiB behind, and resets of the server are not counted',
      policy: countsNoResets,
      seams: requests((fields) => valueOf(fields, ':path') === undefined)(leak(40 * 1024)),
    },
    'slow-refusals': {
      says: 'Each request for an unknown method takes twenty milliseconds',
      seams: requests((fields) => (valueOf(fields, ':path') ?? '').includes('Absent'))(keepBusy(20)),
    },
    'ends-the-process': {
      says: 'The process ends when a connection opens three times as many streams as it may',
      seams: requests((_fields, wire) => wire.streams().length >= 100)(endAt(200)),
    },
    'others-pay': {
      says: 'With the five hundredth request that has a name in upper case all other connections are closed',
      seams: dropOthersAt(
        requests((fields) => fields.some(({ name }) => /[A-Z]/.test(name))),
        500,
      ),
    },
  }),
  ...mutantsOf('DOS-02-made-you-reset', {
    'handlers-run-on': {
      says: 'A handler whose stream the server resets runs on, and counts against no limit; resets of the server are not counted either',
      policy: { ...countsNoResets, tells: (why) => why !== 'server', mostStreams: () => Infinity },
    },
    'keeps-streams': {
      says: 'Each stream on which DATA comes behind END_STREAM leaves 200 KiB behind, and resets of the server are not counted',
      policy: countsNoResets,
      seams: frames((frame, wire) => frame.type === 'DATA' && wire.find(frame.streamId)?.remoteEnded === true)(
        leak(200 * 1024),
      ),
    },
    'ends-the-process': {
      says: 'The process ends with the three hundredth stream of a connection whose content-length lies',
      seams: requests((fields) => valueOf(fields, 'content-length') === '9999')(endAt(300)),
    },
  }),
  ...mutantsOf('DOS-14-http2-bomb', {
    'keeps-references': {
      says: 'Each request keeps what its fields stand for once for each of them, also when the connection is gone',
      seams: (_wire, { leaked }) => onRequests((fields) => (leaked.push(...expand(fields)), fields)),
    },
    'holds-references': {
      says: 'Each request keeps what its fields stand for once for each of them while the connection is open',
      seams: () => {
        const held: Uint8Array[] = [];
        return onRequests((fields) => (held.push(...expand(fields)), fields));
      },
    },
    'joins-crumbs': {
      says: 'Each crumb of cookie has all that came before copied once more, which takes forty milliseconds',
      seams: requests((fields) => fields.filter(({ name }) => name === 'cookie').length > 8)(keepBusy(400)),
    },
    'ends-the-process': {
      says: 'The fortieth request of a connection with ten fields of the same name ends the process',
      seams: requests((fields) => fields.filter(({ name }) => name === 'x-bomb').length >= 10)(endAt(40)),
    },
  }),
];
