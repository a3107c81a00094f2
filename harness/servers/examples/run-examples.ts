import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConformError, exitCodes } from '../../error';
import { packageRoot } from '../../package-root';
import { printable } from '../../report/printable';
import { writeTextFile } from '../../report/write-file';
import { endWith } from '../end-with';
import { orUsage } from '../or-usage';
import { parseCommand, type ExampleCommand } from './command';
import { readExcerpts, replaceExcerpts } from './excerpts';
import { playCommand, type PlayOptions } from './play-command';

const usage = `Usage: npm run examples                     play the commands of docs/examples.md again, and write what they print now
       npm run examples -- NAME…           only those of these servers; bundled is the one that comes along
       npm run examples -- --check [NAME…] write nothing: exit code 1 when a command prints something else

A server is built with npm run servers -- --build NAME; what is not built here is named and left as it is.`;

export interface RunExamplesOptions extends PlayOptions {
  /** The Markdown file. */
  readonly file: string;
  readonly say: (line: string) => void;
}

/** Where the excerpts are that are kept true. */
export const examplesFile = (): string => join(packageRoot(), 'docs', 'examples.md');

/** Whether the server that a command starts is there, the program and what a build makes; the bundled one always is. */
export function isBuilt({ server, words }: Pick<ExampleCommand, 'server' | 'words'>, root: string): boolean {
  if (server === 'bundled') return true;
  const folder = `./harness/servers/${server}/`;
  const [program = ''] = words.find((word) => word.startsWith(folder))?.split(' ') ?? [];
  return existsSync(join(root, program)) && existsSync(join(root, folder, 'build'));
}

/**
 * Plays the commands of a document again, as {@link usage} says.
 *
 * @returns 0; 1 for `--check` when something differs; otherwise the exit code of the first command that failed.
 * @throws ConformError ERR_USAGE for arguments that make no sense, ERR_CONFIG for a command that does, ERR_NOTHING_EXECUTED when nothing could be played.
 */
export async function runExamples(args: readonly string[], options: RunExamplesOptions): Promise<number> {
  const { file, say, workingDirectory } = options;
  const { values, positionals } = orUsage(
    () =>
      parseArgs({
        args: [...args],
        options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
        allowPositionals: true,
      }),
    usage,
  );
  if (values.help) {
    say(usage);
    return exitCodes.conformant;
  }
  const document = readFileSync(file, 'utf8');
  const all = readExcerpts(document).map((excerpt) => ({ ...excerpt, ...parseCommand(excerpt.command) }));
  const servers = [...new Set(all.map(({ server }) => server))];
  const unknown = positionals.find((name) => !servers.includes(name));
  if (unknown !== undefined) {
    const known = servers.join(', ');
    throw new ConformError('ERR_USAGE', `No example is of ${printable(unknown)}. They are of: ${known}.\n${usage}`);
  }
  const chosen = servers.filter((name) => positionals.length === 0 || positionals.includes(name));
  const examples = all.filter(({ server }) => chosen.includes(server));
  const playable = examples.filter((example) => isBuilt(example, workingDirectory));
  for (const name of chosen.filter((one) => !playable.some(({ server }) => server === one)))
    say(`${name}: not played: it is not built here; npm run servers -- --build ${name} does that`);
  const fresh = new Map<string, readonly string[]>();
  let [played, differing] = [0, 0];
  let failure: number | undefined;
  for (const { command, server, lines } of playable) {
    const result = await playCommand(command, options);
    if (!result.ok) {
      say(`${server}: not played: ${result.problem}: ${command}`);
      if (result.exitCode === exitCodes.interrupted) return exitCodes.interrupted;
      failure ??= result.exitCode;
      continue;
    }
    played += 1;
    const isSame = result.lines.join('\n') === lines.join('\n');
    if (!isSame) differing += 1;
    say(`${server}: ${isSame ? 'as it stands there' : values.check ? 'prints something else' : 'new'}: ${command}`);
    if (!isSame && values.check) for (const line of differences(lines, result.lines)) say(`  ${line}`);
    fresh.set(command, result.lines);
  }
  if (played === 0) throw new ConformError('ERR_NOTHING_EXECUTED', 'No example could be played.');
  if (!values.check && differing > 0)
    writeTextFile(
      file,
      replaceExcerpts(document, (command) => fresh.get(command)),
      'Make it writable',
    );
  return failure ?? (values.check && differing > 0 ? exitCodes.findings : exitCodes.conformant);
}

/** Lines of one that the other has not. */
const differences = (before: readonly string[], now: readonly string[]): readonly string[] => [
  ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
  ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
];

if (require.main === module) {
  const root = packageRoot();
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
  endWith(
    runExamples(process.argv.slice(2), {
      file: examplesFile(),
      program: [process.execPath, join(root, 'dist', 'harness', 'cli', 'main.js')],
      workingDirectory: root,
      signal: abort.signal,
      say: (line) => process.stdout.write(`${line}\n`),
    }),
  );
}
