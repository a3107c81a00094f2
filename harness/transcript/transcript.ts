import type { ReachedBound } from './reached-bound';

/**
 * The one truth about a run: every octet with its time and direction, per connection, in the order seen. Frames, calls, rules, reports and captures
 * are computed from it, so what we judge live we can judge again from disk.
 */
export interface Transcript {
  readonly connections: readonly ConnectionTranscript[];
  /** What {@link SampleStep}s read, by label; a label is absent when the fact could not be read. */
  readonly samples: Readonly<Record<string, number>>;
  /** The await that ran out of time and ended the script, if one did. */
  readonly abandoned?: Abandoned;
}

/** What TLS agreed on. */
export interface ConnectedTls {
  /** Empty when the target selected no protocol. */
  readonly alpn: string;
  readonly version: string;
  readonly cipher: string;
  /** True when a session was resumed. */
  readonly resumed?: boolean;
}

export interface Abandoned {
  /** Index of the step in the script. */
  readonly step: number;
  /** What we waited for, in words. */
  readonly waitedFor: string;
  readonly milliseconds: number;
  /** The limit of the target's that our script could not keep and go on: then the target owes nothing. Absent when the target owed what did not come. */
  readonly limit?: string;
}

export interface ConnectionTranscript {
  /** The name the script gave it. */
  readonly name: string;
  readonly events: readonly TranscriptEvent[];
}

/** How a flood of ours ended: all was sent, the connection closed, the target announced a connection error, it took no more octets, or the time was over. */
export type FloodEnd = 'sent' | 'closed' | 'refused' | 'stalled' | 'late';

/** `at` is in milliseconds since the script started, with fractions. */
export type TranscriptEvent =
  | {
      readonly kind: 'connected';
      readonly at: number;
      /** Over TLS only. `alpn` is empty when the target selected none. */
      readonly tls?: ConnectedTls;
      /** True: no TLS was spoken with a target that wants it, or none of the octets received are to be read as frames. */
      readonly clear?: boolean;
    }
  /** We never got a connection; `reason` is one clear sentence. */
  | { readonly kind: 'connect-failed'; readonly at: number; readonly reason: string; readonly errorName: string }
  | {
      readonly kind: 'sent';
      readonly at: number;
      readonly octets: Uint8Array;
      /** Index of the script's step that sent it, or what the client did on its own. */
      readonly by: number | 'housekeeping';
    }
  | { readonly kind: 'received'; readonly at: number; readonly octets: Uint8Array }
  /** We stopped listening after `limit` octets because what is kept is bounded; `bound` is absent in files of older versions. */
  | { readonly kind: 'overflow'; readonly at: number; readonly limit: number; readonly bound?: ReachedBound }
  /** The first that ended the connection. A reset by the target counts as a close. */
  | { readonly kind: 'closed'; readonly at: number; readonly by: 'target' | 'client'; readonly how: 'fin' | 'reset' }
  /** A TLS handshake was made on a connection that had one; `by` is who had asked for it. */
  | { readonly kind: 'renegotiated'; readonly at: number; readonly by: 'target' | 'client' }
  /** An await of this connection ran out of time (see {@link Transcript.abandoned}), or an optional one did. */
  | { readonly kind: 'timeout'; readonly at: number; readonly step: number; readonly waitedFor: string }
  /** The target's frame layer had dealt with everything that was sent before step `step`. */
  | { readonly kind: 'fenced'; readonly at: number; readonly step: number }
  /**
   * We began to flood the target, or ended it, `ended` says how; `frames` and `octets` count what was sent by then. What the target does on a connection with such an
   * event breaks no rule.
   */
  | {
      readonly kind: 'flood';
      readonly at: number;
      readonly step: number;
      readonly frames: number;
      readonly octets: number;
      readonly ended?: FloodEnd;
    }
  /** A step that was not played because the connection had closed. */
  | { readonly kind: 'skipped'; readonly at: number; readonly step: number };
