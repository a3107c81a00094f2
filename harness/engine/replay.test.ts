import http2 from 'node:http2';
import net from 'node:net';
import type { AxisValues } from '../axes/axes';
import { BorrowedInput } from '../axes/borrowing';
import type { Endpoint } from '../connection/endpoint';
import { unaryCall } from '../grpc/test-service';
import type { Target } from '../launch/target';
import { formatFailure, makeFailureFile, parseFailure, type FailureFile } from '../report/failure-file';
import type { CapabilityRecord } from '../report/model';
import { deserializeTranscript } from '../report/serialize';
import type { Need } from '../facts/need';
import type { AnyProperty, Property } from '../properties/property';
import { joinOctets } from '../wire/join-octets';
import { behave } from '../servers/reference/behaviour';
import { loadCatalogue } from './catalogue-rows';
import { writeVariedPlan } from './executor';
import { replayFailure } from './replay';
import {
  breach,
  headerOf,
  rowsWith,
  startReference,
  stopServers,
  targetAt,
  tinyProperty,
  tryProperties,
} from './try-engine.test-helper';

const { rows } = loadCatalogue();
const propertyOf = (start: string): AnyProperty => {
  const property = rows.find(({ id }) => id.startsWith(start))?.property;
  if (property === undefined) throw new Error(`there is no property ${start}`);
  return property;
};

const plannedRule = rows.find(({ state }) => state === 'planned')?.id ?? '';

afterAll(stopServers);

/** The failure file of the only finding, written and read again. */
async function fileOf(target: Target, property: AnyProperty): Promise<FailureFile> {
  const { events } = await tryProperties(target, [property], { rows, runs: 60 });
  const [found, ...others] = events.filter((event) => event.type === 'finding');
  if (found?.type !== 'finding' || others.length > 0) throw new Error(`there are ${others.length + 1} findings`);
  return parseFailure(
    formatFailure(makeFailureFile(headerOf(target), found.id, found.finding, found.replay)),
    'a.json',
  );
}

interface Recorder {
  readonly target: Target;
  /** What came from the client, connection by connection, once all of them are closed. */
  readonly heard: () => Promise<readonly Buffer[]>;
}

/** Stands before a server and keeps what the client says. */
async function startRecorder({ endpoint, facts }: Target): Promise<Recorder> {
  const { address } = endpoint();
  const connections: Promise<Buffer>[] = [];
  const proxy = net.createServer((client) => {
    const octets: Buffer[] = [];
    const server = net.connect(address.kind === 'tcp' ? { host: address.host, port: address.port } : address);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => octets.push(chunk));
    client.pipe(server).pipe(client);
    connections.push(new Promise((resolve) => client.once('close', () => resolve(Buffer.concat(octets)))));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as net.AddressInfo;
  return {
    target: targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port } }, { facts }),
    heard: () => {
      proxy.close();
      return Promise.all(connections);
    },
  };
}

describe.each(['MSG-02', 'RPC-03'] as const)('the failure file of %s', (rule) => {
  let faulty: Target;
  let file: FailureFile;
  beforeAll(async () => {
    faulty = targetAt(await startReference(behave({ defects: [rule] })));
    file = await fileOf(faulty, propertyOf(rule));
  });

  test('says FAILS on the server with the defect', async () => {
    expect(await replayFailure(file, faulty, rows)).toMatchObject({
      outcome: 'FAILS',
      text: expect.stringMatching(new RegExp(`^${file.rule}: `)) as string,
      played: 1,
    });
  });

  test('says FIXED on the server without it', async () => {
    const clean = targetAt(await startReference());
    expect(await replayFailure(file, clean, rows)).toMatchObject({
      outcome: 'FIXED',
      text: `${file.rule} holds`,
      played: 1,
    });
  });

  test('says ERROR where nobody answers', async () => {
    const nowhere = targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port: 1 } });
    expect(await replayFailure(file, nowhere, rows)).toMatchObject({
      outcome: 'ERROR',
      text: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('says ERROR when it is interrupted', async () => {
    expect(await replayFailure(file, faulty, rows, AbortSignal.abort())).toMatchObject({ outcome: 'ERROR' });
  });

  test('sends the octets that its transcript says were sent', async () => {
    const recorder = await startRecorder(faulty);
    await replayFailure(file, recorder.target, rows);
    const sent = deserializeTranscript(file.transcript).transcript.connections.map(({ events }) =>
      Buffer.from(joinOctets(events.flatMap((event) => (event.kind === 'sent' ? [event.octets] : [])))),
    );
    const heard = await recorder.heard();
    expect(sent.map((octets) => octets.length > 24)).toEqual(sent.map(() => true));
    expect(heard.map((octets) => octets.toString('hex'))).toEqual(sent.map((octets) => octets.toString('hex')));
  });
});

test('a finding that was flaky is played up to ten times', async () => {
  let plays = 0;
  const flaky = tinyProperty('MSG-02-any-data-split', { check: () => (plays++ % 4 === 0 ? [breach()] : []) });
  const target = targetAt(await startReference());
  const file = await fileOf(target, flaky);
  expect(file.finding.verdict).toBe('flaky');
  plays = 2;
  expect(await replayFailure(file, target, rowsWith([flaky]))).toMatchObject({ outcome: 'FAILS', played: 3 });
  const fixed = tinyProperty(flaky.id);
  expect(await replayFailure(file, target, rowsWith([fixed]))).toMatchObject({ outcome: 'FIXED', played: 10 });
});

test('a rule of another row is judged by that row, and free choices do not count', async () => {
  const target = targetAt(await startReference());
  const rule = 'RESP-03-content-type';
  const provoking = tinyProperty('MSG-02-any-data-split', { check: () => [{ ...breach(), rule }] });
  const file = await fileOf(target, provoking);
  expect(file).toMatchObject({ property: provoking.id, rule });
  const ownOnly = tinyProperty(provoking.id, { check: () => [breach(), { ...breach(), rule, severity: 'info' }] });
  expect(await replayFailure(file, target, rowsWith([provoking]))).toMatchObject({ outcome: 'FAILS' });
  expect(await replayFailure(file, target, rowsWith([ownOnly]))).toMatchObject({ outcome: 'FIXED' });
});

test('a file about a property that this version does not have is refused', async () => {
  const target = targetAt(await startReference());
  const file = await fileOf(target, tinyProperty('MSG-02-any-data-split', { check: () => [breach()] }));
  await expect(replayFailure(file, target, [])).rejects.toMatchObject({ code: 'ERR_FAILURE_FILE' });
});

test.each([
  ['has never been', 'NOPE-99-never-was'],
  ['is not built', plannedRule],
])('a file about a rule that %s is refused, not called fixed', async (_name, rule) => {
  const target = targetAt(await startReference());
  const property = tinyProperty('MSG-02-any-data-split', { check: () => [breach()] });
  const file = { ...(await fileOf(target, property)), rule };
  await expect(replayFailure(file, target, rowsWith([property]))).rejects.toMatchObject({
    code: 'ERR_FAILURE_FILE',
    message: expect.stringMatching(/does not have; use the version that wrote it/) as string,
  });
});

test('a file whose input its property would never make is refused', async () => {
  const target = targetAt(await startReference());
  const file = { ...(await fileOf(target, tinyProperty('MSG-03', { check: () => [breach()] }))), input: null };
  const property = propertyOf('MSG-03');
  await expect(
    replayFailure({ ...file, property: property.id, rule: property.id }, target, rows),
  ).rejects.toMatchObject({
    code: 'ERR_FAILURE_FILE',
    message: expect.stringMatching(/are not such as MSG-03\S* makes: its check cannot/) as string,
  });
});

test('a script that does not come to its end is left', async () => {
  const target = targetAt(await startReference());
  const property = tinyProperty('MSG-02-any-data-split', { check: () => [breach()] });
  const file = await fileOf(target, property);
  const steps = [...file.plan.steps, { do: 'pause', milliseconds: 600_000 } as const];
  const endless = { ...file, plan: { ...file.plan, steps } };
  expect(await replayFailure(endless, target, rowsWith([property]), undefined, 50)).toMatchObject({
    outcome: 'ERROR',
    text: 'cannot be judged here: its script was not over after 50 ms',
  });
});

test('another reaction than the recorded one is told as such', async () => {
  const target = targetAt(await startReference());
  const file = await fileOf(target, tinyProperty('MSG-02-any-data-split', { check: () => [breach()] }));
  const changed = tinyProperty(file.property, { check: () => [{ ...breach('silence'), reaction: 'no end' }] });
  const both = tinyProperty(file.property, { check: () => [{ ...breach(), reaction: 'no end' }, breach('as before')] });
  expect(await replayFailure(file, target, rowsWith([changed]))).toMatchObject({
    outcome: 'FAILS',
    text: 'another reaction than recorded (breach): MSG-02-any-data-split: silence',
  });
  expect(await replayFailure(file, target, rowsWith([both]))).toMatchObject({
    outcome: 'FAILS',
    text: 'MSG-02-any-data-split: as before',
  });
});

describe('a target that lacks what a file needs cannot be judged by it', () => {
  const id = 'MSG-02-any-data-split';
  let endpoint: Endpoint;
  let file: FailureFile;
  beforeAll(async () => {
    endpoint = await startReference();
    file = await fileOf(targetAt(endpoint), tinyProperty(id, { needs: ['unary'], check: () => [breach()] }));
  });
  const replayNeeding = (needs: readonly Need[], target: Target) =>
    replayFailure(file, target, rowsWith([tinyProperty(id, { needs, check: () => [breach()] })]));
  const knowing = (state: CapabilityRecord['state']): Target => {
    const target = targetAt(endpoint, { facts: { offers: [] } });
    return { ...target, record: { ...target.record, capabilities: [{ need: 'unary', state, why: 'a reason' }] } };
  };

  test.each<[string, readonly Need[], () => Target, object]>([
    [
      'it does not offer it',
      ['unary', 'gzip'],
      () => targetAt(endpoint, { facts: { offers: ['unary'] } }),
      {
        outcome: 'ERROR',
        played: 0,
        text: 'cannot be judged here: the target does not offer gzip; to play it there, accept gzip and say so in grpc-accept-encoding',
      },
    ],
    [
      'it offers several less',
      ['client-streaming', 'server-streaming'],
      () => targetAt(endpoint, { facts: { offers: ['unary'] } }),
      {
        outcome: 'ERROR',
        text: 'cannot be judged here: the target does not offer client-streaming, server-streaming; to play it there, serve grpc.testing.TestService (the interop service)',
      },
    ],
    ['it offers it', ['unary'], () => targetAt(endpoint), { outcome: 'FAILS' }],
    ['it is absent', ['unary'], () => knowing('absent'), { outcome: 'ERROR', played: 0 }],
    ['nobody may call it', ['unary'], () => knowing('denied'), { outcome: 'ERROR', played: 0 }],
    [
      'it is there and broken, which is what the file is about',
      ['unary'],
      () => knowing('broken'),
      { outcome: 'FAILS' },
    ],
    ['only calling a method of the user says so', ['unary-method'], () => targetAt(endpoint), { outcome: 'FAILS' }],
  ])('%s', async (_reason, needs, makeTarget, want) => {
    expect(await replayNeeding(needs, makeTarget())).toMatchObject(want);
  });
});

/** A gRPC server that answers every call alike, or those to one method, and the others with an empty message. */
async function startAnswering(fields: http2.OutgoingHttpHeaders, only = ''): Promise<Target> {
  const server = http2.createServer();
  server.on('stream', (stream, { ':path': path = '' }) => {
    if (path.includes(only)) return stream.respond({ ':status': 200, ...fields }, { endStream: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.respond({ ':status': 200, ...grpc }, { waitForTrailers: true });
    stream.end(Buffer.alloc(5));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  answering.push(server);
  const { port } = server.address() as net.AddressInfo;
  // What an earlier version knew: nothing that would keep the file from being played.
  return targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port } });
}

const answering: http2.Http2Server[] = [];
afterAll(() => {
  for (const server of answering) server.close();
});

const grpc = { 'content-type': 'application/grpc' };

test.each<[string, http2.OutgoingHttpHeaders, RegExp]>([
  [
    'has no such method',
    { ...grpc, 'grpc-status': '12' },
    /^cannot be judged here: the target does not offer the method: a plain call of \/grpc\.testing\.TestService\/EmptyCall ends with status UNIMPLEMENTED \(12\)$/,
  ],
  ['knows no such path', { ':status': 404 }, /does not offer the method: .* an HTTP answer with :status 404$/],
  ['wants credentials', { ...grpc, 'grpc-status': '16' }, /lets us call nothing there: .*UNAUTHENTICATED.*-H$/],
  ['has a gateway that wants them', { ':status': 401 }, /lets us call nothing there: .* :status 401; .*-H$/],
])('a fresh call that is refused by a server that %s says nothing about the rule', async (_reason, fields, text) => {
  const id = 'KA-01-ping-echo';
  const broken = tinyProperty(id, { afterwards: true, check: () => [breach()] });
  const file = await fileOf(targetAt(await startReference()), broken);
  const held = rowsWith([tinyProperty(id, { afterwards: true })]);
  const result = await replayFailure(file, await startAnswering(fields), held);
  expect(result).toMatchObject({ outcome: 'ERROR', text: expect.stringMatching(text) as string });
});

test('what a proxy answers to this call and to no other was not excused by the run, and is not by the replay', async () => {
  const proxy = await startAnswering({ ':status': 502 }, 'UnaryCall');
  const id = 'RESP-01-status-200';
  const refused = tinyProperty(id, {
    script: (script) => void script.call(unaryCall({ responseSize: 1 })),
    check: (seen) => (seen.call().status === undefined ? [breach('HTTP status 502')] : []),
  });
  const file = await fileOf(proxy, refused);
  expect(await replayFailure(file, proxy, rowsWith([refused]))).toMatchObject({ outcome: 'FAILS' });
  // A proxy that answers so to everybody has nobody behind it.
  const lonely = await startAnswering({ ':status': 502 });
  expect(await replayFailure(file, lonely, rowsWith([refused]))).toMatchObject({ outcome: 'ERROR' });
});

test('a method that refuses the script only is judged', async () => {
  const faulty = targetAt(await startReference(behave({ defects: ['MSG-02'] })));
  const id = 'MSG-02-any-data-split';
  const refused = tinyProperty(id, {
    afterwards: false,
    script: (script) => void script.call(unaryCall({ status: { code: 12, message: 'asked for' } })),
    check: (seen) => (seen.call().status === 12 ? [breach()] : []),
  });
  const file = await fileOf(faulty, refused);
  expect(await replayFailure(file, faulty, rowsWith([refused]))).toMatchObject({ outcome: 'FAILS' });
});

describe('a file that carries what is expected', () => {
  const id = 'FRAME-06-field-block-contiguous';
  const without = rows.map((row) => (row.id === id ? { ...row, property: tinyProperty(id) } : row));

  test('is judged by that, whatever the property of that name says today', async () => {
    const faulty = targetAt(await startReference(behave({ defects: ['FRAME-06'] })));
    const file = await fileOf(faulty, propertyOf('FRAME-06'));
    expect(file).toMatchObject({
      schemaVersion: 2,
      plan: { expects: [{ on: { connection: 'main' }, row: id, accepts: [{ is: 'connection-error' }] }] },
    });
    const clean = targetAt(await startReference());
    const strange = { ...file, input: 'no input of any generator' };
    expect(await replayFailure(strange, faulty, without)).toMatchObject({ outcome: 'FAILS' });
    expect(await replayFailure(strange, clean, without)).toMatchObject({ outcome: 'FIXED' });
  });

  test('is asked of a target that offers what it needs', async () => {
    const target = targetAt(await startReference(behave({ defects: ['FRAME-06'] })));
    const file = await fileOf(target, propertyOf('FRAME-06'));
    const poor = { ...target, facts: { ...target.facts, offers: [] } };
    expect(await replayFailure(file, poor, without)).toMatchObject({
      outcome: 'ERROR',
      text: expect.stringContaining('does not offer unary') as string,
    });
  });
});

describe('a file of version 1', () => {
  /** As it was written before plans carried what is expected of them. */
  const old = (file: FailureFile): FailureFile => {
    const { expects: _, judging: __, calls, ...plan } = file.plan;
    return { ...file, schemaVersion: 1, plan: { ...plan, calls: calls.map(({ label: ___, ...call }) => call) } };
  };

  let template: FailureFile;
  beforeAll(async () => {
    const target = targetAt(await startReference(behave({ defects: ['EOS-05'] })));
    template = await fileOf(target, propertyOf('EOS-05'));
  });

  test.each(['FRAME-06', 'HPACK-09', 'REQ-07', 'STREAM-04', 'MSG-10'] as const)(
    '%s is judged by what its property expects today',
    async (rule) => {
      const faulty = targetAt(await startReference(behave({ defects: [rule] })));
      const file = old(await fileOf(faulty, propertyOf(rule)));
      const clean = targetAt(await startReference());
      expect(await replayFailure(file, faulty, rows)).toMatchObject({ outcome: 'FAILS' });
      expect(await replayFailure(file, clean, rows)).toMatchObject({ outcome: 'FIXED' });
    },
  );

  // What a property still checks it asks of calls by names that such a file does not know; axes have moved its calls to other streams.
  test.each<[rule: string, example: number, axes: AxisValues, why: string]>([
    ['EOS-05', 0, {}, 'it expects'],
    ['EOS-05', 0, { before: ['a call'] }, 'it expects, behind another call'],
    ['MUX-02', 0, {}, 'it expects and checks'],
  ])('%s, example %d, %j: %s', async (rule, example, axes) => {
    const faulty = targetAt(await startReference(behave({ defects: [rule] })));
    const clean = targetAt(await startReference());
    const property = propertyOf(rule);
    const examples = (property as unknown as Property<unknown>).examples?.(faulty.facts) ?? [];
    const input = examples[example];
    const { plan } = writeVariedPlan(property, new BorrowedInput(input, axes), faulty.facts);
    const { id } = property;
    const file = old({ ...template, property: id, rule: id, input, axes, plan, facts: faulty.facts });
    expect(await replayFailure(file, faulty, rows)).toMatchObject({ outcome: 'FAILS' });
    expect(await replayFailure(file, clean, rows)).toMatchObject({ outcome: 'FIXED' });
  });

  const asMany = (callsBefore: number) => ({ frame: 'DATA', skipped: 0, callsBefore, beside: false });

  test.each<[why: string, input: unknown]>([
    ['is not of the property', null],
    ['asks for more calls than anybody makes', asMany(2 ** 32)],
    ['asks for more steps than a script may have', asMany(2 ** 20)],
  ])('is refused when its input %s', async (_, input) => {
    const target = targetAt(await startReference(behave({ defects: ['STREAM-04'] })));
    const file = { ...old(await fileOf(target, propertyOf('STREAM-04'))), input };
    await expect(replayFailure(file, target, rows)).rejects.toMatchObject({ code: 'ERR_FAILURE_FILE' });
  });
});
