import { encodeMessage, fullDuplexCall, joinOctets, octetsOf, type OctetsSpec } from '../../harness';

export const wire = (messages: readonly Uint8Array[]): Uint8Array =>
  joinOctets(messages.map((message) => encodeMessage(message)));

/** The same with the message at `at` written in another way. */
export const wireWith = (
  messages: readonly Uint8Array[],
  at: number,
  encode: (octets: Uint8Array) => Uint8Array,
): Uint8Array => joinOctets(messages.map((message, index) => (index === at ? encode : encodeMessage)(message)));

/** What each message of a bidirectional call asks for: one answer as long as its own payload. */
export const mirrored = (payloads: readonly OctetsSpec[]) =>
  fullDuplexCall(payloads.map((payload) => ({ payload: octetsOf(payload), responses: [{ size: payload.length }] })));
