import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkWritable, makeFolder, writeTextFile } from './write-file';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'write-file-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

/** What an attempt to write says; the test fails when it says nothing. */
function refusal(file: string): string {
  try {
    writeTextFile(file, 'text', 'Do something else');
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConformError', code: 'ERR_OUTPUT' });
    return (error as Error).message;
  }
  throw new Error('it was written');
}

/** FIFOs and devices are Unix's. */
const onUnix = process.platform === 'win32' ? describe.skip : describe;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

describe('a regular file', () => {
  test('is made with the folders above it, and nothing else', () => {
    expect(writeTextFile(at('a/b/file'), 'text')).toBe(true);
    expect(read('a/b/file')).toBe('text');
    expect(readdirSync(at('a/b'))).toEqual(['file']);
  });

  test('is replaced: who has it open keeps the old text', () => {
    writeFileSync(at('file'), 'old');
    const descriptor = openSync(at('file'), 'r');
    writeTextFile(at('file'), ['new', ' in', ' pieces']);
    expect(readFileSync(descriptor, 'utf8')).toBe('old');
    closeSync(descriptor);
    expect(read('file')).toBe('new in pieces');
  });

  test('keeps its permissions', () => {
    writeFileSync(at('file'), 'old');
    chmodSync(at('file'), 0o600);
    writeTextFile(at('file'), 'new');
    expect(statSync(at('file')).mode & 0o777).toBe(0o600);
  });

  test('stays what it was when its text breaks off, and nothing temporary stays', () => {
    writeFileSync(at('file'), 'old');
    const pieces = function* (): Generator<string> {
      yield 'half';
      throw new Error('no more');
    };
    expect(() => writeTextFile(at('file'), pieces())).toThrow(/file cannot be written \(no more\)/);
    expect([read('file'), readdirSync(folder)]).toEqual(['old', ['file']]);
  });
});

describe('a link', () => {
  test('stays, and the file that it leads to is replaced', () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/file'), 'old');
    symlinkSync('elsewhere/file', at('first'));
    symlinkSync('first', at('second'));
    writeTextFile(at('second'), 'new');
    expect([readlinkSync(at('second')), readlinkSync(at('first'))]).toEqual(['first', 'elsewhere/file']);
    expect([read('elsewhere/file'), lstatSync(at('elsewhere/file')).isFile()]).toEqual(['new', true]);
    expect(readdirSync(folder).sort()).toEqual(['elsewhere', 'first', 'second']);
    expect(readdirSync(at('elsewhere'))).toEqual(['file']);
  });

  test('that leads to nothing gets its file', () => {
    symlinkSync('later', at('link'));
    writeTextFile(at('link'), 'text');
    expect([readlinkSync(at('link')), read('later')]).toEqual(['later', 'text']);
  });

  test('that leads in a circle is told', () => {
    symlinkSync('b', at('a'));
    symlinkSync('a', at('b'));
    expect(refusal(at('a'))).toMatch(
      /a cannot be written \(its links lead in a circle, ELOOP\)\. Do something else\.$/,
    );
  });
});

describe('what cannot be written is told in words', () => {
  test.each([
    ['a folder', () => folder, /\(it is a folder, EISDIR\)/],
    ['a file in place of a folder', () => at('file/x'), /\(a part of the path is a file, not a folder, ENOTDIR\)/],
    ['a name that is too long', () => at('x'.repeat(300)), /\(the name is too long, ENAMETOOLONG\)/],
  ])('%s', (_name, file, message) => {
    writeFileSync(at('file'), 'in the way');
    expect(refusal(file())).toMatch(message);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

onLinux('a place where no folders can be made', () => {
  test.each(['/proc/grpc-conform/report', '/proc/1/grpc-conform', '/sys/grpc-conform', '/dev/null/report'])(
    'ends at once: %s',
    (place) => {
      expect(refusal(join(place, 'run.json'))).toMatch(
        /run\.json cannot be written \(.*\b(ENOENT|EPERM|EACCES|EROFS|ENOTDIR)\)/,
      );
      expect(() => makeFolder(place)).toThrow();
    },
  );
});

onUnix('a FIFO', () => {
  const makeFifo = (): string => {
    execFileSync('mkfifo', [at('fifo')]);
    return at('fifo');
  };

  test('that nobody reads is told at once', () => {
    expect(refusal(makeFifo())).toMatch(/\(nobody reads from it, ENXIO\)/);
  });

  test('is written to, however much it is, and stays', async () => {
    const fifo = makeFifo();
    const text = 'x'.repeat(1_000_000);
    const reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
    let received = '';
    reader.stdout.on('data', (chunk: Buffer) => (received += chunk.toString()));
    const ended = new Promise((resolve) => reader.once('close', resolve));
    // The writer waits without a turn of the event loop: a process of its own lets this one read.
    const script = `require(${JSON.stringify(require.resolve('./write-file'))}).writeTextFile(${JSON.stringify(fifo)}, 'x'.repeat(1_000_000))`;
    const write = (): Promise<number | null> =>
      new Promise((resolve) => {
        const writer = spawn(process.execPath, ['-r', require.resolve('esbuild-register'), '-e', script], {
          stdio: 'ignore',
        });
        writer.once('close', resolve);
      });
    // The reader may not have opened it yet.
    let code = await write();
    while (code !== 0 && reader.exitCode === null) code = await write();
    await ended;
    expect([code, received === text, lstatSync(fifo).isFIFO()]).toEqual([0, true, true]);
    expect(existsSync(`${fifo}.${process.pid}.tmp`)).toBe(false);
  });
});

onLinux('a device', () => {
  test('that is full is told', () => {
    expect(refusal('/dev/full')).toMatch(/^\/dev\/full cannot be written \(no space left on the disk, ENOSPC\)/);
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  test('is written to, also through a link, and both stay', () => {
    symlinkSync('/dev/null', at('link'));
    expect([writeTextFile('/dev/null', 'text'), writeTextFile(at('link'), 'text')]).toEqual([false, false]);
    expect([lstatSync('/dev/null').isCharacterDevice(), readlinkSync(at('link'))]).toEqual([true, '/dev/null']);
  });

  test('/dev/fd/N is our own open file, at the place where it stands', () => {
    const descriptor = openSync(at('log'), 'w');
    writeFileSync(descriptor, 'before, ');
    writeTextFile(`/dev/fd/${descriptor}`, 'then this');
    writeFileSync(descriptor, ', and after');
    closeSync(descriptor);
    expect(read('log')).toBe('before, then this, and after');
  });
});

describe('whether a file could be written', () => {
  test('is found out without leaving anything behind', () => {
    writeFileSync(at('old'), 'text');
    checkWritable(at('old'));
    checkWritable(at('new'));
    checkWritable(at('a/b/new'));
    expect(readdirSync(folder)).toEqual(['old']);
    expect(read('old')).toBe('text');
  });

  test('is told as an attempt to write would', () => {
    mkdirSync(at('folder'));
    writeFileSync(at('file'), '');
    for (const file of [at('folder'), at('file/below')]) {
      const before = refusal(file);
      expect(() => checkWritable(file, 'Do something else')).toThrow(before);
    }
  });
});
