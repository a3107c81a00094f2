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
    strayBits: { flags: 0xff },
  },
  {
    do: 'data',
    ...main,
    stream: 1,
    octets: new Uint8Array(100_000).fill(7),
    endStream: true,
    cuts: [1],
    padLengths: [-1, 0],
    padOctet: 255,
    endStreamOnEmptyFrame: true,
    unsentAfter: 500,
    strayBits: { flags: 2, reserved: true },
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
  { do: 'await', ...main, until: { see: 'end', stream: 1, orError: true }, within: 'reply' },
  { do: 'await', ...main, until: { see: 'reset', stream: 1, orError: true }, within: 'close' },
  { do: 'fence', ...main, by: 'settings', optional: true },
  {
    do: 'flood',
    ...main,
    frames: [{ type: 9, flags: 0, streamId: 1, reserved: false, payload: every }],
    times: 20_000,
    streamStep: 2,
    perWrite: 7,
    within: 'reply',
  },
  { do: 'reading', ...main, reads: false },
  { do: 'await', ...main, until: { see: 'flooded' }, within: 'reply', optional: true },
  { do: 'sample', what: 'descriptors', label: 'open' },
  { do: 'watch', what: 'rss', from: 'a', label: 'b', growth: 1, within: 5, returns: true },
];

const fullPlan: Plan = {
  ...plan,
  steps,
  nonces: ['~nonce0000000000000~'],
  expects: [
    { on: { connection: 'main' }, row: 'FRAME-06-field-block-contiguous', accepts: [{ is: 'connection-error' }] },
    {
      on: { connection: 'main', stream: 1 },
      accepts: [
        { is: 'served', answer: { of: 'stream', sizes: [0, 5] } },
        { is: 'served', answer: { of: 'sum', octets: 9 } },
        { is: 'status', codes: [13], grade: 'warn' },
        { is: 'status', codes: [13], text: '☺ %', after: [0, 5], grade: 'info' },
        { is: 'rejected', grade: 'info' },
        { is: 'http' },
        { is: 'http', status: 415, grade: 'warn' },
        { is: 'answered' },
        { is: 'answered', on: 'trailers' },
        { is: 'ended', grade: 'info' },
        { is: 'in-place' },
        { is: 'echoed', in: 'headers', values: ['', 'a, b'] },
        { is: 'echoed', in: 'trailers', values: ['AQI', 'AQI='] },
        { is: 'stream-error' },
        { is: 'open' },
        { is: 'ignored' },
        { is: 'unsent' },
        { is: 'unechoed' },
      ],
    },
  ],
  judging: { needs: ['unary'], lane: 'exclusive', aboutConnecting: true, expectsDefence: false, aboutRefusals: true },
};
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
      /its schemaVersion is 9, and this program reads 1 and 2: use the version that wrote it$/,
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
    ['no facts', text.replace('"facts"', '"fact"'), /facts is missing \(was it meant by "fact"\?\)$/],
  ];
  test.each(rows)('%s is an error of ours, in one sentence', (_why, damaged, says) => {
    expect(() => parseFailure(damaged, 'x.json')).toThrow(
      expect.objectContaining({ code: 'ERR_FAILURE_FILE', message: expect.stringMatching(says) }),
    );
  });
});

describe('a failure file of a stranger', () => {
  type Json = { [key: string]: Json } & Json[] & unknown[];
  /** A place of the file, and what stands there instead. */
  const rows: readonly (readonly [place: string, value: unknown, says: RegExp])[] = [
    ['plan.steps.10.milliseconds', 2e9, /must be at most 600000$/],
    ['plan.steps.10.milliseconds', 1e300, /must be at most/],
    ['plan.steps.8.within', 1e9, /within must be at most 86400000$/],
    ['plan.steps.9.within', -1, /within must be at least 0$/],
    ['plan.steps.1.cuts', Array.from({ length: 20_001 }, () => 0), /must have at most 20000 entries$/],
    ['plan.steps.1.padLength', 2 ** 53, /must be/],
    ['plan.steps.1.padLength', 256, /must be at most 255$/],
    ['plan.steps.2.padLengths.0', -2, /must be at least -1$/],
    ['plan.steps.1.stream', 2 ** 31, /must be at most 2147483647$/],
    ['plan.steps.1.stream', 1.5, /must be a whole number$/],
    ['plan.steps.1.priority.weight', 257, /must be at most 256$/],
    ['plan.steps.0.segments.0', 0, /must be at least 1$/],
    ['plan.steps.0.alpn.0', '', /must have at least 1 characters$/],
    ['plan.steps.0.settings.0.value', 2 ** 32, /must be at most 4294967295$/],
    ['plan.steps.3.frame.type', 256, /must be at most 255$/],
    ['plan.steps.7.opaque.base64', 'AAAA', /must be 8 octets$/],
    ['plan.steps.17.times', 600_000, /must be at most 500000$/],
    ['plan.steps.17.times', 0, /must be at least 1$/],
    ['plan.steps.17.frames', [], /must have at least 1 entries$/],
    ['plan.steps.17.frames.0.length', -1, /must be at least 0$/],
    ['plan.steps.17.frames.0.payload.base64', 'A'.repeat(400_000), /must be a flood of fewer frames and octets$/],
    ['plan.steps', [], /must have at least 1 entries$/],
    ['plan.steps', Array.from({ length: 100_001 }, () => ({})), /must have at most 100000 entries$|is missing/],
    ['plan.steps.2.on', 'other', /^plan uses the connection other at steps\.2 and has not opened it$/],
    ['plan.steps.0.on', 'a\u001b[31m', /^plan uses the connection main at steps\.1 and has not opened it$/],
    ['plan.steps.4', { do: 'open', on: 'main' }, /^plan opens the connection main twice, at steps\.4 again$/],
    ['plan.calls.0.connection', '\u001b', /^plan has a call on the connection \\x1b, which it does not open$/],
    ['plan.nonces', ['short'], /must have 20 characters|must be|characters$/],
    ['plan.nonces', Array.from({ length: 101 }, () => 'x'.repeat(20)), /must have at most 100 entries$/],
    ['plan.judging.needs.0', 'magic', /plan\.judging\.needs\.0 must be one of/],
    ['plan.judging.lane', 'fast', /must be one of shared, exclusive, hostile, restart$/],
    ['plan.expects.0.accepts', [], /must have at least 1 entries$/],
    ['plan.expects.0.accepts', Array.from({ length: 40 }, () => ({ is: 'open' })), /must have at most 39 entries$/],
    ['plan.expects.0.accepts.0.is', 'luck', /must be one of/],
    ['plan.expects.0.accepts.0.grade', 'warn', /must have one outcome of full grade$/],
    ['plan.expects.1.accepts.2.codes', [], /must have at least 1 entries$/],
    ['plan.expects.1.accepts.12.values.1', 'A', /must have values in base64 for the trailers$/],
    ['plan.expects.1.accepts.0.answer.sizes.0', -1, /must be at least 0$/],
    ['plan.expects.1.on.stream', 2 ** 31, /must be at most 2147483647$/],
    ['plan.expects.1.on.stream', 99, /^plan expects an answer on the connection main where it makes no call$/],
    [
      'plan.expects.0.on.connection',
      '\u001b',
      /^plan expects something of the connection \\x1b, which it does not open$/,
    ],
    ['plan.steps', [{ do: 'pause', milliseconds: 1 }], /^plan opens no connection$/],
    ['facts.times.reply', 1e12, /must be at most 86400000$/],
    ['rule', 'x'.repeat(1001), /^rule must have at most 1000 characters$/],
    ['finding.confirmed.of', 1e300, /must be/],
  ];
  test.each(rows)('%s: %j', (place, value, says) => {
    const json = JSON.parse(formatFailure(written)) as Json;
    const keys = place.split('.');
    const last = keys.pop() ?? '';
    const holder = keys.reduce<Json>((inner, key) => inner[key] ?? inner, json);
    Object.assign(holder, { [last]: value });
    const reason = ((): string => {
      try {
        parseFailure(JSON.stringify(json), 'x.json');
        return 'nothing';
      } catch (error) {
        return (error as Error).message.replace('the failure file x.json is not valid: ', '');
      }
    })();
    expect(reason).toMatch(says);
    expect(reason).toMatch(/^[^\n]{1,300}$/);
  });

  test('the file of another kind is told as what it is', () => {
    expect(() => parseFailure('{"schemaVersion":1,"entries":[]}', 'x.json')).toThrow(
      /that is a baseline: name it with/,
    );
    expect(() => parseFailure('{"header":{},"properties":[]}', 'x.json')).toThrow(/that is the run\.json of a run/);
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
