import { attackWaves } from '../../moves/attack';
import { tolerableGrowth } from '../../facts/tolerable-growth';
import { givesMemoryBack, holdsLittle, staysSmall } from './memory';

const before = 100_000_000;

test.each<[string, Readonly<Record<string, number>>, number]>([
  ['shrinks', { small: before, large: before - 1 }, 0],
  ['grows as much as it may', { small: before, large: before + tolerableGrowth }, 0],
  ['grows by more', { small: before, large: before + tolerableGrowth + 1 }, 1],
  ['could not be read', { small: before }, 0],
])('memory that %s', (_, samples, want) => {
  expect(staysSmall({ samples }, { from: 'small', to: 'large', because: 'the response' })).toHaveLength(want);
});

const more = tolerableGrowth + 1;

test.each<[string, Readonly<Record<string, number>>, number]>([
  ['stays', { first: before, second: before, third: before }, 0],
  ['grows once', { first: before, second: before + more, third: before + more }, 0],
  ['grows late', { first: before, second: before, third: before + more }, 0],
  ['grows and comes back', { first: before, second: before + more, third: before }, 0],
  ['grows each time', { first: before, second: before + more, third: before + 2 * more }, 1],
  ['could not be read at last', { first: before, second: before + more }, 0],
  ['could not be read', {}, 0],
])('after an attack, memory that %s', (_, samples, want) => {
  expect(givesMemoryBack({ samples }, 'the attack')).toHaveLength(want);
});

const kept = tolerableGrowth + 1000 * 10;
const heldAt = (...growths: readonly number[]): Readonly<Record<string, number>> => ({
  before,
  ...Object.fromEntries(growths.map((growth, index) => [`${attackWaves[index]!} held`, before + growth])),
});

test.each<[string, Readonly<Record<string, number>>, number]>([
  ['is what it may be', heldAt(kept, kept, kept), 0],
  ['is more each time', heldAt(kept + 1, kept + 1, kept + 1), 1],
  ['is more twice', heldAt(kept + 1, kept, kept + 1), 0],
  ['could not be read at last', heldAt(kept + 1, kept + 1), 0],
  ['could not be read before', { 'first held': kept, 'second held': kept, 'third held': kept }, 0],
])('during an attack, memory that %s', (_, samples, want) => {
  expect(holdsLittle({ samples }, { items: 1000, each: 10, because: 'messages' })).toHaveLength(want);
});
