import type { Call } from '../../grpc/call';
import { fieldValues, hasField, splitFieldValues, decodeBinaryValue } from '../../grpc/metadata';
import { decodeRpcStatus, detailsName, pushbackName } from '../../grpc/test-service';
import { quoted } from '../../rules/quoted';
import type { Breach } from '../../rules/violation';
import { callBreach } from './expectations';

/** What comes beside grpc-status in trailers. A call without trailers proves nothing here. */

/** The details are base64 of a google.rpc.Status with the code of the call (gRFC L44). */
export function hasDetails(call: Call): readonly Breach[] {
  const { trailers, status } = call;
  if (trailers === undefined || status === undefined) return [];
  const breach = (observed: string, reaction: string): Breach => ({
    ...callBreach(call, `${detailsName} with an encoded google.rpc.Status of code ${status}`, observed),
    reaction,
  });
  const values = splitFieldValues(trailers, detailsName);
  const [value] = values;
  if (value === undefined || values.length > 1) return [breach(`${values.length} ${detailsName}`, 'details lost')];
  const octets = decodeBinaryValue(value);
  const decoded = octets === undefined ? undefined : decodeRpcStatus(octets);
  if (decoded === undefined) return [breach(`${detailsName} that does not decode`, 'details broken')];
  if (decoded.code === status) return [];
  return [{ ...breach(`${detailsName} of code ${decoded.code}`, 'details of another code'), severity: 'warn' }];
}

/** The octets of the details are those that the handler attached. */
export function keepsDetails(call: Call, details: Uint8Array): readonly Breach[] {
  const [value] = splitFieldValues(call.trailers ?? [], detailsName);
  if (value === undefined) return [];
  const sent = decodeRpcStatus(details);
  const got = decodeRpcStatus(decodeBinaryValue(value) ?? new Uint8Array(0));
  // A library may write the same message in another way.
  if (got === undefined || sent === undefined || got.details === sent.details) return [];
  const breach = callBreach(call, 'the details that the handler attached', 'other details than the handler attached');
  return [{ ...breach, reaction: 'details changed' }];
}

/** One pushback in the trailers, as a decimal number (gRFC A6). */
export function pushesBack(call: Call, milliseconds: number): readonly Breach[] {
  const { headers = [], trailers } = call;
  if (trailers === undefined) return [];
  const values = fieldValues(trailers, pushbackName);
  if (values.length === 1 && values[0] === String(milliseconds)) return [];
  const isMoved = hasField(headers, pushbackName);
  const got = isMoved ? 'in Response-Headers' : values.map((value) => quoted(value)).join(' and ') || 'missing';
  const breach = callBreach(call, `${pushbackName} ${milliseconds} in the trailers`, `${pushbackName}: ${got}`);
  const reaction = isMoved ? 'pushback in headers' : values.length === 0 ? 'pushback lost' : 'pushback changed';
  return [{ ...breach, reaction }];
}

/** A long text arrives whole, or visibly cut; a cut inside an escape is another matter than a text that is wrong. */
export function hasBeginning(call: Call, text: string): readonly Breach[] {
  const { status, rawMessage, message } = call;
  if (status === undefined || rawMessage === undefined || message === undefined) return [];
  if (text.startsWith(message)) return [];
  const isCutInside = /%[0-9A-Fa-f]?$/.test(rawMessage) || text.startsWith(message.replace(/[\ufffd%].{0,8}$/su, ''));
  const observed = isCutInside ? 'a text that is cut inside a letter' : `another text: ${quoted(message.slice(0, 40))}`;
  const breach = callBreach(call, 'the text asked for, or the beginning of it', observed);
  return [{ ...breach, reaction: isCutInside ? 'text cut inside a letter' : 'wrong text', severity: 'warn' }];
}
