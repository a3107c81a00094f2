import { blockingFinding, events, header, properties } from './fixtures/run';
import { formatRun, parseRun } from './json';
import type { RunEvent } from './events';
import type { RunRecord, SampleRecord } from './model';
import { makeRedactor } from './redact-events';
import { reduceRun } from './run-model';

const reduce = (list: readonly RunEvent[]): RunRecord | undefined =>
  list.reduce<RunRecord | undefined>(reduceRun, undefined);

test('words that programs read stay as they are, whatever a secret is called', () => {
  const words = [
    'fail',
    'broken',
    'denied',
    'blocked',
    'not-run',
    'lost',
    'FLOW-01-window-respected',
    'server-streaming',
  ];
  const { event } = makeRedactor(words.map((value, index) => ({ name: `x-secret-${index}`, value })));
  const record = reduce(events.map(event));
  const read = parseRun(formatRun(record as RunRecord), 'run.json');
  expect(read.properties.map(({ verdict }) => verdict)).toEqual(properties.map(({ verdict }) => verdict));
  const blocking = read.properties.find(({ id }) => id === blockingFinding.rule)?.findings[0];
  expect([blocking?.gravity, blocking?.blocks]).toEqual(['fail', ['FLOW-01-window-respected']]);
  expect(read.target.capabilities?.map(({ need, state }) => [need, state])).toEqual(
    header.target.capabilities?.map(({ need, state }) => [need, state]),
  );
});

test('what was seen of a capability, and where a limit was read, is text that may quote a secret', () => {
  const { event } = makeRedactor([{ name: 'authorization', value: 'UNAUTHENTICATED' }]);
  const text = JSON.stringify(reduce(events.map(event)));
  expect(text).not.toContain('UNAUTHENTICATED');
  expect(text).toContain('answered [hidden] (16)');
});

test('names of types that a target describes are text as well, wherever they stand', () => {
  const { data } = makeRedactor([{ name: 'x-key', value: 'Q0wertyZ1uiop' }]);
  const field = { name: 'a', type: { kind: 'message', name: 'shop.Q0wertyZ1uiop', delimited: false } };
  expect(data([field])).toEqual([{ ...field, type: { ...field.type, name: 'shop.[hidden]' } }]);
});

test('an input that passed is shown without them, octets included', () => {
  const secret = 'Q0wertyZ1uiop';
  const { event } = makeRedactor([{ name: 'x-key', value: secret }]);
  const octets = Buffer.from(`before ${secret} after`);
  const sample: SampleRecord = {
    input: { key: secret },
    script: [`x-key: ${secret}`],
    transcript: {
      connections: [
        { name: 'main', events: [{ kind: 'received', at: 1, octets: { base64: octets.toString('base64') } }] },
      ],
      samples: {},
    },
  };
  const [property] = properties;
  const given: RunEvent = { type: 'property-finished', property: { ...property!, findings: [], sample } };
  const text = JSON.stringify(event(given));
  expect(text).not.toContain(secret);
  expect(text).not.toContain(octets.toString('base64'));
});
