import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { measureInstalled } from './package-section';

test('counts packages as npm lays them out', () => {
  const root = mkdtempSync(join(tmpdir(), 'package-section-'));
  const installed = join(root, 'node_modules');
  const files = [
    'plain/package.json',
    'plain/dist/cjs/package.json', // says only which kind of modules lie there
    'plain/node_modules/nested/package.json',
    '@scope/scoped/package.json',
    '@scope/scoped/index.js',
    '.package-lock.json', // npm's own
  ];
  for (const file of files) {
    mkdirSync(dirname(join(installed, file)), { recursive: true });
    writeFileSync(join(installed, file), '{}');
  }
  expect(measureInstalled(installed)).toEqual({ packages: 3, octets: 2 * files.length });
  rmSync(root, { recursive: true });
});
