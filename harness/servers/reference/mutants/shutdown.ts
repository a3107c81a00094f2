import { status } from '../../../grpc/status';
import { errorCodes } from '../../../wire/error-codes';
import type { Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { changeField, onFramesIn, onTrailersOnly, statusWhere, valueOf, whenFrame } from './operators';

/** What the server says to calls that it ends because it is told to stop. */
const shuttingDown = (text: string): boolean => /shutting down/.test(text);

const cut = (wire: Wire, is: (stream: ReturnType<Wire['streams']>[number]) => boolean): void => {
  for (const stream of wire.streams().filter(is)) wire.reset(stream.id, errorCodes.CANCEL);
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
];
