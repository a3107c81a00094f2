import type { FieldSpec } from '../wire/hpack/encoder';
import type { RawFrame } from '../wire/frame';
import type { Setting } from '../wire/settings';
import type { StrayBits } from '../wire/stray-bits';
import type { TlsChoices } from './tls-choices';

/**
 * What we do to a target, as plain data: fast-check shrinks it, a failure file stores it, `replay` plays it again with no generator involved.
 * Steps run one after the other. A step for a connection that has closed is skipped, and the transcript says so.
 */
export interface Script {
  readonly steps: readonly Step[];
  /** Marks in field values and DATA octets that stand for a nonce: the player puts a fresh one in place of each whenever the script is played. */
  readonly nonces?: readonly string[];
}

export type Step =
  | OpenStep
  | HeadersStep
  | DataStep
  | FrameStep
  | BytesStep
  | SettingsStep
  | GrantStep
  | FloodStep
  | ReadingStep
  | FenceStep
  | AwaitStep
  | PauseStep
  | CloseStep
  | RenegotiateStep
  | AcknowledgeStep
  | ControlStep
  | SampleStep
  | WatchStep;

/** Dials the target, sends the preface and, unless told otherwise, waits for the target's SETTINGS and for the ACK of ours. */
export interface OpenStep {
  readonly do: 'open';
  /** Name of the connection in this script; `main` unless a rule needs several. */
  readonly on: string;
  /** Our SETTINGS; ENABLE_PUSH=0 alone when absent. */
  readonly settings?: readonly Setting[];
  /** What is sent in place of the 24 octets of the preface and our SETTINGS; nothing else is sent on opening. */
  readonly insteadOfPreface?: Uint8Array;
  /** False: go on without waiting for the target's SETTINGS and for the ACK of ours. */
  readonly awaitSettings?: boolean;
  readonly housekeeping?: Housekeeping;
  /** Protocols offered by ALPN over TLS, in this order; `h2` alone when absent. An empty list sends no ALPN extension. */
  readonly alpn?: readonly string[];
  /** What else is offered in the TLS handshake, where it differs from the ordinary; without meaning for a target in clear text. */
  readonly tls?: TlsChoices;
  /** True: what is sent instead of the preface goes out without TLS, also to a target that speaks it, and what comes back is taken as octets, not as frames. */
  readonly clear?: boolean;
  /** Sizes of the TCP writes, in octets, used in rotation for the first 64 writes; when absent each step is one write. */
  readonly segments?: readonly number[];
}

/** What a client owes to each connection of its own accord; a script may switch off each. All are on by default. */
export interface Housekeeping {
  /** Acknowledge SETTINGS at once. */
  readonly ackSettings?: boolean;
  /** Acknowledge PING at once. */
  readonly ackPings?: boolean;
  /** Give back stream credit as DATA arrives. Off: the script grants it. */
  readonly replenishStreams?: boolean;
  /** Give back connection credit as DATA arrives. */
  readonly replenishConnection?: boolean;
}

/**
 * Sends a field block: HEADERS and, where cut, CONTINUATION. A step that opens a stream waits until the target's limit has room for it, and is skipped,
 * with everything else on that stream, after GOAWAY.
 */
export interface HeadersStep {
  readonly do: 'headers';
  readonly on: string;
  readonly stream: number;
  readonly fields: readonly FieldSpec[];
  readonly endStream: boolean;
  /** Offsets in the encoded block at which a new frame starts; offsets past its end are ignored, equal ones make an empty fragment. */
  readonly cuts?: readonly number[];
  readonly padLength?: number;
  readonly priority?: { readonly exclusive: boolean; readonly dependency: number; readonly weight: number };
  /** Dynamic table size updates written before the first field. */
  readonly sizeUpdates?: readonly number[];
  /** False leaves END_HEADERS off the last fragment. */
  readonly endHeaders?: boolean;
  /** Bits without a meaning that its frames have. */
  readonly strayBits?: StrayBits;
  /** Limits that the target has announced and that this step goes beyond on purpose; all others are kept. */
  readonly exceeds?: readonly AnnouncedLimit[];
  /** Present: opens its stream behind a GOAWAY as well, as a client does that has not read it yet: only where that names no lower stream, or whatever it names. */
  readonly afterGoaway?: 'within' | 'beyond';
  /** What becomes of the script when a limit leaves no room for this step: it is abandoned unless told otherwise, or goes on without this stream. */
  readonly whenFull?: 'skip';
}

/** What SETTINGS say of requests: SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_HEADER_LIST_SIZE. */
export type AnnouncedLimit = 'streams' | 'headerList';

/** Sends octets of a stream in DATA frames that obey the target's windows and its SETTINGS_MAX_FRAME_SIZE. */
export interface DataStep {
  readonly do: 'data';
  readonly on: string;
  readonly stream: number;
  readonly octets: Uint8Array;
  readonly endStream: boolean;
  /** Offsets in `octets` at which a new DATA frame starts; equal ones make an empty frame. */
  readonly cuts?: readonly number[];
  /** Pad length of the frames, used in rotation; -1 means a frame without padding. */
  readonly padLengths?: readonly number[];
  /** What every padding octet is; zero, as RFC 9113 §6.1 wants it, when absent. */
  readonly padOctet?: number;
  /** True puts END_STREAM on an extra empty DATA frame. */
  readonly endStreamOnEmptyFrame?: boolean;
  /** Milliseconds without credit after which the rest is left unsent, and the script goes on; when absent credit must come within the budget for a reply. */
  readonly unsentAfter?: number;
  /** Bits without a meaning that its frames have. */
  readonly strayBits?: StrayBits;
}

/** Sends one frame as it stands, however illegal; no window is consulted, but DATA is counted against it. */
export interface FrameStep {
  readonly do: 'frame';
  readonly on: string;
  readonly frame: RawFrame;
  /** True: left out when the frame's stream has ended by then. */
  readonly unlessEnded?: boolean;
}

/** Sends octets as they stand. */
export interface BytesStep {
  readonly do: 'bytes';
  readonly on: string;
  readonly octets: Uint8Array;
}

/** Sends SETTINGS; the client applies them when the target acknowledges. */
export interface SettingsStep {
  readonly do: 'settings';
  readonly on: string;
  readonly settings: readonly Setting[];
}

/** Grants flow-control credit with one WINDOW_UPDATE; stream 0 is the connection. */
export interface GrantStep {
  readonly do: 'grant';
  readonly on: string;
  readonly stream: number;
  readonly octets: number;
}

/**
 * Begins to send the same frames over and over as they stand, and goes on with the script meanwhile; a later flood on the connection waits for its turn, and so does
 * whoever awaits `flooded`. It obeys the back pressure of the target and nothing else, and ends early when the connection ends, when the target announces a connection
 * error or takes no more octets, and when its time is over. The transcript keeps how much was sent, not the octets. From then on nothing that the target does on the
 * connection breaks a rule.
 */
export interface FloodStep {
  readonly do: 'flood';
  readonly on: string;
  /** The field blocks among them must neither need nor change a table. */
  readonly frames: readonly RawFrame[];
  /** How often they are sent. */
  readonly times: number;
  /** What each repetition adds to the stream ids of the frames, where these are not 0; 0 when absent. */
  readonly streamStep?: number;
  /** Repetitions that leave in one write; some hundred when absent, fewer where they are large. */
  readonly perWrite?: number;
  readonly within: Budget;
}

/** The most that a flood may send. */
export const floodBounds = { frames: 500_000, octets: 512 * 1024 * 1024 } as const;

/** Stops reading from the connection, so that its TCP window closes when the buffers of both kernels are full, or reads on. */
export interface ReadingStep {
  readonly do: 'reading';
  readonly on: string;
  readonly reads: boolean;
}

/** Proves that the target's frame layer has dealt with everything before: a SETTINGS and its ACK, or a PING and its ACK (at most one PING fence per connection). */
export interface FenceStep {
  readonly do: 'fence';
  readonly on: string;
  readonly by: 'settings' | 'ping';
  /** The 8 octets of the PING. */
  readonly opaque?: Uint8Array;
  /** What the SETTINGS say; nothing when absent. */
  readonly settings?: readonly Setting[];
  /** True: the script goes on when no ACK comes. */
  readonly optional?: boolean;
}

/** Waits for something to be seen, and no longer than its budget. When the budget runs out the script is abandoned, unless `optional`. */
export interface AwaitStep {
  readonly do: 'await';
  readonly on: string;
  readonly until: Condition;
  readonly within: Budget;
  readonly optional?: boolean;
}

export type Condition =
  /** Response-Headers, or the end of the stream. */
  | { readonly see: 'headers'; readonly stream: number }
  /** That many complete length-prefixed messages on the stream, or its end. */
  | { readonly see: 'messages'; readonly stream: number; readonly count: number }
  /** That many octets of DATA payload (without padding) on the stream, or its end. */
  | { readonly see: 'data'; readonly stream: number; readonly octets: number }
  /** That many octets of DATA payload (without padding) over all streams of the connection. */
  | { readonly see: 'connection-data'; readonly octets: number }
  /** Not one octet of credit left of what we have granted to the stream or to its connection, or its end (RFC 9113 §6.9.1). */
  | { readonly see: 'credit-used'; readonly stream: number }
  /** The end of the stream: END_STREAM, RST_STREAM from either side, GOAWAY below it, or a closed connection; `orError`: or a connection error, behind which nothing need come. */
  | { readonly see: 'end'; readonly stream: number; readonly orError?: true }
  /** RST_STREAM from the target; `orError`: or a connection error (RFC 9113 §5.4.2). */
  | { readonly see: 'reset'; readonly stream: number; readonly orError?: true }
  /** `final`: one that names the last stream, and not the highest id that there is, which only announces another one (RFC 9113 §6.8). */
  | { readonly see: 'goaway'; readonly final?: true }
  /** The ACK of every PING with these octets that we have sent. */
  | { readonly see: 'ping-ack'; readonly opaque: Uint8Array }
  /** A PING of the target that we have not acknowledged. */
  | { readonly see: 'ping' }
  /** On a connection in clear text to a target that speaks TLS: all that it says before it wants our part of the handshake, or an alert. */
  | { readonly see: 'server-flight' }
  /** Every flood that was begun on the connection is over. */
  | { readonly see: 'flooded' }
  /** The connection was closed by the target. */
  | { readonly see: 'closed' }
  /** A connection error in any form: GOAWAY with an error code, or a close by the target (RFC 9113 §5.4.1). */
  | { readonly see: 'connection-error' }
  /** Nothing at all was received for the budget: never fails, always lasts the budget unless the connection closes. */
  | { readonly see: 'quiet' };

/** A named time (its length is set by the run, see {@link Times}) or milliseconds. */
export type Budget = Exclude<keyof Times, 'roundTrip'> | number;

/** How long we wait, in milliseconds; `--timeout` sets `reply`, the others follow it. */
export interface Times {
  /** For an answer from a handler. */
  readonly reply: number;
  /** For the target to close the connection after an error. */
  readonly close: number;
  /** For silence to mean something where no fence can prove it. */
  readonly quiet: number;
  /** For a cancellation to reach the handler. */
  readonly cancel: number;
  /** For connecting, TLS included. */
  readonly connect: number;
  /** One round trip to the target, where it is known. */
  readonly roundTrip?: number;
}

/** Milliseconds from which on a round trip matters for waits that are long enough for a target nearby. */
export const farRoundTrip = 50;

/** The length of a wait, in milliseconds. A fixed one is about what the target does, and does not know how far away it is. */
export function lengthOf(budget: Budget, times: Times): number {
  if (typeof budget !== 'number') return times[budget];
  const { roundTrip = 0 } = times;
  return roundTrip < farRoundTrip ? budget : budget + 2 * roundTrip;
}

export const defaultTimes: Times = { reply: 5000, close: 3000, quiet: 400, cancel: 2000, connect: 5000 };

/** Lets time pass because the rule is about time; never to wait for the target. */
export interface PauseStep {
  readonly do: 'pause';
  readonly milliseconds: number;
}

/** Closes the connection from our side. */
export interface CloseStep {
  readonly do: 'close';
  readonly on: string;
  readonly how: 'fin' | 'reset';
}

/** Asks for a renegotiation of TLS 1.2; the step ends when the target has agreed, refused or closed, or when the budget for answers is over. */
export interface RenegotiateStep {
  readonly do: 'renegotiate';
  readonly on: string;
}

/** Acknowledges the PINGs of the target that were not acknowledged as they came (see {@link Housekeeping}), and from then on each one at once, unless `once`. */
export interface AcknowledgeStep {
  readonly do: 'acknowledge';
  readonly on: string;
  /** True: those that come later wait again. */
  readonly once?: true;
}

/** Asks whoever runs the target for something that cannot be said on the wire. */
export interface ControlStep {
  readonly do: 'control';
  readonly action: 'graceful-stop';
}

/** What can be read of a target's process: its resident memory in octets, or how many file descriptors are open, connections among them. */
export const processFacts = ['rss', 'descriptors'] as const;
export type ProcessFact = (typeof processFacts)[number];

/** Reads a fact about the target's process and records it in the transcript under a label. */
export interface SampleStep {
  readonly do: 'sample';
  readonly what: ProcessFact;
  readonly label: string;
}

/**
 * Reads a fact about the target's process again and again, until it has grown or stands still, and records the last reading under a label: so that a server
 * that is in order does not cost the time that one takes to be found out.
 */
export interface WatchStep {
  readonly do: 'watch';
  readonly what: ProcessFact;
  /** Label of the reading that growth is counted from. */
  readonly from: string;
  readonly label: string;
  /** Growth, in octets or descriptors, after which nothing more is to be seen. */
  readonly growth: number;
  /** Milliseconds, at most. */
  readonly within: number;
  /** True: waits until it has grown by no more than that, which takes no time where it never has. */
  readonly returns?: boolean;
}
