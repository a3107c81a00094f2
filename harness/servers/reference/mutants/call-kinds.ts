import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { status } from '../../../grpc/status';
import type { RequestMessage } from '../request-body';
import type { MakeSeams } from '../seams';
import { StatusError } from '../status-error';
import { aroundOne, isOf, readingItself, receiveOne } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { changeField, countPerStream, onEnd, onMessagesOf, rememberPaths, statusWhere } from './operators';

/** Answers of methods that are left out. @param is gets the octets behind the prefix and the place, from 0 */
function dropAnswers(applies: (path: string) => boolean, is: (length: number, index: number) => boolean): MakeSeams {
  return onMessagesOf(applies, (message, index) => (is(message.length - 5, index) ? [] : [message]));
}

/** Answers without octets. */
function emptyAnswers(applies: (path: string) => boolean, is: (length: number) => boolean): MakeSeams {
  return onMessagesOf(applies, (message) => [is(message.length) ? encodeMessage(new Uint8Array(0)) : message]);
}

/** The four kinds of calls, with as many messages as each may have. */
export const callKindMutants: readonly Mutant[] = [
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
];
