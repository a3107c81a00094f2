import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, isConformError } from '../../error';
import { parseFailure } from '../../report/failure-file';
import { parseRun } from '../../report/json';
import { printable } from '../../report/printable';
import { outputFiles } from '../../report/output-files';
import type { Attacker } from './attacker';
import { bounds } from './bounds';
import { judgeControls, judgeJunit, judgePage, judgeTerminal } from './judge-texts';
import type { Observed } from './observe-case';
import type { Selection } from './selections';

/** Exit codes of runs that never began, and so leave no report. */
const withoutRun: readonly number[] = [exitCodes.usage, exitCodes.unreachable];

/** What is outside the bounds of a case, one sentence each without a full stop; none: all is well. `time` in milliseconds. */
export function judgeCase(
  attacker: Attacker,
  selection: Selection,
  observed: Observed,
  time: number = bounds.time,
): readonly string[] {
  return [
    ...judgeEnd(attacker, selection, observed, time),
    ...judgeOutput(selection, observed),
    ...judgeReport(observed),
  ];
}

function judgeEnd(
  attacker: Attacker,
  selection: Selection,
  { milliseconds, stopped, exitCode, signal, interruption, memory, orphans, strays, files, stderr }: Observed,
  time: number,
): readonly string[] {
  const problems: string[] = [];
  const seconds = (duration: number): string => `${(duration / 1000).toFixed(1)} s`;
  if (stopped !== undefined) {
    problems.push(
      `did not end within ${seconds(time)} and was stopped ${stopped}, ${seconds(milliseconds - time)} later`,
    );
  } else if (interruption !== undefined) {
    if (interruption > bounds.interruption) problems.push(`ended ${seconds(interruption)} after SIGTERM`);
    // Who has come to its end by itself when the signal arrives need not take it back; who says that it was interrupted ends so.
    const isOwnEnd = exitCode !== null && attacker.exitCodes.includes(exitCode) && !stderr.includes('interrupted');
    if (exitCode !== exitCodes.interrupted && !isOwnEnd)
      problems.push(`ended with ${exitCode ?? signal} after SIGTERM`);
  } else if (selection.isInterrupted === true && exitCode !== null && !withoutRun.includes(exitCode)) {
    // Runs that are to be interrupted are long: whoever ends them early ends them for a reason, which the attacker's codes have.
    if (!attacker.exitCodes.includes(exitCode)) problems.push(`ended with ${exitCode} before SIGTERM`);
  } else if (exitCode === null || !attacker.exitCodes.includes(exitCode)) {
    const expected = attacker.exitCodes.join(' or ');
    problems.push(`ended with ${exitCode ?? signal}, expected ${expected}${lastWords(stderr)}`);
  }
  if (memory !== undefined && memory >= bounds.memory) problems.push(`took ${Math.round(memory / 2 ** 20)} MiB`);
  for (const orphan of orphans) problems.push(`left a process behind: ${orphan.slice(0, 80)}`);
  const leftovers = [...strays, ...files.filter((name) => name.endsWith('.tmp'))];
  if (leftovers.length > 0) problems.push(`left ${leftovers.slice(0, 3).join(', ')}`);
  return problems;
}

/** The sentence of ours on standard error, escaped. */
function lastWords(stderr: Buffer): string {
  const line = /^grpc-conform: (.+)$/m.exec(stderr.toString('utf8'))?.[1];
  return line === undefined ? '' : `: ${printable(line).slice(0, 200)}`;
}

function judgeOutput({ words, environment }: Selection, { stdout, stderr }: Observed): readonly string[] {
  const due = { showsStacks: words.includes('-vv'), isForRunner: environment?.['GITHUB_ACTIONS'] === 'true' };
  return [
    ...judgeTerminal(stdout, bounds.terminal, due),
    ...judgeTerminal(stderr, bounds.terminal, due).map((problem) => `${problem} (standard error)`),
  ];
}

function judgeReport({ exitCode, out, files, stopped }: Observed): readonly string[] {
  if (files.length === 0) {
    const isDue = exitCode !== null && !withoutRun.includes(exitCode) && exitCode !== exitCodes.interrupted;
    return isDue ? ['left no report'] : [];
  }
  const missing = [outputFiles.run, outputFiles.page, outputFiles.junit].filter((name) => !files.includes(name));
  const read = (name: string): string => readFileSync(join(out, name), 'utf8');
  const inFile = (name: string, judge: (text: string) => readonly string[]): readonly string[] =>
    files.includes(name) ? judge(read(name)).map((problem) => `${name} ${problem}`) : [];
  return [
    ...missing.map((name) => `left no ${name}`),
    ...inFile(outputFiles.run, (text) => [
      ...judgeControls(text),
      ...judgeRun(text, exitCode, stopped === 'by SIGKILL'),
    ]),
    ...inFile(outputFiles.page, (text) => judgePage(text, bounds.page)),
    ...inFile(outputFiles.junit, judgeJunit),
    ...files
      .filter((name) => name.startsWith(`${outputFiles.failures}/`))
      .flatMap((name) =>
        inFile(name, (text) => [...judgeControls(text), ...messageOf(() => parseFailure(text, name))]),
      ),
  ];
}

/** A run that has ended says so, and with which exit code. */
function judgeRun(text: string, exitCode: number | null, wasKilled: boolean): readonly string[] {
  let problems: readonly string[] = [];
  const unreadable = messageOf(() => {
    const run = parseRun(text, outputFiles.run);
    if (wasKilled) return;
    if (run.exitCode === undefined)
      problems = [`says ${JSON.stringify(run.reason ?? run.status)}, though it has ended`];
    else if (run.exitCode !== exitCode) problems = [`says exit code ${run.exitCode}, it was ${exitCode}`];
  });
  return [...unreadable, ...problems];
}

/** The message of what an act throws. */
function messageOf(act: () => void): readonly string[] {
  try {
    act();
    return [];
  } catch (error) {
    return [`cannot be read: ${isConformError(error) ? error.message : String(error)}`];
  }
}
