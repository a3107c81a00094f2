import { performance } from 'node:perf_hooks';
import { status, unaryCall } from '../index';
import type { Breach } from '../index';
import { Throttle } from './throttle';
import { Slots } from './slots';
import { startReference, stopServers, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

afterAll(stopServers);

const id = 'MSG-02-any-data-split';

const refused: Breach = { observed: 'status 8', expected: 'OK', reaction: 'status 8' };

/** Every call is answered by RESOURCE_EXHAUSTED, and judged by `check`. */
const exhausting = (check: () => readonly Breach[]) =>
  tinyProperty(id, {
    script: (script) => void script.call(unaryCall({ status: { code: status.RESOURCE_EXHAUSTED, message: 'busy' } })),
    check,
  });

test('a violation that goes away with a rest is none, and the run goes on with less at a time', async () => {
  let judged = 0;
  const property = exhausting(() => (++judged < 3 ? [refused] : []));
  const target = targetAt(await startReference());
  const { records, warnings } = await tryProperties(target, [property], { runs: 1, concurrency: 8 });
  expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 1 });
  expect(judged).toBe(3);
  expect(warnings).toEqual([
    expect.stringContaining('RESOURCE_EXHAUSTED: going on after a rest with 4 inputs at a time'),
    expect.stringContaining('with 2 inputs at a time'),
  ]);
});

test('one that stays is a finding, and the target is not rested for it again', async () => {
  let judged = 0;
  const property = exhausting(() => (++judged > 0 ? [refused] : []));
  const target = targetAt(await startReference());
  const { findings } = await tryProperties(target, [property], { runs: 1, concurrency: 1, shrink: false });
  expect(findings).toMatchObject([{ rule: id, verdict: 'fail', confirmed: { failed: 5, of: 5 } }]);
  // The input and its three repetitions, then the confirmations, each of them once.
  expect(judged).toBe(1 + 3 + 5);
});

test.each<[string, readonly Breach[]]>([
  ['without a violation', []],
  ['beside a violation of something else', [{ ...refused, reaction: 'HTTP 404' }]],
  ['that is only recorded', [{ ...refused, severity: 'info' }]],
])('the status %s is no reason to rest', async (_, breaches) => {
  const target = targetAt(await startReference());
  const { warnings } = await tryProperties(target, [exhausting(() => breaches)], { runs: 3, shrink: false });
  expect(warnings).toEqual([]);
});

test('what a target refuses for what it says leaves the run as wide as it was', async () => {
  let judged = 0;
  const property = exhausting(() => (++judged > 0 ? [refused] : []));
  const target = targetAt(await startReference());
  const { warnings } = await tryProperties(target, [property], { runs: 1, concurrency: 8, shrink: false });
  expect(warnings.at(-1)).toMatch(/serves plain calls meanwhile: going on with 8 inputs at a time/);
});

test('a target that serves for a while is asked for as much at a time as before, and later where that was too much', async () => {
  const slots = new Slots(8);
  const throttle = new Throttle({ slots, listener: () => undefined });
  const served = (count: number): number => {
    for (let each = 0; each < count; each++) throttle.noteServed();
    return slots.size;
  };
  const busy = { reason: 'it is busy' };
  expect(await throttle.rest(0, busy)).toBe(true);
  expect(await throttle.rest(0, busy)).toBe(true);
  expect([slots.size, served(49), served(1), served(50), served(500)]).toEqual([2, 2, 4, 8, 8]);
  await throttle.rest(0, busy);
  expect([slots.size, served(99), served(1)]).toEqual([4, 4, 8]);
  served(30);
  await throttle.rest(0, busy);
  expect([served(199), served(1)]).toEqual([4, 8]);
});

test('the pace is that of the calls, not of the inputs', async () => {
  const throttle = new Throttle({ rate: 100, slots: new Slots(1), listener: () => undefined });
  const started = performance.now();
  for (const calls of [1, 3, 1]) await throttle.pace(calls);
  // The first starts at once, the second 10 ms later, the third 30 ms after that; timers may fire a little early.
  expect(performance.now() - started).toBeGreaterThan(35);
});
