import fc from 'fast-check';
import { encodeMessage, MessageReader, readMessages, type LengthPrefixedMessage } from './length-prefixed-message';

const octets = (...values: number[]) => Uint8Array.from(values);

test.each([
  ['no octets', octets(), {}, [0, 0, 0, 0, 0]],
  ['two octets', octets(7, 8), {}, [0, 0, 0, 0, 2, 7, 8]],
  ['compressed', octets(7), { compressedFlag: 1 }, [1, 0, 0, 0, 1, 7]],
  ['an illegal flag', octets(), { compressedFlag: 255 }, [255, 0, 0, 0, 0]],
  ['a length that lies', octets(7), { length: 0xfffefdfc }, [0, 0xff, 0xfe, 0xfd, 0xfc, 7]],
])('encodes %s', (_, message, options, want) => {
  expect([...encodeMessage(message, options)]).toEqual(want);
});

test('any messages come back from any split of their octets', () => {
  const message = fc.record({ compressedFlag: fc.nat(255), octets: fc.uint8Array({ maxLength: 20 }) });
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(100)), (messages, offsets) => {
      const all = Buffer.concat(messages.map((one) => encodeMessage(one.octets, one)));
      const reader = new MessageReader();
      const got: LengthPrefixedMessage[] = [];
      const cuts = [0, ...offsets.filter((offset) => offset <= all.length).toSorted((a, b) => a - b), all.length];
      cuts.slice(1).forEach((end, index) => got.push(...reader.feed(all.subarray(cuts[index], end))));
      expect(got.map((one) => [one.compressedFlag, ...one.octets])).toEqual(
        messages.map((one) => [one.compressedFlag, ...one.octets]),
      );
      expect(reader.rest).toBe(0);
      expect(reader.partial).toBeUndefined();
    }),
    { seed: 1 },
  );
});

test.each([
  ['nothing', [], 0, undefined],
  ['a part of the prefix', [0, 0], 2, { received: 2 }],
  ['the prefix alone', [0, 0, 0, 0, 1], 5, { received: 5, announced: 1 }],
  ['a part of the body', [0, 0, 0, 0, 3, 9], 6, { received: 6, announced: 3 }],
  ['a message and a part', [0, 0, 0, 0, 1, 9, 1], 1, { received: 1 }],
])('tells what is left over: %s', (_, fed, rest, partial) => {
  const reader = new MessageReader();
  reader.feed(Uint8Array.from(fed));
  expect(reader.rest).toBe(rest);
  expect(reader.partial).toEqual(partial);
});

test('an announced length of 2^32-1 is read without reserving it', () => {
  const before = process.memoryUsage().arrayBuffers;
  const { messages, partial } = readMessages(octets(0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3));
  expect(messages).toEqual([]);
  expect(partial).toEqual({ received: 8, announced: 0xffff_ffff });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});

test('an empty message completes with the last octet of its prefix', () => {
  const reader = new MessageReader();
  expect(reader.feed(octets(0, 0, 0, 0))).toEqual([]);
  expect(reader.feed(octets(0))).toEqual([{ compressedFlag: 0, octets: octets() }]);
});
