import type { Step } from '../connection/script';
import type { ConnectionView } from '../transcript/connection-view';
import { ConformError } from '../error';
import type { Call } from '../grpc/call';
import type { Observation } from '../grpc/observation';
import { describeWanted, type Expectation, type Graded, type Outcome } from '../grpc/outcome';
import { errorCodes } from '../wire/error-codes';
import { decodeBinaryValue } from '../grpc/metadata';
import { endsOnTrailers, hasEnded, isAnswered, isPlainHttp } from './checks/answered';
import { answersAs, hasStreamed } from './checks/answers';
import {
  callBreach,
  endsWithStatus,
  isConnectionError,
  isRejected,
  isStreamError,
  staysOpen,
} from './checks/expectations';
import { echoesInPlace, echoesInitial, echoesNothing, echoesTrailing } from './checks/echoes';
import { hasStatusText } from './checks/status-text';
import { hasConnectionError } from '../rules/reaction';
import type { Breach, Violation } from '../rules/violation';
import { subjectOf } from './subject-of';

/**
 * What a script expected and did not come, by the expectations that its plan carries: no property is asked, so that a plan from disk is judged like one that was
 * just written. Pure.
 *
 * @param row the row that an expectation is about when it names none
 */
export function judgeExpectations(seen: Observation, row: string): readonly Violation[] {
  return (seen.plan.expects ?? []).flatMap((expectation) =>
    judgeExpectation(expectation, seen).map((breach) => ({ ...breach, rule: breach.rule ?? expectation.row ?? row })),
  );
}

function judgeExpectation({ on, accepts }: Expectation, seen: Observation): readonly Breach[] {
  const subject = subjectOf({ on }, seen);
  // A connection that was never opened is a script that was abandoned, which is judged as that.
  if (subject === undefined) return [];
  const { view, call } = subject;
  const judge = (outcome: Outcome): readonly Breach[] => judgeOutcome(outcome, view, on.stream, call);
  const fully = accepts.filter(({ grade }) => grade === undefined);
  const isAboutEnds = call === undefined || fully.every(({ is }) => is === 'connection-error' || is === 'stream-error');
  if (isAboutEnds && call?.times.opened === undefined && isLeftOut(on.connection, seen)) return [];
  const [wanted = accepts[0]] = fully;
  if (wanted === undefined) return [];
  for (const outcome of fully) {
    const breaches = judge(outcome);
    if (breaches.every(({ severity }) => severity === 'info')) return breaches;
  }
  const breaches = judge(wanted).map((breach) => ({ ...breach, expected: describeAll(fully, breach.expected) }));
  const milder = mildestOf(accepts, (outcome) => judge(outcome).length === 0);
  // What is tolerated is no hang either: the call that a tolerated connection error left without an end has none for that reason.
  if (milder === undefined) return breaches;
  return breaches.map((breach) => {
    const { mark: _, ...tolerated } = breach;
    return { ...tolerated, severity: milder };
  });
}

/** What sends something. */
const sending: readonly Step['do'][] = ['headers', 'data', 'frame', 'bytes', 'settings', 'grant', 'flood', 'fence'];

/**
 * True when the script was abandoned before it had sent all that it has for a connection: what the target makes of the rest nobody knows, and that it was abandoned
 * is told by itself. A call that was to be answered says on its own how much of it has left.
 */
function isLeftOut(connection: string, { plan, transcript }: Observation): boolean {
  const { abandoned } = transcript;
  if (abandoned === undefined) return false;
  const afterwards = new Set(plan.calls.flatMap((call) => (call.role === 'afterwards' ? [call.stream] : [])));
  return plan.steps.some(
    (step, index) =>
      index > abandoned.step &&
      sending.includes(step.do) &&
      'on' in step &&
      step.on === connection &&
      !('stream' in step && afterwards.has(step.stream)),
  );
}

/** One outcome is told by its own check, which knows more: which message, which octet. */
const describeAll = (fully: readonly Graded[], only: string): string =>
  fully.length > 1 ? fully.map(describeWanted).join(', or ') : only;

function mildestOf(accepts: readonly Graded[], holds: (outcome: Outcome) => boolean): 'warn' | 'info' | undefined {
  return (['info', 'warn'] as const).find((grade) =>
    accepts.some((outcome) => outcome.grade === grade && holds(outcome)),
  );
}

function judgeOutcome(
  outcome: Outcome,
  view: ConnectionView,
  stream: number | undefined,
  call: Call | undefined,
): readonly Breach[] {
  const callOf = (): Call => {
    if (call !== undefined) return call;
    throw new ConformError(
      'ERR_SCRIPT',
      `A script expects an answer on the stream ${stream ?? 0} and makes no call on it.`,
    );
  };
  switch (outcome.is) {
    case 'connection-error':
      return isConnectionError(view);
    case 'open':
      return staysOpen(view);
    case 'stream-error':
      return call === undefined ? isResetOrEnded(view, stream) : isStreamError(call, view);
    case 'served':
      return answersAs(callOf(), outcome.answer);
    case 'status':
      return judgeStatus(callOf(), outcome);
    case 'rejected':
      return isRejected(callOf());
    case 'http':
      return isPlainHttp(callOf(), outcome.status);
    case 'answered':
      return [...isAnswered(callOf()), ...(outcome.on === 'trailers' ? endsOnTrailers(callOf()) : [])];
    case 'ended':
      return hasEnded(callOf());
    case 'in-place':
      return echoesInPlace(callOf());
    case 'unechoed':
      return echoesNothing(callOf());
    case 'echoed':
      return outcome.in === 'headers'
        ? echoesInitial(callOf(), outcome.values)
        : echoesTrailing(callOf(), outcome.values.map(binaryOf));
    case 'ignored':
      return isIgnored(view, stream);
    case 'unsent':
      return isUnsent(callOf());
  }
}

/** What a script sends in base64 is base64; a failure file was asked for it when it was read. */
const binaryOf = (value: string): Uint8Array => decodeBinaryValue(value) ?? new Uint8Array(0);

/** A call that did not end well is not asked for what comes with its status: one reason is enough. */
function judgeStatus(call: Call, { codes, text, after }: Extract<Outcome, { is: 'status' }>): readonly Breach[] {
  const wrong = endsWithStatus(call, codes);
  if (wrong.length > 0) return wrong;
  return [
    ...(after === undefined ? [] : hasStreamed(call, after)),
    ...(text === undefined ? [] : hasStatusText(call, text)),
  ];
}

const isUnsent = (call: Call): readonly Breach[] =>
  call.times.opened === undefined ? [] : [callBreach(call, describeWanted({ is: 'unsent' }))];

/** What a target says of its own, as its SETTINGS and its windows, is no answer. */
function isIgnored(view: ConnectionView, stream: number | undefined): readonly Breach[] {
  const ended = staysOpen(view);
  if (ended.length > 0) return ended;
  const answer = view.received.find(({ frame }) => {
    if (stream !== undefined) return frame.streamId === stream;
    return frame.streamId > 0 || (frame.type === 'SETTINGS' && frame.ack) || (frame.type === 'PING' && frame.ack);
  });
  if (answer === undefined) return [];
  const observed = `the target answered with ${answer.frame.type}`;
  return [{ observed, expected: describeWanted({ is: 'ignored' }), reaction: 'answered' }];
}

/** A stream that no call of ours was made on: what the target said of it. */
function isResetOrEnded(view: ConnectionView, stream: number | undefined): readonly Breach[] {
  const isReset = view.received.some(
    ({ frame }) => frame.type === 'RST_STREAM' && frame.streamId === stream && frame.errorCode !== errorCodes.NO_ERROR,
  );
  if (isReset || hasConnectionError(view)) return [];
  return isConnectionError(view).map((breach) => ({
    ...breach,
    expected: describeWanted({ is: 'stream-error' }),
  }));
}
