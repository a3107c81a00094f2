import {
  arb,
  connectionReaction,
  errorCodeName,
  errorCodes,
  errorGoaway,
  experiment,
  fc,
  isEqual,
  fullDuplexCall,
  octetsOf,
  ping,
  plainestCall,
  staysUp,
  streamOfSizes,
  type AnyProperty,
  type Breach,
  type ConnectionView,
} from '../../harness';
import {
  connectionFaultOf,
  connectionFaults,
  streamFaultOf,
  streamFaults,
  type ConnectionFault,
  type StreamFault,
} from './faults';

/** Faults of a length that a frame cannot have, and of the window of the connection: the surest. */
const certain: readonly ConnectionFault[] = [
  'PING of six octets',
  'SETTINGS of five octets',
  'WINDOW_UPDATE of three octets',
  'RST_STREAM of three octets',
  'GOAWAY of four octets',
  'a window above 2^31-1',
  'PING on a stream',
];

const allFaults: readonly (ConnectionFault | StreamFault)[] = [...connectionFaults, ...streamFaults];
const isOfStream = (fault: ConnectionFault | StreamFault): fault is StreamFault =>
  (streamFaults as readonly string[]).includes(fault);

const opaque = octetsOf({ length: 8, seed: 9 });

/** What becomes of a connection after an error, and of what is beside it. */
export const connectionErrors: readonly AnyProperty[] = [
  experiment('CONN-08-connection-error-closes', {
    generates:
      'one frame that is a connection error, after up to two calls, with and without a call under way, and a PING',
    accepts: [
      'GOAWAY with an error code and then a closed connection',
      'a closed connection alone, or one that stays open and answers nothing, with a warning',
      'a connection that TCP resets, which may have lost a GOAWAY, recorded as info',
      'a frame that is not taken for an error, recorded as info: other rows are about that',
    ],
    effort: 0.3,
    arbitrary: () => arb.record({ fault: fc.constantFrom(...certain), before: fc.nat(2), beside: fc.boolean() }),
    labels: {
      'after calls': ({ before }) => before > 0,
      'with a call under way': ({ beside }) => beside,
      'without a call': ({ before, beside }) => before === 0 && !beside,
      'a wrong length': ({ fault }) => fault.includes('octets'),
    },
    examples: () =>
      certain.flatMap((fault, index) => [true, false].map((beside) => ({ fault, before: index % 2, beside }))),
    script: (script, { fault, before, beside }, facts) => {
      for (let call = 0; call < before; call++) script.call(plainestCall(facts), { role: 'bystander' });
      const role = 'bystander';
      const stream = beside ? script.begin(plainestCall(facts), { role }).stream : script.takeStream();
      script.frame(connectionFaultOf(fault, stream)).frame(ping(opaque));
      script.awaitConnectionError().await({ see: 'closed' }, { within: 'close', optional: true });
    },
    check: (seen) => closesAfterError(seen.connection()),
  }),

  experiment('CONN-09-errors-stay-on-their-connection', {
    generates:
      'a bidirectional call, message by message, on one connection, and any of twenty faults on one to three others between the messages',
    accepts: ['every message of the call'],
    needs: ['bidirectional-streaming'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        faults: arb.list(fc.constantFrom(...allFaults), { minCount: 1, maxCount: 3 }),
        sizes: arb.responseSizes({ minCount: 2, maxCount: 4, maxLength: 3000 }),
        leaves: fc.constantFrom('waits', 'fin', 'reset'),
      }),
    labels: {
      'several connections': ({ faults }) => faults.length > 1,
      'a fault of a stream': ({ faults }) => faults.some(isOfStream),
      'a field block that cannot be read': ({ faults }) => faults.includes('a field block that cannot be read'),
      'the client leaves at once': ({ leaves }) => leaves !== 'waits',
    },
    examples: () =>
      allFaults.map((fault, index) => ({
        faults: [fault],
        sizes: [10, 3000],
        leaves: (['waits', 'fin', 'reset'] as const)[index % 3]!,
      })),
    script: (script, { faults, sizes, leaves }, facts) => {
      const { messages, ...method } = fullDuplexCall(sizes.map((size) => ({ responses: [{ size }] })));
      const call = script.begin(method);
      for (const [index, message] of messages.entries()) {
        call.sendMessages([message]).awaitMessages(index + 1);
        const fault = faults[index];
        if (fault === undefined) continue;
        const on = `broken ${index}`;
        const { stream } = script.begin(plainestCall(facts), { on, role: 'bystander', legal: false });
        script.frame(isOfStream(fault) ? streamFaultOf(fault, stream) : connectionFaultOf(fault, stream), on);
        if (leaves === 'waits') {
          script.frame(ping(opaque), on);
          script.await({ see: 'ping-ack', opaque }, { on, within: 'quiet', optional: true }).close('fin', on);
        } else script.close(leaves, on);
      }
      call.halfClose().awaitEnd().expect(streamOfSizes(sizes));
      script.expectConnection([staysUp]);
    },
  }),

  experiment('CONN-10-one-error-reported', {
    generates: 'one to four frames in one go that break a stream or a connection, in any of twenty ways',
    accepts: ['at most one RST_STREAM for each stream, and one error code in all GOAWAYs'],
    effort: 0.6,
    arbitrary: () =>
      arb.record({
        fault: fc.constantFrom(...allFaults),
        times: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 4 })),
        beside: fc.boolean(),
      }),
    labels: {
      'a fault of a stream': ({ fault }) => isOfStream(fault),
      'a fault of the connection': ({ fault }) => !isOfStream(fault),
      'one frame alone': ({ times }) => times === 1,
      'several frames': ({ times }) => times > 1,
      'beside another call': ({ beside }) => beside,
    },
    examples: () =>
      allFaults.map((fault, index) => ({
        fault,
        times: isOfStream(fault) ? 2 : 1 + (index % 2),
        beside: index % 4 > 1,
      })),
    script: (script, { fault, times, beside }, facts) => {
      if (beside) script.begin(plainestCall(facts), { role: 'bystander' });
      const { stream } = script.begin(plainestCall(facts), { role: 'bystander', legal: false });
      // The next one is that of a block that cannot be read, and not of the fresh call.
      script.passStreams(stream + 2);
      for (let time = 0; time < times; time++)
        script.frame(isOfStream(fault) ? streamFaultOf(fault, stream) : connectionFaultOf(fault, stream));
      // Behind it comes all that the target has to say of them.
      script.frame(ping(opaque));
      script.await({ see: 'ping-ack', opaque }, { within: 'quiet', optional: true });
    },
    check: (seen) => reportsOnce(seen.connection()),
  }),
];

/** RFC 9113 §5.4.1. A fault that the target has not taken for one is no connection error. */
function closesAfterError(view: ConnectionView): readonly Breach[] {
  const goaway = errorGoaway(view);
  const isClosed = view.closed?.by === 'target';
  const expected = 'GOAWAY with an error code, and then a closed connection';
  const reaction = connectionReaction(view);
  if (isClosed && goaway !== undefined) return [];
  // TCP resets a connection that is closed with octets of ours unread, and drops what we have not read yet: GOAWAY may have been in it.
  if (view.closed?.how === 'reset')
    return [{ severity: 'info', observed: 'the connection was reset, and no GOAWAY read before', expected, reaction }];
  if (isClosed) return [{ severity: 'warn', observed: 'the connection was closed without GOAWAY', expected, reaction }];
  if (goaway === undefined)
    return [{ severity: 'info', observed: 'the frame was not taken for an error', expected, reaction }];
  const behind = `behind GOAWAY with ${errorCodeName(goaway)}`;
  // The connection may have answered other PINGs before.
  const answersOn = view.received.some(
    ({ frame }) => frame.type === 'PING' && frame.ack && isEqual(opaque, frame.opaque),
  );
  if (answersOn) return [{ observed: `a PING was answered ${behind}`, expected, reaction: 'answers after GOAWAY' }];
  // Whoever reads nothing more has ended the connection for all but the socket.
  const observed = `the connection stayed open ${behind}, and nothing was answered`;
  return [{ severity: 'warn', observed, expected, reaction: 'open after GOAWAY' }];
}

/** RFC 9113 §5.4. */
function reportsOnce({ received }: ConnectionView): readonly Breach[] {
  const resets = received.flatMap(({ frame }) => (frame.type === 'RST_STREAM' ? [frame.streamId] : []));
  const repeated = resets.find((id, index) => resets.indexOf(id) < index);
  const codes = received.flatMap(({ frame }) =>
    frame.type === 'GOAWAY' && frame.errorCode !== errorCodes.NO_ERROR ? [frame.errorCode] : [],
  );
  const other = codes.find((code) => code !== codes[0]);
  const expected = 'one report of an error';
  return [
    ...(repeated === undefined
      ? []
      : [
          {
            observed: `${resets.filter((id) => id === repeated).length} RST_STREAM frames on stream ${repeated}`,
            expected,
            reaction: 'RST_STREAM again',
          },
        ]),
    ...(other === undefined
      ? []
      : [
          {
            observed: `GOAWAY with ${errorCodeName(codes[0] ?? 0)} and with ${errorCodeName(other)}`,
            expected,
            reaction: 'GOAWAY with another code',
          },
        ]),
  ];
}
