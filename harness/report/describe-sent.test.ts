import { gzip } from '../grpc/compression';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall, fullDuplexCall, streamingOutputCall, unaryCall } from '../grpc/test-service';
import { ping } from '../wire/builders';
import { settingIds } from '../wire/settings';
import { describeSent } from './describe-sent';

const token = { name: 'authorization', value: 'a.b' };
const facts = { authority: '127.0.0.1:1', scheme: 'http', metadata: [token] } as const;

/** What is said of a script, with a fresh call at its end as the engine adds one. */
function sentBy(write: (peer: PlanBuilder) => void): string {
  const peer = new PlanBuilder(facts);
  write(peer);
  peer.call(emptyCall(), { role: 'afterwards' });
  return describeSent(peer.build(), facts.metadata);
}

const service = '/grpc.testing.TestService';
const conversation = fullDuplexCall([{ responses: [] }, { responses: [] }, { responses: [{ size: 1 }] }]);

test.each<[string, (peer: PlanBuilder) => void, string]>([
  ['a plain call by its path', (peer) => void peer.call(emptyCall()), `${service}/EmptyCall, a message of 0 octets`],
  [
    'what a message asks for',
    (peer) => void peer.call(unaryCall({ responseSize: 3 })),
    `${service}/UnaryCall, a message of 2 octets (asks for a message of 3 octets)`,
  ],
  [
    'a status that is asked for',
    (peer) => void peer.call(unaryCall({ status: { code: 15, message: '' } })),
    `${service}/UnaryCall, a message of 4 octets (asks for a message of 0 octets, then status DATA_LOSS (15))`,
  ],
  [
    'a prefix that is cut',
    (peer) => void peer.call(unaryCall(), { cuts: [1] }),
    `${service}/UnaryCall, a message of 0 octets in 2 DATA frames, cut at 1 (asks for a message of 0 octets) (DATA cut in a message prefix)`,
  ],
  [
    'a value with its ends',
    (peer) => void peer.call(emptyCall(), { metadata: [{ name: 'x-a', value: 'a; "b" ' }] }),
    `${service}/EmptyCall, x-a: "a; \\"b\\" ", a message of 0 octets`,
  ],
  [
    'how a message is compressed',
    (peer) => {
      const body = encodeMessage(gzip(new Uint8Array(2), { name: 'n', headerCrc: true }), { compressedFlag: 1 });
      peer.call(unaryCall(), { body, encoding: 'gzip' });
    },
    `${service}/UnaryCall, grpc-encoding: "gzip", a message of 26 octets (Compressed-Flag 1, gzip with a file name and a header check sum)`,
  ],
  [
    'which of several messages asks for what, and where the request ends',
    (peer) => void peer.call(conversation),
    `${service}/FullDuplexCall, 3 messages of 0, 0, 4 octets in 1 DATA frame with END_STREAM (no. 1 to 2 ask for no message, no. 3 asks for a message of 1 octet)`,
  ],
  [
    'a field that refers to an index by hand',
    (peer) =>
      void peer.call(emptyCall(), {
        fields: (all) => [...all, { name: 'x', value: 'x', representation: 'indexed', nameIndex: 62 }],
      }),
    `${service}/EmptyCall, an indexed field with index 62, a message of 0 octets`,
  ],
  [
    'how all fields are written',
    (peer) =>
      void peer.call(emptyCall(), {
        fields: (all) =>
          all.map((field) => ({ ...field, representation: 'never-indexed', huffman: { name: false, value: false } })),
      }),
    `${service}/EmptyCall, all fields as never-indexed literals without Huffman, a message of 0 octets`,
  ],
  [
    'a field that is missing, and one that is there twice',
    (peer) =>
      void peer.call(emptyCall(), {
        fields: (all) => [...all.filter(({ name }) => name !== 'te'), { name: ':method', value: 'POST' }],
      }),
    `${service}/EmptyCall, no te, :method: "POST", :method: "POST", a message of 0 octets (a pseudo-header field after others)`,
  ],
  [
    'the octets of a PING',
    (peer) => void peer.frame(ping(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 255))),
    'PING 01 02 03 04 05 06 07 ff',
  ],
  ['nothing', (peer) => void peer.open(), 'the connection preface'],
  [
    'the same call several times, once',
    (peer) => [1, 3, 5].forEach(() => void peer.call(emptyCall())),
    `streams 1, 3, 5, each: ${service}/EmptyCall, a message of 0 octets`,
  ],
  [
    'narrow windows and credit, without that of the fresh call',
    (peer) => {
      peer.open({
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 7 }],
        housekeeping: { replenishStreams: false, replenishConnection: false },
      });
      const call = peer.call(streamingOutputCall({ responses: [{ size: 9 }, { size: 9 }] }), { awaitEnd: false });
      call.grant(5).grant(20);
      peer.grant(0, 4);
    },
    `a connection with INITIAL_WINDOW_SIZE=7, no automatic credit for streams, no automatic credit for the connection; then ${service}/StreamingOutputCall, a message of 8 octets (asks for 2 messages of 9 octets each); then credit of 25 octets in 2 pieces for stream 1; then credit of 4 octets for the connection`,
  ],
])('tells %s', (_what, write, want) => {
  expect(sentBy(write)).toBe(want);
});

test('of many steps the first are told, and how many there are more', () => {
  const text = sentBy((peer) =>
    [1, 2, 3, 4, 5, 6, 7, 8].forEach((size) => void peer.call(unaryCall({ responseSize: size }))),
  );
  expect(text).toMatch(/^stream 1: .*; then stream 9: .*; and 3 more$/);
});

test('what every call carries is not told, not even where no other call shows it', () => {
  const peer = new PlanBuilder(facts);
  peer.call(emptyCall());
  expect(describeSent(peer.build(), facts.metadata)).not.toContain('authorization');
});
