import { isOfAnswer } from '../model/follow';
import type { FieldBlock, FramePacket } from '../transcript/connection-view';
import { leavesTableRight, type Field } from '../wire/hpack/decoder';
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
  Pick<Call, 'headers' | 'trailers' | 'undecodable' | 'httpStatus' | 'reset' | 'resetAfterEnd'>
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
  undecodable: undefined,
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
    const after = draftOf(before);
    this.#state = after;
    const { frame, number, direction } = packet;
    after.firstPacket ??= number;
    after.lastPacket = number;
    if (direction === 'sent') {
      takeSent(after, packet);
      return { before, packet, after, messages: noMessages };
    }
    if (isOfAnswer(packet)) after.lastOfAnswer = number;
    const messages = frame.type === 'DATA' && isUnderWay(before) ? this.#takeData(after, frame, packet.at) : noMessages;
    if (frame.type === 'RST_STREAM') takeReset(after, frame.errorCode, packet.at);
    else if (packet.block !== undefined) takeBlock(after, packet.block, packet.at);
    return { before, packet, after, messages };
  }

  #takeData(
    state: Draft,
    { data, endStream }: Extract<FramePacket['frame'], { type: 'DATA' }>,
    at: number,
  ): readonly LengthPrefixedMessage[] {
    const messages = state.isGrpc ? this.#messages.feed(data) : noMessages;
    state.dataOctets += data.length;
    state.messages += messages.length;
    state.rest = this.#messages.rest;
    if (endStream) end(state, at);
    return messages;
  }
}

/** A state while it is being made. */
type Draft = { -readonly [Name in keyof CallState]: CallState[Name] };

/** Field by field: this is done for each frame of a call, and a spread takes several times as long. */
const draftOf = (state: CallState): Draft => ({
  phase: state.phase,
  interim: state.interim,
  isGrpc: state.isGrpc,
  hasEnded: state.hasEnded,
  dataOctets: state.dataOctets,
  messages: state.messages,
  rest: state.rest,
  times: state.times,
  headers: state.headers,
  trailers: state.trailers,
  undecodable: state.undecodable,
  httpStatus: state.httpStatus,
  reset: state.reset,
  resetAfterEnd: state.resetAfterEnd,
  firstPacket: state.firstPacket,
  lastPacket: state.lastPacket,
  lastOfAnswer: state.lastOfAnswer,
});

function takeSent(state: Draft, { frame, at }: FramePacket): void {
  const { times } = state;
  if (frame.type === 'RST_STREAM') {
    if (!isUnderWay(state)) return;
    state.phase = 'reset-by-us';
    state.reset = { by: 'client', errorCode: frame.errorCode, at };
    state.times = { ...times, end: at };
    return;
  }
  if (frame.type !== 'HEADERS' && frame.type !== 'DATA') return;
  const opens = frame.type === 'HEADERS' && times.opened === undefined;
  const halfCloses = frame.endStream && times.halfClosed === undefined;
  if (!opens && !halfCloses) return;
  state.times = { ...times, opened: opens ? at : times.opened, halfClosed: halfCloses ? at : times.halfClosed };
}

function takeReset(state: Draft, errorCode: number, at: number): void {
  if (state.hasEnded) state.resetAfterEnd ??= { errorCode };
  else if (state.reset !== undefined) return;
  else {
    state.reset = { by: 'target', errorCode, at };
    state.times = { ...state.times, end: at };
  }
  state.phase = 'reset-by-target';
}

function takeBlock(state: Draft, { fields, fault, behind, endStream, promised }: FieldBlock, at: number): void {
  if (promised !== undefined || !isUnderWay(state)) return;
  state.undecodable ??= fault === undefined || leavesTableRight(fault) ? behind : fault;
  if (state.headers !== undefined) {
    if (!endStream) return;
    state.trailers = fields;
    end(state, at);
    return;
  }
  const status = fieldValue(fields, ':status');
  if (!endStream && status !== undefined && /^1\d\d$/.test(status)) {
    state.phase = 'interim';
    state.interim++;
    return;
  }
  state.httpStatus = status !== undefined && /^\d{3}$/.test(status) ? Number(status) : undefined;
  state.times = { ...state.times, headers: at };
  if (endStream) {
    state.trailers = fields;
    end(state, at);
    return;
  }
  state.phase = 'body';
  state.headers = fields;
  state.isGrpc = state.httpStatus === 200 && hasGrpcContentType(fields);
}

function end(state: Draft, at: number): void {
  state.phase = 'ended';
  state.hasEnded = true;
  state.times = { ...state.times, end: at };
}

/** The first content-type is one of gRPC. */
export function hasGrpcContentType(fields: readonly Field[]): boolean {
  const value = fieldValue(fields, 'content-type');
  return value !== undefined && isGrpcContentType(value);
}
