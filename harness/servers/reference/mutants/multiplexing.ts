import { status } from '../../../grpc/status';
import { errorCodes } from '../../../wire/error-codes';
import { frameTypes, type Frame, type RawFrame } from '../../../wire/frame';
import { limits } from '../limits';
import type { MakeSeams, OutgoingSection, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { statusOf, unanswered, valueOf, whenFrame, withheld } from './operators';

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

const isRefusal = (frame: RawFrame): boolean =>
  frame.type === frameTypes.RST_STREAM && frame.payload[3] === errorCodes.REFUSED_STREAM;

/** Does something else when a stream is refused. @returns what goes out in place of RST_STREAM */
const onRefusals =
  (act: (frame: RawFrame, wire: Wire) => readonly RawFrame[]): MakeSeams =>
  (wire) => ({
    outbound: { frame: (frame) => (isRefusal(frame) ? act(frame, wire) : [frame]) },
  });

/** Requests beyond the limit that a handler sees all the same, before they are refused. @param when a request is such a one, by its number on the connection */
const executed =
  (when: (beyond: number) => boolean): MakeSeams =>
  (wire) => {
    const refused = new Set<number>();
    let beyond = 0;
    return {
      policy: { mostStreams: () => Infinity },
      inbound: {
        frame: (frame) => {
          if (frame.type === 'HEADERS' && wire.find(frame.streamId) === undefined && wire.streams().length >= limit)
            if (when(++beyond)) refused.add(frame.streamId);
          return [frame];
        },
      },
      outbound: {
        section: (section) => {
          if (!refused.delete(section.streamId)) return [section];
          wire.reset(section.streamId, errorCodes.REFUSED_STREAM);
          return [];
        },
      },
    };
  };

const limit = limits.concurrentStreams;

/** Streams whose slot is not given back. @param losing says of a frame of ours, or of the client's, that the stream that it ends has lost its slot */
const losing =
  (is: { readonly ours?: (frame: RawFrame) => boolean; readonly theirs?: (frame: Frame) => boolean }): MakeSeams =>
  () => {
    let lost = 0;
    return {
      policy: { mostStreams: (correct) => correct - lost },
      inbound: {
        frame: (frame) => {
          if (is.theirs?.(frame) === true) lost++;
          return [frame];
        },
      },
      outbound: {
        frame: (frame) => {
          if (is.ours?.(frame) === true) lost++;
          return [frame];
        },
      },
    };
  };

/** The same, by the status with which a call ends. */
const losingAt =
  (is: (code: number, remoteEnded: boolean) => boolean): MakeSeams =>
  (wire) => {
    let lost = 0;
    return {
      policy: { mostStreams: (correct) => correct - lost },
      outbound: {
        section: (section) => {
          const isOpen = wire.find(section.streamId)?.remoteEnded === false;
          if (section.endStream && is(statusOf(section), !isOpen)) lost++;
          return [section];
        },
      },
    };
  };

const resetBy =
  (errorCode: number) =>
  (frame: RawFrame): boolean =>
    frame.type === frameTypes.RST_STREAM && frame.payload[3] === errorCode;

/** What goes wrong with many calls of one connection. */
export const multiplexingMutants: readonly Mutant[] = [
  ...mutantsOf('MUX-06-bursts-of-calls', {
    'beside-sixty-fatal': {
      says: 'A request beside sixty open streams is a connection error',
      seams: besideMany(60, (wire) => wire.fail(errorCodes.INTERNAL_ERROR, 'too much to do')),
    },
    'beside-forty-lost': {
      says: 'A request beside forty open streams is never answered',
      seams: (wire, server) => unanswered(() => wire.streams().length >= 40).seams(wire, server),
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
          outbound: withheld(lost),
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
      seams: (wire, server) =>
        unanswered(
          (fields) => valueOf(fields, ':path')?.endsWith('StreamingOutputCall') !== true && wire.streams().length > 1,
        ).seams(wire, server),
    },
  }),
  ...mutantsOf('MUX-03-limit-enforced', {
    served: { says: 'The limit of streams is not kept', policy: { mostStreams: () => Infinity } },
    'one-more': { says: 'One stream more than the limit is served', policy: { mostStreams: (most) => most + 1 } },
    silent: { says: 'Streams beyond the limit are neither served nor refused', seams: onRefusals(() => []) },
    'connection-error': {
      says: 'A stream beyond the limit ends the connection with INTERNAL_ERROR, as nghttp2 does',
      seams: onRefusals((frame, wire) => {
        wire.fail(errorCodes.INTERNAL_ERROR, 'too many streams');
        return [frame];
      }),
    },
    'another-suffers': {
      says: 'A stream beyond the limit is refused, and the oldest one is reset with it',
      seams: onRefusals((frame, wire) => {
        const [oldest] = wire.streams();
        if (oldest !== undefined) wire.reset(oldest.id, errorCodes.CANCEL);
        return [frame];
      }),
    },
    unavailable: {
      says: 'A stream beyond the limit is answered by status UNAVAILABLE',
      seams: onRefusals(({ streamId }, wire) => {
        const fields = [
          { name: ':status', value: '200' },
          { name: 'content-type', value: 'application/grpc' },
          { name: 'grpc-status', value: String(status.UNAVAILABLE) },
        ];
        wire.sendSection({ streamId, fields, endStream: true });
        return [];
      }),
    },
    'keeps-credit': {
      says: 'DATA of streams beyond the limit takes credit of the connection that never comes back',
      seams: () => {
        let isFull = false;
        return {
          policy: { credit: (octets, of, wasRead) => (of === 'connection' && isFull && !wasRead ? 0 : octets) },
          outbound: {
            frame: (frame) => {
              isFull ||= isRefusal(frame);
              return [frame];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('HPACK-12-context-survives-rejections', {
    'beyond-the-limit': {
      says: 'What a request beyond the limit of streams puts into the dynamic table is dropped again',
      provokedBy: ['MUX-03'],
      survives: {
        where: 'without examples',
        reason:
          'the fresh call of MUX-03 is often the first to name a field that was dropped, and the finding stands there then',
      },
      seams: () => {
        let isFull = false;
        return {
          policy: {
            afterRefusal: (table, before) => {
              if (!isFull) return;
              const { maxSize } = table;
              table.resize(0);
              table.resize(maxSize);
              for (const field of before.toReversed()) table.insert(field);
            },
          },
          outbound: {
            frame: (frame) => {
              isFull = isRefusal(frame);
              return [frame];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('MUX-05-refused-is-not-executed', {
    all: {
      says: 'Requests beyond the limit are refused when their handlers have answered',
      seams: executed(() => true),
    },
    second: {
      says: 'The second request beyond the limit is refused when its handler has answered',
      seams: executed((beyond) => beyond === 2),
    },
  }),
  ...mutantsOf('MUX-04-slots-return', {
    'client-reset': {
      says: 'A stream that the client resets keeps its slot',
      seams: losing({ theirs: (frame) => frame.type === 'RST_STREAM' }),
    },
    'server-reset': {
      says: 'A stream that is reset for a malformed request keeps its slot',
      seams: losing({ ours: resetBy(errorCodes.PROTOCOL_ERROR) }),
    },
    'window-overflow': {
      says: 'A stream that is reset for the overflow of its window keeps its slot',
      seams: losing({ ours: resetBy(errorCodes.FLOW_CONTROL_ERROR) }),
    },
    'after-the-end': {
      says: 'A stream that is reset for DATA behind its end keeps its slot',
      seams: losing({ ours: resetBy(errorCodes.STREAM_CLOSED) }),
    },
    deadline: {
      says: 'A call past its deadline keeps its slot',
      seams: losingAt((code) => code === status.DEADLINE_EXCEEDED),
    },
    'error-status': {
      says: 'A call that a handler ends with an error keeps its slot',
      seams: losingAt((code) => code === status.ABORTED),
    },
    'too-large': {
      says: 'A call whose message is too large keeps its slot',
      seams: losingAt((code) => code === status.RESOURCE_EXHAUSTED),
    },
    'ended-early': {
      says: 'A call that is answered before the end of its request keeps its slot',
      seams: losingAt((_, remoteEnded) => !remoteEnded),
    },
  }),
];
