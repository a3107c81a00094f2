import { describeAgainst, describeTargetName, describeTestable } from './describe-target';

const target = { name: '127.0.0.1:50051', identification: '', tier: 0 } as const;

test.each<[string, Parameters<typeof describeAgainst>[0], string]>([
  ['a bare target', target, 'against 127.0.0.1:50051, tier 0 (unknown methods only)'],
  [
    'one that says what it is',
    { ...target, tier: 2, identification: 'server: envoy' },
    'against 127.0.0.1:50051 (server: envoy), tier 2 (grpc.testing.TestService)',
  ],
  [
    'one that was started',
    { ...target, exec: './server', identification: 'server: a' },
    'against 127.0.0.1:50051 (started by ./server; server: a), tier 0 (unknown methods only)',
  ],
  [
    'one that nobody chose',
    { ...target, name: 'the bundled server', byDefault: true },
    'against the bundled server, as neither --target nor --exec names another, tier 0 (unknown methods only)',
  ],
  [
    'one that would steer the terminal',
    { ...target, identification: 'a\u001b[2J\nb' },
    'against 127.0.0.1:50051 (a\\x1b[2J\\x0ab), tier 0 (unknown methods only)',
  ],
])('%s', (_reason, one, want) => {
  expect(describeAgainst(one)).toBe(want);
});

test('a long command is cut', () => {
  expect(describeAgainst({ ...target, exec: 'x'.repeat(5000) }).length).toBeLessThan(250);
});

test('a name that was chosen says no more than itself', () => {
  expect(describeTargetName({ name: 'h:1' })).toBe('h:1');
});

test.each<[string, number | undefined, number, string]>([
  ['all', 80, 80, '80 of 80 rules can be tested there'],
  ['some', 10, 80, '10 of 80 rules can be tested there, 70 cannot'],
  ['none', 0, 1, '0 of 1 rule can be tested there, 1 cannot'],
  ['a record of an older version', undefined, 3, '3 rules'],
])('how much can be tested: %s', (_reason, testable, selected, want) => {
  expect(describeTestable(testable === undefined ? {} : { testable }, selected)).toBe(want);
});
