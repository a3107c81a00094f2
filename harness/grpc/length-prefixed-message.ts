/** Octets before a message: Compressed-Flag (1) and Message-Length (4, big-endian) (PROTOCOL-HTTP2, Length-Prefixed-Message). */
export const prefixLength = 5;

export interface MessageOptions {
  /** 0 (the default) or 1; other values of one octet make a malformed message. */
  readonly compressedFlag?: number;
  /** Message-Length when it shall not be the truth: 0 to 2^32-1. */
  readonly length?: number;
}

/** A message with its prefix in front. */
export function encodeMessage(octets: Uint8Array, options: MessageOptions = {}): Uint8Array {
  const encoded = new Uint8Array(prefixLength + octets.length);
  const length = options.length ?? octets.length;
  encoded[0] = options.compressedFlag ?? 0;
  encoded[1] = length >>> 24;
  encoded[2] = length >>> 16;
  encoded[3] = length >>> 8;
  encoded[4] = length;
  encoded.set(octets, prefixLength);
  return encoded;
}

export interface LengthPrefixedMessage {
  /** One octet as received; only 0 and 1 are legal. */
  readonly compressedFlag: number;
  /** May share memory with what was fed. */
  readonly octets: Uint8Array;
}

/** The unfinished message at the end of what was fed. */
export interface PartialMessage {
  /** Its octets so far, prefix included: 1 or more. */
  readonly received: number;
  /** Message-Length, once the prefix is complete. */
  readonly announced?: number;
}

const noMessages: readonly LengthPrefixedMessage[] = [];

/**
 * Cuts octets, fed in pieces of any size, into messages. Holds references to the pieces of the unfinished message and nothing else: a Message-Length of
 * 2^32-1 costs no memory, and every piece is copied at most once.
 */
export class MessageReader {
  private readonly prefix = new Uint8Array(prefixLength);
  private prefixFilled = 0;
  private announced = 0;
  private pieces: Uint8Array[] = [];
  private bodyFilled = 0;

  /** The messages that these octets complete, in order. */
  feed(octets: Uint8Array): readonly LengthPrefixedMessage[] {
    if (octets.length === 0) return noMessages;
    const messages: LengthPrefixedMessage[] = [];
    let at = 0;
    for (;;) {
      at = this.feedPrefix(octets, at);
      if (this.prefixFilled < prefixLength) return messages;
      const end = Math.min(octets.length, at + this.announced - this.bodyFilled);
      if (end > at) {
        this.pieces.push(octets.subarray(at, end));
        this.bodyFilled += end - at;
        at = end;
      }
      if (this.bodyFilled < this.announced) return messages;
      messages.push(this.takeMessage());
    }
  }

  /** Undefined when what was fed ends with a complete message. */
  get partial(): PartialMessage | undefined {
    if (this.prefixFilled === 0) return undefined;
    if (this.prefixFilled < prefixLength) return { received: this.prefixFilled };
    return { received: prefixLength + this.bodyFilled, announced: this.announced };
  }

  /** Octets of the unfinished message at the end, prefix included; 0 when there is none. */
  get rest(): number {
    return this.prefixFilled + this.bodyFilled;
  }

  private feedPrefix(octets: Uint8Array, from: number): number {
    let at = from;
    while (this.prefixFilled < prefixLength && at < octets.length) {
      this.prefix[this.prefixFilled++] = octets[at++]!;
      if (this.prefixFilled === prefixLength) this.announced = new DataView(this.prefix.buffer).getUint32(1);
    }
    return at;
  }

  private takeMessage(): LengthPrefixedMessage {
    const message = { compressedFlag: this.prefix[0]!, octets: joinOctets(this.pieces, this.bodyFilled) };
    this.prefixFilled = 0;
    this.announced = 0;
    this.pieces = [];
    this.bodyFilled = 0;
    return message;
  }
}

/** The messages in a run of octets, and what is left over at its end. */
export function readMessages(octets: Uint8Array): {
  readonly messages: readonly LengthPrefixedMessage[];
  readonly partial?: PartialMessage;
} {
  const reader = new MessageReader();
  const messages = reader.feed(octets);
  return { messages, partial: reader.partial };
}

function joinOctets(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
