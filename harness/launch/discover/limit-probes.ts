import type { ConnectionView } from '../../transcript/connection-view';
import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import { ordinaryFields, type PlanBuilder } from '../../grpc/plan-builder';
import { plainestCall } from '../../moves/plainest-call';
import { streamingInputCallOfLengths, unaryCallOfLength } from '../../moves/sized-message';
import { status } from '../../grpc/status';
import { echoInitialName, fullDuplexCall, unaryCall } from '../../grpc/test-service';
import { encodeMessage, prefixLength } from '../../grpc/length-prefixed-message';
import { joinOctets } from '../../wire/join-octets';
import type { Need } from '../../facts/need';
import { callReaction, connectionReaction, errorGoaway } from '../../rules/reaction';
import type { TargetLimits } from '../../facts/target-facts';
import { handlersLookedFor } from '../../facts/within-limits';
import { errorCodes } from '../../wire/error-codes';
import { headerListSize } from '../../wire/header-list-size';
import { initialSettings } from '../../wire/settings';

/** What the probes share. */
export interface Probes {
  readonly ask: (about: string, write: (script: PlanBuilder) => void) => Promise<Observation>;
  readonly offers: readonly Need[];
}

/** A limit, and how it showed. */
export interface Shown {
  readonly name: keyof TargetLimits;
  readonly value: number;
  readonly from: string;
}

/** Small calls on one connection: no script of ours makes many more. */
const callsInARow = 16;
/** Octets of the largest message that a script sends where no limit is known; most servers take 4 MiB. */
const largestMessage = 4 * 1024 * 1024;
/** Octets of the smallest message limit that is worth knowing. */
const leastMessage = 1024;
/** Round trips that a message may take whose credit comes window by window. */
const mostWindows = 512;
/** Octets of the largest field section that a script sends, about. */
const largestHeaderList = 8192;
/** Octets between what is taken and what is refused; nothing of ours needs to know it better. */
const headerStep = 256;
/** Part of a message limit that it may be off by. */
const messageStep = 1.02;
/** Empty DATA frames in a row that scripts send at most. */
const mostEmptyFrames = 40;
/** Calls that are under way at the same time, the most that a script needs and one more. */
const fewBusyCalls = 17;
/** The same where attacks are played, which hold up to a hundred handlers beside those of others. */
const mostBusyCalls = handlersLookedFor + 1;
/** Connections that these come on at most. */
const busyConnections = 32;
/** Octets of the answer that shows that a handler runs. */
const busyAnswer = 1000;
/** Milliseconds that a handler may take for such an answer; those on other connections have had the same time. The same when some did not come. */
const busyTimes = { first: 1000, beside: 20 };
const patientTimes = { first: 2000, beside: 200 };
/** Milliseconds that each of so many calls may take to end before its connection is closed, which ends it as well. */
const endTime = 20;
/** Milliseconds in which a connection may end by its age, or because nothing goes on. */
const lifetime = 400;
const lifetimeCalls = 8;

const padding = 'x-grpc-conform-padding';

/** Calls that probe for a limit may be answered by whatever stands before the server. */
const probing = { legal: false } as const;

/**
 * Small calls one after the other: how many does one connection take?
 * @returns how the first of them was answered, too; undefined when it was not
 */
export async function findCallsPerConnection(
  probes: Probes,
): Promise<{ readonly reference: string | undefined; readonly shown: readonly Shown[] }> {
  let first = await callInARow(probes);
  for (let attempt = 1; first.isRefused && attempt < mostRefusals; attempt++) first = await callInARow(probes);
  if (first.reference === undefined || first.ending === undefined) return { reference: first.reference, shown: [] };
  const second = await callInARow(probes);
  if (second.ending === undefined) return { reference: first.reference, shown: [] };
  const isCount = first.served === second.served && first.served > 0;
  const shown: Shown = isCount
    ? { name: 'callsPerConnection', value: first.served, from: `${first.ending.how} after ${countCalls(first.served)}` }
    : {
        name: 'age',
        value: Math.floor(Math.min(first.ending.after, second.ending.after)),
        from: `${first.ending.how} while calls were made`,
      };
  return { reference: first.reference, shown: [shown] };
}

async function callInARow({ ask, offers }: Probes) {
  const seen = await ask('calls one after the other on one connection', (script) => {
    for (let index = 0; index < callsInARow; index++) script.call(plainestCall({ offers }));
  });
  const [call] = seen.calls;
  const isAnswered = call !== undefined && !['open', 'closed', 'refused'].includes(call.shape);
  const reference = isAnswered ? callReaction(call) : undefined;
  const served = seen.calls.filter((each) => callReaction(each) === reference).length;
  return { reference, served, isRefused: call?.shape === 'refused', ending: endingOf(seen.connections[0]) };
}

/** How a target ended a connection in good order: by GOAWAY(NO_ERROR), or by a close without any. */
function endingOf(view: ConnectionView | undefined): { readonly how: string; readonly after: number } | undefined {
  if (view === undefined || errorGoaway(view) !== undefined) return undefined;
  const start = view.packets[0]?.at ?? 0;
  const goaway = view.received.find(({ frame }) => frame.type === 'GOAWAY');
  if (goaway !== undefined) return { how: 'GOAWAY NO_ERROR', after: goaway.at - start };
  return view.closed?.by === 'target' ? { how: 'a close', after: view.closed.at - start } : undefined;
}

const countCalls = (count: number): string => (count === 1 ? 'one call' : `${count} calls`);

/** Real messages of growing size, since a gateway counts what comes and not what is announced. */
export async function findMessage(
  { ask, offers }: Probes,
  {
    most = largestMessage,
    window = initialSettings.INITIAL_WINDOW_SIZE,
  }: { readonly most?: number | undefined; readonly window?: number | undefined },
): Promise<readonly Shown[]> {
  if (!offers.includes('unary')) return [];
  // A target that gives its credit in drops would take ages.
  const top = Math.min(most, largestMessage, mostWindows * Math.max(window, 128));
  let refusal: string | undefined;
  const takes = async (octets: number): Promise<boolean | undefined> => {
    const seen = await askOnce(ask, `a message of ${octets} octets`, (script) =>
      script.call(unaryCallOfLength(octets), probing),
    );
    const [call] = seen.calls;
    if (call?.status === status.OK) return true;
    const reaction = call && refusalOf(call);
    refusal ??= reaction;
    return reaction === undefined ? undefined : false;
  };
  const value = await search(takes, {
    least: leastMessage,
    most: top,
    isClose: (low, high) => high <= low * messageStep,
  });
  if (value === undefined || refusal === undefined) return [];
  const shown: Shown = { name: 'message', value, from: `${refusal} above it` };
  const isBody = refusal === 'HTTP 413' || (offers.includes('client-streaming') && (await countsBody(ask, value)));
  return isBody ? [shown, { name: 'body', value: value + prefixLength, from: shown.from }] : [shown];
}

/** True when two messages that are small enough each are too much together. */
async function countsBody(ask: Probes['ask'], message: number): Promise<boolean> {
  const each = Math.floor(message * 0.75);
  const seen = await askOnce(ask, `two messages of ${each} octets`, (script) =>
    script.call(streamingInputCallOfLengths([each, each]).request, probing),
  );
  const [call] = seen.calls;
  return call !== undefined && call.status !== status.OK && refusalOf(call) !== undefined;
}

/** Statuses that libraries give for messages above their limit. */
const tooLarge: readonly number[] = [status.RESOURCE_EXHAUSTED, status.OUT_OF_RANGE, status.INVALID_ARGUMENT];
/** Error codes by which a stream is given up for its size; others are about frames and windows, and say that something is wrong. */
const givenUp: readonly number[] = [errorCodes.NO_ERROR, errorCodes.CANCEL, errorCodes.ENHANCE_YOUR_CALM];
const leastHttpError = 400;

/** How a call was refused for its size; undefined when that is not what its end says. */
function refusalOf(call: Call): string | undefined {
  const isRefused =
    (call.status !== undefined && tooLarge.includes(call.status)) ||
    (call.shape === 'http' && (call.httpStatus ?? 0) >= leastHttpError) ||
    (call.reset?.by === 'target' && givenUp.includes(call.reset.errorCode));
  return isRefused ? callReaction(call) : undefined;
}

/** Metadata of growing size. No document promises any, so that every end but silence is a limit. */
export async function findHeaderList(
  { ask, offers }: Probes,
  { reference, most = largestHeaderList }: { readonly reference: string; readonly most?: number | undefined },
): Promise<readonly Shown[]> {
  // What is echoed has to come back as well, through whatever stands before the server.
  const isEchoed = offers.includes('metadata');
  const request = isEchoed ? unaryCall() : plainestCall({ offers });
  let refusal: string | undefined;
  let least = 0;
  const takes = async (octets: number): Promise<boolean | undefined> => {
    const seen = await askOnce(ask, `a field section of ${octets} octets`, (script) => {
      const name = { name: isEchoed ? echoInitialName : padding, value: '' };
      least = headerListSize([...ordinaryFields(script.facts, request.path), name]);
      script.call(request, { ...probing, metadata: [{ ...name, value: 'a'.repeat(Math.max(0, octets - least)) }] });
    });
    const [call] = seen.calls;
    if (call === undefined || call.shape === 'open' || call.shape === 'refused') return undefined;
    const reaction = callReaction(call);
    if (reaction === reference) return true;
    refusal ??= reaction;
    return false;
  };
  const value = await search(takes, {
    least: 512,
    most: Math.min(most, largestHeaderList),
    isClose: (low, high) => high - low <= headerStep,
  });
  return value === undefined || refusal === undefined
    ? []
    : [{ name: 'headerList', value, from: `${refusal} above it` }];
}

/** Empty DATA frames in a row, inside a message. Only the end of the connection, or a word about volume, shows a limit: the rest is about messages. */
export async function findEmptyFrames({ ask, offers }: Probes): Promise<readonly Shown[]> {
  if (!offers.includes('unary')) return [];
  const request = unaryCall({ payload: new Uint8Array(20) });
  let refusal: string | undefined;
  const takes = async (frames: number): Promise<boolean | undefined> => {
    const seen = await askOnce(ask, `${frames} empty DATA frames in a row`, (script) => {
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      // So many offsets that are equal leave one empty piece less between them.
      script.call(request, { body, cuts: Array.from({ length: frames + 1 }, () => prefixLength) });
    });
    const [call] = seen.calls;
    const [view] = seen.connections;
    if (call === undefined || view === undefined) return undefined;
    const isCalm = call.reset?.by === 'target' && call.reset.errorCode === errorCodes.ENHANCE_YOUR_CALM;
    if (errorGoaway(view) === undefined && view.closed?.by !== 'target' && !isCalm) return true;
    refusal ??= isCalm ? callReaction(call) : connectionReaction(view);
    return false;
  };
  const value = await search(takes, { least: 0, most: mostEmptyFrames, isClose: (low, high) => high - low <= 1 });
  if (value === undefined || refusal === undefined) return [];
  return [{ name: 'emptyFrames', value, from: `${refusal} above it` }];
}

/** A connection on which nothing goes on, and one on which something does: which of them ends in good order? */
export async function findLifetimes(
  { ask, offers }: Probes,
  { reference, calls = Infinity }: { readonly reference: string; readonly calls?: number | undefined },
): Promise<readonly Shown[]> {
  // An end by the number of calls would look the same.
  if (calls <= lifetimeCalls) return [];
  const request = plainestCall({ offers });
  const [idle, busy] = await Promise.all([
    ask('a connection on which nothing goes on', (script) => {
      script.call(request);
      script.await({ see: 'closed' }, { within: lifetime, optional: true });
    }),
    ask('a connection on which calls are made', (script) => {
      for (let index = 0; index < lifetimeCalls; index++) {
        script.call(request);
        script.pause(lifetime / lifetimeCalls);
      }
    }),
  ]);
  const isWell = [idle, busy].every((seen) => seen.calls[0] !== undefined && callReaction(seen.calls[0]) === reference);
  if (!isWell) return [];
  const aged = endingOf(busy.connections[0]);
  if (aged !== undefined)
    return [{ name: 'age', value: Math.floor(aged.after), from: `${aged.how} while calls were made` }];
  const idled = endingOf(idle.connections[0]);
  if (idled === undefined) return [];
  const since = idle.calls[0]?.times.end ?? 0;
  const start = idle.connections[0]?.packets[0]?.at ?? 0;
  return [
    {
      name: 'idle',
      value: Math.max(1, Math.floor(idled.after - (since - start))),
      from: `${idled.how} while nothing went on`,
    },
  ];
}

/** Calls whose handlers wait for us, side by side: how many of them answer before any of them is done? */
export async function findBusyHandlers(
  { ask, offers }: Probes,
  { streams = Infinity, mayBeAttacked }: { readonly streams?: number | undefined; readonly mayBeAttacked: boolean },
): Promise<readonly Shown[]> {
  if (!offers.includes('bidirectional-streaming') || streams < 1) return [];
  const most = mayBeAttacked
    ? Math.min(mostBusyCalls, Math.max(fewBusyCalls, streams * busyConnections))
    : fewBusyCalls;
  const first = await callSideBySide(ask, { most, streams, ...busyTimes });
  // Where not one answered in time it is the machine that is busy.
  const limited = first?.busy === 0 ? await callSideBySide(ask, { most, streams, ...patientTimes }) : first;
  if (limited === undefined || limited.busy === 0) return [];
  const { busy, isRefused, connections } = limited;
  if (isRefused) {
    // A limit refuses the last ones; who refuses some now and then has none.
    const isLimit = connections === 1 && limited.isFirst;
    return isLimit ? [{ name: 'streams', value: busy, from: 'RST REFUSED_STREAM above it' }] : [];
  }
  // A machine that is busy is not limited: then another number answers, or all do, given more time.
  const again = await callSideBySide(ask, { most, streams, ...patientTimes });
  if (again?.busy !== busy) return [];
  const others = most - busy === 1 ? 'one more call' : `${most - busy} more calls`;
  return [{ name: 'handlers', value: busy, from: `no answer to ${others} beside so many` }];
}

interface SideBySide {
  /** Calls. */
  readonly most: number;
  /** Of them on one connection. */
  readonly streams: number;
  /** Milliseconds for the answers on the first connection, and on each of the others then. */
  readonly first: number;
  readonly beside: number;
}

/** How many of them answered while none was done; undefined where all did. */
async function callSideBySide(
  ask: Probes['ask'],
  { most, streams, first, beside }: SideBySide,
): Promise<
  | { readonly busy: number; readonly isRefused: boolean; readonly isFirst: boolean; readonly connections: number }
  | undefined
> {
  const request = fullDuplexCall([{ responses: [{ size: busyAnswer }] }]);
  const perConnection = Math.min(streams, most);
  const connections = Array.from({ length: Math.ceil(most / perConnection) }, (_, index) => `busy-${index}`);
  const { calls } = await ask('calls side by side that wait for us', (script) => {
    const writers = connections.flatMap((on, index) =>
      Array.from({ length: Math.min(perConnection, most - index * perConnection) }, () =>
        script.call(request, { on, halfClose: false, awaitEnd: false }),
      ),
    );
    for (const [index, on] of connections.entries()) {
      const count = writers.filter(({ connection }) => connection === on).length;
      const octets = count * (busyAnswer + prefixLength);
      script.await({ see: 'connection-data', octets }, { on, within: index === 0 ? first : beside, optional: true });
    }
    for (const { connection, stream } of writers) {
      script.step({ do: 'data', on: connection, stream, octets: new Uint8Array(0), endStream: true });
    }
    for (const { connection, stream } of writers) {
      script.await({ see: 'end', stream }, { on: connection, within: endTime, optional: true });
    }
  });
  const closing = Math.min(...calls.map(({ times }) => times.halfClosed ?? Infinity));
  const isBusy = ({ messages }: Call): boolean => (messages[0]?.at ?? Infinity) <= closing;
  const busy = calls.filter(isBusy).length;
  if (busy === most || calls.length < most) return undefined;
  const isRefused = calls.some(({ shape }) => shape === 'refused');
  return { busy, isRefused, isFirst: calls.slice(0, busy).every(isBusy), connections: connections.length };
}

/** Calls of which a target refuses some now and then are made so often at most. */
const mostRefusals = 3;

/** Asks with one call; again where it was not looked at, which says nothing of what it asks for (RFC 9113 §8.7). */
async function askOnce(ask: Probes['ask'], about: string, write: (script: PlanBuilder) => void): Promise<Observation> {
  for (let attempt = 1; ; attempt++) {
    const seen = await ask(about, write);
    if (seen.calls[0]?.shape !== 'refused' || attempt === mostRefusals) return seen;
  }
}

interface Search {
  readonly least: number;
  readonly most: number;
  /** The bounds are near enough. */
  readonly isClose: (taken: number, refused: number) => boolean;
}

/** Questions of one search, at most. */
const mostQuestions = 14;

/**
 * The largest number that is taken, by halving on a scale of magnitudes. One question where everything is taken.
 * @returns undefined when not even the least is taken, or when an answer says nothing (`takes` gave undefined)
 */
async function search(
  takes: (value: number) => Promise<boolean | undefined>,
  { least, most, isClose }: Search,
): Promise<number | undefined> {
  if (most < least) return undefined;
  const all = await takes(most);
  if (all !== false) return all === true ? most : undefined;
  if ((await takes(least)) !== true) return undefined;
  let [taken, refused] = [least, most];
  for (let question = 2; question < mostQuestions && !isClose(taken, refused); question++) {
    const middle = Math.min(refused - 1, Math.max(taken + 1, Math.round(Math.sqrt(taken * refused))));
    const answer = await takes(middle);
    if (answer === undefined) return undefined;
    if (answer) taken = middle;
    else refused = middle;
  }
  return taken;
}
