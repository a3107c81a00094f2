import {
  arb,
  bearsOverrun,
  data,
  encodeMessage,
  experiment,
  fc,
  joinOctets,
  keepsConnectionCredit,
  mostAtOnce,
  payloadOf,
  slowCall,
  streamError,
  unaryCall,
  type AnyProperty,
  type Breach,
  type CallWriter,
  type PlanBuilder,
} from '../../harness';
import { chunk, connectionWindow, mostOverhead, prefix, streamWindow, windowOf } from './shared';

/** Requests that no handler reads. */
export const unread: readonly AnyProperty[] = [
  experiment('STREAM-18-client-overruns-window', {
    generates:
      'DATA beyond the window of a stream whose handler does not read: one octet, a frame, or up to ten windows more, after the window is used up exactly',
    accepts: [
      streamError,
      'status INTERNAL (13), or another error status',
      'nothing, recorded as info for up to 262,144 octets, and with a warning above',
    ],
    needs: ['slow'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        excess: arb.boundaryInteger({
          min: 1,
          max: Math.min(10 * windowOf(facts), mostOverhead),
          boundaries: [1, chunk, chunk + 1, windowOf(facts)],
        }),
        isFenced: fc.boolean(),
      }),
    labels: {
      'one octet': ({ excess }) => excess === 1,
      'a frame': ({ excess }) => excess === chunk,
      'more than a window': ({ excess }, facts) => excess > windowOf(facts) || excess >= mostOverhead,
      'the window used up before a fence': ({ isFenced }) => isFenced,
    },
    examples: (facts) => [
      { excess: 1, isFenced: true },
      { excess: chunk, isFenced: false },
      { excess: Math.min(10 * windowOf(facts), mostOverhead), isFenced: false },
    ],
    script: (script, { excess, isFenced }, facts) => {
      const request = slowCall(busy);
      const call = script.begin(request, { as: 'overrun', legal: false });
      const asked = joinOctets(request.messages.map((message) => encodeMessage(message)));
      // A message that is not complete before the end of all this, so that nobody has a reason to read on.
      const announced = encodeMessage(new Uint8Array(0), { length: windowOf(facts) + excess });
      const body = joinOctets([asked, announced]);
      call.sendOctets(body);
      sendRaw(script, call, Math.min(streamWindow(facts), mostOverhead) - body.length);
      if (isFenced) script.fence();
      sendRaw(script, call, excess);
      script.fence();
      script.await({ see: 'end', stream: call.stream }, { within: 'quiet', optional: true });
      call.resetUnlessEnded();
    },
    check: (seen, _, facts) =>
      streamWindow(facts) > mostOverhead ? [outOfReach] : bearsOverrun(seen.connection(), seen.call('overrun')),
  }),

  experiment('STREAM-20-stalled-upload-does-not-block-others', {
    generates:
      'an upload that a busy handler does not read, up to the window of its stream or of the connection, and one to three small calls beside it',
    accepts: ['status OK for the others', 'credit for the connection, or enough of it left'],
    needs: ['slow', 'unary'],
    effort: 0.1,
    arbitrary: (facts) =>
      arb.record({
        left: arb.boundaryInteger({ max: 4000, boundaries: [0, 1, 1000] }),
        sizes: arb.responseSizes({ minCount: 1, maxCount: Math.max(1, mostAtOnce(facts, 4) - 1), maxLength: 5000 }),
        frame: arb.boundaryInteger({ min: 1000, max: chunk }),
      }),
    labels: {
      'the window used up to the last octet': ({ left }) => left === 0,
      'some octets left': ({ left }) => left > 0,
      'several calls beside it': ({ sizes }) => sizes.length > 1,
    },
    examples: () => [
      { left: 0, sizes: [5], frame: chunk },
      { left: 1, sizes: [5, 3000, 7], frame: 5000 },
      { left: 1000, sizes: [10], frame: chunk },
    ],
    script: (script, { left, sizes, frame }, facts) => {
      const request = slowCall(busy);
      const call = script.begin(request, { as: 'stalled' });
      const asked = joinOctets(request.messages.map((message) => encodeMessage(message)));
      // Enough of the connection for the calls beside it, should it not come back at once.
      const room = Math.max(0, Math.min(streamWindow(facts) - left, connectionWindow - spare) - asked.length);
      const stalled = encodeMessage(new Uint8Array(Math.max(0, room - prefix)), { length: room });
      const cuts = Array.from({ length: Math.floor(room / frame) }, (_, index) => (index + 1) * frame);
      call.sendOctets(joinOctets([asked, stalled]), { cuts });
      script.fence();
      for (const size of sizes) script.call(unaryCall({ responseSize: size })).expect(payloadOf(size));
      script.fence();
      call.resetUnlessEnded();
    },
    check: (seen) => keepsConnectionCredit(seen.connection(), seen.call('stalled')),
  }),
];

/** Nobody uses up a window of that size for a test. */
const outOfReach: Breach = {
  severity: 'info',
  observed: `the window is larger than ${mostOverhead} octets, and was not used up`,
  expected: 'a window that can be used up',
  reaction: 'window out of reach',
};

/** Milliseconds for which a handler does not read. */
const busy = 3000;

/** Octets of the connection's window that small calls beside an upload need. */
const spare = 1000;

/** DATA that asks no window. */
function sendRaw(script: PlanBuilder, { stream }: CallWriter, octets: number): void {
  for (let left = octets; left > 0; left -= chunk) {
    const frame = data(stream, new Uint8Array(Math.min(left, chunk)));
    script.step({ do: 'frame', on: 'main', frame, unlessEnded: true });
  }
}
