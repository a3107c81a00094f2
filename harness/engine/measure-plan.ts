import { defaultTimes, type DataStep, type Step } from '../connection/script';
import type { CallPlan, Plan } from '../grpc/call-plan';
import { prefixLength } from '../grpc/length-prefixed-message';
import type { TargetLimits } from '../facts/target-facts';
import { flags, frameTypes, type RawFrame } from '../wire/frame';
import { headerListSize } from '../wire/header-list-size';

/** How much of each limited thing a plan asks for at most, and how many handlers are still busy when its script is over. */
export type PlanMeasures = Required<TargetLimits> & { readonly handlersLeft: number };

/** One stream of ours, as far as the script says what becomes of it. */
interface MeasuredStream {
  readonly connection: string;
  readonly call: CallPlan | undefined;
  body: number;
  halfClosed: boolean;
  /** Octets of the prefix that is being read; -1 once there is no more to read. */
  prefixFilled: number;
  /** Message-Length, as far as its octets have come. */
  length: number;
  /** Octets that the message still wants. */
  missing: number;
}

/**
 * Reads a plan without playing it, counting for the worst: a call goes on until the script waits for its end. What is sent as it stands is not counted,
 * except where it ends a call or is an empty DATA frame. Looks at no octet of a body but the prefixes of messages.
 */
export function measurePlan(plan: Plan): PlanMeasures {
  const reader = new PlanReader(plan);
  for (const step of plan.steps) reader.read(step);
  return reader.measures;
}

class PlanReader {
  readonly #calls: Map<string, CallPlan>;
  /** Open, as SETTINGS_MAX_CONCURRENT_STREAMS counts. */
  readonly #open = new Map<string, MeasuredStream>();
  /** Calls whose handler may still run. */
  readonly #handled = new Set<string>();
  readonly #opened = new Set<string>();
  readonly #callsOn = new Map<string, number>();
  readonly #emptyOn = new Map<string, number>();
  readonly #connections = new Set<string>();
  readonly #most: { -readonly [Name in keyof PlanMeasures]: number } = {
    streams: 0,
    handlers: 0,
    message: 0,
    body: 0,
    headerList: 0,
    callsPerConnection: 0,
    emptyFrames: 0,
    age: 0,
    idle: 0,
    handlersLeft: 0,
  };

  constructor({ calls }: Plan) {
    this.#calls = new Map(calls.map((call) => [keyOf(call.connection, call.stream), call]));
  }

  get measures(): PlanMeasures {
    return { ...this.#most, handlersLeft: this.#handled.size };
  }

  read(step: Step): void {
    switch (step.do) {
      case 'open':
        this.#connections.add(step.on);
        return;
      case 'headers':
        this.#raise('headerList', headerListSize(step.fields));
        this.#emptyOn.delete(step.on);
        this.#begin(step.on, step.stream, step.whenFull === 'skip');
        if (step.endStream) this.#halfClose(keyOf(step.on, step.stream));
        return;
      case 'data':
        this.#readData(step);
        return;
      case 'frame':
        this.#readFrame(step.on, step.frame, step.unlessEnded === true);
        return;
      case 'await':
        if (step.until.see === 'end' || step.until.see === 'over') this.#end(keyOf(step.on, step.until.stream));
        if (step.until.see === 'closed' || step.until.see === 'connection-error') this.#close(step.on);
        if (step.until.see === 'quiet') {
          this.#pass(typeof step.within === 'number' ? step.within : defaultTimes[step.within]);
        }
        return;
      case 'pause':
        this.#pass(step.milliseconds);
        return;
      case 'close':
        this.#close(step.on);
        this.#connections.delete(step.on);
        return;
      default:
        return;
    }
  }

  #raise(name: keyof TargetLimits, value: number): void {
    if (value > this.#most[name]) this.#most[name] = value;
  }

  #begin(connection: string, stream: number, isLeftOut: boolean): void {
    const key = keyOf(connection, stream);
    if (this.#opened.has(key)) return;
    this.#opened.add(key);
    const call = this.#calls.get(key);
    this.#open.set(key, { connection, call, body: 0, halfClosed: false, prefixFilled: 0, length: 0, missing: 0 });
    if (call?.kind !== 'unknown') this.#handled.add(key);
    this.#raise('handlers', this.#handled.size);
    // A step that is left out where there is no room asks for none.
    if (isLeftOut) return;
    const calls = (this.#callsOn.get(connection) ?? 0) + 1;
    this.#callsOn.set(connection, calls);
    this.#raise('callsPerConnection', calls);
    this.#raise('streams', [...this.#open.values()].filter((each) => each.connection === connection).length);
  }

  #halfClose(key: string): void {
    const stream = this.#open.get(key);
    if (stream !== undefined) stream.halfClosed = true;
  }

  #end(key: string): void {
    this.#open.delete(key);
    this.#handled.delete(key);
  }

  #close(connection: string): void {
    for (const [key, stream] of this.#open) if (stream.connection === connection) this.#open.delete(key);
    this.#emptyOn.delete(connection);
  }

  #readData(step: DataStep): void {
    const key = keyOf(step.on, step.stream);
    this.#countEmptyFrames(step);
    if (step.endStream) this.#halfClose(key);
    const stream = this.#open.get(key);
    if (stream === undefined) return;
    stream.body += step.octets.length;
    this.#raise('body', stream.body);
    this.#readMessages(stream, step.octets);
  }

  /** From prefix to prefix. Where a request is not legal its prefixes may say anything: then what is really sent counts. */
  #readMessages(stream: MeasuredStream, octets: Uint8Array): void {
    if (stream.call?.legal === false) return this.#raise('message', Math.max(0, stream.body - prefixLength));
    for (let at = 0; at < octets.length;) {
      if (stream.missing > 0) {
        const taken = Math.min(stream.missing, octets.length - at);
        stream.missing -= taken;
        at += taken;
        continue;
      }
      const octet = octets[at++] ?? 0;
      stream.length = stream.prefixFilled === 0 ? 0 : stream.length * 256 + octet;
      stream.prefixFilled++;
      if (stream.prefixFilled < prefixLength) continue;
      stream.prefixFilled = 0;
      stream.missing = stream.length;
      this.#raise('message', stream.length);
    }
  }

  /** Frames without octets, in a row; servers do not count one that ends the stream, nor does it end the row for all of them. */
  #countEmptyFrames({ on, octets, cuts = [], endStream, endStreamOnEmptyFrame }: DataStep): void {
    const ends = [...cuts.filter((cut) => cut >= 0 && cut <= octets.length).toSorted((a, b) => a - b), octets.length];
    let row = this.#emptyOn.get(on) ?? 0;
    let from = 0;
    for (const [index, to] of ends.entries()) {
      const isLast = index === ends.length - 1;
      const endsStream = isLast && endStream && (endStreamOnEmptyFrame !== true || octets.length === 0);
      if (to > from) row = 0;
      else if (!endsStream) row++;
      this.#raise('emptyFrames', row);
      from = to;
    }
    this.#emptyOn.set(on, row);
  }

  #readFrame(on: string, frame: RawFrame, unlessEnded: boolean): void {
    const key = keyOf(on, frame.streamId);
    if (frame.type === frameTypes.RST_STREAM) {
      const stream = this.#open.get(key);
      this.#open.delete(key);
      if (unlessEnded || stream === undefined || stopsAtOnce(stream)) this.#handled.delete(key);
    }
    if (frame.type !== frameTypes.DATA) return;
    const endsStream = (frame.flags & flags.END_STREAM) !== 0;
    if (endsStream) this.#halfClose(key);
    const isEmpty = frame.payload.length === 0;
    const row = isEmpty ? (this.#emptyOn.get(on) ?? 0) + (endsStream ? 0 : 1) : 0;
    this.#emptyOn.set(on, row);
    this.#raise('emptyFrames', row);
  }

  /** Time in which nothing is asked: it ages connections, and those without a call are idle. */
  #pass(milliseconds: number): void {
    this.#most.age += milliseconds;
    const busy = new Set([...this.#open.values()].map(({ connection }) => connection));
    if ([...this.#connections].some((connection) => !busy.has(connection))) this.#raise('idle', milliseconds);
  }
}

const keyOf = (connection: string, stream: number): string => `${connection} ${stream}`;

/** A handler that waits for octets of ours notices a reset at once; one that was asked to take its time may be blocked in it. */
const stopsAtOnce = ({ halfClosed, call, body }: MeasuredStream): boolean =>
  !halfClosed && (call?.kind !== 'bidirectional-streaming' || body === 0);
