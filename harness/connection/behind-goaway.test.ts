import { goaway, ping } from '../wire/builders';
import { startTarget, stopTargets, type TargetEnd, type TargetOptions } from './play-target.test-helper';
import { playScript } from './play-script';
import type { HeadersStep, Step, Times } from './script';

afterEach(stopTargets);

const times: Times = { reply: 60_000, close: 60_000, quiet: 60_000, cancel: 60_000, connect: 60_000 };
const main = { on: 'main' } as const;
const header = (stream: number, afterGoaway?: HeadersStep['afterGoaway']): Step => ({
  do: 'headers',
  ...main,
  stream,
  fields: [{ name: ':method', value: 'POST' }],
  endStream: false,
  ...(afterGoaway === undefined ? {} : { afterGoaway }),
});
const data = (stream: number): Step => ({ do: 'data', ...main, stream, octets: new Uint8Array(3), endStream: true });
const fence: Step = { do: 'fence', ...main, by: 'settings' };
const seen = (final?: true): Step => ({
  do: 'await',
  ...main,
  until: { see: 'goaway', ...(final === undefined ? {} : { final }) },
  within: 'reply',
});

async function play(options: TargetOptions, steps: readonly Step[], open: Partial<Step> = {}): Promise<TargetEnd> {
  const { endpoint, ends } = await startTarget(options);
  const first = { do: 'open', ...main, ...open } as Step;
  const { transcript } = await playScript({ steps: [first, ...steps, fence] }, { endpoint, times });
  expect(transcript.abandoned).toBeUndefined();
  return ends[0]!;
}

/** Announces its end with that id when the first stream is opened. */
const leaving = (...ids: readonly number[]): TargetOptions => ({
  react: (end, { type, streamId }) => {
    if (type === 'HEADERS' && streamId === 1) for (const id of ids) end.send(goaway(id, 0));
  },
});

const highest = 2 ** 31 - 1;

test.each<[string, TargetOptions, Step, readonly string[]]>([
  ['nothing is opened', leaving(1), header(3), ['HEADERS 1']],
  [
    'what says so is opened, and its DATA goes out',
    leaving(1),
    header(3, 'beyond'),
    ['HEADERS 1', 'HEADERS 3', 'DATA 3'],
  ],
  ['what is not named is not opened by what keeps to it', leaving(1), header(3, 'within'), ['HEADERS 1']],
  ['what is named is', leaving(highest), header(3, 'within'), ['HEADERS 1', 'HEADERS 3', 'DATA 3']],
])('behind GOAWAY %s', async (_, target, late, want) => {
  const end = await play(target, [header(1), seen(), late, data(3)]);
  const said = end.frames.filter(({ type }) => type === 'HEADERS' || type === 'DATA');
  expect(said.map(({ type, streamId }) => `${type} ${streamId}`)).toEqual(want);
});

test('the GOAWAY that names the last stream is told from the one that announces it', async () => {
  const end = await play(leaving(highest, 1), [header(1), seen(true), header(3, 'within')]);
  expect(end.of('HEADERS')).toHaveLength(1);
});

test('PINGs that were held back are acknowledged when the script says so, and later ones at once', async () => {
  const opaque = (octet: number): Uint8Array => new Uint8Array(8).fill(octet);
  const target: TargetOptions = {
    greet: (end) => end.send(ping(opaque(1)), ping(opaque(2))),
    react: (end, { type, streamId }) => {
      if (type === 'HEADERS' && streamId === 3) end.send(ping(opaque(3)));
    },
  };
  const acknowledge: Step = { do: 'acknowledge', ...main };
  const end = await play(target, [header(1), fence, acknowledge, header(3), fence], {
    housekeeping: { ackPings: false },
  });
  const order = end.frames.flatMap((frame) =>
    frame.type === 'PING' && frame.ack ? [`ACK ${frame.opaque[0]}`] : frame.type === 'HEADERS' ? [frame.type] : [],
  );
  expect(order).toEqual(['HEADERS', 'ACK 1', 'ACK 2', 'HEADERS', 'ACK 3']);
});

test('PINGs that are acknowledged once wait again afterwards, and a script can wait for them', async () => {
  const opaque = (octet: number): Uint8Array => new Uint8Array(8).fill(octet);
  const target: TargetOptions = {
    greet: (end) => end.send(ping(opaque(1))),
    react: (end, frame) => {
      if (frame.type === 'PING' && frame.ack && frame.opaque[0] === 1) end.send(ping(opaque(2)));
    },
  };
  const awaitPing: Step = { do: 'await', ...main, until: { see: 'ping' }, within: 'reply' };
  const once: Step = { do: 'acknowledge', ...main, once: true };
  const end = await play(target, [awaitPing, once, awaitPing, header(1)], { housekeeping: { ackPings: false } });
  expect(end.frames.flatMap((frame) => (frame.type === 'PING' ? [frame.opaque[0]] : []))).toEqual([1]);
});
