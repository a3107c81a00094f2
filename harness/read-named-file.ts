import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { standStill } from './stand-still';
import { describeSystemError, systemErrorCode } from './system-error';

/** How much of a file is read at most, and how long is waited for it. */
export interface ReadLimits {
  /** Octets. */
  readonly largest: number;
  /** Milliseconds for what is no regular file: a FIFO whose writer says nothing would be waited for without an end. */
  readonly longest?: number;
}

/** What stands in a file, or why it cannot be read. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  /** `reason` is a clause that completes "it cannot be read: …"; `isMissing`: there is nothing of that name. */
  | { readonly ok: false; readonly reason: string; readonly cause?: unknown; readonly isMissing?: boolean };

/** Time for whoever writes into a FIFO, a process substitution for example. Our signals are heard only afterwards. */
const longestWait = 10_000;
/** Between two looks at a FIFO. Milliseconds. */
const lookEach = 10;
/** Octets read at a time. */
const readAtOnce = 1024 * 1024;

/** What errors mean where a file is read, as far as that is more than for any use of a file. */
const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, not a file',
  ENXIO: 'it is a socket or a device that cannot be opened',
  EIO: 'the device failed',
  ERR_INVALID_ARG_VALUE: 'its name holds a NUL, which no file has',
};

/** An error of looking at or reading a file, as a clause. */
export function describeReadError(error: unknown): string {
  return meanings[systemErrorCode(error) ?? ''] ?? describeSystemError(error);
}

/**
 * Reads whatever a user named: the one reader for all such files, since any of them may be a device without an end, a FIFO that nobody writes to, a folder, or
 * far too large. Never throws.
 */
export function readNamedFile(file: string, { largest, longest = longestWait }: ReadLimits): Reading<Uint8Array> {
  if (file === '') return { ok: false, reason: 'its name is empty' };
  const tooLong = { ok: false, reason: `it is longer than ${describeOctets(largest)}` } as const;
  let descriptor: number | undefined;
  try {
    // Without waiting: opening a FIFO that has no writer would never return.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { ok: false, reason: 'it is a folder, not a file' };
    if (stat.isFile() && stat.size > largest) return tooLong;
    const octets = readOpen(descriptor, largest, stat.isFile() ? undefined : performance.now() + longest);
    if (octets === 'too long') return tooLong;
    return octets === 'silent'
      ? { ok: false, reason: `it did not come to its end within ${longest} ms` }
      : { ok: true, value: octets };
  } catch (cause) {
    const isMissing = systemErrorCode(cause) === 'ENOENT';
    return { ok: false, reason: describeReadError(cause), cause, isMissing };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same for a text; a byte order mark in front is left out. */
export function readNamedText(file: string, limits: ReadLimits): Reading<string> {
  const read = readNamedFile(file, limits);
  if (!read.ok) return read;
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(read.value) };
  } catch (cause) {
    return { ok: false, reason: 'it is no text in UTF-8', cause };
  }
}

/** @param deadline for what is no regular file */
function readOpen(
  descriptor: number,
  largest: number,
  deadline: number | undefined,
): Uint8Array | 'too long' | 'silent' {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(readAtOnce, largest + 1 - total));
    const length = readSome(descriptor, chunk);
    total += length ?? 0;
    if (total > largest) return 'too long';
    if (length !== undefined && length > 0) {
      chunks.push(chunk.subarray(0, length));
      continue;
    }
    // A FIFO without a writer seems to be at its end; before anything came from it, its writer is still to come.
    const isOver = length === 0 && (total > 0 || deadline === undefined || !isFifo(descriptor));
    if (isOver) return Buffer.concat(chunks, total);
    if (deadline === undefined || performance.now() > deadline) return 'silent';
    standStill(lookEach);
  }
}

/** Undefined when there is nothing at the moment. @throws what the system says */
function readSome(descriptor: number, into: Buffer): number | undefined {
  try {
    return readSync(descriptor, into);
  } catch (error) {
    if (systemErrorCode(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

const isFifo = (descriptor: number): boolean => fstatSync(descriptor).isFIFO();

function describeOctets(octets: number): string {
  const mebibytes = octets / 1024 / 1024;
  return mebibytes >= 1 ? `${mebibytes} MiB` : `${octets} octets`;
}
