import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parseProcessStat } from '../../process-stat';

/** Resident memory of a process group, in octets; undefined where it cannot be read. */
export async function readGroupMemory(group: number): Promise<number | undefined> {
  try {
    return process.platform === 'linux' ? sumOverGroup(group, readMemory) : await readMemoryFromPs(group);
  } catch {
    return undefined;
  }
}

/** File descriptors that a process group has open; undefined where they cannot be counted, as everywhere but on Linux. */
export function countGroupDescriptors(group: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return sumOverGroup(group, (number) => readdirSync(`/proc/${number}/fd`).length);
  } catch {
    return undefined;
  }
}

/**
 * Synchronously: what it reads is in the kernel's memory, and a promise for each of a hundred processes takes five times the time of the CPU.
 * @param read the fact of one process, by its number; throws when it has ended, or may not be looked into
 */
function sumOverGroup(group: number, read: (number: string) => number): number | undefined {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const sum = numbers.reduce((total, number) => total + readOfMember(number, group, read), 0);
  return sum === 0 ? undefined : sum;
}

function readOfMember(number: string, group: number, read: (number: string) => number): number {
  try {
    const stat = parseProcessStat(readFileSync(`/proc/${number}/stat`, 'latin1'));
    return stat.group === String(group) ? read(number) : 0;
  } catch {
    // It has ended since we listed it.
    return 0;
  }
}

function readMemory(number: string): number {
  const status = readFileSync(`/proc/${number}/status`, 'latin1');
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
