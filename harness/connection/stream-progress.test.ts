import type { FieldBlock } from '../transcript/connection-view';
import { StreamProgress } from './stream-progress';

const block = (status: string | undefined, endStream = false): FieldBlock => ({
  fields:
    status === undefined
      ? []
      : [
          {
            name: ':status',
            value: status,
            representation: 'indexed',
            index: 8,
            nameHuffman: false,
            valueHuffman: false,
          },
        ],
  sizeUpdates: [],
  endStream,
  length: 1,
  opened: 0,
});

test.each<[string, string | undefined, boolean]>([
  ['an answer', '200', true],
  ['an HTTP answer', '503', true],
  ['interim', '100', false],
  ['interim', '103', false],
  ['no number of three digits', '1000', true],
  ['nothing that a target leaves out may make us wait for more', undefined, true],
])('%s: a block with :status %s is Response-Headers: %s', (_, status, isHeaders) => {
  const progress = new StreamProgress();
  progress.addBlock(block(status));
  expect(progress).toMatchObject({ headers: isHeaders, ended: false });
});

test('a promise is no part of the answer', () => {
  const progress = new StreamProgress();
  progress.addBlock({ ...block(undefined), promised: 2 });
  expect(progress.headers).toBe(false);
});

test('END_STREAM on a block ends the stream, on an interim one too', () => {
  const progress = new StreamProgress();
  progress.addBlock(block('100', true));
  expect(progress).toMatchObject({ headers: false, ended: true, endedBy: 'end-stream' });
});

/** Two messages, of 3 and of no octets, and the first 6 octets of one of 258. */
const octets = Uint8Array.from([0, 0, 0, 0, 3, 7, 7, 7, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 9]);

test.each([1, 2, 3, 5, 6, 8, 13, octets.length])(
  'messages are counted however DATA is cut: every %s octets',
  (size) => {
    const progress = new StreamProgress();
    let completed = 0;
    for (let at = 0; at < octets.length; at += size)
      completed += progress.addData(octets.subarray(at, at + size), false);
    expect(progress).toMatchObject({ messages: 2, data: octets.length, ended: false });
    expect(completed).toBe(2);
    expect(progress.addData(new Uint8Array(256), false)).toBe(0);
    expect(progress.addData(new Uint8Array(1), true)).toBe(1);
    expect(progress).toMatchObject({ messages: 3, ended: true });
  },
);

test('Message-Length has 32 bits without a sign', () => {
  const progress = new StreamProgress();
  progress.addData(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3), false);
  expect(progress.messages).toBe(0);
});

test.each<[string, readonly ('end-stream' | 'reset' | 'client')[], string, boolean]>([
  ['a target may stop the request after its answer', ['end-stream', 'reset'], 'end-stream', true],
  ['both sides may reset at the same time', ['client', 'reset'], 'client', true],
  ['ours after theirs is no news', ['reset', 'client'], 'reset', false],
  ['the first end counts', ['reset', 'end-stream'], 'reset', false],
])('%s: %j is ended by %s, reset after it: %s', (_, ends, endedBy, resetAfterEnd) => {
  const progress = new StreamProgress();
  for (const end of ends) progress.end(end);
  expect(progress).toMatchObject({ endedBy, resetAfterEnd });
});
