import { HpackDecoder, type Field } from './decoder';
import { HpackEncoder, type FieldSpec } from './encoder';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

/** "name: value" lines, as the appendix prints fields and tables. */
function parse(lines: readonly string[]): Field[] {
  return lines.map((line) => {
    const colon = line.indexOf(': ', 1);
    return { name: line.slice(0, colon), value: line.slice(colon + 2) };
  });
}

interface Block {
  readonly section: string;
  readonly wire: string;
  readonly fields: readonly string[];
  /** The dynamic table after the block, and its size. */
  readonly table: readonly string[];
  readonly size: number;
}

const date21 = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const date22 = 'date: Mon, 21 Oct 2013 20:13:22 GMT';
const location = 'location: https://www.example.com';
const cookie = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';

const requestFields = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
] as const;
const requestTables = [
  { table: [':authority: www.example.com'], size: 57 },
  { table: ['cache-control: no-cache', ':authority: www.example.com'], size: 110 },
  { table: ['custom-key: custom-value', 'cache-control: no-cache', ':authority: www.example.com'], size: 164 },
] as const;
const responseFields = [
  [':status: 302', 'cache-control: private', date21, location],
  [':status: 307', 'cache-control: private', date21, location],
  [':status: 200', 'cache-control: private', date22, location, 'content-encoding: gzip', cookie],
] as const;
const responseTables = [
  { table: [location, date21, 'cache-control: private', ':status: 302'], size: 222 },
  { table: [':status: 307', location, date21, 'cache-control: private'], size: 222 },
  { table: [cookie, 'content-encoding: gzip', date22], size: 215 },
] as const;

const requests = (section: string, wires: readonly [string, string, string]): readonly Block[] =>
  wires.map((wire, at) => ({
    section: `${section}.${at + 1}`,
    wire,
    fields: requestFields[at]!,
    ...requestTables[at]!,
  }));
const responses = (section: string, wires: readonly [string, string, string]): readonly Block[] =>
  wires.map((wire, at) => ({
    section: `${section}.${at + 1}`,
    wire,
    fields: responseFields[at]!,
    ...responseTables[at]!,
  }));

const stories: readonly {
  readonly title: string;
  readonly maxTableSize: number;
  readonly huffman: boolean;
  readonly blocks: readonly Block[];
}[] = [
  {
    title: 'C.3 requests without Huffman',
    maxTableSize: 4096,
    huffman: false,
    blocks: requests('C.3', [
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ]),
  },
  {
    title: 'C.4 requests with Huffman',
    maxTableSize: 4096,
    huffman: true,
    blocks: requests('C.4', [
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ]),
  },
  {
    title: 'C.5 responses without Huffman, with evictions',
    maxTableSize: 256,
    huffman: false,
    blocks: responses('C.5', [
      '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f777777' +
        '2e6578616d706c652e636f6d',
      '4803333037c1c0bf',
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f' +
        '5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
    ]),
  },
  {
    title: 'C.6 responses with Huffman, with evictions',
    maxTableSize: 256,
    huffman: true,
    blocks: responses('C.6', [
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      '4883640effc1c0bf',
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1' +
        'ab270fb5291f9587316065c003ed4ee5b1063d5007',
    ]),
  },
];

describe('RFC 7541 Appendix C.2, one field alone', () => {
  test.each<[section: string, wire: string, spec: FieldSpec, index: number, table: readonly string[], size: number]>([
    [
      'C.2.1 literal with incremental indexing',
      '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
      { name: 'custom-key', value: 'custom-header', representation: 'incremental', huffman: false },
      0,
      ['custom-key: custom-header'],
      55,
    ],
    [
      'C.2.2 literal without indexing',
      '040c2f73616d706c652f70617468',
      { name: ':path', value: '/sample/path', representation: 'without-indexing', huffman: false },
      4,
      [],
      0,
    ],
    [
      'C.2.3 literal never indexed',
      '100870617373776f726406736563726574',
      { name: 'password', value: 'secret', representation: 'never-indexed', huffman: false },
      0,
      [],
      0,
    ],
    ['C.2.4 indexed', '82', { name: ':method', value: 'GET', representation: 'indexed' }, 2, [], 0],
  ])('%s', (_section, wire, spec, index, table, size) => {
    const decoder = new HpackDecoder();
    expect(decoder.decode(octets(wire))).toMatchObject({
      ok: true,
      fields: [
        {
          name: spec.name,
          value: spec.value,
          representation: spec.representation,
          index,
          nameHuffman: false,
          valueHuffman: false,
        },
      ],
      headerListSize: spec.name.length + spec.value.length + 32,
    });
    expect(decoder.table.entries).toEqual(parse(table));
    expect(decoder.table.size).toBe(size);
    expect(new HpackEncoder().encode([spec])).toEqual(octets(wire));
  });
});

describe.each(stories)('RFC 7541 Appendix $title', ({ maxTableSize, huffman, blocks }) => {
  test('decodes, table by table', () => {
    const decoder = new HpackDecoder({ maxTableSize });
    for (const { section, wire, fields, table, size } of blocks) {
      const result = decoder.decode(octets(wire));
      expect({ section, ok: result.ok, fields: result.fields.map(({ name, value }) => ({ name, value })) }).toEqual({
        section,
        ok: true,
        fields: parse(fields),
      });
      expect({ section, entries: decoder.table.entries, size: decoder.table.size }).toEqual({
        section,
        entries: parse(table),
        size,
      });
    }
  });

  test('is what our encoder writes by itself', () => {
    const encoder = new HpackEncoder({ maxTableSize });
    for (const { section, wire, fields, table, size } of blocks) {
      const encoded = encoder.encode(parse(fields).map((field) => ({ ...field, huffman })));
      expect({ section, wire: Buffer.from(encoded).toString('hex') }).toEqual({ section, wire });
      expect({ section, entries: encoder.table.entries, size: encoder.table.size }).toEqual({
        section,
        entries: parse(table),
        size,
      });
    }
  });
});
