import type { Call } from '../../grpc/call';
import { connectionReaction } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { errorCodeName, errorCodes } from '../../wire/error-codes';
import { callBreach } from './expectations';

/** Milliseconds by which times of ours and of the target may differ. */
const tolerance = 100;
/** Part of an age that a server may take off, so that not all connections end together (gRFC A9). */
const jitter = 0.1;

/** Milliseconds in which GOAWAY has come: an age has a jitter, an idle time is looked at now and then, and the machine may be busy. */
export const patienceForGoaway = (after: number): number => 2 * after + 1500;

/** When a connection ends by design: a time in milliseconds, and the debug data that may say so (gRFC A9); `since` is when it began to count, or earlier. */
export interface Lifetime {
  readonly after: number;
  readonly texts: readonly string[];
  readonly since: number;
}

/** GOAWAY(NO_ERROR) with the reason in its debug data comes near that time, and before the close. */
export function endsInOrder(view: ConnectionView, { after, texts, since }: Lifetime): readonly Breach[] {
  const expected = `GOAWAY(NO_ERROR) with debug data ${texts.join(' or ')} about ${after} ms later`;
  const warn = (observed: string, reaction: string): readonly Breach[] => [
    { severity: 'warn', observed, expected, reaction },
  ];
  const goaways = view.received.flatMap(({ frame, at }) => (frame.type === 'GOAWAY' ? [{ frame, at }] : []));
  const [first] = goaways;
  if (first === undefined) {
    return view.closed?.by === 'target'
      ? warn(`the connection was closed without GOAWAY (${connectionReaction(view)})`, 'no GOAWAY')
      : warn('the connection goes on', 'open');
  }
  const error = goaways.find(({ frame }) => frame.errorCode !== errorCodes.NO_ERROR)?.frame.errorCode;
  if (error !== undefined) return warn(`GOAWAY(${errorCodeName(error)})`, `GOAWAY ${errorCodeName(error)}`);
  // What we note late has been earlier still.
  const passed = first.at - since;
  if (passed < after * (1 - jitter) - tolerance)
    return warn(`GOAWAY after ${Math.round(passed)} ms at the most`, 'GOAWAY too early');
  const said = goaways.map(({ frame }) => Buffer.from(frame.debugData).toString('latin1'));
  return said.some((one) => texts.includes(one)) ? [] : warn('GOAWAY with other debug data', 'other debug data');
}

/**
 * A call that was under way when its connection became too old ends whole, unless the grace time was over: by the time of the GOAWAY and by that of the connection, since
 * what was read late says less than it seems.
 *
 * @param cut what is wrong with its answer
 */
export function lastsThroughGrace(
  call: Call,
  cut: readonly Breach[],
  view: ConnectionView,
  { age, grace }: { readonly age: number; readonly grace: number },
): readonly Breach[] {
  if (cut.length === 0) return [];
  const end = call.times.end ?? view.closed?.at;
  const goaway = view.received.find(({ frame }) => frame.type === 'GOAWAY')?.at;
  // Nobody has ended it.
  if (end === undefined) return cut;
  const start = view.packets[0]?.at ?? 0;
  const isOver =
    end - start >= age * (1 - jitter) + grace - tolerance ||
    (goaway !== undefined && end - goaway >= grace - tolerance);
  if (isOver) return [];
  return [
    {
      ...callBreach(call, `a call that may go on for ${grace} ms behind the GOAWAY`),
      reaction: 'cut within the grace time',
    },
  ];
}
