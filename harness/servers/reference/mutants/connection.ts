import { errorCodes } from '../../../wire/error-codes';
import { flags, frameTypes, type ContinuationFrame, type Frame, type RawFrame } from '../../../wire/frame';
import { rawFrame, settings, settingsAck, windowUpdate } from '../../../wire/builders';
import { settingIds } from '../../../wire/settings';
import type { MakeSeams, Seams, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn, onFramesOf } from './operators';

const isAck = ({ type, flags: set }: RawFrame): boolean => type === frameTypes.SETTINGS && (set & flags.ACK) !== 0;

/** DATA frames on stream 0 that are passed over. */
const dataOnStream0Lost = (is: (frame: Extract<Frame, { readonly type: 'DATA' }>) => boolean): Seams =>
  onFramesIn((frame) => (frame.type === 'DATA' && frame.streamId === 0 && is(frame) ? [] : [frame]));

/** Holds the first SETTINGS of the server back. @param release decides when another frame goes out, and where: before it, after it, or not yet */
const heldSettings =
  (release: (next: RawFrame, listed: number) => 'before' | 'after' | 'later'): MakeSeams =>
  () => {
    let held: RawFrame | undefined;
    let isFirst = true;
    let listed = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'SETTINGS' && !frame.ack) listed = frame.settings.length;
          return [frame];
        },
      },
      outbound: {
        frame: (frame) => {
          if (isFirst) {
            isFirst = false;
            held = frame;
            return [];
          }
          const when = held === undefined ? 'later' : release(frame, listed);
          if (held === undefined || when === 'later') return [frame];
          const settled = held;
          held = undefined;
          return when === 'before' ? [settled, frame] : [frame, settled];
        },
      },
    };
  };

/** Acknowledgements of the SETTINGS of a client, otherwise. @param change gets the settings that are acknowledged */
const acknowledging =
  (change: (ack: RawFrame, ids: readonly number[], index: number) => readonly RawFrame[]): MakeSeams =>
  () => {
    const lists: (readonly number[])[] = [];
    let index = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'SETTINGS' && !frame.ack) lists.push(frame.settings.map(({ id }) => id));
          return [frame];
        },
      },
      outbound: { frame: (frame) => (isAck(frame) ? change(frame, lists.shift() ?? [], index++) : [frame]) },
    };
  };

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

const known: readonly number[] = Object.values(settingIds);

export const connectionMutants: readonly Mutant[] = [
  ...mutantsOf('CONN-01-settings-first', {
    'after-ack': {
      says: 'SETTINGS waits for the preface of the client and goes after the acknowledgement when the client sets two or more parameters',
      seams: heldSettings((next, listed) => (isAck(next) && listed >= 2 ? 'after' : 'before')),
    },
    'with-ack-flag': {
      says: 'The first SETTINGS is empty and has the flag ACK; the parameters follow',
      seams: () => {
        let isFirst = true;
        return {
          outbound: {
            frame: (frame) => {
              const frames = isFirst ? [settingsAck(), frame] : [frame];
              isFirst = false;
              return frames;
            },
          },
        };
      },
    },
    'on-a-stream': {
      says: 'The first SETTINGS is on stream 1',
      seams: () => {
        let isFirst = true;
        return {
          outbound: {
            frame: (frame) => {
              const frames = [isFirst ? { ...frame, streamId: 1 } : frame];
              isFirst = false;
              return frames;
            },
          },
        };
      },
    },
    'after-window-update': {
      says: 'WINDOW_UPDATE of the connection goes before SETTINGS',
      seams: () => {
        let isFirst = true;
        return {
          outbound: {
            frame: (frame) => {
              const frames = isFirst ? [windowUpdate(0, 1000), frame] : [frame];
              isFirst = false;
              return frames;
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('CONN-03-invalid-magic', {
    'tail-not-compared': {
      says: 'Only the first 16 octets of the preface are compared',
      policy: { prefaceCompared: 16 },
    },
    'last-octet-not-compared': {
      says: 'The last octet of the preface is not compared',
      policy: { prefaceCompared: 23 },
    },
    'not-compared': { says: 'The first 24 octets are skipped, whatever they are', policy: { prefaceCompared: 0 } },
  }),
  ...mutantsOf('CONN-05-settings-acknowledged', {
    'unknown-identifier': {
      says: 'A SETTINGS frame with an unknown identifier is not acknowledged',
      seams: acknowledging((ack, ids) => (ids.some((id) => !known.includes(id)) ? [] : [ack])),
    },
    empty: {
      says: 'An empty SETTINGS frame is not acknowledged',
      seams: acknowledging((ack, ids) => (ids.length === 0 ? [] : [ack])),
    },
    many: {
      says: 'A SETTINGS frame of more than eight parameters is not acknowledged',
      seams: acknowledging((ack, ids) => (ids.length > 8 ? [] : [ack])),
    },
    'with-payload': {
      says: 'The acknowledgement of two or more parameters has a payload',
      seams: acknowledging((ack, ids) => [
        ids.length < 2
          ? ack
          : { ...ack, payload: settings([{ id: settingIds.MAX_FRAME_SIZE, value: 16_384 }]).payload },
      ]),
    },
  }),
  ...mutantsOf('FRAME-19-one-ack-per-settings', {
    twice: {
      says: 'A SETTINGS frame is acknowledged twice when it has two or more parameters',
      provokedBy: ['CONN-05', 'CONN-01'],
      seams: acknowledging((ack, ids) => (ids.length >= 2 ? [ack, ack] : [ack])),
    },
    'per-parameter': {
      says: 'Each parameter of a SETTINGS frame is acknowledged by itself, and a frame without any once',
      provokedBy: ['CONN-05', 'CONN-01'],
      seams: acknowledging((ack, ids) => (ids.length === 0 ? [ack] : ids.map(() => ack))),
    },
    'ack-of-ack': {
      says: 'The acknowledgement of the client is acknowledged',
      provokedBy: ['CONN-05', 'CONN-01', 'RPC-01'],
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type === 'SETTINGS' && frame.ack) wire.send(settingsAck());
            return [frame];
          },
        },
      }),
    },
  }),
  ...mutantsOf('FRAME-22-server-settings-legal', {
    'enable-push': {
      says: 'SETTINGS of the server say ENABLE_PUSH 1',
      provokedBy: ['RPC-01'],
      ...onFramesOf('SETTINGS', (frame) => [isAck(frame) ? frame : withSetting(frame, settingIds.ENABLE_PUSH, 1)]),
    },
    'max-frame-size-0': {
      says: 'SETTINGS of the server say MAX_FRAME_SIZE 0',
      provokedBy: ['RPC-01'],
      ...onFramesOf('SETTINGS', (frame) => [isAck(frame) ? frame : withSetting(frame, settingIds.MAX_FRAME_SIZE, 0)]),
    },
    'max-frame-size-one-less': {
      says: 'SETTINGS of the server say MAX_FRAME_SIZE 16,383',
      provokedBy: ['RPC-01'],
      ...onFramesOf('SETTINGS', (frame) => [
        isAck(frame) ? frame : withSetting(frame, settingIds.MAX_FRAME_SIZE, 16_383),
      ]),
    },
    'max-frame-size-one-more': {
      says: 'SETTINGS of the server say MAX_FRAME_SIZE 16,777,216',
      provokedBy: ['RPC-01'],
      ...onFramesOf('SETTINGS', (frame) => [
        isAck(frame) ? frame : withSetting(frame, settingIds.MAX_FRAME_SIZE, 16_777_216),
      ]),
    },
    'initial-window-one-more': {
      says: 'SETTINGS of the server say INITIAL_WINDOW_SIZE 2^31',
      provokedBy: ['RPC-01'],
      ...onFramesOf('SETTINGS', (frame) => [
        isAck(frame) ? frame : withSetting(frame, settingIds.INITIAL_WINDOW_SIZE, 2 ** 31),
      ]),
    },
  }),
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
      provokedBy: ['RESP-08', 'TRAIL-08', 'REQ-24'],
      outbound: {
        frame: (frame) => {
          const isOpen = frame.type === frameTypes.HEADERS && (frame.flags & flags.END_HEADERS) === 0;
          return isOpen ? [frame, settings([])] : [frame];
        },
      },
      survives: {
        where: 'always',
        reason: 'no experiment asks for a field block that needs CONTINUATION: echoed values are of 4 KiB at most',
      },
    },
  }),
];

function withSetting(frame: RawFrame, id: number, value: number): RawFrame {
  return { ...frame, payload: Buffer.concat([frame.payload, settings([{ id, value }]).payload]) };
}
