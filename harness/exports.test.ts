import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root';

const root = packageRoot();
const sources = ['harness', 'suites'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    // Programs of other servers are built in folders of their own.
    .filter((file) => /\.[cm]?tsx?$/.test(file) && !/(^|[\\/])(build|node_modules)[\\/]/.test(file))
    .map((file) => path.join(root, folder, file)),
);
const namesIn = new Map(sources.map((file) => [file, new Set(readFileSync(file, 'utf8').match(/[\w$]+/g) ?? [])]));

const exported = sources
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function\*?|const|class) ([\w$]+)/gm)].map(
      ([, name = '']) => ({ file, name }),
    ),
  );

test('what a file exports, another one uses', () => {
  const unused = exported.filter(
    ({ file, name }) => !sources.some((other) => other !== file && namesIn.get(other)?.has(name)),
  );
  expect(unused.map(({ file, name }) => `${path.relative(root, file)}: ${name}`)).toEqual([]);
});
