import type { RunEvent, RunListener } from '../events';
import type { RunRecord } from '../model';
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

/** For logs: plain lines that are never taken back, one per finished property. */
export function lineConsole(options: ConsoleOptions): RunListener {
  const { write, color, columns = () => 100, verbosity = 0, outputDirectory } = options;
  const colors = palette(color);
  const print = (lines: readonly string[]): void => write(lines.map((line) => `${line}\n`).join(''));
  let record: RunRecord | undefined;
  let progress = new Progress([]);

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
      case 'finding':
        return record === undefined
          ? undefined
          : print(
              findingLines(event.id, event.finding, {
                header: record.header,
                width,
                colors,
                outputDirectory,
                frames: verbosity > 1,
              }),
            );
      case 'property-finished':
        return print([propertyLine(event.property, colors)]);
      case 'target-exited':
        return print([`the target ${describeExit(event.exit)} during ${event.during.join(', ') || 'no property'}`]);
      case 'target-restarted':
        return print([describeRestart(event)]);
      case 'warning':
        return print([`warning: ${printable(event.text)}`]);
      case 'run-finished':
        return record === undefined
          ? undefined
          : print(['', ...summaryLines(record, { width, colors, outputDirectory, inputs: progress.inputs })]);
    }
  };
}
