import { data, goaway, ping, settings } from '../wire/builders';
import { isBounded } from './flood';
import { startTarget, stopTargets, type TargetEnd, type TargetOptions } from './play-target.test-helper';
import { playScript, type Playback } from './play-script';
import { defaultTimes, floodBounds, type FloodStep, type Step } from './script';

afterEach(stopTargets);

const main = { on: 'main' } as const;
const open: Step = { do: 'open', ...main };
const over: Step = { do: 'await', ...main, until: { see: 'flooded' }, within: 'reply' };
const fence: Step = { do: 'fence', ...main, by: 'settings' };
const eight = new Uint8Array(8);

const flood = (more: Partial<FloodStep> = {}): FloodStep => ({
  do: 'flood',
  ...main,
  frames: [ping(eight)],
  times: 1000,
  within: 'reply',
  ...more,
});

async function play(
  steps: readonly Step[],
  options: TargetOptions = {},
): Promise<{ readonly played: Playback; readonly end: TargetEnd }> {
  const { endpoint, ends } = await startTarget(options);
  const played = await playScript({ steps }, { endpoint, times: defaultTimes });
  return { played, end: ends[0]! };
}

const floodsOf = ({ transcript }: Playback) =>
  transcript.connections[0]!.events.filter((event) => event.kind === 'flood');

test('a flood is one step, and the transcript keeps how much of it was sent', async () => {
  const { played, end } = await play([open, flood({ perWrite: 7 }), over, fence]);
  expect(end.of('PING')).toHaveLength(1000);
  expect(floodsOf(played)).toMatchObject([
    { step: 1, frames: 0, octets: 0 },
    { step: 1, frames: 1000, octets: 17_000, ended: 'sent' },
  ]);
  const [view] = played.views;
  expect(view?.attacked).toBe(true);
  expect(view?.sent.filter(({ frame }) => frame.type === 'PING')).toEqual([]);
  // The answers are there.
  expect(view?.received.filter(({ frame }) => frame.type === 'PING')).toHaveLength(1000);
});

test('each repetition can be on the next stream, stream 0 excepted', async () => {
  const frames = [data(3, eight.subarray(0, 1)), settings([])];
  const { end } = await play([open, flood({ frames, times: 4, streamStep: 2, perWrite: 3 }), over, fence]);
  expect(end.of('DATA').map(({ streamId }) => streamId)).toEqual([3, 5, 7, 9]);
  // Our own, the ACK, four of the flood and the fence.
  expect(end.of('SETTINGS')).toHaveLength(7);
});

test('the script goes on beside a flood, and floods wait for each other', async () => {
  const steps: readonly Step[] = [
    open,
    { do: 'open', on: 'other' },
    flood(),
    flood({ frames: [settings([])], times: 3 }),
    { do: 'fence', on: 'other', by: 'settings' },
    over,
    fence,
  ];
  const { played, end } = await play(steps);
  const types = end.frames.map(({ type }) => type);
  expect(types.indexOf('SETTINGS', types.indexOf('PING'))).toBeGreaterThan(types.lastIndexOf('PING'));
  expect(floodsOf(played).at(-1)).toMatchObject({ step: 3, frames: 3, ended: 'sent' });
});

test.each<[string, TargetOptions, Partial<FloodStep>, string]>([
  [
    'the connection is closed',
    { react: (end, { type }) => void (type === 'PING' && end.socket.destroy()) },
    {},
    'closed',
  ],
  [
    'a connection error is announced',
    { react: (end, { type }) => void (type === 'PING' && end.send(goaway(0, 11))) },
    {},
    'refused',
  ],
  ['its time is over', {}, { within: 30 }, 'late'],
])('a flood ends early when %s', async (_, options, more, ended) => {
  const endless = flood({ times: 500_000, perWrite: 10, ...more });
  const { played } = await play([open, endless, over], { ackPings: false, ...options });
  const last = floodsOf(played).at(-1);
  expect(last).toMatchObject({ ended });
  expect(last?.frames).toBeLessThan(500_000);
});

test('a flood gives up when the target takes no more', async () => {
  const large = flood({ frames: [data(1, new Uint8Array(16_384))], times: 10_000 });
  const opening: Step = { do: 'open', ...main, awaitSettings: false };
  const { played } = await play([opening, large, over], { reads: false });
  expect(floodsOf(played).at(-1)).toMatchObject({ ended: 'stalled' });
});

test('a client that does not read reads later', async () => {
  const quiet: Step = { do: 'await', ...main, until: { see: 'quiet' }, within: 30 };
  const steps: readonly Step[] = [
    open,
    { do: 'reading', ...main, reads: false },
    flood({ times: 50 }),
    over,
    quiet,
    { do: 'pause', milliseconds: 1 },
    { do: 'reading', ...main, reads: true },
    fence,
  ];
  const { played } = await play(steps);
  const events = played.transcript.connections[0]!.events;
  const sent = events.findLastIndex(({ kind }) => kind === 'flood');
  const first = events.findIndex((event, index) => event.kind === 'received' && index > 4 && event.octets.length >= 17);
  expect(first).toBeGreaterThan(sent);
  expect(played.views[0]?.received.filter(({ frame }) => frame.type === 'PING')).toHaveLength(50);
});

test('a script that is over leaves its flood', async () => {
  const { played, end } = await play([open, flood({ times: 400_000, perWrite: 1 })]);
  expect(floodsOf(played)).toMatchObject([{ frames: 0 }]);
  await end.gone;
});

test.each<[number, number, boolean]>([
  [floodBounds.frames, 8, true],
  [floodBounds.frames + 1, 8, false],
  [30_000, 16_384, true],
  [40_000, 16_384, false],
])('a flood of %d frames of %d octets is bounded: %s', (times, octets, want) => {
  expect(isBounded({ frames: [ping(new Uint8Array(octets))], times })).toBe(want);
});
