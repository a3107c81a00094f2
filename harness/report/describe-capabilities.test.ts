import { describeTrouble, troublesOf } from './describe-capabilities';
import type { CapabilityRecord } from './model';

const said = (...capabilities: readonly CapabilityRecord[]): readonly string[] =>
  troublesOf({ capabilities }).map((trouble) => `${trouble.state} ${describeTrouble(trouble)}`);

test('what is offered or absent is no trouble, and older files know of none', () => {
  expect(said({ need: 'unary', state: 'offered' }, { need: 'health', state: 'absent', why: 'status 12' })).toEqual([]);
  expect(troublesOf({})).toEqual([]);
});

test('broken comes first, then denied, then unkept; one reason is said once', () => {
  expect(
    said(
      { need: 'metadata', state: 'unkept', why: 'nothing was echoed' },
      { need: 'unary', state: 'denied', why: 'every call is answered RESOURCE_EXHAUSTED' },
      { need: 'status', state: 'denied', why: 'every call is answered RESOURCE_EXHAUSTED' },
      { need: 'gzip', state: 'broken', why: 'its plain call hangs' },
    ),
  ).toEqual([
    'broken gzip: its plain call hangs',
    'denied unary, status: every call is answered RESOURCE_EXHAUSTED',
    'unkept metadata: nothing was echoed',
  ]);
});

test.each([
  ['says what to do', 'every call is answered UNAUTHENTICATED', "; send credentials with -H 'NAME: VALUE'"],
  ['does not say it twice', 'every call is answered UNAUTHENTICATED: give -H', ''],
  ['knows HTTP, too', 'every call is answered HTTP 401', "; send credentials with -H 'NAME: VALUE'"],
  ['does not guess', 'every call is answered UNAVAILABLE', ''],
])('a denied one %s', (_why, why, advice) =>
  expect(said({ need: 'unary', state: 'denied', why })).toEqual([`denied unary: ${why}${advice}`]),
);

test('a state without a reason says what it means', () =>
  expect(said({ need: 'unary', state: 'broken' })).toEqual(['broken unary: it is there, and its plain call fails']));
