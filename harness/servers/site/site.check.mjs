// The site in a real browser, with what is published: `npm run pages site`.
import { createRequire } from 'node:module';
import path from 'node:path';
import { comes, pressUntil, screens, urlOf } from '../../build/pages/browser.mjs';

const require = createRequire(import.meta.url);
const root = path.resolve(import.meta.dirname, '../../..');

export async function check(browser, folder) {
  const out = path.join(folder, 'site');
  const { writeSite } = require('./write-site.ts');
  writeSite(['--out', out], {
    servers: path.join(root, 'harness/servers'),
    reports: path.join(root, 'reports'),
    say: () => undefined,
  });
  for (const [number, { width, colorScheme }] of screens.entries()) {
    for (const name of ['index', 'matrix', 'rules', 'sentences']) {
      const title = `site ${name} ${width} ${colorScheme}`;
      await browser.withPage(title, { width, colorScheme }, async (page) => {
        await page.goto(urlOf(path.join(out, `${name}.html`)));
        // The matrix of all servers has some ten thousand cells; that of the tests has each kind of them.
        await browser.look(page, title, { isSeenElsewhere: name === 'matrix' && number > 0 });
      });
    }
  }
  await browser.withPage('site by keyboard', {}, async (page) => {
    await page.goto(urlOf(path.join(out, 'index.html')));
    const isServer = () => document.activeElement?.closest('table') !== null && document.activeElement?.matches('a');
    browser.expect(await pressUntil(page, 'Tab', isServer), 'site: Tab does not reach a server');
    await page.keyboard.press('Enter');
    browser.expect(await comes(page, () => !location.pathname.endsWith('/index.html')), 'site: Enter opens no server');
    await page.goBack();
    browser.expect(await comes(page, () => location.pathname.endsWith('/index.html')), 'site: no way back');
  });
}
