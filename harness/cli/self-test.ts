import { exitCodes } from '../error';
import type { ConfigurationRow } from '../engine/configuration-table';
import type { KillRow } from '../engine/kill-table';
import { allInputs, livesWith, type MutantRow } from '../engine/mutant-table';
import { runSelfTest, type SelfTestResult } from '../engine/self-test';
import type { SelfTestParts } from '../engine/self-test-plan';
import { printable } from '../report/printable';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CliContext } from './context';
import { listenForInterruption } from './interruption';
import { selectProperties } from '../engine/selectors';

export interface SelfTestCommand extends Omit<SelfTestParts, 'apart'> {
  readonly selectors: readonly string[];
  readonly seeds: readonly number[];
  readonly only?: string;
}

/** Servers that every self-test starts, asked for or not. */
const always = { targets: false, plain: false } as const satisfies Partial<SelfTestParts>;

/**
 * `grpc-conform self-test`: runs the properties against the reference server, clean, varied and as every mutant, and prints the kill table.
 *
 * @returns the exit code: 1 when a mutant lives that nobody has judged, a correct server was accused, a run did not end as it should, or one of the usual length may
 * miss a class of inputs that a property names.
 */
export async function selfTest(command: SelfTestCommand, context: CliContext): Promise<number> {
  const { suites, rows } = loadCatalogue();
  const { selectors, seeds, pairs, only } = command;
  const { properties } = selectProperties(rows, suites, { selectors, skip: [], level: [], suite: [] });
  const interruption = listenForInterruption(context);
  try {
    const result = await runSelfTest({
      rows,
      properties,
      seeds,
      parts: {
        targets: command.targets || always.targets,
        plain: command.plain || always.plain,
        pairs,
        // Who names one wants to see it alone.
        apart: command.targets || only !== undefined,
      },
      ...(only === undefined ? {} : { only }),
      onProgress: (done, of, text) => context.stderr.write(`${done}/${of} ${text}\n`),
      signal: interruption.signal,
    });
    context.stdout.write(
      [
        formatKillTable(result.rows, result.isPart),
        formatMutants(result.mutants, result.survivors),
        formatConfigurations(result.configurations),
        ...formatRareLabels(result.rareLabels),
        ...formatFaults(result),
      ]
        .map((part) => `${part}\n`)
        .join('\n'),
    );
    if (result.interrupted) return exitCodes.interrupted;
    context.stdout.write(`\n${conclude(result)}, seed ${seeds.join(', ')}\n`);
    return result.ok ? exitCodes.conformant : exitCodes.findings;
  } catch (error) {
    // Whatever went wrong while we were being interrupted went wrong because of that.
    if (interruption.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    interruption.release();
  }
}

function conclude({ ok, isPart, rows, configurations, mutants }: SelfTestResult): string {
  const good = isPart
    ? 'On these servers everything is as it should be'
    : 'Every mutant was found or is known to live, and no correct server was accused';
  const verdict = ok ? good : 'The self-test failed';
  return `${verdict}: ${rows.length} properties, ${mutants.length} mutants, ${configurations.length} servers`;
}

/**
 * One line per property with the mutant that it was written with, and below it what went wrong.
 * @param isPart true when not all mutants were tried, so that none is missed
 */
function formatKillTable(rows: readonly KillRow[], isPart = false): string {
  const width = Math.max('property'.length, ...rows.map(({ id }) => id.length));
  const head = `${'property'.padEnd(width)}  killed  inputs  alarms`;
  const lines = rows.flatMap((row) => {
    const killed = row.of === 0 ? 'none' : `${row.killed}/${row.of}`;
    const alarms = row.untestable ? 'not run' : String(row.falseAlarms.length);
    return [
      `${row.id.padEnd(width)}  ${killed.padEnd(6)}  ${String(row.inputsTried).padStart(6)}  ${alarms}`,
      ...(row.of === 0 && !isPart ? ['    no mutant of the reference server is for this rule'] : []),
      ...row.survived.map((text) => `    survived: ${printable(text)}`),
      ...row.falseAlarms.map((text) => `    false alarm: ${printable(text)}`),
      ...row.unrepeated.map((text) => `    seen once, not repeated: ${printable(text)}`),
    ];
  });
  return [head, ...lines].join('\n');
}

/** How many mutants were found, and each that was missed for a reason that is known, or as rarely as may be. */
function formatMutants(rows: readonly MutantRow[], survivors: readonly MutantRow[]): string {
  if (rows.length === 0) return 'No mutant was tried.';
  const counts = allInputs.map((inputs) => {
    const tried = rows.filter(({ tallies }) => tallies[inputs].of > 0);
    const killed = tried.filter((row) => !livesWith(row, inputs)).length;
    return `${killed} of ${tried.length} ${inputs}`;
  });
  const lines = rows
    .filter((row) => !survivors.includes(row))
    .flatMap((row) => {
      if (row.survives === undefined) return describeMisses('rare ', row);
      const [head] = describeMisses('known', row);
      if (head !== undefined) return [head, `    lives, since ${row.survives.reason}`];
      return row.survives.where === 'always'
        ? [`found  ${row.id}, of which it is said that it lives, since ${row.survives.reason}`]
        : [];
    });
  return [`mutants killed: ${counts.join(', ')}`, ...lines].join('\n');
}

/** A mutant that was missed, and what was seen instead each time; nothing when it was found always. */
function describeMisses(word: string, { id, says, tallies }: MutantRow): readonly string[] {
  const missed = allInputs.filter((inputs) => tallies[inputs].missed.length > 0);
  if (missed.length === 0) return [];
  const share = missed.map((inputs) => `${tallies[inputs].killed}/${tallies[inputs].of} ${inputs}`).join(', ');
  const seen = missed.flatMap((inputs) => tallies[inputs].missed.map((text) => `    ${inputs}, ${printable(text)}`));
  return [`${word}  ${id}: ${says} (${share})`, ...seen];
}

/** Classes of inputs that a run may miss; nothing where there are none. */
function formatRareLabels(rareLabels: SelfTestResult['rareLabels']): readonly string[] {
  if (rareLabels.size === 0) return [];
  const lines = [...rareLabels].flatMap(([id, rare]) => [id, ...rare.map((text) => `    ${text}`)]);
  return [['Classes of inputs that a run may miss:', ...lines].join('\n')];
}

/** What made the self-test fail, once more and last: whoever has only the end of the output still learns what it was; nothing where nothing did. */
function formatFaults({ rows, configurations, survivors, isPart }: SelfTestResult): readonly string[] {
  const lines = [
    ...survivors.flatMap((row) => describeMisses('lives', row)),
    ...rows.flatMap(({ id, of, untestable, falseAlarms }) => [
      ...(of === 0 && !isPart ? [`${id} has no mutant of the reference server`] : []),
      ...(untestable && !isPart ? [`${id} was run on no correct server`] : []),
      ...falseAlarms.map((text) => `${id}, false alarm: ${printable(text)}`),
    ]),
    ...configurations.flatMap(({ name, complaints }) => complaints.map((text) => `${name}: ${printable(text)}`)),
  ];
  return lines.length === 0 ? [] : [['What is not as it should be:', ...lines.map((line) => `    ${line}`)].join('\n')];
}

/** One line per server on which not everything was judged, and below it what is not as it should be. */
function formatConfigurations(rows: readonly ConfigurationRow[]): string {
  const shown = rows.filter(({ judged, of, complaints }) => judged < of || complaints.length > 0);
  if (shown.length === 0) return 'Every rule was judged on every server.';
  const width = Math.max('server'.length, ...shown.map(({ name }) => name.length));
  return [
    `${'server'.padEnd(width)}  seed  judged`,
    ...shown.flatMap(({ name, seed, judged, of, complaints }) => [
      `${name.padEnd(width)}  ${String(seed).padStart(4)}  ${judged}/${of}`,
      ...complaints.map((text) => `    ${printable(text)}`),
    ]),
  ].join('\n');
}
