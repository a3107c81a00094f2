import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { parseFailure } from '../report/failure-file';
import { readManifests } from './manifest';
import { readPublished } from './published-reports';

/** What is published in this repository. */
const folder = join(packageRoot(), 'reports');
const unreported = join(folder, 'unreported');
const readme = readFileSync(join(folder, 'README.md'), 'utf8');
const manifests = readManifests(join(packageRoot(), 'harness', 'servers'));

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''));

const failureFiles = (existsSync(unreported) ? readdirSync(unreported) : []).flatMap((server) =>
  readdirSync(join(unreported, server)).map((file) => `${server}/${file}`),
);

test('each report is a complete run of a server of the matrix, as its manifest pins it, and has its page', () => {
  const published = names.map((name) => {
    const record = readPublished(folder, name);
    return { target: record?.target.name, status: record?.status, page: existsSync(join(folder, `${name}.html`)) };
  });
  const pinned = names.map((name) =>
    manifests.find((manifest) => manifest.name === name && manifest.role === 'conformance'),
  );
  expect(published).toEqual(
    pinned.map((manifest) => ({ target: `${manifest?.name} ${manifest?.version}`, status: 'complete', page: true })),
  );
});

test('the matrix has every report', () => {
  const matrix = names.length === 0 ? '' : readFileSync(join(folder, 'matrix.md'), 'utf8');
  expect(names.filter((name) => !matrix.includes(`[${name}](${name}.html)`))).toEqual([]);
});

test('no report names a folder of the machine that made it', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(?:json|md|html)$/.test(file),
  );
  const named = files.flatMap((file) => {
    // In the script of the page and in octets, anything may look like a path.
    const text = readFileSync(join(folder, file), 'utf8').replaceAll(/"base64":"[^"]*"|<script>.*?<\/script>/gs, '');
    return [...text.matchAll(/(?<![\w.~/:])\/(?:home|root|Users|tmp|work|builds?|mnt)\/[\w./-]*/g)].map(
      ([path]) => `${file}: ${path}`,
    );
  });
  expect(named).toEqual([]);
});

test.each(failureFiles)('unreported: %s can be played again, is listed, and is of a server that we have', (file) => {
  const failure = parseFailure(readFileSync(join(unreported, file), 'utf8'), file);
  expect(file).toContain(failure.rule);
  expect(readme).toContain(`(unreported/${file})`);
  expect(manifests.map(({ name }) => name)).toContain(file.split('/')[0]);
});

test('what is listed as unreported has its file', () => {
  const listed = [...readme.matchAll(/\((unreported\/[^)]+\.json)\)/g)].map(([, file = '']) => file);
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
});
