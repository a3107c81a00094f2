import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executedByCalls, readCoverage, type CoverageRange } from './coverage';

const file = '/server.js';
const url = pathToFileURL(file).href;
const range = (startOffset: number, endOffset: number, count: number): CoverageRange => ({
  startOffset,
  endOffset,
  count,
});
const process = (...ranges: readonly CoverageRange[]) => new Map([[url, ranges]]);
const executed = (busy: ReturnType<typeof process>[], idle: ReturnType<typeof process>[]): string =>
  Array.from({ length: 8 }, (_, offset) => executedByCalls(file, 8, busy, idle)(offset))
    .map((each) => (each ? 'x' : '.'))
    .join('');

test.each<[string, ReturnType<typeof process>[], ReturnType<typeof process>[], string]>([
  ['xxxxxxxx', [process(range(0, 8, 1))], [], 'all of it'],
  ['xx....xx', [process(range(0, 8, 1), range(2, 6, 0))], [], 'but for a branch that was not taken'],
  [
    'xx.xx.xx',
    [process(range(2, 6, 0), range(0, 8, 1), range(3, 5, 2))],
    [],
    'ranges in any order; the innermost counts',
  ],
  ['..xxxx..', [process(range(0, 8, 1), range(2, 6, 9))], [process(range(0, 8, 1))], 'not what starting executes'],
  ['........', [process(range(0, 8, 1))], [process(range(0, 8, 1))], 'nothing more than starting'],
  ['xx....xx', [process(range(0, 2, 1)), process(range(6, 8, 1))], [], 'what any process executed'],
  ['........', [new Map([['file:///other.js', [range(0, 8, 1)]]])], [], 'nothing of another file'],
])('%s: %s', (want, busy, idle) => {
  expect(executed(busy, idle)).toBe(want);
});

test('reads what Node writes, one map per process, and nothing else that lies there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  try {
    const script = { url, functions: [{ ranges: [range(0, 8, 1)] }, { ranges: [range(2, 6, 3)] }] };
    writeFileSync(join(folder, 'coverage-1.json'), JSON.stringify({ result: [script] }));
    writeFileSync(join(folder, 'coverage-2.json'), JSON.stringify({ result: [] }));
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(readCoverage(folder)).toEqual([process(range(0, 8, 1), range(2, 6, 3)), new Map()]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
