import type { ConnectionView } from '../transcript/connection-view';
import type { Call } from '../grpc/call';
import type { Observation } from '../grpc/observation';
import { countOf } from '../wire/escape-octets';
import { initialSettings, settingIds } from '../wire/settings';
import type { Violation } from './violation';
import { describeAnswer } from './reaction';
import { ourWindows, windowsBefore } from '../model/state-before';

/**
 * What was seen, with what decides about it and only the whole transcript tells: which of several streams it was, what stands still and who has credit left,
 * and what became of the calls when the connection should have ended. One sentence without a full stop, escaped.
 */
export function describeObserved(violation: Violation, seen: Observation): string {
  const call = callOf(violation, seen);
  const { observed } = violation;
  if (call === undefined) return `${observed}${describeSurvivors(violation, seen)}`;
  const standstill = standstillOfCall(call, seen);
  return `${whereOf(call, observed, seen)}${observed}${standstill === undefined ? '' : `; ${describeStandstill(call, standstill)}`}`;
}

/**
 * What a call that never ended may wait for: credit of `ours` that the target does not give back for a request, on the stream or the connection; credit of `theirs`
 * that it makes nothing of; or the acknowledgement of a PING, without which we do not go on.
 */
export type Missing = 'ours on the stream' | 'ours on the connection' | 'theirs' | 'the ACK of a PING';

/** The class of a script that could not go on, and of which nothing else can be said. */
export const stuckReaction = 'no answer';

/** What the call of a violation waits for, where that is known: it is the same cause whatever the call was about. */
export function missingIn(violation: Violation, seen: Observation): Missing | undefined {
  if (violation.reaction === stuckReaction) return waitsForPing(seen) ? 'the ACK of a PING' : undefined;
  const call = callOf(violation, seen);
  const standstill = call === undefined ? undefined : standstillOfCall(call, seen);
  if (standstill?.is === 'sending') {
    if (standstill.windows.connection <= 0) return 'ours on the connection';
    if (standstill.windows.stream <= 0) return 'ours on the stream';
  }
  // Then we did not go on.
  if (standstill !== undefined && waitsForPing(seen)) return 'the ACK of a PING';
  // An answer that has not begun may wait for anything.
  const left = standstill?.is === 'waiting' && (call?.dataOctets ?? 0) > 0 ? standstill.left : undefined;
  return left !== undefined && left.stream > 0 && left.connection > 0 ? 'theirs' : undefined;
}

/** The step at which the script was abandoned waits for a PING to be acknowledged; so do most fences. */
function waitsForPing({ plan, transcript }: Observation): boolean {
  const step = plan.steps[transcript.abandoned?.step ?? -1];
  return (step?.do === 'fence' && step.by === 'ping') || (step?.do === 'await' && step.until.see === 'ping-ack');
}

/** The call that a violation is about, by its own words or by its packet. */
function callOf({ call, at }: Violation, seen: Observation): Call | undefined {
  const stream = call?.stream ?? streamOf(at, seen);
  const connection = call?.connection ?? at?.connection;
  return seen.allCalls.find(({ plan }) => plan.stream === stream && plan.connection === connection);
}

function streamOf(at: Violation['at'], seen: Observation): number | undefined {
  const packet = seen.connections.find(({ name }) => name === at?.connection)?.packets[at?.packet ?? -1];
  return packet?.kind === 'frame' ? packet.frame.streamId : undefined;
}

/** `stream 3: ` where several calls were made, and the text does not say it itself. */
function whereOf({ plan }: Call, observed: string, { allCalls, connections }: Observation): string {
  const many = allCalls.filter(({ plan: { role } }) => role === 'subject' || role === 'bystander').length > 1;
  const isNamed = new RegExp(`\\bstream ${plan.stream}\\b`).test(observed);
  if (!many || plan.role === 'afterwards' || isNamed) return '';
  return `${connections.length > 1 ? `connection ${plan.connection}, ` : ''}stream ${plan.stream}: `;
}

/** Calls whose ends are told when a connection stayed open: more belong into the packet list. */
const mostSurvivors = 3;

function describeSurvivors({ reaction, at, call }: Violation, { calls }: Observation): string {
  if (reaction !== 'open' || at !== undefined || call !== undefined || calls.length === 0) return '';
  const ends = calls
    .slice(0, mostSurvivors)
    .map((one) => `stream ${one.plan.stream}: ${one.shape === 'open' ? 'no end' : describeAnswer(one)}`);
  const more = calls.length - ends.length;
  return `; ${ends.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

interface Windows {
  readonly stream: number;
  readonly connection: number;
}

/** Which side of a call that never ended waits for what, as far as the frames tell. */
type Standstill =
  | {
      readonly is: 'sending';
      readonly sent: number;
      readonly planned: number;
      readonly windows: Windows;
      /** What the script waited for in vain before it would have sent the rest. */
      readonly waitedFor?: string;
    }
  /** `left`: credit that the target has, where credit may be what it waits for. */
  | { readonly is: 'waiting'; readonly left?: Windows };

/** Undefined for a call that ended, for the fresh one afterwards, which says it all when it gets no answer, and where only the calls of a long transcript were kept. */
function standstillOfCall(call: Call, seen: Observation): Standstill | undefined {
  const { stream, connection } = call.plan;
  const view = seen.connection(connection);
  if (call.shape !== 'open' || call.plan.role === 'afterwards' || view.sent.length === 0) return undefined;
  const planned = seen.plan.steps.reduce(
    (sum, step) =>
      sum + (step.do === 'data' && step.on === connection && step.stream === stream ? step.octets.length : 0),
    0,
  );
  const sent = view.sent.reduce(
    (sum, { frame }) => sum + (frame.type === 'DATA' && frame.streamId === stream ? frame.data.length : 0),
    0,
  );
  if (sent < planned) {
    const { abandoned } = seen.transcript;
    return {
      is: 'sending',
      sent,
      planned,
      windows: ourWindows(view, stream),
      ...(abandoned?.limit === undefined && abandoned !== undefined && { waitedFor: abandoned.waitedFor }),
    };
  }
  if (!isStingy(view)) return { is: 'waiting' };
  // The fresh call at the end brings credit of its own.
  const added = seen.allCalls.find(({ plan }) => plan.role === 'afterwards' && plan.connection === connection);
  return { is: 'waiting', left: windowsBefore(view, stream, added?.firstPacket ?? Infinity) };
}

function describeStandstill({ plan: { stream }, dataOctets, headers }: Call, standstill: Standstill): string {
  if (standstill.is === 'sending') {
    const { sent, planned, windows, waitedFor } = standstill;
    const isOpen = windows.stream > 0 && windows.connection > 0;
    if (isOpen && waitedFor !== undefined)
      return `${sent} of the ${countOf(planned, 'octet')} of the request have left, since we waited in vain for ${waitedFor}`;
    return `${sent} of the ${countOf(planned, 'octet')} of the request have left: the window of stream ${stream} is ${windows.stream}, that of the connection ${windows.connection}`;
  }
  const came =
    dataOctets > 0
      ? `${countOf(dataOctets, 'octet')} of DATA have come`
      : `${headers === undefined ? 'nothing' : 'nothing but Response-Headers'} came`;
  const { left } = standstill;
  if (left === undefined) return came;
  return `${came}, and the target has credit for ${left.stream} more on stream ${stream} and ${left.connection} on the connection`;
}

/** True when our windows were narrow, or the answer has used up what every connection begins with: then credit may be what an answer waits for. */
function isStingy({ sent, received }: ConnectionView): boolean {
  const octets = received.reduce((sum, { frame }) => sum + (frame.type === 'DATA' ? frame.flowControlledLength : 0), 0);
  return (
    octets >= initialSettings.INITIAL_WINDOW_SIZE ||
    sent.some(
      ({ frame }) =>
        frame.type === 'SETTINGS' &&
        frame.settings.some(
          ({ id, value }) => id === settingIds.INITIAL_WINDOW_SIZE && value < initialSettings.INITIAL_WINDOW_SIZE,
        ),
    )
  );
}
