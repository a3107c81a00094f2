import { mkdtempSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

// What machines differ in, and tests must not depend on.

/** Octets of a socket's path that every system takes (BSD: 103). */
const longestSocketPath = 103;
/** Octets that a test may add to the name of the folder, with the slash. */
const longestSocketName = 16;
/** What mkdtemp adds. */
const randomLength = 6;

/**
 * A fresh folder for Unix sockets, whose paths must be short: in the folder for temporary files, or in /tmp where that folder's own path is long. Whoever
 * asks removes it.
 */
export function makeSocketFolder(): string {
  const wanted = join(tmpdir(), 'gc-');
  const fits = Buffer.byteLength(wanted) + randomLength + longestSocketName <= longestSocketPath;
  return mkdtempSync(fits ? wanted : '/tmp/gc-');
}

/** True where the loopback has an IPv6 address; containers often have none. */
export const hasIpv6Loopback = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
