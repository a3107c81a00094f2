import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { parseFailure } from '../report/failure-file';
import { readManifests } from './manifest';
import { formatMatrix, readPublished } from './published-reports';

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

test('each report is a complete run of a server of the matrix, as its manifest pins it', () => {
  const published = names.map((name) => {
    const record = readPublished(folder, name);
    return { target: record?.target.name, status: record?.status };
  });
  const pinned = names.map((name) =>
    manifests.find((manifest) => manifest.name === name && manifest.role === 'conformance'),
  );
  expect(published).toEqual(
    pinned.map((manifest) => ({ target: `${manifest?.name} ${manifest?.version}`, status: 'complete' })),
  );
});

test('the matrix is what the published reports make it: npm run servers -- --matrix writes it', () => {
  const ofMatrix = manifests.filter(({ role }) => role === 'conformance');
  const problems: string[] = [];
  const matrix = formatMatrix(folder, ofMatrix, (line) => problems.push(line));
  expect(problems).toEqual([]);
  expect(readFileSync(join(folder, 'matrix.md'), 'utf8')).toBe(matrix);
});

test('reports leave to the catalogue what it says, and to commands what they make', () => {
  const files = readdirSync(folder).filter((file) => !/\.(?:json|md)$/.test(file) && file !== 'unreported');
  expect(files).toEqual([]);
  const rows = names.flatMap((name) => {
    const { properties } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { properties: object[] };
    return properties.map((property) => ({ name, keys: Object.keys(property) }));
  });
  expect(rows.length).toBeGreaterThan(names.length);
  expect(rows.filter(({ keys }) => keys.includes('sources') || keys.includes('level'))).toEqual([]);
});

test('no report names a folder of the machine that made it', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(?:json|md)$/.test(file),
  );
  const named = files.flatMap((file) => {
    // In octets, anything may look like a path.
    const text = readFileSync(join(folder, file), 'utf8').replaceAll(/"base64": ?"[^"]*"/g, '');
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
