import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parseProcessStat } from '../../process-stat';

/** Resident memory of a process group, in octets; undefined where it cannot be read. */
export async function readGroupMemory(group: number): Promise<number | undefined> {
  try {
    return process.platform === 'linux' ? await sumOverGroup(group, readMemory) : await readMemoryFromPs(group);
  } catch {
    return undefined;
  }
}

/** File descriptors that a process group has open; undefined where they cannot be counted, as everywhere but on Linux. */
export async function countGroupDescriptors(group: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return await sumOverGroup(group, async (number) => (await readdir(`/proc/${number}/fd`)).length);
  } catch {
    return undefined;
  }
}

/** @param read the fact of one process, by its number; fails when it has ended, or may not be looked into */
async function sumOverGroup(group: number, read: (number: string) => Promise<number>): Promise<number | undefined> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const facts = await Promise.all(numbers.map((number) => readOfMember(number, group, read)));
  const sum = facts.reduce((total, fact) => total + fact, 0);
  return sum === 0 ? undefined : sum;
}

async function readOfMember(number: string, group: number, read: (number: string) => Promise<number>): Promise<number> {
  try {
    const stat = parseProcessStat(await readFile(`/proc/${number}/stat`, 'latin1'));
    return stat.group === String(group) ? await read(number) : 0;
  } catch {
    // It has ended since we listed it.
    return 0;
  }
}

async function readMemory(number: string): Promise<number> {
  const status = await readFile(`/proc/${number}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
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
