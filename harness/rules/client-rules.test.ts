import { readConnection } from '../transcript/read-connection';
import type { HeadersStep, OpenStep, Step } from '../connection/script';
import type { TranscriptEvent } from '../transcript/transcript';
import type { CallPlan, Plan } from '../grpc/call-plan';
import {
  continuation,
  data,
  goaway,
  headers,
  ping,
  priority,
  rawFrame,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import { settingIds, type SettingName } from '../wire/settings';
import { judgeClient } from './client-rules';

const main = { on: 'main' } as const;
const open: OpenStep = { do: 'open', ...main };
const request: HeadersStep = { do: 'headers', ...main, stream: 1, fields: [], endStream: false };

/** Steps by what tests call them. */
const stepIndex = { open: 0, said: 1, 'as it stands': 2, 'on purpose': 3, 'left open': 4, 'of no call': 5 } as const;
const steps: readonly Step[] = [
  open,
  request,
  { do: 'frame', ...main, frame: ping(new Uint8Array(8)) },
  { ...request, exceeds: ['streams', 'headerList'] },
  { ...request, endHeaders: false },
  { ...request, stream: 4 },
];

interface Said {
  readonly from: 'us' | 'the target';
  readonly frame: RawFrame;
  readonly by?: keyof typeof stepIndex;
}

const we = (frame: RawFrame, by: keyof typeof stepIndex = 'said'): Said => ({ from: 'us', frame, by });
const target = (frame: RawFrame): Said => ({ from: 'the target', frame });
const announce = (name: SettingName, value: number): Said => target(settings([{ id: settingIds[name], value }]));
const ack = we(settingsAck());

/** A block of a name and a value of so many octets; sent without the dynamic table, so that their order does not matter. */
const block = (length = 1, sizeUpdates: readonly number[] = []): Uint8Array =>
  new HpackEncoder().encode([{ name: 'a', value: 'b'.repeat(length), representation: 'without-indexing' }], {
    sizeUpdates,
  });
const begin = (stream: number, by?: keyof typeof stepIndex, length?: number): Said =>
  we(headers(stream, block(length)), by);
const octets = (stream: number, count: number, endStream = false): Said =>
  we(data(stream, new Uint8Array(count), { endStream }));
const answer = (stream: number): Said => target(headers(stream, block(), { endStream: true }));

const call: CallPlan = { connection: 'main', stream: 1, kind: 'unary', path: '/a', legal: true, role: 'subject' };

/** What is wrong about a connection on which this was said after our SETTINGS. */
function judge(
  said: readonly Said[],
  { plan = {}, greeting = settings([]) }: { readonly plan?: Partial<Plan>; readonly greeting?: RawFrame } = {},
) {
  const events: TranscriptEvent[] = [
    { kind: 'connected', at: 0 },
    { kind: 'sent', at: 1, octets: connectionPreface, by: stepIndex.open },
    { kind: 'sent', at: 1, octets: encodeFrame(greeting), by: stepIndex.open },
    ...said.map(({ from, frame, by = 'said' }): TranscriptEvent =>
      from === 'us'
        ? { kind: 'sent', at: 2, octets: encodeFrame(frame), by: stepIndex[by] }
        : { kind: 'received', at: 2, octets: encodeFrame(frame) },
    ),
  ];
  const view = readConnection({ name: 'main', events });
  return judgeClient(view, { steps, calls: [call], ...plan }).map(({ source, observed }) => `${source}: ${observed}`);
}

test.each<[string, readonly Said[]]>([
  ['a plain call', [begin(1), octets(1, 5, true), answer(1)]],
  [
    'both windows used to the last octet',
    [begin(1), ...Array.from({ length: 4 }, () => octets(1, 16_383)), octets(1, 3)],
  ],
  ['an empty frame when no credit is left', [announce('INITIAL_WINDOW_SIZE', 0), ack, begin(1), octets(1, 0, true)]],
  ['credit that came', [announce('INITIAL_WINDOW_SIZE', 0), ack, begin(1), target(windowUpdate(1, 5)), octets(1, 5)]],
  ['the old window before our ACK of a smaller one', [begin(1), announce('INITIAL_WINDOW_SIZE', 0), octets(1, 5), ack]],
  [
    'the new window before our ACK of a larger one',
    [announce('MAX_FRAME_SIZE', 20_000), begin(1), octets(1, 20_000), ack],
  ],
  [
    'as many streams as allowed',
    [announce('MAX_CONCURRENT_STREAMS', 1), ack, begin(1), octets(1, 5, true), answer(1), begin(3)],
  ],
  ['a stream after our reset', [announce('MAX_CONCURRENT_STREAMS', 1), ack, begin(1), we(rstStream(1, 8)), begin(3)]],
  [
    'streams above the limit on purpose',
    [announce('MAX_CONCURRENT_STREAMS', 1), ack, begin(1), begin(3, 'on purpose')],
  ],
  ['a list of just the limit', [announce('MAX_HEADER_LIST_SIZE', 40), ack, begin(1, 'said', 7)]],
  ['a list above the limit on purpose', [announce('MAX_HEADER_LIST_SIZE', 40), ack, begin(1, 'on purpose', 8)]],
  [
    'frames of types that nobody knows',
    [we(rawFrame({ type: 0xfa, streamId: 7, payload: new Uint8Array(3) }), 'as it stands')],
  ],
  [
    'PING and PRIORITY as they stand',
    [
      we(ping(new Uint8Array(8)), 'as it stands'),
      we(priority(3, { exclusive: false, dependency: 0, weight: 1 }), 'as it stands'),
    ],
  ],
  [
    'a table size update that the target asked for',
    [announce('HEADER_TABLE_SIZE', 0), ack, we(headers(1, block(1, [0])))],
  ],
])('nothing is wrong about %s', (_, said) => {
  expect(judge(said)).toEqual([]);
});

test.each<[string, readonly Said[], string]>([
  [
    'the connection window',
    [
      begin(1),
      ...Array.from({ length: 5 }, (_, index) => [begin(3 + 2 * index), octets(3 + 2 * index, 16_000)]).flat(),
    ],
    'RFC 9113 §6.9.1: DATA 14465 octets above the connection window',
  ],
  [
    'the window of a stream',
    [announce('INITIAL_WINDOW_SIZE', 10), ack, begin(1), octets(1, 11)],
    'RFC 9113 §6.9.1: DATA 1 octets above the window of stream 1',
  ],
  [
    'a window that became smaller',
    [begin(1), octets(1, 100), announce('INITIAL_WINDOW_SIZE', 10), ack, octets(1, 1)],
    'RFC 9113 §6.9.1: DATA 91 octets above the window of stream 1',
  ],
  [
    'padding, which counts',
    [announce('INITIAL_WINDOW_SIZE', 10), ack, begin(1), we(data(1, new Uint8Array(5), { padLength: 5 }))],
    'RFC 9113 §6.9.1: DATA 1 octets above the window of stream 1',
  ],
  ['frame sizes', [begin(1), octets(1, 16_385)], 'RFC 9113 §4.2: DATA of 16385 octets, above SETTINGS_MAX_FRAME_SIZE'],
  [
    'streams at once',
    [announce('MAX_CONCURRENT_STREAMS', 1), ack, begin(1), begin(3)],
    'RFC 9113 §5.1.2: stream 3 opened beside 1 others, above SETTINGS_MAX_CONCURRENT_STREAMS',
  ],
  [
    'streams that the target alone has ended',
    [announce('MAX_CONCURRENT_STREAMS', 1), ack, begin(1), answer(1), begin(3)],
    'RFC 9113 §5.1.2: stream 3 opened beside 1 others, above SETTINGS_MAX_CONCURRENT_STREAMS',
  ],
  [
    'the list size',
    [announce('MAX_HEADER_LIST_SIZE', 40), ack, begin(1, 'said', 8)],
    'RFC 9113 §6.5.2: a field section of 41 octets, above SETTINGS_MAX_HEADER_LIST_SIZE',
  ],
  ['odd stream ids', [begin(2)], 'RFC 9113 §5.1.1: a request on stream 2'],
  ['increasing stream ids', [begin(5), begin(3)], 'RFC 9113 §5.1.1: stream 3 opened after 5'],
  ['no stream after GOAWAY', [target(goaway(0, 0)), begin(1)], 'RFC 9113 §6.8: stream 1 opened after GOAWAY'],
  [
    'HPACK: a table size update that is due',
    [announce('HEADER_TABLE_SIZE', 0), ack, we(headers(1, block()))],
    'RFC 7541: a field block that does not decode: ',
  ],
  [
    'HPACK: a table size update that is too large',
    [we(headers(1, block(1, [5000])))],
    'RFC 7541: a field block that does not decode: ',
  ],
  [
    'the half-close on HEADERS',
    [we(headers(1, block(), { endStream: true }))],
    'PROTOCOL-HTTP2 Requests: END_STREAM on HEADERS of stream 1, not on DATA',
  ],
  [
    'request trailers',
    [begin(1), we(headers(1, block(), { endStream: true }))],
    'PROTOCOL-HTTP2 Requests: a second field block on stream 1',
  ],
  [
    'DATA after END_STREAM',
    [begin(1), octets(1, 5, true), octets(1, 5)],
    'RFC 9113 §5.1: DATA on stream 1 after END_STREAM',
  ],
  [
    'DATA after a reset',
    [begin(1), target(rstStream(1, 8)), octets(1, 5)],
    'RFC 9113 §5.1: DATA on stream 1 after its end',
  ],
  ['DATA on an idle stream', [octets(1, 5)], 'RFC 9113 §6.1: DATA on stream 1, which is idle'],
  ['DATA without a stream', [octets(0, 5)], 'RFC 9113 §6: DATA on stream 0'],
  ['RST_STREAM on an idle stream', [we(rstStream(1, 8))], 'RFC 9113 §6.4: RST_STREAM on an idle stream'],
  [
    'WINDOW_UPDATE on an idle stream',
    [we(windowUpdate(1, 8))],
    'RFC 9113 §5.1: WINDOW_UPDATE on stream 1, which is idle',
  ],
  ['WINDOW_UPDATE of nothing', [we(windowUpdate(0, 0))], 'RFC 9113 §6.9: WINDOW_UPDATE with increment 0'],
  [
    'a window without end',
    [we(windowUpdate(0, 2 ** 31 - 1))],
    'RFC 9113 §6.9.1: a window of 2147549182 octets for the target',
  ],
  [
    'settings',
    [we(settings([{ id: settingIds.MAX_FRAME_SIZE, value: 1 }]))],
    'RFC 9113 §6.5.2: SETTINGS_MAX_FRAME_SIZE 1',
  ],
  [
    'a field block that is not interrupted',
    [we(headers(1, block(), { endHeaders: false })), we(ping(new Uint8Array(8)))],
    'RFC 9113 §4.3: PING inside the field block of stream 1',
  ],
  ['CONTINUATION alone', [begin(1), we(continuation(1, block()))], 'RFC 9113 §6.10: CONTINUATION without HEADERS'],
  ['a malformed frame', [we(rawFrame({ type: 6, payload: new Uint8Array(3) }))], 'RFC 9113 §6: a malformed PING: '],
])('breaks the rule about %s', (_, said, want) => {
  expect(judge(said)[0]?.slice(0, want.length)).toBe(want);
});

test('SETTINGS come first', () => {
  expect(judge([], { greeting: ping(new Uint8Array(8)) })).toEqual(['RFC 9113 §3.4: PING before our SETTINGS']);
});

describe('what is not legal on purpose is no fault', () => {
  const wrong = octets(1, 5);

  test.each<[string, readonly Said[], Partial<Plan>]>([
    ['a call that is not legal', [wrong], { calls: [{ ...call, legal: false }] }],
    ['octets as they stand', [wrong], { steps: [...steps, { do: 'bytes', ...main, octets: new Uint8Array(1) }] }],
    ['another preface', [wrong], { steps: [{ ...open, insteadOfPreface: new Uint8Array(1) }, ...steps.slice(1)] }],
    ['a frame as it stands, and what follows', [we(rstStream(5, 8), 'as it stands'), wrong], {}],
    [
      'a field block that is left open, and what follows',
      [we(headers(1, block(), { endHeaders: false }), 'left open'), wrong],
      {},
    ],
    ['a field block on a stream of no call, and what follows', [begin(4, 'of no call'), wrong], {}],
  ])('%s', (_, said, plan) => {
    expect(judge(said, { plan })).toEqual([]);
  });

  test.each<[string, readonly Said[], Partial<Plan>]>([
    ['a call of another connection', [wrong], { calls: [call, { ...call, connection: 'other', legal: false }] }],
    ['a frame as it stands that is legal', [we(ping(new Uint8Array(8)), 'as it stands'), wrong], {}],
    ['what came before a frame that is not', [wrong, we(rstStream(5, 8), 'as it stands')], {}],
  ])('but not %s', (_, said, plan) => {
    expect(judge(said, { plan })).toEqual(['RFC 9113 §6.1: DATA on stream 1, which is idle']);
  });
});
