import { exitCodes } from '../error';
import type { KillRow } from '../engine/kill-table';
import { runSelfTest } from '../engine/self-test';
import { printable } from '../report/printable';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CliContext } from './context';
import { listenForInterruption } from './interruption';
import { selectProperties } from '../engine/selectors';

/**
 * `grpc-conform self-test`: runs the properties against the reference server, clean, varied and with defects, and prints the kill table.
 *
 * @returns the exit code: 1 when a defect survived or a correct server was accused.
 */
export async function selfTest(selectors: readonly string[], seeds: number, context: CliContext): Promise<number> {
  const { suites, rows } = loadCatalogue();
  const { properties } = selectProperties(rows, suites, { selectors, skip: [], level: [], suite: [] });
  const interruption = listenForInterruption(context);
  try {
    const result = await runSelfTest({
      rows,
      properties,
      seeds,
      onProgress: (done, of, text) => context.stderr.write(`${done}/${of} ${text}\n`),
      signal: interruption.signal,
    });
    context.stdout.write(`${formatKillTable(result.rows)}\n`);
    if (result.interrupted) return exitCodes.interrupted;
    context.stdout.write(
      `${result.ok ? 'Every defect was found, and no correct server was accused' : 'The self-test failed'}: ${result.rows.length} properties, ${result.variations.length} legal variations, seeds 1 to ${seeds}\n`,
    );
    return result.ok ? exitCodes.conformant : exitCodes.findings;
  } finally {
    interruption.release();
  }
}

/** One line per property, and below it what went wrong. */
export function formatKillTable(rows: readonly KillRow[]): string {
  const width = Math.max('property'.length, ...rows.map(({ id }) => id.length));
  const head = `${'property'.padEnd(width)}  killed  inputs  alarms`;
  const lines = rows.flatMap((row) => {
    const killed = row.of === 0 ? 'none' : `${row.killed}/${row.of}`;
    const alarms = row.untestable ? 'not run' : String(row.falseAlarms.length);
    return [
      `${row.id.padEnd(width)}  ${killed.padEnd(6)}  ${String(row.inputsTried).padStart(6)}  ${alarms}`,
      ...(row.of === 0 ? ['    no defect of the reference server is for this rule'] : []),
      ...row.survived.map((text) => `    survived: ${printable(text)}`),
      ...row.falseAlarms.map((text) => `    false alarm: ${printable(text)}`),
      ...row.unrepeated.map((text) => `    seen once, not repeated: ${printable(text)}`),
    ];
  });
  return [head, ...lines].join('\n');
}
