import {
  arb,
  connectionError,
  echoedInHeaders,
  echoInitialName,
  experiment,
  fc,
  largestMetadata,
  payloadOf,
  tableLimit,
  tableCall,
  TableOfRequests,
  unaryCall,
  unsent,
  type AnyProperty,
  type FieldSpec,
  type TableCall,
  type TargetFacts,
} from '../../harness';
import { withoutIndexing } from './shared';

/** The first index of the dynamic table (RFC 7541 §2.3.3). */
const newest = 62;

const countInserts = (calls: readonly TableCall[]): number => calls.reduce((sum, { inserts }) => sum + inserts, 0);

const ways: readonly TableCall['copied'][] = ['insert', 'again', 'refer', 'name'];

/** Calls in the middle of which the table has old entries, which are referred to in all ways. */
const many = (count: number, inserts: number): readonly TableCall[] =>
  Array.from({ length: count }, (_, at): TableCall => {
    const copied = ways[at % ways.length] ?? 'insert';
    return tableCall({ inserts, isFirst: at % 2 === 0, copied });
  });

/** Sizes that a block may ask for: no larger than what a field that fills the table leaves room for. */
const mostSize = (facts: TargetFacts): number => Math.min(tableLimit(facts), 65_536);

/** Sizes of a table that one field is larger than, which every server takes. */
const mostOutgrown = (facts: TargetFacts): number =>
  Math.max(0, Math.min(tableLimit(facts), 4096, largestMetadata(facts) - 300));

const valueLength = (size: number, excess: number): number => Math.max(1, size - 32 - echoInitialName.length + excess);

/** What requests do to the table that the target keeps. */
export const tables: readonly AnyProperty[] = [
  experiment('HPACK-02-dynamic-table-model', {
    generates:
      'two to eighteen calls on one connection that insert up to 24 fields each, of any size up to that of the table, the same ones twice too, and copy one that is new, or that an entry holds, the oldest first, or whose name one holds',
    accepts: ['status OK and the metadata of the model back'],
    needs: ['unary', 'metadata'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        calls: fc.oneof(
          { arbitrary: arb.tableCalls(), weight: 3 },
          { arbitrary: arb.tableCalls({ minCount: 12, maxCount: 18, inserts: { min: 15, max: 24 } }), weight: 2 },
        ),
      }),
    labels: {
      'more than 128 insertions': ({ calls }) => countInserts(calls) > 128,
      'more than 256 insertions': ({ calls }) => countInserts(calls) > 256,
      'an entry that is referred to': ({ calls }) => calls.some(({ copied }) => copied === 'refer'),
      'a name of an entry': ({ calls }) => calls.some(({ copied }) => copied === 'name'),
      'an entry that is there twice': ({ calls }) => calls.some(({ copied }) => copied === 'again'),
      'an entry as large as the table': ({ calls }) => calls.some(({ copied }) => copied === 'fit'),
      'entries of more than 1000 octets': ({ calls }) => calls.some(({ more }) => more > 1000),
    },
    examples: () => [
      { calls: many(8, 2) },
      { calls: many(16, 18) },
      { calls: [tableCall(), tableCall({ copied: 'fit' }), tableCall({ copied: 'refer', isQuiet: true })] },
    ],
    script: (script, { calls }, facts) => {
      const table = new TableOfRequests(facts);
      for (const call of calls) table.call(script, call);
    },
  }),

  experiment('HPACK-03-oversize-entry-empties-table', {
    generates:
      'a table of any size with up to three entries, an inserted field that is larger, by 1 to 300 octets, then a reference to the newest entry, or another insertion and a reference to that',
    accepts: [payloadOf(3), 'a connection error, where an index refers to the emptied table'],
    needs: ['unary', 'metadata'],
    effort: 0.6,
    arbitrary: (facts) =>
      arb.record({
        size: arb.boundaryInteger({ max: mostOutgrown(facts), boundaries: [32, 56, 57, 100, 200, 1000] }),
        before: fc.nat(3),
        excess: arb.boundaryInteger({ min: 1, max: 300 }),
        refers: fc.boolean(),
      }),
    labels: {
      'a reference to what is gone': ({ refers }) => refers,
      'an insertion into the emptied table': ({ refers, size }) => !refers && size >= 100,
      'one octet too large': ({ excess }) => excess === 1,
      'a table of no octets': ({ size }) => size === 0,
      'entries that go': ({ size, before }) => size >= 100 && before > 0,
    },
    examples: (facts) =>
      [true, false].map((refers) => ({ size: Math.min(200, mostOutgrown(facts)), before: 1, excess: 1, refers })),
    script: (script, { size, before, excess, refers }, facts) => {
      const table = new TableOfRequests(facts);
      table.call(script, tableCall({ sizes: [size], inserts: before }));
      const value = 'w'.repeat(valueLength(size, excess));
      const oversize: FieldSpec = { name: echoInitialName, value, representation: 'incremental' };
      const oversizeLast = (all: readonly FieldSpec[]): readonly FieldSpec[] => [...all, oversize];
      script
        .call(unaryCall({ responseSize: 3 }), {
          fields: (all) => {
            table.follow(oversizeLast(all));
            return oversizeLast(all);
          },
        })
        .expect(payloadOf(3))
        .expect(echoedInHeaders([value]));
      if (!refers) {
        table.call(script, tableCall());
        table.call(script, tableCall({ copied: 'refer' }));
        return;
      }
      const gone: FieldSpec = { name: 'x-gone', value: '', representation: 'indexed', nameIndex: newest };
      script.call(unaryCall({ responseSize: 3 }), {
        legal: false,
        awaitEnd: false,
        fields: (all) => [...withoutIndexing(all), gone],
      });
      script.expectConnection([connectionError]);
    },
  }),

  experiment('HPACK-04-size-update-accepted', {
    generates:
      'two to ten calls on one connection whose blocks begin with no, one or two table size updates, to 0 up to the limit, and insert and refer as the table then has it',
    accepts: ['status OK and the metadata of the model back'],
    needs: ['unary', 'metadata'],
    effort: 0.6,
    arbitrary: (facts) =>
      arb.record({
        calls: arb.tableCalls({
          maxCount: 10,
          inserts: { min: 0, max: 8 },
          sizes: fc.oneof(
            { arbitrary: arb.sizeUpdates({ limit: mostSize(facts) }), weight: 2 },
            { arbitrary: fc.constant<readonly number[]>([]), weight: 1 },
          ),
        }),
      }),
    labels: {
      'to 0': ({ calls }) => calls.some(({ sizes }) => sizes[0] === 0),
      'to the limit': ({ calls }, facts) => calls.some(({ sizes }) => sizes.at(-1) === mostSize(facts)),
      'two updates': ({ calls }) => calls.some(({ sizes }) => sizes.length === 2),
      'in the first block': ({ calls }) => (calls[0]?.sizes.length ?? 0) > 0,
      'in a later block': ({ calls }) => calls.slice(1).some(({ sizes }) => sizes.length > 0),
      'a reference behind it': ({ calls }) => calls.slice(1).some(({ copied }) => copied === 'refer'),
    },
    examples: (facts) => [
      { calls: [tableCall({ sizes: [0] }), tableCall()] },
      {
        calls: [
          tableCall(),
          tableCall({ sizes: [0, mostSize(facts)], inserts: 4 }),
          tableCall({ copied: 'refer' }),
          tableCall({ sizes: [Math.min(200, mostSize(facts))], copied: 'refer' }),
        ],
      },
    ],
    script: (script, { calls }, facts) => {
      const table = new TableOfRequests(facts);
      for (const call of calls) table.call(script, call);
    },
  }),

  experiment('HPACK-07-more-than-two-size-updates', {
    generates:
      'a call that fills the table, one whose block begins with three to five table size updates within the limit, and one that refers to what is left',
    accepts: [payloadOf(3), connectionError],
    needs: ['unary', 'metadata'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        sizes: arb.list(arb.boundaryInteger({ max: mostSize(facts), boundaries: [100, 1000] }), {
          minCount: 3,
          maxCount: 5,
        }),
        inserts: fc.nat(4),
      }),
    labels: {
      three: ({ sizes }) => sizes.length === 3,
      five: ({ sizes }) => sizes.length === 5,
      'to 0': ({ sizes }) => sizes.includes(0),
      'the last is larger than the one before': ({ sizes }) => (sizes.at(-1) ?? 0) > (sizes.at(-2) ?? 0),
    },
    examples: (facts) => [{ sizes: [0, 0, mostSize(facts)], inserts: 1 }],
    script: (script, { sizes, inserts }, facts) => {
      const table = new TableOfRequests(facts);
      table.call(script, tableCall({ inserts }));
      table.call(script, tableCall({ sizes, inserts }), { or: [connectionError] });
      // A refusal may still be on its way when that call is over.
      script.fence({ by: 'ping', optional: true });
      table.call(script, tableCall({ copied: 'refer' }), { or: [unsent] });
    },
  }),
];
