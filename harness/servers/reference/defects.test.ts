import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { behave } from './behaviour';
import { defects, findDefect, ruleOf, type DefectId } from './defects';
import { plainDefectNames } from './plain-defects';
import { areCompatible, findVariation, variationNames } from './variations';

/** Every source file of the server in one. */
const source = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');

test.each((Object.keys(defects) as DefectId[]).map(ruleOf))('the defect of %s breaks something', (rule) => {
  expect(source).toContain(`defect('${rule}')`);
});

test.each(variationNames)('the variation %s changes something', (name) => {
  expect(source).toMatch(new RegExp(String.raw`(varies|value)\('${name}'\)`));
});

// The kinds of calls that are dead are asked for by their parts.
test.each(plainDefectNames.filter((name) => !/-(reset|hang|status)$/.test(name)))('%s breaks something', (name) => {
  expect(source).toMatch(new RegExp(String.raw`(defect|value)\('${name}'\)`));
});

test.each<[string, string | undefined, string]>([
  ['MSG-02-any-data-split', 'MSG-02-any-data-split', 'the full id'],
  ['MSG-02', 'MSG-02-any-data-split', 'area and number'],
  ['MSG-0', undefined, 'a prefix is no name'],
  ['msg-02', undefined, 'ids are upper case'],
  ['', undefined, 'nothing'],
])('findDefect(%s) is %s: %s', (name, want) => {
  expect(findDefect(name)).toBe(want);
});

test.each<[string, ReturnType<typeof findVariation>, string]>([
  ['no-huffman', { name: 'no-huffman' }, 'a name'],
  ['toString', undefined, 'inherited names are none'],
  ['no-huff', undefined, 'a prefix is no name'],
  ['max-streams=4', { name: 'max-streams', value: 4 }, 'a name and its value'],
  ['max-streams', undefined, 'a value is missing'],
  ['max-streams=0', undefined, 'a value out of range'],
  ['no-huffman=1', undefined, 'a value where there is none'],
  ['gateway-deadline=501', undefined, 'a value that is not among those that there are'],
])('findVariation(%s) is %j: %s', (text, want) => {
  expect(findVariation(text)).toEqual(want);
});

test.each<[Parameters<typeof areCompatible>, boolean, string]>([
  [['eager-window-updates', 'late-window-updates'], false, 'both decide when credit is returned'],
  [['max-streams', 'max-streams-late'], false, 'both decide how many streams there may be'],
  [['max-streams', 'max-streams'], false, 'a choice is made once'],
  [['max-streams', 'initial-window'], true, 'they decide different things'],
  [['no-huffman', 'no-goaway'], true, 'both leave everything to others'],
])('%j: together %s, since %s', (pair, want) => {
  expect(areCompatible(...pair)).toBe(want);
});

test('a server does otherwise only where it is told to', () => {
  const { defect, varies } = behave({ defects: ['MSG-02'], variations: ['no-goaway'] });
  expect([defect('MSG-02'), defect('MSG-03'), varies('no-goaway'), varies('no-huffman')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
