import type { Call } from '../../grpc/call';
import { fieldValues, splitFieldValues } from '../../grpc/metadata';
import { fillerName } from '../../grpc/test-service';
import { quoted } from '../../rules/quoted';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { errorCodeName, errorCodes } from '../../wire/error-codes';
import { callBreach } from './expectations';

/** A gRPC answer that has ended with a status. */
const hasStatus = ({ shape, status }: Call): boolean =>
  (shape === 'normal' || shape === 'trailers-only') && status !== undefined;

/** Early Server Closure: trailers before the end of the request are followed by RST_STREAM(NO_ERROR). Says nothing of a call without a status. */
export function closesEarly(call: Call): readonly Breach[] {
  if (!hasStatus(call) || call.times.halfClosed !== undefined) return [];
  const code = call.resetAfterEnd?.errorCode;
  if (code === errorCodes.NO_ERROR) return [];
  const observed =
    code === undefined
      ? 'trailers before the end of the request, and no RST_STREAM'
      : `RST_STREAM(${errorCodeName(code)}) after trailers before the end of the request`;
  const breach = callBreach(call, 'RST_STREAM(NO_ERROR) after early trailers', observed);
  return [
    { ...breach, reaction: code === undefined ? 'no RST after early end' : 'RST with another code', severity: 'warn' },
  ];
}

/**
 * HEADERS take no credit (RFC 9113 §5.2.1): once all messages have come, the trailers do, before we grant anything. A server whose messages are longer than
 * was reckoned still waits with DATA then, and nothing is said of it.
 *
 * @param messages that the handler sends
 */
export function endsWithoutCredit(call: Call, view: ConnectionView, messages: number): readonly Breach[] {
  const { opened, end } = call.times;
  const granted = view.sent.find(
    ({ frame, by, at }) => frame.type === 'WINDOW_UPDATE' && typeof by === 'number' && at > (opened ?? Infinity),
  );
  if (granted === undefined || call.messages.length < messages || call.rest > 0) return [];
  const hasAll = call.messages.every(({ at }) => at <= granted.at);
  if (!hasAll || (end !== undefined && end <= granted.at)) return [];
  const breach = callBreach(call, 'the end of the answer, which takes no credit', 'no end before credit was granted');
  return [{ ...breach, reaction: 'trailers wait for credit' }];
}

/** A status of gRPC comes with :status 200, whatever it is (PROTOCOL-HTTP2, Responses). */
export function keepsHttpStatus(call: Call): readonly Breach[] {
  const { httpStatus } = call;
  if (httpStatus === undefined || httpStatus === 200) return [];
  const { rule: _r, severity: _s, ...breach } = callBreach(call, ':status 200', `:status ${httpStatus}`);
  return [{ ...breach, reaction: `HTTP ${httpStatus}` }];
}

/** Metadata of a length asked for of Probe: all of it, in that block. A block that did not come proves nothing. */
export function hasFiller(call: Call, where: 'headers' | 'trailers', octets: number): readonly Breach[] {
  const fields = call[where];
  if (fields === undefined || octets === 0) return [];
  const values = fieldValues(fields, fillerName);
  const [value = ''] = values;
  if (values.length === 1 && value === 'x'.repeat(octets)) return [];
  const place = where === 'headers' ? 'Response-Headers' : 'the trailers';
  const got = values.length === 0 ? 'no value' : `${values.length} of ${value.length} octets`;
  const breach = callBreach(call, `${fillerName} of ${octets} octets in ${place}`, `${fillerName} in ${place}: ${got}`);
  return [{ ...breach, reaction: values.length === 0 ? 'metadata lost' : 'metadata cut' }];
}

/** Nothing but Response-Headers before the end of the request: for handlers that answer when they have read all of it. */
export function endsAfterHalfClose(call: Call): readonly Breach[] {
  const { halfClosed = Infinity, end = Infinity } = call.times;
  const [first] = call.messages;
  if (end >= halfClosed && (first === undefined || first.at >= halfClosed)) return [];
  const observed = 'an answer before the end of the request';
  const breach = callBreach(call, 'no message and no end of the answer before END_STREAM of the request', observed);
  return [{ ...breach, reaction: 'answer before END_STREAM' }];
}

/** Metadata of a length asked for is not cut while the call ends with OK; one that fails owes none. */
export const keepsFiller = (call: Call, where: 'headers' | 'trailers', octets: number): readonly Breach[] =>
  call.status === 0 ? hasFiller(call, where, octets) : [];

/**
 * When Response-Headers come (gRFC A6). That they, or a message, come while the handler waits is awaited by the script.
 *
 * @param moment what the handler does before it waits, or fails
 * @param octets of initial metadata, where it sends headers
 */
export function headersBeforeEnd(
  call: Call,
  moment: 'fails' | 'headers' | 'message',
  octets: number,
): readonly Breach[] {
  if (moment === 'headers') return hasFiller(call, 'headers', octets);
  if (moment !== 'fails' || call.shape !== 'normal') return [];
  const breach = callBreach(call, 'Trailers-Only where nothing came before the error', 'Response-Headers and trailers');
  return [{ ...breach, reaction: 'headers before an error', severity: 'info' }];
}

/** Values of a binary field are base64 of the standard alphabet, without padding (PROTOCOL-HTTP2, Requests). Others decide which octets they are. */
export function isUnpadded({ trailers = [], ...call }: Call, name: string): readonly Breach[] {
  const padded = splitFieldValues(trailers, name).find((value) => value.endsWith('='));
  if (padded === undefined) return [];
  const breach = callBreach({ ...call, trailers }, `${name} without padding`, `${name} ${quoted(padded)}`);
  return [{ ...breach, reaction: 'padded base64', severity: 'warn' }];
}
