import { randomBytes } from 'node:crypto';
import type { ConnectionView } from '../connection/connection-view';
import { describeAddress, type Endpoint } from '../connection/endpoint';
import { playScript } from '../connection/play-script';
import type { Times } from '../connection/script';
import { ConformError } from '../error';
import type { Call } from '../grpc/call';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { binaryFieldValues, encodeBinaryValue, fieldValue, fieldValues, splitFieldValues } from '../grpc/metadata';
import type { Observation } from '../grpc/observation';
import { observe } from '../grpc/observe';
import { PlanBuilder, type CallOptions, type PlanFacts } from '../grpc/plan-builder';
import { status } from '../grpc/status';
import {
  decodeCounters,
  decodeHealthCheckResponse,
  decodeStreamingInputCallResponse,
  decodeStreamingOutputCallResponse,
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
} from '../grpc/test-service';
import type { Need } from '../properties/need';
import { answersUnary } from '../properties/rules/answers';
import type { TargetFacts } from '../properties/target-facts';
import type { LimitRecord } from '../report/model';
import { errorCodes } from '../wire/error-codes';
import { escapeOctets } from '../wire/escape-octets';
import { joinOctets } from '../wire/join-octets';
import { settingIds, type Setting } from '../wire/settings';
import { findOwnMethods, noOwnMethods, type KnownSchema, type OwnMethods, type SchemaOptions } from './own-methods';
import { findLimits } from './find-limits';
import type { TargetProcess } from './target';
import { adaptTimes } from './times';

export interface DiscoveryOptions {
  readonly endpoint: Endpoint;
  readonly authority: string;
  readonly metadata: TargetFacts['metadata'];
  readonly times: Times;
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
  readonly signal?: AbortSignal;
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
 * Finds out what a target offers, by small legal calls to the interop, health, probe and, where asked to, reflection services; calls nothing else. Every
 * wait is bounded.
 *
 * @throws ConformError ERR_TARGET_UNREACHABLE or ERR_TARGET_NOT_READY when the first call gets no connection or no answer; ERR_SCHEMA or ERR_USAGE when the
 *   methods that may be called cannot be found.
 */
export async function discover(options: DiscoveryOptions): Promise<Discovery> {
  const ask = (write: (peer: PlanBuilder) => void, times = options.times): Promise<Observation> =>
    askTarget(options, times, write);
  const first = await ask(
    (peer) => peer.call(emptyCall(), optionalEnd).awaitEnd(options.times.connect),
    // A server that takes longer than this for its first answer is not ready.
    { ...options.times, reply: options.times.connect },
  );
  requireAnswer(options, first);
  const own = await findOwn(options);
  const servesTestService = isOk(first.call(), 1);
  const found = await Promise.all([
    servesTestService ? findUnary(ask) : { ...noOffers, encodings: [] },
    servesTestService ? findStreaming(ask) : noOffers,
    servesTestService && options.messageLimit === undefined
      ? findMessageLimit(ask)
      : { offers: [], messageLimit: options.messageLimit },
    findHealth(ask),
    findProbe(ask, servesTestService),
    findSurroundings(options),
  ]);
  const [unary, , limit] = found;
  const encodings = [...new Set([...encodingsAccepted(first.call()), ...unary.encodings])];
  const given: readonly Need[] = options.messageLimit !== undefined && servesTestService ? ['message-limit'] : [];
  const offers = [
    ...found.flatMap((part) => part.offers),
    ...given,
    ...own.offers,
    ...(encodings.includes('gzip') ? (['gzip'] as const) : []),
  ];
  const { limits, records } = await findLimits({
    ask: (_about, write) => ask(write),
    offers,
    given: { message: options.messageLimit, headerList: options.headerLimit, streams: options.maxStreams },
    messageLimit: limit.messageLimit,
  });
  // Last: by now the target is warm, and nothing of ours competes with it.
  const roundTrip = (servesTestService ? await measureRoundTrip(ask) : undefined) ?? durationOf(first.call()) ?? 0;
  return {
    tier: offers.includes('unary') ? 2 : own.schema === undefined ? 0 : 1,
    ...(own.record === undefined ? {} : { schema: own.record }),
    tls: first.connection().tls,
    identification: identify(first.call()),
    limits: records,
    facts: {
      ...planFacts(options),
      offers: [...new Set(offers)],
      settings: firstSettings(first.connection()),
      ...(limit.messageLimit === undefined ? {} : { messageLimit: limit.messageLimit }),
      limits,
      ...(encodings.length === 0 ? {} : { acceptedEncodings: encodings }),
      ...(own.schema === undefined ? {} : { schema: own.schema, idempotent: own.idempotent }),
      roundTrip,
      times: adaptTimes(options.times, roundTrip),
    },
  };
}

type Ask = (write: (peer: PlanBuilder) => void) => Promise<Observation>;

interface Offers {
  readonly offers: readonly Need[];
}

const noOffers: Offers = { offers: [] };
const optionalEnd: CallOptions = { awaitEnd: false };

async function askTarget(
  options: DiscoveryOptions,
  times: Times,
  write: (peer: PlanBuilder) => void,
): Promise<Observation> {
  const peer = new PlanBuilder(planFacts(options));
  write(peer);
  const plan = peer.build();
  const { transcript, views } = await playScript(plan, { endpoint: options.endpoint, times, signal: options.signal });
  return observe(plan, transcript, views);
}

/** The user's own methods. Server reflection gets a time limit for all of its questions together. */
async function findOwn(options: DiscoveryOptions): Promise<OwnMethods> {
  const { schema, known, times, endpoint, signal } = options;
  if (schema === undefined) return noOwnMethods;
  const deadline = AbortSignal.timeout(reflectionReplies * times.reply);
  const limited = { ...options, signal: AbortSignal.any([deadline, ...(signal === undefined ? [] : [signal])]) };
  return findOwnMethods({
    options: schema,
    ...(known === undefined ? {} : { known }),
    where: describeAddress(endpoint.address),
    ask: (write) => askTarget(limited, times, write),
    replyTime: times.reply,
    deadline,
  });
}

function planFacts({ endpoint, authority, metadata }: DiscoveryOptions): PlanFacts {
  return { authority, scheme: endpoint.tls === undefined ? 'http' : 'https', metadata };
}

function requireAnswer(options: DiscoveryOptions, seen: Observation): void {
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
  if (connection.overflowed) {
    throw new ConformError(
      'ERR_TARGET_NOT_READY',
      `${where}: the server answered one small call with ${connection.received.length} frames and did not stop: check that it serves gRPC`,
    );
  }
  if (seen.call().shape !== 'open') return;
  throw new ConformError(
    'ERR_TARGET_NOT_READY',
    `${where}: the server speaks HTTP/2 but did not answer a call within ${options.times.connect} ms: check that it serves gRPC, or raise --connect-timeout`,
  );
}

/** Milliseconds from the header of a small call to its end. */
async function measureRoundTrip(ask: Ask): Promise<number | undefined> {
  const seen = await ask((peer) => {
    for (let index = 0; index < roundTripCalls; index += 1) peer.call(emptyCall());
  });
  return median(seen.calls.flatMap((call) => durationOf(call) ?? []));
}

/** UnaryCall and EmptyCall: sizes, status, metadata, compression. */
async function findUnary(ask: Ask): Promise<Offers & { readonly encodings: readonly string[] }> {
  const asked = { code: status.ABORTED, message: 'asked for by discovery' };
  const trailing = Uint8Array.of(0xab, 0xab, 0xab);
  const seen = await ask((peer) => {
    peer.call(unaryCall({ responseSize: 271 }), { acceptEncoding: 'identity,gzip' });
    peer.call(unaryCall({ status: asked }));
    peer.call(unaryCall({ responseSize: 1 }), {
      metadata: [
        { name: echoInitialName, value: 'discovery' },
        { name: echoTrailingName, value: encodeBinaryValue(trailing) },
      ],
    });
    peer.call(unaryCall({ responseSize: worthCompressing, responseCompressed: true }), { acceptEncoding: 'gzip' });
  });
  const refused = await refuseEncoding(ask);
  const [sized, ended, echoed, compressed] = seen.calls;
  const offers: Need[] = [];
  if (sized !== undefined && answersUnary(sized, 271).length === 0) offers.push('unary');
  if (ended?.status === asked.code && ended.message === asked.message && (await honoursStreamStatus(ask, asked)))
    offers.push('status');
  if (echoed !== undefined && isEchoed(echoed, 'discovery', trailing)) offers.push('metadata');
  if (isOk(compressed, 1) && compressed?.messages[0]?.compressedFlag === 1 && encodingOf(compressed) === 'gzip')
    offers.push('compressed-responses');
  return { offers, encodings: [...seen.calls, ...refused].flatMap(encodingsAccepted) };
}

/** A message that claims to be compressed by what no server has; on a connection of its own, should the refusal cost it. */
async function refuseEncoding(ask: Ask): Promise<readonly Call[]> {
  const request = unaryCall({ payload: new Uint8Array(20), responseSize: 1 });
  const body = joinOctets(request.messages.map((message) => encodeMessage(message, { compressedFlag: 1 })));
  const seen = await ask((peer) => peer.call(request, { body, encoding: unheardOfEncoding }));
  return seen.calls;
}

async function honoursStreamStatus(
  ask: Ask,
  asked: { readonly code: number; readonly message: string },
): Promise<boolean> {
  const seen = await ask((peer) => peer.call(fullDuplexCall([{ responses: [], status: asked }])));
  return seen.call().status === asked.code && seen.call().message === asked.message;
}

/** The streaming methods, each with the timing that makes it streaming. */
async function findStreaming(ask: Ask): Promise<Offers> {
  const upload = [{ payload: new Uint8Array(10) }, { payload: new Uint8Array(20) }];
  const sizes = [31, 9];
  const duplex = fullDuplexCall([{ responses: [{ size: 5 }] }, { responses: [{ size: 7 }] }]);
  // One after the other: small servers refuse calls above a handful at a time.
  const uploaded = await ask((peer) => peer.call(streamingInputCall(upload)));
  const downloaded = await ask((peer) =>
    peer.call(streamingOutputCall({ responses: sizes.map((size) => ({ size })) })),
  );
  const exchanged = await ask((peer) => {
    const call = peer.begin(duplex);
    // The first answer must come before the second question is asked: that is what makes it bidirectional.
    call.sendMessages(duplex.messages.slice(0, 1)).awaitMessages(1);
    call.sendMessages(duplex.messages.slice(1), { endStream: true }).awaitEnd();
  });
  const slow = await ask((peer) =>
    peer.call(fullDuplexCall([{ responses: [{ size: 1, intervalUs: slowInterval * 1000 }] }])),
  );
  const offers: Need[] = [];
  const sum = uploaded.call().messages[0];
  if (
    isOk(uploaded.call(), 1) &&
    sum !== undefined &&
    decodeStreamingInputCallResponse(sum.octets)?.aggregatedPayloadSize === 30
  ) {
    offers.push('client-streaming');
  }
  if (isOk(downloaded.call(), 2) && hasSizes(downloaded.call(), sizes)) offers.push('server-streaming');
  if (isOk(exchanged.call(), 2) && hasSizes(exchanged.call(), [5, 7])) offers.push('bidirectional-streaming');
  const waited = (slow.call().messages[0]?.at ?? 0) - (slow.call().times.opened ?? 0);
  if (isOk(slow.call(), 1) && waited >= slowInterval - timerTolerance) offers.push('slow');
  return { offers };
}

/**
 * Announces a message one octet above the common limit, and one exactly at it, and sends neither: only a server with that limit refuses the first and
 * waits for the second.
 */
async function findMessageLimit(ask: Ask): Promise<Offers & { readonly messageLimit?: number }> {
  const announce = (peer: PlanBuilder, length: number) => peer.begin(unaryCall()).sendOctets(prefixOf(length));
  const seen = await ask((peer) => {
    const above = announce(peer, commonMessageLimit + 1);
    peer.await({ see: 'end', stream: above.stream }, { within: refusalTime });
    const at = announce(peer, commonMessageLimit);
    peer.await({ see: 'end', stream: at.stream }, { within: secondRefusalTime, optional: true });
    at.reset();
  });
  const [above, at] = seen.calls;
  // Which status or error code it is, is for MSG-08 to judge.
  const isLimit = above !== undefined && isError(above) && at?.reset?.by === 'peer' && at.shape === 'reset';
  return isLimit ? { offers: ['message-limit'], messageLimit: commonMessageLimit } : { offers: [] };
}

async function findHealth(ask: Ask): Promise<Offers> {
  const seen = await ask((peer) => peer.call(healthCheck('')));
  const answer = seen.call().messages[0];
  const known = isOk(seen.call(), 1) && answer !== undefined && decodeHealthCheckResponse(answer.octets) !== undefined;
  return known ? { offers: ['health'] } : noOffers;
}

/** The probe service, and that it really counts the calls of the other services. */
async function findProbe(ask: Ask, servesTestService: boolean): Promise<Offers> {
  const key = `discovery-${randomBytes(6).toString('hex')}`;
  const counted = servesTestService ? 1 : 0;
  const seen = await ask((peer) => {
    peer.call(probeReset(key));
    if (servesTestService) peer.call(emptyCall(), { metadata: [{ name: probeKeyName, value: key }] });
    peer.call(probeAwait({ key, started: counted, finished: counted, withinMs: 1000 }));
  });
  const answer = seen.calls.at(-1)?.messages[0];
  const counters = answer === undefined ? undefined : decodeCounters(answer.octets);
  if (!seen.calls.every((call) => isOk(call, 1)) || counters?.started !== counted || counters.finished !== counted)
    return noOffers;
  return { offers: (await servesThrow(ask)) ? ['probe', 'throw'] : ['probe'] };
}

/** Asks for many replies before the exception, reads one, and cancels: whether the exception does harm is for a property to find out. */
async function servesThrow(ask: Ask): Promise<boolean> {
  const request = probeThrow(repliesBeforeThrow);
  const seen = await ask((peer) => {
    peer.open({
      settings: [
        { id: settingIds.ENABLE_PUSH, value: 0 },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: narrowWindow },
      ],
      housekeeping: { replenishStreams: false },
    });
    peer.call(request, { awaitEnd: false }).awaitMessages(1).reset();
  });
  return seen.call().messages.length > 0;
}

/** What is known without asking. */
async function findSurroundings({ endpoint, process, canStopGracefully }: DiscoveryOptions): Promise<Offers> {
  const offers: Need[] = [];
  if (endpoint.tls !== undefined) offers.push('tls');
  if ((await process?.residentMemory()) !== undefined) offers.push('rss');
  if (process !== undefined && canStopGracefully) offers.push('graceful-stop');
  return { offers };
}

/** The target ended this call alone, with a status other than OK or with an error code. */
function isError({ status: code, reset }: Call): boolean {
  return code !== undefined ? code !== status.OK : reset?.by === 'target' && reset.errorCode !== errorCodes.NO_ERROR;
}

function isOk(call: Call | undefined, messages: number): boolean {
  return call?.shape === 'normal' && call.status === status.OK && call.messages.length === messages && call.rest === 0;
}

function hasSizes(call: Call, sizes: readonly number[]): boolean {
  return sizes.every((size, index) => {
    const message = call.messages[index];
    return message !== undefined && decodeStreamingOutputCallResponse(message.octets)?.payload.length === size;
  });
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

function firstSettings(view: ConnectionView): readonly Setting[] {
  for (const { frame } of view.received) {
    if (frame.type === 'SETTINGS' && !frame.ack) return frame.settings;
  }
  return [];
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
