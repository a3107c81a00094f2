import { visibleJson } from './visible-json';

test.each<[unknown, string, string]>([
  ['a\u007fb\u009bc', '"a\\u007fb\\u009bc"', 'DEL and C1'],
  ['\u202e\u200b\ufeff', '"\\u202e\\u200b\\ufeff"', 'direction overrides and what has no width'],
  ['\u2028\ud800', '"\\u2028\\ud800"', 'line breaks of Unicode, and halves of characters'],
  ['\u{e0041}', '"\\udb40\\udc41"', 'a tag of two units'],
  ['ä€😀\n', '"ä€😀\\n"', 'letters stay'],
  [undefined, 'null', 'what JSON cannot hold'],
])('%j is written as %s: %s', (value, want) => {
  expect(visibleJson(value)).toBe(want);
  expect(JSON.parse(visibleJson(value))).toEqual(value ?? null);
});

test('lines that the indentation makes stay lines', () => {
  expect(visibleJson({ a: ['\u0085'] }, 1)).toBe('{\n "a": [\n  "\\u0085"\n ]\n}');
});
