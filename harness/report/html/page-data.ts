import { cutLines } from '../../cut-lines';
import { allRows, areaOf, areas, type Row } from '../../catalogue';
import { sentences } from '../../catalogue/sentences';
import type { PageRow, PageRun } from './page-run';
import type { FindingRecord, RunRecord } from '../model';
import { watchedRowsOf } from '../row-words';
import { shrinkTranscript } from '../shrink-transcript';

/**
 * Characters of JSON that the transcripts of a page may take together. With the script, the styles and the words of a full run the page stays below a
 * few million octets, which mail and issue trackers take; the failure files have everything.
 */
export const transcriptBudget = 1_000_000;

/** Inputs beyond this are in the failure file only, in characters of JSON. */
const inputBudget = 8192;

/** Last letters of a process's output that a page shows. */
const outputBudget = 16_384;

/** What a page holds of a finding, and of an end of the process, when there is no room for more: lines of the script, and letters. */
const briefScript = 12;
const briefOutput = 512;

/** The run as a page holds it: areas by their names, transcripts within a budget, and the catalogue that it is measured by. */
export function pageData(run: RunRecord, budget: number = transcriptBudget): PageRun {
  const kept = keepTranscriptsWithin(run, budget);
  return {
    ...kept,
    exits: run.exits.map((exit) => ({ ...exit, output: exit.output.slice(-outputBudget) })),
    properties: kept.properties.map((property) => ({ ...property, area: areas[property.area] ?? property.area })),
    catalogue: pageRows(run),
    sentences,
  };
}

/** The rows with as many of their words as someone may ask for: of one that is broken what is said for and against a server, of one that is only watched what it looks at. */
function pageRows(run: RunRecord): readonly PageRow[] {
  const broken = new Set(run.properties.flatMap(({ id, findings }) => (findings.length === 0 ? [] : [id])));
  const watched = new Set(watchedRowsOf(run).map(({ row }) => row));
  return allRows.map((row) => ({
    id: row.id,
    area: areas[areaOf(row.id)] ?? areaOf(row.id),
    level: row.level,
    rule: row.rule,
    ...(broken.has(row.id) ? wordsOf(row) : {}),
    ...(watched.has(row.id) ? { sends: row.sends } : {}),
  }));
}

const wordsOf = ({ passes, fails, servers, follows }: Row): Partial<PageRow> => ({
  passes,
  fails,
  ...(servers === undefined ? {} : { servers }),
  ...(follows === undefined ? {} : { follows }),
});

/** The run with transcripts that take so many characters of JSON together at most: those that are too large give up their ends, each the same share. */
export function keepTranscriptsWithin(run: RunRecord, budget: number): RunRecord {
  const sizes = run.properties.flatMap(({ findings }) =>
    findings.map(({ transcript }) => JSON.stringify(transcript).length),
  );
  const share = fairShare(sizes, budget);
  const taken = sizes.reduce((sum, size) => sum + Math.min(size, share), 0);
  const samples = run.properties.reduce((sum, { sample }) => sum + sizeOf(sample), 0);
  const properties = run.properties.map(({ sample, ...property }) => ({
    ...property,
    findings: property.findings.map((finding) => shrinkFinding(finding, share)),
    // They are small, and only of use where they are whole: all of them have room beside the findings, or none.
    ...(sample === undefined || samples > budget - taken ? {} : { sample }),
  }));
  return { ...run, properties };
}

const sizeOf = (value: unknown): number => (value === undefined ? 0 : JSON.stringify(value).length);

/** The run without what its failure files have as well, for a page on which the words alone take too much. */
export function briefly(run: RunRecord): RunRecord {
  return {
    ...run,
    exits: run.exits.map((exit) => ({ ...exit, output: exit.output.slice(-briefOutput) })),
    properties: run.properties.map((property) => ({
      ...property,
      findings: property.findings.map(({ firstFound: _long, ...finding }) => ({
        ...finding,
        input: 'too large for this page; see the failure file',
        script: cutLines(finding.script, briefScript, '; see the failure file'),
        transcript: { connections: [], samples: {} },
        ...(finding.process === undefined
          ? {}
          : { process: { ...finding.process, output: finding.process.output.slice(-briefOutput) } }),
      })),
    })),
  };
}

/** The largest size that every item may have so that all of them together keep to the budget. */
export function fairShare(sizes: readonly number[], budget: number): number {
  let left = budget;
  const ascending = sizes.toSorted((a, b) => a - b);
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

function shrinkFinding(finding: FindingRecord, share: number): FindingRecord {
  const input = JSON.stringify(finding.input) ?? 'null';
  return {
    ...finding,
    input: input.length <= inputBudget ? finding.input : 'too large for this page; see the failure file',
    transcript: shrinkTranscript(finding.transcript, share),
    ...(finding.process === undefined
      ? {}
      : { process: { ...finding.process, output: finding.process.output.slice(-outputBudget) } }),
  };
}
