import {
  arb,
  echoedInHeaders,
  echoInitialName,
  experiment,
  fc,
  payloadOf,
  settingIds,
  unaryCall,
  type AnyProperty,
  type CallWriter,
  type PlanBuilder,
} from '../../harness';

/** A change of SETTINGS_HEADER_TABLE_SIZE, acknowledged, and the calls behind it. */
interface Change {
  readonly size: number;
  readonly calls: number;
}

/** The limit goes down and up again, with no answer in between, and what is called then. */
interface DownAndUp {
  readonly low: number;
  /** Octets above the low one. */
  readonly rise: number;
  readonly calls: number;
}

const request = unaryCall({ responseSize: 3 });

/** Requests whose metadata repeat, so that the target has something to refer to. */
const metadataOf = (values: readonly string[], at: number) => [
  { name: echoInitialName, value: values[at % values.length] ?? '' },
];

const expectAnswer = (call: CallWriter, values: readonly string[], at: number): CallWriter =>
  call.expect(payloadOf(3)).expect(echoedInHeaders([values[at % values.length] ?? '']));

function makeCalls(script: PlanBuilder, values: readonly string[], count: number): void {
  for (let at = 0; at < count; at++)
    expectAnswer(script.call(request, { metadata: metadataOf(values, at) }), values, at);
}

const setTableSize = (script: PlanBuilder, size: number): void => {
  script.fence({ settings: [{ id: settingIds.HEADER_TABLE_SIZE, value: size }] });
};

const values = (): fc.Arbitrary<readonly string[]> =>
  arb.list(arb.asciiValue({ minLength: 1, maxLength: 60 }), { minCount: 1, maxCount: 3 });

/** What a target's own table of answers follows: our SETTINGS_HEADER_TABLE_SIZE. The blocks themselves are judged by rules. */
export const clientTables: readonly AnyProperty[] = [
  experiment('HPACK-13-encoder-honours-client-table-size', {
    generates:
      'calls whose metadata repeat, between one to five changes of SETTINGS_HEADER_TABLE_SIZE, to 0 up to 65,536, some with a request under way that is answered behind the change',
    accepts: ['status OK and the metadata back, in blocks that keep to the table'],
    needs: ['unary', 'metadata'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        values: values(),
        changes: arb.list(
          arb.record<Change>({
            size: arb.boundaryInteger({ max: 65_536, boundaries: [1, 32, 64, 100, 200, 4095, 4096, 4097] }),
            calls: fc.integer({ min: 0, max: 3 }),
          }),
          { minCount: 1, maxCount: 5 },
        ),
        isUnderWay: fc.boolean(),
      }),
    labels: {
      'to 0': ({ changes }) => changes.some(({ size }) => size === 0),
      'to a table of few entries': ({ changes }) => changes.some(({ size }) => size > 0 && size <= 200),
      'to more than 4096 octets': ({ changes }) => changes.some(({ size }) => size > 4096),
      'several changes': ({ changes }) => changes.length > 1,
      'down after up': ({ changes }) => changes.some(({ size }, at) => size < (changes[at - 1]?.size ?? 0)),
      'a request under way': ({ isUnderWay }) => isUnderWay,
    },
    examples: () => [
      ...[0, 64, 4096, 65_536].map((size) => ({
        values: ['a'],
        changes: [{ size, calls: 2 }],
        isUnderWay: size === 0,
      })),
      {
        values: ['a', 'b'],
        changes: [0, 4096, 100, 65_536, 64].map((size) => ({ size, calls: 2 })),
        isUnderWay: true,
      },
    ],
    script: (script, { values: sent, changes, isUnderWay }) => {
      makeCalls(script, sent, 2);
      for (const { size, calls } of changes) {
        const underWay = isUnderWay ? script.begin(request, { metadata: metadataOf(sent, 0) }) : undefined;
        setTableSize(script, size);
        if (underWay !== undefined)
          expectAnswer(underWay.sendMessages(request.messages, { endStream: true }).awaitEnd(), sent, 0);
        makeCalls(script, sent, calls);
      }
      makeCalls(script, sent, 1);
    },
  }),

  experiment('HPACK-16-smallest-size-signalled', {
    generates:
      'calls whose metadata repeat, then one to four times SETTINGS_HEADER_TABLE_SIZE down to 0 up to 4095 and up again to at most 65,536, with no answer in between, and calls again',
    accepts: ['status OK and the metadata back, in blocks that begin with the smallest size'],
    needs: ['unary', 'metadata'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        values: values(),
        rounds: arb.list(
          arb.record<DownAndUp>({
            low: arb.boundaryInteger({ max: 4095, boundaries: [1, 31, 32, 64, 100, 200] }),
            rise: arb.boundaryInteger({ min: 1, max: 61_441, boundaries: [64, 4095, 4096] }),
            calls: fc.integer({ min: 1, max: 3 }),
          }),
          { minCount: 1, maxCount: 4 },
        ),
      }),
    labels: {
      'down to 0': ({ rounds }) => rounds.some(({ low }) => low === 0),
      'down to what some entries fit': ({ rounds }) => rounds.some(({ low }) => low >= 64 && low <= 1000),
      'up to 4096 or more': ({ rounds }) => rounds.some(({ low, rise }) => low + rise >= 4096),
      'up to less than there was': ({ rounds }) => rounds.some(({ low, rise }) => low + rise < 4096),
      'several times': ({ rounds }) => rounds.length > 1,
    },
    examples: () => [
      { values: ['a'], rounds: [{ low: 0, rise: 4096, calls: 1 }] },
      { values: ['a', 'b'], rounds: [100, 200, 0].map((low) => ({ low, rise: 4096 - low, calls: 2 })) },
      { values: ['a'], rounds: [{ low: 0, rise: 65_536 - 4096, calls: 1 }] },
    ],
    script: (script, { values: sent, rounds }) => {
      makeCalls(script, sent, 3);
      for (const { low, rise, calls } of rounds) {
        setTableSize(script, low);
        setTableSize(script, low + rise);
        makeCalls(script, sent, calls);
      }
    },
  }),
];
