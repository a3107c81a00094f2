import { data, rstStream, windowUpdate } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import type { RawFrame } from '../../wire/frame';
import type { Field } from '../../wire/hpack/decoder';
import { maxWindow } from '../../wire/settings';
import type { Behaviour } from './behaviour';
import { limits } from './limits';
import type { ReceiveWindow } from './receive-window';
import { CallOver } from './status-error';

/** What a stream asks of its connection. */
export interface StreamHost {
  readonly behaviour: Behaviour;
  writeFrame(frame: RawFrame): void;
  writeBlock(streamId: number, fields: readonly Field[], endStream: boolean): void;
  /** The stream has DATA that its window lets through. */
  wake(stream: Stream): void;
  /** We have ended the stream before the client has. */
  endedEarly(stream: Stream): void;
  /** The stream is closed. `cut`: frames of the client may still be on the way. */
  closed(stream: Stream, how: 'whole' | 'cut'): void;
}

/** What the owner of a stream, a call, is told. */
export interface StreamOwner {
  /** Octets of DATA, padding removed. */
  onData(octets: Uint8Array, endStream: boolean): void;
  /** The half-close, when it comes without DATA. */
  onEnd(): void;
  /** The response has left, END_STREAM included. */
  onSent(): void;
  /** The stream is over: reset by the client or by us, or its connection is lost. */
  onReset(by: 'client' | 'server' | 'connection'): void;
}

/** A message on its way out. */
interface Outgoing {
  readonly octets: Uint8Array;
  /** Octets that have left. */
  sent: number;
}

/** A DATA frame, and what it costs of the connection window. */
export interface OutgoingFrame {
  readonly frame: RawFrame;
  readonly cost: number;
}

/** Octets at the start of a message that one-octet-data sends one by one. */
const octetsApart = 16;

/** Octets of padding that padded-frames puts on DATA. */
const padLength = 3;

/** One request and its response, from the server's side (RFC 9113 §5.1). It exists from HEADERS until it is closed. */
export class Stream {
  readonly id: number;
  readonly #host: StreamHost;
  readonly #window: ReceiveWindow;
  /** Octets of DATA that the client lets us send; negative after it has lowered SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113 §6.9.2). */
  #sendWindow: number;
  #owner: StreamOwner | undefined;
  #remoteEnded = false;
  #localEnded = false;
  #closed = false;
  #received = 0;
  #expected: number | undefined;
  #queue: Outgoing[] = [];
  #queued = 0;
  #atEnd: (() => void) | undefined;
  #room: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(host: StreamHost, id: number, options: { readonly window: ReceiveWindow; readonly sendWindow: number }) {
    this.id = id;
    this.#host = host;
    this.#window = options.window;
    this.#sendWindow = options.sendWindow;
  }

  /** True once the client has half-closed. */
  get remoteEnded(): boolean {
    return this.#remoteEnded;
  }

  get localEnded(): boolean {
    return this.#localEnded;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Octets of DATA so far, padding removed. */
  get received(): number {
    return this.#received;
  }

  /** True while DATA waits and the window is open. */
  get sendable(): boolean {
    return this.#queue.length > 0 && this.#sendWindow > 0;
  }

  /** Octets of DATA that the client lets us send on this stream. */
  get sendWindow(): number {
    return this.#sendWindow;
  }

  get owner(): StreamOwner | undefined {
    return this.#owner;
  }

  /** Gives what comes to a call. Without an owner DATA is thrown away. @param expected octets of DATA by content-length. */
  own(owner: StreamOwner | undefined, expected?: number): void {
    this.#owner = owner;
    this.#expected = expected;
  }

  /** @returns false when the stream window does not allow the frame. */
  useWindow(octets: number): boolean {
    return this.#window.use(octets);
  }

  /** Returns credit to the client, unless it will send no more. */
  returnCredit(octets: number): void {
    const increment = this.#window.giveBack(octets);
    if (increment > 0 && !this.#remoteEnded && !this.#closed) this.#host.writeFrame(windowUpdate(this.id, increment));
  }

  /** Our own SETTINGS_INITIAL_WINDOW_SIZE has changed, or the client gets an increment beyond what it has used. */
  enlargeWindow(octets: number): void {
    this.#window.enlarge(octets);
  }

  /** A DATA frame of the client. @returns false when the request contradicts its content-length (RFC 9113 §8.1.1). */
  receive(octets: Uint8Array, endStream: boolean): boolean {
    this.#received += octets.length;
    if (this.#expected !== undefined && !this.#fitsLength(endStream)) return false;
    if (endStream) this.#remoteEnded = true;
    if (this.#owner !== undefined) this.#owner.onData(octets, endStream);
    else this.returnCredit(this.#host.behaviour.policy.credit(octets.length, 'stream', false));
    if (endStream) this.#closeWhenBothEnded();
    return true;
  }

  /** END_STREAM on HEADERS, the first ones or trailers. @returns as {@link receive}. */
  receiveEnd(): boolean {
    if (!this.#fitsLength(true)) return false;
    this.#remoteEnded = true;
    this.#owner?.onEnd();
    this.#closeWhenBothEnded();
    return true;
  }

  #fitsLength(complete: boolean): boolean {
    if (this.#expected === undefined) return true;
    return complete ? this.#received === this.#expected : this.#received <= this.#expected;
  }

  /** WINDOW_UPDATE, or a change of SETTINGS_INITIAL_WINDOW_SIZE. @returns false when the window overflows (RFC 9113 §6.9.1). */
  grow(octets: number): boolean {
    this.#sendWindow += octets;
    if (this.#sendWindow > maxWindow) return false;
    return true;
  }

  /** A field section without END_STREAM. */
  sendHeaders(fields: readonly Field[]): void {
    if (!this.#closed && !this.#localEnded) this.#host.writeBlock(this.id, fields, false);
  }

  /** Queues DATA. @returns when the queue is short enough for more. @throws CallOver when the stream ends first. */
  async send(octets: Uint8Array): Promise<void> {
    if (this.#closed || this.#localEnded) throw new CallOver('the stream has ended');
    if (octets.length === 0) return;
    this.#queue.push({ octets, sent: 0 });
    this.#queued += octets.length;
    if (this.sendable) this.#host.wake(this);
    const { policy } = this.#host.behaviour;
    if (this.#queued <= limits.sendBuffer || !policy.waitsForWindow(this.#sendWindow)) return;
    await new Promise<void>((resolve, reject) => {
      this.#room = { resolve, reject };
    });
  }

  /** Ends the response with a field section, after the DATA that is queued. */
  end(fields: readonly Field[]): void {
    this.#whenSent(() => {
      this.#host.writeBlock(this.id, fields, true);
      this.#endLocal();
    });
  }

  /** Ends the response with an empty DATA frame after the DATA that is queued. */
  endOnData(): void {
    this.#whenSent(() => {
      this.#host.writeFrame(data(this.id, new Uint8Array(0), { endStream: true }));
      this.#endLocal();
    });
  }

  #whenSent(then: () => void): void {
    if (this.#closed || this.#localEnded) return;
    if (this.#queue.length === 0) then();
    else this.#atEnd = then;
  }

  /** Forgets what is queued, the end of the response included. @returns false when a message has left in part, so that nothing legal but a reset can follow. */
  dropQueue(): boolean {
    const begun = (this.#queue[0]?.sent ?? 0) > 0;
    this.#queue = [];
    this.#queued = 0;
    this.#atEnd = undefined;
    return !begun;
  }

  /** Forgets the message queued last, when nothing of it has left. */
  dropLast(): void {
    if (this.#queue.at(-1)?.sent !== 0) return;
    this.#queued -= this.#queue.pop()?.octets.length ?? 0;
  }

  /**
   * The next DATA frame that both windows let through, or undefined.
   * @param connectionWindow octets, more than 0
   */
  nextFrame(connectionWindow: number, maxFrameSize: number): OutgoingFrame | undefined {
    const message = this.#queue[0];
    if (message === undefined || this.#sendWindow <= 0) return undefined;
    const { policy, varies } = this.#host.behaviour;
    const { sent } = message;
    const rest = message.octets.length - sent;
    const streamWindow = this.#sendWindow;
    const { room, uncounted } = policy.share({
      streamId: this.id,
      rest,
      sent,
      streamWindow,
      connectionWindow,
      maxFrameSize,
    });
    if (room <= 0) return undefined;
    // Padding costs its length and one octet more (RFC 9113 §6.1).
    const padding = varies('padded-frames') && room > padLength + 1 ? padLength + 1 : 0;
    const most = varies('one-octet-data') && message.sent < octetsApart ? 1 : room - padding;
    const octets = message.octets.subarray(message.sent, message.sent + most);
    message.sent += octets.length;
    this.#queued -= octets.length;
    if (message.sent === message.octets.length) this.#queue.shift();
    const cost = octets.length + padding;
    this.#sendWindow -= cost - uncounted;
    if (this.#room !== undefined && this.#queued <= limits.sendBuffer) {
      this.#room.resolve();
      this.#room = undefined;
    }
    return { frame: data(this.id, octets, padding > 0 ? { padLength } : {}), cost };
  }

  /** Called when a frame of {@link nextFrame} is written. */
  afterFrame(): void {
    if (this.#queue.length > 0 || this.#atEnd === undefined) return;
    const then = this.#atEnd;
    this.#atEnd = undefined;
    then();
  }

  #endLocal(): void {
    this.#localEnded = true;
    this.#owner?.onSent();
    if (this.#remoteEnded) this.#close('whole');
    else this.#host.endedEarly(this);
  }

  #closeWhenBothEnded(): void {
    if (this.#localEnded && !this.#closed) this.#close('whole');
  }

  /** RST_STREAM from us: the last that we send on it. */
  reset(errorCode: number): void {
    if (this.#closed) return;
    this.#host.writeFrame(rstStream(this.id, errorCode));
    this.#over('server', this.#remoteEnded ? 'whole' : 'cut');
  }

  /** RST_STREAM(NO_ERROR) after early trailers (RFC 9113 §8.1), when the client has not half-closed meanwhile. */
  resetAfterEnd(): void {
    if (!this.#closed && !this.#remoteEnded) this.reset(errorCodes.NO_ERROR);
  }

  /** RST_STREAM from the client. */
  resetByClient(): void {
    this.#over('client', 'whole');
  }

  /** The connection is lost. */
  lose(): void {
    this.#over('connection', 'whole');
  }

  #over(by: 'client' | 'server' | 'connection', how: 'whole' | 'cut'): void {
    if (this.#closed) return;
    this.#host.behaviour.policy.discard?.(this.#queue.map(({ octets }) => octets));
    this.#queue = [];
    this.#queued = 0;
    this.#atEnd = undefined;
    this.#close(how);
    this.#owner?.onReset(by);
  }

  #close(how: 'whole' | 'cut'): void {
    this.#closed = true;
    this.#room?.reject(new CallOver('the stream is closed'));
    this.#room = undefined;
    this.#host.closed(this, how);
  }
}
