/** The states of a stream by their names, as we see it (RFC 9113 §5.1): `local` is our side, `remote` the target's. */
export type StreamStateName =
  'idle' | 'reserved (remote)' | 'open' | 'half-closed (local)' | 'half-closed (remote)' | 'closed';

/** What was seen of one stream. Plain data that never changes. */
export interface StreamState {
  readonly state: StreamStateName;
  /** We have sent a frame on it, legal or not, so that any answer may name it. */
  readonly isNamed: boolean;
  /** Frames that we have sent on it, and RST_STREAM frames of the target: each of ours can be answered by one (RFC 9113 §5.4.2). */
  readonly sent: number;
  readonly resets: number;
  /** We have sent HEADERS that opened it. */
  readonly isOpened: boolean;
  /** Sides that have sent END_STREAM. */
  readonly ended: { readonly client: boolean; readonly target: boolean };
  /** SETTINGS_INITIAL_WINDOW_SIZE of ours as it was said last when we opened it; whoever sees another value now has adjusted its window (RFC 9113 §6.9.2). */
  readonly windowAtOpening: number | undefined;
  /** Octets that each side may send: granted with WINDOW_UPDATE less spent, without the initial window, which may still change (RFC 9113 §6.9.2). */
  readonly credit: { readonly client: number; readonly target: number };
  /** Complete field sections of each side, promises left out. */
  readonly sections: { readonly client: number; readonly target: number };
  /** The first RST_STREAM of either side. */
  readonly reset: StreamReset | undefined;
  /** Step of the script that sent our END_STREAM, where one did. */
  readonly endStep: number | undefined;
  /** The target had dealt with our END_STREAM, as a fence showed, before its own came: it knows that the stream is closed. */
  readonly isKnownClosed: boolean;
  /** We sent what a closed stream takes no more (RFC 9113 §5.1), so that an answer to it is no wonder. */
  readonly isDisturbed: boolean;
  /** The target does not look at it: it lies above the last stream of a GOAWAY (RFC 9113 §6.8). */
  readonly isRefused: boolean;
}

export interface StreamReset {
  readonly by: 'client' | 'target';
  readonly errorCode: number;
  /** Step of the script that sent it, where one did. */
  readonly step: number | undefined;
  /** We went on sending on the stream, which may provoke another RST_STREAM (RFC 9113 §5.1). */
  readonly isProvoked: boolean;
  /** What the target sent of an answer after a fence had proved that it had dealt with our reset. */
  readonly afterFence: { readonly frames: number; readonly octets: number };
}

/** A stream on which nothing was seen. */
export const idleStream: StreamState = {
  state: 'idle',
  isNamed: false,
  sent: 0,
  resets: 0,
  isOpened: false,
  windowAtOpening: undefined,
  ended: { client: false, target: false },
  credit: { client: 0, target: 0 },
  sections: { client: 0, target: 0 },
  reset: undefined,
  endStep: undefined,
  isKnownClosed: false,
  isDisturbed: false,
  isRefused: false,
};

/** Counts for SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 §5.1.2). */
export const isOpenState = (state: StreamStateName): boolean => state === 'open' || state.startsWith('half-closed');

/** The state after a side has sent END_STREAM. */
export function endStreamState(state: StreamStateName, side: 'client' | 'target'): StreamStateName {
  if (state === 'open') return side === 'client' ? 'half-closed (local)' : 'half-closed (remote)';
  const last = side === 'client' ? 'half-closed (remote)' : 'half-closed (local)';
  return state === last ? 'closed' : state;
}
