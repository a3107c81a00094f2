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
