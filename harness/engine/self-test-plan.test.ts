import { areaOf, shortId } from '../catalogue';
import {
  areCompatible,
  findVariation,
  variationNames,
  variations,
  type VariationName,
} from '../servers/reference/variations';
import { mutants } from '../servers/reference/mutants';
import { drawPairs, planMutants, planSelfTest, type Configuration, type SelfTestParts } from './self-test-plan';
import { loadCatalogue } from './catalogue-rows';
import { breaksOwnMethods } from './play-mutant';

const properties = loadCatalogue().suites.flatMap((suite) => suite.properties);
const nothing: SelfTestParts = { targets: false, plain: false, pairs: 0, apart: true };
const everything: SelfTestParts = { targets: true, plain: true, pairs: 20, apart: true };

const plan = (parts: SelfTestParts, seed = 1): readonly Configuration[] => planSelfTest(properties, seed, parts);
const namesOf = (configurations: readonly Configuration[]): readonly string[] => configurations.map(({ name }) => name);

/** Servers that offer what the plain one does not, each for the rows that need it. */
const unlocked = ['clean with header-table=256', 'clean with keepalive=1000', 'clean with connection-age=1000'];

test('without more, the plain server, what it does not offer, and choices of form', () => {
  const names = namesOf(plan(nothing));
  const forms = variationNames.filter((name) => variations[name].about === 'form');
  expect(names.slice(0, 2)).toEqual(['clean', 'clean over TLS']);
  expect(names.filter((name) => name.startsWith('variation '))).toEqual(forms.map((name) => `variation ${name}`));
  expect(names.slice(2, 5)).toEqual(unlocked);
  expect(names.length).toBe(2 + unlocked.length + forms.length);
});

test('every row is played on a correct server that offers what it needs', () => {
  const innocent = plan(nothing);
  for (const { id, needs = [] } of properties) {
    const servers = innocent.filter((one) => one.properties.some((property) => property.id === id));
    const isUnlocked = unlocked.some((name) => servers.some((one) => one.name === name));
    const isOffered = !needs.some((need) =>
      ['smaller-table', 'server-keepalive', 'connection-lifetime'].includes(need),
    );
    expect([id, isUnlocked || isOffered]).toEqual([id, true]);
  }
});

test('choices of form share servers, each once and with no other that it excludes, unless they are wanted apart', () => {
  const innocent = plan({ ...nothing, apart: false }).filter(({ name }) => !unlocked.includes(name));
  const words = (one: Configuration): readonly string[] => one.flags.filter((flag) => flag !== '--variation');
  const forms = variationNames.filter((name) => variations[name].about === 'form');
  expect(innocent.flatMap(words).toSorted()).toEqual([...forms].toSorted());
  expect(innocent.length).toBeLessThan(2 + forms.length / 2);
  expect(Math.max(...innocent.map((one) => words(one).length))).toBe(4);
  for (const one of innocent)
    for (const name of words(one))
      for (const other of words(one))
        if (name !== other) expect(areCompatible(name as VariationName, other as VariationName)).toBe(true);
  const another = plan({ ...nothing, apart: false }, 2).filter(({ name }) => !unlocked.includes(name));
  expect(namesOf(another)).not.toEqual(namesOf(innocent));
});

test('a variation with values comes with those of the file, and one that the seed draws', () => {
  const values = (seed: number): readonly string[] =>
    namesOf(plan(everything, seed)).filter((name) => /^variation max-streams=\d+$/.test(name));
  const always = [1, 4, 7, 8].map((value) => `variation max-streams=${value}`);
  expect(values(1)).toEqual(expect.arrayContaining(always));
  expect(values(1)).toEqual(values(1));
  const drawn = [1, 2, 3, 4, 5, 6].flatMap((seed) => values(seed).filter((name) => !always.includes(name)));
  expect(new Set(drawn).size).toBeGreaterThan(2);
});

test('rows that need a smaller table have a server that announces one, where no other row is played', () => {
  const some = properties.filter(({ needs }) => needs?.includes('smaller-table'));
  const alone = planSelfTest(some, 1, nothing).slice(0, 2);
  expect(alone.map(({ flags }) => flags)).toEqual([
    ['--variation', 'header-table=256'],
    ['--variation', 'header-table=256'],
  ]);
  expect(planSelfTest(properties, 1, nothing)[0]?.flags).toEqual([]);
  const beside = planMutants(some, 1, false).map(({ mutant, alone: own }) => [mutant.beside, own?.flags.at(-1)]);
  expect(beside.length).toBeGreaterThan(0);
  for (const [wanted, given] of beside) expect(given).toBe(wanted);
});

test('every flag is one that the server takes', () => {
  const words = plan(everything)
    .filter(({ expects }) => expects.is === 'innocent')
    .flatMap(({ flags }) => flags.filter((word) => word !== '--variation'));
  expect(words.filter((word) => findVariation(word) === undefined)).toEqual([]);
});

test.each<[string, (configuration: Configuration) => boolean, string]>([
  ['variation prefers-http1', ({ tls }) => tls, 'it shows over TLS'],
  ['variation no-huffman', ({ tls }) => !tls, 'it shows without'],
  ['variation field-zero', ({ protos }) => protos.length === 2, 'it shows on methods of its own'],
  ['variation no-huffman', ({ expects }) => expects.is === 'innocent' && expects.judges === 'all', 'all can be judged'],
  ['variation handlers=1', ({ expects }) => expects.is === 'innocent' && expects.judges !== 'all', 'not all can be'],
  ['defect plain:exit-every=150', ({ expects }) => expects.is === 'finding', 'a whole run must name it'],
])('%s: %#', (name, want) => {
  const found = plan(everything).find((one) => one.name === name);
  expect(found !== undefined && want(found)).toBe(true);
});

test('rows that a trait touches get more inputs, and must be judged where all must', () => {
  const named = (name: string) => plan(everything).find((one) => one.name === name);
  const whole = named('variation options-204');
  const touched = named('variation options-204 on REQ-03');
  expect(touched).toMatchObject({
    flags: ['--variation', 'options-204'],
    properties: [{ id: 'REQ-03-method-not-post' }],
    expects: { is: 'innocent', judges: 'all' },
  });
  expect(touched!.runs).toBeGreaterThan(whole!.runs);
  const [streams] = plan(everything).filter(({ name }) => name.startsWith('variation max-streams=1 on'));
  expect(streams?.expects).toMatchObject({ judges: { atLeast: 0 } });
});

test('every row that a variation touches, and each that names a plain defect, is one of the catalogue', () => {
  const rows = loadCatalogue().rows.map(({ id }) => id);
  const named = [
    ...variationNames.flatMap((name) => variations[name].touches ?? []),
    ...plan(everything).flatMap(({ expects }) => (expects.is === 'finding' ? expects.finds : [])),
  ];
  expect(named.filter((row) => !rows.some((id) => shortId(id) === row))).toEqual([]);
});

describe('mutants', () => {
  const withExamples = planMutants(properties, 1, false).filter(({ inputs }) => inputs === 'with examples');

  test('are all tried with examples, each by experiments that there are', () => {
    expect(withExamples.map(({ mutant }) => mutant.id)).toEqual(mutants.map(({ id }) => id));
  });

  test('are tried without examples in part, another one for another seed, and all when that is asked for', () => {
    const sampled = (seed: number, thorough: boolean): readonly string[] =>
      planMutants(properties, seed, thorough)
        .filter(({ inputs }) => inputs === 'without examples')
        .map(({ mutant }) => mutant.id);
    // What is seen on the process says nothing about what is generated.
    const shared = withExamples
      .filter(
        ({ alone, mutant }) =>
          alone === undefined || ((alone.tls || mutant.beside !== undefined) && mutant.endsService !== true),
      )
      .map(({ mutant }) => mutant.id);
    const parts = [1, 2, 3, 4, 5, 6].map((seed) => sampled(seed, false));
    expect(new Set(parts.flat())).toEqual(new Set(shared));
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(shared.length / 3);
    expect(sampled(1, true)).toEqual(shared);
  });

  test.each<[string, boolean, string]>([
    ['MSG-02/prefix-split', false, 'nothing of it is seen on the process'],
    ['TLS-01/first-of-client', true, 'it shows over TLS'],
    ['METHOD-09/made-ahead', true, 'memory is that of a process'],
    ['ALIVE-01/twentieth-call', true, 'it ends its process'],
  ])('%s has a process of its own: %s, since %s', (id, want) => {
    expect(withExamples.find(({ mutant }) => mutant.id === id)?.alone !== undefined).toBe(want);
  });

  test('belong to the properties that are asked for', () => {
    const only = properties.filter(({ id }) => id === 'MSG-02-any-data-split');
    const rows = new Set(planMutants(only, 1, false).map(({ mutant }) => mutant.breaks));
    expect([...rows]).toEqual(['MSG-02-any-data-split']);
  });
});

describe('pairs', () => {
  test('are different, compatible, and the same for the same seed', () => {
    const pairs = drawPairs(variationNames, 50, 7);
    expect(pairs).toEqual(drawPairs(variationNames, 50, 7));
    expect(pairs).not.toEqual(drawPairs(variationNames, 50, 8));
    expect(new Set(pairs.map(([one, other]) => `${one.name} ${other.name}`)).size).toBe(50);
    expect(pairs.every(([one, other]) => areCompatible(one.name, other.name))).toBe(true);
  });

  test('are no more than there are', () => {
    expect(drawPairs(['eager-window-updates', 'late-window-updates'], 5, 1)).toEqual([]);
    expect(drawPairs(['no-huffman', 'no-goaway', 'empty-data'], 50, 1).length).toBe(3);
  });

  test('leave at least one row to be judged where one of them leaves not all', () => {
    const pairs = plan({ ...nothing, targets: true, pairs: 50 }).filter(({ name }) => name.startsWith('pair '));
    const judges = pairs.map(({ expects }) => (expects.is === 'innocent' ? expects.judges : undefined));
    expect(pairs.length).toBe(50);
    expect(judges.every((one) => one === 'all' || (one?.atLeast === 1 && one.because !== ''))).toBe(true);
  });
});

test("mutants that answer methods of the user's own are told by what the experiment of their row needs", () => {
  const own = mutants.filter((mutant) => breaksOwnMethods(mutant, properties));
  expect([...new Set(own.map(({ breaks }) => areaOf(breaks)))]).toEqual(['METHOD']);
  expect(own.length).toBe(mutants.filter(({ breaks }) => areaOf(breaks) === 'METHOD').length);
});
