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
  const [client, target] = isOurs ? [own, other] : [other, own];
  const refused = !isOurs && frame.type === 'GOAWAY' ? refuseAbove(state, frame.lastStreamId) : state;
  return frame.streamId === 0
    ? { ...refused, client, target }
    : followStream(refused, packet, { client, target, side: isOurs ? 'client' : 'target' });
}

/** Field blocks of one side, which end with END_HEADERS. */
function openBlockAfter({ openBlock }: SideState, frame: Frame): number | undefined {
  if (frame.type !== 'HEADERS' && frame.type !== 'PUSH_PROMISE' && frame.type !== 'CONTINUATION') return openBlock;
  return frame.endHeaders ? undefined : frame.streamId;
}

/** What a frame says of the side that sent it. */
function afterSending(side: SideState, frame: Frame): SideState {
  const frames = side.frames + 1;
  const openBlock = openBlockAfter(side, frame);
  switch (frame.type) {
    case 'DATA':
      return { ...side, frames, openBlock, window: side.window - frame.flowControlledLength };
    case 'SETTINGS':
      if (frame.ack) break;
      return { ...side, frames, openBlock, settings: announceSettings(side.settings, frame.settings) };
    case 'PING':
      if (frame.ack) break;
      return { ...side, frames, openBlock, pings: countPing(side.pings, frame.opaque, 1) };
    case 'GOAWAY': {
      const { lastStreamId, errorCode } = frame;
      const hasFailed = side.hasFailed || errorCode !== errorCodes.NO_ERROR;
      return { ...side, frames, openBlock, goaway: { lastStreamId, errorCode }, hasFailed };
    }
    default:
      break;
  }
  return { ...side, frames, openBlock };
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

interface Sides {
  readonly client: SideState;
  readonly target: SideState;
  /** Who sent the frame. */
  readonly side: Side;
}

/** What a frame says of its stream. */
function followStream(state: ConnectionState, packet: FramePacket, { client, target, side }: Sides): ConnectionState {
  const { frame, block } = packet;
  const before = streamOf(state, frame.streamId);
  let stream = side === 'client' ? nameStream(before) : watchSilence(before, state.fencedStep, packet);
  let { highestStream, openings } = state;
  switch (frame.type) {
    case 'HEADERS':
      if (side === 'client' && !stream.isOpened) {
        stream = { ...stream, isOpened: true, state: stream.state === 'idle' ? 'open' : stream.state };
        highestStream = Math.max(highestStream, frame.streamId);
        openings = { streamId: frame.streamId, before: openings };
      }
      if (frame.endStream) stream = endStream(stream, side);
      break;
    case 'DATA':
      stream = addCredit(stream, side, -frame.flowControlledLength);
      if (frame.endStream) stream = endStream(stream, side);
      break;
    case 'WINDOW_UPDATE':
      stream = addCredit(stream, otherSide(side), frame.increment);
      break;
    case 'RST_STREAM':
      stream = resetStream(stream, side, frame.errorCode, packet.by);
      break;
    default:
      break;
  }
  if (block !== undefined && block.promised === undefined) {
    stream = { ...stream, sections: forSide(stream.sections, side, stream.sections[side] + 1) };
  }
  const openStreams = state.openStreams + Number(isCounted(stream)) - Number(isCounted(before));
  const streams = stream === before ? state.streams : state.streams.set(frame.streamId, stream);
  const followed = { ...state, client, target, streams, openStreams, highestStream, openings };
  return block?.promised === undefined ? followed : reserve(followed, block.promised);
}

const isCounted = ({ isOpened, state }: StreamState): boolean => isOpened && isOpenState(state);

/** We have sent a frame on a stream. */
function nameStream(stream: StreamState): StreamState {
  const { reset } = stream;
  if (reset?.by === 'client' && !reset.isProvoked) return { ...stream, reset: { ...reset, isProvoked: true } };
  return stream.isNamed ? stream : { ...stream, isNamed: true };
}

/** The target has sent a frame on a stream: on one that we reset, it may be one too many. */
function watchSilence(stream: StreamState, fencedStep: number, packet: FramePacket): StreamState {
  const { reset } = stream;
  const { frame } = packet;
  if (reset?.step === undefined || fencedStep <= reset.step || !isOfAnswer(packet)) return stream;
  // Another reset is the answer to what we sent after ours.
  if (frame.type === 'RST_STREAM' && reset.isProvoked) return stream;
  const { frames, octets } = reset.afterFence;
  const afterFence = { frames: frames + 1, octets: octets + frame.raw.payload.length };
  return { ...stream, reset: { ...reset, afterFence } };
}

/** True for what an answer is made of; a field block in pieces counts as it begins and as it ends. */
const isOfAnswer = ({ frame: { type }, block }: FramePacket): boolean =>
  type === 'HEADERS' || type === 'DATA' || type === 'RST_STREAM' || block !== undefined;

function addCredit(stream: StreamState, side: Side, octets: number): StreamState {
  return octets === 0 ? stream : { ...stream, credit: forSide(stream.credit, side, stream.credit[side] + octets) };
}

function endStream(stream: StreamState, side: Side): StreamState {
  const ended = forSide(stream.ended, side, true);
  return { ...stream, state: endStreamState(stream.state, side), ended };
}

/** The same for the other side; in this form because a key that is computed takes several times as long, and this is done for each frame. */
const forSide = <T>(both: Readonly<Record<Side, T>>, side: Side, value: T): Readonly<Record<Side, T>> =>
  side === 'client' ? { client: value, target: both.target } : { client: both.client, target: value };

/** The first RST_STREAM of either side counts, and one on an idle stream closes nothing. */
function resetStream(stream: StreamState, side: Side, errorCode: number, by: FramePacket['by']): StreamState {
  const state = stream.state === 'idle' ? 'idle' : 'closed';
  if (stream.reset !== undefined) return { ...stream, state };
  const afterFence = { frames: 0, octets: 0 };
  const step = typeof by === 'number' ? by : undefined;
  return { ...stream, state, reset: { by: side, errorCode, step, isProvoked: false, afterFence } };
}

/** GOAWAY: the target has not looked at the streams above, and never will (RFC 9113 §6.8). */
function refuseAbove(state: ConnectionState, lastStreamId: number): ConnectionState {
  let { openings, streams, openStreams } = state;
  // Streams are opened in ascending order, so that each is taken from the chain once, however often GOAWAY comes.
  for (; openings !== undefined && openings.streamId > lastStreamId; openings = openings.before) {
    const stream = streams.get(openings.streamId);
    if (stream === undefined) continue;
    if (isCounted(stream)) openStreams--;
    streams = streams.set(openings.streamId, { ...stream, state: 'closed', isRefused: true });
  }
  return openings === state.openings ? state : { ...state, openings, streams, openStreams };
}

function reserve(state: ConnectionState, promised: number): ConnectionState {
  const stream = streamOf(state, promised);
  if (stream.state !== 'idle') return state;
  return { ...state, streams: state.streams.set(promised, { ...stream, state: 'reserved (remote)' }) };
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
