import { joinOctets } from '../../../wire/join-octets';
import type { Attacker, Mangle } from '../attacker';
import { makeNoise } from '../pour';
import { brokenByChance, innocent } from './common';

const flipBits: Mangle = (piece, _state, random) =>
  piece.map((octet) => (random() < 0.0005 ? octet ^ (1 << Math.floor(random() * 8)) : octet));

/** After so many octets of an answer, at random, the connection breaks. */
const breakAt = (state: { limit?: number }, random: () => number): number =>
  (state.limit ??= 50 + Math.floor(random() * 2000));
const cutOff: Mangle = (piece, state, random) =>
  state.passed + piece.length > breakAt(state, random) ? 'close' : piece;
const swallow: Mangle = (piece, state, random) =>
  state.passed + piece.length > breakAt(state, random) ? 'drop' : piece;

const sayTwice: Mangle = (piece, _state, random) => (random() < 0.2 ? joinOctets([piece, piece]) : piece);
const interject: Mangle = (piece, _state, random) =>
  random() < 0.2 ? joinOctets([makeNoise(9 + Math.floor(random() * 30), random), piece]) : piece;

/** A correct server behind something that stands between it and us. */
export const wireAttackers: readonly Attacker[] = [
  {
    name: 'wire-that-flips-bits',
    does: 'flips one bit of two thousand octets of a correct server',
    means: { moment: 'wire', mangle: flipBits },
    ...brokenByChance,
  },
  {
    name: 'wire-that-breaks',
    does: 'resets connections to a correct server after some octets',
    means: { moment: 'wire', mangle: cutOff, probability: 0.3 },
    ...brokenByChance,
  },
  {
    name: 'wire-that-swallows',
    does: 'lets through some octets of a correct server and no more, and keeps the connection',
    means: { moment: 'wire', mangle: swallow, probability: 0.3 },
    ...brokenByChance,
  },
  {
    name: 'wire-that-repeats',
    does: 'says a fifth of what a correct server says twice',
    means: { moment: 'wire', mangle: sayTwice },
    ...brokenByChance,
  },
  {
    name: 'wire-that-interjects',
    does: 'puts noise before a fifth of what a correct server says',
    means: { moment: 'wire', mangle: interject },
    ...brokenByChance,
  },
  {
    name: 'wire-of-single-octets',
    does: 'passes on each octet of a correct server by itself',
    means: { moment: 'wire', isBytewise: true },
    ...innocent,
  },
  {
    name: 'wire-with-jitter',
    does: 'delays what a correct server says by up to a tenth of a second',
    means: { moment: 'wire', delay: (random) => random() * 100 },
    ...innocent,
  },
  {
    name: 'wire-that-is-slow',
    does: 'delays everything that a correct server says by half a second',
    means: { moment: 'wire', delay: () => 500, isAlways: true },
    ...innocent,
    selections: ['plain', 'slow'],
  },
  {
    name: 'wire-that-becomes-slow',
    does: 'delays what a correct server says by three seconds',
    means: { moment: 'wire', delay: () => 3000 },
    ...innocent,
    selections: ['plain', 'slow'],
    options: ['--timeout', '5s'],
  },
];
