import { disarmWorkflowCommands } from '../report/workflow-commands';
import { main } from './main';
import type { Output } from './output';

/** Where a command line runs: its folder, what it has beside PATH in its environment, and how wide its outputs are. */
export interface CliSurroundings {
  readonly folder: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** 200 when absent. */
  readonly columns?: number;
}

/** What a command line left; `printed` is all that it wrote, in the order in which it was written. */
export interface CliOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly printed: string;
}

/** A command line, run in this process, as by a script: no output is a terminal. */
export async function callCli(words: readonly string[], surroundings: CliSurroundings): Promise<CliOutcome> {
  const { folder, environment = {}, columns = 200 } = surroundings;
  const texts = { stdout: '', stderr: '' };
  let printed = '';
  const output = (name: keyof typeof texts): Output => {
    const writeCommands = (text: string): void => {
      texts[name] += text;
      printed += text;
    };
    const write = (text: string): void => writeCommands(disarmWorkflowCommands(text));
    return { write, writeCommands, isTerminal: false, columns: () => columns };
  };
  const exitCode = await main(words, {
    environment: { PATH: process.env['PATH'], ...environment },
    folder,
    commandLine: words,
    stdout: output('stdout'),
    stderr: output('stderr'),
  });
  return { exitCode, ...texts, printed };
}
