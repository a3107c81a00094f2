import { endWith } from '../end-with';
import { orUsage } from '../or-usage';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConformError, exitCodes } from '../../error';
import { didYouMean } from '../../nearest';
import { packageRoot } from '../../package-root';
import { outputFiles } from '../../report/output-files';
import type { Attacker } from './attacker';
import { attackers } from './attackers';
import { bounds } from './bounds';
import { findBrowser, PageReader } from './browser';
import { judgeCase } from './judge-case';
import { observeCase, type Observed, type ObserveOptions } from './observe-case';
import { selections, type SelectionName } from './selections';

const usage = `Usage: npm run hostile -- [NAME…] [options]

Runs the built command line against servers that mean harm, and says what is outside its bounds.

  NAME…               only these attackers; * stands for any letters
  --selectors NAMES   only what is run with these selections (${Object.keys(selections).join(', ')})
  --seconds N         time that a run may take (${bounds.time / 1000})
  --jobs N            cases at the same time (1): more is quicker, and less exact about time
  --browser FILE      a Chromium that looks at the pages (default: that of the machine); none: it does not
  --json              a line of JSON for each case in place of words
  --list              names the attackers
`;

export interface RunHostileOptions extends Pick<ObserveOptions, 'cli' | 'server' | 'signal'> {
  readonly say: (line: string) => void;
}

/** One run of the command line against one attacker. */
interface Case {
  readonly attacker: Attacker;
  readonly selection: SelectionName;
}

interface Result extends Case, Pick<Observed, 'exitCode' | 'milliseconds' | 'memory'> {
  readonly problems: readonly string[];
}

/**
 * Runs the table, or what the arguments choose of it, and says how each case went.
 * @returns exit code 1 when anything is outside its bounds, 130 when it was aborted.
 * @throws ConformError ERR_USAGE for arguments that make no sense.
 */
export async function runHostile(args: readonly string[], options: RunHostileOptions): Promise<number> {
  const { say, signal } = options;
  const { values, positionals } = readArguments(args);
  if (values.help) {
    say(usage.trimEnd());
    return exitCodes.conformant;
  }
  const cases = chooseCases(positionals, values.selectors);
  if (values.list) {
    for (const attacker of new Set(cases.map((each) => each.attacker))) {
      say(`${attacker.name} (${attacker.selections.join(', ')}): ${attacker.does}`);
    }
    return exitCodes.conformant;
  }
  const time = readCount('--seconds', values.seconds, 3600) * 1000;
  const jobs = readCount('--jobs', values.jobs, 64);
  const browser = values.browser === 'none' ? undefined : (values.browser ?? findBrowser());
  const reader = browser === undefined ? undefined : new PageReader(browser);
  const results: Result[] = [];
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let each = waiting.shift(); each !== undefined && signal?.aborted !== true; each = waiting.shift()) {
      const result = await runCase(each, { ...options, time }, reader);
      results.push(result);
      say(values.json ? jsonLine(result) : line(result));
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    await reader?.close();
  }
  if (signal?.aborted === true) return exitCodes.interrupted;
  const bad = results.filter(({ problems }) => problems.length > 0);
  if (!values.json) for (const each of summary(results, bad, browser)) say(each);
  return bad.length === 0 ? exitCodes.conformant : exitCodes.findings;
}

function readArguments(args: readonly string[]) {
  return orUsage(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          selectors: { type: 'string' },
          seconds: { type: 'string', default: String(bounds.time / 1000) },
          jobs: { type: 'string', default: '1' },
          browser: { type: 'string' },
          json: { type: 'boolean', default: false },
          list: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }),
    usage,
  );
}

/** The cases of attackers whose name fits one of the globs, all without globs, with the selections of a comma-separated list. */
export function chooseCases(globs: readonly string[], selectionList: string | undefined): readonly Case[] {
  const isSelection = (name: string): name is SelectionName => Object.hasOwn(selections, name);
  const wanted = selectionList?.split(',').map((name) => name.trim());
  const unknown = wanted?.find((name) => !isSelection(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, Object.keys(selections));
    throw new ConformError('ERR_USAGE', `There is no selection ${unknown}${hint}.\n${usage}`);
  }
  const fits = (glob: string, name: string): boolean =>
    new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
  for (const glob of globs) {
    if (attackers.some(({ name }) => fits(glob, name))) continue;
    const hint = didYouMean(
      glob,
      attackers.map(({ name }) => name),
    );
    throw new ConformError('ERR_USAGE', `There is no attacker ${glob}${hint}. npm run hostile -- --list names them.`);
  }
  const chosen = attackers.filter(({ name }) => globs.length === 0 || globs.some((glob) => fits(glob, name)));
  const cases = chosen.flatMap((attacker) =>
    attacker.selections
      .filter((selection) => wanted === undefined || wanted.includes(selection))
      .map((selection) => ({ attacker, selection })),
  );
  if (cases.length === 0) throw new ConformError('ERR_USAGE', 'None of these attackers is run with these selections.');
  return cases;
}

function readCount(option: string, text: string, most: number): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > most)
    throw new ConformError('ERR_USAGE', `${option} ${text} is no number from 1 to ${most}.`);
  return count;
}

async function runCase(
  { attacker, selection }: Case,
  options: RunHostileOptions & { readonly time: number },
  reader: PageReader | undefined,
): Promise<Result> {
  return observeCase(attacker, selections[selection], options, async (observed) => {
    const { exitCode, milliseconds, memory, out, files } = observed;
    const problems = judgeCase(attacker, selections[selection], observed, options.time);
    const shown =
      reader === undefined || !files.includes(outputFiles.page) ? [] : await reader.look(out, outputFiles.page);
    return { attacker, selection, exitCode, milliseconds, memory, problems: [...problems, ...shown] };
  });
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const mebibytes = (octets: number | undefined): string =>
  octets === undefined ? '?' : `${Math.ceil(octets / 2 ** 20)} MiB`;

function line({ attacker, selection, exitCode, milliseconds, memory, problems }: Result): string {
  const figures =
    `exit ${exitCode ?? 'none'}`.padEnd(9) + seconds(milliseconds).padStart(8) + mebibytes(memory).padStart(10);
  const head = `${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${`${attacker.name} ${selection}`.padEnd(48)}  ${figures}`;
  return [head, ...problems.map((problem) => `      ${problem}`)].join('\n');
}

const jsonLine = ({ attacker, ...rest }: Result): string => JSON.stringify({ attacker: attacker.name, ...rest });

function summary(results: readonly Result[], bad: readonly Result[], browser: string | undefined): readonly string[] {
  const peak = Math.max(0, ...results.map(({ memory = 0 }) => memory));
  const longest = Math.max(0, ...results.map(({ milliseconds }) => milliseconds));
  const names = new Set(results.map(({ attacker }) => attacker.name));
  return [
    '',
    `${results.length} cases, ${names.size} attackers: ${bad.length} outside the bounds; peak ${mebibytes(peak)}, longest ${seconds(longest)}`,
    ...(browser === undefined ? ['No browser looked at the pages: none is installed, or none was wanted.'] : []),
    ...bad.flatMap(({ attacker, selection, problems }) =>
      problems.map((problem) => `  ${`${attacker.name} ${selection}`.padEnd(48)}  ${problem}`),
    ),
  ];
}

if (require.main === module) {
  const built = (name: string): string => join(packageRoot(), 'dist', 'harness', name);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
  endWith(
    runHostile(process.argv.slice(2), {
      cli: [process.execPath, built('cli/main.js')],
      server: [process.execPath, built('servers/hostile/server.js')],
      say: (text) => process.stdout.write(`${text}\n`),
      signal: abort.signal,
    }),
  );
}
