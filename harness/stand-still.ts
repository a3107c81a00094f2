/** Lets time pass in which nothing else of this process happens: between two attempts of what cannot be waited for otherwise. */
export function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
