import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parseProcessStat } from '../../process-stat';

/** Resident memory of a process group, in octets; undefined where it cannot be read. */
export async function readGroupMemory(group: number): Promise<number | undefined> {
  try {
    return process.platform === 'linux' ? await readMemoryFromProc(group) : await readMemoryFromPs(group);
  } catch {
    return undefined;
  }
}

async function readMemoryFromProc(group: number): Promise<number | undefined> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(numbers.map((number) => readMemberMemory(number, group)));
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum === 0 ? undefined : sum;
}

async function readMemberMemory(number: string, group: number): Promise<number> {
  try {
    const stat = parseProcessStat(await readFile(`/proc/${number}/stat`, 'latin1'));
    if (stat.group !== String(group)) return 0;
    const status = await readFile(`/proc/${number}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    // It has ended since we listed it.
    return 0;
  }
}

async function readMemoryFromPs(group: number): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss=']);
  const sum = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([pgid]) => pgid === group)
    .reduce((total, [, rss = 0]) => total + rss * 1024, 0);
  return sum === 0 ? undefined : sum;
}
