// Looks at comparison pages with a real browser: node harness/report/compare/html/comparison-page.check.mjs [--screenshots DIR] [--chromium FILE] [page.html …]
// Without pages it makes its own from the fixtures. Run by hand; no test run depends on a browser.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { values, positionals } = parseArgs({
  options: { screenshots: { type: 'string' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
  allowPositionals: true,
});
if (!existsSync(values.chromium)) {
  print(`SKIPPED: no browser at ${values.chromium} (--chromium FILE)`);
  process.exit(0);
}

const problems = [];
const folder = mkdtempSync(path.join(tmpdir(), 'comparison-page-'));
const pages = positionals.length > 0 ? positionals.map((file) => path.resolve(file)) : makePages();
const root = typeof process.getuid === 'function' && process.getuid() === 0;
const { chromium } = require('playwright-core');
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-first-run', '--disable-gpu', '--disable-background-networking', ...(root ? ['--no-sandbox'] : [])],
});
let looks = 0;
try {
  for (const file of pages) {
    for (const width of [360, 768, 1400]) {
      for (const colorScheme of ['light', 'dark']) await look(file, width, colorScheme);
    }
    await checkKeyboard(file);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) print(problem);
print(
  problems.length === 0
    ? `OK: ${looks} views of ${pages.length} pages`
    : `${problems.length} problems in ${looks} views`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

function print(line) {
  process.stdout.write(`${line}\n`);
}

async function look(file, width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const name = `${path.basename(file)} ${width} ${colorScheme}`;
  page.on('pageerror', (error) => problems.push(`${name}: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && problems.push(`${name}: ${message.text()}`));
  page.on(
    'request',
    (request) => request.url().startsWith('file:') || problems.push(`${name}: asks the network for ${request.url()}`),
  );
  page.on('dialog', (dialog) => problems.push(`${name}: a dialog, so markup of a run ran: ${dialog.message()}`));
  await page.goto(pathToFileURL(file).href);
  for (const choice of ['rows-all', 'rows-differ', 'rows-behaviour']) {
    if ((await page.locator(`#${choice}`).count()) > 0) await page.check(`#${choice}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) problems.push(`${name} ${choice}: ${wide} pixels too wide`);
    // The policy of the page permits no script: axe goes in by the debugger.
    await page.evaluate(require('axe-core').source);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, help, nodes } of violations)
      problems.push(`${name} ${choice}: ${id}: ${help}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`);
    looks += 1;
    if (values.screenshots !== undefined) {
      mkdirSync(values.screenshots, { recursive: true });
      const picture = `${path.basename(file, '.html')}-${width}-${colorScheme}-${choice}.png`;
      await page.screenshot({ path: path.join(values.screenshots, picture), fullPage: true });
    }
  }
  await context.close();
}

/** The first Tab leads past the runs; arrows choose rows; Space takes a column away. */
async function checkKeyboard(file) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  const expect = (holds, what) => holds || problems.push(`${path.basename(file)}: ${what}`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect((await page.evaluate(() => location.hash)) === '#matrix', 'the first Tab does not lead to the matrix');
  if ((await page.locator('#rows-all').count()) > 0) {
    const shown = () => page.locator('.matrix tbody th[scope="row"]:visible').count();
    const differing = await page.locator('.matrix tr:is(.coverage, .behaviour)').count();
    await page.focus('#rows-all');
    await page.keyboard.press('ArrowDown');
    expect((await shown()) === differing, 'an arrow does not leave the rows that differ');
  }
  if ((await page.locator('#show-0').count()) > 0) {
    await page.focus('#show-0');
    await page.keyboard.press('Space');
    expect((await page.locator('.c0:visible').count()) === 0, 'Space does not take a column away');
  }
  await context.close();
}

function makePages() {
  require('esbuild-register/dist/node').register({ target: 'node20' });
  const { cleanRun, fullRun, hostileText } = require('../../fixtures/run.ts');
  const { compareRuns } = require('../comparison.ts');
  const { renderComparisonPage } = require('./comparison-page.ts');
  const named = (names) =>
    names.map((name, index) => ({ name, record: index % 2 === 0 ? fullRun : cleanRun, page: `${index}.html` }));
  const pagesByName = {
    two: named(['full', 'clean']),
    twelve: named(Array.from({ length: 12 }, (_, index) => `server-${index + 1}`)),
    hostile: named([hostileText, 'clean', `${hostileText}2`]),
  };
  return Object.entries(pagesByName).map(([name, runs]) => {
    const file = path.join(folder, `${name}.html`);
    writeFileSync(file, renderComparisonPage(compareRuns(runs), { onlyDifferences: false }));
    return file;
  });
}
