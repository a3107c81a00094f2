import {
  continuation,
  data,
  goaway,
  headers,
  ping,
  priority,
  pushPromise,
  rawFrame,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from '../../../wire/builders';
import { encodeFrame, encodeFrames } from '../../../wire/encode-frame';
import { errorCodes } from '../../../wire/error-codes';
import { maxWindow, settingIds } from '../../../wire/settings';
import type { Attack, Attacker } from '../attacker';
import { blockFrames, literalBlock, responseHeaders } from '../answers';
import { flood, makeNoise, manyTimes, onNewStreams } from '../pour';
import { markupText } from '../texts';
import { brokenInTheRun, hardlyReady, neverReady } from './common';

const whole = literalBlock([...responseHeaders, { name: 'grpc-status', value: '12' }]);
const interim = literalBlock([
  { name: ':status', value: '103' },
  { name: 'link', value: '</x>' },
]);
const promised = literalBlock([
  { name: ':method', value: 'GET' },
  { name: ':path', value: '/x' },
]);
const tableSize = (value: number) => settings([{ id: settingIds.HEADER_TABLE_SIZE, value }]);
const begin = (stream: number) => encodeFrames(blockFrames(stream, literalBlock(responseHeaders)));

/** What is sent without end, and what that is. */
const floods: Readonly<Record<string, readonly [string, Attack]>> = {
  ping: ['PING', (socket) => flood(socket, manyTimes(ping(new Uint8Array(8))))],
  'ping-ack': ['PING with ACK', (socket) => flood(socket, manyTimes(ping(new Uint8Array(8), { ack: true })))],
  settings: ['empty SETTINGS', (socket) => flood(socket, manyTimes(settings([])))],
  'settings-ack': ['SETTINGS with ACK', (socket) => flood(socket, manyTimes(settingsAck()))],
  'settings-table': [
    'SETTINGS that empty the table and fill it again',
    (socket) => flood(socket, manyTimes(tableSize(0), tableSize(4096))),
  ],
  'settings-full': [
    'SETTINGS with 2,700 unknown entries each',
    (socket) =>
      flood(
        socket,
        manyTimes(settings(Array.from({ length: 2700 }, (_, index) => ({ id: 0x1000 + index, value: 1 })))),
      ),
  ],
  'connection-credit': ['WINDOW_UPDATE for the connection', (socket) => flood(socket, manyTimes(windowUpdate(0, 1)))],
  'stream-credit': [
    'WINDOW_UPDATE beyond the highest window',
    (socket, stream) => flood(socket, manyTimes(windowUpdate(stream, maxWindow))),
  ],
  'credit-new-streams': [
    'WINDOW_UPDATE for streams that nobody opened',
    (socket) =>
      flood(
        socket,
        onNewStreams((stream) => windowUpdate(stream, 1)),
      ),
  ],
  priority: [
    'PRIORITY',
    (socket, stream) => flood(socket, manyTimes(priority(stream, { exclusive: false, dependency: 0, weight: 16 }))),
  ],
  'priority-new-streams': [
    'PRIORITY for streams that nobody opened',
    (socket) =>
      flood(
        socket,
        onNewStreams((stream) => priority(stream, { exclusive: true, dependency: 0, weight: 1 })),
      ),
  ],
  resets: ['RST_STREAM', (socket, stream) => flood(socket, manyTimes(rstStream(stream, errorCodes.CANCEL)))],
  'resets-new-streams': [
    'RST_STREAM for streams that nobody opened',
    (socket) =>
      flood(
        socket,
        onNewStreams((stream) => rstStream(stream, errorCodes.CANCEL)),
      ),
  ],
  goaway: [
    'GOAWAY with markup',
    (socket) => flood(socket, manyTimes(goaway(maxWindow, errorCodes.NO_ERROR, Buffer.from(markupText)))),
  ],
  'empty-data': ['empty DATA', (socket, stream) => flood(socket, manyTimes(data(stream, new Uint8Array(0))))],
  'padded-data': [
    'DATA of nothing but padding',
    (socket, stream) => flood(socket, manyTimes(data(stream, new Uint8Array(0), { padLength: 255 }))),
  ],
  data: ['DATA beyond all windows', (socket, stream) => flood(socket, manyTimes(data(stream, new Uint8Array(16_384))))],
  'large-data': [
    'DATA in frames of 16 MiB',
    (socket, stream) => flood(socket, encodeFrame(data(stream, new Uint8Array(2 ** 24 - 1)))),
  ],
  'data-of-connection': ['DATA on stream 0', (socket) => flood(socket, manyTimes(data(0, new Uint8Array(100))))],
  pushes: [
    'PUSH_PROMISE',
    (socket, stream) => {
      let next = 0;
      flood(socket, () =>
        encodeFrames(
          Array.from({ length: 1000 }, () => pushPromise(stream, (next = (next + 2) % maxWindow), promised)),
        ),
      );
    },
  ],
  'unknown-frames': [
    'frames of an unknown type',
    (socket, stream) =>
      flood(socket, manyTimes(rawFrame({ type: 0xbe, flags: 0xff, streamId: stream, payload: new Uint8Array(50) }))),
  ],
  'interim-headers': ['HEADERS with 103', (socket, stream) => flood(socket, manyTimes(headers(stream, interim)))],
  trailers: ['trailers', (socket, stream) => flood(socket, manyTimes(headers(stream, whole, { endStream: true })))],
  'headers-new-streams': [
    'HEADERS for streams that nobody opened',
    (socket) =>
      flood(
        socket,
        onNewStreams((stream) => headers(stream, whole, { endStream: true })),
      ),
  ],
  'empty-continuation': [
    'empty CONTINUATION after HEADERS',
    (socket, stream) => {
      socket.write(encodeFrame(headers(stream, whole, { endHeaders: false })));
      flood(socket, manyTimes(continuation(stream, new Uint8Array(0))));
    },
  ],
  'tiny-messages': [
    'empty messages, three thousand in a frame',
    (socket, stream) => {
      socket.write(begin(stream));
      flood(socket, manyTimes(data(stream, new Uint8Array(16_380))));
    },
  ],
  'one-octet-data': [
    'DATA of one octet',
    (socket, stream) => {
      socket.write(begin(stream));
      flood(socket, manyTimes(data(stream, new Uint8Array(1))));
    },
  ],
  noise: [
    'octets that look like nothing',
    (socket, _stream, random) => {
      const noise = makeNoise(1 << 20, random);
      let at = 0;
      flood(socket, () => noise.subarray((at = (at + 65_537) % (noise.length - 65_536)), at + 65_536));
    },
  ],
  zeros: ['zeros', (socket) => flood(socket, new Uint8Array(65_536))],
  ones: ['octets of eight ones', (socket) => flood(socket, new Uint8Array(65_536).fill(0xff))],
};

/** The attack of the flood of that name. */
export const floodOf = (name: string): Attack => {
  const [, attack] = floods[name] ?? [];
  if (attack === undefined) throw new Error(`there is no flood ${name}`);
  return attack;
};

/** Floods that are also met with every rule, and with SIGTERM in the middle: one of each kind of cost. */
const alsoStopped = new Set([
  'ping',
  'settings-table',
  'empty-data',
  'zeros',
  'noise',
  'interim-headers',
  'tiny-messages',
]);
const alsoWhole = new Set(['ping', 'noise', 'settings-table', 'tiny-messages']);

/** Attackers that send the same without end. */
export const floodAttackers: readonly Attacker[] = [
  ...Object.entries(floods).map(([name, [what, attack]]): Attacker => ({
    name: `flood-${name}`,
    does: `answers calls of the run with ${what} without end`,
    means: { moment: 'run', attack },
    exitCodes: brokenInTheRun.exitCodes,
    selections: [
      'calls',
      ...(alsoStopped.has(name) ? (['stopped'] as const) : []),
      ...(alsoWhole.has(name) ? (['whole'] as const) : []),
    ],
  })),
  {
    name: 'flood-at-accept',
    does: 'sends noise without end as soon as one has connected',
    means: { moment: 'accept', attack: floodOf('noise') },
    ...neverReady,
  },
  ...(['noise', 'ping', 'settings'] as const).map((name): Attacker => ({
    name: `flood-${name}-after-settings`,
    does: `sends ${floods[name]?.[0] ?? ''} without end after its SETTINGS`,
    means: { moment: 'settings', attack: floodOf(name) },
    ...hardlyReady,
  })),
  ...(['data', 'tiny-messages'] as const).map((name): Attacker => ({
    name: `flood-${name}-for-every-call`,
    does: `answers every call with ${floods[name]?.[0] ?? ''} without end`,
    means: { moment: 'call', attack: floodOf(name) },
    ...hardlyReady,
  })),
];
