import type net from 'node:net';
import { Duplex } from 'node:stream';

/** A connection whose octets on their way out are changed, TLS records as they are written. */
export function rewriteWrites(socket: net.Socket, rewrite: (octets: Buffer) => Uint8Array): Duplex {
  const duplex = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(rewrite(chunk), () => done()),
    final: (done) => void socket.end(() => done()),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    if (!duplex.push(chunk)) socket.pause();
  });
  socket.on('end', () => duplex.push(null));
  socket.on('error', () => duplex.destroy());
  socket.on('close', () => duplex.destroy());
  return duplex;
}
