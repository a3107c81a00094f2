import { initialSettings } from '../wire/settings';
import { IntegerMap } from './integer-map';
import { initialSettingsState, largestSetting, type SettingsState } from './settings-state';
import { idleStream, isOpenState, type StreamState } from './stream-state';

/** Who sends: we, the client, or the target. */
export type Side = 'client' | 'target';

export const otherSide = (side: Side): Side => (side === 'client' ? 'target' : 'client');

/** What was seen of one side of a connection. Plain data that never changes; every field is there, since states of one shape are copied much faster. */
export interface SideState {
  /** Frames that it has sent. */
  readonly frames: number;
  readonly settings: SettingsState;
  /** Octets that it may send on the connection: the credit that the other side has granted, less the DATA that it sent (RFC 9113 §6.9). */
  readonly window: number;
  /** Stream of its field block that is open, while one is: nothing may come between (RFC 9113 §4.3). */
  readonly openBlock: number | undefined;
  /** Its PINGs that the other side has not acknowledged, counted by their first and last four octets. */
  readonly pings: IntegerMap<IntegerMap<number>>;
  /** Its last GOAWAY. */
  readonly goaway: { readonly lastStreamId: number; readonly errorCode: number } | undefined;
  /** It has said GOAWAY with an error code, be it followed by one without (RFC 9113 §5.4.1). */
  readonly hasFailed: boolean;
}

/** What was seen on a connection up to some packet: the one reading that the player, the rules and the page share. Plain data that never changes. */
export interface ConnectionState {
  readonly client: SideState;
  readonly target: SideState;
  readonly streams: IntegerMap<StreamState>;
  /** Streams that count for SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 §5.1.2). */
  readonly openStreams: number;
  /** The highest stream that we have opened. */
  readonly highestStream: number;
  /** The last step before which the target's frame layer had dealt with everything; -1 when there is none. */
  readonly fencedStep: number;
  /** Streams that we opened, the latest first, so that GOAWAY finds those that it refuses; some of them have been closed since. */
  readonly openings: Opening | undefined;
}

interface Opening {
  readonly streamId: number;
  readonly before?: Opening | undefined;
}

const silentSide: SideState = {
  frames: 0,
  settings: initialSettingsState,
  window: initialSettings.INITIAL_WINDOW_SIZE,
  openBlock: undefined,
  pings: IntegerMap.empty(),
  goaway: undefined,
  hasFailed: false,
};

/** Before the first packet. */
export const initialState: ConnectionState = {
  client: silentSide,
  target: silentSide,
  streams: IntegerMap.empty(),
  openStreams: 0,
  highestStream: 0,
  fencedStep: -1,
  openings: undefined,
};

export const streamOf = ({ streams }: ConnectionState, streamId: number): StreamState =>
  streams.get(streamId) ?? idleStream;

/** Credit that has not been spent, in octets; may be below zero (RFC 9113 §6.9.2). */
export interface Windows {
  readonly stream: number;
  readonly connection: number;
}

/** What a side may still send on a stream, by what the other side has said last. */
export function windowsOf(state: ConnectionState, side: Side, streamId: number): Windows {
  const initial = state[otherSide(side)].settings.latest.INITIAL_WINDOW_SIZE;
  return { stream: initial + streamOf(state, streamId).credit[side], connection: state[side].window };
}

/** The same where SETTINGS are still on their way: the most that the side may rightly believe in. */
export function largestWindowsOf(state: ConnectionState, side: Side, streamId: number): Windows {
  const initial = largestSetting(state[otherSide(side)].settings, 'INITIAL_WINDOW_SIZE');
  return { stream: initial + streamOf(state, streamId).credit[side], connection: state[side].window };
}

/** Streams of ours that count for SETTINGS_MAX_CONCURRENT_STREAMS, the latest first: those that are still open are mostly among the last. */
export function* openStreamsOf({
  openings,
  openStreams,
  streams,
}: ConnectionState): Generator<readonly [number, StreamState]> {
  let left = openStreams;
  for (let opening = openings; opening !== undefined && left > 0; opening = opening.before) {
    const stream = streams.get(opening.streamId);
    if (stream === undefined || !isOpenState(stream.state)) continue;
    left--;
    yield [opening.streamId, stream];
  }
}
