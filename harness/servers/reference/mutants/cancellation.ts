import { errorCodes } from '../../../wire/error-codes';
import { frameTypes } from '../../../wire/frame';
import { rstStream } from '../../../wire/builders';
import type { Frame } from '../../../wire/frame';
import type { MakeSeams, Seams, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { onFramesIn, whenFrame } from './operators';

type Reset = Extract<Frame, { type: 'RST_STREAM' }>;

/** Resets with some error codes are passed over. */
const deafTo = (is: (errorCode: number) => boolean): Seams =>
  onFramesIn((frame) => (frame.type === 'RST_STREAM' && is(frame.errorCode) ? [] : [frame]));

/** Does something when RST_STREAM meets a stream that has ended. */
const whenTooLate = (act: (reset: Reset, wire: Wire, count: number) => void): MakeSeams => {
  return (wire, server) => {
    let count = 0;
    return whenFrame('RST_STREAM', (frame, own) => {
      if (frame.type === 'RST_STREAM' && own.find(frame.streamId) === undefined) act(frame, own, ++count);
    })(wire, server);
  };
};

/** The first message of another stream behind a reset that came while an answer was under way is otherwise. */
const nextMessage = (change: (message: Uint8Array) => readonly Uint8Array[]): MakeSeams => {
  return (wire) => {
    const answering = new Set<number>();
    let isArmed = false;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'RST_STREAM' && answering.has(frame.streamId) && wire.find(frame.streamId) !== undefined)
            isArmed = true;
          return [frame];
        },
      },
      outbound: {
        message: (message, { id }) => {
          answering.add(id);
          if (!isArmed) return [message];
          isArmed = false;
          return change(message);
        },
      },
    };
  };
};

/** What was queued on streams that were reset is taken off the connection window, as far as it is counted. */
const windowLess = (lostOf: (queued: number) => number): MakeSeams => {
  return () => {
    let lost = 0;
    return {
      policy: {
        discard: (messages) => {
          lost += lostOf(messages.reduce((sum, { length }) => sum + length, 0));
        },
        share: ({ streamWindow, connectionWindow, maxFrameSize }) => ({
          room: Math.min(maxFrameSize, connectionWindow - lost, streamWindow),
          uncounted: 0,
        }),
      },
    };
  };
};

/** Connection credit for the requests of calls that are reset is not given back. */
const unreadKept: MakeSeams = (wire) => {
  const received = new Map<number, number>();
  let kept = 0;
  return {
    inbound: {
      frame: (frame) => {
        const { streamId } = frame;
        if (frame.type === 'DATA') received.set(streamId, (received.get(streamId) ?? 0) + frame.flowControlledLength);
        if (frame.type === 'RST_STREAM' && wire.find(streamId)?.remoteEnded === false)
          kept += received.get(streamId) ?? 0;
        return [frame];
      },
    },
    outbound: {
      frame: (frame) => {
        if (frame.type !== frameTypes.WINDOW_UPDATE || frame.streamId !== 0 || kept === 0) return [frame];
        const increment = new DataView(frame.payload.buffer, frame.payload.byteOffset).getUint32(0);
        const taken = Math.min(kept, increment);
        kept -= taken;
        if (taken === increment) return [];
        const payload = new Uint8Array(4);
        new DataView(payload.buffer).setUint32(0, increment - taken);
        return [{ ...frame, payload }];
      },
    },
  };
};

/** Slots of streams that were reset before any DATA stay taken. @param most streams that are served at once */
const slotsKept = (most: number): MakeSeams => {
  return () => {
    const heard = new Set<number>();
    let leaked = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'DATA') heard.add(frame.streamId);
          if (frame.type === 'RST_STREAM' && !heard.has(frame.streamId)) leaked += 1;
          return [frame];
        },
      },
      policy: { mostStreams: (correct) => Math.min(most, correct) - leaked },
    };
  };
};

export const cancellationMutants: readonly Mutant[] = [
  ...mutantsOf('CANC-01-rst-cancels-handler', {
    'after-headers': {
      says: 'RST_STREAM does not reach a handler that has sent Response-Headers',
      policy: { tells: (why, headersSent) => why !== 'client' || !headersSent },
    },
    'before-headers': {
      says: 'RST_STREAM does not reach a handler that has not sent Response-Headers yet',
      policy: { tells: (why, headersSent) => why !== 'client' || headersSent },
    },
    never: { says: 'RST_STREAM does not reach the handler', policy: { tells: (why) => why !== 'client' } },
  }),
  ...mutantsOf('CANC-03-other-streams-unaffected', {
    'next-stream': {
      says: 'RST_STREAM also cancels the stream opened next after that one',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => wire.reset(streamId + 2, errorCodes.CANCEL)),
    },
    'stream-before': {
      says: 'RST_STREAM also cancels the stream opened before that one',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => wire.reset(streamId - 2, errorCodes.CANCEL)),
    },
    'second-reset': {
      says: 'The second RST_STREAM of a connection ends it',
      seams: (wire) => {
        let resets = 0;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'RST_STREAM' && ++resets === 2)
                wire.fail(errorCodes.PROTOCOL_ERROR, 'too many resets');
              return [frame];
            },
          },
        };
      },
    },
    'message-lost': {
      says: 'The first message that another stream sends after RST_STREAM is lost',
      seams: () => {
        let isArmed = false;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'RST_STREAM') isArmed = true;
              return [frame];
            },
          },
          outbound: {
            message: (message) => {
              if (!isArmed) return [message];
              isArmed = false;
              return [];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('CANC-04-any-rst-code-cancels', {
    'cancel-alone': {
      says: 'RST_STREAM with another error code than CANCEL is passed over',
      ...deafTo((code) => code !== errorCodes.CANCEL),
    },
    'no-error-ignored': {
      says: 'RST_STREAM(NO_ERROR) is passed over',
      ...deafTo((code) => code === errorCodes.NO_ERROR),
    },
    'unknown-ignored': {
      says: 'RST_STREAM with an unknown error code is passed over',
      ...deafTo((code) => code > errorCodes.HTTP_1_1_REQUIRED),
    },
    'unknown-fatal': {
      says: 'RST_STREAM with an error code of more than 255 ends the connection',
      seams: whenFrame('RST_STREAM', (frame, wire) => {
        if (frame.type === 'RST_STREAM' && frame.errorCode > 0xff) wire.fail(errorCodes.PROTOCOL_ERROR, 'error code');
      }),
    },
  }),
  ...mutantsOf('CANC-05-connection-loss-cancels-all', {
    never: {
      says: 'Handlers are not told that their connection is lost',
      policy: { tells: (why) => why !== 'connection' },
    },
    'after-answer': {
      says: 'Handlers that have answered are not told that their connection is lost',
      policy: { tells: (why, headersSent) => why !== 'connection' || !headersSent },
    },
    'before-answer': {
      says: 'Handlers that have not answered yet are not told that their connection is lost',
      policy: { tells: (why, headersSent) => why !== 'connection' || headersSent },
    },
    'first-alone': {
      says: 'Of the handlers of a lost connection only the first is told',
      seams: () => {
        let isTold = false;
        return {
          policy: {
            tells: (why) => {
              if (why !== 'connection') return true;
              const tells = !isTold;
              isTold = true;
              return tells;
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('CANC-06-cancel-before-message', {
    'slot-kept': {
      says: 'The slot of a call that is reset before any DATA stays taken',
      seams: slotsKept(Infinity),
    },
    'sixteenth-ends': {
      says: 'The sixteenth RST_STREAM of a connection ends it',
      seams: (wire, server) => {
        let resets = 0;
        return whenFrame('RST_STREAM', () => {
          if (++resets === 16) wire.fail(errorCodes.PROTOCOL_ERROR, 'too many resets');
        })(wire, server);
      },
    },
    'next-refused': {
      says: 'The request behind a call that is reset before any DATA ends with RST_STREAM(INTERNAL_ERROR)',
      seams: () => {
        const heard = new Set<number>();
        let isArmed = false;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'DATA') heard.add(frame.streamId);
              if (frame.type === 'RST_STREAM' && !heard.has(frame.streamId)) isArmed = true;
              return [frame];
            },
          },
          outbound: {
            section: (section) => {
              if (!isArmed) return [section];
              isArmed = false;
              return [rstStream(section.streamId, errorCodes.INTERNAL_ERROR)];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('CANC-07-cancel-races-completion', {
    'late-reset-fatal': {
      says: 'RST_STREAM on a stream that has ended is a connection error',
      seams: whenTooLate((_, wire) => wire.fail(errorCodes.STREAM_CLOSED, 'RST_STREAM on a closed stream')),
    },
    'third-late-reset-fatal': {
      says: 'The third RST_STREAM of a connection that meets a stream that has ended is a connection error',
      seams: whenTooLate((_, wire, count) => {
        if (count === 3) wire.fail(errorCodes.STREAM_CLOSED, 'RST_STREAM on a closed stream');
      }),
    },
    'late-reset-hits-next': {
      says: 'RST_STREAM on a stream that has ended resets the oldest stream that is open',
      seams: whenTooLate((_, wire) => {
        const [oldest] = wire.streams();
        if (oldest !== undefined) wire.reset(oldest.id, errorCodes.CANCEL);
      }),
    },
    'answer-on-next': {
      says: 'Once RST_STREAM has cut an answer, the next answer of the connection is empty',
      seams: nextMessage((message) => [message.subarray(0, 0), Uint8Array.of(0, 0, 0, 0, 0)]),
    },
    'answer-twice': {
      says: 'Once RST_STREAM has cut an answer, the next one of the connection is sent twice',
      seams: nextMessage((message) => [message, message]),
    },
  }),
  ...mutantsOf('CANC-08-cancel-releases-flow-control', {
    'queued-counted': {
      says: 'What was queued on a stream that is reset stays counted against the connection window',
      seams: windowLess((queued) => queued),
    },
    'last-frame-counted': {
      says: 'One frame of what was queued on a stream that is reset stays counted against the connection window',
      seams: windowLess((queued) => Math.min(queued, 16_384)),
    },
    'unread-kept': {
      says: 'Connection credit for the request of a call that is reset before its half-close is not given back',
      seams: unreadKept,
    },
    'grant-lost': {
      says: 'The first WINDOW_UPDATE of the connection behind RST_STREAM is lost',
      seams: () => {
        let isArmed = false;
        return onFramesIn((frame) => {
          if (frame.type === 'RST_STREAM') isArmed = true;
          const isLost = isArmed && frame.type === 'WINDOW_UPDATE' && frame.streamId === 0;
          if (isLost) isArmed = false;
          return isLost ? [] : [frame];
        });
      },
    },
  }),
];
