/**
 * Text that the runner of GitHub Actions takes for nothing but text. It obeys a line that starts with two colons, blanks before them or not, and an older form of
 * commands, `##[error]`, which it finds anywhere in a line. What replaces them reads the same in JSON.
 */
export function disarmWorkflowCommands(text: string): string {
  return disarmOldCommands(text).replace(/^((?:[^\S\n]|(?!\n)\p{Cc}\[\d*m)*):(?=:)/gmu, '$1\\u003a');
}

/** The older form alone, for what is a command of ours otherwise. */
export const disarmOldCommands = (text: string): string => text.replaceAll('##[', '#\\u0023[');
