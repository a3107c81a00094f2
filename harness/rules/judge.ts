import type { RowId } from '../catalogue';
import type { Call } from '../grpc/call';
import type { Plan } from '../grpc/call-plan';
import { CallReader, isUnderWay } from '../grpc/call-reader';
import { isGrpcContentType } from '../grpc/content-type';
import { fieldValues } from '../grpc/metadata';
import { initialState, type ConnectionState } from '../model/connection-state';
import { follow } from '../model/follow';
import type { ConnectionView, FramePacket } from '../transcript/connection-view';
import type { Field } from '../wire/hpack/decoder';
import { answerRules, connectionRules, streamRules } from './all-rules';
import { ClientJudge, type ClientFault } from './client-rules';
import { Inflater } from './compression';
import { isReadable, type CallRule, type ConnectionMoment, type Look, type RuleBreach } from './rule';
import type { Violation } from './violation';

/** What the rules of all traffic say. */
export interface Judged {
  readonly violations: readonly Violation[];
  /** How many connections or calls, by what the row is about, had something that its rule could judge; rows with none are left out. */
  readonly judged: ReadonlyMap<RowId, number>;
  /** What we ourselves did wrong, as the plan shows it; without a plan nothing is said of it. */
  readonly ownFaults: readonly ClientFault[];
}

/** Judges all connections and their calls. */
export function judgeTraffic({
  connections,
  allCalls,
  plan,
}: {
  readonly connections: readonly ConnectionView[];
  readonly allCalls: readonly Call[];
  readonly plan?: Plan;
}): Judged {
  const byConnection = connections.map((view) =>
    judgeConnection(
      view,
      allCalls.filter((call) => call.plan.connection === view.name),
      plan,
    ),
  );
  const ofCalls = new Map(byConnection.flatMap(({ calls }) => [...calls]));
  return {
    violations: [
      ...byConnection.flatMap(({ violations }) => violations),
      ...allCalls.flatMap((call) => ofCalls.get(call) ?? []),
    ],
    judged: sumCounts(byConnection.map(({ judged }) => judged)),
    ownFaults: byConnection.flatMap(({ ownFaults }) => ownFaults),
  };
}

interface JudgedConnection extends Judged {
  readonly calls: ReadonlyMap<Call, readonly Violation[]>;
}

/** Judges one connection and the calls on it, in one pass over its packets. Each rule about connections is reported at most once. */
function judgeConnection(view: ConnectionView, calls: readonly Call[], plan: Plan | undefined): JudgedConnection {
  const judge = new ConnectionJudge(view);
  const ours = plan === undefined ? undefined : new ClientJudge(view.name, plan);
  const judges = calls.map((call) => new CallJudge(call));
  const byStream = new Map<number, CallJudge[]>();
  for (const callJudge of judges) {
    const others = byStream.get(callJudge.stream);
    if (others === undefined) byStream.set(callJudge.stream, [callJudge]);
    else others.push(callJudge);
  }
  let state = initialState;
  for (const packet of view.packets) {
    const before = state;
    state = follow(before, packet);
    if (packet.kind !== 'frame') continue;
    if (packet.direction === 'received') judge.judge({ view, before, packet, after: state });
    else ours?.read(packet, { before, after: state });
    for (const callJudge of byStream.get(packet.frame.streamId) ?? []) callJudge.read(packet, { before, after: state });
  }
  for (const callJudge of judges) callJudge.finish(state);
  return {
    violations: judge.violations,
    calls: new Map(judges.map(({ call, violations }) => [call, violations])),
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

  constructor(view: ConnectionView) {
    this.#view = view;
  }

  judge(moment: ConnectionMoment): void {
    for (const rule of connectionRules) {
      // What follows a broken rule on the same connection proves little.
      if (this.#broken.has(rule.id) || rule.looksAt?.(moment) === false) continue;
      this.looked.add(rule.id);
      const [breach] = listOf(rule.breach(moment));
      if (breach === undefined) continue;
      this.#broken.add(rule.id);
      const { ends: _, ...found } = breach;
      this.violations.push({
        rule: rule.id,
        ...found,
        at: { connection: this.#view.name, packet: moment.packet.number },
      });
    }
  }
}

/** The rules of one call: what breaks the framing of its stream ends the judgement, and what is broken again in the same way is not reported again. */
class CallJudge {
  readonly call: Call;
  readonly violations: Violation[] = [];
  /** Rows that had something to judge. */
  readonly looked = new Set<RowId>();
  readonly #reader = new CallReader();
  readonly #broken = new Set<string>();
  readonly #inflater = new Inflater();
  readonly #inflates = (encoding: string, octets: Uint8Array): boolean => this.#inflater.inflates(encoding, octets);
  #hasStopped = false;
  #headers: readonly Field[] | undefined;
  #isGrpcBody = false;

  constructor(call: Call) {
    this.call = call;
  }

  get stream(): number {
    return this.call.plan.stream;
  }

  read(packet: FramePacket, connection: { readonly before: ConnectionState; readonly after: ConnectionState }): void {
    if (this.#hasStopped) return;
    const step = this.#reader.add(packet);
    if (packet.direction === 'sent') return;
    this.#noteHeaders(step.after.headers);
    const { plan } = this.call;
    // Field by field: this is done for each frame, and a spread of an object takes several times as long.
    const moment = {
      before: step.before,
      packet,
      after: step.after,
      messages: step.messages,
      plan,
      call: this.call,
      isGrpcBody: this.#isGrpcBody,
      connection,
      inflates: this.#inflates,
    };
    this.#judge(streamRules, ({ packet: look }) => look, moment, packet.number);
    // The connection rules report both; what is left of the stream proves nothing.
    const isUnreadable = packet.block !== undefined && !isReadable(packet.block);
    if (packet.frame.type === 'MALFORMED' || (isUnreadable && isUnderWay(step.before))) this.#hasStopped = true;
    if (isUnderWay(step.before)) this.#judge(answerRules, ({ packet: look }) => look, moment, packet.number);
  }

  finish(connection: ConnectionState): void {
    const { call } = this;
    const { state } = this.#reader;
    const end = { plan: call.plan, call, state, connection };
    const packet = state.lastOfAnswer ?? call.lastPacket;
    this.#judge(allOfCalls, ({ end: look }) => look, end, packet);
  }

  #noteHeaders(headers: readonly Field[] | undefined): void {
    if (headers === this.#headers || headers === undefined) return;
    this.#headers = headers;
    const { isGrpc } = this.#reader.state;
    this.#isGrpcBody = isGrpc && this.call.plan.legal && fieldValues(headers, 'content-type').every(isGrpcContentType);
  }

  #judge<Moment>(
    rules: readonly CallRule[],
    lookOf: (rule: CallRule) => Look<Moment> | undefined,
    moment: Moment,
    packet: number | undefined,
  ): void {
    for (const rule of rules) {
      if (this.#hasStopped) return;
      const look = lookOf(rule);
      if (look === undefined || look.looksAt?.(moment) === false) continue;
      this.looked.add(rule.id);
      for (const breach of listOf(look.breach(moment))) this.#report(rule.id, breach, packet);
    }
  }

  #report(rule: RowId, { ends, ...breach }: RuleBreach, packet: number | undefined): void {
    if (ends === true) this.#hasStopped = true;
    // An endless answer can break the same rule in every message.
    const kind = [rule, breach.reaction, breach.severity].join();
    if (this.#broken.has(kind)) return;
    this.#broken.add(kind);
    const at = packet === undefined ? {} : { at: { connection: this.call.plan.connection, packet } };
    this.violations.push({ rule, ...breach, ...at });
  }
}

const allOfCalls: readonly CallRule[] = [...streamRules, ...answerRules];

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
