import type {
  AcknowledgeStep,
  AnnouncedLimit,
  AwaitStep,
  Budget,
  Condition,
  FloodStep,
  OpenStep,
  Script,
  Step,
  WatchStep,
} from '../connection/script';
import { isBounded } from '../connection/flood';
import { nonceMark } from '../connection/nonces';
import { ConformError } from '../error';
import type { RowId } from '../catalogue';
import type { FieldSpec } from '../wire/hpack/encoder';
import type { RawFrame } from '../wire/frame';
import type { Setting } from '../wire/settings';
import type { StrayBits } from '../wire/stray-bits';
import { errorCodes } from '../wire/error-codes';
import { rstStream } from '../wire/builders';
import { joinOctets } from '../wire/join-octets';
import type { CallPlan, Plan, PlanJudging } from './call-plan';
import type { CallRequest } from './call-request';
import { encodeMessage } from './length-prefixed-message';
import type { Expectation, Graded } from './outcome';

/** The facts about a target that writing a script needs. */
export interface PlanFacts {
  readonly authority: string;
  readonly scheme: 'http' | 'https';
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
}

/** What is sent over and over, how often, and where. */
export type FloodOptions = Omit<FloodStep, 'do' | 'on' | 'within'> & { readonly on?: string; readonly within?: Budget };

/** How the octets of a request are laid out on the wire. */
export interface BodyOptions {
  /** Offsets in the octets sent at which a new DATA frame starts. */
  readonly cuts?: readonly number[];
  /** Pad lengths of the DATA frames in rotation, -1 for none. */
  readonly padLengths?: readonly number[];
  /** What every padding octet is; zero when absent. */
  readonly padOctet?: number;
  /** END_STREAM on an extra empty DATA frame. */
  readonly endStreamOnEmptyFrame?: boolean;
  /** Milliseconds without credit after which the rest is left unsent; 0 sends what the windows allow now. When absent credit must come. */
  readonly unsentAfter?: number;
  /** Bits without a meaning that the frames have. */
  readonly strayBits?: StrayBits;
}

/** The request's header, where it differs from the ordinary one. */
export interface HeaderOptions {
  /** What the call is called, for checks that ask for it by name: `seen.call('upload')`. */
  readonly as?: string;
  /** Connection; `main` when absent. Opened with defaults when the script has not opened it. */
  readonly on?: string;
  /** Stream id; the next free odd one when absent. */
  readonly stream?: number;
  /** Appended to the ordinary fields. */
  readonly metadata?: readonly FieldSpec[];
  /** Value of grpc-timeout. */
  readonly timeout?: string;
  /** Value of grpc-encoding. */
  readonly encoding?: string;
  /** Value of grpc-accept-encoding. */
  readonly acceptEncoding?: string;
  /** Rewrites the complete list of fields: reorder, drop, damage, choose representations. */
  readonly fields?: (ordinary: readonly FieldSpec[]) => readonly FieldSpec[];
  /** Offsets in the field block at which CONTINUATION frames start. */
  readonly headerCuts?: readonly number[];
  readonly headerPadLength?: number;
  /** Opens the stream behind a GOAWAY as well: see {@link HeadersStep}. */
  readonly afterGoaway?: 'within' | 'beyond';
  readonly priority?: { readonly exclusive: boolean; readonly dependency: number; readonly weight: number };
  readonly sizeUpdates?: readonly number[];
  /** False leaves END_HEADERS off, so that the field block stays open. */
  readonly endHeaders?: boolean;
  /** END_STREAM on HEADERS. */
  readonly endStream?: boolean;
  /** Bits without a meaning that HEADERS and CONTINUATION have. */
  readonly strayBits?: StrayBits;
  /** False when the request is not legal gRPC, so that a plain HTTP answer is no violation. */
  readonly legal?: boolean;
  readonly role?: CallPlan['role'];
}

export interface CallOptions extends HeaderOptions, BodyOptions {
  /** Sent in place of the request's length-prefixed messages. */
  readonly body?: Uint8Array;
  /** False leaves the request open: no END_STREAM, and no wait for the end. */
  readonly halfClose?: boolean;
  /** False: do not wait for the end of the call. A number or name: wait at most that long. */
  readonly awaitEnd?: boolean | Budget;
}

/** A call of the script being written: what more is done on its stream. */
export interface CallWriter {
  readonly connection: string;
  readonly stream: number;
  /** Length-prefixed messages, obeying the target's windows. */
  sendMessages(messages: readonly Uint8Array[], options?: BodyOptions & { readonly endStream?: boolean }): CallWriter;
  /** Octets as they are, in DATA frames that obey the target's windows. */
  sendOctets(octets: Uint8Array, options?: BodyOptions & { readonly endStream?: boolean }): CallWriter;
  /** An empty DATA frame with END_STREAM. */
  halfClose(): CallWriter;
  /** Another field block on the stream: request trailers, or something illegal. */
  sendTrailers(fields: readonly FieldSpec[], options?: { readonly endStream?: boolean }): CallWriter;
  /** Waits for Response-Headers. */
  awaitHeaders(within?: Budget): CallWriter;
  /** Waits until that many messages have arrived. */
  awaitMessages(count: number, within?: Budget): CallWriter;
  /** Waits until that many octets of DATA have arrived. */
  awaitData(octets: number, within?: Budget): CallWriter;
  awaitEnd(within?: Budget): CallWriter;
  /** The same, or waits for a connection error, where that is accepted as well. */
  awaitEndOrError(within?: Budget): CallWriter;
  /** RST_STREAM, CANCEL unless another error code is given. */
  reset(errorCode?: number): CallWriter;
  /** The same, left out when the stream has ended by then. */
  resetUnlessEnded(errorCode?: number): CallWriter;
  /** Waits for the end or for that many messages, and cancels what is still under way then: for methods of which nobody knows whether they ever end. */
  leaveAfter(messages: number, within?: Budget): CallWriter;
  /** WINDOW_UPDATE on the stream. */
  grant(octets: number): CallWriter;
  /** Says what must come of the call: one of these. The wait for its end is the script's own. */
  expect(...accepts: readonly Graded[]): CallWriter;
  /** The same, where it is another row than that of the script's own that is broken when none of these comes. */
  expectOf(row: RowId, ...accepts: readonly Graded[]): CallWriter;
}

/** The ordinary fields of a gRPC request, in the order that the protocol advises. */
export function ordinaryFields(
  facts: PlanFacts,
  path: string,
  options: Pick<HeaderOptions, 'timeout' | 'encoding' | 'acceptEncoding' | 'metadata'> = {},
): readonly FieldSpec[] {
  const fields: FieldSpec[] = [
    { name: ':method', value: 'POST' },
    { name: ':scheme', value: facts.scheme },
    { name: ':path', value: path },
    { name: ':authority', value: facts.authority },
    { name: 'te', value: 'trailers' },
  ];
  if (options.timeout !== undefined) fields.push({ name: 'grpc-timeout', value: options.timeout });
  fields.push({ name: 'content-type', value: 'application/grpc' });
  if (options.encoding !== undefined) fields.push({ name: 'grpc-encoding', value: options.encoding });
  if (options.acceptEncoding !== undefined)
    fields.push({ name: 'grpc-accept-encoding', value: options.acceptEncoding });
  return [...fields, ...facts.metadata, ...(options.metadata ?? [])];
}

/**
 * Writes a plan: every method appends steps, nothing is sent. Calls keep the order in which they were opened, which is how
 * {@link Observation.call} numbers them.
 */
export class PlanBuilder {
  readonly facts: PlanFacts;
  readonly #steps: Step[] = [];
  readonly #calls: CallPlan[] = [];
  readonly #nextStream = new Map<string, number>();

  readonly #exceeds: readonly AnnouncedLimit[];
  readonly #past: ((script: PlanBuilder, connection: string) => void) | undefined;
  readonly #nonces: string[] = [];
  readonly #expects: Expectation[] = [];
  readonly #row: string | undefined;
  readonly #judging: PlanJudging | undefined;

  /**
   * @param options `exceeds`: limits that the script goes beyond on purpose; those that no target announces are of no interest here. `row`: what its expectations
   * are about. `judging`: present when they are all that its property says. `past`: writes what the main connection goes through before the script, where the
   * script opens it in the plain way.
   */
  constructor(
    facts: PlanFacts,
    {
      exceeds = [],
      row,
      judging,
      past,
    }: {
      readonly exceeds?: readonly string[] | undefined;
      readonly row?: string | undefined;
      readonly judging?: PlanJudging | undefined;
      readonly past?: ((script: PlanBuilder, connection: string) => void) | undefined;
    } = {},
  ) {
    this.#past = past;
    this.facts = facts;
    this.#row = row;
    this.#judging = judging;
    this.#exceeds = (['streams', 'headerList'] as const).filter((limit) => exceeds.includes(limit));
  }

  /** Opens a connection with other settings or housekeeping than the ordinary ones; must come before its first use. */
  open(options: Omit<OpenStep, 'do' | 'on'> & { readonly on?: string } = {}): this {
    const { on = 'main', ...rest } = options;
    if (this.#nextStream.has(on)) throw scriptError(`the connection ${on} is opened twice`);
    this.#nextStream.set(on, 1);
    this.step({ do: 'open', on, ...rest });
    if (on === 'main' && Object.keys(rest).length === 0) this.#past?.(this, on);
    return this;
  }

  /** A whole call: header, messages, half-close, and the wait for its end. */
  call(request: CallRequest, options: CallOptions = {}): CallWriter {
    const halfClose = options.halfClose ?? true;
    const body = options.body ?? joinOctets(request.messages.map((message) => encodeMessage(message)));
    const endOnHeaders = options.endStream ?? false;
    const writer = this.begin(request, { ...options, endStream: endOnHeaders });
    if (!endOnHeaders && (body.length > 0 || halfClose)) writer.sendOctets(body, { ...options, endStream: halfClose });
    if (options.awaitEnd !== false && halfClose) {
      writer.awaitEnd(options.awaitEnd === true ? undefined : options.awaitEnd);
    }
    return writer;
  }

  /** The header of a call alone; the rest is said with the writer. */
  begin(request: Pick<CallRequest, 'kind' | 'path'>, options: HeaderOptions = {}): CallWriter {
    const on = options.on ?? 'main';
    this.#ensureOpen(on);
    const stream = options.stream ?? this.nextStream(on);
    this.#nextStream.set(on, Math.max(this.#nextStream.get(on) ?? 1, stream + 2));
    const ordinary = ordinaryFields(this.facts, request.path, options);
    const fields = options.fields?.(ordinary) ?? ordinary;
    if (options.as !== undefined && this.#calls.some(({ label }) => label === options.as))
      throw scriptError(`two calls are called ${options.as}`);
    this.#calls.push({
      connection: on,
      stream,
      kind: request.kind,
      path: request.path,
      legal: options.legal ?? true,
      role: options.role ?? 'subject',
      ...(options.as === undefined ? {} : { label: options.as }),
      ...(fields.some(({ name }) => name === 'grpc-timeout') ? { hasDeadline: true } : {}),
      ...(options.acceptEncoding === undefined
        ? {}
        : { acceptEncoding: options.acceptEncoding.split(',').map((name) => name.trim()) }),
    });
    this.step({
      do: 'headers',
      on,
      stream,
      fields,
      endStream: options.endStream ?? false,
      ...(options.headerCuts === undefined ? {} : { cuts: options.headerCuts }),
      ...(options.headerPadLength === undefined ? {} : { padLength: options.headerPadLength }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.endHeaders === undefined ? {} : { endHeaders: options.endHeaders }),
      ...(options.strayBits === undefined ? {} : { strayBits: options.strayBits }),
      ...(options.sizeUpdates === undefined ? {} : { sizeUpdates: options.sizeUpdates }),
      ...(this.#exceeds.length === 0 ? {} : { exceeds: this.#exceeds }),
      ...(options.afterGoaway === undefined ? {} : { afterGoaway: options.afterGoaway }),
      // Whether a connection still serves is not worth the script when the target has no room for the question.
      ...(options.role === 'afterwards' ? { whenFull: 'skip' as const } : {}),
    });
    return this.#writer(on, stream);
  }

  /** The id that the next call of a connection will get. */
  nextStream(on = 'main'): number {
    return this.#nextStream.get(on) ?? 1;
  }

  /** Takes the next stream id of a connection for frames as they stand, so that no call gets it. */
  takeStream(on = 'main'): number {
    this.#ensureOpen(on);
    const stream = this.nextStream(on);
    this.#nextStream.set(on, stream + 2);
    return stream;
  }

  /** Leaves the stream ids up to this one to frames as they stand: no later call of the connection gets one of them. */
  passStreams(stream: number, on = 'main'): this {
    this.#ensureOpen(on);
    this.#nextStream.set(on, Math.max(this.nextStream(on), stream + 1 + (stream % 2)));
    return this;
  }

  /** One frame as it stands. */
  frame(frame: RawFrame, on = 'main'): this {
    this.#ensureOpen(on);
    return this.step({ do: 'frame', on, frame });
  }

  /** Begins a flood, within {@link floodBounds}: see {@link FloodStep}. */
  flood({ on = 'main', within = 'reply', ...flood }: FloodOptions): this {
    this.#ensureOpen(on);
    if (!isBounded(flood)) throw scriptError('its flood is larger than any may be');
    return this.step({ do: 'flood', on, ...flood, within });
  }

  /** Waits until the floods of a connection are over, which they are in time whatever the target does. */
  awaitFloods(on = 'main'): this {
    return this.await({ see: 'flooded' }, { on, within: longestFloods, optional: true });
  }

  /** Stops reading from a connection, or reads on. */
  reading(reads: boolean, on = 'main'): this {
    this.#ensureOpen(on);
    return this.step({ do: 'reading', on, reads });
  }

  /** Octets as they stand. */
  octets(octets: Uint8Array, on = 'main'): this {
    this.#ensureOpen(on);
    return this.step({ do: 'bytes', on, octets });
  }

  settings(settings: readonly Setting[], on = 'main'): this {
    this.#ensureOpen(on);
    return this.step({ do: 'settings', on, settings });
  }

  /** WINDOW_UPDATE; stream 0 is the connection. */
  grant(stream: number, octets: number, on = 'main'): this {
    this.#ensureOpen(on);
    return this.step({ do: 'grant', on, stream, octets });
  }

  /** Proves that the target's frame layer has dealt with everything before. SETTINGS unless the rule is about PING. */
  fence(
    options: {
      readonly on?: string;
      readonly by?: 'settings' | 'ping';
      readonly opaque?: Uint8Array;
      /** What the SETTINGS say; nothing unless given. */
      readonly settings?: readonly Setting[];
      /** True: the script goes on when no ACK comes. */
      readonly optional?: boolean;
    } = {},
  ): this {
    const { on = 'main', by = 'settings', opaque, settings, optional } = options;
    this.#ensureOpen(on);
    return this.step({
      do: 'fence',
      on,
      by,
      ...(opaque === undefined ? {} : { opaque }),
      ...(settings === undefined ? {} : { settings }),
      ...(optional === undefined ? {} : { optional }),
    });
  }

  /** Waits for something. An optional wait that runs out of time goes on with the script. */
  await(
    until: Condition,
    options: { readonly on?: string; readonly within?: Budget; readonly optional?: boolean } = {},
  ): this {
    const { on = 'main', within = budgetOf(until), optional } = options;
    this.#ensureOpen(on);
    const step: AwaitStep = { do: 'await', on, until, within };
    return this.step(optional === undefined ? step : { ...step, optional });
  }

  /** Waits for a connection error (GOAWAY with an error code, or a close); goes on with the script when none comes. */
  awaitConnectionError(on = 'main', within: Budget = 'close'): this {
    return this.await({ see: 'connection-error' }, { on, within, optional: true });
  }

  /** Waits for a connection error where one is accepted, and says that one of these must come of the connection. */
  expectConnection(accepts: readonly Graded[], on = 'main'): this {
    if (accepts.some((outcome) => outcome.is === 'connection-error')) this.awaitConnectionError(on);
    return this.#expect({ connection: on }, accepts);
  }

  /** Waits for RST_STREAM or a connection error, whichever is accepted, on a stream that need not have a call, and says that one of these must come of it. */
  expectStream(stream: number, accepts: readonly Graded[], on = 'main'): this {
    if (accepts.some((outcome) => outcome.is === 'stream-error')) {
      this.await({ see: 'reset', stream, orError: true }, { on, within: 'close', optional: true });
    } else if (accepts.some((outcome) => outcome.is === 'connection-error')) {
      this.awaitConnectionError(on);
    }
    return this.#expect({ connection: on, stream }, accepts);
  }

  /** Says that one of these must come of the first call that the script is about, or of its connection where that is what they are about. */
  expectSubject(accepts: readonly Graded[]): this {
    if (accepts.every(({ is }) => ofConnections.includes(is))) return this.expectConnection(accepts);
    const call = this.#calls.find(({ role }) => role === 'subject');
    if (call === undefined) throw scriptError('it expects something of a call and makes none');
    return this.#expect({ connection: call.connection, stream: call.stream }, accepts);
  }

  /** True once the script has said what must come of it. */
  get hasExpectations(): boolean {
    return this.#expects.length > 0;
  }

  #expect(on: Expectation['on'], accepts: readonly Graded[], row = this.#row): this {
    if (accepts.every(({ grade }) => grade !== undefined)) throw scriptError('it expects nothing that is right');
    this.#expects.push({ on, ...(row === undefined ? {} : { row }), accepts });
    return this;
  }

  pause(milliseconds: number): this {
    return this.step({ do: 'pause', milliseconds });
  }

  close(how: 'fin' | 'reset', on = 'main'): this {
    return this.step({ do: 'close', on, how });
  }

  /** Asks for a renegotiation of TLS 1.2. */
  renegotiate(on = 'main'): this {
    this.#ensureOpen(on);
    return this.step({ do: 'renegotiate', on });
  }

  /** Acknowledges the PINGs of the target that the connection was opened not to acknowledge; `once`: and goes on not to acknowledge later ones. */
  acknowledgePings({ on = 'main', once }: Pick<AcknowledgeStep, 'once'> & { readonly on?: string } = {}): this {
    this.#ensureOpen(on);
    return this.step({ do: 'acknowledge', on, ...(once === undefined ? {} : { once }) });
  }

  gracefulStop(): this {
    return this.step({ do: 'control', action: 'graceful-stop' });
  }

  /** Records the target's resident memory under a label. */
  sampleMemory(label: string): this {
    return this.step({ do: 'sample', what: 'rss', label });
  }

  /**
   * Records the target's resident memory under a label once it stands still, or has grown by more than `growth` octets since it was recorded as `from`; or, with
   * `returns`, once it has not.
   * @param within milliseconds
   */
  watchMemory(label: string, watched: Omit<WatchStep, 'do' | 'what' | 'label'>): this {
    return this.step({ do: 'watch', what: 'rss', label, ...watched });
  }

  /** Records how many descriptors the target has open. */
  sampleDescriptors(label: string): this {
    return this.step({ do: 'sample', what: 'descriptors', label });
  }

  /**
   * Records how many descriptors the target has open once they are no more than `growth` more than were recorded as `from`.
   * @param within milliseconds
   */
  awaitDescriptors(label: string, watched: Pick<WatchStep, 'from' | 'growth' | 'within'>): this {
    return this.step({ do: 'watch', what: 'descriptors', label, ...watched, returns: true });
  }

  /** The connections that the script has opened so far. */
  get openConnections(): readonly string[] {
    return [...this.#nextStream.keys()];
  }

  /**
   * A text that is another one each time that the script is played, in field values and messages: for a name under which the target keeps something, which plays
   * side by side must not share. Here it is only a mark of the same length.
   */
  nonce(): string {
    const mark = nonceMark(this.#nonces.length);
    this.#nonces.push(mark);
    return mark;
  }

  /** Appends a step as it is. */
  step(step: Step): this {
    if (this.#steps.length >= mostSteps) throw scriptError(`it has more than ${mostSteps} steps`);
    this.#steps.push(step);
    return this;
  }

  /** Appends another plan with its calls and connections, of which it must bring its own. */
  append(plan: Plan): this {
    for (const step of plan.steps) if (step.do === 'open') this.#nextStream.set(step.on, 1);
    for (const { connection, stream } of plan.calls)
      this.#nextStream.set(connection, Math.max(this.nextStream(connection), stream + 2));
    this.#steps.push(...plan.steps);
    this.#calls.push(...plan.calls);
    return this;
  }

  build(): Plan {
    return {
      steps: [...this.#steps],
      calls: [...this.#calls],
      ...(this.#nonces.length === 0 ? {} : { nonces: [...this.#nonces] }),
      ...(this.#expects.length === 0 ? {} : { expects: [...this.#expects] }),
      ...(this.#judging === undefined ? {} : { judging: this.#judging }),
    } satisfies Script & Plan;
  }

  #ensureOpen(on: string): void {
    if (!this.#nextStream.has(on)) this.open({ on });
  }

  #writer(connection: string, stream: number): CallWriter {
    const on = connection;
    const wait = (until: Condition, within: Budget = 'reply'): CallWriter => {
      this.step({ do: 'await', on, until, within });
      return writer;
    };
    const writer: CallWriter = {
      connection,
      stream,
      sendMessages: (messages, options = {}) =>
        writer.sendOctets(joinOctets(messages.map((message) => encodeMessage(message))), options),
      sendOctets: (octets, { endStream = false, ...how } = {}) => {
        const { cuts, padLengths, padOctet, endStreamOnEmptyFrame, unsentAfter, strayBits } = how;
        this.step({
          do: 'data',
          on,
          stream,
          octets,
          endStream,
          ...(cuts === undefined ? {} : { cuts }),
          ...(padLengths === undefined ? {} : { padLengths }),
          ...(padOctet === undefined ? {} : { padOctet }),
          ...(endStreamOnEmptyFrame === undefined ? {} : { endStreamOnEmptyFrame }),
          ...(unsentAfter === undefined ? {} : { unsentAfter }),
          ...(strayBits === undefined ? {} : { strayBits }),
        });
        return writer;
      },
      halfClose: () => writer.sendOctets(new Uint8Array(0), { endStream: true }),
      sendTrailers: (fields, { endStream = true } = {}) => {
        this.step({ do: 'headers', on, stream, fields, endStream });
        return writer;
      },
      awaitHeaders: (within) => wait({ see: 'headers', stream }, within),
      awaitMessages: (count, within) => wait({ see: 'messages', stream, count }, within),
      awaitData: (octets, within) => wait({ see: 'data', stream, octets }, within),
      awaitEnd: (within) => wait({ see: 'end', stream }, within),
      awaitEndOrError: (within) => wait({ see: 'end', stream, orError: true }, within),
      reset: (errorCode = errorCodes.CANCEL) => {
        this.frame(rstStream(stream, errorCode), on);
        return writer;
      },
      resetUnlessEnded: (errorCode = errorCodes.CANCEL) => {
        this.step({ do: 'frame', on, frame: rstStream(stream, errorCode), unlessEnded: true });
        return writer;
      },
      leaveAfter: (count, within = 'reply') => {
        this.await({ see: 'messages', stream, count }, { on, within, optional: true });
        return writer.resetUnlessEnded();
      },
      grant: (octets) => {
        this.grant(stream, octets, on);
        return writer;
      },
      expect: (...accepts) => {
        this.#expect({ connection, stream }, accepts);
        return writer;
      },
      expectOf: (row, ...accepts) => {
        this.#expect({ connection, stream }, accepts, row);
        return writer;
      },
    };
    return writer;
  }
}

/** More than any script of ours has; what asks for more comes from a file that we did not write. */
const mostSteps = 400_000;

/** Milliseconds for all floods of a connection, each of which has a time of its own. */
const longestFloods = 30_000;

/** Outcomes that a connection has as a whole. */
const ofConnections: readonly Graded['is'][] = ['connection-error', 'open', 'ignored'];

function budgetOf(condition: Condition): Budget {
  if (condition.see === 'closed' || condition.see === 'connection-error') return 'close';
  if (condition.see === 'quiet') return 'quiet';
  return 'reply';
}

const scriptError = (text: string): ConformError =>
  new ConformError('ERR_SCRIPT', `The script is wrong: ${text}. Please report this.`);
