import * as v from 'valibot';

/**
 * What files may hold that anybody may have written: every number, text and list has a bound, each far beyond what a run of ours writes, so that whoever reads
 * or plays them ends.
 */

/** Milliseconds: a day, the longest that an option can ask for. */
const longestWait = 24 * 3_600_000;
/** Milliseconds of what was measured: three years. */
const longestTime = 1e11;
/** Characters of a sentence or of what a process printed. */
const longestText = 4 * 1024 * 1024;
/** Characters of an id or another name. */
const longestName = 1000;
/** Entries of a list: a plan of everything that a process was given has some 50,000 steps. */
const longestList = 100_000;

export const text = v.pipe(v.string(), v.maxLength(longestText));
export const name = v.pipe(v.string(), v.maxLength(longestName));

/** A whole number from `least` to `most`. */
export const wholeNumber = (most: number, least = 0) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
export const count = wholeNumber(Number.MAX_SAFE_INTEGER);
export const integer = wholeNumber(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);

/** A number from `least` to `most`, whole or not. */
export const within = (most: number, least = 0) => v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));
/** A wait. */
export const wait = within(longestWait);
/** How long something took. */
export const duration = within(longestTime);
/** A moment, counted from the start of something. */
export const moment = within(longestTime, -longestTime);
/** Any number that is one. */
export const measure = within(Number.MAX_VALUE, -Number.MAX_VALUE);

export const list = <Item extends v.GenericSchema>(item: Item, most = longestList, least = 0) =>
  v.pipe(v.array(item), v.minLength(least), v.maxLength(most));

/** A moment of the calendar, as `Date` writes it. */
export const timestamp = v.pipe(
  name,
  v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time such as 2026-11-28T12:00:00.000Z'),
);

/** 31 bits (RFC 9113 §4.1). */
export const streamId = wholeNumber(2 ** 31 - 1);
/** 32 bits. */
export const uint32 = wholeNumber(2 ** 32 - 1);
export const octet = wholeNumber(255);
export const setting = v.object({ id: wholeNumber(2 ** 16 - 1), value: uint32 });
