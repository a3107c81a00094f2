import { printable, printableLines, sentence, shortPrintable } from './printable';

describe('printable', () => {
  const rows: readonly (readonly [why: string, text: string, want: string])[] = [
    ['plain text stays', 'status 13, “déjà vu” 完了', 'status 13, “déjà vu” 完了'],
    ['a terminal escape cannot be sent', '\u001b[2Jgone', '\\x1b[2Jgone'],
    ['nor its 8-bit form', '\u009b2J', '\\x9b2J'],
    ['a new line does not start one', 'a\r\nb', 'a\\x0d\\x0ab'],
    ['a direction override does not turn text around', 'a\u202eb', 'a\\u{202e}b'],
    ['line separators of Unicode', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['half a surrogate pair', '\ud800x', '\\u{d800}x'],
    ['a code point that is no character', '\uffff', '\\u{ffff}'],
    ['a whole pair stays', '😀', '😀'],
    ['escaped text is not escaped twice', '\\x1b', '\\x1b'],
  ];
  test.each(rows)('%s', (_why, text, want) => expect(printable(text)).toBe(want));

  test('applied twice it changes nothing more', () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('');
    expect(printable(printable(every))).toBe(printable(every));
  });

  test('a sentence gets its full stop once', () => {
    expect([sentence('a b'), sentence('a b.'), sentence('a\n')]).toEqual(['a b.', 'a b.', 'a\\x0a.']);
  });

  test('lines of a process', () => {
    expect(printableLines('one\r\n\ttwo\u0007')).toEqual(['one', '  two\\x07']);
  });

  test('a word of 100,000 letters and a sentence of as many are cut, and no character is parted', () => {
    expect(shortPrintable(`--${'a'.repeat(100_000)}z: see`)).toMatch(/^--a{198}…a{98}z: see$/);
    expect(shortPrintable('a '.repeat(50_000))).toHaveLength(2001);
    expect(shortPrintable(`a${'😀'.repeat(1000)}`)).toMatch(/^a(😀)+\\u\{d83d\}…/u);
    expect(shortPrintable('/home/ü b.json')).toBe('/home/ü b.json');
  });
});
