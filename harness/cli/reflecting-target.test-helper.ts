import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import net from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { continuation, data, goaway, headers, ping, rawFrame, settings, settingsAck } from '../wire/builders';
import { FrameDecoder } from '../wire/decode-frames';
import { encodeFrames } from '../wire/encode-frame';
import { flags, frameTypes, type RawFrame } from '../wire/frame';
import { HpackDecoder } from '../wire/hpack/decoder';
import { HpackEncoder, type FieldSpec } from '../wire/hpack/encoder';
import { joinOctets } from '../wire/join-octets';
import { connectionPreface } from '../wire/preface';
import { callsOfLaunch } from './calls-of-launch.test-helper';

/** A token that nobody else has, for each way of reflecting one: who finds it knows the way. */
export const tokenOf = (way: string): string =>
  `K${createHash('sha256').update(way).digest('base64').replace(/[+/=]/g, 'x').slice(0, 31)}`;

/** The field in which the client gives the token of a way. */
export const fieldOf = (way: string): string => `x-key-${way}`;

type Write = (token: string) => string;

const base64After =
  (before: string): Write =>
  (token) =>
    Buffer.from(`${before}${token} is no good`).toString('base64');
const everyCharacter =
  (escape: (code: number) => string): Write =>
  (token) =>
    [...token].map((character) => escape(character.charCodeAt(0))).join('');
const hexOf = (code: number): string => code.toString(16).padStart(2, '0');

/** Ways to reflect a token in the value of a field; each field is named after its way, but for those that must have a certain name. */
export const inFields: Readonly<Record<string, Write>> = {
  plain: (token) => `you said ${token}.`,
  server: (token) => `server of ${token}`,
  'grpc-message': everyCharacter((code) => `%${hexOf(code).toUpperCase()}`),
  'percent-twice': everyCharacter((code) => `%25${hexOf(code)}`),
  'grpc-status-details-bin': (token) =>
    Buffer.from(`\x08\x10\x12${String.fromCharCode(token.length + 9)}bad token ${token}`).toString('base64'),
  'one-bin': base64After('a'),
  'two-bin': base64After('ab'),
  'three-bin': (token) => base64After('abc')(token).replace(/=+$/, ''),
  'url-safe': (token) => Buffer.from(`??>${token}??>`).toString('base64url'),
  'base64-twice': (token) => Buffer.from(`a ${base64After('b')(token)}`).toString('base64'),
  hex: everyCharacter(hexOf),
  'upper-hex': everyCharacter((code) => hexOf(code).toUpperCase()),
  upper: (token) => token.toUpperCase(),
  'json-escapes': everyCharacter((code) => `\\u00${hexOf(code)}`),
  references: everyCharacter((code) => `&#${code};`),
  reversed: (token) => [...token].reverse().join(''),
};

/** Ways to reflect one in a message. */
export const inMessages: Readonly<Record<string, (token: string) => Uint8Array>> = {
  octets: (token) => encodeMessage(Buffer.from(`it was ${token}`)),
  utf16: (token) => encodeMessage(Buffer.from(token, 'utf16le')),
  gzip: (token) => encodeMessage(gzipSync(`it was ${token}`), { compressedFlag: 1 }),
  deflate: (token) => encodeMessage(deflateSync(`it was ${token}`), { compressedFlag: 1 }),
  'raw-deflate': (token) => encodeMessage(deflateRawSync(`it was ${token}`), { compressedFlag: 1 }),
  'not-flagged': (token) => encodeMessage(gzipSync(`it was ${token}`)),
  'cut-gzip': (token) => gzipSync(`${token}${createHash('sha256').update(token).digest('hex')}`).subarray(0, -8),
};

/** Other ways, each at its place below. */
export const elsewhere = [
  'name',
  'huffman',
  'indexed',
  'continuation',
  'goaway',
  'unknown',
  'stdout',
  'stderr',
  'cut',
  'end',
] as const;

export const ways: readonly string[] = [...Object.keys(inFields), ...Object.keys(inMessages), ...elsewhere];

/** Octets of the output of a target that are kept, as README's page on run.json says: the end. */
const keptOutput = 64 * 1024;

/** What a target writes in the end so that what is kept of it begins behind so many characters of a token, and ends within another. */
function cutOutput(first: string, skipped: number, last: string): string {
  const end = ` ${last}`;
  return `${first}${'.'.repeat(keptOutput - (first.length - skipped) - end.length)}${end}`;
}

/**
 * A target that reflects each token in its way, in answer to every call, with a status that is wrong. With `--die N` it says its last words at the first call of
 * the run, of which what is kept begins behind N characters of a token; with `--early` it never listens.
 */
function serve(socket: net.Socket, skipped: number | undefined): void {
  const frames = new FrameDecoder();
  const hpack = new HpackDecoder();
  const encoder = new HpackEncoder();
  let preface = connectionPreface.length;
  socket.on('error', () => undefined);
  socket.write(encodeFrames([settings([])]));
  const answer = ({ type, flags: bits, streamId, payload }: RawFrame): void => {
    if (type === frameTypes.SETTINGS && (bits & flags.ACK) === 0) socket.write(encodeFrames([settingsAck()]));
    if (type === frameTypes.PING && (bits & flags.ACK) === 0)
      socket.write(encodeFrames([ping(payload, { ack: true })]));
    if (type !== frameTypes.HEADERS) return;
    const { fields } = hpack.decode(payload);
    const given = (way: string): string => fields.find(({ name }) => name === fieldOf(way))?.value ?? 'nothing';
    const isOfRun = !callsOfLaunch.test(fields.find(({ name }) => name === ':path')?.value ?? '');
    if (isOfRun && skipped !== undefined) {
      writeSync(2, cutOutput(given('cut'), skipped, given('end').slice(0, 9)));
      process.exit(3);
    }
    writeSync(1, `called with ${given('stdout')}\n`);
    writeSync(2, `called with \x1b[1m${given('stderr')}\x1b[0m\n`);
    socket.write(encodeFrames(reflect(streamId, given, encoder)));
  };
  socket.on('data', (chunk: Buffer) => {
    const before = Math.min(preface, chunk.length);
    preface -= before;
    for (const { raw } of frames.push(chunk.subarray(before))) answer(raw);
  });
}

function reflect(stream: number, given: (way: string) => string, encoder: HpackEncoder): readonly RawFrame[] {
  const indexed: FieldSpec = { name: 'x-indexed', value: given('indexed'), representation: 'incremental' };
  const block = encoder.encode([
    { name: ':status', value: '200' },
    { name: 'content-type', value: 'application/grpc' },
    { name: `x-${given('name').toLowerCase()}`, value: 'name' },
    { name: 'x-huffman', value: `it was ${given('huffman')}.`, huffman: true },
    indexed,
    { name: 'x-continuation', value: given('continuation'), huffman: false },
  ]);
  const trailers = encoder.encode([
    { name: 'grpc-status', value: '0' },
    indexed,
    ...Object.entries(inFields).map(([way, write]): FieldSpec => ({ name: way, value: write(given(way)) })),
  ]);
  const body = joinOctets(Object.entries(inMessages).map(([way, write]) => write(given(way))));
  return [
    headers(stream, block.subarray(0, 7), { endHeaders: false }),
    ...piecesOf(block.subarray(7), 50).map((piece, index, all) =>
      continuation(stream, piece, { endHeaders: index === all.length - 1 }),
    ),
    ...piecesOf(body, 9).map((piece) => data(stream, piece, { padLength: 1 })),
    rawFrame({ type: 0xbe, streamId: stream, payload: Buffer.from(`it was ${given('unknown')}`) }),
    headers(stream, trailers, { endStream: true }),
    goaway(2 ** 31 - 1, 0, Buffer.from(`it was ${given('goaway')}`)),
  ];
}

const piecesOf = (octets: Uint8Array, length: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(octets.length / length) }, (_, index) =>
    octets.subarray(index * length, (index + 1) * length),
  );

/** The value of a flag of this program. */
const flagOf = (name: string): string | undefined => {
  const index = process.argv.indexOf(name);
  return index === -1 ? undefined : process.argv[index + 1];
};

if (require.main === module) {
  if (process.argv.includes('--early')) {
    writeSync(
      1,
      `my key is ${tokenOf('stdout')} and ${'.'.repeat(260)} ${tokenOf('stderr')}\n${tokenOf('end').slice(0, 9)}`,
    );
    process.exit(1);
  }
  const skipped = flagOf('--die');
  net
    .createServer((socket) => serve(socket, skipped === undefined ? undefined : Number(skipped)))
    .listen(Number(flagOf('--port')), '127.0.0.1');
}
