import { readConnection } from '../transcript/read-connection';
import { data } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import { partsInFrame, readBodies } from './stream-bodies';

const message = (...octets: readonly number[]): readonly number[] => [0, 0, 0, 0, octets.length, ...octets];
const bodyOf = (...pieces: readonly (readonly number[])[]) =>
  readBodies(
    readConnection({
      name: 'main',
      events: [
        {
          kind: 'received',
          at: 0,
          octets: encodeFrames(pieces.map((piece) => data(1, Uint8Array.from(piece), { padLength: 3 }))),
        },
      ],
    }),
  );

describe('messages in the DATA of a stream', () => {
  const three = [...message(7, 8), ...message(), ...message(9)];

  test('boundaries of messages are found wherever those of frames are', () => {
    const [whole] = bodyOf(three);
    const cut = three.map((octet) => [octet]);
    const [single] = bodyOf(...cut);
    expect(whole?.messages.map(({ from, to, announced }) => [from, to, announced])).toEqual([
      [0, 7, 2],
      [7, 12, 0],
      [12, 18, 1],
    ]);
    expect(single?.messages).toEqual(whole?.messages);
    expect(single?.frames).toHaveLength(18);
  });

  test('an unfinished message says what it announced, once that is known', () => {
    expect(bodyOf([0, 0, 0])[0]?.messages).toEqual([{ number: 1, from: 0, to: 3 }]);
    expect(bodyOf([...message(1), 0, 0, 0, 1, 0, 5])[0]?.messages[1]).toEqual({
      number: 2,
      from: 6,
      to: 12,
      announced: 256,
    });
  });

  test('a frame holds parts of messages: prefixes and contents, each where it stands', () => {
    const body = bodyOf(three.slice(0, 3), three.slice(3, 8), three.slice(8))[0]!;
    const parts = body.frames.map((frame) =>
      partsInFrame(body, frame).map(({ message: { number }, part, from, to }) => [number, part, from, to]),
    );
    expect(parts).toEqual([
      [[1, 'prefix', 0, 3]],
      [
        [1, 'prefix', 3, 5],
        [1, 'content', 5, 7],
        [2, 'prefix', 7, 8],
      ],
      [
        [2, 'prefix', 8, 12],
        [3, 'prefix', 12, 17],
        [3, 'content', 17, 18],
      ],
    ]);
  });

  test('streams and directions are told apart, and no DATA is no body', () => {
    const view = readConnection({
      name: 'main',
      events: [
        {
          kind: 'received',
          at: 0,
          octets: encodeFrames([data(1, Uint8Array.of(1)), data(3, Uint8Array.of(2)), data(1, Uint8Array.of(3))]),
        },
      ],
    });
    expect(
      readBodies(view).map(({ stream, frames }) => [stream, frames.map(({ packet, at }) => [packet, at])]),
    ).toEqual([
      [
        1,
        [
          [0, 0],
          [2, 1],
        ],
      ],
      [3, [[1, 0]]],
    ]);
    expect(bodyOf()).toEqual([]);
  });
});
