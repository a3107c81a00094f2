import { rmSync } from 'node:fs';
import path from 'node:path';
import { testCertificate as cert, testKey as key } from '../launch/reach/test-certificate.test-helper';
import { continuation, data, goaway, ping, rawFrame, rstStream, settings, windowUpdate } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { encodeFrame, encodeFrames } from '../wire/encode-frame';
import type { Frame } from '../wire/frame';
import { HpackDecoder } from '../wire/hpack/decoder';
import { joinOctets } from '../wire/join-octets';
import { connectionPreface } from '../wire/preface';
import { settingIds, type SettingName } from '../wire/settings';
import { describeCondition } from './describe-condition';
import { makeSocketFolder } from './machine.test-helper';
import { startTarget, stopTargets, type TargetEnd, type TargetOptions } from './play-target.test-helper';
import { MemoryBudget } from './memory-budget';
import { playScript, type Playback } from './play-script';
import { readConnection } from '../transcript/read-connection';
import type { AwaitStep, Condition, DataStep, FenceStep, HeadersStep, OpenStep, Step } from './script';

afterEach(stopTargets);

/** Long enough never to run out where the target answers; jest gives up first. */
const times = { reply: 60_000, close: 60_000, quiet: 60_000, cancel: 60_000, connect: 60_000 };
/** For waits that are meant to run out. */
const tiny = 15;

const open = (options: Partial<OpenStep> = {}): OpenStep => ({ do: 'open', on: 'main', ...options });
const request = (options: Partial<HeadersStep> = {}): HeadersStep => ({
  do: 'headers',
  on: 'main',
  stream: 1,
  fields: [{ name: ':method', value: 'POST' }],
  endStream: false,
  ...options,
});
const body = (length: number, options: Partial<DataStep> = {}): DataStep => ({
  do: 'data',
  on: 'main',
  stream: 1,
  octets: new Uint8Array(length),
  endStream: false,
  ...options,
});
const fence: FenceStep = { do: 'fence', on: 'main', by: 'settings' };
const until = (condition: Condition, options: Partial<AwaitStep> = {}): AwaitStep => ({
  do: 'await',
  on: 'main',
  until: condition,
  within: 'reply',
  ...options,
});
const opaque = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const say = (frame: Parameters<typeof encodeFrame>[0]): Step => ({ do: 'frame', on: 'main', frame });
const setting = (name: SettingName, value: number) => settings([{ id: settingIds[name], value }]);

const closed: Condition = { see: 'closed' };

/** Plays steps against a target of its own. */
async function play(
  options: TargetOptions,
  ...steps: readonly Step[]
): Promise<Playback & { readonly end: TargetEnd }> {
  const target = await startTarget(options);
  const playback = await playScript({ steps }, { endpoint: target.endpoint, times });
  const [end] = target.ends;
  if (end === undefined) throw new Error('the target was never dialled');
  return { ...playback, end };
}

/** Does something once, when the first field block comes. */
const onRequest =
  (act: (end: TargetEnd) => void): TargetOptions['react'] =>
  (end, frame) => {
    if (frame.type === 'HEADERS') act(end);
  };

const dataLengths = (end: TargetEnd): readonly number[] => end.of('DATA').map(({ data: octets }) => octets.length);
const eventsOf = ({ views }: Playback): readonly string[] =>
  (views[0]?.transcript.events ?? [])
    .filter(({ kind }) => kind !== 'sent' && kind !== 'received')
    .map(({ kind }) => kind);

describe('opening', () => {
  test('preface and SETTINGS in one piece, then nothing until the target has spoken', async () => {
    const { end, views, transcript } = await play({}, open(), fence);
    expect(views[0]?.transcript.events[1]).toMatchObject({
      kind: 'sent',
      octets: joinOctets([connectionPreface, encodeFrame(setting('ENABLE_PUSH', 0))]),
    });
    expect(end.of('SETTINGS')[0]?.settings).toEqual([{ id: settingIds.ENABLE_PUSH, value: 0 }]);
    expect(transcript).not.toHaveProperty('abandoned');
  });

  test('settings of the script, none too', async () => {
    const settingsOf = async (own: OpenStep['settings']) =>
      (await play({}, open({ settings: own }), fence)).end.of('SETTINGS')[0]?.settings;
    expect(await settingsOf([{ id: 0xff, value: 7 }])).toEqual([{ id: 0xff, value: 7 }]);
    expect(await settingsOf([])).toEqual([]);
  });

  test.each<[string, TargetOptions]>([
    ['no SETTINGS', { settings: 'none' }],
    ['no ACK', { ackSettings: false }],
  ])('without waiting, a target that sends %s is no hindrance', async (_, options) => {
    const { end, transcript } = await play(
      options,
      open({ awaitSettings: false }),
      say(ping(opaque)),
      until({ see: 'ping-ack', opaque }),
    );
    expect(end.of('PING')).toHaveLength(1);
    expect(transcript).not.toHaveProperty('abandoned');
  });

  test('octets in place of the preface are all that is sent', async () => {
    const instead = Uint8Array.from('GET / HTTP/1.1\r\n\r\n', (character) => character.charCodeAt(0));
    const { end, views } = await play(
      {},
      open({ insteadOfPreface: instead, awaitSettings: true, housekeeping: { ackSettings: false } }),
    );
    await end.gone;
    expect(end.strange).toEqual([...instead]);
    expect(views[0]?.received.map(({ frame }) => frame.type)).toEqual(['SETTINGS']);
  });
});

describe('the housekeeping of a client', () => {
  /** The target asks for everything; the second fence proves that it has seen all answers. */
  const ask = onRequest((end) => {
    end.send(setting('MAX_CONCURRENT_STREAMS', 3), ping(opaque));
    end.sendZeros(1, 16_383);
    end.sendZeros(3, 1);
    end.sendZeros(1, 1);
  });
  const all = {
    acks: 2,
    pings: 1,
    credit: [
      [0, 16_384],
      [1, 16_384],
    ],
  };

  test.each<[string, OpenStep['housekeeping'], Partial<typeof all>]>([
    ['all of them', undefined, {}],
    ['no ACK of SETTINGS', { ackSettings: false }, { acks: 0 }],
    ['no ACK of PING', { ackPings: false }, { pings: 0 }],
    ['no credit for streams', { replenishStreams: false }, { credit: [[0, 16_384]] }],
    ['no credit for the connection', { replenishConnection: false }, { credit: [[1, 16_384]] }],
  ])('%s', async (_, housekeeping, want) => {
    const { end, views } = await play({ react: ask }, open({ housekeeping }), request(), fence, fence);
    expect({
      acks: end.of('SETTINGS').filter(({ ack }) => ack).length,
      pings: end.of('PING').filter(({ ack }) => ack).length,
      credit: end.of('WINDOW_UPDATE').map(({ streamId, increment }) => [streamId, increment]),
    }).toEqual({ ...all, ...want });
    const unasked = views[0]?.sent.filter(({ by }) => by === 'housekeeping').map(({ frame }) => frame.type);
    expect(new Set(unasked)).not.toContain('HEADERS');
  });

  test('credit comes in portions, counts padding, and ended streams get none', async () => {
    const react = onRequest((end) => {
      end.send(data(1, new Uint8Array(16_000), { padLength: 255 }));
      end.send(data(1, new Uint8Array(127)));
      end.send(data(1, new Uint8Array(16_384), { endStream: true }));
    });
    const { end } = await play({ react }, open(), request(), fence, fence);
    expect(end.of('WINDOW_UPDATE').map(({ streamId, increment }) => [streamId, increment])).toEqual([
      // 16000 + 255 + 1 + 127 is one octet less than a portion.
      [0, 16_383 + 16_384],
    ]);
  });

  test('a fence answers everything that came before it', async () => {
    const { end } = await play({ react: ask }, open(), request(), fence, fence);
    const kinds = end.frames.map((frame) => (frame.type === 'SETTINGS' && !frame.ack ? 'fence' : frame.type));
    expect(kinds.slice(0, 4)).toEqual(['fence', 'SETTINGS', 'HEADERS', 'fence']);
    expect(kinds.at(-1)).toBe('fence');
  });

  test('waits until a field block of ours is complete, in which nothing else may stand', async () => {
    const react = onRequest((end) =>
      end.send(ping(opaque), setting('MAX_FRAME_SIZE', 20_000), data(1, Uint8Array.of(1))),
    );
    const { views } = await play(
      { react },
      open(),
      request({ endHeaders: false }),
      until({ see: 'data', stream: 1, octets: 1 }),
      say(continuation(1, new Uint8Array(0), { endHeaders: true })),
      fence,
    );
    const sent = views[0]?.sent.map(({ frame }) => frame.type) ?? [];
    const block = sent.indexOf('HEADERS');
    expect(sent.slice(block, block + 4)).toEqual(['HEADERS', 'CONTINUATION', 'PING', 'SETTINGS']);
  });
});

describe('fences', () => {
  test.each<[string, FenceStep, Frame['type']]>([
    ['SETTINGS', fence, 'SETTINGS'],
    ['PING', { do: 'fence', on: 'main', by: 'ping' }, 'PING'],
    ['PING with octets of the script', { do: 'fence', on: 'main', by: 'ping', opaque }, 'PING'],
  ])('by %s: what the target did before is there when it is over', async (_, step, type) => {
    const { end, views } = await play({ react: onRequest((to) => to.sendZeros(1, 5)) }, open(), request(), step);
    expect(end.frames.at(-1)?.type).toBe(type);
    const happened = views[0]?.packets.map((packet) => (packet.kind === 'frame' ? packet.frame.type : packet.kind));
    expect(happened?.at(-1)).toBe('happening');
    expect(happened).toContain('DATA');
    expect(views[0]?.transcript.events.at(-1)).toMatchObject({ kind: 'fenced', step: 2 });
  });

  test('an ACK that came before is no answer to a second PING with the same octets', async () => {
    const ackOnce = (end: TargetEnd, frame: Frame): void => {
      if (frame.type === 'PING' && end.of('PING').length === 1) end.send(ping(opaque, { ack: true }));
    };
    const twice: FenceStep = { do: 'fence', on: 'main', by: 'ping', opaque };
    const { views } = await play(
      { ackPings: false, react: ackOnce },
      open(),
      twice,
      say(ping(opaque)),
      until({ see: 'ping-ack', opaque }, { within: tiny, optional: true }),
    );
    expect(views[0]?.transcript.events.at(-1)).toMatchObject({ kind: 'timeout', step: 3 });
  });

  test('an ACK for every SETTINGS that was sent, however, so that none is taken for another', async () => {
    const later = settings([{ id: settingIds.MAX_HEADER_LIST_SIZE, value: 100_000 }]);
    const { end, views } = await play(
      {},
      open(),
      { do: 'settings', on: 'main', settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 7 }] },
      say(later),
      say({ ...later, flags: 1, payload: new Uint8Array(0) }),
      fence,
    );
    expect(end.of('SETTINGS').filter(({ ack }) => !ack)).toHaveLength(4);
    expect(views[0]?.received.filter(({ frame }) => frame.type === 'SETTINGS' && frame.ack)).toHaveLength(4);
  });

  test('whoever has announced a connection error acknowledges nothing, and is not waited for', async () => {
    const react = (end: TargetEnd, frame: Frame): void => {
      if (frame.type === 'PING') end.send(goaway(0, errorCodes.INTERNAL_ERROR));
    };
    const { views, transcript } = await play({ react, ackPings: false }, open(), { ...fence, by: 'ping' });
    expect(transcript).not.toHaveProperty('abandoned');
    expect(views[0]?.transcript.events.some(({ kind }) => kind === 'fenced')).toBe(false);
  });

  test('a PING of another kind is no answer', async () => {
    const other = opaque.with(7, 0);
    const { views } = await play(
      {
        ackPings: false,
        react: (end, frame) => frame.type === 'PING' && end.send(ping(other, { ack: true }), ping(opaque)),
      },
      open(),
      say(ping(opaque)),
      fence,
      until({ see: 'ping-ack', opaque }, { within: tiny, optional: true }),
    );
    expect(views[0]?.transcript.events.at(-1)).toMatchObject({ kind: 'timeout', step: 3 });
  });
});

describe('conditions', () => {
  const ok = { ':status': '200' };
  const reset = (stream: number) => (end: TargetEnd) => end.send(rstStream(stream, errorCodes.CANCEL));
  const say200 = (end: TargetEnd): void => end.sendFields(1, ok);
  const leave = (end: TargetEnd): void => void end.socket.end();
  const drop = (end: TargetEnd): void => void end.socket.resetAndDestroy();
  const goingAway = (last: number, errorCode: number) => (end: TargetEnd) => end.send(goaway(last, errorCode));
  const nothing = (): void => undefined;
  const headers: Condition = { see: 'headers', stream: 1 };
  const messages: Condition = { see: 'messages', stream: 1, count: 2 };
  const tenOctets: Condition = { see: 'data', stream: 1, octets: 10 };
  const creditUsed: Condition = { see: 'credit-used', stream: 1 };
  const end1: Condition = { see: 'end', stream: 1 };
  const connectionError: Condition = { see: 'connection-error' };

  test.each<[string, Condition, (end: TargetEnd) => void, (end: TargetEnd) => void]>([
    ['Response-Headers, not interim ones', headers, (end) => end.sendFields(1, { ':status': '103' }), say200],
    ['Response-Headers, not those of another stream', headers, (end) => end.sendFields(3, ok), say200],
    ['Response-Headers or the end', headers, nothing, reset(1)],
    ['messages, complete ones', messages, (end) => end.sendZeros(1, 9), (end) => end.sendZeros(1, 1)],
    ['messages or the end', messages, (end) => end.sendZeros(1, 5), (end) => end.sendZeros(1, 0, true)],
    [
      'octets of DATA, without padding',
      tenOctets,
      (end) => end.send(data(1, new Uint8Array(9), { padLength: 9 }), data(3, new Uint8Array(9))),
      (end) => end.sendZeros(1, 1),
    ],
    ['octets of DATA or the end', tenOctets, nothing, (end) => end.sendFields(1, ok, true)],
    [
      'octets of DATA on all streams',
      { see: 'connection-data', octets: 10 },
      (end) => end.send(data(1, new Uint8Array(5)), data(3, new Uint8Array(4), { padLength: 9 })),
      (end) => end.sendZeros(5, 1),
    ],
    ['all credit used or the end', creditUsed, nothing, reset(1)],
    ['the end by END_STREAM on DATA', end1, (end) => end.sendZeros(3, 0, true), (end) => end.sendZeros(1, 0, true)],
    ['the end by END_STREAM on HEADERS', end1, say200, (end) => end.sendFields(1, { 'grpc-status': '0' }, true)],
    ['the end by RST_STREAM', end1, reset(3), reset(1)],
    ['the end by GOAWAY below', end1, goingAway(1, 0), goingAway(0, 0)],
    ['the end by FIN', end1, nothing, leave],
    [
      'the end or an error',
      { see: 'end', stream: 1, orError: true },
      goingAway(1, 0),
      goingAway(1, errorCodes.INTERNAL_ERROR),
    ],
    ['the end or an error, by its end', { see: 'end', stream: 1, orError: true }, reset(3), reset(1)],
    ['a reset, even after the end', { see: 'reset', stream: 1 }, (end) => end.sendZeros(1, 0, true), reset(1)],
    ['a reset of an open stream', { see: 'reset', stream: 1 }, reset(3), reset(1)],
    [
      'a reset or an error of the connection',
      { see: 'reset', stream: 1, orError: true },
      goingAway(1, 0),
      goingAway(1, errorCodes.PROTOCOL_ERROR),
    ],
    [
      'the end or an error of the connection',
      { see: 'end', stream: 1, orError: true },
      goingAway(1, 0),
      goingAway(1, errorCodes.PROTOCOL_ERROR),
    ],
    ['GOAWAY', { see: 'goaway' }, reset(1), goingAway(1, 0)],
    [
      'the ACK of a PING',
      { see: 'ping-ack', opaque },
      (end) => end.send(ping(opaque)),
      (end) => end.send(ping(opaque, { ack: true })),
    ],
    ['a close by FIN', closed, goingAway(0, errorCodes.PROTOCOL_ERROR), leave],
    ['a close by TCP reset', closed, reset(1), drop],
    ['GOAWAY with an error code', connectionError, goingAway(1, 0), goingAway(1, errorCodes.INTERNAL_ERROR)],
    ['GOAWAY and FIN', connectionError, nothing, (end) => end.leave()],
    ['a TCP reset', connectionError, reset(1), drop],
  ])('%s', async (_, condition, notYet, enough) => {
    const react = (end: TargetEnd, frame: Frame): void => {
      if (frame.type === 'HEADERS') notYet(end);
      if (frame.type === 'PRIORITY') enough(end);
    };
    const go = say(rawFrame({ type: 2, streamId: 1, payload: new Uint8Array(5) }));
    const early = until(condition, { within: tiny, optional: true });
    // A condition that wrongly holds too late is found by jest's own limit.
    const begin = [open(), request(), say(ping(opaque)), fence];
    const { views, transcript } = await play({ react, ackPings: false }, ...begin, early, go, until(condition));
    const timeouts = views[0]?.transcript.events.filter(({ kind }) => kind === 'timeout');
    expect(timeouts).toMatchObject([{ step: 4, waitedFor: describeCondition(condition) }]);
    expect(transcript).not.toHaveProperty('abandoned');
  });

  test.each([
    ['of the stream', 1, 9],
    ['of the connection', 0, 65_526],
  ])('all credit %s used, padding included', async (_, level, first) => {
    const housekeeping = { replenishStreams: false, replenishConnection: false };
    const initialWindow = { id: settingIds.INITIAL_WINDOW_SIZE, value: level === 1 ? 19 : 100_000 };
    const react = (end: TargetEnd, frame: Frame): void => {
      if (frame.type === 'HEADERS') end.send(data(1, new Uint8Array(first)));
      if (frame.type === 'PRIORITY') end.send(data(1, new Uint8Array(level === 1 ? 1 : 0), { padLength: 8 }));
    };
    const go = say(rawFrame({ type: 2, streamId: 1, payload: new Uint8Array(5) }));
    const early = until(creditUsed, { within: tiny, optional: true });
    const { transcript, views } = await play(
      { react },
      open({ settings: [initialWindow], housekeeping }),
      request(),
      fence,
      early,
      go,
      until(creditUsed),
    );
    expect(views[0]?.transcript.events.filter(({ kind }) => kind === 'timeout')).toMatchObject([{ step: 3 }]);
    expect(transcript).not.toHaveProperty('abandoned');
  });

  test('our own RST_STREAM ends the stream', async () => {
    const { transcript } = await play({}, open(), request(), say(rstStream(1, 8)), until(end1));
    expect(transcript).not.toHaveProperty('abandoned');
  });

  test('silence lasts its budget, and is no failure when it is broken', async () => {
    const quiet: Condition = { see: 'quiet' };
    const silent = await play({}, open(), until(quiet, { within: 40 }), fence);
    const fenced = silent.views[0]?.sent.find(({ by }) => by === 2);
    const opened = silent.views[0]?.received.at(1);
    // A timer may fire a millisecond early.
    expect((fenced?.at ?? 0) - (opened?.at ?? 0)).toBeGreaterThan(37);
    const broken = await play({}, open(), say(ping(opaque)), until(quiet));
    expect(broken.views[0]?.received.at(-1)?.frame.type).toBe('PING');
    expect([...eventsOf(silent), ...eventsOf(broken)]).toEqual(['connected', 'fenced', 'connected']);
  });
});

describe('DATA within the windows', () => {
  const whole = [body(25, { endStream: true }), fence];

  test('stops at the stream window, and goes on with WINDOW_UPDATE and with a larger initial window', async () => {
    const { end } = await play(
      {
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }],
        react: (to, frame) => {
          if (frame.type !== 'DATA') return;
          const count = to.of('DATA').length;
          if (count === 1) to.send(windowUpdate(1, 5));
          if (count === 2) to.send(setting('INITIAL_WINDOW_SIZE', 20));
        },
      },
      open(),
      request(),
      ...whole,
    );
    expect(end.of('DATA').map(({ data: { length }, endStream }) => [length, endStream])).toEqual([
      [10, false],
      [5, false],
      [10, true],
    ]);
  });

  test('a window below zero must be filled first', async () => {
    const seen: number[] = [];
    const { end } = await play(
      {
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }],
        react: (to, frame) => {
          if (frame.type === 'DATA' && to.of('DATA').length === 1) {
            to.send(setting('INITIAL_WINDOW_SIZE', 0), windowUpdate(1, 10), ping(opaque));
          }
          if (frame.type === 'PING') {
            seen.push(to.of('DATA').length);
            to.send(windowUpdate(1, 15));
          }
        },
      },
      open(),
      request(),
      ...whole,
    );
    expect(seen).toEqual([1]);
    expect(dataLengths(end)).toEqual([10, 15]);
  });

  test('stops at the connection window, which no setting moves', async () => {
    const { end } = await play(
      {
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 1_000_000 }],
        react: (to, frame) => {
          const sum = dataLengths(to).reduce((total, length) => total + length, 0);
          if (frame.type === 'DATA' && sum === 65_535) to.send(windowUpdate(0, 3), windowUpdate(3, 1_000_000));
        },
      },
      open(),
      request(),
      body(65_538),
      fence,
    );
    expect(dataLengths(end)).toEqual([16_384, 16_384, 16_384, 16_383, 3]);
  });

  test('credit for another stream is none', async () => {
    const target = await startTarget({
      settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 0 }],
      react: onRequest((end) => {
        end.send(windowUpdate(3, 10), windowUpdate(0, 10));
        end.sendFields(1, { ':status': '200' });
      }),
    });
    // Only the wait for credit shall run out, so that no other depends on how fast this machine is.
    const answered = until({ see: 'headers', stream: 1 }, { within: 60_000 });
    const steps = [open({ awaitSettings: false }), request(), answered, body(1)];
    const { transcript } = await playScript({ steps }, { endpoint: target.endpoint, times: { ...times, reply: tiny } });
    expect(transcript.abandoned).toEqual({
      step: 3,
      waitedFor: 'flow-control credit for stream 1',
      milliseconds: tiny,
    });
    expect(target.ends[0]?.of('DATA')).toEqual([]);
  });

  test('what a script sends as it stands counts, too', async () => {
    const grant = onRequest((end) => end.send(windowUpdate(1, 1)));
    const { end } = await play(
      { settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }], react: grant },
      open(),
      request(),
      say(data(1, new Uint8Array(4), { padLength: 1 })),
      fence,
      body(5),
      fence,
    );
    expect(dataLengths(end)).toEqual([4, 5]);
  });

  test.each<[string, number, readonly number[]]>([
    ['a larger one is used', 20_000, [20_000, 1]],
    ['the default binds otherwise', 16_384, [16_384, 3617]],
    ['one below the legal range is none (RFC 9113 §6.5.2)', 0, [16_384, 3617]],
    ['one above it neither', 2 ** 24, [16_384, 3617]],
  ])('SETTINGS_MAX_FRAME_SIZE: %s', async (_, value, lengths) => {
    const long = [
      { name: 'x', value: 'a'.repeat(20_000 - 4), representation: 'without-indexing', huffman: false },
    ] as const;
    const { end } = await play(
      { settings: [{ id: settingIds.MAX_FRAME_SIZE, value }] },
      open(),
      request({ fields: long }),
      body(20_001),
      fence,
    );
    expect(dataLengths(end)).toEqual(lengths);
    const fragments = [...end.of('HEADERS'), ...end.of('CONTINUATION')].map(({ fragment }) => fragment.length);
    expect(fragments.reduce((sum, length) => sum + length, 0)).toBe(20_003);
    expect(Math.max(...fragments)).toBe(lengths[0]);
  });

  test('an ended stream is sent nothing more', async () => {
    const { end } = await play(
      { react: onRequest((to) => to.send(rstStream(1, 0))) },
      open(),
      request(),
      fence,
      body(5),
      fence,
    );
    expect(end.of('DATA')).toEqual([]);
  });

  test('the end of a stream ends the wait for credit', async () => {
    const react = (to: TargetEnd, frame: Frame): void => {
      if (frame.type === 'DATA') to.send(rstStream(1, 0));
    };
    const { end, transcript } = await play(
      { settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 1 }], react },
      open(),
      request(),
      body(5),
      fence,
    );
    expect(dataLengths(end)).toEqual([1]);
    expect(transcript).not.toHaveProperty('abandoned');
  });
});

describe('how DATA is cut', () => {
  test.each<[string, number, Partial<DataStep>, readonly (readonly [number, number | undefined, boolean])[]]>([
    ['one frame', 5, { endStream: true }, [[5, undefined, true]]],
    ['an empty half-close', 0, { endStream: true }, [[0, undefined, true]]],
    [
      'at offsets, in any order',
      5,
      { cuts: [4, 1] },
      [
        [1, undefined, false],
        [3, undefined, false],
        [1, undefined, false],
      ],
    ],
    [
      'equal offsets make an empty frame',
      2,
      { cuts: [1, 1] },
      [
        [1, undefined, false],
        [0, undefined, false],
        [1, undefined, false],
      ],
    ],
    ['offsets outside are none', 2, { cuts: [-1, 3] }, [[2, undefined, false]]],
    [
      'END_STREAM on the last',
      2,
      { cuts: [1], endStream: true },
      [
        [1, undefined, false],
        [1, undefined, true],
      ],
    ],
    [
      'END_STREAM on an extra frame',
      2,
      { endStream: true, endStreamOnEmptyFrame: true },
      [
        [2, undefined, false],
        [0, undefined, true],
      ],
    ],
    ['but not on two empty ones', 0, { endStream: true, endStreamOnEmptyFrame: true }, [[0, undefined, true]]],
    [
      'padding in rotation',
      3,
      { cuts: [1, 2], padLengths: [-1, 7] },
      [
        [1, undefined, false],
        [1, 7, false],
        [1, undefined, false],
      ],
    ],
    ['padding of no octets', 1, { padLengths: [0] }, [[1, 0, false]]],
  ])('%s', async (_, length, options, want) => {
    const { end } = await play({}, open(), request(), body(length, options), fence);
    expect(
      end.of('DATA').map(({ data: octets, padLength, endStream }) => [octets.length, padLength, endStream]),
    ).toEqual(want);
  });

  test.each<[Partial<DataStep>, number]>([
    [{ padLengths: [3] }, 0],
    [{ padLengths: [3], padOctet: 0xaa }, 0xaa],
  ])('the padding of %j is made of octets of %i', async (options, octet) => {
    const { end } = await play({}, open(), request(), body(1, options), fence);
    const payloads = end.of('DATA').map(({ raw }) => [...raw.payload].slice(2));
    expect(payloads).toEqual([[octet, octet, octet]]);
  });

  test('what the window does not take is left unsent where the script says so, and the script goes on', async () => {
    const small = [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }];
    const { end } = await play({ settings: small }, open(), request(), body(12, { unsentAfter: 0 }), fence);
    expect(end.of('DATA').map(({ data: octets }) => octets.length)).toEqual([10]);
    expect(end.of('SETTINGS').length).toBeGreaterThan(1);
  });

  test('bits without a meaning are on every frame of a step, and change nothing else', async () => {
    const strayBits = { flags: 0xff, reserved: true };
    const header = { ...request(), strayBits, cuts: [0] };
    const { end } = await play({}, open(), header, body(4, { strayBits, cuts: [2], endStream: true }), fence);
    const bitsOf = (type: 'HEADERS' | 'CONTINUATION' | 'DATA') =>
      end.of(type).map(({ raw }) => [raw.flags, raw.reserved]);
    expect(bitsOf('HEADERS')).toEqual([[0xd2, true]]);
    expect(bitsOf('CONTINUATION')).toEqual([[0xff, true]]);
    expect(bitsOf('DATA')).toEqual([
      [0xf6, true],
      [0xf7, true],
    ]);
  });

  test('padding takes from the window, and each frame has it', async () => {
    const react = (to: TargetEnd, frame: Frame): void => {
      if (frame.type === 'DATA') to.send(windowUpdate(1, 10));
    };
    const { end } = await play(
      { settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }], react },
      open(),
      request(),
      body(12, { padLengths: [3] }),
      fence,
    );
    expect(end.of('DATA').map(({ flowControlledLength, padLength }) => [flowControlledLength, padLength])).toEqual([
      [10, 3],
      [10, 3],
    ]);
  });

  test.each([
    ['an empty frame needs no credit', undefined, 0],
    ['an empty frame with padding needs no more than that', [3], 4],
  ] as const)('%s', async (_, padLengths, window) => {
    const { end } = await play(
      { settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: window }] },
      open(),
      request(),
      body(0, { endStream: true, ...(padLengths && { padLengths }) }),
      fence,
    );
    expect(end.of('DATA')).toMatchObject([{ endStream: true, flowControlledLength: window }]);
  });
});

describe('field blocks', () => {
  const fields = [
    { name: ':method', value: 'POST' },
    { name: 'te', value: 'trailers' },
  ];

  test.each<[string, Partial<HeadersStep>, readonly (readonly [string, number, boolean])[]]>([
    ['whole', {}, [['HEADERS', 12, true]]],
    [
      'cut',
      { cuts: [5, 1] },
      [
        ['HEADERS', 1, false],
        ['CONTINUATION', 4, false],
        ['CONTINUATION', 7, true],
      ],
    ],
    [
      'cut with empty fragments',
      { cuts: [0, 12, 12, 13] },
      [
        ['HEADERS', 0, false],
        ['CONTINUATION', 12, false],
        ['CONTINUATION', 0, false],
        ['CONTINUATION', 0, true],
      ],
    ],
    ['left open', { endHeaders: false }, [['HEADERS', 12, false]]],
    [
      'cut and left open',
      { cuts: [1], endHeaders: false },
      [
        ['HEADERS', 1, false],
        ['CONTINUATION', 11, false],
      ],
    ],
  ])('%s', async (_, options, want) => {
    const plain = fields.map(
      (field) => ({ ...field, representation: 'without-indexing', huffman: false, nameIndex: 'auto' }) as const,
    );
    // Static index and value: 2 + 4 octets, and 1 + 1 + 2 + 1 + 8 would be more than 12.
    const short = [plain[0]!, { ...plain[0]!, value: 'GETS' }];
    const { end } = await play({}, open(), request({ fields: short, ...options }), fence);
    const sent = [...end.of('HEADERS'), ...end.of('CONTINUATION')];
    expect(sent.map(({ type, fragment, endHeaders }) => [type, fragment.length, endHeaders])).toEqual(want);
  });

  test('END_STREAM, padding, priority and table size updates', async () => {
    const priority = { exclusive: true, dependency: 0, weight: 16 };
    const { end } = await play(
      {},
      open(),
      request({ endStream: true, padLength: 4, priority, sizeUpdates: [0, 4096], fields }),
      fence,
    );
    const [frame] = end.of('HEADERS');
    expect(frame).toMatchObject({ endStream: true, padLength: 4, priority });
    expect(new HpackDecoder().decode(frame?.fragment ?? new Uint8Array(0))).toMatchObject({
      ok: true,
      sizeUpdates: [0, 4096],
      fields,
    });
  });

  test.each([
    ['a smaller table binds', 0, [0]],
    ['a larger one is an offer that a plain client leaves alone', 65_536, []],
  ])('SETTINGS_HEADER_TABLE_SIZE: %s', async (_, value, sizeUpdates) => {
    const { end } = await play({ settings: [{ id: settingIds.HEADER_TABLE_SIZE, value }] }, open(), request(), fence);
    const decoder = new HpackDecoder();
    decoder.setMaxTableSize(value);
    expect(decoder.decode(end.of('HEADERS')[0]?.fragment ?? new Uint8Array(0))).toMatchObject({
      ok: true,
      sizeUpdates,
    });
  });
});

describe('segments', () => {
  test('each is a write of its own, in rotation', async () => {
    // A TLS record is never joined with the next by the reader, so that the sizes of the writes can be seen.
    const { end } = await play({ tls: { cert, key } }, open({ segments: [3, 20] }), say(ping(opaque)), fence);
    const total = end.pieces.reduce((sum, piece) => sum + piece, 0);
    // 39 octets of preface and SETTINGS, an ACK of 9, 17 of PING, and the fence of 9: every write starts a new segment.
    expect(total).toBe(39 + 9 + 17 + 9);
    expect(end.pieces.slice(0, 4)).toEqual([3, 20, 3, 13]);
    expect(Math.max(...end.pieces)).toBe(20);
    expect(end.of('PING')).toMatchObject([{ opaque }]);
  });

  test('only so many, so that large bodies stay affordable; nothing is lost or out of order, not before a close either', async () => {
    const octets = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);
    const { end } = await play({}, open({ segments: [1] }), request(), body(0, { octets }), {
      do: 'close',
      on: 'main',
      how: 'fin',
    });
    expect(await end.gone).toBe('fin');
    expect(joinOctets(end.of('DATA').map(({ data: piece }) => piece))).toEqual(octets);
  });

  test("the target's time starts when the last of them has left", async () => {
    // 56 pieces, which take longer together than the wait, however slow the machine is.
    const { transcript } = await play(
      { tls: { cert, key }, busy: 20 },
      open({ segments: [1], awaitSettings: false }),
      say(ping(opaque)),
      until({ see: 'ping-ack', opaque }, { within: 800 }),
    );
    expect(transcript).not.toHaveProperty('abandoned');
  });

  test('a size of nothing is one octet', async () => {
    const { end } = await play({}, open({ segments: [0] }), say(ping(opaque)), fence);
    expect(end.of('PING')).toHaveLength(1);
  });
});

describe('the end of a connection', () => {
  const finish = (how: 'fin' | 'reset'): Step => ({ do: 'close', on: 'main', how });

  test.each<[string, TargetOptions, 'fin' | 'reset', string]>([
    ['FIN', {}, 'fin', 'fin'],
    ['TCP reset', {}, 'reset', 'ECONNRESET'],
    ['FIN under TLS', { tls: { cert, key } }, 'fin', 'fin'],
    ['TCP reset under TLS', { tls: { cert, key } }, 'reset', 'ECONNRESET'],
  ])('we close by %s', async (_, options, how, want) => {
    // After the first fence nothing is under way, which Node would report before the reset.
    const playback = await play(options, open(), fence, finish(how), fence);
    expect(await playback.end.gone).toBe(want);
    expect(playback.views[0]?.closed).toMatchObject({ by: 'client', how });
    expect(eventsOf(playback)).toEqual(['connected', 'fenced', 'closed', 'skipped']);
  });

  test.each(['fin', 'reset'] as const)('we close a Unix socket: %s', async (how) => {
    const directory = makeSocketFolder();
    const playback = await play({ path: path.join(directory, 'target') }, open(), finish(how));
    await playback.end.gone;
    expect(playback.views[0]?.closed).toMatchObject({ by: 'client', how });
    rmSync(directory, { recursive: true });
  });

  test('what was sent before a close reaches the target, and so does the last step of a script', async () => {
    const finished = await play({}, open(), say(ping(opaque)), finish('fin'));
    await finished.end.gone;
    expect(finished.end.of('PING')).toHaveLength(1);
    const ended = await play({}, open(), say(ping(opaque)));
    await ended.end.gone;
    expect(ended.end.of('PING')).toHaveLength(1);
    expect(ended.views[0]).not.toHaveProperty('closed');
  });

  test('a target that reads nothing cannot keep us', async () => {
    const target = await startTarget({ reads: false });
    const octets = encodeFrame(rawFrame({ type: 0xfa, payload: new Uint8Array(2 ** 24 - 1) }));
    const steps = [open({ awaitSettings: false }), { do: 'bytes', on: 'main', octets } as const, finish('fin')];
    const { views } = await playScript({ steps }, { endpoint: target.endpoint, times: { ...times, close: tiny } });
    expect(views[0]?.closed).toMatchObject({ by: 'client', how: 'fin' });
  });

  test.each<[string, TargetOptions, (end: TargetEnd) => void, 'fin' | 'reset']>([
    ['FIN', {}, (end) => void end.socket.end(), 'fin'],
    ['TCP reset', {}, (end) => void end.socket.resetAndDestroy(), 'reset'],
    ['FIN under TLS', { tls: { cert, key } }, (end) => void end.socket.end(), 'fin'],
  ])('the target closes by %s, and the steps after it are skipped', async (_, options, act, how) => {
    const playback = await play(
      { ...options, react: onRequest(act) },
      open(),
      request(),
      until(closed),
      request({ stream: 3 }),
      body(1),
      say(ping(opaque)),
      { do: 'bytes', on: 'main', octets: opaque },
      { do: 'settings', on: 'main', settings: [] },
      { do: 'grant', on: 'main', stream: 0, octets: 1 },
      fence,
      until({ see: 'headers', stream: 3 }),
      until({ see: 'quiet' }),
      finish('fin'),
    );
    const { events } = playback.views[0]!.transcript;
    expect(playback.views[0]?.closed).toMatchObject({ by: 'target', how });
    const skipped = events.flatMap((event) => (event.kind === 'skipped' ? [event.step] : []));
    expect(skipped).toEqual([3, 4, 5, 6, 7, 8, 9, 12]);
    expect(playback.transcript).not.toHaveProperty('abandoned');
  });

  test('a close ends whatever we wait for', async () => {
    const leave = onRequest((end) => void end.socket.end());
    const waits: readonly Step[] = [fence, body(70_000), until({ see: 'goaway' }), until({ see: 'quiet' })];
    for (const wait of waits) {
      const playback = await play({ react: leave, ackSettings: true }, open(), request(), wait);
      expect(playback.transcript).not.toHaveProperty('abandoned');
      expect(playback.views[0]?.closed).toMatchObject({ by: 'target' });
    }
  });
});

describe('a flood', () => {
  // Empty frames of an unknown type: what they cost to keep is far more than their octets.
  const flood = encodeFrames(Array.from({ length: 7000 }, () => rawFrame({ type: 0xfa })));
  const greet = ({ socket }: TargetEnd): void => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(flood));
    };
    socket.on('drain', pour);
    pour();
  };

  test.each<[string, TargetOptions]>([
    ['TCP', { greet }],
    ['TLS', { greet, tls: { cert, key } }],
  ])('over %s ends when it is too much, with a transcript that says so', async (_, options) => {
    const playback = await play(options, open(), until(closed));
    expect(eventsOf(playback)).toEqual(['connected', 'overflow', 'closed']);
    expect(playback.views[0]).toMatchObject({
      overflowed: true,
      bound: { name: 'unasked' },
      closed: { by: 'client', how: 'reset' },
    });
    expect(playback.views[0]?.received.length).toBeLessThan(25_000);
    expect(playback.transcript).not.toHaveProperty('abandoned');
    expect(await playback.end.gone).not.toBe('fin');
  });
});

describe('the memory of all connections', () => {
  const mebi = 1024 * 1024;
  /** Answers with so many octets of DATA, whatever the windows are. */
  const answers = (octets: number): TargetOptions => ({
    react: onRequest((end) => {
      // Read as messages, it is the start of one that is larger than all of them.
      const part = new Uint8Array(16_000).fill(0xff);
      for (let sent = 0; sent < octets; sent += part.length) end.send(data(1, part));
      end.sendFields(1, { 'grpc-status': '0' }, true);
    }),
  });
  const boundOf = async (octets: number, budget: MemoryBudget): Promise<string | undefined> => {
    const target = await startTarget(answers(octets));
    const steps = [open(), request({ endStream: true }), until({ see: 'end', stream: 1 })];
    const { views } = await playScript({ steps }, { endpoint: target.endpoint, times, budget });
    return views[0]?.bound?.name;
  };

  test('has room for answers of 16 MiB, one after the other when they are let go', async () => {
    const budget = new MemoryBudget();
    const target = await startTarget(answers(16 * mebi));
    for (let turn = 0; turn < 3; turn++) {
      const steps = [open(), request({ endStream: true }), until({ see: 'end', stream: 1 })];
      const { views, release } = await playScript({ steps }, { endpoint: target.endpoint, times, budget });
      expect(views[0]?.bound).toBeUndefined();
      release();
    }
    expect(budget.used).toBe(0);
  });

  test('ends the connection of an answer that takes more than one may', async () => {
    expect(await boundOf(3 * mebi, new MemoryBudget({ run: 40 * mebi, connection: 2 * mebi, unasked: mebi }))).toBe(
      'connection',
    );
  });

  test('ends the largest one when all together take too much', async () => {
    const budget = new MemoryBudget({ run: 8 * mebi, connection: 40 * mebi, unasked: mebi });
    const bounds = await Promise.all([boundOf(100_000, budget), boundOf(10 * mebi, budget)]);
    expect(bounds).toEqual([undefined, 'run']);
  });

  test('counts the ACKs that a flood makes us send', async () => {
    const greet = ({ socket }: TargetEnd): void => {
      const pings = encodeFrames(Array.from({ length: 100_000 }, () => ping(opaque)));
      socket.write(pings);
    };
    const playback = await play({ greet }, open(), until(closed));
    expect(playback.views[0]).toMatchObject({ bound: { name: 'unasked' } });
    expect(playback.views[0]?.sent.length).toBeLessThan(10_000);
  });
});

test('what was seen live is what is read from the transcript', async () => {
  const react = onRequest((end) => {
    end.sendFields(1, { ':status': '200', 'x-field': 'value' });
    end.sendZeros(1, 100);
    end.sendFields(1, { 'grpc-status': '0', 'x-field': 'value' }, true);
    end.send(goaway(1, 0));
    end.socket.end(Buffer.of(0, 0, 5, 0));
  });
  const { transcript, views } = await play(
    { react, settings: [{ id: settingIds.HEADER_TABLE_SIZE, value: 100 }] },
    open(),
    request(),
    body(10, { endStream: true, padLengths: [3] }),
    until(closed),
    fence,
  );
  const again = transcript.connections.map((connection) => readConnection(connection, { decodeSentBlocks: false }));
  expect(again).toEqual(views);
  expect(views[0]?.packets.at(-3)).toMatchObject({ kind: 'octets', direction: 'received' });
});
