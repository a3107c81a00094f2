// `npm run picture`: makes docs/finding.png, the picture in the README: a run on the bundled server with a planted bug, and the finding as its report shows it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser, openBrowser, urlOf } from './pages/browser.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const picture = path.join(root, 'docs/finding.png');
/** Octets that a README may load. */
const mostOctets = 150_000;

const executable = findBrowser();
if (executable === undefined) throw new Error('there is no browser here: name one with the variable CHROMIUM');
const out = mkdtempSync(path.join(tmpdir(), 'grpc-conform-picture-'));
const server = 'node dist/harness/servers/reference/server.js --port {port} --defect MSG-02';
const words = ['MSG-02', '--seed', '1', '--exec', server, '--out', out];
const { status } = spawnSync(process.execPath, ['dist/harness/cli/main.js', ...words], { cwd: root, stdio: 'ignore' });
if (status !== 1) throw new Error(`the run ended with exit code ${status}, not 1: build first, npm run build`);
const browser = await openBrowser(executable);
try {
  await browser.withPage('picture', { width: 1100, colorScheme: 'light' }, async (page) => {
    await page.setViewportSize({ width: 1100, height: 920 });
    await page.goto(urlOf(path.join(out, 'index.html'), '#/p/MSG-02-any-data-split'));
    await page.getByRole('heading', { level: 1, name: /MSG-02/ }).waitFor();
    await page.getByRole('heading', { name: /^Finding 1/ }).evaluate((heading) => heading.scrollIntoView());
    await page.evaluate(() => scrollBy(0, -32));
    await page.screenshot({ path: picture });
  });
} finally {
  await browser.close();
  rmSync(out, { recursive: true, force: true });
}
const { size } = statSync(picture);
if (browser.problems.length > 0 || size > mostOctets)
  throw new Error([...browser.problems, `${size} octets`].join('\n'));
process.stdout.write(`${path.relative(root, picture)}: ${size} octets\n`);
