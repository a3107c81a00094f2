import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall } from '../grpc/test-service';
import { ping, windowUpdate } from '../wire/builders';
import type { FrameStep, Step } from '../connection/script';
import { describeScript } from './describe-script';

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);
const main = { on: 'main' } as const;
const frame = (
  type: number,
  payload: Uint8Array,
  more: { length?: number; reserved?: boolean; flags?: number } = {},
): FrameStep => ({
  do: 'frame',
  ...main,
  frame: { type, flags: 0, streamId: 3, reserved: false, payload, ...more },
});

describe('a script in words', () => {
  const rows: readonly (readonly [step: Step, want: string])[] = [
    [{ do: 'open', ...main }, 'open main'],
    [{ do: 'open', ...main, settings: [{ id: 2, value: 0 }] }, 'open main; settings ENABLE_PUSH=0'],
    [{ do: 'open', ...main, settings: [] }, 'open main; empty settings'],
    [
      { do: 'open', ...main, insteadOfPreface: octets(0x47, 0x1b, 0x0a), awaitSettings: false },
      'open main; 3 octets in place of the preface: "G\\x1b\\x0a"; without waiting for the settings of the target',
    ],
    [
      { do: 'open', ...main, housekeeping: { ackPings: false, replenishStreams: false }, alpn: [], segments: [1, 2] },
      'open main; PING is not acknowledged; no automatic credit for streams; no ALPN; TCP writes of 1 and 2 octets',
    ],
    [
      { do: 'headers', ...main, stream: 1, fields: [{ name: 'te', value: 'trailers' }], endStream: true },
      'HEADERS on stream 1: 1 field, END_STREAM',
    ],
    [
      {
        do: 'headers',
        ...main,
        stream: 1,
        fields: [],
        endStream: false,
        cuts: [1, 4],
        sizeUpdates: [0],
        padLength: 9,
        endHeaders: false,
        priority: { exclusive: true, dependency: 5, weight: 16 },
      },
      'HEADERS on stream 1: 0 fields, cut into 3 frames at 1 and 4, table size update 0, pad length 9, depends on stream 5 exclusively, weight 16, without END_HEADERS',
    ],
    [
      { do: 'data', ...main, stream: 1, octets: octets(1, 2, 3, 4, 5), endStream: false, cuts: [1, 4] },
      'DATA on stream 1: 5 octets in 3 frames, cut at 1 and 4',
    ],
    [
      {
        do: 'data',
        ...main,
        stream: 1,
        octets: octets(1),
        endStream: true,
        endStreamOnEmptyFrame: true,
        padLengths: [-1, 3],
        padOctet: 7,
      },
      'DATA on stream 1: 1 octet in 2 frames, pad lengths none and 3, padding octets of 7, END_STREAM on an empty frame',
    ],
    [
      { do: 'data', ...main, stream: 1, octets: octets(1, 2), endStream: false, unsentAfter: 0 },
      'DATA on stream 1: 2 octets, as far as the windows allow',
    ],
    [
      { do: 'data', ...main, stream: 1, octets: octets(1), endStream: false, unsentAfter: 500 },
      'DATA on stream 1: 1 octet, as far as credit comes within 500 ms',
    ],
    [
      {
        do: 'data',
        ...main,
        stream: 1,
        octets: octets(1),
        endStream: false,
        strayBits: { flags: 0xff, reserved: true },
      },
      'DATA on stream 1: 1 octet, undefined flags among 0xff, the reserved bit set',
    ],
    [frame(8, octets(0, 0, 0, 5)), 'WINDOW_UPDATE on stream 3: +5'],
    [{ ...frame(3, octets(0, 0, 0, 8)), unlessEnded: true }, 'RST_STREAM on stream 3: CANCEL, unless it has ended'],
    [frame(8, octets(0, 0, 0, 5), { length: 77 }), 'WINDOW_UPDATE on stream 3: +5, length field 77'],
    [frame(0xbe, octets(1, 2)), 'a frame of type 0xbe on stream 3: 2 octets'],
    [{ do: 'bytes', ...main, octets: octets(0, 255) }, '2 octets as they stand: "\\x00\\xff"'],
    [{ do: 'settings', ...main, settings: [] }, 'SETTINGS without parameters'],
    [{ do: 'settings', ...main, settings: [{ id: 0x99, value: 7 }] }, 'SETTINGS 0x99=7'],
    [{ do: 'grant', ...main, stream: 0, octets: 1 }, 'grant 1 octet of credit to the connection'],
    [{ do: 'grant', ...main, stream: 3, octets: 10 }, 'grant 10 octets of credit to stream 3'],
    [{ do: 'fence', ...main, by: 'settings' }, 'fence: empty SETTINGS, and wait for its ACK'],
    [
      { do: 'await', ...main, until: { see: 'end', stream: 1 }, within: 'reply' },
      'wait for the end of stream 1 (5 s at most)',
    ],
    [{ do: 'acknowledge', ...main }, 'acknowledge the PINGs of the target on main'],
    [{ do: 'acknowledge', ...main, once: true }, 'acknowledge the PINGs of the target on main so far'],
    [
      { do: 'await', ...main, until: { see: 'closed' }, within: 1500, optional: true },
      'wait for the connection to be closed (1.5 s at most, then go on)',
    ],
    [
      { do: 'await', ...main, until: { see: 'quiet' }, within: 'quiet' },
      'let 400 ms pass and see whether anything comes',
    ],
    [
      { do: 'await', ...main, until: { see: 'ping-ack', opaque: octets(0, 65) }, within: 10 },
      'wait for the ACK of PING 00 41 (10 ms at most)',
    ],
    [
      {
        do: 'flood',
        ...main,
        frames: [ping(octets(...Array.from({ length: 8 }, () => 65)))],
        times: 3000,
        within: 'reply',
      },
      '3000 times, meanwhile going on: PING on stream 0: AAAAAAAA (8 octets) (5 s at most)',
    ],
    [
      {
        do: 'flood',
        ...main,
        frames: Array.from({ length: 5 }, () => windowUpdate(1, 1)),
        times: 2,
        streamStep: 2,
        within: 900,
      },
      `2 times, meanwhile going on: ${Array.from({ length: 4 }, () => 'WINDOW_UPDATE on stream 1: +1 (4 octets)').join('; ')}; 1 more, each time on stream ids that are higher by 2 (900 ms at most)`,
    ],
    [{ do: 'reading', ...main, reads: false }, 'stop reading'],
    [{ do: 'reading', ...main, reads: true }, 'read on'],
    [
      { do: 'watch', what: 'rss', from: 'before', label: 'after', growth: 9, within: 2000, returns: true },
      'watch the resident memory of the target until it has grown by no more than 9 octets since before (2.0 s at most): after',
    ],
    [{ do: 'close', ...main, how: 'reset' }, 'close main with a TCP reset'],
    [{ do: 'control', action: 'graceful-stop' }, 'ask the target to stop gracefully'],
    [
      { do: 'watch', what: 'rss', from: 'before', label: 'after', growth: 9, within: 2000 },
      'watch the resident memory of the target until it stands still or has grown by more than 9 octets since before (2.0 s at most): after',
    ],
    [{ do: 'sample', what: 'rss', label: 'be\u001bfore' }, 'read the resident memory of the target: be\\x1bfore'],
    [
      { do: 'sample', what: 'descriptors', label: 'before' },
      'read the number of open descriptors of the target: before',
    ],
    [
      { do: 'watch', what: 'descriptors', from: 'before', label: 'after', growth: 9, within: 2000, returns: true },
      'watch the number of open descriptors of the target until it has grown by no more than 9 descriptors since before (2.0 s at most): after',
    ],
    [{ do: 'pause', milliseconds: 1200 }, 'let 1.2 s pass'],
  ];
  test.each(rows)('%j', (step, want) => expect(describeScript({ steps: [step] })).toEqual([want]));

  test('connections are named where there are several', () => {
    const lines = describeScript({
      steps: [
        { do: 'open', on: 'main' },
        { do: 'open', on: 'other' },
        { do: 'fence', on: 'other', by: 'ping' },
        { do: 'close', on: 'main', how: 'fin' },
      ],
    });
    expect(lines).toEqual([
      'open main',
      'open other',
      'other: fence: PING, and wait for its ACK',
      'close main with FIN',
    ]);
  });

  test('long lists are cut', () => {
    const cuts = Array.from({ length: 100 }, (_, index) => index);
    const [line] = describeScript({
      steps: [{ do: 'data', ...main, stream: 1, octets: new Uint8Array(500), endStream: false, cuts }],
    });
    expect(line).toBe('DATA on stream 1: 500 octets in 101 frames, cut at 0, 1, 2, 3, 4, 5, 6, 7 and 92 more');
  });
});

test('the call that only asks whether the connection still serves is marked', () => {
  const script = new PlanBuilder({ authority: '127.0.0.1:1', scheme: 'http', metadata: [] });
  script.call(emptyCall());
  script.call(emptyCall(), { role: 'afterwards' });
  expect(describeScript(script.build())).toEqual([
    'open main',
    'HEADERS on stream 1: 6 fields',
    'DATA on stream 1: 5 octets, END_STREAM',
    'wait for the end of stream 1 (5 s at most)',
    'afterwards: HEADERS on stream 3: 6 fields',
    'afterwards: DATA on stream 3: 5 octets, END_STREAM',
    'afterwards: wait for the end of stream 3 (5 s at most)',
  ]);
});
