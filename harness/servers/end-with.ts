import { exitCodes, isConformError } from '../error';
import { systemErrorCode } from '../system-error';

/**
 * Ends the process of a program of ours with the exit code that it comes to; what it rejects with is told in one line. A reader that goes away (`| head`) has what it
 * wanted; output that is lost otherwise makes an exit code of 0 another one.
 */
export function endWith(exitCode: Promise<number>): void {
  let isLost = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      isLost ||= systemErrorCode(error) !== 'EPIPE';
      if (isLost && process.exitCode === exitCodes.conformant) process.exitCode = exitCodes.internal;
    });
  }
  exitCode.then(
    (code) => {
      process.exitCode = code === exitCodes.conformant && isLost ? exitCodes.internal : code;
    },
    (error: unknown) => {
      process.stderr.write(`${isConformError(error) ? error.message : String(error)}\n`);
      process.exitCode = isConformError(error) ? error.exitCode : exitCodes.internal;
    },
  );
}
