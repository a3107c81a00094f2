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

/** What a page shows beside a property; no run has `none`. */
const views = ['', '#/p/none', '#/?q=s%3Afail', '#/requirements', '#/sentences', '#/run'];

/** A page may have so many octets: mail and issue trackers take that. */
const mostOctets = 3_000_000;

export async function check(browser, folder) {
  for (const [name, run] of Object.entries(makeRuns())) {
    const file = writePage(browser, folder, name, run);
    for (const { width, colorScheme } of screens) {
      const title = `report ${name} ${width} ${colorScheme}`;
      await browser.withPage(title, { width, colorScheme }, async (page) => {
        const ids = run.properties.map(({ id }) => id);
        for (const view of [...views, ...wanted.filter((id) => ids.includes(id)).map((id) => `#/p/${id}/f/1`)]) {
          await page.goto('about:blank');
          await page.goto(urlOf(file, view));
          await page.waitForSelector('h1');
          // On the narrow screen with all that a reader can open: what fits there fits everywhere.
          if (width < 1000) await page.evaluate(openDetails);
          await browser.look(page, `${title} ${view}`);
        }
      });
    }
    await checkWithoutScript(browser, file, name);
    if (run.properties.some(({ id, findings }) => id === wanted[0] && findings.length > 0))
      await checkKeyboard(browser, file, `report ${name}`);
    if (run.properties.length > 0) await checkList(browser, file, `report ${name}`);
    if (run.properties.some(({ id }) => id === wanted[0])) await checkPackets(browser, file, `report ${name}`);
  }
  await checkHuge(browser, folder);
}

const openDetails = () => {
  for (const one of document.querySelectorAll('details')) one.open = true;
};

function checkWithoutScript(browser, file, name) {
  return browser.withPage(`report ${name} without JavaScript`, { javaScriptEnabled: false }, async (page) => {
    await page.goto(urlOf(file));
    browser.expect(
      (await page.getByRole('heading', { level: 1 }).count()) === 1,
      `${name}: is empty without JavaScript`,
    );
  });
}

/** j and Enter open a property of the list, u and Back go back to it there, x ticks it off, n goes on in what was found. */
function checkList(browser, file, name) {
  return browser.withPage(`${name}, the list by keyboard`, {}, async (page) => {
    const holds = async (condition, what, given) =>
      browser.expect(await comes(page, condition, given), `${name}: ${what}`);
    await page.goto(urlOf(file, '#/?sort=time'));
    await page.waitForSelector('h1');
    await page.locator('a.row').first().focus();
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await holds(
      () => location.hash.startsWith('#/p/') && document.activeElement?.tagName === 'H1',
      'Enter does not open a property with the focus on its heading',
    );
    await page.keyboard.press('u');
    await holds(
      () => location.hash === '#/?sort=time' && document.activeElement?.matches('a.row') === true,
      'u does not go back to the row in the list',
    );
    const scroll = await page.evaluate(() => scrollY);
    await page.keyboard.press('Enter');
    await holds(() => location.hash.startsWith('#/p/'), 'Enter does not open the property again');
    await page.goBack();
    await holds(
      (before) => document.activeElement?.matches('a.row') === true && Math.abs(scrollY - before) < 2,
      'Back does not show the place in the list that was left',
      scroll,
    );
    await page.keyboard.press('x');
    await holds(() => document.querySelectorAll('.row.reviewed').length === 1, 'x does not tick a property off');
    await page.goto(urlOf(file, '#/?q=s%3Afail'));
    await page.waitForSelector('h1');
    const failing = await page.locator('a.row').count();
    if (failing < 2) return;
    await page.locator('a.row').first().focus();
    for (const [key, place] of [
      ['Enter', 1],
      ['n', 2],
    ]) {
      await page.keyboard.press(key);
      await holds(
        (text) => document.querySelector('.steps')?.textContent?.startsWith(text) === true,
        `${key} does not go to place ${place} of what was found`,
        `${place} of ${failing}`,
      );
    }
  });
}

/** The filter, octets to parts and back, and what can be saved. */
function checkPackets(browser, file, name) {
  return browser.withPage(`${name}, packets`, { acceptDownloads: true }, async (page) => {
    const expect = (holds, what) => browser.expect(holds, `${name}: ${what}`);
    await page.goto(urlOf(file, `#/p/${wanted[0]}/f/1/c/main/pkt/8`));
    await page.waitForSelector('h1');
    if ((await page.locator('.workbench').count()) === 0) return;
    const isInSight = () => {
      const { top } = document.querySelector('.workbench').getBoundingClientRect();
      return top >= 0 && top < 500;
    };
    expect(await comes(page, isInSight), 'a link to a packet does not scroll to it');
    await page.fill('.packet-tools input[type=text]', 'stream==1 type==DATA');
    expect(
      await comes(page, () => document.querySelectorAll('.packet').length === 2),
      'the filter does not leave two DATA frames',
    );
    await page.locator('.hex [data-at="11"]').first().hover();
    const isMarked = () =>
      [...document.querySelectorAll('.parts [aria-pressed=true]')].some(({ textContent }) =>
        textContent?.startsWith('Message 1 prefix'),
      );
    expect(await comes(page, isMarked), 'an octet does not mark the part that it is in');
    await page.locator('.parts button').first().hover();
    expect(
      await comes(page, () => document.querySelectorAll('.hex .on').length === 6),
      'a part does not mark its octets',
    );
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as capture (pcapng)' }).click(),
    ]);
    expect(saved.suggestedFilename().endsWith('.pcapng'), 'a capture is not saved');
  });
}

/** More properties and findings than any server has: the page is small enough, and there. How soon says the output; machines differ. */
function checkHuge(browser, folder) {
  const { hugeRun } = require('../fixtures/run.ts');
  const file = writePage(browser, folder, 'huge', hugeRun);
  return browser.withPage('report huge', {}, async (page) => {
    const started = performance.now();
    await page.goto(urlOf(file));
    await page.waitForSelector('h1');
    process.stdout.write(
      `report huge: ${hugeRun.properties.length} findings, shown after ${Math.round(performance.now() - started)} ms\n`,
    );
  });
}

/** From the first key to the packets of a finding, and back. */
function checkKeyboard(browser, file, name) {
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
    await page.keyboard.type('MSG-02');
    browser.expect(
      await comes(page, () => location.hash.includes('MSG-02')),
      `${name}: another search is not in the address`,
    );
    const isLink = () => document.activeElement?.getAttribute('href')?.includes('#/p/MSG-02') === true;
    browser.expect(await pressUntil(page, 'Tab', isLink), `${name}: Tab does not reach what the search found`);
    await page.keyboard.press('Enter');
    browser.expect(
      await comes(page, () => document.querySelector('h1')?.textContent?.includes('MSG-02') === true),
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
