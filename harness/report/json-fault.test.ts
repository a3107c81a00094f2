import fc from 'fast-check';
import { deepestJson, findJsonFault } from './json-fault';

test.each<[string, string, number, number, RegExp]>([
  ['nothing', ' \n ', 2, 2, /^it is empty$/],
  ['a comment', '// c\n{}', 1, 1, /^there is a comment, which JSON does not have, where a JSON value must be$/],
  ['a comment behind an entry', '{\n  "a": 1 // c\n}', 2, 10, /comment.* where a comma or } must be$/],
  [
    'a comma too many',
    '{\r\n  "a": 1,\r\n}',
    3,
    1,
    /^there is a comma too many, .* where a key in double quotes must be$/,
  ],
  ['one in a list', '[1,]', 1, 4, /a comma too many, or nothing where a JSON value must be$/],
  ['a missing comma', '{"a":1 "b":2}', 1, 8, /where a comma or } must be$/],
  ['a missing colon', '{"a" 1}', 1, 6, /^the colon behind the key is missing$/],
  ['single quotes', "{'a': 1}", 1, 2, /another quote than "/],
  ['a bare key', '{a: 1}', 1, 2, /^there is a word where a key in double quotes must be$/],
  ['a bare word', '{"token": s3cret}', 1, 11, /^there is a word where a JSON value must be$/],
  ['an undefined', '[undefined]', 1, 2, /^there is a word where a JSON value must be$/],
  ['a leading zero', '[01]', 1, 3, /where a comma or ] must be$/],
  ['a point alone', '[.5]', 1, 2, /^there is no JSON number where a JSON value must be$/],
  ['an open text', '{"a": "b', 1, 7, /^the text that begins here does not end$/],
  ['a line break in a text', '["a\nb"]', 1, 4, /^a line break or another control stands in a text$/],
  ['a false escape', '["\\x41"]', 1, 3, /^a backslash stands before what it cannot escape$/],
  ['a file that was cut short', '{"a": [1, 2', 1, 12, /^it ends too early$/],
  ['the other bracket', '[1}', 1, 3, /where a comma or ] must be$/],
  ['two values', '{} {}', 1, 4, /^there is more behind the value$/],
  ['the same key twice', '{"a": 1, "b": {"a": 1}, "\\u0061": 2}', 1, 25, /^the key "a" is there a second time$/],
  [
    'more depth than anybody needs',
    '['.repeat(deepestJson + 1),
    1,
    deepestJson + 1,
    /^it is nested more than 100 deep$/,
  ],
])('%s', (_name, text, line, column, what) => {
  expect(findJsonFault(text)).toEqual({ line, column, what: expect.stringMatching(what) });
});

test('a million brackets and a text of ten million letters are no trouble', () => {
  expect(findJsonFault('['.repeat(1_000_000))?.what).toMatch(/nested/);
  expect(findJsonFault(`{"a":"${'b'.repeat(10_000_000)}"}`)).toBeUndefined();
  expect(findJsonFault(`{"a":"${'b'.repeat(10_000_000)}`)?.what).toMatch(/does not end/);
});

/** Texts that are nearly JSON: some that are, with one character more, less or other. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.nat(),
    fc.constantFrom(...'{}[]:,"\'\\/ \n\u00000-+.eEutx', 'true', '\\u12'),
    fc.boolean(),
  )
  .map(([text, place, piece, replaces]) => {
    const at = place % (text.length + 1);
    return `${text.slice(0, at)}${piece}${text.slice(at + (replaces ? 1 : 0))}`;
  });

test('a fault is found where the engine refuses the text, and only there', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyJson, fc.json(), fc.string()), (text) => {
      const isJson = ((): boolean => {
        try {
          JSON.parse(text);
          return true;
        } catch {
          return false;
        }
      })();
      const fault = findJsonFault(text);
      const isOurOwnDemand = fault !== undefined && fault.what.endsWith('a second time');
      expect([fault === undefined || isOurOwnDemand, text]).toEqual([isJson || isOurOwnDemand, text]);
    }),
    { numRuns: 2000, seed: 7 },
  );
});
