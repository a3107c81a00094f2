import {
  arb,
  brokenFieldOf,
  connectionError,
  damagedHuffmanOf,
  echoedInHeaders,
  echoInitialName,
  encodeSizeUpdate,
  experiment,
  fc,
  payloadOf,
  plainestCall,
  recorded,
  rejected,
  stimulus,
  tableLimit,
  unaryCall,
  unsent,
  warned,
  withNeedlessOctets,
  type AnyProperty,
  type BrokenField,
  type FieldSpec,
  type NeedlessOctets,
} from '../../harness';
import { withoutIndexing } from './shared';

/** Fields with one more at that place, or behind the last; what is last stands in front of nothing. */
const insertAt =
  (place: number, spec: FieldSpec, isLast = false) =>
  (all: readonly FieldSpec[]): readonly FieldSpec[] => [
    ...all.slice(0, place),
    spec,
    ...(isLast ? [] : all.slice(place)),
  ];

/** Places among the ordinary fields of a request, and behind them. */
const place = (): fc.Arbitrary<number> => fc.oneof(fc.constant(20), fc.nat(8));

/** Longer than the prefix of its length holds, so that the length has continuation octets. */
const longValue = 'v'.repeat(140);

type Flawed = BrokenField | NeedlessOctets;

const flawedFields: readonly Flawed[] = [
  { flaw: 'cut', form: 'incremental', length: 20, part: 0 },
  { flaw: 'cut', form: 'without-indexing', length: 20, part: 1000 },
  { flaw: 'string-beyond', form: 'never-indexed', of: 'value', beyond: 1 },
  { flaw: 'string-beyond', form: 'incremental', of: 'name', beyond: 2 ** 24 },
  { flaw: 'integer', at: 'index', beyond: 'wraps-32' },
  { flaw: 'integer', at: 'value-length', beyond: 'wraps-64' },
  { flaw: 'integer', at: 'table-size', beyond: 10 },
  { flaw: 'needless', at: 'name-index', extra: 1 },
  { flaw: 'needless', at: 'value-length', extra: 9 },
];

/** Field blocks that do not decode, and those of which that is said. */
export const undecodable: readonly AnyProperty[] = [
  experiment('HPACK-05-size-update-misplaced', {
    generates:
      'a call with a table size update behind its first field, in the middle or at the end of the block, then one that refers to nothing in the table',
    accepts: [connectionError, warned(payloadOf(3)), warned(rejected)],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        place: fc.oneof(fc.constant(20), fc.integer({ min: 1, max: 8 })),
        size: arb.boundaryInteger({ max: tableLimit(facts), boundaries: [1, 30, 31, 32, 4095] }),
        value: arb.asciiValue({ minLength: 1, maxLength: 20 }),
        filled: fc.boolean(),
      }),
    labels: {
      'while the table is empty': ({ filled }) => !filled,
      'while the table has an entry': ({ filled }) => filled,
      'at the end': ({ place: at }) => at > 8,
      'in the middle': ({ place: at }) => at <= 8,
      'to 0': ({ size }) => size === 0,
      'of several octets': ({ size }) => size > 30,
    },
    examples: (facts) => [
      { place: 20, size: 1, value: 'v', filled: false },
      { place: 1, size: Math.min(4096, tableLimit(facts)), value: 'v', filled: true },
    ],
    script: (script, { place: at, size, value, filled }, facts) => {
      const update: FieldSpec = { name: 'x-update', value: '', octets: encodeSizeUpdate(size) };
      const metadata = [{ name: echoInitialName, value }];
      // Nothing refers to it, so that it does not matter whether the update is followed.
      const entry: readonly FieldSpec[] = filled
        ? [{ name: 'x-entry', value: 'kept', representation: 'incremental', nameIndex: 'literal' }]
        : [];
      const odd = script
        .call(unaryCall({ responseSize: 3 }), {
          legal: false,
          awaitEnd: false,
          metadata,
          fields: (all) => insertAt(at + entry.length, update)([...entry, ...withoutIndexing(all)]),
        })
        .awaitEndOrError()
        .expect(connectionError, warned(payloadOf(3)), warned(rejected));
      const later = script
        .call(unaryCall({ responseSize: 3 }), { metadata, fields: withoutIndexing })
        .expect(payloadOf(3), unsent, connectionError);
      if (facts.offers.includes('metadata'))
        for (const call of [odd, later]) call.expect(echoedInHeaders([value]), unsent, connectionError);
    },
  }),

  stimulus('HPACK-06-size-update-too-large', {
    generates:
      'a request whose block begins with a table size update above the limit, by 1 octet up to 2^32 - 1, alone or behind a legal one, on a new connection or behind a call',
    accepts: [connectionError],
    effort: 0.3,
    sends: (facts) =>
      arb.record({
        above: arb.boundaryInteger({
          min: 1,
          max: Math.max(1, 2 ** 32 - 1 - tableLimit(facts)),
          boundaries: [2, 4096, 2 ** 31 - tableLimit(facts)],
        }),
        before: arb.list(fc.constantFrom(0, tableLimit(facts)), { maxCount: 1 }),
        later: fc.boolean(),
      }),
    labels: {
      'by one octet': ({ above }) => above === 1,
      '2^31 or above': ({ above }, facts) => above + tableLimit(facts) >= 2 ** 31,
      'behind a legal one': ({ before }) => before.length > 0,
      'on a connection that has served a call': ({ later }) => later,
    },
    examples: (facts) => [1, 2 ** 31 - tableLimit(facts)].map((above) => ({ above, before: [], later: false })),
    write: (script, { above, before, later }, facts) => {
      if (later) script.call(plainestCall(facts));
      const sizeUpdates = [...before, tableLimit(facts) + above];
      script.call(plainestCall(facts), { legal: false, awaitEnd: false, sizeUpdates });
    },
  }),

  stimulus('HPACK-10-invalid-huffman', {
    generates:
      'a request with one more field, anywhere, whose name or value has Huffman padding that is too long or not all ones, or EOS',
    accepts: [connectionError],
    sends: () => arb.record({ damaged: arb.damagedHuffman(), place: place() }),
    labels: {
      'padding with a zero': ({ damaged }) => damaged.defect === 'zeros',
      'padding of more than seven bits': ({ damaged }) => damaged.defect === 'overlong',
      'EOS at the end': ({ damaged }) => damaged.defect === 'eos',
      'EOS inside': ({ damaged }) => damaged.defect === 'eos-inside',
      'in a name': ({ damaged }) => damaged.part === 'name',
      'in a string of no symbols': ({ damaged }) => damaged.text === '',
      'before other fields': ({ place: at }) => at < 4,
    },
    examples: () =>
      (['zeros', 'overlong', 'eos', 'eos-inside'] as const).flatMap((defect) =>
        (['name', 'value'] as const).map((part) => ({
          damaged: { form: 'incremental' as const, part, text: 'aX0', defect, more: 0 },
          place: 20,
        })),
      ),
    write: (script, { damaged, place: at }, facts) => {
      const fields = insertAt(at, damagedHuffmanOf(damaged));
      script.call(plainestCall(facts), { legal: false, awaitEnd: false, fields });
    },
  }),

  experiment('HPACK-11-truncated-or-overlong', {
    generates:
      'a request whose block ends inside a field, has a string that is longer than the block, an integer beyond all bounds, or one with continuation octets that add nothing',
    accepts: [connectionError, recorded(payloadOf(1))],
    needs: ['unary'],
    arbitrary: () =>
      arb.record({
        flawed: fc.oneof<fc.MaybeWeightedArbitrary<Flawed>[]>(
          { arbitrary: arb.brokenField(), weight: 4 },
          { arbitrary: arb.needlessOctets(), weight: 1 },
        ),
        place: place(),
      }),
    labels: {
      'cut inside a field': ({ flawed }) => flawed.flaw === 'cut',
      'a string beyond the block': ({ flawed }) => flawed.flaw === 'string-beyond',
      'an index beyond all bounds': ({ flawed }) => flawed.flaw === 'integer' && flawed.at.endsWith('index'),
      'a length beyond all bounds': ({ flawed }) => flawed.flaw === 'integer' && flawed.at.endsWith('length'),
      'an integer that wraps to a right one': ({ flawed }) =>
        flawed.flaw === 'integer' && typeof flawed.beyond === 'string',
      'ten continuation octets': ({ flawed }) => flawed.flaw === 'integer' && flawed.beyond === 10,
      'continuation octets that add nothing': ({ flawed }) => flawed.flaw === 'needless',
    },
    examples: () => flawedFields.map((flawed) => ({ flawed, place: 20 })),
    script: (script, { flawed, place: at }, facts) => {
      const request = unaryCall({ responseSize: 1 });
      if (flawed.flaw === 'needless') {
        const spec = withNeedlessOctets(flawed, echoInitialName, longValue);
        const call = script
          .call(request, { legal: false, awaitEnd: false, fields: (all) => [...all, spec] })
          .awaitEndOrError()
          .expect(connectionError, recorded(payloadOf(1)));
        if (spec.name === echoInitialName && facts.offers.includes('metadata'))
          call.expect(echoedInHeaders([longValue]));
        return;
      }
      const { spec, isFirst, isLast } = brokenFieldOf(flawed);
      const fields = insertAt(isFirst ? 0 : at, spec, isLast);
      script.call(request, { legal: false, awaitEnd: false, fields });
      script.expectConnection([connectionError]);
    },
  }),

  stimulus('HPACK-15-empty-field-block', {
    generates: 'one to three requests whose field block is empty, with END_STREAM on HEADERS or with DATA behind it',
    accepts: [rejected],
    effort: 0.2,
    sends: () => arb.record({ endStreams: arb.list(fc.boolean(), { minCount: 1, maxCount: 3 }) }),
    labels: {
      'END_STREAM on HEADERS': ({ endStreams }) => endStreams.includes(true),
      'DATA behind HEADERS': ({ endStreams }) => endStreams.includes(false),
      'several in a row': ({ endStreams }) => endStreams.length > 1,
    },
    examples: () => [[true], [false], [true, true, true]].map((endStreams) => ({ endStreams })),
    write: (script, { endStreams }, facts) => {
      const calls = endStreams.map((endStream) =>
        script.call(plainestCall(facts), {
          legal: false,
          awaitEnd: false,
          endStream,
          fields: () => [],
          sizeUpdates: [],
        }),
      );
      // The first may end the connection, and no other has an answer then.
      for (const call of calls) call.awaitEndOrError().expect(rejected, unsent, connectionError);
    },
  }),
];
