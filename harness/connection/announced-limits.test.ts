import { goaway, rstStream, settings } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import type { Frame } from '../wire/frame';
import { settingIds, type SettingName } from '../wire/settings';
import { startTarget, stopTargets, type TargetEnd, type TargetOptions } from './play-target.test-helper';
import { playScript } from './play-script';
import type { DataStep, HeadersStep, Step, Times } from './script';
import type { Abandoned } from '../transcript/transcript';

afterEach(stopTargets);

const patient: Times = { reply: 60_000, close: 60_000, quiet: 60_000, cancel: 60_000, connect: 60_000 };
/** For waits that are meant to run out. */
const tiny = 15;
const main = { on: 'main' } as const;
const open: Step = { do: 'open', ...main };
const header = (stream: number, options: Partial<HeadersStep> = {}): HeadersStep => ({
  do: 'headers',
  ...main,
  stream,
  fields: [{ name: ':method', value: 'POST' }],
  endStream: false,
  ...options,
});
const data = (stream: number, length: number, options: Partial<DataStep> = {}): DataStep => ({
  do: 'data',
  ...main,
  stream,
  octets: new Uint8Array(length),
  endStream: true,
  ...options,
});
const reset = (stream: number): Step => ({ do: 'frame', ...main, frame: rstStream(stream, errorCodes.CANCEL) });
const ended = (stream: number): Step => ({ do: 'await', ...main, until: { see: 'end', stream }, within: 'reply' });
const fence: Step = { do: 'fence', ...main, by: 'settings' };
const setting = (name: SettingName, value: number) => ({ id: settingIds[name], value });
const streams = (value: number): TargetOptions => ({ settings: [setting('MAX_CONCURRENT_STREAMS', value)] });

async function play(options: TargetOptions, steps: readonly Step[], times: Partial<Times> = {}) {
  const { endpoint, ends } = await startTarget(options);
  const { transcript } = await playScript({ steps: [open, ...steps] }, { endpoint, times: { ...patient, ...times } });
  return { transcript, end: ends[0]! };
}

/** What the target saw of our streams, one word for each frame. */
const story = (end: TargetEnd): string =>
  end.frames
    .filter(({ type }) => type === 'HEADERS' || type === 'DATA' || type === 'RST_STREAM')
    .map(({ type, streamId }) => `${type} ${streamId}`)
    .join(', ');

/** Answers a stream when its half-close comes, not before. */
const answerAtHalfClose = (end: TargetEnd, frame: Frame): void => {
  if ((frame.type === 'HEADERS' || frame.type === 'DATA') && frame.endStream) {
    end.sendFields(frame.streamId, { ':status': '200' }, true);
  }
};

describe('SETTINGS_MAX_CONCURRENT_STREAMS', () => {
  test.each<[string, TargetOptions, readonly Step[], string]>([
    [
      'the next stream waits for the answer of the one before',
      { ...streams(1), react: answerAtHalfClose },
      [header(1, { endStream: true }), header(3, { endStream: true }), ended(3)],
      'HEADERS 1, HEADERS 3',
    ],
    ['our reset makes room', streams(1), [header(1), reset(1), header(3), fence], 'HEADERS 1, RST_STREAM 1, HEADERS 3'],
    [
      'what the target has ended and we have not is let go of',
      {
        ...streams(1),
        react: (end, frame) => {
          if (frame.type === 'HEADERS' && frame.streamId === 1) end.sendFields(1, { ':status': '200' }, true);
        },
      },
      [header(1), ended(1), header(3), data(1, 4), reset(1), fence],
      'HEADERS 1, RST_STREAM 1, HEADERS 3',
    ],
    [
      'a script that goes beyond on purpose does',
      streams(1),
      [header(1), header(3, { exceeds: ['streams'] }), fence],
      'HEADERS 1, HEADERS 3',
    ],
    [
      'a frame as it stands asks for nothing',
      streams(0),
      [
        {
          do: 'frame',
          ...main,
          frame: { type: 1, flags: 5, streamId: 1, reserved: false, payload: Uint8Array.of(0x83) },
        },
        fence,
      ],
      'HEADERS 1',
    ],
    [
      'a later field block of an open stream takes no room',
      streams(1),
      [header(1), header(1, { endStream: true }), fence],
      'HEADERS 1, HEADERS 1',
    ],
    [
      'a step that is only worth its while when there is room is left out, with all that belongs to it',
      streams(1),
      [
        header(1),
        header(3, { whenFull: 'skip' }),
        data(3, 4),
        { do: 'grant', ...main, stream: 3, octets: 9 },
        reset(3),
        ended(3),
        fence,
      ],
      'HEADERS 1',
    ],
  ])('%s', async (_, target, steps, want) => {
    const { transcript, end } = await play(target, steps, { quiet: tiny });
    expect(transcript.abandoned).toBeUndefined();
    expect(story(end)).toBe(want);
  });

  test('a limit of 0 that rises later is waited for', async () => {
    const target: TargetOptions = {
      ...streams(0),
      react: (end, frame) => {
        const isFirstAck = frame.type === 'SETTINGS' && frame.ack && end.of('SETTINGS').length === 2;
        if (isFirstAck) end.send(settings([setting('MAX_CONCURRENT_STREAMS', 100)]));
      },
    };
    const { transcript, end } = await play(target, [header(1), fence]);
    expect(transcript.abandoned).toBeUndefined();
    expect(story(end)).toBe('HEADERS 1');
  });

  test('a limit that is lowered in mid-connection holds from then on', async () => {
    const target: TargetOptions = {
      ...streams(100),
      react: (end, frame) => {
        if (frame.type === 'HEADERS' && frame.streamId === 1)
          end.send(settings([setting('MAX_CONCURRENT_STREAMS', 1)]));
      },
    };
    const { transcript, end } = await play(target, [header(1), fence, header(3)], { quiet: tiny });
    expect(story(end)).toBe('HEADERS 1');
    expect(transcript.abandoned?.limit).toBe('SETTINGS_MAX_CONCURRENT_STREAMS=1 on this connection');
  });

  test('without room the script is abandoned, and the limit is named', async () => {
    const { transcript, end } = await play(streams(1), [header(1, { endStream: true }), header(3)], { reply: tiny });
    expect(story(end)).toBe('HEADERS 1');
    expect(transcript.abandoned).toEqual({
      step: 2,
      waitedFor: 'one of our streams to end, or a larger SETTINGS_MAX_CONCURRENT_STREAMS',
      milliseconds: tiny,
      limit: 'SETTINGS_MAX_CONCURRENT_STREAMS=1 on this connection',
    } satisfies Abandoned);
  });
});

describe('SETTINGS_MAX_HEADER_LIST_SIZE', () => {
  const target: TargetOptions = { settings: [setting('MAX_HEADER_LIST_SIZE', 100)] };
  // 7 + 4 + 32, and 32 + 1 + what is missing.
  const fields = (length: number) => [
    { name: ':method', value: 'POST' },
    { name: 'a', value: 'b'.repeat(length) },
  ];

  test.each<[string, HeadersStep, string | undefined, string]>([
    ['exactly the limit', header(1, { fields: fields(24) }), undefined, 'HEADERS 1'],
    [
      'one octet more',
      header(1, { fields: fields(25) }),
      'SETTINGS_MAX_HEADER_LIST_SIZE=100 on this connection, and a field section of 101 octets',
      '',
    ],
    ['more on purpose', header(1, { fields: fields(25), exceeds: ['headerList'] }), undefined, 'HEADERS 1'],
    ['more where it may be left out', header(1, { fields: fields(25), whenFull: 'skip' }), undefined, ''],
  ])('%s', async (_, step, limit, want) => {
    const { transcript, end } = await play(target, [step, fence]);
    expect(transcript.abandoned?.limit).toBe(limit);
    expect(story(end)).toBe(want);
  });
});

describe('after GOAWAY', () => {
  test.each<[string, number, readonly Step[], string]>([
    [
      'nothing is opened',
      2 ** 31 - 1,
      [header(1), fence, header(3), data(3, 4), reset(3), ended(3), fence],
      'HEADERS 1',
    ],
    ['an accepted stream goes on', 1, [header(1), fence, data(1, 4), fence], 'HEADERS 1, DATA 1'],
    ['a stream above its last one is sent nothing more', 0, [header(1), fence, data(1, 4), fence], 'HEADERS 1'],
  ])('%s', async (_, last, steps, want) => {
    const react: TargetOptions['react'] = (end, frame) => {
      if (frame.type === 'HEADERS') end.send(goaway(last, errorCodes.NO_ERROR));
    };
    const { transcript, end } = await play({ react }, steps);
    expect(transcript.abandoned).toBeUndefined();
    expect(story(end)).toBe(want);
  });

  test('a stream that waits for room is given up', async () => {
    const react: TargetOptions['react'] = (end, frame) => {
      if (frame.type === 'HEADERS') end.send(goaway(1, errorCodes.NO_ERROR));
    };
    const { transcript, end } = await play({ ...streams(1), react }, [header(1), header(3), fence]);
    expect(transcript.abandoned).toBeUndefined();
    expect(story(end)).toBe('HEADERS 1');
    expect(transcript.connections[0]?.events.filter(({ kind }) => kind === 'skipped')).toHaveLength(1);
  });
});

test('padding that no window has room for is a limit of the target, not a silence', async () => {
  const target: TargetOptions = { settings: [setting('INITIAL_WINDOW_SIZE', 5)] };
  const { transcript } = await play(target, [header(1), data(1, 4, { padLengths: [20] })], { reply: tiny });
  expect(transcript.abandoned).toMatchObject({
    limit: 'a window of 5 octets on this connection, and a padded frame that needs 22',
  });
});
