import net from 'node:net';
import tls from 'node:tls';
import type { Endpoint } from './endpoint';
import type { TlsChoices } from './tls-choices';
import { tlsOptionsOf, whyLeftOut } from './tls-options';

export interface DialOptions {
  /** Milliseconds for connecting and the TLS handshake together. */
  readonly timeout: number;
  /** Protocols offered by ALPN; `h2` alone when absent, no extension when empty. Ignored without TLS. */
  readonly alpn?: readonly string[];
  /** What else is offered in the handshake, where it differs from the ordinary. */
  readonly choices?: TlsChoices;
  /** A session that is offered for resumption. */
  readonly session?: Buffer;
  /** True: no TLS is spoken on the connection, whatever the endpoint says. */
  readonly clear?: boolean;
  readonly signal?: AbortSignal;
}

/** What TLS agreed on. `alpn` is empty when the target selected no protocol. */
export interface TlsFacts {
  readonly alpn: string;
  readonly version: string;
  readonly cipher: string;
  /** True when a session was resumed; absent otherwise. */
  readonly resumed?: boolean;
}

export type DialResult =
  | {
      readonly ok: true;
      readonly socket: net.Socket;
      readonly tls?: TlsFacts;
      /** Drops the connection with a TCP RST, under TLS too; a Unix socket knows none and is just closed. */
      readonly reset: () => void;
    }
  | {
      readonly ok: false;
      /** One clause that completes "could not connect: …". */
      readonly reason: string;
      /** Node's or OpenSSL's name for it (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), or `TIMEOUT`, `TLS_TIMEOUT` (connected, but no TLS) or `ABORTED`. */
      readonly errorName: string;
    };

/**
 * Connects to a target, with TLS where the endpoint asks for it. Not getting a connection is an answer, too: rejects only when the
 * PEM texts of the endpoint are wrong, which whoever reads their files has to find first.
 * The socket comes paused and has no error listener yet; it takes its first listener in the same turn.
 */
export function dial(endpoint: Endpoint, options: DialOptions): Promise<DialResult> {
  return new Promise((resolve) => {
    const { address } = endpoint;
    const where = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
    // Before anything is connected: it throws when a PEM text is wrong.
    const usesTls = endpoint.tls !== undefined && options.clear !== true;
    let secure: tls.ConnectionOptions | undefined;
    try {
      secure = usesTls ? tlsOptions(endpoint, options) : undefined;
    } catch (error) {
      if (options.choices === undefined) throw error;
      // What our own OpenSSL is built without says nothing about the target.
      return resolve({
        ok: false,
        reason: `our own TLS cannot offer it (${reasonOf(error as Error)})`,
        errorName: cannotOffer,
      });
    }
    // TLS gets a transport of ours, because Node resets nothing but TCP sockets.
    const transport = net.connect(where);
    transport.setNoDelay(true);
    const socket = secure === undefined ? transport : tls.connect({ socket: transport, ...secure });
    const reset = (): void => {
      if (address.kind === 'tcp') transport.resetAndDestroy();
      else socket.destroy();
    };
    const finish = (given: DialResult): void => {
      const hasFailed = usesTls && isConnected && !given.ok;
      const leftOut = hasFailed ? whyLeftOut(options.choices ?? {}, endpoint) : undefined;
      const result = given.ok || leftOut === undefined ? given : withoutCertificate(given, leftOut);
      clearTimeout(timer);
      clearImmediate(turn);
      options.signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      if (!result.ok) {
        socket.on('error', () => undefined);
        socket.destroy();
        transport.destroy();
      }
      resolve(result);
    };
    const onAbort = (): void => finish({ ok: false, reason: 'the run was interrupted', errorName: 'ABORTED' });
    let isConnected = false;
    transport.once('connect', () => (isConnected = true));
    const expire = (): void =>
      finish(
        isConnected
          ? { ok: false, reason: `no TLS within ${options.timeout} ms`, errorName: 'TLS_TIMEOUT' }
          : { ok: false, reason: `no connection within ${options.timeout} ms`, errorName: 'TIMEOUT' },
      );
    let turn: NodeJS.Immediate | undefined;
    // Timers run before sockets are looked at: when our own event loop was late, the connection may have been there in time.
    const timer = setTimeout(() => void (turn = setImmediate(expire)), options.timeout);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) return onAbort();
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish({
        ok: false,
        reason: reasonOf(error),
        errorName: isCannotOffer(error) ? cannotOffer : (error.code ?? error.name),
      }),
    );
    socket.once('close', () =>
      finish({ ok: false, reason: 'the connection was closed during the handshake', errorName: 'CLOSED' }),
    );
    socket.once(usesTls ? 'secureConnect' : 'connect', () =>
      finish(
        socket instanceof tls.TLSSocket
          ? { ok: true, socket, reset, tls: tlsFacts(socket) }
          : { ok: true, socket, reset },
      ),
    );
  });
}

/** Name of the error where our client certificate did not go with the choices, and was left out: who asks for one is right to refuse that. */
export const certificateLeftOut = 'CERTIFICATE_LEFT_OUT';

const withoutCertificate = (
  { reason }: Extract<DialResult, { ok: false }>,
  leftOut: string,
): Extract<DialResult, { ok: false }> => ({
  ok: false,
  reason: `${reason}, without our client certificate: ${leftOut}`,
  errorName: certificateLeftOut,
});

/** Name of the error for what our own TLS cannot offer. */
export const cannotOffer = 'CANNOT_OFFER';

/** OpenSSL's own complaint that nothing is left to offer. */
const isCannotOffer = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /^ERR_SSL_NO_(CIPHERS_AVAILABLE|CIPHER_MATCH|PROTOCOLS_AVAILABLE|SUITABLE_)/.test(code);

/** OpenSSL's line has a thread, a file of its source and a line in it around the reason: `00A1…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/…`. */
function reasonOf({ message }: Error): string {
  return /error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)/i.exec(message)?.[1] ?? message;
}

function tlsOptions(endpoint: Endpoint, options: DialOptions): tls.ConnectionOptions {
  const { tls: own, address } = endpoint;
  const alpn = options.alpn ?? ['h2'];
  const servername = own?.servername ?? (address.kind === 'tcp' ? address.host : 'localhost');
  const sent = options.choices?.servername ?? servername;
  const { minVersion, maxVersion, sigalgs, ecdhCurve, ciphers, cert, key } = tlsOptionsOf(
    options.choices ?? {},
    endpoint,
  );
  return {
    secureContext: tls.createSecureContext({
      ...(own?.ca === undefined ? {} : { ca: own.ca }),
      ...(cert === undefined ? {} : { cert, key }),
      ...(minVersion === undefined ? {} : { minVersion, maxVersion }),
      ...(sigalgs === undefined ? {} : { sigalgs }),
      ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
      ...(ciphers === undefined ? {} : { ciphers }),
    }),
    // Not read from the context.
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
    ...(options.session === undefined ? {} : { session: options.session }),
    rejectUnauthorized: own?.insecure !== true,
    // An IP address must not be sent as a server name (RFC 6066 §3); the certificate is checked against it all the same.
    ...(net.isIP(sent) === 0 && sent === servername
      ? { servername }
      : {
          servername: net.isIP(sent) === 0 ? sent : '',
          checkServerIdentity: (_: string, peer: tls.PeerCertificate) => tls.checkServerIdentity(servername, peer),
        }),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
  };
}

function tlsFacts(socket: tls.TLSSocket): TlsFacts {
  return {
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '',
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    ...(socket.isSessionReused() ? { resumed: true } : {}),
  };
}
