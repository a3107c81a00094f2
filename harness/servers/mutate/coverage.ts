import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Node writes with NODE_V8_COVERAGE, as far as we read it. */
interface CoverageFile {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly CoverageRange[] }[];
  }[];
}

/** Offsets in the file, and how often what lies between them ran. Ranges are nested; the innermost counts. */
export interface CoverageRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** For each process, the ranges of each script by its URL. */
export type Coverage = readonly ReadonlyMap<string, readonly CoverageRange[]>[];

/** Reads what the processes of one run have written into a folder. */
export function readCoverage(folder: string): Coverage {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CoverageFile;
      return new Map(result.map(({ url, functions }) => [url, functions.flatMap(({ ranges }) => ranges)]));
    });
}

/**
 * Says of each offset of a file whether calls execute it: some process of `busy` ran it more often than every process of `idle`, which started and ended
 * without a call.
 */
export function executedByCalls(
  file: string,
  length: number,
  busy: Coverage,
  idle: Coverage,
): (offset: number) => boolean {
  const url = pathToFileURL(file).href;
  const countsOf = (coverage: Coverage): readonly Float64Array[] =>
    coverage.flatMap((process) => {
      const ranges = process.get(url);
      return ranges === undefined ? [] : [paint(ranges, length)];
    });
  const most = (counts: readonly Float64Array[], offset: number): number =>
    counts.reduce((highest, each) => Math.max(highest, each[offset] ?? 0), 0);
  const ofBusy = countsOf(busy);
  const ofIdle = countsOf(idle);
  return (offset) => most(ofBusy, offset) > most(ofIdle, offset);
}

/** How often each offset ran: outer ranges first, so that the inner ones have the last word. */
function paint(ranges: readonly CoverageRange[], length: number): Float64Array {
  const counts = new Float64Array(length);
  const outerFirst = [...ranges].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of outerFirst) counts.fill(count, startOffset, endOffset);
  return counts;
}
