import { CallCounters } from './call-counters';

const none = { started: 0, cancelled: 0, finished: 0 };
const zero = { ...none, running: 0, messages: 0 };
const never = new AbortController().signal;

let counters: CallCounters;
beforeEach(() => {
  counters = new CallCounters();
});

test('counts what happens to a handler, each end once', () => {
  const running = counters.start('a');
  running.receiveMessage();
  expect(counters.read('a')).toEqual({ started: 1, cancelled: 0, finished: 0, running: 1, messages: 1 });
  running.cancel();
  running.finish();
  running.finish();
  expect(counters.read('a')).toEqual({ started: 1, cancelled: 1, finished: 1, running: 0, messages: 1 });
});

test('a handler that has ended cannot learn that it was cancelled', () => {
  const running = counters.start('a');
  running.finish();
  running.cancel();
  expect(counters.read('a').cancelled).toBe(0);
});

test('after a reset a running handler counts no more, and a new one counts from zero', () => {
  const old = counters.start('a');
  counters.reset('a');
  old.cancel();
  old.finish();
  expect(counters.read('a')).toEqual(zero);
  counters.start('a');
  expect(counters.read('a')).toMatchObject({ started: 1, running: 1 });
});

test('waits for a key that nobody has seen yet, and only for that key', async () => {
  let settled = false;
  const waited = counters.waitFor('a', { ...none, finished: 1 }, 60_000, never).finally(() => (settled = true));
  counters.start('b').finish();
  const running = counters.start('a');
  await Promise.resolve();
  expect(settled).toBe(false);
  running.finish();
  expect(await waited).toMatchObject({ started: 1, finished: 1 });
});

test.each([
  { within: 0, abort: false, reason: 'no time to wait' },
  { within: 1, abort: false, reason: 'the time is up' },
  { within: 2 ** 32 - 1, abort: true, reason: 'the caller has gone; the largest uint32 is no overflow' },
])('answers short of the thresholds: $reason', async ({ within, abort }) => {
  const caller = new AbortController();
  const waited = counters.waitFor('a', { ...none, started: 1 }, within, caller.signal);
  if (abort) caller.abort();
  expect(await waited).toEqual(zero);
});

test('forgets the oldest keys rather than grow', () => {
  for (let key = 0; key <= 10_000; key += 1) counters.start(String(key));
  expect([counters.read('0').started, counters.read('1').started, counters.read('10000').started]).toEqual([0, 1, 1]);
});
