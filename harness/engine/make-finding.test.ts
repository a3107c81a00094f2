import { emptyCall, rstStream, unaryCall, type PlanBuilder } from '../index';
import { breach, startReference, stopServers, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';
import type { Target } from '../launch/target';

const id = 'MSG-02-any-data-split';

let target: Target;
beforeAll(async () => {
  target = targetAt(await startReference());
});
afterAll(stopServers);

async function findingOf(definition: Parameters<typeof tinyProperty>[1]) {
  const { findings } = await tryProperties(
    target,
    [tinyProperty(id, { examples: () => [7], check: () => [breach()], ...definition })],
    { runs: 1, shrink: false },
  );
  const [finding] = findings;
  if (finding === undefined) throw new Error('there is no finding');
  return finding;
}

test('says what was seen and what is wanted in sentences, with the names of fields as they are', async () => {
  const seen = { observed: 'te: trailers was lost', expected: 'the field', reaction: 'lost' };
  expect(await findingOf({ check: () => [seen] })).toMatchObject({
    summary: 'te: trailers was lost; the rule wants the field.',
    observed: 'te: trailers was lost.',
    expected: 'The field.',
    reaction: 'lost',
  });
});

test('tells what the property sent, not what was added to see whether the target still serves', async () => {
  const finding = await findingOf({ afterwards: true, script: (script) => void script.call(emptyCall()) });
  expect(finding.sent).toBe('/grpc.testing.TestService/EmptyCall, a message of 0 octets.');
  expect(finding.script.join('\n')).toContain('HEADERS on stream 3');
});

test('names the call that a violation is about, where there are several', async () => {
  const call = { connection: 'main', stream: 3 };
  const seen = { observed: 'no echo', expected: 'one', reaction: 'lost', call };
  const write = (script: PlanBuilder) => void [1, 3].map(() => script.call(emptyCall()));
  expect(await findingOf({ script: write, check: () => [seen] })).toMatchObject({
    observed: 'Stream 3: no echo.',
    sent: 'Streams 1, 3, each: /grpc.testing.TestService/EmptyCall, a message of 0 octets.',
  });
});

test.each<[string, (script: PlanBuilder) => void, string]>([
  ['the stream, when the connection goes on', (script) => void script.call(unaryCall(), { cuts: [1] }), 'stream'],
  // An idle stream.
  [
    'the connection, when the target closes it',
    (script) => void script.frame(rstStream(1, 8)).awaitConnectionError(),
    'connection',
  ],
])('says what is hurt: %s', async (_, script, radius) => {
  expect((await findingOf({ script })).radius).toBe(radius);
});

test('points at the packet of the violation', async () => {
  const at = { connection: 'main', packet: 2 };
  expect((await findingOf({ check: () => [{ ...breach(), at }] })).at).toEqual(at);
});

test('keeps the script that was found first where it was made smaller, and what came then', async () => {
  const property = tinyProperty(id, {
    examples: () => [900],
    script: (script, pings) => {
      script.open();
      for (let ping = 0; ping < pings; ping += 1) script.fence();
    },
    check: (_, input) => (input < 3 ? [] : [{ ...breach(), reaction: input > 10 ? 'many' : 'few' }]),
  });
  const findings = async (shrink: boolean) => (await tryProperties(target, [property], { runs: 1, shrink })).findings;
  const [smaller] = await findings(true);
  expect(smaller).toMatchObject({ reaction: 'few', firstFound: { reaction: 'many' } });
  expect(smaller?.script).toHaveLength(4);
  expect(smaller?.firstFound?.script).toHaveLength(61);
  expect(smaller?.firstFound?.script.at(-1)).toBe('and 841 more');
  expect((await findings(false))[0]).not.toHaveProperty('firstFound');
});
