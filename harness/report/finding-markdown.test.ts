import { describeFindingAsMarkdown } from './finding-markdown';
import { fullRun } from './fixtures/run';
import type { FindingRecord, PropertyRecord } from './model';

/** The Markdown of the first finding that is filed under a row. */
function markdownOf(id: string): string {
  const property = fullRun.properties.find((one) => one.id === id) as PropertyRecord;
  return describeFindingAsMarkdown(fullRun, property, property.findings[0] as FindingRecord);
}

test.each([
  ['the head of a cause counts the rows of it', 'MSG-02-any-data-split', '- **With it:** 1 more row: RPC-01-unary'],
  ['another row of it names the head', 'RPC-01-unary', '- **Seems to be one cause with:** MSG-02-any-data-split'],
  ['what is blocked is counted, too', 'RPC-03-server-streaming', '- **With it:** 1 more row: FLOW-01-window-respected'],
  [
    'a known finding keeps its gravity, and says why a MUST is a warning',
    'DL-02-deadline-exceeded',
    '- **Verdict:** known (warn); the rule is a MUST, but the answer is right in kind and only its form is unusual',
  ],
  [
    'the seed is the one that --seed takes',
    'MSG-02-any-data-split',
    'grpc-conform 0.1.0; found by `MSG-02-any-data-split --seed 424242 --runs 100`',
  ],
  [
    'the packet that broke the rule is marked',
    'MSG-02-any-data-split',
    expect.stringMatching(/^ {4}\* {3}9 +\d+\.\d\d < HEADERS END_HEADERS on stream 1: :status: 200/) as string,
  ],
])('%s', (_why, id, line) => expect(markdownOf(id).split('\n')).toContainEqual(line));

test('nothing that the target said is formatting', () => {
  const text = markdownOf('STATUS-03-message-percent-encoding');
  expect(text).toContain('\\<img src=x');
  // What is indented by four blanks is shown as it stands.
  expect(text.replace(/^ {4}.*$/gm, '')).not.toMatch(/[^\\]<(?:img|script)/);
});
