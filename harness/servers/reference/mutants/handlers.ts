import { status } from '../../../grpc/status';
import type { Call } from '../call';
import type { Seams } from '../seams';
import type { RequestMessage } from '../request-body';
import type { Method } from '../services/service';
import { StatusError } from '../status-error';

/** Mutants of what runs a method. */

type HandleOne = (call: Call, message: RequestMessage) => Promise<void>;

/** The methods that get one message, run in another way. */
export const aroundOne = (
  around: (call: Call, message: RequestMessage, handle: HandleOne, path: string) => Promise<void>,
  applies: (path: string, kind: Method['kind']) => boolean = () => true,
): Seams => ({
  policy: {
    serve: (path, method) =>
      method !== undefined && takesOne(method) && applies(path, method.kind)
        ? { ...method, handle: (call: Call, message: RequestMessage) => around(call, message, method.handle, path) }
        : method,
  },
});

/** The methods that get one message, run by a handler that reads its requests itself. */
export const readingItself = (
  handle: (call: Call, handle: HandleOne) => Promise<void>,
  applies: (path: string, kind: Method['kind']) => boolean = () => true,
): Seams => ({
  policy: {
    serve: (path, method) =>
      method !== undefined && takesOne(method) && applies(path, method.kind)
        ? { kind: 'bidirectional-streaming', handle: (call) => handle(call, method.handle) }
        : method,
  },
});

type OneMessage = Extract<Method, { kind: 'unary' | 'server-streaming' }>;

const takesOne = (method: Method): method is OneMessage =>
  method.kind === 'unary' || method.kind === 'server-streaming';

/** Every handler, after something else. */
export const before = (
  first: (call: Call, kind: Method['kind']) => Promise<void>,
  applies: (path: string, kind: Method['kind']) => boolean = () => true,
): Seams => ({
  policy: {
    serve: (path, method) => {
      if (method === undefined || !applies(path, method.kind)) return method;
      if (takesOne(method)) {
        return {
          ...method,
          handle: async (call: Call, message: RequestMessage) => {
            await first(call, method.kind);
            await method.handle(call, message);
          },
        };
      }
      return {
        ...method,
        handle: async (call: Call) => {
          await first(call, method.kind);
          await method.handle(call);
        },
      };
    },
  },
});

/** One message and the half-close, or the refusal of anything else. */
export async function receiveOne(call: Call): Promise<RequestMessage | undefined> {
  const message = await call.receive();
  if (message !== undefined && (await call.receive()) !== undefined)
    throw new StatusError(status.UNIMPLEMENTED, 'more than one request message');
  return message;
}

export const isOf =
  (...methods: readonly string[]) =>
  (path: string): boolean =>
    methods.some((method) => path.endsWith(`/${method}`));

export const isHerbarium = (path: string): boolean => path.startsWith('/botany.v1.Herbarium/');
export const isTestService = (path: string): boolean => path.startsWith('/grpc.testing.TestService/');
