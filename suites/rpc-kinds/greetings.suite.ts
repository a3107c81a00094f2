import {
  arb,
  callBreach,
  decodeAnswerReply,
  errorCodes,
  experiment,
  fc,
  greetingOctets,
  isOkWithCount,
  mostAtOnce,
  openStalled,
  probeGreet,
  type AnyProperty,
  type Breach,
  type Call,
} from '../../harness';

/** Octets of DATA that the greeting takes at most, with everything that may surround it. */
const enough = 1000;

/** What becomes of a call once its greeting has come. */
const courses = ['goes on', 'ends', 'is reset'] as const;
type Course = (typeof courses)[number];

interface Greeted {
  readonly course: Course;
  /** Octets of the replies that its messages ask for, where it goes on. */
  readonly replies: readonly number[];
}

/** What a handler does before it has read anything. */
export const greetings: readonly AnyProperty[] = [
  experiment('RPC-12-server-speaks-first', {
    generates:
      'the HEADERS of one to three calls to a handler that greets before it reads, whose stream windows are 0 to 1,000 octets for a while or ample; once the greetings have come, messages with replies of 0 to 20,000 octets, the half-close, or a reset',
    accepts: ['Response-Headers and the greeting while we are silent', 'then a reply to each message, and status OK'],
    needs: ['greet'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        window: fc.option(arb.boundaryInteger({ max: 1000, boundaries: [0, 1, 5, 105] })),
        calls: arb.list(
          arb.record<Greeted>({
            course: fc.constantFrom(...courses),
            replies: arb.responseSizes({ maxCount: 3, maxLength: 20_000 }),
          }),
          { minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 3)) },
        ),
      }),
    labels: {
      'no window at first': ({ window }) => window === 0,
      'a window that cuts the greeting': ({ window }) => window !== null && window > 0 && window < greetingOctets,
      'ample windows': ({ window }) => window === null,
      'several calls': ({ calls }) => calls.length > 1,
      'messages behind it': ({ calls }) =>
        calls.some(({ course, replies }) => course === 'goes on' && replies.length > 0),
      'no message at all': ({ calls }) => calls.some(({ course }) => course === 'ends'),
    },
    examples: () => [
      { window: null, calls: [{ course: 'goes on' as const, replies: [1, 20_000] }] },
      { window: null, calls: [{ course: 'ends' as const, replies: [] }] },
      { window: 0, calls: [{ course: 'goes on' as const, replies: [0] }] },
      { window: 5, calls: [{ course: 'is reset' as const, replies: [] }] },
    ],
    script: (script, { window, calls }) => {
      if (window === null) script.open();
      else openStalled(script, window, { replenishConnection: true });
      const writers = calls.map(() => script.begin(probeGreet()));
      if (window !== null) {
        // The window is known, and used up, before it is opened.
        script.fence();
        for (const writer of writers) writer.grant(enough);
      }
      for (const writer of writers) writer.awaitHeaders().awaitMessages(1);
      calls.forEach(({ course, replies }, index) => {
        const writer = writers[index];
        if (writer === undefined || course === 'is reset') return void writer?.reset(errorCodes.CANCEL);
        const asked = course === 'goes on' ? replies : [];
        if (window !== null) writer.grant(asked.reduce((sum, size) => sum + size + enough, enough));
        if (asked.length > 0) writer.sendMessages(probeGreet(asked).messages);
        writer.halfClose().awaitEnd();
      });
    },
    check: (seen, { calls }) =>
      calls.flatMap(({ course, replies }, index) =>
        course === 'is reset' ? [] : greetsAndReplies(seen.call(index), course === 'goes on' ? replies : []),
      ),
  }),
];

/** A greeting, then a reply to each message. That the greeting came first is awaited by the script. */
function greetsAndReplies(call: Call, replies: readonly number[]): readonly Breach[] {
  const sizes = [greetingOctets, ...replies];
  const counted = isOkWithCount(call, sizes.length);
  if (counted.length > 0) return counted;
  const wrong = call.messages.findIndex(
    ({ octets }, index) => decodeAnswerReply(octets)?.payload.length !== sizes[index],
  );
  if (wrong === -1) return [];
  const breach = callBreach(
    call,
    `reply ${wrong} with a payload of ${sizes[wrong]} octets`,
    `reply ${wrong} has another payload`,
  );
  return [{ ...breach, reaction: 'wrong message' }];
}
