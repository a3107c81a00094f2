/** Where a text stops being JSON. */
export interface JsonFault {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** A clause: what is wrong there. Nothing of the text but its keys is quoted, since it may be secret. */
  readonly what: string;
}

/** Deeper values are none that a person or a program of ours wrote, and would be too much for whoever walks through them. */
export const deepestJson = 100;

/**
 * Finds the first place at which a text is not JSON (RFC 8259), says a key twice, or is nested too deeply. The engine's own message quotes the text, in words that
 * differ from version to version, and names the place only now and then.
 *
 * @returns undefined when there is none.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const fault = scan(text);
  if (fault === undefined) return undefined;
  const before = text.slice(0, fault.at).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, what: fault.what };
}

interface FaultAt {
  readonly at: number;
  readonly what: string;
}

/** What comes next: a value, a key, the end of a list or an object that has nothing yet, or what stands behind a value. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'rest';

const blanks = /[ \t\r\n]*/y;
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function scan(text: string): FaultAt | undefined {
  /** What is open: lists, and objects with the keys that they have so far. */
  const open: ('list' | Set<string>)[] = [];
  let expected: Expected = 'value';
  for (let at = 0; ;) {
    at = endOf(blanks, text, at) ?? at;
    const found = text[at];
    const inside = open.at(-1);
    if (expected === 'rest' && inside === undefined)
      return found === undefined ? undefined : { at, what: 'there is more behind the value' };
    if (found === undefined) return { at, what: text.trim() === '' ? 'it is empty' : 'it ends too early' };
    const closing = inside === 'list' ? ']' : '}';
    if (found === closing && (expected === 'first value' || expected === 'first key' || expected === 'rest')) {
      open.pop();
      at += 1;
      expected = 'rest';
    } else if (expected === 'rest') {
      if (found !== ',') return { at, what: `${describe(found, text[at + 1])} where a comma or ${closing} must be` };
      at += 1;
      expected = inside === 'list' ? 'value' : 'key';
    } else if (inside instanceof Set && (expected === 'key' || expected === 'first key')) {
      if (found !== '"') return { at, what: `${describe(found, text[at + 1])} where a key in double quotes must be` };
      const end = endOfText(text, at);
      if (typeof end !== 'number') return end;
      const key = JSON.parse(text.slice(at, end)) as string;
      if (inside.has(key)) return { at, what: `the key ${JSON.stringify(key)} is there a second time` };
      inside.add(key);
      const colon = endOf(blanks, text, end) ?? end;
      if (text[colon] !== ':') return { at: colon, what: 'the colon behind the key is missing' };
      at = colon + 1;
      expected = 'value';
    } else if (found === '{' || found === '[') {
      if (open.length === deepestJson) return { at, what: `it is nested more than ${deepestJson} deep` };
      open.push(found === '[' ? 'list' : new Set());
      at += 1;
      expected = found === '[' ? 'first value' : 'first key';
    } else {
      const end = found === '"' ? endOfText(text, at) : endOf(word, text, at);
      if (end === undefined) return { at, what: `${describe(found, text[at + 1])} where a JSON value must be` };
      if (typeof end !== 'number') return end;
      at = end;
      expected = 'rest';
    }
  }
}

/** Where a pattern that begins at a place ends; undefined when it does not. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Where the text in double quotes that begins at a place ends. */
function endOfText(text: string, start: number): number | FaultAt {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return { at, what: 'a line break or another control stands in a text' };
    if (code !== 0x5c) continue;
    const end = endOf(escape, text, at);
    if (end === undefined) return { at, what: 'a backslash stands before what it cannot escape' };
    at = end - 1;
  }
  return { at: start, what: 'the text that begins here does not end' };
}

/** What usually stands where JSON must not have it. */
function describe(found: string, next: string | undefined): string {
  if (found === '/' || found === '#') return 'there is a comment, which JSON does not have,';
  if (found === "'" || found === '`') return 'there is another quote than "';
  if (found === '}' || found === ']') return 'there is a comma too many, or nothing';
  if (/[A-Za-z_$]/.test(found)) return 'there is a word';
  if (/[-+.\d]/.test(found))
    return next === undefined || /[\d.xX]/.test(next) ? 'there is no JSON number' : 'there is a sign';
  return 'there is something';
}
