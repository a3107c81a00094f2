import { describeTrouble, troublesOf } from './describe-capabilities';
import type { CapabilityRecord } from './model';

const said = (...capabilities: readonly CapabilityRecord[]): readonly string[] =>
  troublesOf({ capabilities, missing: [{ need: 'gzip', unlock: '', properties: 5 }] }).map(
    (trouble) => `${trouble.state} ${describeTrouble(trouble)}`,
  );

test('what is offered or absent is no trouble, and older files know of none', () => {
  expect(said({ need: 'unary', state: 'offered' }, { need: 'health', state: 'absent', why: 'status 12' })).toEqual([]);
  expect(troublesOf({ missing: [] })).toEqual([]);
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
    'broken gzip: its plain call hangs; 5 properties build on it',
    'denied unary, status: every call is answered RESOURCE_EXHAUSTED',
    'unkept metadata: nothing was echoed',
  ]);
});

test('when every call is denied, that is said once, with what would help', () => {
  const denied = { answer: 'UNAUTHENTICATED (16)', unlock: 'say who asks' };
  const capabilities: readonly CapabilityRecord[] = [{ need: 'unary', state: 'denied', why: 'answered so' }];
  expect(troublesOf({ capabilities, denied, missing: [] }).map(describeTrouble)).toEqual([
    'every call is answered UNAUTHENTICATED (16); say who asks',
  ]);
});

test('a state without a reason says what it means', () =>
  expect(said({ need: 'unary', state: 'broken' })).toEqual(['broken unary: it is there, and its plain call fails']));
