import { fillNonces, nonceLength } from '../connection/nonces';
import { defaultTimes } from '../connection/script';
import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall, probeAwait } from '../grpc/test-service';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { countCalls } from './count-calls';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;

test('the probe is asked on a connection of its own, and no call of it is a subject', () => {
  const script = new PlanBuilder(facts);
  const count = countCalls(script);
  count.ask({ started: 1, times: defaultTimes });
  count.ask({ cancelled: 1, times: defaultTimes });
  const { calls } = script.build();
  expect(calls.map(({ connection, role }) => [connection, role])).toEqual([
    ['probe', 'probe'],
    ['probe', 'probe'],
  ]);
});

test('we wait for the answer longer than the target waits for the thresholds', () => {
  const script = new PlanBuilder(facts);
  countCalls(script).ask({ cancelled: 1, times: { ...defaultTimes, reply: 1500, cancel: 1500 } });
  expect(script.build().steps.at(-1)).toMatchObject({ do: 'await', until: { see: 'end' }, within: 3000 });
});

test('the calls and the question have the same key, which is another one for each count and each play', () => {
  const script = new PlanBuilder(facts);
  const counts = [countCalls(script, { on: 'main' }), countCalls(script, { on: 'main' })];
  for (const { metadata, ask } of counts) {
    script.begin(emptyCall(), { metadata });
    ask({ finished: 1, times: defaultTimes });
  }
  const nonces = ['a', 'c'].map((letter) => letter.repeat(nonceLength));
  const left = [...nonces];
  const steps = fillNonces(script.build(), () => left.shift() ?? '');
  const keys = steps.flatMap((step) =>
    step.do === 'headers' ? step.fields.filter(({ name }) => name === 'x-grpc-conform-key') : [],
  );
  const bodies = steps.flatMap((step) => (step.do === 'data' ? [step.octets] : []));
  expect(keys.map(({ value }) => value)).toEqual(nonces);
  expect(bodies).toEqual(
    nonces.map((key) =>
      encodeMessage(probeAwait({ key, finished: 1, withinMs: defaultTimes.cancel }).messages[0] ?? new Uint8Array(0)),
    ),
  );
});
