import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock';
import { lockFileName } from './output-files';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, lockFileName);
const leave = (holder: unknown): void =>
  writeFileSync(file(), typeof holder === 'string' ? holder : JSON.stringify(holder));
/** Makes the lock that many milliseconds old. */
const age = (milliseconds: number): void => {
  const then = new Date(Date.now() - milliseconds);
  utimesSync(file(), then, then);
};

const held = expect.objectContaining({
  code: 'ERR_OUTPUT',
  message: expect.stringMatching(
    /^another run \(.*\) writes into .*: wait for it, or name another folder with --out; if there is no such run, remove .*run\.lock$/,
  ),
}) as Error;

/** A process that goes on until it is killed. */
const startOther = () => spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });

test('one run at a time writes into a folder', () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(held);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  lockFolder(folder).release();
});

test('a run of a process that lives is respected, and its lock stays as it was', () => {
  const other = startOther();
  leave({ pid: other.pid, host: hostname() });
  const before = readFileSync(file(), 'utf8');
  expect(() => lockFolder(folder)).toThrow(held);
  expect(readFileSync(file(), 'utf8')).toBe(before);
  other.kill('SIGKILL');
});

test('what a killed process left is taken over', async () => {
  const other = startOther();
  const { pid } = other;
  await new Promise((resolve) => {
    other.once('exit', resolve);
    other.kill('SIGKILL');
  });
  leave({ pid, host: hostname() });
  const lock = lockFolder(folder);
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('a process that got the number of a dead one is another', () => {
  leave({ pid: process.pid, host: hostname(), began: '1' });
  lockFolder(folder).release();
});

test('a run on another machine is taken for dead only after it was silent for long', () => {
  leave({ pid: process.pid, host: 'another.example' });
  expect(() => lockFolder(folder)).toThrow(/process \d+ on another\.example/);
  age(11 * 60_000);
  lockFolder(folder).release();
});

test.each(['', 'no JSON', '{}', '{"pid":-1,"host":"h"}', '{"pid":"1","host":"h"}', 'x'.repeat(100_000)])(
  'what is no lock counts only while it may still become one: %.20j',
  (text) => {
    leave(text);
    expect(() => lockFolder(folder)).toThrow(/another run \(just started\)/);
    age(3000);
    lockFolder(folder).release();
  },
);

test('only our own lock is removed', () => {
  const lock = lockFolder(folder);
  leave({ pid: 1, host: 'another.example' });
  lock.release();
  expect(existsSync(file())).toBe(true);
});
