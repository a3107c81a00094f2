import { cutText } from '../../cut-text';
import type { RunEvent, RunListener } from '../events';
import type { RunRecord } from '../model';
import { printable } from '../printable';
import { reduceRun } from '../run-model';
import { roughDuration } from '../summary';
import { FindingLog } from './finding-log';
import { headerLines, timeBudget } from './header-lines';
import { count, knownColumns, readableWidth } from './layout';
import type { ConsoleOptions } from './options';
import { palette } from './palette';
import { Progress } from './progress';
import { describeExit, describeRestart, inputLine } from './run-lines';
import { summaryLines } from './summary-lines';

/** Ten redraws a second look alive; more only cost time. */
const redrawInterval = 100;

/** For people: header, on a terminal one live line, findings as they are confirmed, summary. */
export function prettyConsole(options: ConsoleOptions): RunListener {
  const { write, color, isTerminal = true, columns = () => 80, verbosity = 0, outputDirectory } = options;
  const { now = () => performance.now() } = options;
  const colors = palette(color);
  let record: RunRecord | undefined;
  let progress = new Progress([]);
  const log = new FindingLog();
  let startedAt = now();
  let drawnAt = -Infinity;
  let drawn = false;
  let budget: string | undefined;

  const clearLine = (): void => {
    if (drawn) write('\r\u001b[2K');
    drawn = false;
  };
  const print = (lines: readonly string[]): void => {
    clearLine();
    write(lines.map((line) => `${line}\n`).join(''));
  };
  const draw = (): void => {
    clearLine();
    // One column less than the terminal has: some wrap as soon as the last column is filled.
    write(cutText(progressText(progress, now() - startedAt, budget), Math.max(10, knownColumns(columns()) - 1)));
    drawn = true;
    drawnAt = now();
  };

  return (event: RunEvent): void => {
    record = reduceRun(record, event);
    progress.add(event);
    const width = readableWidth(columns());
    switch (event.type) {
      case 'run-started':
        progress = new Progress(event.header.selected);
        startedAt = now();
        budget = timeBudget(event.header);
        print(headerLines(event.header, width, colors, verbosity > 0));
        break;
      case 'input-judged':
        if (verbosity > 0) print([inputLine(event, colors)]);
        break;
      case 'finding':
        if (record !== undefined) {
          const context = { header: record.header, width, colors, outputDirectory, verbosity };
          print(log.lines(event.id, event.finding, event.row, context));
        }
        break;
      case 'target-exited':
        print([`the target ${describeExit(event.exit)} during ${event.during.join(', ') || 'no property'}`, '']);
        break;
      case 'target-restarted':
        print([describeRestart(event), '']);
        break;
      case 'warning':
        print([`warning: ${printable(event.text)}`, '']);
        break;
      case 'run-finished':
        if (record !== undefined) print(summaryLines(record, { width, colors, outputDirectory }));
        return;
      case 'property-started':
      case 'property-finished':
      case 'estimate':
        break;
    }
    if (isTerminal && (now() - drawnAt >= redrawInterval || !drawn)) draw();
  };
}

function progressText(progress: Progress, elapsed: number, budget: string | undefined): string {
  const { current } = progress;
  const seen = (['fail', 'lost', 'warn', 'flaky', 'error', 'blocked'] as const).flatMap((verdict) => {
    const number = progress.having(verdict);
    return number === 0 ? [] : [`${number} ${verdict}`];
  });
  const others = current === undefined || current.count === 1 ? '' : ` and ${current.count - 1} more`;
  const running = current === undefined ? [] : [`${current.id} ${current.done}/${current.of}${others}`];
  return [
    `${progress.finished}/${progress.total} properties`,
    count(progress.inputs, 'input'),
    ...seen,
    `${Math.floor(elapsed / 1000)} s${budget === undefined ? '' : ` of ${budget}`}`,
    ...(progress.remaining === undefined ? [] : [`~${roughDuration(progress.remaining)} left`]),
    ...running,
  ].join('  ');
}
