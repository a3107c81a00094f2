import type { RowNumber } from '../../catalogue';
import type { Claims } from '../../facts/claims';
import type { ValueRange } from './value-range';

/** What a legal choice decides. A server decides each of these once, so two variations that decide the same exclude each other. */
export type Decision =
  | 'when credit is returned'
  | 'how large the window of a request is'
  | 'how a call past its deadline ends'
  | 'how a malformed request is answered'
  | 'what is done with flawed fields'
  | 'which te is taken'
  | 'which authority is taken'
  | 'how an unknown path is answered'
  | 'how a malformed timeout is answered'
  | 'what becomes of a timeout of zero'
  | 'what content-length means'
  | 'what encoding an answer has'
  | 'how odd gzip is answered'
  | 'how many streams there may be'
  | 'how large a header list may be'
  | 'how a large header list is answered'
  | 'when a connection has served enough'
  | 'how many empty frames there may be'
  | 'which calls are let through';

/**
 * How many rows a whole run must judge under a variation: all that it judges on the plain server; or at least so many, for a reason. A variation under
 * which nothing is judged any more would accuse nobody either.
 */
export type Judges = 'all' | { readonly atLeast: number; readonly because: string };

/** A legal choice of a server. */
export interface Variation {
  /** What the server then does. */
  readonly says: string;
  /** The number that it takes, as in `max-streams=4`. */
  readonly value?: ValueRange;
  readonly decides?: Decision;
  /**
   * `form`: what is sent and how, which no client notices. `target`: a limit, an ending, or something in front of the server, that a client must reckon
   * with (a conformance run as well).
   */
  readonly about: 'form' | 'target';
  readonly judges: Judges;
  /** Area and number of the rows that had something to say about it before they knew better, or may have: they get more inputs. */
  readonly touches?: readonly string[];
  /** Area and number of the rows that warn of it and are right to: it is legal, and not what the documents recommend. */
  readonly warned?: readonly RowNumber[];
  /** True when it can only be seen over TLS. */
  readonly tls?: boolean;
  /** What the author of such a server would say of how long its connections live, by the number. */
  readonly claims?: (value: number) => Claims;
  /** The file in `protos/` with the methods on which it shows, when the usual ones of the self-test do not show it. */
  readonly proto?: string;
}
