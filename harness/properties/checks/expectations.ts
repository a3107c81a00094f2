import type { ConnectionView } from '../../transcript/connection-view';
import type { Call } from '../../grpc/call';
import { describeStatus } from '../../grpc/status';
import { errorCodes } from '../../wire/error-codes';
import type { Breach } from '../../rules/violation';
import { rowOfFault } from '../../rules/hpack';
import { httpAnswerBreach, isAnsweredInFront } from '../../rules/http-answers';
import {
  callReaction,
  connectionReaction,
  describeAnswer,
  describeCall,
  errorGoaway,
  hasConnectionError,
  isUnreadable,
} from '../../rules/reaction';

/**
 * The outcome words of the rule catalogue as checks: each returns what did not hold, nothing when all is well. They name no rule: the engine
 * files what they return under the property's own row.
 */

/** GS: a legal response shape that ends with one of these statuses; `unusual` ones are right in kind and only warned about. */
export function endsWithStatus(
  call: Call,
  statuses: readonly number[],
  unusual: readonly number[] = [],
): readonly Breach[] {
  const expected = `an answer that ends with status ${statuses.map(describeStatus).join(' or ')}`;
  const isGrpc = call.shape === 'normal' || call.shape === 'trailers-only';
  if (isGrpc && call.status !== undefined && statuses.includes(call.status)) return [];
  const breach = callBreach(call, expected);
  return isGrpc && call.status !== undefined && unusual.includes(call.status)
    ? [{ ...breach, severity: 'warn' }]
    : [breach];
}

/** The call ended with status OK. */
export const isOk = (call: Call): readonly Breach[] => endsWithStatus(call, [0]);

/** OKCALL: status OK and exactly these messages, octet for octet. */
export function isOkWith(call: Call, messages: readonly Uint8Array[]): readonly Breach[] {
  return [...isOk(call), ...hasMessages(call, messages)];
}

/** Status OK and exactly that many messages. */
export function isOkWithCount(call: Call, count: number): readonly Breach[] {
  const ok = isOk(call);
  if (ok.length > 0 || call.messages.length === count) return ok;
  return [wrongCount(call, `status OK after ${plural(count, 'message')}`)];
}

/** Exactly these messages, octet for octet; says nothing about the end. */
export function hasMessages(call: Call, messages: readonly Uint8Array[]): readonly Breach[] {
  if (call.messages.length !== messages.length) {
    return [wrongCount(call, plural(messages.length, 'message'))];
  }
  const wrong = messages.findIndex((message, index) => !isEqual(message, call.messages[index]?.octets));
  if (wrong === -1) return [];
  const got = call.messages[wrong]?.octets.length ?? 0;
  return [
    {
      ...callBreach(
        call,
        `message ${wrong} of ${messages.length} with the ${messages[wrong]?.length ?? 0} octets that the handler sends`,
      ),
      observed: `message ${wrong} of ${messages.length} has other octets (${got} of them)`,
      reaction: 'wrong message',
    },
  ];
}

/**
 * REJ: refused in any visible way: a stream or connection error, an HTTP answer of 4xx or 5xx, or a status other than OK (RFC 9113 §8.1.1).
 * Executed, silent and half-answered are the failures.
 */
export function isRejected(call: Call): readonly Breach[] {
  if (isRefusal(call)) return [];
  return [callBreach(call, 'a refusal: a stream or connection error, HTTP 4xx or 5xx, or a status other than OK')];
}

/** True when {@link isRejected} finds nothing. */
export function isRefusal(call: Call): boolean {
  switch (call.shape) {
    case 'reset':
      return call.reset?.by === 'target' && call.reset.errorCode !== errorCodes.NO_ERROR;
    case 'refused':
    case 'closed':
      return true;
    case 'http':
      return (call.httpStatus ?? 0) >= 400;
    case 'normal':
    case 'trailers-only':
      return call.status !== undefined && call.status !== 0;
    case 'open':
      return false;
  }
}

/** SE: RST_STREAM with an error code, or a connection error (RFC 9113 §5.4.2). */
export function isStreamError(call: Call, view: ConnectionView): readonly Breach[] {
  const isReset = call.reset?.by === 'target' && call.reset.errorCode !== errorCodes.NO_ERROR;
  const isResetLate = call.resetAfterEnd !== undefined && call.resetAfterEnd.errorCode !== errorCodes.NO_ERROR;
  if (isReset || isResetLate || call.shape === 'refused' || hasConnectionError(view)) return [];
  // That the stream goes on is the fault; whether its script gives it what it needs to end is another matter, and so it is no hang.
  const { mark: _, ...breach } = callBreach(call, 'a stream error (RST_STREAM) or a connection error');
  return [breach];
}

/** CE: GOAWAY with an error code, or a close by the target (RFC 9113 §5.4.1). */
export function isConnectionError(view: ConnectionView): readonly Breach[] {
  if (hasConnectionError(view)) return [];
  return [
    {
      observed: 'the connection stayed open',
      expected: 'a connection error: GOAWAY with an error code, or a closed connection',
      reaction: connectionReaction(view),
    },
  ];
}

/** The connection is still there: the target has neither closed it nor announced an error. */
export function staysOpen(view: ConnectionView): readonly Breach[] {
  if (!hasConnectionError(view)) return [];
  // How long a connection lives is the target's own affair (RFC 9113 §6.8, §9.1): an end that it announces without an error is none of a rule's.
  const isInOrder = errorGoaway(view) === undefined && view.received.some(({ frame }) => frame.type === 'GOAWAY');
  return [
    {
      ...(isInOrder ? { severity: 'info' as const } : {}),
      observed: `the target ended the connection (${connectionReaction(view)})`,
      expected: 'a connection that stays open',
      reaction: connectionReaction(view),
    },
  ];
}

/**
 * Something that did not hold for a call: the start for checks of a property's own. An answer that never ends is marked as a hang, and one that came from what
 * stands in front of the server, or that cannot be read, is filed where it belongs ({@link httpAnswerBreach}, {@link rowOfFault}), once for all properties.
 */
export function callBreach(call: Call, expected: string, observed?: string): Breach {
  return {
    observed: observed ?? (call.shape === 'open' ? 'the call never ended' : describeAnswer(call)),
    expected,
    reaction: callReaction(call),
    ...(call.shape === 'open' ? { mark: 'hang' } : {}),
    ...(isAnsweredInFront(call) ? httpAnswerBreach(call.plan, call.httpStatus ?? 0) : {}),
    ...(isUnreadable(call) ? { rule: rowOfFault(call.undecodable.rule) } : {}),
    ...(call.lastPacket === undefined ? {} : { at: { connection: call.plan.connection, packet: call.lastPacket } }),
    call: { connection: call.plan.connection, stream: call.plan.stream },
  };
}

/** That a call was answered with another number of messages than it should: `status OK (0) after no message`. */
export function wrongCount(call: Call, expected: string): Breach {
  const count = call.messages.length;
  const isNone = count === 0 && call.shape !== 'open';
  // The number is what is wrong; that the status is missing as well another rule tells.
  const isFirst = count > 0 && callReaction(call) === 'no grpc-status';
  const observed = isNone
    ? `${describeCall(call)} after no message`
    : isFirst
      ? `${plural(count, 'message')}, then no grpc-status`
      : undefined;
  return { ...callBreach(call, expected, observed), reaction: 'wrong message count' };
}

/** Wraps the breaches of a check in a milder severity. */
export const asWarnings = (breaches: readonly Breach[]): readonly Breach[] =>
  breaches.map((breach) => (breach.mark === undefined ? { ...breach, severity: breach.severity ?? 'warn' } : breach));

/** Octet for octet. */
export function isEqual(want: Uint8Array, got: Uint8Array | undefined): boolean {
  return got !== undefined && want.length === got.length && want.every((octet, index) => octet === got[index]);
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
