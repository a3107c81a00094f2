/** What a verb sees of the process; tests give their own. */
export interface CliContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  /** The command line without the interpreter and the script. */
  readonly commandLine: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: () => number | undefined;
}

/** The real process. A reader that goes away (`| head`) ends the output, not the run. */
export function processContext(): CliContext {
  return {
    environment: process.env,
    folder: process.cwd(),
    commandLine: process.argv.slice(2),
    stdout: makeOutput(process.stdout),
    stderr: makeOutput(process.stderr),
  };
}

function makeOutput(stream: NodeJS.WriteStream): Output {
  let isOpen = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isOpen = false;
  });
  return {
    write: (text) => {
      if (isOpen) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns,
  };
}
