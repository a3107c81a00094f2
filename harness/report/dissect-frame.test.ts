import { interpretFrame, type RawFrame } from '../wire/frame';
import {
  data,
  goaway,
  headers,
  ping,
  priority,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from '../wire/builders';
import { dissectFrame } from './dissect-frame';

const octets = (length: number): Uint8Array => new Uint8Array(length).fill(0x41);
const names = (frame: RawFrame): readonly string[] =>
  dissectFrame(interpretFrame(frame))
    .slice(4)
    .map(({ name, value }) => `${name}: ${value}`);

describe('the parts of a frame', () => {
  const rows: readonly (readonly [why: string, frame: RawFrame, want: readonly string[]])[] = [
    ['DATA', data(1, octets(3)), ['Data: 3 octets: AAA']],
    ['padded DATA', data(1, octets(2), { padLength: 4 }), ['Pad length: 4', 'Data: 2 octets: AA', 'Padding: 4 octets']],
    [
      'HEADERS with everything',
      headers(1, octets(1), { padLength: 2, priority: { exclusive: true, dependency: 3, weight: 7 } }),
      [
        'Pad length: 2',
        'Dependency: stream 3, exclusive',
        'Weight: 7',
        'Field block fragment: 1 octet',
        'Padding: 2 octets',
      ],
    ],
    ['PRIORITY', priority(1, { exclusive: false, dependency: 0, weight: 16 }), ['Dependency: stream 0', 'Weight: 16']],
    ['RST_STREAM', rstStream(1, 8), ['Error code: CANCEL (0x8)']],
    ['SETTINGS', settings([{ id: 4, value: 9 }]), ['Setting 1: INITIAL_WINDOW_SIZE (0x4) = 9']],
    ['SETTINGS ACK has no parts but its header', settingsAck(), []],
    [
      'GOAWAY',
      goaway(5, 2, octets(1)),
      ['Last stream: 5', 'Error code: INTERNAL_ERROR (0x2)', 'Debug data: 1 octet: A'],
    ],
    ['PING', ping(octets(8)), ['Opaque data: 8 octets: AAAAAAAA']],
    ['WINDOW_UPDATE', windowUpdate(0, 5), ['Increment: 5']],
    [
      'an unknown type',
      { type: 0xee, flags: 0, streamId: 0, reserved: false, payload: octets(1) },
      ['Payload: 1 octet: A'],
    ],
    [
      'one that does not parse',
      { type: 6, flags: 0, streamId: 0, reserved: false, payload: octets(2) },
      ['Malformed: the payload has 2 octets, must be 8'],
    ],
  ];
  test.each(rows)('%s', (_why, frame, want) => expect(names(frame)).toEqual(want));

  test.each(rows)('%s: every octet belongs to one part', (_why, frame) => {
    const parts = dissectFrame(interpretFrame(frame)).filter(({ from, to }) => to > from);
    expect(parts.map(({ from }) => from)).toEqual([0, ...parts.slice(0, -1).map(({ to }) => to)]);
    expect(parts.at(-1)?.to).toBe(9 + frame.payload.length);
  });
});
