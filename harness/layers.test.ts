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

/** What a file imports of ours. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import|require\()\s*'(\.[^']+)'/g)].map(([, target = '']) =>
    path.resolve(path.dirname(file), target),
  );

test.each(files)('$file imports downwards only', ({ layer, file }) => {
  const targets = importsOf(file).map(layerOf);
  const upward = targets.filter((target) => layers.indexOf(target) > layers.indexOf(layer));
  expect(upward).toEqual([]);
});

/** Rooms of a layer that know nothing of each other, nor of what brings them together. */
const rooms = ['reach', 'discover', 'opinion'].map((room) => path.join(__dirname, 'launch', room));

test.each(rooms)('%s knows no other room of its layer', (room) => {
  const others = [...rooms.filter((one) => one !== room), path.join(__dirname, 'launch', 'attach')];
  const own = files.filter(({ file }) => file.startsWith(`${room}${path.sep}`) && !file.endsWith('.test-helper.ts'));
  expect(own.length).toBeGreaterThan(0);
  const foreign = own
    .flatMap(({ file }) => importsOf(file))
    .filter((target) => others.some((one) => target.startsWith(one)));
  expect(foreign).toEqual([]);
});

test('a suite file can be read in one go: it has at most 300 lines, and a larger area has a folder of groups', () => {
  const folder = path.join(__dirname, '../suites');
  const long = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // A table has a line for each row.
    .filter((file) => file.endsWith('.ts') && file !== 'borrowed-axes.ts')
    .filter((file) => readFileSync(path.join(folder, file), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});
