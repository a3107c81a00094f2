import { unlistedProperty } from '../properties/property';
import { rfc9113 } from '../catalogue/requirement';
import { convention, must, should } from '../catalogue/row';
import { type CatalogueRow } from '../properties/catalogue';
import { areaOf } from '../catalogue';
import { matchSelector, selectProperties, type Selection } from './selectors';

const requirements = { must, should, convention };

function row(id: string, level: keyof typeof requirements, state: CatalogueRow['state'] = 'property'): CatalogueRow {
  const requirement = requirements[level](rfc9113('1'), 'a rule');
  const base = { id, requirement, state, area: areaOf(id) };
  if (state !== 'property') return base;
  const own = unlistedProperty<object>({
    id,
    requirement,
    generates: '',
    accepts: [],
    arbitrary: () => {
      throw new Error('never generated here');
    },
    script: () => undefined,
    check: () => [],
  });
  return { ...base, property: own };
}

const rows = [
  row('MSG-01-one', 'must'),
  row('MSG-02-two', 'should'),
  row('MSG-10-ten', 'convention'),
  row('MUX-01-one', 'must'),
  row('RESP-01-watched', 'must', 'watched'),
  row('RPC-01-planned', 'must', 'planned'),
];
const suites = [
  { name: 'messages', properties: rows.slice(0, 3).flatMap((one) => one.property ?? []) },
  { name: 'multiplexing', properties: rows.slice(3, 4).flatMap((one) => one.property ?? []) },
];
const everything: Selection = { selectors: [], skip: [], level: [], suite: [] };
const select = (selection: Partial<Selection>) => selectProperties(rows, suites, { ...everything, ...selection });

test.each<[string, Partial<Selection>, string[]]>([
  ['everything', {}, ['MSG-01-one', 'MSG-02-two', 'MSG-10-ten', 'MUX-01-one']],
  ['an area', { selectors: ['MSG'] }, ['MSG-01-one', 'MSG-02-two', 'MSG-10-ten']],
  ['a row without its name', { selectors: ['MSG-01'] }, ['MSG-01-one']],
  ['a whole id, other case', { selectors: ['msg-02-two'] }, ['MSG-02-two']],
  ['a prefix inside a part', { selectors: ['M'] }, ['MSG-01-one', 'MSG-02-two', 'MSG-10-ten', 'MUX-01-one']],
  ['whole parts come before others: not MSG-10', { selectors: ['MSG-1', 'MSG-01'] }, ['MSG-01-one', 'MSG-10-ten']],
  ['a glob', { selectors: ['*-one'] }, ['MSG-01-one', 'MUX-01-one']],
  ['a glob is anchored', { selectors: ['M?G-01-*'] }, ['MSG-01-one']],
  ['several, in the order of the catalogue', { selectors: ['MUX', 'MSG-02'] }, ['MSG-02-two', 'MUX-01-one']],
  ['a suite', { suite: ['Multiplexing'] }, ['MUX-01-one']],
  ['levels', { level: ['should', 'convention'] }, ['MSG-02-two', 'MSG-10-ten']],
  ['a watched row beside others', { selectors: ['RESP-01', 'MUX'] }, ['MUX-01-one']],
])('%s', (_name, selection, want) => {
  expect(select(selection).properties.map(({ id }) => id)).toEqual(want);
});

test('a quick run leaves out what takes seconds, and says so', () => {
  const slow = rows.map((each): CatalogueRow => {
    if (each.property === undefined) return each;
    if (each.id === 'MSG-01-one') return { ...each, property: { ...each.property, slow: true } };
    return each.id === 'MUX-01-one' ? { ...each, property: { ...each.property, lane: 'restart' } } : each;
  });
  const { properties, skipped } = selectProperties(slow, suites, { ...everything, quick: true });
  expect(properties.map(({ id }) => id)).toEqual(['MSG-02-two', 'MSG-10-ten']);
  expect(skipped.map(({ property, reason }) => [property.id, reason])).toEqual([
    ['MSG-01-one', 'too slow for --quick'],
    ['MUX-01-one', 'too slow for --quick'],
  ]);
  expect(() => selectProperties(slow, suites, { ...everything, selectors: ['MUX'], quick: true })).toThrow(
    '--quick leaves nothing of what is selected',
  );
});

test('what is skipped is told', () => {
  const { properties, skipped } = select({ selectors: ['MSG'], skip: ['MSG-02', 'MUX'] });
  expect(properties.map(({ id }) => id)).toEqual(['MSG-01-one', 'MSG-10-ten']);
  expect(skipped.map((one) => [one.property.id, one.reason])).toEqual([['MSG-02-two', 'excluded by --skip']]);
});

test.each<[Partial<Selection>, RegExp]>([
  [{ selectors: ['MGS-02'] }, /the selector "MGS-02" matches no rule \(did you mean MSG-02\?\)/],
  [{ selectors: ['lst'] }, /did you mean list\?/],
  [
    { selectors: ['shards'] },
    /"shards" is neither a rule nor a verb: the verbs are run, list, .*, self-test, completion, help; /,
  ],
  [{ selectors: ['compar'] }, /"compar" is neither a rule nor a verb \(did you mean compare\?\)/],
  [{ selectors: ['localhost:50051'] }, /"localhost:50051" is an address \(did you mean --target localhost:50051\?\)$/],
  [{ selectors: ['[::1]:443'] }, /\(did you mean --target \[::1\]:443\?\)$/],
  [{ selectors: ['https://a.example'] }, /\(did you mean --target https:\/\/a\.example\?\)$/],
  [{ selectors: ['failures/MSG-02.json'] }, /is a file \(did you mean replay failures\/MSG-02\.json\?\)$/],
  [{ skip: ['localhost:50051'] }, /--skip "localhost:50051" matches no rule/],
  [{ selectors: ['*-nine'] }, /matches no rule/],
  [{ selectors: ['MSG', 'ZZZ'] }, /"ZZZ" matches no rule/],
  [{ selectors: [''] }, /matches no rule/],
  [{ skip: ['ZZZ'] }, /--skip "ZZZ" matches no rule/],
  [{ skip: ['*'] }, /--skip leaves nothing/],
  [{ suite: ['mesages'] }, /no suite "mesages" \(did you mean messages\?\): the suites are messages, multiplexing/],
  [{ level: ['may'] }, /nothing is left by --level/],
  [{ selectors: ['RESP-01'] }, /RESP-01-watched is checked on every call and connection/],
  [{ selectors: ['RPC'] }, /RPC-01-planned has no property yet/],
])('%j selects nothing', (selection, message) => {
  expect(() => select(selection)).toThrow(
    expect.objectContaining({ code: 'ERR_NOTHING_SELECTED', message: expect.stringMatching(message) }),
  );
});

test('characters of regular expressions mean themselves in a glob', () => {
  expect(() => matchSelector(rows, 'MSG-01.on[e]*', 'the selector')).toThrow(/matches no rule/);
});
