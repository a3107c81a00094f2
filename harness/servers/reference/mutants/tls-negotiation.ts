import tls, { type TLSSocket } from 'node:tls';
import { tlsVersions } from '../../../wire/tls/client-hello';
import { readCertificate } from '../test-certificates';
import { mutantsOf, type Mutant } from './mutant';
import { alertOf, answering, peeking, readHello, serverHello } from './tls-octets';

const version12 = tlsVersions['TLS 1.2'];

const isOfVersion12 = (socket: TLSSocket): boolean => socket.getProtocol() === 'TLSv1.2';

/** The connection stays as it is, and nobody speaks on it. */
const leftAlone = (socket: TLSSocket): void => {
  socket.on('error', () => undefined);
  socket.resume();
};

const isWithoutH2 = (alpn: readonly string[]): boolean => alpn.length > 0 && !alpn.includes('h2');

/** TLS that knows nothing of ALPN. */
const withoutAlpn = (): tls.Server => {
  const server = tls.createServer({ cert: readCertificate('server.pem'), key: readCertificate('server.key.pem') });
  server.on('secureConnection', (socket) => void socket.destroy());
  server.on('tlsClientError', () => undefined);
  return server;
};

/** What the server does wrong when a handshake agrees on versions, protocols, names and sessions. */
export const tlsNegotiationMutants: readonly Mutant[] = [
  ...mutantsOf('TLS-01-alpn-h2', {
    'first-of-client': {
      says: 'ALPN takes the first protocol of the client, whatever it is',
      policy: { selectProtocol: (offered) => offered[0] },
    },
    'last-of-client': {
      says: 'ALPN takes the last protocol of the client, whatever it is',
      policy: { selectProtocol: (offered) => offered.at(-1) },
    },
    'only-alone': {
      says: 'ALPN selects h2 only when nothing unknown is offered with it',
      policy: {
        selectProtocol: (offered, correct) =>
          offered.some((one) => one !== 'h2' && one !== 'http/1.1') ? undefined : correct,
      },
    },
  }),
  ...mutantsOf('TLS-02-alpn-without-h2', {
    'h2c-selected': {
      says: 'ALPN selects h2c, and HTTP/2 is spoken',
      policy: {
        selectProtocol: (offered, correct) => correct ?? offered.find((one) => one === 'h2c'),
        speaksHttp2: (socket, correct) => correct || socket.alpnProtocol === 'h2c',
      },
    },
    'prior-knowledge': {
      says: 'HTTP/2 is spoken with clients that send no ALPN',
      policy: { speaksHttp2: (socket, correct) => correct || socket.alpnProtocol === false },
    },
    'http1-is-http2': {
      says: 'HTTP/2 is spoken where http/1.1 was selected',
      policy: {
        selectProtocol: (offered, correct) => correct ?? offered.find((one) => one === 'http/1.1'),
        speaksHttp2: (socket, correct) => correct || socket.alpnProtocol === 'http/1.1',
      },
    },
    'near-name': {
      says: 'Any protocol whose name begins with h2 is taken for h2',
      policy: {
        selectProtocol: (offered, correct) => correct ?? offered.find((one) => one.startsWith('h2-')),
        speaksHttp2: (socket, correct) => correct || (socket.alpnProtocol || '').startsWith('h2-'),
      },
    },
    'left-alone': {
      says: 'A connection without ALPN is neither served nor closed',
      policy: { turnAway: leftAlone },
    },
  }),
  ...mutantsOf('TLS-03-version', {
    'all-versions': {
      says: 'TLS 1.0 and 1.1 are spoken, too',
      policy: { secure: (correct) => ({ ...correct, minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }) },
    },
    'from-1.1': {
      says: 'TLS 1.1 is spoken, too',
      policy: { secure: (correct) => ({ ...correct, minVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }) },
    },
    'ssl-3': {
      says: 'The ServerHello agrees to SSL 3.0',
      policy: {
        takeOver: answering(({ version }) =>
          version === tlsVersions['SSL 3.0'] ? serverHello({ version, suite: 0x002f }) : undefined,
        ),
      },
    },
  }),
  ...mutantsOf('TLS-12-sni', {
    'known-refused': {
      says: 'The name of the certificate is refused',
      policy: {
        secure: (correct) => ({
          ...correct,
          SNICallback: (name, done) => done(name === 'localhost' ? new Error('unknown') : null),
        }),
      },
    },
    'case-counts': {
      says: 'A name that is not in small letters is refused',
      policy: {
        secure: (correct) => ({
          ...correct,
          SNICallback: (name, done) => done(name === name.toLowerCase() ? null : new Error('unknown')),
        }),
      },
    },
    'unknown-waits': {
      says: 'The handshake of a client that names another host stands still',
      policy: {
        secure: (correct) => ({
          ...correct,
          SNICallback: (name, done) => {
            if (name.toLowerCase() === 'localhost') done(null);
          },
        }),
      },
    },
    'unknown-left-alone': {
      says: 'A connection over TLS 1.2 with another name is neither served nor closed',
      policy: {
        admit: (socket) => !isOfVersion12(socket) || !String(socketName(socket)).endsWith('.invalid'),
        turnAway: leftAlone,
      },
    },
    'absent-left-alone': {
      says: 'A connection over TLS 1.2 without SNI is neither served nor closed',
      policy: { admit: (socket) => !isOfVersion12(socket) || socketName(socket) !== '', turnAway: leftAlone },
    },
  }),
  ...mutantsOf('TLS-14-alpn-no-overlap-alert', {
    'no-protocol': {
      says: 'A handshake without a common protocol is completed without one',
      policy: {
        takeOver: peeking((first, socket, secure) => {
          if (!isWithoutH2(readHello(first).alpn)) return secure(socket);
          socket.unshift(first);
          withoutAlpn().emit('connection', socket);
        }),
      },
    },
    'other-alert': {
      says: 'Without a common protocol the alert is handshake_failure',
      policy: { takeOver: answering(({ alpn }) => (isWithoutH2(alpn) ? alertOf(40) : undefined)) },
    },
    'not-offered': {
      says: 'h2 is selected where h2c was offered',
      policy: {
        takeOver: answering(({ alpn, version, suites: [suite = 0] }) =>
          version === version12 && isWithoutH2(alpn) && alpn.includes('h2c')
            ? serverHello({ version, suite, alpn: 'h2' })
            : undefined,
        ),
      },
    },
  }),
  ...mutantsOf('TLS-15-resumption', {
    unserved: {
      says: 'A resumed connection is closed',
      policy: { admit: (socket) => !socket.isSessionReused() },
    },
    'unserved-1.2': {
      says: 'A resumed connection over TLS 1.2 is neither served nor closed',
      policy: { admit: (socket) => !socket.isSessionReused() || !isOfVersion12(socket), turnAway: leftAlone },
    },
    'protocol-of-session': {
      says: 'A resumed connection speaks HTTP/2, whatever was selected on it',
      policy: {
        selectProtocol: (offered, correct) => correct ?? offered[0],
        speaksHttp2: (socket, correct) => correct || socket.isSessionReused(),
      },
    },
  }),
];

/** What SNI said; empty without it. */
const socketName = (socket: TLSSocket & { readonly servername?: string | false | null }): string =>
  socket.servername || '';
