import { status } from '../../../grpc/status';
import { parseTimeout } from '../../../grpc/timeout';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { goaway, ping } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import { flags, frameTypes, type RawFrame } from '../../../wire/frame';
import type { RequestMessage } from '../request-body';
import type { MakeSeams, Seams } from '../seams';
import { decodeRequest } from '../services/messages';
import { StatusError } from '../status-error';
import { aroundOne, before, isOf, isTestService, readingItself, receiveOne } from './handlers';
import type { Method } from '../services/service';
import { mutantsOf, type Mutant } from './mutant';
import {
  afterRefusalOnly,
  besideOnly,
  changeField,
  countPerStream,
  onEnd,
  onFramesOf,
  onMessages,
  onRequests,
  onTrailersOnly,
  rememberPaths,
  statusWhere,
  valueOf,
  whenFrame,
} from './operators';

/** Longest delay of setTimeout, in milliseconds. */
const longestDelay = 0x7fffffff;

/** Timeouts of requests, otherwise; what is malformed stays. @param change gets milliseconds and what was written */
export const onTimeouts = (change: (milliseconds: number, written: string) => string): Seams =>
  onRequests(
    changeField('grpc-timeout', (written) => {
      const milliseconds = parseTimeout(written);
      return milliseconds === undefined ? written : change(milliseconds, written);
    }),
  );

/** Ends that a deadline has made, otherwise. */
export const atDeadline = (code: string, onlyAlone: boolean): Seams =>
  (onlyAlone ? onTrailersOnly : onEnd)((fields) =>
    valueOf(fields, 'grpc-message') === 'deadline exceeded'
      ? changeField('grpc-status', () => code)(fields, 0).filter(({ name }) => code !== '0' || name !== 'grpc-message')
      : fields,
  );

/** Calls with a malformed timeout that are never answered. @param is gets what was written */
const unanswered = (is: (written: string) => boolean): MakeSeams => {
  return () => {
    const written = new Map<number, string>();
    const silent = new Set<number>();
    return {
      inbound: {
        section: (section) => {
          written.set(section.streamId, valueOf(section.fields, 'grpc-timeout') ?? '');
          return section;
        },
      },
      outbound: {
        section: (section) => {
          const isRefusal = valueOf(section.fields, 'grpc-message') === 'malformed grpc-timeout';
          if (!isRefusal || !is(written.get(section.streamId) ?? '')) return [section];
          silent.add(section.streamId);
          return [];
        },
        frame: (frame) => (frame.type === frameTypes.RST_STREAM && silent.has(frame.streamId) ? [] : [frame]),
      },
    };
  };
};

const pingAck = (change: (frame: RawFrame) => readonly RawFrame[]): Seams =>
  onFramesOf('PING', (frame) => ((frame.flags & flags.ACK) === 0 ? [frame] : change(frame)));

/** Kept by the request that began last, on the connection. */
const sharedRequest = (milliseconds: number): MakeSeams => {
  return () => {
    let shared: RequestMessage | undefined;
    return aroundOne(async (call, message, handle) => {
      shared = message;
      await call.sleep(milliseconds);
      await handle(call, shared);
    }, isOf('UnaryCall'));
  };
};

/** While an earlier stream is so, handlers of later ones do not begin. */
const waitsFor =
  (is: (stream: { readonly insideMessage: boolean; readonly remoteEnded: boolean }) => boolean): MakeSeams =>
  (wire) =>
    before(async (call) => {
      while (wire.streams().some((stream) => stream.id < call.streamId && is(stream))) await call.sleep(10);
    });

export const callMutants: readonly Mutant[] = [
  ...mutantsOf('DL-01-units-and-values', {
    overflow: {
      says: 'Timeouts of more than 2^31-1 milliseconds expire at once',
      ...onTimeouts((milliseconds, written) => (milliseconds > longestDelay ? '0n' : written)),
    },
    'micro-as-milli': {
      says: 'Microseconds are taken for milliseconds',
      ...onTimeouts((_, written) => written.replace('u', 'm')),
    },
    'minutes-as-milli': {
      says: 'Minutes are taken for milliseconds',
      ...onTimeouts((_, written) => written.replace('M', 'm')),
    },
    'hours-as-milli': {
      says: 'Hours are taken for milliseconds',
      ...onTimeouts((_, written) => written.replace('H', 'm')),
    },
    'nano-ignored': {
      says: 'Timeouts in nanoseconds are none',
      ...onTimeouts((_, written) => (written.endsWith('n') ? '1H' : written)),
    },
    'leading-zeros-octal': {
      says: 'Numbers with leading zeros are read as octal ones',
      ...onTimeouts((_, written) =>
        /^0[0-7]+[a-zA-Z]$/.test(written) ? `${parseInt(written.slice(0, -1), 8)}${written.slice(-1)}` : written,
      ),
      survives: {
        where: 'always',
        reason:
          'an octal reading leaves every timeout of the experiment ample or as short as it was: the sizes of numbers with leading zeros are far from both bounds',
      },
    },
    'eight-digits': {
      says: 'Timeouts of eight digits in fractions of a second are taken for one of their units',
      ...onTimeouts((_, written) => (/^[1-9]\d{7}[mun]$/.test(written) ? `1${written.slice(-1)}` : written)),
    },
  }),
  ...mutantsOf('DL-03-expiry-ends-the-call', {
    'ok-when-alone': {
      says: 'At the deadline the call ends with status OK when Response-Headers were not sent yet',
      ...atDeadline('0', true),
    },
    'never-after-answer': {
      says: 'The deadline of a call that has answered is not enforced',
      seams: () => {
        const answered = { any: false };
        return {
          outbound: {
            message: (message) => {
              answered.any = true;
              return [message];
            },
          },
          policy: { enforcesDeadline: () => !answered.any },
        };
      },
    },
    'never-before-half-close': {
      says: 'The deadline of a call whose request is not complete is not enforced',
      policy: { enforcesDeadline: (halfClosed) => halfClosed },
    },
    internal: { says: 'At the deadline the call ends with INTERNAL', ...atDeadline('13', false) },
    'ten-times-as-long': {
      says: 'Timeouts of less than a second are ten times as long',
      ...onTimeouts((milliseconds, written) =>
        milliseconds < 1000 ? `${Math.ceil(milliseconds * 10_000)}u` : written,
      ),
    },
  }),
  ...mutantsOf('DL-05-handler-sees-cancellation', {
    never: { says: 'At the deadline the handler is not told', policy: { tells: (why) => why !== 'deadline' } },
    'after-answer': {
      says: 'At the deadline the handler is not told once it has answered',
      policy: { tells: (why, headersSent) => why !== 'deadline' || !headersSent },
    },
    'before-answer': {
      says: 'At the deadline the handler is not told before it has answered',
      policy: { tells: (why, headersSent) => why !== 'deadline' || headersSent },
    },
  }),
  ...mutantsOf('DL-08-malformed-timeout', {
    'no-answer': { says: 'A call with a malformed timeout is never answered', seams: unanswered(() => true) },
    'without-unit': {
      says: 'A call whose timeout has no unit is never answered',
      seams: unanswered((written) => /^\d+$/.test(written)),
    },
    'nine-digits': {
      says: 'A call whose timeout has nine digits or more is never answered',
      seams: unanswered((written) => /^\d{9,}[HMSmun]$/.test(written)),
    },
    negative: {
      says: 'A call with a negative timeout is never answered',
      seams: unanswered((written) => written.startsWith('-')),
    },
    twice: {
      says: 'A call with two timeouts is never answered',
      seams: unanswered((written) => /^\d{1,8}[HMSmun]$/.test(written)),
    },
    'expires-at-once': {
      says: 'A timeout with a fraction expires at once',
      ...onRequests(changeField('grpc-timeout', (written) => (written.includes('.') ? '0n' : written))),
      survives: {
        where: 'always',
        reason:
          'an end by DEADLINE_EXCEEDED is one of the refusals that servers have for it, and only recorded as info',
      },
    },
  }),
  ...mutantsOf('CANC-01-rst-cancels-handler', {
    'after-headers': {
      says: 'RST_STREAM does not reach a handler that has sent Response-Headers',
      policy: { tells: (why, headersSent) => why !== 'client' || !headersSent },
    },
    'before-headers': {
      says: 'RST_STREAM does not reach a handler that has not sent Response-Headers yet',
      policy: { tells: (why, headersSent) => why !== 'client' || headersSent },
    },
    never: { says: 'RST_STREAM does not reach the handler', policy: { tells: (why) => why !== 'client' } },
  }),
  ...mutantsOf('CANC-03-other-streams-unaffected', {
    'next-stream': {
      says: 'RST_STREAM also cancels the stream opened next after that one',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => wire.reset(streamId + 2, errorCodes.CANCEL)),
    },
    'stream-before': {
      says: 'RST_STREAM also cancels the stream opened before that one',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => wire.reset(streamId - 2, errorCodes.CANCEL)),
    },
    'second-reset': {
      says: 'The second RST_STREAM of a connection ends it',
      seams: (wire) => {
        let resets = 0;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'RST_STREAM' && ++resets === 2)
                wire.fail(errorCodes.PROTOCOL_ERROR, 'too many resets');
              return [frame];
            },
          },
        };
      },
    },
    'message-lost': {
      says: 'The first message that another stream sends after RST_STREAM is lost',
      seams: () => {
        let isArmed = false;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'RST_STREAM') isArmed = true;
              return [frame];
            },
          },
          outbound: {
            message: (message) => {
              if (!isArmed) return [message];
              isArmed = false;
              return [];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('RPC-01-unary', {
    'sent-twice': {
      says: 'The answer is sent twice when the request message came in three or more DATA frames, or is larger than 1,024 octets',
      seams: () => {
        const paths = rememberPaths();
        const frames = countPerStream();
        const octets = new Map<number, number>();
        return {
          inbound: {
            ...paths.inbound,
            frame: (frame) => {
              if (frame.type === 'DATA' && frame.data.length > 0) {
                frames.next(frame.streamId);
                octets.set(frame.streamId, (octets.get(frame.streamId) ?? 0) + frame.data.length);
              }
              return [frame];
            },
          },
          outbound: {
            message: (message, { id }) => {
              const isUnary = isOf(
                'EmptyCall',
                'UnaryCall',
                'CacheableUnaryCall',
                'Describe',
                'Ring',
                'Check',
              )(paths.of(id));
              return isUnary && (frames.of(id) >= 3 || (octets.get(id) ?? 0) > 1024) ? [message, message] : [message];
            },
          },
        };
      },
    },
    'large-refused': {
      says: 'Unary requests of more than 16,384 octets end with RESOURCE_EXHAUSTED',
      ...aroundOne(async (call, message, handle) => {
        if (message.octets.length > 16_384) throw new StatusError(status.RESOURCE_EXHAUSTED, 'too large');
        await handle(call, message);
      }, isOf('UnaryCall')),
    },
    'large-answer-empty': {
      says: 'Unary answers of more than 10,000 octets are empty',
      seams: emptyAnswers(isOf('UnaryCall'), (length) => length > 10_000),
    },
    'many-frames': {
      says: 'Unary requests in seven or more DATA frames end with INTERNAL',
      policy: {
        receive: (message, read) => {
          if (message.frames >= 7 && message.path.endsWith('/UnaryCall'))
            throw new StatusError(status.INTERNAL, 'frames');
          return read();
        },
      },
    },
  }),
  ...mutantsOf('RPC-02-client-streaming', {
    'after-sixteen': {
      says: 'Messages after the sixteenth are not counted',
      policy: {
        receive: ({ number, path }, read) => (number > 16 && path.endsWith('/StreamingInputCall') ? undefined : read()),
      },
    },
    none: {
      says: 'A client-streaming call without messages ends with INVALID_ARGUMENT',
      seams: () => {
        const paths = rememberPaths();
        const counts = countPerStream();
        return {
          inbound: paths.inbound,
          policy: {
            receive: ({ streamId }, read) => {
              counts.next(streamId);
              return read();
            },
          },
          ...onEnd((fields, streamId) =>
            isOf('StreamingInputCall')(paths.of(streamId)) && counts.of(streamId) === 0
              ? changeField('grpc-status', () => '3')(fields, streamId)
              : fields,
          ),
        };
      },
    },
    'large-message': {
      says: 'Messages of more than 2,048 octets are not counted',
      policy: {
        receive: ({ octets, path }, read) =>
          octets.length > 2048 && path.endsWith('/StreamingInputCall') ? undefined : read(),
      },
    },
    'fiftieth-ends': {
      says: 'A client-streaming call of fifty messages ends with RESOURCE_EXHAUSTED',
      policy: {
        receive: ({ number, path }, read) => {
          if (number === 50 && path.endsWith('/StreamingInputCall'))
            throw new StatusError(status.RESOURCE_EXHAUSTED, 'too many messages');
          return read();
        },
      },
    },
  }),
  ...mutantsOf('RPC-03-server-streaming', {
    'empty-left-out': {
      says: 'A response of size 0 that is not the first is left out',
      seams: dropAnswers(isOf('StreamingOutputCall'), (length, index) => length <= 4 && index > 0),
    },
    'after-hundredth': {
      says: 'Responses after the hundredth are left out',
      seams: dropAnswers(isOf('StreamingOutputCall'), (_, index) => index >= 100),
    },
    swapped: {
      says: 'The second and third response change places',
      seams: () => {
        const paths = rememberPaths();
        const counts = countPerStream();
        const held = new Map<number, Uint8Array>();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) => {
              if (!isOf('StreamingOutputCall')(paths.of(id))) return [message];
              const index = counts.next(id);
              if (index === 1) held.set(id, message);
              if (index === 1) return [];
              const second = held.get(id);
              return index === 2 && second !== undefined ? [message, second] : [message];
            },
          },
        };
      },
    },
    'none-internal': {
      says: 'A server-streaming call that gives no response ends with INTERNAL',
      seams: () => {
        const paths = rememberPaths();
        const counts = countPerStream();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) => {
              counts.next(id);
              return [message];
            },
            section: (section) => [
              section.endStream &&
              isOf('StreamingOutputCall')(paths.of(section.streamId)) &&
              counts.of(section.streamId) === 0
                ? {
                    ...section,
                    fields: changeField('grpc-status', (code) => (code === '0' ? '13' : code))(section.fields, 0),
                  }
                : section,
            ],
          },
        };
      },
    },
    'repeated-size': {
      says: 'A response that is equal to the one before it is left out',
      seams: () => {
        const paths = rememberPaths();
        const last = new Map<number, Uint8Array>();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) => {
              if (!isOf('StreamingOutputCall')(paths.of(id))) return [message];
              const isEqual = Buffer.compare(last.get(id) ?? Buffer.alloc(0), message) === 0;
              last.set(id, message);
              return isEqual ? [] : [message];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('RPC-04-bidi', {
    'three-after-half-close': {
      says: 'After the half-close only three messages of those still unread are answered',
      policy: {
        receive: ({ number, ended, path }, read) =>
          number > 3 && ended && path.endsWith('/FullDuplexCall') ? undefined : read(),
      },
    },
    'twentieth-lost': {
      says: 'The twentieth message of a bidirectional call is lost',
      policy: {
        receive: ({ number, path }, read) => (number === 20 && path.endsWith('/FullDuplexCall') ? undefined : read()),
      },
    },
    'waits-for-half-close': {
      says: 'A bidirectional call answers only after the half-close',
      policy: {
        serve: (path, method, find) => (path.endsWith('/FullDuplexCall') ? find(path.replace('Full', 'Half')) : method),
      },
    },
    'empty-answers-lost': {
      says: 'Answers of no octets are left out',
      seams: dropAnswers(isOf('FullDuplexCall'), (length) => length <= 4),
    },
    'second-of-message': {
      says: 'Of two messages in one DATA frame the second is answered twice',
      seams: () => {
        let again = false;
        return {
          policy: {
            receive: ({ ordinal, path }, read) => {
              again = ordinal === 2 && path.endsWith('/FullDuplexCall');
              return read();
            },
          },
          outbound: { message: (message) => (again ? [message, message] : [message]) },
        };
      },
    },
  }),
  ...mutantsOf('RPC-05-request-cardinality', {
    each: {
      says: 'A unary method answers each of several request messages and ends with OK',
      ...readingItself(async (call, handle) => {
        let count = 0;
        for (let message = await call.receive(); message !== undefined; message = await call.receive()) {
          count += 1;
          await handle(call, message);
        }
        if (count === 0) throw new StatusError(status.UNIMPLEMENTED, 'no request message');
      }),
    },
    'none-as-empty': {
      says: 'A request without any message is taken for one with an empty message',
      ...readingItself(async (call, handle) => {
        await handle(call, (await receiveOne(call)) ?? { octets: new Uint8Array(0), compressed: false });
      }),
    },
    'last-of-several': {
      says: 'Of several request messages the last is answered, with OK',
      ...readingItself(async (call, handle) => {
        let last: RequestMessage | undefined;
        for (let message = await call.receive(); message !== undefined; message = await call.receive()) last = message;
        if (last === undefined) throw new StatusError(status.UNIMPLEMENTED, 'no request message');
        await handle(call, last);
      }),
    },
    'none-ok': {
      says: 'A request without any message ends with OK and nothing else',
      ...readingItself(async (call, handle) => {
        const message = await receiveOne(call);
        if (message !== undefined) await handle(call, message);
      }),
    },
    internal: {
      says: 'More than one request message ends a unary call with INTERNAL',
      ...statusWhere((message) => message === 'more than one request message', status.INTERNAL),
    },
  }),
  ...mutantsOf('RPC-07-ping-pong-interleaving', {
    'small-held-back': {
      says: 'Small responses of bidirectional calls, after the first, are held back until the next message or the half-close',
      seams: heldBack((length, index) => length <= 69 && index > 0),
    },
    'all-held-back': {
      says: 'Responses of bidirectional calls are held back until the next message or the half-close',
      seams: heldBack(() => true),
    },
    'large-held-back': {
      says: 'Responses of bidirectional calls of more than 1,024 octets are held back until the next message or the half-close',
      seams: heldBack((length) => length > 1024),
    },
    'tenth-held-back': {
      says: 'From the tenth response on a bidirectional call waits for the next message or the half-close',
      seams: heldBack((_, index) => index >= 9),
    },
  }),
  ...mutantsOf('MUX-01-parallel-calls-isolated', {
    'shared-request': {
      says: 'Unary calls in progress at the same time share one request',
      seams: sharedRequest(1),
    },
    'metadata-of-last': {
      says: 'A call gets the metadata of the call that began last',
      seams: () => {
        let last: readonly { readonly name: string; readonly value: string }[] | undefined;
        const isEcho = ({ name }: { readonly name: string }): boolean => name.startsWith('x-grpc-test-echo-');
        return {
          inbound: {
            section: (section) => {
              const own = section.fields.filter(isEcho);
              if (own.length > 0) last = own;
              return section;
            },
          },
          outbound: {
            section: (section) => [
              {
                ...section,
                fields: section.fields.map((field) =>
                  isEcho(field)
                    ? { ...field, value: last?.find(({ name }) => name === field.name)?.value ?? field.value }
                    : field,
                ),
              },
            ],
          },
        };
      },
    },
    'answer-of-other': {
      says: 'A unary call gets the answer of the unary call before it on the connection',
      seams: () => {
        const paths = rememberPaths();
        const waiting = new Map<number, Uint8Array>();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) => {
              if (!isOf('UnaryCall')(paths.of(id))) return [message];
              const earlier = [...waiting.values()].at(-1);
              waiting.set(id, message);
              return [earlier ?? message];
            },
          },
        };
      },
    },
    'ninth-beside': {
      says: 'The ninth stream that is open at the same time ends with INTERNAL',
      seams: (wire) =>
        before(async () => {
          await Promise.resolve();
          if (wire.streams().length >= 9) throw new StatusError(status.INTERNAL, 'too busy');
        }, isTestService),
    },
    'message-lost-beside': {
      ...besideOnly({
        says: 'The second message of an answer is lost',
        ...onMessages((message, index) => (index === 1 ? [] : [message])),
      }),
    },
  }),
  ...mutantsOf('MUX-02-out-of-order-completion', {
    'incomplete-message': {
      says: 'While a message of an earlier stream is incomplete, later calls wait',
      seams: waitsFor(({ insideMessage }) => insideMessage),
    },
    'open-request': {
      says: 'While the request of an earlier stream is not complete, later calls wait',
      seams: waitsFor(({ remoteEnded }) => !remoteEnded),
    },
    'in-order': { says: 'Calls of a connection are served one after the other', seams: waitsFor(() => true) },
  }),
  ...mutantsOf('KA-01-ping-echo', {
    'highest-bit': {
      says: 'The first octet of a PING comes back without its highest bit',
      ...pingAck((frame) => [
        { ...frame, payload: frame.payload.map((octet, at) => (at === 0 ? octet & 0x7f : octet)) },
      ]),
    },
    'last-octet': {
      says: 'The last octet of a PING comes back as 0',
      ...pingAck((frame) => [{ ...frame, payload: frame.payload.map((octet, at) => (at === 7 ? 0 : octet)) }]),
    },
    twice: { says: 'A PING is answered twice', ...pingAck((frame) => [frame, frame]) },
    'while-waiting': {
      says: 'A PING is not answered while a stream is open',
      seams: (wire) => pingAck((frame) => (wire.streams().length > 0 ? [] : [frame])),
    },
    'good-bye': {
      says: 'A PING is answered by the end of the connection, in good order',
      seams: (wire) => pingAck(() => (wire.fail(errorCodes.NO_ERROR, ''), [])),
    },
    'without-ack': {
      says: 'A PING is answered by a PING without ACK',
      ...pingAck((frame) => [ping(frame.payload)]),
    },
    'second-not': {
      says: 'The second PING of a connection is not answered',
      seams: () => {
        let count = 0;
        return pingAck((frame) => (++count === 2 ? [] : [frame]));
      },
    },
  }),
  ...mutantsOf('KA-09-graceful-shutdown', {
    'streaming-not-waited-for': {
      says: 'A graceful shutdown does not wait for streaming calls',
      policy: { waitsForStream: (unary) => unary },
    },
    'unary-not-waited-for': {
      says: 'A graceful shutdown does not wait for unary calls',
      policy: { waitsForStream: (unary) => !unary },
    },
    'error-code': {
      says: 'A graceful shutdown says INTERNAL_ERROR',
      ...onFramesOf('GOAWAY', (frame) => [goaway(lastStreamOf(frame), errorCodes.INTERNAL_ERROR)]),
    },
  }),
  ...mutantsOf('TLS-01-alpn-h2', {
    'first-of-client': {
      says: 'ALPN takes the first protocol of the client, whatever it is',
      policy: { selectProtocol: (offered) => offered[0] },
    },
    'last-of-client': {
      says: 'ALPN takes the last protocol of the client, whatever it is',
      policy: { selectProtocol: (offered) => offered.at(-1) },
    },
    'only-alone': {
      says: 'ALPN selects h2 only when nothing unknown is offered with it',
      policy: {
        selectProtocol: (offered, correct) =>
          offered.some((one) => one !== 'h2' && one !== 'http/1.1') ? undefined : correct,
      },
    },
  }),
  ...mutantsOf('SVC-01-health-check', {
    'explicit-empty': {
      says: 'An explicitly empty service name is taken for an unknown service',
      ...aroundOne(async (call, message, handle) => {
        const { service } = decodeRequest('grpc.health.v1.HealthCheckRequest', message.octets);
        if (service === '' && message.octets.length > 0) throw new StatusError(status.NOT_FOUND, 'unknown service');
        await handle(call, message);
      }, isOf('Check')),
    },
    'empty-unknown': {
      says: 'The empty service name is taken for an unknown service when it comes in more than one DATA frame',
      policy: {
        receive: ({ frames, path }, read) => {
          if (frames > 1 && path.endsWith('/Check')) throw new StatusError(status.NOT_FOUND, 'unknown service');
          return read();
        },
      },
    },
    unimplemented: {
      says: 'A health check without a service name is answered by the status UNKNOWN of the enumeration',
      seams: () => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) =>
              paths.of(id).endsWith('/Check') ? [encodeMessage(new Uint8Array(0))] : [message],
          },
        };
      },
    },
  }),
  ...mutantsOf('DOS-01-rapid-reset', {
    'handlers-run-on': {
      says: 'The handler of a reset stream runs on, 4 KiB of it are never freed, and neither counts against a limit',
      policy: { obeysReset: false },
      seams: whenFrame('RST_STREAM', (_, __, { leaked }) => void leaked.push(new Uint8Array(4096).fill(1))),
    },
  }),
  ...mutantsOf('RPC-11-repeatable-on-one-connection', {
    'after-reset-inside-message': {
      says: 'When the client has reset a call inside a message, the next request of the connection finds no method',
      seams: (wire) => {
        let stumbles = false;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'RST_STREAM' && wire.find(frame.streamId)?.insideMessage === true) stumbles = true;
              return [frame];
            },
          },
          policy: {
            serve: (_, method) => {
              if (!stumbles) return method;
              stumbles = false;
              return undefined;
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('DOS-13-mutated-sessions', {
    'ends-the-process': {
      says: 'A frame of a length that its type cannot have ends the process when calls are open',
      endsService: true,
      seams: whenFrame('MALFORMED', (_, wire) => {
        if (wire.streams().length > 0) exitFatally();
      }),
    },
  }),
  ...mutantsOf('ALIVE-01-process-stays', {
    'twentieth-call': {
      says: 'The process ends at its twentieth call',
      endsService: true,
      provokedBy: ['RPC-01'],
      seams: (_, server) => ({
        inbound: {
          section: (section) => {
            if (++server.calls === 20) exitFatally();
            return section;
          },
        },
      }),
    },
    'after-refusals': {
      says: 'The process ends when a connection has had three calls that ended with an error',
      endsService: true,
      provokedBy: ['RPC-11', 'RESP-01', 'HPACK-12', 'TRAIL-01'],
      seams: () => {
        let errors = 0;
        return onEnd((fields) => {
          if (valueOf(fields, 'grpc-status') !== '0' && ++errors === 3) exitFatally();
          return fields;
        });
      },
    },
  }),
  ...mutantsOf('ALIVE-02-serves-on', {
    'twelfth-call': {
      says: 'From its twelfth call on the process answers none',
      endsService: true,
      provokedBy: ['RPC-01'],
      seams: (_, server) => silentFrom(server, 12),
    },
    'sixtieth-call': {
      says: 'From its sixtieth call on the process answers none',
      endsService: true,
      provokedBy: ['RPC-01', 'RPC-03', 'RESP-01'],
      seams: (_, server) => silentFrom(server, 60),
    },
  }),
  ...mutantsOf('STATUS-01-code-roundtrip', {
    'after-refusal': {
      ...afterRefusalOnly({
        says: 'The status of a call arrives as UNKNOWN',
        ...onEnd(changeField('grpc-status', (code) => (code === '0' ? code : '2'))),
      }),
      survives: {
        where: 'always',
        reason: 'the experiment makes one call on each connection; sessions of many calls are still to come',
      },
    },
  }),
];

/** Dies as a process does in which something was not caught. */
export function exitFatally(): never {
  process.stderr.write('reference server: unhandled fault in a call\n    at serve (mutant)\n');
  process.exit(2);
}

/** No call is answered from that one on. */
export function silentFrom(server: { calls: number }, first: number): Seams {
  let isDead = false;
  return {
    inbound: {
      section: (section) => {
        isDead = ++server.calls >= first;
        return section;
      },
    },
    policy: { serve: (_path, method) => (isDead ? silence : method) },
  };
}

/** A method that never answers. */
export const silence: Method = { kind: 'bidirectional-streaming', handle: (call) => call.sleep(Infinity) };

function lastStreamOf({ payload }: RawFrame): number {
  return Buffer.from(payload).readUInt32BE(0) & 0x7fffffff;
}

/** Answers of methods that are left out. @param is gets the octets behind the prefix and the place, from 0 */
function dropAnswers(applies: (path: string) => boolean, is: (length: number, index: number) => boolean): MakeSeams {
  return () => {
    const paths = rememberPaths();
    const counts = countPerStream();
    return {
      inbound: paths.inbound,
      outbound: {
        message: (message, { id }) =>
          applies(paths.of(id)) && is(message.length - 5, counts.next(id)) ? [] : [message],
      },
    };
  };
}

/** Answers without octets. */
function emptyAnswers(applies: (path: string) => boolean, is: (length: number) => boolean): MakeSeams {
  return () => {
    const paths = rememberPaths();
    return {
      inbound: paths.inbound,
      outbound: {
        message: (message, { id }) => {
          if (!applies(paths.of(id)) || !is(message.length)) return [message];
          return [encodeMessage(new Uint8Array(0))];
        },
      },
    };
  };
}

/** Responses of bidirectional calls that wait for the client. */
function heldBack(is: (length: number, index: number) => boolean): MakeSeams {
  return (wire) => {
    const paths = rememberPaths();
    const counts = countPerStream();
    const held = new Map<number, Uint8Array[]>();
    return {
      inbound: {
        ...paths.inbound,
        frame: (frame) => {
          if (frame.type === 'DATA') {
            const messages = held.get(frame.streamId) ?? [];
            held.delete(frame.streamId);
            for (const message of messages) wire.sendMessage(frame.streamId, message);
          }
          return [frame];
        },
      },
      outbound: {
        message: (message, { id, remoteEnded }) => {
          if (!isOf('FullDuplexCall')(paths.of(id)) || remoteEnded || !is(message.length, counts.next(id)))
            return [message];
          held.set(id, [...(held.get(id) ?? []), message]);
          return [];
        },
      },
    };
  };
}
