import tls from 'node:tls';
import { dial } from '../../connection/dial';
import type { Endpoint } from '../../connection/endpoint';

/** Names of a certificate that are looked at; some have hundreds. */
const mostNames = 20;

/**
 * The DNS names for which the target's certificate holds (RFC 6125 §6.4), wildcards left out, read on a connection of its own.
 * @param timeout milliseconds
 * @returns undefined in clear text, or when there is no connection
 */
export async function readCertificateNames(
  endpoint: Endpoint,
  timeout: number,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (endpoint.tls === undefined) return undefined;
  const dialed = await dial(endpoint, { timeout, ...(signal === undefined ? {} : { signal }) });
  if (!dialed.ok) return undefined;
  const { socket } = dialed;
  socket.on('error', () => undefined);
  const names = socket instanceof tls.TLSSocket ? (socket.getPeerCertificate().subjectaltname ?? '') : '';
  socket.destroy();
  return dnsNamesOf(names).slice(0, mostNames);
}

/** Of a list as Node writes it: `DNS:localhost, IP Address:127.0.0.1`. What is no plain host name is left out. */
export const dnsNamesOf = (list: string): readonly string[] =>
  list
    .split(', ')
    .flatMap((one) => (one.startsWith('DNS:') ? [one.slice('DNS:'.length)] : []))
    .filter((one) => /^[\w-]+(\.[\w-]+)*$/.test(one) && one.length <= 253);
