/** What a keepalive asks of its connection. */
export interface KeepaliveHost {
  /** True where a PING is due when nothing has come for the keepalive time. */
  keepsAlive(): boolean;
  sendKeepalive(): void;
  /** Milliseconds for an answer. */
  keepaliveTimeout(): number;
  /** Nothing has come since the PING. */
  dropMute(): void;
}

/** PINGs on a connection from which nothing comes, and its end when that stays so (gRFC A9). Every frame is a sign of life. */
export class Keepalive {
  readonly #time: number;
  readonly #host: KeepaliveHost;
  #timer: NodeJS.Timeout | undefined;
  #signs = 0;

  /** @param time milliseconds without a sign of life */
  constructor(time: number, host: KeepaliveHost) {
    this.#time = time;
    this.#host = host;
    this.noteLife();
  }

  /** A frame has come. */
  noteLife(): void {
    this.#signs += 1;
    this.#wait(this.#time, () => this.#ask());
  }

  /** The connection is over. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #ask(): void {
    if (!this.#host.keepsAlive()) {
      this.noteLife();
      return;
    }
    this.#host.sendKeepalive();
    const signs = this.#signs;
    this.#wait(this.#host.keepaliveTimeout(), () => {
      // What has arrived on a busy machine is read before it is missed.
      setImmediate(() => {
        if (this.#signs === signs) this.#host.dropMute();
      });
    });
  }

  #wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
  }
}
