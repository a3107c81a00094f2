import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { frameTypes } from '../../../wire/frame';
import { clientCertificates } from '../tls-server';
import type { Policy } from '../policy';
import { mutantsOf, type Mutant } from './mutant';
import { peeking } from './tls-octets';

/** A server that may renegotiate. */
const renegotiating: Policy['secure'] = (correct) => ({ ...correct, secureOptions: 0 });

/** Asks for another handshake with TLS 1.2 when so many reads have come that some clause counts. */
const askingAfter =
  (count: number, counts: (octets: Uint8Array) => boolean): NonNullable<Policy['admit']> =>
  (socket) => {
    let seen = 0;
    socket.on('data', (octets: Uint8Array) => {
      if (counts(octets) && ++seen === count && socket.getProtocol() === 'TLSv1.2')
        socket.renegotiate({}, () => undefined);
    });
    return true;
  };

/** True for a PING that came alone: the client waits for the answer, so that nothing of it crosses what we send. */
const isPing = (octets: Uint8Array): boolean => octets.length === 17 && octets[3] === frameTypes.PING;

/** Takes what comes in or goes out of a connection over TLS through a change. */
const changing =
  (change: (socket: TLSSocket) => void): NonNullable<Policy['admit']> =>
  (socket) => {
    change(socket);
    return true;
  };

/** Certificates are looked at only after the handshake, and wrongly. */
const lettingIn = (isGood: (socket: TLSSocket, error: string) => boolean): Partial<Policy> => ({
  secure: (correct) => ({ ...correct, ...clientCertificates, rejectUnauthorized: false }),
  admit: (socket) => socket.authorized || isGood(socket, String(socket.authorizationError)),
});

/** The first octet of a TLS record with a handshake. */
const handshakeRecord = 22;

const isHandshake = (first: Buffer): boolean => first[0] === handshakeRecord;

/** In front of the preface of HTTP/2, reads that begin with some octets are taken for nothing. */
const passingOver =
  (isMeant: (first: number | undefined) => boolean): Policy['takeRead'] =>
  (octets, { prefaceSeen }) =>
    prefaceSeen === 0 && isMeant(octets[0]) ? new Uint8Array(0) : octets;

/** A handshake that has begun is waited for before the next one. */
function oneAtATime(): NonNullable<Policy['takeOver']> {
  let before: Promise<unknown> = Promise.resolve();
  return peeking((first, socket, secure) => {
    const turn = before;
    const isWhole = first.length >= 5 && first.length >= 5 + first.readUInt16BE(3);
    if (isHandshake(first) && !isWhole)
      before = turn.then(() => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    void turn.then(() => secure(socket));
  });
}

/** What the server does wrong on connections over TLS. */
export const tlsConnectionMutants: readonly Mutant[] = [
  ...mutantsOf('TLS-05-no-renegotiation', {
    agreed: { says: 'A client that asks for a renegotiation gets it', policy: { secure: renegotiating } },
    asked: {
      says: 'The server asks for a renegotiation at the first PING',
      policy: { secure: renegotiating, admit: askingAfter(1, isPing) },
    },
    'asked-late': {
      says: 'The server asks for a renegotiation in mid-connection',
      policy: { secure: renegotiating, admit: askingAfter(3, () => true) },
    },
  }),
  ...mutantsOf('TLS-06-calls-over-tls', {
    'small-records': {
      says: 'Records of less than five octets are taken for nothing',
      policy: {
        admit: changing((socket) => {
          const emit = socket.emit.bind(socket);
          socket.emit = (event: string | symbol, ...args: unknown[]) =>
            event === 'data' && args[0] instanceof Uint8Array && args[0].length < 5
              ? false
              : emit(event, ...(args as []));
        }),
      },
    },
    'large-answers': {
      says: 'What an answer has beyond the first record is lost',
      policy: {
        admit: changing((socket) => {
          const write = socket.write.bind(socket) as (chunk: Uint8Array, ...rest: unknown[]) => boolean;
          socket.write = (chunk: Uint8Array | string, ...rest: unknown[]) =>
            write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk.subarray(0, 16_384), ...rest);
        }),
      },
    },
    'one-frame': {
      says: 'Of a record with more than a thousand octets the last one is lost',
      policy: {
        admit: changing((socket) => {
          const emit = socket.emit.bind(socket);
          socket.emit = (event: string | symbol, ...args: unknown[]) =>
            event === 'data' && args[0] instanceof Uint8Array && args[0].length > 1000
              ? emit(event, args[0].subarray(0, -1))
              : emit(event, ...(args as []));
        }),
      },
    },
  }),
  ...mutantsOf('TLS-07-client-certificate', {
    any: {
      says: 'Any client certificate is let in',
      policy: lettingIn((socket) => socket.getPeerCertificate().raw !== undefined),
    },
    'self-signed': {
      says: 'A client certificate that is signed by itself is let in',
      policy: lettingIn((_socket, error) => error === 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    },
    'own-chain': {
      says: 'A client certificate is let in whose authority the client has sent along',
      policy: lettingIn((_socket, error) => error === 'SELF_SIGNED_CERT_IN_CHAIN'),
    },
    'good-refused': {
      says: 'Nobody is let in with TLS 1.2',
      policy: {
        ...lettingIn(() => false),
        admit: (socket) => socket.authorized && socket.getProtocol() !== 'TLSv1.2',
      },
    },
  }),
  ...mutantsOf('TLS-08-plaintext-on-tls-port', {
    'clear-text-open': {
      says: 'On a port for TLS clear text is neither answered nor closed',
      overTls: true,
      policy: {
        takeOver: peeking((first, socket, secure: (taken: Duplex) => void) => {
          if (isHandshake(first)) secure(socket);
          else socket.resume();
        }),
      },
    },
    'garbage-open': {
      says: 'On a port for TLS what begins with an x is neither answered nor closed',
      overTls: true,
      policy: {
        takeOver: peeking((first, socket, secure) => {
          if (first[0] === 0x78) socket.resume();
          else secure(socket);
        }),
      },
    },
    'hello-open': {
      says: 'On a port for clear text a ClientHello is neither answered nor closed',
      policy: { takeRead: passingOver((first) => first === handshakeRecord) },
    },
    'clear-garbage-open': {
      says: 'On a port for clear text what begins with an x is neither answered nor closed',
      policy: { takeRead: passingOver((first) => first === 0x78) },
    },
    'one-at-a-time': {
      says: 'A handshake that stands still keeps all others waiting',
      overTls: true,
      policy: { takeOver: oneAtATime() },
      survives: {
        where: 'always',
        reason: 'it is found, but as a server that serves nobody any more, which is another row',
      },
    },
    ends: {
      says: 'Clear text on a port for TLS ends the process',
      overTls: true,
      endsService: true,
      policy: {
        takeOver: peeking((first, socket, secure) => {
          if (!isHandshake(first)) process.exit(1);
          secure(socket);
        }),
      },
    },
  }),
];
