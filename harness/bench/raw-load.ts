import { connect, type Socket } from 'node:net';
import { encodeMessage } from '../grpc/length-prefixed-message';
import {
  connectionPreface,
  data,
  encodeFrames,
  errorCodeName,
  FrameDecoder,
  headers,
  HpackDecoder,
  HpackEncoder,
  initialSettings,
  interpretFrame,
  ping,
  settingIds,
  settings,
  settingsAck,
  windowUpdate,
  type Field,
  type Frame,
  type RawFrame,
} from '../wire';
import { ConformError } from '../error';

/** Which calls a load makes, and for how long. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** Path of a unary method that takes an empty message. */
  readonly path: string;
  /** Calls that are open at a time, all on one connection. */
  readonly concurrency: number;
  /** Milliseconds during which calls are started. */
  readonly duration: number;
}

export interface LoadResult {
  /** Calls that ended with one message and status OK. */
  readonly calls: number;
  /** Calls that ended otherwise. */
  readonly failures: number;
  /** Milliseconds from the first call until the last answer. */
  readonly elapsed: number;
}

/** What we let the server send before we answer with credit: never the bottleneck. */
const receiveWindow = 16 * 1024 * 1024;

/** Octets of the empty message: Compressed-Flag and Message-Length. */
const emptyMessage = encodeMessage(new Uint8Array(0));

interface OpenCall {
  octets: number;
}

/**
 * Makes unary calls on one connection as fast as the server answers them, on our own wire layer: every request is encoded and every answer decoded.
 *
 * @throws ConformError ERR_TARGET_UNREACHABLE when the connection cannot be opened or is lost.
 */
export function loadRaw(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    new RawLoad(options, resolve, reject).start();
  });
}

class RawLoad {
  readonly #options: LoadOptions;
  readonly #socket: Socket;
  readonly #resolve: (result: LoadResult) => void;
  readonly #reject: (error: ConformError) => void;
  readonly #decoder = new FrameDecoder();
  readonly #encoder = new HpackEncoder();
  readonly #fieldDecoder = new HpackDecoder();
  readonly #request: readonly Field[];
  readonly #open = new Map<number, OpenCall>();
  /** Written together when everything that arrived has been dealt with. */
  #outgoing: RawFrame[] = [];
  #nextStreamId = 1;
  #maxConcurrent: number;
  #sendWindow = initialSettings.INITIAL_WINDOW_SIZE;
  #unreturnedCredit = 0;
  #settled = false;
  #block: { readonly streamId: number; readonly endStream: boolean; readonly fragments: Uint8Array[] } | undefined;
  #started: number | undefined;
  #calls = 0;
  #failures = 0;

  constructor(options: LoadOptions, resolve: (result: LoadResult) => void, reject: (error: ConformError) => void) {
    const { host, port, path, concurrency } = options;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#maxConcurrent = concurrency;
    this.#request = [
      { name: ':method', value: 'POST' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: path },
      { name: ':authority', value: `${host}:${port}` },
      { name: 'te', value: 'trailers' },
      { name: 'content-type', value: 'application/grpc' },
    ];
    this.#socket = connect({ host, port, noDelay: true });
  }

  start(): void {
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('the server closed the connection'));
    this.#socket.on('data', (octets: Buffer) => this.#receive(octets));
    this.#socket.write(connectionPreface);
    this.#outgoing.push(
      settings([
        { id: settingIds.ENABLE_PUSH, value: 0 },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: receiveWindow },
      ]),
      windowUpdate(0, receiveWindow - initialSettings.INITIAL_WINDOW_SIZE),
    );
    this.#flush();
  }

  #receive(octets: Uint8Array): void {
    for (const { raw } of this.#decoder.push(octets)) this.#handle(interpretFrame(raw));
    this.#startCalls();
    this.#flush();
    this.#finishWhenIdle();
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case 'DATA': {
        this.#returnCredit(frame.flowControlledLength);
        const call = this.#open.get(frame.streamId);
        if (call !== undefined) call.octets += frame.data.length;
        // A call that ends without trailers has no status.
        if (frame.endStream) this.#end(frame.streamId, undefined);
        return;
      }
      case 'HEADERS':
        if (frame.endHeaders) this.#takeBlock(frame.streamId, frame.endStream, frame.fragment);
        else this.#block = { ...frame, fragments: [frame.fragment] };
        return;
      case 'CONTINUATION':
        this.#continueBlock(frame.fragment, frame.endHeaders);
        return;
      case 'RST_STREAM':
        this.#end(frame.streamId, undefined);
        return;
      case 'SETTINGS':
        if (!frame.ack) this.#applySettings(frame.settings);
        return;
      case 'PING':
        if (!frame.ack) this.#outgoing.push(ping(frame.opaque, { ack: true }));
        return;
      case 'WINDOW_UPDATE':
        // A request is far smaller than the window of its stream; only that of the connection matters.
        if (frame.streamId === 0) this.#sendWindow += frame.increment;
        return;
      case 'GOAWAY':
        this.#fail(`the server sent GOAWAY ${errorCodeName(frame.errorCode)}`);
        return;
      case 'MALFORMED':
        this.#fail(frame.reason);
        return;
      case 'PRIORITY':
      case 'PUSH_PROMISE':
      case 'UNKNOWN':
        return;
    }
  }

  #applySettings(received: readonly { readonly id: number; readonly value: number }[]): void {
    for (const { id, value } of received) {
      if (id === settingIds.MAX_CONCURRENT_STREAMS) this.#maxConcurrent = Math.min(this.#options.concurrency, value);
      if (id === settingIds.HEADER_TABLE_SIZE) this.#encoder.setMaxTableSize(value);
    }
    this.#outgoing.push(settingsAck());
    this.#started ??= performance.now();
  }

  #continueBlock(fragment: Uint8Array, endHeaders: boolean): void {
    if (this.#block === undefined) {
      this.#fail('the server sent a CONTINUATION frame that continues nothing');
      return;
    }
    const { streamId, endStream, fragments } = this.#block;
    fragments.push(fragment);
    if (!endHeaders) return;
    this.#block = undefined;
    this.#takeBlock(streamId, endStream, Buffer.concat(fragments));
  }

  #takeBlock(streamId: number, endStream: boolean, block: Uint8Array): void {
    const decoded = this.#fieldDecoder.decode(block);
    if (!decoded.ok) this.#fail(decoded.error.reason);
    else if (endStream) this.#end(streamId, decoded.fields.find(({ name }) => name === 'grpc-status')?.value);
  }

  #end(streamId: number, status: string | undefined): void {
    const call = this.#open.get(streamId);
    if (call === undefined) return;
    this.#open.delete(streamId);
    if (status === '0' && call.octets === emptyMessage.length) this.#calls += 1;
    else this.#failures += 1;
  }

  #returnCredit(octets: number): void {
    this.#unreturnedCredit += octets;
    if (this.#unreturnedCredit < receiveWindow / 2) return;
    this.#outgoing.push(windowUpdate(0, this.#unreturnedCredit));
    this.#unreturnedCredit = 0;
  }

  #startCalls(): void {
    if (this.#started === undefined || performance.now() - this.#started > this.#options.duration) return;
    while (this.#open.size < this.#maxConcurrent && this.#sendWindow >= emptyMessage.length) {
      const streamId = this.#nextStreamId;
      this.#nextStreamId += 2;
      this.#sendWindow -= emptyMessage.length;
      this.#open.set(streamId, { octets: 0 });
      this.#outgoing.push(
        headers(streamId, this.#encoder.encode(this.#request)),
        data(streamId, emptyMessage, { endStream: true }),
      );
    }
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#settled) return;
    this.#socket.write(encodeFrames(this.#outgoing));
    this.#outgoing = [];
  }

  #finishWhenIdle(): void {
    if (this.#settled || this.#started === undefined || this.#open.size > 0) return;
    const elapsed = performance.now() - this.#started;
    if (elapsed <= this.#options.duration) return;
    this.#settled = true;
    this.#socket.destroy();
    this.#resolve({ calls: this.#calls, failures: this.#failures, elapsed });
  }

  #fail(reason: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#socket.destroy();
    const { host, port } = this.#options;
    this.#reject(new ConformError('ERR_TARGET_UNREACHABLE', `The load on ${host}:${port} broke off: ${reason}.`));
  }
}
