import type { FieldBlock, FramePacket } from '../transcript/connection-view';
import type { Field } from '../wire/hpack/decoder';
import type { Call } from './call';
import { isGrpcContentType } from './content-type';
import { MessageReader, type LengthPrefixedMessage } from './length-prefixed-message';
import { fieldValue } from './metadata';

/**
 * How far the answer to a call has come: nothing or interim blocks, then DATA, then its end, by END_STREAM or by the first RST_STREAM of
 * either side. RST_STREAM of the target after END_STREAM is noted as well.
 */
export type CallPhase = 'idle' | 'interim' | 'body' | 'ended' | 'reset-by-target' | 'reset-by-us';

/** Every field is there, be it undefined: states of one shape are copied several times as fast as those that differ in their fields. */
type Uniform<T> = { readonly [Name in keyof Required<T>]: T[Name] | undefined };

/** What the frames of one stream add up to, seen as an RPC. Plain data that never changes. */
export interface CallState extends Uniform<
  Pick<Call, 'headers' | 'trailers' | 'httpStatus' | 'reset' | 'resetAfterEnd'>
> {
  readonly phase: CallPhase;
  readonly interim: number;
  /** The body is one of gRPC: its DATA is read as messages. */
  readonly isGrpc: boolean;
  /** END_STREAM of the target was seen, whatever came after it. */
  readonly hasEnded: boolean;
  readonly dataOctets: number;
  /** Complete messages. */
  readonly messages: number;
  /** Octets of an unfinished message at the end. */
  readonly rest: number;
  readonly times: Uniform<Call['times']>;
  readonly firstPacket: number | undefined;
  readonly lastPacket: number | undefined;
  /** The last packet of the answer itself. */
  readonly lastOfAnswer: number | undefined;
}

const beforeCall: CallState = {
  phase: 'idle',
  interim: 0,
  isGrpc: false,
  hasEnded: false,
  dataOctets: 0,
  messages: 0,
  rest: 0,
  times: { opened: undefined, halfClosed: undefined, headers: undefined, end: undefined },
  headers: undefined,
  trailers: undefined,
  httpStatus: undefined,
  reset: undefined,
  resetAfterEnd: undefined,
  firstPacket: undefined,
  lastPacket: undefined,
  lastOfAnswer: undefined,
};

/** What one packet changed. */
export interface CallStep {
  readonly before: CallState;
  readonly packet: FramePacket;
  readonly after: CallState;
  /** The messages that it completed. */
  readonly messages: readonly LengthPrefixedMessage[];
}

const noMessages: readonly LengthPrefixedMessage[] = [];

/** True while nothing has ended the call. */
export const isUnderWay = ({ phase }: CallState): boolean =>
  phase === 'idle' || phase === 'interim' || phase === 'body';

/** Reads one stream as an RPC, packet by packet. Judges nothing: whatever came is described. */
export class CallReader {
  #state: CallState = beforeCall;
  readonly #messages = new MessageReader();

  get state(): CallState {
    return this.#state;
  }

  /** Takes the next packet of the stream, of either direction. */
  add(packet: FramePacket): CallStep {
    const before = this.#state;
    const placed = place(before, packet);
    const { frame } = packet;
    if (packet.direction === 'sent') this.#state = afterSent(placed, packet);
    else if (frame.type === 'DATA' && isUnderWay(before)) return this.#readData(before, packet, placed, frame);
    else this.#state = afterReceived(placed, packet);
    return { before, packet, after: this.#state, messages: noMessages };
  }

  #readData(
    before: CallState,
    packet: FramePacket,
    state: CallState,
    frame: Extract<FramePacket['frame'], { type: 'DATA' }>,
  ): CallStep {
    const messages = state.isGrpc ? this.#messages.feed(frame.data) : noMessages;
    const read: CallState = {
      ...state,
      dataOctets: state.dataOctets + frame.data.length,
      messages: state.messages + messages.length,
      rest: this.#messages.rest,
    };
    this.#state = frame.endStream ? afterEnd(read, packet.at) : read;
    return { before, packet, after: this.#state, messages };
  }
}

/** Where the stream and its answer have come to with this packet. */
function place(state: CallState, { number, direction, frame: { type }, block }: FramePacket): CallState {
  const isOfAnswer =
    direction === 'received' && (type === 'HEADERS' || type === 'DATA' || type === 'RST_STREAM' || block !== undefined);
  return {
    ...state,
    firstPacket: state.firstPacket ?? number,
    lastPacket: number,
    lastOfAnswer: isOfAnswer ? number : state.lastOfAnswer,
  };
}

function afterSent(state: CallState, { frame, at }: FramePacket): CallState {
  const { times } = state;
  if (frame.type === 'RST_STREAM') {
    if (!isUnderWay(state)) return state;
    const reset = { by: 'peer', errorCode: frame.errorCode, at } as const;
    return { ...state, phase: 'reset-by-us', reset, times: { ...times, end: at } };
  }
  if (frame.type !== 'HEADERS' && frame.type !== 'DATA') return state;
  const opens = frame.type === 'HEADERS' && times.opened === undefined;
  const halfCloses = frame.endStream && times.halfClosed === undefined;
  if (!opens && !halfCloses) return state;
  return {
    ...state,
    times: { ...times, opened: opens ? at : times.opened, halfClosed: halfCloses ? at : times.halfClosed },
  };
}

function afterReceived(state: CallState, { frame, block, at }: FramePacket): CallState {
  if (frame.type === 'RST_STREAM') return afterReset(state, frame.errorCode, at);
  return block === undefined || block.promised !== undefined || !isUnderWay(state)
    ? state
    : afterBlock(state, block, at);
}

function afterReset(state: CallState, errorCode: number, at: number): CallState {
  if (state.hasEnded) {
    return { ...state, phase: 'reset-by-target', resetAfterEnd: state.resetAfterEnd ?? { errorCode } };
  }
  if (state.reset !== undefined) return state;
  const reset = { by: 'target', errorCode, at } as const;
  return { ...state, phase: 'reset-by-target', reset, times: { ...state.times, end: at } };
}

function afterBlock(state: CallState, block: FieldBlock, at: number): CallState {
  const { fields, endStream } = block;
  const hasHeaders = state.headers !== undefined;
  const status = fieldValue(fields, ':status');
  if (!hasHeaders && !endStream && status !== undefined && /^1\d\d$/.test(status)) {
    return { ...state, phase: 'interim', interim: state.interim + 1 };
  }
  if (hasHeaders) return endStream ? afterEnd({ ...state, trailers: fields }, at) : state;
  const httpStatus = status !== undefined && /^\d{3}$/.test(status) ? Number(status) : undefined;
  const answered: CallState = { ...state, httpStatus, times: { ...state.times, headers: at } };
  if (endStream) return afterEnd({ ...answered, trailers: fields }, at);
  return { ...answered, phase: 'body', headers: fields, isGrpc: httpStatus === 200 && hasGrpcContentType(fields) };
}

const afterEnd = (state: CallState, at: number): CallState => ({
  ...state,
  phase: 'ended',
  hasEnded: true,
  times: { ...state.times, end: at },
});

/** The first content-type is one of gRPC. */
export function hasGrpcContentType(fields: readonly Field[]): boolean {
  const value = fieldValue(fields, 'content-type');
  return value !== undefined && isGrpcContentType(value);
}
