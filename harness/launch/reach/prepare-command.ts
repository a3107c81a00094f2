/** Reserved words and built-in commands of the shell (POSIX XCU §2.4, §2.14), which `exec` does not know. */
const shellWords: ReadonlySet<string> = new Set(
  '! { . : break case cd command continue eval exec exit export for if read readonly return set shift source time times trap umask unset until while'.split(
    ' ',
  ),
);

/**
 * The command line for the shell. A simple command takes the shell's place, so that exit code and signals are the target's own. Where the shell has to
 * stay, it survives the graceful signal, which goes to the whole group, and passes on the exit code.
 */
export function prepareCommand(
  command: string,
  port: number | undefined,
  gracefulSignal: NodeJS.Signals | undefined,
): string {
  const filled = port === undefined ? command : command.replaceAll('{port}', String(port));
  if (process.platform === 'win32') return filled;
  const [, assignment, firstWord = ''] = /^\s*([A-Za-z_][A-Za-z0-9_]*=)?(\S*)/.exec(filled) ?? [];
  const isSimple = !/[;&|()\n`]/.test(filled.replace(/[<>]&?/g, '')) && !shellWords.has(firstWord);
  if (isSimple) return assignment === undefined ? `exec ${filled}` : `exec env ${filled}`;
  return gracefulSignal === undefined ? filled : `trap : ${gracefulSignal.replace(/^SIG/, '')}\n${filled}`;
}
