/** What every console needs of its surroundings; nothing here reads the process. */
export interface ConsoleOptions {
  /** Takes text as it is to be printed, line ends included. */
  readonly write: (text: string) => void;
  /** Takes commands of ours for the runner that reads what is printed; they are to reach it as they are. */
  readonly writeCommands: (text: string) => void;
  readonly color: boolean;
  /** False: there is no line that is drawn again and again. True when absent. */
  readonly isTerminal?: boolean;
  /** Width of the terminal right now; 80 when absent. */
  readonly columns?: () => number;
  /** 1: a line per input; 2: also the frames of failing inputs. */
  readonly verbosity?: 0 | 1 | 2;
  /** The folder that the run is written to, as the user would type it; without it no files are mentioned. */
  readonly outputDirectory?: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** True when a terminal wants colours: `NO_COLOR` and `FORCE_COLOR` come before what the terminal is (no-color.org). */
export function wantsColor(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && environment['TERM'] !== 'dumb';
}
