import type { RunRecord } from './model';
import { printable } from './printable';

/** How a run is taken to have been started whose record does not say. */
const usualInvocation = ['npx', 'grpc-conform'];

/** The command that plays a failure file again where the run was started, for a POSIX shell. `file` is the path from where the command is typed. */
export function replayCommand(run: Pick<RunRecord, 'header' | 'target'>, file: string): string {
  const { exec, name } = run.target;
  const { invocation = usualInvocation, commandLine } = run.header;
  const target = exec !== undefined ? ['--exec', exec] : ['--target', isAddress(name) ? name : 'bundled'];
  return [...invocation, 'replay', file, ...target, ...connectingWords(commandLine)].map(quoteForShell).join(' ');
}

/** Options that say how a target is connected to and called, by whether a value follows. */
const switches = new Set(['plaintext', 'tls', 'insecure']);
const withValue = new Set([
  'cacert',
  'cert',
  'key',
  'authority',
  'servername',
  'graceful-signal',
  'suite-file',
  'header',
  'H',
]);

/** These options of a command line as they were given; what a configuration file or the environment said is there for a replay, too. */
function connectingWords(commandLine: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let index = 0; index < commandLine.length; index += 1) {
    const word = commandLine[index] ?? '';
    const [, name = '', attached] = /^-{1,2}([A-Za-z-]+)(=.*)?$/s.exec(word) ?? [];
    const next = commandLine[index + 1];
    if (switches.has(name)) words.push(word);
    else if (withValue.has(name) && attached !== undefined) words.push(word);
    else if (withValue.has(name) && next !== undefined) {
      words.push(word, next);
      index += 1;
    }
  }
  return words;
}

/** Only the bundled server has a name that is no address. */
const isAddress = (name: string): boolean => name.includes(':');

/** A word of a command for a POSIX shell. */
export const quoteForShell = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./{}-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
