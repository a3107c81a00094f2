import type { DecodedField, HpackFault } from '../wire/hpack/decoder';
import type { Frame } from '../wire/frame';
import type { ReachedBound } from './reached-bound';
import type { ConnectedTls, ConnectionTranscript, TranscriptEvent } from './transcript';

/** One line of the packet list of a connection: a frame of either direction, or something that happened to the connection itself. */
export type Packet = FramePacket | OctetsPacket | HappeningPacket;

interface PacketBase {
  /** Its number in the packet list of its connection, from 0. */
  readonly number: number;
  /** Milliseconds since the script started. */
  readonly at: number;
}

export interface FramePacket extends PacketBase {
  readonly kind: 'frame';
  readonly direction: 'sent' | 'received';
  readonly frame: Frame;
  /** Step of the script that sent it, or our own housekeeping; absent for received frames. */
  readonly by?: number | 'housekeeping';
  /** On the frame that ends a field block: the whole block, decoded. */
  readonly block?: FieldBlock;
}

/** A field block put together from HEADERS or PUSH_PROMISE and its CONTINUATION frames. */
export interface FieldBlock {
  readonly fields: readonly DecodedField[];
  readonly sizeUpdates: readonly number[];
  /** Why it does not decode, when it does not; `fields` holds what came before. */
  readonly fault?: HpackFault;
  /** What is wrong with an earlier block, behind which nobody can read this one. */
  readonly behind?: HpackFault;
  /** Taken from the HEADERS frame. */
  readonly endStream: boolean;
  /** Octets of the block. */
  readonly length: number;
  /** Number of the packet with the HEADERS or PUSH_PROMISE frame. */
  readonly opened: number;
  /** Taken from PUSH_PROMISE: the stream that it promises. Such a block is a request and no part of an answer (RFC 9113 §8.4.1). */
  readonly promised?: number;
}

/** Octets that are no frame: our preface, bytes sent as they stand, or a tail that the target never finished. */
export interface OctetsPacket extends PacketBase {
  readonly kind: 'octets';
  readonly direction: 'sent' | 'received';
  readonly octets: Uint8Array;
  readonly by?: number | 'housekeeping';
}

/** Connect, close, timeout, fence, skipped step: what is on no wire but belongs to the story. */
export interface HappeningPacket extends PacketBase {
  readonly kind: 'happening';
  readonly event: Exclude<TranscriptEvent, { readonly kind: 'sent' | 'received' }>;
}

/** A connection of a transcript, decoded: computed from octets alone. */
export interface ConnectionView {
  readonly name: string;
  readonly transcript: ConnectionTranscript;
  readonly packets: readonly Packet[];
  /** Received frames in order. */
  readonly received: readonly FramePacket[];
  /** Sent frames in order. */
  readonly sent: readonly FramePacket[];
  readonly connected: boolean;
  /** Why there was never a connection. */
  readonly connectFailure?: string;
  readonly tls?: ConnectedTls;
  /** Who ended it; absent while it was open when the script ended. */
  readonly closed?: { readonly at: number; readonly by: 'target' | 'client'; readonly how: 'fin' | 'reset' };
  readonly overflowed: boolean;
  /** We flooded it: whatever the target does on it is a defence. */
  readonly attacked: boolean;
  /** The bound of ours at which we stopped listening. */
  readonly bound?: ReachedBound;
}
