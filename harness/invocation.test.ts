import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { findInvocation } from './invocation';
import { packageRoot } from './package-root';

const program = join(packageRoot(), 'dist', 'harness', 'cli', 'main.js');
let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'invocation-')));
  // A project that has this package, one that has another of its name, and a folder with a link on the PATH.
  const projects: readonly (readonly [string, string])[] = [
    ['has', packageRoot()],
    ['other', join(folder, 'stranger')],
  ];
  mkdirSync(join(folder, 'stranger'));
  writeFileSync(join(folder, 'stranger', 'main.js'), '');
  for (const [name, installed] of projects) {
    mkdirSync(join(folder, name, 'node_modules', '.bin'), { recursive: true });
    mkdirSync(join(folder, name, 'src'));
    writeFileSync(join(folder, name, 'package.json'), '{ "name": "a-project" }');
    symlinkSync(installed, join(folder, name, 'node_modules', 'grpc-conform'));
    cpSync(join(folder, 'stranger', 'main.js'), join(folder, name, 'node_modules', '.bin', 'grpc-conform'));
  }
  mkdirSync(join(folder, 'bin'));
  symlinkSync(program, join(folder, 'bin', 'grpc-conform'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const byNpx = { npm_command: 'exec', PATH: '' };
const cached = '/home/me/.npm/_npx/0/node_modules/.bin/grpc-conform';

test.each<[string, Parameters<typeof findInvocation>[0] & { readonly in?: string }, readonly string[]]>([
  ['in the checkout, by npx', { script: cached, environment: byNpx, folder: packageRoot() }, ['npx', 'grpc-conform']],
  [
    'below the checkout, by npx',
    { script: cached, environment: byNpx, folder: join(packageRoot(), 'harness') },
    ['npx', 'grpc-conform'],
  ],
  ['in a project that has it', { script: cached, environment: byNpx, in: 'has' }, ['npx', 'grpc-conform']],
  ['below such a project', { script: cached, environment: byNpx, in: 'has/src' }, ['npx', 'grpc-conform']],
  ['by jest in such a project', { script: '/a/jest.js', environment: {}, in: 'has' }, ['npx', 'grpc-conform']],
  ['by node, with the path that was given', { script: program, environment: {}, in: 'has' }, ['node', program]],
  [
    'by node in the checkout',
    { script: program, environment: {}, folder: packageRoot() },
    ['node', join('dist', 'harness', 'cli', 'main.js')],
  ],
])('%s', (_where, { in: place, ...facts }, words) => {
  expect(findInvocation(place === undefined ? facts : { ...facts, folder: join(folder, place) })).toEqual(words);
});

test.each([
  ['nothing has it', '.'],
  ['another package has its name', 'other'],
])('where %s, npx would ask a registry or run something else: the program itself is named', (_why, place) => {
  const from = join(folder, place);
  const [node, file = ''] = findInvocation({ script: cached, environment: byNpx, folder: from });
  // Relative where that is shorter.
  expect([node, resolve(from, file)]).toEqual(['node', program]);
});

test('where the PATH has it, its name is enough', () => {
  const environment = { PATH: ['/nowhere', join(folder, 'bin')].join(delimiter) };
  expect(findInvocation({ script: join(folder, 'bin', 'grpc-conform'), environment, folder })).toEqual([
    'grpc-conform',
  ]);
});
