import { fullRun } from '../report/fixtures/run';
import { parseRun } from '../report/json';
import type { RunRecord, SerializedTranscript } from '../report/model';
import type { ServerManifest } from './manifest';
import { formatPublished, publishableRun, saysTheSame, summarizeRun } from './server-report';

const manifest = { name: 'sloppy', version: '0.9' } as ServerManifest;
const secrets = [
  { text: '/home/jo/src', instead: '.' },
  { text: '/home/jo', instead: '~' },
];

/** The full run with a folder of its author wherever a server can put one. */
const leaky: RunRecord = {
  ...fullRun,
  warnings: ['open /home/jo/src/server.js'],
  exits: [{ code: 1, signal: null, output: 'at /home/jo/src/a.js\nat /home/jo/.cache/b.js' }],
  properties: fullRun.properties.map((property) => ({
    ...property,
    findings: property.findings.map((finding) => ({
      ...finding,
      observed: 'grpc-message "/home/jo/src/a.js failed"',
      input: { path: '/home/jo/src' },
      failureFile: 'failures/x.json',
      transcript: leakyTranscript('trailers with /home/jo/src/a.js'),
    })),
  })),
};

function leakyTranscript(text: string): SerializedTranscript {
  const event = (octets: string) => ({
    kind: 'received' as const,
    at: 1,
    octets: { base64: Buffer.from(octets).toString('base64') },
  });
  return { connections: [{ name: 'main', events: [event('harmless'), event(text)] }], samples: {} };
}

const published = publishableRun(leaky, manifest, secrets);

test('nothing of the machine is left, neither in texts nor in octets', () => {
  const octets = (run: RunRecord): string =>
    run.properties
      .flatMap(({ findings }) =>
        findings.flatMap(({ transcript }) => transcript.connections.flatMap(({ events }) => events)),
      )
      .map((event) => (event.kind === 'received' ? Buffer.from(event.octets.base64, 'base64').toString() : ''))
      .join(' ');
  expect(octets(leaky)).toContain('/home/jo');
  expect(JSON.stringify(published)).not.toContain('/home/jo');
  expect(octets(published)).not.toContain('/home/jo');
  expect(octets(published)).toContain('harmless');
  expect(published.exits[0]?.output).toBe('at ./a.js\nat ~/.cache/b.js');
});

test('octets that are left out are counted', () => {
  const events = published.properties.flatMap(({ findings }) => findings)[0]?.transcript.connections[0]?.events ?? [];
  expect(events[1]).toMatchObject({ octets: { base64: '', omitted: 'trailers with /home/jo/src/a.js'.length } });
});

test('it is named after the server, has no date, and says where its failure files come to lie', () => {
  expect(published.target.name).toBe('sloppy 0.9');
  expect(published.header.target).toEqual(published.target);
  expect(JSON.stringify(published)).not.toContain(fullRun.header.startedAt);
  const [finding] = published.properties.flatMap(({ findings }) => findings);
  expect(finding?.failureFile).toBe('grpc-conform-report/sloppy/failures/x.json');
});

describe('its short form', () => {
  const text = formatPublished(summarizeRun(published));
  const read = parseRun(text, 'sloppy.json');

  test('is a run that can be read, without times', () => {
    expect(read.properties.map(({ id, verdict }) => [id, verdict])).toEqual(
      fullRun.properties.map(({ id, verdict }) => [id, verdict]),
    );
    expect(read.durationMs + read.target.roundTripMs).toBe(0);
  });

  test('has the evidence of each finding', () => {
    const transcripts = (run: RunRecord) =>
      run.properties.flatMap(({ findings }) => findings.map(({ transcript }) => transcript));
    expect(transcripts(read).length).toBeGreaterThan(0);
    expect(transcripts(read)).toEqual(transcripts(published));
  });

  test('has a bound, however much was received', () => {
    const [first] = published.properties.filter(({ findings }) => findings.length > 0);
    const transcript = leakyTranscript('x'.repeat(1_000_000));
    const findings = (first?.findings ?? []).map((finding) => ({ ...finding, transcript }));
    const large = { ...published, properties: [{ ...first!, findings }] };
    expect(formatPublished(summarizeRun(large)).length).toBeLessThan(100_000);
  });

  test('has a line for each row', () => {
    const lines = text.split('\n').filter((line) => line.startsWith('    {"'));
    expect(lines).toHaveLength(fullRun.properties.length);
  });
});

describe('says the same', () => {
  const changeFirst = (change: Partial<RunRecord['properties'][number]>): RunRecord => ({
    ...published,
    properties: published.properties.map((property, index) => (index === 0 ? { ...property, ...change } : property)),
  });
  test.each([
    { other: summarizeRun(published), want: true, reason: 'in short' },
    { other: { ...published, durationMs: 1, exits: [] }, want: true, reason: 'in another time' },
    { other: changeFirst({ reactions: { x: 7 } }), want: true, reason: 'with other counts' },
    { other: changeFirst({ verdict: 'pass' }), want: false, reason: 'with another verdict' },
    { other: changeFirst({ rule: 'another sentence' }), want: false, reason: 'of another rule' },
    {
      other: { ...published, target: { ...published.target, name: 'sloppy 1.0' } },
      want: false,
      reason: 'of another version',
    },
    { other: { ...published, header: { ...published.header, runs: 7 } }, want: false, reason: 'with other inputs' },
  ])('$reason: $want', ({ other, want }) => expect(saysTheSame(published, other)).toBe(want));
});
