import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ConformError, exitCodes } from '../error';
import { readBaseline, writeBaseline } from '../launch/baseline';
import { loadBaselines } from '../launch/baseline-layers';
import { shortPrintable } from '../report/printable';
import { observedFindings, offersOf } from './baseline-of-run';
import { describeLost, findLost } from '../engine/lost';
import { loadCatalogue } from '../engine/catalogue-rows';
import { updateEntries, type Baseline, type BaselineEntry, type BaselineKey } from '../report/baseline-entries';
import { conclude, executedOf, findingGates, findOutdated, settledBy } from '../report/conclude';
import { knownIds, type CatalogueRow } from '../properties/catalogue';
import { describeKnown } from '../report/describe-known';
import type { RunRecord } from '../report/model';
import { isQuick, recordsOfRun } from '../report/records-of-run';
import type { CliContext } from './context';
import { readRunFile } from './run-file';

export interface BaselineOptions {
  /** Of several, a later one counts more. */
  readonly baseline?: readonly string[];
  readonly strict: boolean;
}

/**
 * `grpc-conform baseline update RUN`: writes what a run found into the baseline file; reasons are kept.
 *
 * @returns the exit code.
 */
export function updateBaseline(runFile: string, options: BaselineOptions, { stdout }: CliContext): number {
  const { files, rows, record } = read(runFile, options);
  const [file] = files;
  if (files.length > 1)
    throw new ConformError(
      'ERR_USAGE',
      'baseline update writes one file: name one with --baseline, or let a run update the last of several',
    );
  const isKnownId = knownIds(rows);
  const old = existsSync(file) ? readBaseline(file, { isKnownId }) : undefined;
  const before = old?.entries ?? [];
  const executed = settledBy(record.properties, isQuick(record));
  const findings = observedFindings(record.properties, options.strict);
  const entries = updateEntries(
    before,
    executed,
    findings,
    rows.map(({ id }) => id),
  );
  checkIds(findings, isKnownId, runFile);
  writeBaseline(file, { ...old, entries, offers: offersOf(record) });
  stdout.write(
    `${shortPrintable(file)}: ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} (before: ${before.length})\n`,
  );
  for (const { what, entry } of changesOf(before, entries)) stdout.write(`  ${what.padEnd(8)} ${describeKey(entry)}\n`);
  return exitCodes.conformant;
}

/**
 * `grpc-conform baseline check RUN`: what the run comes to with the baseline file.
 *
 * @returns the exit code: 1 when something gates that is not listed, or is listed and no longer found.
 */
export function checkBaseline(runFile: string, options: BaselineOptions, { stdout }: CliContext): number {
  const { files, rows, record } = read(runFile, options);
  const isKnownId = knownIds(rows);
  const now = new Date();
  const { together: baseline } = loadBaselines({ files }, { isKnownId });
  const { properties } = conclude(recordsOfRun(record), baseline, { rows, strict: options.strict, now });
  const findings = properties.flatMap(({ id, findings: filed }) => filed.map((finding) => ({ ...finding, id })));
  const known = findings.filter(({ verdict }) => verdict === 'known');
  const unexpected = findings.filter((finding) => findingGates(finding, options.strict));
  for (const finding of known)
    stdout.write(
      `  known       ${describeKey(finding)}: ${finding.known === undefined ? '' : shortPrintable(describeKnown(finding.known))}\n`,
    );
  for (const finding of unexpected)
    stdout.write(`  unexpected  ${describeKey(finding)}: ${shortPrintable(finding.summary)}\n`);
  // A run that was cut short may have missed what an entry lists.
  const executed = record.status === 'complete' ? executedOf(properties) : new Set<string>();
  const looked = { executed, isQuick: isQuick(record) };
  const { stale, unseen, expired } = findOutdated(properties, looked, baseline, now);
  for (const entry of stale)
    stdout.write(`  stale       ${describeKey(entry)}: held in every run; remove the entry${whereOf(entry)}\n`);
  for (const entry of unseen)
    stdout.write(`  unseen      ${describeKey(entry)}: --quick has too few inputs to call it gone${whereOf(entry)}\n`);
  for (const entry of expired)
    stdout.write(`  expired     ${describeKey(entry)}: its last day was ${entry.expires ?? ''}${whereOf(entry)}\n`);
  const lost = lostOf(baseline, record, rows);
  if (lost !== '') stdout.write(`  lost        ${lost}\n`);
  const late = stale.length + expired.length;
  stdout.write(
    `${known.length} known, ${unexpected.length} unexpected, ${late} stale${lost === '' ? '' : ', capabilities lost'}\n`,
  );
  return unexpected.length + late === 0 && lost === '' ? exitCodes.conformant : exitCodes.findings;
}

/** Ids come from a file that anybody may have written. */
const describeKey = ({ id, rule }: BaselineKey): string => `${shortPrintable(id)} by rule ${shortPrintable(rule)}`;

/** Where to look for it, when there are several files. */
const whereOf = ({ from }: BaselineEntry): string => (from === undefined ? '' : ` (${shortPrintable(from)})`);

/** A baseline with an id that no rule has would be refused when it is read. @throws ConformError ERR_RUN_FILE */
function checkIds(findings: readonly BaselineKey[], isKnownId: (id: string) => boolean, runFile: string): void {
  const unknown = findings.flatMap(({ id, rule }) => [id, rule]).find((id) => !isKnownId(id));
  if (unknown === undefined) return;
  throw new ConformError(
    'ERR_RUN_FILE',
    `the run file ${shortPrintable(runFile)} has a finding of ${JSON.stringify(unknown)}, which is no id of the rule catalogue of this version: make the run again`,
  );
}

/** What an update did to the entries; nothing for those that say the same as before. */
export function changesOf(before: readonly BaselineEntry[], after: readonly BaselineEntry[]) {
  const isOfSameRule = (one: BaselineEntry) => (other: BaselineEntry) => other.id === one.id && other.rule === one.rule;
  const written = after
    .filter((entry) => !before.some((old) => isDeepStrictEqual(old, entry)))
    .map((entry) => ({ what: before.some(isOfSameRule(entry)) ? 'changed' : 'new', entry }));
  const gone = before.filter((entry) => !after.some(isOfSameRule(entry))).map((entry) => ({ what: 'gone', entry }));
  return [...written, ...gone];
}

/** What the target of a run no longer offers, in one sentence; empty when nothing is lost. */
function lostOf(
  { offers = [], offersFrom }: Partial<Baseline> = {},
  record: RunRecord,
  rows: readonly CatalogueRow[],
): string {
  const selected = new Set(record.header.selected);
  const lost = findLost({
    expected: [],
    listed: offers,
    listedBy: offersFrom,
    offers: offersOf(record),
    capabilities: record.target.capabilities ?? [],
    needs: rows.flatMap(({ id, property }) => (selected.has(id) ? [property?.needs ?? []] : [])),
  });
  return shortPrintable(describeLost(lost));
}

function read(runFile: string, { baseline = [] }: BaselineOptions) {
  const [first, ...more] = baseline;
  if (first === undefined) throw new ConformError('ERR_USAGE', '--baseline is missing: name the baseline file');
  return { files: [first, ...more] as const, rows: loadCatalogue().rows, record: readRunFile(runFile) };
}
