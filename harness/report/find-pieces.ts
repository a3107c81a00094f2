import { cutMark } from '../cut-text';
import type { SecretForm } from './secret-forms';
import { halfEscape, restOfEscape, unescapeOnce } from './unescape';

/** A place in a text: from its first character to the one behind its last. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where a text is known to have been cut, beside the marks in it. */
export interface CutEdges {
  readonly start?: boolean;
  readonly end?: boolean;
}

/** Finds the places of a text in which secrets stand, in order and apart from each other. */
export type FindPieces = (text: string, edges?: CutEdges) => readonly Place[];

/** Twelve characters of a token say nothing about the rest; fewer are words that other texts hold, too. */
const longestWindow = 12;
/** At a cut, fewer than three characters say nothing, and would be found everywhere. */
const leastAtCut = 3;
/** Escapes of escapes of escapes are read, and no more. */
const mostUnescapings = 3;
/** Characters that the filter looks at. */
const gram = 4;
/** Slots of the filter for each thing to be found, so that most texts are passed over at the first look; and its size in bits. */
const slotsPerWindow = 16;
const leastFilterBits = 12;
const mostFilterBits = 22;
/** What stands at a cut: our own mark, and that of `escapeOctets`. */
const octetsCutMark = '... (+';
const cutMarks = /…|\.\.\. \(\+/g;

const mixedBefore = 1;
const mixedAfter = 2;

/**
 * Makes a search for many forms of secrets at once. It finds every piece of a form that has at least twelve characters (a shorter form: the whole of it), in
 * whatever case and behind whatever escapes; and where a text was cut, every piece of at least three that may be the rest of a form. One walk over the text,
 * however many forms there are.
 */
export function makeFinder(forms: readonly SecretForm[]): FindPieces {
  if (forms.length === 0) return () => [];
  const windows = new Map<string, number>();
  const beginnings = new Set<string>();
  const ends = new Set<string>();
  for (const { text, isMixedBefore, isMixedAfter } of forms) {
    const folded = fold(text);
    const length = Math.min(folded.length, longestWindow);
    for (let at = 0; at + length <= folded.length; at += 1) {
      const window = folded.slice(at, at + length);
      const bits =
        (at === 0 && isMixedBefore === true ? mixedBefore : 0) |
        (at + length === folded.length && isMixedAfter === true ? mixedAfter : 0);
      windows.set(window, (windows.get(window) ?? 0) | bits);
    }
    for (let size = leastAtCut; size < length; size += 1) {
      beginnings.add(folded.slice(0, size));
      ends.add(folded.slice(folded.length - size));
    }
  }
  const lengths = [...new Set([...windows.keys()].map((window) => window.length))].sort((a, b) => b - a);
  const mayBegin = makeFilter(windows.keys(), windows.size);

  /** Windows that stand in a folded text. */
  const findWindows = (text: string, add: (place: Place) => void): void => {
    let last = 0;
    for (let at = 0; at < text.length; at += 1) {
      last = (last << 8) | (text.charCodeAt(at) & 0xff);
      const from = at - gram + 1;
      if (from < 0 || !mayBegin(last)) continue;
      for (const length of lengths) {
        const to = from + length;
        const bits = to > text.length ? undefined : windows.get(text.slice(from, to));
        if (bits === undefined) continue;
        add({
          from: (bits & mixedBefore) !== 0 && isBase64(text[from - 1]) ? from - 1 : from,
          to: (bits & mixedAfter) !== 0 && isBase64(text[to]) ? to + 1 : to,
        });
        break;
      }
    }
  };

  /** What may be the rest of a secret before and behind the cuts of a folded text. */
  const findRests = (text: string, { start = false, end = false }: CutEdges, add: (place: Place) => void): void => {
    if (!start && !end && !text.includes(cutMark) && !text.includes(octetsCutMark)) return;
    const cuts = [...text.matchAll(cutMarks)].map(({ index, 0: mark }) => ({ from: index, to: index + mark.length }));
    const before = [...cuts.map(({ from }) => from), ...(end ? [text.length] : [])];
    const behind = [...cuts.map(({ to }) => to), ...(start ? [0] : [])];
    for (const to of before) {
      const tail = text.slice(Math.max(0, to - 2 * longestWindow), to);
      const whole = tail.replace(halfEscape, '');
      const size = [tail, whole].map((one) => longestOf(one, beginnings, true));
      if (size[0]! > 0) add({ from: to - size[0]!, to });
      else if (size[1]! > 0) add({ from: to - (tail.length - whole.length) - size[1]!, to });
    }
    for (const from of behind) {
      for (let skipped = 0; skipped <= longestWindow; skipped += 1) {
        if (skipped > 0 && !restOfEscape.test(text.slice(from, from + skipped))) continue;
        const size = longestOf(text.slice(from + skipped, from + skipped + longestWindow), ends, false);
        if (size === 0) continue;
        add({ from, to: from + skipped + size });
        break;
      }
    }
  };

  const shortest = lengths.at(-1) ?? 0;
  return (given, edges = {}) => {
    if (given.length < shortest && edges.start !== true && edges.end !== true && !given.includes(cutMark)) return [];
    const places: Place[] = [];
    const look = (text: string, add: (place: Place) => void): void => {
      const folded = fold(text);
      findWindows(folded, add);
      findRests(folded, edges, add);
    };
    look(given, (place) => places.push(place));
    let placeOf = (index: number): number => index;
    for (let text = given, passes = 0; passes < mostUnescapings; passes += 1) {
      const read = unescapeOnce(text);
      if (read === undefined) break;
      const outer = placeOf;
      placeOf = (index) => outer(read.from[index] ?? 0);
      text = read.text;
      const inner = placeOf;
      look(text, ({ from, to }) => places.push({ from: inner(from), to: inner(to) }));
    }
    return places.length < 2 ? places : merge(places);
  };
}

/** In lower case; of letters beyond ASCII only where that keeps the length. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const isBase64 = (character: string | undefined): boolean => character !== undefined && /[a-z0-9+/_-]/.test(character);

/** Whether one of the things to be found may begin with four characters, given as an integer: never no when one does, and rarely yes when none does. */
function makeFilter(windows: Iterable<string>, count: number): (characters: number) => boolean {
  const wanted = Math.ceil(Math.log2(count * slotsPerWindow));
  const bits = Math.min(mostFilterBits, Math.max(leastFilterBits, wanted));
  const slots = new Uint8Array(2 ** bits);
  // The golden ratio in 32 bits: neighbouring numbers land far from each other (Knuth, volume 3, 6.4).
  const slotOf = (characters: number): number => Math.imul(characters, 0x9e3779b1) >>> (32 - bits);
  for (const window of windows) {
    let characters = 0;
    for (let at = 0; at < gram; at += 1) characters = (characters << 8) | (window.charCodeAt(at) & 0xff);
    slots[slotOf(characters)] = 1;
  }
  return (characters) => slots[slotOf(characters)] === 1;
}

/** Length of the longest beginning or end of a text that is in the set; 0 when none is. */
function longestOf(text: string, set: ReadonlySet<string>, atEnd: boolean): number {
  for (let size = Math.min(text.length, longestWindow - 1); size >= leastAtCut; size -= 1)
    if (set.has(atEnd ? text.slice(text.length - size) : text.slice(0, size))) return size;
  return 0;
}

/** In order, those that overlap or touch as one. */
function merge(places: readonly Place[]): readonly Place[] {
  const merged: Place[] = [];
  for (const { from, to } of [...places].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || from > last.to) merged.push({ from, to });
    else if (to > last.to) merged[merged.length - 1] = { from: last.from, to };
  }
  return merged;
}
