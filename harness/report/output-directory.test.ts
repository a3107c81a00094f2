import {
  existsSync,
  statSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from './events';
import { parseFailure } from './failure-file';
import { events, fullRun, plan } from './fixtures/run';
import { parseRun } from './json';
import type { RunRecord } from './model';
import { openOutputDirectory } from './output-directory';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'output-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const directory = (): string => join(root, 'deep', 'er');
const read = (file: string): string => readFileSync(join(directory(), file), 'utf8');
const run = (): RunRecord => parseRun(read('run.json'), 'run.json');

/** Plays events into a folder; its clock moves by `step` milliseconds per event, and by `writing` each time that somebody looks at it. */
function write(list: readonly RunEvent[], step = 1000, writing = 0, afterEach: () => void = () => undefined): void {
  let time = 0;
  const now = (): number => (time += writing);
  const { listener, close } = openOutputDirectory({ directory: directory(), interval: 500, now });
  for (const event of list) {
    time += step;
    listener(event);
    afterEach();
  }
  close();
}

describe('the folder of a run', () => {
  test('holds all files at the end, and nothing temporary', () => {
    write(events);
    expect(readdirSync(directory()).sort()).toEqual(['failures', 'index.html', 'junit.xml', 'run.json']);
    expect(readdirSync(join(directory(), 'failures')).sort()).toEqual([
      'CONN-04-preface-required.crash.json',
      'MSG-02-any-data-split.status-13.json',
    ]);
    expect(run()).toMatchObject({ status: 'complete', verdict: 'fail', exitCode: 1 });
    expect(run().properties).toHaveLength(fullRun.properties.length);
  });

  test('the failure file that a finding names can be played again', () => {
    write(events);
    const file = run().properties.find(({ id }) => id === 'MSG-02-any-data-split')?.findings[0]?.failureFile ?? 'none';
    expect(parseFailure(read(file), file).plan).toEqual(plan);
  });

  test('begins with files that say incomplete', () => {
    write(events.slice(0, 1));
    expect(run()).toMatchObject({ status: 'incomplete', verdict: 'error', properties: [] });
    expect(read('junit.xml')).toContain('type="incomplete"');
    expect(read('index.html')).toContain('Incomplete: nothing was judged');
  });

  test.each(events.map((event, index) => [index, event.type] as const))(
    'a kill after event %i (%s) leaves whole files',
    (index) => {
      write(events.slice(0, index + 1));
      expect(run().status).toBe(events[index]?.type === 'run-finished' ? 'complete' : 'incomplete');
      expect(readdirSync(directory()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );

  test('what was finished is in run.json before the end', () => {
    write(events.slice(0, -1));
    expect(run()).toMatchObject({ status: 'incomplete', verdict: 'fail' });
    expect(run().properties.length).toBeGreaterThan(5);
  });

  test('is not written more often than the interval says', () => {
    write(events.slice(0, -1), 1);
    expect(run().properties).toEqual([]);
  });

  test('one that takes long to write is written less often', () => {
    const finished = events.filter(({ type }) => type === 'property-finished');
    const many = [...events.slice(0, 1), ...Array.from({ length: 10 }, () => finished).flat()];
    const timesWritten = (writing: number): number => {
      const states = new Set<bigint>();
      write(many, 501, writing, () => states.add(statSync(join(directory(), 'run.json'), { bigint: true }).ctimeNs));
      return states.size;
    };
    const often = timesWritten(0);
    expect(often).toBeGreaterThan(10);
    // Fifty milliseconds, forty times.
    expect(timesWritten(50)).toBeLessThan(often / 2);
  });

  test('a file of an earlier run is replaced at the start', () => {
    write(events);
    write(events.slice(0, 1));
    expect(run()).toMatchObject({ status: 'incomplete', properties: [] });
  });

  test('a folder that cannot be written is an error of ours, at the first event', () => {
    writeFileSync(join(root, 'deep'), 'a file where a folder should be');
    expect(() => write([])).toThrow(
      expect.objectContaining({
        code: 'ERR_OUTPUT',
        message: expect.stringMatching(/deep\/er cannot be written \(a part of the path is a file.*\)\. Name a folder/),
      }),
    );
    expect(existsSync(directory())).toBe(false);
  });

  test('a folder that stayed empty goes, with those above it that were made for it; what was there stays', () => {
    openOutputDirectory({ directory: directory() }).close();
    expect(readdirSync(root)).toEqual([]);
    openOutputDirectory({ directory: root }).close();
    expect(existsSync(root)).toBe(true);
  });

  test('what cannot be written while the run goes on is tried again until its end', () => {
    const { listener, missing, close } = openOutputDirectory({ directory: directory(), interval: 0 });
    const [start, ...rest] = events.slice(0, -1);
    listener(start!);
    // A file where the folder of the failure files would be, and a folder where run.json is.
    writeFileSync(join(directory(), 'failures'), 'in the way');
    rmSync(join(directory(), 'run.json'));
    mkdirSync(join(directory(), 'run.json'));
    for (const event of rest) listener(event);
    expect(missing()).toMatchObject({ code: 'ERR_OUTPUT' });
    rmSync(join(directory(), 'failures'));
    rmSync(join(directory(), 'run.json'), { recursive: true });
    listener(events.at(-1)!);
    close();
    expect(missing()).toBeUndefined();
    expect(run()).toMatchObject({ status: 'complete' });
    expect(readdirSync(join(directory(), 'failures'))).toHaveLength(2);
  });

  test('a file that cannot be written at the end keeps no other from it', () => {
    const { listener, missing, close } = openOutputDirectory({ directory: directory() });
    listener(events[0]!);
    rmSync(join(directory(), 'run.json'));
    mkdirSync(join(directory(), 'run.json'));
    for (const event of events.slice(1)) listener(event);
    close();
    expect(missing()?.message).toMatch(/run\.json cannot be written \(it is a folder, EISDIR\)/);
    expect(read('index.html')).not.toContain('Incomplete: nothing was judged');
    expect(readdirSync(directory()).sort()).toEqual(['failures', 'index.html', 'junit.xml', 'run.json']);
  });

  test('what a killed run left half written is removed', () => {
    mkdirSync(directory(), { recursive: true });
    for (const name of ['run.json.123.tmp', 'index.html.1.tmp', 'mine.tmp']) writeFileSync(join(directory(), name), '');
    write(events);
    expect(readdirSync(directory()).filter((name) => name.endsWith('.tmp'))).toEqual(['mine.tmp']);
  });
});
