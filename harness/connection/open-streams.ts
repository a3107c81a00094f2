import { initialSettings } from '../wire/settings';

interface OpenStream {
  /** We have sent END_STREAM. */
  halfClosed: boolean;
  /** The target has. */
  ended: boolean;
}

/** Our streams of one connection as SETTINGS_MAX_CONCURRENT_STREAMS counts them: open, or half-closed by either side (RFC 9113 §5.1.2). */
export class OpenStreams {
  /** How many the target takes; `Infinity` while it has set no limit. */
  limit: number = initialSettings.MAX_CONCURRENT_STREAMS;
  readonly #opened = new Set<number>();
  readonly #open = new Map<number, OpenStream>();

  get count(): number {
    return this.#open.size;
  }

  get hasRoom(): boolean {
    return this.#open.size < this.limit;
  }

  /** True once a stream was opened, whatever has become of it. */
  wasOpened(stream: number): boolean {
    return this.#opened.has(stream);
  }

  /** True when one of them can end without anything more from us. */
  get canEndByThemselves(): boolean {
    return [...this.#open.values()].some(({ halfClosed }) => halfClosed);
  }

  /** Those that the target has ended and that still count because we have not. */
  get lingering(): readonly number[] {
    return [...this.#open].filter(([, { ended }]) => ended).map(([stream]) => stream);
  }

  open(stream: number): void {
    if (this.#opened.has(stream)) return;
    this.#opened.add(stream);
    this.#open.set(stream, { halfClosed: false, ended: false });
  }

  /** We sent END_STREAM. */
  halfClose(stream: number): void {
    const state = this.#open.get(stream);
    if (state === undefined) return;
    state.halfClosed = true;
    if (state.ended) this.close(stream);
  }

  /** The target sent END_STREAM. */
  end(stream: number): void {
    const state = this.#open.get(stream);
    if (state === undefined) return;
    state.ended = true;
    if (state.halfClosed) this.close(stream);
  }

  /** RST_STREAM of either side. */
  close(stream: number): void {
    this.#open.delete(stream);
  }

  /** GOAWAY: the target has not looked at the streams above, and never will (RFC 9113 §6.8). */
  closeAbove(lastStreamId: number): void {
    for (const stream of this.#open.keys()) if (stream > lastStreamId) this.#open.delete(stream);
  }
}
