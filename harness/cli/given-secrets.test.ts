import { errorHider, givenSecrets, showCommandLine } from './given-secrets';

test.each<[string[], string[]]>([
  [
    ['-H', 'authorization: Bearer abc'],
    ['-H', 'authorization: …'],
  ],
  [
    ['--header', 'x-key: abc', '--target', 'h:1'],
    ['--header', 'x-key: …', '--target', 'h:1'],
  ],
  [
    ['-header', 'x-key: abc'],
    ['-header', 'x-key: …'],
  ],
  [['--header=x-key: abc'], ['--header=x-key: …']],
  [['-Hx-key: abc'], ['-Hx-key: …']],
  [['-vHx-key: abc'], ['-vHx-key: …']],
  [
    ['-vH', 'x-pin: 48213'],
    ['-vH', 'x-pin: …'],
  ],
  [
    ['MSG', '-H', 'authorization:', 'Bearer', 'abc', '--runs', '5'],
    ['MSG', '-H', 'authorization:', '…', '…', '--runs', '5'],
  ],
  [
    ['-H', 'authorization: Bearer', 'abc', 'def'],
    ['-H', 'authorization: Bearer', '…', '…'],
  ],
  [
    ['-H', 'Bearer abc:x', 'MSG'],
    ['-H', '…', 'MSG'],
  ],
  [['--headers=authorization: abc'], ['--headers=authorization: …']],
  [
    ['--token', 'abc', 'MSG'],
    ['--token', '…', 'MSG'],
  ],
  [['authorization: abc'], ['authorization: …']],
  [['authorization:abc'], ['authorization: …']],
  [['--target=http://me:abc@h:1'], ['--target=http://…@h:1']],
  [
    ['--target', 'me:abc@h:1'],
    ['--target', '…@h:1'],
  ],
  [
    ['-H', 'authorization: Bearer ${TOKEN}'],
    ['-H', 'authorization: Bearer ${TOKEN}'],
  ],
  [
    ['-H', 'authorization: ${USER} abc'],
    ['-H', 'authorization: …'],
  ],
  ...[
    ['--target', 'h:1'],
    ['--target', 'unix:/a/b'],
    ['--authority', 'a.b', '--header-limit', '4096', '--key', 'k.pem', '--exec', 'node x.js --port {port}'],
    ['STREAM-16-discarded-data-returns-connection-credit', '--method', 'a.B/C', '--', 'MSG'],
  ].map((words): [string[], string[]] => [words, words]),
])('secrets of %j stay out of reports', (words, want) => {
  expect(showCommandLine(words)).toEqual(want);
});

const t = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

test.each<[string, Parameters<typeof errorHider>[0], string, string]>([
  [
    'a selector',
    { words: ['-H', 'authorization:', 'abc'] },
    'selector "abc" matches no rule',
    'selector "[hidden]" matches no rule',
  ],
  [
    'a flag',
    { words: ['-Hauthorization: 48213'] },
    "unknown option '-Hauthorization: 48213'",
    "unknown option '-Hauthorization: [hidden]'",
  ],
  ['a single digit', { words: ['-H', 'x:', '1'] }, '"1" is not from 1 to 10', '"[hidden]" is not from 1 to 10'],
  ['a token alone', { words: [t] }, `selector "${t}" matches`, 'selector "[hidden]" matches'],
  ['hex digits', { words: ['a8f5f167f44f4964e6c998dee827110c'] }, 'a8f5f167f44f4964e6c998dee827110c is', '[hidden] is'],
  [
    'a rule',
    { words: ['STREAM-16-discarded-data-returns-connection-credits'] },
    'STREAM-16-discarded-data-returns-connection-credits',
    'STREAM-16-discarded-data-returns-connection-credits',
  ],
  [
    'a path',
    { words: ['/store/a8f5f167f44f4964e6c998dee827110c/ca.pem'] },
    '/store/a8f5f167f44f4964e6c998dee827110c/ca.pem',
    '/store/a8f5f167f44f4964e6c998dee827110c/ca.pem',
  ],
  [
    'a password',
    { words: ['--target', 'http://me:pw1@h:1'] },
    'the target http://me:pw1@h:1 has',
    'the target http://[hidden]@h:1 has',
  ],
  [
    'a variable',
    { words: [], environment: { GRPC_CONFORM_HEADER: 'a: abcdef\nb: ghijkl' } },
    'abcdef, ghijkl',
    '[hidden], [hidden]',
  ],
  ['what a variable refers to', { words: ['-H', 'a: ${B}'], environment: { B: 'abcdef' } }, 'abcdef', '[hidden]'],
  [
    'a configuration',
    { words: [], config: { header: ['a: abcdef'], target: 'http://x:y1z@h' } },
    'abcdef, y1z',
    '[hidden], [hidden]',
  ],
])('no sentence quotes a secret: %s', (_name, given, said, shown) => {
  expect(errorHider(given, [])(said)).toBe(shown);
});

test('words without end are read in time', () => {
  const long = 100_000;
  const words = ['a', '1', 'aB3/', ' ', ':', '-H', '@', 'eyJ.'].map((word) => word.repeat(long / word.length));
  expect(givenSecrets({ words: [...words, '-H', ...words] }).length).toBeGreaterThan(0);
}, 2000);
