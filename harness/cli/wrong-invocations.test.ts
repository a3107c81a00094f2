import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { formatRun } from '../report/json';
import { fullRun } from '../report/fixtures/run';
import { callCli } from './call-cli.test-helper';

/** Command lines that mean something else than they say. Each gets one sentence that says what, and nothing happens. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrong-'));
  const entry = { id: 'MSG-02-any-data-split', rule: 'MSG-02-any-data-split', reason: 'known' };
  const files = {
    'run.json': formatRun(fullRun),
    'baseline.json': JSON.stringify({ schemaVersion: 2, entries: [] }),
    'expiress.json': JSON.stringify({ schemaVersion: 2, entries: [{ ...entry, expiress: '2030-01-01' }] }),
    'entris.json': JSON.stringify({ schemaVersion: 2, entris: [] }),
    'list.json': '[]',
    'empty.json': '',
    'targett.json': JSON.stringify({ targett: 'h:1' }),
    text: 'text',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'folder'));
  mkdirSync(join(folder, 'report', 'failures'), { recursive: true });
  writeFileSync(join(folder, 'report', 'run.json'), '');
  writeFileSync(join(folder, 'report', 'full.json'), formatRun(fullRun));
  copyFileSync(
    join(packageRoot(), 'reports/unreported/grpc-java/MSG-02-any-data-split.status-1.json'),
    join(folder, 'failure.json'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `@` is the folder of the files above. */
test.each<[string, string]>([
  // A verb that is none, or stands where no verb can.
  ['serve', '"serve" is neither a rule nor a verb (did you mean show?)'],
  ['open', '"open" is neither a rule nor a verb (did you mean show?)'],
  ['run-test', '"run-test" is neither a rule nor a verb (did you mean run?)'],
  ['server', '"server" is neither a rule nor a verb: the verbs are run, list, '],
  ['reprot', '"reprot" is neither a rule nor a verb (did you mean report?)'],
  ['run probe', '"probe" is a verb, not a rule: it comes first'],
  ['--target h:1 replay', '"replay" is a verb, not a rule: it comes first'],
  ['help serve', 'there is no verb "serve" (did you mean show?)'],
  ['baseline chek run.json', 'baseline chek is unknown (did you mean check?)'],
  ['baseline run.json --baseline b.json', 'baseline run.json is unknown (did you mean check run.json?)'],
  // An address or a file where rules are named.
  ['localhost:50051', '(did you mean --target localhost:50051?)'],
  [':50051', '(did you mean --target localhost:50051?)'],
  ['50051', '(did you mean --target localhost:50051?)'],
  ['api.example.com', '(did you mean --target api.example.com:50051?)'],
  ['https://api.example.com', '(did you mean --target https://api.example.com?)'],
  ['grpc://api.example.com:443', '(did you mean --target api.example.com:443?)'],
  ['dns:///api.example.com:443', '(did you mean --target api.example.com:443?)'],
  ['probe :50051', '":50051" is an address (did you mean --target localhost:50051?)'],
  ['replay @/failure.json localhost:50051', '"localhost:50051" is an address (did you mean --target localhost:50051?)'],
  ['list localhost:50051', '"localhost:50051" is an address, and list asks no server'],
  ['explain localhost:50051', '"localhost:50051" is an address, and explain asks no server'],
  ['self-test localhost:50051', '"localhost:50051" is an address, and self-test asks no server'],
  ['out/run.json', '(did you mean report out/run.json?)'],
  ['failures/MSG-02.json', '(did you mean replay failures/MSG-02.json?)'],
  ['grpc-baseline.json', '(did you mean --baseline grpc-baseline.json?)'],
  ['grpc-conform.config.json', '(did you mean --config grpc-conform.config.json?)'],
  ['./server', `(did you mean --exec './server --port {port}'?)`],
  ['shop.proto', '(did you mean --proto shop.proto?)'],
  // A file of ours in the place of another.
  ['replay @/run.json --target h:1', 'is not valid: that is the run.json of a run'],
  ['replay @/baseline.json --target h:1', 'is not valid: that is a baseline'],
  ['report @/failure.json', 'is not valid: that is a failure file: play it with "replay"'],
  ['report @/baseline.json', 'is not valid: that is a baseline: name it with --baseline'],
  ['report @/run.json --previous @/failure.json', 'is not valid: that is a failure file'],
  ['compare @/run.json @/failure.json', 'is not valid: that is a failure file'],
  ['merge @/failure.json', 'is not valid: that is a failure file'],
  ['merge @/run.json', 'was made without --shard'],
  ['--baseline @/run.json --target h:1', 'is not valid: that is the run.json of a run'],
  ['--config @/baseline.json', 'is not valid: that is a baseline'],
  // A folder where a file is wanted, and the other way round.
  ['report @/report', 'it is a folder, not a file (did you mean @/report/run.json?)'],
  ['--previous @/report --target h:1', '(did you mean @/report/run.json?)'],
  ['replay @/report --target h:1', 'it is a folder, not a file (did you mean @/report/failures/*.json?)'],
  ['compare @/folder @/folder', 'it is a folder, not a file'],
  ['--baseline @/folder --target h:1', 'it is a folder, not a file'],
  ['--suite-file @/folder --target h:1', 'it is a folder, not a file'],
  ['--corpus @/text --target h:1', 'is no folder: name a folder of failure files with --corpus'],
  ['--out @/text --target h:1', 'a part of the path is a file, not a folder'],
  ['--out /proc/foo --target h:1', '/proc/foo cannot be written (there is no such folder, and none can be made'],
  ['show @/folder', 'there is no report in @/folder'],
  // Keys, values and files that say nothing.
  ['--config @/targett.json', 'has the unknown key "targett" (did you mean target?)'],
  ['--baseline @/expiress.json --target h:1', 'entries.0.expiress is an unknown key (did you mean expires?)'],
  ['--baseline @/entris.json --target h:1', 'entries is missing (was it meant by "entris"?)'],
  ['report @/list.json', 'is not valid: it holds no object'],
  ['report @/empty.json', 'is not valid: it is empty'],
  ["report ''", 'the name of the run file is empty'],
  ['--baseline= --target h:1', '--baseline is empty'],
  ['--shard 0/3 --target h:1', '--shard "0/3" is no shard: write 1/3, 2/3 and 3/3'],
  ['--shard 4/3 --target h:1', '--shard "4/3" is no shard: write 1/3, 2/3 and 3/3'],
  ['--target bundeld', 'the target bundeld has no port (did you mean bundled?)'],
  // What could not be written at the end is told before anything begins.
  [
    'MSG-01 --target h:1 --update-baseline --baseline @/text/b.json',
    '@/text/b.json cannot be written (a part of the path is a file',
  ],
  ['report @/report/full.json --badge @/folder', '@/folder cannot be written (it is a folder'],
  // Options of another verb, and values that are missing or too many.
  ['report run.json --target h:1', '--target is an option of run, probe, replay, not of report: see '],
  [
    'replay f.json --runs 3 --target h:1',
    '--runs is an option of run, not of replay: see "grpc-conform replay --help"',
  ],
  ['--trace --target h:1', '--trace is an option of probe, not of run: see "grpc-conform run --help"'],
  [
    'baseline check run.json --baseline b.json --out x',
    'not of baseline check: see "grpc-conform baseline check --help"',
  ],
  ['--strict=yes', '--strict takes no value: see "grpc-conform run --help"'],
  ['--taget h:1', "unknown option '--taget' (did you mean --target?)"],
  ['--baseline --target h:1', '--baseline has no value, as --target follows it: write --baseline <file>'],
  ['--use-reflection --target=h:1', '--use-reflection has no value, as --target follows it'],
  ['--runs', '--runs has no value: write --runs <n>'],
  ['probe --trace -d', '--data has no value: write --data <json>'],
  ['baseline check run.json', '--baseline is missing: write --baseline <file>'],
  ['replay', 'replay needs failure files, from the folder failures of a report: see "grpc-conform replay --help"'],
  ['explain', 'explain needs the id or prefix of a rule: see '],
  ['explain MSG-02 MSG-03', 'explain takes the id or prefix of a rule only, and "MSG-03" is too much'],
  ['probe MSG', 'probe takes options only, and "MSG" is too much'],
])('grpc-conform %s', async (line, want) => {
  const words = line.split(' ').map((word) => word.replace('@', folder).replaceAll("'", ''));
  const { exitCode, stdout, stderr } = await callCli(words, { folder });
  expect(stderr).toContain(want.replaceAll('@', folder));
  // One line, and none of the words of a library.
  expect(stderr).toMatch(/^grpc-conform: [^\n]+ \[ERR_[A-Z_]+\]\n$/);
  expect(stderr).not.toMatch(/ENOENT: |Expected |Invalid |outputHelp|undefined|\.: |\?\?/);
  expect([exitCode, stdout]).toEqual([2, '']);
});
