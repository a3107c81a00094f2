import path from 'node:path';
import { buildSync } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');

/** The folders of report/ that hold a page with a script. */
const folders = ['html', 'compare/html'];

/** The script of each page in one piece: where it goes, and its text. */
export const bundlePages = () =>
  folders.map((folder) => ({
    folder,
    out: path.join(root, 'dist/harness/report', folder, 'client.js'),
    text: bundle(path.join(root, 'harness/report', folder, 'client/main.tsx')),
  }));

function bundle(entry) {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'text' },
    legalComments: 'none',
  });
  // It stands inside a script element, which must not end early.
  return outputFiles[0].text.replaceAll('</script', '<\\/script');
}
