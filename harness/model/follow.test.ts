import { readConnection } from '../transcript/read-connection';
import { data, goaway, headers, ping, pushPromise, rstStream, settings, windowUpdate } from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { connectionPreface } from '../wire/preface';
import { openStreamsOf, streamOf, windowsOf, type ConnectionState } from './connection-state';
import { isPingAcknowledged, pingsOutstanding } from './follow';
import { stateBefore } from './state-before';
import type { StreamStateName } from './stream-state';

type Said = readonly ['sent' | 'received', RawFrame] | 'fenced';

/** The state after these frames, each sent by the step of its place. */
function after(...said: readonly Said[]): ConnectionState {
  const view = readConnection({
    name: 'main',
    events: [
      { kind: 'sent', at: 0, octets: connectionPreface, by: 0 },
      ...said.map((one, step) => {
        if (one === 'fenced') return { kind: 'fenced', at: step, step } as const;
        const [kind, frame] = one;
        const octets = encodeFrame(frame);
        return kind === 'sent' ? { kind, at: step, octets, by: step } : { kind, at: step, octets };
      }),
    ],
  });
  return stateBefore(view, Infinity);
}

const none = new Uint8Array(0);
const we = (frame: RawFrame): Said => ['sent', frame];
const target = (frame: RawFrame): Said => ['received', frame];
const open = (stream = 1, endStream = false): Said => we(headers(stream, none, { endStream }));
const answer = (stream = 1, endStream = false): Said => target(headers(stream, none, { endStream }));

test.each<[string, readonly Said[], StreamStateName, number]>([
  ['nothing', [], 'idle', 0],
  ['PING', [we(ping(new Uint8Array(8)))], 'idle', 0],
  ['HEADERS', [open()], 'open', 1],
  ['HEADERS with END_STREAM', [open(1, true)], 'half-closed (local)', 1],
  ['DATA with END_STREAM', [open(), we(data(1, none, { endStream: true }))], 'half-closed (local)', 1],
  ['an answer that ended first', [open(), answer(1, true)], 'half-closed (remote)', 1],
  ['an answer that ended last', [open(1, true), answer(), target(data(1, none, { endStream: true }))], 'closed', 0],
  ['END_STREAM twice', [open(1, true), we(data(1, none, { endStream: true }))], 'half-closed (local)', 1],
  ['our RST_STREAM', [open(), we(rstStream(1, 8))], 'closed', 0],
  ['RST_STREAM of the target', [open(1, true), target(rstStream(1, 8))], 'closed', 0],
  ['RST_STREAM on an idle stream', [we(rstStream(1, 8))], 'idle', 0],
  ['an answer to nothing', [answer(1, true)], 'idle', 0],
  ['GOAWAY below it', [open(), target(goaway(0, 0))], 'closed', 0],
  ['GOAWAY that names it', [open(), target(goaway(1, 0))], 'open', 1],
  ['a second GOAWAY below it', [open(), open(3), target(goaway(1, 0)), target(goaway(0, 0))], 'closed', 0],
])('the state of a stream after %s', (_, said, state, openStreams) => {
  const seen = after(...said);
  expect([streamOf(seen, 1).state, seen.openStreams]).toEqual([state, openStreams]);
});

test('a promise reserves its stream', () => {
  expect(streamOf(after(open(), target(pushPromise(1, 2, none))), 2).state).toBe('reserved (remote)');
});

test('credit is counted on both levels for both sides', () => {
  const seen = after(
    open(),
    we(data(1, new Uint8Array(10), { padLength: 4 })),
    target(windowUpdate(1, 100)),
    target(windowUpdate(0, 1000)),
    target(data(1, new Uint8Array(20))),
    we(windowUpdate(1, 7)),
  );
  expect([seen.client.window, seen.target.window]).toEqual([65_535 - 15 + 1000, 65_535 - 20]);
  expect(streamOf(seen, 1).credit).toEqual({ client: 85, target: -13 });
});

test('PINGs are outstanding until they are acknowledged, each as often as it was sent', () => {
  const opaque = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const other = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9);
  const ack = target(ping(opaque, { ack: true }));
  const { client } = after(we(ping(opaque)), we(ping(opaque)), we(ping(other)), ack);
  expect([opaque, other].map((octets) => pingsOutstanding(client.pings, octets))).toEqual([1, 1]);
  expect(pingsOutstanding(after(ack, ack, we(ping(opaque))).client.pings, opaque)).toBe(1);
});

test.each<[string, readonly Said[], boolean]>([
  ['never sent', [], false],
  ['an ACK of what was never sent', [target(ping(new Uint8Array(8), { ack: true }))], false],
  ['on its way', [we(ping(new Uint8Array(8)))], false],
  ['acknowledged', [we(ping(new Uint8Array(8))), target(ping(new Uint8Array(8), { ack: true }))], true],
  [
    'sent again since',
    [we(ping(new Uint8Array(8))), target(ping(new Uint8Array(8), { ack: true })), we(ping(new Uint8Array(8)))],
    false,
  ],
])('whether a PING is acknowledged: %s', (_, said, acknowledged) => {
  expect(isPingAcknowledged(after(...said).client.pings, new Uint8Array(8))).toBe(acknowledged);
});

test('open streams are told from the latest on, with the sides that have ended them', () => {
  const seen = after(
    open(),
    open(3, true),
    open(5),
    open(7),
    we(rstStream(5, 8)),
    answer(1, true),
    target(goaway(5, 0)),
  );
  expect([...openStreamsOf(seen)].map(([id, { ended }]) => [id, ended.client, ended.target])).toEqual([
    [3, true, false],
    [1, false, true],
  ]);
});

test('another initial window moves every stream, those not yet opened too, and not the connection; it may leave less than nothing', () => {
  const said = [
    open(),
    open(3),
    target(windowUpdate(0, 1000)),
    we(data(1, new Uint8Array(100))),
    target(windowUpdate(3, 7)),
  ];
  const limit = (value: number): Said => target(settings([{ id: 4, value }]));
  const windows = (value: number) => {
    const seen = after(...said, limit(value));
    return [1, 3, 5].map((stream) => windowsOf(seen, 'client', stream));
  };
  const connection = 65_535 + 1000 - 100;
  expect(windows(100_000)).toEqual([99_900, 100_007, 100_000].map((stream) => ({ stream, connection })));
  expect(windows(0)).toEqual([-100, 7, 0].map((stream) => ({ stream, connection })));
});

test('what comes after our RST_STREAM counts once a fence has proved that the target knows of it', () => {
  const came = target(data(1, new Uint8Array(5)));
  const silence = (...said: readonly Said[]) =>
    streamOf(after(open(), we(rstStream(1, 8)), ...said), 1).reset?.afterFence;
  expect(silence(came, came)).toEqual({ frames: 0, octets: 0 });
  expect(silence(came, 'fenced', came, came)).toEqual({ frames: 2, octets: 10 });
  expect(silence('fenced', target(windowUpdate(1, 1)))).toEqual({ frames: 0, octets: 0 });
});

test('a field block is open until END_HEADERS, on each side by itself', () => {
  const { client, target: theirs } = after(we(headers(1, none, { endHeaders: false })), target(settings([])));
  expect([client.openBlock, theirs.openBlock]).toEqual([1, undefined]);
});
