import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findBaselineEntry,
  findStaleEntries,
  readBaseline,
  updateEntries,
  writeBaseline,
  type BaselineEntry,
} from './baseline';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baseline-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ids = ['MSG-01-a', 'MSG-02-b', 'HPACK-01-c'];
const options = { isKnownId: (id: string) => ids.includes(id), now: new Date('2026-06-15T12:00:00Z') };
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

const withEntries = (...entries: unknown[]) => ({ schemaVersion: 1, entries });

describe('readBaseline', () => {
  test('reads what is written', () => {
    const entries = [
      entry('MSG-01-a', { link: 'https://example.com/1', expires: '2026-06-15' }),
      entry('MSG-02-b', { rule: 'HPACK-01-c' }),
    ];
    const file = join(folder, 'b.json');
    writeBaseline(file, entries);
    expect(readBaseline(file, options)).toEqual({ file, entries });
    expect(readFileSync(file, 'utf8')).toMatch(/\}\n$/);
  });

  test.each([
    ['no JSON', '{', /is no JSON/],
    ['not an object', [], /is not valid/],
    ['another version', { schemaVersion: 2, entries: [] }, /schemaVersion: must be 1/],
    ['no entries', { schemaVersion: 1 }, /entries/],
    ['an entry without a reason', withEntries({ id: 'MSG-01-a', rule: 'MSG-01-a' }), /entries\.0\.reason/],
    ['a blank reason', withEntries(entry('MSG-01-a', { reason: '  ' })), /entries\.0\.reason: must not be empty/],
    ['a misspelt member', withEntries({ ...entry('MSG-01-a'), expire: '2026-01-01' }), /entries\.0\.expire/],
    ['a link that is none', withEntries(entry('MSG-01-a', { link: 'see chat' })), /entries\.0\.link/],
    [
      'a day that does not exist',
      withEntries(entry('MSG-01-a', { expires: '2026-02-30' })),
      /entries\.0\.expires: must be a day of the calendar/,
    ],
    ['an unknown id', withEntries(entry('MSG-99-x')), /entries\.0 names "MSG-99-x"/],
    ['an unknown rule', withEntries(entry('MSG-01-a', { rule: 'nope' })), /entries\.0 names "nope"/],
    [
      'the same twice',
      withEntries(entry('MSG-01-a'), entry('MSG-01-a', { reason: 'other' })),
      /entries\.1 lists MSG-01-a.*second time/,
    ],
    [
      'an entry past its day',
      withEntries(entry('MSG-01-a', { expires: '2026-06-14' })),
      /MSG-01-a expired on 2026-06-14/,
    ],
  ])('%s is refused', (_name, content, message) => {
    const file = write(content);
    expect(() => readBaseline(file, options)).toThrow(
      expect.objectContaining({ code: 'ERR_BASELINE', message: expect.stringMatching(message) }),
    );
  });

  test('a missing file is refused', () => {
    expect(() => readBaseline(join(folder, 'none.json'), options)).toThrow(
      expect.objectContaining({ code: 'ERR_BASELINE', message: expect.stringMatching(/cannot be read.*ENOENT/) }),
    );
  });

  test('an entry past its day can still be read to be rewritten', () => {
    const file = write(withEntries(entry('MSG-01-a', { expires: '2020-01-01' })));
    expect(readBaseline(file, { ...options, allowExpired: true }).entries).toHaveLength(1);
  });
});

describe('matching', () => {
  const baseline = { file: 'b.json', entries: [entry('MSG-01-a'), entry('MSG-02-b', { rule: 'HPACK-01-c' })] };

  test.each([
    ['id and rule agree', { id: 'MSG-01-a', rule: 'MSG-01-a' }, baseline.entries[0]],
    ['the same property breaks another rule', { id: 'MSG-01-a', rule: 'HPACK-01-c' }, undefined],
    ['the listed rule is broken elsewhere', { id: 'HPACK-01-c', rule: 'HPACK-01-c' }, undefined],
    ['filed under one id, broken by another rule', { id: 'MSG-02-b', rule: 'HPACK-01-c' }, baseline.entries[1]],
  ])('%s', (_name, finding, want) => {
    expect(findBaselineEntry(baseline, finding)).toBe(want);
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
  writeBaseline(file, [racy]);
  expect(readBaseline(file, options).entries).toEqual([racy]);
});

test('an update keeps reasons, drops what no longer fails, keeps what did not run, and adds what is new', () => {
  const previous = [
    entry('HPACK-01-c', { reason: 'did not run' }),
    entry('MSG-02-b', { reason: 'fixed' }),
    entry('MSG-01-a', { reason: 'mine', link: 'https://l' }),
  ];
  const updated = updateEntries(
    previous,
    new Set(['MSG-01-a', 'MSG-02-b']),
    [
      { id: 'MSG-01-a', rule: 'MSG-01-a', summary: 'seen again' },
      { id: 'MSG-02-b', rule: 'MSG-01-a', summary: 'seen first' },
    ],
    ids,
  );
  expect(updated).toEqual([
    { id: 'MSG-01-a', rule: 'MSG-01-a', reason: 'mine', link: 'https://l' },
    { id: 'MSG-02-b', rule: 'MSG-01-a', reason: 'observed: seen first' },
    { id: 'HPACK-01-c', rule: 'HPACK-01-c', reason: 'did not run' },
  ]);
});
