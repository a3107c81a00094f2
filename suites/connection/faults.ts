import {
  continuation,
  data,
  flags,
  frameTypes,
  headers,
  octetsOf,
  ping,
  pushPromise,
  rawFrame,
  rstStream,
  settings,
  windowUpdate,
  type RawFrame,
} from '../../harness';

/** What breaks a connection for certain, or a stream of it: each by one rule of RFC 9113, which has a row of its own. `stream` is that of an open call. */
const frames = {
  'PING of six octets': () => ping(new Uint8Array(6)),
  'PING on a stream': (stream: number) => ({ ...ping(new Uint8Array(8)), streamId: stream }),
  'SETTINGS of five octets': () => rawFrame({ type: frameTypes.SETTINGS, payload: new Uint8Array(5) }),
  'SETTINGS that may not be': () => settings([{ id: 0x4, value: 2 ** 31 }]),
  'WINDOW_UPDATE of three octets': () => rawFrame({ type: frameTypes.WINDOW_UPDATE, payload: new Uint8Array(3) }),
  'WINDOW_UPDATE of 0': () => windowUpdate(0, 0),
  'a window above 2^31-1': () => windowUpdate(0, 2 ** 31 - 1),
  'RST_STREAM of three octets': (stream: number) =>
    rawFrame({ type: frameTypes.RST_STREAM, streamId: stream, payload: new Uint8Array(3) }),
  'RST_STREAM on an idle stream': (stream: number) => rstStream(stream + 100, 8),
  'DATA on stream 0': () => data(0, octetsOf({ length: 5, seed: 1 })),
  'DATA whose padding does not fit': (stream: number) =>
    rawFrame({ type: frameTypes.DATA, flags: flags.PADDED, streamId: stream, payload: Uint8Array.of(9, 0) }),
  'HEADERS on an even stream': () => headers(2, new Uint8Array(0)),
  'CONTINUATION outside a block': (stream: number) => continuation(stream, new Uint8Array(0), { endHeaders: true }),
  'a field block that cannot be read': (stream: number) => headers(stream + 2, Uint8Array.of(0x80)),
  'GOAWAY of four octets': () => rawFrame({ type: frameTypes.GOAWAY, payload: new Uint8Array(4) }),
  PUSH_PROMISE: (stream: number) => pushPromise(stream, 2, new Uint8Array(0)),
} as const satisfies Readonly<Record<string, (stream: number) => RawFrame>>;

/** Names of faults that end a connection. */
export type ConnectionFault = keyof typeof frames;
export const connectionFaults = Object.keys(frames) as readonly ConnectionFault[];

/** One of them. @param stream of an open call, or of none */
export const connectionFaultOf = (fault: ConnectionFault, stream: number): RawFrame => frames[fault](stream);

const streamFrames = {
  'WINDOW_UPDATE of 0 on a stream': (stream: number) => windowUpdate(stream, 0),
  'a window of a stream above 2^31-1': (stream: number) => windowUpdate(stream, 2 ** 31 - 1),
  'PRIORITY of four octets': (stream: number) =>
    rawFrame({ type: frameTypes.PRIORITY, streamId: stream, payload: new Uint8Array(4) }),
  'a second HEADERS without END_STREAM': (stream: number) => headers(stream, new Uint8Array(0)),
} as const satisfies Readonly<Record<string, (stream: number) => RawFrame>>;

/** Names of faults that end a stream. */
export type StreamFault = keyof typeof streamFrames;
export const streamFaults = Object.keys(streamFrames) as readonly StreamFault[];

/** One of them. @param stream of an open call */
export const streamFaultOf = (fault: StreamFault, stream: number): RawFrame => streamFrames[fault](stream);
