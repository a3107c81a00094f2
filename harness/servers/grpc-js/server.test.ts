import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  credentials,
  makeClientConstructor,
  Metadata,
  status,
  type ClientDuplexStream,
  type ClientReadableStream,
  type Client,
  type StatusObject,
} from '@grpc/grpc-js';
import { Root } from 'protobufjs';
import * as descriptor from 'protobufjs/ext/descriptor';
import { defineService, loadSchemas } from './proto-files';
import { startServer, type RunningServer } from './server';

interface Result {
  readonly initial: Metadata;
  readonly messages: readonly unknown[];
  readonly status: StatusObject;
}

const schemas = loadSchemas({ keepCase: false });
let server: RunningServer;
let clients: Client[] = [];

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0 });
});

afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

afterAll(() => server.shutDown());

function connect(service: string, port = server.port): Client {
  const Connection = makeClientConstructor(defineService(schemas, service), service);
  const client = new Connection(`127.0.0.1:${port}`, credentials.createInsecure());
  clients.push(client);
  return client;
}

function metadata(fields: Readonly<Record<string, readonly (string | Buffer)[]>>): Metadata {
  const result = new Metadata();
  for (const [name, values] of Object.entries(fields)) for (const value of values) result.add(name, value);
  return result;
}

/** Makes a call of any kind and collects everything that came back; an error status is a result like any other. */
async function call(
  service: string,
  method: string,
  requests: readonly object[],
  fields: Metadata = new Metadata(),
): Promise<Result> {
  const { path, requestSerialize, responseDeserialize } = definition(service, method);
  // On the wire all kinds of calls look alike, so this one client method makes them all.
  const stream = connect(service).makeBidiStreamRequest(path, requestSerialize, responseDeserialize, fields);
  for (const request of requests) stream.write(request);
  stream.end();
  return collect(stream);
}

function definition(service: string, method: string) {
  const found = defineService(schemas, service)[method];
  if (found === undefined) throw new Error(`${service} has no ${method}`);
  return found;
}

function collect(stream: ClientDuplexStream<object, object> | ClientReadableStream<object>): Promise<Result> {
  const messages: unknown[] = [];
  let initial = new Metadata();
  stream.on('data', (message) => messages.push(message));
  stream.on('metadata', (received: Metadata) => (initial = received));
  // An error status comes as an error, too; the status says it all.
  stream.on('error', () => undefined);
  return new Promise((resolve) => stream.on('status', (final) => resolve({ initial, messages, status: final })));
}

const testService = 'grpc.testing.TestService';
const health = 'grpc.health.v1.Health';
const probe = 'grpcconform.v1.Probe';
/** Longest answer of a started process that a test waits for, in milliseconds; reached only when something is wrong. */
const processTimeout = 20_000;

const ok = expect.objectContaining({ code: status.OK });
const payload = (size: number): unknown => ({ payload: { type: 0, body: Buffer.alloc(size) } });

describe('grpc.testing.TestService', () => {
  const streamed = (...sizes: number[]): object => ({ responseParameters: sizes.map((size) => ({ size })) });
  const asked = { code: status.ABORTED, message: 'wie gewünscht' };

  test.each([
    { method: 'EmptyCall', requests: [{}], messages: [{}] },
    { method: 'UnaryCall', requests: [{ responseSize: 0 }], messages: [payload(0)] },
    { method: 'UnaryCall', requests: [{ responseSize: 31_415 }], messages: [payload(31_415)] },
    { method: 'CacheableUnaryCall', requests: [{ responseSize: 7 }], messages: [payload(7)] },
    { method: 'StreamingOutputCall', requests: [streamed()], messages: [] },
    { method: 'StreamingOutputCall', requests: [streamed(3, 0, 70_000)], messages: [3, 0, 70_000].map(payload) },
    { method: 'FullDuplexCall', requests: [], messages: [] },
    { method: 'FullDuplexCall', requests: [streamed(1, 2), streamed(), streamed(3)], messages: [1, 2, 3].map(payload) },
    { method: 'HalfDuplexCall', requests: [streamed(1, 2), streamed(3)], messages: [1, 2, 3].map(payload) },
    { method: 'StreamingInputCall', requests: [], messages: [{ aggregatedPayloadSize: 0 }] },
    {
      method: 'StreamingInputCall',
      requests: [{ payload: { body: Buffer.alloc(27_182) } }, {}, { payload: { body: Buffer.alloc(8) } }],
      messages: [{ aggregatedPayloadSize: 27_190 }],
    },
  ])('$method answers $messages.length messages', async ({ method, requests, messages }) => {
    expect(await call(testService, method, requests)).toMatchObject({ messages, status: ok });
  });

  test.each([
    { method: 'UnaryCall', requests: [{ responseStatus: asked }], messages: [] },
    { method: 'CacheableUnaryCall', requests: [{ responseStatus: asked }], messages: [] },
    { method: 'StreamingOutputCall', requests: [{ ...streamed(1), responseStatus: asked }], messages: [] },
    { method: 'FullDuplexCall', requests: [streamed(5), { responseStatus: asked }], messages: [payload(5)] },
    { method: 'HalfDuplexCall', requests: [streamed(5), { responseStatus: asked }], messages: [payload(5)] },
  ])('$method ends with the status asked for', async ({ method, requests, messages }) => {
    const result = await call(testService, method, requests);
    expect(result).toMatchObject({ messages, status: { code: asked.code } });
    // The grpc-js client decodes grpc-message with decodeURI.
    expect(result.status.details).toBe(asked.message);
  });

  test.each([
    { requested: { responseStatus: { code: 0, message: 'unused' } }, code: status.OK, reason: 'OK is no failure' },
    { requested: { responseStatus: { code: 17 } }, code: status.UNKNOWN, reason: 'there is no status 17' },
    { requested: { responseStatus: { code: -1 } }, code: status.UNKNOWN, reason: 'a status is not negative' },
    { requested: { responseSize: -1 }, code: status.INVALID_ARGUMENT, reason: 'a size is not negative' },
    { requested: { responseSize: 2 ** 31 - 1 }, code: status.RESOURCE_EXHAUSTED, reason: 'beyond what it will hold' },
  ])('UnaryCall ends with $code: $reason', async ({ requested, code }) => {
    expect((await call(testService, 'UnaryCall', [requested])).status.code).toBe(code);
  });

  test('UnimplementedCall is not implemented', async () => {
    expect((await call(testService, 'UnimplementedCall', [{}])).status.code).toBe(status.UNIMPLEMENTED);
  });

  test.each([
    { method: 'EmptyCall', request: {}, code: status.OK },
    { method: 'UnaryCall', request: { responseSize: 1 }, code: status.OK },
    { method: 'UnaryCall', request: { responseStatus: asked }, code: asked.code },
    { method: 'StreamingOutputCall', request: streamed(1), code: status.OK },
    { method: 'StreamingInputCall', request: {}, code: status.OK },
    { method: 'FullDuplexCall', request: { responseStatus: asked }, code: asked.code },
  ])('$method echoes metadata with status $code', async ({ method, request, code }) => {
    const octets = [Buffer.from([0, 255, 10]), Buffer.from('ab')];
    const fields = metadata({ 'x-grpc-test-echo-initial': ['one', 'two'], 'x-grpc-test-echo-trailing-bin': octets });
    const { initial, status: final } = await call(testService, method, [request], fields);
    expect(final.code).toBe(code);
    // grpc-js joins the values of a text field with commas.
    expect(initial.get('x-grpc-test-echo-initial').join(', ')).toBe('one, two');
    expect(final.metadata.get('x-grpc-test-echo-trailing-bin')).toEqual(octets);
  });

  test('waits interval_us before a message', async () => {
    const started = performance.now();
    await call(testService, 'StreamingOutputCall', [{ responseParameters: [{ size: 1, intervalUs: 60_000 }] }]);
    // A timer of Node may fire one millisecond early.
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });

  test('FullDuplexCall answers before the half-close', async () => {
    const { path, requestSerialize, responseDeserialize } = definition(testService, 'FullDuplexCall');
    const stream = connect(testService).makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    stream.write(streamed(4));
    expect(await once(stream, 'data')).toEqual([payload(4)]);
    stream.end();
    expect((await collect(stream)).status).toEqual(ok);
  });

  test('a client that reads slowly gets everything', async () => {
    const sizes = Array.from({ length: 40 }, () => 50_000);
    const { path, requestSerialize, responseDeserialize } = definition(testService, 'StreamingOutputCall');
    const stream = connect(testService).makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      streamed(...sizes),
    );
    const ended = once(stream, 'status');
    let received = 0;
    for await (const _ of stream) {
      received += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(received).toBe(sizes.length);
    expect(await ended).toEqual([ok]);
  });
});

describe('grpc.health.v1.Health', () => {
  test.each([
    { service: '', reason: 'the server as a whole' },
    { service: testService, reason: 'a registered service' },
  ])('Check says that "$service" serves: $reason', async ({ service }) => {
    expect(await call(health, 'Check', [{ service }])).toMatchObject({ messages: [{ status: 1 }], status: ok });
  });

  test('Check does not find an unknown service', async () => {
    expect((await call(health, 'Check', [{ service: 'a.B' }])).status.code).toBe(status.NOT_FOUND);
  });

  test('List names every service', async () => {
    const { messages } = await call(health, 'List', [{}]);
    expect(messages).toMatchObject([{ statuses: { '': { status: 1 }, [testService]: { status: 1 } } }]);
  });

  test('Watch answers at once, stays open, and tells of the shutdown', async () => {
    const own = await startServer({ host: '127.0.0.1', port: 0 });
    const { path, requestSerialize, responseDeserialize } = definition(health, 'Watch');
    const watch = (service: string): ClientReadableStream<object> =>
      connect(health, own.port).makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service });
    const [known, unknown] = [watch(testService), watch('a.B')];
    const results = [collect(known), collect(unknown)];
    await Promise.all([once(known, 'data'), once(unknown, 'data')]);
    await own.shutDown();
    const [ofKnown, ofUnknown] = await Promise.all(results);
    expect(ofKnown?.messages).toEqual([{ status: 1 }, { status: 2 }]);
    expect(ofUnknown?.messages).toEqual([{ status: 3 }]);
    expect([ofKnown?.status.code, ofUnknown?.status.code]).toEqual([status.UNAVAILABLE, status.UNAVAILABLE]);
  });
});

describe.each(['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'])('%s', (service) => {
  const ask = (...requests: object[]): Promise<Result> => call(service, 'ServerReflectionInfo', requests);

  test('lists the services', async () => {
    const { messages } = await ask({ listServices: '' });
    expect(messages).toMatchObject([
      {
        messageResponse: 'listServicesResponse',
        listServicesResponse: {
          service: [testService, health, expect.anything(), expect.anything(), probe].map((name) => ({ name })),
        },
      },
    ]);
  });

  test('describes a service so that its schema can be built again', async () => {
    const { messages } = await ask({ fileContainingSymbol: testService });
    const [{ fileDescriptorResponse: files }] = messages as [
      { fileDescriptorResponse: { fileDescriptorProto: Buffer[] } },
    ];
    const set = descriptor.FileDescriptorSet.fromObject({
      file: files.fileDescriptorProto.map((octets) => descriptor.FileDescriptorProto.decode(octets)),
    });
    const root = Root.fromDescriptor(set as never).resolveAll();
    expect(Object.keys(root.lookupService(testService).methods)).toEqual(
      Object.keys(schemas.lookupService(testService).methods),
    );
    expect(root.lookupType('grpc.testing.SimpleRequest').fields).toHaveProperty('responseStatus.id', 7);
  });

  test('sends an imported file once per stream, answers errors in the stream, and goes on', async () => {
    const { messages, status: final } = await ask(
      { fileByFilename: 'grpc/testing/messages.proto' },
      { fileContainingSymbol: 'no.Such' },
      { fileByFilename: 'no/such.proto' },
      { fileContainingExtension: { containingType: 'grpc.testing.Payload', extensionNumber: 100 } },
      { allExtensionNumbersOfType: 'grpc.testing.Payload' },
      {},
      { fileContainingSymbol: 'grpc.testing.TestService.UnaryCall' },
    );
    const notFound = { errorResponse: { errorCode: status.NOT_FOUND } };
    expect(final).toEqual(ok);
    expect(messages).toMatchObject([
      { fileDescriptorResponse: { fileDescriptorProto: [expect.any(Buffer)] } },
      notFound,
      notFound,
      notFound,
      { allExtensionNumbersResponse: { baseTypeName: 'grpc.testing.Payload', extensionNumber: [] } },
      { errorResponse: { errorCode: status.INVALID_ARGUMENT } },
      // test.proto and empty.proto, but not messages.proto again.
      { fileDescriptorResponse: { fileDescriptorProto: [expect.any(Buffer), expect.any(Buffer)] } },
    ]);
  });
});

describe('grpcconform.v1.Probe', () => {
  const keyed = (key: string): Metadata => metadata({ 'x-grpc-conform-key': [key] });
  const read = async (key: string, thresholds: object = {}): Promise<unknown> =>
    (await call(probe, 'AwaitCounters', [{ key, withinMs: 5_000, ...thresholds }])).messages[0];

  test('counts the calls of a key', async () => {
    await call(testService, 'UnaryCall', [{}], keyed('a'));
    await call(testService, 'StreamingInputCall', [{}, {}], keyed('a'));
    await call(testService, 'UnaryCall', [{ responseStatus: { code: 3 } }], keyed('a'));
    await call(testService, 'UnaryCall', [{}], keyed('b'));
    await call(testService, 'UnaryCall', [{}]);
    expect(await read('a')).toEqual({ started: 3, cancelled: 0, finished: 3, running: 0, messages: 4 });
    expect(await read('unseen')).toEqual({ started: 0, cancelled: 0, finished: 0, running: 0, messages: 0 });
  });

  test('does not count a unary call whose handler never ran', async () => {
    const { status: final } = await call(testService, 'StreamingOutputCall', [{}, {}], keyed('two'));
    expect(final.code).toBe(status.UNIMPLEMENTED);
    expect(await read('two')).toMatchObject({ started: 0 });
  });

  test('waits until a cancelled handler has ended, and reset forgets it', async () => {
    const { path, requestSerialize, responseDeserialize } = definition(testService, 'FullDuplexCall');
    const stream = connect(testService).makeBidiStreamRequest(path, requestSerialize, responseDeserialize, keyed('c'));
    stream.on('error', () => undefined);
    stream.write({});
    expect(await read('c', { started: 1 })).toMatchObject({ started: 1, finished: 0, running: 1 });
    stream.cancel();
    expect(await read('c', { cancelled: 1, finished: 1 })).toEqual({
      started: 1,
      cancelled: 1,
      finished: 1,
      running: 0,
      messages: 1,
    });
    await call(probe, 'Reset', [{ key: 'c' }]);
    expect(await read('c')).toMatchObject({ started: 0, cancelled: 0, finished: 0 });
  });

  test('a handler past its deadline learns of it', async () => {
    const { path, requestSerialize, responseDeserialize } = definition(testService, 'StreamingOutputCall');
    const request = { responseParameters: [{ size: 1, intervalUs: 60_000_000 }] };
    const stream = connect(testService).makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      keyed('d'),
      {
        deadline: Date.now() + 100,
      },
    );
    expect((await collect(stream)).status.code).toBe(status.DEADLINE_EXCEEDED);
    expect(await read('d', { cancelled: 1, finished: 1 })).toMatchObject({ started: 1, cancelled: 1, finished: 1 });
  });

  test('answers when the time is up, without an error', async () => {
    const { messages, status: final } = await call(probe, 'AwaitCounters', [
      { key: 'never', started: 1, withinMs: 20 },
    ]);
    expect(messages).toMatchObject([{ started: 0 }]);
    expect(final).toEqual(ok);
  });

  test.each([{ afterMessages: 0 }, { afterMessages: 1 }, { afterMessages: 40 }])(
    'Throw fails after $afterMessages replies',
    async ({ afterMessages }) => {
      const { messages, status: final } = await call(probe, 'Throw', [{ afterMessages }]);
      expect(messages).toEqual(Array.from({ length: afterMessages }, (_, index) => ({ index })));
      expect(final.code).toBe(status.UNKNOWN);
    },
  );

  test('Answer reads one message, unless it is told to read the rest', async () => {
    const asked = { replies: 2, replyOctets: 3 };
    const octets = Buffer.alloc(3);
    const deaf = await call(probe, 'Answer', [asked, {}, {}]);
    expect(deaf).toMatchObject({ messages: [{ payload: octets, messagesRead: 1 }, { messagesRead: 1 }], status: ok });
    const reading = await call(probe, 'Answer', [{ ...asked, readRest: true }, {}, {}]);
    expect(reading).toMatchObject({
      messages: [{ payload: octets, messagesRead: 3 }, { messagesRead: 3 }],
      status: ok,
    });
  });

  test('Greet replies before it reads, and then to each message', async () => {
    const { messages, status: final } = await call(probe, 'Greet', [{ replyOctets: 3 }, {}]);
    expect(messages).toMatchObject([
      { payload: Buffer.alloc(100), messagesRead: 0 },
      { payload: Buffer.alloc(3), messagesRead: 1 },
      { messagesRead: 2 },
    ]);
    expect(final).toEqual(ok);
    expect((await call(probe, 'Greet', [{ replyOctets: 2 ** 27 }])).status.code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test.each([false, true])('Answer has metadata and a status as asked for, headers first: %p', async (headersFirst) => {
    const asked = { headersFirst, headerOctets: 4, waitMs: 20, trailerOctets: 20_000, code: 10, text: 'asked' };
    const { initial, messages, status: final } = await call(probe, 'Answer', [asked]);
    expect(messages).toEqual([]);
    expect(initial.get('x-grpc-conform-filler')).toEqual(['xxxx']);
    expect(final).toMatchObject({ code: 10, details: 'asked' });
    expect(final.metadata.get('x-grpc-conform-filler')).toEqual(['x'.repeat(20_000)]);
  });

  test.each([
    { asked: [], code: status.INVALID_ARGUMENT },
    { asked: [{ trailerOctets: 2 ** 21 }], code: status.RESOURCE_EXHAUSTED },
    { asked: [{ replies: 2 ** 20, replyOctets: 2 ** 20 }], code: status.RESOURCE_EXHAUSTED },
  ])('Answer refuses $asked', async ({ asked, code }) => {
    expect((await call(probe, 'Answer', asked)).status.code).toBe(code);
  });

  test('FailWithDetails and PushBack say more than their status', async () => {
    const details = Buffer.from('080a', 'hex');
    const failed = await call(probe, 'FailWithDetails', [{ code: 10, text: 'asked', status: details }]);
    expect(failed.status).toMatchObject({ code: 10, details: 'asked' });
    expect(failed.status.metadata.get('grpc-status-details-bin')).toEqual([details]);
    const refused = await call(probe, 'PushBack', [{ code: 14, pushbackMs: -1 }]);
    expect(refused.status.code).toBe(14);
    expect(refused.status.metadata.get('grpc-retry-pushback-ms')).toEqual(['-1']);
  });

  test('SetServing names what the health service then knows', async () => {
    const check = async () => (await call(health, 'Check', [{ service: 'a.B' }])).messages;
    for (const [serving, said] of [
      [false, 2],
      [true, 1],
    ] as const) {
      expect((await call(probe, 'SetServing', [{ service: 'a.B', serving }])).status.code).toBe(status.OK);
      expect(await check()).toEqual([{ status: said }]);
    }
  });
});

describe('the command line', () => {
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, ['-r', 'esbuild-register', join(__dirname, 'server.ts'), ...args]);
    return {
      child,
      exited: once(child, 'exit'),
      said: createInterface(child.stdout),
      complained: createInterface(child.stderr),
    };
  };

  test(
    'says where it listens; a running call survives SIGTERM, then the process ends with 0',
    async () => {
      const { child, exited, said } = start('--port', '0');
      const [line] = (await once(said, 'line')) as [string];
      const ready = JSON.parse(line) as { host: string; port: number };
      expect(ready).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
      const { path, requestSerialize, responseDeserialize } = definition(testService, 'FullDuplexCall');
      const stream = connect(testService, ready.port).makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
      );
      const request = { responseParameters: [{ size: 1 }] };
      stream.write(request);
      await once(stream, 'data');
      const result = collect(stream);
      child.kill('SIGTERM');
      stream.write(request);
      stream.end();
      expect(await result).toMatchObject({ messages: [payload(1)], status: ok });
      expect(await exited).toEqual([0, null]);
    },
    processTimeout,
  );

  test.each([
    { args: ['--port', 'x'], complaint: '--port x is no port', reason: 'not a number' },
    { args: ['--port', '65536'], complaint: '--port 65536 is no port', reason: 'beyond 16 bits' },
    { args: ['--prot', '1'], complaint: "Unknown option '--prot'", reason: 'misspelt' },
    { args: ['--cert', 'c.pem'], complaint: '--cert and --key go together', reason: 'half a TLS set-up' },
    {
      args: ['--client-ca', 'c.pem'],
      complaint: '--client-ca is about TLS',
      reason: 'a client certificate without TLS',
    },
  ])(
    'ends with 2 for $args: $reason',
    async ({ args, complaint }) => {
      const { exited, complained } = start(...args);
      const [[line], end] = await Promise.all([once(complained, 'line'), exited]);
      expect(line).toContain(complaint);
      expect(end).toEqual([2, null]);
    },
    processTimeout,
  );
});
