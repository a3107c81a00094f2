import {
  countsOf,
  encodeMessage,
  fullDuplexCall,
  joinOctets,
  octetsOf,
  type Breach,
  type Observation,
  type OctetsSpec,
} from '../../harness';

export const wire = (messages: readonly Uint8Array[]): Uint8Array =>
  joinOctets(messages.map((message) => encodeMessage(message)));

/** The same with the message at `at` written in another way. */
export const wireWith = (
  messages: readonly Uint8Array[],
  at: number,
  encode: (octets: Uint8Array) => Uint8Array,
): Uint8Array => joinOctets(messages.map((message, index) => (index === at ? encode : encodeMessage)(message)));

/** What each message of a bidirectional call asks for: one answer as long as its own payload. */
export const mirrored = (payloads: readonly OctetsSpec[], asked: { readonly compressed?: boolean } = {}) =>
  fullDuplexCall(
    payloads.map((payload) => ({ payload: octetsOf(payload), responses: [{ size: payload.length, ...asked }] })),
  );

/** The probe of the target counts the messages that a handler was given. */
export function countsMessages(seen: Observation, count: number): readonly Breach[] {
  const counters = countsOf(seen);
  // A handler that was not counted to its end has not been given everything yet.
  if (counters?.started !== 1 || counters.finished !== 1 || counters.messages === count) return [];
  const observed = `the handler was given ${counters.messages} messages`;
  return [{ observed, expected: `${count} messages for the handler`, reaction: 'wrong message count' }];
}
