import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import type { Answer } from '../../grpc/outcome';
import { stateBefore } from '../../model/state-before';
import { largestSetting } from '../../model/settings-state';
import { connectionReaction, errorGoaway, hasConnectionError } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { errorCodes } from '../../wire/error-codes';
import { answersAs } from './answers';
import { countsOf } from './counts';
import { callBreach, isStreamError } from './expectations';

/**
 * True when a call was opened beside as many as the target allows: by what it had said and we had acknowledged by then, which is what binds (RFC 9113 §6.5.3).
 * Calls that it may have ended without our knowing yet are none of these.
 */
function isBeyond({ plan }: Call, view: ConnectionView): boolean {
  const opened = view.sent.find(({ frame }) => frame.type === 'HEADERS' && frame.streamId === plan.stream);
  if (opened === undefined) return false;
  const before = stateBefore(view, opened.number);
  return before.openStreams >= largestSetting(before.target.settings, 'MAX_CONCURRENT_STREAMS');
}

const wasRefused = ({ reset }: Call): boolean =>
  reset?.by === 'target' && reset.errorCode === errorCodes.REFUSED_STREAM;

/**
 * A call beyond the limit is refused by an error of its stream (RFC 9113 §5.1.2). An error of the connection is a legal escalation, and hurts the calls that are
 * under way; one that is served, or answered by a status, was not treated as an error. Says nothing of a call that was not beyond the limit after all.
 */
export function refusesSurplus(view: ConnectionView, call: Call): readonly Breach[] {
  if (!isBeyond(call, view)) return [];
  const expected = 'an error of the stream above SETTINGS_MAX_CONCURRENT_STREAMS';
  const isReset = isStreamError(call, view).length === 0;
  if (isReset && !hasConnectionError(view)) return [];
  if (errorGoaway(view) === errorCodes.COMPRESSION_ERROR) return [];
  if (hasConnectionError(view)) {
    const observed = `the target ended the connection (${connectionReaction(view)})`;
    return [{ ...callBreach(call, expected, observed), severity: 'warn', reaction: 'connection error' }];
  }
  if (call.shape === 'open') return [callBreach(call, expected)];
  if (call.shape === 'refused' || call.shape === 'closed') return [];
  return [{ ...callBreach(call, expected), severity: 'warn', reaction: 'not refused' }];
}

/** The field block of a call that is refused was read like any other: no later one fails for the table that it has left (RFC 9113 §4.3). */
export function readsRefusedBlocks(view: ConnectionView): readonly Breach[] {
  if (errorGoaway(view) !== errorCodes.COMPRESSION_ERROR) return [];
  return [
    {
      rule: 'HPACK-12-context-survives-rejections',
      observed: 'the target lost the dynamic table behind calls that it had refused',
      expected: 'a field block of a refused call that changes the dynamic table like any other',
      reaction: connectionReaction(view),
    },
  ];
}

/** A call within the limit that has begun runs on, whatever became of those beyond it, unless the connection has ended with them. */
export function runsOn(view: ConnectionView, call: Call, answer: Answer): readonly Breach[] {
  if (call.messages.length === 0 || hasConnectionError(view)) return [];
  return answersAs(call, answer).map((breach) => ({ ...breach, reaction: `within the limit ${breach.reaction}` }));
}

/** REFUSED_STREAM says that nobody has looked at the request (RFC 9113 §8.7). @param calls those whose handlers are counted */
export function refusedUnexecuted(seen: Observation, calls: readonly Call[]): readonly Breach[] {
  const counts = countsOf(seen);
  const refused = calls.filter(wasRefused);
  const mayHaveRun = calls.length - refused.length;
  const [first] = refused;
  if (counts === undefined || first === undefined || counts.started <= mayHaveRun) return [];
  const observed = `${counts.started} handlers were started, though ${refused.length} of ${calls.length} calls ended in REFUSED_STREAM`;
  const { at: _, ...breach } = callBreach(
    first,
    'no handler for a request that is refused by REFUSED_STREAM',
    observed,
  );
  return [{ ...breach, reaction: 'refused and executed' }];
}

/**
 * Several rounds of as many calls as the limit allows, all open at once: a slot that was never given back leaves none for the last calls of each round. One that
 * comes back late is missing in the first round alone, and a target that refuses a call now and then serves some behind it.
 */
export function givesSlotsBack(view: ConnectionView, rounds: readonly (readonly Call[])[]): readonly Breach[] {
  if (hasConnectionError(view)) return [];
  const last = rounds.map((calls) => calls.at(-1));
  if (!last.every((call) => call !== undefined && wasRefused(call))) return [];
  const missing = Math.min(...rounds.map(countRefusedAtEnd));
  const [call] = last;
  if (call === undefined) return [];
  const of = rounds[0]?.length ?? 0;
  const observed = `${missing} of ${of} calls are refused by REFUSED_STREAM, round after round, though no other stream is open`;
  return [{ ...callBreach(call, `${of} calls at a time`, observed), reaction: 'slot lost' }];
}

const countRefusedAtEnd = (calls: readonly Call[]): number =>
  calls.length - 1 - calls.findLastIndex((call) => !wasRefused(call));
