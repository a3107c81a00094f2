import type { TargetFacts } from '../facts/target-facts';
import { defaultTimes } from '../connection/script';
import { PlanBuilder } from '../grpc/plan-builder';
import { HpackDecoder, type DecodedField } from '../wire/hpack/decoder';
import { HpackEncoder } from '../wire/hpack/encoder';
import { settingIds } from '../wire/settings';
import { tableCall, TableOfRequests, type TableCall } from './table-of-requests';

const facts = (tableSize: number): TargetFacts => ({
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: [],
  settings: [{ id: settingIds.HEADER_TABLE_SIZE, value: tableSize }],
  roundTrip: 1,
  times: defaultTimes,
});

/** What a strict decoder reads of the field that is copied, call by call, with a client's encoder between. */
function readCopied(tableSize: number, calls: readonly Partial<TableCall>[]): readonly (DecodedField | undefined)[] {
  const script = new PlanBuilder(facts(tableSize));
  const table = new TableOfRequests(facts(tableSize));
  for (const call of calls) table.call(script, tableCall(call));
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  encoder.setMaxTableSize(Math.min(tableSize, 4096));
  decoder.setMaxTableSize(tableSize);
  return script.build().steps.flatMap((step) => {
    if (step.do !== 'headers') return [];
    const block = encoder.encode(step.fields, step.sizeUpdates === undefined ? {} : { sizeUpdates: step.sizeUpdates });
    const read = decoder.decode(block);
    return [read.ok ? read.fields.find(({ name }) => name.includes('echo-initial')) : undefined];
  });
}

test.each<[what: string, tableSize: number, calls: readonly Partial<TableCall>[], copied: readonly string[]]>([
  ['the oldest', 4096, [{}, {}, { copied: 'refer' }], ['v0', 'v1', 'v0']],
  ['one that is not the oldest', 4096, [{}, {}, { copied: 'refer', pick: 1 }], ['v0', 'v1', 'v1']],
  ['one behind others', 4096, [{ inserts: 2 }, { copied: 'refer', inserts: 3, isFirst: false }], ['v0', 'v0']],
  ['one that is there twice', 4096, [{}, { copied: 'again' }, { copied: 'refer' }], ['v0', 'v0', 'v0']],
  ['a name', 4096, [{}, { copied: 'name' }], ['v0', 'v1']],
  ['what a size update has left', 4096, [{}, { sizes: [0, 4096], copied: 'refer' }], ['v0', 'v1']],
  ['what a small table has room for', 100, [{ isQuiet: true }, { copied: 'refer', isQuiet: true }], ['v0', 'v0']],
  ['nothing in no table', 0, [{}, { copied: 'refer' }], ['v0', 'v1']],
])('refers to %s', (_what, tableSize, calls, copied) => {
  expect(readCopied(tableSize, calls).map((field) => field?.value)).toEqual(copied);
});

test('an entry fills the table to the last octet', () => {
  const [filling, again] = readCopied(4096, [{ copied: 'fit' }, { copied: 'refer', isQuiet: true }]);
  expect(filling?.value).toHaveLength(4096 - 32 - (filling?.name.length ?? 0));
  expect(again).toMatchObject({ value: filling?.value, representation: 'indexed', index: 62 });
});
