import net from 'node:net';
import type { Target } from '../launch/target';
import { formatFailure, makeFailureFile, parseFailure, type FailureFile } from '../report/failure-file';
import { deserializeTranscript } from '../report/serialize';
import type { AnyProperty } from '../properties/property';
import { joinOctets } from '../wire/join-octets';
import { behave } from '../servers/reference/behaviour';
import { loadCatalogue } from './catalogue-rows';
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
    expect(await replayFailure(file, clean, rows)).toEqual({ outcome: 'FIXED', text: `${file.rule} holds`, played: 1 });
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
