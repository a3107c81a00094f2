import { ConformError } from '../error';
import { makeOutput, type Output } from './output';

/** What a verb sees of the process; tests give their own. */
export interface CliContext {
  readonly environment: NodeJS.ProcessEnv;
  /** @throws ConformError ERR_USAGE where it no longer exists */
  readonly folder: string;
  /** The command line without the interpreter and the script. */
  readonly commandLine: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
}

/** The real process. */
export function processContext(): CliContext {
  return {
    environment: process.env,
    get folder() {
      return currentFolder();
    },
    commandLine: process.argv.slice(2),
    stdout: makeOutput(process.stdout),
    stderr: makeOutput(process.stderr),
  };
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new ConformError('ERR_USAGE', 'the current folder no longer exists: go to one that does', { cause: error });
  }
}
