import { errorCodes } from '../../../wire/error-codes';
import { frameTypes, type Frame } from '../../../wire/frame';
import { settingsAck } from '../../../wire/builders';
import type { Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn } from './operators';

/** Frames of the client that are passed over. */
export const passedOver = (is: (frame: Frame) => boolean): Seams => onFramesIn((frame) => (is(frame) ? [] : [frame]));

/** A frame of that type whose payload cannot be read. */
export const isMalformed =
  (type: number, is: (length: number, frame: Frame) => boolean = () => true) =>
  (frame: Frame): boolean =>
    frame.type === 'MALFORMED' && frame.frameType === type && is(frame.raw.payload.length, frame);

const { GOAWAY, PRIORITY, RST_STREAM, SETTINGS } = frameTypes;
const isAckOf = ({ raw }: Frame): boolean => (raw.flags & 1) !== 0;

export const misplacedFrameMutants: readonly Mutant[] = [
  ...mutantsOf('FRAME-09-headers-on-stream-0', {
    ignored: { says: 'HEADERS on stream 0 is passed over', ...leftOut('headers-stream-0') },
    'without-end-stream': {
      says: 'HEADERS on stream 0 is passed over unless it has END_STREAM',
      ...passedOver((frame) => frame.type === 'HEADERS' && frame.streamId === 0 && !frame.endStream),
    },
    'with-priority': {
      says: 'HEADERS on stream 0 is passed over when it has priority',
      ...passedOver((frame) => frame.type === 'HEADERS' && frame.streamId === 0 && frame.priority !== undefined),
    },
    'next-stream': {
      says: 'HEADERS on stream 0 opens the next stream',
      seams: () => {
        let last = 0;
        return onFramesIn((frame) => {
          last = Math.max(last, frame.streamId);
          return frame.type === 'HEADERS' && frame.streamId === 0
            ? [{ ...frame, streamId: last + (last % 2) + 1 }]
            : [frame];
        });
      },
    },
  }),
  ...mutantsOf('FRAME-13-priority-malformed', {
    'stream-0': { says: 'PRIORITY on stream 0 is passed over', ...leftOut('priority-stream-0') },
    short: {
      says: 'PRIORITY of less than five octets is passed over',
      ...passedOver(isMalformed(PRIORITY, (length) => length < 5)),
    },
    long: {
      says: 'PRIORITY of more than five octets is read as far as its fields go',
      ...passedOver(isMalformed(PRIORITY, (length) => length > 5)),
    },
    empty: {
      says: 'PRIORITY without octets is passed over',
      ...passedOver(isMalformed(PRIORITY, (length) => length === 0)),
    },
    'half-closed': {
      says: 'PRIORITY of a wrong length is passed over on a stream whose request has ended',
      seams: (wire) =>
        passedOver(isMalformed(PRIORITY, (_, { streamId }) => wire.find(streamId)?.remoteEnded === true)),
    },
  }),
  ...mutantsOf('FRAME-15-rst-stream-malformed', {
    'stream-0': { says: 'RST_STREAM on stream 0 is passed over', ...leftOut('rst-stream-0') },
    short: {
      says: 'RST_STREAM of less than four octets is passed over',
      ...passedOver(isMalformed(RST_STREAM, (length) => length < 4)),
    },
    long: {
      says: 'RST_STREAM of more than four octets ends its stream like one of four',
      ...onFramesIn((frame) =>
        isMalformed(RST_STREAM, (length) => length > 4)(frame)
          ? [{ type: 'RST_STREAM', streamId: frame.streamId, errorCode: errorCodes.CANCEL, raw: frame.raw }]
          : [frame],
      ),
    },
    'stream-error': {
      says: 'RST_STREAM of a wrong length ends its stream alone',
      policy: {
        judge: (check, correct, { reason }) =>
          check === 'malformed-frame' && reason.endsWith('must be 4') ? 'stream' : correct,
      },
    },
  }),
  ...mutantsOf('FRAME-16-settings-malformed', {
    'ack-with-payload': {
      says: 'An acknowledgement with octets is taken for one without',
      ...onFramesIn((frame) =>
        isMalformed(SETTINGS, () => isAckOf(frame))(frame)
          ? [{ type: 'SETTINGS', streamId: frame.streamId, ack: true, settings: [], raw: frame.raw }]
          : [frame],
      ),
    },
    'ack-with-parameters': {
      says: 'An acknowledgement with whole parameters is passed over',
      ...passedOver(isMalformed(SETTINGS, (length, frame) => isAckOf(frame) && length % 6 === 0)),
    },
    'on-a-stream': { says: 'SETTINGS on a stream is taken', ...leftOut('settings-on-stream') },
    'ack-on-a-stream': {
      says: 'An acknowledgement on a stream is taken',
      ...passedOver((frame) => frame.type === 'SETTINGS' && frame.ack && frame.streamId !== 0),
    },
    'on-an-open-stream': {
      says: 'SETTINGS on a stream that is open is passed over',
      seams: (wire) =>
        passedOver((frame) => frame.type === 'SETTINGS' && !frame.ack && wire.find(frame.streamId) !== undefined),
    },
    length: {
      says: 'What is too much in SETTINGS for whole parameters is cut off, and the rest acknowledged',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (!isMalformed(SETTINGS, () => !isAckOf(frame))(frame)) return [frame];
          wire.send(settingsAck());
          return [];
        }),
    },
    'less-than-one': {
      says: 'SETTINGS of less than one parameter is passed over',
      ...passedOver(isMalformed(SETTINGS, (length, frame) => !isAckOf(frame) && length < 6)),
    },
  }),
  ...mutantsOf('FRAME-25-push-promise-from-client', {
    ignored: { says: 'PUSH_PROMISE is passed over', ...leftOut('push-promise') },
    'stream-0': {
      says: 'PUSH_PROMISE on stream 0 is passed over',
      ...leftOut('push-promise', ({ streamId }) => streamId === 0),
    },
    'of-even-streams': {
      says: 'PUSH_PROMISE of an even stream is passed over',
      ...passedOver((frame) => frame.type === 'PUSH_PROMISE' && frame.promisedStreamId % 2 === 0),
    },
    'on-open-streams': {
      says: 'PUSH_PROMISE is an error on idle streams alone',
      seams: (wire) => passedOver((frame) => frame.type === 'PUSH_PROMISE' && wire.find(frame.streamId) !== undefined),
    },
    'stream-error': {
      says: 'PUSH_PROMISE on an open stream ends that stream alone',
      policy: {
        judge: (check, correct, { streamId }) => (check === 'push-promise' && streamId > 0 ? 'stream' : correct),
      },
    },
  }),
  ...mutantsOf('FRAME-26-goaway-malformed', {
    'on-a-stream': { says: 'GOAWAY on a stream is taken', ...leftOut('goaway-on-stream') },
    'on-an-open-stream': {
      says: 'GOAWAY on a stream that is open is passed over',
      seams: (wire) => passedOver((frame) => frame.type === 'GOAWAY' && wire.find(frame.streamId) !== undefined),
    },
    short: { says: 'GOAWAY of less than eight octets is passed over', ...passedOver(isMalformed(GOAWAY)) },
    'without-a-code': {
      says: 'GOAWAY of four to seven octets is taken, as if it had an error code',
      ...passedOver(isMalformed(GOAWAY, (length) => length >= 4)),
    },
    empty: {
      says: 'GOAWAY without octets is passed over',
      ...passedOver(isMalformed(GOAWAY, (length) => length === 0)),
    },
  }),
  ...mutantsOf('FRAME-27-continuation-misplaced', {
    'outside-a-block': {
      says: 'CONTINUATION outside a field block is passed over',
      seams: blocksAside((_frame, isOpen) => !isOpen),
    },
    'stream-0': {
      says: 'CONTINUATION on stream 0 is passed over inside a field block',
      seams: blocksAside((frame, isOpen) => isOpen && frame.streamId === 0),
    },
    'without-octets': {
      says: 'CONTINUATION without octets is passed over outside a field block',
      seams: blocksAside((frame, isOpen) => !isOpen && frame.raw.payload.length === 0),
    },
    'on-open-streams': {
      says: 'CONTINUATION is passed over behind the whole field block of a stream that is open',
      seams: (wire, server) =>
        blocksAside((frame, isOpen) => !isOpen && wire.find(frame.streamId) !== undefined)(wire, server),
    },
    'on-closed-streams': {
      says: 'CONTINUATION is passed over on streams that were closed',
      seams: (wire, server) => {
        let last = 0;
        return blocksAside((frame, isOpen) => {
          last = Math.max(last, frame.type === 'HEADERS' ? frame.streamId : 0);
          return !isOpen && frame.streamId > 0 && frame.streamId <= last && wire.find(frame.streamId) === undefined;
        })(wire, server);
      },
    },
    'idle-streams': {
      says: 'CONTINUATION on an idle stream is taken for HEADERS',
      seams: () => {
        let last = 0;
        return onFramesIn((frame) => {
          const isIdle = frame.streamId > last && frame.streamId % 2 === 1;
          last = Math.max(last, frame.streamId);
          if (frame.type !== 'CONTINUATION' || !isIdle) return [frame];
          const { streamId, fragment, endHeaders, raw } = frame;
          return [{ type: 'HEADERS', streamId, fragment, endHeaders, endStream: false, raw }];
        });
      },
    },
  }),
];

/** CONTINUATION frames that are passed over. @param is gets every frame, and whether a field block is open before it */
function blocksAside(is: (frame: Frame, isOpen: boolean) => boolean): NonNullable<Mutant['seams']> {
  return () => {
    let isOpen = false;
    return onFramesIn((frame) => {
      const isPassedOver = is(frame, isOpen) && frame.type === 'CONTINUATION';
      if (isPassedOver) return [];
      if (frame.type === 'HEADERS' || frame.type === 'CONTINUATION') isOpen = !frame.endHeaders;
      return [frame];
    });
  };
}
