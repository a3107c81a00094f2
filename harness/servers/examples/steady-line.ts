/** What of an output is another each time, and the word that stands for it. */
const varying: readonly (readonly [RegExp, string])[] = [
  // The columns of a packet: its number, its time, and the write or read that carried it.
  [/^ *\d+ +\d+\.\d\d +([wr])\d+ ([<>]) /, '   N      TIME    $1N $2 '],
  [/^ *\d+ +\d+\.\d\d +- /, '   N      TIME     - '],
  [/\b(127\.0\.0\.1|localhost):\d+/g, '$1:PORT'],
  [/\bdate: [^,]+, [^,]+? GMT/g, 'date: DATE'],
  [/\b\d[\d,]*(?:\.\d+)? (?:µs|ms|s|min)(?![\w%])/g, 'TIME'],
  // The first block of a connection holds the port, and HPACK's code makes some digits shorter than others.
  [/\bfragment of \d{2,} octets\b/g, 'fragment of N octets'],
  [/\b(sent|received) [\d,]+ octets? in [\d,]+ (write|read)s?\b/g, '$1 N octets in N $2s'],
  // Allocators and collectors decide what a process holds; so do the pauses of a machine, how much it could take.
  [/\b\d[\d,]*(?:\.\d+)? (?:KiB|MiB|GiB)\b/g, 'SIZE'],
  [/\b\d[\d,]* inputs?\b/g, 'N inputs'],
  [/\b\d+ % of it\b/g, 'N % of it'],
];

/** A line that a command printed, with a fixed word for all that varies from run to run: times, ports, sizes. */
export const steadyLine = (line: string): string =>
  varying.reduce((text, [pattern, word]) => text.replace(pattern, word), line).trimEnd();
