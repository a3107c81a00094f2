import { definedFlags } from '../../../wire/describe-frame';
import { errorCodes } from '../../../wire/error-codes';
import { frameTypes, type Frame } from '../../../wire/frame';
import type { MakeSeams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { onFramesIn } from './operators';

/** Ends the connection at such a frame. */
const refusing =
  (is: (frame: Frame) => boolean, errorCode: number = errorCodes.PROTOCOL_ERROR): MakeSeams =>
  (wire) =>
    onFramesIn((frame) => {
      if (is(frame)) wire.fail(errorCode, 'a frame that is not liked');
      return [frame];
    });

const { CONTINUATION, DATA, GOAWAY, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE } = frameTypes;
const strayFlags = ({ raw }: Frame): number => (raw.type > CONTINUATION ? 0 : raw.flags & ~definedFlags(raw.type));
const hasStray =
  (...types: readonly number[]) =>
  (frame: Frame): boolean =>
    types.includes(frame.raw.type) && strayFlags(frame) !== 0;
const hasReserved =
  (...types: readonly number[]) =>
  ({ raw }: Frame): boolean =>
    types.includes(raw.type) && raw.reserved;
const hasHighBit =
  (type: number, at: number) =>
  ({ raw }: Frame): boolean =>
    raw.type === type && (raw.payload[at] ?? 0) >= 0x80;

/** Undefined codes of RST_STREAM and GOAWAY. */
const isUnknownCode = (code: number): boolean => code > 0x0d;

const updateType = 0x10;
const isUpdate = ({ raw }: Frame): boolean => raw.type === updateType;
const targetOf = ({ raw: { payload } }: Frame): number =>
  payload.length < 4 ? 0 : new DataView(payload.buffer, payload.byteOffset).getUint32(0);

/** Says nothing any more once such a frame came. */
const deafAfter =
  (is: (frame: Frame) => boolean): MakeSeams =>
  () => {
    let isDeaf = false;
    return onFramesIn((frame) => {
      isDeaf ||= is(frame);
      return isDeaf ? [] : [frame];
    });
  };

export const frameToleranceMutants: readonly Mutant[] = [
  ...mutantsOf('FRAME-02-undefined-flags-ignored', {
    data: { says: 'DATA with an undefined flag is a connection error', seams: refusing(hasStray(DATA)) },
    'data-resets': {
      says: 'DATA with an undefined flag ends its stream',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (hasStray(DATA)(frame)) wire.reset(frame.streamId, errorCodes.PROTOCOL_ERROR);
          return [frame];
        }),
    },
    'field-blocks': {
      says: 'HEADERS and CONTINUATION with an undefined flag are a connection error',
      seams: refusing(hasStray(HEADERS, CONTINUATION)),
    },
    continuation: {
      says: 'CONTINUATION with an undefined flag is a connection error',
      seams: refusing(hasStray(CONTINUATION)),
    },
    ping: { says: 'PING with an undefined flag is a connection error', seams: refusing(hasStray(PING)) },
    'ping-unanswered': {
      says: 'PING with an undefined flag is not acknowledged',
      ...onFramesIn((frame) => (hasStray(PING)(frame) ? [] : [frame])),
    },
    settings: { says: 'SETTINGS with an undefined flag is a connection error', seams: refusing(hasStray(SETTINGS)) },
    'window-update': {
      says: 'WINDOW_UPDATE with an undefined flag is a connection error',
      seams: refusing(hasStray(WINDOW_UPDATE)),
    },
    'rst-stream': {
      says: 'RST_STREAM with an undefined flag is a connection error',
      seams: refusing(hasStray(RST_STREAM)),
    },
    priority: { says: 'PRIORITY with an undefined flag is a connection error', seams: refusing(hasStray(PRIORITY)) },
    goaway: { says: 'GOAWAY with an undefined flag is a connection error', seams: refusing(hasStray(GOAWAY)) },
    'highest-flag': {
      says: 'The highest flag is a connection error on every frame',
      seams: refusing((frame) => (strayFlags(frame) & 0x80) !== 0),
    },
  }),
  ...mutantsOf('FRAME-03-reserved-bit-ignored', {
    'another-stream': {
      says: 'The reserved bit of DATA is read as a part of the stream identifier',
      ...onFramesIn((frame) =>
        frame.type === 'DATA' && frame.raw.reserved ? [{ ...frame, streamId: frame.streamId + 2 ** 31 }] : [frame],
      ),
    },
    'field-blocks': {
      says: 'HEADERS and CONTINUATION with the reserved bit are a connection error',
      seams: refusing(hasReserved(HEADERS, CONTINUATION)),
    },
    'stream-0': {
      says: 'Frames of the connection with the reserved bit are a connection error',
      seams: refusing(({ raw }) => raw.reserved && raw.streamId === 0 && raw.type !== GOAWAY),
    },
    'rst-stream': {
      says: 'RST_STREAM and PRIORITY with the reserved bit are a connection error',
      seams: refusing(hasReserved(RST_STREAM, PRIORITY)),
    },
    'window-update-header': {
      says: 'WINDOW_UPDATE on a stream with the reserved bit is a connection error',
      seams: refusing((frame) => hasReserved(WINDOW_UPDATE)(frame) && frame.streamId > 0),
    },
    goaway: { says: 'GOAWAY with the reserved bit is a connection error', seams: refusing(hasReserved(GOAWAY)) },
    increment: {
      says: 'The reserved bit of WINDOW_UPDATE is read as a part of the increment, which then is too large',
      seams: refusing(hasHighBit(WINDOW_UPDATE, 0), errorCodes.FLOW_CONTROL_ERROR),
    },
    'last-stream': {
      says: 'The reserved bit of the last stream of GOAWAY is a connection error',
      seams: refusing(hasHighBit(GOAWAY, 0)),
    },
  }),
  ...mutantsOf('FRAME-12-priority-frame-tolerated', {
    idle: {
      says: 'PRIORITY on an idle stream is a connection error',
      seams: refusing((frame) => frame.type === 'PRIORITY' && frame.streamId > 100),
    },
    closed: {
      says: 'PRIORITY on a stream that was closed is a connection error',
      seams: (wire, server) =>
        refusing(
          (frame) => frame.type === 'PRIORITY' && frame.streamId < 100 && wire.find(frame.streamId) === undefined,
          errorCodes.STREAM_CLOSED,
        )(wire, server),
    },
    'half-closed': {
      says: 'PRIORITY behind the end of a request is a stream error',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (frame.type === 'PRIORITY' && wire.find(frame.streamId)?.remoteEnded !== false)
            wire.reset(frame.streamId, errorCodes.STREAM_CLOSED);
          return [frame];
        }),
      survives: {
        where: 'always',
        reason: 'the server answers at once: its stream is closed when PRIORITY comes, unless it is in the same read',
      },
    },
    opens: {
      says: 'PRIORITY on an idle stream opens it, so that lower ones are refused',
      seams: (wire) => {
        let highest = 0;
        return onFramesIn((frame) => {
          if (frame.type === 'PRIORITY') highest = Math.max(highest, frame.streamId);
          if (frame.type === 'HEADERS' && frame.streamId < highest && wire.find(frame.streamId) === undefined)
            wire.fail(errorCodes.STREAM_CLOSED, 'HEADERS below PRIORITY');
          return [frame];
        });
      },
    },
    'unknown-dependency': {
      says: 'A dependency on a stream that is not open is a connection error',
      seams: (wire, server) =>
        refusing(
          (frame) =>
            frame.type === 'PRIORITY' &&
            frame.priority.dependency > 0 &&
            wire.find(frame.priority.dependency) === undefined,
        )(wire, server),
    },
    exclusive: {
      says: 'Exclusive PRIORITY is a connection error',
      seams: refusing((frame) => frame.type === 'PRIORITY' && frame.priority.exclusive),
    },
    weight: {
      says: 'PRIORITY of weight 256 is a connection error',
      seams: refusing((frame) => frame.type === 'PRIORITY' && frame.priority.weight === 256),
    },
  }),
  ...mutantsOf('FRAME-14-priority-self-dependency', {
    loop: {
      says: 'A stream that depends on itself is looked for without an end',
      seams: deafAfter((frame) => frame.type === 'PRIORITY' && frame.priority.dependency === frame.streamId),
    },
    'open-loop': {
      says: 'An open stream that depends on itself gets no turn',
      seams: (wire, server) =>
        deafAfter(
          (frame) =>
            frame.type === 'PRIORITY' &&
            frame.priority.dependency === frame.streamId &&
            wire.find(frame.streamId)?.remoteEnded === false,
        )(wire, server),
    },
  }),
  ...mutantsOf('FRAME-29-unknown-error-codes', {
    'rst-stream': {
      says: 'RST_STREAM with an undefined code is a connection error',
      seams: refusing((frame) => frame.type === 'RST_STREAM' && isUnknownCode(frame.errorCode)),
    },
    'rst-stream-negative': {
      says: 'A code of RST_STREAM of 2^31 or more is taken for a negative number, and ends the connection',
      seams: refusing((frame) => frame.type === 'RST_STREAM' && frame.errorCode >= 2 ** 31, errorCodes.INTERNAL_ERROR),
    },
    'all-streams': {
      says: 'RST_STREAM with an undefined code ends all streams',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (frame.type === 'RST_STREAM' && isUnknownCode(frame.errorCode))
            for (const { id } of wire.streams()) wire.reset(id, errorCodes.CANCEL);
          return [frame];
        }),
    },
    goaway: {
      says: 'GOAWAY with an undefined code is a connection error',
      seams: refusing((frame) => frame.type === 'GOAWAY' && isUnknownCode(frame.errorCode)),
    },
    'goaway-negative': {
      says: 'A code of GOAWAY of 2^31 or more is a connection error',
      seams: refusing((frame) => frame.type === 'GOAWAY' && frame.errorCode >= 2 ** 31),
    },
  }),
  ...mutantsOf('FRAME-34-priority-update-harmless', {
    refused: {
      says: 'PRIORITY_UPDATE of an open stream is a connection error',
      seams: (wire, server) =>
        refusing((frame) => isUpdate(frame) && wire.find(targetOf(frame)) !== undefined)(wire, server),
    },
    closed: {
      says: 'PRIORITY_UPDATE of a stream that is closed is a connection error',
      seams: (wire, server) => {
        let last = 0;
        return refusing((frame) => {
          if (frame.type === 'HEADERS') last = Math.max(last, frame.streamId);
          const target = targetOf(frame);
          return isUpdate(frame) && target % 2 === 1 && target <= last && wire.find(target) === undefined;
        })(wire, server);
      },
    },
    idle: {
      says: 'PRIORITY_UPDATE of an idle stream opens it',
      seams: (wire) => {
        const named = new Set<number>();
        return onFramesIn((frame) => {
          if (isUpdate(frame) && frame.streamId === 0 && wire.find(targetOf(frame)) === undefined)
            named.add(targetOf(frame));
          if (frame.type === 'HEADERS' && named.has(frame.streamId))
            wire.fail(errorCodes.STREAM_CLOSED, 'HEADERS on a stream that is open');
          return [frame];
        });
      },
    },
    field: {
      says: 'A request with the field priority is never answered',
      seams: () => {
        const lost = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              if (section.fields.some(({ name }) => name === 'priority')) lost.add(section.streamId);
              return section;
            },
          },
          outbound: {
            section: (section) => (lost.has(section.streamId) ? [] : [section]),
            message: (message, { id }) => (lost.has(id) ? [] : [message]),
          },
        };
      },
    },
    short: {
      says: 'PRIORITY_UPDATE that is too short stops the reading of the connection',
      seams: deafAfter((frame) => isUpdate(frame) && frame.raw.payload.length < 4),
    },
    'no-dictionary': {
      says: 'PRIORITY_UPDATE without a Dictionary stops the reading of the connection',
      survives: {
        where: 'without examples',
        reason: 'among generated values few are the one that it looks for',
      },
      seams: deafAfter(
        (frame) => isUpdate(frame) && String.fromCharCode(...frame.raw.payload.subarray(4)).includes('(('),
      ),
    },
    many: {
      says: 'PRIORITY_UPDATE of more streams than there may be stops the reading of the connection',
      seams: (wire, server) => {
        let count = 0;
        return deafAfter((frame) => isUpdate(frame) && ++count > 100)(wire, server);
      },
    },
  }),
  ...mutantsOf('FRAME-19-one-ack-per-settings', {
    'ack-by-any-flag': {
      says: 'SETTINGS with any flag is taken for an acknowledgement',
      provokedBy: ['FRAME-02'],
      ...onFramesIn((frame) =>
        frame.type === 'SETTINGS' && frame.raw.flags !== 0 ? [{ ...frame, ack: true }] : [frame],
      ),
    },
  }),
];
