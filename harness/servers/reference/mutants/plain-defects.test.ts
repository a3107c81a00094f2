import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { playScript } from '../../../connection/play-script';
import { defaultTimes } from '../../../connection/script';
import { gzip } from '../../../grpc/compression';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import type { Observation } from '../../../grpc/observation';
import { observe } from '../../../grpc/observe';
import { PlanBuilder } from '../../../grpc/plan-builder';
import {
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
} from '../../../grpc/test-service';
import { callReaction } from '../../../rules/reaction';
import { settingIds } from '../../../wire/settings';
import { brokenRules, playReference } from '../play-reference.test-helper';
import { findPlainDefect, plainDefectNames, plainDefects } from './plain-defects';

/** What each plain defect does on the wire, and that nothing else is wrong without it. */

const calls = {
  unary: unaryCall({ responseSize: 3 }),
  'client-streaming': streamingInputCall([{ payload: new Uint8Array(3) }]),
  'server-streaming': streamingOutputCall({ responses: [{ size: 3 }] }),
  'bidirectional-streaming': fullDuplexCall([{ responses: [{ size: 3 }] }]),
} as const;

const kinds = Object.keys(calls) as readonly (keyof typeof calls)[];

interface Row {
  readonly name: string;
  readonly write: (script: PlanBuilder) => void;
  /** What shows it; the same on a correct server is `correct`. */
  readonly read: (seen: Observation) => unknown;
  readonly broken: unknown;
  readonly correct: unknown;
}

const reactions = (seen: Observation): readonly string[] => seen.calls.map(callReaction);

const deaths: readonly Row[] = kinds.flatMap((kind) =>
  (
    [
      ['reset', 'RST INTERNAL_ERROR'],
      ['hang', 'no end'],
      ['status', 'status 2'],
    ] as const
  ).map(([death, reaction]): Row => ({
    name: `plain:${kind}-${death}`,
    write: (script) => {
      const open = kinds.map((one) => script.call(calls[one], { awaitEnd: false }));
      for (const call of open) script.await({ see: 'end', stream: call.stream }, { within: 'quiet', optional: true });
    },
    read: reactions,
    broken: kinds.map((one) => (one === kind ? reaction : 'status 0')),
    correct: kinds.map(() => 'status 0'),
  })),
);

const longTrailers = [{ name: echoTrailingName, value: Buffer.alloc(20_000, 0x5a).toString('base64') }];

const rows: readonly Row[] = [
  ...deaths,
  {
    name: 'plain:no-trailers',
    write: (script) => script.call(calls.unary),
    read: (seen) => [seen.call().messages.length, seen.call().trailers, seen.call().status],
    broken: [1, undefined, undefined],
    correct: [1, expect.anything(), 0],
  },
  {
    name: 'plain:no-headers',
    write: (script) => script.call(calls.unary),
    read: (seen) => brokenRules(seen).some((id) => id.startsWith('RESP-04-')),
    broken: true,
    correct: false,
  },
  {
    name: 'plain:prefix-of-6',
    write: (script) => script.call(calls.unary),
    read: reactions,
    broken: ['status 13'],
    correct: ['status 0'],
  },
  {
    name: 'plain:no-metadata',
    write: (script) =>
      script.call(calls.unary, {
        metadata: [
          { name: echoInitialName, value: 'x' },
          { name: echoTrailingName, value: 'eA' },
        ],
      }),
    read: ({ calls: [call] }) =>
      [...(call?.headers ?? []), ...(call?.trailers ?? [])].filter(({ name }) => name.startsWith('x-')).length,
    broken: 0,
    correct: 2,
  },
  {
    name: 'plain:gzip-as-is',
    write: (script) =>
      script.call(calls.unary, {
        encoding: 'gzip',
        body: encodeMessage(gzip(calls.unary.messages[0]!), { compressedFlag: 1 }),
      }),
    read: reactions,
    broken: ['status 13'],
    correct: ['status 0'],
  },
  {
    name: 'plain:unary-as-bidirectional',
    write: (script) => script.call(emptyCall()),
    read: ({ calls: [call] }) => [call?.status, call?.messages.length],
    broken: [0, 0],
    correct: [0, 1],
  },
  {
    name: 'plain:late-settings',
    write: (script) => {
      script.open({ awaitSettings: false });
      script.call(calls.unary);
    },
    read: (seen) => [
      seen.connection().received[0]?.frame.type === 'SETTINGS' && !isAck(seen),
      callReaction(seen.call()),
    ],
    broken: [false, 'status 0'],
    correct: [true, 'status 0'],
  },
  {
    name: 'plain:unnamed-encoding',
    write: (script) =>
      script.call(unaryCall({ responseSize: 100, responseCompressed: true }), { acceptEncoding: 'gzip' }),
    read: ({ calls: [call] }) => [
      call?.messages[0]?.compressedFlag,
      call?.headers?.some(({ name }) => name === 'grpc-encoding'),
    ],
    broken: [1, false],
    correct: [1, true],
  },
  {
    name: 'plain:flag-on-empty',
    write: (script) => script.call(emptyCall(), { acceptEncoding: 'gzip' }),
    read: ({ calls: [call] }) => [call?.messages[0]?.compressedFlag, call?.messages[0]?.octets.length],
    broken: [1, 0],
    correct: [0, 0],
  },
  {
    name: 'plain:end-stream-on-continuation',
    write: (script) => {
      const call = script.call(calls.unary, { metadata: longTrailers, headerCuts: [10_000, 20_000], awaitEnd: false });
      script.await({ see: 'end', stream: call.stream }, { within: 'quiet', optional: true });
    },
    read: reactions,
    broken: ['no end'],
    correct: ['status 0'],
  },
  {
    name: 'plain:stops-at=3',
    write: (script) => {
      for (let count = 0; count < 4; count++) script.call(emptyCall(), { awaitEnd: false });
      script.await({ see: 'end', stream: 3 }).await({ see: 'end', stream: 7 }, { within: 'quiet', optional: true });
    },
    read: reactions,
    broken: ['status 0', 'status 0', 'no end', 'no end'],
    correct: ['status 0', 'status 0', 'status 0', 'status 0'],
  },
  {
    name: 'plain:small-window-unused',
    write: (script) => {
      script.open({
        settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 10 }],
        housekeeping: { replenishStreams: false },
      });
      const call = script.call(unaryCall({ responseSize: 100 }), { awaitEnd: false }).awaitHeaders();
      script.await({ see: 'data', stream: call.stream, octets: 10 }, { within: 'quiet', optional: true });
      call.grant(1000).awaitEnd();
    },
    read: (seen) => [
      seen.connection().received.filter(({ frame }) => frame.type === 'DATA').length,
      callReaction(seen.call()),
    ],
    broken: [1, 'status 0'],
    correct: [2, 'status 0'],
  },
  {
    name: 'plain:empty-messages-lost',
    write: (script) => {
      const specimen = Buffer.from('0a0161', 'hex');
      const messages = [specimen, new Uint8Array(0), specimen];
      script.call({ kind: 'bidirectional-streaming', path: '/botany.v1.Herbarium/Converse', messages });
    },
    read: ({ calls: [call] }) => call?.messages.length,
    broken: 2,
    correct: 3,
  },
  {
    name: 'plain:deadline-overflow',
    write: (script) =>
      script.call(fullDuplexCall([{ responses: [{ size: 1, intervalUs: 100_000 }] }]), { timeout: '597H' }),
    read: reactions,
    broken: ['status 4'],
    correct: ['status 0'],
  },
  {
    name: 'plain:no-tiny-deadline',
    write: (script) =>
      script.call(fullDuplexCall([{ responses: [{ size: 1, intervalUs: 300_000 }] }]), { timeout: '99n' }),
    read: reactions,
    broken: ['status 0'],
    correct: ['status 4'],
  },
];

/** True when the first SETTINGS of the target is an acknowledgement. */
const isAck = (seen: Observation): boolean => {
  const frame = seen.connection().received[0]?.frame;
  return frame?.type === 'SETTINGS' && frame.ack;
};

test.each(rows)('$name', async ({ name, write, read, broken, correct }) => {
  const times = { quiet: 300 };
  const [faulty, plain] = await Promise.all([
    playReference({ defects: [name], times }, write),
    playReference({ times }, write),
  ]);
  expect(read(faulty)).toEqual(broken);
  expect(read(plain)).toEqual(correct);
  expect(brokenRules(plain)).toEqual([]);
});

test('plain:exit-every=2 ends the process at the second call, and says so on stderr', async () => {
  const server = join(__dirname, '../server.ts');
  const child = spawn(process.execPath, ['-r', 'esbuild-register', server, '--defect', 'plain:exit-every=2']);
  const ended = once(child, 'close');
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { host, port } = JSON.parse(line) as { readonly host: string; readonly port: number };
  const script = new PlanBuilder({ authority: 'localhost', scheme: 'http', metadata: [] });
  script.call(emptyCall());
  script.call(emptyCall());
  const plan = script.build();
  const { transcript, views } = await playScript(plan, {
    endpoint: { address: { kind: 'tcp', host, port } },
    times: defaultTimes,
  });
  expect(observe(plan, transcript, views).calls.map(callReaction)).toEqual(['status 0', 'connection closed']);
  expect(await ended).toEqual([2, null]);
  expect(said).toContain('unhandled fault in a call');
});

test('every plain defect stands in this file', () => {
  const named = new Set([...rows.map(({ name }) => name.split('=')[0]), 'plain:exit-every']);
  expect(plainDefectNames.filter((name) => !named.has(name))).toEqual([]);
});

test.each(plainDefectNames)('%s names rows', (name) => {
  expect(plainDefects[name].finds.length).toBeGreaterThan(0);
});

test.each<[string, ReturnType<typeof findPlainDefect>, string]>([
  ['plain:no-trailers', { name: 'plain:no-trailers' }, 'a name'],
  ['plain:exit-every=5', { name: 'plain:exit-every', value: 5 }, 'a name and its value'],
  ['plain:exit-every', undefined, 'a value is missing'],
  ['plain:exit-every=0', undefined, 'a value out of range'],
  ['plain:no-trailers=1', undefined, 'a value where there is none'],
  ['no-trailers', undefined, 'without plain: it is none'],
])('findPlainDefect(%s) is %j: %s', (text, want) => {
  expect(findPlainDefect(text)).toEqual(want);
});
