/** What holds for a run of the command line against any target. */
export const bounds = {
  /** Milliseconds from the start of the process to its end. */
  time: 60_000,
  /** Milliseconds from SIGTERM to the end. */
  interruption: 5000,
  /** Octets of resident memory, at the peak. */
  memory: 512 * 1024 * 1024,
  /** Octets of the page, below. */
  page: 1_000_000,
  /** Octets on the terminal, both outputs together. */
  terminal: 16 * 1024 * 1024,
  /** Milliseconds after the end, for the processes that it started to be gone. */
  disappearance: 5000,
} as const;
