import protobuf from 'protobufjs';
import { protoFile } from '../package-root';
import { cuttableMessage, streamingInputCallOfLengths, unaryCallOfLength } from './sized-message';

const root = new protobuf.Root();
root.resolvePath = (_, target) => protoFile(target);
root.loadSync('grpc/testing/messages.proto');

const payloadOf = (type: string, octets: Uint8Array | undefined): number => {
  const message = root
    .lookupType(`grpc.testing.${type}`)
    .toObject(root.lookupType(`grpc.testing.${type}`).decode(octets!));
  return (message as { payload: { body: Uint8Array } }).payload.body.length;
};

/** 130, 133, 16387 and 16391 octets are those that no payload reaches by itself. */
const lengths = [
  32, 127, 128, 129, 130, 131, 132, 133, 134, 135, 16_386, 16_387, 16_388, 16_391, 4_194_303, 4_194_304, 4_194_305,
];

test.each(lengths)('messages of exactly %i octets', (length) => {
  const { messages } = unaryCallOfLength(length);
  expect(messages.map((message) => message.length)).toEqual([length]);
  expect(payloadOf('SimpleRequest', messages[0])).toBeLessThan(length);
  const { request, sum } = streamingInputCallOfLengths([40, length]);
  expect(request.messages.map((message) => message.length)).toEqual([40, length]);
  expect(sum).toBe(
    request.messages.reduce((total, octets) => total + payloadOf('StreamingInputCallRequest', octets), 0),
  );
});

test('a message too short to hold a payload is our mistake', () => {
  expect(() => unaryCallOfLength(31)).toThrow(expect.objectContaining({ code: 'ERR_SCRIPT' }));
});

test.each(['SimpleRequest', 'StreamingInputCallRequest', 'StreamingOutputCallRequest'])(
  'every even beginning of a cuttable message is a %s',
  (type) => {
    const whole = cuttableMessage(6);
    expect(whole).toHaveLength(12);
    for (let length = 0; length <= whole.length; length += 2) {
      expect(() => root.lookupType(`grpc.testing.${type}`).decode(whole.subarray(0, length))).not.toThrow();
    }
  },
);
