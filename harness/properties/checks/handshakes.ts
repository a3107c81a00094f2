import { cannotOffer, certificateLeftOut } from '../../connection/dial';
import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import { callReaction, describeAnswer } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { joinOctets } from '../../wire/join-octets';
import { readServerFlight, type ServerFlight } from '../../wire/tls/read-handshake';
import { isDheSuite } from '../../wire/tls/suites';

/** What came of a TLS handshake that our own TLS made. */
export type Handshake =
  | { readonly is: 'made'; readonly alpn: string; readonly version: string; readonly suite: string }
  /** `reason` as the report says it, `errorName` as Node does. */
  | { readonly is: 'refused'; readonly reason: string; readonly errorName: string }
  /** The target took the connection and let the handshake stand. */
  | { readonly is: 'hanging' }
  /** Our own TLS cannot offer it, so that nothing is known. */
  | { readonly is: 'not offered'; readonly reason: string };

/** What came of the handshake of a connection. */
export function handshakeOf(view: ConnectionView): Handshake {
  if (view.tls !== undefined)
    return { is: 'made', alpn: view.tls.alpn, version: view.tls.version, suite: view.tls.cipher };
  // In clear text there is nothing to agree on.
  if (view.connected) return { is: 'made', alpn: '', version: '', suite: '' };
  const reason = view.connectFailure ?? 'no connection';
  const failed = view.transcript.events.find(({ kind }) => kind === 'connect-failed');
  const errorName = failed?.kind === 'connect-failed' ? failed.errorName : '';
  if (errorName === cannotOffer) return { is: 'not offered', reason };
  return errorName === 'TLS_TIMEOUT' ? { is: 'hanging' } : { is: 'refused', reason, errorName };
}

/** What the target answered to a ClientHello of ours. */
export const flightOf = (view: ConnectionView): ServerFlight =>
  readServerFlight(
    joinOctets(
      view.packets.flatMap((packet) =>
        packet.kind === 'octets' && packet.direction === 'received' ? [packet.octets] : [],
      ),
    ),
    isDheSuite,
  );

/** The target answered the call as a server of gRPC or HTTP/2 does, so that the connection is one on which it serves. */
export const isServed = (call: Call): boolean =>
  ['normal', 'trailers-only', 'http'].includes(call.shape) && call.times.opened !== undefined;

/** The call that the script makes on a connection. @throws ConformError through {@link Observation.connection} when there is none of that name */
export const callOn = (seen: Observation, on: string): Call | undefined =>
  seen.calls.find(({ plan }) => plan.connection === seen.connection(on).name);

/** Its handshake is made and its call is answered. Nothing is said where our own TLS cannot offer what is wanted. */
export function servesOver(seen: Observation, on: string, expected: string): readonly Breach[] {
  const handshake = handshakeOf(seen.connection(on));
  switch (handshake.is) {
    case 'not offered':
      return [cannotTell(handshake.reason)];
    case 'hanging':
      return [hangs(expected)];
    case 'refused':
      if (handshake.errorName === certificateLeftOut && !isServedWithoutCertificate(seen))
        return [cannotTell(handshake.reason)];
      return [{ observed: `no TLS connection: ${handshake.reason}`, expected, reaction: 'no TLS connection' }];
    case 'made': {
      const call = callOn(seen, on);
      if (call === undefined || isServed(call)) return [];
      return [unserved(seen.connection(on), call, expected)];
    }
  }
}

/** Connection of a script on which the user's client certificate is left out, to see whether it is asked for. */
export const bareConnection = 'bare';

function isServedWithoutCertificate(seen: Observation): boolean {
  const view = seen.connections.find(({ name }) => name === bareConnection);
  const call = view === undefined ? undefined : callOn(seen, bareConnection);
  return call !== undefined && isServed(call);
}

/** Whether it serves or refuses, it does not leave us waiting. */
export function doesNotHang(seen: Observation, on: string, expected: string): readonly Breach[] {
  const view = seen.connection(on);
  if (handshakeOf(view).is === 'hanging') return [hangs(expected)];
  const call = callOn(seen, on);
  if (!view.connected || view.closed !== undefined || call === undefined || call.shape !== 'open') return [];
  return [{ ...unserved(view, call, expected), mark: 'hang' }];
}

/** What says nothing about the target. */
const cannotTell = (reason: string): Breach => ({
  observed: reason,
  expected: 'a TLS library of our own that offers it',
  reaction: 'not offered by us',
  severity: 'info',
});

function hangs(expected: string): Breach {
  const observed = 'the target took the connection and did not end the TLS handshake';
  return { observed, expected, reaction: 'no end of the handshake', mark: 'hang' };
}

function unserved(view: ConnectionView, call: Call, expected: string): Breach {
  const { version = '', cipher = '', alpn = '' } = view.tls ?? {};
  return {
    observed: `${view.tls === undefined ? 'in clear text' : `over ${version} with ${cipher} and ALPN ${alpn || '(none)'}`}: ${describeAnswer(call)}`,
    expected,
    reaction: callReaction(call),
    ...(call.lastPacket === undefined ? {} : { at: { connection: view.name, packet: call.lastPacket } }),
  };
}
