import fc from 'fast-check';
import { boundaryInteger } from '../generators/boundary-integer';
import { list } from '../generators/list';
import { record } from '../generators/shapes';
import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { initialSettings } from '../wire/settings';
import { applyMove, settleSession, type Move, type SessionScript } from './move';
import { largestSize, newSession, sessionKinds, type SessionCall, type SessionRoom } from './session-state';

/** Moves of one session, at most. */
const mostMoves = 60;

/** Whole calls of one move, at most: two of them fill the tables that lie at 128 entries. */
const mostTimes = 80;

const pick = fc.nat(7);
const size = boundaryInteger({ max: largestSize, boundaries: [0, 1] });

type MoveOf<Name extends Move['do']> = Extract<Move, { do: Name }>;

const weighted = <Name extends Move['do']>(
  weight: number,
  name: Name,
  rest: { readonly [K in keyof Omit<MoveOf<Name>, 'do'>]: fc.Arbitrary<MoveOf<Name>[K]> },
): { readonly weight: number; readonly arbitrary: fc.Arbitrary<Move> } => ({
  weight,
  arbitrary: record({ do: fc.constant(name), ...rest } as never),
});

const move: fc.Arbitrary<Move> = fc.oneof(
  weighted(6, 'open', { kind: fc.constantFrom(...sessionKinds), size }),
  weighted(6, 'send', { pick, octets: boundaryInteger({ min: 1, max: 2000, boundaries: [1, 4, 5, 6] }) }),
  weighted(3, 'finish', { pick }),
  weighted(2, 'complete', { pick }),
  weighted(3, 'cancel', { pick }),
  weighted(1, 'calls', { times: boundaryInteger({ min: 1, max: mostTimes, boundaries: [1, 2] }), size }),
  weighted(1, 'refused', {}),
  weighted(2, 'grant', {
    pick,
    onConnection: fc.boolean(),
    octets: boundaryInteger({ min: 1, max: 100_000, boundaries: [1] }),
  }),
  weighted(2, 'ping', { seed: fc.nat(255), waits: fc.boolean() }),
  weighted(2, 'window', { octets: fc.constantFrom(initialSettings.INITIAL_WINDOW_SIZE, 0, 1, 100) }),
  weighted(1, 'table', { octets: fc.constantFrom(initialSettings.HEADER_TABLE_SIZE, 0, 100) }),
);

/**
 * Sessions on one connection: moves, each of which makes sense or writes nothing, so that a session shrinks by dropping moves and is plain data. See
 * {@link writeSession}.
 */
export const session = ({ maxMoves = mostMoves }: { readonly maxMoves?: number } = {}): fc.Arbitrary<readonly Move[]> =>
  list(move, { minCount: 1, maxCount: maxMoves });

/** A call of a session that was written: what the script says became of it, and what is said more on its stream. */
export interface WrittenCall {
  readonly call: SessionCall;
  readonly writer: CallWriter;
}

/**
 * Writes a session on the main connection.
 * @param echoes calls carry a field that handlers copy
 * @returns its calls in the order in which they were opened
 */
export function writeSession(
  script: PlanBuilder,
  moves: readonly Move[],
  room: SessionRoom,
  { echoes = false }: { readonly echoes?: boolean } = {},
): readonly WrittenCall[] {
  script.open();
  const written: SessionScript = { script, writers: [], echoes };
  let state = newSession;
  for (const one of moves) state = applyMove(state, one, room, written);
  const { calls } = settleSession(state, written);
  return written.writers.flatMap((writer, index) => {
    const call = calls[index];
    return call === undefined ? [] : [{ call, writer }];
  });
}
