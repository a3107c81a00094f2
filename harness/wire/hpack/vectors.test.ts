import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { HpackDecoder, type DecodeResult } from './decoder';
import { HpackEncoder } from './encoder';

interface Story {
  readonly encoder: string;
  readonly story: string;
  /** `tableSize` is the limit in force from that case on. */
  readonly cases: readonly {
    readonly tableSize?: number | null;
    readonly wire: string;
    readonly fields: readonly (readonly [name: string, value: string])[];
  }[];
}

/** The stories of http2jp/hpack-test-case, one JSON object a line; they are not part of this repository. */
const file = join(__dirname, '../../../../shared/vectors/hpack-stories.ndjson.br');
const isThere = existsSync(file);
if (!isThere)
  process.stderr.write('note: hpack-stories.ndjson.br is not there, so the vectors of other encoders are not tried\n');

const readStories = (): readonly Story[] =>
  brotliDecompressSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Story);

const text = (result: DecodeResult): string =>
  result.ok ? JSON.stringify(result.fields.map(({ name, value }) => [name, value])) : JSON.stringify(result.error);

(isThere ? describe : describe.skip)('the stories of other encoders', () => {
  let stories: readonly Story[] = [];

  beforeAll(() => {
    stories = readStories();
  });

  test('all 47,142 field blocks decode strictly to the fields that they were made from', () => {
    const wrong: string[] = [];
    let blocks = 0;
    for (const { encoder, story, cases } of stories) {
      const decoder = new HpackDecoder({ maxTableSize: cases[0]?.tableSize ?? undefined });
      for (const { tableSize, wire, fields } of cases) {
        blocks += 1;
        if (typeof tableSize === 'number') decoder.setMaxTableSize(tableSize);
        const got = text(decoder.decode(Buffer.from(wire, 'hex')));
        const want = JSON.stringify(fields);
        if (got !== want) wrong.push(`${encoder} ${story}, block ${blocks}: got ${got}, want ${want}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(blocks).toBe(47_142);
  });

  test('the same fields through our own encoder come back, and both tables stay equal', () => {
    const wrong: string[] = [];
    // Every encoder tells the same stories; one of them is enough.
    for (const { encoder, story, cases } of stories.filter((one) => one.encoder === 'nghttp2')) {
      const ours = new HpackEncoder();
      const decoder = new HpackDecoder();
      for (const { fields } of cases) {
        const got = text(decoder.decode(ours.encode(fields.map(([name, value]) => ({ name, value })))));
        if (got !== JSON.stringify(fields)) wrong.push(`${encoder} ${story}: got ${got}`);
      }
      expect(ours.table.entries).toEqual(decoder.table.entries);
    }
    expect(wrong).toEqual([]);
  });
});
