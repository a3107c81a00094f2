import { cleanRun, fullRun, largeRun } from './fixtures/run';
import { describeRunAsMarkdown } from './run-markdown';
import { groupByCause } from './summary';

const wide = { mostCharacters: 250_000 };

test('the verdict is the heading, the counts are a table, what to fix first is folded, and the exit code is explained', () => {
  const text = describeRunAsMarkdown(fullRun, wide);
  expect(text).toMatch(/^## Not conformant: \d+ rules? broken/);
  expect(text).toMatch(/^\| fail \| \d+ \| .+ \|$/m);
  expect(text).toContain('### Fix first');
  expect(text).toMatch(/^fail.*: MSG-02-any-data-split: /m);
  expect(text).toMatch(/^- Not tested: \d+ rules?: /m);
  expect(text).toMatch(/Exit code 1: unexpected findings/);
});

test('a run without findings has no list of them', () => {
  expect(describeRunAsMarkdown(cleanRun, wide)).not.toContain('Fix first');
});

test('as many tags are opened as closed, and nothing that the target said is one', () => {
  const text = describeRunAsMarkdown(fullRun, wide).replace(/^ {4}.*$/gm, '');
  const count = (tag: string): number => text.split(tag).length - 1;
  expect(count('<details>')).toBe(count('</details>'));
  expect(count('<summary>')).toBe(count('</summary>'));
  const others = text.replace(/<\/?(?:details|summary)>/g, '');
  expect(others).not.toMatch(/(?<!\\)<[a-z/!]/i);
});

test.each([3_000, 20_000, 250_000])('stays within %d characters, and every cause is told or counted', (most) => {
  const text = describeRunAsMarkdown(largeRun, { mostCharacters: most });
  expect(text.length).toBeLessThanOrEqual(most);
  const told = new Set(text.match(/^(?:- )?fail: [A-Z]+-\d+/gm)).size;
  const rest = Number(/^and (\d+) more$/m.exec(text)?.[1] ?? 0);
  expect(told + rest).toBe(groupByCause(largeRun).length);
  expect(text).toContain(`seed ${largeRun.seed}`);
});
