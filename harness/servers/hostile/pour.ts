import type net from 'node:net';
import { encodeFrames } from '../../wire/encode-frame';
import type { RawFrame } from '../../wire/frame';
import { joinOctets } from '../../wire/join-octets';

/** Octets of a write of a flood: few writes, and no buffer of ours that grows. */
const writeSize = 65_536;

/** Connections that have a flood already; another call does not make it faster. */
const flooded = new WeakSet<net.Socket>();

/** Writes octets until the client hangs up, as fast as it reads. */
export function flood(socket: net.Socket, octets: Uint8Array | (() => Uint8Array)): void {
  if (flooded.has(socket)) return;
  flooded.add(socket);
  const next = typeof octets === 'function' ? octets : () => octets;
  const pour = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(next()));
  };
  socket.on('drain', pour);
  pour();
}

/** As many copies of frames as make a write. */
export function manyTimes(...frames: readonly RawFrame[]): Uint8Array {
  const once = encodeFrames(frames);
  return joinOctets(Array.from({ length: Math.ceil(writeSize / once.length) }, () => once));
}

/** Frames for streams that count upwards without end, as many as make a write each time. */
export function onNewStreams(makeFrame: (stream: number) => RawFrame): () => Uint8Array {
  let stream = 1;
  return () =>
    encodeFrames(
      Array.from({ length: 1000 }, () => {
        stream = (stream + 2) % 0x7fff_ffff;
        return makeFrame(stream);
      }),
    );
}

/** Writes octets one by one, a pause in milliseconds before each. */
export function trickle(socket: net.Socket, octets: Iterable<number>, pause: number): void {
  const iterator = octets[Symbol.iterator]();
  const timer = setInterval(() => {
    const next = socket.destroyed ? { done: true as const } : iterator.next();
    if (next.done === true) clearInterval(timer);
    else socket.write(Uint8Array.of(next.value));
  }, pause);
}

/** The same octet without end. */
export function* forever(octet: number): Generator<number, never> {
  for (;;) yield octet;
}

/** Octets that look like nothing. */
export function makeNoise(length: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/** Xorshift32 (Marsaglia 2003): the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x2545_f491) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
