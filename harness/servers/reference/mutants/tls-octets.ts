import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { joinOctets } from '../../../wire/join-octets';
import type { Policy } from '../policy';
import { rewriteWrites } from './rewrite-writes';

/** What mutants look at in the first ClientHello of a connection; all empty for what is none. */
export interface SeenHello {
  readonly version: number;
  readonly suites: readonly number[];
  readonly compressions: readonly number[];
  readonly alpn: readonly string[];
}

type TakeOver = NonNullable<Policy['takeOver']>;

/** Shows a mutant the first octets of a connection before anybody else reads them. */
export const peeking =
  (look: (first: Buffer, socket: net.Socket, secure: (taken: Duplex) => void) => void): TakeOver =>
  (socket, secure) => {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      look(first, socket, (taken) => {
        if (taken === socket) socket.unshift(first);
        secure(taken);
      });
    });
  };

/** Answers some ClientHellos with octets of its own, and leaves the others to TLS. */
export const answering = (answer: (hello: SeenHello) => Uint8Array | undefined): TakeOver =>
  peeking((first, socket, secure) => {
    const octets = answer(readHello(first));
    if (octets === undefined) return secure(socket);
    socket.write(octets);
    socket.resume();
  });

/** Changes what TLS writes, where the ClientHello is of a kind. */
export const rewriting = (isMeant: (hello: SeenHello) => boolean, rewrite: (octets: Buffer) => Uint8Array): TakeOver =>
  peeking((first, socket, secure) => {
    if (!isMeant(readHello(first))) return secure(socket);
    socket.unshift(first);
    secure(rewriteWrites(socket, rewrite));
  });

/** A fatal alert in a record of its own. */
export const alertOf = (description: number): Uint8Array => Uint8Array.of(21, 3, 3, 0, 2, 2, description);

/** ServerHello and ServerHelloDone of a server that has no certificate, in one record. */
export function serverHello({
  version,
  suite,
  alpn,
}: {
  readonly version: number;
  readonly suite: number;
  readonly alpn?: string;
}): Uint8Array {
  const name = Buffer.from(alpn ?? '', 'latin1');
  const extension =
    alpn === undefined
      ? new Uint8Array(0)
      : Uint8Array.of(0, name.length + 7, 0, 16, 0, name.length + 3, 0, name.length + 1, name.length, ...name);
  const body = joinOctets([
    Uint8Array.of(version >> 8, version & 0xff),
    new Uint8Array(32),
    Uint8Array.of(0, suite >> 8, suite & 0xff, 0),
    extension,
  ]);
  const messages = joinOctets([Uint8Array.of(2, 0, 0, body.length), body, Uint8Array.of(14, 0, 0, 0)]);
  return joinOctets([Uint8Array.of(22, version >> 8, version & 0xff, 0, messages.length), messages]);
}

/** Reads a ClientHello that came in one piece (RFC 5246 §7.4.1.2). */
export function readHello(octets: Buffer): SeenHello {
  const nothing: SeenHello = { version: 0, suites: [], compressions: [], alpn: [] };
  if (octets[0] !== 22 || octets[5] !== 1 || octets.length < 44) return nothing;
  const suitesAt = 44 + (octets[43] ?? 0);
  const compressionsAt = suitesAt + 2 + octets.readUInt16BE(suitesAt);
  const extensionsAt = compressionsAt + 1 + (octets[compressionsAt] ?? 0) + 2;
  const alpn: string[] = [];
  for (let offset = extensionsAt; offset + 4 <= octets.length; offset += 4 + octets.readUInt16BE(offset + 2)) {
    if (octets.readUInt16BE(offset) !== 16) continue;
    const end = offset + 4 + octets.readUInt16BE(offset + 2);
    for (let at = offset + 6; at < end; at += 1 + (octets[at] ?? 0))
      alpn.push(octets.toString('latin1', at + 1, at + 1 + (octets[at] ?? 0)));
  }
  return {
    version: octets.readUInt16BE(9),
    suites: Array.from({ length: octets.readUInt16BE(suitesAt) / 2 }, (_, index) =>
      octets.readUInt16BE(suitesAt + 2 + 2 * index),
    ),
    compressions: [...octets.subarray(compressionsAt + 1, compressionsAt + 1 + (octets[compressionsAt] ?? 0))],
    alpn,
  };
}
