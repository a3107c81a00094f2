import { drawValue, isInRange, joinNameAndValue, splitNameAndValue, type ValueRange } from './value-range';

const range: ValueRange = { unit: 'streams', least: 1, most: 1000, always: [1] };

test.each<[string, ReturnType<typeof splitNameAndValue>, string]>([
  ['no-huffman', { name: 'no-huffman' }, 'a name alone'],
  ['max-streams=4', { name: 'max-streams', value: 4 }, 'a name and a value'],
  ['max-streams=', undefined, 'no digits'],
  ['max-streams=-1', undefined, 'a sign'],
  ['max-streams=1.5', undefined, 'a fraction'],
  ['max-streams=99999999999', undefined, 'more digits than any value has'],
  ['a=b=1', undefined, 'two signs'],
])('%s is %j: %s', (text, want) => {
  expect(splitNameAndValue(text)).toEqual(want);
});

test.each(['no-huffman', 'max-streams=4'])('%s is put together again as it was', (text) => {
  expect(joinNameAndValue(splitNameAndValue(text)!)).toBe(text);
});

test.each<[ValueRange | undefined, number | undefined, boolean, string]>([
  [undefined, undefined, true, 'no value where none is taken'],
  [undefined, 1, false, 'a value where none is taken'],
  [range, undefined, false, 'no value where one is needed'],
  [range, 1, true, 'the least'],
  [range, 1000, true, 'the most'],
  [range, 0, false, 'below'],
  [range, 1001, false, 'above'],
  [{ ...range, among: [7, 14] }, 7, true, 'one of few'],
  [{ ...range, among: [7, 14] }, 8, false, 'between the few'],
])('%j and %s: %s (%s)', (given, value, want) => {
  expect(isInRange(given, value)).toBe(want);
});

test('values are drawn from all of the range, the same for the same seed', () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => Math.imul(index, 0x9e3779b1) | 0);
  const values = seeds.map((seed) => drawValue(range, seed)!);
  expect(values.every((value) => isInRange(range, value))).toBe(true);
  expect(values.filter((value) => value <= 31).length).toBeGreaterThan(300);
  expect(values.filter((value) => value > 500).length).toBeGreaterThan(50);
  expect(seeds.map((seed) => drawValue(range, seed))).toEqual(values);
});

test.each<[number, number]>([
  [0, 2 ** 31 - 1],
  [0, 0],
  [5, 5],
])('the ends of %d to %d are not left', (least, most) => {
  const drawn = [0, -1, 1, 2 ** 31 - 1].map((seed) => drawValue({ unit: '', least, most, always: [] }, seed)!);
  expect(drawn.every((value) => value >= least && value <= most)).toBe(true);
});

test('where all values are listed none is drawn', () => {
  expect(drawValue({ ...range, among: [1] }, 5)).toBeUndefined();
});
