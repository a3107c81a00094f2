import { findingsForLast, layerBaselines, nameBaseline, type Baseline, type BaselineEntry } from './baseline-entries';

const now = new Date('2026-06-15T12:00:00Z');
const entry = (id: string, reason: string, more: Partial<BaselineEntry> = {}): BaselineEntry => ({
  id,
  rule: id,
  reason,
  ...more,
});

describe('several baselines', () => {
  const company: Baseline = {
    file: 'company.json',
    entries: [entry('MSG-01', 'company'), entry('MSG-02', 'company', { reactions: ['status 2'] })],
    offers: ['unary', 'gzip'],
  };
  const team: Baseline = { file: 'team.json', entries: [entry('MSG-03', 'team')], offers: ['unary'] };
  const own: Baseline = {
    file: 'own.json',
    entries: [entry('MSG-02', 'own'), entry('MSG-02', 'of another rule', { rule: 'MSG-01' })],
  };

  test('of none and of one nothing is made', () => {
    expect(layerBaselines([])).toBeUndefined();
    expect(layerBaselines([team])).toBe(team);
  });

  test('a later one replaces a row of an earlier one whole, and each entry says where it is from', () => {
    expect(layerBaselines([company, team, own])?.entries).toEqual([
      entry('MSG-01', 'company', { from: 'company.json' }),
      entry('MSG-02', 'own', { from: 'own.json' }),
      entry('MSG-03', 'team', { from: 'team.json' }),
      entry('MSG-02', 'of another rule', { rule: 'MSG-01', from: 'own.json' }),
    ]);
    expect(layerBaselines([own, company])?.entries[0]).toEqual(
      entry('MSG-02', 'company', { reactions: ['status 2'], from: 'company.json' }),
    );
  });

  test('they are counted by what still counts of them', () => {
    const together = layerBaselines([company, team, own]);
    expect(together?.file).toBe('company.json, team.json, own.json');
    expect(together?.layers).toEqual([
      { file: 'company.json', entries: 1 },
      { file: 'team.json', entries: 1 },
      { file: 'own.json', entries: 2 },
    ]);
  });

  test('what is offered is what the last says that says it', () => {
    expect(layerBaselines([company, team, own])).toMatchObject({ offers: ['unary'], offersFrom: 'team.json' });
    expect(layerBaselines([own, { ...own, file: 'x' }])).not.toHaveProperty('offers');
  });

  test('a name is said only where there are several', () => {
    expect([nameBaseline(undefined), nameBaseline('a.json')]).toEqual(['the baseline', 'the baseline a.json']);
  });
});

describe('what the last of several has to list', () => {
  const below: Baseline = {
    file: 'team.json',
    entries: [entry('MSG-01', 'team', { reactions: ['status 2'] }), entry('MSG-02', 'team', { expires: '2026-01-01' })],
  };
  const seen = (id: string, reaction: string) => ({ id, rule: id, reaction, gravity: 'fail' as const });

  test.each([
    ['what the others cover is left to them', [seen('MSG-01', 'status 2')], [], []],
    ['what they list otherwise', [seen('MSG-01', 'status 13')], [], ['status 13']],
    [
      'a row that they cover in part only is listed whole',
      [seen('MSG-01', 'status 2'), seen('MSG-01', 'status 13')],
      [],
      ['status 2', 'status 13'],
    ],
    ['what they listed until a day that is over', [seen('MSG-02', 'status 2')], [], ['status 2']],
    ['what none of them knows', [seen('MSG-03', 'no end')], [], ['no end']],
    ['what it lists itself', [seen('MSG-01', 'status 2')], [{ id: 'MSG-01', rule: 'MSG-01' }], ['status 2']],
    [
      'what it lists of another rule is no reason',
      [seen('MSG-01', 'status 2')],
      [{ id: 'MSG-01', rule: 'MSG-09' }],
      [],
    ],
  ])('%s', (_, findings, last, want) => {
    expect(findingsForLast(findings, below, last, now).map(({ reaction }) => reaction)).toEqual(want);
  });

  test('alone it lists all', () => {
    const findings = [seen('MSG-01', 'status 2')];
    expect(findingsForLast(findings, undefined, [], now)).toEqual(findings);
  });
});
