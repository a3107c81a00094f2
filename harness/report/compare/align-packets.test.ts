import type { PacketLine } from '../describe-packet';
import { alignPackets, mostAligned } from './align-packets';

/** `> HEADERS 1 info`: direction, type, stream, and what it says. */
function list(...lines: readonly string[]): readonly PacketLine[] {
  return lines.map((line, index) => {
    const [arrow, type = '', stream = '0', ...info] = line.split(' ');
    return {
      number: index + 1,
      at: index,
      direction: arrow === '>' ? 'sent' : 'received',
      type,
      stream: Number(stream),
      flags: [],
      info: info.join(' '),
    };
  });
}

const shown = (...lists: readonly (readonly PacketLine[])[]): readonly string[] =>
  alignPackets(lists).map(
    ({ lines, areAlike }) => `${lines.map((line) => line?.number ?? '-').join(' ')}${areAlike ? '' : ' ≠'}`,
  );

test.each([
  {
    reason: 'the same on both sides',
    a: ['> SETTINGS 0', '< SETTINGS 0'],
    b: ['> SETTINGS 0', '< SETTINGS 0'],
    want: ['1 1', '2 2'],
  },
  {
    reason: 'one has a PING in the middle',
    a: ['> HEADERS 1', '< HEADERS 1'],
    b: ['> HEADERS 1', '< PING 0', '< HEADERS 1'],
    want: ['1 1', '- 2 ≠', '2 3'],
  },
  {
    reason: 'another answer to the same request',
    a: ['> HEADERS 1', '< HEADERS 1 grpc-status: 0'],
    b: ['> HEADERS 1', '< HEADERS 1 grpc-status: 13'],
    want: ['1 1', '2 2 ≠'],
  },
  {
    reason: 'of two that could be meant, the one that says the same',
    a: ['< DATA 1 5 octets'],
    b: ['< DATA 1 9 octets', '< DATA 1 5 octets'],
    want: ['- 1 ≠', '1 2'],
  },
  {
    reason: 'nobody is moved: order is kept',
    a: ['< A 1', '< B 1', '< C 1'],
    b: ['< C 1', '< A 1', '< B 1'],
    want: ['- 1 ≠', '1 2', '2 3', '3 - ≠'],
  },
  { reason: 'our own packet is none of the target', a: ['> PING 0'], b: ['< PING 0'], want: ['1 - ≠', '- 1 ≠'] },
  { reason: 'an empty list', a: [], b: ['> A 1'], want: ['- 1 ≠'] },
  {
    reason: 'ports and dates are no difference',
    a: ['> HEADERS 1 :authority: 127.0.0.1:1, te: trailers', '< HEADERS 1 date: Sat, 28 Nov 2026 19:25:22 GMT'],
    b: ['> HEADERS 1 :authority: 127.0.0.1:2, te: trailers', '< HEADERS 1 date: Sun, 29 Nov 2026 01:02:03 GMT'],
    want: ['1 1', '2 2'],
  },
])('$reason', ({ a, b, want }) => {
  const rows = shown(list(...a), list(...b));
  // Which of two packets that have nothing to do with each other comes first does not matter.
  expect(rows.toSorted()).toEqual(want.toSorted());
});

test('a third list is aligned with what the first two came to', () => {
  const [a, b, c] = [list('> A 1', '< B 1'), list('> A 1', '< X 0', '< B 1'), list('< X 0', '< B 1')];
  expect(shown(a, b, c)).toEqual(['1 1 - ≠', '- 2 1 ≠', '2 3 2']);
});

test('a flood is cut', () => {
  const flood = list(...Array.from({ length: mostAligned * 3 }, () => '< PING 0'));
  expect(alignPackets([flood, flood])).toHaveLength(mostAligned);
});
