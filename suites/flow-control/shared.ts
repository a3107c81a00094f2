import { streamingOutputCall, type CallWriter, type PlanBuilder } from '../../harness';

/** A response in messages of these sizes; nobody waits for its end yet. */
export const download = (script: PlanBuilder, sizes: readonly number[], on = 'main'): CallWriter =>
  script.call(streamingOutputCall({ responses: sizes.map((size) => ({ size })) }), { on, awaitEnd: false });

export const totalOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** Octets that the answer has at least: payloads and the prefix of each message. */
export const leastOf = (sizes: readonly number[]): number => totalOf(sizes) + 5 * sizes.length;

/** Octets that are enough for the answer and everything around it, padding included. */
export const enoughFor = (sizes: readonly number[]): number => leastOf(sizes) + 65_536;

/** Milliseconds after which unused credit is held back; some servers collect very small sends for a moment, and some answer after a second on purpose. */
export const patience = 1500;

export const mebibyte = 1_048_576;

/** Waits until a call has used what it may send; for the check to judge when it does not. */
export const awaitUse = (script: PlanBuilder, { stream, connection }: CallWriter): PlanBuilder =>
  script.await({ see: 'credit-used', stream }, { on: connection, within: patience, optional: true });
