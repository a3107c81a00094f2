import { continuation, data, headers, ping, pushPromise, settings, settingsAck } from '../wire/builders';
import { encodeFrame, encodeFrames } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { encodeIndexed, encodeSizeUpdate, HpackEncoder } from '../wire/hpack/encoder';
import { joinOctets } from '../wire/join-octets';
import { connectionPreface } from '../wire/preface';
import { settingIds } from '../wire/settings';
import type { ConnectionView, Packet } from './connection-view';
import { ConnectionReader, readConnection } from './read-connection';
import type { TranscriptEvent } from './transcript';

type Event = TranscriptEvent;

const received = (at: number, ...octets: readonly Uint8Array[]): Event => ({
  kind: 'received',
  at,
  octets: joinOctets(octets),
});
const sent = (at: number, ...octets: readonly Uint8Array[]): Event => ({
  kind: 'sent',
  at,
  octets: joinOctets(octets),
  by: at,
});
const frames = (...list: readonly RawFrame[]): Uint8Array => encodeFrames(list);
const read = (events: readonly Event[], decodeSentBlocks = true): ConnectionView =>
  readConnection({ name: 'main', events }, { decodeSentBlocks });

/** A packet as a word or two. */
const summary = (packet: Packet): string => {
  if (packet.kind === 'happening') return packet.event.kind;
  if (packet.kind === 'octets') return `${packet.direction} ${packet.octets.length} octets`;
  return `${packet.direction} ${packet.frame.type}`;
};

const answer = (): Uint8Array => {
  const encoder = new HpackEncoder();
  const first = encoder.encode([
    { name: ':status', value: '200' },
    { name: 'x-first', value: 'value' },
  ]);
  return frames(
    settings([{ id: settingIds.MAX_FRAME_SIZE, value: 20_000 }]),
    settingsAck(),
    headers(1, first.subarray(0, 3), { endHeaders: false }),
    continuation(1, new Uint8Array(0)),
    continuation(1, first.subarray(3), { endHeaders: true }),
    data(1, Uint8Array.of(1, 2, 3), { padLength: 2 }),
    headers(1, encoder.encode([{ name: 'x-first', value: 'value' }]), { endStream: true }),
    ping(new Uint8Array(7)),
  );
};

const withoutTimes = (view: ConnectionView): unknown => view.packets.map((packet) => ({ ...packet, at: 0 }));

describe('octets to packets', () => {
  const octets = answer();
  const whole = read([received(0, octets)]);

  test('frames, and field blocks on the frame that ends them', () => {
    expect(whole.packets.map((packet) => summary(packet))).toEqual([
      'received SETTINGS',
      'received SETTINGS',
      'received HEADERS',
      'received CONTINUATION',
      'received CONTINUATION',
      'received DATA',
      'received HEADERS',
      'received MALFORMED',
    ]);
    expect(whole.packets.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(whole.received.map(({ block }) => block?.fields.map(({ name }) => name))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      [':status', 'x-first'],
      undefined,
      ['x-first'],
      undefined,
    ]);
    expect(whole.received[4]?.block).toMatchObject({ opened: 2, endStream: false, sizeUpdates: [] });
    expect(whole.received[6]?.block).toMatchObject({ opened: 6, endStream: true, length: 1 });
  });

  test('any split of the octets gives the same packets', () => {
    const cuts = Array.from({ length: octets.length + 1 }, (_, cut) =>
      read([received(0, octets.subarray(0, cut)), received(1, octets.subarray(cut))]),
    );
    const single = read(Array.from(octets, (octet, at) => received(at, Uint8Array.of(octet))));
    for (const view of [...cuts, single]) expect(withoutTimes(view)).toEqual(withoutTimes(whole));
  });

  test('a frame has the time of its last octet', () => {
    const view = read([received(1, octets.subarray(0, 16)), received(2, octets.subarray(16))]);
    expect(view.packets.slice(0, 2).map(({ at }) => at)).toEqual([1, 2]);
  });

  test('what add returns as events happen is what the view has', () => {
    const events: Event[] = [
      { kind: 'connected', at: 0 },
      sent(1, connectionPreface, frames(settings([]))),
      received(2, octets),
      { kind: 'fenced', at: 3, step: 4 },
    ];
    const reader = new ConnectionReader();
    const live = events.flatMap((event) => reader.add(event));
    expect(live).toEqual(read(events).packets);
    expect(reader.view('main')).toEqual(read(events));
    expect(reader.events).toEqual(events);
  });

  test('blocks that we sent are decoded unless told otherwise, and their facts are there either way', () => {
    const block = new HpackEncoder().encode([{ name: 'te', value: 'trailers' }]);
    const events = [sent(0, connectionPreface, frames(headers(1, block, { endStream: true })))];
    const facts = { endStream: true, length: block.length, opened: 1 };
    expect(read(events).sent[0]?.block).toMatchObject({ ...facts, fields: [{ name: 'te', value: 'trailers' }] });
    expect(read(events, false).sent[0]?.block).toEqual({ ...facts, fields: [], sizeUpdates: [] });
  });

  test('a promise opens a field block, too, and a CONTINUATION without one belongs to none', () => {
    const block = new HpackEncoder().encode([{ name: ':path', value: '/' }]);
    const view = read([received(0, frames(continuation(1, block, { endHeaders: true }), pushPromise(1, 2, block)))]);
    expect(view.received.map((packet) => packet.block)).toMatchObject([
      undefined,
      { promised: 2, opened: 1, endStream: false, fields: [{ name: ':path' }] },
    ]);
  });
});

describe('our preface', () => {
  const settingsFrame = encodeFrame(settings([]));

  test.each([1, 23, 24, 25, 30])('cut after %i octets it is one packet before the frames', (cut) => {
    const octets = joinOctets([connectionPreface, settingsFrame]);
    const view = read([sent(0, octets.subarray(0, cut)), sent(1, octets.subarray(cut))]);
    expect(view.packets.map((packet) => summary(packet))).toEqual(['sent 24 octets', 'sent SETTINGS']);
    expect(view.sent).toHaveLength(1);
  });

  test('after anything else nothing that we send is a frame', () => {
    const wrong = connectionPreface.with(23, 0);
    const view = read([sent(0, wrong.subarray(0, 5)), sent(1, wrong.subarray(5)), sent(2, settingsFrame)]);
    expect(view.packets.map((packet) => summary(packet))).toEqual(['sent 24 octets', 'sent 9 octets']);
    expect(view.packets[0]).toMatchObject({ octets: wrong });
    expect(view.sent).toEqual([]);
  });

  test('left unfinished it is shown all the same', () => {
    const start = connectionPreface.subarray(0, 7);
    const view = read([
      sent(0, start.subarray(0, 3)),
      sent(1, start.subarray(3)),
      { kind: 'closed', at: 2, by: 'target', how: 'fin' },
    ]);
    expect(view.packets.map((packet) => summary(packet))).toEqual(['sent 7 octets', 'closed']);
    expect(view.packets[0]).toMatchObject({ octets: start });
  });
});

describe('unfinished frames', () => {
  const frame = encodeFrame(data(1, Uint8Array.of(1, 2, 3)));

  test.each([1, 8, 9, 10, 11])('%i octets of a frame are octets, once, and before the end', (count) => {
    const tail = frame.subarray(0, count);
    const reader = new ConnectionReader();
    const events = [
      received(0, frame, tail.subarray(0, 1)),
      sent(1, connectionPreface, frame, tail),
      received(2, tail.subarray(1)),
      { kind: 'closed', at: 3, by: 'target', how: 'fin' },
    ] as const;
    for (const event of events) reader.add(event);
    const view = reader.view('main');
    expect(view.packets.map((packet) => summary(packet))).toEqual([
      'received DATA',
      'sent 24 octets',
      'sent DATA',
      `sent ${count} octets`,
      `received ${count} octets`,
      'closed',
    ]);
    expect(view.packets.filter(({ at }) => at === 3)).toHaveLength(3);
    expect(view.packets.slice(3, 5)).toMatchObject([{ octets: tail }, { octets: tail }]);
    expect(reader.view('main').packets).toHaveLength(6);
  });

  test('a connection that was still open has them last', () => {
    const view = read([received(0, frame.subarray(0, 9)), { kind: 'timeout', at: 5, step: 1, waitedFor: 'GOAWAY' }]);
    expect(view.packets.map((packet) => [summary(packet), packet.at])).toEqual([
      ['timeout', 5],
      ['received 9 octets', 5],
    ]);
  });

  test('an announced length is a claim that costs nothing', () => {
    const header = Uint8Array.of(0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1);
    expect(read([received(0, header)]).packets.map((packet) => summary(packet))).toEqual(['received 9 octets']);
  });
});

describe('HPACK', () => {
  const encoder = new HpackEncoder();
  const block = encoder.encode([{ name: ':status', value: '200' }]);
  const beyondTables = encodeIndexed(70);
  const blocksOf = (view: ConnectionView): unknown => view.received.map((packet) => packet.block);

  test('after a fault nothing later means anything, and only the block at fault has one', () => {
    const broken = joinOctets([block, beyondTables]);
    const view = read([received(0, frames(headers(1, broken), headers(3, block, { endStream: true })))]);
    expect(blocksOf(view)).toMatchObject([
      { fields: [{ name: ':status' }], fault: { rule: 'index-range', offset: 1 } },
      { fields: [], endStream: true, length: 1 },
    ]);
    expect(view.received[1]?.block).not.toHaveProperty('fault');
  });

  test('after a fault that leaves the table right, later blocks are read', () => {
    const events = [
      sent(0, connectionPreface, frames(settings([{ id: settingIds.HEADER_TABLE_SIZE, value: 0 }]))),
      received(1, frames(settingsAck(), headers(1, block), headers(3, block))),
    ];
    expect(blocksOf(read(events))).toMatchObject([
      undefined,
      { fault: { rule: 'size-update-missing' }, fields: [{ value: '200' }] },
      { fields: [{ value: '200' }] },
    ]);
  });

  test('a fault in what we sent says nothing about what we received', () => {
    const view = read([
      sent(0, connectionPreface, frames(headers(1, beyondTables))),
      received(1, frames(headers(1, block))),
    ]);
    expect(view.sent[0]?.block).toMatchObject({ fault: { rule: 'index-range' } });
    expect(blocksOf(view)).toMatchObject([{ fields: [{ name: ':status' }] }]);
  });
});

describe('HEADER_TABLE_SIZE binds from the ACK on', () => {
  const smaller = settings([{ id: settingIds.HEADER_TABLE_SIZE, value: 100 }]);
  const larger = settings([{ id: settingIds.HEADER_TABLE_SIZE, value: 8192 }]);
  const other = settings([{ id: settingIds.ENABLE_PUSH, value: 0 }]);
  const update = (size: number): RawFrame => headers(1, encodeSizeUpdate(size));
  const blank = (): RawFrame => headers(1, new Uint8Array(0));

  test.each<[string, readonly RawFrame[], readonly RawFrame[], string | undefined]>([
    ['a smaller limit, not acknowledged', [smaller], [blank()], undefined],
    ['a smaller limit, acknowledged', [smaller], [settingsAck(), blank()], 'size-update-missing'],
    ['a smaller limit, honoured', [smaller], [settingsAck(), update(100)], undefined],
    ['a larger limit, used before the ACK', [larger], [update(8192)], 'size-update-too-large'],
    ['a larger limit, used after the ACK', [larger], [settingsAck(), update(8192)], undefined],
    ['the ACK of another frame sent before', [other, larger], [settingsAck(), update(8192)], 'size-update-too-large'],
    ['both acknowledged', [other, larger], [settingsAck(), settingsAck(), update(8192)], undefined],
    [
      'lowered and raised, both acknowledged',
      [smaller, larger],
      [settingsAck(), settingsAck(), update(100)],
      undefined,
    ],
    ['more ACKs than SETTINGS', [other], [settingsAck(), settingsAck(), blank()], undefined],
  ])('%s', (_, ours, theirs, fault) => {
    const view = read([sent(0, connectionPreface, frames(...ours)), received(1, frames(...theirs))]);
    expect(view.received.at(-1)?.block?.fault?.rule).toBe(fault);
  });

  test('the same for what we send', () => {
    const view = read([received(0, frames(larger)), sent(1, connectionPreface, frames(update(8192)))]);
    expect(view.sent[0]?.block?.fault?.rule).toBe('size-update-too-large');
    const acknowledged = read([
      received(0, frames(larger)),
      sent(1, connectionPreface, frames(settingsAck(), update(8192))),
    ]);
    expect(acknowledged.sent[1]?.block).toMatchObject({ sizeUpdates: [8192] });
  });
});

test('what happened to the connection', () => {
  const tls = { alpn: 'h2', version: 'TLSv1.3', cipher: 'any' };
  const closed = { kind: 'closed', at: 4, by: 'target', how: 'reset' } as const;
  expect(
    read([
      { kind: 'connected', at: 1, tls },
      { kind: 'overflow', at: 3, limit: 7 },
      closed,
      { kind: 'skipped', at: 5, step: 6 },
    ]),
  ).toMatchObject({
    name: 'main',
    connected: true,
    tls,
    overflowed: true,
    closed: { at: 4, by: 'target', how: 'reset' },
  });
  const failed = read([{ kind: 'connect-failed', at: 1, reason: 'nobody listens', errorName: 'ECONNREFUSED' }]);
  expect(failed).toMatchObject({ connected: false, connectFailure: 'nobody listens', overflowed: false });
  expect(failed).not.toHaveProperty('closed');
});
