import type { Observation } from '../../grpc/observation';
import type { Call } from '../../grpc/call';
import { connectionReaction, errorGoaway, hasConnectionError } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView, FramePacket } from '../../transcript/connection-view';
import { errorCodeName, errorCodes } from '../../wire/error-codes';
import { countsOf } from './counts';
import { callBreach } from './expectations';

const isAnswer = ({ frame: { type } }: FramePacket): boolean => type === 'HEADERS' || type === 'DATA';

/** Frames of the target on a stream, from the first after packet `from` on. */
const framesOn = (view: ConnectionView, stream: number, from = -1): readonly FramePacket[] =>
  view.received.filter(({ frame, number }) => frame.streamId === stream && number > from);

/** The packet with the target's first END_STREAM on a stream; undefined while there is none. */
const endOf = (view: ConnectionView, stream: number): number | undefined =>
  framesOn(view, stream).find(({ frame }) => (frame.type === 'HEADERS' || frame.type === 'DATA') && frame.endStream)
    ?.number;

/** An answer that began on a stream whose answer was complete. */
function answersAgain(view: ConnectionView, stream: number): readonly Breach[] {
  const end = endOf(view, stream);
  const again = end === undefined ? undefined : framesOn(view, stream, end).find(isAnswer);
  if (again === undefined) return [];
  return [
    {
      observed: `${again.frame.type} on stream ${stream}, whose answer was complete`,
      expected: 'one answer on each stream',
      reaction: 'answered again',
      at: { connection: view.name, packet: again.number },
    },
  ];
}

/** Frames of an answer behind late frames of ours on a stream that we had reset, though a fence in between has shown that the target knew. */
function answersAfterReset(view: ConnectionView, stream: number): readonly Breach[] {
  const late = view.sent.find(({ frame, number }) => frame.streamId === stream && number > resetOf(view, stream));
  if (late === undefined) return [];
  const answer = framesOn(view, stream, late.number).find(isAnswer);
  if (answer === undefined) return [];
  return [
    {
      observed: `${answer.frame.type} on stream ${stream}, which we had reset`,
      expected: 'no answer on a stream that is over',
      reaction: 'answered again',
      at: { connection: view.name, packet: answer.number },
    },
  ];
}

/** The packet with our first RST_STREAM on a stream. */
const resetOf = (view: ConnectionView, stream: number): number =>
  view.sent.find(({ frame }) => frame.type === 'RST_STREAM' && frame.streamId === stream)?.number ?? Infinity;

/** A late field block was read like any other: no later one fails for the table that it has left (RFC 9113 §4.3). */
function keepsTable(view: ConnectionView): readonly Breach[] {
  if (errorGoaway(view) !== errorCodes.COMPRESSION_ERROR) return [];
  const expected = 'a field block on a closed stream that changes the dynamic table like any other';
  return [{ observed: 'the target lost the dynamic table', expected, reaction: connectionReaction(view) }];
}

/**
 * However many frames came late, the handler of a stream was started once, as far as a probe counts it, one answer came at most, and the tables of both ends are
 * still the same.
 * @param isFenced a fence stood between our reset, where there was one, and the late frames
 */
export function isServedOnce(seen: Observation, stream: number, isFenced: boolean): readonly Breach[] {
  const view = seen.connection();
  const started = countsOf(seen)?.started ?? 0;
  const breaches = [
    ...answersAgain(view, stream),
    ...(isFenced ? answersAfterReset(view, stream) : []),
    ...keepsTable(view),
  ];
  if (started <= 1) return breaches;
  const observed = `${started} handlers were started for one stream`;
  return [...breaches, { observed, expected: 'one handler for each stream', reaction: 'handler starts again' }];
}

/** WINDOW_UPDATE is no error of a stream whose answer is complete (RFC 9113 §6.9): the target has not reset it. */
export function isNotResetLate(call: Call): readonly Breach[] {
  const { resetAfterEnd } = call;
  if (resetAfterEnd === undefined || resetAfterEnd.errorCode === errorCodes.NO_ERROR) return [];
  const code = errorCodeName(resetAfterEnd.errorCode);
  const breach = callBreach(call, 'no error on a stream that is closed', `RST_STREAM with ${code} behind the answer`);
  return [{ ...breach, reaction: `RST ${code} late` }];
}

/**
 * A request on a stream that cannot be opened any more ended the connection (RFC 9113 §5.1.1), or was passed over, which is a warning, as is an error of that
 * stream alone: who has forgotten a stream cannot tell. It was executed by nobody.
 * @param isReused the stream had a call, whose answer was complete
 */
export function opensNothing(seen: Observation, stream: number, isReused: boolean): readonly Breach[] {
  const view = seen.connection();
  const expected = 'a connection error for a stream that is not above all earlier ones';
  const started = countsOf(seen)?.started ?? 0;
  if (started > 0) return [{ observed: 'the request was executed', expected, reaction: 'executed' }];
  const after = isReused ? (endOf(view, stream) ?? Infinity) : -1;
  const late = framesOn(view, stream, after);
  const answer = late.find(isAnswer);
  if (answer !== undefined) {
    const at = { connection: view.name, packet: answer.number };
    return [{ observed: `${answer.frame.type} on stream ${stream}`, expected, reaction: 'answered', at }];
  }
  if (hasConnectionError(view)) return [];
  const reset = late.map(({ frame }) => frame).find((frame) => frame.type === 'RST_STREAM');
  const reaction = reset === undefined ? 'ignored' : `RST ${errorCodeName(reset.errorCode)}`;
  const observed = reset === undefined ? 'nothing came of it' : 'RST_STREAM, and the connection went on';
  return [{ observed, expected, reaction, severity: 'warn' }];
}

/** RST_STREAM is not answered with RST_STREAM (RFC 9113 §5.4.2): none came after ours, on a stream that the target had no other reason to reset. */
export function resetsNoReset(view: ConnectionView, stream: number): readonly Breach[] {
  const ours = view.sent.find(({ frame }) => frame.type === 'RST_STREAM' && frame.streamId === stream);
  if (ours === undefined) return [];
  const theirs = framesOn(view, stream, ours.number).find(({ frame }) => frame.type === 'RST_STREAM');
  if (theirs?.frame.type !== 'RST_STREAM') return [];
  return [
    {
      observed: `RST_STREAM with ${errorCodeName(theirs.frame.errorCode)} after ours`,
      expected: 'no RST_STREAM in answer to RST_STREAM',
      reaction: `RST ${errorCodeName(theirs.frame.errorCode)}`,
      at: { connection: view.name, packet: theirs.number },
    },
  ];
}
