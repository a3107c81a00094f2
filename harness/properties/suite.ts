import type { AnyProperty } from './property';

/** The properties of one area of the rule catalogue, in the catalogue's order. */
export interface Suite {
  /** File name of the suite without its ending: `end-of-stream`. */
  readonly name: string;
  readonly properties: readonly AnyProperty[];
}

/** The default export of a suite file: its properties in the catalogue's order, wherever they are written. */
export const suite = (name: string, properties: readonly AnyProperty[]): Suite => ({
  name,
  properties: properties.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
});
