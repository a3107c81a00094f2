import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../report/model';
import { behave } from '../servers/reference/behaviour';
import { listen, type ReferenceServer } from '../servers/reference/listen';
import { callCli, type CliOutcome } from './call-cli.test-helper';
import { inFolder } from './cli-process.test-helper';

let healthy: ReferenceServer;
let broken: ReferenceServer;
beforeAll(async () => {
  healthy = await listen({ port: 0, behaviour: behave() });
  broken = await listen({ port: 0, behaviour: behave({ defects: ['MSG-02'] }) });
});
afterAll(async () => {
  await healthy.stop();
  await broken.stop();
});

interface CorpusRun extends CliOutcome {
  readonly run: RunRecord;
}

async function play(
  folder: string,
  { port }: ReferenceServer,
  words: readonly string[] = ['MSG-02', 'CONN-01'],
  name = 'report',
): Promise<CorpusRun> {
  const out = join(folder, name);
  const common = ['--target', `127.0.0.1:${port}`, '--seed', '1', '--runs', '20', '--corpus', join(folder, 'corpus')];
  const outcome = await callCli([...words, ...common, '--out', out], { folder });
  return { ...outcome, run: JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord };
}

const filesOf = (folder: string): readonly string[] => readdirSync(join(folder, 'corpus'));
const findingsOf = ({ run }: CorpusRun) =>
  run.properties.flatMap(({ id, findings }) =>
    findings.map(({ verdict, corpusFile }) => ({ id, verdict, corpusFile })),
  );

test('a failure is added once, is played first the next time, fails there without a double, and holds once it is fixed', async () => {
  await inFolder(async (folder) => {
    const first = await play(folder, broken);
    expect(first.stderr).toMatch(/grpc-conform: corpus .*corpus: of 0 inputs 0 fail, 0 hold, 1 new\n/);
    const files = filesOf(folder);
    expect(files).toEqual([expect.stringMatching(/^MSG-02-any-data-split\.status-13\.[0-9a-f]{12}\.json$/)]);
    const again = await play(folder, broken);
    expect(again.stderr).toMatch(/of 1 input 1 fail, 0 hold, 0 new\n/);
    expect(findingsOf(again)).toEqual([{ id: 'MSG-02-any-data-split', verdict: 'fail', corpusFile: files[0] }]);
    expect(again.exitCode).toBe(1);
    expect(filesOf(folder)).toEqual(files);
    const fixed = await play(folder, healthy);
    expect(fixed.stderr).toMatch(/of 1 input 0 fail, 1 hold, 0 new\n/);
    expect(fixed.exitCode).toBe(0);
    // What is of no selected row is not played.
    expect((await play(folder, broken, ['CONN-01'])).stderr).toMatch(/of 0 inputs 0 fail, 0 hold, 0 new\n/);
    // Known is known.
    const known = ['MSG-02', '--baseline', join(folder, 'known.json')];
    await play(folder, broken, [...known, '--update-baseline']);
    const listed = await play(folder, broken, known);
    expect(listed.exitCode).toBe(0);
    expect(findingsOf(listed).map(({ verdict }) => verdict)).toEqual(['known']);
  });
});

test('an input is found where the search does not come upon it, and is of one shard', async () => {
  await inFolder(async (folder) => {
    await play(folder, broken);
    const shards = [];
    for (const index of [1, 2])
      shards.push(await play(folder, broken, ['MSG-02', 'CONN-01', '--runs', '1', '--shard', `${index}/2`]));
    const played = shards.map(({ stderr }) => /of (\d) inputs? (\d) fail/.exec(stderr)?.slice(1).join() ?? '');
    expect(played.toSorted()).toEqual(['0,0', '1,1']);
  });
});

test('what cannot be read is a warning, copies are played once, and files of another version are played', async () => {
  await inFolder(async (folder) => {
    const { run } = await play(folder, broken);
    const name = filesOf(folder)[0] ?? '';
    const corpus = join(folder, 'corpus');
    copyFileSync(join(corpus, name), join(corpus, 'copy.json'));
    writeFileSync(join(corpus, 'broken.json'), '{');
    mkdirSync(join(corpus, 'folder.json'));
    writeFileSync(join(corpus, 'notes.txt'), 'no failure');
    const file = JSON.parse(readFileSync(join(corpus, name), 'utf8')) as {
      plan: Record<string, unknown>;
      input: object;
    };
    const { expects: _expects, judging: _judging, ...plan } = file.plan;
    writeFileSync(
      join(corpus, 'old.json'),
      JSON.stringify({ ...file, schemaVersion: 1, plan, input: { ...file.input, note: 'an older one' } }),
    );
    const again = await play(folder, broken);
    expect(again.stderr).toMatch(/of 2 inputs 2 fail, 0 hold, 0 new\n/);
    expect(findingsOf(again)).toHaveLength(1);
    expect(again.run.warnings).toEqual([
      expect.stringMatching(/^the corpus file broken\.json is not played: /),
      expect.stringMatching(/^the corpus file folder\.json is not played: .*folder/),
    ]);
    expect(run.warnings).toEqual([]);
  });
});

test('what is no folder is one sentence', async () => {
  await inFolder(async (folder) => {
    const words = ['MSG-05', '--target', `127.0.0.1:${healthy.port}`, '--out', join(folder, 'r')];
    const outcome = await callCli([...words, '--corpus', __filename], { folder });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toMatch(
      /^grpc-conform: the corpus .*corpus\.test\.ts is no folder: name a folder of failure files with --corpus \[ERR_USAGE\]\n$/,
    );
  });
});
