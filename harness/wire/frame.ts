import { errorCodes } from './error-codes';
import { countOf } from './escape-octets';
import { readUint16, readUint32 } from './octets';
import type { Setting } from './settings';

/** Frame types (RFC 9113 §6). */
export const frameTypes = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

/** The RFC's name of a frame type. */
export type FrameTypeName = keyof typeof frameTypes;

/** Flag bits; which of them mean something depends on the frame type (RFC 9113 §6). */
export const flags = { END_STREAM: 0x1, ACK: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** Octets before the payload of every frame (RFC 9113 §4.1). */
export const frameHeaderLength = 9;

/** One frame exactly as it is on the wire, however absurd (RFC 9113 §4.1). */
export interface RawFrame {
  /** 8 bits. */
  readonly type: number;
  /** 8 bits. */
  readonly flags: number;
  /** 31 bits. */
  readonly streamId: number;
  /** The bit before the stream identifier. */
  readonly reserved: boolean;
  readonly payload: Uint8Array;
  /** The length field when it differs from `payload.length`: 24 bits. */
  readonly length?: number;
}

interface FrameBase {
  readonly streamId: number;
  readonly raw: RawFrame;
}

/** RFC 9113 §6.1. */
export interface DataFrame extends FrameBase {
  readonly type: 'DATA';
  readonly endStream: boolean;
  readonly padLength?: number;
  readonly data: Uint8Array;
  /** What the frame takes from the flow-control windows: the whole payload, padding included. */
  readonly flowControlledLength: number;
}

/** The deprecated priority fields (RFC 7540 §5.3, RFC 9113 §5.3.2). */
export interface PriorityFields {
  readonly exclusive: boolean;
  readonly dependency: number;
  /** 1 to 256: the octet on the wire plus one. */
  readonly weight: number;
}

/** RFC 9113 §6.2. */
export interface HeadersFrame extends FrameBase {
  readonly type: 'HEADERS';
  readonly endStream: boolean;
  readonly endHeaders: boolean;
  readonly padLength?: number;
  readonly priority?: PriorityFields;
  readonly fragment: Uint8Array;
}

/** RFC 9113 §6.3. */
export interface PriorityFrame extends FrameBase {
  readonly type: 'PRIORITY';
  readonly priority: PriorityFields;
}

/** RFC 9113 §6.4. */
export interface RstStreamFrame extends FrameBase {
  readonly type: 'RST_STREAM';
  readonly errorCode: number;
}

/** RFC 9113 §6.5; the settings stand in wire order, repeated ones included. */
export interface SettingsFrame extends FrameBase {
  readonly type: 'SETTINGS';
  readonly ack: boolean;
  readonly settings: readonly Setting[];
}

/** RFC 9113 §6.6. */
export interface PushPromiseFrame extends FrameBase {
  readonly type: 'PUSH_PROMISE';
  readonly endHeaders: boolean;
  readonly padLength?: number;
  readonly promisedStreamId: number;
  readonly fragment: Uint8Array;
}

/** RFC 9113 §6.7; `opaque` has 8 octets. */
export interface PingFrame extends FrameBase {
  readonly type: 'PING';
  readonly ack: boolean;
  readonly opaque: Uint8Array;
}

/** RFC 9113 §6.8. */
export interface GoawayFrame extends FrameBase {
  readonly type: 'GOAWAY';
  readonly lastStreamId: number;
  readonly errorCode: number;
  readonly debugData: Uint8Array;
}

/** RFC 9113 §6.9; an increment of 0 parses, although it is an error. */
export interface WindowUpdateFrame extends FrameBase {
  readonly type: 'WINDOW_UPDATE';
  readonly increment: number;
}

/** RFC 9113 §6.10. */
export interface ContinuationFrame extends FrameBase {
  readonly type: 'CONTINUATION';
  readonly endHeaders: boolean;
  readonly fragment: Uint8Array;
}

/** A type that RFC 9113 does not define; receivers discard it (§4.1, §5.5). */
export interface UnknownFrame extends FrameBase {
  readonly type: 'UNKNOWN';
  readonly frameType: number;
  readonly payload: Uint8Array;
}

/** A frame whose payload cannot be read as its type demands. */
export interface MalformedFrame extends FrameBase {
  readonly type: 'MALFORMED';
  readonly frameType: number;
  /** What does not fit, in words, without octets of the peer. */
  readonly reason: string;
  /** The error code that RFC 9113 §6 names for this fault. */
  readonly errorCode: number;
}

/** A frame as its type reads it. */
export type Frame =
  | DataFrame
  | HeadersFrame
  | PriorityFrame
  | RstStreamFrame
  | SettingsFrame
  | PushPromiseFrame
  | PingFrame
  | GoawayFrame
  | WindowUpdateFrame
  | ContinuationFrame
  | UnknownFrame
  | MalformedFrame;

/** The length field of a frame: the announced number of payload octets. */
export function announcedLength(raw: RawFrame): number {
  return raw.length ?? raw.payload.length;
}

/**
 * Reads a frame as its type demands, and never throws.
 *
 * Judges only what one payload can tell: lengths and padding. Stream identifiers, values and order are the business of the connection rules. The arrays
 * of the result are views of `raw.payload`.
 */
export function interpretFrame(raw: RawFrame): Frame {
  const length = announcedLength(raw);
  if (length !== raw.payload.length) {
    return malformed(
      raw,
      `the length field says ${length}, the payload has ${countOf(raw.payload.length, 'octet')}`,
      errorCodes.FRAME_SIZE_ERROR,
    );
  }
  switch (raw.type) {
    case frameTypes.DATA:
      return interpretData(raw);
    case frameTypes.HEADERS:
      return interpretHeaders(raw);
    case frameTypes.PRIORITY:
      if (length !== 5) return wrongLength(raw, '5');
      return { type: 'PRIORITY', streamId: raw.streamId, priority: readPriority(raw.payload, 0), raw };
    case frameTypes.RST_STREAM:
      if (length !== 4) return wrongLength(raw, '4');
      return { type: 'RST_STREAM', streamId: raw.streamId, errorCode: readUint32(raw.payload, 0), raw };
    case frameTypes.SETTINGS:
      return interpretSettings(raw);
    case frameTypes.PUSH_PROMISE:
      return interpretPushPromise(raw);
    case frameTypes.PING:
      if (length !== 8) return wrongLength(raw, '8');
      return { type: 'PING', streamId: raw.streamId, ack: has(raw, flags.ACK), opaque: raw.payload, raw };
    case frameTypes.GOAWAY:
      if (length < 8) return wrongLength(raw, 'at least 8');
      return {
        type: 'GOAWAY',
        streamId: raw.streamId,
        lastStreamId: readUint31(raw.payload, 0),
        errorCode: readUint32(raw.payload, 4),
        debugData: raw.payload.subarray(8),
        raw,
      };
    case frameTypes.WINDOW_UPDATE:
      if (length !== 4) return wrongLength(raw, '4');
      return { type: 'WINDOW_UPDATE', streamId: raw.streamId, increment: readUint31(raw.payload, 0), raw };
    case frameTypes.CONTINUATION:
      return {
        type: 'CONTINUATION',
        streamId: raw.streamId,
        endHeaders: has(raw, flags.END_HEADERS),
        fragment: raw.payload,
        raw,
      };
    default:
      return { type: 'UNKNOWN', streamId: raw.streamId, frameType: raw.type, payload: raw.payload, raw };
  }
}

function interpretData(raw: RawFrame): Frame {
  const content = unpad(raw, 0);
  if (!content.ok) return content.frame;
  return {
    type: 'DATA',
    streamId: raw.streamId,
    endStream: has(raw, flags.END_STREAM),
    padLength: content.padLength,
    data: content.octets,
    flowControlledLength: raw.payload.length,
    raw,
  };
}

function interpretHeaders(raw: RawFrame): Frame {
  const hasPriority = has(raw, flags.PRIORITY);
  const content = unpad(raw, hasPriority ? 5 : 0);
  if (!content.ok) return content.frame;
  return {
    type: 'HEADERS',
    streamId: raw.streamId,
    endStream: has(raw, flags.END_STREAM),
    endHeaders: has(raw, flags.END_HEADERS),
    padLength: content.padLength,
    priority: hasPriority ? readPriority(content.octets, 0) : undefined,
    fragment: hasPriority ? content.octets.subarray(5) : content.octets,
    raw,
  };
}

function interpretPushPromise(raw: RawFrame): Frame {
  const content = unpad(raw, 4);
  if (!content.ok) return content.frame;
  return {
    type: 'PUSH_PROMISE',
    streamId: raw.streamId,
    endHeaders: has(raw, flags.END_HEADERS),
    padLength: content.padLength,
    promisedStreamId: readUint31(content.octets, 0),
    fragment: content.octets.subarray(4),
    raw,
  };
}

function interpretSettings(raw: RawFrame): Frame {
  const { payload, streamId } = raw;
  const ack = has(raw, flags.ACK);
  // §6.5: an acknowledgement carries nothing, whatever its octets would say.
  if (ack && payload.length !== 0) return wrongLength(raw, '0 with ACK');
  if (payload.length % 6 !== 0) return wrongLength(raw, 'a multiple of 6');
  const settings: Setting[] = [];
  for (let at = 0; at < payload.length; at += 6) {
    settings.push({ id: readUint16(payload, at), value: readUint32(payload, at + 2) });
  }
  return { type: 'SETTINGS', streamId, ack, settings, raw };
}

type Unpadded =
  | { readonly ok: true; readonly octets: Uint8Array; readonly padLength: number | undefined }
  | { readonly ok: false; readonly frame: MalformedFrame };

/** Takes the padding away (§6.1) and sees to it that the fixed fields behind the Pad Length are there. */
function unpad(raw: RawFrame, fixedLength: number): Unpadded {
  const { payload } = raw;
  const isPadded = has(raw, flags.PADDED);
  const start = isPadded ? 1 : 0;
  if (payload.length < start + fixedLength) {
    return { ok: false, frame: wrongLength(raw, `at least ${start + fixedLength} with these flags`) };
  }
  if (!isPadded) return { ok: true, octets: payload, padLength: undefined };
  const padLength = payload[0]!;
  const end = payload.length - padLength;
  if (end < start + fixedLength) {
    const left = payload.length - start - fixedLength;
    return {
      ok: false,
      frame: malformed(
        raw,
        `Pad Length ${padLength}, but only ${countOf(left, 'octet')} could be padding`,
        errorCodes.PROTOCOL_ERROR,
      ),
    };
  }
  return { ok: true, octets: payload.subarray(start, end), padLength };
}

function readPriority(octets: Uint8Array, offset: number): PriorityFields {
  const word = readUint32(octets, offset);
  return {
    exclusive: word >= 0x8000_0000,
    dependency: word & 0x7fff_ffff,
    weight: octets[offset + 4]! + 1,
  };
}

function readUint31(octets: Uint8Array, offset: number): number {
  return readUint32(octets, offset) & 0x7fff_ffff;
}

function has(raw: RawFrame, flag: number): boolean {
  return (raw.flags & flag) !== 0;
}

function wrongLength(raw: RawFrame, wanted: string): MalformedFrame {
  return malformed(
    raw,
    `the payload has ${countOf(raw.payload.length, 'octet')}, must be ${wanted}`,
    errorCodes.FRAME_SIZE_ERROR,
  );
}

function malformed(raw: RawFrame, reason: string, errorCode: number): MalformedFrame {
  return { type: 'MALFORMED', frameType: raw.type, streamId: raw.streamId, reason, errorCode, raw };
}

/** The padding octets of a frame; none when it is not padded. */
export const paddingOf = ({
  raw,
  padLength = 0,
}: Pick<DataFrame, 'padLength'> & { readonly raw: RawFrame }): Uint8Array =>
  raw.payload.subarray(raw.payload.length - padLength);
