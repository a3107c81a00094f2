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
    await checkPackets(page);
    await checkWithoutJavaScript(page);
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
  page.on('dialog', (dialog) => problems.push(`${name}: a dialog, so markup of the target ran: ${dialog.message()}`));
  await page.goto(pathToFileURL(file).href);
  const ids = await page.evaluate(() =>
    JSON.parse(document.getElementById('run').textContent).properties.map(({ id }) => id),
  );
  const views = ['', '#/p/none', ...wanted.filter((id) => ids.includes(id)).map((id) => `#/p/${id}/f/1`)];
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

/** j and Enter open a property, u goes back; / searches. */
async function checkKeyboard(file) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${pathToFileURL(file).href}#/?sort=time`);
  await page.waitForSelector('h1');
  const properties = await page.locator('.row').count();
  const expect = (holds, what) =>
    page
      .waitForFunction(holds, undefined, { timeout: 3000 })
      .catch(() => problems.push(`${path.basename(file)}: ${what}`));
  if (properties > 0) {
    await page.locator('.row').first().focus();
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await expect(
      () => location.hash.startsWith('#/p/') && document.activeElement?.tagName === 'H1',
      'Enter does not open a property with the focus on its heading',
    );
    await page.keyboard.press('u');
    await expect(
      () => location.hash === '#/' && document.activeElement?.id === 'verdict',
      'u does not go back to the overview',
    );
    await page.keyboard.press('/');
    await page.keyboard.type('zzzz');
    await expect(() => document.querySelectorAll('.row').length === 0, 'a search for nonsense still shows properties');
    await expect(() => location.hash === '#/?q=zzzz', 'a search is not in the address');
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

/** The filter, octets to parts and back, and what can be saved. */
async function checkPackets(file) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, acceptDownloads: true });
  const page = await context.newPage();
  const expect = (holds, what) => holds || problems.push(`${path.basename(file)}: ${what}`);
  await page.goto(`${pathToFileURL(file).href}#/p/MSG-02-any-data-split/f/1/c/main/pkt/8`);
  await page.waitForSelector('h1');
  if ((await page.locator('.workbench').count()) > 0) {
    const top = await page.evaluate(() => document.querySelector('.workbench').getBoundingClientRect().top);
    expect(top >= 0 && top < 500, 'a link to a packet does not scroll to it');
    await page.fill('.packet-tools input[type=text]', 'stream==1 type==DATA');
    expect((await page.locator('.packet').count()) === 2, 'the filter does not leave two DATA frames');
    await page.locator('.hex [data-at="11"]').first().hover();
    const part = await page.locator('.parts [aria-pressed=true]').allTextContents();
    expect(
      part.some((text) => text.startsWith('Message 1 prefix')),
      'an octet does not mark the part that it is in',
    );
    await page.locator('.parts button').first().hover();
    expect((await page.locator('.hex .on').count()) === 6, 'a part does not mark its octets');
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as capture (pcapng)' }).click(),
    ]);
    expect(saved.suggestedFilename().endsWith('.pcapng'), 'a capture is not saved');
  }
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
  const { cleanRun, fullRun, largeRun } = require('../fixtures/run.ts');
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
  return Object.entries(runs).map(([name, run]) => {
    const file = path.join(folder, `${name}.html`);
    const text = renderReportPage(run, script);
    if (text.length > 1_000_000) problems.push(`${name}: ${text.length} octets, more than a million`);
    writeFileSync(file, text);
    return file;
  });
}
