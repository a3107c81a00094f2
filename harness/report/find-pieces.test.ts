import { cutMark, keepEnd } from '../cut-text';
import { escapeOctets } from '../wire/escape-octets';
import { printable } from './printable';
import { hideSecrets, secretsOf } from './secrets';

const token = 't0P/s3cret+Value=of_9';
const secrets = secretsOf([{ name: 'authorization', value: `Bearer ${token}` }]);
const hide = (text: string, end = false): string => hideSecrets(text, secrets, { end });

const hex = (text: string): string => Buffer.from(text).toString('hex');
const eachAs = (escape: (code: string) => string): string => [...token].map((one) => escape(hex(one))).join('');

describe('a text that holds a secret', () => {
  test.each<[string, string, string]>([
    ['in other case', `It Was ${token.toUpperCase()}!`, 'It Was [hidden]!'],
    ['of which every character is percent-encoded', `a ${eachAs((code) => `%${code}`)} b`, 'a [hidden] b'],
    ['percent-encoded three times', `a ${eachAs((code) => `%2525${code}`)} b`, 'a [hidden] b'],
    ['in escapes of JSON', `a ${eachAs((code) => `\\u00${code}`)} b`, 'a [hidden] b'],
    ['in escapes of JavaScript', `a ${eachAs((code) => `\\u{${code}}`)} b`, 'a [hidden] b'],
    ['in references of HTML', `a ${eachAs((code) => `&#x${code};`)} b`, 'a [hidden] b'],
    ['some of it escaped', `a t0P%2fs3cret\\x2bValue&#61;of_9 b`, 'a [hidden] b'],
    ['in hexadecimal digits', `a ${hex(token)} ${hex(token).toUpperCase()} b`, 'a [hidden] [hidden] b'],
    ['backwards', `a ${[...token].reverse().join('')} b`, 'a [hidden] b'],
    ['in UTF-16', `a ${printable([...token].join('\0'))} b`, 'a [hidden] b'],
    ['in the first line of base64', Buffer.from(`${token}${token}`).toString('base64').slice(0, 40), '[hidden]'],
    ['a piece of twelve characters of it', `a ${token.slice(4, 16)} b`, 'a [hidden] b'],
    ['a piece of eleven', `a ${token.slice(4, 15)} b`, `a ${token.slice(4, 15)} b`],
  ])('%s', (_name, text, want) => {
    expect(hide(text)).toBe(want);
  });

  test('in base64 of any text around it, once or twice', () => {
    for (const before of ['', 'a', 'ab', 'abc'])
      for (const after of ['', 'x', 'xy', '\xff'])
        for (const encoding of ['base64', 'base64url'] as const) {
          const once = Buffer.from(`${before}${token}${after}`, 'latin1').toString(encoding);
          const twice = Buffer.from(`${after}${once}${before}`).toString(encoding);
          // What is left stands for the neighbours alone.
          expect(hide(once)).toMatch(/^.{0,4}\[hidden\].{0,6}$/);
          expect(hide(twice)).toMatch(/^.{0,8}\[hidden\].{0,14}$/);
        }
  });
});

describe('a text that was cut', () => {
  const forms: readonly [string, string][] = [
    ['as it is', token],
    ['percent-encoded', eachAs((code) => `%${code}`)],
    ['in escapes', eachAs((code) => `\\x${code}`)],
    ['in base64', Buffer.from(token).toString('base64')],
  ];
  /** Characters of the secret at most that may be left at a cut, in whatever form: two, and half a third. */
  const shown = (form: string): number => Math.ceil((form.length / token.length) * 3);

  test.each(forms)('anywhere in a secret, %s', (_name, form) => {
    const all = `a ${form} b`;
    for (let at = 2; at <= 2 + form.length; at += 1) {
      const start = hide(keepEnd(all, all.length - at + cutMark.length));
      expect(start).toMatch(/^…(\[hidden\]|.*) b$/);
      expect(start.replace('[hidden]', '').length).toBeLessThanOrEqual(3 + shown(form));
      for (const end of [hide(`${all.slice(0, at)}${cutMark}`), hide(all.slice(0, at), true)])
        expect(end.replace('[hidden]', '').length).toBeLessThanOrEqual(3 + shown(form));
    }
  });

  test('by the number of octets that are shown', () => {
    for (let most = 5; most < token.length + 2; most += 1)
      expect(hide(escapeOctets(`a ${token}`, most))).toBe(
        `a [hidden]... (+${token.length + 2 - most} octet${most === token.length + 1 ? '' : 's'})`,
      );
  });

  test('elsewhere', () => {
    expect(hide('t0 t0P t0P/s… s3cret of_9')).toBe('t0 t0P [hidden]… s3cret of_9');
  });
});

test('texts without end are searched in time that grows with their length only', () => {
  const near = [token.slice(0, 11), '%', '\\x', '&#', 'x\x01', '…', token].map((one) =>
    one.repeat(2 ** 20 / one.length),
  );
  const started = performance.now();
  const found = near.map((text) => secrets.find(text, { start: true, end: true }).length > 0);
  expect(found).toEqual([true, false, false, false, false, false, true]);
  // Half a second on a machine of 2024; whatever is quadratic takes an hour.
  expect(performance.now() - started).toBeLessThan(30_000);
});
