import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { behave } from './behaviour';
import { defects, findDefect, ruleOf, type DefectId } from './defects';
import { findVariation, variations } from './variations';

/** Every source file of the server in one. */
const source = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');

test.each((Object.keys(defects) as DefectId[]).map(ruleOf))('the defect of %s breaks something', (rule) => {
  expect(source).toContain(`defect('${rule}')`);
});

test.each(Object.keys(variations))('the variation %s changes something', (name) => {
  expect(source).toContain(`varies('${name}')`);
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

test.each<[string, string | undefined, string]>([
  ['no-huffman', 'no-huffman', 'a name'],
  ['toString', undefined, 'inherited names are none'],
  ['no-huff', undefined, 'a prefix is no name'],
])('findVariation(%s) is %s: %s', (name, want) => {
  expect(findVariation(name)).toBe(want);
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
