import { brotliDecompressSync, inflateRawSync } from 'node:zlib';
import { inflate, type Encoding, type Inflated } from '../../grpc/compression';
import { status } from '../../grpc/status';
import { joinOctets } from '../../wire/join-octets';
import type { Behaviour } from './behaviour';
import { limits } from './limits';
import type { OwnLimits } from './own-limits';
import type { ReceivedMessage } from './policy';
import { StatusError } from './status-error';

/** One message of a request. */
export interface RequestMessage {
  readonly octets: Uint8Array;
  /** What its Compressed-Flag said. */
  readonly compressed: boolean;
}

export interface RequestBodyOptions {
  readonly behaviour: Behaviour;
  readonly own: Pick<OwnLimits, 'message'>;
  /** Value of grpc-encoding. */
  readonly encoding: string | undefined;
  /** True for methods that take any number of messages. */
  readonly manyMessages: boolean;
  readonly path: string;
  readonly streamId: number;
  /** Told how many octets have left the buffer, so that their credit can be returned. */
  readonly onConsumed: (octets: number) => void;
}

/** Payload of one DATA frame, or what is left of it. */
interface Piece {
  octets: Uint8Array;
  readonly endStream: boolean;
  /** Messages that began in it. */
  messages: number;
}

interface Waiter {
  readonly resolve: (message: RequestMessage | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** Encodings of request messages that we can undo. */
const encodings: readonly string[] = ['gzip', 'deflate'] satisfies readonly Encoding[];

/**
 * The DATA of a request, cut into messages when somebody asks for one: what nobody asks for stays a few DATA frames within the stream's window, and its
 * credit is not returned. A Message-Length costs nothing before its octets are here.
 */
export class RequestBody {
  readonly #options: RequestBodyOptions;
  readonly #pieces: Piece[] = [];
  readonly #prefix: Uint8Array;
  #prefixFilled = 0;
  /** True when its octets came in more than one DATA frame. */
  #prefixSplit = false;
  /** Where the message stands among those that begin in its DATA frame, from 1. */
  #ordinal = 0;
  /** The DATA frame that held the octets taken last. */
  #last: Piece | undefined;
  #body: Uint8Array[] = [];
  #bodyFilled = 0;
  /** Octets taken whose credit was not returned yet. */
  #uncredited = 0;
  #frames = 0;
  #octets = 0;
  /** Messages that were complete. */
  #messages = 0;
  /** Octets that nobody has taken. */
  #unread = 0;
  #ended = false;
  #fault: Error | undefined;
  #waiter: Waiter | undefined;

  constructor(options: RequestBodyOptions) {
    this.#options = options;
    this.#prefix = new Uint8Array(options.behaviour.policy.prefixLength);
  }

  /** True once the client has half-closed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** DATA frames with octets in them so far. */
  get frames(): number {
    return this.#frames;
  }

  /** True while a message has begun and is not complete. */
  get insideMessage(): boolean {
    return this.#prefixFilled > 0;
  }

  /** Octets so far. */
  get octets(): number {
    return this.#octets;
  }

  /** Takes the payload of a DATA frame. */
  push(octets: Uint8Array, endStream: boolean): void {
    const { behaviour, manyMessages } = this.#options;
    const fault = behaviour.policy.findDataFault({ length: octets.length, endStream, manyMessages });
    if (this.#fault !== undefined || fault !== undefined) {
      if (fault !== undefined) this.#fail(fault);
      this.#options.onConsumed(octets.length);
    } else if (octets.length > 0) {
      this.#frames += 1;
      this.#octets += octets.length;
      this.#unread += octets.length;
      this.#pieces.push({ octets, endStream, messages: 0 });
      if (this.#unread > limits.unread) this.#fail(new StatusError(status.RESOURCE_EXHAUSTED, 'too much unread'));
    }
    if (endStream) this.end();
    else this.#serve();
  }

  /** The half-close, when it does not come with DATA. */
  end(): void {
    this.#ended = true;
    this.#serve();
  }

  /**
   * The next message, or undefined after the last one. One caller at a time.
   * @throws StatusError when the octets are no such sequence of messages.
   */
  async next(): Promise<RequestMessage | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#serve();
    });
  }

  /** Nobody will ask any more: forgets what is here, and rejects who waits. */
  abandon(error: Error): void {
    const unread = this.#pieces.reduce((sum, piece) => sum + piece.octets.length, 0);
    this.#fail(error);
    this.#options.onConsumed(unread);
    this.#serve();
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    this.#pieces.length = 0;
    this.#body = [];
  }

  #serve(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    try {
      const message = this.#fault === undefined ? this.#takeMessage() : undefined;
      if (this.#fault !== undefined) throw this.#fault;
      if (message === undefined && !this.#ended) return;
      this.#waiter = undefined;
      waiter.resolve(message);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#fail(error);
      this.#waiter = undefined;
      waiter.reject(error);
    } finally {
      this.#returnCredit();
    }
  }

  #takeMessage(): RequestMessage | undefined {
    const { policy } = this.#options.behaviour;
    for (;;) {
      if (!this.#takePrefix()) return this.#atEnd();
      const length = new DataView(this.#prefix.buffer).getUint32(1);
      const compressed = this.#checkPrefix(length);
      if (!this.#takeBody(length)) return this.#atEnd();
      const octets = joinOctets(this.#body);
      const about = this.#describe(octets, compressed);
      this.#prefixFilled = 0;
      this.#prefixSplit = false;
      this.#body = [];
      this.#bodyFilled = 0;
      const message = policy.receive(about, () => ({
        octets: compressed ? this.#inflate(octets) : octets,
        compressed,
      }));
      if (message !== undefined) return message;
    }
  }

  /** Takes what is here of the prefix. @returns true when it is complete. */
  #takePrefix(): boolean {
    for (
      let piece = this.#pieces[0];
      this.#prefixFilled < this.#prefix.length && piece !== undefined;
      piece = this.#pieces[0]
    ) {
      if (this.#prefixFilled > 0) {
        this.#prefixSplit = true;
        if (!this.#options.behaviour.policy.keepsSplitPrefix) this.#prefixFilled = 0;
      } else {
        piece.messages += 1;
        this.#ordinal = piece.messages;
      }
      const taken = this.#take(piece, this.#prefix.length - this.#prefixFilled);
      this.#prefix.set(taken, this.#prefixFilled);
      this.#prefixFilled += taken.length;
    }
    return this.#prefixFilled === this.#prefix.length;
  }

  #takeBody(length: number): boolean {
    for (let piece = this.#pieces[0]; this.#bodyFilled < length && piece !== undefined; piece = this.#pieces[0]) {
      const taken = this.#take(piece, length - this.#bodyFilled);
      this.#body.push(taken);
      this.#bodyFilled += taken.length;
    }
    return this.#bodyFilled === length;
  }

  #take(piece: Piece, most: number): Uint8Array {
    const taken = piece.octets.subarray(0, most);
    piece.octets = piece.octets.subarray(taken.length);
    if (piece.octets.length === 0) this.#pieces.shift();
    this.#uncredited += taken.length;
    this.#unread -= taken.length;
    this.#last = piece;
    return taken;
  }

  #returnCredit(): void {
    if (this.#uncredited === 0) return;
    if (!this.#options.behaviour.policy.returnsCreditInside && this.insideMessage) return;
    const octets = this.#uncredited;
    this.#uncredited = 0;
    this.#options.onConsumed(octets);
  }

  /** Refuses a message from its prefix alone. @returns whether it is compressed. */
  #checkPrefix(length: number): boolean {
    const { behaviour, encoding } = this.#options;
    const flag = behaviour.policy.readFlag(this.#prefix[0] ?? 0, encoding);
    if (flag > 1) throw new StatusError(status.INTERNAL, `Compressed-Flag is ${flag}`);
    if (length > this.#limit) throw tooLarge(length, this.#limit);
    if (flag === 0) {
      if (this.#isUnknown(encoding) && behaviour.varies('strict-encoding')) throw new UnsupportedEncoding(encoding);
      return false;
    }
    if (encoding === undefined || encoding === 'identity') {
      throw new StatusError(status.INTERNAL, 'Compressed-Flag is 1, but grpc-encoding names no compression');
    }
    if (this.#isUnknown(encoding) && behaviour.policy.refusesUnknownEncoding) throw new UnsupportedEncoding(encoding);
    return true;
  }

  #isUnknown(encoding: string | undefined): encoding is string {
    return encoding !== undefined && encoding !== 'identity' && !encodings.includes(encoding) && !this.#isBrotli;
  }

  get #limit(): number {
    return this.#options.behaviour.policy.messageLimit(this.#options.own.message);
  }

  get #isBrotli(): boolean {
    return this.#options.encoding === 'br' && this.#options.behaviour.varies('late-accept-encoding');
  }

  #inflate(octets: Uint8Array): Uint8Array {
    const { behaviour, encoding = 'identity' } = this.#options;
    return behaviour.policy.decompress(octets, encoding, () => this.#undo(octets, encoding as Encoding));
  }

  #undo(octets: Uint8Array, encoding: Encoding): Uint8Array {
    const { varies } = this.#options.behaviour;
    if (octets.length === 0 && varies('empty-gzip')) return octets;
    if (varies('one-gzip-member') && isSeveralMembers(octets)) {
      throw new StatusError(status.INTERNAL, 'message is several gzip members');
    }
    const inflated = this.#isBrotli ? inflateBrotli(octets, this.#limit) : inflate(encoding, octets, this.#limit);
    if (inflated.ok) return inflated.octets;
    const raw = encoding === 'deflate' && varies('raw-deflate') ? inflateRaw(octets, this.#limit) : undefined;
    if (raw !== undefined) return raw;
    throw inflated.reason === 'too-large'
      ? new StatusError(status.RESOURCE_EXHAUSTED, `message of more than ${this.#limit} octets after decompression`)
      : new StatusError(status.INTERNAL, `message is no ${encoding}`);
  }

  /** No complete message is here: that is fine while more can come, and at the end between two messages. */
  #atEnd(): undefined {
    if (!this.#ended || this.#prefixFilled === 0) return undefined;
    const { policy } = this.#options.behaviour;
    const isPrefixWhole = this.#prefixFilled === this.#prefix.length;
    if (!policy.refusesTruncated(this.#prefixFilled + this.#bodyFilled, isPrefixWhole)) return undefined;
    throw new StatusError(status.INTERNAL, 'the request ended inside a message');
  }

  #describe(octets: Uint8Array, compressed: boolean): ReceivedMessage {
    const { manyMessages, path, streamId } = this.#options;
    this.#messages += 1;
    return {
      octets,
      compressed,
      number: this.#messages,
      ordinal: this.#ordinal,
      prefixSplit: this.#prefixSplit,
      frames: this.#frames,
      endsRequest: this.#last?.endStream === true && this.#last.octets.length === 0,
      ended: this.#ended,
      path,
      manyMessages,
      streamId,
    };
  }
}

const tooLarge = (length: number, limit: number): StatusError =>
  new StatusError(status.RESOURCE_EXHAUSTED, `message of ${length} octets, more than ${limit}`);

/** A message came in an encoding that we do not have; the answer names those that we have. */
export class UnsupportedEncoding extends StatusError {
  constructor(encoding: string) {
    super(status.UNIMPLEMENTED, `grpc-encoding ${encoding.slice(0, 50)} is not supported`);
  }
}

/** True for octets that begin with a whole gzip member that others follow. */
function isSeveralMembers(octets: Uint8Array): boolean {
  for (let at = octets.indexOf(0x1f, 1); at > 0; at = octets.indexOf(0x1f, at + 1)) {
    if (octets[at + 1] === 0x8b && inflate('gzip', octets.subarray(0, at), limits.messageSize).ok) return true;
  }
  return false;
}

/** For the variation late-accept-encoding alone; a message of more octets than the limit counts as corrupt. */
function inflateBrotli(octets: Uint8Array, limit: number): Inflated {
  try {
    return { ok: true, octets: brotliDecompressSync(octets, { maxOutputLength: limit }) };
  } catch {
    return { ok: false, reason: 'corrupt' };
  }
}

/** For the variation raw-deflate alone. @returns undefined where the octets are none */
function inflateRaw(octets: Uint8Array, limit: number): Uint8Array | undefined {
  try {
    return inflateRawSync(octets, { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}
