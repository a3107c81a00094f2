import { errorCodes } from '../../../wire/error-codes';
import { frameTypes, type RawFrame } from '../../../wire/frame';
import type { MakeSeams, OutgoingSection, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { unanswered, valueOf, whenFrame } from './operators';

/** Octets of answers that make a stream a large one. */
const large = 500_000;

/**
 * DATA that waits until large answers that began earlier have ended, and the trailers behind it.
 * @param waits whether a frame does, behind so many of them
 */
const inTurn =
  (waits: (octets: number, behind: number) => boolean): MakeSeams =>
  (wire) => {
    const queued = new Map<number, number>();
    const running = new Set<number>();
    let held: (RawFrame | OutgoingSection)[] = [];
    const isHeld = (streamId: number): boolean => held.some((one) => one.streamId === streamId);
    const behind = (streamId: number): number => [...running].filter((id) => id < streamId).length;
    const release = (streamId: number): void => {
      if (!running.delete(streamId) || running.size > 0) return;
      const free = held;
      held = [];
      for (const one of free) {
        if ('fields' in one) wire.sendSection(one);
        else wire.send(one);
      }
    };
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'RST_STREAM') release(frame.streamId);
          return [frame];
        },
      },
      outbound: {
        message: (message, { id }) => {
          const octets = (queued.get(id) ?? 0) + message.length;
          queued.set(id, octets);
          if (octets > large) running.add(id);
          return [message];
        },
        section: (section) => {
          if (section.endStream) release(section.streamId);
          if (!isHeld(section.streamId)) return [section];
          held.push(section);
          return [];
        },
        frame: (frame) => {
          const { streamId, type, payload } = frame;
          const isKept = isHeld(streamId) || waits(payload.length, behind(streamId));
          if (type !== frameTypes.DATA || behind(streamId) === 0 || !isKept) return [frame];
          held.push(frame);
          return [];
        },
      },
    };
  };

/** Does something when a request comes in beside so many others. */
const besideMany = (most: number, act: (wire: Wire, streamId: number) => void): MakeSeams =>
  whenFrame('HEADERS', ({ streamId }, wire) => {
    if (wire.streams().length >= most && wire.find(streamId) === undefined) act(wire, streamId);
  });

/** What goes wrong with many calls of one connection. */
export const multiplexingMutants: readonly Mutant[] = [
  ...mutantsOf('MUX-06-bursts-of-calls', {
    'beside-sixty-fatal': {
      says: 'A request beside sixty open streams is a connection error',
      seams: besideMany(60, (wire) => wire.fail(errorCodes.INTERNAL_ERROR, 'too much to do')),
    },
    'beside-forty-lost': {
      says: 'A request beside forty open streams is never answered',
      seams: (wire, server) => {
        const lost = unanswered(() => wire.streams().length >= 40);
        return lost.seams(wire, server);
      },
    },
    'long-reads-cut': {
      says: 'What comes behind the first 16,384 octets of a read is lost where the read ends with a whole frame',
      policy: {
        takeRead: (octets, { pending }) =>
          octets.length > 32_768 && pending === 0 ? octets.subarray(0, 16_384) : octets,
      },
    },
    'large-beside-lost': {
      says: 'A request of more than 8,192 octets beside twenty open streams is never answered',
      seams: (wire) => {
        const lost = new Set<number>();
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'DATA' && frame.data.length > 8192 && wire.streams().length > 20)
                lost.add(frame.streamId);
              return [frame];
            },
          },
          outbound: {
            section: (section) => (lost.has(section.streamId) ? [] : [section]),
            message: (message, { id }) => (lost.has(id) ? [] : [message]),
          },
        };
      },
    },
  }),
  ...mutantsOf('MUX-07-fairness', {
    'oldest-first': {
      says: 'DATA of a call waits until the large answers that began before it have ended',
      seams: inTurn(() => true),
    },
    'behind-two': {
      says: 'DATA of a call waits while two large answers that began before it are under way',
      seams: inTurn((_, behind) => behind > 1),
    },
    'short-frames-last': {
      says: 'DATA frames of less than 100 octets wait until the large answers that began before them have ended',
      seams: inTurn((octets) => octets < 100),
    },
    starved: {
      says: 'A call beside two downloads is never answered',
      seams: (wire) => {
        const paths = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              const isDownload = valueOf(section.fields, ':path')?.endsWith('StreamingOutputCall') === true;
              if (!isDownload && wire.streams().length > 1) paths.add(section.streamId);
              return section;
            },
          },
          outbound: {
            section: (section) => (paths.has(section.streamId) ? [] : [section]),
            message: (message, { id }) => (paths.has(id) ? [] : [message]),
          },
        };
      },
    },
  }),
];
