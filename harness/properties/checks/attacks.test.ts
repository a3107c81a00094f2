import { tolerableGrowth } from '../../facts/tolerable-growth';
import { observe } from '../../grpc/observe';
import { attackWaves } from '../../moves/attack';
import type { ConnectionTranscript, TranscriptEvent } from '../../transcript/transcript';
import { goaway } from '../../wire/builders';
import { encodeFrame } from '../../wire/encode-frame';
import { boundsWhatItHolds } from './attacks';

const sent = 100_000_000;

const flood = (octets: number, ended: 'sent' | 'stalled'): readonly TranscriptEvent[] => [
  { kind: 'connected', at: 0 },
  { kind: 'flood', at: 1, step: 1, frames: 0, octets: 0 },
  { kind: 'flood', at: 2, step: 1, frames: 1, octets, ended },
];
const taken = flood(sent, 'sent');
const refused: TranscriptEvent = { kind: 'received', at: 3, octets: encodeFrame(goaway(0, 11)) };
const closed: TranscriptEvent = { kind: 'closed', at: 3, by: 'target', how: 'fin' };
const more = sent;

test.each<[string, (wave: string) => readonly TranscriptEvent[], Readonly<Record<string, number>>, number]>([
  ['holds all of it each time', () => taken, { first: more, second: more, third: more }, 1],
  ['holds it once', () => taken, { first: more, second: 0, third: more }, 0],
  ['holds half of it', () => taken, { first: more / 2, second: more / 2, third: more / 2 }, 0],
  ['holds little', () => flood(1000, 'sent'), { first: tolerableGrowth, second: tolerableGrowth, third: 1000 }, 0],
  ['refuses', () => [...taken, refused], { first: more, second: more, third: more }, 0],
  ['closes the connection', () => [...taken, closed], { first: more, second: more, third: more }, 0],
  [
    'closes it once',
    (wave) => (wave === 'second' ? [...taken, closed] : taken),
    { first: more, second: more, third: more },
    0,
  ],
  ['takes no more', () => flood(sent, 'stalled'), { first: more, second: more, third: more }, 0],
  ['cannot be read', () => taken, {}, 0],
])('a server that %s', (_, eventsOf, held, want) => {
  const connections = attackWaves.map((name): ConnectionTranscript => ({ name, events: eventsOf(name) }));
  const labelled = Object.fromEntries(Object.entries(held).map(([wave, growth]) => [`${wave} held`, 1000 + growth]));
  const seen = observe({ steps: [], calls: [] }, { connections, samples: { before: 1000, ...labelled } });
  expect(boundsWhatItHolds(seen, 'frames')).toHaveLength(want);
  expect(boundsWhatItHolds(seen, 'frames', sent)).toHaveLength(0);
});
