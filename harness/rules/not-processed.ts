import type { ConnectionView } from '../transcript/connection-view';
import { describeBound } from '../transcript/reached-bound';
import type { Call } from '../grpc/call';
import { fieldValue } from '../grpc/metadata';
import type { Observation } from '../grpc/observation';
import { describeStatus, status } from '../grpc/status';
import { errorCodes } from '../wire/error-codes';
import type { Violation } from './violation';
import type { ClientFault } from './client-rules';
import { callReaction, errorGoaway } from './reaction';

/**
 * Why what a script asked for was not looked at, so that it proves nothing about a rule.
 *
 * - `fault`: octets of ours break a rule of clients although their script is legal: whatever was answered, it is our fault.
 * - `calm`: GOAWAY ENHANCE_YOUR_CALM, a defence against volume.
 * - `bound`: an answer takes more memory than we give it, so that we did not wait for its end.
 * - `limit`: our own script could not be played within what the target allows.
 * - `refused`: REFUSED_STREAM, or a GOAWAY(NO_ERROR) below the stream (RFC 9113 §6.8, §8.7).
 * - `ended`: the connection was ended in good order, or without a word, before a call of ours was looked at.
 * - `exhausted`, `unavailable`: the status says "not now".
 * - `denied`: every plain call is answered so, whoever asks for whatever.
 */
export interface NotProcessed {
  readonly why: 'fault' | 'calm' | 'bound' | 'limit' | 'refused' | 'ended' | 'exhausted' | 'unavailable' | 'denied';
  /** A clause without a full stop: `the target refused a stream`. */
  readonly reason: string;
  /** What would help, the end of a sentence that starts with "To unlock it, …". */
  readonly unlock: string;
  /** False: the same could come from a fault of the target, if it comes back each time, or while a plain call is served. */
  readonly isCertain: boolean;
  /** Milliseconds that the target asked us to wait (gRFC A6, grpc-retry-pushback-ms). */
  readonly pushback?: number;
}

/** Reactions by which every plain call was answered that was tried, about who asks or about now (`status 16`): such an answer is about no rule. */
interface Denials {
  readonly denials?: readonly string[];
}

/** Longest pushback that is honoured, in milliseconds: a run has an end. */
const longestPushback = 2000;

/** A fault of our own, which says nothing of the target; undefined when all that we sent was legal, or was meant not to be. */
export function findOwnFault([fault]: readonly ClientFault[]): NotProcessed | undefined {
  if (fault === undefined) return undefined;
  const where = `${fault.source}; packet ${fault.packet} of ${fault.connection}`;
  return {
    why: 'fault',
    reason: `we ourselves broke a rule of clients: ${fault.observed} (${where})`,
    unlock: 'report this: it is a fault of grpc-conform and none of the target',
    isCertain: true,
  };
}

/**
 * Finds a call of ours that was not processed, in the order of certainty; undefined when the target looked at all of them. Of calls whose requests are not
 * legal only REFUSED_STREAM says so, where a rule takes it amiss, or the end of a connection on which no call had left: any other refusal is an answer to them. So is a status that nothing complains of: some scripts ask for it.
 * @param violations what is held against the target, to be excused
 * @param options `expectsDefence`: the script provokes a defence against volume, which is then no excuse
 */
export function findUnprocessed(
  seen: Observation,
  violations: readonly Violation[],
  { denials = [] }: Denials,
  { expectsDefence = false }: { readonly expectsDefence?: boolean } = {},
): NotProcessed | undefined {
  const { abandoned } = seen.transcript;
  if (abandoned?.limit !== undefined) {
    return {
      why: 'limit',
      reason: `the script does not fit into ${abandoned.limit}`,
      unlock: `raise the limit (${abandoned.limit})`,
      isCertain: true,
    };
  }
  if (!expectsDefence && seen.connections.some((view) => errorGoaway(view) === errorCodes.ENHANCE_YOUR_CALM)) {
    return {
      why: 'calm',
      reason: 'the target answered GOAWAY ENHANCE_YOUR_CALM to the volume of an input',
      unlock: 'allow more, or ask for less with --rate and --concurrency',
      isCertain: true,
    };
  }
  const reactions = violations.flatMap(({ severity, reaction }) => (severity === 'info' ? [] : [reaction]));
  for (const call of seen.allCalls) {
    const view = seen.connections.find(({ name }) => name === call.plan.connection);
    if (view?.attacked === true) continue;
    const isHeldAgainst = reactions.some((reaction) => mentions(reaction, callReaction(call)));
    if (!call.plan.legal) {
      // A refusal is an answer to it, and yet this one may have met any call: if it comes back each time, it is for a rule to judge.
      const refused = isHeldAgainst && call.reset !== undefined ? ofRefusal(call) : undefined;
      if (refused !== undefined) return { ...refused, isCertain: false };
      const unsent =
        isHeldAgainst && view !== undefined && hasSentNoCall(seen, view) ? ofConnection(call, view) : undefined;
      if (unsent !== undefined) return unsent;
      continue;
    }
    const answer = isHeldAgainst ? ofAnswer(call, denials) : undefined;
    // The fresh call of the engine's excuses nothing but itself: the script's own calls were looked at without it.
    const isFresh = call.plan.role === 'afterwards';
    const refusal = !isFresh || isHeldAgainst ? ofRefusal(call) : undefined;
    const found = refusal ?? answer ?? (isFresh || view === undefined ? undefined : ofConnection(call, view));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * An answer that takes more memory than we give it, and may be right all the same: it was too much beside others, or it is that of a method of the user's,
 * which may answer as much as it likes, without an end. Undefined when there is none; see {@link findFlood} for what is not right.
 */
export function findBeyondBound(seen: Observation): NotProcessed | undefined {
  const bound = seen.connections.find(
    (view) => view.bound !== undefined && !view.attacked && !isFlood(view, seen),
  )?.bound;
  if (bound === undefined) return undefined;
  return {
    why: 'bound',
    reason: `to keep what the target answered takes more than our bound of ${describeBound(bound)}`,
    unlock: bound.name === 'run' ? 'ask for less at a time with --concurrency' : 'let it answer with less',
    isCertain: true,
  };
}

/** The connection on which the target sent far more than anybody asked for, until we stopped listening; undefined when there is none. */
export function findFlood(seen: Observation): ConnectionView | undefined {
  return seen.connections.find((view) => isFlood(view, seen));
}

function isFlood(view: ConnectionView, { allCalls }: Observation): boolean {
  if (!view.overflowed || view.attacked || view.bound?.name === 'run') return false;
  // Of methods that we know we know how much was asked for: it fits.
  const isOurs = ({ plan: { kind, path } }: Call): boolean =>
    kind === 'unknown' || /^\/(grpc|grpcconform)\./.test(path);
  return (
    view.bound?.name !== 'connection' || allCalls.every((call) => call.plan.connection !== view.name || isOurs(call))
  );
}

/** True when the class of a violation names that of a call: `afterwards status 8` does `status 8`, and not `status 80`. */
const mentions = (reaction: string, wanted: string): boolean =>
  ` ${reaction.replaceAll(',', ' ')} `.includes(` ${wanted} `);

/** A call that the target says it has not looked at; who compares answers may have compared it all the same. */
function ofRefusal(call: Call): NotProcessed | undefined {
  // A GOAWAY with an error accuses us of something: that is for a rule to judge.
  const isInOrder = call.reset !== undefined || call.goawayErrorCode === errorCodes.NO_ERROR;
  if (call.shape !== 'refused' || !isInOrder) return undefined;
  const how = call.reset === undefined ? 'a GOAWAY below its stream' : 'REFUSED_STREAM';
  return {
    why: 'refused',
    reason: `the target refused a call unprocessed, by ${how}`,
    unlock: 'raise the limit of calls, or ask for less at a time with --max-streams and --concurrency',
    isCertain: true,
  };
}

function ofAnswer(call: Call, denials: readonly string[]): NotProcessed | undefined {
  const reaction = callReaction(call);
  if (denials.includes(reaction)) {
    const reason = `every call is answered ${describeDenial(call)}`;
    return { why: 'denied', reason, unlock: unlockDenial(reaction), isCertain: true };
  }
  if (call.status === status.RESOURCE_EXHAUSTED) {
    return {
      why: 'exhausted',
      reason: 'the target answered RESOURCE_EXHAUSTED',
      unlock: 'raise its limits, or ask for less with --rate and --concurrency',
      isCertain: false,
      ...pushbackOf(call),
    };
  }
  if (call.status === status.UNAVAILABLE || (call.shape === 'http' && isBusyHttp(call.httpStatus))) {
    const how = call.shape === 'http' ? `HTTP status ${call.httpStatus}` : 'UNAVAILABLE';
    return {
      why: 'unavailable',
      reason: `the target answered ${how}`,
      unlock: 'make it available, or ask for less with --rate and --concurrency',
      isCertain: false,
      ...pushbackOf(call),
    };
  }
  return undefined;
}

/** HTTP statuses by which a gateway says that it cannot serve just now (http-grpc-status-mapping). */
const isBusyHttp = (code: number | undefined): boolean => code === 429 || code === 502 || code === 503 || code === 504;

function pushbackOf(call: Call): { readonly pushback?: number } {
  const value = fieldValue(call.trailers ?? [], 'grpc-retry-pushback-ms');
  if (value === undefined || !/^\d{1,9}$/.test(value)) return {};
  return { pushback: Math.min(Number(value), longestPushback) };
}

/**
 * A connection that the target ended without an error, so that a call of ours was never sent on it or has nothing of an answer. Where a call was under way and
 * the end came without a GOAWAY, the two may have crossed; where that happens each time, it is for a rule to judge.
 */
function ofConnection(call: Call, view: ConnectionView): NotProcessed | undefined {
  const isOverInOrder = view.received.some(({ frame }) => frame.type === 'GOAWAY') || view.closed?.by === 'target';
  if (!isOverInOrder || errorGoaway(view) !== undefined) return undefined;
  const wasNotSent = call.times.opened === undefined;
  const hasNoAnswer = call.shape === 'closed' && call.times.headers === undefined;
  if (!wasNotSent && !hasNoAnswer) return undefined;
  return {
    why: 'ended',
    reason: 'the target ended a connection before a call on it was looked at',
    unlock: 'let connections live longer, or take more calls',
    isCertain: wasNotSent && view.received.some(({ frame }) => frame.type === 'GOAWAY'),
  };
}

/** True for a connection that was over before any call was sent on it, so that nothing of what its end means can be meant for one. */
const hasSentNoCall = ({ allCalls }: Observation, { name }: ConnectionView): boolean =>
  allCalls.every((call) => call.plan.connection !== name || call.times.opened === undefined);

/** What a denial says, for people: `UNAUTHENTICATED (16)`, `HTTP status 403`. */
export function describeDenial({ shape, status: code, httpStatus }: Call): string {
  if (shape === 'http') return `HTTP status ${httpStatus ?? 'unknown'}`;
  return code === undefined ? 'with no status' : describeStatus(code);
}

/** What would help against a denial, by its reaction. */
export function unlockDenial(reaction: string): string {
  const isAboutUs = /^(status (16|7)|HTTP 40[13])$/.test(reaction);
  return isAboutUs
    ? "say who asks: -H 'authorization: …' gives a field to every call"
    : 'make it available: every plain call is refused for now';
}

/** True for an answer that is about who asks, or about now, and not about the request. */
export function isDenial(call: Call): boolean {
  if (call.shape === 'http') return call.httpStatus === 401 || call.httpStatus === 403 || isBusyHttp(call.httpStatus);
  const { status: code } = call;
  return (
    call.shape === 'refused' ||
    code === status.UNAUTHENTICATED ||
    code === status.PERMISSION_DENIED ||
    code === status.UNAVAILABLE ||
    code === status.RESOURCE_EXHAUSTED
  );
}
