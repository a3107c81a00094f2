import { checkOptions, type ConformanceOptions } from './options';

const messageOf = (given: unknown): string => {
  try {
    checkOptions(given);
    return 'nothing is wrong';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
};

const target = 'localhost:50051';

test('options that are what they must be come back as they are', () => {
  const options: Required<ConformanceOptions> = {
    target,
    exec: './server {port}',
    gracefulSignal: 'SIGTERM',
    hostile: true,
    transport: {
      tls: true,
      insecure: false,
      plaintext: false,
      servername: 'a',
      files: { ca: 'PEM', cert: '1', key: '2' },
    },
    authority: 'a',
    metadata: [{ name: 'x-empty', value: '' }],
    method: ['*'],
    idempotent: ['a.B/Get*'],
    proto: ['a.proto'],
    importPath: ['protos'],
    protoset: ['a.pb'],
    messageLimit: 4 * 1024 * 1024,
    headerLimit: 8192,
    maxStreams: 3,
    keepaliveTime: 1000,
    keepaliveTimeout: 2000,
    maxAge: 3000,
    maxAgeGrace: 1,
    maxIdle: 60_000,
    connectTimeout: 100,
    timeout: 5000,
    selectors: [],
    suites: [{ name: 'own', properties: [] }],
    skip: ['MSG'],
    baseline: 'known.json',
    expect: ['tier-2', 'gzip'],
    runs: 100,
    seed: 0,
    concurrency: 1,
    strict: true,
    out: 'report',
    testTimeout: 1000,
  };
  expect(checkOptions(options)).toEqual(options);
});

test('what is optional may be undefined, but for what names a server', () => {
  expect(checkOptions({ target, baseline: undefined, transport: { tls: undefined } })).toMatchObject({ target });
});

test.each<[string, unknown, RegExp]>([
  ['nothing at all', undefined, /no server is named: give target: .*, exec: .*, or target: 'bundled'/],
  ['no object', 'localhost:1', /the argument is "localhost:1": it must be an object, as in conformance\(\{ target: /],
  ['no server', { runs: 5 }, /no server is named/],
  ['an undefined target', { target: undefined }, /target is there and undefined: give it a value, or leave it out/],
  ['an undefined target beside exec', { target: undefined, exec: './server' }, /target is there and undefined/],
  ['an undefined exec beside target', { target, exec: undefined }, /exec is there and undefined/],
  [
    'an empty target',
    { target: '' },
    /target is "": it must be an address \('localhost:50051'\), 'bundled', or a function/,
  ],
  ['a target of blanks', { target: ' \n' }, /target is " \\n": it must be an address/],
  ['null for a target', { target: null }, /target is null: it must be an address/],
  [
    'a promise for a target',
    { target: Promise.resolve(target) },
    /target is a promise: .*a function that returns an address/,
  ],
  ['an empty exec', { exec: ' ' }, /exec is " ": it must be the command that starts the target/],
  ['a misspelt option', { taget: target }, /taget is no option \(did you mean target\?\): there are target, exec, /],
  ['another one', { target, sede: 1 }, /sede is no option \(did you mean seed\?\)/],
  ['an option like none', { target, 'zz\u001b[2J': 1 }, /zz\\x1b\[2J is no option: there are target/],
  [
    'a misspelt key of transport',
    { target, transport: { insecur: true } },
    /transport\.insecur is no option \(did you mean insecure\?\): there are plaintext, tls, /,
  ],
  [
    'a misspelt key of its files',
    { target, transport: { files: { cacert: '' } } },
    /transport\.files\.cacert is no option/,
  ],
  [
    'a misspelt key of a field',
    { target, metadata: [{ nmae: 'a', value: 'b' }] },
    /metadata\[0\]\.(nmae is no option \(did you mean name\?\)|name is undefined)/,
  ],
  ['a transport that is none', { target, transport: 'tls' }, /transport is "tls": it must be an object: \{ tls: true/],
  ['a flag that is none', { target, transport: { tls: 'yes' } }, /transport\.tls is "yes": it must be true or false/],
  ['a number in words', { target, runs: 'many' }, /runs is "many": it must be a whole number from 1 to 1000000/],
  ['no input', { target, runs: 0 }, /runs is 0: it must be a whole number from 1/],
  ['half an input', { target, runs: 1.5 }, /runs is 1\.5: it must be a whole number/],
  ['no number', { target, runs: NaN }, /runs is NaN: it must be a whole number/],
  [
    'one selector',
    { target, selectors: 'MSG-02' },
    /selectors is "MSG-02": it must be a list of texts, as in \['MSG-02'\]/,
  ],
  [
    'a selector that is none',
    { target, selectors: ['MSG', 2] },
    /selectors\[1\] is 2: it must be a text that is not empty/,
  ],
  ['an empty glob', { target, method: [''] }, /method\[0\] is "": it must be a text that is not empty/],
  ['strict in words', { target, strict: 'false' }, /strict is "false": it must be true or false/],
  [
    'too short a wait',
    { target, timeout: 1000 },
    /timeout is 1000: it must be a whole number of milliseconds from 1500/,
  ],
  ['a duration in words', { target, timeout: '5s' }, /timeout is "5s": it must be a whole number of milliseconds/],
  [
    'a signal that nobody can catch',
    { target, gracefulSignal: 'SIGKILL' },
    /gracefulSignal is "SIGKILL": it must be one of SIGTERM, /,
  ],
  [
    'metadata that are no list',
    { target, metadata: 'authorization: secret' },
    /metadata is a text: it must be a list of fields/,
  ],
  [
    'a value that is no text',
    { target, metadata: [{ name: 'a', value: 12345 }] },
    /metadata\[0\]\.value is a number: it must be a text$/,
  ],
  [
    'a name that is none',
    { target, metadata: [{ name: 'A b', value: '' }] },
    /metadata\[0\] has a name that no metadata field can have/,
  ],
  [
    'a name that is taken',
    { target, metadata: [{ name: 'te', value: '' }] },
    /metadata\[0\] te is written by the suite itself/,
  ],
  [
    'a value for no header',
    { target, metadata: [{ name: 'a', value: 'secret\n' }] },
    /metadata\[0\] a has a value that is not printable ASCII/,
  ],
])('%s is refused in one sentence', (_reason, given, want) => {
  const message = messageOf(given);
  expect(message).toMatch(want);
  expect(message).toMatch(/^ERR_USAGE conformance\(\): /);
  expect(message).not.toMatch(/\n|secret/);
});

test('a long value is cut', () => {
  expect(messageOf({ target, runs: 'x'.repeat(1000) }).length).toBeLessThan(200);
});
