import {
  arb,
  encodeMessage,
  endsAtDeadline,
  expiryGrace,
  experiment,
  fc,
  fullDuplexCall,
  initialSettings,
  joinOctets,
  lastedFor,
  mostAtOnce,
  octetsOf,
  openStalled,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
  type AnyProperty,
  type Breach,
  type Call,
  type CallOptions,
  type CallRequest,
  type CallWriter,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { clockTolerance, handlerTime, millisecondsOf } from './shared';

/** What a call waits for when its deadline comes. */
const waits = ['stream window', 'connection window', 'half-close', 'rest of a message', 'first message'] as const;
type Wait = (typeof waits)[number];

/** Kinds of calls, with what the target must offer for them. */
const kinds = ['unary', 'server-streaming', 'client-streaming', 'bidirectional-streaming'] as const;
type Kind = (typeof kinds)[number];

interface Blocked {
  readonly wait: Wait;
  readonly kind: Kind;
  /** Octets of the window, or of what comes of the message that is not complete. */
  readonly octets: number;
  readonly timeout: string;
}

/** True where the kind can be made to wait for that: only streamed requests wait for a half-close, and only larger answers for a window. */
const canWait = (wait: Wait, kind: Kind): boolean => {
  if (wait === 'stream window' || wait === 'connection window') return kind !== 'client-streaming';
  return wait !== 'half-close' || kind === 'client-streaming' || kind === 'bidirectional-streaming';
};

const pairsFor = (facts: TargetFacts): readonly Pick<Blocked, 'wait' | 'kind'>[] =>
  waits
    .filter((wait) => wait !== 'connection window' || mostAtOnce(facts, 2) > 1)
    .flatMap((wait) =>
      kinds.filter((kind) => canWait(wait, kind) && facts.offers.includes(kind)).map((kind) => ({ wait, kind })),
    );

/** Octets of an answer that no window here lets through. */
const answer = 5000;

function requestOf(kind: Kind): CallRequest {
  const payload = octetsOf({ length: 100, seed: 1 });
  switch (kind) {
    case 'unary':
      return unaryCall({ payload, responseSize: answer });
    case 'server-streaming':
      return streamingOutputCall({ responses: [{ size: answer }] });
    case 'client-streaming':
      return streamingInputCall([{ payload }]);
    case 'bidirectional-streaming':
      return fullDuplexCall([{ payload, responses: [{ size: answer }] }]);
  }
}

/** Uses the connection window up. */
function useConnection(script: PlanBuilder): void {
  const call = script.call(streamingOutputCall({ responses: [{ size: 2 * initialSettings.INITIAL_WINDOW_SIZE }] }), {
    role: 'bystander',
    awaitEnd: false,
  });
  script.await({ see: 'credit-used', stream: call.stream }, { optional: true });
}

/** A call that has come as far as it can. */
function block(script: PlanBuilder, { wait, kind, octets }: Blocked, options: CallOptions): CallWriter {
  const request = requestOf(kind);
  const open = { ...options, halfClose: false, awaitEnd: false };
  switch (wait) {
    case 'connection window':
    case 'stream window':
      return script.call(request, { ...options, awaitEnd: false });
    case 'half-close':
      return script.call({ ...request, messages: octets === 0 ? [] : request.messages }, open);
    case 'first message':
      return script.begin(request, options);
    case 'rest of a message': {
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      return script.call(request, { ...open, body: body.subarray(0, Math.max(1, Math.min(octets, body.length - 1))) });
    }
  }
}

/** A call that answers again and again while its deadline comes. */
const answering = () =>
  arb.record({
    kind: fc.constantFrom('server-streaming', 'bidirectional-streaming', 'half-open'),
    interval: arb.boundaryInteger({ min: 20, max: 100 }),
    size: arb.responseSize({ maxLength: 2000 }),
    timeout: shortTimeout(),
  });

const shortTimeout = () => arb.timeout({ min: 100, max: 500 });

/** Deadlines that come while a call cannot go on, or is in the middle of its answer. */
export const blocked: readonly AnyProperty[] = [
  experiment('DL-06-deadline-during-stream', {
    generates:
      'one to three server-streaming and bidirectional calls beside each other that answer every 20 to 100 milliseconds for seconds, with messages of 0 to 2000 octets, and timeouts of 100 to 500 milliseconds',
    accepts: [
      'some whole messages, then RST_STREAM(CANCEL) or status DEADLINE_EXCEEDED',
      'status CANCELLED, recorded as info',
      'another error code, with a warning',
      'no end, or status OK, with a warning',
    ],
    needs: ['slow', 'server-streaming'],
    effort: 0.15,
    timed: true,
    arbitrary: (facts) => arb.list(answering(), { minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 3)) }),
    labels: {
      'a server-streaming call': (calls) => calls.some(({ kind }) => kind === 'server-streaming'),
      'a request that is not complete': (calls) => calls.some(({ kind }) => kind === 'half-open'),
      'several messages before it': (calls) =>
        calls.some(({ interval, timeout }) => millisecondsOf(timeout) > 3 * interval),
      'empty messages': (calls) => calls.some(({ size }) => size === 0),
      'more than a kilooctet each': (calls) => calls.some(({ size }) => size > 1024),
      'several beside each other': (calls, facts) => calls.length > 1 || mostAtOnce(facts, 2) < 2,
    },
    examples: () =>
      (['server-streaming', 'bidirectional-streaming', 'half-open'] as const).flatMap((kind) => [
        [{ kind, interval: 50, size: 0, timeout: '250m' }],
        [{ kind, interval: 20, size: 2000, timeout: '300000u' }],
      ]),
    script: (script, calls, { times }) => {
      const begun = calls.map(({ kind, interval, size, timeout }, index) => {
        const one = { size, intervalUs: interval * 1000 };
        const count = Math.ceil((millisecondsOf(timeout) + handlerTime) / interval);
        const responses = Array.from({ length: count }, () => one);
        const request =
          kind === 'server-streaming' ? streamingOutputCall({ responses }) : fullDuplexCall([{ responses }]);
        return script.call(request, {
          timeout,
          as: `call ${index}`,
          halfClose: kind !== 'half-open',
          awaitEnd: false,
        });
      });
      const longest = Math.max(...calls.map(({ timeout }) => millisecondsOf(timeout)));
      for (const { stream } of begun) {
        script.await({ see: 'end', stream }, { within: longest + expiryGrace + times.quiet, optional: true });
      }
    },
    check: (seen, calls, { roundTrip }) =>
      calls.flatMap(({ timeout }, index) => judgeExpiry(seen.call(`call ${index}`), timeout, roundTrip)),
  }),

  experiment('DL-07-deadline-while-blocked-on-window', {
    generates:
      'calls of every kind with timeouts of 100 to 500 milliseconds that wait for credit of their stream or of the connection, before or within the answer, for the half-close, for the rest of a message, or for the first one',
    accepts: [
      'RST_STREAM(CANCEL)',
      'status DEADLINE_EXCEEDED',
      'status CANCELLED, recorded as info',
      'another error code, with a warning',
      'no end, or status OK, with a warning',
    ],
    needs: ['unary', 'client-streaming', 'server-streaming'],
    effort: 0.2,
    // Nothing comes after a window that nobody opens again.
    afterwards: false,
    timed: true,
    arbitrary: (facts) =>
      fc
        .tuple(
          fc.oneof(
            fc.constantFrom(...pairsFor(facts)),
            fc.constantFrom(...pairsFor(facts).filter(({ wait }) => wait.endsWith('window'))),
          ),
          fc.oneof(fc.constant(0), arb.boundaryInteger({ max: 200, boundaries: [1, 4, 5, 6] })),
          shortTimeout(),
        )
        .map(([pair, octets, timeout]): Blocked => ({ ...pair, octets, timeout })),
    labels: {
      'no window at all': ({ wait, octets }) => wait === 'stream window' && octets === 0,
      'within the answer': ({ wait, octets }) => wait === 'stream window' && octets > 5,
      'the connection window': ({ wait }, facts) => wait === 'connection window' || mostAtOnce(facts, 2) < 2,
      'no half-close': ({ wait }) => wait === 'half-close',
      'half a message': ({ wait, octets }) => wait === 'rest of a message' && octets > 5,
      'half a prefix': ({ wait, octets }) => wait === 'rest of a message' && octets < 5,
      'nothing but the header': ({ wait }) => wait === 'first message',
    },
    examples: (facts) =>
      pairsFor(facts).map((pair, index) => ({ ...pair, octets: [0, 3, 50][index % 3] ?? 0, timeout: '250m' })),
    script: (script, how) => {
      const milliseconds = millisecondsOf(how.timeout);
      const isOfStream = how.wait === 'stream window';
      openStalled(script, isOfStream ? how.octets : 2 ** 24, { replenishConnection: how.wait !== 'connection window' });
      if (how.wait === 'connection window') useConnection(script);
      const call = block(script, how, { timeout: how.timeout, as: 'blocked' });
      script.await({ see: 'end', stream: call.stream }, { within: milliseconds + expiryGrace + 500, optional: true });
    },
    check: (seen, { timeout }, { roundTrip }) => judgeExpiry(seen.call('blocked'), timeout, roundTrip),
  }),
];

/** The end of the call, by the target at its deadline: neither later, nor, which is another rule, before. */
function judgeExpiry(call: Call, timeout: string, roundTrip: number): readonly Breach[] {
  const breaches = endsAtDeadline(call, millisecondsOf(timeout), roundTrip);
  const lasted = lastedFor(call) ?? Infinity;
  if (breaches.length > 0 || lasted >= millisecondsOf(timeout) - clockTolerance) return breaches;
  return [
    {
      rule: 'DL-04-not-before-the-deadline',
      observed: `the call ended before its deadline of ${timeout}`,
      expected: 'no end before the deadline',
      reaction: 'early',
    },
  ];
}
