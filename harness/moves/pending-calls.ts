import type { CallRequest } from '../grpc/call-request';
import { encodeMessage } from '../grpc/length-prefixed-message';
import type { Answer } from '../grpc/outcome';
import type { CallOptions, CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { fullDuplexCall, streamingInputCall, streamingOutputCall, unaryCall } from '../grpc/test-service';
import { joinOctets } from '../wire/join-octets';

export interface PendingOptions extends Pick<CallOptions, 'on' | 'role'> {
  /** Octets of the request that are sent at first, where that is a matter of octets; at most {@link pendingOctets}. */
  readonly sent?: number;
  /** True: whoever finishes it waits for a connection error as well. */
  readonly mayFail?: boolean;
}

/** A call that is not done: how it begins, and what must come of it as if nothing had come in between. */
export interface PendingCall {
  /** Writes the beginning. @returns what writes the rest, and the wait for its end. */
  readonly begin: (script: PlanBuilder, options?: PendingOptions) => () => CallWriter;
  readonly answer: Answer;
}

/** Octets of every request that can be cut anywhere, prefix included, at least. */
export const pendingOctets = 104;

const awaitEnd = (call: CallWriter, mayFail = false): CallWriter =>
  mayFail ? call.awaitEndOrError() : call.awaitEnd();

/** Milliseconds between slow answers: enough for something to happen in between. */
const interval = 200;

/** Sends some octets of a request, later the others. The request is made when it is needed: making one loads the message types. */
const cut = (request: () => CallRequest, answer: Answer): PendingCall => ({
  begin: (script, { sent = 20, mayFail, ...options } = {}) => {
    const { messages, ...method } = request();
    const body = joinOctets(messages.map((message) => encodeMessage(message)));
    const call = script.begin(method, options);
    // An empty DATA frame would be legal, and is another rule's subject (MSG-04).
    if (sent > 0) call.sendOctets(body.subarray(0, sent));
    return () => awaitEnd(call.sendOctets(body.subarray(sent), { endStream: true }), mayFail);
  },
  answer,
});

const payload = new Uint8Array(100);

/** Sizes of answers, enough of them for a request that can be cut. */
const questioned = [1, 2, 3, 4, 5, 6];

const conversation: PendingCall = {
  begin: (script, { mayFail, ...options } = {}) => {
    const { messages, ...method } = fullDuplexCall([{ responses: [{ size: 5 }] }, { responses: [{ size: 7 }] }]);
    const call = script.begin(method, options).sendMessages(messages.slice(0, 1)).awaitMessages(1);
    return () => awaitEnd(call.sendMessages(messages.slice(1), { endStream: true }), mayFail);
  },
  answer: { of: 'stream', sizes: [5, 7] },
};

const slowAnswers: PendingCall = {
  begin: (script, { mayFail, ...options } = {}) => {
    const late = { size: 9, intervalUs: interval * 1000 };
    const call = script.call(streamingOutputCall({ responses: [late, late] }), { ...options, awaitEnd: false });
    return () => awaitEnd(call, mayFail);
  },
  answer: { of: 'stream', sizes: [9, 9] },
};

/** Calls that are under way, by what has happened so far. */
export const pendingCalls = {
  'half a message': cut(() => unaryCall({ payload, responseSize: 11 }), { of: 'payload', octets: 11 }),
  'half an upload': cut(() => streamingInputCall([{ payload }]), { of: 'sum', octets: payload.length }),
  'half a question': cut(() => streamingOutputCall({ responses: questioned.map((size) => ({ size })) }), {
    of: 'stream',
    sizes: questioned,
  }),
  'a header': cut(() => fullDuplexCall([]), { of: 'stream', sizes: [] }),
  'a conversation': conversation,
  'slow answers': slowAnswers,
} as const;
