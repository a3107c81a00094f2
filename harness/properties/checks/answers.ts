import type { Call, ReceivedMessage } from '../../grpc/call';
import { inflate } from '../../grpc/compression';
import type { Answer } from '../../grpc/outcome';
import { fieldValue } from '../../grpc/metadata';
import {
  decodeSimpleResponse,
  decodeStreamingInputCallResponse,
  decodeStreamingOutputCallResponse,
  type SimpleResponse,
} from '../../grpc/test-service';
import { countOf } from '../../wire/escape-octets';
import type { Breach } from '../../rules/violation';
import { callBreach, isOk, wrongCount } from './expectations';

/**
 * What the handlers of grpc.testing.TestService answer (interop-test-descriptions.md): payloads of zero octets in the sizes asked for, and sums. Each check
 * says what did not hold, nothing when all is well. How a server encodes these messages, and whether it compresses them, is its own affair.
 */

/** Status OK with what the handler was asked for. */
export function answersAs(call: Call, answer: Answer): readonly Breach[] {
  switch (answer.of) {
    case 'empty':
      return answersEmpty(call);
    case 'payload':
      return answersUnary(call, answer.octets);
    case 'sum':
      return answersSum(call, answer.octets);
    case 'stream':
      return answersStream(call, answer.sizes);
  }
}

/** UnaryCall: status OK after one message whose payload has that many zero octets. */
export function answersUnary(call: Call, size: number): readonly Breach[] {
  return firstOf(call, () => hasPayloads(call, [size], decodeSimpleResponse));
}

/** UnaryCall that we reset around the time of its answer: the whole of it, or nothing more once it was cut; what arrived is what was asked for. */
export function isWholeOrCut(call: Call, size: number): readonly Breach[] {
  if (call.shape !== 'reset' || call.reset?.by !== 'client') return answersUnary(call, size);
  return call.messages.length === 0 ? [] : hasPayloads(call, [size], decodeSimpleResponse);
}

/** StreamingOutputCall, FullDuplexCall and HalfDuplexCall: status OK after messages of these payload sizes, in this order. */
export function answersStream(call: Call, sizes: readonly number[]): readonly Breach[] {
  return firstOf(call, () => hasStreamed(call, sizes));
}

/** The messages of {@link answersStream}; says nothing about the end of the call. */
export function hasStreamed(call: Call, sizes: readonly number[]): readonly Breach[] {
  return hasPayloads(call, sizes, decodeStreamingOutputCallResponse);
}

/** StreamingInputCall: status OK after one message with that sum of payload octets. */
export function answersSum(call: Call, sum: number): readonly Breach[] {
  return firstOf(call, () => hasSum(call, sum));
}

/** EmptyCall: status OK after one message of no octets. */
export function answersEmpty(call: Call): readonly Breach[] {
  return firstOf(call, () => {
    const [message] = call.messages;
    if (call.messages.length !== 1 || message === undefined) return [wrongCount(call, exactly(1))];
    const length = plainOctets(call, message)?.length;
    if (length === 0) return [];
    return [wrongMessage(call, 'a message of no octets', `the message has ${length ?? 'undecodable'} octets`)];
  });
}

/** The message as the handler made it: inflated where its Compressed-Flag says so; undefined when that fails. */
export function plainOctets(call: Call, message: ReceivedMessage): Uint8Array | undefined {
  if (message.compressedFlag === 0) return message.octets;
  const encoding = fieldValue(call.headers ?? [], 'grpc-encoding');
  if (encoding !== 'gzip' && encoding !== 'deflate') return undefined;
  const inflated = inflate(encoding, message.octets, largestAnswer);
  return inflated.ok ? inflated.octets : undefined;
}

/** Octets; far above every answer that a property asks for. */
const largestAnswer = 16 * 1024 * 1024;

function hasPayloads(
  call: Call,
  sizes: readonly number[],
  decode: (octets: Uint8Array) => SimpleResponse | undefined,
): readonly Breach[] {
  if (call.messages.length !== sizes.length) return [wrongCount(call, exactly(sizes.length))];
  for (const [index, size] of sizes.entries()) {
    const message = call.messages[index];
    const plain = message && plainOctets(call, message);
    const payload = plain && decode(plain)?.payload;
    const fault = findPayloadFault(payload, size);
    if (fault === undefined) continue;
    const which = sizes.length === 1 ? 'the message' : `message ${index} of ${sizes.length}`;
    const came = payload === undefined || payload.length === size ? {} : { payload: payload.length };
    return [{ ...wrongMessage(call, `${which} ${describeWanted(size)}`, `${which} ${fault}`), ...came }];
  }
  return [];
}

const describeWanted = (size: number): string =>
  size === 0 ? 'with an empty payload' : `with a payload of ${countOf(size, 'octet')}, all of them zero`;

function findPayloadFault(payload: Uint8Array | undefined, size: number): string | undefined {
  if (payload === undefined) return 'cannot be decoded';
  if (payload.length !== size) return `has a payload of ${countOf(payload.length, 'octet')}, not ${size}`;
  const at = payload.findIndex((octet) => octet !== 0);
  return at === -1 ? undefined : `has a payload whose octet ${at} is not zero`;
}

function hasSum(call: Call, sum: number): readonly Breach[] {
  const [message] = call.messages;
  if (call.messages.length !== 1 || message === undefined) return [wrongCount(call, exactly(1))];
  const plain = plainOctets(call, message);
  const answer = plain && decodeStreamingInputCallResponse(plain);
  if (answer?.aggregatedPayloadSize === sum) return [];
  const observed =
    answer === undefined ? 'the answer cannot be decoded' : `the answer says ${answer.aggregatedPayloadSize} octets`;
  return [wrongMessage(call, `an answer that says ${sum} octets of payload`, observed)];
}

const exactly = (count: number): string => `exactly ${countOf(count, 'message')} in the answer`;

function wrongMessage(call: Call, expected: string, observed: string): Breach {
  return { ...callBreach(call, expected, observed), reaction: 'wrong message' };
}

/**
 * A call that did not end well is not asked for its messages as well: one reason is enough. Where trailers came that lack nothing but the status, the messages are all
 * there, and other ones say more: what is missing from trailers a rule of all traffic tells.
 */
function firstOf(call: Call, next: () => readonly Breach[]): readonly Breach[] {
  const ended = isOk(call);
  if (ended.length === 0) return next();
  const isComplete = call.messages.length > 0 && ended.every(({ reaction }) => reaction === 'no grpc-status');
  const content = isComplete ? next() : [];
  return content.length > 0 ? content : ended;
}
