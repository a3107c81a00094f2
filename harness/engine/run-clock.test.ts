import { performance } from 'node:perf_hooks';
import { RunClock } from './run-clock';

const never = { hasEnough: () => false };
const ago = (milliseconds: number): number => performance.now() - milliseconds;

test.each<[string, Partial<ConstructorParameters<typeof RunClock>[0]>, string | undefined]>([
  ['nothing ends a run without a budget', { started: ago(1e9) }, undefined],
  ['there is time', { started: ago(1000), budget: 10_000 }, undefined],
  [
    'the last part of the budget is for confirming',
    { started: ago(8600), budget: 10_000 },
    'the time budget was used up',
  ],
  ['enough failures', { hasEnough: () => true }, 'the run stopped after the failures that were allowed'],
  ['Ctrl-C', { signal: AbortSignal.abort() }, 'the run was interrupted'],
  [
    'Ctrl-C says more than the rest',
    { signal: AbortSignal.abort(), started: ago(1e6), budget: 1, hasEnough: () => true },
    'the run was interrupted',
  ],
])('why a run is over: %s', (_reason, options, want) => {
  const clock = new RunClock({ ...never, ...options });
  expect(clock.whyOver).toBe(want);
  clock.stop();
});

test('properties that share a target leave the rest of the time to those that do not', () => {
  const clock = new RunClock({ ...never, started: ago(7000), budget: 10_000 });
  clock.share(0.75);
  expect(clock.whyOver).toBe('the time budget was used up');
  clock.share(1);
  expect(clock.whyOver).toBeUndefined();
  clock.stop();
});

test('waits end with the failures that were allowed, with Ctrl-C, and when the time for confirming is over', async () => {
  let enough = false;
  const clock = new RunClock({ hasEnough: () => enough });
  expect([clock.whyOver, clock.signal.aborted]).toEqual([undefined, false]);
  enough = true;
  expect([clock.whyOver, clock.signal.aborted]).toEqual([expect.stringContaining('allowed'), true]);

  const interrupt = new AbortController();
  const interrupted = new RunClock({ ...never, signal: interrupt.signal });
  interrupt.abort();
  expect(interrupted.signal.aborted).toBe(true);

  // Ten seconds are for confirming, however short the budget was.
  const late = new RunClock({ ...never, started: ago(20_000), budget: 1 });
  await new Promise<void>((resolve) => late.signal.addEventListener('abort', () => resolve()));
  expect(late.whyOver).toBe('the time budget was used up');
});

test('an estimate follows from what has been played, and never passes the budget', () => {
  const clock = new RunClock({ ...never, started: ago(10_000), budget: 60_000 });
  clock.plan([50, 50]);
  clock.finish(25);
  const estimate = clock.tick() ?? -1;
  expect([estimate > 25_000, estimate < 35_000]).toEqual([true, true]);
  expect(clock.tick()).toBeUndefined();
  clock.stop();

  const slow = new RunClock({ ...never, started: ago(50_000), budget: 60_000 });
  slow.plan([1000]);
  expect(slow.tick()).toBeLessThanOrEqual(10_000);
  slow.stop();
});
