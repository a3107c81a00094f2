import { FrameDecoder } from '../wire/decode-frames';
import {
  interpretFrame,
  type ContinuationFrame,
  type Frame,
  type HeadersFrame,
  type PushPromiseFrame,
} from '../wire/frame';
import { joinOctets } from '../wire/join-octets';
import { HpackDecoder, type BlockPiece } from '../wire/hpack/decoder';
import type { Field } from '../wire/hpack/field';
import { leavesTableRight, type HpackFault } from '../wire/hpack/fault';
import { connectionPreface } from '../wire/preface';
import { settingValue } from '../wire/setting-value';
import { settingIds } from '../wire/settings';
import type { ConnectionView, FieldBlock, FramePacket, OctetsPacket, Packet } from './connection-view';
import type { ConnectionTranscript, TranscriptEvent } from './transcript';

type Direction = 'sent' | 'received';

/** HPACK size limits of our own decoder: far above what any rule lets a target send, low enough that nothing grows without bound. */
const maxHeaderListSize = 16 * 1024 * 1024;

/** What a field block has from the frame that opens it. */
type BlockOrigin = Pick<FieldBlock, 'endStream' | 'opened' | 'promised'>;

/** One direction of a connection: octets to frames to field blocks. */
interface Half {
  readonly frames: FrameDecoder;
  readonly hpack: HpackDecoder;
  /** The field block that is being put together. */
  open?: { readonly fragments: Uint8Array[]; readonly origin: BlockOrigin };
  /** False once the octets are not (or no longer) frames. */
  framed: boolean;
  /** Set once octets of a field block failed to decode, which makes every later one meaningless (RFC 9113 §4.3). */
  broken?: HpackFault;
}

export interface ReadOptions {
  /** False leaves the field blocks that we sent undecoded, which is all that live judging needs. */
  readonly decodeSentBlocks?: boolean;
  /** Is told how a field block was read: that of the packet with the number `of`. */
  readonly trace?: { readonly of: number; readonly take: (trace: BlockTrace) => void };
}

/** How a field block was read, octet by octet. */
export interface BlockTrace {
  /** The block, put together from its frames. */
  readonly octets: Uint8Array;
  /** Octets of each frame's fragment, in order. */
  readonly fragments: readonly number[];
  /** What stands in it, as far as it could be read. */
  readonly pieces: readonly BlockPiece[];
  /** The dynamic table, newest entry first. */
  readonly before: TableState;
  readonly after: TableState;
}

/** A dynamic table at one moment (RFC 7541 §2.3.2). */
export interface TableState {
  readonly entries: readonly Field[];
  readonly size: number;
  readonly maxSize: number;
}

/** Turns the events of a connection into its packet list, as they happen or later from disk, always in the same way. */
export class ConnectionReader {
  readonly packets: Packet[] = [];
  readonly received: FramePacket[] = [];
  readonly sent: FramePacket[] = [];
  readonly #events: TranscriptEvent[] = [];
  readonly #decodeSentBlocks: boolean;
  readonly #trace: ReadOptions['trace'];
  readonly #halves: Record<Direction, Half>;
  /** Octets of the preface that we have sent so far, until it is complete. */
  #preface: Uint8Array | undefined = new Uint8Array(0);
  /** HEADER_TABLE_SIZE of each side's SETTINGS frames that the other has not acknowledged yet; undefined for a frame without one. */
  readonly #unacknowledged: Record<Direction, (number | undefined)[]> = { sent: [], received: [] };

  constructor(options: ReadOptions = {}) {
    this.#decodeSentBlocks = options.decodeSentBlocks ?? true;
    this.#trace = options.trace;
    this.#halves = { sent: newHalf(), received: newHalf() };
  }

  get events(): readonly TranscriptEvent[] {
    return this.#events;
  }

  /** Octets received of a frame that is not complete. */
  get unfinished(): number {
    return this.#halves.received.frames.pending;
  }

  /** Takes the next event. @returns the packets that it made. */
  add(event: TranscriptEvent): readonly Packet[] {
    this.#events.push(event);
    const before = this.packets.length;
    if (event.kind === 'received') this.#addOctets('received', event.octets, event.at, undefined);
    else if (event.kind === 'sent') this.#addSent(event.octets, event.at, event.by);
    else {
      // Nothing completes a frame after the end, so that its octets belong before it.
      if (event.kind === 'closed') this.#flushTails(event.at);
      if (event.kind === 'connected' && event.clear === true) {
        this.#preface = undefined;
        for (const half of Object.values(this.#halves)) half.framed = false;
      }
      this.packets.push({ kind: 'happening', number: this.packets.length, at: event.at, event });
    }
    return this.packets.slice(before);
  }

  /** The view of everything added so far. */
  view(name: string): ConnectionView {
    this.#flushTails(this.#events.at(-1)?.at ?? 0);
    const connected = this.#events.find((event) => event.kind === 'connected');
    const failed = this.#events.find((event) => event.kind === 'connect-failed');
    const closed = this.#events.find((event) => event.kind === 'closed');
    const overflow = this.#events.find((event) => event.kind === 'overflow');
    return {
      name,
      transcript: { name, events: this.#events },
      packets: this.packets,
      received: this.received,
      sent: this.sent,
      connected: connected !== undefined,
      ...(failed === undefined ? {} : { connectFailure: failed.reason }),
      ...(connected?.tls === undefined ? {} : { tls: connected.tls }),
      ...(closed === undefined ? {} : { closed: { at: closed.at, by: closed.by, how: closed.how } }),
      overflowed: overflow !== undefined,
      attacked: this.#events.some(({ kind }) => kind === 'flood'),
      ...(overflow?.bound === undefined ? {} : { bound: overflow.bound }),
    };
  }

  #addSent(octets: Uint8Array, at: number, by: number | 'housekeeping'): void {
    if (this.#preface === undefined) return this.#addOctets('sent', octets, at, by);
    const start = joinOctets([this.#preface, octets]);
    const compared = Math.min(start.length, connectionPreface.length);
    const matches = start.subarray(0, compared).every((octet, index) => octet === connectionPreface[index]);
    if (matches && start.length < connectionPreface.length) {
      this.#preface = start;
      return;
    }
    this.#preface = undefined;
    if (!matches) {
      this.#halves.sent.framed = false;
      this.#pushOctets('sent', start, at, by);
      return;
    }
    this.#pushOctets('sent', start.subarray(0, connectionPreface.length), at, by);
    if (start.length > connectionPreface.length)
      this.#addOctets('sent', start.subarray(connectionPreface.length), at, by);
  }

  #addOctets(direction: Direction, octets: Uint8Array, at: number, by: number | 'housekeeping' | undefined): void {
    const half = this.#halves[direction];
    if (!half.framed) return this.#pushOctets(direction, octets, at, by);
    for (const decoded of half.frames.push(octets)) this.#addFrame(direction, interpretFrame(decoded.raw), at, by);
  }

  #addFrame(direction: Direction, frame: Frame, at: number, by: number | 'housekeeping' | undefined): void {
    const number = this.packets.length;
    const block = this.#collectBlock(direction, frame, number);
    const packet: FramePacket = {
      kind: 'frame',
      number,
      at,
      direction,
      frame,
      ...(by === undefined ? {} : { by }),
      ...(block === undefined ? {} : { block }),
    };
    this.packets.push(packet);
    this[direction].push(packet);
    if (frame.type === 'SETTINGS') this.#followSettings(direction, frame);
  }

  #collectBlock(direction: Direction, frame: Frame, number: number): FieldBlock | undefined {
    const half = this.#halves[direction];
    if (frame.type === 'HEADERS') {
      half.open = { fragments: [frame.fragment], origin: { endStream: frame.endStream, opened: number } };
    } else if (frame.type === 'PUSH_PROMISE') {
      const origin = { endStream: false, opened: number, promised: frame.promisedStreamId };
      half.open = { fragments: [frame.fragment], origin };
    } else if (frame.type === 'CONTINUATION' && half.open !== undefined) {
      half.open.fragments.push(frame.fragment);
    } else {
      return undefined;
    }
    if (!endsBlock(frame) || half.open === undefined) return undefined;
    const { fragments, origin } = half.open;
    delete half.open;
    return this.#decodeBlock(direction, fragments, origin, number);
  }

  #decodeBlock(
    direction: Direction,
    fragments: readonly Uint8Array[],
    origin: BlockOrigin,
    number: number,
  ): FieldBlock {
    const octets = joinOctets(fragments);
    const half = this.#halves[direction];
    if (half.broken !== undefined || (direction === 'sent' && !this.#decodeSentBlocks)) {
      const behind = half.broken === undefined ? {} : { behind: half.broken };
      return { fields: [], sizeUpdates: [], ...behind, length: octets.length, ...origin };
    }
    const result =
      this.#trace?.of === number
        ? traceBlock(half.hpack, octets, fragments, this.#trace.take)
        : half.hpack.decode(octets);
    if (result.ok) {
      return { fields: result.fields, sizeUpdates: result.sizeUpdates, length: octets.length, ...origin };
    }
    if (!leavesTableRight(result.error)) half.broken = result.error;
    return { fields: result.fields, sizeUpdates: [], fault: result.error, length: octets.length, ...origin };
  }

  /** HEADER_TABLE_SIZE binds the other side's encoder from its ACK on, in both directions (RFC 9113 §4.3.1). */
  #followSettings(direction: Direction, frame: Extract<Frame, { type: 'SETTINGS' }>): void {
    const other = direction === 'sent' ? 'received' : 'sent';
    if (!frame.ack) {
      this.#unacknowledged[direction].push(settingValue(frame.settings, settingIds.HEADER_TABLE_SIZE));
      return;
    }
    const acknowledged = this.#unacknowledged[other].shift();
    if (acknowledged !== undefined) this.#halves[direction].hpack.setMaxTableSize(acknowledged);
  }

  #pushOctets(direction: Direction, octets: Uint8Array, at: number, by: number | 'housekeeping' | undefined): void {
    const packet: OctetsPacket = {
      kind: 'octets',
      number: this.packets.length,
      at,
      direction,
      octets,
      ...(by === undefined ? {} : { by }),
    };
    this.packets.push(packet);
  }

  /** A preface or frame that never became complete is shown as octets, once. */
  #flushTails(at: number): void {
    for (const direction of ['sent', 'received'] as const) {
      const half = this.#halves[direction];
      const preface = direction === 'sent' ? (this.#preface?.length ?? 0) : 0;
      const unfinished = preface + half.frames.pending;
      if (!half.framed || unfinished === 0) continue;
      half.framed = false;
      if (direction === 'sent') this.#preface = undefined;
      this.#pushOctets(direction, lastOctets(this.#events, direction, unfinished), at, undefined);
    }
  }
}

/** Reads a connection of a transcript: the same packets that the client saw live. */
export function readConnection(transcript: ConnectionTranscript, options?: ReadOptions): ConnectionView {
  const reader = new ConnectionReader(options);
  for (const event of transcript.events) reader.add(event);
  return reader.view(transcript.name);
}

function traceBlock(
  decoder: HpackDecoder,
  octets: Uint8Array,
  fragments: readonly Uint8Array[],
  take: (trace: BlockTrace) => void,
): ReturnType<HpackDecoder['decode']> {
  const before = tableState(decoder);
  const pieces: BlockPiece[] = [];
  const result = decoder.decode(octets, (piece) => pieces.push(piece));
  take({ octets, fragments: fragments.map(({ length }) => length), pieces, before, after: tableState(decoder) });
  return result;
}

const tableState = ({ table: { entries, size, maxSize } }: HpackDecoder): TableState => ({ entries, size, maxSize });

const newHalf = (): Half => ({
  frames: new FrameDecoder(),
  hpack: new HpackDecoder({ maxHeaderListSize }),
  framed: true,
});

const endsBlock = (frame: HeadersFrame | PushPromiseFrame | ContinuationFrame): boolean => frame.endHeaders;

function lastOctets(events: readonly TranscriptEvent[], direction: Direction, count: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let missing = count;
  for (const event of events.toReversed()) {
    if (event.kind !== direction || missing === 0) continue;
    const piece = event.octets.subarray(Math.max(0, event.octets.length - missing));
    pieces.unshift(piece);
    missing -= piece.length;
  }
  return joinOctets(pieces);
}
