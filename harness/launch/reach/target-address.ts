import { isIPv6 } from 'node:net';
import type { Address, Endpoint } from '../../connection/endpoint';
import { ConformError } from '../../error';
import { didYouMean } from '../../nearest';
import { bundledName } from '../bundled-target';
import type { TlsFiles } from './tls-files';

/** A target as the user wrote it, taken apart. */
export interface TargetAddress {
  readonly address: Address;
  /** What the scheme says about TLS; undefined for forms without one. */
  readonly tls?: boolean;
}

/** Length of sun_path on Linux (108) without the closing zero; BSD and macOS have 104, where the system itself refuses the rest. */
const longestSocketPath = 107;

/**
 * Reads `host:port`, `[v6]:port`, `http://host[:port]`, `https://host[:port]` or `unix:/path`.
 *
 * @throws ConformError ERR_USAGE with what is wrong and how it is written.
 */
export function parseTargetAddress(text: string): TargetAddress {
  if (text === '') throw usage('the target is empty', 'write host:port, for instance 127.0.0.1:50051');
  if (/[\s\p{Cc}]/u.test(text)) throw usage(`the target ${JSON.stringify(text)} contains a blank`, 'write host:port');
  if (text.startsWith('unix:')) return { address: { kind: 'unix', path: parseSocketPath(text) } };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/.exec(text);
  if (scheme === null) return { address: parseHostPort(text, text) };
  const name = (scheme[1] ?? '').toLowerCase();
  if (name !== 'http' && name !== 'https') {
    throw usage(
      `the target ${text} has the unknown scheme ${name}://`,
      'write host:port, http://, https:// or unix:/path',
    );
  }
  const rest = (scheme[2] ?? '').replace(/\/$/, '');
  if (/[/?#]/.test(rest)) throw usage(`the target ${text} has a path`, 'a gRPC target is a host and a port only');
  if (rest.includes('@'))
    throw usage(`the target ${text} has a user name`, "send credentials with -H 'authorization: …'");
  return { address: parseHostPort(rest, text, name === 'https' ? 443 : 80), tls: name === 'https' };
}

function parseSocketPath(text: string): string {
  const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
  if (path === '') throw usage(`the target ${text} names no socket`, 'write unix:/path/of/the/socket');
  if (path.startsWith('//')) throw usage(`the target ${text} names a host`, 'write unix:/path or unix:///path');
  if (Buffer.byteLength(path) > longestSocketPath) {
    throw usage(`the socket path of ${text} is longer than ${longestSocketPath} octets`, 'use a shorter path');
  }
  return path;
}

function parseHostPort(text: string, whole: string, defaultPort?: number): Address {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) {
    const host = bracketed[1] ?? '';
    if (!isIPv6(host)) throw usage(`the target ${whole} has no IPv6 address between its brackets`, 'write [::1]:50051');
    return { kind: 'tcp', host, port: parsePort(bracketed[2], whole, defaultPort) };
  }
  if (isIPv6(text) || text.split(':').length > 2) {
    throw usage(`the target ${whole} has more than one colon`, 'put an IPv6 address in brackets: [::1]:50051');
  }
  const [host = '', port] = text.split(':');
  if (host === '') throw usage(`the target ${whole} has no host`, `write localhost:${port ?? '50051'}`);
  if (/^\d+$/.test(host) && port === undefined && defaultPort === undefined) {
    throw usage(`the target ${whole} is a bare port`, `write localhost:${host}`);
  }
  if (!/^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?$/.test(host)) {
    throw usage(`the target ${whole} has no valid host name`, 'write host:port, for instance 127.0.0.1:50051');
  }
  return { kind: 'tcp', host, port: parsePort(port, whole, defaultPort) };
}

function parsePort(text: string | undefined, whole: string, defaultPort?: number): number {
  if (text === undefined && defaultPort !== undefined) return defaultPort;
  if (text === undefined || text === '')
    throw usage(
      `the target ${whole} has no port${didYouMean(whole, [bundledName])}`,
      `write ${whole.replace(/:$/, '')}:50051`,
    );
  if (!/^\d{1,5}$/.test(text))
    throw usage(`the port of the target ${whole} is not a number from 1 to 65535`, 'write host:port');
  const port = Number(text);
  if (port < 1 || port > 65535)
    throw usage(`the port of the target ${whole} is not within 1 to 65535`, 'write host:port');
  return port;
}

function usage(wrong: string, remedy: string): ConformError {
  return new ConformError('ERR_USAGE', `${wrong}: ${remedy}`);
}

/** What the user said about the transport, beside the address. */
export interface TransportOptions {
  readonly plaintext?: boolean;
  readonly tls?: boolean;
  readonly insecure?: boolean;
  readonly servername?: string;
  /** Already read: see {@link readTlsFiles}. */
  readonly files?: TlsFiles;
}

/**
 * Whether the target is spoken to over TLS, and with what: `https://` or `--tls` is TLS, everything else is plaintext.
 *
 * @throws ConformError ERR_USAGE when the flags contradict each other, or when a TLS flag is given for a plaintext target.
 */
export function resolveEndpoint(target: TargetAddress, options: TransportOptions): Endpoint {
  if (options.plaintext === true && options.tls === true) {
    throw usage('--plaintext and --tls contradict each other', 'give one of them');
  }
  if (options.plaintext === true && target.tls === true)
    throw usage('--plaintext contradicts https://', 'write http:// or host:port');
  if (options.tls === true && target.tls === false)
    throw usage('--tls contradicts http://', 'write https:// or host:port');
  const { address } = target;
  if (options.tls !== true && target.tls !== true) {
    const flag = firstTlsFlag(options);
    if (flag !== undefined)
      throw usage(`${flag} is for TLS but the target is spoken to in plaintext`, 'add --tls or write https://');
    return { address };
  }
  if (options.insecure === true && options.files?.ca !== undefined) {
    throw usage('--insecure and --cacert contradict each other', 'give one of them');
  }
  return {
    address,
    tls: { ...options.files, servername: options.servername, insecure: options.insecure === true },
  };
}

function firstTlsFlag(options: TransportOptions): string | undefined {
  if (options.insecure === true) return '--insecure';
  if (options.servername !== undefined) return '--servername';
  if (options.files?.ca !== undefined) return '--cacert';
  if (options.files?.cert !== undefined) return '--cert';
  return undefined;
}
