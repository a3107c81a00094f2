import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBaselines } from './baseline-layers';

const anyId = { isKnownId: () => true };
const cardinality = 'RPC-05-request-cardinality';
let folder: string;
let team: string;
let own: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'));
  [team, own] = [join(folder, 'team.json'), join(folder, 'own.json')];
  write(team, 'of the team');
  write(own, 'our own');
  symlinkSync(team, join(folder, 'link.json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, reason: string): void {
  const entries = [{ id: cardinality, rule: cardinality, reason }];
  writeFileSync(file, JSON.stringify({ schemaVersion: 2, offers: ['unary'], entries }));
}

test('without any there is none', () => {
  expect(loadBaselines({ files: [] }, anyId)).toEqual({ together: undefined, last: undefined, below: undefined });
});

test('one file alone is what it is, without names at its entries', () => {
  const { together, last, below } = loadBaselines({ files: [own] }, anyId);
  expect(together?.entries).toEqual([{ id: cardinality, rule: cardinality, reason: 'our own' }]);
  expect([last, below]).toEqual([together, undefined]);
});

test('files count more than what is published, and the last of them most', () => {
  const { together, last, below } = loadBaselines({ files: [team, own], knownOf: ['grpc-go', 'grpc-go'] }, anyId);
  expect(together?.layers?.map(({ file }) => file)).toEqual(['grpc-go (--known-of)', team, own]);
  expect(together?.layers?.map(({ entries }) => entries > 0)).toEqual([true, false, true]);
  expect(together).toMatchObject({ offers: ['unary'], offersFrom: own });
  const reasonIn = (baseline: typeof together) => baseline?.entries.find(({ id }) => id === cardinality)?.reason;
  expect([together, last, below].map(reasonIn)).toEqual(['our own', 'our own', 'of the team']);
});

test('only the last file may be new, and only where it is to be written', () => {
  const none = join(folder, 'none.json');
  const { together, last } = loadBaselines({ files: [team, none], lastMayBeNew: true }, anyId);
  expect([together?.file, last]).toEqual([team, undefined]);
  const load = (files: readonly string[], lastMayBeNew: boolean) => () => loadBaselines({ files, lastMayBeNew }, anyId);
  expect(load([none, team], true)).toThrow(/none\.json does not exist: only the last --baseline may be new/);
  expect(load([team, none], false)).toThrow(/none\.json does not exist: leave it out/);
  expect(load([none, team], false)).toThrow(/none\.json does not exist: leave it out/);
});

test.each([
  ['by the same name', 'team.json', /team\.json is named twice: name each file once/],
  ['by another name', 'link.json', /link\.json is named twice, also as .*team\.json: name each file once/],
  ['by another way', './x/../team.json', /is named twice/],
])('a file that is named twice is refused: %s', (_, name, message) => {
  const files = [team, `${folder}/${name}`];
  expect(() => loadBaselines({ files }, anyId)).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) }),
  );
});
