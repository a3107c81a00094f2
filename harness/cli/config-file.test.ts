import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigFile } from './config-file';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'config-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

test('no file is no error', async () => {
  expect(await readConfigFile(undefined, folder)).toBeUndefined();
});

test('the file is found in a folder above', async () => {
  const file = write('grpc-conform.config.json', '{ "runs": 5 }');
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  expect(await readConfigFile(undefined, join(folder, 'a', 'b'))).toEqual({ file, content: { runs: 5 } });
});

test('a script', async () => {
  const file = write('grpc-conform.config.js', 'module.exports = { runs: 2 + 3 };');
  expect(await readConfigFile(undefined, folder)).toEqual({ file, content: { runs: 5 } });
});

test('the file named comes before the one that would be found, and may have any name', async () => {
  write('grpc-conform.config.json', '{ "runs": 5 }');
  const file = write('ci.json', '{ "runs": 6 }');
  expect(await readConfigFile('ci.json', folder)).toEqual({ file, content: { runs: 6 } });
});

test.each([
  ['no JSON', 'grpc-conform.config.json', '{ runs', undefined, /cannot be read/],
  ['no object', 'grpc-conform.config.json', '[1]', undefined, /holds no object/],
  ['nothing', 'grpc-conform.config.json', '', undefined, /holds no object|cannot be read/],
  ['a missing file', 'other.json', '{}', 'none.json', /none\.json does not exist/],
  ['an unknown ending', 'config.yaml', 'runs: 5', 'config.yaml', /must end in one of \.json/],
  ['a script that throws', 'grpc-conform.config.js', 'throw new Error("boom");', undefined, /cannot be read: boom$/],
  [
    'a module that is missing',
    'grpc-conform.config.js',
    'require("./no\\u001bne");',
    undefined,
    /cannot be read: it needs \.\/no\\x1bne, which is not there: install it/,
  ],
  [
    'a comment in JSON',
    'grpc-conform.config.json',
    '{\n  "runs": 5, // five\n  "header": ["authorization: s3cret"]\n}',
    undefined,
    /cannot be read: line 2, column 14: there is a comment, which JSON does not have, where a key/,
  ],
  ['a key that stands twice', 'a.json', '{ "runs": 5, "runs": 6 }', 'a.json', /the key "runs" is there a second time$/],
  ['a folder', 'b', '', '.', /cannot be read: it is a folder, not a file$/],
])('%s is refused', async (_name, name, text, named, message) => {
  write(name, text);
  await expect(readConfigFile(named, folder)).rejects.toMatchObject({
    code: 'ERR_CONFIG',
    message: expect.stringMatching(message),
  });
});

test.each([
  [
    'a getter that throws',
    "module.exports = { get target() { throw new Error('no target today'); } };",
    /no target today/,
  ],
  ['one below', "module.exports = { header: [{ get x() { throw new Error('no x'); } }] };", /no x/],
  ['traps', 'module.exports = new Proxy({}, { ownKeys() { throw 1; } });', /holds no plain data: it threw a number$/],
  ['a function', 'module.exports = { target: () => 1 };', /holds no plain data/],
])('a script whose values run code of their own is the user’s business: %s', async (_name, text, message) => {
  const file = write('grpc-conform.config.cjs', text);
  await expect(readConfigFile(undefined, folder)).rejects.toMatchObject({
    code: 'ERR_CONFIG',
    message: expect.stringMatching(message) as string,
  });
  await expect(readConfigFile(undefined, folder)).rejects.toThrow(file);
});

test('TypeScript is read where Node can, and refused with what to do where it cannot', async () => {
  const file = write('grpc-conform.config.ts', 'export default { runs: 5 };');
  const canLoad = 'typescript' in process.features || Object.keys(require.extensions).includes('.ts');
  const result = await readConfigFile(undefined, folder).catch((error: unknown) => error);
  expect(result).toMatchObject(
    canLoad
      ? { file, content: { runs: 5 } }
      : { code: 'ERR_CONFIG', message: expect.stringMatching(/needs a TypeScript loader.*NODE_OPTIONS/) },
  );
});

test('a device without an end is left', async () => {
  symlinkSync('/dev/zero', join(folder, 'grpc-conform.config.json'));
  await expect(readConfigFile(undefined, folder)).rejects.toThrow(/cannot be read: it is longer than 4 MiB$/);
});
