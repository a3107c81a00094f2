import { status } from '../../../grpc/status';
import type { RequestMessage } from '../request-body';
import type { MakeSeams } from '../seams';
import { StatusError } from '../status-error';
import { aroundOne, before, isOf, isTestService } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { besideOnly, onMessages, rememberPaths } from './operators';

/** Unary calls of a connection are answered by the request that came last. @param milliseconds that handlers wait for another one */
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

/** Calls of one connection that get into the way of each other. */
export const isolationMutants: readonly Mutant[] = [
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
];
