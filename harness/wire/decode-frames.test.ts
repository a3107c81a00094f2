import fc from 'fast-check';
import { rawFrame } from './builders';
import { FrameDecoder, type DecodedFrame } from './decode-frames';
import { encodeFrame, encodeFrames } from './encode-frame';
import { interpretFrame, type RawFrame } from './frame';
import { describeFrame } from './describe-frame';
import { joinOctets } from './join-octets';

const settings = { seed: 9113, numRuns: 300 };

const rawFrames: fc.Arbitrary<RawFrame> = fc
  .record({
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    streamId: fc.integer({ min: 0, max: 0x7fff_ffff }),
    reserved: fc.boolean(),
    length: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.integer({ min: 0, max: 20_000 })),
    fill: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ length, fill, ...frame }) => ({ ...frame, payload: new Uint8Array(length).map((_, at) => fill + at) }));

/** Pieces of the octets with the given lengths, taken in turn. */
function split(octets: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < octets.length; turn++) {
    const length = lengths[turn % lengths.length]!;
    pieces.push(octets.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

function decodeAll(pieces: readonly Uint8Array[], decoder = new FrameDecoder()): DecodedFrame[] {
  return pieces.flatMap((piece) => [...decoder.push(piece)]);
}

describe('FrameDecoder', () => {
  test('gives back what was encoded, however the octets are split', () => {
    fc.assert(
      fc.property(
        fc.array(rawFrames, { maxLength: 6 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 30_000 })), { minLength: 1 }),
        (frames, lengths) => {
          const decoded = decodeAll(split(encodeFrames(frames), lengths));
          expect(decoded.map(({ raw }) => raw)).toEqual(frames);
        },
      ),
      settings,
    );
  });

  test('says where each frame begins and ends', () => {
    const frames = [rawFrame({ type: 4 }), rawFrame({ type: 0, payload: new Uint8Array(5) }), rawFrame({ type: 6 })];
    const want = [
      { offset: 0, end: 9 },
      { offset: 9, end: 23 },
      { offset: 23, end: 32 },
    ];
    expect(decodeAll(split(encodeFrames(frames), [1])).map(({ offset, end }) => ({ offset, end }))).toEqual(want);
  });

  test('arbitrary octets in any split give the same frames, and nothing throws up to their description', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200, size: 'max' }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.constantFrom(undefined, 0, 100),
        (octets, lengths, maxPayload) => {
          const whole = new FrameDecoder({ maxPayload });
          const pieces = new FrameDecoder({ maxPayload });
          const frames = decodeAll([octets], whole);
          expect(decodeAll(split(octets, lengths), pieces)).toEqual(frames);
          expect(pieces.pending).toBe(whole.pending);
          const lines = frames.map(({ raw }) => describeFrame(interpretFrame(raw)));
          expect(lines.join('')).toMatch(/^[ -~]*$/);
        },
      ),
      { seed: 9113, numRuns: 1000 },
    );
  });

  test.each([
    ['nothing yet', '', 0],
    ['inside the header', '00000500', 4],
    ['after the header', '000005000000000001', 9],
    ['inside the payload', '0000050000000000010203', 11],
    ['between two frames', '0000010000000000010203'.slice(0, 20), 0],
  ])('counts the octets of an unfinished frame: %s', (_where, hex, want) => {
    const decoder = new FrameDecoder();
    decodeAll(split(Uint8Array.from(Buffer.from(hex, 'hex')), [2]), decoder);
    expect(decoder.pending).toBe(want);
  });

  test('reports a frame above the limit at once, skips its octets and goes on', () => {
    const large = rawFrame({ type: 0, streamId: 1, payload: new Uint8Array(11).fill(7) });
    const next = rawFrame({ type: 6, payload: new Uint8Array(8) });
    const decoder = new FrameDecoder({ maxPayload: 10 });
    const octets = encodeFrames([large, next]);

    const atHeader = decoder.push(octets.subarray(0, 9));
    expect(atHeader).toEqual([{ raw: { ...large, payload: new Uint8Array(0), length: 11 }, offset: 0, end: 20 }]);
    expect(decoder.pending).toBe(9);
    expect(decoder.push(octets.subarray(9, 15))).toEqual([]);
    expect(decoder.pending).toBe(15);
    expect(decoder.push(octets.subarray(15))).toEqual([{ raw: next, offset: 20, end: 37 }]);
    expect(decoder.pending).toBe(0);
  });

  test('takes a payload of exactly the limit, and the largest that the length field can say', () => {
    const atLimit = rawFrame({ type: 0, payload: new Uint8Array(10) });
    expect(decodeAll([encodeFrame(atLimit)], new FrameDecoder({ maxPayload: 10 }))[0]?.raw).toEqual(atLimit);
    const largest = rawFrame({ type: 0, payload: new Uint8Array(0xff_ffff) });
    const [decoded] = decodeAll(split(encodeFrame(largest), [65_536]));
    expect(decoded?.raw.payload.length).toBe(0xff_ffff);
  });

  test('keeps payloads apart from octets that come later', () => {
    const frames = [
      rawFrame({ type: 0, payload: Uint8Array.of(1, 2) }),
      rawFrame({ type: 0, payload: Uint8Array.of(3, 4) }),
    ];
    const decoded = decodeAll(split(encodeFrames(frames), [3]));
    expect(joinOctets(decoded.map(({ raw }) => raw.payload))).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  test('hands out plain octets when it is fed Buffers', () => {
    const [decoded] = decodeAll([Buffer.from(encodeFrame(rawFrame({ type: 0, payload: Uint8Array.of(1) })))]);
    expect(Buffer.isBuffer(decoded?.raw.payload)).toBe(false);
    expect(decoded?.raw.payload).toEqual(Uint8Array.of(1));
  });
});
