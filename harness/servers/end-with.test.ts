import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../package-root';

/** The exit code of a program that lists more than a pipe holds, and what it complains of, when its reader goes away at once. */
async function endOf(
  program: string,
  ...args: readonly string[]
): Promise<readonly [code: unknown, complaint: string]> {
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/harness/servers', program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [unknown];
  return [code, complaint];
}

test('a reader that goes away ends a program in silence', async () => {
  expect(await endOf('run-servers.js', '--list')).toEqual([0, '']);
});
