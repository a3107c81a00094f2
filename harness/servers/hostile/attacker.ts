import type net from 'node:net';
import type { RawFrame } from '../../wire/frame';
import type { SelectionName } from './selections';

/** A number from 0 to below 1, from the seed of the attacker, so that a case can be played again. */
export type Random = () => number;

/**
 * What is done to a client that connected. `stream` is that of the call it answers, 1 when it answers none. What it returns gets the frames that the client
 * sends from then on; without that they are read and forgotten.
 */
export type Attack = (
  socket: net.Socket,
  stream: number,
  random: Random,
) => void | undefined | ((frame: RawFrame) => void);

/** What becomes of one piece of a correct answer on its way to the client: other octets, nothing, or `close`. `state` belongs to one connection. */
export type Mangle = (
  piece: Uint8Array,
  state: { passed: number; limit?: number },
  random: Random,
) => Uint8Array | 'close' | 'drop';

/** When the attack comes. Before it, and around it, a correct server with all services answers. */
export type Means =
  /** As soon as a client has connected, before a word of HTTP/2. */
  | { readonly moment: 'accept'; readonly attack: Attack }
  /** After our SETTINGS and nothing else. */
  | { readonly moment: 'settings'; readonly attack: Attack }
  /** In answer to every call. */
  | { readonly moment: 'call'; readonly attack: Attack }
  /** In answer to every call of server reflection. */
  | { readonly moment: 'reflection'; readonly attack: Attack }
  /**
   * In answer to a call, and all further ones, of a connection that was made once the launch was over; of each connection, with that probability. The
   * plain calls by which the tool sees that a target still serves are spared unless the attack is total, so that the run goes on to all its rules.
   */
  | { readonly moment: 'run'; readonly attack: Attack; readonly probability?: number; readonly isTotal?: boolean }
  /** What a correct server says on such connections goes through something in between; of each, with that probability. */
  | ({ readonly moment: 'wire'; readonly probability?: number } & Wire)
  /** A server of another kind altogether. */
  | { readonly moment: 'listener'; readonly listen: () => net.Server }
  /** The process of a correct server misbehaves; started by the tool, with `--exec`. */
  | { readonly moment: 'process'; readonly misbehave: (host: HostProcess) => void };

/** What stands between a correct server and the client, in the direction of the client. */
export interface Wire {
  readonly mangle?: Mangle;
  /** Milliseconds that a piece is late; the order stays. */
  readonly delay?: (random: Random) => number;
  /** Each octet is a write of its own. */
  readonly isBytewise?: boolean;
  /** Also on the connections before the run. */
  readonly isAlways?: boolean;
}

/** The process of a correct server, for one that misbehaves as a process. */
export interface HostProcess {
  /** Stops accepting connections, and lets those there are be. */
  readonly stopListening: () => void;
  /** Is called with the number of calls so far. */
  readonly onCall: (listener: (count: number) => void) => void;
}

/** One line of the table. */
export interface Attacker {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  /** What it does, as the end of a sentence that begins with its name. */
  readonly does: string;
  readonly means: Means;
  /** Exit codes that are right for it, by what README says they mean. Interrupted runs end with 130 as well. */
  readonly exitCodes: readonly number[];
  /** What it is run with, by name; see selections.ts. */
  readonly selections: readonly SelectionName[];
  /** Further options of `grpc-conform run`; they come last. */
  readonly options?: readonly string[];
  /** Milliseconds after the start of the process until it listens. */
  readonly listensAfter?: number;
}

/** Columns that a group of attackers has in common. */
export type Common = Pick<Attacker, 'exitCodes' | 'selections'>;
