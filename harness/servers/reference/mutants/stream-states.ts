import { rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { Frame } from '../../../wire/frame';
import type { MakeSeams, Seams, SeenStream, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn, scoped } from './operators';

/** What is known of the streams of a connection when a frame comes in. */
interface Past {
  /** The highest stream that HEADERS came on. */
  readonly last: number;
  /** HEADERS came on that stream. */
  readonly isUsed: (stream: number) => boolean;
  /** The client has reset that stream. */
  readonly isReset: (stream: number) => boolean;
  /** The stream, while it is open. */
  readonly find: (stream: number) => SeenStream | undefined;
}

/** Does something with frames, by what came before them. The last word on a frame is what the server sees. */
function withPast(see: (frame: Frame, past: Past, wire: Wire) => readonly Frame[] | undefined): MakeSeams {
  return (wire) => {
    const used = new Set<number>();
    const reset = new Set<number>();
    let last = -1;
    return {
      inbound: {
        frame: (frame) => {
          const past: Past = {
            last,
            isUsed: (stream) => used.has(stream),
            isReset: (stream) => reset.has(stream),
            find: (stream) => wire.find(stream),
          };
          const seen = see(frame, past, wire) ?? [frame];
          if (frame.type === 'HEADERS') {
            used.add(frame.streamId);
            last = Math.max(last, frame.streamId);
          }
          if (frame.type === 'RST_STREAM') reset.add(frame.streamId);
          return seen;
        },
      },
    };
  };
}

/** Ends the connection where a frame comes that is legal there. */
const takesAmiss = (isWrong: (frame: Frame, past: Past) => boolean): MakeSeams =>
  withPast((frame, past, wire) => {
    if (isWrong(frame, past)) wire.fail(errorCodes.PROTOCOL_ERROR, 'a frame that is not expected');
    return undefined;
  });

/** Passes over frames. */
const blindTo = (isMissed: (frame: Frame, past: Past) => boolean): MakeSeams =>
  withPast((frame, past) => (isMissed(frame, past) ? [] : undefined));

/** Answers frames with RST_STREAM, on an open stream or a closed one. */
const resetsAt = (isWrong: (frame: Frame, past: Past) => boolean): MakeSeams =>
  withPast((frame, past, wire) => {
    if (!isWrong(frame, past)) return undefined;
    if (past.find(frame.streamId) === undefined) wire.send(rstStream(frame.streamId, errorCodes.STREAM_CLOSED));
    else wire.reset(frame.streamId, errorCodes.STREAM_CLOSED);
    return [];
  });

/** Far above every stream that a client opens. */
const aliases = 0x7fff_0001;

/** Serves requests on streams that cannot be opened any more, as if they were new. @param isSilent nothing of it is sent */
function servesAgain(isServed: (stream: number, past: Past) => boolean, { isSilent = false } = {}): MakeSeams {
  return (wire, server) => {
    const given = new Map<number, number>();
    const asked = new Map<number, number>();
    const { inbound } = withPast((frame, past) => {
      const { streamId } = frame;
      if (frame.type === 'HEADERS' && past.find(streamId) === undefined && isServed(streamId, past)) {
        const alias = aliases + 2 * given.size;
        given.set(streamId, alias);
        asked.set(alias, streamId);
      }
      const alias = given.get(streamId);
      return alias === undefined ? undefined : [{ ...frame, streamId: alias }];
    })(wire, server);
    return {
      ...(inbound === undefined ? {} : { inbound }),
      outbound: {
        frame: (frame) => {
          const streamId = asked.get(frame.streamId);
          if (streamId === undefined) return [frame];
          return isSilent ? [] : [{ ...frame, streamId }];
        },
      },
    };
  };
}

const isBelow = (stream: number, { last }: Past): boolean => stream <= last;
const isHalfClosed = (frame: Frame, { find }: Past): boolean => find(frame.streamId)?.remoteEnded === true;
const isOver = ({ streamId }: Frame, { find, isUsed }: Past): boolean =>
  isUsed(streamId) && find(streamId) === undefined;
const isEven = ({ streamId }: Frame): boolean => streamId > 0 && streamId % 2 === 0;

/** Frames on a stream that the client has reset. */
const isAfterReset = (frame: Frame, { isReset }: Past): boolean => isReset(frame.streamId);

/** HEADERS of a stream that is over are not read, so that the tables of both ends are no longer the same, and nobody says so. */
const forgetsTable = (isMissed: (frame: Frame, past: Past) => boolean): MakeSeams =>
  blindTo((frame, past) => frame.type === 'HEADERS' && isMissed(frame, past));

/** With the highest stream id that the client has used. */
function lastOpened(make: (last: () => number) => Seams): MakeSeams {
  return () => {
    let last = 0;
    return {
      inbound: {
        section: (section) => {
          last = Math.max(last, section.streamId);
          return section;
        },
      },
      ...make(() => last),
    };
  };
}

export const streamStateMutants: readonly Mutant[] = [
  ...mutantsOf('STREAM-01-even-stream-id', {
    served: { says: 'A request on a stream of even id is served', ...leftOut('even-stream-id') },
    'stream-error': {
      says: 'A request on a stream of even id is a stream error',
      seams: withPast((frame, _past, wire) => {
        if (!isEven(frame)) return undefined;
        if (frame.type === 'HEADERS') wire.send(rstStream(frame.streamId, errorCodes.PROTOCOL_ERROR));
        return [];
      }),
    },
    ignored: {
      says: 'Requests on streams of even id are passed over',
      ...onFramesIn((frame) => (isEven(frame) ? [] : [frame])),
    },
    'far-ahead': {
      says: 'A request on a stream of even id is served when the id is above 200',
      ...leftOut('even-stream-id', ({ streamId }) => streamId > 200),
    },
    'first-only': {
      says: 'A request on stream 2 is served',
      ...leftOut('even-stream-id', ({ streamId }) => streamId === 2),
    },
  }),
  ...mutantsOf('STREAM-02-decreasing-stream-id', {
    'skipped-served': {
      says: 'A request on a stream that was passed over is served',
      seams: servesAgain((stream, past) => isBelow(stream, past) && !past.isUsed(stream)),
    },
    'used-served': {
      says: 'A request on a stream whose call is complete is served',
      seams: servesAgain((stream, past) => past.isUsed(stream) && !past.isReset(stream)),
    },
    'executed-in-silence': {
      says: 'A request on a stream that was passed over is executed, and its answer is lost',
      seams: servesAgain((stream, past) => isBelow(stream, past) && !past.isUsed(stream), { isSilent: true }),
    },
    ignored: { says: 'A request on a stream below the last one is passed over', ...leftOut('headers-on-closed') },
    'stream-error': {
      says: 'A request on a stream below the last one is a stream error',
      ...scoped('headers-on-closed', 'stream'),
    },
    'right-below': {
      says: 'A request on the stream right below the last one is served',
      seams: servesAgain((stream, past) => stream === past.last - 2 && !past.isUsed(stream)),
    },
  }),
  ...mutantsOf('STREAM-03-skipped-ids', {
    'no-gap': {
      says: 'A stream id that is not the next one is a connection error',
      seams: takesAmiss(
        (frame, { last, isUsed }) => frame.type === 'HEADERS' && !isUsed(frame.streamId) && frame.streamId > last + 2,
      ),
    },
    'wide-gap': {
      says: 'A stream id that is more than 2^20 above the last one is a connection error',
      seams: takesAmiss((frame, { last }) => frame.type === 'HEADERS' && frame.streamId > last + 0x10_0000),
    },
    'last-id': {
      says: 'A request on stream 2^31-1 is never answered',
      seams: blindTo(({ streamId }) => streamId === 0x7fff_ffff),
    },
    'one-skipped': {
      says: 'A request behind exactly one stream that was passed over is refused with PROTOCOL_ERROR',
      seams: resetsAt(
        (frame, { last, isUsed }) => frame.type === 'HEADERS' && !isUsed(frame.streamId) && frame.streamId === last + 4,
      ),
    },
    'three-octets': {
      says: 'Answers name the lower 24 bits of a stream id',
      outbound: { frame: (frame) => [{ ...frame, streamId: frame.streamId & 0xff_ffff }] },
    },
  }),
  ...mutantsOf('STREAM-04-frames-on-idle-stream', {
    'window-update': {
      says: 'WINDOW_UPDATE on an idle stream is ignored',
      ...leftOut('window-update-on-idle'),
    },
    'window-update-stream-error': {
      says: 'WINDOW_UPDATE on an idle stream is a stream error',
      ...scoped('window-update-on-idle', 'stream'),
    },
    'rst-stream': { says: 'RST_STREAM on an idle stream is ignored', ...leftOut('rst-on-idle') },
    'rst-stream-stream-error': {
      says: 'RST_STREAM on an idle stream is answered by RST_STREAM',
      ...scoped('rst-on-idle', 'stream'),
    },
    data: { says: 'DATA on an idle stream is ignored', ...leftOut('data-on-idle') },
    'far-ahead': {
      says: 'WINDOW_UPDATE on an idle stream is ignored when its id is more than 200 above the last one',
      seams: lastOpened((last) => leftOut('window-update-on-idle', ({ streamId }) => streamId > last() + 200)),
    },
  }),
  ...mutantsOf('STREAM-05-data-after-end-stream', {
    data: { says: 'DATA behind END_STREAM is passed over', ...leftOut('data-after-end') },
    headers: { says: 'HEADERS behind END_STREAM is passed over', ...leftOut('headers-after-end') },
    'with-end-stream': {
      says: 'DATA behind END_STREAM is passed over when it ends the stream once more',
      seams: blindTo((frame, past) => frame.type === 'DATA' && frame.endStream && isHalfClosed(frame, past)),
    },
    empty: {
      says: 'Empty DATA behind END_STREAM is passed over',
      seams: blindTo((frame, past) => frame.type === 'DATA' && frame.data.length === 0 && isHalfClosed(frame, past)),
    },
  }),
  ...mutantsOf('STREAM-06-control-frames-on-half-closed', {
    'window-update': {
      says: 'WINDOW_UPDATE on a half-closed stream resets it',
      seams: resetsAt((frame, past) => frame.type === 'WINDOW_UPDATE' && isHalfClosed(frame, past)),
    },
    priority: {
      says: 'PRIORITY on a half-closed stream is a connection error',
      seams: takesAmiss((frame, past) => frame.type === 'PRIORITY' && isHalfClosed(frame, past)),
    },
    'rst-stream': {
      says: 'RST_STREAM on a half-closed stream is a connection error',
      seams: takesAmiss((frame, past) => frame.type === 'RST_STREAM' && isHalfClosed(frame, past)),
    },
    'small-window-update': {
      says: 'WINDOW_UPDATE of less than ten octets on a half-closed stream is a connection error',
      seams: takesAmiss(
        (frame, past) => frame.type === 'WINDOW_UPDATE' && frame.increment < 10 && isHalfClosed(frame, past),
      ),
    },
  }),
  ...mutantsOf('STREAM-07-frames-after-client-rst', {
    'handler-restarts': {
      says: 'HEADERS on a stream that the client has reset starts another handler',
      seams: servesAgain((stream, { isReset }) => isReset(stream)),
    },
    'answers-headers': {
      says: 'HEADERS on a stream that the client has reset is answered with a status',
      seams: withPast((frame, past, wire) => {
        if (frame.type !== 'HEADERS' || !isAfterReset(frame, past)) return undefined;
        const fields = [
          { name: ':status', value: '200' },
          { name: 'content-type', value: 'application/grpc' },
          { name: 'grpc-status', value: '13' },
        ];
        wire.sendSection({ streamId: frame.streamId, endStream: true, fields });
        return undefined;
      }),
    },
    'table-lost': {
      says: 'HEADERS on a stream that the client has reset is not decoded',
      seams: forgetsTable(isAfterReset),
    },
    'data-ends-others': {
      says: 'DATA on a stream that the client has reset makes the next request a failure',
      seams: (wire, server) => {
        let isSpoiled = false;
        const { inbound } = withPast((frame, past) => {
          isSpoiled ||= frame.type === 'DATA' && isAfterReset(frame, past);
          if (frame.type === 'HEADERS' && isSpoiled && !past.isUsed(frame.streamId))
            wire.send(rstStream(frame.streamId, errorCodes.INTERNAL_ERROR));
          return undefined;
        })(wire, server);
        return inbound === undefined ? {} : { inbound };
      },
    },
  }),
  ...mutantsOf('STREAM-08-frames-on-completed-stream', {
    'served-again': {
      says: 'HEADERS on a stream whose call is complete starts another call',
      seams: servesAgain((stream, past) => past.isUsed(stream)),
    },
    'late-reset': {
      says: 'RST_STREAM on a stream whose call is complete is a connection error',
      seams: takesAmiss((frame, past) => frame.type === 'RST_STREAM' && isOver(frame, past)),
    },
    'table-lost': {
      says: 'HEADERS on a stream whose call is complete is not decoded',
      seams: forgetsTable(isOver),
    },
  }),
  ...mutantsOf('STREAM-10-no-rst-for-rst', {
    open: {
      says: 'RST_STREAM on an open stream is answered with RST_STREAM',
      seams: resetsAt((frame, { find }) => frame.type === 'RST_STREAM' && find(frame.streamId)?.remoteEnded === false),
    },
    'half-closed': {
      says: 'RST_STREAM on a half-closed stream is answered with RST_STREAM',
      seams: resetsAt((frame, past) => frame.type === 'RST_STREAM' && isHalfClosed(frame, past)),
    },
    completed: {
      says: 'RST_STREAM on a stream whose call is complete is answered with RST_STREAM',
      seams: resetsAt(
        (frame, past) => frame.type === 'RST_STREAM' && isOver(frame, past) && !isAfterReset(frame, past),
      ),
    },
    second: {
      says: 'A second RST_STREAM on a stream is answered with RST_STREAM',
      seams: resetsAt((frame, past) => frame.type === 'RST_STREAM' && isAfterReset(frame, past)),
    },
    'no-error': {
      says: 'RST_STREAM(NO_ERROR) is answered with RST_STREAM',
      seams: resetsAt((frame) => frame.type === 'RST_STREAM' && frame.errorCode === errorCodes.NO_ERROR),
    },
  }),
  ...mutantsOf('STREAM-23-window-update-on-closed', {
    'half-closed': {
      says: 'WINDOW_UPDATE right behind the end of a request resets its stream',
      seams: resetsAt((frame, past) => frame.type === 'WINDOW_UPDATE' && isHalfClosed(frame, past)),
    },
    closed: {
      says: 'WINDOW_UPDATE on a stream whose call is complete is a connection error',
      seams: takesAmiss((frame, past) => frame.type === 'WINDOW_UPDATE' && isOver(frame, past)),
    },
    'closed-stream-error': {
      says: 'WINDOW_UPDATE on a stream whose call is complete is answered with RST_STREAM',
      seams: resetsAt((frame, past) => frame.type === 'WINDOW_UPDATE' && isOver(frame, past)),
    },
    large: {
      says: 'WINDOW_UPDATE of more than 2^24 octets on a closed stream is a connection error',
      seams: takesAmiss(
        (frame, past) => frame.type === 'WINDOW_UPDATE' && frame.increment > 0xff_ffff && isOver(frame, past),
      ),
    },
  }),
];
