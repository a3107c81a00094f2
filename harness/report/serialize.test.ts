import * as v from 'valibot';
import type { Transcript } from '../transcript/transcript';
import { decodeBase64, encodeBase64 } from './base64';
import { crashTranscript, failingTranscript } from './fixtures/run';
import { deserializeTranscript, serializedSize, serializeTranscript, trimTranscript } from './serialize';
import { transcriptSchema } from './transcript-schema';

const octets = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7) % 256);

describe('base64', () => {
  test.each([0, 1, 2, 3, 255, 8191, 8192, 8193, 70_000])('%i octets come back', (length) => {
    const text = encodeBase64(octets(length));
    expect(text).toBe(Buffer.from(octets(length)).toString('base64'));
    expect(decodeBase64(text)).toEqual(octets(length));
  });
});

describe('a transcript that is trimmed', () => {
  const transcript: Transcript = {
    connections: [
      {
        name: 'main',
        events: [
          { kind: 'connected', at: 0 },
          { kind: 'sent', at: 1, by: 0, octets: octets(10) },
          { kind: 'received', at: 2, octets: octets(1000) },
          { kind: 'received', at: 3, octets: octets(50) },
          { kind: 'closed', at: 4, by: 'client', how: 'reset' },
        ],
      },
    ],
    samples: {},
  };

  test.each([0, 1, 9, 10, 11, 100, 1009, 1010, 1059])('to %i octets is cut as if it had been cut at once', (total) => {
    const trimmed = trimTranscript(serializeTranscript(transcript), total);
    expect(serializedSize(trimmed)).toBeLessThanOrEqual(total);
    expect(serializedSize(trimmed)).toBeGreaterThan(total - 3);
    const { omissions } = deserializeTranscript(trimmed);
    const lost = omissions.reduce((sum, omission) => sum + omission.octets, 0);
    expect(lost).toBeGreaterThanOrEqual(1060 - serializedSize(trimmed));
    expect(trimmed.connections[0]?.events).toHaveLength(5);
  });

  test('is as it was where it is small', () => {
    const serialized = serializeTranscript(transcript);
    expect(trimTranscript(serialized, 1060)).toBe(serialized);
  });
});

describe('a transcript as JSON', () => {
  test.each([
    ['one that fails', failingTranscript],
    ['one with a crash', crashTranscript],
  ])('comes back whole: %s', (_why, transcript) => {
    const text = JSON.stringify(serializeTranscript(transcript));
    expect(deserializeTranscript(JSON.parse(text))).toEqual({ transcript, omissions: [] });
  });

  test('a file in which the client is still called a peer is read', () => {
    const serialized = serializeTranscript(long);
    const text = JSON.stringify(serialized).replace('"by":"client"', '"by":"peer"');
    expect(text).toContain('"by":"peer"');
    expect(v.parse(transcriptSchema, JSON.parse(text))).toEqual(serialized);
  });

  const long: Transcript = {
    connections: [
      {
        name: 'main',
        events: [
          { kind: 'sent', at: 1, by: 0, octets: octets(10) },
          { kind: 'sent', at: 2, by: 1, octets: octets(100) },
          { kind: 'received', at: 3, octets: octets(5) },
          { kind: 'sent', at: 4, by: 2, octets: octets(7) },
          { kind: 'closed', at: 5, by: 'client', how: 'fin' },
        ],
      },
    ],
    samples: {},
  };

  test('octets past the cap of an event are counted', () => {
    const serialized = serializeTranscript(long, { perEvent: 60, total: 1000 });
    expect(serialized.connections[0]?.events[1]).toMatchObject({ octets: { omitted: 40 } });
  });

  test('its size is that of the octets it holds', () => {
    const serialized = serializeTranscript(long, { perEvent: 60, total: 1000 });
    expect(serializedSize(serialized)).toBe(10 + 60 + 5 + 7);
  });

  test('past the cap of the whole, too', () => {
    const serialized = serializeTranscript(long, { perEvent: 60, total: 72 });
    expect(serialized.connections[0]?.events.slice(2, 4)).toMatchObject([
      { octets: { omitted: 3 } },
      { octets: { base64: '', omitted: 7 } },
    ]);
  });

  test('what follows a gap in one direction is dropped and said; the other direction stays', () => {
    const { transcript, omissions } = deserializeTranscript(serializeTranscript(long, { perEvent: 60, total: 1000 }));
    expect(omissions).toEqual([{ connection: 'main', direction: 'sent', octets: 47 }]);
    expect(transcript.connections[0]?.events.map(({ kind, at }) => [kind, at])).toEqual([
      ['sent', 1],
      ['sent', 2],
      ['received', 3],
      ['closed', 5],
    ]);
  });
});
