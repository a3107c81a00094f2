// Looks at report pages with a real browser: node harness/report/html/report-page.check.mjs [--screenshots DIR] [--chromium FILE] [page.html …]
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
/** Pages that are only opened: looking at all of them takes minutes. */
const large = [];
const folder = mkdtempSync(path.join(tmpdir(), 'report-page-'));
const pages = positionals.length > 0 ? positionals.map((file) => path.resolve(file)) : makePages();
/** One property of each kind; `none` is in no run. */
const wanted = [
  'MSG-02-any-data-split',
  'CONN-04-preface-required',
  'STATUS-03-message-percent-encoding',
  'TRAIL-01-trailers-only',
  'CANC-01-reset-stops',
  'RPC-03-server-streaming',
  'FLOW-01-window-respected',
  'LARGE-01-rule-that-is-broken',
];
const flags = [
  '--no-first-run',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const root = typeof process.getuid === 'function' && process.getuid() === 0;
const { chromium } = require('playwright-core');
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: root ? [...flags, '--no-sandbox'] : flags,
});
let looks = 0;

try {
  for (const page of pages) {
    for (const width of [360, 390, 1400]) {
      for (const colorScheme of ['light', 'dark']) await look(page, width, colorScheme);
    }
    await checkKeyboard(page);
    await checkSpeed(page);
    await checkWithoutJavaScript(page);
  }
  for (const page of large) await checkSpeed(page);
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
  page.on('dialog', (dialog) => problems.push(`${name}: a dialog, so markup of the target ran: ${dialog.message()}`));
  await page.goto(pathToFileURL(file).href);
  const ids = await page.evaluate(() =>
    JSON.parse(document.getElementById('run').textContent).properties.map(({ id }) => id),
  );
  const views = [
    '',
    '#/p/none',
    '#/?q=s%3Afail',
    '#/requirements',
    '#/sentences',
    '#/run',
    ...wanted.filter((id) => ids.includes(id)).map((id) => `#/p/${id}/f/1`),
  ];
  for (const [index, view] of views.entries()) {
    await page.goto('about:blank');
    await page.goto(pathToFileURL(file).href + view);
    await page.waitForSelector('h1');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) problems.push(`${name} ${view}: ${wide} pixels too wide`);
    // The policy of the page permits no script but its own: axe goes in by the debugger.
    await page.evaluate(require('axe-core').source);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, help, nodes } of violations)
      problems.push(`${name} ${view}: ${id}: ${help}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`);
    looks += 1;
    if (values.screenshots !== undefined) {
      mkdirSync(values.screenshots, { recursive: true });
      const picture = `${path.basename(file, '.html')}-${width}-${colorScheme}-${index}.png`;
      await page.screenshot({ path: path.join(values.screenshots, picture), fullPage: true });
    }
  }
  await context.close();
}

/** j and Enter open a property, u goes back to it in the list; / searches, n goes on in what was found, x ticks off. */
async function checkKeyboard(file) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${pathToFileURL(file).href}#/?sort=time`);
  await page.waitForSelector('h1');
  const properties = await page.locator('a.row').count();
  const expect = (holds, what, given) =>
    page.waitForFunction(holds, given, { timeout: 3000 }).catch(() => problems.push(`${path.basename(file)}: ${what}`));
  if (properties > 0) {
    await page.locator('a.row').first().focus();
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(
      () => location.hash.startsWith('#/p/') && document.activeElement?.tagName === 'H1',
      'Enter does not open a property with the focus on its heading',
    );
    await page.keyboard.press('u');
    await expect(
      () => location.hash === '#/?sort=time' && document.activeElement?.matches('a.row') === true,
      'u does not go back to the row in the list',
    );
    const scroll = await page.evaluate(() => scrollY);
    await page.keyboard.press('Enter');
    await expect(() => location.hash.startsWith('#/p/'), 'Enter does not open the property again');
    await page.goBack();
    await expect(
      (before) => document.activeElement?.matches('a.row') === true && Math.abs(scrollY - before) < 2,
      'Back does not show the place in the list that was left',
      scroll,
    );
    await page.keyboard.press('x');
    await expect(() => document.querySelectorAll('.row.reviewed').length === 1, 'x does not tick a property off');
    await page.keyboard.press('/');
    await page.keyboard.type('zzzz');
    await expect(() => document.querySelectorAll('a.row').length === 0, 'a search for nonsense still shows properties');
    await expect(() => location.hash === '#/?q=zzzz&sort=time', 'a search is not in the address');
  }
  await page.goto(`${pathToFileURL(file).href}#/?q=s%3Afail`);
  await page.waitForSelector('h1');
  const failing = await page.locator('a.row').count();
  if (failing > 1) {
    await page.locator('a.row').first().focus();
    await page.keyboard.press('Enter');
    await expect(
      (count) => document.querySelector('.steps')?.textContent?.startsWith(`1 of ${count}`) === true,
      'a property does not say its place in what was found',
      failing,
    );
    await page.keyboard.press('n');
    await expect(
      (count) => document.querySelector('.steps')?.textContent?.startsWith(`2 of ${count}`) === true,
      'n does not go on in what was found',
      failing,
    );
  }
  const packets = page.locator('.packet button');
  await page.goto(`${pathToFileURL(file).href}#/p/MSG-02-any-data-split`);
  await page.waitForSelector('h1');
  if ((await packets.count()) > 1) {
    await packets.first().focus();
    await page.keyboard.press('j');
    await expect(() => location.hash.endsWith('/f/1/c/main/pkt/1'), 'j does not select the next packet');
    await expect(
      () => document.querySelectorAll('.packet.selected').length === 1,
      'not exactly one packet is selected',
    );
  }
  await context.close();
}

/** A page is there within two seconds, however large the run is: the best of three counts, on a machine that has other things to do. */
async function checkSpeed(file) {
  const context = await browser.newContext();
  const page = await context.newPage();
  let best = Infinity;
  for (let attempt = 0; attempt < 3 && best > 2000; attempt++) {
    const started = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('h1');
    best = Math.min(best, performance.now() - started);
  }
  if (best > 2000) problems.push(`${path.basename(file)}: takes ${Math.round(best)} ms to load, more than 2000`);
  await context.close();
}

async function checkWithoutJavaScript(file) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  if ((await page.locator('main.static h1').count()) !== 1)
    problems.push(`${path.basename(file)}: says nothing without JavaScript`);
  await context.close();
}

function makePages() {
  require('esbuild-register/dist/node').register({ target: 'node20' });
  const { cleanRun, fullRun, hugeRun, largeRun } = require('../fixtures/run.ts');
  const { renderReportPage } = require('./report-page.ts');
  const bundle = require('esbuild').buildSync({
    entryPoints: [path.join(import.meta.dirname, 'client/main.tsx')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
  });
  const script = bundle.outputFiles[0].text.replaceAll('</script', '<\\/script');
  const begun = {
    ...cleanRun,
    status: 'incomplete',
    reason: 'the run has not finished',
    verdict: 'error',
    properties: [],
    exitCode: undefined,
  };
  const runs = { full: fullRun, clean: cleanRun, begun, large: largeRun };
  const huge = path.join(folder, 'huge.html');
  writeFileSync(huge, renderReportPage(hugeRun, script));
  large.push(huge);
  return Object.entries(runs).map(([name, run]) => {
    const file = path.join(folder, `${name}.html`);
    const text = renderReportPage(run, script);
    if (text.length > 1_000_000) problems.push(`${name}: ${text.length} octets, more than a million`);
    writeFileSync(file, text);
    return file;
  });
}
