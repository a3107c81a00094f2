import { gzip } from '../grpc/compression';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall, fullDuplexCall, streamingOutputCall, unaryCall } from '../grpc/test-service';
import { ping } from '../wire/builders';
import { settingIds } from '../wire/settings';
import { describeSent, mixedUpWith } from './describe-sent';

const token = { name: 'authorization', value: 'a.b' };
const facts = { authority: '127.0.0.1:1', scheme: 'http', metadata: [token] } as const;

/** What is said of a script, with a fresh call at its end as the engine adds one. */
function sentBy(write: (script: PlanBuilder) => void): string {
  const script = new PlanBuilder(facts);
  write(script);
  script.call(emptyCall(), { role: 'afterwards' });
  return describeSent(script.build(), facts.metadata);
}

const service = '/grpc.testing.TestService';
const conversation = fullDuplexCall([{ responses: [] }, { responses: [] }, { responses: [{ size: 1 }] }]);

test.each<[string, (script: PlanBuilder) => void, string]>([
  [
    'a plain call by its path',
    (script) => void script.call(emptyCall()),
    `${service}/EmptyCall, a message of 0 octets`,
  ],
  [
    'what a message asks for',
    (script) => void script.call(unaryCall({ responseSize: 3 })),
    `${service}/UnaryCall, a message of 2 octets (asks for a message of 3 octets)`,
  ],
  [
    'a status that is asked for',
    (script) => void script.call(unaryCall({ status: { code: 15, message: '' } })),
    `${service}/UnaryCall, a message of 4 octets (asks for a message of 0 octets, then status DATA_LOSS (15))`,
  ],
  [
    'a prefix that is cut',
    (script) => void script.call(unaryCall(), { cuts: [1] }),
    `${service}/UnaryCall, a message of 0 octets in 2 DATA frames, cut at 1 (asks for a message of 0 octets) (DATA cut in a message prefix)`,
  ],
  [
    'a value with its ends',
    (script) => void script.call(emptyCall(), { metadata: [{ name: 'x-a', value: 'a; "b" ' }] }),
    `${service}/EmptyCall, x-a: "a; \\"b\\" ", a message of 0 octets`,
  ],
  [
    'how a message is compressed',
    (script) => {
      const body = encodeMessage(gzip(new Uint8Array(2), { name: 'n', headerCrc: true }), { compressedFlag: 1 });
      script.call(unaryCall(), { body, encoding: 'gzip' });
    },
    `${service}/UnaryCall, grpc-encoding: "gzip", a message of 26 octets (Compressed-Flag 1, gzip with a file name and a header check sum)`,
  ],
  [
    'which of several messages asks for what, and where the request ends',
    (script) => void script.call(conversation),
    `${service}/FullDuplexCall, 3 messages of 0, 0, 4 octets in 1 DATA frame with END_STREAM (no. 1 to 2 ask for no message, no. 3 asks for a message of 1 octet)`,
  ],
  [
    'a field that refers to an index by hand',
    (script) =>
      void script.call(emptyCall(), {
        fields: (all) => [...all, { name: 'x', value: 'x', representation: 'indexed', nameIndex: 62 }],
      }),
    `${service}/EmptyCall, an indexed field with index 62, a message of 0 octets`,
  ],
  [
    'how all fields are written',
    (script) =>
      void script.call(emptyCall(), {
        fields: (all) =>
          all.map((field) => ({ ...field, representation: 'never-indexed', huffman: { name: false, value: false } })),
      }),
    `${service}/EmptyCall, all fields as never-indexed literals without Huffman, a message of 0 octets`,
  ],
  [
    'a field that is missing, and one that is there twice',
    (script) =>
      void script.call(emptyCall(), {
        fields: (all) => [...all.filter(({ name }) => name !== 'te'), { name: ':method', value: 'POST' }],
      }),
    `${service}/EmptyCall, no te, :method: "POST", :method: "POST", a message of 0 octets (a pseudo-header field after others)`,
  ],
  [
    'the octets of a PING',
    (script) => void script.frame(ping(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 255))),
    'PING 01 02 03 04 05 06 07 ff',
  ],
  ['nothing', (script) => void script.open(), 'the connection preface'],
  [
    'the same call several times, once',
    (script) => [1, 3, 5].forEach(() => void script.call(emptyCall())),
    `streams 1, 3, 5, each: ${service}/EmptyCall, a message of 0 octets`,
  ],
  [
    'narrow windows and credit, without that of the fresh call',
    (script) => {
      script.open({
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 7 }],
        housekeeping: { replenishStreams: false, replenishConnection: false },
      });
      const call = script.call(streamingOutputCall({ responses: [{ size: 9 }, { size: 9 }] }), { awaitEnd: false });
      call.grant(5).grant(20);
      script.grant(0, 4);
    },
    `a connection with INITIAL_WINDOW_SIZE=7, no automatic credit for streams, no automatic credit for the connection; then ${service}/StreamingOutputCall, a message of 8 octets (asks for 2 messages of 9 octets each); then credit of 25 octets in 2 pieces for stream 1; then credit of 4 octets for the connection`,
  ],
])('tells %s', (_what, write, want) => {
  expect(sentBy(write)).toBe(want);
});

test('of many steps the first are told, and how many there are more', () => {
  const text = sentBy((script) =>
    [1, 2, 3, 4, 5, 6, 7, 8].forEach((size) => void script.call(unaryCall({ responseSize: size }))),
  );
  expect(text).toMatch(/^stream 1: .*; then stream 9: .*; and 3 more$/);
});

test('what every call carries is not told, not even where no other call shows it', () => {
  const script = new PlanBuilder(facts);
  script.call(emptyCall());
  expect(describeSent(script.build(), facts.metadata)).not.toContain('authorization');
});

describe('an answer that another call asked for', () => {
  const script = new PlanBuilder(facts);
  for (const responseSize of [1, 12, 0]) script.call(unaryCall({ responseSize }), { awaitEnd: false });
  const plan = script.build();
  const call = { connection: 'main', stream: 1 };

  test.each<[string, Parameters<typeof mixedUpWith>[1], string | undefined]>([
    ['is told by the stream of that one', { call, payload: 12 }, 'stream 3'],
    ['is none where no other call asks for as much', { call, payload: 13 }, undefined],
    ['is none where the call itself asked for as much', { call, payload: 1 }, undefined],
    ['is none where the payload is empty, which may have been lost', { call, payload: 0 }, undefined],
    ['is what the check says', { call, payload: 0, asker: 5 }, 'stream 5'],
    ['is none where nothing is said of a payload', { call }, undefined],
  ])('%s', (_, violation, want) => {
    expect(mixedUpWith(plan, violation)).toBe(want);
  });
});
