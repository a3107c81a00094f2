import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events } from '../report/fixtures/run';
import { writeStepSummary } from './step-summary';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'summary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function tell(file: string | undefined): string {
  let said = '';
  const stderr = {
    write: (text: string) => void (said += text),
    writeCommands: () => undefined,
    isTerminal: false,
    columns: () => 80,
  };
  const listener = writeStepSummary({ environment: { GITHUB_STEP_SUMMARY: file }, stderr });
  for (const event of events) listener?.(event);
  return said;
}

test('adds the run behind what other steps wrote, once', () => {
  const file = join(folder, 'page.md');
  writeFileSync(file, 'before\n');
  expect(tell(file)).toBe('');
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^before\n## Not conformant: /);
  expect(text.split('\n## ')).toHaveLength(2);
});

test('a page that cannot be written is told in one line, and ends nothing', () => {
  expect(tell(join(folder, 'none', 'page.md'))).toMatch(
    /^grpc-conform: the page of the job \(GITHUB_STEP_SUMMARY, .*page\.md\) cannot be written: .+\n$/,
  );
});

test.each([undefined, '', ' '])('without a page there is nothing to write: %j', (file) => {
  expect(writeStepSummary({ environment: { GITHUB_STEP_SUMMARY: file }, stderr: undefined as never })).toBeUndefined();
});
