import { readFileSync, writeFileSync } from 'node:fs';

/** Names the file that a process which preloads this module (`node --require`) writes its peak resident memory to, in KiB, when it ends. */
export const peakMemoryVariable = 'GRPC_CONFORM_BENCH_PEAK_MEMORY';

const file = process.env[peakMemoryVariable];
// Our children inherit the variable; they must not write over what is ours.
delete process.env[peakMemoryVariable];
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(readPeak())));

/** getrusage counts what the parent had before exec, too (see getrusage(2), ru_maxrss); the kernel's own mark of the address space does not. */
function readPeak(): number {
  try {
    const mark = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (mark !== undefined) return Number(mark);
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS;
}
