import { allRows, shortId } from '../../../catalogue';
import { loadCatalogue } from '../../../engine/catalogue-rows';
import { behave } from '../behaviour';
import { checks, correctPolicy } from '../policy';
import { joinSeams, unconnected, type Seams } from '../seams';
import { areCompatible, findVariation } from '../variations';
import { findMutant, mutants } from '.';

const rows = loadCatalogue().rows;
const numbers = allRows.map(({ id }) => shortId(id));

/** Everything that a mutant does to a connection. */
function seamsOf(name: string): readonly Seams[] {
  const { seams, ...fixed } = findMutant(name)!;
  return [fixed, ...(seams === undefined ? [] : [seams(unconnected, { calls: 0, leaked: [] })])];
}

test('there are more than two hundred, each with an id of its own', () => {
  const ids = mutants.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(200);
});

test('every row that something tests has one', () => {
  const tested = rows.filter(({ state }) => state !== 'planned').map(({ id }) => id);
  const broken: readonly string[] = mutants.map(({ breaks }) => breaks);
  expect(tested.filter((id) => !broken.includes(id))).toEqual([]);
});

test('where no experiment is about the row, those that bring it out are named, and exist', () => {
  const experiments = rows.filter(({ state }) => state === 'property').map(({ id }) => shortId(id));
  const alone = mutants.filter(
    ({ breaks, provokedBy }) => !experiments.includes(shortId(breaks)) && provokedBy === undefined,
  );
  expect(alone.map(({ id }) => id)).toEqual([]);
  expect(mutants.flatMap(({ provokedBy = [] }) => provokedBy).filter((row) => !experiments.includes(row))).toEqual([]);
  expect(mutants.map(({ breaks }) => shortId(breaks)).filter((row) => !numbers.includes(row))).toEqual([]);
});

test.each(mutants.map(({ id }) => id))('%s does something, and nothing that no server has a place for', (id) => {
  const all = seamsOf(id);
  const places = all.flatMap(({ inbound, outbound, policy, believes }) => [
    ...Object.keys(inbound ?? {}),
    ...Object.keys(outbound ?? {}),
    ...Object.keys(policy ?? {}),
    ...(believes === undefined ? [] : ['believes']),
  ]);
  const known = [
    'frame',
    'section',
    'message',
    'believes',
    'afterRefusal',
    'discard',
    'beforeEnd',
    'admit',
    'takeOver',
    ...Object.keys(correctPolicy),
  ];
  expect(places.length).toBeGreaterThan(0);
  expect(places.filter((place) => !known.includes(place))).toEqual([]);
});

test('without a mutant every seam passes on what it gets, and every fault hurts what RFC 9113 says', () => {
  const seams = joinSeams([]);
  const frame = { type: 0, flags: 0, streamId: 1, reserved: false, payload: new Uint8Array(1) };
  const section = { streamId: 1, fields: [{ name: 'a', value: 'b' }], endStream: true };
  expect(seams.frameOut(frame)).toEqual([frame]);
  expect(seams.sectionOut(section)).toEqual([section]);
  for (const [check, scope] of Object.entries(checks))
    expect(seams.policy.judge(check as keyof typeof checks, scope, { streamId: 1, reason: '' })).toBe(scope);
});

test('a server does otherwise only where it is told to', () => {
  const { policy, varies } = behave({ defects: ['CONN-03'], variations: ['no-goaway'] });
  expect([policy.prefaceCompared, policy.prefixLength, varies('no-goaway'), varies('no-huffman')]).toEqual([
    16,
    5,
    true,
    false,
  ]);
});

test('nobody gets a correct server for the name of a mutant that does not exist', () => {
  expect(() => behave({ defects: ['MSG-99'] })).toThrow('no mutant is named MSG-99');
});

test.each<[string, string | undefined, string]>([
  ['MSG-02/prefix-split', 'MSG-02/prefix-split', 'its own id'],
  ['MSG-02-any-data-split', 'MSG-02/prefix-split', 'the full id of a row'],
  ['MSG-02', 'MSG-02/prefix-split', 'area and number'],
  ['MSG-02/', undefined, 'no clause'],
  ['MSG-0', undefined, 'a prefix is no name'],
  ['msg-02', undefined, 'ids are upper case'],
  ['', undefined, 'nothing'],
])('findMutant(%s) is %s: %s', (name, want) => {
  expect(findMutant(name)?.id).toBe(want);
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
