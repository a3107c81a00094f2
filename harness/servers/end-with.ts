import { exitCodes, isConformError } from '../error';

/** Ends the process of a program of ours with the exit code that it comes to; what it rejects with is told in one line. */
export function endWith(exitCode: Promise<number>): void {
  exitCode.then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${isConformError(error) ? error.message : String(error)}\n`);
      process.exitCode = isConformError(error) ? error.exitCode : exitCodes.internal;
    },
  );
}
