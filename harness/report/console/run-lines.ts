import { cutText } from '../../cut-text';
import type { ProcessExit, RunEvent } from '../events';
import { propertyVerdict } from '../finding-words';
import type { PropertyRecord } from '../model';
import { printable } from '../printable';
import { describeDuration } from '../summary';
import { count } from './layout';
import type { Palette } from './palette';

/** Room for `flaky (fail)` and two blanks. */
const verdictColumn = 14;

/** One finished property on one line, with the first thing that was found, cut to the width. */
export function propertyLine(property: PropertyRecord, colors: Palette, width: number): string {
  const { verdict, id, runs, durationMs, findings } = property;
  const said = propertyVerdict(property);
  const reason = property.reason ?? findings[0]?.observed;
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  const work = runs === 0 ? '' : ` (${count(runs, 'input')}, ${describeDuration(durationMs)})`;
  const text = cutText(`${said.padEnd(verdictColumn)}${id}${work}${why}`, width);
  // Colours are put on after cutting: escape codes have no width.
  return `${colors.verdict(verdict, said)}${text.slice(said.length)}`;
}

/** One input on one line, for -v. */
export function inputLine(event: Extract<RunEvent, { type: 'input-judged' }>, colors: Palette): string {
  const { id, index, phase, broken, milliseconds } = event;
  const result = broken.length === 0 ? 'held' : `broke ${broken.join(', ')}`;
  const line = `${phase.padEnd(8)}${id} #${index} ${result} (${describeDuration(milliseconds)})`;
  return broken.length === 0 ? colors.dim(line) : line;
}

/** Who ended the process that there was, and how long the new one took. */
export function describeRestart({ why, milliseconds }: Extract<RunEvent, { type: 'target-restarted' }>): string {
  const before = why === 'ended' ? 'the target' : 'the target did not answer any more, so we ended it; it';
  return `${before} was started again, ready after ${describeDuration(milliseconds)}`;
}

/** `ended with signal SIGSEGV`, `ended with exit code 1`. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal === null
    ? `ended with exit code ${exit.code ?? 'unknown'}`
    : `ended with signal ${printable(exit.signal)}`;
}
