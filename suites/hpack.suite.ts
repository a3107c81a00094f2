import {
  absentMethod,
  arb,
  connectionError,
  echoedInHeaders,
  echoedInTrailers,
  echoInitialName,
  echoTrailingName,
  encodeBinaryValue,
  experiment,
  fc,
  octetsOf,
  payloadOf,
  represent,
  stimulus,
  suite,
  unaryCall,
  unknownMethod,
  unsent,
  type FieldSpec,
  type InvalidIndex,
} from '../harness';
import { clientTables } from './hpack/client-table.suite';
import { loweredTables } from './hpack/lowered-table.suite';
import { tables } from './hpack/table.suite';
import { undecodable } from './hpack/undecodable.suite';

/** Entries of the static table (RFC 7541 Appendix A); the dynamic table starts behind them. */
const staticEntries = 61;

/** Ways in which a request is refused after its field block was read, by name: how its fields differ, and what follows. */
const refusals = {
  'unknown method': { fields: (all: readonly FieldSpec[]) => all, reset: false },
  'content-type': {
    fields: (all: readonly FieldSpec[]) =>
      all.map((field) => (field.name === 'content-type' ? { ...field, value: 'text/plain' } : field)),
    reset: false,
  },
  te: {
    fields: (all: readonly FieldSpec[]) =>
      all.map((field) => (field.name === 'te' ? { ...field, value: 'gzip' } : field)),
    reset: false,
  },
  'upper case': {
    fields: (all: readonly FieldSpec[]) => [...all, { name: 'x-Upper', value: '1', nameIndex: 'literal' as const }],
    reset: false,
  },
  'our own reset': { fields: (all: readonly FieldSpec[]) => all, reset: true },
} as const;

type Refusal = keyof typeof refusals;
const refusalNames = Object.keys(refusals) as readonly Refusal[];

/** Index 0, and those just past and far past both tables. */
const invalidIndices: readonly { readonly invalid: InvalidIndex; readonly inserted: number }[] = [
  { invalid: { form: 'indexed', past: 'zero' }, inserted: 0 },
  { invalid: { form: 'indexed', past: 0 }, inserted: 2 },
  { invalid: { form: 'incremental', past: 0 }, inserted: 0 },
  { invalid: { form: 'without-indexing', past: 2 ** 20 }, inserted: 0 },
];

/** One field more, which refers past a dynamic table of that many entries. */
function referTo({ form, past }: InvalidIndex, inserted: number) {
  const entries = Array.from({ length: inserted }, (_, index): FieldSpec => ({
    name: `x-entry-${index}`,
    value: 'kept',
    representation: 'incremental',
  }));
  const nameIndex = past === 'zero' ? 0 : staticEntries + inserted + 1 + past;
  const invalid: FieldSpec = { name: 'x-invalid', value: 'x', representation: form, nameIndex };
  // Everything ordinary stays out of the table, so that its size is known.
  return (ordinary: readonly FieldSpec[]): readonly FieldSpec[] => [
    ...ordinary.map((field) => ({ ...field, representation: 'without-indexing' as const })),
    ...entries,
    invalid,
  ];
}

export default suite('hpack', [
  experiment('HPACK-01-all-representations', {
    generates:
      'three calls on one connection with echoed metadata, each field of each call in a representation of its own, so that later calls refer to what earlier ones inserted',
    accepts: ['status OK and the same metadata back'],
    needs: ['unary', 'metadata'],
    arbitrary: () =>
      arb.record({
        initial: arb.asciiValue({ minLength: 1, maxLength: 60 }),
        trailing: arb.opaque(12),
        // Beside them: what a server does with an empty value, and whether it copies one, is another row's subject.
        isEmptyBeside: fc.boolean(),
        ways: arb.list(arb.representations(), { minCount: 3, maxCount: 3 }),
      }),
    labels: {
      'a literal that is inserted': ({ ways }) =>
        ways.flat().some(({ representation }) => representation === 'incremental'),
      'a literal that is never indexed': ({ ways }) =>
        ways.flat().some(({ representation }) => representation === 'never-indexed'),
      'an indexed field': ({ ways }) => ways.flat().some(({ representation }) => representation === 'indexed'),
      'a Huffman-coded value': ({ ways }) => ways.flat().some(({ huffman }) => huffman?.value === true),
      'an empty value': ({ isEmptyBeside }) => isEmptyBeside,
    },
    examples: () =>
      (['incremental', 'without-indexing', 'never-indexed', 'indexed'] as const).flatMap((representation) =>
        [true, false].map((huffman) => {
          const way = {
            representation,
            huffman: { name: huffman, value: huffman },
            nameIndex: huffman ? ('auto' as const) : ('literal' as const),
          };
          return {
            initial: 'test value 42',
            trailing: { length: 12, seed: 7 },
            isEmptyBeside: !huffman,
            ways: [[way], [way], [way]],
          };
        }),
      ),
    script: (script, { initial, trailing, isEmptyBeside, ways }) => {
      const binary = encodeBinaryValue(octetsOf(trailing));
      const metadata: readonly FieldSpec[] = [
        ...(isEmptyBeside ? [{ name: 'x-empty', value: '' }] : []),
        { name: echoInitialName, value: initial },
        { name: echoTrailingName, value: binary },
      ];
      for (const way of ways) {
        script
          .call(unaryCall({ responseSize: 3 }), { metadata, fields: (all) => represent(all, way) })
          .expect(payloadOf(3))
          .expect(echoedInHeaders([initial]))
          .expect(echoedInTrailers([binary]));
      }
    },
  }),

  stimulus('HPACK-09-invalid-index', {
    generates:
      'a request with one more field that refers to index 0 or to an index past both tables, by up to 2^20, as a whole field or as a name',
    accepts: [connectionError],
    needs: ['unary'],
    sends: () => arb.record({ invalid: arb.invalidIndex(), inserted: fc.integer({ min: 0, max: 4 }) }),
    labels: {
      'index 0': ({ invalid }) => invalid.past === 'zero',
      'one past the tables': ({ invalid }) => invalid.past === 0,
      'as a whole field': ({ invalid }) => invalid.form === 'indexed',
      'as the name of a literal': ({ invalid }) => invalid.form !== 'indexed',
      'past a dynamic table with entries': ({ inserted }) => inserted > 0,
    },
    examples: () => invalidIndices,
    write: (script, { invalid, inserted }) => {
      const fields = referTo(invalid, inserted);
      script.call(unaryCall({ responseSize: 1 }), { legal: false, awaitEnd: false, fields });
    },
  }),

  experiment('HPACK-12-context-survives-rejections', {
    generates:
      'one to three requests that are refused for different reasons, each inserting metadata into the dynamic table, then a call that refers to all of it',
    accepts: ['status OK and the metadata back', unsent],
    needs: ['unary', 'metadata'],
    arbitrary: () =>
      arb.record({
        refused: arb.list(fc.constantFrom(...refusalNames), { minCount: 1, maxCount: 3 }),
        initial: arb.asciiValue({ minLength: 1, maxLength: 40 }),
        trailing: arb.opaque(9),
      }),
    labels: {
      'an unknown method': ({ refused }) => refused.includes('unknown method'),
      'a malformed request': ({ refused }) => refused.includes('upper case'),
      'our own reset': ({ refused }) => refused.includes('our own reset'),
      'several refusals': ({ refused }) => refused.length > 1,
    },
    examples: () =>
      refusalNames.map((name) => ({ refused: [name], initial: 'survives', trailing: { length: 9, seed: 3 } })),
    script: (script, { refused, initial, trailing }) => {
      const binary = encodeBinaryValue(octetsOf(trailing));
      const metadata: readonly FieldSpec[] = [
        { name: echoInitialName, value: initial, representation: 'incremental' },
        { name: echoTrailingName, value: binary, representation: 'incremental' },
      ];
      for (const name of refused) {
        const { fields, reset } = refusals[name];
        const call = script.call(unknownMethod(absentMethod), {
          metadata,
          fields,
          legal: fields === refusals['unknown method'].fields,
          awaitEnd: false,
        });
        if (reset) call.reset();
        else script.await({ see: 'end', stream: call.stream }, { optional: true });
      }
      script.fence();
      // Where a refusal has closed the connection, nothing is left to see of the decoder.
      script
        .call(unaryCall({ responseSize: 3 }), {
          metadata: metadata.map((field) => ({ ...field, representation: 'indexed' })),
        })
        .expect(payloadOf(3), unsent)
        .expect(echoedInHeaders([initial]))
        .expect(echoedInTrailers([binary]));
    },
  }),

  ...clientTables,

  ...tables,

  ...loweredTables,

  ...undecodable,
]);
