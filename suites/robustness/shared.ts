import type { Breach } from '../../harness';

/** What all attacks have in common: the server may defend itself, alone with us, and what time they take is nobody's fault. */
export const hostile = {
  lane: 'hostile',
  expectsDefence: true,
  // Their frames stand as they are, on connections of their own.
  borrows: [],
  timed: true,
  // The attacking connections are lost; whether the server serves is asked on others.
  afterwards: false,
} as const;

/** What may come of every attack. */
export const defended: readonly string[] = [
  'every frame dealt with, refused or passed over, or the connection ended',
  'calls on another connection and on a new one served, and memory that comes back (where it can be read: with --exec)',
];

/** Parts of each attack: beside each of them somebody else makes a call. */
export const rounds = 4;

/** So many of each part. */
export const perRound = (count: number): number => Math.ceil(count / rounds);

/** Handlers that the calls beside an attack may take. */
export const handlersOfOthers = 3;

/** What is said of a target on which nothing could be tried, since too few handlers run at once. */
export const notAttacked = (what: string): Breach => ({
  severity: 'info',
  observed: `no more than ${handlersOfOthers} handlers run at once, so ${what}`,
  expected: 'handlers for calls of others and some for the attack',
  reaction: 'not attacked',
});
