// The report page in a real browser: `npm run pages report`. What it asks for it finds by role and name, as a reader does.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundlePages } from '../../build/bundle-pages.mjs';
import { comes, pressUntil, screens, urlOf } from '../../build/pages/browser.mjs';

const require = createRequire(import.meta.url);

/** One property of each kind; `none` is in no run. */
const wanted = [
  'MSG-02-any-data-split',
  'CONN-04-preface-required',
  'TRAIL-01-trailers-only',
  'RPC-03-server-streaming',
];

/** A page may have so many octets: mail and issue trackers take that. */
const mostOctets = 3_000_000;

export async function check(browser, folder) {
  for (const [name, run] of Object.entries(makeRuns())) {
    const file = writePage(browser, folder, name, run);
    for (const { width, colorScheme } of screens) {
      const title = `report ${name} ${width} ${colorScheme}`;
      await browser.withPage(title, { width, colorScheme }, async (page) => {
        const ids = run.properties.map(({ id }) => id);
        for (const view of ['', '#/p/none', ...wanted.filter((id) => ids.includes(id)).map((id) => `#/p/${id}/f/1`)]) {
          await page.goto('about:blank');
          await page.goto(urlOf(file, view));
          await page.waitForSelector('h1');
          await browser.look(page, `${title} ${view}`);
        }
      });
    }
    await checkWithoutScript(browser, file, name);
    const broken = run.properties.find(({ findings }) => findings.some(({ at }) => at !== undefined));
    if (broken !== undefined) await checkKeyboard(browser, file, `report ${name}`, broken.id);
  }
}

function checkWithoutScript(browser, file, name) {
  return browser.withPage(`report ${name} without JavaScript`, { javaScriptEnabled: false }, async (page) => {
    await page.goto(urlOf(file));
    browser.expect(
      (await page.getByRole('heading', { level: 1 }).count()) === 1,
      `${name}: is empty without JavaScript`,
    );
  });
}

/** From the first key to the packets of a finding, and back. */
function checkKeyboard(browser, file, name, id) {
  return browser.withPage(`${name} by keyboard`, {}, async (page) => {
    await page.goto(urlOf(file));
    await page.waitForSelector('h1');
    await page.keyboard.press('/');
    browser.expect(
      await comes(page, () => document.activeElement?.getAttribute('type') === 'search'),
      `${name}: / does not reach the search`,
    );
    await page.keyboard.type('zzzz');
    browser.expect(await comes(page, () => location.hash.includes('zzzz')), `${name}: a search is not in the address`);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(id);
    browser.expect(
      await comes(page, (text) => location.hash.includes(text), id),
      `${name}: another search is not in the address`,
    );
    const isLink = () => document.activeElement?.getAttribute('href')?.includes('#/p/') === true;
    browser.expect(await pressUntil(page, 'Tab', isLink), `${name}: Tab does not reach what the search found`);
    await page.keyboard.press('Enter');
    browser.expect(
      await comes(page, (text) => document.querySelector('h1')?.textContent?.includes(text) === true, id),
      `${name}: Enter does not open the property`,
    );
    const isPacket = () => /^packet \d+/i.test(document.activeElement?.getAttribute('aria-label') ?? '');
    browser.expect(await pressUntil(page, 'Tab', isPacket), `${name}: Tab does not reach the packets`);
    const before = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await page.keyboard.press('j');
    browser.expect(
      await comes(page, (label) => document.activeElement?.getAttribute('aria-label') !== label, before),
      `${name}: j does not move to the next packet`,
    );
    browser.expect(
      await comes(page, () => /\/pkt\/\d+/.test(location.hash)),
      `${name}: the packet is not in the address`,
    );
    await page.keyboard.press('u');
    browser.expect(
      await comes(page, () => !location.hash.startsWith('#/p/')),
      `${name}: u does not go back to the overview`,
    );
  });
}

function makeRuns() {
  const { cleanRun, fullRun, largeRun } = require('../fixtures/run.ts');
  const begun = {
    ...cleanRun,
    status: 'incomplete',
    reason: 'the run has not finished',
    verdict: 'error',
    properties: [],
    exitCode: undefined,
  };
  return { full: fullRun, clean: cleanRun, begun, large: largeRun };
}

function writePage(browser, folder, name, run) {
  const { renderReportPage } = require('./report-page.ts');
  const text = renderReportPage(run, bundlePages().find((page) => page.folder === 'html').text);
  browser.expect(Buffer.byteLength(text) <= mostOctets, `${name}: ${text.length} letters, too many for a page`);
  const file = path.join(folder, `report-${name}.html`);
  writeFileSync(file, text);
  return file;
}
