// What every check of pages in a real browser needs: the browser, pages that tell what goes wrong in them, axe, and the keyboard.
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** Where systems put a Chromium; the variable CHROMIUM or an option names another. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser that there is; undefined for none. */
export const findBrowser = (wanted = process.env.CHROMIUM) =>
  wanted ? (existsSync(wanted) ? wanted : undefined) : places.find((place) => existsSync(place));

const flags = [
  '--no-first-run',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Wide and narrow, light and dark: each page is looked at in all four. */
export const screens = [1400, 390].flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, colorScheme })));

/** How long a page may take to do what a key asks of it: a busy machine is no fault of the page. */
const patience = 60_000;

/**
 * Opens the browser for checks. `problems` collects what is wrong, one line each, and `views` counts what was looked at.
 *
 * @param screenshots a folder for a picture of each view
 */
export async function openBrowser(executablePath, { screenshots } = {}) {
  const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;
  const browser = await require('playwright-core').chromium.launch({
    executablePath,
    args: isRoot ? [...flags, '--no-sandbox'] : flags,
  });
  const problems = [];
  let views = 0;

  /** Gives a page to a function; errors of it, requests to a network, and dialogs are problems. */
  async function withPage(name, options, use) {
    const { width = 1400, ...others } = options;
    const context = await browser.newContext({ viewport: { width, height: 900 }, ...others });
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(`${name}: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && problems.push(`${name}: ${message.text()}`));
    page.on('request', (request) => {
      if (!/^(?:file|blob|data):/.test(request.url())) problems.push(`${name}: asks the network for ${request.url()}`);
    });
    page.on('dialog', (dialog) => problems.push(`${name}: a dialog, so markup of a target ran: ${dialog.message()}`));
    try {
      await use(page);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    } finally {
      await context.close();
    }
  }

  /**
   * Looks at a view: nothing wider than the screen, no finding of axe.
   * @param isSeenElsewhere true for a large page that axe has read on another screen, and whose parts it reads in all colours on a smaller one: it takes a minute
   */
  async function look(page, name, { isSeenElsewhere = false } = {}) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) problems.push(`${name}: ${wide} pixels too wide`);
    if (!isSeenElsewhere) {
      // The policies of the pages permit no script but their own: axe goes in by the debugger.
      await page.evaluate(require('axe-core').source);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
      for (const { id, help, nodes } of violations)
        problems.push(`${name}: ${id}: ${help}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`);
    }
    views += 1;
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: path.join(screenshots, `${name.replace(/[^\w-]+/g, '-')}.png`), fullPage: true });
  }

  return {
    problems,
    views: () => views,
    withPage,
    look,
    expect: (holds, what) => void (holds || problems.push(what)),
    close: () => browser.close(),
  };
}

export const urlOf = (file, hash = '') => pathToFileURL(file).href + hash;

/** Presses a key until what has the focus is wanted. @returns whether that came to be */
export async function pressUntil(page, key, isWanted, most = 250) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate(isWanted)) return true;
  }
  return false;
}

/** Waits until something holds in a page. @returns whether it does */
export const comes = (page, holds, argument) =>
  page.waitForFunction(holds, argument, { timeout: patience }).then(
    () => true,
    () => false,
  );
