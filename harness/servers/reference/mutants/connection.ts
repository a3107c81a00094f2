import { settings, settingsAck, windowUpdate } from '../../../wire/builders';
import { flags, frameTypes, type RawFrame } from '../../../wire/frame';
import { settingIds } from '../../../wire/settings';
import type { MakeSeams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { onFramesOf } from './operators';

const isAck = ({ type, flags: set }: RawFrame): boolean => type === frameTypes.SETTINGS && (set & flags.ACK) !== 0;

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

const known: readonly number[] = Object.values(settingIds);

function withSetting(frame: RawFrame, id: number, value: number): RawFrame {
  return { ...frame, payload: Buffer.concat([frame.payload, settings([{ id, value }]).payload]) };
}

/** How a connection begins, and the SETTINGS of both sides. */
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
];
