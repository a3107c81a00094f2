import {
  arb,
  encodeMessage,
  experiment,
  fc,
  getsItsTurn,
  joinOctets,
  largestMessage,
  mostAtOnce,
  payloadOf,
  settingIds,
  streamingOutputCall,
  unaryCall,
  type AnyProperty,
  type TargetFacts,
} from '../../harness';

/** Calls of a burst, where the target takes as many at a time. */
const burst = { least: 50, most: 100 } as const;

const mostOf = (facts: TargetFacts): number => mostAtOnce(facts, burst.most);

/** Octets of the largest body of a burst. */
const largestBody = 16_384;

const mebibyte = 1_048_576;

/** Octets of the window of each download: room for many frames, and little that is on its way when another call is made. */
const ample = 262_144;

/** Octets of each download. */
const offered = 2 * mebibyte;

const laterName = (index: number): string => `small ${index}`;

/** Many calls at once, and small ones beside large ones. */
export const bursts: readonly AnyProperty[] = [
  experiment('MUX-06-bursts-of-calls', {
    generates:
      '50 to 100 unary calls, or as many as the target takes at a time, with bodies of 0 to 16,384 octets, one call behind the other or all HEADERS first, in one write as far as the windows let them',
    accepts: ['status OK for each call, with the payload that it asked for'],
    needs: ['unary'],
    effort: 0.1,
    arbitrary: (facts) =>
      arb.record({
        count: fc.integer({ min: Math.min(burst.least, mostOf(facts)), max: mostOf(facts) }),
        // In rotation.
        sizes: arb.list(arb.boundaryInteger({ max: largestOf(facts), boundaries: [0, 1, largestOf(facts)] }), {
          minCount: 1,
          maxCount: 4,
        }),
        headersFirst: fc.constantFrom(true, true, false),
      }),
    labels: {
      'as many as it takes': ({ count }, facts) => count === mostOf(facts),
      'bodies of no octets': ({ sizes }) => sizes.includes(0),
      'large bodies': ({ sizes }, facts) => sizes.some((size) => size > largestOf(facts) / 2),
      'all HEADERS first': ({ headersFirst }) => headersFirst,
      'one call behind the other': ({ headersFirst }) => !headersFirst,
    },
    examples: (facts) => [
      { count: mostOf(facts), sizes: [0], headersFirst: false },
      { count: mostOf(facts), sizes: [10], headersFirst: true },
      { count: Math.min(burst.least, mostOf(facts)), sizes: [largestOf(facts), 1], headersFirst: true },
    ],
    script: (script, { count, sizes, headersFirst }) => {
      const calls = Array.from({ length: count }, (_, index) => {
        const payload = new Uint8Array(sizes[index % sizes.length] ?? 0);
        const { messages, ...method } = unaryCall({ payload, responseSize: index });
        const body = joinOctets(messages.map((message) => encodeMessage(message)));
        const call = script.begin(method);
        if (!headersFirst) call.sendOctets(body, { endStream: true });
        return { call, body };
      });
      if (headersFirst) for (const { call, body } of calls) call.sendOctets(body, { endStream: true });
      calls.forEach(({ call }, index) => call.awaitEnd().expect(payloadOf(index)));
    },
  }),

  experiment('MUX-07-fairness', {
    generates:
      'one or two downloads of 2 MiB whose windows are ample, and while they run 1 to 20 unary calls with answers of 0 to 20,000 octets, at once or one after the other',
    accepts: ['status OK for each unary call', 'an answer behind more than 1 MiB of the downloads, with a warning'],
    needs: ['server-streaming', 'unary'],
    effort: 0.06,
    timed: true,
    arbitrary: (facts) =>
      arb.record({
        downloads: fc.constantFrom(1, downloadsFor(facts), downloadsFor(facts)),
        message: fc.constantFrom<number>(16_384, 65_536, mebibyte),
        sizes: arb.responseSizes({ minCount: 1, maxCount: 20, maxLength: 20_000 }),
        atOnce: fc.boolean(),
      }),
    labels: {
      'as many downloads as there may be': ({ downloads }, facts) => downloads === downloadsFor(facts),
      'messages as long as a frame': ({ message }) => message === 16_384,
      'messages longer than a window': ({ message }) => message > ample,
      'calls at once': ({ atOnce, sizes }) => atOnce && sizes.length > 1,
      'calls one after the other': ({ atOnce, sizes }) => !atOnce && sizes.length > 1,
    },
    examples: (facts) => {
      const downloads = downloadsFor(facts);
      const sizes = Array.from({ length: 20 }, (_, index) => 10 * index);
      return [
        { downloads, message: 65_536, sizes, atOnce: false },
        { downloads, message: mebibyte, sizes, atOnce: true },
        { downloads: 1, message: 16_384, sizes: [20_000], atOnce: false },
      ];
    },
    script: (script, { downloads, message, sizes, atOnce }, facts) => {
      script.open({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: ample }] }).grant(0, ample);
      const responses = Array.from({ length: offered / message }, () => ({ size: message }));
      const large = Array.from({ length: downloads }, () =>
        script.call(streamingOutputCall({ responses }), { awaitEnd: false, role: 'bystander' }),
      );
      for (const call of large) call.awaitData(1);
      // One more at a time than the target takes would only wait for the others.
      const most = Math.max(1, mostAtOnce(facts, downloads + sizes.length) - downloads);
      for (const [from] of sizes.entries()) {
        if (from % (atOnce ? most : 1) !== 0) continue;
        const calls = sizes
          .slice(from, from + (atOnce ? most : 1))
          .map((size, index) =>
            script
              .call(unaryCall({ responseSize: size }), { as: laterName(from + index), awaitEnd: false })
              .expect(payloadOf(size)),
          );
        for (const call of calls) call.awaitEnd();
      }
      for (const call of large) call.resetUnlessEnded();
    },
    check: (seen, { sizes }) =>
      sizes.flatMap((_, index) => getsItsTurn(seen.connection(), seen.call(laterName(index)))),
  }),
];

/** Downloads at a time, with room for a call beside them. */
const downloadsFor = (facts: TargetFacts): number => Math.max(1, mostAtOnce(facts, 3) - 1);

/** Octets of the payloads of a burst, at most. */
function largestOf(facts: TargetFacts): number {
  return Math.max(0, Math.min(largestBody, largestMessage(facts) - 64));
}
