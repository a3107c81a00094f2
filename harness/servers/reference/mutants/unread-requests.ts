import type { Frame } from '../../../wire/frame';
import { frameTypes } from '../../../wire/frame';
import { limits } from '../limits';
import type { MakeSeams, Seams, SeenStream, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';

/** Octets of a stream's window that are left when it counts as used up. */
const nearlyNothing = 100;

/** Follows from outside how much of its window each stream has used, and so whose handler does not read. */
function followUploads(wire: Wire): {
  readonly stalled: () => number;
  readonly see: (frame: Frame) => void;
  readonly seams: Seams;
} {
  const used = new Map<number, number>();
  const add = (stream: number, octets: number): void => {
    used.set(stream, (used.get(stream) ?? 0) + octets);
  };
  return {
    stalled: () => wire.streams().filter(({ id }) => (used.get(id) ?? 0) >= limits.window - nearlyNothing).length,
    see: (frame) => {
      if (frame.type === 'DATA') add(frame.streamId, frame.flowControlledLength);
    },
    seams: {
      outbound: {
        frame: (frame) => {
          if (frame.type === frameTypes.WINDOW_UPDATE && frame.streamId !== 0)
            add(frame.streamId, -new DataView(frame.payload.buffer, frame.payload.byteOffset).getUint32(0));
          return [frame];
        },
      },
    },
  };
}

/** Frames that are not looked at while handlers stall. @param waits which; @param most how many may stall before it is so */
const waiting =
  (waits: (frame: Frame) => boolean, least = 1): MakeSeams =>
  (wire) => {
    const uploads = followUploads(wire);
    return {
      inbound: {
        frame: (frame) => {
          if (uploads.stalled() >= least && waits(frame)) return [];
          uploads.see(frame);
          return [frame];
        },
      },
      ...uploads.seams,
    };
  };

/** Answers that the window holds back are put by where nobody counts them, so that their handler goes on. */
const putBy =
  (is: (message: Uint8Array, stream: SeenStream) => boolean): MakeSeams =>
  () => ({
    outbound: { message: (message, stream) => (stream.sendWindow <= 0 && is(message, stream) ? [] : [message]) },
  });

/** What becomes of requests that nobody reads. */
export const unreadRequestMutants: readonly Mutant[] = [
  ...mutantsOf('FLOW-08-echo-against-stalled-reader', {
    'never-waits': {
      says: 'Handlers never wait for the window: an echo takes whatever is sent to it',
      policy: { waitsForWindow: () => false },
    },
    'small-answers': {
      says: 'Answers of less than 2,000 octets that the window holds back do not count, so that their echo goes on',
      survives: {
        where: 'without examples',
        reason: 'no answer is smaller than its request, and few requests are of less than 2,000 octets',
      },
      seams: putBy((message) => message.length < 2000),
    },
    'no-window-at-all': {
      says: 'Answers to a client whose windows were 0 from the start do not count, so that their echo goes on',
      seams: () => {
        const opened = new Set<number>();
        return {
          outbound: {
            message: (message, { id, sendWindow }) => {
              if (sendWindow > 0) opened.add(id);
              return opened.has(id) ? [message] : [];
            },
          },
        };
      },
    },
    'large-requests': {
      says: 'An echo whose requests have more than a frame goes on whatever becomes of its answers',
      seams: () => {
        const large = new Set<number>();
        return {
          policy: {
            receive: ({ octets, streamId }, read) => {
              if (octets.length > 16_384) large.add(streamId);
              return read();
            },
          },
          outbound: { message: (message, { id, sendWindow }) => (sendWindow <= 0 && large.has(id) ? [] : [message]) },
        };
      },
    },
  }),
  ...mutantsOf('FLOW-11-frames-read-while-a-handler-stalls', {
    'nothing-is-read': {
      says: 'No frame is read while a handler leaves a stream window used up',
      seams: waiting(() => true),
    },
    'pings-wait': {
      says: 'No PING is answered while a handler leaves a stream window used up',
      seams: waiting(({ type }) => type === 'PING'),
    },
    'settings-wait': {
      says: 'SETTINGS are not acknowledged while a handler leaves a stream window used up',
      seams: waiting(({ type }) => type === 'SETTINGS'),
    },
    'credit-waits': {
      says: 'Credit is not taken while a handler leaves a stream window used up',
      seams: waiting(({ type }) => type === 'WINDOW_UPDATE'),
    },
    'calls-wait': {
      says: 'No call begins while a handler leaves a stream window used up',
      seams: waiting(({ type }) => type === 'HEADERS'),
    },
    'two-stalled': {
      says: 'No PING and no SETTINGS are answered while two handlers leave their stream windows used up',
      seams: waiting(({ type }) => type === 'PING' || type === 'SETTINGS', 2),
    },
    'credit-never-returns': {
      says: 'Connection credit for what a handler has not read is not given back, not even when its stream is reset',
      seams: (wire) => {
        const uploads = followUploads(wire);
        return {
          inbound: {
            frame: (frame) => {
              uploads.see(frame);
              return [frame];
            },
          },
          outbound: {
            frame: (frame) => {
              const isCredit = frame.type === frameTypes.WINDOW_UPDATE && frame.streamId === 0;
              if (isCredit && uploads.stalled() > 0) return [];
              return uploads.seams.outbound?.frame?.(frame) ?? [frame];
            },
          },
        };
      },
    },
  }),
];
