import { ConformError } from '../error';
import { isAsciiValue, isMetadataName, isReservedName } from '../grpc/metadata';
import type { TargetFacts } from '../facts/target-facts';

/** What options may be at most, through whichever door they come. */

/** Inputs, failures, calls per second. */
export const largestCount = 1_000_000;
/** Message-Length has 32 bits (PROTOCOL-HTTP2, Length-Prefixed-Message). */
export const largestMessage = 2 ** 32 - 1;
/** Octets of the fields of a plain call, about (RFC 9113 §6.5.2): with less than that no call can be made at all. */
export const leastHeaderLimit = 512;
/** More connections at a time than any rule wants; the default of `ulimit -n` is 1024. */
export const largestConcurrency = 512;
/** Seeds of fast-check are 32-bit integers; we print and take the positive ones. */
export const largestSeed = 2 ** 31 - 1;
/** Milliseconds: a day, far below what a timer can hold. */
export const longestDuration = 24 * 3_600_000;

/** Signals that a program can catch, so that it may stop gracefully. */
export const catchableSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Fields that every request has anyway, or that HTTP/2 forbids (RFC 9113 §8.2.2). */
const takenNames = [
  'te',
  'content-type',
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'content-length',
];

/**
 * Whether a field may go along with every call; never shows its value, nor what cannot be a name: either may be secret.
 * @throws ConformError ERR_USAGE that starts with `label`.
 */
export function checkCallField({ name, value }: TargetFacts['metadata'][number], label: string): void {
  const wrong = (what: string): ConformError => new ConformError('ERR_USAGE', `${label} ${what}`);
  if (!isMetadataName(name))
    throw wrong(
      "has a name that no metadata field can have: write 'name: value', the name in letters, digits, '-', '_' and '.'",
    );
  if (isReservedName(name) || takenNames.includes(name))
    throw wrong(`${name} is written by the suite itself; it cannot be given`);
  if (!isAsciiValue(value)) throw wrong(`${name} has a value that is not printable ASCII: use a -bin name and base64`);
}
