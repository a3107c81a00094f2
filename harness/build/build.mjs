// Builds dist/: TypeScript to CommonJS, the HTML report's script as one file, and JSON Schemas. Run by `npm run build`, and so by `npm ci`.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

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

// The report's script is bundled because the report must work from one file without a network.
const client = path.join(root, 'harness/report/html/client/main.tsx');
if (existsSync(client)) {
  const out = path.join(dist, 'harness/report/html/client.js');
  mkdirSync(path.dirname(out), { recursive: true });
  buildSync({
    entryPoints: [client],
    outfile: out,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'text' },
    legalComments: 'none',
  });
  // It stands inside a script element, which must not end early.
  writeFileSync(out, readFileSync(out, 'utf8').replaceAll('</script', '<\\/script'));
}

require(path.join(dist, 'harness/json-schemas/write-json-schemas.js'));

const main = path.join(dist, 'harness/cli/main.js');
chmodSync(main, 0o755);
