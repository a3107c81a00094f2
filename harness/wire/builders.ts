import { flags, frameTypes, type PriorityFields, type RawFrame } from './frame';
import { joinOctets } from './join-octets';
import { writeUint16, writeUint32 } from './octets';
import type { Setting } from './settings';

/** How a payload is padded (RFC 9113 §6.1); with neither field the PADDED flag stays off. */
export interface PaddingOptions {
  /** The Pad Length octet; the number of padding octets unless they are given too. */
  readonly padLength?: number;
  /** The padding octets exactly; zeros unless given. Together with another `padLength` this is how padding lies. */
  readonly padding?: Uint8Array;
}

/** Options of a HEADERS frame. */
export interface HeadersOptions extends PaddingOptions {
  readonly endStream?: boolean;
  /** True unless given. */
  readonly endHeaders?: boolean;
  readonly priority?: PriorityFields;
}

const noOctets = new Uint8Array(0);

/** Any frame at all; flags and stream identifier are 0 and the length is true unless given. */
export function rawFrame(frame: {
  readonly type: number;
  readonly flags?: number;
  readonly streamId?: number;
  readonly payload?: Uint8Array;
  readonly length?: number;
  readonly reserved?: boolean;
}): RawFrame {
  const { type, flags: bits = 0, streamId = 0, payload = noOctets, length, reserved = false } = frame;
  const raw = { type, flags: bits, streamId, reserved, payload };
  return length === undefined ? raw : { ...raw, length };
}

/** A DATA frame (RFC 9113 §6.1). */
export function data(
  streamId: number,
  octets: Uint8Array,
  options: PaddingOptions & { readonly endStream?: boolean } = {},
): RawFrame {
  return rawFrame({
    type: frameTypes.DATA,
    flags: flagIf(options.endStream, flags.END_STREAM) | paddedFlag(options),
    streamId,
    payload: pad([octets], options),
  });
}

/** A HEADERS frame (RFC 9113 §6.2). */
export function headers(streamId: number, fragment: Uint8Array, options: HeadersOptions = {}): RawFrame {
  const { endStream, endHeaders = true, priority: fields } = options;
  return rawFrame({
    type: frameTypes.HEADERS,
    flags:
      flagIf(endStream, flags.END_STREAM) |
      flagIf(endHeaders, flags.END_HEADERS) |
      flagIf(fields !== undefined, flags.PRIORITY) |
      paddedFlag(options),
    streamId,
    payload: pad(fields === undefined ? [fragment] : [priorityOctets(fields), fragment], options),
  });
}

/** A CONTINUATION frame (RFC 9113 §6.10); END_HEADERS is off unless asked for. */
export function continuation(
  streamId: number,
  fragment: Uint8Array,
  options: { readonly endHeaders?: boolean } = {},
): RawFrame {
  return rawFrame({
    type: frameTypes.CONTINUATION,
    flags: flagIf(options.endHeaders, flags.END_HEADERS),
    streamId,
    payload: fragment,
  });
}

/** A PRIORITY frame (RFC 9113 §6.3). */
export function priority(streamId: number, fields: PriorityFields): RawFrame {
  return rawFrame({ type: frameTypes.PRIORITY, streamId, payload: priorityOctets(fields) });
}

/** An RST_STREAM frame (RFC 9113 §6.4). */
export function rstStream(streamId: number, errorCode: number): RawFrame {
  return rawFrame({ type: frameTypes.RST_STREAM, streamId, payload: uint32(errorCode) });
}

/** A SETTINGS frame (RFC 9113 §6.5), the settings in the given order, repetitions included. */
export function settings(entries: readonly Setting[], options: { readonly ack?: boolean } = {}): RawFrame {
  const payload = new Uint8Array(entries.length * 6);
  for (const [position, { id, value }] of entries.entries()) {
    writeUint16(payload, position * 6, id);
    writeUint32(payload, position * 6 + 2, value);
  }
  return rawFrame({ type: frameTypes.SETTINGS, flags: flagIf(options.ack, flags.ACK), payload });
}

/** The acknowledgement of a SETTINGS frame (RFC 9113 §6.5.3). */
export function settingsAck(): RawFrame {
  return settings([], { ack: true });
}

/** A PUSH_PROMISE frame (RFC 9113 §6.6). */
export function pushPromise(
  streamId: number,
  promisedStreamId: number,
  fragment: Uint8Array,
  options: PaddingOptions & { readonly endHeaders?: boolean } = {},
): RawFrame {
  return rawFrame({
    type: frameTypes.PUSH_PROMISE,
    flags: flagIf(options.endHeaders ?? true, flags.END_HEADERS) | paddedFlag(options),
    streamId,
    payload: pad([uint32(promisedStreamId), fragment], options),
  });
}

/** A PING frame (RFC 9113 §6.7); legal with 8 octets, written with as many as are given. */
export function ping(opaque: Uint8Array, options: { readonly ack?: boolean } = {}): RawFrame {
  return rawFrame({ type: frameTypes.PING, flags: flagIf(options.ack, flags.ACK), payload: opaque });
}

/** A GOAWAY frame (RFC 9113 §6.8). */
export function goaway(lastStreamId: number, errorCode: number, debugData: Uint8Array = noOctets): RawFrame {
  return rawFrame({
    type: frameTypes.GOAWAY,
    payload: joinOctets([uint32(lastStreamId), uint32(errorCode), debugData]),
  });
}

/** A WINDOW_UPDATE frame (RFC 9113 §6.9); stream 0 is the connection. */
export function windowUpdate(streamId: number, increment: number): RawFrame {
  return rawFrame({ type: frameTypes.WINDOW_UPDATE, streamId, payload: uint32(increment) });
}

function flagIf(isSet: boolean | undefined, flag: number): number {
  return isSet === true ? flag : 0;
}

function isPadded(options: PaddingOptions): boolean {
  return options.padLength !== undefined || options.padding !== undefined;
}

function paddedFlag(options: PaddingOptions): number {
  return flagIf(isPadded(options), flags.PADDED);
}

function pad(parts: readonly Uint8Array[], options: PaddingOptions): Uint8Array {
  if (!isPadded(options)) return parts.length === 1 ? parts[0]! : joinOctets(parts);
  const padding = options.padding ?? new Uint8Array(options.padLength ?? 0);
  const padLength = options.padLength ?? padding.length;
  return joinOctets([Uint8Array.of(padLength), ...parts, padding]);
}

function priorityOctets(fields: PriorityFields): Uint8Array {
  const octets = new Uint8Array(5);
  writeUint32(octets, 0, (fields.dependency & 0x7fff_ffff) | (fields.exclusive ? 0x8000_0000 : 0));
  octets[4] = fields.weight - 1;
  return octets;
}

function uint32(value: number): Uint8Array {
  const octets = new Uint8Array(4);
  writeUint32(octets, 0, value);
  return octets;
}
