import type { Socket } from 'node:net';
import { encodeFrame } from '../../wire/encode-frame';
import type { RawFrame } from '../../wire/frame';
import { joinOctets } from '../../wire/join-octets';

/** What a connection sends, gathered over one turn of the event loop and written at once. */
export class Outbox {
  readonly #socket: Socket;
  readonly #beforeWrite: () => void;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #scheduled = false;
  #closing = false;

  /** @param beforeWrite appends what can be sent now; called once before each write. */
  constructor(socket: Socket, beforeWrite: () => void) {
    this.#socket = socket;
    this.#beforeWrite = beforeWrite;
  }

  /** Octets that the client has not taken yet. */
  get unsent(): number {
    return this.#size + this.#socket.writableLength;
  }

  /** True while the socket takes no more than it holds. */
  get blocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  append(frame: RawFrame): void {
    const octets = encodeFrame(frame);
    this.#pieces.push(octets);
    this.#size += octets.length;
    this.schedule();
  }

  /** Writes at the end of this turn of the event loop. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#write());
  }

  /** Closes our side of the connection after what is here. */
  close(): void {
    this.#closing = true;
    this.schedule();
  }

  #write(): void {
    this.#scheduled = false;
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    if (!this.#closing) this.#beforeWrite();
    if (this.#size > 0) {
      this.#socket.write(joinOctets(this.#pieces));
      this.#pieces = [];
      this.#size = 0;
    }
    if (this.#closing) this.#socket.end();
  }
}
