import { HpackDecoder } from '../wire/hpack/decoder';
import { literalFieldOfLength, literalRequest } from './literal-request';

const facts = { authority: 'target', scheme: 'http', metadata: [{ name: 'x-key', value: 'k' }] } as const;

test('a decoder reads the ordinary fields and those given, and keeps none', () => {
  const decoder = new HpackDecoder({ maxTableSize: 4096 });
  const read = decoder.decode(literalRequest(facts, { path: '/a.B/C' }, [{ name: 'x-more', value: 'm' }]));
  expect(read.ok).toBe(true);
  const values = Object.fromEntries(read.fields.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({
    ':path': '/a.B/C',
    ':authority': 'target',
    te: 'trailers',
    'x-key': 'k',
    'x-more': 'm',
  });
  expect(decoder.table.entries).toEqual([]);
});

test.each([16_385, 17_384, 20_000])('a field of %i octets', (octets) => {
  expect(literalFieldOfLength(octets)).toHaveLength(octets);
});
