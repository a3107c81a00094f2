import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** From the bottom up: a layer may import itself and those before it. `index.ts`, `error.ts`, `nearest.ts` and `package-root.ts` belong to no layer. */
const layers = [
  'catalogue',
  'wire',
  'transcript',
  'model',
  'connection',
  'grpc',
  'schema',
  'facts',
  'moves',
  'rules',
  'generators',
  'axes',
  'sessions',
  'properties',
  'report',
  'launch',
  'engine',
  'jest',
  'cli',
];

const files = layers.flatMap((layer) =>
  readdirSync(path.join(__dirname, layer), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => ({ layer, file: path.join(__dirname, layer, file) })),
);

const layerOf = (file: string): string => path.relative(__dirname, file).split(path.sep)[0] ?? '';

test.each(files)('$file imports downwards only', ({ layer, file }) => {
  const imports = [...readFileSync(file, 'utf8').matchAll(/(?:from|import|require\()\s*'(\.[^']+)'/g)];
  const targets = imports.map(([, target = '']) => layerOf(path.resolve(path.dirname(file), target)));
  const upward = targets.filter((target) => layers.indexOf(target) > layers.indexOf(layer));
  expect(upward).toEqual([]);
});

test('a suite file can be read in one go: it has at most 300 lines, and a larger area has a folder of groups', () => {
  const folder = path.join(__dirname, '../suites');
  const long = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => readFileSync(path.join(folder, file), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});
