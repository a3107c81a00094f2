// The handlers of grpc.testing.TestService. UnimplementedCall is left out on purpose. `response_compressed` and `expect_compressed` have no effect: Connect
// compresses what is long enough whenever the client accepts it, and does not tell a handler whether a message was compressed.
import { setTimeout as wait } from 'node:timers/promises';
import { Code, ConnectError, decodeBinaryHeader, encodeBinaryHeader } from '@connectrpc/connect';

const echoInitialName = 'x-grpc-test-echo-initial';
const echoTrailingName = 'x-grpc-test-echo-trailing-bin';

/** Larger answers are refused: one small request shall not make the server hold gigabytes. */
const maxResponseSize = 64 * 1024 * 1024;

export const testService = {
  emptyCall(_request, context) {
    echoMetadata(context);
    return {};
  },
  unaryCall: answerSimple,
  cacheableUnaryCall: answerSimple,
  async *streamingOutputCall(request, context) {
    echoMetadata(context);
    yield* answer(request, context);
  },
  async streamingInputCall(requests, context) {
    echoMetadata(context);
    let sum = 0;
    for await (const { payload } of requests) sum += payload?.body.length ?? 0;
    // The field is an int32; what does not fit wraps around, as in the servers of other languages.
    return { aggregatedPayloadSize: sum | 0 };
  },
  async *fullDuplexCall(requests, context) {
    echoMetadata(context);
    for await (const request of requests) yield* answer(request, context);
  },
  async *halfDuplexCall(requests, context) {
    echoMetadata(context);
    const received = [];
    for await (const { responseParameters, responseStatus } of requests) {
      // The payloads are not kept: only what is asked for matters after the half-close.
      received.push({ responseParameters, responseStatus });
    }
    for (const request of received) yield* answer(request, context);
  },
};

function answerSimple(request, context) {
  echoMetadata(context);
  throwAskedStatus(request.responseStatus);
  return { payload: zeros(request.responseSize) };
}

/** A status asked for takes the place of the answers of its request, as in the servers of other languages. */
async function* answer({ responseParameters, responseStatus }, { signal }) {
  throwAskedStatus(responseStatus);
  for (const { size, intervalUs } of responseParameters) {
    if (intervalUs > 0) await pause(Math.ceil(intervalUs / 1000), signal);
    yield { payload: zeros(size) };
  }
}

/** Waits that many milliseconds. @throws ConnectError as soon as the call is over: the reason of the signal says whether it was cancelled or ran out of time. */
async function pause(milliseconds, signal) {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}

function echoMetadata({ requestHeader, responseHeader, responseTrailer }) {
  const initial = requestHeader.get(echoInitialName);
  if (initial !== null) responseHeader.set(echoInitialName, initial);
  const trailing = requestHeader.get(echoTrailingName);
  // Binary values and lists of them are left to the handler.
  for (const value of trailing?.split(',') ?? []) {
    responseTrailer.append(echoTrailingName, encodeBinaryHeader(decodeBinaryHeader(value.trim())));
  }
}

function throwAskedStatus(asked) {
  if (asked === undefined || asked.code === 0) return;
  throw new ConnectError(asked.message, Code[asked.code] === undefined ? Code.Unknown : asked.code);
}

function zeros(size) {
  if (size < 0) throw new ConnectError(`A payload cannot have ${size} octets.`, Code.InvalidArgument);
  if (size > maxResponseSize) {
    throw new ConnectError(
      `A payload of ${size} octets exceeds the limit of ${maxResponseSize}.`,
      Code.ResourceExhausted,
    );
  }
  return { body: new Uint8Array(size) };
}
