import { isInRange, splitNameAndValue, type ValueRange } from './value-range';

/** The plainest ways to be wrong: a call that does not work at all, and what a careless port of a library leaves out. */
export interface PlainDefect {
  /** What the server then does wrong. */
  readonly says: string;
  /** Area and number of the rows that may name it; one of them must be among the first findings of a whole run. */
  readonly finds: readonly string[];
  /** True when no document forbids it, and only the promise of a fixture is broken: lost where it is expected. */
  readonly isPromise?: boolean;
  /** The number that it takes, as in `plain:exit-every=150`. */
  readonly value?: ValueRange;
}

/** Ways in which all calls of one kind can be dead. */
const deaths = {
  reset: 'are reset with INTERNAL_ERROR',
  hang: 'are never answered',
  status: 'end with UNKNOWN',
} as const;

export type Death = keyof typeof deaths;

/** The kinds of calls, and the row about the plain call of each. */
const kinds = {
  unary: 'RPC-01',
  'client-streaming': 'RPC-02',
  'server-streaming': 'RPC-03',
  'bidirectional-streaming': 'RPC-04',
} as const;

type Kind = keyof typeof kinds;
type DeadKind = `plain:${Kind}-${Death}`;

const deadKinds = Object.fromEntries(
  Object.entries(kinds).flatMap(([kind, row]) =>
    Object.entries(deaths).map(([death, says]): [string, PlainDefect] => [
      `plain:${kind}-${death}`,
      { says: `All calls of ${kind} methods ${says}`, finds: [row] },
    ]),
  ),
) as unknown as Readonly<Record<DeadKind, PlainDefect>>;

const others = {
  'plain:no-trailers': {
    says: 'Answers end with END_STREAM on their last DATA frame, without trailers',
    finds: ['TRAIL-01', 'TRAIL-02', 'TRAIL-03', 'RPC-01'],
  },
  'plain:no-headers': {
    says: 'Answers begin with DATA, without Response-Headers',
    finds: ['RESP-01', 'RESP-02', 'RESP-04', 'RPC-01'],
  },
  'plain:prefix-of-6': {
    says: 'The prefix of a request message is taken for 6 octets',
    finds: ['RPC-01', 'RPC-02', 'RPC-03', 'RPC-04'],
  },
  'plain:no-metadata': {
    says: 'Custom metadata is never sent',
    finds: ['REQ-24', 'REQ-25', 'REQ-26', 'RESP-08', 'TRAIL-08'],
    isPromise: true,
  },
  'plain:gzip-as-is': {
    says: 'A request message in gzip is handed over compressed',
    finds: ['COMP-02', 'METHOD-11'],
  },
  'plain:unary-as-bidirectional': {
    says: 'Unary methods of TestService are run by the handler of a bidirectional one',
    finds: ['RPC-01', 'RPC-06'],
  },
  'plain:late-settings': {
    says: 'SETTINGS is sent only after the first HEADERS of the client',
    finds: ['CONN-01', 'CONN-05'],
  },
  'plain:unnamed-encoding': {
    says: 'Answers are compressed where the client accepts it, and no grpc-encoding says how',
    finds: ['COMP-14', 'COMP-02'],
  },
  'plain:flag-on-empty': {
    says: 'An answer without octets has Compressed-Flag 1 where the client accepts an encoding',
    finds: ['COMP-14', 'MSG-13'],
  },
  'plain:end-stream-on-continuation': {
    says: 'The END_STREAM of trailers that need CONTINUATION is on the last CONTINUATION, not on HEADERS',
    finds: ['TRAIL-01', 'TRAIL-10', 'FRAME-23'],
  },
  'plain:exit-every': {
    says: 'The process ends with exit code 2 at each call that is a multiple of that number',
    finds: ['ALIVE-01'],
    value: { unit: 'calls', least: 1, most: 10_000, always: [20, 150] },
  },
  'plain:stops-at': {
    says: 'From that call of the process on, no call is answered',
    finds: ['ALIVE-02'],
    value: { unit: 'calls', least: 1, most: 10_000, always: [12] },
  },
  'plain:small-window-unused': {
    says: 'DATA waits until the window has room for the whole frame that is queued',
    finds: ['FLOW-03', 'FLOW-01', 'METHOD-08', 'STATUS-08'],
  },
  'plain:empty-messages-lost': {
    says: 'Every empty message of a client-streaming or bidirectional request is lost',
    finds: ['MSG-05'],
  },
  'plain:deadline-overflow': {
    says: 'The timer of a timeout of more than 2^31-1 milliseconds fires after one millisecond',
    finds: ['DL-01'],
  },
  'plain:no-tiny-deadline': {
    says: 'A timeout of less than 100 nanoseconds is none',
    finds: ['DL-01', 'DL-03'],
  },
} as const satisfies Readonly<Record<`plain:${string}`, PlainDefect>>;

export type PlainDefectName = DeadKind | keyof typeof others;

/** All plain defects by their names. */
export const plainDefects: Readonly<Record<PlainDefectName, PlainDefect>> = { ...deadKinds, ...others };

export const plainDefectNames = Object.keys(plainDefects) as readonly PlainDefectName[];

/** A plain defect that a server has, with its number where it takes one. */
export interface ChosenPlainDefect {
  readonly name: PlainDefectName;
  readonly value?: number;
}

/** The plain defect that `plain:name` or `plain:name=value` stands for, or undefined. */
export function findPlainDefect(text: string): ChosenPlainDefect | undefined {
  const parts = splitNameAndValue(text);
  if (parts === undefined || !Object.hasOwn(plainDefects, parts.name)) return undefined;
  const chosen = { ...parts, name: parts.name as PlainDefectName };
  return isInRange(plainDefects[chosen.name].value, chosen.value) ? chosen : undefined;
}

/** How calls of that kind are dead, if they are. */
export function findDeath(kind: Kind, defect: (name: PlainDefectName) => boolean): Death | undefined {
  return (Object.keys(deaths) as Death[]).find((death) => defect(`plain:${kind}-${death}`));
}
