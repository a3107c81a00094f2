import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConformError } from '../error';

/**
 * Writes a file so that a reader, or a kill at any moment, sees either the old text or the new one: a temporary file beside it, then a rename. Makes the
 * folders it needs. The only place of the report layer that writes. @throws ConformError ERR_OUTPUT
 */
export function writeTextFile(file: string, text: string): void {
  // The process id keeps two runs that share a folder from renaming each other's halves.
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (cause) {
    removeFile(temporary);
    throw outputError(file, cause);
  }
}

/** Removes the files of a folder whose names are chosen; nothing when there is no such folder. @throws ConformError ERR_OUTPUT */
export function removeFiles(folder: string, isChosen: (name: string) => boolean): void {
  if (!existsSync(folder)) return;
  try {
    for (const name of readdirSync(folder).filter(isChosen)) rmSync(join(folder, name), { force: true });
  } catch (cause) {
    throw outputError(folder, cause);
  }
}

function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What is wrong with the folder is told already.
  }
}

function outputError(file: string, cause: unknown): ConformError {
  const reason = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
  return new ConformError(
    'ERR_OUTPUT',
    `${file} cannot be written (${reason}). Name a folder that can be written with --out.`,
    { cause },
  );
}
