import type { Step } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import { failureFileName } from './failure-file-name';
import { formatFailure, makeFailureFile, parseFailure } from './failure-file';
import { crashFinding, facts, failingFinding, header, hostileFinding, plan } from './fixtures/run';

const every = Uint8Array.from({ length: 256 }, (_, octet) => octet);
const main = { on: 'main' } as const;

/** A step of each kind with every option, and octets of every value. */
const steps: readonly Step[] = [
  {
    do: 'open',
    ...main,
    settings: [{ id: 0xffff, value: 0xffffffff }],
    insteadOfPreface: every,
    awaitSettings: false,
    housekeeping: { ackSettings: false, ackPings: true, replenishStreams: false, replenishConnection: false },
    alpn: ['h2', 'http/1.1'],
    segments: [1, 9],
  },
  {
    do: 'headers',
    ...main,
    stream: 1,
    fields: [
      { name: ':path', value: '/\u0000\u00ff', representation: 'never-indexed', huffman: true, nameIndex: 'literal' },
      {
        name: '',
        value: '',
        representation: 'indexed',
        huffman: { name: false, value: true },
        nameIndex: 4_000_000_000,
      },
    ],
    endStream: true,
    cuts: [0, 0, 9],
    padLength: 255,
    priority: { exclusive: true, dependency: 0x7fffffff, weight: 256 },
    sizeUpdates: [0, 4096],
    endHeaders: false,
  },
  {
    do: 'data',
    ...main,
    stream: 1,
    octets: new Uint8Array(100_000).fill(7),
    endStream: true,
    cuts: [1],
    padLengths: [-1, 0],
    endStreamOnEmptyFrame: true,
  },
  {
    do: 'frame',
    ...main,
    frame: { type: 0xff, flags: 0xff, streamId: 1, reserved: true, payload: every, length: 0xffffff },
  },
  { do: 'bytes', ...main, octets: new Uint8Array(0) },
  { do: 'settings', ...main, settings: [] },
  { do: 'grant', ...main, stream: 0, octets: 0 },
  { do: 'fence', ...main, by: 'ping', opaque: every.subarray(0, 8) },
  { do: 'await', ...main, until: { see: 'ping-ack', opaque: every.subarray(8, 16) }, within: 'cancel', optional: true },
  { do: 'await', ...main, until: { see: 'connection-data', octets: 5 }, within: 12.5 },
  { do: 'pause', milliseconds: 0.5 },
  { do: 'close', ...main, how: 'reset' },
  { do: 'control', action: 'graceful-stop' },
  { do: 'sample', what: 'rss', label: '__proto__' },
];

const fullPlan: Plan = { ...plan, steps };
const written = makeFailureFile(header, 'CONN-04-preface-required', crashFinding, { plan: fullPlan, facts });

describe('a failure file', () => {
  test('comes back with every octet of its script', () => {
    const read = parseFailure(formatFailure(written), 'x.json');
    expect(read.plan).toStrictEqual(fullPlan);
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(written)));
  });

  test('names the property whose script it is, and the rule that was broken', () => {
    expect(written).toMatchObject({ property: 'FRAME-07-reserved-bit-ignored', rule: 'CONN-04-preface-required' });
    const own = makeFailureFile(header, failingFinding.rule, failingFinding, { plan, facts });
    expect(own).toMatchObject({ property: 'MSG-02-any-data-split', rule: 'MSG-02-any-data-split' });
  });

  const text = formatFailure(written);
  const rows: readonly (readonly [why: string, damaged: string, says: RegExp])[] = [
    ['an empty file', '', /^the failure file x\.json is not valid: it is empty$/],
    [
      'a later version',
      '{"schemaVersion":9}',
      /its schemaVersion is 9, and this program reads 1: use the version that wrote it$/,
    ],
    [
      'an unknown step',
      text.replace('"do": "open"', '"do": "dance"'),
      /plan\.steps\.0\.do must be one of open, headers, /,
    ],
    [
      'octets that are no base64',
      text.replace('"base64": ""', '"base64": "a"'),
      /plan\.steps\.4\.octets\.base64 must be base64/,
    ],
    [
      'a field that is more than octets',
      text.replace('"name": ":path"', '"name": "\u0100"'),
      /plan\.steps\.1\.fields\.0\.name/,
    ],
    ['no facts', text.replace('"facts"', '"fact"'), /facts is missing$/],
  ];
  test.each(rows)('%s is an error of ours, in one sentence', (_why, damaged, says) => {
    expect(() => parseFailure(damaged, 'x.json')).toThrow(
      expect.objectContaining({ code: 'ERR_FAILURE_FILE', message: expect.stringMatching(says) }),
    );
  });
});

describe('the name of a failure file', () => {
  test.each([
    ['rule and reaction', failingFinding, 'failures/MSG-02-any-data-split.status-13.json'],
    ['no reaction', { rule: 'A-01-x', reaction: '' }, 'failures/A-01-x.json'],
    ['nothing that leaves the folder', { rule: '../../etc/passwd', reaction: '/..\u0000' }, 'failures/etc-passwd.json'],
  ])('%s', (_why, finding, want) => expect(failureFileName(finding)).toBe(want));

  test('a name stays short', () => expect(failureFileName(hostileFinding).length).toBeLessThan(140));
});
