import {
  arb,
  echoInitialName,
  endsWith,
  experiment,
  fc,
  fullDuplexCall,
  initialSettings,
  mostAtOnce,
  openStalled,
  payloadOf,
  settingIds,
  streamingOutputCall,
  streamOfSizes,
  unaryCall,
  usesCredit,
  type AnyProperty,
  type CallRequest,
  type CallWriter,
  type Outcome,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { awaitUse, download, enoughFor, leastOf, mebibyte, totalOf } from './shared';

/** Calls whose answers have no message: nothing of them is flow-controlled (RFC 9113 §5.2.1). */
const wordless = ['an error', 'an error on a stream', 'no message', 'no message both ways'] as const;
type Wordless = (typeof wordless)[number];

const wordlessFor = ({ offers }: Pick<TargetFacts, 'offers'>): readonly Wordless[] => {
  const needs = {
    'an error': 'status',
    'an error on a stream': 'bidirectional-streaming',
    'no message': 'server-streaming',
    'no message both ways': 'bidirectional-streaming',
  } as const;
  return wordless.filter(
    (kind) => offers.includes(needs[kind]) && (kind !== 'an error on a stream' || offers.includes('status')),
  );
};

interface WordlessCall {
  readonly kind: Wordless;
  readonly code: number;
  /** Letters of the status text. */
  readonly text: number;
  /** The handler is asked to send Response-Headers of its own. */
  readonly echoes: boolean;
}

/** The request, and what must come of it. */
function askWordless({ kind, code, text }: WordlessCall): readonly [CallRequest, Outcome] {
  const status = { code, message: 'a'.repeat(text) };
  if (kind === 'an error') return [unaryCall({ status }), endsWith(code)];
  if (kind === 'an error on a stream') return [fullDuplexCall([{ responses: [], status }]), endsWith(code)];
  const request = kind === 'no message' ? streamingOutputCall({ responses: [] }) : fullDuplexCall([]);
  return [request, streamOfSizes([])];
}

/** Makes the call, and expects its end. @param credit for its stream, in octets */
function callWordless(script: PlanBuilder, one: WordlessCall, credit = 0): void {
  const [request, outcome] = askWordless(one);
  const metadata = one.echoes ? [{ name: echoInitialName, value: 'here' }] : [];
  const call = script.call(request, { metadata, awaitEnd: false });
  if (credit > 0) call.grant(credit);
  call.awaitEnd().expect(outcome);
}

const wordlessCall = (facts: TargetFacts) =>
  arb.record<WordlessCall>({
    kind: fc.constantFrom(...wordlessFor(facts)),
    code: arb.statusCode(),
    text: arb.boundaryInteger({ max: 300 }),
    echoes: fc.boolean(),
  });

const plainError: WordlessCall = { kind: 'an error', code: 3, text: 0, echoes: false };

const isError = ({ kind }: WordlessCall): boolean => kind.startsWith('an error');

/** The answer and what may surround its octets, padding included: no more than that. */
const tightlyFor = (sizes: readonly number[]): number => Math.ceil(leastOf(sizes) * 1.02) + 200 * (sizes.length + 1);

const connectionWindow = initialSettings.INITIAL_WINDOW_SIZE;

/** What goes on, and what does not, while a window is used up (RFC 9113 §5.2.1, §6.9). */
export const stalls: readonly AnyProperty[] = [
  experiment('FLOW-02-zero-window-headers-flow', {
    generates:
      'one to four calls without response messages, with a status or without, with and without Response-Headers of their own, on a connection whose stream windows are 0 from the start or were lowered to it, or below it, and beside an answer that has to wait',
    accepts: [
      'every call ends as the handler says',
      'no DATA',
      'Response-Headers before an answer that waits, or with it',
    ],
    needs: ['unary', 'status'],
    effort: 0.4,
    arbitrary: (facts) =>
      arb.record({
        window: fc.constantFrom('at once', 'lowered'),
        waiting: arb.list(arb.responseSize({ maxLength: 5000 }), { maxCount: Math.min(1, mostAtOnce(facts, 2) - 1) }),
        calls: arb.list(wordlessCall(facts), { minCount: 1, maxCount: 4 }),
      }),
    labels: {
      'an error': ({ calls }) => calls.some(isError),
      'status OK without a message': ({ calls }) => calls.some((call) => !isError(call)),
      'the window was lowered to 0': ({ window }) => window === 'lowered',
      'an answer waits beside': ({ waiting }) => waiting.length > 0,
      'an answer waits in its middle, its window below 0': ({ window, waiting }) =>
        window === 'lowered' && waiting.some((size) => size > windowBefore),
      'Response-Headers of its own': ({ calls }) => calls.some(({ echoes }) => echoes),
    },
    examples: (facts) => [
      ...wordlessFor(facts).map((kind) => ({
        window: 'at once' as const,
        waiting: [],
        calls: [{ ...plainError, kind }],
      })),
      { window: 'lowered' as const, waiting: mostAtOnce(facts, 2) > 1 ? [5000] : [], calls: [plainError] },
      { window: 'at once' as const, waiting: mostAtOnce(facts, 2) > 1 ? [0] : [], calls: [plainError] },
    ],
    script: (script, { window, waiting, calls }) => {
      openStalled(script, window === 'at once' ? 0 : windowBefore);
      const writers = waiting.map((size) => script.call(unaryCall({ responseSize: size }), { awaitEnd: false }));
      if (window === 'lowered') {
        for (const writer of writers) awaitUse(script, writer);
        script.fence({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 0 }] });
      }
      for (const call of calls) callWordless(script, call);
      writers.forEach((writer, index) => letGo(script, writer, waiting[index] ?? 0));
    },
  }),

  experiment('FLOW-06-connection-window-shared', {
    generates:
      'two to four responses that use up the connection window, one of them perhaps held back by its own window and then reset; calls without messages meanwhile; one to four parts of connection credit, then what is left to be used and little more, and a new call that needs the rest',
    accepts: [
      'DATA within the connection window',
      'calls without messages that end while it is used up',
      'status OK with every message in the end',
      'credit that is left unused for longer than 1.5 seconds, with a warning',
    ],
    needs: ['unary', 'server-streaming'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(arb.responseSizes({ minCount: 1, maxCount: 3, maxLength: 60_000, maxTotal: 120_000 }), {
          minCount: Math.min(2, mostAtOnce(facts, 3) - 1),
          maxCount: Math.max(1, mostAtOnce(facts, 5) - 1),
        }),
        held: fc.oneof(fc.constant(0), arb.boundaryInteger({ min: 1000, max: 60_000 })),
        parts: arb.list(arb.grant({ max: 50_000 }), { minCount: 1, maxCount: 4 }),
        meanwhile: arb.list(wordlessCall(facts), { maxCount: 2 }),
        fresh: arb.boundaryInteger({ min: 1, max: 20_000 }),
      }),
    labels: {
      'credit of one octet': ({ parts }) => parts.includes(1),
      'a stream is held back by its own window': ({ held }) => held > 0,
      'a stream takes more than one window': ({ calls }) => calls.some((sizes) => leastOf(sizes) > connectionWindow),
      'many streams share it': ({ calls }) => calls.length > 2,
      'an error meanwhile': ({ meanwhile }) => meanwhile.some(isError),
    },
    examples: (facts) => {
      const calls = [[70_000], [70_000], [100]].slice(0, Math.max(1, mostAtOnce(facts, 4) - 1));
      const meanwhile = wordlessFor(facts).map((kind) => ({ ...plainError, kind }));
      return [
        { calls, held: 0, parts: [1, 10_000, 50_000], meanwhile, fresh: 100 },
        { calls, held: 60_000, parts: [1, 4, 5], meanwhile: [], fresh: 20_000 },
        { calls: [[70_000]], held: 60_000, parts: [5000], meanwhile: [], fresh: 20_000 },
      ];
    },
    script: (script, { calls, held, parts, meanwhile, fresh }) => {
      openStalled(script, held > 0 ? 0 : 16 * mebibyte);
      // Without a window of its own it has no use for credit of the connection, and must not take any.
      const idle = held > 0 ? [download(script, [held])] : [];
      const writers = calls.map((sizes) => download(script, sizes));
      if (held > 0) for (const [index, writer] of writers.entries()) writer.grant(enoughFor(calls[index] ?? []));
      const awaitUses = (): void => writers.forEach((writer) => void awaitUse(script, writer));
      awaitUses();
      for (const one of meanwhile) callWordless(script, one, held > 0 ? mebibyte : 0);
      for (const octets of parts) {
        script.grant(0, octets);
        awaitUses();
      }
      for (const writer of idle) writer.reset();
      const missing = totalOf([...calls, [fresh]].map(tightlyFor)) - connectionWindow - totalOf(parts);
      if (missing > 0) script.grant(0, missing);
      for (const [index, writer] of writers.entries()) writer.awaitEnd().expect(streamOfSizes(calls[index] ?? []));
      const last = script.call(unaryCall({ responseSize: fresh }), { awaitEnd: false });
      if (held > 0) last.grant(enoughFor([fresh]));
      last.awaitEnd().expect(payloadOf(fresh));
    },
    check: usesCredit,
  }),

  experiment('FLOW-09-stalled-stream-does-not-block-others', {
    generates:
      'one to three responses that have used up their stream windows of 0 to 65,535 octets, an ample connection window, and then one to four calls of other kinds whose windows are large enough',
    accepts: ['status OK with every message of the others, while the first ones stand still'],
    needs: ['unary', 'server-streaming'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        stalled: arb.list(arb.responseSize({ minLength: 70_000, maxLength: 200_000 }), {
          minCount: 1,
          maxCount: Math.max(1, mostAtOnce(facts, 4) - 1),
        }),
        window: arb.boundaryInteger({ max: 65_535, boundaries: [0, 1, 5, 16_384, 16_385] }),
        others: arb.list(
          arb.record({ kind: fc.constantFrom('unary', 'stream'), size: arb.responseSize({ maxLength: 30_000 }) }),
          { minCount: 1, maxCount: 4 },
        ),
      }),
    labels: {
      'stalled before its first octet': ({ window }) => window === 0,
      'stalled in the middle of a message': ({ window }) => window > 5,
      'several that stand still': ({ stalled }) => stalled.length > 1,
      'a stream beside it': ({ others }) => others.some(({ kind }) => kind === 'stream'),
      'more than a frame beside it': ({ others }) => others.some(({ size }) => size > 16_384),
    },
    examples: () => [
      {
        stalled: [100_000],
        window: 0,
        others: [
          { kind: 'unary' as const, size: 100 },
          { kind: 'stream' as const, size: 20_000 },
        ],
      },
      { stalled: [100_000, 70_000], window: 65_535, others: [{ kind: 'stream' as const, size: 100 }] },
      { stalled: [70_000], window: 16_384, others: [{ kind: 'unary' as const, size: 20_000 }] },
    ],
    script: (script, { stalled, window, others }) => {
      openStalled(script, window, { replenishConnection: true });
      const waiting = stalled.map((size) => download(script, [size]));
      for (const writer of waiting) awaitUse(script, writer);
      for (const { kind, size } of others) {
        const call = kind === 'unary' ? callUnary(script, size) : download(script, [size, size]);
        call.grant(enoughFor([size, size])).awaitEnd();
        call.expect(kind === 'unary' ? payloadOf(size) : streamOfSizes([size, size]));
      }
      waiting.forEach((writer, index) => letGo(script, writer, stalled[index] ?? 0));
    },
  }),
];

/** Octets of a window before it is lowered. */
const windowBefore = 1000;

/** Credit for the rest of a message that has waited; what becomes of it is another rule's. */
const letGo = (script: PlanBuilder, call: CallWriter, size: number): PlanBuilder =>
  script.await({ see: 'end', stream: call.grant(enoughFor([size])).stream }, { optional: true });

const callUnary = (script: PlanBuilder, size: number): CallWriter =>
  script.call(unaryCall({ responseSize: size }), { awaitEnd: false });
