// Builds dist/: TypeScript to CommonJS, the HTML report's script as one file, and JSON Schemas. Run by `npm run build`, and so by `npm ci`.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePages } from './bundle-pages.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');
const require = createRequire(import.meta.url);

rmSync(dist, { recursive: true, force: true });
const typescript = path.dirname(require.resolve('typescript/package.json'));
const compiled = spawnSync(process.execPath, [path.join(typescript, 'bin/tsc'), '-p', 'harness/build/tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// The scripts of the pages are bundled because a page must work from one file without a network.
for (const { out, text } of bundlePages()) {
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileSync(out, text);
}

require(path.join(dist, 'harness/json-schemas/write-json-schemas.js'));

const main = path.join(dist, 'harness/cli/main.js');
chmodSync(main, 0o755);
