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
