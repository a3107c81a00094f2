import { goaway, ping } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import { settingIds } from '../../../wire/settings';

import { flags, frameTypes, type Frame, type PingFrame, type RawFrame } from '../../../wire/frame';
import type { MakeSeams, Seams, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn, onFramesOf, scoped, whenFrame } from './operators';
import { followConnection } from './windows';

const mebibyte = 1_048_576;

const isAck = (frame: RawFrame): boolean => (frame.flags & flags.ACK) !== 0;

/** ACKs of PING on their way out, otherwise. */
const onAcks = (change: (frame: RawFrame) => readonly RawFrame[]): Seams =>
  onFramesOf('PING', (frame) => (isAck(frame) ? change(frame) : [frame]));

/** PINGs with ACK that come in. */
const whenAcked = (act: (frame: PingFrame, wire: Wire) => void): MakeSeams =>
  whenFrame('PING', (frame, wire) => {
    if (frame.type === 'PING' && frame.ack) act(frame, wire);
  });

/** PINGs that are not as they should be, as if nothing were wrong with them. */
const passedOver = (is: (frame: Frame) => boolean): Seams => onFramesIn((frame) => (is(frame) ? [] : [frame]));

const isMalformedPing = (frame: Frame): frame is Frame & { readonly type: 'MALFORMED' } =>
  frame.type === 'MALFORMED' && frame.frameType === frameTypes.PING;

interface Strikes {
  /** What takes them back. */
  readonly forgives?: { readonly sections?: boolean; readonly messages?: (message: Uint8Array) => boolean };
  /** How many PINGs are one too many, and what then happens. */
  readonly at: number;
  readonly act: (wire: Wire) => void;
}

/** A server that counts the PINGs of a connection. */
const counting =
  ({ forgives = { sections: true, messages: () => true }, at, act }: Strikes): MakeSeams =>
  (wire) => {
    let strikes = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'PING' && !frame.ack && ++strikes === at) act(wire);
          return [frame];
        },
      },
      outbound: {
        section: (section) => {
          if (forgives.sections === true) strikes = 0;
          return [section];
        },
        message: (message) => {
          if (forgives.messages?.(message) === true) strikes = 0;
          return [message];
        },
      },
    };
  };

const refuse =
  (errorCode: number = errorCodes.ENHANCE_YOUR_CALM, text = 'too_many_pings') =>
  (wire: Wire): void =>
    wire.fail(errorCode, text);

/** Strikes that a connection is allowed, as grpc-go and grpc-java count them. */
const tooMany = 4;

/** PINGs that a server misreads, keeps waiting, or counts wrongly. */
export const pingMutants: readonly Mutant[] = [
  ...mutantsOf('KA-01-ping-echo', {
    'highest-bit': {
      says: 'The first octet of a PING comes back without its highest bit',
      ...onAcks((frame) => [
        { ...frame, payload: frame.payload.map((octet, at) => (at === 0 ? octet & 0x7f : octet)) },
      ]),
    },
    'last-octet': {
      says: 'The last octet of a PING comes back as 0',
      ...onAcks((frame) => [{ ...frame, payload: frame.payload.map((octet, at) => (at === 7 ? 0 : octet)) }]),
    },
    twice: { says: 'A PING is answered twice', ...onAcks((frame) => [frame, frame]) },
    'while-waiting': {
      says: 'A PING is not answered while a stream is open',
      seams: (wire) => onAcks((frame) => (wire.streams().length > 0 ? [] : [frame])),
    },
    'good-bye': {
      says: 'A PING is answered by the end of the connection, in good order',
      seams: (wire) => onAcks(() => (wire.fail(errorCodes.NO_ERROR, ''), [])),
    },
    'without-ack': {
      says: 'A PING is answered by a PING without ACK',
      ...onAcks((frame) => [ping(frame.payload)]),
    },
    'second-not': {
      says: 'The second PING of a connection is not answered',
      seams: () => {
        let count = 0;
        return onAcks((frame) => (++count === 2 ? [] : [frame]));
      },
    },
  }),
  ...mutantsOf('KA-02-ping-ack-ignored', {
    'answers-acks': {
      says: 'A PING with ACK is answered by another one',
      seams: whenAcked(({ opaque }, wire) => wire.send(ping(opaque, { ack: true }))),
    },
    'answers-zeros': {
      says: 'A PING with ACK whose octets are zero is answered by another one',
      seams: whenAcked(({ opaque }, wire) => {
        if (opaque.every((octet) => octet === 0)) wire.send(ping(opaque, { ack: true }));
      }),
    },
    'takes-for-known': {
      says: 'A PING whose octets have come with ACK before is not answered',
      seams: () => {
        const seen = new Set<string>();
        return onFramesIn((frame) => {
          if (frame.type !== 'PING') return [frame];
          const octets = frame.opaque.join();
          if (frame.ack) seen.add(octets);
          return !frame.ack && seen.has(octets) ? [] : [frame];
        });
      },
    },
    'beside-a-call': {
      says: 'A PING with ACK is answered by another one while a stream is open',
      seams: whenAcked(({ opaque }, wire) => {
        if (wire.streams().length > 0) wire.send(ping(opaque, { ack: true }));
      }),
    },
    'connection-error': {
      says: 'A PING with ACK that answers none is a connection error',
      seams: whenAcked((_, wire) => wire.fail(errorCodes.PROTOCOL_ERROR, 'an ACK of no PING')),
    },
  }),
  ...mutantsOf('KA-03-ping-malformed', {
    'stream-ignored': {
      says: 'The stream of a PING is not looked at',
      ...leftOut('ping-on-stream'),
    },
    'first-stream-ignored': {
      says: 'A PING on stream 1 is taken for one of the connection',
      ...leftOut('ping-on-stream', ({ streamId }) => streamId === 1),
    },
    'stream-error': {
      says: 'A PING on a stream is an error of that stream',
      ...scoped('ping-on-stream', 'stream'),
    },
    'length-ignored': {
      says: 'PINGs of another length than 8 are passed over',
      ...passedOver(isMalformedPing),
    },
    'long-cut': {
      says: 'Of a PING of more than 8 octets the first 8 are answered',
      ...onFramesIn((frame) => {
        if (!isMalformedPing(frame) || frame.streamId !== 0 || frame.raw.payload.length < 8) return [frame];
        const opaque = frame.raw.payload.subarray(0, 8);
        return [{ type: 'PING', streamId: 0, ack: isAck(frame.raw), opaque, raw: frame.raw }];
      }),
    },
    'acks-unchecked': {
      says: 'A PING with ACK is passed over whatever is wrong with it',
      ...passedOver((frame) => (frame.type === 'PING' && frame.ack) || (isMalformedPing(frame) && isAck(frame.raw))),
    },
  }),
  ...mutantsOf('KA-04-ping-not-flow-controlled', {
    'stream-window': {
      says: 'PINGs are not answered while the window of a stream is used up',
      seams: (wire) => onAcks((frame) => (wire.streams().some(({ sendWindow }) => sendWindow <= 0) ? [] : [frame])),
    },
    'connection-window': {
      says: 'PINGs are not answered while the connection window is used up',
      seams: () => {
        const connection = followConnection();
        return {
          ...connection.seams,
          outbound: {
            frame: (frame) => {
              const isHeld = frame.type === frameTypes.PING && isAck(frame) && connection.left() <= 0;
              return isHeld ? [] : (connection.seams.outbound?.frame?.(frame) ?? [frame]);
            },
          },
        };
      },
    },
    'behind-data': {
      says: 'A PING during a download is answered when 5 MiB more have left, or the stream has ended',
      seams: (wire) => {
        const held: RawFrame[] = [];
        let hasLargeWindows = false;
        let sent = 0;
        return {
          inbound: {
            frame: (frame) => {
              // Told by what the client wants, since how much of a window is left at a moment is a race.
              if (frame.type === 'SETTINGS')
                hasLargeWindows ||= frame.settings.some(
                  ({ id, value }) => id === settingIds.INITIAL_WINDOW_SIZE && value >= mebibyte,
                );
              return [frame];
            },
          },
          outbound: {
            frame: (frame) => {
              if (frame.type === frameTypes.DATA && held.length > 0) sent += frame.payload.length;
              const isHeld = hasLargeWindows && wire.streams().length > 0;
              if (frame.type === frameTypes.PING && isAck(frame) && isHeld) {
                held.push(frame);
                return [];
              }
              const isOver = sent > 5 * mebibyte || frame.type === frameTypes.HEADERS;
              if (isOver) sent = 0;
              return isOver ? [frame, ...held.splice(0)] : [frame];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('KA-05-too-many-pings', {
    'another-code': {
      says: 'Too many PINGs are a PROTOCOL_ERROR',
      seams: counting({ at: tooMany, act: refuse(errorCodes.PROTOCOL_ERROR) }),
    },
    'another-text': {
      says: 'Too many PINGs end in GOAWAY(ENHANCE_YOUR_CALM) with other debug data',
      seams: counting({ at: tooMany, act: refuse(errorCodes.ENHANCE_YOUR_CALM, 'calm down') }),
    },
    'second-ping': {
      says: 'The second PING without traffic in between ends in GOAWAY(ENHANCE_YOUR_CALM)',
      seams: counting({ at: 2, act: refuse() }),
    },
    'stays-open': {
      says: 'Too many PINGs bring GOAWAY(ENHANCE_YOUR_CALM), and the connection goes on',
      seams: counting({
        at: tooMany,
        act: (wire) => wire.send(goaway(0, errorCodes.ENHANCE_YOUR_CALM, Buffer.from('too_many_pings'))),
      }),
    },
    'without-goaway': {
      says: 'Too many PINGs close the connection without a word',
      seams: counting({ at: tooMany, act: (wire) => wire.drop() }),
    },
    'acks-count': {
      says: 'The second ACK of a PING that the server has sent counts as too many PINGs',
      provokedBy: ['RPC-01'],
      seams: (wire) => {
        let acks = 0;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'HEADERS') for (const octet of [1, 2]) wire.send(ping(new Uint8Array(8).fill(octet)));
              if (frame.type === 'PING' && frame.ack && ++acks === 2) refuse()(wire);
              return [frame];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('KA-06-pings-forgiven-by-traffic', {
    'never-forgiven': {
      says: 'The tenth PING of a connection ends it, whatever the server has sent in between',
      seams: counting({ forgives: {}, at: 10, act: refuse() }),
    },
    'headers-alone': {
      says: 'The fourth PING in a row ends a connection, also with DATA in between',
      seams: counting({ forgives: { sections: true }, at: tooMany, act: refuse() }),
    },
    'large-messages-alone': {
      says: 'The tenth PING of a connection ends it unless messages of 1,000 octets have left in between',
      seams: counting({ forgives: { messages: ({ length }) => length >= 1000 }, at: 10, act: refuse() }),
    },
    unanswered: {
      says: 'The eighth PING of a connection and those behind it are not answered',
      seams: () => {
        let count = 0;
        return onAcks((frame) => (++count >= 8 ? [] : [frame]));
      },
    },
  }),
];
