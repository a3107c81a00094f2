import { closeSync, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Standard input, output and error. */
const descriptors = [0, 1, 2];

/**
 * Lets the process end in order also when its terminal goes away. Node sets the terminal right at the end, and where that fails it aborts, with a dump in place
 * of our exit code; it leaves alone what is closed.
 */
export function surviveLostTerminal(): void {
  process.on('exit', () => {
    for (const descriptor of descriptors) if (isLostTerminal(descriptor)) closeSync(descriptor);
  });
}

/** True for a device that is no terminal, perhaps no longer: also for /dev/null, which nobody misses at the end. */
function isLostTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    // It is closed.
    return false;
  }
}
