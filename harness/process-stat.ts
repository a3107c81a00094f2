/** What `/proc/PID/stat` of Linux says of a process (proc(5)). */
export interface ProcessStat {
  /** One letter; `Z` for one that has ended and only waits to be reaped. */
  readonly state: string;
  readonly group: string;
  /** When it began, in ticks since the machine did. */
  readonly began: string | undefined;
}

/** Reads the text of such a file: "pid (comm) state ppid pgrp …"; the command may contain anything, also parentheses. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', group: fields[2] ?? '', began: fields[19] };
}
