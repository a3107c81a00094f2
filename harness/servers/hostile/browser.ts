import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { mark } from './texts';

/** Where distributions put it. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Properties of a page that are looked at one by one. */
const mostViews = 6;

const flags = ['--no-first-run', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/** The browser of this machine; undefined when there is none. */
export const findBrowser = (): string | undefined => places.find((place) => existsSync(place));

/** A browser that looks at report pages as a reader does. */
export class PageReader {
  readonly #executablePath: string;
  #browser: Promise<Browser> | undefined;

  constructor(executablePath: string) {
    this.#executablePath = executablePath;
  }

  /** What is wrong with the page when it is shown, its findings included: elements of the target, its scripts, requests, dialogs, unsafe characters. */
  async look(out: string, page: string): Promise<readonly string[]> {
    const file = pathToFileURL(join(out, page)).href;
    const context = await (await this.#start()).newContext();
    const problems = new Set<string>();
    try {
      const view = await context.newPage();
      view.on('dialog', (dialog) => {
        problems.add('opens a dialog');
        void dialog.dismiss();
      });
      view.on('pageerror', (error) => problems.add(`throws ${error.message.slice(0, 80)}`));
      view.on('request', (request) => {
        if (!request.url().startsWith('file:')) problems.add(`asks for ${request.url().slice(0, 80)}`);
      });
      await view.goto(file);
      const ids = idsOf((await view.locator('#run').textContent()) ?? '{}');
      for (const hash of ['', ...ids.slice(0, mostViews).map((id) => `#/p/${id}/f/1`)]) {
        await view.goto('about:blank');
        await view.goto(file + hash);
        await view.waitForSelector('h1');
        for (const problem of await view.evaluate<readonly string[]>(inspection)) problems.add(problem);
      }
    } finally {
      await context.close();
    }
    return [...problems].map((problem) => `${page}, in a browser, ${problem}`);
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
  }

  #start(): Promise<Browser> {
    this.#browser ??= import('playwright-core').then(({ chromium }) => {
      const isRoot = process.getuid?.() === 0;
      return chromium.launch({
        executablePath: this.#executablePath,
        args: isRoot ? [...flags, '--no-sandbox'] : flags,
      });
    });
    return this.#browser;
  }
}

/** Properties with findings, of the data of a page. */
function idsOf(data: string): readonly string[] {
  const { properties = [] } = JSON.parse(data) as {
    readonly properties?: readonly { readonly id: string; readonly findings: readonly unknown[] }[];
  };
  return properties.filter(({ findings }) => findings.length > 0).map(({ id }) => id);
}

/** For the page: what it consists of at this moment that it should not. As text, since it runs elsewhere. */
const inspection = `(() => {
  const found = [];
  const foreign = document.querySelector(
    '[data-${mark}], img, iframe, object, embed, base, form, [onerror], [onload], [onfocus]',
  );
  if (foreign !== null) found.push('has an element of the target: ' + foreign.outerHTML.slice(0, 80));
  const links = [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'));
  const odd = links.find((link) => link.includes('${mark}') || !/^(#|https:|failures\\/[\\w.-]+$)/.test(link));
  if (odd !== undefined) found.push('has a link of the target: ' + odd.slice(0, 80));
  if (document.scripts.length !== 2) found.push('has ' + document.scripts.length + ' scripts');
  if (window.${mark} !== undefined) found.push('ran a script of the target');
  const unsafe = /(?![\\n\\t])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Cn}]/u.exec(document.body.innerText);
  if (unsafe !== null) found.push('shows U+' + unsafe[0].codePointAt(0).toString(16));
  return found;
})()`;
