import type { ConnectionView, FieldBlock, FramePacket } from '../transcript/connection-view';
import { errorCodes } from '../wire/error-codes';
import type { Field } from '../wire/hpack/decoder';
import type { Call, CallShape, ReceivedMessage } from './call';
import type { CallPlan } from './call-plan';
import { isGrpcContentType } from './content-type';
import { MessageReader } from './length-prefixed-message';
import { fieldValue } from './metadata';
import { decodePercent } from './percent-encoding';
import { parseStatus } from './status';

/** What the frames of one stream add up to, while they are being read. */
interface Reading {
  interim: number;
  headers?: readonly Field[];
  trailers?: readonly Field[];
  httpStatus?: number;
  /** A gRPC body: DATA is fed to the message reader. */
  isGrpc: boolean;
  ended: boolean;
  dataOctets: number;
  reset?: { by: 'target' | 'peer'; errorCode: number; at: number };
  resetAfterEnd?: { errorCode: number };
  opened?: number;
  halfClosed?: number;
  headersAt?: number;
  end?: number;
  firstPacket?: number;
  lastPacket?: number;
}

/** Reads one stream of a connection as an RPC (RFC 9113 §8.1; gRPC over HTTP/2, Responses). Judges nothing: whatever came is described. */
export function readCall(view: ConnectionView, plan: CallPlan): Call {
  const reading: Reading = { interim: 0, isGrpc: false, ended: false, dataOctets: 0 };
  const reader = new MessageReader();
  const messages: ReceivedMessage[] = [];
  let goaway: { lastStreamId: number; errorCode: number; at: number } | undefined;

  for (const packet of view.packets) {
    if (packet.kind !== 'frame') continue;
    const { frame, direction } = packet;
    if (frame.type === 'GOAWAY' && direction === 'received') {
      goaway = { lastStreamId: frame.lastStreamId, errorCode: frame.errorCode, at: packet.at };
    }
    if (frame.streamId !== plan.stream) continue;
    reading.firstPacket ??= packet.number;
    reading.lastPacket = packet.number;
    if (direction === 'sent') readSent(reading, packet);
    else readReceived(reading, packet, reader, messages);
  }

  const status = reading.trailers === undefined ? undefined : fieldValue(reading.trailers, 'grpc-status');
  const number = status === undefined ? undefined : parseStatus(status);
  const rawMessage = reading.trailers === undefined ? undefined : fieldValue(reading.trailers, 'grpc-message');
  const refused = goaway !== undefined && goaway.lastStreamId < plan.stream;
  // Where we stopped listening to a flood, nothing ended the call.
  const closed = view.closed !== undefined && !view.overflowed;
  const shape = shapeOf(reading, refused, closed || !view.connected);
  const end =
    reading.end ?? (shape === 'refused' ? goaway?.at : undefined) ?? (shape === 'closed' ? view.closed?.at : undefined);
  const goawayErrorCode = shape === 'closed' || shape === 'refused' ? goaway?.errorCode : undefined;

  return {
    plan,
    shape,
    interim: reading.interim,
    ...defined('headers', reading.headers),
    ...defined('trailers', reading.trailers),
    ...defined('httpStatus', reading.httpStatus),
    messages,
    rest: reader.rest,
    dataOctets: reading.dataOctets,
    ...defined('status', number),
    ...defined('rawMessage', rawMessage),
    ...defined('message', rawMessage === undefined ? undefined : decodePercent(rawMessage)),
    ...defined('reset', reading.reset),
    ...defined('resetAfterEnd', reading.resetAfterEnd),
    ...defined('goawayErrorCode', goawayErrorCode),
    times: {
      ...defined('opened', reading.opened),
      ...defined('halfClosed', reading.halfClosed),
      ...defined('headers', reading.headersAt),
      ...defined('end', end),
    },
    ...defined('firstPacket', reading.firstPacket),
    ...defined('lastPacket', reading.lastPacket),
  };
}

function readSent(reading: Reading, packet: FramePacket): void {
  const { frame, at } = packet;
  if (frame.type === 'HEADERS') reading.opened ??= at;
  if ((frame.type === 'HEADERS' || frame.type === 'DATA') && frame.endStream) reading.halfClosed ??= at;
  if (frame.type === 'RST_STREAM' && !reading.ended && reading.reset === undefined) {
    reading.reset = { by: 'peer', errorCode: frame.errorCode, at };
    reading.end = at;
  }
}

function readReceived(reading: Reading, packet: FramePacket, reader: MessageReader, messages: ReceivedMessage[]): void {
  const { frame, at, block } = packet;
  const over = reading.ended || reading.reset !== undefined;
  if (frame.type === 'RST_STREAM') {
    if (reading.ended) reading.resetAfterEnd ??= { errorCode: frame.errorCode };
    else if (reading.reset === undefined) {
      reading.reset = { by: 'target', errorCode: frame.errorCode, at };
      reading.end = at;
    }
    return;
  }
  if (over) return;
  if (block !== undefined) readBlock(reading, block, at);
  if (frame.type !== 'DATA') return;
  reading.dataOctets += frame.data.length;
  if (reading.isGrpc) {
    for (const message of reader.feed(frame.data)) {
      messages.push({ compressedFlag: message.compressedFlag, octets: message.octets, at });
    }
  }
  if (frame.endStream) {
    reading.ended = true;
    reading.end = at;
  }
}

function readBlock(reading: Reading, block: FieldBlock, at: number): void {
  if (block.promised !== undefined) return;
  const status = fieldValue(block.fields, ':status');
  const isInterim = status !== undefined && /^1\d\d$/.test(status) && !block.endStream;
  if (isInterim && reading.headers === undefined) {
    reading.interim++;
    return;
  }
  if (reading.headers === undefined) {
    if (status !== undefined && /^\d{3}$/.test(status)) reading.httpStatus = Number(status);
    reading.headersAt = at;
    if (block.endStream) reading.trailers = block.fields;
    else {
      reading.headers = block.fields;
      reading.isGrpc = reading.httpStatus === 200 && hasGrpcContentType(block.fields);
    }
  } else if (block.endStream) {
    reading.trailers = block.fields;
  }
  if (block.endStream) {
    reading.ended = true;
    reading.end = at;
  }
}

function shapeOf(reading: Reading, refused: boolean, closed: boolean): CallShape {
  if (reading.ended) {
    if (reading.headers !== undefined) return reading.isGrpc ? 'normal' : 'http';
    const trailers = reading.trailers ?? [];
    const isGrpc =
      reading.httpStatus === 200 && (hasGrpcContentType(trailers) || fieldValue(trailers, 'grpc-status') !== undefined);
    return isGrpc ? 'trailers-only' : 'http';
  }
  if (reading.reset !== undefined) {
    const isRefusal = reading.reset.by === 'target' && reading.reset.errorCode === errorCodes.REFUSED_STREAM;
    return isRefusal ? 'refused' : 'reset';
  }
  if (refused) return 'refused';
  return closed ? 'closed' : 'open';
}

function hasGrpcContentType(fields: readonly Field[]): boolean {
  const value = fieldValue(fields, 'content-type');
  return value !== undefined && isGrpcContentType(value);
}

/** A property that is there only when it has a value. */
function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
