import { adaptTimes } from '../../connection/adapt-times';
import type { ConnectionView } from '../../transcript/connection-view';
import { describeAddress } from '../../connection/endpoint';
import { ConformError } from '../../error';
import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import type { CallOptions } from '../../grpc/plan-builder';
import { emptyCall, unknownMethod } from '../../grpc/test-service';
import { absentMethod } from '../../moves/plainest-call';
import { tableLimit } from '../../moves/table-of-requests';
import { initialSettings, maxFrameLength } from '../../wire/settings';
import { describeDenial, isDenial, unlockDenial } from '../../rules/not-processed';
import { callReaction } from '../../rules/reaction';
import type { CapabilityRecord, LimitRecord, TargetRecord } from '../../report/model';
import { printable } from '../../report/printable';
import { isFeature } from '../../facts/need';
import type { TargetFacts } from '../../facts/target-facts';
import { findOwnMethods, noOwnMethods, type KnownSchema, type OwnMethods, type SchemaOptions } from './own-methods';
import { findLimits, type FoundLimits } from './find-limits';
import { findMessageLimit } from './find-message-limit';
import { longestFrame } from '../../facts/within-limits';
import { keepaliveOf, maxAgeOf, maxIdleOf, type Claims } from '../../facts/claims';
import { readCertificateNames } from './certificate-names';
import { findHealth, findProbe } from './find-services';
import { findReflection, type Reflected } from './find-reflection';
import { findMethods, refuseEncoding } from './find-test-service';
import { measureRoundTrip } from './measure-round-trip';
import { lastedFor } from '../../properties/checks/deadline';
import { encodingsAccepted, identify, isOk } from './read-answer';
import type { Conversation, TargetProcess } from '../target';
import { offered, planFacts, Talk, type Found, type Part, type TalkOptions } from './talk';

export interface DiscoveryOptions extends TalkOptions {
  /** From `--message-limit`, in octets. */
  readonly messageLimit?: number;
  /** From `--header-limit`, in octets. */
  readonly headerLimit?: number;
  /** From `--max-streams`. */
  readonly maxStreams?: number;
  /** What the author says of how long connections live. */
  readonly claims?: Claims;
  readonly process?: TargetProcess;
  readonly canStopGracefully: boolean;
  /** The target may be attacked. */
  readonly mayBeAttacked: boolean;
  /** Where the user's own methods are described, and which may be called; none when absent. */
  readonly schema?: SchemaOptions;
  /** What the files say that {@link schema} names. */
  readonly known?: KnownSchema;
}

export interface Discovery {
  readonly facts: TargetFacts;
  /** 0: unknown methods only; 1: methods of the user's own; 2: grpc.testing.TestService, whatever else. */
  readonly tier: 0 | 1 | 2;
  /** What descriptors say of the target's services. */
  readonly schema?: OwnMethods['record'];
  /** What TLS agreed on. */
  readonly tls?: ConnectionView['tls'];
  /** What the target calls itself; may be empty. */
  readonly identification: string;
  /** Where each of {@link TargetFacts.limits} was read. */
  readonly limits: readonly LimitRecord[];
  /** Everything that was said. */
  readonly conversations: readonly Conversation[];
  readonly capabilities: readonly CapabilityRecord[];
  /** Why nothing can be tested although the target speaks HTTP/2. */
  readonly unusable?: string;
  /** Present when every plain call was refused for who asks or for now. */
  readonly denied?: NonNullable<TargetRecord['denied']>;
}

/** Waits for an answer that server reflection may take in all. */
const reflectionReplies = 6;

/**
 * Finds out what a target offers, by small legal calls to the interop, health, probe and reflection services, and to a method that no server has; calls nothing else. Every wait is bounded. All that was said is kept, to be judged like any other traffic.
 *
 * @throws ConformError ERR_TARGET_UNREACHABLE when the first call gets no connection; ERR_TARGET_NOT_READY when it is answered without an end; ERR_SCHEMA or
 *   ERR_USAGE when the methods that may be called cannot be found.
 */
export async function discover(options: DiscoveryOptions): Promise<Discovery> {
  const talk = new Talk(options);
  // A server that takes longer than this for its first answer is not ready.
  const patient = { ...options.times, reply: options.times.connect };
  const first = await talk.ask(
    firstCall,
    (script) => script.call(emptyCall(), optionalEnd).awaitEnd(options.times.connect),
    patient,
  );
  requireConnection(options, first);
  talk.reckonWith(lastedFor(first.call()) ?? 0);
  const absent = await talk.ask(absentCall, (script) => {
    const call = script.call(unknownMethod(absentMethod), optionalEnd);
    script.await({ see: 'end', stream: call.stream }, { optional: true });
  });
  const answers = { first: first.call(), absent: absent.call() };
  requireConversation(options, first, absent);
  const unusable = findUnusable(first, absent, talk);
  if (unusable !== undefined) return makeDiscovery(options, talk, answers, { found: [], own: noOwnMethods, unusable });
  const own = await findOwn(options, talk);
  const found = await Promise.all([
    findMethods(talk, answers.first, answers.absent),
    findHealth(talk, answers.absent),
    // Who wants none of it is not asked.
    options.schema?.useReflection === false
      ? { judged: [], reflected: undefined }
      : findReflection(talk, answers.absent),
    findSurroundings(options),
  ]);
  const [methods, , { reflected }] = found;
  const servesTestService = isOk(answers.first, 1);
  const later = await Promise.all([
    servesTestService && options.messageLimit === undefined
      ? findMessageLimit(talk)
      : { judged: [], messageLimit: options.messageLimit },
    findProbe(talk, servesTestService),
  ]);
  const refused = servesTestService ? await refuseEncoding(talk) : [];
  const [limit] = later;
  const given: readonly Found[] =
    options.messageLimit !== undefined && servesTestService ? [offered('message-limit')] : [];
  const all = [...found.flatMap(({ judged }) => judged), ...later.flatMap(({ judged }) => judged), ...given];
  const limited = await findLimits({
    ask: (about, write) => talk.ask(about, write),
    offers: all.filter(({ state }) => state === 'offered').map(({ need }) => need),
    given: { message: options.messageLimit, headerList: options.headerLimit, streams: options.maxStreams },
    messageLimit: limit.messageLimit,
    mayBeAttacked: options.mayBeAttacked,
    ...(options.claims === undefined ? {} : { claims: options.claims }),
  });
  // Last: by now the target is warm, and nothing of ours competes with it.
  const roundTrip = servesTestService ? await measureRoundTrip(talk) : undefined;
  const certificateNames = await readCertificateNames(options.endpoint, options.times.connect, options.signal);
  return makeDiscovery(options, talk, answers, {
    found: all,
    ...(certificateNames === undefined ? {} : { certificateNames }),
    limited,
    encodings: [...methods.encodings, ...refused.flatMap(encodingsAccepted)],
    own,
    ...(reflected === undefined ? {} : { reflected }),
    ...(limit.messageLimit === undefined ? {} : { messageLimit: limit.messageLimit }),
    ...(roundTrip === undefined ? {} : { roundTrip }),
  });
}

/** What was found out, for {@link makeDiscovery}. */
interface Findings {
  readonly found: readonly Found[];
  readonly own: OwnMethods;
  readonly reflected?: Reflected;
  readonly encodings?: readonly string[];
  readonly messageLimit?: number;
  readonly limited?: FoundLimits;
  readonly roundTrip?: number;
  readonly unusable?: string;
  readonly certificateNames?: readonly string[];
}

function makeDiscovery(
  options: DiscoveryOptions,
  talk: Talk,
  { first, absent }: { readonly first: Call; readonly absent: Call },
  {
    found,
    own,
    reflected,
    encodings: listed = [],
    messageLimit,
    limited,
    roundTrip: measured,
    unusable,
    certificateNames,
  }: Findings,
): Discovery {
  const { claims = {} } = options;
  const encodings = [...new Set([...encodingsAccepted(first), ...listed])];
  const known = (['gzip', 'deflate'] as const).filter((encoding) => encodings.includes(encoding));
  const servesUnary = found.some(({ need, state }) => need === 'unary' && state === 'offered');
  const hasStreamLimit = servesUnary && isFilled(limited);
  const hasSmallerTable = tableLimit({ settings: talk.settings }) < initialSettings.HEADER_TABLE_SIZE;
  // Longer than the largest value is none that a length field can say.
  const hasFrameLimit = longestFrame({ settings: talk.settings }) < maxFrameLength;
  const all = [
    ...found,
    ...known.map(offered),
    ...own.offers.map(offered),
    ...(hasStreamLimit ? [offered('stream-limit')] : []),
    ...(hasSmallerTable ? [offered('smaller-table')] : []),
    ...(hasFrameLimit ? [offered('frame-limit')] : []),
  ];
  const offers = all.filter(({ state }) => state === 'offered').map(({ need }) => need);
  const roundTrip = measured ?? lastedFor(first) ?? 0;
  const denial =
    isDenial(first) && isDenial(absent) && callReaction(first) === callReaction(absent) ? absent : undefined;
  return {
    tier: offers.includes('unary') || found.some(isBrokenMethod) ? 2 : own.schema === undefined ? 0 : 1,
    ...(own.record === undefined ? {} : { schema: own.record }),
    tls: talk.tls,
    identification: identify(first),
    limits: limited?.records ?? [],
    conversations: talk.conversations,
    capabilities: all
      .filter(({ need }) => isFeature(need))
      .map(({ need, state, why }) => ({
        need,
        state,
        ...(why === undefined ? {} : { why: printable(why) }),
      })),
    ...(unusable === undefined ? {} : { unusable }),
    ...(denial === undefined
      ? {}
      : { denied: { answer: describeDenial(denial), unlock: unlockDenial(callReaction(denial)) } }),
    facts: {
      ...planFacts(options),
      offers: [...new Set(offers)],
      settings: talk.settings,
      ...(messageLimit === undefined ? {} : { messageLimit }),
      ...(limited === undefined ? {} : { limits: limited.limits }),
      ...(Object.keys(claims).length === 0 ? {} : { claims }),
      ...(denial === undefined ? {} : { denials: [callReaction(denial)] }),
      ...(encodings.length === 0 ? {} : { acceptedEncodings: encodings }),
      ...(reflected === undefined ? {} : { reflected }),
      ...(own.schema === undefined ? {} : { schema: own.schema, idempotent: own.idempotent }),
      ...(certificateNames === undefined ? {} : { certificateNames }),
      roundTrip,
      times: adaptTimes(options.times, roundTrip),
    },
  };
}

/** Streams that a script opens at most to reach the limit of a connection. */
const mostStreamsToFill = 100;

/** The target has said how many streams a connection may have, and serves as many calls there: a script can fill it. */
function isFilled(limited: FoundLimits | undefined): boolean {
  if (limited === undefined) return false;
  const { streams = 0, handlers = Infinity, callsPerConnection = Infinity } = limited.limits;
  const isSaid = limited.records.some(({ name, from }) => name === 'streams' && from.startsWith('SETTINGS_'));
  return isSaid && streams > 0 && streams <= Math.min(mostStreamsToFill, handlers, callsPerConnection);
}

/** A method of TestService that is there and does not work is a reason to say that TestService is served. */
const isBrokenMethod = ({ need, state }: Found): boolean =>
  state === 'broken' && ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'].includes(need);

const optionalEnd: CallOptions = { awaitEnd: false };

/** The user's own methods. Server reflection gets a time limit for all of its questions together. */
async function findOwn(options: DiscoveryOptions, talk: Talk): Promise<OwnMethods> {
  const { schema, known, endpoint, signal } = options;
  const { times } = talk;
  if (schema === undefined) return noOwnMethods;
  const deadline = AbortSignal.timeout(reflectionReplies * times.reply);
  const limited = AbortSignal.any([deadline, ...(signal === undefined ? [] : [signal])]);
  return findOwnMethods({
    options: schema,
    ...(known === undefined ? {} : { known }),
    where: describeAddress(endpoint.address),
    ask: (write) => talk.ask('server reflection', write, times, limited),
    replyTime: times.reply,
    deadline,
  });
}

function requireConnection(options: DiscoveryOptions, seen: Observation): void {
  const where = describeAddress(options.endpoint.address);
  const connection = seen.connection();
  if (options.signal?.aborted === true)
    throw new ConformError('ERR_TARGET_NOT_READY', 'interrupted while looking at the target');
  if (!connection.connected) {
    throw new ConformError(
      'ERR_TARGET_UNREACHABLE',
      `${where}: the second connection failed: ${connection.connectFailure ?? 'no reason given'}`,
    );
  }
  if (!connection.overflowed) return;
  throw new ConformError(
    'ERR_TARGET_NOT_READY',
    `${where}: the server answered one small call with ${connection.received.length} frames and did not stop: check that it serves gRPC`,
  );
}

/** A port that greets us and hangs up before a call of ours could be made, both times, is not ready; no rule says for how long a connection lives. */
function requireConversation(options: DiscoveryOptions, first: Observation, absent: Observation): void {
  const hangsUp = (seen: Observation): boolean =>
    seen.call().times.opened === undefined && seen.connection().closed?.by === 'target';
  if (!hangsUp(first) || !hangsUp(absent)) return;
  throw new ConformError(
    'ERR_TARGET_NOT_READY',
    `${describeAddress(options.endpoint.address)}: the server sends HTTP/2 SETTINGS and closes each connection before a call can be made: check that it serves gRPC`,
  );
}

const firstCall = 'the first call';
const absentCall = 'a call of a method that does not exist';

/** Neither of the plainest calls got as far as an answer, so that nothing can be tested: why, as a clause. The row that says so is named to the talk. */
function findUnusable(first: Observation, absent: Observation, talk: Talk): string | undefined {
  const connection = first.connection();
  if (first.call().times.opened === undefined && connection.closed?.by !== 'target') {
    const isSilent = connection.received.length === 0;
    if (isSilent) talk.blame(firstCall, 'CONN-01-settings-first', { own: [], segments: [], waits: true });
    else talk.blame(firstCall, 'CONN-05-settings-acknowledged', { own: [] });
    return isSilent
      ? 'the target sends no SETTINGS before our first request'
      : 'the target does not send SETTINGS and acknowledge ours before our first request';
  }
  const isUnanswered = (seen: Observation): boolean => seen.call().shape === 'open' || seen.call().shape === 'closed';
  if (!isUnanswered(first) || !isUnanswered(absent)) return undefined;
  const input = { path: absentMethod, hasMessage: true, halfClose: true };
  talk.blame(absentCall, 'REQ-21-unknown-service-or-method', input);
  return 'the target answers no call, not even one of a method that does not exist';
}

/** What is known without asking. */
async function findSurroundings({
  endpoint,
  process,
  canStopGracefully,
  mayBeAttacked,
  claims,
}: DiscoveryOptions): Promise<Part> {
  const judged: Found[] = [];
  if (endpoint.tls !== undefined) judged.push(offered('tls'));
  if (endpoint.tls?.cert !== undefined) judged.push(offered('client-certificate'));
  if ((await process?.residentMemory()) !== undefined) judged.push(offered('rss'));
  if (process !== undefined && canStopGracefully) judged.push(offered('graceful-stop'));
  if (mayBeAttacked) judged.push(offered('hostile'));
  if (keepaliveOf(claims) !== undefined) judged.push(offered('server-keepalive'));
  if (maxAgeOf(claims) !== undefined || maxIdleOf(claims) !== undefined) judged.push(offered('connection-lifetime'));
  return { judged };
}
