import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConformError, exitCodes } from '../error';
import { outputFiles } from '../report/output-files';
import { printable, shortPrintable } from '../report/printable';
import type { CliContext } from './context';
import { isContinuousIntegration } from './seed';

/** What opens a page with what the user has chosen for pages. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};
const otherwise: readonly string[] = ['xdg-open'];

/** Starts a program and does not wait for it; a program that is not there is no error, since the address is on the terminal. */
export type Opener = (program: string, words: readonly string[]) => void;

const startDetached: Opener = (program, words) => {
  const child = spawn(program, words, { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
};

/**
 * `grpc-conform show [FOLDER]`: says where the page of a run lies, and opens it where somebody sits at the terminal.
 *
 * @param place a folder of a report, or a file in it.
 * @returns the exit code.
 * @throws ConformError ERR_USAGE where there is no report
 */
export function show(place: string, { stdout, environment }: CliContext, open: Opener = startDetached): number {
  const folder = existsSync(place) && !statSync(place).isDirectory() ? dirname(place) : place;
  const page = join(folder, outputFiles.page);
  if (!existsSync(page))
    throw new ConformError(
      'ERR_USAGE',
      `there is no report in ${shortPrintable(folder)}: run grpc-conform first, or name the folder that its --out named`,
    );
  const address = pathToFileURL(resolve(page)).href;
  stdout.write(`${printable(address)}\n`);
  if (stdout.isTerminal && !isContinuousIntegration(environment)) {
    const [program = '', ...words] = openers[process.platform] ?? otherwise;
    open(program, [...words, address]);
  }
  return exitCodes.conformant;
}
