import { PlanBuilder } from '../grpc/plan-builder';
import { observe } from '../grpc/observe';
import type { CallRequest } from '../grpc/call-request';
import type { TranscriptEvent } from '../transcript/transcript';
import { data, headers, rstStream, settings, windowUpdate } from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import { settingIds } from '../wire/settings';
import type { Violation } from './violation';
import { describeObserved, missingIn, stuckReaction } from './describe-observed';

const facts = { authority: '127.0.0.1:1', scheme: 'http', metadata: [] } as const;
const upload: CallRequest = { kind: 'client-streaming', path: '/s.S/M', messages: [new Uint8Array(95)] };
const violation: Violation = {
  rule: 'A-01-x',
  observed: 'the call never ended',
  expected: 'an end',
  reaction: 'no end',
};
const about = (stream: number): Violation => ({ ...violation, call: { connection: 'main', stream } });

type Arrow = readonly ['sent' | 'received', RawFrame];

/** A plan with that many uploads of 100 octets, and these frames after our preface and SETTINGS. */
function seen(calls: number, ...arrows: readonly Arrow[]) {
  const script = new PlanBuilder(facts);
  for (let index = 0; index < calls; index++) script.call(upload);
  const first: readonly TranscriptEvent[] = [
    { kind: 'connected', at: 0 },
    { kind: 'sent', at: 0, octets: connectionPreface, by: 0 },
  ];
  const rest = arrows.map(([kind, frame], at): TranscriptEvent => {
    const octets = encodeFrame(frame);
    return kind === 'sent' ? { kind, at, octets, by: at } : { kind, at, octets };
  });
  return observe(script.build(), { connections: [{ name: 'main', events: [...first, ...rest] }], samples: {} });
}

const encoder = new HpackEncoder();
const open = (stream: number): Arrow => [
  'sent',
  headers(stream, encoder.encode([{ name: ':path', value: '/', representation: 'without-indexing' }]), {
    endHeaders: true,
  }),
];
const body = (stream: number, length: number): Arrow => ['sent', data(stream, new Uint8Array(length))];

test.each<[string, Violation, ReturnType<typeof seen>, string]>([
  [
    'an upload that has no credit: what has left, and both windows',
    about(1),
    seen(
      1,
      ['received', settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: 40 }])],
      open(1),
      body(1, 40),
      ['received', windowUpdate(1, 2)],
      body(1, 2),
    ),
    'the call never ended; 42 of the 100 octets of the request have left: the window of stream 1 is 0, that of the connection 65493',
  ],
  [
    'an answer that stands still although it has credit',
    about(1),
    seen(
      1,
      ['sent', settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }])],
      open(1),
      body(1, 100),
      ['received', data(1, new Uint8Array(10))],
      ['sent', windowUpdate(1, 7)],
    ),
    'the call never ended; 10 octets of DATA have come, and the target has credit for 7 more on stream 1 and 65525 on the connection',
  ],
  ['silence', about(1), seen(1, open(1), body(1, 100)), 'the call never ended; nothing came'],
  [
    'the stream, where there are several',
    { ...about(3), observed: 'RST_STREAM with CANCEL' },
    seen(2, open(1), open(3), ['received', rstStream(3, 8)]),
    'stream 3: RST_STREAM with CANCEL',
  ],
  [
    'the stream by the packet',
    { ...violation, observed: 'RST_STREAM with CANCEL', at: { connection: 'main', packet: 4 } },
    seen(2, open(1), open(3), ['received', rstStream(3, 8)]),
    'stream 3: RST_STREAM with CANCEL',
  ],
  [
    'no stream twice',
    { ...about(3), observed: 'DATA on stream 3' },
    seen(2, open(1), open(3), ['received', rstStream(3, 8)]),
    'DATA on stream 3',
  ],
  [
    'its own stream beside another that is named',
    { ...about(1), observed: 'an answer that is for stream 3' },
    seen(2, open(1), open(3), ['received', rstStream(1, 8)]),
    'stream 1: an answer that is for stream 3',
  ],
  [
    'what became of the calls of a connection that stayed open',
    { ...violation, observed: 'the connection stayed open', reaction: 'open' },
    seen(1, open(1), ['received', rstStream(1, 9)]),
    'the connection stayed open; stream 1: RST_STREAM with COMPRESSION_ERROR',
  ],
])('%s', (_what, broken, observation, want) => {
  expect(describeObserved(broken, observation)).toBe(want);
});

const narrow: Arrow = ['sent', settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }])];

test.each<[string, ReturnType<typeof seen>, ReturnType<typeof missingIn>]>([
  [
    'the window of the stream is used up',
    seen(1, ['received', settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: 40 }])], open(1), body(1, 40)),
    'ours on the stream',
  ],
  ['that of the connection is', seen(2, open(1), body(1, 16), open(3), body(3, 65_519)), 'ours on the connection'],
  ['a request waits for something else', seen(1, open(1), body(1, 50)), undefined],
  [
    'an answer stands still with credit on both',
    seen(1, narrow, open(1), body(1, 100), ['received', data(1, new Uint8Array(10))], ['sent', windowUpdate(1, 7)]),
    'theirs',
  ],
  ['one that has none', seen(1, narrow, open(1), body(1, 100), ['received', data(1, new Uint8Array(10))]), undefined],
  ['one that has not begun', seen(1, narrow, open(1), body(1, 100)), undefined],
  ['a call that ended', seen(1, open(1), body(1, 40), ['received', rstStream(1, 8)]), undefined],
])('credit: %s', (_what, observation, want) => {
  expect(missingIn(about(1), observation)).toBe(want);
});

test('a call that never ended since a PING was not acknowledged waits for that, whatever was left of it', () => {
  const observation = seen(1, open(1), body(1, 100));
  const plan = {
    ...observation.plan,
    steps: [...observation.plan.steps, { do: 'fence', on: 'main', by: 'ping' } as const],
  };
  const abandoned = { step: plan.steps.length - 1, waitedFor: 'the ACK of PING a', milliseconds: 9 };
  const stopped = observe(plan, { ...observation.transcript, abandoned });
  expect(missingIn(about(1), stopped)).toBe('the ACK of a PING');
  // Of a script that came to no more than that: whatever it would have sent is not why.
  expect(missingIn({ ...violation, reaction: stuckReaction }, stopped)).toBe('the ACK of a PING');
  expect(missingIn({ ...violation, reaction: stuckReaction }, observation)).toBeUndefined();
});

test('a request that was held back says for what we waited', () => {
  const observation = seen(1, open(1));
  const transcript = {
    ...observation.transcript,
    abandoned: { step: 2, waitedFor: 'the ACK of PING a', milliseconds: 9 },
  };
  expect(describeObserved(about(1), observe(observation.plan, transcript))).toBe(
    'the call never ended; 0 of the 100 octets of the request have left, since we waited in vain for the ACK of PING a',
  );
});
