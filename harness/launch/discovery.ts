import { randomBytes } from 'node:crypto';
import { adaptTimes } from '../connection/adapt-times';
import type { ConnectionView } from '../transcript/connection-view';
import { describeAddress } from '../connection/endpoint';
import { ConformError } from '../error';
import type { Call } from '../grpc/call';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { binaryFieldValues, encodeBinaryValue, fieldValue, fieldValues, splitFieldValues } from '../grpc/metadata';
import type { Observation } from '../grpc/observation';
import type { CallOptions, PlanBuilder } from '../grpc/plan-builder';
import { status } from '../grpc/status';
import {
  decodeCounters,
  decodeHealthCheckResponse,
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  healthCheck,
  probeAwait,
  probeKeyName,
  probeReset,
  probeThrow,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
  unknownMethod,
} from '../grpc/test-service';
import { absentMethod } from '../moves/plainest-call';
import type { Need } from '../properties/need';
import { answersEmpty, answersStream, answersSum, answersUnary } from '../properties/checks/answers';
import { callBreach, isOkWithCount } from '../properties/checks/expectations';
import { describeDenial, isDenial, unlockDenial } from '../rules/not-processed';
import { callReaction } from '../rules/reaction';
import type { CapabilityRecord, LimitRecord, TargetRecord } from '../report/model';
import { printable } from '../report/printable';
import type { TargetFacts } from '../properties/target-facts';
import { errorCodes } from '../wire/error-codes';
import { escapeOctets } from '../wire/escape-octets';
import { joinOctets } from '../wire/join-octets';
import { settingIds } from '../wire/settings';
import { findOwnMethods, noOwnMethods, type KnownSchema, type OwnMethods, type SchemaOptions } from './own-methods';
import { isUnimplemented, judgePromise } from './capability';
import { findLimits, type FoundLimits } from './find-limits';
import type { Conversation, TargetProcess } from './target';
import { planFacts, Talk, type Found, type PlainUse, type TalkOptions } from './talk';

export interface DiscoveryOptions extends TalkOptions {
  /** From `--message-limit`, in octets. */
  readonly messageLimit?: number;
  /** From `--header-limit`, in octets. */
  readonly headerLimit?: number;
  /** From `--max-streams`. */
  readonly maxStreams?: number;
  readonly process?: TargetProcess;
  readonly canStopGracefully: boolean;
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

/** Default limit of received messages of nearly all gRPC servers: 4 MiB. */
const commonMessageLimit = 4 * 1024 * 1024;
/** How long a server may take to refuse a message that it has only seen the length of; above the second that some delay refusals by. Milliseconds. */
const refusalTime = 2000;
/** How long it may take to refuse the second one, once it has refused the first. */
const secondRefusalTime = 300;
/** The interval that a slow handler is asked for, in milliseconds; long enough to tell from a round trip. */
const slowInterval = 50;
/** Timers may fire a little early, clocks differ in resolution. */
const timerTolerance = 5;
/** Small calls of which the round trip is the median. */
const roundTripCalls = 5;
/** Replies asked of Throw: far more than fit the window, so that the call is cancelled long before the exception. */
const repliesBeforeThrow = 10_000;
/** Stream window while asking Throw: a few replies. */
const narrowWindow = 64;
/** Waits for an answer that server reflection may take in all. */
const reflectionReplies = 6;
/** Octets of the payload that shall come back compressed: some servers leave small messages alone, the largest threshold known is 1024 octets. */
const worthCompressing = 4000;
/** An encoding that no server has: the refusal of it is where most servers say which ones they accept (compression.md, Method Asymmetry). */
const unheardOfEncoding = 'x-grpc-conform';
/** What is kept of grpc-accept-encoding, which a server may fill with anything: far more than there are encodings, and the names of tokens. */
const mostEncodings = 50;
const encodingName = /^[\x21-\x7e]{1,50}$/;
/** Longest identification shown. */
const longestIdentification = 200;

/**
 * Finds out what a target offers, by small legal calls to the interop, health, probe and, where asked to, reflection services, and to a method that no server
 * has; calls nothing else. Every wait is bounded. All that was said is kept, to be judged like any other traffic.
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
    (peer) => peer.call(emptyCall(), optionalEnd).awaitEnd(options.times.connect),
    patient,
  );
  requireConnection(options, first);
  talk.reckonWith(durationOf(first.call()) ?? 0);
  const absent = await talk.ask(absentCall, (peer) => {
    const call = peer.call(unknownMethod(absentMethod), optionalEnd);
    peer.await({ see: 'end', stream: call.stream }, { optional: true });
  });
  const answers = { first: first.call(), absent: absent.call() };
  requireConversation(options, first, absent);
  const unusable = findUnusable(first, absent, talk);
  if (unusable !== undefined) return makeDiscovery(options, talk, answers, { found: [], own: noOwnMethods, unusable });
  const own = await findOwn(options, talk);
  const found = await Promise.all([
    findMethods(talk, answers.first, answers.absent),
    findHealth(talk, answers.absent),
    findSurroundings(options),
  ]);
  const [methods] = found;
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
  });
  // Last: by now the target is warm, and nothing of ours competes with it.
  const roundTrip = servesTestService ? await measureRoundTrip(talk) : undefined;
  return makeDiscovery(options, talk, answers, {
    found: all,
    limited,
    encodings: [...methods.encodings, ...refused.flatMap(encodingsAccepted)],
    own,
    ...(limit.messageLimit === undefined ? {} : { messageLimit: limit.messageLimit }),
    ...(roundTrip === undefined ? {} : { roundTrip }),
  });
}

/** What was found out, for {@link makeDiscovery}. */
interface Findings {
  readonly found: readonly Found[];
  readonly own: OwnMethods;
  readonly encodings?: readonly string[];
  readonly messageLimit?: number;
  readonly limited?: FoundLimits;
  readonly roundTrip?: number;
  readonly unusable?: string;
}

function makeDiscovery(
  options: DiscoveryOptions,
  talk: Talk,
  { first, absent }: { readonly first: Call; readonly absent: Call },
  { found, own, encodings: listed = [], messageLimit, limited, roundTrip: measured, unusable }: Findings,
): Discovery {
  const encodings = [...new Set([...encodingsAccepted(first), ...listed])];
  const gzip = encodings.includes('gzip') ? [offered('gzip')] : [];
  const all = [...found, ...gzip, ...own.offers.map(offered)];
  const offers = all.filter(({ state }) => state === 'offered').map(({ need }) => need);
  const roundTrip = measured ?? durationOf(first) ?? 0;
  const denial =
    isDenial(first) && isDenial(absent) && callReaction(first) === callReaction(absent) ? absent : undefined;
  return {
    tier: offers.includes('unary') || found.some(isBrokenMethod) ? 2 : own.schema === undefined ? 0 : 1,
    ...(own.record === undefined ? {} : { schema: own.record }),
    tls: talk.tls,
    identification: identify(first),
    limits: limited?.records ?? [],
    conversations: talk.conversations,
    capabilities: all.map(({ need, state, why }) => ({
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
      ...(denial === undefined ? {} : { denials: [callReaction(denial)] }),
      ...(encodings.length === 0 ? {} : { acceptedEncodings: encodings }),
      ...(own.schema === undefined ? {} : { schema: own.schema, idempotent: own.idempotent }),
      roundTrip,
      times: adaptTimes(options.times, roundTrip),
    },
  };
}

/** A method of TestService that is there and does not work is a reason to say that TestService is served. */
const isBrokenMethod = ({ need, state }: Found): boolean =>
  state === 'broken' && ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'].includes(need);

interface Part {
  readonly judged: readonly Found[];
}

const offered = (need: Need): Found => ({ need, state: 'offered' });
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

/** Milliseconds from the header of a small call to its end. */
async function measureRoundTrip(talk: Talk): Promise<number | undefined> {
  const seen = await talk.ask('small calls, for the round trip', (peer) => {
    for (let index = 0; index < roundTripCalls; index += 1) peer.call(emptyCall(), { on: 'main' });
  });
  return median(seen.calls.flatMap((call) => durationOf(call) ?? []));
}

/** Octets of the answer to the plain unary call. */
const plainAnswer = 271;
const plainUploads = [10, 20];
const plainAnswers = [31, 9];
const plainTurns = [5, 7];

const zeros = (length: number) => ({ length, seed: 0 });

/** The plain call of each kind of method of TestService. */
const plainUses = {
  empty: {
    need: 'unary',
    about: 'the plain call of EmptyCall',
    write: (peer) => void peer.call(emptyCall()),
    row: 'MSG-05-zero-length-message',
    input: { method: 'EmptyCall', payloads: [zeros(0)], cuts: [], stops: [], key: 'discovery' },
    check: answersEmpty,
  },
  unary: {
    need: 'unary',
    about: 'the plain call of UnaryCall',
    write: (peer) => void peer.call(unaryCall({ responseSize: plainAnswer }), { acceptEncoding: 'identity,gzip' }),
    row: 'RPC-01-unary',
    input: { payload: zeros(0), size: plainAnswer, cuts: [], stops: [] },
    check: (call) => answersUnary(call, plainAnswer),
  },
  'client-streaming': {
    need: 'client-streaming',
    about: 'the plain call of StreamingInputCall',
    write: (peer) =>
      void peer.call(streamingInputCall(plainUploads.map((length) => ({ payload: new Uint8Array(length) })))),
    row: 'RPC-02-client-streaming',
    input: { payloads: plainUploads.map(zeros), endStreamOnEmptyFrame: false },
    check: (call) =>
      answersSum(
        call,
        plainUploads.reduce((sum, length) => sum + length, 0),
      ),
  },
  'server-streaming': {
    need: 'server-streaming',
    about: 'the plain call of StreamingOutputCall',
    write: (peer) => void peer.call(streamingOutputCall({ responses: plainAnswers.map((size) => ({ size })) })),
    row: 'RPC-03-server-streaming',
    input: { sizes: plainAnswers },
    check: (call) => answersStream(call, plainAnswers),
  },
  'bidirectional-streaming': {
    need: 'bidirectional-streaming',
    about: 'the plain call of FullDuplexCall',
    write: (peer) => {
      const duplex = fullDuplexCall(plainTurns.map((size) => ({ responses: [{ size }] })));
      const call = peer.begin(duplex);
      // The first answer must come before the second question is asked: that is what makes it bidirectional.
      call.sendMessages(duplex.messages.slice(0, 1)).awaitMessages(1);
      call.sendMessages(duplex.messages.slice(1), { endStream: true }).awaitEnd();
    },
    row: 'RPC-04-bidi',
    input: {
      rounds: plainTurns.map((size, index) => ({ payload: zeros(0), responses: [size], await: index === 0 })),
      isLate: false,
    },
    check: (call) => answersStream(call, plainTurns),
  },
} as const satisfies Readonly<Record<string, PlainUse>>;

/** The methods of TestService, and what they promise. */
async function findMethods(
  talk: Talk,
  first: Call,
  absent: Call,
): Promise<Part & { readonly encodings: readonly string[] }> {
  const { empty, unary, ...streaming } = plainUses;
  // One after the other: small servers refuse calls above a handful at a time.
  const kinds: Found[] = [];
  const emptyFound = isUnimplemented(first) ? undefined : await talk.use(empty, absent);
  const unaryFound = await talk.use(unary, absent);
  // One of them is enough to say that unary calls do not work.
  if (emptyFound?.state === 'broken' && unaryFound.state === 'broken') talk.excuse(empty.about);
  kinds.push(joinUnary(emptyFound, unaryFound));
  for (const use of Object.values(streaming)) kinds.push(await talk.use(use, absent));
  const isOffered = (need: Need): boolean => kinds.some((kind) => kind.need === need && kind.state === 'offered');
  const [promised, waits] = await Promise.all([
    isOffered('unary') ? findPromises(talk, isOffered('bidirectional-streaming')) : { judged: [], encodings: [] },
    isOffered('bidirectional-streaming') ? findSlow(talk) : [],
  ]);
  return { judged: [...kinds, ...promised.judged, ...waits], encodings: promised.encodings };
}

/** `unary` is two methods: it is offered when both are, and the worse of them says why not. */
function joinUnary(empty: Found | undefined, unary: Found): Found {
  if (empty === undefined) {
    return unary.state === 'offered' ? { need: 'unary', state: 'absent', why: 'EmptyCall is unimplemented' } : unary;
  }
  return empty.state === 'offered' || unary.state === 'broken' ? unary : empty;
}

/** What UnaryCall does with the fields of its request: status, metadata, compression. The protocol does not say that a handler must; the fixture does. */
async function findPromises(
  talk: Talk,
  hasStreams: boolean,
): Promise<Part & { readonly encodings: readonly string[] }> {
  const asked = { code: status.ABORTED, message: 'asked for by discovery' };
  const trailing = Uint8Array.of(0xab, 0xab, 0xab);
  const isAsked = (call: Call): boolean => call.status === asked.code && call.message === asked.message;
  const [sized, ended, echoed, compressed, streamed] = await Promise.all([
    // An empty answer, too: what a server makes of it when it may compress is for the rules of all traffic to see.
    talk.ask('what UnaryCall says of encodings', (peer) => {
      peer.call(unaryCall({ responseSize: 1 }), { acceptEncoding: 'identity,gzip' });
      peer.call(unaryCall({ responseSize: 0, responseCompressed: true }), { acceptEncoding: 'identity,gzip' });
    }),
    talk.promise({
      need: 'status',
      what: 'response_status is not answered with that status',
      request: unaryCall({ status: asked }),
      isKept: isAsked,
    }),
    talk.promise({
      need: 'metadata',
      what: `${echoInitialName} and ${echoTrailingName} do not come back`,
      request: unaryCall({ responseSize: 1 }),
      options: {
        metadata: [
          { name: echoInitialName, value: 'discovery' },
          { name: echoTrailingName, value: encodeBinaryValue(trailing) },
        ],
      },
      isKept: (call) => isEchoed(call, 'discovery', trailing),
    }),
    talk.promise({
      need: 'compressed-responses',
      what: 'response_compressed is not answered with a compressed message',
      request: unaryCall({ responseSize: worthCompressing, responseCompressed: true }),
      options: { acceptEncoding: 'gzip' },
      isKept: (call) => isOk(call, 1) && call.messages[0]?.compressedFlag === 1 && encodingOf(call) === 'gzip',
    }),
    hasStreams
      ? talk.promise({
          need: 'status',
          what: 'response_status of FullDuplexCall is not answered with that status',
          request: fullDuplexCall([{ responses: [], status: asked }]),
          isKept: isAsked,
        })
      : undefined,
  ]);
  const statusFound = ended.found.state === 'offered' && streamed !== undefined ? streamed.found : ended.found;
  const calls = [sized.call(), ended.call, echoed.call, compressed.call];
  return { judged: [statusFound, echoed.found, compressed.found], encodings: calls.flatMap(encodingsAccepted) };
}

/** A message that claims to be compressed by what no server has; on a connection of its own, should the refusal cost it. */
async function refuseEncoding(talk: Talk): Promise<readonly Call[]> {
  const request = unaryCall({ payload: new Uint8Array(20), responseSize: 1 });
  const body = joinOctets(request.messages.map((message) => encodeMessage(message, { compressedFlag: 1 })));
  const seen = await talk.ask('an encoding that no server has', (peer) => {
    const call = peer.call(request, { body, encoding: unheardOfEncoding, awaitEnd: false });
    peer.await({ see: 'end', stream: call.stream }, { optional: true });
  });
  return seen.calls;
}

/** A handler that takes its time when asked to. */
async function findSlow(talk: Talk): Promise<readonly Found[]> {
  const seen = await talk.ask('an answer after an interval', (peer) =>
    peer.call(fullDuplexCall([{ responses: [{ size: 1, intervalUs: slowInterval * 1000 }] }])),
  );
  const waited = (seen.call().messages[0]?.at ?? 0) - (seen.call().times.opened ?? 0);
  const isKept = isOk(seen.call(), 1) && waited >= slowInterval - timerTolerance;
  return [{ need: 'slow', ...judgePromise(isKept, 'interval_us is not waited for') }];
}

/**
 * Announces a message one octet above the common limit, and one exactly at it, and sends neither: only a server with that limit refuses the first and
 * waits for the second.
 */
async function findMessageLimit(talk: Talk): Promise<Part & { readonly messageLimit?: number }> {
  const announce = (peer: PlanBuilder, length: number) => peer.begin(unaryCall()).sendOctets(prefixOf(length));
  const seen = await talk.ask('a message above the common limit', (peer) => {
    const above = announce(peer, commonMessageLimit + 1);
    peer.await({ see: 'end', stream: above.stream }, { within: refusalTime, optional: true });
    const at = announce(peer, commonMessageLimit);
    peer.await({ see: 'end', stream: at.stream }, { within: secondRefusalTime, optional: true });
    above.resetUnlessEnded();
    at.reset();
  });
  const [above, at] = seen.calls;
  // Which status or error code it is, is for MSG-08 to judge.
  const isLimit = above !== undefined && isError(above) && at?.reset?.by === 'peer' && at.shape === 'reset';
  return isLimit ? { judged: [offered('message-limit')], messageLimit: commonMessageLimit } : { judged: [] };
}

async function findHealth(talk: Talk, absent: Call): Promise<Part> {
  const found = await talk.use(
    {
      need: 'health',
      about: 'a health check of the whole server',
      write: (peer) => void peer.call(healthCheck('')),
      row: 'SVC-01-health-check',
      input: { times: 0, cuts: [] },
      check: (call) => {
        const breaches = isOkWithCount(call, 1);
        const answer = call.messages[0];
        const isKnown = answer !== undefined && decodeHealthCheckResponse(answer.octets) !== undefined;
        return breaches.length > 0 || isKnown ? breaches : [callBreach(call, 'a HealthCheckResponse')];
      },
    },
    absent,
  );
  return { judged: [found] };
}

/** The probe service, and that it really counts the calls of the other services. */
async function findProbe(talk: Talk, servesTestService: boolean): Promise<Part> {
  const key = `discovery-${randomBytes(6).toString('hex')}`;
  const counted = servesTestService ? 1 : 0;
  const seen = await talk.ask('the probe service', (peer) => {
    peer.call(probeReset(key));
    if (servesTestService) peer.call(emptyCall(), { metadata: [{ name: probeKeyName, value: key }] });
    peer.call(probeAwait({ key, started: counted, finished: counted, withinMs: 1000 }));
  });
  const [reset] = seen.allCalls;
  if (reset !== undefined && (isUnimplemented(reset) || isDenial(reset))) return { judged: [] };
  const answer = seen.calls.at(-1)?.messages[0];
  const counters = answer === undefined ? undefined : decodeCounters(answer.octets);
  const isKept =
    seen.calls.every((call) => isOk(call, 1)) && counters?.started === counted && counters.finished === counted;
  // A port that knows nothing of it answers in its own way; only who answers Reset has promised to count.
  if (!isKept && !isOk(reset, 1)) return { judged: [] };
  const probe: Found = {
    need: 'probe',
    ...judgePromise(isKept, 'AwaitCounters does not tell of the call that was made'),
  };
  return { judged: isKept && (await servesThrow(talk)) ? [probe, offered('throw')] : [probe] };
}

/** Asks for many replies before the exception, reads one, and cancels: whether the exception does harm is for a property to find out. */
async function servesThrow(talk: Talk): Promise<boolean> {
  const request = probeThrow(repliesBeforeThrow);
  const seen = await talk.ask('an exception after many replies', (peer) => {
    peer.open({
      settings: [
        { id: settingIds.ENABLE_PUSH, value: 0 },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: narrowWindow },
      ],
      housekeeping: { replenishStreams: false },
    });
    peer.call(request, { awaitEnd: false }).leaveAfter(1);
  });
  return seen.call().messages.length > 0;
}

/** What is known without asking. */
async function findSurroundings({ endpoint, process, canStopGracefully }: DiscoveryOptions): Promise<Part> {
  const judged: Found[] = [];
  if (endpoint.tls !== undefined) judged.push(offered('tls'));
  if ((await process?.residentMemory()) !== undefined) judged.push(offered('rss'));
  if (process !== undefined && canStopGracefully) judged.push(offered('graceful-stop'));
  return { judged };
}

/** The target ended this call alone, with a status other than OK or with an error code. */
function isError({ status: code, reset }: Call): boolean {
  return code !== undefined ? code !== status.OK : reset?.by === 'target' && reset.errorCode !== errorCodes.NO_ERROR;
}

function isOk(call: Call | undefined, messages: number): boolean {
  return call?.shape === 'normal' && call.status === status.OK && call.messages.length === messages && call.rest === 0;
}

function isEchoed(call: Call, initial: string, trailing: Uint8Array): boolean {
  const [echoed] = binaryFieldValues(call.trailers ?? [], echoTrailingName);
  return (
    fieldValue(call.headers ?? [], echoInitialName) === initial &&
    echoed !== undefined &&
    Buffer.compare(echoed, trailing) === 0
  );
}

function encodingOf(call: Call): string | undefined {
  return fieldValue(call.headers ?? [], 'grpc-encoding');
}

function encodingsAccepted(call: Call): readonly string[] {
  const names = splitFieldValues(allFields(call), 'grpc-accept-encoding');
  return names.filter((name) => encodingName.test(name)).slice(0, mostEncodings);
}

function allFields(call: Call) {
  return [...(call.headers ?? []), ...(call.trailers ?? [])];
}

function durationOf(call: Call): number | undefined {
  const { opened, end } = call.times;
  return opened === undefined || end === undefined ? undefined : end - opened;
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function prefixOf(length: number): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/** Fields by which servers and what stands before them give themselves away. */
const tellingNames = ['server', 'x-powered-by', 'via', 'x-envoy-upstream-service-time'];

function identify(call: Call): string {
  const fields = allFields(call);
  const told = tellingNames.flatMap((name) => {
    const values = fieldValues(fields, name);
    return values.length === 0 ? [] : [`${name}: ${values.join(', ')}`];
  });
  return escapeOctets(told.join('; '), longestIdentification);
}
