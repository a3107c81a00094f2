import { constants, inflateRawSync } from 'node:zlib';
import { tokenOf, ways } from './reflecting-target.test-helper';

/** A piece of so many characters is a leak; tokens are longer. */
const leastLeak = 12;
/** How many readings lie within each other, such as base64 in compressed octets in base64. */
const deepest = 4;

/** The ways whose tokens, or so much of them, a text holds in whatever writing. One character per octet. */
export function findLeaks(text: string, least = leastLeak): readonly string[] {
  const read = readingsOf(text).map((reading) => reading.toLowerCase());
  return ways.filter((way) => {
    const token = tokenOf(way).toLowerCase();
    const pieces = Array.from({ length: token.length - least + 1 }, (_, at) => token.slice(at, at + least));
    return [...pieces, ...pieces.map((piece) => [...piece].reverse().join(''))].some((piece) =>
      read.some((reading) => reading.includes(piece)),
    );
  });
}

/** A text as it is, and as whatever it may stand for. Deliberately none of the code that it tests. */
function readingsOf(text: string, depth = 0): readonly string[] {
  if (depth === deepest || text.length < leastLeak / 2) return [text];
  const within = [
    ...unescaped(text),
    ...[...text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].flatMap(([run]) =>
      [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64').toString('latin1')),
    ),
    ...[...text.matchAll(/[0-9A-Fa-f]{24,}/g)].map(([run]) => Buffer.from(run, 'hex').toString('latin1')),
    ...inflated(text),
    ...(text.includes('\0') ? [text.replaceAll('\0', '')] : []),
  ];
  return [text, ...within.flatMap((one) => readingsOf(one, depth + 1))];
}

function unescaped(text: string): readonly string[] {
  const read = text
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\u00([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\x([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&')
    .replaceAll('\\\\', '\\');
  return read === text ? [] : [read];
}

/** What can be inflated behind the head of gzip or zlib, or in a message with the Compressed-Flag. */
function inflated(text: string): readonly string[] {
  const heads: readonly [string, number][] = [
    ['\x1f\x8b\x08', 10],
    ...['\x01', '\x5e', '\x9c', '\xda'].map((level): [string, number] => [`x${level}`, 2]),
    ['\x01\0\0', 5],
  ];
  return heads.flatMap(([head, length]) => {
    const found: string[] = [];
    for (let at = text.indexOf(head); at !== -1; at = text.indexOf(head, at + 1)) {
      try {
        const octets = Buffer.from(text.slice(at + length), 'latin1');
        found.push(inflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1'));
      } catch {
        // It was no compressed text.
      }
    }
    return found;
  });
}
