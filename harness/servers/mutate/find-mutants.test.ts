import { applyMutant, chooseMutants, findMutants, nameOf } from './find-mutants';

const source = `function f(a) {\n  if (a > 1) return 2;\n  g();\n}\n`;
const everywhere = (): boolean => true;

test('says where a mutant is, and what stood there', () => {
  const mutants = findMutants('f.js', source, everywhere);
  expect(mutants).toContainEqual({
    file: 'f.js',
    line: 3,
    column: 3,
    operator: 'call removed',
    original: 'g();',
    start: source.indexOf('g();'),
    end: source.indexOf('g();') + 4,
    text: ';',
  });
  expect(new Set(mutants.map(nameOf)).size).toBe(mutants.length);
  expect(mutants.map((mutant) => applyMutant(source, mutant))).not.toContain(source);
});

test('leaves alone what calls do not execute', () => {
  const [from, to] = [source.indexOf('if'), source.indexOf('g();')];
  const mutants = findMutants('f.js', source, (offset) => offset >= from && offset < to);
  expect(mutants.length).toBeGreaterThan(0);
  expect(mutants.filter(({ line }) => line !== 2)).toEqual([]);
});

describe('the choice', () => {
  const mutants = findMutants('f.js', source, everywhere);

  test('is the same for the same seed, in whatever order they come', () => {
    expect(chooseMutants(mutants.toReversed(), 4, 7)).toEqual(chooseMutants(mutants, 4, 7));
  });

  test('is another for another seed', () => {
    const first = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => nameOf(chooseMutants(mutants, 1, seed)[0]!));
    expect(new Set(first).size).toBeGreaterThan(1);
  });

  test('of more begins with that of fewer, so that a choice can be played in parts', () => {
    expect(chooseMutants(mutants, 5, 7).slice(0, 3)).toEqual(chooseMutants(mutants, 3, 7));
  });

  test('loses one and gains one when a chosen mutant is not there', () => {
    const [gone, ...rest] = chooseMutants(mutants, 4, 7);
    const without = mutants.filter((mutant) => mutant !== gone);
    expect(chooseMutants(without, 4, 7).slice(0, 3)).toEqual(rest);
  });

  test('takes all when there are not so many', () => {
    expect(chooseMutants(mutants, 1000, 1)).toHaveLength(mutants.length);
  });
});
