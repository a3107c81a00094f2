import type { ConnectionView, FramePacket } from '../transcript/connection-view';
import { errorCodes } from '../wire/error-codes';
import type { Call, CallShape, ReceivedMessage } from './call';
import type { CallPlan } from './call-plan';
import { CallReader, hasGrpcContentType, type CallState, type CallStep } from './call-reader';
import { fieldValue } from './metadata';
import { decodePercent } from './percent-encoding';
import { parseStatus } from './status';

/** One call of a connection that is being read. */
export interface CallReading {
  readonly plan: CallPlan;
  /** Its place among the plans. */
  readonly index: number;
  readonly reader: CallReader;
}

interface Goaway {
  readonly lastStreamId: number;
  readonly errorCode: number;
  readonly at: number;
}

const noSteps: readonly never[] = [];

/** Reads streams of a connection as RPCs, packet by packet and all of them at once, for whoever walks its packets. Judges nothing: whatever came is described. */
export class CallsReader {
  readonly readings: readonly CallReading[];
  readonly #messages: readonly ReceivedMessage[][];
  readonly #byStream = new Map<number, CallReading[]>();
  #goaway: Goaway | undefined;

  constructor(plans: readonly CallPlan[]) {
    this.readings = plans.map((plan, index) => ({ plan, index, reader: new CallReader() }));
    this.#messages = plans.map(() => []);
    for (const reading of this.readings) {
      const others = this.#byStream.get(reading.plan.stream);
      if (others === undefined) this.#byStream.set(reading.plan.stream, [reading]);
      else others.push(reading);
    }
  }

  /**
   * Takes the next frame.
   * @param look is told what it changed in each call on its stream
   */
  add(packet: FramePacket, look?: (reading: CallReading, step: CallStep) => void): void {
    const { frame, direction, at } = packet;
    if (frame.type === 'GOAWAY' && direction === 'received') {
      this.#goaway = { lastStreamId: frame.lastStreamId, errorCode: frame.errorCode, at };
    }
    for (const reading of this.#byStream.get(frame.streamId) ?? noSteps) {
      const step = reading.reader.add(packet);
      for (const { compressedFlag, octets } of step.messages) {
        this.#messages[reading.index]?.push({ compressedFlag, octets, at });
      }
      look?.(reading, step);
    }
  }

  /** All calls as they are after the last packet, in the order of the plans. */
  calls(view: ConnectionView): readonly Call[] {
    return this.readings.map(({ plan, index, reader: { state } }) =>
      describeCall(view, plan, { state, messages: this.#messages[index] ?? [], goaway: this.#goaway }),
    );
  }
}

/** The calls of a connection that nobody else walks. */
export function readCalls(view: ConnectionView, plans: readonly CallPlan[]): readonly Call[] {
  const reader = new CallsReader(plans);
  for (const packet of view.packets) if (packet.kind === 'frame') reader.add(packet);
  return reader.calls(view);
}

function describeCall(
  view: ConnectionView,
  plan: CallPlan,
  { state, messages, goaway }: { state: CallState; messages: readonly ReceivedMessage[]; goaway: Goaway | undefined },
): Call {
  const { trailers = [] } = state;
  const status = fieldValue(trailers, 'grpc-status');
  const rawMessage = fieldValue(trailers, 'grpc-message');
  const refused = goaway !== undefined && goaway.lastStreamId < plan.stream;
  // Where we stopped listening to a flood, nothing ended the call.
  const closed = view.closed !== undefined && !view.overflowed;
  const isLeftOver = isLeftOverReset(state, goaway);
  const shape = shapeOf(state, { refused, isLeftOver, closed: closed || !view.connected || isLeftOver });
  const end =
    state.times.end ??
    (shape === 'refused' ? goaway?.at : undefined) ??
    (shape === 'closed' ? view.closed?.at : undefined);

  return {
    plan,
    shape,
    interim: state.interim,
    headers: state.headers,
    trailers: state.trailers,
    undecodable: state.undecodable,
    httpStatus: state.httpStatus,
    messages,
    rest: state.rest,
    dataOctets: state.dataOctets,
    status: status === undefined ? undefined : parseStatus(status),
    rawMessage,
    message: rawMessage === undefined ? undefined : decodePercent(rawMessage),
    reset: state.reset,
    resetAfterEnd: state.resetAfterEnd,
    goawayErrorCode: shape === 'closed' || shape === 'refused' ? goaway?.errorCode : undefined,
    times: { ...state.times, end },
    firstPacket: state.firstPacket,
    lastPacket: state.lastPacket,
  };
}

/** The target had announced that an error ends the connection, and says of a stream only that it is gone too: that is no answer to the call. */
const isLeftOverReset = ({ reset }: CallState, goaway: Goaway | undefined): boolean =>
  reset?.by === 'target' &&
  reset.errorCode === errorCodes.NO_ERROR &&
  goaway !== undefined &&
  goaway.errorCode !== errorCodes.NO_ERROR &&
  goaway.at <= reset.at;

function shapeOf(
  state: CallState,
  { refused, isLeftOver, closed }: Readonly<Record<'refused' | 'isLeftOver' | 'closed', boolean>>,
): CallShape {
  if (state.hasEnded) {
    if (state.headers !== undefined) return state.isGrpc ? 'normal' : 'http';
    const trailers = state.trailers ?? [];
    const isGrpc =
      state.httpStatus === 200 && (hasGrpcContentType(trailers) || fieldValue(trailers, 'grpc-status') !== undefined);
    return isGrpc ? 'trailers-only' : 'http';
  }
  if (state.reset !== undefined && !isLeftOver) {
    const isRefusal = state.reset.by === 'target' && state.reset.errorCode === errorCodes.REFUSED_STREAM;
    return isRefusal ? 'refused' : 'reset';
  }
  if (refused) return 'refused';
  return closed ? 'closed' : 'open';
}
