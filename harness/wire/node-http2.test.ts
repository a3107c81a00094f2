import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2Server, type ClientHttp2Session } from 'node:http2';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  connectionPreface,
  continuation,
  data,
  encodeFrames,
  errorCodes,
  FrameDecoder,
  headers,
  HpackDecoder,
  HpackEncoder,
  interpretFrame,
  joinOctets,
  ping,
  rawFrame,
  settingIds,
  settings,
  settingsAck,
  type DecodeResult,
  type FieldSpec,
  type Frame,
  type RawFrame,
  type Setting,
} from './index';

/** What one stream has sent us. */
interface Received {
  readonly sections: DecodeResult[];
  readonly data: Uint8Array[];
  ended: boolean;
}

/** The least that speaks HTTP/2 over a socket with this layer: it acknowledges SETTINGS and collects streams. */
class End {
  readonly frames: Frame[] = [];
  readonly encoder = new HpackEncoder();
  readonly #decoder = new HpackDecoder();
  readonly #cutter = new FrameDecoder();
  readonly #streams = new Map<number, Received>();
  readonly #waiting: (() => void)[] = [];
  readonly #ours: readonly Setting[];
  #prefaceLeft: number;
  #fragments: Uint8Array[] = [];

  constructor(
    readonly socket: Socket,
    options: { readonly isServer: boolean; readonly settings?: readonly Setting[] },
  ) {
    this.#prefaceLeft = options.isServer ? connectionPreface.length : 0;
    this.#ours = options.settings ?? [];
    open.push(() => socket.destroy());
    socket.on('data', (chunk) => this.#take(chunk));
    if (!options.isServer) socket.write(connectionPreface);
    this.send(settings(this.#ours));
  }

  send(...frames: readonly RawFrame[]): void {
    this.socket.write(encodeFrames(frames));
  }

  fields(specs: readonly FieldSpec[]): Uint8Array {
    return this.encoder.encode(specs);
  }

  /** Resolves when a stream has ended. */
  async stream(id: number): Promise<Received> {
    await this.#until(() => this.#streams.get(id)?.ended === true);
    return this.#received(id);
  }

  /** Resolves with the first GOAWAY. */
  async goaway(): Promise<Frame | undefined> {
    const find = (): Frame | undefined => this.frames.find(({ type }) => type === 'GOAWAY');
    await this.#until(() => find() !== undefined);
    return find();
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #take(chunk: Uint8Array): void {
    const skipped = Math.min(this.#prefaceLeft, chunk.length);
    this.#prefaceLeft -= skipped;
    for (const { raw } of this.#cutter.push(chunk.subarray(skipped))) this.#follow(interpretFrame(raw));
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #follow(frame: Frame): void {
    this.frames.push(frame);
    switch (frame.type) {
      case 'SETTINGS':
        if (frame.ack) this.#applyOurs();
        else this.#applyTheirs(frame.settings);
        break;
      case 'PING':
        if (!frame.ack) this.send(ping(frame.opaque, { ack: true }));
        break;
      case 'HEADERS':
      case 'CONTINUATION':
        this.#fragments.push(frame.fragment);
        if (frame.endHeaders)
          this.#received(frame.streamId).sections.push(this.#decoder.decode(joinOctets(this.#fragments.splice(0))));
        break;
      case 'DATA':
        this.#received(frame.streamId).data.push(frame.data);
        break;
      default:
    }
    if ((frame.type === 'HEADERS' || frame.type === 'DATA') && frame.endStream)
      this.#received(frame.streamId).ended = true;
  }

  #applyTheirs(theirs: readonly Setting[]): void {
    for (const { id, value } of theirs) if (id === settingIds.HEADER_TABLE_SIZE) this.encoder.setMaxTableSize(value);
    this.send(settingsAck());
  }

  #applyOurs(): void {
    for (const { id, value } of this.#ours)
      if (id === settingIds.HEADER_TABLE_SIZE) this.#decoder.setMaxTableSize(value);
  }

  #received(id: number): Received {
    const received = this.#streams.get(id) ?? { sections: [], data: [], ended: false };
    this.#streams.set(id, received);
    return received;
  }
}

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function listen(server: Pick<Server, 'listen' | 'address' | 'close'> & NodeJS.EventEmitter): Promise<number> {
  server.listen(0, '127.0.0.1');
  open.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const fieldsOf = (section: DecodeResult | undefined): Record<string, string> =>
  Object.fromEntries((section?.fields ?? []).map(({ name, value }) => [name, value]));

const responseFields: readonly FieldSpec[] = [
  { name: ':status', value: '200', representation: 'without-indexing', nameIndex: 'literal' },
  { name: 'content-type', value: 'application/grpc', representation: 'incremental' },
  { name: 'x-never', value: '~{}~', representation: 'never-indexed', huffman: true },
  { name: 'x-plain', value: 'aaaaaaaa', huffman: false },
  { name: 'x-large', value: 'v'.repeat(3000), representation: 'incremental' },
];

describe("Node's HTTP/2 client against this layer", () => {
  test.each([
    ['with the default table', undefined],
    ['with a table that we have lowered', 64],
    ['with no table at all', 0],
  ])('%s', async (_why, tableSize) => {
    const ends: End[] = [];
    const ours = tableSize === undefined ? [] : [{ id: settingIds.HEADER_TABLE_SIZE, value: tableSize }];
    const server = createServer((socket) => ends.push(new End(socket, { isServer: true, settings: ours })));
    const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${await listen(server)}`, {
      settings: { headerTableSize: 256 },
    });
    open.push(() => session.destroy());
    // Both ends have applied both SETTINGS, so each size update has its place.
    await Promise.all([once(session, 'remoteSettings'), once(session, 'localSettings')]);
    const end = ends[0]!;

    for (const streamId of [1, 3]) {
      const call = session.request({ ':method': 'POST', ':path': '/a/b', te: 'trailers', 'x-long': 'abc'.repeat(20) });
      call.end(Buffer.alloc(20_000, streamId));
      const request = await end.stream(streamId);
      expect(request.sections.map(({ ok }) => ok)).toEqual([true]);
      expect(fieldsOf(request.sections[0])).toEqual({
        ':authority': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        ':method': 'POST',
        ':path': '/a/b',
        ':scheme': 'http',
        te: 'trailers',
        'x-long': 'abc'.repeat(20),
      });
      expect(joinOctets(request.data)).toEqual(new Uint8Array(20_000).fill(streamId));

      const block = end.fields(responseFields);
      const response = once(call, 'response');
      const trailers = once(call, 'trailers');
      const body: Uint8Array[] = [];
      call.on('data', (piece: Uint8Array) => body.push(piece));
      end.send(
        headers(streamId, block.subarray(0, 3), { endHeaders: false }),
        continuation(streamId, new Uint8Array(0)),
        continuation(streamId, block.subarray(3), { endHeaders: true }),
        rawFrame({ type: 0xbe, flags: 0xff, streamId, payload: Uint8Array.of(1) }),
        data(streamId, Uint8Array.of(1, 2, 3), { padLength: 200 }),
        data(streamId, new Uint8Array(0), { padLength: 0 }),
        headers(streamId, end.fields([{ name: 'grpc-status', value: '0' }]), { endStream: true }),
      );
      expect((await response)[0]).toMatchObject({
        ':status': 200,
        'content-type': 'application/grpc',
        'x-never': '~{}~',
        'x-plain': 'aaaaaaaa',
        'x-large': 'v'.repeat(3000),
      });
      expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
      expect(joinOctets(body)).toEqual(Uint8Array.of(1, 2, 3));
    }
    expect(end.frames.filter(({ type }) => type === 'MALFORMED' || type === 'GOAWAY')).toEqual([]);
  });
});

describe("this layer against Node's HTTP/2 server", () => {
  test('requests in every representation, padded, cut and with priority', async () => {
    const server = createHttp2Server({ settings: { headerTableSize: 128 } });
    server.on('stream', (stream, fields) => {
      const body: Uint8Array[] = [];
      stream.on('data', (piece: Uint8Array) => body.push(piece));
      stream.on('end', () => {
        stream.respond(
          { ':status': 200, echo: JSON.stringify(fields), again: 'x'.repeat(50) },
          { waitForTrailers: true },
        );
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.concat(body));
      });
    });
    const socket = connect(await listen(server), '127.0.0.1');
    const end = new End(socket, { isServer: false, settings: [{ id: settingIds.HEADER_TABLE_SIZE, value: 100 }] });

    for (const streamId of [1, 3]) {
      const block = end.fields([
        { name: ':method', value: 'POST', representation: 'never-indexed', huffman: true },
        { name: ':scheme', value: 'http' },
        { name: ':path', value: '/a', nameIndex: 5, representation: 'incremental' },
        { name: ':authority', value: 'test', representation: 'without-indexing', nameIndex: 'literal' },
        { name: 'te', value: 'trailers' },
        { name: 'x-large', value: 'l'.repeat(500) },
      ]);
      end.send(
        headers(streamId, block.subarray(0, 7), {
          endHeaders: false,
          padLength: 255,
          priority: { exclusive: false, dependency: 0, weight: 256 },
        }),
        continuation(streamId, block.subarray(7), { endHeaders: true }),
        data(streamId, Uint8Array.of(streamId), { padding: new Uint8Array(9) }),
        data(streamId, new Uint8Array(0), { endStream: true }),
      );
      const { sections, data: body } = await end.stream(streamId);
      const [response, trailers] = sections.map(fieldsOf);
      expect(sections.map(({ ok }) => ok)).toEqual([true, true]);
      expect(JSON.parse(response?.['echo'] ?? 'null')).toEqual({
        ':method': 'POST',
        ':scheme': 'http',
        ':path': '/a',
        ':authority': 'test',
        te: 'trailers',
        'x-large': 'l'.repeat(500),
      });
      expect(trailers).toEqual({ 'grpc-status': '0' });
      expect(joinOctets(body)).toEqual(Uint8Array.of(streamId));
    }
  });

  test('a damaged field block is a connection error for Node too', async () => {
    const server = createHttp2Server();
    server.on('sessionError', () => undefined);
    const socket = connect(await listen(server), '127.0.0.1');
    const end = new End(socket, { isServer: false });
    end.send(headers(1, Uint8Array.of(0x80), { endStream: true }));
    expect(await end.goaway()).toMatchObject({ errorCode: errorCodes.COMPRESSION_ERROR });
  });
});
