import { defaultTimes } from '../connection/script';
import type { TargetFacts } from '../facts/target-facts';
import { PlanBuilder } from '../grpc/plan-builder';
import { commitFault, streamFaultsFor } from './stream-faults';

const facts: TargetFacts = {
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['unary', 'bidirectional-streaming'],
  settings: [],
  messageLimit: 1000,
  roundTrip: 1,
  times: defaultTimes,
};

test.each(streamFaultsFor(facts))('%s is on a stream of its own, and says so', (name) => {
  const script = new PlanBuilder(facts).open();
  script.begin({ kind: 'unary', path: '/a/b' });
  const call = commitFault(script, name, facts);
  const { calls, steps, expects } = script.build();
  expect(calls).toHaveLength(2);
  expect(call.stream).toBe(3);
  // A reset is legal, everything else is not, or is not legal gRPC.
  expect(calls[1]).toMatchObject({ stream: 3, legal: name.includes('reset') });
  expect(expects).toBeUndefined();
  const written = JSON.stringify(steps.slice(2));
  const plain = new PlanBuilder(facts).open();
  plain.begin({ kind: 'unary', path: '/a/b' });
  plain.call({ kind: 'unary', path: calls[1]?.path ?? '', messages: [] }, { awaitEnd: false });
  expect(written).not.toBe(JSON.stringify(plain.build().steps.slice(2)));
});

test('what needs a conversation or a limit is left out where there is none', () => {
  const { messageLimit: _, ...unlimited } = facts;
  const few = streamFaultsFor({ ...unlimited, offers: ['unary'] });
  const all = streamFaultsFor(facts);
  expect(all.filter((name) => !few.includes(name))).toEqual([
    'a message that is too large',
    'a second HEADERS',
    'WINDOW_UPDATE of 0',
    'a window that overflows',
  ]);
});
