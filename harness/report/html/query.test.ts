import { matchesQuery, parseQuery, toggleValue, valuesOf, type Searchable } from './query';

const item: Searchable = {
  s: ['fail', 'hang'],
  m: ['must'],
  a: ['flow', 'response flow control'],
  r: ['no'],
  text: 'flow-01-window-respected fail hang must the server sends no more than it was granted',
};

test.each([
  ['nothing asks for nothing', '', true],
  ['a word anywhere', 'granted', true],
  ['in any case', 'GRANTED', true],
  ['all words', 'granted zebra', false],
  ['words in quotation marks stand together', '"no more"', true],
  ['and in this order', '"more no"', false],
  ['a quotation mark that nobody closed', '"no more', true],
  ['what is not to be', '!zebra', true],
  ['and is', '!granted', false],
  ['not, with quotation marks', '!"no more"', false],
  ['a verdict', 's:fail', true],
  ['another', 's:pass', false],
  ['one of several', 's:pass,fail', true],
  ['how it shows', 's:hang', true],
  ['no verdict', '!s:fail', false],
  ['a level', 'm:must', true],
  ['its beginning', 'm:mu', true],
  ['an area by the beginning of its ids', 'a:FLOW', true],
  ['an area by its name', 'a:"response flow"', true],
  ['a key of which nothing is typed yet', 's:', true],
  ['not a key of which nothing is typed yet', '!s:', true],
  ['several keys', 's:fail m:must a:FLOW !zebra', true],
  ['a key that there is not is a word', 'q:fail', false],
  ['the verdict is in the text, too', 'fail must', true],
])('%s: %s', (_why, query, want) => expect(matchesQuery(parseQuery(query), item)).toBe(want));

test.each([
  ['asks for it', '', 's:fail'],
  ['beside words', '"a b" !x', 's:fail "a b" !x'],
  ['beside another value', 's:warn x', 's:warn,fail x'],
  ['no longer', 's:fail x', 'x'],
  ['no longer beside another', 's:fail,warn', 's:warn'],
  ['leaves what is not to be', '!s:fail', 's:fail !s:fail'],
])('toggling a value %s', (_why, query, want) => expect(toggleValue(query, 's', 'FAIL')).toBe(want));

test('values of a key are those that are asked for', () =>
  expect(valuesOf('s:fail,warn !s:pass s:known fail', 's')).toEqual(['fail', 'warn', 'known']));
