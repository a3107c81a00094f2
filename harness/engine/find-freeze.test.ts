import { unknownMethod } from '../index';
import { findFreeze, type Aftermath } from './find-freeze';
import { startScript, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';
import type { Plan } from '../grpc/call-plan';

/** A server that answers every call with UNIMPLEMENTED, and stops for good at one method. */
const server = `
  require('node:http2')
    .createServer()
    .on('stream', (stream, headers) => {
      if (String(headers[':path']).endsWith('/Freeze')) for (;;);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
    })
    .listen(Number(process.argv[2]), '127.0.0.1');
`;

let started: Awaited<ReturnType<typeof startScript>>;
beforeAll(async () => {
  started = await startScript(server);
});
afterAll(() => started.stop());

const times = { reply: 1000, close: 300, quiet: 50, cancel: 300, connect: 1000 };

const calling = (name: string, method: (input: number) => string) =>
  tinyProperty(name, {
    examples: () => Array.from({ length: 12 }, (_, index) => index),
    script: (script, input) => void script.call(unknownMethod(`/engine.v1.Test/${method(input)}`)),
  });

test('an input that stops a server for good is named, and what others ask is still judged', async () => {
  const target = targetAt(() => started.endpoint(), { facts: { offers: [], times }, process: started.process });
  const freezing = calling('MSG-02-any-data-split', (input) => (input === 5 ? 'Freeze' : 'Serve'));
  const beside = calling('MSG-03-merged-messages', () => 'Serve');
  const later = calling('MSG-04-empty-data-between', () => 'Serve');
  const properties = [freezing, beside, { ...later, lane: 'exclusive' as const }];
  const { records, findings, outcome } = await tryProperties(target, properties, { runs: 12, concurrency: 4 });
  expect(findings).toMatchObject([
    {
      rule: 'ALIVE-02-serves-on',
      verdict: 'fail',
      mark: 'hang',
      provokedBy: freezing.id,
      alsoSeenIn: [],
      confirmed: { failed: 3, of: 3 },
      observed: expect.stringMatching(/^The server serves no call after this one input: /) as string,
      sent: expect.stringMatching(/^\/engine\.v1\.Test\/Freeze.*; then the plain call/) as string,
      blocks: [freezing.id],
    },
  ]);
  expect([...records.values()].map(({ id, verdict }) => [id, verdict])).toEqual(
    expect.arrayContaining([
      [freezing.id, 'blocked'],
      [beside.id, 'pass'],
      [later.id, 'pass'],
    ]),
  );
  expect(outcome.exitCode).toBe(1);
});

describe('among the suspects', () => {
  const plans = Array.from({ length: 3 }, (): Plan => ({ steps: [], calls: [] }));
  const suspects = plans.map((plan, index) => ({ plan, of: `MSG-0${index + 1}` }));

  /** A target that each suspect stops where its list says so, in the order of the plays. */
  async function hunt(served: readonly (readonly boolean[])[]) {
    const left = served.map((each) => [...each]);
    let restarts = 0;
    const found = await findFreeze(suspects, {
      restart: () => Promise.resolve(restarts++),
      play: (plan): Promise<Aftermath> =>
        Promise.resolve({
          serves: left[plans.indexOf(plan)]?.shift() ?? true,
          plan,
          transcript: { connections: [], samples: {} },
          trouble: 'no answer',
        }),
      isOver: () => false,
    });
    return { of: found?.of, restarts };
  }

  test.each<[string, readonly (readonly boolean[])[], string | undefined, number]>([
    ['none does it', [[true], [true], [true]], undefined, 0],
    ['the second does it each time', [[true], [false, false, false, false], [true]], 'MSG-02', 4],
    [
      'one does it by what came before, the last one by itself',
      [[true], [false, true], [false, false, false, false]],
      'MSG-03',
      6,
    ],
    ['one does it now and then', [[false, false, true], [true], [true]], undefined, 3],
    [
      'two do it by what came before',
      [
        [false, true],
        [false, true],
        [false, false, false, false],
      ],
      undefined,
      4,
    ],
  ])('%s', async (_, served, of, restarts) => {
    expect(await hunt(served)).toEqual({ of, restarts });
  });
});
