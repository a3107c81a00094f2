import v8 from 'node:v8';
import vm from 'node:vm';
import { data, headers, ping, rawFrame, rstStream, settings, windowUpdate } from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { joinOctets } from '../wire/join-octets';
import { packetCost, readCost } from './packet-cost';
import { ConnectionReader } from '../transcript/read-connection';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

/** Frames of each kind that are kept at a time: enough for the rest of the heap not to matter. */
const manyFrames = 20_000;

const block = (fields: number): Uint8Array =>
  joinOctets(
    Array.from({ length: fields }, (_, index) =>
      new HpackEncoder().encode([{ name: `x-${index}`, value: 'v', representation: 'without-indexing' }]),
    ),
  );

/** Octets in use, once collecting frees no more: what others left behind goes in several rounds. */
const used = (): number => {
  for (let last = Infinity; ;) {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const now = heapUsed + arrayBuffers;
    if (now > last - 10_000) return now;
    last = now;
  }
};

test.each<[string, RawFrame, number]>([
  ['PING', ping(new Uint8Array(8)), manyFrames],
  ['empty SETTINGS', settings([]), manyFrames],
  ['SETTINGS', settings(Array.from({ length: 20 }, () => ({ id: 3, value: 5 }))), manyFrames / 4],
  ['WINDOW_UPDATE', windowUpdate(0, 1), manyFrames],
  ['RST_STREAM', rstStream(1, 8), manyFrames],
  ['empty DATA', data(1, new Uint8Array(0)), manyFrames],
  ['DATA of one octet', data(1, new Uint8Array(1)), manyFrames],
  ['DATA', data(1, new Uint8Array(1000)), manyFrames / 4],
  ['an unknown type', rawFrame({ type: 0xfa }), manyFrames],
  ['HEADERS of literals', headers(1, block(200)), manyFrames / 100],
  ['HEADERS of references', headers(1, new Uint8Array(4000).fill(0x82)), manyFrames / 200],
  ['HEADERS of table size updates', headers(1, new Uint8Array(4000).fill(0x20)), manyFrames / 100],
])('%s costs no more memory than we count', (_, frame, count) => {
  const one = encodeFrame(frame);
  const perRead = Math.ceil(65_536 / one.length);
  const read = joinOctets(Array.from({ length: perRead }, () => one));
  const reader = new ConnectionReader({ decodeSentBlocks: false });
  const before = used();
  let counted = 0;
  for (let frames = 0; frames < count; frames += perRead) {
    counted += readCost;
    for (const packet of reader.add({ kind: 'received', at: frames / 2, octets: read.slice() }))
      counted += packet.kind === 'frame' ? packetCost(packet) : 0;
  }
  const measured = used() - before;
  expect(reader.received.length).toBeGreaterThanOrEqual(count);
  expect(counted).toBeGreaterThan(measured);
  // Nor much less: whoever is counted too much is not judged.
  expect(counted).toBeLessThan(6 * measured);
});
