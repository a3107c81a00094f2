import { hideSecrets, secretsOf } from './secrets';

const hide = (value: string, text: string, name = 'authorization'): string =>
  hideSecrets(text, secretsOf([{ name, value }]));

test.each<[string, string, string]>([
  ['s3cret-value', 'it was s3cret-value, s3cret-value', 'it was [hidden], [hidden]'],
  ['Bearer abcdefghijkl', 'the token abcdefghijkl', 'the token [hidden]'],
  ['Bearer abcdefghijkl', 'Bearer is not hidden', 'Bearer is not hidden'],
  ['abcdefghijklmnopq', 'cut: abcdefghijklm... (+4 octets)', 'cut: [hidden]... (+4 octets)'],
  ['abcdefghijklmnopq', 'abcdefghijk alone is too short', 'abcdefghijk alone is too short'],
  ['a b/c+d=', 'a%20b%2Fc%2Bd%3D', '[hidden]'],
  ['s3cret-value', Buffer.from('s3cret-value').toString('base64'), '[hidden]'],
  [`Basic ${Buffer.from('me:pass word').toString('base64')}`, 'me:pass word or pass word', '[hidden] or [hidden]'],
  ['short', 'too short to be a secret', 'too short to be a secret'],
  ['aaaaaaaa', 'aaaaaaaaaaaa', '[hidden]'],
])('%s in %s', (value, text, want) => {
  expect(hide(value, text)).toBe(want);
});

test('a Binary-Header of any octets, in the output of a process', () => {
  const octets = Buffer.from('clé ✓ \xff', 'utf8');
  const value = Buffer.concat([octets, Buffer.of(0xff, 0xfe)]).toString('base64');
  expect(hide(value, `it is ${Buffer.from(value, 'base64').toString('utf8')}!`, 'x-key-bin')).toBe('it is [hidden]!');
});

test('octets of a Binary-Header', () => {
  expect(hide(Buffer.from('binary').toString('base64'), 'it is binary', 'x-key-bin')).toBe('it is [hidden]');
});
