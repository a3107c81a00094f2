import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { ConformError } from '../error';
import { standStill } from '../stand-still';
import { describeSystemError, systemErrorCode } from '../system-error';

/** What to try where the file is part of a report. */
const aboutOut = 'Name a folder that can be written with --out';

/** Links that are followed one after another; systems allow about as many. */
const mostLinks = 40;

/** How long the reader of a FIFO or a device may take nothing. Milliseconds. */
const longestStandstill = 5000;

/** Between two attempts to write to a reader that takes nothing. Milliseconds. */
const standstillPause = 5;

/** What a path leads to. */
type Place =
  /** A regular file, or none yet; `mode` is that of the file which is there. */
  | { readonly kind: 'file'; readonly path: string; readonly mode?: number }
  /** A device or a FIFO: what is written is gone, and the thing stays. */
  | { readonly kind: 'stream'; readonly path: string }
  /** An open file of our own process, such as `/dev/stdout`. */
  | { readonly kind: 'descriptor'; readonly descriptor: number };

/**
 * Writes a file, in pieces or whole; the only place that writes files. A regular file is replaced so that a reader, or a kill at any moment, sees either the old
 * text or the new one: a temporary file beside it, then a rename; its permissions stay. A link stays, and what it leads to is replaced. Devices and FIFOs are
 * written to. Makes the folders that it needs.
 *
 * @param advice what to try when it cannot be written, as a clause.
 * @returns true for a file, false for what cannot be read again.
 * @throws ConformError ERR_OUTPUT; nothing is left behind then but folders.
 */
export function writeTextFile(file: string, text: string | Iterable<string>, advice = aboutOut): boolean {
  try {
    const place = findPlace(file);
    if (place.kind === 'descriptor') writeToStream(place.descriptor, text);
    else if (place.kind === 'stream') {
      const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
      // Without waiting: a FIFO that nobody reads would be waited for without an end, and no signal would be heard.
      inFile(openSync(place.path, O_WRONLY | O_NONBLOCK | O_NOCTTY), (descriptor) => writeToStream(descriptor, text));
    } else {
      makeFolder(dirname(place.path));
      replaceFile(place.path, text, place.mode);
    }
    return place.kind === 'file';
  } catch (cause) {
    throw outputError(file, cause, advice);
  }
}

/**
 * Makes sure, before anything else is done for it, that a file could be written; nothing is left behind, and nothing is changed.
 *
 * @param advice as of {@link writeTextFile}.
 * @throws ConformError ERR_OUTPUT
 */
export function checkWritable(file: string, advice = aboutOut): void {
  try {
    const place = findPlace(file);
    if (place.kind !== 'file') return;
    const made = makeFolder(dirname(place.path));
    try {
      const temporary = temporaryFor(place.path);
      removeFile(temporary);
      closeSync(openSync(temporary, 'wx'));
      removeFile(temporary);
    } finally {
      for (const folder of made.toReversed()) rmdirSync(folder);
    }
  } catch (cause) {
    throw outputError(file, cause, advice);
  }
}

/** Removes the files of a folder whose names are chosen; nothing when there is no such folder. @throws ConformError ERR_OUTPUT */
export function removeFiles(folder: string, isChosen: (name: string) => boolean): void {
  if (!existsSync(folder)) return;
  try {
    for (const name of readdirSync(folder).filter(isChosen)) rmSync(join(folder, name), { force: true });
  } catch (cause) {
    throw outputError(folder, cause, aboutOut);
  }
}

/** The error for a file or a folder of ours that cannot be written. */
export function outputError(file: string, cause: unknown, advice = aboutOut): ConformError {
  return new ConformError('ERR_OUTPUT', `${file} cannot be written (${describeSystemError(cause)}). ${advice}.`, {
    cause,
  });
}

/**
 * Makes a folder with those above it that are missing. Not Node's own way: that goes round for ever where a file system makes no folders, such as /proc.
 *
 * @returns the folders that were made, the outermost first.
 * @throws what the system says.
 */
export function makeFolder(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let path = folder; statSync(path, { throwIfNoEntry: false }) === undefined; path = dirname(path)) {
    missing.unshift(path);
    if (dirname(path) === path) break;
  }
  return missing.filter((path) => {
    try {
      mkdirSync(path);
      return true;
    } catch (error) {
      // Somebody else has made it meanwhile.
      if (systemErrorCode(error) !== 'EEXIST' || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw error;
      return false;
    }
  });
}

/** Follows links to what is to be written. @throws what the system says; EISDIR for a folder, ELOOP for links in a circle */
function findPlace(file: string): Place {
  let path = file;
  for (let hop = 0; hop <= mostLinks; hop++) {
    const descriptor = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1];
    if (descriptor !== undefined) return { kind: 'descriptor', descriptor: Number(descriptor) };
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return { kind: 'file', path };
    if (entry.isFile()) return { kind: 'file', path, mode: entry.mode };
    if (entry.isDirectory()) throw systemError('EISDIR');
    if (!entry.isSymbolicLink()) return { kind: 'stream', path };
    const target = readlinkSync(path);
    // Not joined: what ".." means behind a link is the system's business.
    path = isAbsolute(target) ? target : `${dirname(path)}/${target}`;
  }
  throw systemError('ELOOP');
}

/** The process id keeps two runs that share a folder from renaming each other's halves. */
const temporaryFor = (path: string): string => `${path}.${process.pid}.tmp`;

function replaceFile(path: string, text: string | Iterable<string>, mode: number | undefined): void {
  const temporary = temporaryFor(path);
  removeFile(temporary);
  const descriptor = openSync(temporary, 'wx');
  try {
    inFile(descriptor, () => {
      for (const piece of piecesOf(text)) writeFileSync(descriptor, piece);
    });
    if (mode !== undefined) chmodSync(temporary, mode & 0o7777);
    renameSync(temporary, path);
  } catch (error) {
    removeFile(temporary);
    throw error;
  }
}

function inFile(descriptor: number, task: (descriptor: number) => void): void {
  try {
    task(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes to what may be full for a moment. @throws what the system says; ETIMEDOUT when nothing is taken for long */
function writeToStream(descriptor: number, text: string | Iterable<string>): void {
  for (const piece of piecesOf(text)) {
    const octets = Buffer.from(piece);
    let deadline = performance.now() + longestStandstill;
    for (let done = 0; done < octets.length;) {
      try {
        done += writeSync(descriptor, octets, done);
        deadline = performance.now() + longestStandstill;
      } catch (error) {
        if (systemErrorCode(error) !== 'EAGAIN') throw error;
        if (performance.now() > deadline) throw systemError('ETIMEDOUT', error);
        standStill(standstillPause);
      }
    }
  }
}

const piecesOf = (text: string | Iterable<string>): Iterable<string> => (typeof text === 'string' ? [text] : text);

const systemError = (code: string, cause?: unknown): Error => Object.assign(new Error(code, { cause }), { code });

function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What is wrong with the folder is told already.
  }
}
