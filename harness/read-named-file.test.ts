import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNamedFile, readNamedText } from './read-named-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'named-'));
});
const writers: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of writers.splice(0)) if (pid !== undefined) endGroup(pid);
  rmSync(folder, { recursive: true });
});

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

const limits = { largest: 1000, longest: 300 };

test('a file, up to the last octet that is allowed', () => {
  writeFileSync(join(folder, 'a'), 'a'.repeat(1000));
  expect(readNamedText(join(folder, 'a'), limits)).toEqual({ ok: true, value: 'a'.repeat(1000) });
});

test('a byte order mark is left out', () => {
  writeFileSync(join(folder, 'a'), '\ufeff{}');
  expect(readNamedText(join(folder, 'a'), limits)).toEqual({ ok: true, value: '{}' });
});

test.each<[string, (path: string) => string, RegExp]>([
  ['no name', () => '', /^its name is empty$/],
  ['nothing', (path) => path, /^there is no such file$/],
  ['a NUL in the name', (path) => `${path}\0`, /^its name holds a NUL/],
  ['a folder', (path) => (mkdirSync(path), path), /^it is a folder, not a file$/],
  ['a file as a folder', (path) => (writeFileSync(path, ''), join(path, 'a')), /a part of the path is a file/],
  ['links in a circle', (path) => (symlinkSync(path, path), path), /links lead in a circle/],
  ['a name that is too long', (path) => path + 'a'.repeat(300), /the name is too long/],
  ['one octet too many', (path) => (writeFileSync(path, 'a'.repeat(1001)), path), /^it is longer than 1000 octets$/],
  ['UTF-16', (path) => (writeFileSync(path, Buffer.from('\ufeff{}', 'utf16le')), path), /^it is no text in UTF-8$/],
  ['a device without an end', () => '/dev/zero', /^it is longer than 1000 octets$/],
  ['a link to one', (path) => (symlinkSync('/dev/zero', path), path), /^it is longer than 1000 octets$/],
  ['a FIFO that nobody writes to', (path) => (makeFifo(path), path), /^it did not come to its end within 300 ms$/],
])('%s', (_name, make, reason) => {
  expect(readNamedText(make(join(folder, 'a')), limits)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(reason),
  });
});

const makeFifo = (path: string): void => void execFileSync('mkfifo', [path]);

/** A writer in another process: reading waits, and nothing else of ours runs meanwhile. */
function writeInto(path: string, command: string): void {
  writers.push(spawn('sh', ['-c', `(${command}) >'${path}' 2>/dev/null`], { stdio: 'ignore', detached: true }));
}

test('a FIFO whose writer takes its time is read to its end', () => {
  const path = join(folder, 'fifo');
  makeFifo(path);
  writeInto(path, 'printf one; sleep 0.2; printf two');
  expect(readNamedText(path, { largest: 1000, longest: 60_000 })).toEqual({ ok: true, value: 'onetwo' });
});

test.each([
  ['never ends', 'yes', /^it is longer than 1000 octets$/],
  ['never comes to its end', 'printf one; sleep 3', /^it did not come to its end within 300 ms$/],
])('a FIFO whose writer %s is left', (_name, command, reason) => {
  const path = join(folder, 'fifo');
  makeFifo(path);
  writeInto(path, command);
  expect(readNamedFile(path, limits)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
});

test('what is empty is empty', () => expect(readNamedText('/dev/null', limits)).toEqual({ ok: true, value: '' }));
