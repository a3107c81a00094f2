/** What an attacker is run with: selectors and options of `grpc-conform run`. */
export interface Selection {
  readonly words: readonly string[];
  /** Variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** SIGTERM is sent in mid-run. */
  readonly isInterrupted?: boolean;
}

/** Short waits, since most attackers never answer; otherwise everything is as it comes. */
const common = ['--seed', '7', '--timeout', '1500ms', '--connect-timeout', '4s'];

/** Rules that need messages, metadata, windows and streams. */
const fourAreas = ['MSG-02', 'STATUS-03', 'FLOW-01', 'RPC-03'];

const make = (words: readonly string[], more: Omit<Selection, 'words'> = {}): Selection => ({
  words: [...words, ...common],
  ...more,
});

const onGithub = { GITHUB_ACTIONS: 'true', CI: 'true' };

/** The selections by name. */
export const selections = {
  /** One rule that needs nothing of a target. */
  plain: make(['REQ-21', '--runs', '10']),
  /** Rules of four areas, with all frames on the console. */
  calls: make([...fourAreas, '--runs', '10', '-vv', '--reporter', 'pretty']),
  /** On GitHub Actions, whose runner obeys what is printed. */
  github: make(['REQ-21', 'STATUS-03', '--runs', '5', '-v'], { environment: onGithub }),
  /** For scripts. */
  json: make(['REQ-21', 'STATUS-03', '--runs', '5', '--reporter', 'json']),
  /** Methods of the target's own, as its reflection describes them. */
  own: make(['METHOD', '--runs', '5', '--method', '*']),
  ownOnGithub: make(['METHOD', '--runs', '5', '--method', '*', '-v'], { environment: onGithub }),
  /** As long as the time of a case lasts, but for SIGTERM. */
  stopped: make([...fourAreas, '--runs', '100000', '--no-shrink'], { isInterrupted: true }),
  /** Where each input takes long. */
  slow: make([...fourAreas, '--runs', '3']),
  /** Everything, within half a minute. */
  whole: make(['--runs', '10', '--time-budget', '30s']),
} as const satisfies Readonly<Record<string, Selection>>;

export type SelectionName = keyof typeof selections;
