import type * as v from 'valibot';
import { printable } from './printable';

/** The value of a JSON text, or why it is none. */
export function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    // The engine's own message quotes the file, in words that differ from version to version.
    return { ok: false, reason: text.trim() === '' ? 'it is empty' : 'it is not JSON, or was cut short' };
  }
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
