import { goaway as goawayFrame, ping, rstStream } from '../wire/builders';
import type { Frame, RawFrame } from '../wire/frame';
import { connectionPreface } from '../wire/preface';
import { keepBusy, startTarget, stopTargets, type TargetOptions } from './play-target.test-helper';
import { pause, playScript, type PlayContext, type Playback } from './play-script';
import type { Step } from './script';

afterEach(stopTargets);

/** For waits that are meant to run out. */
const tiny = 15;
const patient = { reply: 60_000, close: 60_000, quiet: 60_000, cancel: 60_000, connect: 60_000 };
const main = { on: 'main' } as const;
const open: Step = { do: 'open', ...main };
/** For targets that keep silent about SETTINGS, so that only the wait in question runs out. */
const openAtOnce: Step = { do: 'open', ...main, awaitSettings: false };
const request: Step = {
  do: 'headers',
  ...main,
  stream: 1,
  fields: [{ name: ':method', value: 'POST' }],
  endStream: false,
};
const fence: Step = { do: 'fence', ...main, by: 'settings' };
const bytes = (on: string): Step => ({ do: 'bytes', on, octets: Uint8Array.of(1) });
const goaway: Step = { do: 'await', ...main, until: { see: 'goaway' }, within: tiny };

async function play(
  steps: readonly Step[],
  { target: options = {}, ...context }: Partial<PlayContext> & { readonly target?: TargetOptions } = {},
): Promise<Playback> {
  const { endpoint } = await startTarget(options);
  return playScript({ steps }, { endpoint, times: patient, ...context });
}

const kinds = ({ transcript }: Playback, connection = 0): readonly string[] =>
  (transcript.connections[connection]?.events ?? []).map(({ kind }) => kind);

describe('the time for which a script waited by the clock', () => {
  const long = 40;
  test.each<[string, readonly Step[], number, number]>([
    ['what comes is not waited for', [open, fence], 0, 0],
    ['a pause', [open, { do: 'pause', milliseconds: long }], long - 1, Infinity],
    ['a wait that runs out', [open, { ...goaway, within: long, optional: true }], long - 1, Infinity],
    ['silence', [open, { do: 'await', ...main, until: { see: 'quiet' }, within: long }], long - 1, Infinity],
  ])('%s', async (_, steps, least, most) => {
    const { waited } = await play(steps);
    expect(waited).toBeGreaterThanOrEqual(least);
    expect(waited).toBeLessThanOrEqual(most);
  });
});

describe('a wait that runs out ends the script', () => {
  const silent = { settings: 'none', ackSettings: false, ackPings: false } as const;

  test.each<[string, TargetOptions, readonly Step[], number, string]>([
    ['no SETTINGS', silent, [open], 0, "the target's SETTINGS and the ACK of ours"],
    ['SETTINGS and no ACK', { ackSettings: false }, [open], 0, "the target's SETTINGS and the ACK of ours"],
    ['an ACK and no SETTINGS', { settings: 'none' }, [open], 0, "the target's SETTINGS and the ACK of ours"],
    ['no ACK of a fence', silent, [openAtOnce, fence], 1, 'the ACK of our SETTINGS'],
    ['no ACK of a PING', silent, [openAtOnce, { do: 'fence', ...main, by: 'ping' }], 1, 'the ACK of our PING'],
    [
      'no credit',
      silent,
      [openAtOnce, request, { do: 'data', ...main, stream: 1, octets: new Uint8Array(70_000), endStream: false }],
      2,
      'flow-control credit for stream 1',
    ],
    ['nothing of what an await waits for', silent, [openAtOnce, goaway], 1, 'GOAWAY'],
  ])('%s', async (_, target, steps, step, waitedFor) => {
    const after: Step = { do: 'bytes', ...main, octets: new Uint8Array(7) };
    const played = await play([...steps, after], { target, times: { ...patient, reply: tiny } });
    expect(played.transcript.abandoned).toEqual({ step, waitedFor, milliseconds: tiny });
    const last = played.transcript.connections[0]?.events.findLast(({ kind }) => kind === 'sent');
    expect(last).not.toMatchObject({ by: step + 1 });
  });

  test('an await says so in the transcript, too', async () => {
    const played = await play([open, goaway]);
    expect(played.transcript.connections[0]?.events.at(-1)).toMatchObject({
      kind: 'timeout',
      step: 1,
      waitedFor: 'GOAWAY',
    });
  });

  test('an optional one goes on', async () => {
    const played = await play([open, { ...goaway, optional: true }, fence]);
    expect(kinds(played).filter((kind) => kind === 'timeout' || kind === 'fenced')).toEqual(['timeout', 'fenced']);
    expect(played.transcript).not.toHaveProperty('abandoned');
  });

  test('a named budget is the length that the run gives it', async () => {
    const named: Step = { do: 'await', ...main, until: { see: 'closed' }, within: 'close' };
    const played = await play([open, named], { times: { ...patient, close: tiny } });
    expect(played.transcript.abandoned).toMatchObject({ step: 1, milliseconds: tiny });
  });
});

describe('our own event loop was late', () => {
  /** The frame lies in our socket before the wait begins, and is not read before the time of the wait is over. */
  async function playLate(frame: RawFrame, wait: Step): Promise<Playback> {
    const target = await startTarget();
    const control = async (): Promise<void> => {
      target.ends[0]?.send(frame);
      setImmediate(() => keepBusy(4 * tiny));
    };
    const steps: readonly Step[] = [open, fence, { do: 'control', action: 'graceful-stop' }, wait, fence];
    return playScript({ steps }, { endpoint: target.endpoint, times: patient, control });
  }

  test('what came in time counts as seen', async () => {
    const played = await playLate(goawayFrame(0, 0), goaway);
    expect(kinds(played)).not.toContain('timeout');
    expect(played.transcript).not.toHaveProperty('abandoned');
  });

  test('what did not come still runs out', async () => {
    const played = await playLate(ping(new Uint8Array(8)), goaway);
    expect(played.transcript.abandoned).toEqual({ step: 3, waitedFor: 'GOAWAY', milliseconds: tiny });
  });
});

describe('connections', () => {
  test('each has its own name, packets and step numbers', async () => {
    const played = await play([open, { do: 'open', on: 'other' }, fence, { ...fence, on: 'other' }]);
    expect(played.views.map(({ name }) => name)).toEqual(['main', 'other']);
    const fences = played.transcript.connections.map(({ events }) => events.find(({ kind }) => kind === 'fenced'));
    expect(fences).toMatchObject([{ step: 2 }, { step: 3 }]);
  });

  test('times are those of the script, whatever the connection', async () => {
    const played = await play([{ do: 'pause', milliseconds: 30 }, open]);
    // A timer may fire a millisecond early.
    expect(played.transcript.connections[0]?.events[0]?.at).toBeGreaterThan(28);
  });

  test.each([
    ['has ended', true, []],
    ['is open', false, [1]],
  ])('a frame for a stream unless it has ended, when it %s', async (_, endStream, want) => {
    const target = await startTarget({
      react: (end, { type }) => {
        if (type === 'HEADERS') end.sendFields(1, { ':status': '200' }, endStream);
      },
    });
    const wait: Step = { do: 'await', ...main, until: { see: 'headers', stream: 1 }, within: 'reply' };
    const reset: Step = { do: 'frame', ...main, frame: rstStream(1, 8), unlessEnded: true };
    const steps = [open, request, wait, reset, fence];
    await playScript({ steps }, { endpoint: target.endpoint, times: patient });
    expect(target.ends[0]?.of('RST_STREAM').map(({ streamId }) => streamId)).toEqual(want);
  });

  test('none at all: the transcript says why, steps are skipped and waits are over at once', async () => {
    const { endpoint } = await startTarget();
    stopTargets();
    const steps = [
      open,
      request,
      fence,
      { ...goaway, within: 60_000 } as Step,
      { do: 'close', ...main, how: 'fin' } as const,
    ];
    const played = await playScript({ steps }, { endpoint, times: patient });
    expect(kinds(played)).toEqual(['connect-failed', 'skipped', 'skipped', 'skipped']);
    expect(played.views[0]).toMatchObject({
      connected: false,
      connectFailure: expect.stringContaining('ECONNREFUSED'),
    });
    expect(played.transcript).not.toHaveProperty('abandoned');
  });

  test('a script that fails leaves none behind', async () => {
    const target = await startTarget();
    const steps = [open, bytes('absent')];
    await expect(playScript({ steps }, { endpoint: target.endpoint, times: patient })).rejects.toMatchObject({
      code: 'ERR_SCRIPT',
    });
    expect(await target.ends[0]?.gone).toBe('fin');
  });
});

test.each<[string, readonly Step[], RegExp]>([
  ['a connection that was never opened', [bytes('main')], /uses the connection main before it opens it/],
  ['a connection that is opened twice', [open, open], /opens the connection main twice/],
])('our mistake: %s', async (_, steps, message) => {
  await expect(play(steps)).rejects.toMatchObject({ code: 'ERR_SCRIPT', message: expect.stringMatching(message) });
});

describe('an abort', () => {
  test('before the beginning plays nothing', async () => {
    const played = await play([open], { signal: AbortSignal.abort() });
    expect(played).toMatchObject({ transcript: { connections: [], samples: {} }, views: [], cost: 0 });
  });

  const wait = (condition: 'goaway' | 'quiet'): Step => ({
    do: 'await',
    ...main,
    until: { see: condition },
    within: 'reply',
  });
  const body: Step = { do: 'data', ...main, stream: 1, octets: new Uint8Array(70_000), endStream: false };

  /** The frame of ours that makes the run be aborted: when the target sees it, the last step is waiting. */
  type Mark = readonly [type: 'SETTINGS' | 'HEADERS', count: number];

  test.each<[string, TargetOptions, readonly Step[], Mark]>([
    ['the target to speak', { settings: 'none' }, [open], ['SETTINGS', 1]],
    ['an ACK', { ackSettings: false }, [openAtOnce, fence], ['SETTINGS', 2]],
    ['credit', {}, [open, request, body], ['HEADERS', 1]],
    ['an event', {}, [open, request, wait('goaway')], ['HEADERS', 1]],
    ['silence', {}, [open, request, wait('quiet')], ['HEADERS', 1]],
    ['time to pass', {}, [open, request, { do: 'pause', milliseconds: 60_000 }], ['HEADERS', 1]],
  ])('while we wait for %s ends the script, and accuses nobody', async (_, options, steps, [type, count]) => {
    const controller = new AbortController();
    const isOurs = (frame: Frame): boolean => frame.type === type && !('ack' in frame && frame.ack);
    const target: TargetOptions = {
      ...options,
      react: ({ frames }) => {
        if (frames.filter((frame) => isOurs(frame)).length === count) controller.abort();
      },
    };
    const played = await play([...steps, fence], { target, signal: controller.signal });
    expect(played.transcript).not.toHaveProperty('abandoned');
    expect(kinds(played)).not.toContain('timeout');
    expect(played.views[0]?.sent.filter(({ by }) => by === steps.length)).toEqual([]);
  });

  test('while we connect', async () => {
    const { endpoint } = await startTarget({ settings: 'none' });
    const controller = new AbortController();
    const playing = playScript(
      { steps: [open, fence] },
      { endpoint: { ...endpoint, tls: { insecure: true } }, times: patient, signal: controller.signal },
    );
    controller.abort();
    const played = await playing;
    expect(played.transcript.connections[0]?.events).toMatchObject([{ kind: 'connect-failed', errorName: 'ABORTED' }]);
  });
});

describe('steps that are on no wire', () => {
  test('control is asked for once, and the script waits for it', async () => {
    const done: string[] = [];
    const control = async (action: string): Promise<void> => {
      await Promise.resolve();
      done.push(action);
    };
    const sample = async (): Promise<number> => Promise.resolve(done.length);
    const steps: readonly Step[] = [
      { do: 'sample', what: 'rss', label: 'before' },
      { do: 'control', action: 'graceful-stop' },
      { do: 'sample', what: 'rss', label: 'after' },
    ];
    const played = await play(steps, { control, sample });
    expect(done).toEqual(['graceful-stop']);
    expect(played.transcript.samples).toEqual({ before: 0, after: 1 });
  });

  test('what nobody can do or read is left out', async () => {
    const steps: readonly Step[] = [
      { do: 'control', action: 'graceful-stop' },
      { do: 'sample', what: 'rss', label: 'memory' },
    ];
    expect((await play(steps)).transcript).toEqual({ connections: [], samples: {} });
    const watch: Step = { do: 'watch', what: 'rss', from: 'before', label: 'after', growth: 10, within: 60_000 };
    expect((await play([watch])).transcript.samples).toEqual({});
    const unreadable = await play(steps, { sample: () => Promise.resolve(undefined) });
    expect(unreadable.transcript.samples).toEqual({});
  });

  test('memory is watched until it has grown by enough', async () => {
    let memory = 0;
    const steps: readonly Step[] = [
      { do: 'sample', what: 'rss', label: 'before' },
      { do: 'watch', what: 'rss', from: 'before', label: 'after', growth: 9_000_000, within: 60_000 },
    ];
    // 4 MB at each reading: 0, 4, 8, 12.
    const sample = (): Promise<number> => Promise.resolve((memory += 4_000_000) - 4_000_000);
    expect((await play(steps, { sample })).transcript.samples).toEqual({ before: 0, after: 12_000_000 });
  });

  test('memory is watched until it stands still', async () => {
    const readings = [0, 0, 5_000_000, 5_000_000];
    const steps: readonly Step[] = [
      { do: 'sample', what: 'rss', label: 'before' },
      { do: 'watch', what: 'rss', from: 'before', label: 'after', growth: 9_000_000, within: 60_000 },
    ];
    const sample = (): Promise<number> => Promise.resolve(readings.shift() ?? 6_000_000);
    expect((await play(steps, { sample })).transcript.samples).toEqual({ before: 0, after: 6_000_000 });
  });

  test('a pause is over early when the run is', async () => {
    const controller = new AbortController();
    const paused = pause(60_000, controller.signal);
    controller.abort();
    expect(await paused).toBeUndefined();
  });
});

test('octets of the script go out as they stand, in the order of its steps', async () => {
  const played = await play([
    open,
    { do: 'bytes', ...main, octets: Uint8Array.of(0, 0, 0, 4) },
    { do: 'bytes', ...main, octets: Uint8Array.of(0, 0, 0, 0, 0) },
    { do: 'grant', ...main, stream: 0, octets: 7 },
    fence,
  ]);
  const [view] = played.views;
  expect(view?.packets.find(({ kind }) => kind === 'octets')).toMatchObject({ octets: connectionPreface, by: 0 });
  expect(view?.sent.filter(({ by }) => by !== 'housekeeping').map(({ frame, by }) => [frame.type, by])).toEqual([
    ['SETTINGS', 0],
    ['SETTINGS', 2],
    ['WINDOW_UPDATE', 3],
    ['SETTINGS', 4],
  ]);
});
