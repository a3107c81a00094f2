import http2 from 'node:http2';
import type net from 'node:net';
import { unaryCall, unknownMethod, type Call } from '../index';
import { isOk } from '../properties/checks/expectations';
import { targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const id = 'REQ-01-minimal-request';
const times = { reply: 1000, close: 500, quiet: 50, cancel: 500, connect: 1000 };

type Answer = (stream: http2.ServerHttp2Stream, call: { readonly number: number; readonly path: string }) => void;

const ok = (stream: http2.ServerHttp2Stream): void => {
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.alloc(5));
};
const endWith =
  (code: number, more: Readonly<Record<string, string>> = {}): Answer =>
  (stream) =>
    stream.respond({ 'content-type': 'application/grpc', 'grpc-status': String(code), ...more }, { endStream: true });

/** A server that counts its calls, the plain ones of the engine too. */
async function listen(answer: Answer) {
  const server = http2.createServer();
  const sessions = new Set<http2.Http2Session>();
  let number = 0;
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, fields) => {
    stream.on('error', () => undefined);
    stream.resume();
    if (!stream.destroyed) answer(stream, { number: ++number, path: String(fields[':path']) });
  });
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port } }, { facts: { times } });
}

const isServed = (call: Call) => isOk(call);
const served = tinyProperty(id, {
  script: (script) => void script.call(unaryCall()),
  check: (seen) => isServed(seen.call()),
});
const servedTwice = tinyProperty(id, {
  script: (script) => {
    script.call(unaryCall(), { awaitEnd: false });
    script.call(unaryCall());
  },
  check: (seen) => seen.calls.flatMap(isServed),
});

const refuse: Answer = (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);

test.each<[string, Answer]>([
  ['refuses every second call', (stream, call) => (call.number % 2 === 1 ? refuse(stream, call) : ok(stream))],
  [
    'says UNAVAILABLE at first, with the time to wait',
    (stream, call) => (call.number < 3 ? endWith(14, { 'grpc-retry-pushback-ms': '1' })(stream, call) : ok(stream)),
  ],
  ['says RESOURCE_EXHAUSTED at first', (stream, call) => (call.number < 3 ? endWith(8)(stream, call) : ok(stream))],
  ['closes the first connection', (stream, call) => (call.number === 1 ? stream.session?.destroy() : ok(stream))],
])('a server that %s is asked again, and judged by what it then does', async (_name, answer) => {
  const { records, outcome } = await tryProperties(await listen(answer), [served], { runs: 2, concurrency: 1 });
  expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 2 });
  expect(outcome.exitCode).toBe(0);
});

describe('UNAVAILABLE', () => {
  const thenEnds: Answer = (stream, call) => {
    const { session } = stream;
    endWith(14)(stream, call);
    // By the time of its ACK the answer has arrived.
    session?.ping(() => session.destroy());
  };

  test.each<[string, Answer, boolean]>([
    ['from a connection that stays is about the load: less is asked for at a time', endWith(14), true],
    ['from a connection that the server then ends is about that connection alone', thenEnds, false],
  ])('%s', async (_name, unavailable, slower) => {
    const answer: Answer = (stream, call) => (call.path.endsWith('UnaryCall') ? unavailable(stream, call) : ok(stream));
    const options = { runs: 1, concurrency: 8, shrink: false };
    const property = { ...served, afterwards: true };
    const { findings, events } = await tryProperties(await listen(answer), [property], options);
    expect(findings).toMatchObject([{ rule: id, verdict: 'fail', reaction: 'status 14' }]);
    expect(events.some(({ type }) => type === 'warning')).toBe(slower);
  });

  test('that is gone after a rest was not about the load', async () => {
    const once: Answer = (stream, call) => (call.number === 2 ? endWith(14)(stream, call) : ok(stream));
    const { records, warnings } = await tryProperties(await listen(once), [served], { runs: 4, concurrency: 8 });
    expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 4 });
    expect(warnings).toEqual([]);
  });
});

test.each<[string, Answer, RegExp]>([
  [
    'refuses every call of the rule',
    (stream, call) => (call.path.endsWith('UnaryCall') ? refuse(stream, call) : ok(stream)),
    /refused a call unprocessed, by REFUSED_STREAM/,
  ],
])('a server that %s is not judged by it, and the run says what would help', async (_name, answer, reason) => {
  const { records, outcome } = await tryProperties(await listen(answer), [served], { runs: 2, concurrency: 1 });
  expect(records.get(id)).toMatchObject({
    verdict: 'untestable',
    reason: expect.stringMatching(reason) as string,
    unlock: expect.stringContaining('--max-streams') as string,
  });
  // Nobody is accused, and nobody is called conformant of whom nothing is known.
  expect(outcome.exitCode).toBe(2);
});

describe('a status that says "not now"', () => {
  const always: Answer = (stream, call) => (call.path.endsWith('UnaryCall') ? endWith(8)(stream, call) : ok(stream));

  test('each time, while a plain call is served, is about the call', async () => {
    const options = { runs: 1, concurrency: 1, shrink: false };
    const { findings } = await tryProperties(await listen(always), [served], options);
    expect(findings).toMatchObject([{ rule: id, verdict: 'fail', reaction: 'status 8' }]);
  });

  test('is about how many there are where there are several calls', async () => {
    const { records } = await tryProperties(await listen(always), [servedTwice], { runs: 1, concurrency: 1 });
    expect(records.get(id)).toMatchObject({
      verdict: 'untestable',
      unlock: expect.stringContaining('--rate') as string,
    });
  });
});

describe('a server that stops serving', () => {
  const fuse =
    (calls: number): Answer =>
    (stream, { number }) => {
      if (number <= calls) ok(stream);
    };

  test('fails the run once, by that, and nothing that was played after it is a pass', async () => {
    const other = tinyProperty('REQ-02-regular-header-order-free', {
      script: (script) => void script.call(unknownMethod('/a.B/C')),
      check: (seen) => isServed(seen.call()),
    });
    const { records, outcome, findings, events } = await tryProperties(await listen(fuse(6)), [served, other], {
      runs: 50,
      concurrency: 1,
      shrink: false,
    });
    expect(outcome).toEqual({ verdict: 'fail', exitCode: 1 });
    expect(findings).toMatchObject([
      {
        rule: 'ALIVE-02-serves-on',
        verdict: 'fail',
        mark: 'hang',
        observed: expect.stringMatching(
          /^The server stopped serving after \d+ calls: the call got no complete answer/,
        ) as string,
        blocks: [id, other.id],
      },
    ]);
    expect([...records.values()].filter(({ verdict }) => verdict === 'pass')).toEqual([]);
    expect(events.at(-1)).toMatchObject({
      status: 'incomplete',
      reason: expect.stringMatching(/^the target stopped serving/) as string,
    });
    const finding = events.find((event) => event.type === 'finding');
    // The file plays all that came before, and then the plain call.
    expect(finding?.replay.plan.steps.filter((step) => step.do === 'open').length).toBeGreaterThan(6);
  });

  test('a server that serves on is asked again after each property, and that is all', async () => {
    const { outcome, findings } = await tryProperties(await listen(fuse(1000)), [served], { runs: 5, concurrency: 1 });
    expect([outcome.exitCode, findings]).toEqual([0, []]);
  });
});
