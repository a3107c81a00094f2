import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callCli } from './call-cli.test-helper';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'merge-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cli = (words: readonly string[]) => callCli(words, { folder, environment: {} });
const baseline = join(__dirname, '../servers/grpc-js/baseline.json');

interface Run {
  readonly exitCode: number;
  readonly verdict: string;
  readonly header: { readonly selected: readonly string[]; readonly options: Readonly<Record<string, unknown>> };
  readonly properties: readonly { readonly id: string; readonly verdict: string; readonly runs: number }[];
}

const readRun = (name: string): Run => JSON.parse(readFileSync(join(folder, name, 'run.json'), 'utf8')) as Run;

/** Rows of which the bundled server breaks some. */
const selection = ['run', 'MSG-10', 'MSG-11', 'REQ-21', 'EOS-02', '--target', 'bundled', '--runs', '20', '--seed', '3'];

test('two shards and merge equal the whole run, failure files included', async () => {
  const play = (name: string, more: readonly string[]) =>
    cli([...selection, '--baseline', baseline, '--out', join(folder, name), ...more]);
  await play('whole', []);
  await play('a', ['--shard', '1/2']);
  await play('b', ['--shard', '2/2']);
  const [a, b] = [readRun('a'), readRun('b')];
  expect(a.header.options).toMatchObject({ shard: '1/2' });
  expect(a.properties.length).toBeGreaterThan(0);
  expect(b.properties.length).toBeGreaterThan(0);
  const files = [join(folder, 'a', 'run.json'), join(folder, 'b', 'run.json')];
  const out = join(folder, 'merged');
  const { exitCode, stdout } = await cli(['merge', ...files, '--baseline', baseline, '--out', out]);
  const [whole, merged] = [readRun('whole'), readRun('merged')];
  expect([exitCode, merged.exitCode, merged.verdict]).toEqual([whole.exitCode, whole.exitCode, whole.verdict]);
  const said = ({ properties }: Run) => properties.map(({ id, verdict, runs }) => [id, verdict, runs]);
  expect(said(merged)).toEqual(said(whole));
  expect(merged.header.selected).toEqual(whole.header.selected);
  expect(readdirSync(join(out, 'failures'))).toEqual(readdirSync(join(folder, 'whole', 'failures')));
  expect(stdout).toMatch(/^4 properties, \d+ inputs/m);
  // The folder of a shard may be that of the merged run.
  const again = await cli(['merge', ...files, '--baseline', baseline, '--out', join(folder, 'a')]);
  expect(again.exitCode).toBe(whole.exitCode);
  expect(readdirSync(join(folder, 'a', 'failures'))).toEqual(readdirSync(join(folder, 'whole', 'failures')));
});

test('what is left out, or cannot be a whole, is said', async () => {
  const file = join(folder, 'b', 'run.json');
  expect(await cli(['merge', file, '--baseline', baseline])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/shard 1 of 2 is missing.*\[ERR_RUN_FILE\]/),
  });
  expect((await cli([...selection, '--shard', '3/2'])).stderr).toMatch(/--shard "3\/2" is no shard: write 1\/3/);
  expect((await cli([...selection, '--shard', '5/5'])).stderr).toMatch(
    /--shard 5\/5 has nothing to run: 4 properties are selected.*\[ERR_NOTHING_SELECTED\]/,
  );
  expect((await cli([...selection, '--shard', '1/2', '--baseline', baseline, '--update-baseline'])).stderr).toMatch(
    /--update-baseline needs a whole run/,
  );
});
