// The matrix in a real browser: `npm run pages matrix`. What it asks for it finds by role and name, as a reader does.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundlePages } from '../../../build/bundle-pages.mjs';
import { comes, pressUntil, screens, urlOf } from '../../../build/pages/browser.mjs';

const require = createRequire(import.meta.url);

export async function check(browser, folder) {
  for (const [name, file] of Object.entries(makePages(folder))) {
    for (const { width, colorScheme } of screens) {
      const title = `matrix ${name} ${width} ${colorScheme}`;
      await browser.withPage(title, { width, colorScheme }, async (page) => {
        const views = [
          '',
          '#/?failing=1&compact=0',
          '#/MSG-02-any-data-split?packets=server-1&packets=server-3&order=server-3',
        ];
        for (const view of views) {
          await page.goto('about:blank');
          await page.goto(urlOf(file, view));
          await browser.look(page, `${title} ${view}`);
        }
        await page.goto('about:blank');
        await page.goto(urlOf(file, '#/?order=server-9&hide=server-2'));
        await page.getByText('Columns', { exact: true }).first().click();
        await browser.look(page, `${title} columns`);
      });
    }
    await browser.withPage(`matrix ${name} without JavaScript`, { javaScriptEnabled: false }, async (page) => {
      await page.goto(urlOf(file));
      await page.getByLabel(/^only failing/).check();
      const row = page.getByRole('rowheader', { name: /FRAME-07/ });
      browser.expect((await row.count()) === 0, `${name}: without JavaScript a row that holds is shown as failing`);
    });
  }
  await checkKeyboard(browser, path.join(folder, 'matrix-twelve.html'));
  await checkMoves(browser, path.join(folder, 'matrix-twelve.html'));
}

/** To the matrix, to fewer rows, into a finding, to its packets, and back. */
function checkKeyboard(browser, file) {
  const name = 'matrix';
  return browser.withPage(`${name} by keyboard`, {}, async (page) => {
    await page.goto(urlOf(file));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    browser.expect(await comes(page, () => location.hash === '#matrix'), 'the first Tab does not lead to the matrix');
    const isBox = () => document.activeElement?.closest('label')?.textContent?.startsWith('only failing') === true;
    browser.expect(await pressUntil(page, 'Tab', isBox), `${name}: Tab does not reach "only failing"`);
    await page.keyboard.press('Space');
    browser.expect(
      await comes(page, () => location.hash.includes('failing=1')),
      `${name}: the choice is not in the address`,
    );
    const rows = page.getByRole('rowheader', { name: /-\d\d-/ });
    const failing = await rows.count();
    await page.keyboard.press('/');
    await page.keyboard.type('MSG-02');
    browser.expect(
      await comes(page, () => document.querySelector('output')?.textContent?.startsWith('1 of ') === true),
      `${name}: a search does not say how many rows are left`,
    );
    browser.expect(failing > 1 && (await rows.count()) === 1, `${name}: a search leaves the wrong rows`);
    const isCell = () =>
      document.activeElement?.closest('td') !== null && document.activeElement?.matches('a') === true;
    browser.expect(await pressUntil(page, 'Tab', isCell), `${name}: Tab does not reach a cell`);
    await page.keyboard.press('Enter');
    browser.expect(
      await comes(page, () => document.activeElement?.textContent?.startsWith('MSG-02') === true),
      `${name}: Enter does not lead to the finding`,
    );
    const isButton = () => document.activeElement?.textContent?.startsWith('Packets side by side') === true;
    browser.expect(await pressUntil(page, 'Tab', isButton), `${name}: Tab does not reach the packets`);
    await page.keyboard.press('Enter');
    browser.expect(
      await comes(page, () => location.hash.includes('packets=')),
      `${name}: the chosen packets are not in the address`,
    );
    browser.expect(
      (await page.getByRole('region', { name: /side by side/ }).count()) > 0,
      `${name}: there are no packets side by side`,
    );
    await page.goBack();
    browser.expect(
      await comes(page, () => !location.hash.includes('MSG-02-') && document.activeElement?.closest('table') !== null),
      `${name}: going back does not lead to the cell again`,
    );
    for (const button of ['CSV', 'Markdown', 'Badge of server-1']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button, exact: true }).press('Enter'),
      ]);
      browser.expect(/\.(csv|md|svg)$/.test(download.suggestedFilename()), `${name}: ${button} gives no file`);
    }
  });
}

/** A column to another place, past a hidden one, and all of the page with it; then away and back. */
function checkMoves(browser, file) {
  return browser.withPage('columns by keyboard', {}, async (page) => {
    const expect = (holds, what) => browser.expect(holds, `matrix: ${what}`);
    await page.goto(urlOf(file, '#/?hide=server-2'));
    const isColumns = () =>
      document.activeElement?.matches('summary') && document.activeElement.textContent === 'Columns';
    expect(await pressUntil(page, 'Tab', isColumns), 'Tab does not reach the columns');
    await page.keyboard.press('Enter');
    const isMove = () => document.activeElement?.getAttribute('aria-label') === 'Move server-4 left';
    expect(await pressUntil(page, 'Tab', isMove), 'Tab does not reach a button that moves a column');
    const says = (wanted) => comes(page, (text) => document.getElementById('moved')?.textContent === text, wanted);
    await page.keyboard.press('Enter');
    expect(await says('server-4 is column 2 of 11'), 'a move is not told');
    await page.keyboard.press('Enter');
    expect(await says('server-4 is column 1 of 11'), 'a second move is not told');
    expect(await page.evaluate(isMove), 'a move takes the focus away');
    const move = page.getByRole('button', { name: 'Move server-4 left' });
    expect((await move.getAttribute('aria-disabled')) === 'true', 'the first column can be moved to the left');
    await page.keyboard.press('Enter');
    const address = new URL(page.url()).hash;
    expect(address === '#/?hide=server-2&order=server-4', `the address says ${address}`);

    const order = ['server-4', 'server-1', 'server-3', 'server-5'];
    await expectOrder(page, order, expect, 'after a move');
    await page.reload();
    await expectOrder(page, order, expect, 'after it was loaded again');
    await page.getByRole('link', { name: 'MSG-02-any-data-split' }).first().press('Enter');
    await comes(page, () => location.hash.startsWith('#/MSG-02-any-data-split'));
    await expectOrder(page, order, expect, 'at a finding');
    const names = await page.locator('#MSG-02-any-data-split .card-head strong').allTextContents();
    expect(names.at(-1)?.startsWith('server-4, server-2, '), `cards are in the order ${names.join('; ')}`);
    await page.goBack();
    await comes(page, () => !location.hash.startsWith('#/MSG-02-any-data-split'));
    await expectOrder(page, order, expect, 'after going back');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV', exact: true }).press('Enter'),
    ]);
    const [head] = readFileSync(await download.path(), 'utf8').split('\r\n');
    expect(head.includes(',server-4,server-4: reaction,server-1,'), `the CSV begins with ${head}`);
    await page.getByText('Columns', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Usual order' }).press('Enter');
    expect(await says('The columns are in their usual order'), 'the usual order is not told');
    await expectOrder(page, ['server-1', 'server-3', 'server-4', 'server-5'], expect, 'as usual');
    expect(new URL(page.url()).hash === '#/?hide=server-2', 'the usual order is in the address');
  });
}

/** Heads, sums and cells of the matrix, and the table of runs, begin with these runs. */
async function expectOrder(page, order, expect, when) {
  const matrix = page.getByRole('region', { name: 'Matrix' });
  const heads = (await matrix.getByRole('columnheader').allTextContents()).slice(1);
  expect(
    order.every((name, place) => heads[place] === name),
    `${when}: heads are ${heads.join(', ')}`,
  );
  const cells = (row) =>
    matrix
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: row }) })
      .getByRole('cell');
  const sums = (await cells('Rows that fail, known or not').allTextContents()).map((text) => text !== '0');
  const broken = await cells('MSG-02-any-data-split').allTextContents();
  const isBroken = order.map((name) => Number(name.split('-')[1]) % 2 === 1);
  expect(
    isBroken.every((wanted, place) => sums[place] === wanted),
    `${when}: sums are those of other columns`,
  );
  expect(
    isBroken.every((wanted, place) => broken[place]?.includes('fail') === wanted),
    `${when}: cells are those of other columns`,
  );
}

function makePages(folder) {
  const { cleanRun, fullRun, hostileText } = require('../../fixtures/run.ts');
  const { compareRuns } = require('../comparison.ts');
  const { renderComparisonPage } = require('./comparison-page.ts');
  const script = bundlePages().find((page) => page.folder === 'compare/html').text;
  const named = (names) =>
    names.map((name, index) => ({ name, record: index % 2 === 0 ? fullRun : cleanRun, page: `${index}.html` }));
  const runsByName = {
    twelve: named(Array.from({ length: 12 }, (_, index) => `server-${index + 1}`)),
    hostile: named([hostileText, 'clean', `${hostileText}2`]),
  };
  return Object.fromEntries(
    Object.entries(runsByName).map(([name, runs]) => {
      const file = path.join(folder, `matrix-${name}.html`);
      writeFileSync(file, renderComparisonPage(compareRuns(runs), { onlyDifferences: false }, script));
      return [name, file];
    }),
  );
}
