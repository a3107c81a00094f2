import { rawFrame, rstStream, goaway } from '../../../wire/builders';
import { FrameDecoder } from '../../../wire/decode-frames';
import { errorCodes } from '../../../wire/error-codes';
import { interpretFrame, type Frame, type RawFrame } from '../../../wire/frame';
import { connectionPreface } from '../../../wire/preface';
import type { Policy } from '../policy';
import type { MakeSeams, Seams, ServerState, Wire } from '../seams';
import { passedOver } from './misplaced-frames';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn, onFramesOf } from './operators';

type TakeRead = Policy['takeRead'];
const reading = (takeRead: TakeRead): Seams => ({ policy: { takeRead } });

/** The first frame of a client is passed over when it is such a one. */
const firstPassedOver =
  (is: (frame: Frame) => boolean): MakeSeams =>
  () => {
    let isFirst = true;
    return onFramesIn((frame) => {
      const isPassedOver = isFirst && is(frame);
      isFirst &&= isPassedOver;
      return isPassedOver ? [] : [frame];
    });
  };

const isGoaway = (frame: RawFrame, is: (errorCode: number) => boolean): boolean => {
  const read = interpretFrame(frame);
  return read.type === 'GOAWAY' && read.errorCode !== errorCodes.NO_ERROR && is(read.errorCode);
};

/** What a connection error does to the other connections of the server. */
const spreading =
  (is: (errorCode: number) => boolean, suffer: (wire: Wire) => void): MakeSeams =>
  (wire, server) => {
    let known = server.leaked.length;
    return {
      inbound: {
        frame: (frame) => {
          if (server.leaked.length > known) suffer(wire);
          known = server.leaked.length;
          return [frame];
        },
      },
      outbound: {
        frame: (frame) => {
          if (isGoaway(frame, is)) known = server.leaked.push(new Uint8Array(0));
          return [frame];
        },
      },
    };
  };

/** One buffer of the server for what is not whole: what a connection leaves in it spoils the next. @param is what is left there matters */
const sharedBuffer =
  (is: (pending: number) => boolean): MakeSeams =>
  (_wire: Wire, server: ServerState) => {
    const decoder = new FrameDecoder();
    const own = new Uint8Array(1);
    let seen = 0;
    return reading((octets, { prefaceSeen }) => {
      const isFirst = prefaceSeen === 0 && seen === 0;
      seen += octets.length;
      const isSpoiled = isFirst && server.leaked.some((one) => one !== own);
      const behind = Math.max(0, Math.min(octets.length, connectionPreface.length - prefaceSeen));
      decoder.push(octets.subarray(behind));
      const at = server.leaked.indexOf(own);
      if (is(decoder.pending) && at === -1) server.leaked.push(own);
      if (!is(decoder.pending) && at !== -1) server.leaked.splice(at, 1);
      return isSpoiled ? octets.subarray(1) : octets;
    });
  };

/** `HTTP/1.1 101 ` and what follows, as the octets of a frame: nine of them are where its header is. */
const switching = (fields: string): RawFrame =>
  rawFrame({
    type: 'P'.charCodeAt(0),
    flags: '/'.charCodeAt(0),
    streamId: Buffer.from('1.1 ').readUInt32BE(),
    length: Buffer.from('HTT').readUIntBE(0, 3),
    payload: Buffer.from(`101 Switching Protocols\r\n${fields}\r\n`, 'latin1'),
  });

/** Answers requests of HTTP/1.1 by 101. */
const upgrading =
  (is: (request: string) => boolean, fields: string): MakeSeams =>
  (wire) =>
    reading((octets, { prefaceSeen }) => {
      if (prefaceSeen === 0 && is(Buffer.from(octets).toString('latin1'))) wire.send(switching(fields));
      return octets;
    });

const upgradeToH2c = 'Connection: Upgrade\r\nUpgrade: h2c\r\n';

/** Milliseconds in which nothing comes. */
const idling = 900;

/** Does something when a frame comes after a while in which none came, and passes over all that comes from then on. @param besideSilence only where another client has said nothing yet */
const afterIdling =
  (act: (wire: Wire) => void, besideSilence = false): MakeSeams =>
  (wire, server) => {
    const own = new Uint8Array(0);
    let last: number | undefined;
    let isOver = false;
    server.leaked.push(own);
    return onFramesIn((frame) => {
      const now = Date.now();
      const at = server.leaked.indexOf(own);
      if (at !== -1) server.leaked.splice(at, 1);
      const isIdle = last !== undefined && now - last > idling && (!besideSilence || server.leaked.length > 0);
      last = now;
      if (isIdle && !isOver) {
        isOver = true;
        act(wire);
      }
      return isOver ? [] : [frame];
    });
  };

/** Why mutants live now and then whose wrong depends on what one read of a socket brings. */
const inPieces = 'whether pieces come in reads of their own is up to the machine when it is busy';

export const strangerMutants: readonly Mutant[] = [
  ...mutantsOf('CONN-02-preface-any-segmentation', {
    'preface-in-pieces': {
      says: 'A preface that comes in two reads or more is no preface',
      survives: { where: 'always', reason: inPieces },
      ...reading((octets, { prefaceSeen }) =>
        prefaceSeen === 0 && octets.length < connectionPreface.length ? new Uint8Array(octets.length) : octets,
      ),
    },
    'behind-the-settings': {
      says: 'What comes in one read with the preface and goes on behind SETTINGS is lost',
      ...reading((octets, { prefaceSeen }) => {
        if (prefaceSeen > 0 || octets.length < connectionPreface.length + 9) return octets;
        const length = Buffer.from(octets).readUIntBE(connectionPreface.length, 3);
        return octets.subarray(0, connectionPreface.length + 9 + length);
      }),
    },
    'header-in-pieces': {
      says: 'A frame header that comes in two reads is read wrongly',
      survives: { where: 'always', reason: inPieces },
      ...reading((octets, { pending }) => (pending > 0 && pending < 9 ? octets.subarray(1) : octets)),
    },
    'payload-in-pieces': {
      says: 'A payload that comes in two reads lacks an octet',
      survives: { where: 'always', reason: inPieces },
      ...reading((octets, { pending }) => (pending > 9 ? octets.subarray(1) : octets)),
    },
  }),
  ...mutantsOf('CONN-04-first-frame-not-settings', {
    any: { says: 'Any frame may come first', ...leftOut('first-frame') },
    ping: { says: 'PING may come first', seams: firstPassedOver((frame) => frame.type === 'PING') },
    'window-update': {
      says: 'WINDOW_UPDATE may come first',
      seams: firstPassedOver((frame) => frame.type === 'WINDOW_UPDATE'),
    },
    'unknown-type': {
      says: 'A frame of unknown type may come first',
      seams: firstPassedOver((frame) => frame.type === 'UNKNOWN'),
    },
    'on-a-stream': {
      says: 'The first SETTINGS may be on a stream',
      seams: firstPassedOver((frame) => frame.type === 'SETTINGS' && frame.streamId > 0),
    },
    priority: {
      says: 'PRIORITY and RST_STREAM may come first',
      ...passedOver((frame) => frame.type === 'PRIORITY' || frame.type === 'RST_STREAM'),
    },
    request: {
      says: 'A request may come first',
      ...leftOut('first-frame', ({ streamId }) => streamId > 0),
    },
  }),
  ...mutantsOf('CONN-06-partial-input-then-close', {
    'frame-left-behind': {
      says: 'The beginning of a frame that a connection leaves behind spoils the next connection',
      seams: sharedBuffer((pending) => pending > 0),
    },
    'header-left-behind': {
      says: 'The beginning of a frame header that a connection leaves behind spoils the next connection',
      seams: sharedBuffer((pending) => pending > 0 && pending < 9),
    },
    'payload-left-behind': {
      says: 'The beginning of a payload that a connection leaves behind spoils the next connection',
      seams: sharedBuffer((pending) => pending > 9),
    },
  }),
  ...mutantsOf('CONN-07-http1-on-port', {
    'switches-always': {
      says: 'Every request of HTTP/1.1 is answered by 101 to h2c',
      seams: upgrading((request) => request.includes('HTTP/1.1'), upgradeToH2c),
    },
    'switches-any-upgrade': {
      says: 'A request for another protocol than h2c is answered by 101 to h2c',
      seams: upgrading((request) => request.includes('websocket'), upgradeToH2c),
    },
    'switches-without-fields': {
      says: 'The 101 to a request for h2c lacks the field Upgrade',
      seams: upgrading((request) => request.includes('Upgrade: h2c'), 'Connection: Upgrade\r\n'),
    },
  }),
  ...mutantsOf('CONN-08-connection-error-closes', {
    'stays-open': {
      says: 'A connection stays open behind the GOAWAY of an error',
      policy: { closesAfterError: () => false },
    },
    'waits-for-streams': {
      says: 'A connection with open streams stays open behind the GOAWAY of an error',
      policy: { closesAfterError: (open) => open === 0 },
    },
    'idle-stays-open': {
      says: 'A connection without open streams stays open behind the GOAWAY of an error',
      policy: { closesAfterError: (open) => open > 0 },
    },
  }),
  ...mutantsOf('CONN-09-errors-stay-on-their-connection', {
    'all-connections': {
      says: 'A connection error ends all connections of the server',
      seams: spreading(
        () => true,
        (wire) => wire.fail(errorCodes.INTERNAL_ERROR, 'an error on another connection'),
      ),
    },
    'all-streams': {
      says: 'A connection error ends the streams of all connections',
      seams: spreading(
        () => true,
        (wire) => {
          for (const { id } of wire.streams()) wire.reset(id, errorCodes.CANCEL);
        },
      ),
    },
    'no-word': {
      says: 'A connection error drops all connections of the server without a word',
      seams: spreading(
        () => true,
        (wire) => wire.drop(),
      ),
    },
  }),
  ...mutantsOf('CONN-10-one-error-reported', {
    'reset-twice': {
      says: 'RST_STREAM is sent twice for one error of a stream',
      ...onFramesOf('RST_STREAM', (frame) => [frame, frame]),
    },
    'reset-for-each': {
      says: 'Each further WINDOW_UPDATE of 0 on a stream that was reset is answered by RST_STREAM again',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (
            frame.type === 'WINDOW_UPDATE' &&
            frame.streamId > 0 &&
            frame.increment === 0 &&
            wire.find(frame.streamId) === undefined
          )
            wire.send(rstStream(frame.streamId, errorCodes.PROTOCOL_ERROR));
          return [frame];
        }),
    },
    'goaway-of-another-code': {
      says: 'A connection error is reported twice, with INTERNAL_ERROR behind its own code',
      ...onFramesOf('GOAWAY', (frame) =>
        isGoaway(frame, (code) => code !== errorCodes.INTERNAL_ERROR)
          ? [frame, goaway(0, errorCodes.INTERNAL_ERROR)]
          : [frame],
      ),
    },
  }),
  ...mutantsOf('CONN-11-idle-and-silent-peers', {
    'falls-silent': {
      says: 'A connection on which nothing came for a second is not read any more',
      seams: afterIdling(() => undefined),
    },
    'closes-without-a-word': {
      says: 'A connection on which nothing came for a second is closed without GOAWAY',
      seams: afterIdling((wire) => wire.drop()),
    },
    'ends-by-an-error': {
      says: 'A connection on which nothing came for a second is ended by an error',
      seams: afterIdling((wire) => wire.fail(errorCodes.INTERNAL_ERROR, 'connection idle')),
    },
    'silent-peer': {
      says: 'While another client has said nothing, a connection on which nothing came for a second is not read any more',
      seams: afterIdling(() => undefined, true),
    },
  }),
];
