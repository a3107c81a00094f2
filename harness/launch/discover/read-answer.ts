import type { Call } from '../../grpc/call';
import { fieldValues, splitFieldValues } from '../../grpc/metadata';
import { status } from '../../grpc/status';
import { escapeOctets } from '../../wire/escape-octets';

/** What is kept of grpc-accept-encoding, which a server may fill with anything: far more than there are encodings, and the names of tokens. */
const mostEncodings = 50;
const encodingName = /^[\x21-\x7e]{1,50}$/;
/** Longest identification shown. */
const longestIdentification = 200;

/** True for a call that ended well, with so many messages. */
export function isOk(call: Call | undefined, messages: number): boolean {
  return call?.shape === 'normal' && call.status === status.OK && call.messages.length === messages && call.rest === 0;
}

/** The encodings that the server of a call says it accepts. */
export function encodingsAccepted(call: Call): readonly string[] {
  const names = splitFieldValues(allFields(call), 'grpc-accept-encoding');
  return names.filter((name) => encodingName.test(name)).slice(0, mostEncodings);
}

function allFields(call: Call) {
  return [...(call.headers ?? []), ...(call.trailers ?? [])];
}

/** Fields by which servers and what stands before them give themselves away. */
const tellingNames = ['server', 'x-powered-by', 'via', 'x-envoy-upstream-service-time'];

/** What the server of a call calls itself, escaped; may be empty. */
export function identify(call: Call): string {
  const fields = allFields(call);
  const told = tellingNames.flatMap((name) => {
    const values = fieldValues(fields, name);
    return values.length === 0 ? [] : [`${name}: ${values.join(', ')}`];
  });
  return escapeOctets(told.join('; '), longestIdentification);
}
