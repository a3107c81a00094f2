import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { data, goaway, headers, ping, settings, settingsAck } from '../wire/builders';
import { FrameDecoder } from '../wire/decode-frames';
import { encodeFrames } from '../wire/encode-frame';
import { interpretFrame, type Frame, type RawFrame } from '../wire/frame';
import { HpackEncoder, type FieldSpec } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import type { Setting } from '../wire/settings';
import type { Endpoint, TlsOptions } from './endpoint';

export interface TargetOptions {
  /** What it does when a connection is accepted, before anything else. */
  readonly greet?: (end: TargetEnd) => void;
  /** What it does with each frame, after its own housekeeping. */
  readonly react?: (end: TargetEnd, frame: Frame) => void;
  /** Its SETTINGS; `none` sends none. */
  readonly settings?: readonly Setting[] | 'none';
  /** False leaves our SETTINGS without ACK. */
  readonly ackSettings?: boolean;
  /** False leaves our PINGs without ACK. */
  readonly ackPings?: boolean;
  /** False: it never reads. */
  readonly reads?: boolean;
  /** Milliseconds that each piece keeps this whole process busy. */
  readonly busy?: number;
  /** Listens with TLS. */
  readonly tls?: tls.TlsOptions;
  /** How the endpoint is spoken to; any certificate will do unless given. */
  readonly endpointTls?: TlsOptions;
  /** Listens on a Unix socket. */
  readonly path?: string;
}

export interface TestTarget {
  readonly endpoint: Endpoint;
  /** The connections that it has accepted, in order. */
  readonly ends: readonly TargetEnd[];
}

/** The target's end of one connection: sends what a test tells it to, and keeps what came. */
export class TargetEnd {
  readonly frames: Frame[] = [];
  /** Lengths of the pieces in which the octets came. */
  readonly pieces: number[] = [];
  /** Octets that came in place of the preface. */
  readonly strange: number[] = [];
  readonly #encoder = new HpackEncoder();
  readonly #decoder = new FrameDecoder();
  readonly #options: TargetOptions;
  readonly socket: net.Socket;
  /** Resolves when the connection is gone: `fin`, or the name of the error. */
  readonly gone: Promise<string>;
  #preface = 0;

  constructor(socket: net.Socket, options: TargetOptions) {
    this.socket = socket;
    socket.setNoDelay(true);
    this.#options = options;
    this.gone = new Promise((resolve) => {
      let how = 'fin';
      socket.on('error', (error: NodeJS.ErrnoException) => (how = error.code ?? error.name));
      socket.on('close', () => resolve(how));
    });
    if (options.reads !== false) socket.on('data', (chunk: Buffer) => this.#take(chunk));
    options.greet?.(this);
    if (options.settings !== 'none') this.send(settings(options.settings ?? []));
  }

  send(...frames: readonly RawFrame[]): void {
    if (!this.socket.destroyed) this.socket.write(encodeFrames(frames));
  }

  /** HEADERS with these fields. */
  sendFields(stream: number, fields: Readonly<Record<string, string>>, endStream = false): void {
    const specs: FieldSpec[] = Object.entries(fields).map(([name, value]) => ({ name, value }));
    this.send(headers(stream, this.#encoder.encode(specs), { endStream }));
  }

  /** DATA of that many octets, all of them zero. */
  sendZeros(stream: number, count: number, endStream = false): void {
    this.send(data(stream, new Uint8Array(count), { endStream }));
  }

  /** GOAWAY with NO_ERROR and then FIN. */
  leave(): void {
    this.send(goaway(0, 0));
    this.socket.end();
  }

  /** Frames of one type. */
  of<Type extends Frame['type']>(type: Type): readonly Extract<Frame, { readonly type: Type }>[] {
    return this.frames.filter((frame): frame is Extract<Frame, { readonly type: Type }> => frame.type === type);
  }

  #take(chunk: Buffer): void {
    this.pieces.push(chunk.length);
    if (this.#options.busy !== undefined) keepBusy(this.#options.busy);
    let at = 0;
    while (this.strange.length === 0 && this.#preface < connectionPreface.length && at < chunk.length) {
      if (chunk[at] !== connectionPreface[this.#preface]) break;
      this.#preface++;
      at++;
    }
    const rest = chunk.subarray(at);
    if (this.#preface < connectionPreface.length) this.strange.push(...rest);
    else for (const { raw } of this.#decoder.push(rest)) this.#follow(interpretFrame(raw));
  }

  #follow(frame: Frame): void {
    this.frames.push(frame);
    const { ackSettings = true, ackPings = true, react } = this.#options;
    // Before the ACK, so that a fence proves that the reaction has arrived.
    react?.(this, frame);
    if (frame.type === 'SETTINGS' && !frame.ack && ackSettings) this.send(settingsAck());
    if (frame.type === 'PING' && !frame.ack && ackPings) this.send(ping(frame.opaque, { ack: true }));
  }
}

/** Lets nothing else happen in this process for that many milliseconds. */
export function keepBusy(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const running: { readonly server: net.Server; readonly ends: TargetEnd[] }[] = [];

/** Starts a target on a free port of 127.0.0.1, or where the options say. */
export async function startTarget(options: TargetOptions = {}): Promise<TestTarget> {
  const ends: TargetEnd[] = [];
  const accept = (socket: net.Socket): void => void ends.push(new TargetEnd(socket, options));
  const server = options.tls === undefined ? net.createServer(accept) : tls.createServer(options.tls, accept);
  running.push({ server, ends });
  if (options.path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(options.path);
  await once(server, 'listening');
  const endpointTls = options.endpointTls ?? (options.tls === undefined ? undefined : { insecure: true });
  return { endpoint: { address: addressOf(server), ...(endpointTls && { tls: endpointTls }) }, ends };
}

function addressOf(server: net.Server): Endpoint['address'] {
  const address = server.address();
  if (address === null || typeof address === 'string') return { kind: 'unix', path: address ?? '' };
  return { kind: 'tcp', host: address.address, port: address.port };
}

/** Stops all targets that were started since the last time. */
export function stopTargets(): void {
  for (const { server, ends } of running.splice(0)) {
    for (const end of ends) end.socket.destroy();
    server.close();
  }
}
