import { status } from '../../../grpc/status';
import { goaway } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import { frameTypes, type Frame } from '../../../wire/frame';
import { maxWindow } from '../../../wire/settings';
import type { MakeSeams, Wire } from '../seams';
import { lastStreamOf } from './ends';
import { mutantsOf, type Mutant } from './mutant';
import {
  changeField,
  onFramesIn,
  onFramesOf,
  onTrailersOnly,
  statusWhere,
  unanswered,
  valueOf,
  whenFrame,
} from './operators';

/** What the server says to calls that it ends because it is told to stop. */
const shuttingDown = (text: string): boolean => /shutting down/.test(text);

const cut = (wire: Wire, is: (stream: ReturnType<Wire['streams']>[number]) => boolean): void => {
  for (const stream of wire.streams().filter(is)) wire.reset(stream.id, errorCodes.CANCEL);
};

/** Frames of streams behind the last one that a GOAWAY of ours names, otherwise. @param change gets how many such HEADERS there were */
const behindGoaway =
  (change: (frame: Frame, count: number, wire: Wire) => readonly Frame[]): MakeSeams =>
  (wire) => {
    let last = Infinity;
    let count = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.streamId <= last) return [frame];
          if (frame.type === 'HEADERS') count++;
          return change(frame, count, wire);
        },
      },
      ...onFramesOf('GOAWAY', (frame) => {
        const named = lastStreamOf(frame);
        if (named < maxWindow) last = named;
        return [frame];
      }),
    };
  };

/** How calls end when one of both sides is about to leave. */
export const shutdownMutants: readonly Mutant[] = [
  ...mutantsOf('STATUS-14-shutdown-unavailable', {
    ok: {
      says: 'Calls that are ended by a shutdown end with OK',
      ...statusWhere(shuttingDown, status.OK),
    },
    unknown: {
      says: 'Calls that are ended by a shutdown end with UNKNOWN',
      ...statusWhere(shuttingDown, status.UNKNOWN),
    },
    cancelled: {
      says: 'Calls that are ended by a shutdown end with CANCELLED',
      ...statusWhere(shuttingDown, status.CANCELLED),
    },
    'unanswered-alone': {
      says: 'Calls that a shutdown ends before their answer has begun end with INTERNAL',
      ...onTrailersOnly((fields) =>
        shuttingDown(valueOf(fields, 'grpc-message') ?? '')
          ? changeField('grpc-status', () => String(status.INTERNAL))(fields, 0)
          : fields,
      ),
    },
  }),
  ...mutantsOf('KA-09-graceful-shutdown', {
    'streaming-not-waited-for': {
      says: 'A graceful shutdown does not wait for streaming calls',
      policy: { waitsForStream: (unary) => unary },
    },
    'unary-not-waited-for': {
      says: 'A graceful shutdown does not wait for unary calls',
      policy: { waitsForStream: (unary) => !unary },
    },
    'error-code': {
      says: 'A graceful shutdown says INTERNAL_ERROR',
      ...onFramesOf('GOAWAY', (frame) => [goaway(lastStreamOf(frame), errorCodes.INTERNAL_ERROR)]),
    },
  }),
  ...mutantsOf('KA-12-client-goaway', {
    'resets-all': {
      says: 'A GOAWAY of the client ends the calls that are under way',
      seams: whenFrame('GOAWAY', (_, wire) => cut(wire, () => true)),
    },
    'resets-incomplete': {
      says: 'A GOAWAY of the client ends the calls whose requests are not complete',
      seams: whenFrame('GOAWAY', (_, wire) => cut(wire, ({ remoteEnded }) => !remoteEnded)),
    },
    'resets-complete': {
      says: 'A GOAWAY of the client ends the calls whose requests are complete',
      seams: whenFrame('GOAWAY', (_, wire) => cut(wire, ({ remoteEnded }) => remoteEnded)),
    },
    'closes-at-once': {
      says: 'A GOAWAY of the client closes the connection',
      seams: whenFrame('GOAWAY', (_, wire) => wire.drop()),
    },
    'second-is-an-error': {
      says: 'A second GOAWAY of the client is a connection error',
      seams: (wire) => {
        let count = 0;
        return onFramesIn((frame) => {
          if (frame.type === 'GOAWAY' && ++count === 2) wire.fail(errorCodes.PROTOCOL_ERROR, 'GOAWAY again');
          return [frame];
        });
      },
    },
    'debug-data': {
      says: 'GOAWAY with debug data is a connection error',
      seams: whenFrame('GOAWAY', (frame, wire) => {
        if (frame.type === 'GOAWAY' && frame.debugData.length > 0) wire.fail(errorCodes.FRAME_SIZE_ERROR, 'debug data');
      }),
    },
    'nothing-more': {
      says: 'After a GOAWAY of the client its DATA is not looked at',
      seams: () => {
        let isLeaving = false;
        return onFramesIn((frame) => {
          isLeaving ||= frame.type === 'GOAWAY';
          return isLeaving && frame.type === 'DATA' ? [] : [frame];
        });
      },
    },
  }),
  ...mutantsOf('KA-15-after-goaway-state-kept', {
    'first-block-unread': {
      says: 'The first field block on a stream behind the last one that GOAWAY names is not decoded',
      seams: behindGoaway((frame, count) => (frame.type === 'HEADERS' && count === 1 ? [] : [frame])),
    },
    'credit-kept': {
      says: 'DATA of streams behind the last one that GOAWAY names takes credit that never comes back',
      seams: behindGoaway((frame) => (frame.type === 'DATA' ? [] : [frame])),
    },
    'connection-error': {
      says: 'A stream behind the last one that GOAWAY names is a connection error',
      seams: behindGoaway((frame, _, wire) => {
        wire.fail(errorCodes.PROTOCOL_ERROR, 'a stream after GOAWAY');
        return [frame];
      }),
    },
    'resets-others': {
      says: 'A stream behind the last one that GOAWAY names resets those that were accepted',
      seams: behindGoaway((frame, _, wire) => {
        cut(wire, () => true);
        return [frame];
      }),
    },
  }),
  ...mutantsOf('KA-10-drain-window', {
    refused: {
      says: 'Streams behind the announcement of a shutdown are refused',
      seams: () => {
        let isLeaving = false;
        return {
          policy: { mostStreams: (correct) => (isLeaving ? 0 : correct) },
          ...onFramesOf('GOAWAY', (frame) => {
            isLeaving = true;
            return [frame];
          }),
        };
      },
    },
    'passed-over': {
      says: 'Streams behind the announcement of a shutdown are passed over, and the last stream is one before them',
      seams: () => {
        let highest = 0;
        let last: number | undefined;
        return {
          inbound: {
            frame: (frame) => {
              if (last === undefined) highest = Math.max(highest, frame.streamId);
              return last !== undefined && frame.streamId > last ? [] : [frame];
            },
          },
          ...onFramesOf('GOAWAY', (frame) => {
            last ??= highest;
            return [frame];
          }),
        };
      },
    },
    unanswered: {
      says: 'Streams behind the announcement of a shutdown are taken and never answered',
      seams: (wire, server) => {
        let isLeaving = false;
        const lost = unanswered(() => isLeaving).seams(wire, server);
        return {
          inbound: lost.inbound ?? {},
          outbound: {
            ...lost.outbound,
            frame: (frame) => {
              isLeaving ||= frame.type === frameTypes.GOAWAY;
              return lost.outbound?.frame?.(frame) ?? [frame];
            },
          },
        };
      },
    },
  }),
];
