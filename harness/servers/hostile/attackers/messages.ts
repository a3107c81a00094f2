import { gzipSync } from 'node:zlib';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { data, rawFrame } from '../../../wire/builders';
import { encodeFrame, encodeFrames } from '../../../wire/encode-frame';
import { frameTypes } from '../../../wire/frame';
import { joinOctets } from '../../../wire/join-octets';
import type { Attack, Attacker } from '../attacker';
import { answer, blockFrames, literalBlock, repeat, responseHeaders } from '../answers';
import { makeNoise } from '../pour';
import { brokenInTheRun } from './common';

const gzipped = [{ name: 'grpc-encoding', value: 'gzip' }];
const compressed = (octets: Uint8Array): Uint8Array => encodeMessage(octets, { compressedFlag: 1 });

/** Made once, when the first call asks for it: compressing takes seconds. */
function once(make: () => Uint8Array): () => Uint8Array {
  let made: Uint8Array | undefined;
  return () => (made ??= make());
}
const oneMember = once(() => gzipSync(new Uint8Array(1 << 28), { level: 9 }));
const manyMembers = once(() => repeat(gzipSync(new Uint8Array(1 << 20), { level: 9 }), 1024));
const manyBombs = once(() => repeat(compressed(gzipSync(new Uint8Array(1 << 22), { level: 9 })), 200));
const cutBomb = once(() => gzipSync(new Uint8Array(60 << 20), { level: 9 }).subarray(0, 60_000));

const begin = (stream: number): Uint8Array => encodeFrames(blockFrames(stream, literalBlock(responseHeaders)));
const claim = encodeMessage(new Uint8Array(100), { length: 0xffff_ffff });

const attacks: Readonly<Record<string, readonly [string, Attack]>> = {
  'gzip-bomb': [
    'a message of 260 kB that inflates to 256 MiB',
    (socket, stream) => void socket.write(answer(stream, compressed(oneMember()), { more: gzipped })),
  ],
  'gzip-members': [
    'a message of a thousand gzip members that inflate to 1 GiB',
    (socket, stream) => void socket.write(answer(stream, compressed(manyMembers()), { more: gzipped })),
  ],
  'gzip-messages': [
    'two hundred messages that inflate to 4 MiB each',
    (socket, stream) => void socket.write(answer(stream, manyBombs(), { more: gzipped })),
  ],
  'gzip-cut': [
    'the beginning of a message that inflates to 60 MiB',
    (socket, stream) => void socket.write(answer(stream, compressed(cutBomb()), { more: gzipped })),
  ],
  'gzip-noise': [
    'noise that is said to be gzip',
    (socket, stream, random) =>
      void socket.write(answer(stream, compressed(makeNoise(1000, random)), { more: gzipped })),
  ],
  'length-of-4-gib': [
    'a message that announces 4 GiB and has a hundred octets',
    (socket, stream) => void socket.write(answer(stream, claim)),
  ],
  'length-of-4-gib-in-the-making': [
    'a message that announces 4 GiB and comes slowly',
    (socket, stream) => {
      socket.write(joinOctets([begin(stream), encodeFrame(data(stream, claim))]));
      const piece = encodeFrame(data(stream, new Uint8Array(16_000)));
      const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(piece)), 20);
    },
  ],
  'frame-of-16-mib': [
    'a frame that announces 16 MiB and has ten octets',
    (socket, stream) =>
      void socket.write(
        encodeFrame(
          rawFrame({ type: frameTypes.DATA, streamId: stream, payload: new Uint8Array(10), length: 0xff_ffff }),
        ),
      ),
  ],
  'nested-groups': [
    'a message of sixty thousand groups in each other',
    (socket, stream) => void socket.write(answer(stream, encodeMessage(new Uint8Array(60_000).fill(0x0b)))),
  ],
  'nested-messages': [
    'a message of messages in each other, ten thousand deep',
    (socket, stream) => {
      // Field 1 with a length in four octets, each time the rest.
      const depth = 10_000;
      const octets = new Uint8Array(depth * 5);
      for (let level = 0; level < depth; level += 1) {
        const left = (depth - level - 1) * 5;
        octets.set(
          [0x0a, (left & 0x7f) | 0x80, ((left >>> 7) & 0x7f) | 0x80, ((left >>> 14) & 0x7f) | 0x80, 0],
          level * 5,
        );
      }
      socket.write(answer(stream, encodeMessage(octets)));
    },
  ],
  'noise-message': [
    'messages of noise',
    (socket, stream, random) => void socket.write(answer(stream, encodeMessage(makeNoise(10_000, random)))),
  ],
};

/** Attackers whose frames are legal and whose messages are not. */
export const messageAttackers: readonly Attacker[] = Object.entries(attacks).map(
  ([name, [what, attack]]): Attacker => ({
    name,
    does: `answers calls of the run with ${what}`,
    means: { moment: 'run', attack },
    exitCodes: brokenInTheRun.exitCodes,
    selections: name.startsWith('gzip') || name.startsWith('nested') ? ['calls', 'whole'] : ['calls'],
  }),
);
