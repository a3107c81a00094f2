import { FrameDecoder } from '../wire/decode-frames';
import { connectionPreface } from '../wire/preface';
import { checkGenerator } from './check-generator';
import { octetRanges, roughOctetsOf, strayOctets, strayOctetsOf, type StrayOctets } from './stray-octets';

const request = Uint8Array.of(0x82);
const preface = Buffer.from(connectionPreface).toString('latin1');
const textOf = (stray: StrayOctets): string => Buffer.from(strayOctetsOf(stray, request)).toString('latin1');

checkGenerator('strayOctets', strayOctets(), {
  isCorrect: (stray) => stray.form === 'at once' || textOf(stray).startsWith(preface),
  reaches: {
    'nothing at all': (stray) => stray.form === 'at once' && stray.octets.length === 0,
    'half a frame header': (stray) => stray.form === 'after the preface' && stray.octets.length === 8,
    'a frame of each type of RFC 9113': (stray) =>
      stray.form === 'frames' && stray.frames.some(({ type }) => type === 9),
    'a frame on a stream that is open': (stray) =>
      stray.form === 'frames' && stray.opens && stray.frames.some(({ stream }) => stream === 1),
    'several field blocks': (stray) => stray.form === 'field blocks' && stray.blocks.length > 1,
  },
  shrinks: [
    {
      fault: (stray) => stray.form === 'frames' && stray.frames.some(({ type }) => type === 3),
      to: {
        form: 'frames',
        opens: false,
        frames: [{ type: 3, flags: 0, stream: 0, payload: { length: 0, seed: 0, range: 'any' } }],
      } as const,
    },
  ],
});

test('frames have a true length, and a request comes first where one is to be open', () => {
  const payload = { length: 5, seed: 1, range: 'small' } as const;
  const octets = strayOctetsOf(
    { form: 'frames', opens: true, frames: [{ type: 0xfe, flags: 3, stream: 7, payload }] },
    request,
  );
  const frames = [...new FrameDecoder().push(octets.subarray(connectionPreface.length))];
  expect(
    frames.map(
      ({
        raw: {
          type,
          streamId,
          payload: { length },
        },
      }) => [type, streamId, length],
    ),
  ).toEqual([
    [4, 0, 0],
    [1, 1, 1],
    [0, 1, 1],
    [0xfe, 7, 5],
  ]);
});

test('field blocks are requests on streams of their own', () => {
  const block = { length: 3, seed: 9, range: 'indexed' } as const;
  const octets = strayOctetsOf({ form: 'field blocks', blocks: [block, block] }, request);
  const frames = [...new FrameDecoder().push(octets.subarray(connectionPreface.length))];
  expect(frames.map(({ raw: { type, streamId } }) => [type, streamId])).toEqual([
    [4, 0],
    [1, 1],
    [1, 3],
  ]);
});

test.each([
  ['small', (octet: number) => octet < 16],
  ['letters', (octet: number) => octet >= 0x40 && octet < 0x80],
  ['indexed', (octet: number) => octet > 0x80 && octet <= 0x80 + 61],
] as const)('octets among the %s ones', (range, isWithin) => {
  const octets = [...roughOctetsOf({ length: 1000, seed: 5, range })];
  expect(octets.filter((octet) => !isWithin(octet))).toEqual([]);
  expect(new Set(octets).size).toBeGreaterThan(10);
  expect(octets.every((octet) => octet === octetRanges[range](octet) || range === 'indexed')).toBe(true);
});
