import { fullRun } from './fixtures/run';
import { replayCommand } from './replay-command';

const command = (
  commandLine: readonly string[],
  target: { readonly name?: string; readonly exec?: string | undefined },
): string =>
  replayCommand(
    { header: { ...fullRun.header, commandLine }, target: { ...fullRun.target, exec: undefined, ...target } },
    'out/failures/a.json',
  ).replace(/^npx grpc-conform /, '');

test.each<[string, readonly string[], { readonly name?: string; readonly exec?: string }, string]>([
  ['an address', ['--target', 'h:1', 'MSG'], { name: 'h:1' }, 'replay out/failures/a.json --target h:1'],
  ['a command', [], { exec: 'node a b' }, "replay out/failures/a.json --exec 'node a b'"],
  ['the bundled server', [], { name: 'the bundled server' }, 'replay out/failures/a.json --target bundled'],
  [
    'how it is connected to',
    [
      'run',
      '--seed',
      '1',
      '-tls',
      '--cacert=ca.pem',
      '--authority',
      'a',
      '-H',
      'authorization: ${TOKEN}',
      '--header',
      "x: it's",
    ],
    { name: 'h:1' },
    "replay out/failures/a.json --target h:1 -tls --cacert=ca.pem --authority a -H 'authorization: ${TOKEN}' --header 'x: it'\\''s'",
  ],
  ['an option without its value', ['--authority'], { name: 'h:1' }, 'replay out/failures/a.json --target h:1'],
])('%s', (_reason, commandLine, target, want) => {
  expect(command(commandLine, target)).toBe(want);
});

test('it begins with what started the run', () => {
  const header = { ...fullRun.header, commandLine: [], invocation: ['node', 'my tools/main.js'] };
  expect(replayCommand({ header, target: { ...fullRun.target, exec: 'a' } }, 'f.json')).toBe(
    "node 'my tools/main.js' replay f.json --exec a",
  );
});

test('no version of a package that a registry could serve is named', () => {
  expect(command([], { name: 'h:1' })).toBe('replay out/failures/a.json --target h:1');
});
