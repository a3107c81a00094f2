import {
  arb,
  callBreach,
  experiment,
  fc,
  pendingCalls,
  status,
  type AnyProperty,
  type Breach,
  type Call,
} from '../../harness';

/** Calls that are under way when the server ends at once. */
const underWay = ['a conversation', 'half an upload', 'slow answers', 'half a message'] as const;

/** Messages of an answer that is whole. */
const messagesOf = (kind: (typeof underWay)[number]): number => {
  const { answer } = pendingCalls[kind];
  return answer.of === 'stream' ? answer.sizes.length : 1;
};

/** What becomes of calls when the server does not wait for them. */
export const shutdown: readonly AnyProperty[] = [
  experiment('STATUS-14-shutdown-unavailable', {
    generates:
      'one to four calls of different kinds that are under way when the server is told to stop, and told so once more, which most servers take for an order to stop at once',
    accepts: [
      'status UNAVAILABLE, RST_STREAM, or a closed connection for each call; a whole answer where the server waits all the same',
      'status CANCELLED, with a warning',
      'calls that stay open where the second order changes nothing',
    ],
    needs: ['graceful-stop', 'unary', 'slow', 'client-streaming', 'server-streaming', 'bidirectional-streaming'],
    borrows: [],
    lane: 'restart',
    effort: 0.02,
    afterwards: false,
    expectsDefence: true,
    aboutRefusals: true,
    arbitrary: () =>
      arb.record({
        calls: arb.list(fc.constantFrom(...underWay), { minCount: 1, maxCount: 4 }),
        atOnce: fc.boolean(),
      }),
    labels: {
      'one call alone': ({ calls }) => calls.length === 1,
      'calls of all kinds': ({ calls }) => new Set(calls).size === underWay.length,
      'an answer that has begun': ({ calls }) => calls.includes('a conversation'),
    },
    examples: () => [
      { calls: underWay, atOnce: false },
      { calls: ['a conversation'] as const, atOnce: true },
    ],
    script: (script, { calls, atOnce }) => {
      const begun = calls.map((kind) => {
        const stream = script.nextStream();
        pendingCalls[kind].begin(script);
        return stream;
      });
      script.fence();
      script.gracefulStop();
      if (!atOnce) script.await({ see: 'goaway' }, { within: 'quiet', optional: true });
      script.gracefulStop();
      script.await({ see: 'closed' }, { optional: true });
      for (const stream of begun) script.await({ see: 'end', stream }, { within: 'quiet', optional: true });
    },
    check: (seen, { calls }) => calls.flatMap((kind, index) => judgeEnd(seen.call(index), messagesOf(kind))),
  }),
];

/** A client makes UNAVAILABLE of a stream or a connection that is lost; a status says so itself. */
function judgeEnd(call: Call, messages: number): readonly Breach[] {
  if (call.status === undefined || call.status === status.UNAVAILABLE) return [];
  if (call.status === status.OK && call.messages.length === messages) return [];
  const expected = 'status UNAVAILABLE, or no status at all';
  if (call.status === status.CANCELLED) return [{ ...callBreach(call, expected), severity: 'warn' }];
  if (call.status !== status.OK) return [callBreach(call, expected)];
  const breach = callBreach(call, expected, `status OK after ${call.messages.length} of ${messages} messages`);
  return [{ ...breach, reaction: 'OK without the messages' }];
}
