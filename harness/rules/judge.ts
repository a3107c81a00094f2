import type { RowId } from '../catalogue';
import type { Call } from '../grpc/call';
import type { CallPlan, Plan } from '../grpc/call-plan';
import { isUnderWay, type CallState, type CallStep } from '../grpc/call-reader';
import { isGrpcContentType } from '../grpc/content-type';
import { fieldValues } from '../grpc/metadata';
import type { Observation } from '../grpc/observation';
import { callsOn, inOrder, observeCalls, readConnections } from '../grpc/observe';
import { CallsReader, readCalls, type CallReading } from '../grpc/read-call';
import { initialState, type ConnectionState } from '../model/connection-state';
import { follow } from '../model/follow';
import type { ConnectionView } from '../transcript/connection-view';
import type { Transcript } from '../transcript/transcript';
import type { Field } from '../wire/hpack/decoder';
import { answerRules, connectionRules, streamRules } from './all-rules';
import { ClientJudge, type ClientFault } from './client-rules';
import { Inflater } from './compression';
import {
  isReadable,
  type CallEnd,
  type CallMoment,
  type CallRule,
  type ConnectionMoment,
  type Look,
  type RuleBreach,
} from './rule';
import type { Violation } from './violation';

/** What the rules of all traffic say. */
export interface Judged {
  readonly violations: readonly Violation[];
  /** How many connections or calls, by what the row is about, had something that its rule could judge; rows with none are left out. */
  readonly judged: ReadonlyMap<RowId, number>;
  /** What we ourselves did wrong, as the plan shows it; without a plan nothing is said of it. */
  readonly ownFaults: readonly ClientFault[];
}

/** The calls of the traffic that was judged, in the order of their plans. */
export interface JudgedTraffic extends Judged {
  readonly allCalls: readonly Call[];
}

/**
 * Reads and judges all connections and the calls on them, each packet once.
 * @param script present: our own side is judged by it as well
 */
export function judgeTraffic(
  connections: readonly ConnectionView[],
  plans: readonly CallPlan[],
  script?: Plan,
): JudgedTraffic {
  const byConnection = connections.map((view) => judgeConnection(view, callsOn(view, plans), script));
  const ofCalls = new Map(byConnection.flatMap(({ calls }) => calls));
  const allCalls = inOrder(plans, [...ofCalls.keys()]);
  return {
    allCalls,
    violations: [
      ...byConnection.flatMap(({ violations }) => violations),
      ...allCalls.flatMap((call) => ofCalls.get(call) ?? []),
    ],
    judged: sumCounts(byConnection.map(({ judged }) => judged)),
    ownFaults: byConnection.flatMap(({ ownFaults }) => ownFaults),
  };
}

/** What {@link observe} sees, and what the rules of all traffic say of it. */
export function observeAndJudge(
  plan: Plan,
  transcript: Transcript,
  views?: readonly ConnectionView[],
): { readonly seen: Observation; readonly traffic: Judged } {
  const connections = views ?? readConnections(transcript);
  const traffic = judgeTraffic(connections, plan.calls, plan);
  return { seen: observeCalls(plan, transcript, connections, traffic.allCalls), traffic };
}

interface JudgedConnection extends Judged {
  readonly calls: readonly (readonly [Call, readonly Violation[]])[];
}

/** Each rule about connections is reported at most once. */
function judgeConnection(view: ConnectionView, plans: readonly CallPlan[], script: Plan | undefined): JudgedConnection {
  if (view.attacked) {
    // Whatever a server does to whoever floods it is a defence (RFC 9113 §10.5), and what we sent is in no packet.
    return {
      violations: [],
      calls: readCalls(view, plans).map((call) => [call, []]),
      judged: new Map(),
      ownFaults: [],
    };
  }
  const judge = new ConnectionJudge(view);
  const ours = script === undefined ? undefined : new ClientJudge(view.name, script);
  const reader = new CallsReader(plans);
  const judges = plans.map((plan) => new CallJudge(plan));
  let before = initialState;
  let after = initialState;
  const look = ({ index }: CallReading, step: CallStep): void => judges[index]?.read(step, { before, after });
  for (const packet of view.packets) {
    before = after;
    after = follow(before, packet);
    if (packet.kind !== 'frame') continue;
    if (packet.direction === 'received') judge.judge({ view, before, packet, after });
    else ours?.read(packet, { before, after });
    reader.add(packet, look);
  }
  judge.finish(after);
  const calls = reader.calls(view);
  for (const { index, reader: read } of reader.readings) judges[index]?.finish(calls[index]!, read.state, after);
  return {
    violations: judge.violations,
    calls: calls.map((call, index) => [call, judges[index]?.violations ?? []]),
    judged: countLooks([judge, ...judges]),
    ownFaults: ours?.faults ?? [],
  };
}

class ConnectionJudge {
  readonly violations: Violation[] = [];
  /** Rows that had something to judge. */
  readonly looked = new Set<RowId>();
  readonly #view: ConnectionView;
  readonly #broken = new Set<RowId>();
  /** Rows of which something was recorded, which is no reason to look away. */
  readonly #recorded = new Set<RowId>();

  constructor(view: ConnectionView) {
    this.#view = view;
  }

  judge(moment: ConnectionMoment): void {
    for (const rule of connectionRules) {
      // What follows a broken rule on the same connection proves little.
      if (this.#broken.has(rule.id) || rule.looksAt?.(moment) === false) continue;
      this.looked.add(rule.id);
      const [breach] = listOf(rule.breach(moment));
      if (breach !== undefined) this.#report(rule.id, breach, moment.packet.number);
    }
  }

  finish(state: ConnectionState): void {
    for (const { id, end } of connectionRules) {
      const breach = this.#broken.has(id) ? undefined : end?.({ view: this.#view, state });
      if (breach !== undefined) this.#report(id, breach, this.#view.packets.at(-1)?.number ?? 0);
    }
  }

  #report(rule: RowId, breach: RuleBreach, packet: number): void {
    const { ends: _, ...found } = breach;
    const known = found.severity === 'info' ? this.#recorded : this.#broken;
    if (known.has(rule)) return;
    known.add(rule);
    this.violations.push({ rule, ...found, at: { connection: this.#view.name, packet } });
  }
}

/** The rules of one call: what breaks the framing of its stream ends the judgement, and what is broken again in the same way is not reported again. */
class CallJudge {
  readonly violations: Violation[] = [];
  /** Rows that had something to judge. */
  readonly looked = new Set<RowId>();
  readonly #plan: CallPlan;
  readonly #broken = new Set<string>();
  readonly #inflater = new Inflater();
  readonly #inflates = (encoding: string, octets: Uint8Array): boolean => this.#inflater.inflates(encoding, octets);
  #hasStopped = false;
  #headers: readonly Field[] | undefined;
  #isGrpcBody = false;

  constructor(plan: CallPlan) {
    this.#plan = plan;
  }

  read({ before, packet, after, messages }: CallStep, connection: CallMoment['connection']): void {
    if (this.#hasStopped || packet.direction === 'sent') return;
    this.#noteHeaders(after);
    // Field by field: this is done for each frame, and a spread of an object takes several times as long.
    const moment: CallMoment = {
      before,
      packet,
      after,
      messages,
      plan: this.#plan,
      isGrpcBody: this.#isGrpcBody,
      connection,
      inflates: this.#inflates,
    };
    this.#judge(looks.stream, moment, packet.number);
    // The connection rules report both; what is left of the stream proves nothing.
    const isUnreadable = packet.block !== undefined && !isReadable(packet.block);
    if (packet.frame.type === 'MALFORMED' || (isUnreadable && isUnderWay(before))) this.#hasStopped = true;
    if (isUnderWay(before)) this.#judge(looks.answer, moment, packet.number);
  }

  finish(call: Call, state: CallState, connection: ConnectionState): void {
    const end: CallEnd = { plan: this.#plan, call, state, connection };
    const packet = state.lastOfAnswer ?? call.lastPacket;
    this.#judge(looks.end, end, packet);
  }

  #noteHeaders({ headers, isGrpc }: CallState): void {
    if (headers === this.#headers || headers === undefined) return;
    this.#headers = headers;
    this.#isGrpcBody = isGrpc && this.#plan.legal && fieldValues(headers, 'content-type').every(isGrpcContentType);
  }

  #judge<Moment>(rules: readonly LookOf<Moment>[], moment: Moment, packet: number | undefined): void {
    for (const { id, look } of rules) {
      if (this.#hasStopped) return;
      if (look.looksAt?.(moment) === false) continue;
      this.looked.add(id);
      for (const breach of listOf(look.breach(moment))) this.#report(id, breach, packet);
    }
  }

  #report(rule: RowId, { ends, ...breach }: RuleBreach, packet: number | undefined): void {
    if (ends === true) this.#hasStopped = true;
    // An endless answer can break the same rule in every message.
    const kind = [rule, breach.reaction, breach.severity].join();
    if (this.#broken.has(kind)) return;
    this.#broken.add(kind);
    const at = packet === undefined ? {} : { at: { connection: this.#plan.connection, packet } };
    this.violations.push({ rule, ...breach, ...at });
  }
}

/** What one rule looks at, at one kind of moment. */
interface LookOf<Moment> {
  readonly id: RowId;
  readonly look: Look<Moment>;
}

const looksOf = <Moment>(
  rules: readonly CallRule[],
  lookOf: (rule: CallRule) => Look<Moment> | undefined,
): readonly LookOf<Moment>[] =>
  rules.flatMap((rule) => {
    const look = lookOf(rule);
    return look === undefined ? [] : [{ id: rule.id, look }];
  });

/** Which rules look at which moments: sorted out once, since it is asked for each frame. */
const looks = {
  stream: looksOf(streamRules, ({ packet }) => packet),
  answer: looksOf(answerRules, ({ packet }) => packet),
  end: looksOf([...streamRules, ...answerRules], ({ end }) => end),
} as const;

const nothing: readonly RuleBreach[] = [];

function listOf(found: RuleBreach | readonly RuleBreach[] | undefined): readonly RuleBreach[] {
  if (found === undefined) return nothing;
  return 'observed' in found ? [found] : found;
}

/** In how many connections and calls each rule had something to judge. */
function countLooks(judges: readonly { readonly looked: ReadonlySet<RowId> }[]): ReadonlyMap<RowId, number> {
  const sums = new Map<RowId, number>();
  for (const { looked } of judges) for (const id of looked) sums.set(id, (sums.get(id) ?? 0) + 1);
  return sums;
}

function sumCounts(counts: readonly ReadonlyMap<RowId, number>[]): ReadonlyMap<RowId, number> {
  const sums = new Map<RowId, number>();
  for (const map of counts) for (const [id, count] of map) sums.set(id, (sums.get(id) ?? 0) + count);
  return sums;
}
