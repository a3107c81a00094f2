import type { FramePacket, Packet } from '../transcript/connection-view';
import { errorCodes } from '../wire/error-codes';
import type { Frame } from '../wire/frame';
import { otherSide, streamOf, type ConnectionState, type Side, type SideState } from './connection-state';
import { IntegerMap } from './integer-map';
import { acknowledgeSettings, announceSettings } from './settings-state';
import { endStreamState, isOpenState, type StreamState } from './stream-state';

/** The state of a connection after one more packet. Describes what came, legal or not, and judges nothing; the state before stays as it is. */
export function follow(state: ConnectionState, packet: Packet): ConnectionState {
  if (packet.kind === 'frame') return followFrame(state, packet);
  if (packet.kind !== 'happening' || packet.event.kind !== 'fenced') return state;
  return { ...state, fencedStep: packet.event.step };
}

function followFrame(state: ConnectionState, packet: FramePacket): ConnectionState {
  const { frame, direction } = packet;
  const isOurs = direction === 'sent';
  const own = afterSending(isOurs ? state.client : state.target, frame);
  const other = afterReceiving(isOurs ? state.target : state.client, frame);
  const next = draftConnection(state);
  next.client = isOurs ? own : other;
  next.target = isOurs ? other : own;
  if (!isOurs && frame.type === 'GOAWAY') refuseAbove(next, frame.lastStreamId);
  if (frame.streamId !== 0) followStream(next, isOurs ? 'client' : 'target', packet);
  return next;
}

/** Field blocks of one side, which end with END_HEADERS. */
function openBlockAfter({ openBlock }: SideState, frame: Frame): number | undefined {
  if (frame.type !== 'HEADERS' && frame.type !== 'PUSH_PROMISE' && frame.type !== 'CONTINUATION') return openBlock;
  return frame.endHeaders ? undefined : frame.streamId;
}

/** What a frame says of the side that sent it. */
function afterSending(side: SideState, frame: Frame): SideState {
  const next = draftSide(side);
  next.frames++;
  next.openBlock = openBlockAfter(side, frame);
  switch (frame.type) {
    case 'DATA':
      next.window -= frame.flowControlledLength;
      break;
    case 'SETTINGS':
      if (!frame.ack) next.settings = announceSettings(side.settings, frame.settings);
      break;
    case 'PING':
      if (!frame.ack) next.pings = countPing(side.pings, frame.opaque, 1);
      break;
    case 'GOAWAY': {
      const { lastStreamId, errorCode } = frame;
      next.goaway = { lastStreamId, errorCode };
      next.hasFailed ||= errorCode !== errorCodes.NO_ERROR;
      break;
    }
    default:
      break;
  }
  return next;
}

/** What a frame says of the side that it came to. */
function afterReceiving(side: SideState, frame: Frame): SideState {
  switch (frame.type) {
    case 'SETTINGS':
      return frame.ack ? { ...side, settings: acknowledgeSettings(side.settings) } : side;
    case 'WINDOW_UPDATE':
      return frame.streamId === 0 ? { ...side, window: side.window + frame.increment } : side;
    case 'PING':
      return frame.ack ? { ...side, pings: countPing(side.pings, frame.opaque, -1) } : side;
    default:
      return side;
  }
}

/** What a frame says of its stream. */
function followStream(connection: Draft<ConnectionState>, side: Side, packet: FramePacket): void {
  const { frame, block } = packet;
  const before = streamOf(connection, frame.streamId);
  const stream = draftStream(before);
  if (side === 'client') nameStream(stream, frame);
  else watchSilence(stream, connection.fencedStep, packet);
  switch (frame.type) {
    case 'HEADERS':
      if (side === 'client' && !stream.isOpened) {
        stream.isOpened = true;
        stream.windowAtOpening = connection.client.settings.latest.INITIAL_WINDOW_SIZE;
        if (stream.state === 'idle') stream.state = 'open';
        connection.highestStream = Math.max(connection.highestStream, frame.streamId);
        connection.openings = { streamId: frame.streamId, before: connection.openings };
      }
      if (frame.endStream) endStream(stream, side, connection.fencedStep, packet);
      break;
    case 'DATA':
      addCredit(stream, side, -frame.flowControlledLength);
      if (frame.endStream) endStream(stream, side, connection.fencedStep, packet);
      break;
    case 'WINDOW_UPDATE':
      addCredit(stream, otherSide(side), frame.increment);
      break;
    case 'RST_STREAM':
      if (side === 'target') stream.resets += 1;
      resetStream(stream, side, frame.errorCode, packet.by);
      break;
    default:
      break;
  }
  if (block !== undefined && block.promised === undefined) {
    stream.sections = forSide(stream.sections, side, stream.sections[side] + 1);
  }
  connection.openStreams += Number(isCounted(stream)) - Number(isCounted(before));
  connection.streams = connection.streams.set(frame.streamId, stream);
  if (block?.promised !== undefined) reserve(connection, block.promised);
}

const isCounted = ({ isOpened, state }: StreamState): boolean => isOpened && isOpenState(state);

/** We have sent a frame on a stream. */
function nameStream(stream: Draft<StreamState>, { type }: Frame): void {
  const { reset } = stream;
  stream.sent += 1;
  if (stream.ended.client && type !== 'WINDOW_UPDATE' && type !== 'PRIORITY') stream.isDisturbed = true;
  if (reset?.by === 'client') stream.reset = { ...reset, isProvoked: true };
  else stream.isNamed = true;
}

/** The target has sent a frame on a stream: on one that we reset, it may be one too many. */
function watchSilence(stream: Draft<StreamState>, fencedStep: number, packet: FramePacket): void {
  const { reset } = stream;
  const { frame } = packet;
  if (reset?.step === undefined || fencedStep <= reset.step || !isOfAnswer(packet)) return;
  // Another reset is the answer to what we sent after ours.
  if (frame.type === 'RST_STREAM' && reset.isProvoked) return;
  const { frames, octets } = reset.afterFence;
  stream.reset = { ...reset, afterFence: { frames: frames + 1, octets: octets + frame.raw.payload.length } };
}

/** True for what an answer is made of; a field block in pieces counts as it begins and as it ends. */
export const isOfAnswer = ({ frame: { type }, block }: FramePacket): boolean =>
  type === 'HEADERS' || type === 'DATA' || type === 'RST_STREAM' || block !== undefined;

function addCredit(stream: Draft<StreamState>, side: Side, octets: number): void {
  if (octets !== 0) stream.credit = forSide(stream.credit, side, stream.credit[side] + octets);
}

function endStream(stream: Draft<StreamState>, side: Side, fencedStep: number, { by }: FramePacket): void {
  const { endStep } = stream;
  if (side === 'client') stream.endStep ??= typeof by === 'number' ? by : undefined;
  else if (!stream.ended.target) stream.isKnownClosed = endStep !== undefined && endStep < fencedStep;
  stream.state = endStreamState(stream.state, side);
  stream.ended = forSide(stream.ended, side, true);
}

/** The same for the other side; in this form because a key that is computed takes several times as long, and this is done for each frame. */
const forSide = <T>(both: Readonly<Record<Side, T>>, side: Side, value: T): Readonly<Record<Side, T>> =>
  side === 'client' ? { client: value, target: both.target } : { client: both.client, target: value };

/** The first RST_STREAM of either side counts, and one on an idle stream closes nothing. */
function resetStream(stream: Draft<StreamState>, side: Side, errorCode: number, by: FramePacket['by']): void {
  if (stream.state !== 'idle') stream.state = 'closed';
  if (stream.reset !== undefined) return;
  const afterFence = { frames: 0, octets: 0 };
  const step = typeof by === 'number' ? by : undefined;
  stream.reset = { by: side, errorCode, step, isProvoked: false, afterFence };
}

/** GOAWAY: the target has not looked at the streams above, and never will (RFC 9113 §6.8). */
function refuseAbove(connection: Draft<ConnectionState>, lastStreamId: number): void {
  let { openings } = connection;
  // Streams are opened in ascending order, so that each is taken from the chain once, however often GOAWAY comes.
  for (; openings !== undefined && openings.streamId > lastStreamId; openings = openings.before) {
    const stream = connection.streams.get(openings.streamId);
    if (stream === undefined) continue;
    if (isCounted(stream)) connection.openStreams--;
    connection.streams = connection.streams.set(openings.streamId, { ...stream, state: 'closed', isRefused: true });
  }
  connection.openings = openings;
}

function reserve(connection: Draft<ConnectionState>, promised: number): void {
  const stream = streamOf(connection, promised);
  if (stream.state !== 'idle') return;
  connection.streams = connection.streams.set(promised, { ...stream, state: 'reserved (remote)' });
}

/** The two halves of the octets of a PING. */
function pingKey(opaque: Uint8Array): readonly [number, number] {
  const octets = new DataView(opaque.buffer, opaque.byteOffset, opaque.byteLength);
  return [octets.getUint32(0), octets.getUint32(4)];
}

type Pings = SideState['pings'];

/** How many PINGs with these octets are not acknowledged. */
export function pingsOutstanding(pings: Pings, opaque: Uint8Array): number {
  const [first, last] = pingKey(opaque);
  return pings.get(first)?.get(last) ?? 0;
}

/** Every PING with these octets that was sent is acknowledged; false when none was. */
export function isPingAcknowledged(pings: Pings, opaque: Uint8Array): boolean {
  const [first, last] = pingKey(opaque);
  return pings.get(first)?.get(last) === 0;
}

function countPing(pings: Pings, opaque: Uint8Array, more: 1 | -1): Pings {
  const [first, last] = pingKey(opaque);
  const half = pings.get(first) ?? IntegerMap.empty<number>();
  const count = (half.get(last) ?? 0) + more;
  // An ACK that matches nothing leaves everything as it is.
  return count < 0 ? pings : pings.set(first, half.set(last, count));
}

/** A copy of a state while it is being made. */
type Draft<State> = { -readonly [Name in keyof State]: State[Name] };

// Field by field: three of them are made for each frame, and a spread takes several times as long.

const draftConnection = (state: ConnectionState): Draft<ConnectionState> => ({
  client: state.client,
  target: state.target,
  streams: state.streams,
  openStreams: state.openStreams,
  highestStream: state.highestStream,
  fencedStep: state.fencedStep,
  openings: state.openings,
});

const draftSide = (side: SideState): Draft<SideState> => ({
  frames: side.frames,
  settings: side.settings,
  window: side.window,
  openBlock: side.openBlock,
  pings: side.pings,
  goaway: side.goaway,
  hasFailed: side.hasFailed,
});

const draftStream = (stream: StreamState): Draft<StreamState> => ({
  state: stream.state,
  isNamed: stream.isNamed,
  sent: stream.sent,
  resets: stream.resets,
  isOpened: stream.isOpened,
  windowAtOpening: stream.windowAtOpening,
  ended: stream.ended,
  credit: stream.credit,
  sections: stream.sections,
  reset: stream.reset,
  endStep: stream.endStep,
  isKnownClosed: stream.isKnownClosed,
  isDisturbed: stream.isDisturbed,
  isRefused: stream.isRefused,
});
