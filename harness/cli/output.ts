import { fstatSync, writeFileSync } from 'node:fs';
import { disarmWorkflowCommands } from '../report/workflow-commands';
import { systemErrorCode } from '../system-error';

/** Standard output or standard error, for people and scripts. All that the command line prints goes through two of these. */
export interface Output {
  /** Never throws: what cannot be written is told by {@link finish}. Nothing in the text commands a runner of workflows, whoever wrote it. */
  readonly write: (text: string) => void;
  /** Like {@link write}, for commands of ours to a runner of workflows: nothing is disarmed. */
  readonly writeCommands: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: () => number | undefined;
  /**
   * Resolves when all that was written is out, or never will be: then with the error that lost some of it. A reader that goes away (`| head`) has what it wanted,
   * so nothing was lost to it.
   */
  readonly finish?: () => Promise<Error | undefined>;
}

/** A stream of our process, as far as it is used here. */
export type OutputStream = Pick<NodeJS.WritableStream, 'write' | 'on'> & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** An output over a stream of our process. It ends with the first error: a terminal that is gone, a full disk, a reader that went away. */
export function makeOutput(stream: OutputStream): Output {
  let isOpen = true;
  let isUsed = false;
  let lost: Error | undefined;
  const fail = (error: Error): void => {
    if (!isOpen) return;
    isOpen = false;
    if (systemErrorCode(error) !== 'EPIPE') lost = error;
  };
  const onWritten = (error?: Error | null): void => {
    if (error !== undefined && error !== null) fail(error);
  };
  stream.on('error', fail);
  const { fd } = stream;
  // Node's own stream for files takes a part that still fitted for the whole.
  const send =
    fd !== undefined && isRegularFile(fd)
      ? (text: string): void => writeFileSync(fd, text)
      : (text: string): void => void stream.write(text, onWritten);
  const write = (text: string): void => {
    if (!isOpen || text === '') return;
    isUsed = true;
    try {
      send(text);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    write: (text) => write(disarmWorkflowCommands(text)),
    writeCommands: write,
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns,
    finish: () =>
      new Promise((resolve) => {
        if (!isOpen || !isUsed) return resolve(lost);
        // Comes back after all that was written before.
        stream.write('', (error?: Error | null) => {
          onWritten(error);
          resolve(lost);
        });
      }),
  };
}

function isRegularFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}
