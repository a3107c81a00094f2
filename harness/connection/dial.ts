import net from 'node:net';
import tls from 'node:tls';
import type { Endpoint } from './endpoint';

export interface DialOptions {
  /** Milliseconds for connecting and the TLS handshake together. */
  readonly timeout: number;
  /** Protocols offered by ALPN; `h2` alone when absent, no extension when empty. Ignored without TLS. */
  readonly alpn?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What TLS agreed on. `alpn` is empty when the target selected no protocol. */
export interface TlsFacts {
  readonly alpn: string;
  readonly version: string;
  readonly cipher: string;
}

export type DialResult =
  | { readonly ok: true; readonly socket: net.Socket; readonly tls?: TlsFacts }
  | {
      readonly ok: false;
      /** One clause that completes "could not connect: …". */
      readonly reason: string;
      /** Node's or OpenSSL's name for it (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), or `TIMEOUT` or `ABORTED`. */
      readonly errorName: string;
    };

/**
 * Connects to a target, with TLS where the endpoint asks for it. Never rejects: not getting a connection is an answer, too.
 * The socket comes paused and has no error listener yet; it takes its first listener in the same turn.
 */
export function dial(endpoint: Endpoint, options: DialOptions): Promise<DialResult> {
  return new Promise((resolve) => {
    const { address } = endpoint;
    const where = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
    const socket =
      endpoint.tls === undefined ? net.connect(where) : tls.connect({ ...where, ...tlsOptions(endpoint, options) });
    socket.setNoDelay(true);
    const finish = (result: DialResult): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      if (!result.ok) {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(result);
    };
    const onAbort = (): void => finish({ ok: false, reason: 'the run was interrupted', errorName: 'ABORTED' });
    const timer = setTimeout(
      () => finish({ ok: false, reason: `no connection within ${options.timeout} ms`, errorName: 'TIMEOUT' }),
      options.timeout,
    );
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) return onAbort();
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish({ ok: false, reason: error.message, errorName: error.code ?? error.name }),
    );
    socket.once('close', () =>
      finish({ ok: false, reason: 'the connection was closed during the handshake', errorName: 'CLOSED' }),
    );
    socket.once(endpoint.tls === undefined ? 'connect' : 'secureConnect', () =>
      finish(socket instanceof tls.TLSSocket ? { ok: true, socket, tls: tlsFacts(socket) } : { ok: true, socket }),
    );
  });
}

function tlsOptions(endpoint: Endpoint, options: DialOptions): tls.ConnectionOptions {
  const { tls: own, address } = endpoint;
  const alpn = options.alpn ?? ['h2'];
  const servername = own?.servername ?? (address.kind === 'tcp' ? address.host : 'localhost');
  return {
    ...(own?.ca === undefined ? {} : { ca: own.ca }),
    ...(own?.cert === undefined ? {} : { cert: own.cert }),
    ...(own?.key === undefined ? {} : { key: own.key }),
    rejectUnauthorized: own?.insecure !== true,
    // An IP address must not be sent as a server name (RFC 6066 §3); the certificate is checked against it all the same.
    ...(net.isIP(servername) === 0
      ? { servername }
      : {
          servername: '',
          checkServerIdentity: (_: string, cert: tls.PeerCertificate) => tls.checkServerIdentity(servername, cert),
        }),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
  };
}

function tlsFacts(socket: tls.TLSSocket): TlsFacts {
  return {
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '',
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
  };
}
