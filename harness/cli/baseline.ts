import { existsSync } from 'node:fs';
import { ConformError, exitCodes } from '../error';
import { findBaselineEntry, findStaleEntries, readBaseline, updateEntries, writeBaseline } from '../launch/baseline';
import { printable } from '../report/printable';
import { observedFindings, wasExecuted } from './baseline-of-run';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CliContext } from './context';
import { readRunFile } from './run-file';

export interface BaselineOptions {
  readonly baseline?: string;
  readonly strict: boolean;
}

/**
 * `grpc-conform baseline update RUN`: writes what a run found into the baseline file; reasons are kept.
 *
 * @returns the exit code.
 */
export function updateBaseline(runFile: string, options: BaselineOptions, { stdout }: CliContext): number {
  const { file, rows, record } = read(runFile, options);
  const isKnownId = (id: string): boolean => rows.some((row) => row.id === id);
  const before = existsSync(file) ? readBaseline(file, { isKnownId, now: new Date(), allowExpired: true }).entries : [];
  const executed = new Set(record.properties.filter(wasExecuted).map(({ id }) => id));
  const findings = observedFindings(record.properties, options.strict);
  const entries = updateEntries(
    before,
    executed,
    findings,
    rows.map(({ id }) => id),
  );
  writeBaseline(file, entries);
  stdout.write(`${file}: ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} (before: ${before.length})\n`);
  for (const entry of entries.filter((one) => !before.includes(one)))
    stdout.write(`  new    ${entry.id} by rule ${entry.rule}\n`);
  for (const entry of before.filter((one) => !entries.includes(one)))
    stdout.write(`  gone   ${entry.id} by rule ${entry.rule}\n`);
  return exitCodes.conformant;
}

/**
 * `grpc-conform baseline check RUN`: compares a run with the baseline file.
 *
 * @returns the exit code: 1 when something is not listed, or listed and no longer found.
 */
export function checkBaseline(runFile: string, options: BaselineOptions, { stdout }: CliContext): number {
  const { file, rows, record } = read(runFile, options);
  const isKnownId = (id: string): boolean => rows.some((row) => row.id === id);
  const baseline = readBaseline(file, { isKnownId, now: new Date() });
  const executed = new Set(record.properties.filter(wasExecuted).map(({ id }) => id));
  const findings = observedFindings(record.properties, options.strict);
  // A warning or a flaky finding that is listed keeps its entry, too.
  const seen = record.properties.flatMap(({ id, findings: list }) => list.map(({ rule }) => ({ id, rule })));
  const stale = findStaleEntries(baseline, executed, seen);
  let unexpected = 0;
  for (const finding of findings) {
    const entry = findBaselineEntry(baseline, finding);
    unexpected += entry === undefined ? 1 : 0;
    stdout.write(
      entry === undefined
        ? `  unexpected  ${finding.id} by rule ${finding.rule}: ${printable(finding.summary)}\n`
        : `  known       ${entry.id} by rule ${entry.rule}: ${printable(entry.reason)}\n`,
    );
  }
  for (const entry of stale)
    stdout.write(`  stale       ${entry.id} by rule ${entry.rule}: held in every run; remove the entry\n`);
  stdout.write(`${findings.length - unexpected} known, ${unexpected} unexpected, ${stale.length} stale\n`);
  return unexpected + stale.length === 0 ? exitCodes.conformant : exitCodes.findings;
}

function read(runFile: string, { baseline }: BaselineOptions) {
  if (baseline === undefined) throw new ConformError('ERR_USAGE', '--baseline is missing: name the baseline file');
  return { file: baseline, rows: loadCatalogue().rows, record: readRunFile(runFile) };
}
