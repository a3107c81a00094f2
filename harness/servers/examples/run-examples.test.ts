import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ourProgram } from '../../cli/cli-process.test-helper';
import { packageRoot } from '../../package-root';
import { printable } from '../../report/printable';
import { readManifests } from '../manifest';
import { parseCommand } from './command';
import { readExcerpts } from './excerpts';
import { playCommand } from './play-command';
import { examplesFile, isBuilt, runExamples } from './run-examples';

// The command line, and a server that may be a Java one, on a machine that has other things to do.
jest.setTimeout(16 * 60_000);

const root = packageRoot();
const examples = readExcerpts(readFileSync(examplesFile(), 'utf8')).map((excerpt) => ({
  ...excerpt,
  parsed: parseCommand(excerpt.command),
}));
const manifests = readManifests(join(root, 'harness', 'servers'));

describe('docs/examples.md', () => {
  test('walks through the bundled server and each example server', () => {
    const walked = new Set(examples.map(({ parsed }) => parsed.server));
    const wanted = manifests.filter(({ role }) => role === 'example').map(({ name }) => name);
    expect([...walked].toSorted()).toEqual([...wanted, 'bundled'].toSorted());
  });

  test.each(examples)(
    '$command: starts its server as the manifest does, and what it printed is safe to show',
    (example) => {
      const { parsed, lines } = example;
      const manifest = manifests.find(({ name }) => name === parsed.server);
      const exec = manifest === undefined ? 'bundled' : `./harness/servers/${manifest.name}/${manifest.exec}`;
      expect(parsed.words).toContain(exec);
      expect(lines.map(printable)).toEqual(lines);
      expect(parsed.filter(lines)).toEqual(lines);
    },
  );

  const playable = examples.filter(({ parsed, lines }) => lines.length > 0 && isBuilt(parsed, root));
  test.each(playable)('$command: prints what stands there', async ({ command, lines }) => {
    const played = await playCommand(command, { program: ourProgram('cli/main'), workingDirectory: root });
    expect(played).toEqual({ ok: true, lines });
  });

  // Whoever has the toolchain plays it with npm run examples.
  const unplayed = examples.filter(({ lines }) => lines.length === 0);
  if (unplayed.length > 0) test.skip.each(unplayed)('$command: has no output yet', () => undefined);

  const absent = examples.filter(({ parsed }) => !isBuilt(parsed, root));
  // Nothing to skip where all servers are built.
  if (absent.length > 0) test.skip.each(absent)('$command: its server is not built here', () => undefined);
});

describe('npm run examples', () => {
  let folder: string;
  let said: string[];
  const one = `npx grpc-conform probe --target bundled | grep -E 'kept'`;
  const two = `npx grpc-conform probe --exec './harness/servers/two/build/server' | grep -E 'kept'`;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
    said = [];
    writeFileSync(join(folder, 'page.md'), `<!-- output of: ${one} -->\n\ntext\n\n<!-- output of: ${two} -->\n`);
    writeFileSync(
      join(folder, 'cli.js'),
      `if (process.argv.includes('--exec')) { console.error('it is not ready'); process.exit(3); } console.log('kept after 3 ms\\nother');`,
    );
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]): Promise<number> =>
    runExamples(args, {
      file: join(folder, 'page.md'),
      program: [process.execPath, join(folder, 'cli.js')],
      workingDirectory: folder,
      say: (line) => said.push(line),
    });

  const page = (): string => readFileSync(join(folder, 'page.md'), 'utf8');

  test('writes what is printed now, and names what is not built', async () => {
    expect(await run()).toBe(0);
    expect(page()).toContain(`-->\n\n\`\`\`console\n$ ${one}\nkept after TIME\n\`\`\`\n\ntext`);
    expect(said[0]).toBe('two: not played: it is not built here; npm run servers -- --build two does that');
    expect(await run('--check')).toBe(0);
    expect(said.at(-1)).toBe(`bundled: as it stands there: ${one}`);
  });

  test('--check writes nothing, and fails when something differs', async () => {
    const before = page();
    expect(await run('--check', 'bundled')).toBe(1);
    expect(page()).toBe(before);
    expect(said.slice(-2)).toEqual([`bundled: prints something else: ${one}`, '  + kept after TIME']);
  });

  test('a server that does not start is a sentence, and the others are played', async () => {
    mkdirSync(join(folder, 'harness', 'servers', 'two', 'build', 'server'), { recursive: true });
    expect(await run()).toBe(3);
    expect(said.at(-1)).toBe(`two: not played: it is not ready: ${two}`);
    expect(page()).toContain('kept after TIME');
  });

  test.each([
    [['nobody'], 'No example is of nobody. They are of: bundled, two.'],
    [['two'], 'No example could be played.'],
    [['--wrong'], "Unknown option '--wrong'"],
  ])('%j: a sentence', async (args, sentence) => {
    await expect(run(...args)).rejects.toThrow(sentence);
  });
});
