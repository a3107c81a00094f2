import type { RunEvent, RunListener } from '../events';
import { propertyVerdict } from '../finding-words';
import type { PropertyRecord, RunRecord } from '../model';
import { printable } from '../printable';
import { reduceRun } from '../run-model';
import { findingLines } from './finding-lines';
import { headerLines } from './header-lines';
import { readableWidth } from './layout';
import type { ConsoleOptions } from './options';
import { palette } from './palette';
import { Progress } from './progress';
import { describeExit, describeRestart, inputLine, propertyLine } from './run-lines';
import { summaryLines } from './summary-lines';

/** For logs: plain lines that are never taken back, one for each property that was tested; what was found comes in full at the end, where logs are read. */
export function lineConsole(options: ConsoleOptions): RunListener {
  const { write, color, columns = () => 100, verbosity = 0, outputDirectory } = options;
  const colors = palette(color);
  const print = (lines: readonly string[]): void => write(lines.map((line) => `${line}\n`).join(''));
  let record: RunRecord | undefined;
  let progress = new Progress([]);
  const told = new Map<string, string>();

  return (event: RunEvent): void => {
    record = reduceRun(record, event);
    progress.add(event);
    const width = readableWidth(columns());
    switch (event.type) {
      case 'run-started':
        progress = new Progress(event.header.selected);
        return print(headerLines(event.header, width, colors, verbosity > 0));
      case 'property-started':
      case 'estimate':
        return;
      case 'input-judged':
        return verbosity > 0 ? print([inputLine(event, colors)]) : undefined;
      case 'finding': {
        if (record === undefined || verbosity === 0) return;
        const context = { header: record.header, width, colors, outputDirectory, verbosity };
        return print(findingLines(event.id, event.finding, event.row, context));
      }
      case 'property-finished': {
        const { property } = event;
        const line = propertyLine(property, colors, width);
        // The last word on a property is often the same as the one before.
        const said = `${propertyVerdict(property)} ${property.findings.length}`;
        if (told.get(property.id) === said || (verbosity === 0 && !wasTested(property))) return;
        told.set(property.id, said);
        return print([line]);
      }
      case 'target-exited':
        return print([`the target ${describeExit(event.exit)} during ${event.during.join(', ') || 'no property'}`]);
      case 'target-restarted':
        return print([describeRestart(event)]);
      case 'warning':
        return print([`warning: ${printable(event.text)}`]);
      case 'run-finished':
        return record === undefined
          ? undefined
          : print([
              '',
              ...summaryLines(record, {
                width,
                colors,
                outputDirectory,
                // With -v they were told in full already.
                inFull: verbosity === 0,
              }),
            ]);
    }
  };
}

/** True for what has a result of its own; what nobody tried is counted at the end, with what would help. */
const wasTested = ({ verdict }: PropertyRecord): boolean =>
  verdict !== 'untestable' &&
  verdict !== 'lost' &&
  verdict !== 'blocked' &&
  verdict !== 'skipped' &&
  verdict !== 'not-run';
