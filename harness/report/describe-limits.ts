import type { LimitRecord } from './model';
import { describeDuration } from './summary';

/** Every limit of a target in one line: `3 calls at once on a connection (SETTINGS_MAX_CONCURRENT_STREAMS), messages of 64 KiB (HTTP 413 above it)`. */
export function describeLimits(limits: readonly LimitRecord[]): string {
  return limits.map((limit) => `${describeLimit(limit)} (${limit.from})`).join(', ');
}

/** What is limited, with its number in a unit that reads well; where it was read is left out. */
export function describeLimit({ name, value }: Pick<LimitRecord, 'name' | 'value'>): string {
  const words: Readonly<Record<string, string>> = {
    streams: `${count(value, 'call')} at once on a connection`,
    handlers: `${count(value, 'call')} served at once`,
    message: `messages of ${describeSize(value)}`,
    body: `request bodies of ${describeSize(value)}`,
    headerList: `field sections of ${describeSize(value)}`,
    callsPerConnection: `${count(value, 'call')} on a connection`,
    emptyFrames: `${count(value, 'empty DATA frame')} in a row`,
    age: `connections of ${describeTime(value)}`,
    idle: `connections idle for ${describeTime(value)}`,
  };
  // A name of a later version says at least what it is called.
  return Object.hasOwn(words, name) ? (words[name] ?? '') : `${name} ${value.toLocaleString('en-US')}`;
}

/** `100 ms`, `30 s`, `5 min` where that is exact, for these are numbers that somebody configured. */
function describeTime(milliseconds: number): string {
  if (milliseconds === 0 || milliseconds % 1000 > 0) return describeDuration(milliseconds);
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000} min` : `${milliseconds / 1000} s`;
}

const count = (value: number, noun: string): string =>
  `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;

const units = [
  { octets: 2 ** 30, name: 'GiB' },
  { octets: 2 ** 20, name: 'MiB' },
  { octets: 2 ** 10, name: 'KiB' },
];

/** `64 KiB` where that is exact, else `20,000 octets`: a limit is a number that people look for in a configuration. */
export function describeSize(octets: number): string {
  const unit = units.find((one) => octets > 0 && octets % one.octets === 0);
  return unit === undefined ? count(octets, 'octet') : `${(octets / unit.octets).toLocaleString('en-US')} ${unit.name}`;
}
