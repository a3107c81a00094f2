import { continuation, headers } from '../../../wire/builders';
import { encodeFrame, encodeFrames } from '../../../wire/encode-frame';
import type { RawFrame } from '../../../wire/frame';
import { HpackEncoder } from '../../../wire/hpack/encoder';
import { joinOctets } from '../../../wire/join-octets';
import type { Attack, Attacker } from '../attacker';
import { blockFrames, literalBlock, responseHeaders, trailersOnly } from '../answers';
import { flood, makeNoise, manyTimes } from '../pour';
import { brokenInTheRun, hardlyReady, neverReady } from './common';

/** 16,000 octets of one field. */
const filler = literalBlock([{ name: 'x-filler', value: 'x'.repeat(16_000) }]);
const start = literalBlock(responseHeaders);
const done = literalBlock([{ name: 'grpc-status', value: '0' }]);

/** The newest entry of the client's table, as one octet (RFC 7541 §6.1). */
const newest = 0x80 | 62;
/** A table size update to 0, as one octet (RFC 7541 §6.3). */
const emptyTable = 0x20;

/** A block that enters a field of 4,000 octets into the table, and then refers to it. */
const bomb = (references: number): Uint8Array =>
  joinOctets([
    start,
    new HpackEncoder().encode([{ name: 'x', value: 'y'.repeat(4000), representation: 'incremental', huffman: false }]),
    new Uint8Array(references).fill(newest),
  ]);

const write = (socket: Parameters<Attack>[0], frames: readonly RawFrame[]): void =>
  void socket.write(encodeFrames(frames));

export const endlessFieldBlock: Attack = (socket, stream) => {
  socket.write(encodeFrame(headers(stream, filler, { endHeaders: false })));
  flood(socket, encodeFrame(continuation(stream, filler)));
};
const indexesWithoutEnd: Attack = (socket, stream) =>
  flood(socket, manyTimes(headers(stream, new Uint8Array(16_384).fill(0x82))));

const attacks: Readonly<Record<string, readonly [string, Attack]>> = {
  'endless-field-block': ['a field block that never ends', endlessFieldBlock],
  'static-references': ['field blocks full of references to the static table, without end', indexesWithoutEnd],
  'hpack-bomb': [
    'a field block of 16 kB that stands for 48 MB',
    (socket, stream) => {
      write(socket, blockFrames(stream, bomb(12_000)));
      write(socket, [headers(stream, done, { endStream: true })]);
    },
  ],
  'hpack-bombs': [
    'field blocks of 16 kB that stand for 64 MB each, without end',
    (socket, stream) => {
      write(socket, blockFrames(stream, bomb(4000)));
      flood(socket, manyTimes(headers(stream, new Uint8Array(16_000).fill(newest))));
    },
  ],
  'table-updates': [
    'a million table size updates before a field block',
    (socket, stream) => {
      const block = joinOctets([new Uint8Array(1 << 20).fill(emptyTable), start, done]);
      write(socket, blockFrames(stream, block, { endStream: true }));
    },
  ],
  'table-updates-without-end': [
    'field blocks of nothing but table size updates, without end',
    (socket, stream) => flood(socket, manyTimes(headers(stream, new Uint8Array(16_000).fill(emptyTable)))),
  ],
  'integer-overflow': [
    'an index of seventy bits',
    (socket, stream) =>
      write(socket, [
        headers(stream, Uint8Array.of(...Array.from({ length: 11 }, () => 0xff), 0x7f), { endStream: true }),
      ]),
  ],
  'huffman-noise': [
    'names and values of Huffman codes that are none',
    (socket, stream, random) => {
      const text = joinOctets([Uint8Array.of(0xff, 0x81, 0x16), makeNoise(2944, random)]);
      write(socket, [headers(stream, joinOctets([Uint8Array.of(0), text, text]), { endStream: true })]);
    },
  ],
  'many-fields': [
    'a hundred thousand fields',
    (socket, stream) => {
      const fields = Array.from({ length: 100_000 }, (_, index) => ({ name: `x-${index}`, value: 'v' }));
      write(socket, blockFrames(stream, joinOctets([start, literalBlock(fields)])));
      write(socket, [headers(stream, done, { endStream: true })]);
    },
  ],
  'large-field': [
    'one field of 16 MiB',
    (socket, stream) => {
      const field = literalBlock([{ name: 'x-large', value: 'a'.repeat(2 ** 24 - 64) }]);
      write(socket, blockFrames(stream, joinOctets([start, field])));
      write(socket, [headers(stream, done, { endStream: true })]);
    },
  ],
  'large-name': [
    'a name of a million letters',
    (socket, stream) => void socket.write(trailersOnly(stream, '0', [{ name: 'x'.repeat(1_000_000), value: 'v' }])),
  ],
};

/** Attackers that abuse HPACK and field blocks. */
export const fieldBlockAttackers: readonly Attacker[] = [
  ...Object.entries(attacks).map(([name, [what, attack]]): Attacker => ({
    name,
    does: `answers calls of the run with ${what}`,
    means: { moment: 'run', attack },
    ...brokenInTheRun,
  })),
  {
    name: 'endless-field-block-at-accept',
    does: 'sends a field block that never ends as soon as one has connected',
    means: { moment: 'accept', attack: endlessFieldBlock },
    ...neverReady,
  },
  {
    name: 'endless-field-block-for-every-call',
    does: 'answers every call with a field block that never ends',
    means: { moment: 'call', attack: endlessFieldBlock },
    ...hardlyReady,
  },
];
