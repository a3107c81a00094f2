import { fc } from '../index';
import { findRareLabels, reachLabels } from './label-reach';
import { targetAt, tinyProperty } from './try-engine.test-helper';

const { facts } = targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port: 1 } });

const property = (max: number, examples: readonly number[] = [], effort = 1) =>
  tinyProperty('MSG-02-any-data-split', {
    effort,
    arbitrary: () => fc.noBias(fc.nat({ max })),
    examples: () => examples,
    labels: { 'the number 7': (input) => input === 7, 'any number': () => true, none: (input) => input < 0 },
  });

test.each<[string, Parameters<typeof property>, readonly string[]]>([
  ['one in eight of a hundred', [7], ['none']],
  ['one in eight of ten', [7, [], 0.1], ['the number 7', 'none']],
  ['one in a thousand of a hundred', [999], ['the number 7', 'none']],
  ['an example', [999, [7]], ['none']],
  ['an example that comes after the usual number of inputs', [999, [1, 2, 3, 7], 0.03], ['the number 7', 'none']],
])('what a run may miss of %s', (_, shape, rare) => {
  const found = findRareLabels(property(...shape), facts);
  expect(found.map((text) => text.split('"')[1])).toEqual(rare);
});

test('the share of a class is that of the generator, whatever the examples are', () => {
  const [seven, any] = reachLabels(property(9, [7, 7, 7]), facts);
  expect(seven).toMatchObject({ byExample: true, chance: 1 });
  expect(Math.round((seven?.share ?? 0) * 10)).toBe(1);
  expect(any).toMatchObject({ byExample: true, share: 1 });
});

test('a property that names no class has nothing to miss', () => {
  expect(reachLabels(tinyProperty('MSG-02-any-data-split'), facts)).toEqual([]);
});
