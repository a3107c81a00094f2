import type * as v from 'valibot';
import { printable } from './printable';

/** The value of a JSON text, or why it is none, without a word of the text: it may hold secrets. */
export function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    // The engine's own message quotes the file, in words that differ from version to version.
    return {
      ok: false,
      reason: text.trim() === '' ? 'it is empty' : `it is not JSON, or was cut short${placeOfFault(text)}`,
    };
  }
}

/** Blanks and signs, a string, a number, or a word of JSON (RFC 8259). What a string holds is read in one way only, so that reading it does not grow without end. */
const token =
  /[ \t\r\n{}[\]:,]+|"(?:(?=([^"\\\p{Cc}]+))\1|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** Where a text has something that JSON has nowhere, in words; nothing when only the order is wrong. */
function placeOfFault(text: string): string {
  token.lastIndex = 0;
  let at = 0;
  while (at < text.length && token.test(text)) at = token.lastIndex;
  if (at === text.length) return '';
  const lines = text.slice(0, at).split('\n');
  return `: see line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** The first thing that a schema found wrong: `properties.3.verdict: expected "pass" …, received "passed"`. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const [first] = issues;
  if (first === undefined) return 'it has another form';
  const path = (first.path ?? []).map(({ key }) => String(key)).join('.');
  const message = first.expected === null ? first.message : `expected ${first.expected}, received ${first.received}`;
  // 300 letters: one clear sentence, even when a value in it is long.
  return printable(`${path === '' ? 'the whole file' : path}: ${message}`).slice(0, 300);
}
