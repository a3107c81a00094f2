import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineSecrets } from './machine-secrets';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'secrets-')));
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hide = (root: string, text: string): string =>
  machineSecrets(root).reduce((before, secret) => before.replaceAll(secret.text, secret.instead), text);

test('the repository becomes a dot, by its name and by its real one, although it lies in the folder for temporary files', () => {
  const root = join(folder, 'link');
  expect(hide(root, `${root}/a.js, ${join(folder, 'real')}/b.js`)).toBe('./a.js, ./b.js');
});

test('what lies at home is told by a tilde', () => {
  expect(hide(folder, join(homedir(), '.cache', 'x'))).toBe(join('~', '.cache', 'x'));
});

test('a folder that is not there, and the root of everything, hide nothing', () => {
  expect(hide(join(folder, 'none'), '/usr/lib')).toBe('/usr/lib');
  expect(machineSecrets('/').filter(({ text }) => text === '/')).toEqual([]);
});
