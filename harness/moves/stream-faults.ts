import { encodeMessage } from '../grpc/length-prefixed-message';
import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { fullDuplexCall, unaryCall } from '../grpc/test-service';
import type { TargetFacts } from '../facts/target-facts';
import { data, windowUpdate } from '../wire/builders';
import type { FieldSpec } from '../wire/hpack/encoder';
import { maxWindow } from '../wire/settings';

/** A fault that RFC 9113 §5.4.2 or the documents of gRPC make one of its stream alone. */
interface StreamFault {
  readonly isOffered?: (facts: TargetFacts) => boolean;
  /** Writes it on a new stream, with nothing to wait for. */
  readonly write: (script: PlanBuilder, facts: TargetFacts) => CallWriter;
}

/** A unary call that asks for little, and is not legal. */
const callWith =
  (options: {
    readonly fields?: (ordinary: readonly FieldSpec[]) => readonly FieldSpec[];
    readonly body?: Uint8Array;
    readonly timeout?: string;
    readonly encoding?: string;
  }): StreamFault['write'] =>
  (script) =>
    script.call(unaryCall({ responseSize: 3 }), { ...options, legal: false, awaitEnd: false });

/** A request whose fields are malformed (RFC 9113 §8.1.1). */
const malformed = (field: FieldSpec): StreamFault => ({ write: callWith({ fields: (all) => [...all, field] }) });

/** A request with another value of an ordinary field. */
const changed = (name: string, value: string): StreamFault => ({
  write: callWith({ fields: (all) => all.map((field) => (field.name === name ? { ...field, value } : field)) }),
});

/** A conversation that is open: its handler has sent one answer. */
function openCall(script: PlanBuilder): CallWriter {
  const request = fullDuplexCall([{ responses: [{ size: 1 }] }]);
  return script.begin(request, { legal: false }).sendMessages(request.messages).awaitMessages(1);
}

/** Something that is done to an open conversation, which is half-closed then, so that it ends where nobody takes offence. */
const onOpenCall = (act: (script: PlanBuilder, call: CallWriter) => void): StreamFault => ({
  isOffered: ({ offers }) => offers.includes('bidirectional-streaming'),
  write: (script) => {
    const call = openCall(script);
    act(script, call);
    return call.halfClose();
  },
});

/** Of a second field block. */
const moreFields: readonly FieldSpec[] = [{ name: 'x-second', value: 'a' }];

const table = {
  'an upper-case name': malformed({ name: 'X-Upper', value: 'a' }),
  'a blank in a name': malformed({ name: 'x a', value: 'a' }),
  'NUL in a value': malformed({ name: 'x-a', value: 'a\0b' }),
  'a connection field': malformed({ name: 'connection', value: 'close' }),
  'transfer-encoding': malformed({ name: 'transfer-encoding', value: 'chunked' }),
  'an unknown pseudo-header field': malformed({ name: ':x', value: 'a' }),
  'a lie in content-length': malformed({ name: 'content-length', value: '1' }),
  'no :path': { write: callWith({ fields: (all) => all.filter(({ name }) => name !== ':path') }) },
  'base64 that cannot be decoded': malformed({ name: 'x-a-bin', value: '%%%' }),
  'a timeout without a number': { write: callWith({ timeout: 'S' }) },
  'te: gzip': changed('te', 'gzip'),
  'another content-type': changed('content-type', 'application/json'),
  GET: changed(':method', 'GET'),
  HEAD: changed(':method', 'HEAD'),
  'a path without a slash': changed(':path', 'grpc.testing.TestService'),
  'gzip that cannot be decoded': {
    write: callWith({ encoding: 'gzip', body: encodeMessage(new Uint8Array(40).fill(7), { compressedFlag: 1 }) }),
  },
  'an encoding that nobody has': {
    write: callWith({ encoding: 'x-none', body: encodeMessage(new Uint8Array(4), { compressedFlag: 1 }) }),
  },
  'a message that ends too soon': { write: callWith({ body: encodeMessage(new Uint8Array(4), { length: 9 }) }) },
  'a message that is too large': {
    isOffered: ({ messageLimit }: TargetFacts) => messageLimit !== undefined,
    write: (script: PlanBuilder, facts: TargetFacts) =>
      callWith({ body: encodeMessage(new Uint8Array(4), { length: (facts.messageLimit ?? 0) + 1 }) })(script, facts),
  },
  'a second HEADERS': onOpenCall((_, call) => void call.sendTrailers(moreFields, { endStream: false })),
  'request trailers': {
    write: (script: PlanBuilder) => {
      const { messages, ...method } = unaryCall({ responseSize: 3 });
      return script.begin(method, { legal: false }).sendMessages(messages).sendTrailers(moreFields);
    },
  },
  'WINDOW_UPDATE of 0': onOpenCall((script, { stream }) => void script.frame(windowUpdate(stream, 0))),
  'a window that overflows': onOpenCall((script, { stream }) => void script.frame(windowUpdate(stream, maxWindow))),
  'DATA behind END_STREAM': {
    write: (script: PlanBuilder) => {
      const call = script.call(unaryCall({ responseSize: 3 }), { legal: false, awaitEnd: false });
      script.frame(data(call.stream, new Uint8Array(3)));
      return call;
    },
  },
  'a reset': { write: (script: PlanBuilder) => script.begin(unaryCall()).reset() },
  'two resets': { write: (script: PlanBuilder) => script.begin(unaryCall()).reset().reset() },
} as const satisfies Readonly<Record<string, StreamFault>>;

export type StreamFaultName = keyof typeof table;

/** The faults that a target can be asked to bear. */
export const streamFaultsFor = (facts: TargetFacts): readonly StreamFaultName[] =>
  (Object.keys(table) as readonly StreamFaultName[]).filter((name) => {
    const fault: StreamFault = table[name];
    return fault.isOffered?.(facts) ?? true;
  });

/** Commits a fault on a new stream. @returns the call, for whoever waits for what becomes of it */
export const commitFault = (script: PlanBuilder, name: StreamFaultName, facts: TargetFacts): CallWriter =>
  table[name].write(script, facts);
