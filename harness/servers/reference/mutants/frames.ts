import { rawFrame, settings, windowUpdate } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import { flags, frameTypes, type ContinuationFrame, type Frame } from '../../../wire/frame';
import type { MakeSeams, Seams, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn, onFramesOf } from './operators';

/** DATA frames on stream 0 that are passed over. */
const dataOnStream0Lost = (is: (frame: Extract<Frame, { readonly type: 'DATA' }>) => boolean): Seams =>
  onFramesIn((frame) => (frame.type === 'DATA' && frame.streamId === 0 && is(frame) ? [] : [frame]));

/** CONTINUATION frames that come in, otherwise. @param change gets the place of each in its field block, from 1 */
const onContinuation =
  (change: (frame: ContinuationFrame, wire: Wire, number: number) => ContinuationFrame): MakeSeams =>
  (wire) => {
    let number = 0;
    return {
      inbound: {
        frame: (frame) => {
          number = frame.type === 'CONTINUATION' ? number + 1 : 0;
          return [frame.type === 'CONTINUATION' ? change(frame, wire, number) : frame];
        },
      },
    };
  };

/** Frames of all types: how they are read and written, and in which order they may come. */
export const frameMutants: readonly Mutant[] = [
  ...mutantsOf('FRAME-01-unknown-type-ignored', {
    'on-a-stream': {
      says: 'A frame of unknown type on a stream other than 0 is a connection error',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'UNKNOWN' && frame.streamId !== 0)
              wire.fail(errorCodes.PROTOCOL_ERROR, 'unknown frame type');
            return [frame];
          },
        },
      }),
    },
    'on-the-connection': {
      says: 'A frame of unknown type on stream 0 is a connection error',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'UNKNOWN' && frame.streamId === 0)
              wire.fail(errorCodes.PROTOCOL_ERROR, 'unknown frame type');
            return [frame];
          },
        },
      }),
    },
    'resets-its-stream': {
      says: 'A frame of unknown type ends the open stream that it is on',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'UNKNOWN') wire.reset(frame.streamId, errorCodes.PROTOCOL_ERROR);
            return [frame];
          },
        },
      }),
    },
    'end-stream-bit': {
      says: 'A frame of unknown type with the bit of END_STREAM set is taken for an empty DATA frame',
      inbound: {
        frame: (frame) =>
          frame.type === 'UNKNOWN' && frame.streamId !== 0 && (frame.raw.flags & flags.END_STREAM) !== 0
            ? [
                {
                  type: 'DATA',
                  streamId: frame.streamId,
                  endStream: true,
                  data: new Uint8Array(0),
                  flowControlledLength: 0,
                  raw: frame.raw,
                },
              ]
            : [frame],
      },
    },
    'third-in-a-row': {
      says: 'The third frame of unknown type of a connection is a connection error',
      seams: (wire) => {
        let count = 0;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'UNKNOWN' && ++count === 3) wire.fail(errorCodes.PROTOCOL_ERROR, 'unknown types');
              return [frame];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('FRAME-04-max-frame-16384-accepted', {
    'exact-maximum': {
      says: 'A frame of exactly the advertised maximum is refused as too large',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'DATA' && frame.flowControlledLength === 16_384)
              wire.fail(errorCodes.FRAME_SIZE_ERROR, 'frame of 16384 octets');
            return [frame];
          },
        },
      }),
    },
    'exact-maximum-resets': {
      says: 'A DATA frame of exactly the advertised maximum ends its stream',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'DATA' && frame.flowControlledLength === 16_384)
              wire.reset(frame.streamId, errorCodes.FRAME_SIZE_ERROR);
            return [frame];
          },
        },
      }),
    },
    'last-octet-lost': {
      says: 'The last octet of a DATA frame of 16,383 octets or more is lost',
      inbound: {
        frame: (frame) =>
          frame.type === 'DATA' && frame.data.length >= 16_383
            ? [{ ...frame, data: frame.data.subarray(0, -1) }]
            : [frame],
      },
    },
  }),
  ...mutantsOf('FRAME-06-field-block-contiguous', {
    'connection-frames': {
      says: 'Frames on stream 0 are served in the middle of a field block',
      ...leftOut('block-interrupted', ({ streamId }) => streamId === 0),
    },
    'frames-of-its-stream': {
      says: 'Frames on the stream of the field block are served in the middle of it',
      ...leftOut('block-interrupted', ({ streamId }) => streamId === 1),
    },
    'frames-of-other-streams': {
      says: 'Frames on other streams are served in the middle of a field block',
      ...leftOut('block-interrupted', ({ streamId }) => streamId > 1),
      survives: {
        where: 'always',
        reason:
          'the two frames that a test can send there, HEADERS and CONTINUATION on another stream, break other rules of the connection as well',
      },
    },
    'stream-error': {
      says: 'A frame on the stream of the field block in the middle of it ends that stream alone',
      policy: {
        judge: (check, correct, { streamId }) => (check === 'block-interrupted' && streamId === 1 ? 'stream' : correct),
      },
    },
    'unknown-types': {
      says: 'Frames of unknown type are passed over in the middle of a field block',
      inbound: {
        frame: (frame) => (frame.type === 'UNKNOWN' ? [] : [frame]),
      },
    },
  }),
  ...mutantsOf('FRAME-07-data-on-stream-0', {
    ignored: {
      says: 'DATA on stream 0 is passed over',
      ...leftOut('data-stream-0'),
    },
    empty: {
      says: 'DATA on stream 0 is passed over when it is empty',
      ...dataOnStream0Lost(({ data }) => data.length === 0),
    },
    'with-octets': {
      says: 'DATA on stream 0 is passed over when it has octets',
      ...dataOnStream0Lost(({ data }) => data.length > 0),
    },
    'end-stream': {
      says: 'DATA on stream 0 is passed over when it has END_STREAM',
      ...dataOnStream0Lost(({ endStream }) => endStream),
    },
    padded: {
      says: 'DATA on stream 0 is passed over when it is padded',
      ...dataOnStream0Lost(({ data, flowControlledLength }) => flowControlledLength > data.length),
    },
    'beside-a-call': {
      says: 'DATA on stream 0 counts as DATA of the stream that was opened last',
      seams: (wire) =>
        onFramesIn((frame) => {
          const streamId = wire.streams().at(-1)?.id;
          return frame.type === 'DATA' && frame.streamId === 0 && streamId !== undefined
            ? [{ ...frame, streamId }]
            : [frame];
        }),
    },
    answered: {
      says: 'DATA on stream 0 is answered with WINDOW_UPDATE',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (frame.type !== 'DATA' || frame.streamId !== 0) return [frame];
          if (frame.flowControlledLength > 0) wire.send(windowUpdate(0, frame.flowControlledLength));
          return [];
        }),
    },
  }),
  ...mutantsOf('FRAME-23-server-frames-well-formed', {
    'reserved-bit': {
      says: 'The reserved bit of DATA frames is set',
      ...onFramesOf('DATA', (frame) => [{ ...frame, reserved: true }]),
    },
    'undefined-flag': {
      says: 'DATA frames have the flag END_HEADERS',
      ...onFramesOf('DATA', (frame) => [{ ...frame, flags: frame.flags | flags.END_HEADERS }]),
    },
    'window-update-of-3': {
      says: 'WINDOW_UPDATE has three octets',
      provokedBy: ['STREAM-15'],
      ...onFramesOf('WINDOW_UPDATE', (frame) => [{ ...frame, payload: frame.payload.subarray(1) }]),
    },
    'rst-on-stream-0': {
      says: 'A PING of the client is answered by RST_STREAM on stream 0 as well',
      provokedBy: ['KA-01'],
      ...onFramesOf('PING', (frame) => [
        frame,
        rawFrame({ type: frameTypes.RST_STREAM, streamId: 0, payload: new Uint8Array(4) }),
      ]),
    },
    'settings-in-block': {
      says: 'SETTINGS stands between HEADERS and CONTINUATION',
      provokedBy: ['TRAIL-10', 'STATUS-12', 'FLOW-10'],
      outbound: {
        frame: (frame) => {
          const isOpen = frame.type === frameTypes.HEADERS && (frame.flags & flags.END_HEADERS) === 0;
          return isOpen ? [frame, settings([])] : [frame];
        },
      },
    },
  }),
  ...mutantsOf('FRAME-28-continuation-reassembly', {
    'empty-fragment': {
      says: 'An empty CONTINUATION frame is a connection error',
      seams: onContinuation((frame, wire) => {
        if (frame.fragment.length === 0) wire.fail(errorCodes.PROTOCOL_ERROR, 'empty CONTINUATION');
        return frame;
      }),
    },
    'empty-headers': {
      says: 'A HEADERS frame without a fragment is a connection error',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'HEADERS' && frame.fragment.length === 0)
              wire.fail(errorCodes.PROTOCOL_ERROR, 'empty HEADERS');
            return [frame];
          },
        },
      }),
    },
    'fragment-lost': {
      says: 'What the third CONTINUATION frame of a block and those after it hold is lost',
      seams: onContinuation((frame, _wire, number) => (number < 3 ? frame : { ...frame, fragment: new Uint8Array(0) })),
    },
    'four-at-most': {
      says: 'The fifth CONTINUATION frame of a block is a connection error',
      seams: onContinuation((frame, wire, number) => {
        if (number === 5) wire.fail(errorCodes.PROTOCOL_ERROR, 'too many CONTINUATION frames');
        return frame;
      }),
    },
    'end-stream-lost': {
      says: 'END_STREAM of a HEADERS frame that CONTINUATION frames follow is forgotten',
      inbound: {
        frame: (frame) =>
          frame.type === 'HEADERS' && !frame.endHeaders && frame.endStream ? [{ ...frame, endStream: false }] : [frame],
      },
    },
  }),
];
