import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Handlers, StatusError, type StreamContext } from './handlers';
import type { CallCounters, Counters, Thresholds } from './call-counters';

export const probeServiceName = 'grpcconform.v1.Probe';

/** More replies before the exception are refused. */
const maxThrowMessages = 10_000;

interface AwaitCountersRequest extends Thresholds {
  readonly key: string;
  readonly withinMs: number;
}

interface ThrowReply {
  readonly index: number;
}

/** grpcconform.v1.Probe: tells what was counted. Its own calls are not counted. */
export function implementProbe(counters: CallCounters): UntypedServiceImplementation {
  const handlers = new Handlers();
  return {
    Reset: handlers.unary<{ readonly key: string }, object>(async ({ key }) => {
      counters.reset(key);
      return {};
    }),
    AwaitCounters: handlers.unary<AwaitCountersRequest, Counters>(({ key, withinMs, ...thresholds }, { signal }) =>
      counters.waitFor(key, thresholds, withinMs, signal),
    ),
    Throw: handlers.serverStreaming<{ readonly afterMessages: number }, ThrowReply>(({ afterMessages }, context) => {
      // Thrown before anything asynchronous, the exception reaches grpc-js itself.
      if (afterMessages === 0) throw new Error('The exception that was asked for.');
      return throwAfter(afterMessages, context);
    }),
  };
}

async function throwAfter(messages: number, { send }: StreamContext<ThrowReply>): Promise<never> {
  if (messages > maxThrowMessages) {
    throw new StatusError(status.INVALID_ARGUMENT, `At most ${maxThrowMessages} replies can be asked for.`);
  }
  for (let index = 0; index < messages; index += 1) await send({ index });
  throw new Error('The exception that was asked for.');
}
