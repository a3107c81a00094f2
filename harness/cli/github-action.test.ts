import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root';

/** A checkout of the action whose program prints what it was called with. */
let checkout: string;
let action: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'action-'));
  action = join(checkout, '.github', 'actions', 'grpc-conform');
  cpSync(join(packageRoot(), '.github'), join(checkout, '.github'), { recursive: true });
  mkdirSync(join(checkout, 'dist', 'harness', 'cli'), { recursive: true });
  writeFileSync(
    join(checkout, 'dist', 'harness', 'cli', 'main.js'),
    'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 1;',
  );
});
afterAll(() => rmSync(checkout, { recursive: true }));

function runAction(inputs: { readonly target?: string; readonly exec?: string; readonly args?: string }) {
  const { target = '', exec = '', args = '' } = inputs;
  const { stdout, status } = spawnSync(join(action, 'run.sh'), {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      GITHUB_ACTION_PATH: action,
      INPUT_TARGET: target,
      INPUT_EXEC: exec,
      INPUT_ARGS: args,
      INPUT_OUT: 'report',
    },
  });
  return { stdout, status };
}

test.each<[string, Parameters<typeof runAction>[0], readonly string[]]>([
  ['a server that runs', { target: 'localhost:1' }, ['--target', 'localhost:1']],
  [
    'one to start, with what no shell may obey',
    { exec: `node server.js --port {port}; echo "$(id)" 'x'` },
    ['--exec', `node server.js --port {port}; echo "$(id)" 'x'`],
  ],
  [
    'further arguments, a line each',
    { target: 'a:1', args: '--strict\n\n--baseline\nknown ones.json\n$(id)\n' },
    ['--target', 'a:1', '--strict', '--baseline', 'known ones.json', '$(id)'],
  ],
])('%s: every word arrives as it is, and the exit code goes out', (_what, inputs, want) => {
  const { stdout, status } = runAction(inputs);
  expect(JSON.parse(stdout)).toEqual(['--out', 'report', ...want]);
  expect(status).toBe(1);
});

test('without a server it says so', () => {
  expect(runAction({})).toEqual({ stdout: '::error title=grpc-conform::name a server: target or exec\n', status: 2 });
});
