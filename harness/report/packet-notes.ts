import { otherSide, streamOf, windowsOf, initialState, type Side, type Windows } from '../model/connection-state';
import { follow } from '../model/follow';
import { isOpenState } from '../model/stream-state';
import type { ConnectionView, Packet } from '../transcript/connection-view';

/** What a packet list says of a packet beside what stands in it. */
export interface PacketNote {
  /** After a frame that takes or gives credit: who may send how much then. */
  readonly windows?: { readonly side: Side; readonly left: Windows; readonly stream: number };
  /** Streams of the list that are open after it, by their places in {@link PacketNotes.lanes}. */
  readonly open: ReadonlySet<number>;
}

/** The notes on all packets of a connection. */
export interface PacketNotes {
  /** The first streams that the connection had, in the order in which they came: each can be drawn as a lane. */
  readonly lanes: readonly number[];
  /** By the packets' numbers. */
  readonly notes: readonly PacketNote[];
}

/** Lanes that fit beside the other columns. */
const mostLanes = 8;

const noneOpen: ReadonlySet<number> = new Set();

/** Reads a connection once more, packet by packet, as rules do (`model/follow`). */
export function notePackets({ packets }: ConnectionView): PacketNotes {
  const lanes = streamsOf(packets);
  let state = initialState;
  let open = noneOpen;
  const notes = packets.map((packet): PacketNote => {
    state = follow(state, packet);
    const now = lanes.filter((stream) => isOpenState(streamOf(state, stream).state));
    if (now.length !== open.size || now.some((stream) => !open.has(stream))) open = new Set(now);
    if (packet.kind !== 'frame') return { open };
    const { frame, direction } = packet;
    const sender: Side = direction === 'sent' ? 'client' : 'target';
    const side = frame.type === 'DATA' ? sender : frame.type === 'WINDOW_UPDATE' ? otherSide(sender) : undefined;
    if (side === undefined) return { open };
    return { open, windows: { side, left: windowsOf(state, side, frame.streamId), stream: frame.streamId } };
  });
  return { lanes, notes };
}

function streamsOf(packets: readonly Packet[]): readonly number[] {
  const streams = new Set<number>();
  for (const packet of packets) {
    if (packet.kind === 'frame' && packet.frame.streamId !== 0) streams.add(packet.frame.streamId);
    if (streams.size === mostLanes) break;
  }
  return [...streams];
}

/** The windows after a frame in words: `5 left on stream 1, 65,530 on the connection`. */
export function describeWindows({ windows }: PacketNote): string {
  if (windows === undefined) return '';
  const { left, stream } = windows;
  const onConnection = `${left.connection.toLocaleString('en-US')} on the connection`;
  return stream === 0
    ? `window: ${onConnection}`
    : `window: ${left.stream.toLocaleString('en-US')} on stream ${stream}, ${onConnection}`;
}

/** Packets that begin a connection, before anything is said on a stream: TCP, TLS, preface, SETTINGS with their ACK, and credit for the connection. */
export function setupPackets({ packets }: ConnectionView): ReadonlySet<number> {
  const setup = new Set<number>();
  for (const packet of packets) {
    if (!isSetup(packet)) break;
    setup.add(packet.number);
  }
  return setup;
}

function isSetup(packet: Packet): boolean {
  if (packet.kind === 'happening') return packet.event.kind === 'connected';
  if (packet.kind === 'octets') return packet.direction === 'sent' && packet.number < 3;
  const { type, streamId } = packet.frame;
  return streamId === 0 && (type === 'SETTINGS' || type === 'WINDOW_UPDATE');
}
