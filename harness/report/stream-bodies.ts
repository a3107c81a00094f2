import { readMessages, prefixLength } from '../grpc/length-prefixed-message';
import type { ConnectionView } from '../transcript/connection-view';
import { joinOctets } from '../wire/join-octets';

/** The DATA of one direction of a stream, put together, and the gRPC messages in it: their boundaries have nothing to do with those of the frames. */
export interface StreamBody {
  readonly stream: number;
  readonly direction: 'sent' | 'received';
  /** Octets of all frames, padding left out. */
  readonly length: number;
  readonly frames: readonly BodyFrame[];
  /** In order; the last may be unfinished. */
  readonly messages: readonly BodyMessage[];
}

/** A DATA frame. */
export interface BodyFrame {
  /** Number of its packet. */
  readonly packet: number;
  /** Where its first octet stands in the body. */
  readonly at: number;
  readonly length: number;
}

/** A length-prefixed message. */
export interface BodyMessage {
  /** From 1. */
  readonly number: number;
  /** Where its prefix begins in the body, and the first octet behind what has come of it. */
  readonly from: number;
  readonly to: number;
  /** Its Message-Length; absent while the prefix is not complete. */
  readonly announced?: number;
  /** When it is complete: what stands behind the prefix, and its Compressed-Flag. */
  readonly whole?: { readonly compressedFlag: number; readonly octets: Uint8Array };
}

/** The bodies of all streams of a connection that had DATA. */
export function readBodies({ packets }: ConnectionView): readonly StreamBody[] {
  const found = new Map<
    string,
    { stream: number; direction: 'sent' | 'received'; frames: BodyFrame[]; pieces: Uint8Array[]; length: number }
  >();
  for (const packet of packets) {
    if (packet.kind !== 'frame' || packet.frame.type !== 'DATA') continue;
    const { direction, number, frame } = packet;
    const key = `${direction} ${frame.streamId}`;
    const body = found.get(key) ?? { stream: frame.streamId, direction, frames: [], pieces: [], length: 0 };
    found.set(key, body);
    body.frames.push({ packet: number, at: body.length, length: frame.data.length });
    body.pieces.push(frame.data);
    body.length += frame.data.length;
  }
  return [...found.values()].map(({ stream, direction, frames, pieces, length }) => {
    const messages = messagesOf(joinOctets(pieces));
    return { stream, direction, length, frames, messages };
  });
}

function messagesOf(octets: Uint8Array): readonly BodyMessage[] {
  const { messages, partial } = readMessages(octets);
  const found: BodyMessage[] = [];
  let at = 0;
  for (const whole of messages) {
    const to = at + prefixLength + whole.octets.length;
    found.push({ number: found.length + 1, from: at, to, announced: whole.octets.length, whole });
    at = to;
  }
  if (partial === undefined) return found;
  const { announced, received } = partial;
  const rest: BodyMessage = { number: found.length + 1, from: at, to: at + received };
  return [...found, announced === undefined ? rest : { ...rest, announced }];
}

/** The part of a message that lies in one frame, in offsets of the body. */
export interface MessagePart {
  readonly message: BodyMessage;
  readonly part: 'prefix' | 'content';
  readonly from: number;
  readonly to: number;
}

/** What of which message stands in a frame of a body, in order; an empty message has a prefix alone. */
export function partsInFrame({ messages }: StreamBody, { at, length }: BodyFrame): readonly MessagePart[] {
  const end = at + length;
  return messages.flatMap((message): readonly MessagePart[] => {
    if (message.to <= at || message.from >= end) return [];
    const border = Math.min(message.to, message.from + prefixLength);
    const parts = [
      { message, part: 'prefix', from: Math.max(at, message.from), to: Math.min(end, border) },
      { message, part: 'content', from: Math.max(at, border), to: Math.min(end, message.to) },
    ] as const;
    return parts.filter(({ from, to }) => to > from);
  });
}
