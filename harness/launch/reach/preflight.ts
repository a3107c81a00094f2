import type { TlsFacts } from '../../connection/dial';
import { describeAddress, type Endpoint } from '../../connection/endpoint';
import { cutText } from '../../cut-text';
import { ConformError, type ConformErrorCode } from '../../error';
import { greet, type GreetOptions, type Greeting } from './greeting';

/** Upper bound of the second connection that finds out whether the other transport would have worked. */
const longestSecondLook = 2000;

/**
 * Finds out whether a target speaks HTTP/2 over the chosen transport.
 *
 * @returns what TLS agreed on, over TLS.
 * @throws ConformError ERR_TARGET_UNREACHABLE, ERR_TARGET_NOT_READY, ERR_TARGET_NOT_HTTP2 or ERR_TARGET_TLS; the message says what was seen and what to try.
 */
export async function preflight(endpoint: Endpoint, options: GreetOptions): Promise<{ readonly tls?: TlsFacts }> {
  const greeting = await greet(endpoint, options);
  if (greeting.kind === 'http2') return { tls: greeting.tls };
  throw await explainGreeting(endpoint, greeting, options);
}

/** The error for a greeting that is not HTTP/2; looks a second time, over the other transport, where that can explain it. */
export async function explainGreeting(
  endpoint: Endpoint,
  greeting: Exclude<Greeting, { kind: 'http2' }>,
  options: GreetOptions,
): Promise<ConformError> {
  const where = describeAddress(endpoint.address);
  const hint = await findTransportHint(endpoint, greeting, options);
  if (hint !== undefined) return failure('ERR_TARGET_TLS', `${where}: ${hint}`);
  switch (greeting.kind) {
    case 'http1':
      return failure(
        'ERR_TARGET_NOT_HTTP2',
        `${where}: the server answered HTTP/1.1 ("${greeting.line}"): give the port that serves gRPC`,
      );
    case 'tls-alert':
      return failure('ERR_TARGET_TLS', `${where}: the server answered with a TLS alert: add --tls`);
    case 'foreign':
      return failure(
        'ERR_TARGET_NOT_HTTP2',
        `${where}: the server answered "${greeting.octets}", which is no HTTP/2: give the port that serves gRPC`,
      );
    case 'alpn':
      return failure(
        'ERR_TARGET_NOT_HTTP2',
        `${where}: the server selected "${greeting.selected}" by ALPN instead of h2: enable HTTP/2 on it, or give the port that serves gRPC`,
      );
    case 'closed':
      return explainClose(endpoint, where, greeting.errorName);
    case 'silent':
      return failure(
        'ERR_TARGET_NOT_READY',
        `${where}: the server accepted the connection but sent no HTTP/2 SETTINGS within ${options.timeout} ms: check that it is a gRPC port, or raise --connect-timeout`,
      );
    case 'slow': {
      const { count, octets } = greeting;
      return failure(
        'ERR_TARGET_NOT_READY',
        `${where}: the server had sent ${count === 1 ? 'one octet' : `${count} octets`} ("${octets}") within ${options.timeout} ms, too few for a frame of HTTP/2: check that it is a gRPC port, or raise --connect-timeout`,
      );
    }
    case 'unreachable':
      return explainUnreachable(endpoint, where, greeting, options);
  }
}

function explainClose(endpoint: Endpoint, where: string, errorName: string | undefined): ConformError {
  if (endpoint.tls !== undefined && errorName !== undefined && isClientCertificateAlert(errorName)) {
    return failure(
      'ERR_TARGET_TLS',
      `${where}: the server refused the client certificate (${errorName}): ${certificateAdvice(endpoint)}`,
    );
  }
  return failure(
    'ERR_TARGET_NOT_HTTP2',
    `${where}: the server closed the connection without an answer: check that it is a gRPC port`,
  );
}

const reachability: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused): start the server, or check the port',
  ENOENT: 'there is no such socket: start the server, or check the path',
  EACCES: 'we may not use it (permission denied): check the permissions',
  ENOTSOCK: 'it is no socket: check the path',
  EHOSTUNREACH: 'the host cannot be reached: check the address and the network',
  ENETUNREACH: 'the network cannot be reached: check the address and the network',
};

const certificateErrors: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: name it with --cacert, or accept any with --insecure',
  SELF_SIGNED_CERT_IN_CHAIN:
    'the certificate comes from an unknown authority: name that with --cacert, or accept any with --insecure',
  UNABLE_TO_GET_ISSUER_CERT:
    'the certificate comes from an unknown authority: name that with --cacert, or accept any with --insecure',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the certificate comes from an unknown authority: name that with --cacert, or accept any with --insecure',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the certificate comes from an unknown authority: name that with --cacert, or accept any with --insecure',
  CERT_HAS_EXPIRED: 'the certificate has expired: renew it, or accept any with --insecure',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: check the clocks, or accept any with --insecure',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate is for another name: give its name with --servername, or accept any with --insecure',
};

/** Characters of the names of a certificate; more nobody reads. */
const longestNames = 300;

/** The names that a certificate has, from what Node says of one that is for another name; nothing where it says none. */
function describeNames(reason: string): string {
  const names = /is not (?:in the cert's altnames|in the cert's list|cert's CN): (.+)$/s.exec(reason)?.[1];
  return names === undefined ? '' : `; it is for ${cutText(names, longestNames)}`;
}

function explainUnreachable(
  endpoint: Endpoint,
  where: string,
  { reason, errorName }: Extract<Greeting, { kind: 'unreachable' }>,
  { timeout }: GreetOptions,
): ConformError {
  const certificate = certificateErrors[errorName];
  if (certificate !== undefined)
    return failure('ERR_TARGET_TLS', `${where}: ${certificate}${describeNames(reason)} (${errorName})`);
  const known = reachability[errorName];
  if (known !== undefined) return failure('ERR_TARGET_UNREACHABLE', `${where}: ${known}`);
  if (errorName === 'ENOTFOUND' || errorName === 'EAI_AGAIN') {
    return failure(
      'ERR_TARGET_UNREACHABLE',
      `${where}: the host name does not resolve (${errorName}): check its spelling and the DNS`,
    );
  }
  if (errorName === 'TIMEOUT' || errorName === 'ETIMEDOUT') {
    return failure(
      'ERR_TARGET_NOT_READY',
      `${where}: there was no connection within ${timeout} ms: check address and firewall, or raise --connect-timeout`,
    );
  }
  if (errorName === 'TLS_TIMEOUT') {
    return failure(
      'ERR_TARGET_NOT_READY',
      `${where}: the server accepted the connection but did not answer in TLS within ${timeout} ms: check that the port speaks TLS, or use --plaintext, or raise --connect-timeout`,
    );
  }
  if (errorName === 'ABORTED') return failure('ERR_TARGET_UNREACHABLE', `${where}: interrupted while connecting`);
  if (/NO_APPLICATION_PROTOCOL/.test(errorName)) {
    return failure(
      'ERR_TARGET_NOT_HTTP2',
      `${where}: the server accepts no h2 by ALPN: enable HTTP/2 on it, or give the port that serves gRPC`,
    );
  }
  if (isClientCertificateAlert(errorName)) {
    return failure(
      'ERR_TARGET_TLS',
      `${where}: the server ended the TLS handshake (${errorName}): ${certificateAdvice(endpoint)}`,
    );
  }
  if (endpoint.tls !== undefined) {
    return failure('ERR_TARGET_TLS', `${where}: the TLS handshake failed (${reason}): ${tlsAdvice(errorName)}`);
  }
  return failure(
    'ERR_TARGET_UNREACHABLE',
    `${where}: there was no connection (${errorName}: ${reason}): check the address`,
  );
}

/** What to try when there is no TLS, by OpenSSL's name of the reason. */
function tlsAdvice(errorName: string): string {
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(errorName)) return 'let the server speak TLS 1.2 or 1.3';
  if (/UNRECOGNIZED_NAME/.test(errorName)) return 'give a name that the server knows with --servername';
  if (/CIPHER/.test(errorName)) return 'let the server offer a cipher that HTTP/2 allows';
  return 'check that the port speaks TLS, or use --plaintext';
}

/** Alerts with which a server refuses or misses a client certificate (RFC 8446 §6.2), as OpenSSL names them. */
function isClientCertificateAlert(errorName: string): boolean {
  return /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|HANDSHAKE_FAILURE)/.test(
    errorName,
  );
}

function certificateAdvice(endpoint: Endpoint): string {
  return endpoint.tls?.cert === undefined
    ? 'it may want a client certificate, see --cert and --key'
    : 'check --cert and --key';
}

/** When the chosen transport did not work: would the other one? Undefined when it would not, or when there is no need to look. */
async function findTransportHint(
  endpoint: Endpoint,
  greeting: Greeting,
  options: GreetOptions,
): Promise<string | undefined> {
  const timeout = Math.min(options.timeout, longestSecondLook);
  if (endpoint.tls === undefined) {
    if (greeting.kind === 'unreachable' || greeting.kind === 'tls-alert') return undefined;
    const secured = await greet({ address: endpoint.address, tls: { insecure: true } }, { ...options, timeout });
    const speaksTls =
      secured.kind !== 'unreachable' ||
      /NO_APPLICATION_PROTOCOL/.test(secured.errorName) ||
      isClientCertificateAlert(secured.errorName);
    return speaksTls ? 'the server speaks TLS, not plaintext: add --tls' : undefined;
  }
  if (greeting.kind !== 'unreachable' || !isHandshakeBreakdown(greeting.errorName)) return undefined;
  const plain = await greet({ address: endpoint.address }, { ...options, timeout });
  if (plain.kind === 'http2')
    return 'the server answered our TLS ClientHello in plaintext HTTP/2: drop --tls, or write http:// instead of https://';
  if (plain.kind === 'http1')
    return `the server speaks plaintext HTTP/1.1 ("${plain.line}"), not TLS: give the port that serves gRPC`;
  return undefined;
}

/** Errors of a handshake whose other side did not speak TLS at all, or hung up on it. */
function isHandshakeBreakdown(errorName: string): boolean {
  return (
    /^(EPROTO|ECONNRESET|EPIPE|CLOSED|TIMEOUT|TLS_TIMEOUT)$/.test(errorName) || /^ERR_SSL_(?!.*ALERT)/.test(errorName)
  );
}

function failure(code: ConformErrorCode, message: string): ConformError {
  return new ConformError(code, message);
}
