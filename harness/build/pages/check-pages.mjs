// `npm run pages`: looks at all pages with a real browser and uses them by keyboard alone. Without a browser it says SKIPPED and exits 77.
//   npm run pages [-- --screenshots DIR] [--chromium FILE] [report matrix site]
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser, openBrowser } from './browser.mjs';

const require = createRequire(import.meta.url);
const { values, positionals } = parseArgs({
  options: { screenshots: { type: 'string' }, chromium: { type: 'string' } },
  allowPositionals: true,
});
const checks = {
  report: '../../report/html/report-page.check.mjs',
  matrix: '../../report/compare/html/comparison-page.check.mjs',
  site: '../../servers/site/site.check.mjs',
};
const print = (line) => void process.stdout.write(`${line}\n`);
const unknown = positionals.filter((name) => !(name in checks));
const executable = findBrowser(values.chromium);

if (unknown.length > 0) {
  print(`no pages are called ${unknown.join(', ')}: there are ${Object.keys(checks).join(', ')}`);
  process.exitCode = 2;
} else if (executable === undefined) {
  print('SKIPPED: there is no browser here (name one with --chromium FILE or the variable CHROMIUM)');
  process.exitCode = 77;
} else {
  require('esbuild-register/dist/node').register({ target: 'node20' });
  const folder = mkdtempSync(path.join(tmpdir(), 'grpc-conform-pages-'));
  const browser = await openBrowser(executable, values);
  try {
    for (const name of positionals.length > 0 ? positionals : Object.keys(checks)) {
      const { check } = await import(checks[name]);
      const before = browser.views();
      await check(browser, folder);
      print(`${name}: ${browser.views() - before} views`);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const problem of browser.problems) print(problem);
  print(`${browser.problems.length === 0 ? 'OK' : `${browser.problems.length} problems`}: ${browser.views()} views`);
  process.exitCode = browser.problems.length === 0 ? 0 : 1;
}
