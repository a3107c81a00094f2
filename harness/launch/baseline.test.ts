import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  coverFinding,
  findExpiring,
  findStaleEntries,
  isExpired,
  updateEntries,
  type BaselineEntry,
} from '../report/baseline-entries';
import { readBaseline, writeBaseline } from './baseline';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baseline-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ids = ['MSG-01-a', 'MSG-02-b', 'HPACK-01-c'];
const options = { isKnownId: (id: string) => ids.includes(id) };
const now = new Date('2026-06-15T12:00:00Z');
const entry = (id: string, more: Partial<BaselineEntry> = {}): BaselineEntry => ({
  id,
  rule: id,
  reason: 'because',
  ...more,
});

function write(content: unknown): string {
  const file = join(folder, 'baseline.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const withEntries = (...entries: unknown[]) => ({ schemaVersion: 2, entries });

describe('readBaseline', () => {
  test('reads what is written', () => {
    const entries = [
      entry('MSG-01-a', { link: 'https://example.com/1', expires: '2026-06-15' }),
      entry('MSG-02-b', { rule: 'HPACK-01-c', reactions: ['status 13', 'no end'], gravity: 'fail', mark: 'hang' }),
    ];
    const file = join(folder, 'b.json');
    writeBaseline(file, { entries, offers: ['unary', 'gzip'] });
    expect(readBaseline(file, options)).toEqual({ file, entries, offers: ['unary', 'gzip'] });
    expect(readFileSync(file, 'utf8')).toMatch(/\}\n$/);
  });

  test('reads a file of version 1, which covers any reaction', () => {
    const file = write({ schemaVersion: 1, entries: [entry('MSG-01-a')] });
    expect(readBaseline(file, options)).toEqual({ file, entries: [entry('MSG-01-a')] });
  });

  test.each([
    ['no JSON', '{', /line 1, column 2: it ends too early/],
    ['not an object', [], /is not valid/],
    ['another version', { schemaVersion: 3, entries: [] }, /its schemaVersion is 3, and this program reads 1 and 2/],
    ['no reaction', withEntries(entry('MSG-01-a', { reactions: [] })), /entries\.0\.reactions must name a reaction/],
    [
      'a gravity that is none',
      withEntries({ ...entry('MSG-01-a'), gravity: 'bad' }),
      /entries\.0\.gravity must be one of fail, warn/,
    ],
    [
      'an offer that nobody can make',
      { schemaVersion: 2, offers: ['unari'], entries: [] },
      /offers\.0 must be something/,
    ],
    ['no entries', { schemaVersion: 1 }, /entries is missing$/],
    ['an entry without a reason', withEntries({ id: 'MSG-01-a', rule: 'MSG-01-a' }), /entries\.0\.reason is missing$/],
    ['a blank reason', withEntries(entry('MSG-01-a', { reason: '  ' })), /entries\.0\.reason must not be empty/],
    [
      'a misspelt member',
      withEntries({ ...entry('MSG-01-a'), expire: '2026-01-01' }),
      /entries\.0\.expire is an unknown key \(did you mean expires\?\)$/,
    ],
    ['a link that is none', withEntries(entry('MSG-01-a', { link: 'see chat' })), /entries\.0\.link/],
    [
      'a day that does not exist',
      withEntries(entry('MSG-01-a', { expires: '2026-02-30' })),
      /entries\.0\.expires must be a day of the calendar/,
    ],
    ['an unknown id', withEntries(entry('MSG-99-x')), /entries\.0 names "MSG-99-x"/],
    ['an unknown rule', withEntries(entry('MSG-01-a', { rule: 'nope' })), /entries\.0 names "nope"/],
    [
      'the same twice',
      withEntries(entry('MSG-01-a'), entry('MSG-01-a', { reason: 'other' })),
      /entries\.1 lists MSG-01-a.*second time/,
    ],
  ])('%s is refused', (_name, content, message) => {
    const file = write(content);
    expect(() => readBaseline(file, options)).toThrow(
      expect.objectContaining({ code: 'ERR_BASELINE', message: expect.stringMatching(message) }),
    );
  });

  test('a missing file is refused', () => {
    expect(() => readBaseline(join(folder, 'none.json'), options)).toThrow(
      expect.objectContaining({ code: 'ERR_BASELINE', message: expect.stringMatching(/does not exist: leave it out/) }),
    );
  });
});

describe('matching', () => {
  const baseline = { file: 'b.json', entries: [entry('MSG-01-a'), entry('MSG-02-b', { rule: 'HPACK-01-c' })] };

  const seen = (id: string, rule = id) => ({ id, rule, reaction: 'status 13', gravity: 'fail' as const });

  test.each([
    ['id and rule agree', seen('MSG-01-a'), baseline.entries[0]],
    ['the same property breaks another rule', seen('MSG-01-a', 'HPACK-01-c'), undefined],
    ['the listed rule is broken elsewhere', seen('HPACK-01-c'), undefined],
    ['filed under one id, broken by another rule', seen('MSG-02-b', 'HPACK-01-c'), baseline.entries[1]],
  ])('%s', (_name, finding, want) => {
    const coverage = coverFinding(baseline, finding, now);
    expect(coverage).toEqual(want === undefined ? { kind: 'new' } : { kind: 'covered', entry: want });
  });

  test.each<[string, Partial<BaselineEntry>, object, string | undefined]>([
    ['the reaction that it lists', { reactions: ['status 13'] }, {}, undefined],
    ['one of several', { reactions: ['status 2', 'status 13'] }, {}, undefined],
    ['another reaction', { reactions: ['status 8'] }, {}, 'with "status 8", and this is "status 13"'],
    ['a milder finding', { gravity: 'fail' }, { gravity: 'warn' }, undefined],
    ['a graver finding', { gravity: 'warn' }, {}, 'as a warning, and this is a failure'],
    ['a hang that it names', { mark: 'hang' }, { mark: 'hang' }, undefined],
    ['a hang that it does not name, whatever its version is', {}, { mark: 'hang' }, 'not as a hang'],
    ['a crash where it names a hang', { mark: 'hang' }, { mark: 'crash' }, 'not as a crash'],
    ['no hang any more where it names one', { mark: 'hang' }, {}, undefined],
    ['its last day', { expires: '2026-06-15' }, {}, undefined],
    ['the day after', { expires: '2026-06-14' }, {}, 'the entry expired on 2026-06-14'],
  ])('an entry and %s', (_name, more, finding, why) => {
    const own = entry('MSG-01-a', more);
    const coverage = coverFinding({ file: 'f', entries: [own] }, { ...seen('MSG-01-a'), ...finding }, now);
    expect(coverage).toEqual(why === undefined ? { kind: 'covered', entry: own } : { kind: 'other', entry: own, why });
  });

  test('two weeks before its last day an entry is said to expire', () => {
    const days = ['2026-06-14', '2026-06-15', '2026-06-29', '2026-06-30'];
    const entries = days.map((expires) => entry('MSG-01-a', { expires }));
    expect(findExpiring({ file: 'f', entries }, now).map(({ expires }) => expires)).toEqual([
      '2026-06-15',
      '2026-06-29',
    ]);
    expect(entries.map((one) => isExpired(one, now))).toEqual([true, false, false, false]);
  });

  test.each([
    ['ran and was seen', ['MSG-01-a'], [{ id: 'MSG-01-a', rule: 'MSG-01-a' }], []],
    ['ran and was not seen', ['MSG-01-a'], [], ['MSG-01-a']],
    ['broke another rule than the listed one', ['MSG-01-a'], [{ id: 'MSG-01-a', rule: 'MSG-02-b' }], ['MSG-01-a']],
    ['did not run', [], [], []],
  ])('stale: %s', (_name, executed, findings, want) => {
    expect(findStaleEntries(baseline, new Set(executed), findings).map(({ id }) => id)).toEqual(want);
  });
});

test('what only some runs show is never stale, and an update keeps it', () => {
  const racy = entry('MSG-01-a', { intermittent: true });
  const executed = new Set(['MSG-01-a', 'MSG-02-b']);
  const entries = [racy, entry('MSG-02-b')];
  expect(findStaleEntries({ file: 'f', entries }, executed, []).map(({ id }) => id)).toEqual(['MSG-02-b']);
  expect(updateEntries(entries, executed, [], ids)).toEqual([racy]);
  const file = join(folder, 'racy.json');
  writeBaseline(file, { entries: [racy] });
  expect(readBaseline(file, options).entries).toEqual([racy]);
});

test('an update keeps reasons, drops what no longer fails, keeps what did not run, and adds what is new', () => {
  const previous = [
    entry('HPACK-01-c', { reason: 'did not run' }),
    entry('MSG-02-b', { reason: 'fixed' }),
    entry('MSG-01-a', { reason: 'mine', link: 'https://l', reactions: ['status 13'], gravity: 'fail' }),
  ];
  const updated = updateEntries(
    previous,
    new Set(['MSG-01-a', 'MSG-02-b']),
    [
      { id: 'MSG-01-a', rule: 'MSG-01-a', summary: 'seen again', reaction: 'status 2', gravity: 'warn' },
      { id: 'MSG-02-b', rule: 'MSG-01-a', summary: 'seen first', reaction: 'no end', gravity: 'fail', mark: 'hang' },
    ],
    ids,
  );
  expect(updated).toEqual([
    {
      id: 'MSG-01-a',
      rule: 'MSG-01-a',
      reason: 'mine',
      link: 'https://l',
      reactions: ['status 13', 'status 2'],
      gravity: 'fail',
    },
    {
      id: 'MSG-02-b',
      rule: 'MSG-01-a',
      reason: 'observed: seen first',
      reactions: ['no end'],
      gravity: 'fail',
      mark: 'hang',
    },
    { id: 'HPACK-01-c', rule: 'HPACK-01-c', reason: 'did not run' },
  ]);
});
