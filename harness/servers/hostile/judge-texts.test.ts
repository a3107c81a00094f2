import { formatJunit } from '../../report/junit';
import { fullRun } from '../../report/fixtures/run';
import { renderReportPage } from '../../report/html/report-page';
import { judgeJunit, judgePage, judgeTerminal } from './judge-texts';
import { allTexts, markupText, terminalText, unicodeText, workflowText } from './texts';

const terminal = (text: string, due = { showsStacks: false, isForRunner: false }) =>
  judgeTerminal(Buffer.from(text, 'utf8'), 1000, due);

describe('the terminal', () => {
  test('may have words in any language, line ends, and our own annotations', () => {
    expect(terminal('Größe: 3 – “ok”\n日本語\n::error title=MSG-02::broken%0A\n')).toEqual([]);
  });

  test.each<[string, string]>([
    ['an escape', terminalText],
    ['a carriage return', 'a\rb'],
    ['a tab', 'a\tb'],
    ['a C1 control', 'a\u009b31m'],
    ['a direction override', 'a\u202eb'],
    ['a line separator', 'a\u2028b'],
    ['an invisible character', 'a\u200bb'],
  ])('may not have %s', (_what, text) => {
    expect(terminal(text)).toEqual([expect.stringMatching(/^prints "/)]);
  });

  test('may not have octets that are no UTF-8', () => {
    const octets = Buffer.from(unicodeText, 'latin1');
    expect(judgeTerminal(octets, 1000, { showsStacks: false, isForRunner: false })).toContain(
      'prints octets that are no UTF-8',
    );
  });

  test('may not have a command of the target at the beginning of a line', () => {
    expect(terminal(workflowText.replaceAll('\r', '').replaceAll('\x1b', ''))).toEqual([
      expect.stringMatching(/^prints a workflow command/),
    ]);
    expect(terminal('said ::error::pwned\n')).toEqual([]);
  });

  test('may not have a command of the old form anywhere, where the runner of GitHub reads it', () => {
    expect(terminal('said ##[error]pwned', { showsStacks: false, isForRunner: true })).toHaveLength(1);
    expect(terminal('said ##[error]pwned')).toEqual([]);
  });

  test('has stacks only where they were asked for, and faults never', () => {
    expect(terminal('x\n    at f (a.js:1:2)\n')).toHaveLength(1);
    expect(terminal('x\n    at f (a.js:1:2)\n', { showsStacks: true, isForRunner: false })).toEqual([]);
    expect(terminal('oh [ERR_INTERNAL]', { showsStacks: true, isForRunner: false })).toHaveLength(1);
  });

  test('has no more than its bound', () => {
    expect(terminal('x'.repeat(1001))).toEqual(['prints more than 1000 octets']);
  });
});

describe('the page', () => {
  const page = renderReportPage(fullRun, 'document.title="x"');
  const judge = (html: string): readonly string[] => judgePage(html, 1_000_000);

  test('of a run with hostile texts is clean', () => {
    expect(judge(page)).toEqual([]);
  });

  test.each<[string, string, string, RegExp]>([
    ['an element', '</main>', `${markupText}</main>`, /element that is not ours: "img"/],
    ['an attribute', '<main', '<main onclick="x"', /attribute that is not ours: "onclick"/],
    ['another script', '</body>', '<script>x</script></body>', /3 scripts/],
    ['a changed script', 'document.title="x"', 'document.title="y"', /policy/],
    ['a comment', '</main>', '<!-- x --></main>', /<!-- x -->/],
    ['an escape', '</main>', 'a\x1b[2J</main>', /u001b/],
    ['data that are no JSON', 'id="run">{', 'id="run">', /no JSON/],
  ])('may not have %s', (_what, from, to, problem) => {
    expect(judge(page.replace(from, () => to)).join('\n')).toMatch(problem);
  });

  test('has fewer octets than its bound', () => {
    expect(judgePage(page, 1000).join()).toMatch(/has \d+ octets/);
  });
});

describe('junit.xml', () => {
  const xml = formatJunit(fullRun);

  test('of a run with hostile texts is clean', () => {
    expect(judgeJunit(xml)).toEqual([]);
  });

  test('may have no element, no control and no second root of a target', () => {
    expect(judgeJunit(xml.replace('</testsuites>', () => `${allTexts}</testsuites>`))).toEqual([
      expect.stringContaining('element that is not ours'),
      expect.stringContaining('attribute that is not ours'),
      expect.stringContaining('has "'),
      expect.stringContaining('u001b'),
    ]);
    expect(judgeJunit(xml + xml)).toContain('has not exactly one element testsuites');
  });
});
