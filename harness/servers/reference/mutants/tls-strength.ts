import { getDiffieHellman } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { toPem } from '../../../wire/certificate';
import { goaway, settings } from '../../../wire/builders';
import * as der from '../../../wire/der';
import { encodeFrame } from '../../../wire/encode-frame';
import { errorCodes } from '../../../wire/error-codes';
import { joinOctets } from '../../../wire/join-octets';
import type { Policy } from '../policy';
import { mutantsOf, type Mutant } from './mutant';
import { answering, rewriting, serverHello, type SeenHello } from './tls-octets';

const mandatory = 'ECDHE-RSA-AES128-GCM-SHA256';

/** A server that takes these suites as well, at any strength. */
const withSuites = (suites: string): Partial<Policy> => ({
  secure: (correct) => ({ ...correct, ciphers: `${correct.ciphers ?? ''}:${suites}@SECLEVEL=0` }),
});

/** A server that turns away what is spoken over some suites. */
const unserved = (isMeant: (suite: string, socket: TLSSocket) => boolean): Partial<Policy> => ({
  admit: (socket) => !isMeant(socket.getCipher().name, socket),
});

/** SETTINGS and a GOAWAY that says that the handshake was too weak (RFC 9113 §9.2.2). */
const tooWeak = joinOctets(
  [settings([]), goaway(0, errorCodes.INADEQUATE_SECURITY)].map((frame) => encodeFrame(frame)),
);

/** A server that takes some suites for those that HTTP/2 prohibits. */
const inadequate = (isMeant: (suite: string) => boolean): Partial<Policy> => ({
  ...unserved(isMeant),
  turnAway: (socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(tooWeak);
  },
});

/** The same as soon as the client has said something, and goes on serving. */
function complainLate(socket: TLSSocket, isMeant: (suite: string) => boolean): boolean {
  if (isMeant(socket.getCipher().name))
    socket.once('data', () => socket.write(encodeFrame(goaway(0, errorCodes.INADEQUATE_SECURITY))));
  return true;
}

/** Method 1 in place of null in ServerHello, behind 32 octets of random and the session. */
function selectDeflate(octets: Buffer): Uint8Array {
  if (octets[0] !== 22 || octets[5] !== 2) return octets;
  const changed = Buffer.from(octets);
  changed[43 + 1 + (octets[43] ?? 0) + 2] = 1;
  return changed;
}

const deflating = (isMeant: (hello: SeenHello) => boolean): Partial<Policy> => ({
  takeOver: rewriting((hello) => hello.compressions.includes(1) && isMeant(hello), selectDeflate),
});

/** The second group of RFC 2409, of 1024 bits, as parameters of DHE. */
function smallGroup(): string {
  const group = getDiffieHellman('modp2');
  return toPem('DH PARAMETERS', der.sequence(der.integer(group.getPrime()), der.integer(group.getGenerator())));
}

/** What the server does wrong about suites, key exchange and compression. */
export const tlsStrengthMutants: readonly Mutant[] = [
  ...mutantsOf('TLS-04-bad-cipher-suites', {
    all: { says: 'All suites of OpenSSL are spoken', policy: withSuites('ALL:!aNULL') },
    'rsa-exchange': {
      says: 'AES-GCM is spoken with RSA key exchange, too',
      policy: withSuites('AES128-GCM-SHA256:AES256-GCM-SHA384'),
    },
    'one-cbc': { says: 'One suite with CBC is spoken', policy: withSuites('ECDHE-ECDSA-AES128-SHA256') },
    'triple-des': {
      says: 'The ServerHello agrees on h2 with 3DES, which our own TLS does not have',
      policy: {
        takeOver: answering(({ version, suites }) =>
          suites.includes(0x000a) ? serverHello({ version, suite: 0x000a, alpn: 'h2' }) : undefined,
        ),
      },
    },
    silent: {
      says: 'A ClientHello with nothing but RSA key exchange is not answered',
      policy: {
        takeOver: answering(({ suites }) =>
          suites.length > 0 && suites.every((suite) => suite < 0x0100 && suite !== 0x00ff && !ephemeral.includes(suite))
            ? new Uint8Array(0)
            : undefined,
        ),
      },
    },
  }),
  ...mutantsOf('TLS-09-mandatory-suite', {
    'no-suite': {
      says: 'The mandatory suite is not spoken',
      policy: { secure: (correct) => ({ ...correct, ciphers: `${correct.ciphers ?? ''}:!${mandatory}` }) },
    },
    'no-p-256': {
      says: 'P-256 is not among the curves',
      policy: { secure: (correct) => ({ ...correct, ecdhCurve: 'X25519:P-384' }) },
    },
    unserved: { says: 'Nothing is served over the mandatory suite', policy: unserved((suite) => suite === mandatory) },
  }),
  ...mutantsOf('TLS-10-no-tls-compression', {
    deflate: { says: 'DEFLATE is selected wherever it is offered', policy: deflating(() => true) },
    'deflate-first': {
      says: 'DEFLATE is selected where it is offered first',
      policy: deflating(({ compressions: [first] }) => first === 1),
    },
    'without-null': {
      says: 'DEFLATE is selected where null is not offered',
      policy: {
        takeOver: answering(({ version, suites: [suite = 0], compressions }) =>
          compressions.includes(1) && !compressions.includes(0)
            ? selectDeflate(Buffer.from(serverHello({ version, suite })))
            : undefined,
        ),
      },
    },
  }),
  ...mutantsOf('TLS-11-ephemeral-key-sizes', {
    'dhe-1024': {
      says: 'DHE has a group of 1024 bits',
      policy: { secure: (correct) => ({ ...correct, dhparam: smallGroup() }) },
    },
    'dhe-unserved': {
      says: 'Handshakes with DHE succeed, and nothing is served',
      policy: unserved((suite) => suite.startsWith('DHE-')),
    },
    'ecdhe-unserved': {
      says: 'With TLS 1.2 handshakes with ECDHE succeed, and nothing is served',
      policy: unserved((suite) => suite.startsWith('ECDHE-')),
    },
  }),
  ...mutantsOf('TLS-13-no-inadequate-security-for-good-suites', {
    'dhe-refused': {
      says: 'A suite with DHE and an AEAD is inadequate security',
      policy: inadequate((suite) => suite.startsWith('DHE-')),
    },
    'one-suite': {
      says: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 is inadequate security',
      policy: inadequate((suite) => suite === 'ECDHE-ECDSA-AES256-GCM-SHA384'),
    },
    chacha20: {
      says: 'With TLS 1.2 ChaCha20 is inadequate security',
      policy: inadequate((suite) => suite.endsWith('-CHACHA20-POLY1305')),
    },
    mandatory: {
      says: 'The mandatory suite is inadequate security',
      policy: inadequate((suite) => suite === mandatory),
    },
    'tls-1.3': {
      says: 'TLS_CHACHA20_POLY1305_SHA256 is inadequate security',
      policy: inadequate((suite) => suite === 'TLS_CHACHA20_POLY1305_SHA256'),
    },
    'on-request': {
      says: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 is inadequate security once a request comes, which is answered all the same',
      policy: { admit: (socket) => complainLate(socket, (suite) => suite === 'ECDHE-ECDSA-AES128-GCM-SHA256') },
    },
  }),
];

/** Suites below 0x0100 with DHE. */
const ephemeral: readonly number[] = [0x0033, 0x0039, 0x0067, 0x006b, 0x009e, 0x009f];
