import { unknownMethod } from '../grpc/test-service';
import { breach, startScript, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

/** Says which method was asked for, and then answers with UNIMPLEMENTED. */
const server = `
  require('node:http2').createServer()
    .on('session', (session) => session.on('error', () => undefined))
    .on('stream', (stream, fields) => {
      stream.on('error', () => undefined);
      const path = fields[':path'];
      console.error(path.endsWith('/Long') ? 'x'.repeat(5000) : 'asked for ' + path);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
    })
    .listen(Number(process.argv[2]), '127.0.0.1', () => console.log('before anything was asked for'));
`;

let started: Awaited<ReturnType<typeof startScript>>;
beforeAll(async () => {
  started = await startScript(server);
});
afterAll(() => started.stop());

/** What a finding about an input that calls this method has of the words of the process. */
async function printedBy(method: string, process?: typeof started.process) {
  const property = tinyProperty('MSG-02-any-data-split', {
    examples: () => [5],
    script: (script) => void script.call(unknownMethod(`/engine.v1.Test/${method}`)),
    check: () => [breach()],
  });
  const target = targetAt(() => started.endpoint(), { facts: { offers: [] }, ...(process && { process }) });
  const { findings } = await tryProperties(target, [property], { runs: 1, shrink: false });
  return findings[0]?.printed;
}

test('a finding has what the process printed while its script was played, and when', async () => {
  const printed = await printedBy('Serve', started.process);
  // On a busy machine what comes next may be printed in its last milliseconds, but nothing of before.
  expect(printed?.[0]).toEqual({ after: expect.any(Number), output: 'asked for /engine.v1.Test/Serve' });
  expect(printed?.[0]?.after).toBeGreaterThan(0);
  expect(printed?.[0]?.after).toBeLessThan(60_000);
});

test('long lines are cut, with a mark', async () => {
  const [line] = (await printedBy('Long', started.process)) ?? [];
  expect(line?.output).toMatch(/^x{499}…$/);
});

test('of a process that is not ours nothing is known', async () => {
  expect(await printedBy('Serve')).toBeUndefined();
});
