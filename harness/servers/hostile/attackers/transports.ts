import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { readCertificate } from '../../reference/test-certificates';
import type { Attacker } from '../attacker';
import { hostileCertificate, hostileKey } from '../hostile-certificate';
import { makeNoise, trickle } from '../pour';
import { neverReady } from './common';

const pair = () => ({
  cert: readCertificate('server.pem'),
  key: readCertificate('server.key.pem'),
});

/** A TLS record that announces a handshake of 16 KiB (RFC 8446 §5.1). */
const beginOfRecord = Uint8Array.of(22, 3, 3, 0x40, 0);

/** Options by which any certificate will do. */
const anyCertificate = ['--tls', '--insecure'];

/** Attackers below HTTP/2, and those that speak something else. */
export const transportAttackers: readonly Attacker[] = [
  {
    name: 'tls-for-plaintext',
    does: 'speaks TLS where plaintext is expected',
    means: { moment: 'listener', listen: () => http2.createSecureServer(pair()) },
    ...neverReady,
  },
  {
    name: 'plaintext-for-tls',
    does: 'speaks HTTP/2 without TLS where TLS is expected',
    means: { moment: 'listener', listen: () => http2.createServer() },
    ...neverReady,
    options: anyCertificate,
  },
  {
    name: 'tls-with-http1',
    does: 'speaks HTTP/1.1 over TLS',
    means: { moment: 'listener', listen: () => https.createServer(pair(), (_request, response) => response.end()) },
    ...neverReady,
    options: anyCertificate,
  },
  {
    name: 'tls-without-alpn',
    does: 'speaks TLS, selects no protocol, and says nothing',
    means: { moment: 'listener', listen: () => tls.createServer(pair()) },
    ...neverReady,
    options: anyCertificate,
  },
  {
    name: 'tls-of-a-stranger',
    does: 'has a certificate that nobody signed, with markup, escapes and commands in its names',
    means: {
      moment: 'listener',
      listen: () => http2.createSecureServer({ cert: hostileCertificate, key: hostileKey }),
    },
    exitCodes: neverReady.exitCodes,
    selections: ['plain', 'github'],
    options: ['--tls'],
  },
  {
    name: 'tls-with-hostile-names',
    does: 'has such a certificate, which the user accepts, and serves no method',
    means: {
      moment: 'listener',
      listen: () => {
        const server = http2.createSecureServer({ cert: hostileCertificate, key: hostileKey });
        server.on('stream', (stream) => {
          stream.on('error', () => undefined);
          stream.respond(
            { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' },
            { endStream: true },
          );
        });
        return server;
      },
    },
    // Node's server is no full gRPC server; that it is found wanting is not the point here.
    exitCodes: [0, 1],
    selections: ['plain', 'github', 'json'],
    options: anyCertificate,
  },
  {
    name: 'tls-of-silence',
    does: 'accepts connections and answers no TLS handshake',
    means: { moment: 'listener', listen: () => net.createServer((socket) => void socket.resume()) },
    ...neverReady,
    options: anyCertificate,
  },
  {
    name: 'tls-of-noise',
    does: 'answers the TLS handshake with noise',
    means: {
      moment: 'accept',
      attack: (socket, _stream, random) => void socket.write(makeNoise(4096, random)),
    },
    ...neverReady,
    options: anyCertificate,
  },
  {
    name: 'tls-in-trickles',
    does: 'answers the TLS handshake with one octet per second',
    means: {
      moment: 'accept',
      attack: (socket) => trickle(socket, [...beginOfRecord, ...new Uint8Array(1000)], 1000),
    },
    ...neverReady,
    options: anyCertificate,
  },
  {
    name: 'http1-server',
    does: 'is a web server of HTTP/1.1 with a long page',
    means: {
      moment: 'listener',
      listen: () => http.createServer((_request, response) => response.end('<script>'.repeat(100_000))),
    },
    ...neverReady,
  },
];
