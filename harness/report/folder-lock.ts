import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ConformError } from '../error';
import { parseProcessStat } from '../process-stat';
import { systemErrorCode } from '../system-error';
import { lockFileName } from './output-files';
import { printable } from './printable';

/** Who writes into a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts it; absent where it does not say. Tells a process from a later one with the same number. */
  readonly began?: string;
}

/** A lock that is held on another machine, or in another container, is taken for left behind when nothing was written for so long. Milliseconds. */
const longestSilence = 10 * 60_000;

/** Between the creation of a lock and its text, on a busy machine. Milliseconds. */
const longestCreation = 2000;

/** How often it is tried to take over what somebody else takes over at the same time. */
const mostAttempts = 5;

/** A lock is a line; whatever is longer is none of ours. Octets. */
const longestLock = 4096;

export interface FolderLock {
  /** Says that we are still at work. */
  readonly touch: () => void;
  readonly release: () => void;
}

/**
 * Makes sure that one run at a time writes into a folder, by a file in it. One that a process left behind which lives no more is taken over.
 *
 * @throws ConformError ERR_OUTPUT while another run writes there; what the system says when the folder cannot be written.
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, lockFileName);
  const text = `${JSON.stringify(ourselves())}\n`;
  for (let attempt = 1; ; attempt++) {
    try {
      create(file, text);
      break;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST' || attempt === mostAttempts) throw error;
      takeAway(file, folder);
    }
  }
  const release = (): void => {
    process.off('exit', release);
    // Not what somebody else has put there after we had been silent for too long.
    if (readLock(file) === text) remove(file);
  };
  // However the process ends, short of a kill.
  process.on('exit', release);
  return { touch: () => touch(file), release };
}

/** @throws what the system says: EEXIST when there is one */
function create(file: string, text: string): void {
  const descriptor = openSync(file, 'wx');
  try {
    writeFileSync(descriptor, text);
  } catch (error) {
    remove(file);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a lock that nobody holds. @throws ConformError ERR_OUTPUT when somebody does */
function takeAway(file: string, folder: string): void {
  requireLeftBehind(file, folder);
  // Whoever renames it has it: of two that take over at the same time, one finds nothing.
  const aside = `${file}.${process.pid}.tmp`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    requireLeftBehind(aside, folder);
  } catch (error) {
    // It was another one by then: put it back.
    linkSync(aside, file);
    throw error;
  } finally {
    remove(aside);
  }
}

function requireLeftBehind(file: string, folder: string): void {
  const holder = parseHolder(readLock(file));
  // Between its creation and its text a lock is empty.
  const isHeld = holder === undefined ? ageOf(file) < longestCreation : isAlive(holder, file);
  if (!isHeld) return;
  const where = holder === undefined || holder.host === hostname() ? '' : ` on ${holder.host}`;
  const who = holder === undefined ? 'just started' : `process ${holder.pid}${where}`;
  throw new ConformError(
    'ERR_OUTPUT',
    `another run (${who}) writes into ${folder}: wait for it, or name another folder with --out; if there is no such run, remove ${join(folder, lockFileName)}`,
  );
}

function isAlive({ pid, host, began }: Holder, file: string): boolean {
  if (host !== hostname()) return ageOf(file) < longestSilence;
  const now = beginningOf(pid);
  if (began !== undefined && now !== undefined) return now === began;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It belongs to another user.
    return systemErrorCode(error) === 'EPERM';
  }
}

/** Milliseconds since a lock was written or touched. */
const ageOf = (file: string): number => Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);

function ourselves(): Holder {
  const { pid } = process;
  const began = beginningOf(pid);
  return { pid, host: hostname(), ...(began === undefined ? {} : { began }) };
}

/** When a process began, in ticks since the machine did (proc(5)); `ended` for one that only waits to be reaped, undefined where the system does not say. */
function beginningOf(pid: number): string | undefined {
  try {
    const { state, began } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return state === 'Z' ? 'ended' : began;
  } catch {
    return undefined;
  }
}

/** The text of a lock; empty when it is gone, and for what is none. */
function readLock(file: string): string {
  try {
    const { size } = statSync(file);
    return size > longestLock ? '' : readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseHolder(text: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value)) return undefined;
  const { pid, host } = value;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return undefined;
  const began = 'began' in value && typeof value.began === 'string' ? { began: value.began } : {};
  return { pid, host: printable(host), ...began };
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // It only tells other machines that we are at work.
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The next run sees that we live no more.
  }
}
