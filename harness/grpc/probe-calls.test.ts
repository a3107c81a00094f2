import { defaultTimes } from '../connection/script';
import { PlanBuilder } from './plan-builder';
import { askCounts, forgetCounts } from './probe-calls';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;

test('the probe is asked on a connection of its own, and no call of it is a subject', () => {
  const peer = new PlanBuilder(facts);
  forgetCounts(peer, 'key');
  askCounts(peer, { key: 'key', cancelled: 1, times: defaultTimes });
  const { calls } = peer.build();
  expect(calls.map(({ connection, role }) => [connection, role])).toEqual([
    ['probe', 'probe'],
    ['probe', 'probe'],
  ]);
});

test('we wait for the answer longer than the target waits for the thresholds', () => {
  const peer = new PlanBuilder(facts);
  askCounts(peer, { key: 'key', cancelled: 1, times: { ...defaultTimes, reply: 1500, cancel: 1500 } });
  expect(peer.build().steps.at(-1)).toMatchObject({ do: 'await', until: { see: 'end' }, within: 3000 });
});
