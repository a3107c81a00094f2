import type { ConnectionView } from '../transcript/connection-view';
import { errorCodes } from '../wire/error-codes';
import type { Call, CallShape, ReceivedMessage } from './call';
import type { CallPlan } from './call-plan';
import { CallReader, hasGrpcContentType, type CallState } from './call-reader';
import { fieldValue } from './metadata';
import { decodePercent } from './percent-encoding';
import { parseStatus } from './status';

interface Reading {
  readonly plan: CallPlan;
  readonly reader: CallReader;
  readonly messages: ReceivedMessage[];
}

interface Goaway {
  readonly lastStreamId: number;
  readonly errorCode: number;
  readonly at: number;
}

/** Reads streams of a connection as RPCs, all of them in one pass. Judges nothing: whatever came is described. */
export function readCalls(view: ConnectionView, plans: readonly CallPlan[]): readonly Call[] {
  const readings = plans.map((plan): Reading => ({ plan, reader: new CallReader(), messages: [] }));
  const byStream = new Map<number, Reading[]>();
  for (const reading of readings) {
    const others = byStream.get(reading.plan.stream);
    if (others === undefined) byStream.set(reading.plan.stream, [reading]);
    else others.push(reading);
  }
  let goaway: Goaway | undefined;
  for (const packet of view.packets) {
    if (packet.kind !== 'frame') continue;
    const { frame, direction, at } = packet;
    if (frame.type === 'GOAWAY' && direction === 'received') {
      goaway = { lastStreamId: frame.lastStreamId, errorCode: frame.errorCode, at };
    }
    for (const { reader, messages } of byStream.get(frame.streamId) ?? []) {
      for (const { compressedFlag, octets } of reader.add(packet).messages)
        messages.push({ compressedFlag, octets, at });
    }
  }
  return readings.map(({ plan, reader, messages }) =>
    describeCall(view, plan, { state: reader.state, messages, goaway }),
  );
}

function describeCall(
  view: ConnectionView,
  plan: CallPlan,
  { state, messages, goaway }: { state: CallState; messages: readonly ReceivedMessage[]; goaway: Goaway | undefined },
): Call {
  const { trailers = [] } = state;
  const status = fieldValue(trailers, 'grpc-status');
  const number = status === undefined ? undefined : parseStatus(status);
  const rawMessage = fieldValue(trailers, 'grpc-message');
  const refused = goaway !== undefined && goaway.lastStreamId < plan.stream;
  // Where we stopped listening to a flood, nothing ended the call.
  const closed = view.closed !== undefined && !view.overflowed;
  const shape = shapeOf(state, refused, closed || !view.connected);
  const end =
    state.times.end ??
    (shape === 'refused' ? goaway?.at : undefined) ??
    (shape === 'closed' ? view.closed?.at : undefined);
  const goawayErrorCode = shape === 'closed' || shape === 'refused' ? goaway?.errorCode : undefined;
  const { opened, halfClosed, headers } = state.times;

  return {
    plan,
    shape,
    interim: state.interim,
    ...defined('headers', state.headers),
    ...defined('trailers', state.trailers),
    ...defined('httpStatus', state.httpStatus),
    messages,
    rest: state.rest,
    dataOctets: state.dataOctets,
    ...defined('status', number),
    ...defined('rawMessage', rawMessage),
    ...defined('message', rawMessage === undefined ? undefined : decodePercent(rawMessage)),
    ...defined('reset', state.reset),
    ...defined('resetAfterEnd', state.resetAfterEnd),
    ...defined('goawayErrorCode', goawayErrorCode),
    times: {
      ...defined('opened', opened),
      ...defined('halfClosed', halfClosed),
      ...defined('headers', headers),
      ...defined('end', end),
    },
    ...defined('firstPacket', state.firstPacket),
    ...defined('lastPacket', state.lastPacket),
  };
}

function shapeOf(state: CallState, refused: boolean, closed: boolean): CallShape {
  if (state.hasEnded) {
    if (state.headers !== undefined) return state.isGrpc ? 'normal' : 'http';
    const trailers = state.trailers ?? [];
    const isGrpc =
      state.httpStatus === 200 && (hasGrpcContentType(trailers) || fieldValue(trailers, 'grpc-status') !== undefined);
    return isGrpc ? 'trailers-only' : 'http';
  }
  if (state.reset !== undefined) {
    const isRefusal = state.reset.by === 'target' && state.reset.errorCode === errorCodes.REFUSED_STREAM;
    return isRefusal ? 'refused' : 'reset';
  }
  if (refused) return 'refused';
  return closed ? 'closed' : 'open';
}

/** A property that is there only when it has a value. */
function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
