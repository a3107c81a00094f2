import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { ConformError, exitCodes, isConformError } from '../error';
import { packageRoot } from '../package-root';
import { buildServer, type BuildOptions } from './build-server';
import { readManifests, type ServerManifest } from './manifest';

export interface RunServersOptions extends BuildOptions {
  /** The folder whose subfolders hold the manifests. */
  readonly folder: string;
  /** The script of the command line. */
  readonly cli: string;
  /** Where the command line runs and where its reports go. */
  readonly workingDirectory: string;
}

/**
 * Builds a real server and runs the command line against it. The first argument names the server unless it is an option; without a name all servers are run,
 * and one that cannot be built for want of its toolchain is passed over. Everything after the name goes to `grpc-conform run`.
 *
 * @returns the exit code: of the command line; of the first run that failed when there are several.
 * @throws ConformError when a toolchain is missing, a build fails, or the name is unknown.
 */
export async function runServers(args: readonly string[], options: RunServersOptions): Promise<number> {
  const manifests = readManifests(options.folder);
  const [first] = args;
  if (first !== undefined && !first.startsWith('-')) {
    const manifest = manifests.find(({ name }) => name === first);
    if (manifest === undefined) {
      const names = manifests.map(({ name }) => name).join(', ');
      throw new ConformError('ERR_USAGE', `There is no server ${first}. The servers are: ${names}.`);
    }
    return runServer(manifest, args.slice(1), options);
  }

  for (const { name, title, language, version } of manifests) options.say(`${name}  ${title} ${version} (${language})`);
  const codes: number[] = [];
  for (const manifest of manifests) {
    try {
      codes.push(await runServer(manifest, args, options));
    } catch (error) {
      if (!isConformError(error)) throw error;
      options.say(`${manifest.name}: ${error.message}`);
      if (error.code !== 'ERR_MISSING_TOOLCHAIN') codes.push(error.exitCode);
    }
    if (codes.at(-1) === exitCodes.interrupted) break;
  }
  if (codes.length === 0) throw new ConformError('ERR_NOTHING_EXECUTED', 'No server could be run.');
  return codes.find((code) => code !== exitCodes.conformant) ?? exitCodes.conformant;
}

async function runServer(
  manifest: ServerManifest,
  args: readonly string[],
  options: RunServersOptions,
): Promise<number> {
  await buildServer(manifest, options);
  // Relative paths, so that a report that is published does not name the folders of this machine.
  const place = (path: string): string => relative(options.workingDirectory, join(manifest.folder, path));
  const [program = '', ...rest] = manifest.exec.split(' ');
  const exec = [quote(`./${place(program)}`), ...rest].join(' ');
  const given = (flag: string): boolean => args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return runCli(
    [
      'run',
      '--exec',
      exec,
      ...(given('--baseline') ? [] : ['--baseline', place(manifest.baseline)]),
      ...(given('--out') ? [] : ['--out', join('grpc-conform-report', manifest.name)]),
      ...(manifest.gracefulSignal === undefined ? [] : ['--graceful-signal', manifest.gracefulSignal]),
      ...manifest.run,
      ...args,
    ],
    options,
  );
}

async function runCli(args: readonly string[], { cli, workingDirectory }: RunServersOptions): Promise<number> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: workingDirectory, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us; the command line still writes its report, so it is the one that ends the run.
  const wait = (): void => undefined;
  const forward = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? exitCodes.internal));
    });
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
  }
}

/** For the shell that `--exec` is given to. */
function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

if (require.main === module) {
  const root = packageRoot();
  runServers(process.argv.slice(2), {
    folder: join(root, 'harness', 'servers'),
    cli: join(root, 'dist', 'harness', 'cli', 'main.js'),
    workingDirectory: root,
    say: (line) => process.stdout.write(`${line}\n`),
  }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${isConformError(error) ? error.message : String(error)}\n`);
      process.exitCode = isConformError(error) ? error.exitCode : exitCodes.internal;
    },
  );
}
