import {
  arb,
  callBreach,
  decodeThrowReply,
  endsWith,
  endsWithAll,
  endsWithStatus,
  experiment,
  fc,
  fullDuplexCall,
  interopStatusMessage,
  openStalled,
  probeThrow,
  property,
  status,
  suite,
  unaryCall,
  type Breach,
  type Call,
  type RequestedStatus,
} from '../harness';
import { shutdown } from './keepalive/shutdown.suite';
import { besideTheStatus } from './status/beside-the-status.suite';

/** Every status but OK. */
const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** A call that ends with that status, after that many small answers when it streams. */
const failingCall = (isUnary: boolean, asked: RequestedStatus, answers: number) =>
  isUnary
    ? unaryCall({ status: asked })
    : fullDuplexCall([...sized(Array.from({ length: answers }, () => 1)), { responses: [], status: asked }]);

/** One message for each answer asked for. */
const sized = (sizes: readonly number[]) => sizes.map((size) => ({ responses: [{ size }] }));

const canStream = (offers: readonly string[]): boolean => offers.includes('bidirectional-streaming');

export default suite('status', [
  experiment('STATUS-01-code-roundtrip', {
    generates:
      'every status from 1 to 16, in unary calls and at the end of a stream, alone on its connection or behind a call that ended with another one',
    accepts: ['the status asked for'],
    needs: ['status'],
    effort: 0.5,
    arbitrary: ({ offers }) =>
      arb.record({
        code: arb.statusCode(),
        isUnary: canStream(offers) ? fc.boolean() : fc.constant(true),
        answers: fc.nat(2),
        behind: fc.option(arb.statusCode()),
      }),
    labels: {
      'an error and nothing else': ({ isUnary }) => isUnary,
      'after messages': ({ isUnary, answers }) => !isUnary && answers > 0,
      'behind a call with an error': ({ behind }) => behind !== null,
      'the lowest or the highest code': ({ code }) => code === 1 || code === 16,
    },
    examples: ({ offers }) =>
      [true, !canStream(offers)].flatMap((isUnary) =>
        errors.map((code) => ({ code, isUnary, answers: 1, behind: null })),
      ),
    script: (script, { code, isUnary, answers, behind }) => {
      if (behind !== null)
        script.call(failingCall(true, { code: behind, message: 'asked for' }, 0)).expect(endsWith(behind));
      script.call(failingCall(isUnary, { code, message: 'asked for' }, answers)).expect(endsWith(code));
    },
  }),

  experiment('STATUS-03-message-roundtrip', {
    generates:
      'Unicode texts full of percent signs, quotes, control characters and the ends of every UTF-8 length, with any error',
    accepts: ['the status asked for with the same text'],
    needs: ['status'],
    arbitrary: ({ offers }) =>
      arb.record({
        code: arb.statusCode(),
        message: arb.statusMessage(),
        isUnary: canStream(offers) ? fc.boolean() : fc.constant(true),
      }),
    labels: {
      'no text': ({ message }) => message === '',
      'a percent sign': ({ message }) => message.includes('%'),
      'a blank at an end': ({ message }) => message !== message.trim(),
      'beyond ASCII': ({ message }) => [...message].some((letter) => letter > '~'),
      'a control character': ({ message }) => [...message].some((letter) => letter < ' '),
    },
    examples: () =>
      [
        '',
        ' ',
        ' both ends ',
        interopStatusMessage,
        '%41',
        '100%',
        '%',
        '%zz',
        '%25',
        '%e2%98%ba',
        '"\\"',
        '☺',
        '😈',
      ].map((message) => ({
        code: status.UNKNOWN,
        message,
        isUnary: true,
      })),
    script: (script, { code, message, isUnary }) => {
      script.call(failingCall(isUnary, { code, message }, 1)).expect(endsWithAll(code, { text: message }));
    },
  }),

  property({
    id: 'STATUS-07-handler-exception-unknown',
    generates: 'exceptions before the first message and after 1 to 5',
    accepts: ['status UNKNOWN after the messages', 'status INTERNAL, with a warning'],
    needs: ['throw'],
    effort: 0.2,
    arbitrary: () => arb.record({ messages: fc.nat(5) }),
    examples: () => [0, 1, 2].map((messages) => ({ messages })),
    labels: {
      'before any message': ({ messages }) => messages === 0,
      'after one message': ({ messages }) => messages === 1,
      'after several messages': ({ messages }) => messages > 1,
    },
    script: (script, { messages }) => {
      script.call(probeThrow(messages));
    },
    check: (seen, { messages }) => [
      ...endsWithStatus(seen.call(), [status.UNKNOWN], [status.INTERNAL]),
      ...hasThrown(seen.call(), messages),
    ],
  }),

  experiment('STATUS-08-error-after-messages', {
    generates:
      '0 to 20 answers of 0 to 3,000 octets, some of which wait for credit when the handler ends the call with an error',
    accepts: ['all messages, then the status asked for'],
    needs: ['status', 'bidirectional-streaming'],
    effort: 0.5,
    afterwards: false,
    arbitrary: () =>
      arb.record({
        sizes: arb.responseSizes({ maxCount: 20, maxLength: 3000, maxTotal: 20_000 }),
        window: arb.boundaryInteger({ max: 20_000, boundaries: [1, 5, 6, 10, 100, 1000] }),
        code: arb.statusCode(),
      }),
    labels: {
      'no message': ({ sizes }) => sizes.length === 0,
      'messages that wait for credit': ({ sizes, window }) => leastOctets(sizes) > window,
      'a prefix cut by the window': ({ window }) => window > 0 && window < 5,
      'an empty message': ({ sizes }) => sizes.includes(0),
    },
    examples: () => [
      { sizes: [100, 100, 100], window: 20_000, code: status.ABORTED },
      { sizes: [100, 100, 100], window: 110, code: status.ABORTED },
      { sizes: [10, 0], window: 1, code: status.INTERNAL },
      { sizes: [], window: 0, code: status.UNKNOWN },
    ],
    script: (script, { sizes, window, code }) => {
      openStalled(script, window, { replenishConnection: true });
      const request = fullDuplexCall([...sized(sizes), { responses: [], status: { code, message: 'asked for' } }]);
      const call = script.begin(request).sendMessages(request.messages.slice(0, -1));
      // A server need not use up a window, so this wait may end without result.
      const octets = Math.min(window, leastOctets(sizes));
      script.await({ see: 'data', stream: call.stream, octets }, { within: 'quiet', optional: true });
      // A handler may hand out its answers one by one and drop those that are left when it is told to fail. After as many in another call it has handed
      // out these, so that what is missing in the end was lost on the way.
      const others = sizes.map(() => ({ size: 0 }));
      script.call(fullDuplexCall([{ responses: others }]), { on: 'beside', role: 'bystander' });
      call.sendMessages(request.messages.slice(-1), { endStream: true }).grant(allOctets).awaitEnd();
      call.expect(endsWithAll(code, { after: sizes }));
    },
  }),

  ...besideTheStatus,
  ...shutdown,
]);

/** Octets; more credit than all answers of one call need. */
const allOctets = 1_048_576;

/** Octets of DATA that these answers cannot do without: their prefixes and payloads. What is around a payload differs. */
const leastOctets = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + 5 + size, 0);

/** Messages that were sent before the exception belong to the answer; their loss is another rule's. */
function hasThrown(call: Call, count: number): readonly Breach[] {
  if (call.shape !== 'normal' && call.shape !== 'trailers-only') return [];
  const indexes = call.messages.map(({ octets }) => decodeThrowReply(octets)?.index);
  if (indexes.length === count && indexes.every((index, position) => index === position)) return [];
  const breach = callBreach(call, `${count} messages before the error`, `${indexes.length} messages before the error`);
  return [{ ...breach, rule: 'STATUS-08-error-after-messages', reaction: 'wrong messages' }];
}
