import type { CallRequest } from '../grpc/call-request';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { markedCall } from '../moves/marked-call';
import { absentMethod } from '../moves/plainest-call';
import { unknownMethod } from '../grpc/test-service';
import { joinOctets } from '../wire/join-octets';
import { initialSettings } from '../wire/settings';

/** The kinds of call that a session makes. */
export const sessionKinds = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'] as const;

export type SessionKind = (typeof sessionKinds)[number];

/** A call of one of these kinds, or one to a method that no server has. */
export type SessionCallKind = SessionKind | 'refused';

/** A call of a session, as far as the script says what became of it. */
export interface SessionCall {
  readonly kind: SessionCallKind;
  /** What its answer is known by: octets of a message, another number than that of its neighbours. */
  readonly mark: number;
  /** Octets of the request that were sent, prefixes included. */
  readonly sent: number;
  /** Octets of the request. */
  readonly length: number;
  /** `open`: we may say more. `half-closed`: the answer is awaited in the end. `ended`: it was awaited. `cancelled`: nothing is owed. */
  readonly state: 'open' | 'half-closed' | 'ended' | 'cancelled';
}

/** What is known of a session while it is written: no more than is needed to tell which moves make sense. */
export interface SessionState {
  /** In the order in which they were opened. */
  readonly calls: readonly SessionCall[];
  /** Octets that a new stream has for its answer: our last SETTINGS_INITIAL_WINDOW_SIZE. */
  readonly window: number;
  readonly cancelled: number;
  readonly pings: number;
}

/** What the target takes. */
export interface SessionRoom {
  /** Calls on the connection. */
  readonly calls: number;
  /** Calls under way at the same time. */
  readonly atOnce: number;
}

/** Resets of ours that no server takes for an attack (DOS-01). */
export const mostCancelled = 10;

/** PINGs that no server takes for too many: the least bound among real servers is two without DATA of theirs between. */
export const mostPings = 2;

/** Neighbours that must differ. */
const marks = 8;

/** Largest size of a move; with the mark it stays far below any window. */
export const largestSize = 250;

export const newSession: SessionState = {
  calls: [],
  window: initialSettings.INITIAL_WINDOW_SIZE,
  cancelled: 0,
  pings: 0,
};

/** True while answers have all the credit that they need. */
export const isFlowing = ({ window }: SessionState): boolean => window === initialSettings.INITIAL_WINDOW_SIZE;

/** Calls that are under way, as far as we know. */
export const underWay = ({ calls }: SessionState): readonly SessionCall[] =>
  calls.filter(({ state }) => state === 'open' || state === 'half-closed');

/** True when one more call has room; `times`: so many, one after the other. */
export const hasRoom = (state: SessionState, room: SessionRoom, times = 1): boolean =>
  underWay(state).length < room.atOnce && state.calls.length + times <= room.calls;

/** The number in {@link SessionState.calls} of one that we may say more on: any pick means one. Undefined when there is none. */
export function pickOpen({ calls }: SessionState, pick: number): number | undefined {
  const open = calls.flatMap(({ state }, index) => (state === 'open' ? [index] : []));
  return open[pick % Math.max(1, open.length)];
}

/** The number of one that is under way. */
export function pickUnderWay({ calls }: SessionState, pick: number): number | undefined {
  const some = calls.flatMap(({ state }, index) => (state === 'open' || state === 'half-closed' ? [index] : []));
  return some[pick % Math.max(1, some.length)];
}

/** The state with one call changed. */
export const withCall = (state: SessionState, index: number, change: Partial<SessionCall>): SessionState => ({
  ...state,
  calls: state.calls.map((call, place) => (place === index ? { ...call, ...change } : call)),
});

/** A call of that kind and size behind those that there are. */
export function nextCall({ calls }: SessionState, kind: SessionCallKind, size: number): SessionCall {
  const mark = size * marks + (calls.length % marks);
  return { kind, mark, sent: 0, length: bodyOf({ kind, mark }).length, state: 'open' };
}

/** The request of a call, marked as the call is. */
export const requestOf = ({ kind, mark }: Pick<SessionCall, 'kind' | 'mark'>): CallRequest =>
  kind === 'refused' ? unknownMethod(absentMethod) : markedCall(kind, mark);

/** The octets of the request as they go into DATA. */
export const bodyOf = (call: Pick<SessionCall, 'kind' | 'mark'>): Uint8Array =>
  joinOctets(requestOf(call).messages.map((message) => encodeMessage(message)));
