import type { RunListener } from '../events';
import { githubConsole } from './github';
import { jsonConsole } from './json';
import { lineConsole } from './line';
import type { ConsoleOptions } from './options';
import { prettyConsole } from './pretty';

export { wantsColor, type ConsoleOptions } from './options';

/** What `--reporter` takes. */
export const consoleNames = ['pretty', 'line', 'github', 'json'] as const;

export type ConsoleName = (typeof consoleNames)[number];

/** The console of that name. */
export function createConsole(name: ConsoleName, options: ConsoleOptions): RunListener {
  return { pretty: prettyConsole, line: lineConsole, github: githubConsole, json: jsonConsole }[name](options);
}
