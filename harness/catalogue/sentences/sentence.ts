import type { RowNumber } from '../index';

/**
 * The key word that a sentence binds with, in lower case. With `*` it is read from a grammar, a table or a plain statement; `mixed` stands for a group of
 * sentences of one kind.
 */
export type KeyWord =
  | 'must'
  | 'must not'
  | 'must*'
  | 'must not*'
  | 'shall'
  | 'shall not'
  | 'should'
  | 'should not'
  | 'should*'
  | 'recommended'
  | 'may*'
  | 'mixed';

/** Why no row looks at a sentence. */
export interface Absence {
  /** `not-observable`: no client can see it. `not-applicable`: gRPC has no use for it. */
  readonly kind: 'not-observable' | 'not-applicable';
  readonly why: string;
}

/** A sentence of a document that binds a server, in our words, and the rows that look at it. */
export interface Sentence {
  /** Name of the document as people say it: `RFC 9113`, `gRPC over HTTP/2`. */
  readonly document: string;
  /** Number or heading of its section, empty where the document has none. */
  readonly section: string;
  readonly keyWord: KeyWord;
  readonly says: string;
  /** Rows that look at it; empty when `absence` says why. */
  readonly rows: readonly RowNumber[];
  readonly absence?: Absence;
}

/** No client can see whether a server keeps it. */
export const notObservable = (why: string): Absence => ({ kind: 'not-observable', why });
/** gRPC has no use for what it is about. */
export const notApplicable = (why: string): Absence => ({ kind: 'not-applicable', why });

/** The sentences of one document: section, key word, what it says, and the rows that look at it or why there is none. */
export const sentencesOf = (
  document: string,
  lines: readonly (readonly [string, KeyWord, string, readonly [RowNumber, ...RowNumber[]] | Absence])[],
): readonly Sentence[] =>
  lines.map(([section, keyWord, says, rows]) =>
    'kind' in rows
      ? { document, section, keyWord, says, rows: [], absence: rows }
      : { document, section, keyWord, says, rows },
  );
