import type { ConnectionView } from '../transcript/connection-view';
import { describeBound } from '../transcript/reached-bound';
import type { Playback } from '../connection/play-script';
import type { Call } from '../grpc/call';
import type { Plan } from '../grpc/call-plan';
import type { Observation } from '../grpc/observation';
import { judgeExpectations } from '../properties/judge-expectations';
import type { AnyProperty, Property } from '../properties/property';
import type { RowId } from '../catalogue';
import { stuckReaction } from '../rules/describe-observed';
import { observeAndJudge } from '../rules/judge';
import { findMissingAck } from '../rules/missing-acks';
import { findBeyondBound, findFlood, findOwnFault, findUnprocessed, type NotProcessed } from '../rules/not-processed';
import { callReaction, describeAnswer, isUnreadable } from '../rules/reaction';
import type { TargetFacts } from '../facts/target-facts';
import type { Violation } from '../rules/violation';

/** How many connections or calls had something that the rule of a row could judge; rows with none are left out. */
export type JudgedCounts = ReadonlyMap<RowId, number>;

/** What judging needs of a property; a failure file can say it as well. */
export type Judged = Pick<AnyProperty, 'id' | 'check' | 'aboutConnecting' | 'expectsDefence' | 'aboutRefusals'>;

/** What one played input showed. */
export type Judgement =
  | {
      readonly kind: 'judged';
      readonly violations: readonly Violation[];
      readonly judged: JudgedCounts;
      readonly seen: Observation;
      /** Present: a call of ours was not processed, and only what the frames that came break was judged. */
      readonly framesOnly?: NotProcessed;
    }
  /** We never got a connection: says nothing about the rule. */
  | { readonly kind: 'no-connection'; readonly reason: string; readonly errorName: string; readonly seen: Observation }
  /** A call of ours was not processed, so that what is missing proves nothing; `otherwise` is what it would be if that were no excuse. */
  | ({
      readonly kind: 'void';
      readonly otherwise: readonly Violation[];
      readonly judged: JudgedCounts;
      readonly seen: Observation;
    } & NotProcessed)
  /** Not played: the script goes beyond a limit of the target. */
  | { readonly kind: 'beyond'; readonly reason: string; readonly unlock: string; readonly seen: Observation };

/** Why a call of an input was not processed; then nothing was judged of what its property asks, but for what the frames that came break. */
export function unprocessedIn(judgement: Judgement | { readonly kind: 'cut-short' }): NotProcessed | undefined {
  if (judgement.kind === 'void') return judgement;
  return judgement.kind === 'judged' ? judgement.framesOnly : undefined;
}

/** True for an input of which was judged all that its property asks. */
export const isJudgedWhole = (judgement: Judgement | { readonly kind: 'cut-short' }): boolean =>
  judgement.kind === 'judged' && judgement.framesOnly === undefined;

/** Judges a played plan: the rules of every call and connection, the property's own check, and whether the connection still serves. Pure. */
export function judgeRun(
  property: Judged,
  plan: Plan,
  playback: Pick<Playback, 'transcript'> & Partial<Pick<Playback, 'views'>>,
  input: unknown,
  facts: TargetFacts,
): Judgement {
  const { seen, traffic } = observeAndJudge(plan, playback.transcript, playback.views);
  const failed = seen.connections.find((view) => !view.connected);
  if (failed !== undefined && property.aboutConnecting !== true) {
    const event = failed.transcript.events.find(({ kind }) => kind === 'connect-failed');
    const errorName = event?.kind === 'connect-failed' ? event.errorName : 'UNKNOWN';
    return { kind: 'no-connection', reason: failed.connectFailure ?? 'no connection', errorName, seen };
  }
  // The property's own input type: it gets back what its own arbitrary made.
  const checked = (property as unknown as Property<unknown>).check?.(seen, input, facts) ?? [];
  const own: readonly Violation[] = [
    // A check judges what is left when what the script expects came.
    ...judgeExpectations(seen, property.id),
    ...checked.map((breach) => ({ ...breach, rule: breach.rule ?? property.id })),
  ];
  const flooded = findFlood(seen);
  const violations = own.filter((violation) => flooded === undefined || !isAboutAnEnd(violation));
  const { violations: grammar, judged, ownFaults } = traffic;
  violations.push(...grammar);
  for (const call of seen.allCalls) {
    if (call.plan.role === 'afterwards' && flooded === undefined)
      violations.push(...judgeAfterwards(property, call, seen, facts));
  }
  const { abandoned } = playback.transcript;
  const missing = abandoned === undefined ? undefined : findMissingAck(seen, abandoned);
  if (missing !== undefined) return { kind: 'judged', violations: [missing, ...grammar], judged, seen };
  if (abandoned !== undefined && flooded === undefined && violations.every(({ severity }) => severity === 'info')) {
    violations.push({
      rule: property.id,
      observed: `nothing came for ${abandoned.milliseconds} ms while we waited for ${abandoned.waitedFor}`,
      expected: abandoned.waitedFor,
      reaction: stuckReaction,
      mark: 'hang',
    });
  }
  // In place of what cannot be told because of it, or of nothing at all.
  const hides = own.some(isAboutAnEnd) || violations.every(({ severity }) => severity === 'info');
  if (flooded !== undefined && hides) violations.push(describeFlood(property, flooded));
  const isFree = violations.every(({ severity }) => severity === 'info');
  const isHeld = violations.every((violation) => violation.severity === 'info' || grammar.includes(violation));
  const beyondBound = findBeyondBound(seen);
  const unprocessed =
    beyondBound ??
    (isFree || property.aboutRefusals === true
      ? undefined
      : findUnprocessed(seen, violations, facts, { expectsDefence: property.expectsDefence === true }));
  // Whoever is answered to what no client may send has no say about servers.
  const ownFault = findOwnFault(ownFaults);
  if (ownFault !== undefined) return { kind: 'void', ...ownFault, otherwise: violations, judged, seen };
  if (unprocessed === undefined) return { kind: 'judged', violations, judged, seen };
  // Frames that came are what they are, whoever looked at our calls.
  const certain = grammar.filter((violation) => violation.severity !== 'info' && !isPlainRefusal(violation));
  if (certain.length > 0) {
    // What its property asks held, whatever these frames break.
    const framesOnly = isHeld && beyondBound === undefined ? {} : { framesOnly: unprocessed };
    return { kind: 'judged', violations: certain, judged, seen, ...framesOnly };
  }
  return { kind: 'void', ...unprocessed, otherwise: violations, judged, seen };
}

/** An HTTP status of a gateway in place of an answer: that is what was not processed, no fault of its own. */
export const isPlainRefusal = ({ reaction }: Violation): boolean => /^HTTP \d/.test(reaction);

/** After any stimulus a connection that is still open serves a fresh call (ALIVE-02). */
function judgeAfterwards(property: Judged, call: Call, seen: Observation, facts: TargetFacts): readonly Violation[] {
  const view = seen.connection(call.plan.connection);
  // Nobody can tell: what is wrong with its block, or with one before it, is told by a rule.
  if (isUnreadable(call)) return [];
  const served = call.status === (facts.offers.includes('unary') ? 0 : 12);
  const ended =
    (view.closed !== undefined && !view.overflowed) || view.received.some(({ frame }) => frame.type === 'GOAWAY');
  // A tier 0 server may answer an unknown path with a plain 404, which is served as well.
  if (served || ended || call.times.opened === undefined || (call.plan.kind === 'unknown' && call.shape !== 'open'))
    return [];
  return [
    {
      rule: property.id,
      observed: `a fresh call on the same connection afterwards: ${call.shape === 'open' ? 'no answer' : describeAnswer(call)}`,
      expected: 'a connection that is closed or still serves calls',
      reaction: `afterwards ${callReaction(call)}`,
      ...(call.shape === 'open' ? { mark: 'hang' as const } : {}),
      ...(call.lastPacket === undefined ? {} : { at: { connection: view.name, packet: call.lastPacket } }),
    },
  ];
}

/** That a call or a connection did not end: where we ended it, nobody knows. */
const isAboutAnEnd = ({ mark, reaction }: Pick<Violation, 'mark' | 'reaction'>): boolean =>
  mark === 'hang' || reaction === 'open';

/** A target that sent more than anybody asked for, until we stopped listening. */
function describeFlood(property: Judged, view: ConnectionView): Violation {
  const bound =
    view.bound === undefined ? '' : `; we ended the connection when it was more than ${describeBound(view.bound)}`;
  return {
    rule: property.id,
    observed: `the target sent ${view.received.length} frames on one connection, far more than was asked for, and did not stop${bound}`,
    expected: 'answers that end',
    reaction: 'flood',
    mark: 'hang',
  };
}
