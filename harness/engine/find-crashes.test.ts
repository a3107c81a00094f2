import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTarget, type StartedTarget } from '../launch/reach/spawn';
import type { Target } from '../launch/target';
import { unknownMethod } from '../grpc/test-service';
import { makeFailureFile } from '../report/failure-file';
import { Executor } from './executor';
import { replayFailure } from './replay';
import { Slots } from './slots';
import { Throttle } from './throttle';
import { breach, headerOf, rowsWith, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

/** Answers every call with UNIMPLEMENTED, but for some: by GOAWAY, by its own end, or by its end after that answer. */
const server = `
  const { createServer, constants } = require('node:http2');
  const { NGHTTP2_PROTOCOL_ERROR } = constants;
  createServer()
    .on('session', (session) => session.on('error', () => undefined))
    .on('stream', (stream, fields) => {
      stream.on('error', () => undefined);
      const path = fields[':path'];
      if (path.endsWith('/Exit')) process.exit(7);
      if (path.endsWith('/Kill')) process.kill(process.pid, 'SIGKILL');
      if (path.endsWith('/Close')) return stream.session.destroy(undefined, NGHTTP2_PROTOCOL_ERROR);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
      if (path.endsWith('/Late')) stream.session.close(() => process.exit(8));
    })
    .listen(Number(process.argv[2]), '127.0.0.1');
`;

let folder: string;
let started: StartedTarget;
let target: Target;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
  writeFileSync(join(folder, 'server.js'), server);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  const command = `'${process.execPath}' '${join(folder, 'server.js')}' {port}`;
  started = await startTarget({ command, readyTimeout: 20_000 });
  target = targetAt(() => started.endpoint(), { facts: { offers: [] }, process: started.process });
});
afterEach(() => started.process.stop());

const id = 'MSG-02-any-data-split';

/** Calls a method whose name depends on the input; any answer and any refusal is fine. */
const calling = (method: (input: number) => string, name: string = id) =>
  tinyProperty(name, {
    examples: () => Array.from({ length: 12 }, (_, index) => index),
    script: (script, input) => void script.call(unknownMethod(`/engine.v1.Test/${method(input)}`)),
  });

test.each([
  ['Exit', { code: 7, signal: null }, 'exit code 7'],
  ['Kill', { code: null, signal: 'SIGKILL' }, 'signal SIGKILL'],
  ['Late', { code: 8, signal: null }, 'exit code 8'],
])('an input that ends the process (%s) is a crash, whatever the property accepts', async (method, exit, how) => {
  const property = calling((input) => (input === 5 ? method : 'Serve'));
  const { records, outcome, events } = await tryProperties(target, [property], { runs: 12 });
  expect(records.get(id)).toMatchObject({
    verdict: 'fail',
    findings: [
      {
        rule: id,
        mark: 'crash',
        verdict: 'fail',
        input: 5,
        inputsTried: 6,
        radius: 'server',
        confirmed: { failed: 3, of: 3 },
        observed: `The server's process ended (${how}).`,
        process: exit,
      },
    ],
  });
  expect(outcome.exitCode).toBe(1);
  expect(events.find(({ type }) => type === 'target-exited')).toMatchObject({ exit, during: [id] });
});

test('the properties beside it are judged by the process that was started again', async () => {
  const crashing = calling((input) => (input === 5 ? 'Exit' : 'Serve'));
  const beside = tinyProperty('MSG-03-merged-messages', {
    script: (script) => void script.call(unknownMethod('/engine.v1.Test/Serve')),
    check: (seen) => (seen.call().status === 12 ? [] : [breach()]),
  });
  const { records, findings } = await tryProperties(target, [beside, crashing], { runs: 60, concurrency: 4 });
  expect(records.get(beside.id)).toMatchObject({ verdict: 'pass', runs: 60 });
  expect(findings).toMatchObject([{ rule: id, mark: 'crash', input: 5 }]);
});

test('a connection that the target closes is not taken for its end', async () => {
  const property = calling((input) => (input === 5 ? 'Close' : 'Serve'));
  const { records, outcome, warnings } = await tryProperties(target, [property], { runs: 12 });
  expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 12 });
  expect([outcome.exitCode, warnings]).toEqual([0, []]);
});

test('no input is accused of the end of a process that somebody else killed, and the run fails for it', async () => {
  let isKilled = false;
  const served = tinyProperty(id, {
    script: (script, input) => {
      script.call(unknownMethod('/engine.v1.Test/Serve'), { awaitEnd: false });
      // The last moment of a script at which somebody else can do something.
      script.pause(input === 5 ? 50 : 0).await({ see: 'end', stream: 1 });
    },
    examples: () => Array.from({ length: 12 }, (_, index) => index),
    check: (seen) => (seen.call().status === 12 ? [] : [breach()]),
  });
  const { records, outcome, events } = await tryProperties(target, [served], {
    runs: 12,
    concurrency: 4,
    listener: (event) => {
      if (event.type !== 'input-judged' || event.index !== 4 || isKilled) return;
      isKilled = true;
      process.kill(started.process.pid, 'SIGKILL');
    },
  });
  expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 12, findings: [] });
  expect(outcome).toEqual({ verdict: 'fail', exitCode: 1 });
  expect(records.get('ALIVE-01-process-stays')?.findings).toMatchObject([
    {
      verdict: 'fail',
      mark: 'crash',
      observed: "The server's process ended once (signal SIGKILL).",
      sent: expect.stringContaining(`with inputs of ${id} under way`) as string,
    },
  ]);
  expect(events.filter(({ type }) => type === 'target-exited' || type === 'target-restarted')).toMatchObject([
    { type: 'target-exited', exit: { signal: 'SIGKILL' }, during: [id] },
    { type: 'target-restarted' },
  ]);
});

test('a property that ends the process on purpose gets a new one for each input, and that is no event', async () => {
  const pids = new Set<number>();
  const property = tinyProperty(id, {
    lane: 'restart',
    script: (script) => {
      pids.add(started.process.pid);
      script.call(unknownMethod('/engine.v1.Test/Exit'));
    },
    check: (seen) => (seen.call().shape === 'closed' ? [] : [breach()]),
  });
  const { records, events } = await tryProperties(target, [property], { runs: 3 });
  expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 3, findings: [] });
  expect(pids.size).toBe(3);
  expect(events.filter(({ type }) => type === 'target-exited' || type === 'warning')).toEqual([]);
});

test('a process that had ended before anything was played ended unasked, although the next one serves', async () => {
  process.kill(started.process.pid, 'SIGKILL');
  await new Promise<void>((resolve) => started.process.onExit(() => resolve()));
  const { findings, outcome } = await tryProperties(target, [calling(() => 'Serve')], { runs: 2 });
  expect(findings).toMatchObject([{ rule: 'ALIVE-01-process-stays', verdict: 'fail', mark: 'crash' }]);
  expect(outcome.exitCode).toBe(1);
});

test('two that end the process on purpose at the same time hide no end that comes later', async () => {
  const executor = new Executor(
    target,
    new Throttle({ slots: new Slots(1), listener: () => undefined }),
    () => undefined,
  );
  await Promise.all([executor.restart(), executor.restart()]);
  const ended = new Promise<void>((resolve) => started.process.onExit(() => resolve()));
  process.kill(started.process.pid, 'SIGKILL');
  await ended;
  expect(executor.exits).toMatchObject([{ signal: 'SIGKILL' }]);
});

test('a target that cannot be started again ends the run with exit code 4', async () => {
  const lost = { ...started.process, pid: started.process.pid, restart: () => Promise.reject(lostError) };
  const { ConformError } = jest.requireActual<typeof import('../error')>('../error');
  const lostError = new ConformError('ERR_TARGET_LOST', 'it does not start');
  const property = calling((input) => (input === 2 ? 'Exit' : 'Serve'));
  const { outcome } = await tryProperties({ ...target, process: lost }, [property], { runs: 12 });
  expect(outcome).toEqual({ verdict: 'error', exitCode: 4 });
});

test.each([
  ['that we started', true, "the target's process ended (exit code 7)"],
  ['that somebody else started', false, 'the target no longer serves: '],
])('a crash can be replayed on a target %s', async (_, isOurs, text) => {
  const property = calling((input) => (input === 0 ? 'Exit' : 'Serve'));
  const { events } = await tryProperties(target, [property], { runs: 1 });
  const found = events.find((event) => event.type === 'finding');
  if (found?.type !== 'finding') throw new Error('there is no finding');
  const file = makeFailureFile(headerOf(target), found.id, found.finding, found.replay);
  await started.process.restart();
  const { process: ours, ...theirs } = target;
  const result = await replayFailure(file, isOurs ? { ...theirs, process: ours } : theirs, rowsWith([property]));
  expect(result).toMatchObject({ outcome: 'FAILS', text: expect.stringContaining(text) as string, played: 1 });
});
