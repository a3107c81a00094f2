/** What the error codes of operating systems mean where a file or an output cannot be used (POSIX errno.h). */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use, perhaps mounted there on its own',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something else is there',
  EFBIG: 'the file would be larger than is allowed',
  EIO: 'the device failed, or the terminal is gone',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open on this machine',
  ENODEV: 'there is no such device',
  ENOENT: 'there is no such folder, and none can be made',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOTEMPTY: 'something is in the way',
  ENXIO: 'nobody reads from it',
  EPERM: 'this is not permitted',
  EPIPE: 'its reader went away',
  EROFS: 'the file system is read-only',
  ETIMEDOUT: 'its reader takes nothing',
  ETXTBSY: 'it is being executed',
};

/** The code of an error of the operating system or of Node, such as `ENOSPC`; undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** An error of writing as a clause, with its code: `no space left on the disk, ENOSPC`. */
export function describeSystemError(error: unknown): string {
  const code = systemErrorCode(error);
  if (code === undefined) return String(error).replace(/^[A-Za-z]*Error: /, '');
  const meaning = meanings[code];
  return meaning === undefined ? code : `${meaning}, ${code}`;
}
