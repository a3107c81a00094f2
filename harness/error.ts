/** What every error of ours carries: a stable code, a sentence that says what to try, and the cause. Never used for what a target did wrong. */
export type ConformErrorCode =
  | 'ERR_USAGE'
  | 'ERR_CONFIG'
  | 'ERR_BASELINE'
  | 'ERR_SUITE'
  | 'ERR_FAILURE_FILE'
  | 'ERR_RUN_FILE'
  | 'ERR_OUTPUT'
  | 'ERR_SCHEMA'
  | 'ERR_NOTHING_SELECTED'
  | 'ERR_NOTHING_EXECUTED'
  | 'ERR_MISSING_TOOLCHAIN'
  | 'ERR_TARGET_UNREACHABLE'
  | 'ERR_TARGET_NOT_HTTP2'
  | 'ERR_TARGET_TLS'
  | 'ERR_TARGET_NOT_READY'
  | 'ERR_TARGET_EXITED'
  | 'ERR_TARGET_LOST'
  | 'ERR_SECOND_OPINION'
  | 'ERR_SCRIPT'
  | 'ERR_INTERNAL';

/** Exit codes of the command line (architecture: verdicts). */
export const exitCodes = {
  conformant: 0,
  findings: 1,
  usage: 2,
  unreachable: 3,
  targetLost: 4,
  internal: 70,
  interrupted: 130,
} as const;

const exitCodeOf: Record<ConformErrorCode, number> = {
  ERR_USAGE: exitCodes.usage,
  ERR_CONFIG: exitCodes.usage,
  ERR_BASELINE: exitCodes.usage,
  ERR_SUITE: exitCodes.usage,
  ERR_FAILURE_FILE: exitCodes.usage,
  ERR_RUN_FILE: exitCodes.usage,
  ERR_OUTPUT: exitCodes.usage,
  ERR_SCHEMA: exitCodes.usage,
  ERR_NOTHING_SELECTED: exitCodes.usage,
  ERR_NOTHING_EXECUTED: exitCodes.usage,
  ERR_MISSING_TOOLCHAIN: exitCodes.usage,
  ERR_TARGET_UNREACHABLE: exitCodes.unreachable,
  ERR_TARGET_NOT_HTTP2: exitCodes.unreachable,
  ERR_TARGET_TLS: exitCodes.unreachable,
  ERR_TARGET_NOT_READY: exitCodes.unreachable,
  ERR_TARGET_EXITED: exitCodes.unreachable,
  ERR_TARGET_LOST: exitCodes.targetLost,
  ERR_SECOND_OPINION: exitCodes.internal,
  ERR_SCRIPT: exitCodes.internal,
  ERR_INTERNAL: exitCodes.internal,
};

export interface ConformErrorOptions {
  readonly cause?: unknown;
  /** Lines that are quoted below the sentence, what a process printed for example. */
  readonly details?: readonly string[];
}

/** Something that we, our user or the environment did wrong; the message is one clear sentence and what to try next, and then its details. */
export class ConformError extends Error {
  override readonly name = 'ConformError';
  readonly code: ConformErrorCode;
  /** The message without its details. What it quotes may hold line breaks. */
  readonly sentence: string;
  readonly details: readonly string[];

  constructor(code: ConformErrorCode, sentence: string, { details = [], ...options }: ConformErrorOptions = {}) {
    super([sentence, ...details].join('\n'), options);
    this.code = code;
    this.sentence = sentence;
    this.details = details;
  }

  /** The exit code that the command line ends with when this error reaches it. */
  get exitCode(): number {
    return exitCodeOf[this.code];
  }
}

/** True for an error of ours; works across copies of the package and jest's sandboxes, where `instanceof` does not. */
export function isConformError(value: unknown): value is ConformError {
  return value instanceof Error ? value.name === 'ConformError' : hasConformName(value);
}

function hasConformName(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && value.name === 'ConformError';
}
