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

test.each<[string, (peer: PlanBuilder) => void, RegExp]>([
  ['nothing but the opening', (peer) => void peer.open(), /^The connection preface\. Made from 7\.$/],
  ['a call', (peer) => void peer.call(emptyCall()), /^HEADERS.*; then DATA.*\. Made from 7\.$/],
  [
    'more than four steps',
    (peer) => {
      for (const stream of [1, 3, 5, 7, 9, 11]) peer.begin(emptyCall(), { stream });
    },
    /^HEADERS.* stream 1.* stream 3.* stream 5.* stream 7.*; and 2 more steps\. Made from 7\.$/,
  ],
])('tells what was sent: %s', async (_, script, want) => {
  expect((await findingOf({ script })).sent).toMatch(want);
});

test('tells only what the property sent, not what was added to see whether the target still serves', async () => {
  const finding = await findingOf({ afterwards: true, script: (peer) => void peer.open() });
  expect(finding.sent).toBe('The connection preface. Made from 7.');
  expect(finding.script.join('\n')).toContain('HEADERS');
});

test('leaves out an input that is too long to read', async () => {
  const finding = await findingOf({ examples: () => [Array.from({ length: 200 }, () => 1) as unknown as number] });
  expect(finding.sent).toBe('The connection preface.');
  expect(finding.input).toHaveLength(200);
});

test.each<[string, (peer: PlanBuilder) => void, string]>([
  ['the stream, when the connection goes on', (peer) => void peer.call(unaryCall(), { cuts: [1] }), 'stream'],
  // An idle stream.
  [
    'the connection, when the target closes it',
    (peer) => void peer.frame(rstStream(1, 8)).awaitConnectionError(),
    'connection',
  ],
])('says what is hurt: %s', async (_, script, radius) => {
  expect((await findingOf({ script })).radius).toBe(radius);
});

test('points at the packet of the violation', async () => {
  const at = { connection: 'main', packet: 2 };
  expect((await findingOf({ check: () => [{ ...breach(), at }] })).at).toEqual(at);
});
