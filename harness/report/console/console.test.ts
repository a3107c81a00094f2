import type { RunEvent } from '../events';
import { describeMethods } from './header-lines';
import { blockingFinding, events, facts, failingFinding, fullRun, hostileText, plan } from '../fixtures/run';
import { cutText } from '../../cut-text';
import { disarmWorkflowCommands } from '../workflow-commands';
import { labelled, wrapText } from './layout';
import { wantsColor, type ConsoleOptions } from './options';
import { consoleNames, createConsole, type ConsoleName } from './index';

/** What a console writes for a run; its clock moves a tenth of a second with every look. */
function output(name: ConsoleName, options: Partial<ConsoleOptions> = {}, list: readonly RunEvent[] = events): string {
  let text = '';
  let time = 0;
  const listener = createConsole(name, {
    write: (piece) => (text += piece),
    writeCommands: (piece) => (text += piece),
    color: false,
    columns: () => 80,
    outputDirectory: 'out',
    now: () => (time += 100),
    ...options,
  });
  for (const event of list) listener(event);
  return text;
}

/** How the pretty console takes its live line back. */
const erase = '\r\u001b[2K';

/** What is left on a screen when live lines have been erased. */
const settled = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.split(erase).at(-1))
    .join('\n');

describe('every console', () => {
  test.each(consoleNames)('%s ends its last line', (name) => expect(output(name).endsWith('\n')).toBe(true));

  test.each(consoleNames)('%s lets nothing of the target reach the terminal but printable text', (name) => {
    expect(settled(output(name, { verbosity: 2 }))).not.toMatch(/[^\P{C}\n]/u);
  });
});

test.each<['ended' | 'unanswered', RegExp]>([
  ['ended', /^the target was started again, ready after 180 ms$/m],
  ['unanswered', /^the target did not answer any more, so we ended it; it was started again, ready after 180 ms$/m],
])('who ended a process that was started again is said: %s', (why, want) => {
  const restart: RunEvent = { type: 'target-restarted', milliseconds: 180, why };
  for (const name of ['pretty', 'line'] as const)
    expect(settled(output(name, { columns: () => 100 }, [...events.slice(0, 1), restart]))).toMatch(want);
});

test.each<[string, readonly [string, boolean][], string]>([
  ["none of the user's", [], 'none of your own (there)'],
  ['none allowed', [['A', false]], '1 (there); none is called without --method'],
  [
    'some allowed',
    [
      ['A', true],
      ['B', false],
    ],
    '1 of 2 may be called (there): s.S/A',
  ],
  [
    'many allowed',
    ['A', 'B', 'C', 'D', 'E', 'F'].map((method) => [method, true]),
    '6 of 6 may be called (there): s.S/A, s.S/B, s.S/C, s.S/D and 2 more',
  ],
])('methods in a header: %s', (_reason, methods, want) => {
  const types = { kind: 'unary', input: 's.I', output: 's.O', idempotent: false } as const;
  const services = [
    { name: 's.S', isUsers: true, methods: methods.map(([method, allowed]) => ({ name: method, allowed, ...types })) },
  ];
  expect(describeMethods({ from: 'there', services, problems: [] })).toBe(want);
});

describe.each(['pretty', 'line'] as const)('the %s console', (name) => {
  test.each([80, 120])('keeps within %i columns, but for the command to copy', (columns) => {
    const lines = settled(output(name, { columns: () => columns, verbosity: 2 })).split('\n');
    const own = lines.filter(
      (line) =>
        !/^ {2}(replay|more|input) |^warning: |^(fail|lost|stale|error|warn|flaky|known|blocked|untestable|not-run|skipped|info|pass) /.test(
          line,
        ),
    );
    expect(own.filter((line) => line.length > columns)).toEqual([]);
  });

  test('takes a terminal that does not know its width for one of 80 columns', () => {
    expect(output(name, { columns: () => 0 })).toBe(output(name, { columns: () => 80 }));
  });

  test('shows what is known before anything is sent', () => {
    const lines = output(name, {}, events.slice(0, 1)).split('\n');
    expect(lines.slice(0, 31)).toEqual([
      'grpc-conform 0.1.0',
      '',
      '  target      127.0.0.1:50051',
      '  started by  node server.js --port {port}',
      '  transport   plaintext over TCP, round trip 0.4 ms',
      '  server      sloppy-server/0.9 \\x1b[31m<b>red</b>',
      '  tier        2 (grpc.testing.TestService)',
      '  broken      server-streaming: its plain call ends with status INTERNAL',
      '  denied      every call is answered UNAUTHENTICATED (16); say who asks: -H',
      '              gives a field to every call',
      expect.stringMatching(/^ {2}unkept {6}compressed-responses: an answer was not compressed a/),
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^ {14}\S/)),
      '  offers      unary, client-streaming, server-streaming,',
      '              bidirectional-streaming, slow, status, metadata, gzip',
      '  limits      3 calls at once on a connection (SETTINGS_MAX_CONCURRENT_STREAMS),',
      '              messages of 64 KiB (HTTP 413 above it), field sections of 8,000',
      '              octets (--header-limit), connections idle for 5 min (GOAWAY',
      '              NO_ERROR)',
      '  methods     1 of 2 may be called (server reflection v1): garden.Herbarium/Find',
      '  properties  16 properties selected, 8 can be tested here, up to 100 inputs',
      '              each',
      '  to unlock   2 more: serve grpc.health.v1.Health',
      '              1 more: start the target with --exec and name the signal that',
      '              stops it gracefully with --graceful-signal',
      '  baseline    known.json, 2 entries',
      '  time        1 min at most (--time-budget)',
      '  seed        424242',
      '',
      expect.anything(),
    ]);
  });

  test('names each thing that is missing when asked for more', () => {
    const text = output(name, { verbosity: 1 }, events.slice(0, 1));
    expect(text).toContain('  missing     health (2 properties wait for it): serve grpc.health.v1.Health\n');
    expect(text).not.toContain('to unlock');
  });

  test('a known finding is one line, with its gravity, its mark and its reason', () => {
    const known: RunEvent = {
      type: 'finding',
      id: 'DL-02-deadline-exceeded',
      finding: { ...blockingFinding, verdict: 'known', mark: 'hang', blocks: [], known: { reason: 'it waits' } },
      replay: { plan, facts },
    };
    const text = settled(output('pretty', {}, [...events.slice(0, 1), known]));
    expect(text).toContain('known (fail), hang  DL-02-deadline-exceeded: it waits\n');
  });

  test('what is lost and what is locked is told once for each thing to do', () => {
    const text = output(name);
    expect(text).toContain(
      'Lost\n  1  gzip was offered when the baseline was written, and is offered no more:\n     COMP-02; to have it, accept gzip and say so in grpc-accept-encoding\n',
    );
    expect(text).toContain('Could not test 1 property\n');
  });

  test('its counts add up', () => {
    const counts = [
      ...output(name).matchAll(
        /^ {2}(fail|lost|stale|error|warn|flaky|known|blocked|untestable|not-run|skipped|info|pass) +(\d+) {2}/gm,
      ),
    ];
    const total = /^ {2}total +(\d+)$/m.exec(output(name))?.[1];
    expect(counts.reduce((sum, match) => sum + Number(match[2]), 0)).toBe(fullRun.properties.length);
    expect(total).toBe(String(fullRun.properties.length));
  });

  test('ends with the files and the meaning of the exit code', () => {
    expect(output(name).split('\n').slice(-8)).toEqual([
      '  out/index.html',
      '  out/run.json',
      '  out/junit.xml',
      '  out/failures/ (8 files), played again by:',
      "  npx grpc-conform replay FILE --exec 'node server.js --port {port}'",
      '',
      'Exit code 1: unexpected findings, lost capabilities, or stale baseline entries',
      '',
    ]);
  });

  test('mentions no files where none are written', () => {
    expect(output(name, { outputDirectory: undefined })).not.toMatch(/replay|index\.html/);
  });

  test('-v tells every input, -vv the frames of failing runs', () => {
    expect(output(name)).not.toContain('#16');
    expect(output(name, { verbosity: 1 })).toContain(
      'search  MSG-02-any-data-split #16 broke MSG-02-any-data-split (1.5 ms)\n',
    );
    expect(output(name, { verbosity: 1 })).not.toContain('RST_STREAM on stream 3: REFUSED_STREAM');
    expect(output(name, { verbosity: 2 })).toContain('     15      4.20 < RST_STREAM on stream 3: REFUSED_STREAM\n');
  });

  test('a verdict is a word, with colours too', () => {
    const strip = (text: string): string => text.replaceAll(/\p{Cc}\[\d+m/gu, '');
    const colored = settled(output(name, { color: true }));
    expect(colored).toContain('\u001b[31m');
    expect(strip(colored)).toBe(settled(output(name)));
  });
});

/** The whole of a finding, as it must stand wherever it is told in full. */
const block = [
  'fail  MSG-02-any-data-split  must, failed 5 of 5, hurts the stream',
  '  rule      Message boundaries are independent of DATA frame boundaries (gRPC',
  '            over HTTP/2, Data Frames)',
  '  sent      a unary call whose message of 7 octets came in 2 DATA frames, cut at',
  '            1',
  '  observed  status 13 (INTERNAL), grpc-message "bad frame \\x1b[31m <script>"',
  '  expected  status 0 and the message that was sent',
  '  second    both saw status 13 for the same call',
  '  more      out/index.html#/p/MSG-02-any-data-split',
  "  replay    npx grpc-conform replay out/failures/MSG-02-any-data-split.status-13.json --exec 'node server.js --port {port}'",
  '',
];

describe('the pretty console', () => {
  test('prints a finding when it is confirmed, before the run ends', () => {
    expect(settled(output('pretty', {}, events.slice(0, 6)))).toContain(block.join('\n'));
  });

  test('lists causes to fix, each with the rows that it takes with it', () => {
    expect(output('pretty')).toContain(
      [
        'Fix first',
        '  1. RPC-03-server-streaming (fail)',
        '     A server-streaming call is answered by any number of messages and status OK',
        '     observed: status 13 (INTERNAL) after no message',
        '     and 1 more row with it: FLOW-01',
      ].join('\n'),
    );
  });

  test('says why a MUST is a warning', () => {
    const row = { rule: 'a rule', sources: [], accepts: ['status OK', 'another refusal, with a warning'] };
    const finding = { ...failingFinding, verdict: 'warn', gravity: 'warn' } as const;
    const warned: RunEvent = { type: 'finding', id: 'RPC-05-x', finding, row, replay: { plan, facts } };
    expect(settled(output('pretty', { columns: () => 120 }, [...events.slice(0, 1), warned]))).toContain(
      '  warning   the rule is a MUST, but it accepts with a warning: another refusal\n',
    );
  });

  test('a finding says what it keeps from being judged', () => {
    const finding: RunEvent = {
      type: 'finding',
      id: 'RPC-03-server-streaming',
      finding: blockingFinding,
      replay: { plan, facts },
    };
    const text = settled(output('pretty', {}, [...events.slice(0, 1), finding]));
    expect(text).toContain('fail  RPC-03-server-streaming and 1 row with it  must, ');
    expect(text).toContain('  with it   FLOW-01\n');
  });

  test('a command that is too long to stand under every finding stands once', () => {
    const [started] = events;
    const exec = `node server.js ${'--some-option '.repeat(20)}`;
    const header = { ...fullRun.header, target: { ...fullRun.target, exec } };
    const text = settled(output('pretty', {}, [{ type: 'run-started', header }, ...events.slice(1)]));
    expect(started?.type).toBe('run-started');
    expect(text).toContain('  replay    out/failures/MSG-02-any-data-split.status-13.json by the command at the end\n');
    expect(text.match(/--exec 'node/g)?.length).toBe(1);
  });

  test('of one cause the first finding is told in full, and of many causes ten', () => {
    const found = (index: number, causeKey: string): RunEvent => ({
      type: 'finding',
      id: `MSG-${String(index).padStart(2, '0')}-x`,
      finding: { ...failingFinding, causeKey },
      replay: { plan, facts },
    });
    const many = Array.from({ length: 12 }, (_, index) => found(index, `cause ${index}`));
    const lines = settled(output('pretty', {}, [...events.slice(0, 1), found(50, 'cause 0'), ...many])).split('\n');
    expect(lines.filter((line) => line.startsWith('  replay')).length).toBe(10);
    expect(lines.find((line) => line.startsWith('fail  MSG-00-x'))).toMatch(
      /^fail {2}MSG-00-x: one cause with MSG-50: status 13 \(INTERNAL\), grpc-message "bad .*…$/,
    );
    expect(lines.find((line) => line.startsWith('fail  MSG-11-x'))).toMatch(/^fail {2}MSG-11-x: status 13 /);
  });

  test.each([20, 80, 200])('its live line never wraps in %i columns', (columns) => {
    const live = output('pretty', { columns: () => columns })
      .split('\n')
      .flatMap((line) => line.split(erase).slice(0, -1));
    expect(live.length).toBeGreaterThan(5);
    expect(live.filter((line) => line.length >= columns)).toEqual([]);
  });

  test('says how far it is', () => {
    expect(output('pretty')).toMatch(
      /K\d+\/16 properties {2}2 inputs {2}1 fail {2}1 error {2}\d+ s of 1 min {2}~2 min left/,
    );
  });
});

describe('the line console', () => {
  test('writes nothing that moves the cursor', () => expect(output('line')).not.toMatch(/[^\P{Cc}\n]/u));

  test('tells a finding in full only at the end, where logs are read, with the rows of its cause', () => {
    const text = output('line');
    expect(text.match(/^ {2}replay/gm)?.length).toBe(5);
    const withIt = [...block.slice(0, -4), '  with it   RPC-01', ...block.slice(-4)];
    expect(text.slice(text.indexOf('Fix first'))).toContain(withIt.join('\n'));
  });

  test('prints a line per property that was tested', () => {
    const lines = output('line').split('\n');
    expect(lines).toContain('pass          FRAME-07-reserved-bit-ignored (100 inputs, 1.2 s)');
    expect(lines.some((line) => /^known \(warn\) {2}DL-02-deadline-exceeded \(100 inputs, 812 ms\)/.test(line))).toBe(
      true,
    );
    expect(lines.filter((line) => /^(untestable|blocked|lost|skipped|not-run) {2}/.test(line))).toEqual([]);
    expect(output('line', { verbosity: 1 })).toContain(
      '\nuntestable    CANC-01-reset-stops: needs the probe service\n',
    );
  });
});

describe('the github console', () => {
  /** As it comes out of the program, whose texts command nobody. */
  const printed = (options: Partial<ConsoleOptions> = {}): string => {
    let text = '';
    const write = (piece: string): void => void (text += disarmWorkflowCommands(piece));
    output('github', { ...options, write, writeCommands: (piece) => (text += piece) });
    return text;
  };

  /** Lines that the runner takes for commands: it looks behind leading blanks. */
  const commands = (text: string): readonly string[] =>
    text.split('\n').filter((line) => line.trimStart().startsWith('::'));

  test('annotates what needs attention, what gates first, and nothing else is a command', () => {
    expect(
      commands(printed()).map((line) => line.slice(0, line.lastIndexOf('::') > 8 ? line.indexOf('::', 2) : undefined)),
    ).toEqual([
      '::error title=CONN-04-preface-required',
      '::error title=HPACK-11-size-update',
      '::error title=MSG-02-any-data-split',
      '::error title=COMP-02-gzip-request',
      '::error title=DL-06-timeout-zero',
      '::error title=RPC-01-unary',
      '::error title=RPC-03-server-streaming',
      '::warning title=MSG-05-flag-above-1',
      '::warning title=STATUS-03-message-percent-encoding',
      '::notice title=grpc-conform',
    ]);
  });

  test('line ends and percent signs are data', () => {
    expect(commands(printed())[2]).toBe(
      '::error title=MSG-02-any-data-split::fail: Message boundaries are independent of DATA frame boundaries (gRPC over HTTP/2, Data Frames)%0Asent: a unary call whose message of 7 octets came in 2 DATA frames, cut at 1%0Aobserved: status 13 (INTERNAL), grpc-message "bad frame \\x1b[31m <script>"%0Aexpected: status 0 and the message that was sent',
    );
    expect(commands(printed()).join('')).toContain('y %250A');
  });

  test('an annotation says what a finding keeps from being judged, and why a row is lost', () => {
    const text = commands(printed()).join('\n');
    expect(text).toContain('::fail and 1 row with it: A server-streaming call is answered by ');
    expect(text).toContain('lost: A request in an encoding that the server lists is understood; gzip was offered when');
    expect(text).toContain('::flaky (fail), hang: A Compressed-Flag other');
  });

  test('the old form of commands does not get through', () => {
    expect(hostileText).toContain('##[error]');
    expect(printed({ verbosity: 2 })).not.toContain('##[');
  });
});

describe('the json console', () => {
  test('writes one event per line, the first with the schema version', () => {
    const lines = output('json').trimEnd().split('\n');
    const parsed = lines.map((line): { type: string } => JSON.parse(line) as { type: string });
    expect(parsed.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    expect(parsed[0]).toMatchObject({ schemaVersion: 1, header: { seed: 424242 } });
  });

  test('octets are base64', () => {
    expect(output('json')).toContain('"octets":{"base64":"AAAAAAIKAA=="}');
  });
});

describe('colours', () => {
  test.each([
    ['a terminal', {}, true, true],
    ['a pipe', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
    ['a dumb terminal', { TERM: 'dumb' }, true, false],
  ])('%s', (_why, environment, isTerminal, want) => expect(wantsColor(environment, isTerminal)).toBe(want));
});

describe('layout', () => {
  test.each([
    ['short text', 'a b', 10, ['a b']],
    ['breaks at blanks', 'one two three', 7, ['one two', 'three']],
    ['a long word is broken', 'abcdefgh ij', 4, ['abcd', 'efgh', 'ij']],
    ['nothing', '', 4, ['']],
  ])('wraps: %s', (_why, text, width, want) => expect(wrapText(text, width)).toEqual(want));

  test('a label with a text of several lines', () => {
    expect(labelled('sent', 'one two three four five six', 6, 28)).toEqual([
      '  sent  one two three four',
      '        five six',
    ]);
  });

  test('cuts', () => expect([cutText('abcdef', 4), cutText('abcd', 4)]).toEqual(['abc…', 'abcd']));
});
