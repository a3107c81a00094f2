import { initialSettings } from '../wire/settings';

/** The credit that the target has granted us, in octets of flow-controlled payload (RFC 9113 §6.9). May go below zero (§6.9.2). */
export class SendWindows {
  connection: number = initialSettings.INITIAL_WINDOW_SIZE;
  #initial: number = initialSettings.INITIAL_WINDOW_SIZE;
  /** Per stream: granted since the start minus sent, without the initial window, which may still change. */
  readonly #streams = new Map<number, number>();

  /** What may be sent on a stream now. */
  available(stream: number): number {
    return Math.min(this.connection, this.#initial + (this.#streams.get(stream) ?? 0));
  }

  /** DATA was sent. */
  spend(stream: number, octets: number): void {
    this.connection -= octets;
    this.#streams.set(stream, (this.#streams.get(stream) ?? 0) - octets);
  }

  /** WINDOW_UPDATE was received; stream 0 is the connection. */
  grant(stream: number, octets: number): void {
    if (stream === 0) this.connection += octets;
    else this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + octets);
  }

  /** The target changed SETTINGS_INITIAL_WINDOW_SIZE: all streams move, the connection does not (§6.9.2). */
  setInitial(octets: number): void {
    this.#initial = octets;
  }
}

/** Credit that we owe the target for DATA it sent; given back in portions so that not every DATA frame costs a WINDOW_UPDATE. */
export class CreditLedger {
  readonly #owed = new Map<number, number>();

  /** A quarter of the default window: late enough to save frames, early enough never to stall a sender. */
  static readonly portion = 16384;

  /** DATA of that many flow-controlled octets arrived. @returns what to grant now, 0 for nothing. */
  receive(stream: number, octets: number): number {
    const owed = (this.#owed.get(stream) ?? 0) + octets;
    const due = owed >= CreditLedger.portion;
    this.#owed.set(stream, due ? 0 : owed);
    return due ? owed : 0;
  }
}
