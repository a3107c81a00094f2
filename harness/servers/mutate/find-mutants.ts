import { createHash } from 'node:crypto';
import { changesAt, type Change } from './operators';
import { placesOf } from './syntax';

/** One change of one file of the server. */
export interface Mutant extends Change {
  /** As it is called in the package: `build/src/server.js`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The text that stands there unchanged. */
  readonly original: string;
}

/** Every mutant of a file at a place that calls execute, in the order of its text. */
export function findMutants(file: string, source: string, isExecuted: (offset: number) => boolean): readonly Mutant[] {
  const starts = lineStarts(source);
  return placesOf(source)
    .filter(({ node }) => isExecuted(node.start ?? 0))
    .flatMap((place) => changesAt(place, source))
    .map((change) => {
      const line = starts.findLastIndex((start) => start <= change.start);
      return {
        ...change,
        file,
        line: line + 1,
        column: change.start - (starts[line] ?? 0) + 1,
        original: source.slice(change.start, change.end),
      };
    });
}

/** The text of a file with the mutant in it. */
export function applyMutant(source: string, { start, end, text }: Change): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** `build/src/server.js:12:5 condition true`: names a mutant as long as the file stays what it is. */
export const nameOf = ({ file, line, column, operator, text }: Mutant): string =>
  `${file}:${line}:${column} ${operator} ${text}`;

/**
 * Chooses by the seed alone: whether a mutant is taken does not depend on which others there are, but for how many come before it. A place that only some
 * runs cover changes the choice by one.
 */
export function chooseMutants(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const drawn = mutants.map((mutant) => ({ mutant, rank: rankOf(mutant, seed) }));
  return drawn
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

const rankOf = (mutant: Mutant, seed: number): string =>
  createHash('sha256')
    .update(`${seed} ${nameOf(mutant)}`)
    .digest('hex');

function lineStarts(source: string): readonly number[] {
  return [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
