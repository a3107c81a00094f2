import http2 from 'node:http2';
import type net from 'node:net';
import { playScript } from '../../connection/play-script';
import { encodeMessage, readMessages } from '../../grpc/length-prefixed-message';
import { observe } from '../../grpc/observe';
import { PlanBuilder } from '../../grpc/plan-builder';
import { joinOctets } from '../../wire/join-octets';
import { octetsOf, readFields, textOf } from '../../schema/protobuf-fields';
import { reflect } from './reflection';
import { makeTimes } from '../times';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A length-prefixed field. */
function field(number: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const content = joinOctets(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const length: number[] = [];
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) | 0x80);
    if (rest < 128) break;
  }
  return joinOctets([Uint8Array.of(number * 8 + 2), Uint8Array.from(length), content]);
}

const services = (...names: readonly string[]): Uint8Array =>
  field(6, ...names.map((name) => field(1, field(1, name))));
const files = (...descriptors: readonly Uint8Array[]): Uint8Array =>
  field(4, ...descriptors.map((one) => field(1, one)));
const notFound = field(7, Uint8Array.of(8, 5), field(2, 'no \u001b[31m such thing'));

/** A FileDescriptorProto, as far as anyone looks. */
function file(name: string, options: { imports?: readonly string[]; service?: string } = {}): Uint8Array {
  const { imports = [], service } = options;
  const dot = service?.lastIndexOf('.') ?? -1;
  return joinOctets([
    field(1, name),
    ...(dot > 0 ? [field(2, service!.slice(0, dot))] : []),
    ...imports.map((one) => field(3, one)),
    ...(service === undefined ? [] : [field(6, field(1, service.slice(dot + 1)))]),
  ]);
}

/** What a server does with a question: an answer, or something with the stream. */
type Reply = Uint8Array | ((stream: http2.ServerHttp2Stream) => void);
type Behaviour = (question: string, version: string) => Reply;

const endWith =
  (status: number, message = ''): Reply =>
  (stream) =>
    stream.respond(
      { 'content-type': 'application/grpc', 'grpc-status': String(status), 'grpc-message': message },
      { endStream: true },
    );
const write =
  (octets: Uint8Array): Reply =>
  (stream) => {
    stream.respond({ 'content-type': 'application/grpc' });
    stream.end(octets);
  };

/** The text of the one question of a request, with its field number in front: `7:*`. */
function readQuestion(request: Uint8Array): string {
  const fields = readFields(readMessages(request).messages[0]?.octets ?? new Uint8Array(0)) ?? [];
  return fields.map(({ number }) => `${number}:${textOf(fields, number)}`).join();
}

async function reflectOn(behaviour: Behaviour, replyTime = 5000) {
  const server = http2.createServer();
  const asked: string[] = [];
  const sessions = new Set<http2.Http2Session>();
  server.on('session', (session) => {
    session.on('error', () => undefined);
    sessions.add(session);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const version = /\.(v1\w*)\./.exec(String(headers[':path']))?.[1] ?? '';
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const question = readQuestion(Buffer.concat(chunks));
      asked.push(question);
      const reply = behaviour(question, version);
      if (typeof reply === 'function') return reply(stream);
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(encodeMessage(reply));
    });
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const deadline = new AbortController().signal;
  const result = await reflect({
    ask: async (compose) => {
      const script = new PlanBuilder({ authority: 'a', scheme: 'http', metadata: [] });
      compose(script);
      const plan = script.build();
      const times = { ...makeTimes({}), reply: replyTime };
      const { transcript, views } = await playScript(plan, {
        endpoint: { address: { kind: 'tcp', host: '127.0.0.1', port } },
        times,
      });
      return observe(plan, transcript, views);
    },
    replyTime,
    deadline,
  });
  return { result, asked };
}

/** Names of the files that were found. */
const fileNames = (result: Awaited<ReturnType<typeof reflectOn>>['result']): readonly string[] =>
  result.kind === 'found' ? result.files.map((octets) => textOf(readFields(octets) ?? [], 1)) : [];

test('imports that are not sent along are asked for, cycles end', async () => {
  const { result, asked } = await reflectOn((question) => {
    if (question === '7:*') return services('a.B', 'grpc.health.v1.Health');
    if (question === '4:a.B') return files(file('b.proto', { imports: ['c.proto'], service: 'a.B' }));
    return question === '3:c.proto' ? files(file('c.proto', { imports: ['b.proto'] })) : notFound;
  });
  expect(result).toMatchObject({
    kind: 'found',
    version: 'v1',
    services: ['a.B', 'grpc.health.v1.Health'],
    problems: [],
  });
  expect(fileNames(result)).toEqual(['b.proto', 'c.proto']);
  expect(asked).toEqual(['7:*', '4:a.B', '3:c.proto']);
});

test('a service that came along with another is not asked for, however many there are', async () => {
  const many = Array.from({ length: 100 }, (_, index) => `a.S${String(index).padStart(3, '0')}`);
  const all = many.map((service) => file(`${service}.proto`, { service }));
  const { result, asked } = await reflectOn((question) => (question === '7:*' ? services(...many) : files(...all)));
  expect(fileNames(result)).toHaveLength(100);
  expect(asked).toHaveLength(33);
});

test('v1alpha is asked where v1 is not served', async () => {
  const { result } = await reflectOn((question, version) => {
    if (version === 'v1') return endWith(12);
    return question === '7:*' ? services('B') : files(file('b.proto', { service: 'B' }));
  });
  expect(result).toMatchObject({ kind: 'found', version: 'v1alpha', services: ['B'] });
});

test.each<[string, Reply]>([
  ['UNIMPLEMENTED', endWith(12)],
  ['404', (stream) => stream.respond({ ':status': 404 }, { endStream: true })],
])('%s means that it is not served', async (_name, reply) => {
  expect((await reflectOn(() => reply)).result).toEqual({ kind: 'absent' });
});

test('an answer counts although the stream never ends', async () => {
  const answer = (message: Uint8Array): Reply => {
    return (stream) => {
      stream.respond({ 'content-type': 'application/grpc' });
      stream.write(encodeMessage(message));
    };
  };
  const { result } = await reflectOn((question) =>
    question === '7:*' ? answer(services('B')) : answer(files(file('b.proto', { service: 'B' }))),
  );
  expect(fileNames(result)).toEqual(['b.proto']);
});

describe('a service that lies ends in one sentence', () => {
  let endless = 0;
  const twoThousand = services(...Array.from({ length: 2000 }, (_, index) => `S${index}`));
  const list =
    (...names: readonly string[]) =>
    (reply: Reply): Behaviour => {
      return (question) => (question === '7:*' ? services(...names) : reply);
    };
  const listB = list('B');
  test.each<[string, Behaviour, RegExp]>([
    [
      'refuses',
      () => endWith(16, 'who are you?'),
      /v1 does not list the services: status UNAUTHENTICATED \(16\) "who are you\?"$/,
    ],
    ['an HTTP error', () => (stream) => stream.respond({ ':status': 403 }, { endStream: true }), /HTTP status 403$/],
    [
      'an error response',
      () => notFound,
      /does not list the services: error NOT_FOUND \(5\) "no \\x1b\[31m such thing"$/,
    ],
    ['another answer', () => files(file('b.proto')), /was asked for services and answers with files$/],
    ['nothing', () => endWith(0), /ends the call for the question for its services without an answer$/],
    ['silence', () => () => undefined, /does not answer the question for its services within 150 ms$/],
    ['a reset', () => (stream) => stream.close(2), /resets the call for .* with INTERNAL_ERROR$/],
    ['a close', () => (stream) => stream.session?.destroy(), /closes the connection in place of answering/],
    ['garbage', () => Buffer.from('garbage'), /answers the question for its services with octets that are no answer$/],
    ['an empty answer', () => new Uint8Array(0), /octets that are no answer$/],
    [
      'a compressed answer',
      () => write(encodeMessage(services('B'), { compressedFlag: 1 })),
      /compressed, which was not offered$/,
    ],
    ['half a message', () => write(encodeMessage(services('B'), { length: 99 })), /without an answer$/],
    ['too many services', () => twoThousand, /lists 2000 services; more than 1000 are not read$/],
    [
      'no descriptors',
      listB(files(Buffer.from('garbage'))),
      /answers the question for B with octets that are no file descriptor$/,
    ],
    ['a file without a name', listB(files(field(2, 'a'))), /no file descriptor$/],
    [
      'files without end',
      (question) =>
        question === '7:*'
          ? services('B')
          : files(file(`${++endless}.proto`, { imports: [`${endless + 1}.proto`], service: 'B' })),
      /gives files that import others without end$/,
    ],
    [
      'too many files',
      listB(files(...Array.from({ length: 10_001 }, (_, index) => file(`${index}.proto`)))),
      /gives more than 10000 files$/,
    ],
    [
      'too many imports of one file that nobody has',
      (question) =>
        question === '7:*'
          ? services('B')
          : question === '4:B'
            ? files(
                file('b.proto', {
                  imports: Array.from({ length: 5000 }, (_, index) => `${index}.proto`),
                  service: 'B',
                }),
              )
            : notFound,
      /does not give 2\d\d of the services and files that it names$/,
    ],
  ])('%s', async (name, behaviour, message) => {
    const { result } = await reflectOn(behaviour, name === 'silence' ? 150 : 5000);
    expect(result).toEqual({ kind: 'failed', reason: expect.stringMatching(message) as string });
  });
});

test.each<[string, Behaviour, readonly string[]]>([
  [
    'a service that is listed and not described',
    (question) =>
      question === '7:*'
        ? services('B', 'C')
        : question === '4:C'
          ? files(file('c.proto', { service: 'C' }))
          : notFound,
    ['B: error NOT_FOUND (5) "no \\x1b[31m such thing"'],
  ],
  [
    'another file than asked for',
    (question) => (question === '7:*' ? services('B') : files(file('c.proto', { service: 'C' }))),
    ['B: the files given for it do not define it'],
  ],
  [
    'another import than asked for',
    (question) =>
      question === '7:*'
        ? services('B')
        : files(question === '4:B' ? file('b.proto', { imports: ['c.proto'], service: 'B' }) : file('d.proto')),
    ['c.proto: it gave d.proto instead'],
  ],
  [
    'names that are none',
    (question) => (question === '7:*' ? services('B', 'a b\u001b[31m', '/') : files(file('b.proto', { service: 'B' }))),
    ['it lists a b\\x1b[31m, which is no name of a service'],
  ],
])('the rest is used: %s', async (_name, behaviour, problems) => {
  const { result } = await reflectOn(behaviour);
  expect(result).toMatchObject({ kind: 'found', problems });
});

test('a message in which groups or wrong lengths stand is none', () => {
  expect([
    readFields(Uint8Array.of(0x0b, 0x0c)),
    readFields(Uint8Array.of(0x0a, 5)),
    readFields(Uint8Array.of(0)),
  ]).toEqual([undefined, undefined, undefined]);
  expect(octetsOf(readFields(Uint8Array.of(0x08, 1, 0x0a, 1, 7)) ?? [], 1)).toEqual([Uint8Array.of(7)]);
});
