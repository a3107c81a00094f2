import { realpathSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import type { Secret } from './server-report';

/** Names shorter than this, and these, are words that occur in any text. */
const shortestName = 5;
const ordinaryNames: ReadonlySet<string> = new Set(['localhost', 'runner', 'ubuntu', 'debian', 'admin']);

/** What would tell on which machine, and by whom, a report was made: folders, the host and the user. The longest first, since folders lie in each other. */
export function machineSecrets(root: string): readonly Secret[] {
  const folders = [
    ...bothNames(root).map((text) => ({ text, instead: '.' })),
    ...bothNames(homedir()).map((text) => ({ text, instead: '~' })),
    ...bothNames(tmpdir()).map((text) => ({ text, instead: 'TMPDIR' })),
  ];
  const names = [
    { text: hostname(), instead: 'HOSTNAME' },
    { text: userName(), instead: 'USER' },
  ];
  return [
    ...folders.filter(({ text }) => text.length > 1),
    ...names.filter(({ text }) => text.length >= shortestName && !ordinaryNames.has(text)),
  ].sort((a, b) => b.text.length - a.text.length);
}

/** A folder as it is named and as it really is. */
function bothNames(folder: string): readonly string[] {
  try {
    return [...new Set([folder, realpathSync(folder)])];
  } catch {
    // There is no such folder, so nothing is in it.
    return [folder];
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as users without a name.
    return '';
  }
}
