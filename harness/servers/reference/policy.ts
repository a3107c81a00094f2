import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions, TLSSocket } from 'node:tls';
import type { DecodedField, Field } from '../../wire/hpack/decoder';
import { DynamicTable } from '../../wire/hpack/dynamic-table';
import type { RequestMessage } from './request-body';
import type { ReflectionResponse } from './services/messages';
import type { ReflectionAsked } from './services/reflection';
import type { Method } from './services/service';
import type { StatusError } from './status-error';

/** What the server checks of the frames of a client, and how far it hurts when it does not hold (RFC 9113 §5.4). */
export const checks = {
  'first-frame': 'connection',
  'block-interrupted': 'connection',
  'frame-size': 'connection',
  'data-stream-0': 'connection',
  'headers-stream-0': 'connection',
  'priority-stream-0': 'connection',
  'rst-stream-0': 'connection',
  'settings-on-stream': 'connection',
  'ping-on-stream': 'connection',
  'goaway-on-stream': 'connection',
  'push-promise': 'connection',
  'malformed-frame': 'connection',
  'priority-length': 'stream',
  'even-stream-id': 'connection',
  'headers-on-closed': 'connection',
  'data-on-idle': 'connection',
  'rst-on-idle': 'connection',
  'window-update-on-idle': 'connection',
  'window-update-zero': 'stream',
  'window-update-zero-connection': 'connection',
  'stream-window-overflow': 'stream',
  'connection-window-overflow': 'connection',
  'settings-window-overflow': 'connection',
  'enable-push-value': 'connection',
  'initial-window-value': 'connection',
  'max-frame-size-value': 'connection',
  'connection-window-exceeded': 'connection',
  'stream-window-exceeded': 'stream',
  'data-after-end': 'stream',
  'headers-after-end': 'stream',
  'second-headers': 'stream',
  'malformed-trailers': 'stream',
  'malformed-request': 'stream',
  'content-length': 'stream',
  'field-block': 'connection',
  'flood-of-resets': 'connection',
  'flood-of-idle-frames': 'connection',
} as const satisfies Readonly<Record<string, Scope>>;

/** How far a fault of the client hurts. */
export type Scope = 'ignored' | 'stream' | 'connection';

export type Check = keyof typeof checks;

/** What is known where a check does not hold. */
export interface Fault {
  readonly streamId: number;
  /** What was wrong, in words; of a field block the rule of HPACK. */
  readonly reason: string;
  /** What was wrong with a field block, in words. */
  readonly words?: string;
}

/** A request message that is complete, before it is decompressed. */
export interface ReceivedMessage {
  readonly octets: Uint8Array;
  readonly compressed: boolean;
  /** Its place in the request, from 1. */
  readonly number: number;
  /** Its place among the messages that begin in the same DATA frame, from 1. */
  readonly ordinal: number;
  /** Its prefix came in more than one DATA frame. */
  readonly prefixSplit: boolean;
  /** DATA frames of the request so far. */
  readonly frames: number;
  /** It ends with the DATA frame that ends the request. */
  readonly endsRequest: boolean;
  /** The client has half-closed. */
  readonly ended: boolean;
  readonly path: string;
  /** The method takes any number of messages. */
  readonly manyMessages: boolean;
  readonly streamId: number;
}

/** What a DATA frame of ours has to do with. In octets. */
export interface Room {
  readonly streamId: number;
  /** Of the message that are still to be sent, and that have left. */
  readonly rest: number;
  readonly sent: number;
  readonly streamWindow: number;
  readonly connectionWindow: number;
  readonly maxFrameSize: number;
}

/** The decisions of a server, each with the one that is right in {@link correctPolicy}. */
export interface Policy {
  /** Told of each connection, before anything is read from it. */
  readonly meet: () => void;
  /** How far a fault hurts. @param correct what RFC 9113 wants */
  readonly judge: (check: Check, correct: Scope, fault: Fault) => Scope;
  /** Octets of the client's preface that are compared (RFC 9113 §3.4). */
  readonly prefaceCompared: number;
  /** The octets of a read, as the server takes them. @param before octets of the preface, and of a frame that is not whole, which came with earlier reads */
  readonly takeRead: (
    octets: Uint8Array,
    before: { readonly prefaceSeen: number; readonly pending: number },
  ) => Uint8Array;
  /** The connection is closed behind the GOAWAY of an error (RFC 9113 §5.4.1). @param open streams that are open then */
  readonly closesAfterError: (open: number) => boolean;
  /** Protocols that a client offers by ALPN. @param correct what is selected of them */
  readonly selectProtocol: (offered: readonly string[], correct: string | undefined) => string | undefined;
  /** How TLS is spoken. @param correct what RFC 9113 §9.2 wants */
  readonly secure: (correct: TlsOptions) => TlsOptions;
  /** Told of each connection whose handshake has succeeded; false: it is turned away. */
  readonly admit?: (socket: TLSSocket) => boolean;
  /** HTTP/2 is spoken on a connection over TLS. @param correct it was selected by ALPN (RFC 9113 §3.3) */
  readonly speaksHttp2: (socket: TLSSocket, correct: boolean) => boolean;
  /** Ends a connection whose handshake has succeeded and on which HTTP/2 is not spoken. */
  readonly turnAway: (socket: TLSSocket) => void;
  /** Takes a connection before TLS sees it. @param secure hands it to TLS */
  readonly takeOver?: (socket: Socket, secure: (socket: Duplex) => void) => void;
  /** Whatever is to be done with a decoded field before anybody sees it. */
  readonly readField: (field: DecodedField) => Field;
  /** The table of the decoder of requests. @param size octets that it may have at the start */
  readonly makeTable: (size: number) => DynamicTable;
  /** Octets that a table size update of the client may ask for. @param limit what we have announced */
  readonly tableLimit: (limit: number) => number;
  /** What becomes of the decoder's table when a request is refused. @param before its entries before the request, newest first */
  readonly afterRefusal?: (table: DynamicTable, before: readonly Field[]) => void;
  /** The method that serves a path. @param find looks one up as the table of services has it */
  readonly serve: (
    path: string,
    method: Method | undefined,
    find: (path: string) => Method | undefined,
  ) => Method | undefined;
  /** Octets of the prefix of a message. */
  readonly prefixLength: number;
  /** The part of a prefix that came with an earlier DATA frame counts. */
  readonly keepsSplitPrefix: boolean;
  /** Octets that a message may have. */
  readonly messageLimit: (limit: number) => number;
  /** A Compressed-Flag as the server reads it. */
  readonly readFlag: (flag: number, encoding: string | undefined) => number;
  /** A message in an encoding that nobody has is refused. */
  readonly refusesUnknownEncoding: boolean;
  /** A message without its compression. */
  readonly decompress: (octets: Uint8Array, encoding: string, correct: () => Uint8Array) => Uint8Array;
  /** The message that the handler gets; undefined: none. */
  readonly receive: (message: ReceivedMessage, read: () => RequestMessage) => RequestMessage | undefined;
  /** How often a handler is started for a request, as the observer of calls is told; whatever runs beside the first comes to nothing. */
  readonly starts: (streamId: number) => number;
  /** What is wrong with a DATA frame. */
  readonly findDataFault: (data: {
    readonly length: number;
    readonly endStream: boolean;
    readonly manyMessages: boolean;
  }) => StatusError | undefined;
  /** A request that ends after so many octets of a message is refused. */
  readonly refusesTruncated: (filled: number, complete: boolean) => boolean;
  /** Credit of a message comes back before the message is complete. */
  readonly returnsCreditInside: boolean;
  /** Octets of credit that come back for so many octets of DATA, and whether anybody has read them. */
  readonly credit: (octets: number, of: 'stream' | 'connection', wasRead: boolean) => number;
  /** How large the next DATA frame may be, and how many octets of it are not counted against the stream's window. */
  readonly share: (room: Room) => { readonly room: number; readonly uncounted: number };
  /** Streams that wait for the connection window keep their turn when it closes. */
  readonly keepsWaiting: boolean;
  /** Handlers wait until the window has room. @param sendWindow octets of DATA that the client lets us send on the stream */
  readonly waitsForWindow: (sendWindow: number) => boolean;
  /** Told what was queued on a stream that has ended. */
  readonly discard?: (messages: readonly Uint8Array[]) => void;
  /** A handler is told that its call is over. */
  readonly tells: (why: 'client' | 'server' | 'connection' | 'deadline', headersSent: boolean) => boolean;
  /** The reset of the client ends the call. */
  readonly obeysReset: boolean;
  /** Octets by which the window of a stream moves for a change of SETTINGS_INITIAL_WINDOW_SIZE to that size. */
  readonly windowChange: (
    difference: number,
    stream: { readonly id: number; readonly sendWindow: number },
    size: number,
  ) => number;
  /** The same for the window of the connection. */
  readonly connectionWindowChange: (difference: number) => number;
  /** A deadline is enforced. */
  readonly enforcesDeadline: (halfClosed: boolean, streamId: number) => boolean;
  /** A handler that throws what is no status ends its call with a status. */
  readonly answersException: (error: unknown, messagesSent: number) => boolean;
  /** Before a response ends. */
  readonly beforeEnd?: (end: {
    readonly error: StatusError | undefined;
    readonly messagesSent: number;
    readonly dropLast: () => void;
  }) => void;
  /** A graceful shutdown waits for that stream. */
  readonly waitsForStream: (unary: boolean) => boolean;
  /**
   * What a watcher of the health service is told when the status of its name is set, and when it comes.
   * @param told what it has been told, or is about to be
   * @param watcher how many watch the name longer than it
   */
  readonly tellServing: (
    status: number,
    watch: { readonly told: readonly number[]; readonly watcher: number },
  ) => readonly number[];
  /** The responses to a question to server reflection. */
  readonly reflect: (asked: ReflectionAsked, correct: () => ReflectionResponse) => readonly ReflectionResponse[];
  /** A connection goes on that is old, or on which nothing goes on, where the server has a limit for that. */
  readonly lives: (why: 'age' | 'idle') => boolean;
  /** A connection from which nothing comes is sent a PING, where the server has a keepalive. @param open streams that are open */
  readonly keepsAlive: (open: number) => boolean;
  /** Milliseconds for an answer to it. */
  readonly keepaliveTimeout: (correct: number, open: number) => number;
  /** Streams that are served at the same time. */
  readonly mostStreams: (correct: number) => number;
}

export const correctPolicy: Policy = {
  meet: () => undefined,
  judge: (_check, correct) => correct,
  prefaceCompared: Infinity,
  takeRead: (octets) => octets,
  closesAfterError: () => true,
  selectProtocol: (_offered, correct) => correct,
  secure: (correct) => correct,
  speaksHttp2: (_socket, correct) => correct,
  turnAway: (socket) => void socket.destroy(),
  readField: (field) => field,
  makeTable: (size) => new DynamicTable(size),
  tableLimit: (limit) => limit,
  serve: (_path, method) => method,
  prefixLength: 5,
  keepsSplitPrefix: true,
  messageLimit: (limit) => limit,
  readFlag: (flag) => flag,
  refusesUnknownEncoding: true,
  decompress: (_octets, _encoding, correct) => correct(),
  receive: (_message, read) => read(),
  starts: () => 1,
  findDataFault: () => undefined,
  refusesTruncated: () => true,
  returnsCreditInside: true,
  credit: (octets) => octets,
  share: ({ streamWindow, connectionWindow, maxFrameSize }) => ({
    room: Math.min(maxFrameSize, connectionWindow, streamWindow),
    uncounted: 0,
  }),
  keepsWaiting: true,
  waitsForWindow: () => true,
  tells: () => true,
  obeysReset: true,
  windowChange: (difference) => difference,
  connectionWindowChange: () => 0,
  enforcesDeadline: () => true,
  answersException: () => true,
  waitsForStream: () => true,
  tellServing: (status, { told }) => (status === told.at(-1) ? [] : [status]),
  reflect: (_asked, correct) => [correct()],
  lives: () => false,
  keepsAlive: () => true,
  keepaliveTimeout: (correct) => correct,
  mostStreams: (correct) => correct,
};
