import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Metadata,
  status,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerErrorResponse,
} from '@grpc/grpc-js';
import type { CallCounters, RunningCall } from './call-counters';

/** The metadata that names the counters of a call; see protos/grpcconform/v1/probe.proto. */
const conformKeyName = 'x-grpc-conform-key';

/** What a handler sees of its call besides the messages. */
export interface HandlerContext {
  readonly metadata: Metadata;
  /** Sent with the status, whichever it is. */
  readonly trailers: Metadata;
  /** Fires when the call is over before the handler is: cancelled, past its deadline, or its connection lost. */
  readonly signal: AbortSignal;
  readonly sendMetadata: (metadata: Metadata) => void;
}

/** The context of a handler that answers with a stream. */
export interface StreamContext<Response> extends HandlerContext {
  /** Sends one message and resolves when the next may follow. @throws AbortError once the call is over. */
  readonly send: (response: Response) => Promise<void>;
}

/** Thrown by a handler to end its call with a status. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export interface HandlersOptions {
  /** Where calls are counted; calls of services without it are not. */
  readonly counters?: CallCounters;
  /** Done before each handler. */
  readonly prepare?: (context: HandlerContext) => void;
}

/** What the four kinds of grpc-js calls have in common. */
interface ServerCall {
  readonly metadata: Metadata;
  readonly sendMetadata: (metadata: Metadata) => void;
  once(event: 'cancelled', listener: () => void): unknown;
}

interface Outcome<Result> {
  readonly succeed: (result: Result, trailers: Metadata) => void;
  readonly fail: (error: ServerErrorResponse) => void;
}

/** Turns promise-returning functions into grpc-js handlers: one place that counts calls, waits where a stream is full, and ends every call exactly once. */
export class Handlers {
  readonly #options: HandlersOptions;

  constructor(options: HandlersOptions = {}) {
    this.#options = options;
  }

  unary<Request, Response>(
    handler: (request: Request, context: HandlerContext) => Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      this.#run<Response>(
        call,
        (context, running) => {
          running?.receiveMessage();
          return handler(call.request, context);
        },
        { succeed: (response, trailers) => callback(null, response, trailers), fail: (error) => callback(error) },
      );
    };
  }

  clientStreaming<Request, Response>(
    handler: (requests: AsyncIterable<Request>, context: HandlerContext) => Promise<Response>,
  ): handleClientStreamingCall<Request, Response> {
    return (call, callback) => {
      this.#run<Response>(
        call,
        (context, running) => handler(receive<Request>(call, running, context.signal), context),
        {
          succeed: (response, trailers) => callback(null, response, trailers),
          fail: (error) => callback(error),
        },
      );
    };
  }

  serverStreaming<Request, Response>(
    handler: (request: Request, context: StreamContext<Response>) => Promise<void>,
  ): handleServerStreamingCall<Request, Response> {
    return (call) => {
      this.#run<void>(
        call,
        (context, running) => {
          running?.receiveMessage();
          return handler(call.request, { ...context, send: sender(call, context.signal) });
        },
        { succeed: (_, trailers) => call.end(trailers), fail: (error) => call.emit('error', error) },
      );
    };
  }

  bidirectionalStreaming<Request, Response>(
    handler: (requests: AsyncIterable<Request>, context: StreamContext<Response>) => Promise<void>,
  ): handleBidiStreamingCall<Request, Response> {
    return (call) => {
      this.#run<void>(
        call,
        (context, running) =>
          handler(receive<Request>(call, running, context.signal), { ...context, send: sender(call, context.signal) }),
        { succeed: (_, trailers) => call.end(trailers), fail: (error) => call.emit('error', error) },
      );
    };
  }

  #run<Result>(
    call: ServerCall,
    body: (context: HandlerContext, running: RunningCall | undefined) => Promise<Result>,
    { succeed, fail }: Outcome<Result>,
  ): void {
    const key = call.metadata.get(conformKeyName)[0];
    const running = key === undefined ? undefined : this.#options.counters?.start(String(key));
    const abort = new AbortController();
    call.once('cancelled', () => {
      running?.cancel();
      abort.abort();
    });
    const context: HandlerContext = {
      metadata: call.metadata,
      trailers: new Metadata(),
      signal: abort.signal,
      sendMetadata: (metadata) => call.sendMetadata(metadata),
    };
    let result: Promise<Result>;
    try {
      this.#options.prepare?.(context);
      result = body(context, running);
    } catch (error) {
      // grpc-js has an answer of its own to a handler that throws; it shall be the one that is seen.
      running?.finish();
      throw error;
    }
    result.then(
      (value) => {
        running?.finish();
        succeed(value, context.trailers);
      },
      (error: unknown) => {
        running?.finish();
        if (!abort.signal.aborted) fail(describeFailure(error, context.trailers));
      },
    );
  }
}

function describeFailure(error: unknown, trailers: Metadata): ServerErrorResponse {
  // The text of an unexpected error is for the log of the server, not for its clients.
  const { code, message } =
    error instanceof StatusError ? error : { code: status.UNKNOWN, message: 'The handler failed.' };
  return Object.assign(new Error(message), { code, details: message, metadata: trailers });
}

/** The messages of a request as they are asked for. Leaving the loop early leaves the call open, so that a status can still be sent. */
async function* receive<Request>(
  call: { iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<Request> },
  running: RunningCall | undefined,
  signal: AbortSignal,
): AsyncGenerator<Request> {
  for await (const message of call.iterator({ destroyOnReturn: false })) {
    running?.receiveMessage();
    yield message;
  }
  // In grpc-js a request that was reset ends like a complete one; that it was cancelled is told some ticks later in the same turn.
  await nextTurn();
  signal.throwIfAborted();
}

function sender<Response>(
  call: NodeJS.EventEmitter & { write(response: Response): boolean },
  signal: AbortSignal,
): (response: Response) => Promise<void> {
  return async (response) => {
    signal.throwIfAborted();
    if (!call.write(response)) await once(call, 'drain', { signal });
  };
}
