import { constants } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import type { Behaviour } from './behaviour';
import { times } from './limits';
import { readCertificate } from './test-certificates';

/** Suites of TLS 1.2 with an ephemeral key exchange and an AEAD: none is on the list of RFC 9113, Appendix A. */
const suites = ['ECDHE+AESGCM', 'ECDHE+CHACHA20', 'DHE+AESGCM', 'DHE+CHACHA20', '!DSS', '!PSK'].join(':');

/** A server of TCP whose connections speak TLS as RFC 9113 §9.2 wants it. @param accept takes those that have agreed on HTTP/2 */
export function createTlsServer(behaviour: Behaviour, accept: (socket: net.Socket) => void): net.Server {
  const { policy } = behaviour;
  const secure = tls.createServer(policy.secure(correctOptions(behaviour)));
  secure.on('secureConnection', (socket) => {
    if (policy.admit?.(socket) === false) return policy.turnAway(socket);
    // RFC 9113 §3.3: over TLS, HTTP/2 is negotiated by ALPN or not spoken.
    if (policy.speaksHttp2(socket, socket.alpnProtocol === 'h2')) accept(socket);
    else if (socket.alpnProtocol === 'http/1.1') refuseHttp1(socket);
    else policy.turnAway(socket);
  });
  // A client that fails the handshake is no concern of the others.
  secure.on('tlsClientError', (_error, socket) => void socket.destroy());
  const { takeOver } = policy;
  return net.createServer((socket) => {
    if (takeOver === undefined) secure.emit('connection', socket);
    else takeOver(socket, (taken) => secure.emit('connection', taken));
  });
}

function correctOptions(behaviour: Behaviour): tls.TlsOptions {
  const { policy } = behaviour;
  return {
    cert: [readCertificate('server.pem'), readCertificate('server-rsa.pem')],
    key: [readCertificate('server.key.pem'), readCertificate('server-rsa.key.pem')],
    minVersion: 'TLSv1.2',
    ciphers: `${suites}:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256`,
    // Groups of 2048 bits and more (RFC 9113 §9.2.1).
    dhparam: 'auto',
    // RFC 9113 §9.2.1.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout: times.handshake,
    ALPNCallback: ({ protocols }) => {
      const isHttp1 = behaviour.varies('prefers-http1') && protocols.includes('http/1.1');
      const selected = isHttp1 ? 'http/1.1' : protocols.includes('h2') ? 'h2' : undefined;
      return policy.selectProtocol(protocols, selected);
    },
    ...(behaviour.varies('client-certificates') ? clientCertificates : {}),
  };
}

/** Only the test client is let in. */
export const clientCertificates: tls.TlsOptions = {
  requestCert: true,
  rejectUnauthorized: true,
  ca: readCertificate('client.pem'),
};

/** Answers the first request over HTTP/1.1, whatever it is, and closes. */
function refuseHttp1(socket: tls.TLSSocket): void {
  socket.on('error', () => undefined);
  socket.setTimeout(times.handshake, () => socket.destroy());
  socket.once('data', () => socket.end('HTTP/1.1 415 Unsupported Media Type\r\nconnection: close\r\n\r\n'));
}
