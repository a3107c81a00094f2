import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { octetsOf } from '../grpc/octets';
import { echoInitialName } from '../grpc/test-service';
import { ping } from '../wire/builders';
import { initialSettings, settingIds } from '../wire/settings';
import {
  bodyOf,
  hasRoom,
  isFlowing,
  mostCancelled,
  mostPings,
  nextCall,
  pickOpen,
  pickUnderWay,
  requestOf,
  withCall,
  type SessionCallKind,
  type SessionKind,
  type SessionRoom,
  type SessionState,
} from './session-state';

/** Something that a session does next, as plain data. `pick` means any call that it can mean, counted modulo. */
export type Move =
  /** The header of a call. */
  | { readonly do: 'open'; readonly kind: SessionKind; readonly size: number }
  /** The next octets of its request, in one DATA frame. */
  | { readonly do: 'send'; readonly pick: number; readonly octets: number }
  /** The rest of its request, and the half-close. */
  | { readonly do: 'finish'; readonly pick: number }
  /** The same, and the wait for its end. */
  | { readonly do: 'complete'; readonly pick: number }
  /** RST_STREAM. */
  | { readonly do: 'cancel'; readonly pick: number }
  /** Whole unary calls, one after the other. */
  | { readonly do: 'calls'; readonly times: number; readonly size: number }
  /** A call to a method that no server has. */
  | { readonly do: 'refused' }
  /** WINDOW_UPDATE on a stream that is under way, or on the connection. */
  | { readonly do: 'grant'; readonly pick: number; readonly onConnection: boolean; readonly octets: number }
  | { readonly do: 'ping'; readonly seed: number; readonly waits: boolean }
  /** SETTINGS_INITIAL_WINDOW_SIZE, and the wait for its acknowledgement. */
  | { readonly do: 'window'; readonly octets: number }
  /** SETTINGS_HEADER_TABLE_SIZE, and the wait for its acknowledgement. */
  | { readonly do: 'table'; readonly octets: number };

/** What writes a session: the script, and the streams of its calls by their number. */
export interface SessionScript {
  readonly script: PlanBuilder;
  readonly writers: CallWriter[];
  /** Calls carry a field that handlers copy. */
  readonly echoes: boolean;
}

/** One kind of move. */
interface MoveKind<M extends Move> {
  /** True when it makes sense now; a move that does not writes nothing. */
  readonly applies: (state: SessionState, move: M, room: SessionRoom) => boolean;
  readonly next: (state: SessionState, move: M) => SessionState;
  /** Appends the steps. @param state before the move */
  readonly write: (session: SessionScript, state: SessionState, move: M) => void;
}

/** What call number `index` is known by in its Response-Headers. */
export const echoOf = (index: number): string => `call ${index}`;

const begin = (
  { script, writers, echoes }: SessionScript,
  state: SessionState,
  kind: SessionCallKind,
  size: number,
) => {
  const index = state.calls.length;
  const metadata = echoes ? [{ name: echoInitialName, value: echoOf(index) }] : [];
  // In which form a call is refused is a rule of its own (REQ-21).
  const legal = kind !== 'refused';
  const writer = script.begin(requestOf(nextCall(state, kind, size)), { metadata, legal });
  writers[index] = writer;
  return writer;
};

/** The rest of a request with its half-close: an empty DATA frame when nothing is left. */
function sendRest({ writers }: SessionScript, { calls }: SessionState, index: number): void {
  const call = calls[index]!;
  writers[index]?.sendOctets(bodyOf(call).subarray(call.sent), { endStream: true });
}

const plainWindow = initialSettings.INITIAL_WINDOW_SIZE;

const kinds: { readonly [Name in Move['do']]: MoveKind<Extract<Move, { do: Name }>> } = {
  open: {
    applies: (state, _, room) => hasRoom(state, room),
    next: (state, { kind, size }) => ({ ...state, calls: [...state.calls, nextCall(state, kind, size)] }),
    write: (session, state, { kind, size }) => void begin(session, state, kind, size),
  },
  send: {
    applies: (state, { pick }) => {
      const call = state.calls[pickOpen(state, pick) ?? -1];
      return call !== undefined && call.sent < call.length;
    },
    next: (state, { pick, octets }) => {
      const index = pickOpen(state, pick)!;
      const { sent, length } = state.calls[index]!;
      return withCall(state, index, { sent: Math.min(length, sent + octets) });
    },
    write: ({ writers }, state, { pick, octets }) => {
      const index = pickOpen(state, pick)!;
      const call = state.calls[index]!;
      writers[index]?.sendOctets(bodyOf(call).subarray(call.sent, call.sent + octets));
    },
  },
  finish: {
    applies: (state, { pick }) => pickOpen(state, pick) !== undefined,
    next: (state, { pick }) => withCall(state, pickOpen(state, pick)!, { state: 'half-closed' }),
    write: (session, state, { pick }) => sendRest(session, state, pickOpen(state, pick)!),
  },
  complete: {
    applies: (state, { pick }) => isFlowing(state) && pickOpen(state, pick) !== undefined,
    next: (state, { pick }) => withCall(state, pickOpen(state, pick)!, { state: 'ended' }),
    write: (session, state, { pick }) => {
      const index = pickOpen(state, pick)!;
      sendRest(session, state, index);
      session.writers[index]?.awaitEnd();
    },
  },
  cancel: {
    applies: (state, { pick }) => pickUnderWay(state, pick) !== undefined && state.cancelled < mostCancelled,
    next: (state, { pick }) => ({
      ...withCall(state, pickUnderWay(state, pick)!, { state: 'cancelled' }),
      cancelled: state.cancelled + 1,
    }),
    write: ({ writers }, state, { pick }) => void writers[pickUnderWay(state, pick)!]?.resetUnlessEnded(),
  },
  calls: {
    applies: (state, { times }, room) => isFlowing(state) && hasRoom(state, room, times),
    next: (state, { times, size }) => {
      let { calls } = state;
      for (let count = 0; count < times; count++)
        calls = [...calls, { ...nextCall({ ...state, calls }, 'unary', size), state: 'ended' }];
      return { ...state, calls };
    },
    write: (session, state, { times, size }) => {
      let { calls } = state;
      for (let count = 0; count < times; count++) {
        const call = nextCall({ ...state, calls }, 'unary', size);
        begin(session, { ...state, calls }, 'unary', size)
          .sendOctets(bodyOf(call), { endStream: true })
          .awaitEnd();
        calls = [...calls, call];
      }
    },
  },
  refused: {
    applies: (state, _, room) => isFlowing(state) && hasRoom(state, room),
    next: (state) => ({ ...state, calls: [...state.calls, { ...nextCall(state, 'refused', 0), state: 'ended' }] }),
    write: (session, state) => {
      const call = nextCall(state, 'refused', 0);
      begin(session, state, 'refused', 0).sendOctets(bodyOf(call), { endStream: true }).awaitEnd();
    },
  },
  grant: {
    applies: (state, { pick, onConnection }) => onConnection || pickUnderWay(state, pick) !== undefined,
    next: (state) => state,
    write: ({ script, writers }, state, { pick, onConnection, octets }) => {
      if (onConnection) script.grant(0, octets);
      else writers[pickUnderWay(state, pick)!]?.grant(octets);
    },
  },
  ping: {
    applies: ({ pings }) => pings < mostPings,
    next: (state) => ({ ...state, pings: state.pings + 1 }),
    write: ({ script }, _, { seed, waits }) => {
      const opaque = octetsOf({ length: 8, seed });
      if (waits) script.fence({ by: 'ping', opaque });
      else script.frame(ping(opaque));
    },
  },
  window: {
    applies: ({ window }, { octets }) => window !== octets,
    next: (state, { octets }) => ({ ...state, window: octets }),
    write: ({ script }, _, { octets }) => {
      // One after the other: some servers acknowledge two that come together once.
      script.fence({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: octets }] });
    },
  },
  table: {
    applies: () => true,
    next: (state) => state,
    write: ({ script }, _, { octets }) =>
      void script.fence({ settings: [{ id: settingIds.HEADER_TABLE_SIZE, value: octets }] }),
  },
};

/** What becomes of the session by a move, and whether it was written. */
export function applyMove(state: SessionState, move: Move, room: SessionRoom, session: SessionScript): SessionState {
  const kind = kinds[move.do] as unknown as MoveKind<Move>;
  if (!kind.applies(state, move, room)) return state;
  kind.write(session, state, move);
  return kind.next(state, move);
}

/** Gives every answer its credit, finishes what is open, and waits for all ends. */
export function settleSession(state: SessionState, session: SessionScript): SessionState {
  if (!isFlowing(state)) {
    session.script.fence({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: plainWindow }] });
  }
  for (const [index, call] of state.calls.entries()) if (call.state === 'open') sendRest(session, state, index);
  for (const [index, call] of state.calls.entries()) {
    if (call.state === 'open' || call.state === 'half-closed') session.writers[index]?.awaitEnd();
  }
  const calls = state.calls.map((call) => (call.state === 'cancelled' ? call : { ...call, state: 'ended' as const }));
  return { ...state, calls, window: plainWindow };
}
