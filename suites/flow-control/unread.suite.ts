import {
  arb,
  beginUnread,
  experiment,
  fc,
  fullDuplexCall,
  largestBody,
  largestMessage,
  mostAtOnce,
  octetsOf,
  openStalled,
  payloadOf,
  ping,
  settingIds,
  settingValue,
  streamOfSizes,
  unaryCall,
  whileBusy,
  type AnyProperty,
  type Breach,
  type CallWriter,
  type Observation,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { awaitUse, download, enoughFor, mebibyte } from './shared';

/** Octets of requests that are offered to an echo whose answers nobody reads, and of those that it may take beyond its window before that is worth a warning. */
const offered = 6 * mebibyte;
const tolerable = 4 * mebibyte;

/** Milliseconds without credit after which an echo has stopped, also on a machine that is busy. */
const untilStopped = 1000;

/** What a connection has to do while a handler reads nothing of its request. */
const duties = ['PING', 'SETTINGS', 'credit', 'call'] as const;
type Duty = (typeof duties)[number];

/** Asks for it, and waits for what must come of it. @param waiting an answer of that size, whose window is used up */
function ask(script: PlanBuilder, duty: Duty, waiting: CallWriter, size: number, facts: TargetFacts): void {
  const within = whileBusy(facts);
  if (duty === 'PING') {
    const opaque = octetsOf({ length: 8, seed: size });
    script.frame(ping(opaque)).await({ see: 'ping-ack', opaque }, { within });
  } else if (duty === 'SETTINGS') script.fence({ settings: [] });
  else if (duty === 'credit')
    waiting
      .grant(enoughFor([size]))
      .awaitEnd(within)
      .expect(streamOfSizes([size]));
  // Its request needs no credit, whatever is left of the windows; that trailers need none either is another rule's (FLOW-02).
  else script.call(fullDuplexCall([]), { awaitEnd: false }).grant(100).awaitEnd(within).expect(streamOfSizes([]));
}

/** Octets of a request that a target takes with what it says of its limits. */
const fits = (octets: number, facts: TargetFacts): number =>
  Math.max(1, Math.min(octets, largestMessage(facts) - 64, largestBody(facts) - 1000));

/** Requests that are not read: by a handler that is busy, or that waits for its own reader (RFC 9113 §5.2.2). */
export const unread: readonly AnyProperty[] = [
  experiment('FLOW-08-echo-against-stalled-reader', {
    generates:
      'up to 6 MiB of messages of 1,000 to 60,000 octets to a bidirectional echo whose answers, once, twice or four times as large, nobody reads, behind a stream window of 0 to 65,535 octets',
    accepts: [
      'credit that no longer comes once the echo has taken 4 MiB at most, beyond the largest stream window that the server announced',
    ],
    needs: ['bidirectional-streaming'],
    effort: 0.06,
    timed: true,
    arbitrary: () =>
      arb.record({
        size: fc.oneof(arb.boundaryInteger({ min: 1000, max: 16_384 }), fc.integer({ min: 16_385, max: 60_000 })),
        // No smaller than the request: what a server buffers it counts in octets of the answer.
        factor: fc.constantFrom(1, 2, 4),
        window: fc.oneof(fc.constant(0), arb.boundaryInteger({ max: 65_535 })),
      }),
    labels: {
      'no window at all': ({ window }) => window === 0,
      'a window for some answers': ({ window, size, factor }) => window > size * factor,
      'answers larger than the requests': ({ factor }) => factor > 1,
      'small messages': ({ size }) => size < 2000,
      'messages of more than a frame': ({ size }) => size > 16_384,
    },
    examples: () => [
      { size: 10_000, factor: 1, window: 0 },
      { size: 1000, factor: 1, window: 0 },
      { size: 10_000, factor: 2, window: 65_535 },
      { size: 60_000, factor: 4, window: 0 },
    ],
    script: (script, { size, factor, window }, facts) => {
      openStalled(script, window);
      const { messages, ...method } = fullDuplexCall([
        { payload: new Uint8Array(fits(size, facts)), responses: [{ size: size * factor }] },
      ]);
      const [message = new Uint8Array(0)] = messages;
      const count = Math.floor(Math.min(offered, largestBody(facts)) / (message.length + 5));
      const all = Array.from({ length: count }, () => message);
      const call = script.begin(method).sendMessages(all, { unsentAfter: untilStopped });
      script.fence();
      call.reset();
    },
    check: stopsReading,
  }),

  experiment('FLOW-11-frames-read-while-a-handler-stalls', {
    generates:
      'one to three uploads of up to 1 MiB to handlers that are busy and read nothing, sent in one to four parts as far as the windows allow; then, in any order, a PING, SETTINGS, credit for a download that stands at its window, and a call without messages; then the resets of the uploads and a call of 1 to 60,000 octets',
    accepts: [
      'PING ACK',
      'SETTINGS ACK',
      'status OK with every message for the download and for both calls, while the handlers are busy',
    ],
    needs: ['unary', 'server-streaming', 'bidirectional-streaming', 'slow'],
    effort: 0.2,
    timed: true,
    arbitrary: (facts) =>
      arb.record({
        // A handler that sleeps on after the reset may take the place of another call for a while.
        uploads: fc.integer({
          min: 1,
          max: facts.offers.includes('answer') ? Math.max(1, mostAtOnce(facts, 5) - 2) : 1,
        }),
        parts: fc.integer({ min: 1, max: 4 }),
        window: arb.boundaryInteger({ max: 1000, boundaries: [0, 5] }),
        size: arb.boundaryInteger({ min: 1001, max: 40_000, boundaries: [16_384] }),
        duties: fc.shuffledSubarray<Duty>([...duties], { minLength: 2 }),
        last: arb.boundaryInteger({ min: 1, max: 60_000 }),
      }),
    labels: {
      'several uploads': ({ uploads }) => uploads > 1,
      'fed again after the window was used up': ({ parts }) => parts > 1,
      'PING comes first': ({ duties: [first] }) => first === 'PING',
      'credit comes first': ({ duties: [first] }) => first === 'credit',
      'the call comes first': ({ duties: [first] }) => first === 'call',
      'a last call of more than three frames': ({ last }) => last > 3 * 16_384,
    },
    examples: () =>
      duties.map((first, index) => {
        const others = duties.filter((duty) => duty !== first);
        return { uploads: 1, parts: index + 1, window: 0, size: 20_000, duties: [first, ...others], last: 60_000 };
      }),
    script: (script, { uploads, parts, window, size, duties: some, last }, facts) => {
      openStalled(script, window, { replenishConnection: true });
      const waiting = download(script, [size]);
      awaitUse(script, waiting);
      const calls = Array.from({ length: uploads }, () => beginUnread(script, facts));
      for (let part = 0; part < parts; part++) {
        // The target may have given back credit for what it has put by.
        if (part > 0) script.fence();
        for (const call of calls) call.feed(parts);
      }
      for (const duty of some) ask(script, duty, waiting, size, facts);
      for (const call of calls) call.reset();
      if (!some.includes('credit')) waiting.reset();
      script.fence();
      // What the uploads have taken of the connection window is given back.
      const request = unaryCall({ payload: new Uint8Array(fits(last, facts)), responseSize: 1 });
      script.call(request, { awaitEnd: false }).grant(100).awaitEnd().expect(payloadOf(1));
    },
  }),
];

/** DATA of the request that the target has given credit for, before we reset the call. */
function stopsReading(seen: Observation): readonly Breach[] {
  const { plan } = seen.call();
  const { sent, received } = seen.connection();
  const taken = sent.reduce(
    (sum, { frame }) => sum + (frame.type === 'DATA' && frame.streamId === plan.stream ? frame.data.length : 0),
    0,
  );
  // A window is credit that was given before anything was read, and servers that measure a fast path announce a larger one as they go.
  const announced = received.flatMap(({ frame }) =>
    frame.type === 'SETTINGS' ? [settingValue(frame.settings, settingIds.INITIAL_WINDOW_SIZE) ?? 0] : [],
  );
  if (taken <= tolerable + Math.max(0, ...announced)) return [];
  return [
    {
      observed: `the echo took ${Math.round(taken / mebibyte)} MiB while nobody read its answers`,
      expected: 'no more credit for the request once the answers have to wait',
      reaction: 'takes whatever comes',
    },
  ];
}
