import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import {
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type Client,
  type ServiceDefinition,
  type StatusObject,
} from '@grpc/grpc-js';
import { MessageReader, encodeMessage } from '../../grpc/length-prefixed-message';
import { status } from '../../grpc/status';
import {
  decodeStreamingInputCallResponse,
  decodeStreamingOutputCallResponse,
  decodeSimpleResponse,
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  healthCheck,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
} from '../../grpc/test-service';
import type { CallRequest } from '../../grpc/call-request';
import { behave } from './behaviour';
import { listen, type ReferenceServer } from './listen';
import { certificateFile } from './test-certificates';
import { areCompatible, variationNames, variations, type ChosenVariation, type VariationName } from './variations';

/** Two clients that share no code with us talk to the server: what they take for a good answer is one. */

interface Answer {
  readonly messages: readonly Uint8Array[];
  readonly status: StatusObject;
  readonly headers: Metadata;
}

const raw: ServiceDefinition = {};
const servers: ReferenceServer[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(
  options: { readonly variations?: readonly (VariationName | ChosenVariation)[]; readonly tls?: boolean } = {},
) {
  const server = await listen({ port: 0, tls: options.tls ?? false, behaviour: behave(options) });
  servers.push(server);
  return server;
}

function connect(server: ReferenceServer, options: { readonly tls?: boolean } = {}): Client {
  const Generic = makeGenericClientConstructor(raw, 'raw');
  const channel =
    options.tls === true
      ? credentials.createSsl(readFileSync(certificateFile('ca.pem')))
      : credentials.createInsecure();
  const client = new Generic(`127.0.0.1:${server.port}`, channel, { 'grpc.ssl_target_name_override': 'localhost' });
  clients.push(client);
  return client;
}

/** Makes a call of any kind: on the wire they look alike. */
function call(
  client: Client,
  request: CallRequest,
  options: { readonly metadata?: Metadata; readonly deadline?: number; readonly cancelAfter?: number } = {},
): Promise<Answer> {
  const same = (octets: Buffer): Buffer => octets;
  const stream = client.makeBidiStreamRequest(request.path, same, same, options.metadata ?? new Metadata(), {
    deadline: options.deadline,
  });
  return new Promise((resolve) => {
    const messages: Uint8Array[] = [];
    let headers = new Metadata();
    stream.on('metadata', (received: Metadata) => (headers = received));
    stream.on('data', (message: Buffer) => {
      messages.push(message);
      if (messages.length === options.cancelAfter) stream.cancel();
    });
    stream.on('error', () => undefined);
    stream.on('status', (end: StatusObject) => resolve({ messages, status: end, headers }));
    for (const message of request.messages) stream.write(Buffer.from(message));
    stream.end();
  });
}

const sizesOf = (answer: Answer): readonly (number | undefined)[] =>
  answer.messages.map((message) => decodeStreamingOutputCallResponse(message)?.payload.length);

/** The interop tests in short, each with what it must bring. */
async function runInterop(client: Client): Promise<void> {
  expect((await call(client, emptyCall())).messages).toEqual([Buffer.alloc(0)]);

  const large = await call(client, unaryCall({ payload: new Uint8Array(271_828), responseSize: 314_159 }));
  expect(large.messages.map((message) => decodeSimpleResponse(message)?.payload.length)).toEqual([314_159]);

  const sizes = [27_182, 8, 1828, 45_904];
  const upload = await call(client, streamingInputCall(sizes.map((size) => ({ payload: new Uint8Array(size) }))));
  expect(upload.messages.map((message) => decodeStreamingInputCallResponse(message)?.aggregatedPayloadSize)).toEqual([
    74_922,
  ]);

  const download = await call(
    client,
    streamingOutputCall({ responses: [31_415, 9, 0, 58_979].map((size) => ({ size })) }),
  );
  expect(sizesOf(download)).toEqual([31_415, 9, 0, 58_979]);

  const duplex = await call(client, fullDuplexCall(sizes.map((size) => ({ responses: [{ size }] }))));
  expect(sizesOf(duplex)).toEqual(sizes);
  expect(duplex.status.code).toBe(status.OK);

  const text = ' \t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈 100% %41 ';
  const failed = await call(
    client,
    fullDuplexCall([{ responses: [{ size: 1 }, { size: 2 }], status: { code: 16, message: text } }]),
  );
  expect({ sizes: sizesOf(failed), code: failed.status.code, details: failed.status.details }).toEqual({
    sizes: [1, 2],
    code: 16,
    details: text,
  });

  const metadata = new Metadata();
  metadata.add(echoInitialName, 'one');
  metadata.add(echoInitialName, 'two');
  metadata.add(echoTrailingName, Buffer.from([0, 0x2c, 0xff]));
  const echoed = await call(client, unaryCall(), { metadata });
  expect(echoed.headers.get(echoInitialName).join(',').replaceAll(' ', '')).toBe('one,two');
  expect(echoed.status.metadata.get(echoTrailingName)).toEqual([Buffer.from([0, 0x2c, 0xff])]);

  expect((await call(client, { ...emptyCall(), path: '/grpc.testing.TestService/Nothing' })).status.code).toBe(
    status.UNIMPLEMENTED,
  );
  expect((await call(client, healthCheck(''))).messages).toEqual([Buffer.from([8, 1])]);
}

describe('@grpc/grpc-js', () => {
  test('gets the answers of the interop tests', async () => {
    await runInterop(connect(await start()));
  });

  test('gets them over TLS, with our test authority', async () => {
    await runInterop(connect(await start({ tls: true }), { tls: true }));
  });

  // It inflates messages beside its stream, and drops those that are not ready when an error status comes.
  const tolerated = variationNames.filter((name) => variations[name].about === 'form' && name !== 'compressed-answers');

  // Each variation is legal, so a client that knows nothing of it notices nothing.
  test.each(tolerated)('gets them under the variation %s', async (name) => {
    await runInterop(connect(await start({ variations: [name] })));
  });

  test('gets them under many variations at once', async () => {
    const conflicting: readonly VariationName[] = ['no-reset-after-early-trailers', 'delayed-errors'];
    const together = tolerated
      .filter((name) => !conflicting.includes(name))
      .filter((name, index, all) => all.slice(0, index).every((earlier) => areCompatible(earlier, name)));
    await runInterop(connect(await start({ variations: together })));
  });

  test('sees its deadline, and its cancellation harms nobody else', async () => {
    const client = connect(await start());
    const slow = fullDuplexCall([{ responses: [{ size: 1 }, { size: 1, intervalUs: 30_000_000 }] }]);
    const late = call(client, slow, { deadline: Date.now() + 100 });
    const cancelled = call(client, slow, { cancelAfter: 1 });
    const other = call(client, unaryCall({ responseSize: 100_000 }));
    expect((await late).status.code).toBe(status.DEADLINE_EXCEEDED);
    expect((await cancelled).status.code).toBe(status.CANCELLED);
    expect((await other).status.code).toBe(status.OK);
  });

  test('uploads a message of the limit and is refused one octet more', async () => {
    const client = connect(await start());
    // The payload is wrapped by 10 octets: two tags and two lengths of 4 octets.
    const most = 4_194_304 - 10;
    expect((await call(client, unaryCall({ payload: new Uint8Array(most) }))).status.code).toBe(status.OK);
    expect((await call(client, unaryCall({ payload: new Uint8Array(most + 1) }))).status.code).toBe(
      status.RESOURCE_EXHAUSTED,
    );
  });
});

describe('node:http2', () => {
  const headers = { ':method': 'POST', te: 'trailers', 'content-type': 'application/grpc' };

  async function request(port: number, path: string, body: Uint8Array, settings: http2.Settings = {}) {
    const session = http2.connect(`http://127.0.0.1:${port}`, { settings });
    try {
      const stream = session.request({ ...headers, ':path': path });
      const reader = new MessageReader();
      const messages: Uint8Array[] = [];
      let response: http2.IncomingHttpHeaders = {};
      let trailers: http2.IncomingHttpHeaders = {};
      stream.on('response', (received) => (response = received));
      stream.on('trailers', (received) => (trailers = received));
      stream.on('data', (octets: Buffer) => messages.push(...reader.feed(octets).map((message) => message.octets)));
      stream.end(body);
      await new Promise((resolve, reject) => stream.on('close', resolve).on('error', reject));
      return { response, trailers, messages, errorCode: stream.rstCode };
    } finally {
      session.close();
    }
  }

  test('gets Response-Headers, a message and trailers', async () => {
    const { port } = await start();
    const asked = unaryCall({ responseSize: 70_000 });
    const answer = await request(port, asked.path, encodeMessage(asked.messages[0]!));
    expect(answer.response).toMatchObject({ ':status': 200, 'content-type': 'application/grpc' });
    expect(answer.trailers).toMatchObject({ 'grpc-status': '0' });
    expect(answer.messages.map((message) => decodeSimpleResponse(message)?.payload.length)).toEqual([70_000]);
    expect(answer.errorCode).toBe(0);
  });

  test('gets Trailers-Only from an unknown method', async () => {
    const { port } = await start();
    const answer = await request(port, '/nobody/nothing', encodeMessage(new Uint8Array(0)));
    expect(answer.response).toMatchObject({ ':status': 200, 'grpc-status': '12' });
    expect(answer.messages).toEqual([]);
  });

  test('gets everything with a header table of no octets and small windows', async () => {
    const { port } = await start();
    const asked = unaryCall({ responseSize: 5000 });
    const settings = { headerTableSize: 0, initialWindowSize: 100 };
    const answer = await request(port, asked.path, encodeMessage(asked.messages[0]!), settings);
    expect(answer.messages.map((message) => decodeSimpleResponse(message)?.payload.length)).toEqual([5000]);
  });
});
