import net from 'node:net';
import { continuation, data, headers, ping, settings, settingsAck } from '../wire/builders';
import { FrameDecoder } from '../wire/decode-frames';
import { encodeFrame, encodeFrames } from '../wire/encode-frame';
import { flags, frameTypes, type RawFrame } from '../wire/frame';
import { HpackDecoder } from '../wire/hpack/decoder';
import { HpackEncoder } from '../wire/hpack/encoder';
import { joinOctets } from '../wire/join-octets';
import { connectionPreface } from '../wire/preface';

/** What a hostile target does to a connection; `stream` is that of the call it answers, 0 when it answers none. */
export type Attack = (socket: net.Socket, stream: number) => void;

/** Where in a run the attack comes: at once, after our SETTINGS, in answer to every call, or only to calls that are made once the run has begun. */
export type Moment = 'accept' | 'settings' | 'call' | 'run';

export interface HostileTarget {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly close: () => void;
}

/** Calls that are made before the run begins, to find out what the target offers and whether plain calls work. */
export const callsOfLaunch =
  /^\/(grpc\.testing\.TestService\/(Empty|Unary|StreamingInput|StreamingOutput|FullDuplex)Call|grpc\.health\.v1\.Health\/Check|grpcconform\.v1\.(Probe|Absent)\/.*)$/;

/** Starts a target that serves no method, and attacks at the moment given. */
export async function startHostileTarget(moment: Moment, attack: Attack): Promise<HostileTarget> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (moment === 'accept') {
      socket.resume();
      attack(socket, 0);
    } else serve(socket, moment, attack);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Speaks just enough HTTP/2 to be taken for a server without methods. */
function serve(socket: net.Socket, moment: Exclude<Moment, 'accept'>, attack: Attack): void {
  const frames = new FrameDecoder();
  const hpack = new HpackDecoder();
  const encoder = new HpackEncoder();
  let preface = connectionPreface.length;
  socket.write(encodeFrame(settings([])));
  if (moment === 'settings') {
    socket.resume();
    attack(socket, 0);
    return;
  }
  const answer = ({ type, flags: bits, streamId, payload }: RawFrame): void => {
    if (type === frameTypes.SETTINGS && (bits & flags.ACK) === 0) socket.write(encodeFrame(settingsAck()));
    if (type === frameTypes.PING && (bits & flags.ACK) === 0) socket.write(encodeFrame(ping(payload, { ack: true })));
    if (type !== frameTypes.HEADERS) return;
    const decoded = hpack.decode(payload);
    const path = decoded.fields.find(({ name }) => name === ':path')?.value ?? '';
    if (moment === 'call' || !callsOfLaunch.test(path)) attack(socket, streamId);
    else socket.write(encodeFrame(headers(streamId, encoder.encode(unimplemented), { endStream: true })));
  };
  socket.on('data', (chunk: Buffer) => {
    const skipped = Math.min(preface, chunk.length);
    preface -= skipped;
    for (const { raw } of frames.push(chunk.subarray(skipped))) answer(raw);
  });
}

const unimplemented = [
  { name: ':status', value: '200' },
  { name: 'content-type', value: 'application/grpc' },
  { name: 'grpc-status', value: '12' },
];

/** Writes the same octets until the other side hangs up, as fast as it reads. */
function flood(socket: net.Socket, octets: Uint8Array): void {
  const pour = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(octets));
  };
  socket.on('drain', pour);
  pour();
}

/** As many copies as make about 64 KiB, so that a flood costs few writes. */
function manyTimes(...frames: readonly RawFrame[]): Uint8Array {
  const once = encodeFrames(frames);
  return joinOctets(Array.from({ length: Math.ceil(65_536 / once.length) }, () => once));
}

/** Octets that are the same in every run and look like nothing. */
function makeNoise(length: number): Uint8Array {
  let state = 0x2545f491;
  return Uint8Array.from({ length }, () => {
    // Xorshift32 (Marsaglia 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

/** Sets the window's title, clears the screen, and makes what follows red. */
const escapes = '\x1b]0;owned\x07\x1b[2J\x1b[31m';
/** Runs a script where it is taken for HTML. */
export const markup = '<img src=x onerror=alert(1)><script>alert(1)</script>]]>';

/** Fields for a block that never ends: 16,000 octets of one literal without indexing. */
const endlessFragment = new HpackEncoder().encode([{ name: 'x-filler', value: 'x'.repeat(16_000) }]);

export const attacks = {
  silence: () => undefined,
  noise: (socket) => flood(socket, makeNoise(65_536)),
  close: (socket) => void socket.end(),
  reset: (socket) => void socket.resetAndDestroy(),
  'close in mid-frame': (socket) => void socket.end(Uint8Array.of(0, 0, 100, 1, 4, 0)),
  'endless field block': (socket, stream) => {
    socket.write(encodeFrame(headers(stream === 0 ? 1 : stream, endlessFragment, { endHeaders: false })));
    flood(socket, encodeFrame(continuation(stream === 0 ? 1 : stream, endlessFragment)));
  },
  'DATA beyond all windows': (socket, stream) =>
    flood(socket, manyTimes(data(stream === 0 ? 1 : stream, new Uint8Array(16_384)))),
  'empty DATA': (socket, stream) => flood(socket, manyTimes(data(stream === 0 ? 1 : stream, new Uint8Array(0)))),
  'empty messages': (socket, stream) => {
    socket.write(encodeFrame(headers(stream === 0 ? 1 : stream, new HpackEncoder().encode(unimplemented.slice(0, 2)))));
    flood(socket, manyTimes(data(stream === 0 ? 1 : stream, new Uint8Array(16_380))));
  },
  'field blocks full of indexes': (socket, stream) =>
    flood(socket, manyTimes(headers(stream === 0 ? 1 : stream, new Uint8Array(16_384).fill(0x82)))),
  PINGs: (socket) => flood(socket, manyTimes(ping(new Uint8Array(8)))),
  SETTINGS: (socket) => flood(socket, manyTimes(settings([]))),
  /** Answers with escapes for terminals and markup wherever text can stand. */
  'escapes and markup': (socket, stream) => {
    const fields = [
      { name: ':status', value: '200' },
      { name: 'content-type', value: 'application/grpc' },
      { name: 'server', value: `${escapes}${markup}` },
      { name: 'grpc-status', value: `13${escapes}${markup}` },
      { name: 'grpc-message', value: `${escapes}${markup}${encodeURIComponent(escapes + markup)}` },
    ];
    socket.write(encodeFrame(headers(stream, new HpackEncoder().encode(fields), { endStream: true })));
  },
  'HTTP/1.1': (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof attacks;
