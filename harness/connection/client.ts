import type net from 'node:net';
import tls from 'node:tls';
import {
  data as dataFrame,
  headers as headersFrame,
  continuation,
  ping,
  rstStream,
  settings as settingsFrame,
  settingsAck,
  windowUpdate,
} from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { headerListSize } from '../wire/header-list-size';
import { encodeFrame, encodeFrames } from '../wire/encode-frame';
import { frameTypes, type RawFrame } from '../wire/frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import { settingValue } from '../wire/setting-value';
import { initialSettings, maxFrameLength, settingIds, type Setting } from '../wire/settings';
import { joinOctets } from '../wire/join-octets';
import { withStrayBits } from '../wire/stray-bits';
import { isFlightComplete, mostOfFlight } from '../wire/tls/read-handshake';
import { initialState, openStreamsOf, streamOf, windowsOf } from '../model/connection-state';
import { follow, isPingAcknowledged } from '../model/follow';
import type { SettingsState } from '../model/settings-state';
import type { ConnectionView, FramePacket } from '../transcript/connection-view';
import { dial } from './dial';
import type { Endpoint } from './endpoint';
import { CreditLedger } from './credit-ledger';
import { writeFlood, type Flooded } from './flood';
import type { ReachedBound } from '../transcript/reached-bound';
import type { MemoryAccount, MemoryBudget } from './memory-budget';
import { answerAllowance, packetCost, readCost, sentCost, unfinishedCost } from './packet-cost';
import { ConnectionReader } from '../transcript/read-connection';
import type {
  AcknowledgeStep,
  Condition,
  DataStep,
  FenceStep,
  FloodStep,
  HeadersStep,
  Housekeeping,
  OpenStep,
  Times,
} from './script';
import { StreamProgress } from './stream-progress';
import type { Abandoned, FloodEnd, TranscriptEvent } from '../transcript/transcript';

/** Field blocks of one stream that are an answer: interim ones, Response-Headers and trailers. More are told apart from it. */
const blocksOfAnswer = 8;

/** A read that brings so many octets is the last of its turn: others have theirs, timers and signals too, before the next is read. */
const readOfTurn = 32 * 1024;

/** Writes that `segments` cuts up; the rest goes out whole so that large bodies stay affordable. */
const segmentedWrites = 64;

/** The SETTINGS of a plain client: it wants no pushes, all else is the default. */
const plainSettings: readonly Setting[] = [{ id: settingIds.ENABLE_PUSH, value: 0 }];

/** PINGs of the target that are kept to be acknowledged later. */
const mostHeldPings = 16;

/** The id that a GOAWAY names which only announces the end (RFC 9113 §6.8). */
const maxStreamId = 2 ** 31 - 1;

/** How many times as long as planned a wait may take, where what we wait for is on its way: a bound that no trickle extends. */
export const mostPatience = 4;

interface ClientContext {
  /** Milliseconds since the script started. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** What may be kept of what is received. */
  readonly budget: MemoryBudget;
  /** Milliseconds of one round trip to the target; 0 when it is not known. */
  readonly roundTrip: number;
}

interface Waiter {
  readonly isDone: () => boolean;
  readonly settle: (done: boolean) => void;
}

type SentBy = number | 'housekeeping';

/** A limit of the target that a step could not keep and go on, and what was waited for in vain. */
export type ExceededLimit = Required<Pick<Abandoned, 'limit' | 'waitedFor' | 'milliseconds'>>;

/** Padded frames of a size that a window must have had room for, so that it is the target's doing when there is room for none: it opens windows again when a quarter is left. */
const framesOfWindow = 4;

/** Our end of one connection: plays steps, acknowledges and grants credit as clients do, records everything. */
export class Client {
  readonly #open: OpenStep;
  readonly #context: ClientContext;
  #housekeeping: Required<Housekeeping>;
  readonly #reader = new ConnectionReader({ decodeSentBlocks: false });
  readonly #encoder = new HpackEncoder();
  readonly #ledger = new CreditLedger();
  readonly #streams = new Map<number, StreamProgress>();
  /** What was said on both sides. */
  #state = initialState;
  /** Streams that were opened behind a GOAWAY that names a lower one, on purpose. */
  readonly #lateStreams = new Set<number>();
  /** PINGs of the target that wait for the script to acknowledge them. */
  #heldPings: Uint8Array[] = [];
  /** Streams of steps that were skipped because nothing could be opened any more, or that we have let go of: nothing more is said on them. */
  readonly #abandonedStreams = new Set<number>();
  #socket: net.Socket | undefined;
  #reset: () => void = () => undefined;
  #session: Buffer | undefined;
  /** What was received in clear text where the target speaks TLS. */
  readonly #clearOctets: Uint8Array[] = [];
  /** A renegotiation that we have asked for is under way. */
  #asksForHandshake = false;
  #closed = false;
  /** Octets. */
  #received = 0;
  /** What is kept of it. */
  readonly #account: MemoryAccount;
  /** Part of it: what is kept of a frame that is not complete. */
  #unfinished = 0;
  /** Acknowledgements and credit for the octets that are being read; it leaves in one write, however many they are. */
  #replies: Uint8Array[] = [];
  #connectionData = 0;
  /** Milliseconds: as known before, or that our SETTINGS took to be acknowledged if that was longer. */
  #roundTrip: number;
  /** Until then the last credit that we have given may still be on its way, or what it was given for. */
  #creditUntil = -Infinity;
  #waiter: Waiter | undefined;
  #corked = false;
  /** Sizes of the next writes, when the script cuts them. */
  #segments: readonly number[];
  #segmentIndex = 0;
  /** Tail of the writes that wait for their turn, when the script cuts them. */
  #outgoing: Promise<void> | undefined;
  /** Cut pieces that the kernel has not taken yet. */
  #piecesWaiting = 0;
  /** Tail of the floods that are not over. */
  #flooding = Promise.resolve();
  /** One of them has waited in vain for the target to take octets. */
  #takesNoMore = false;
  #reads = true;

  constructor(open: OpenStep, context: ClientContext) {
    this.#open = open;
    this.#context = context;
    this.#roundTrip = context.roundTrip;
    this.#account = context.budget.open((bound) => this.#overflow(bound));
    this.#segments = open.segments ?? [];
    this.#housekeeping = {
      ackSettings: true,
      ackPings: true,
      replenishStreams: true,
      replenishConnection: true,
      ...open.housekeeping,
    };
  }

  /** False before the connection is there and after it has closed. */
  get usable(): boolean {
    return this.#socket !== undefined && !this.#closed;
  }

  /** True when nothing more can come on a stream. */
  hasEnded(stream: number): boolean {
    return (
      this.#stream(stream).ended ||
      (this.#isPassedOver(stream) && !this.#lateStreams.has(stream)) ||
      this.#abandonedStreams.has(stream)
    );
  }

  /** What is kept of the connection, in the budget of all: to be released when that is let go. */
  get account(): MemoryAccount {
    return this.#account;
  }

  /** Milliseconds that a round trip may take on this connection. */
  get roundTrip(): number {
    return this.#roundTrip;
  }

  /** True while an answer goes on that takes one round trip after the other because of its windows. */
  get isFlowing(): boolean {
    return this.#context.now() < this.#creditUntil;
  }

  /** Everything recorded so far, decoded. */
  view(): ConnectionView {
    return this.#reader.view(this.#open.on);
  }

  /**
   * Connects, sends the preface and waits for the target's.
   * @param session of TLS, to be resumed
   * @returns false when the target accepted the connection and did not send and acknowledge SETTINGS in time.
   */
  async open(endpoint: Endpoint, step: number, times: Times, session?: Buffer): Promise<boolean> {
    const { clear = false, tls: choices } = this.#open;
    const result = await dial(endpoint, {
      timeout: times.connect,
      clear,
      ...(choices === undefined ? {} : { choices }),
      ...(session === undefined ? {} : { session }),
      ...(this.#open.alpn === undefined ? {} : { alpn: this.#open.alpn }),
      ...(this.#context.signal === undefined ? {} : { signal: this.#context.signal }),
    });
    const at = this.#context.now();
    if (!result.ok) {
      this.#record({ kind: 'connect-failed', at, reason: result.reason, errorName: result.errorName });
      return true;
    }
    this.#record({
      kind: 'connected',
      at,
      ...(result.tls === undefined ? {} : { tls: result.tls }),
      ...(clear ? { clear } : {}),
    });
    this.#reset = result.reset;
    this.#listen(result.socket);
    if (this.#open.insteadOfPreface !== undefined) {
      this.sendOctets(this.#open.insteadOfPreface, step);
      if (this.#open.awaitSettings !== true) return true;
    } else {
      this.#write(
        joinOctets([connectionPreface, encodeFrame(settingsFrame(this.#open.settings ?? plainSettings))]),
        step,
      );
      if (this.#open.awaitSettings === false) return true;
    }
    const isPlain = this.#open.insteadOfPreface === undefined;
    const ready = (): boolean =>
      this.#state.target.settings.announced > 0 && (!isPlain || this.#areSettingsAcknowledged);
    const said = this.#context.now();
    const isReady = await this.#wait(ready, times.reply);
    if (isReady) this.#roundTrip = Math.max(this.#roundTrip, this.#context.now() - said);
    return isReady || this.#closed;
  }

  /**
   * HEADERS and, where the step cuts the block, CONTINUATION; within the target's limits unless the step says otherwise. A stream that cannot be opened any
   * more, because of GOAWAY or a close, is skipped with everything else on it.
   * @returns the limit that could not be kept; undefined when all is well
   */
  async sendFieldBlock(step: HeadersStep, index: number, times: Times): Promise<ExceededLimit | undefined> {
    if (this.#abandonedStreams.has(step.stream)) return this.skip(index);
    if (step.exceeds?.includes('headerList') !== true) {
      const size = headerListSize(step.fields);
      const { MAX_HEADER_LIST_SIZE: largest } = this.#limits;
      if (size > largest) {
        if (step.whenFull === 'skip') return this.#abandon(step.stream, index);
        const limit = `SETTINGS_MAX_HEADER_LIST_SIZE=${largest} on this connection, and a field section of ${size} octets`;
        return { limit, waitedFor: 'a larger SETTINGS_MAX_HEADER_LIST_SIZE', milliseconds: 0 };
      }
    }
    if (!streamOf(this.#state, step.stream).isOpened) {
      if (step.exceeds?.includes('streams') !== true) {
        const exceeded = await this.#awaitRoom(times, step.whenFull === 'skip');
        if (exceeded !== undefined) {
          return step.whenFull === 'skip' ? this.#abandon(step.stream, index) : exceeded;
        }
      }
      const { goaway } = this.#state.target;
      const isPassedOver = this.#isPassedOver(step.stream);
      // A client opens nothing after GOAWAY (RFC 9113 §6.8).
      const mayOpen =
        goaway === undefined || step.afterGoaway === 'beyond' || (step.afterGoaway === 'within' && !isPassedOver);
      if (!mayOpen || !this.usable) return this.#abandon(step.stream, index);
      if (isPassedOver) this.#lateStreams.add(step.stream);
    }
    const block = this.#encoder.encode(
      step.fields,
      step.sizeUpdates === undefined ? {} : { sizeUpdates: step.sizeUpdates },
    );
    const fragments = splitAt(block, step.cuts ?? []).flatMap((fragment) => limitLength(fragment, this.#maxFrameSize));
    const [first = new Uint8Array(0), ...rest] = fragments;
    const endHeaders = step.endHeaders ?? true;
    const frames: RawFrame[] = [
      headersFrame(step.stream, first, {
        endStream: step.endStream,
        endHeaders: endHeaders && rest.length === 0,
        ...(step.padLength === undefined ? {} : { padLength: step.padLength }),
        ...(step.priority === undefined ? {} : { priority: step.priority }),
      }),
      ...rest.map((fragment, position) =>
        continuation(step.stream, fragment, { endHeaders: endHeaders && position === rest.length - 1 }),
      ),
    ];
    this.#stream(step.stream);
    const { strayBits } = step;
    this.#write(encodeFrames(frames.map((frame) => withStrayBits(frame, strayBits))), index);
    return undefined;
  }

  /** True for a stream above the last one that a GOAWAY of the target names. */
  #isPassedOver(stream: number): boolean {
    const { goaway } = this.#state.target;
    return goaway !== undefined && stream > goaway.lastStreamId;
  }

  /** Acknowledges the PINGs that were not acknowledged yet, and each later one as it comes unless `once`. */
  acknowledgePings({ once }: Pick<AcknowledgeStep, 'once'>, by: number): void {
    if (once !== true) this.#housekeeping = { ...this.#housekeeping, ackPings: true };
    for (const opaque of this.#heldPings.splice(0)) this.#write(encodeFrame(ping(opaque, { ack: true })), by);
  }

  /** Waits until one more stream may be opened, no longer than it makes sense. */
  async #awaitRoom(times: Times, isOptional: boolean): Promise<ExceededLimit | undefined> {
    const mayGoOn = (): boolean => {
      if (this.#hasRoom || this.#state.target.goaway !== undefined) return true;
      // What the target has ended is over for us, too, if only it would count so.
      for (const [id, { ended }] of openStreamsOf(this.#state)) if (ended.target) this.#letGo(id);
      return this.#hasRoom;
    };
    // Streams that wait for our half-close do not end by waiting; the limit may still rise.
    const open = [...openStreamsOf(this.#state)];
    const isStuck = open.length > 0 && !open.some(([, { ended }]) => ended.client);
    const milliseconds = isStuck || isOptional ? Math.min(times.quiet, times.reply) : times.reply;
    const waitedFor = 'one of our streams to end, or a larger SETTINGS_MAX_CONCURRENT_STREAMS';
    if ((await this.#wait(mayGoOn, milliseconds)) || this.#isOver || this.#context.signal?.aborted === true)
      return undefined;
    return {
      limit: `SETTINGS_MAX_CONCURRENT_STREAMS=${this.#limits.MAX_CONCURRENT_STREAMS} on this connection`,
      waitedFor,
      milliseconds,
    };
  }

  #letGo(stream: number): void {
    this.#abandonedStreams.add(stream);
    this.#write(encodeFrame(rstStream(stream, errorCodes.CANCEL)), 'housekeeping');
  }

  #abandon(stream: number, index: number): undefined {
    this.#abandonedStreams.add(stream);
    this.skip(index);
  }

  /** One frame as it stands. */
  sendFrame(frame: RawFrame, index: number): void {
    if (this.#abandonedStreams.has(frame.streamId)) return this.skip(index);
    if (frame.type === frameTypes.RST_STREAM) this.#stream(frame.streamId).end('client');
    this.#write(encodeFrame(frame), index);
    this.#reply();
  }

  /** Begins a flood, behind those that are under way. */
  flood(step: FloodStep, index: number, budget: number): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const whyOver = (): FloodEnd | undefined => {
      if (this.#isOver || socket.destroyed) return 'closed';
      if (this.#context.signal?.aborted === true) return 'late';
      return this.#state.target.hasFailed ? 'refused' : undefined;
    };
    const onWrite = (frames: number): void => this.#account.allow(frames * answerAllowance);
    const record = (flooded: Flooded): void => {
      // Whoever has let go of the connection has the transcript as well.
      if (this.#socket !== undefined) this.#record({ kind: 'flood', at: this.#context.now(), step: index, ...flooded });
    };
    const run = async (): Promise<void> => {
      if (this.#takesNoMore) return record({ frames: 0, octets: 0, ended: 'stalled' });
      const flooded = await writeFlood(socket, step, { now: this.#context.now, budget, whyOver, onWrite });
      this.#takesNoMore = flooded.ended === 'stalled';
      record(flooded);
    };
    this.#record({ kind: 'flood', at: this.#context.now(), step: index, frames: 0, octets: 0 });
    this.#flooding = this.#flooding.then(run);
  }

  /** Stops reading, or reads on. */
  read(reads: boolean): void {
    this.#reads = reads;
    if (reads) this.#socket?.resume();
    else this.#socket?.pause();
  }

  sendOctets(octets: Uint8Array, index: number): void {
    this.#write(octets, index);
    this.#reply();
  }

  sendSettings(settings: readonly Setting[], by: SentBy): void {
    this.#write(encodeFrame(settingsFrame(settings)), by);
  }

  grant(stream: number, octets: number, by: number): void {
    if (this.#abandonedStreams.has(stream)) return this.skip(by);
    this.#write(encodeFrame(windowUpdate(stream, octets)), by);
  }

  /**
   * Sends octets in DATA frames within the target's windows; stops early when the stream has ended.
   * @returns false when credit was missing for longer than the budget; the limit, when there was some, and not enough for one frame.
   */
  async sendData(step: DataStep, index: number, budget: number): Promise<boolean | ExceededLimit> {
    const frames = planDataFrames(step);
    const end = this.#context.now() + mostPatience * budget;
    for (const [position, frame] of frames.entries()) {
      let { octets } = frame;
      for (;;) {
        if (!this.usable || this.hasEnded(step.stream)) return true;
        const overhead = frame.padLength === undefined ? 0 : frame.padLength + 1;
        // An empty frame needs no credit (RFC 9113 §6.9.1), an empty one with padding needs it for the padding.
        const needed = overhead + Math.min(octets.length, 1);
        const mayWrite = (): boolean => needed === 0 || this.#credit(step.stream) >= needed;
        if (!mayWrite()) {
          const mayGoOn = (): boolean => mayWrite() || this.hasEnded(step.stream);
          const left = Math.min(step.unsentAfter ?? budget, end - this.#context.now());
          if (!(await this.#wait(mayGoOn, left)) && !this.#closed) {
            if (step.unsentAfter !== undefined) return true;
            const available = this.#credit(step.stream);
            if (left < budget) {
              const limit = `credit that comes in small parts, so that the rest of ${step.octets.length} octets does not leave in time`;
              const waitedFor = `flow-control credit for stream ${step.stream}`;
              return { limit, waitedFor, milliseconds: mostPatience * budget };
            }
            // A window that had room for several such frames, and is not opened again for one, is no small window.
            const first = Math.min(this.#limits.INITIAL_WINDOW_SIZE, initialSettings.INITIAL_WINDOW_SIZE);
            if (available <= 0 || framesOfWindow * needed <= first) return false;
            // Padding cannot be cut up, and nothing obliges the target to make its windows larger than they are.
            return {
              limit: `a window of ${available} octets on this connection, and a padded frame that needs ${needed}`,
              waitedFor: `flow-control credit for stream ${step.stream}`,
              milliseconds: budget,
            };
          }
          continue;
        }
        const room = Math.min(this.#credit(step.stream), this.#maxFrameSize) - overhead;
        const piece = octets.subarray(0, Math.max(room, 0));
        octets = octets.subarray(piece.length);
        const last = octets.length === 0 && position === frames.length - 1;
        const padding =
          frame.padLength === undefined ? {} : { padding: new Uint8Array(frame.padLength).fill(step.padOctet ?? 0) };
        const raw = dataFrame(step.stream, piece, { endStream: last && step.endStream, ...padding });
        this.#write(encodeFrame(withStrayBits(raw, step.strayBits)), index);
        if (octets.length === 0) break;
      }
    }
    return true;
  }

  /** @returns false when the ACK did not come within the budget. */
  async fence(step: FenceStep, index: number, budget: number): Promise<boolean> {
    if (this.#isOver) return this.#closed;
    let isAcknowledged: () => boolean;
    if (step.by === 'ping') {
      const opaque = step.opaque ?? fenceOpaque;
      this.#write(encodeFrame(ping(opaque)), index);
      isAcknowledged = () => isPingAcknowledged(this.#state.client.pings, opaque);
    } else {
      const wanted = this.#state.client.settings.announced + 1;
      this.sendSettings(step.settings ?? [], index);
      isAcknowledged = () => this.#state.client.settings.acknowledgements >= wanted;
    }
    // Whoever has announced a connection error acknowledges nothing any more (RFC 9113 §5.4.1).
    const hasFailed = (): boolean => this.#state.target.hasFailed;
    await this.#wait(() => isAcknowledged() || hasFailed(), budget);
    const fenced = isAcknowledged();
    if (fenced) this.#record({ kind: 'fenced', at: this.#context.now(), step: index });
    return fenced || this.#closed || hasFailed();
  }

  /** Waits until a condition holds or can hold no more. @returns false when the budget ran out. */
  async awaitCondition(condition: Condition, budget: number): Promise<boolean> {
    if (condition.see === 'quiet') return this.#awaitQuiet(budget);
    if (condition.see === 'flooded') return this.#awaitFloods(budget);
    return (await this.#wait(() => this.#holds(condition), budget)) || this.#isOver;
  }

  /** Closes from our side and waits until the socket is gone; drops what a target that does not read has not taken within the budget. */
  async close(how: 'fin' | 'reset', budget: number): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || this.#closed) return;
    this.#record({ kind: 'closed', at: this.#context.now(), by: 'client', how });
    this.#closed = true;
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const timer = setTimeout(() => socket.destroy(), budget);
    await this.#outgoing;
    this.#flush(socket);
    if (how === 'reset') this.#reset();
    else socket.destroySoon();
    await gone;
    clearTimeout(timer);
  }

  /** The script is over: lets go of the connection without a word in the transcript. */
  end(): void {
    const socket = this.#socket;
    const wasOpen = !this.#closed;
    // From here on nothing is recorded: the transcript is in other hands.
    this.#closed = true;
    this.#account.close();
    this.#socket = undefined;
    if (!wasOpen || socket === undefined) return;
    this.#flush(socket);
    socket.destroy();
  }

  skip(step: number): undefined {
    this.#record({ kind: 'skipped', at: this.#context.now(), step });
  }

  recordTimeout(step: number, waitedFor: string): void {
    this.#record({ kind: 'timeout', at: this.#context.now(), step, waitedFor });
  }

  /** Nothing more can arrive. */
  get #isOver(): boolean {
    return this.#closed || this.#socket === undefined;
  }

  #holds(condition: Exclude<Condition, { see: 'quiet' | 'flooded' }>): boolean {
    switch (condition.see) {
      case 'headers':
        return this.#stream(condition.stream).headers || this.hasEnded(condition.stream);
      case 'messages':
        return this.#stream(condition.stream).messages >= condition.count || this.hasEnded(condition.stream);
      case 'data':
        return this.#stream(condition.stream).data >= condition.octets || this.hasEnded(condition.stream);
      case 'connection-data':
        return this.#connectionData >= condition.octets;
      case 'credit-used': {
        const { stream, connection } = windowsOf(this.#state, 'target', condition.stream);
        return stream <= 0 || connection <= 0 || this.hasEnded(condition.stream);
      }
      case 'end':
        return this.hasEnded(condition.stream) || (condition.orError === true && this.#state.target.hasFailed);
      case 'reset':
        return (
          (condition.orError === true && this.#state.target.hasFailed) ||
          this.#stream(condition.stream).endedBy === 'reset' ||
          this.#stream(condition.stream).resetAfterEnd ||
          this.#abandonedStreams.has(condition.stream)
        );
      case 'goaway':
        return (
          this.#state.target.goaway !== undefined &&
          (condition.final !== true || this.#state.target.goaway.lastStreamId < maxStreamId)
        );
      case 'ping-ack':
        return isPingAcknowledged(this.#state.client.pings, condition.opaque);
      case 'ping':
        return this.#heldPings.length > 0;
      case 'server-flight':
        return this.#closed || isFlightComplete(joinOctets(this.#clearOctets));
      case 'closed':
        return this.#closed;
      case 'connection-error':
        return this.#closed || this.#state.target.hasFailed;
    }
  }

  get #areSettingsAcknowledged(): boolean {
    const { announced, acknowledgements } = this.#state.client.settings;
    return acknowledgements >= announced;
  }

  /** What the target has set last; we keep to it before our ACK as well. */
  get #limits(): SettingsState['latest'] {
    return this.#state.target.settings.latest;
  }

  get #hasRoom(): boolean {
    return this.#state.openStreams < this.#limits.MAX_CONCURRENT_STREAMS;
  }

  /** An illegal value (RFC 9113 §6.5.2) is a matter for the connection rules; frames of no octets would have no end. */
  get #maxFrameSize(): number {
    const { MAX_FRAME_SIZE: size } = this.#limits;
    return size >= initialSettings.MAX_FRAME_SIZE && size <= maxFrameLength ? size : initialSettings.MAX_FRAME_SIZE;
  }

  /** Octets of DATA that may be sent on a stream now; may be below zero (RFC 9113 §6.9.2). */
  #credit(streamId: number): number {
    const { stream, connection } = windowsOf(this.#state, 'client', streamId);
    return Math.min(stream, connection);
  }

  #stream(id: number): StreamProgress {
    let stream = this.#streams.get(id);
    if (stream === undefined) this.#streams.set(id, (stream = new StreamProgress()));
    return stream;
  }

  #listen(socket: net.Socket): void {
    this.#socket = socket;
    if (socket instanceof tls.TLSSocket) this.#listenToTls(socket);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // Node reports a connection that the target reset as an error; that is a way of closing, not a fault of ours.
    socket.on('error', () => this.#targetClosed('reset'));
    socket.on('end', () => this.#targetClosed('fin'));
    socket.on('close', () => this.#targetClosed('fin'));
  }

  #listenToTls(socket: tls.TLSSocket): void {
    // With TLS 1.3 it comes behind the handshake.
    socket.on('session', (session: Buffer) => (this.#session = session));
    // The handshake that made the connection is over: whatever is agreed on from here on is another one.
    socket.on('secure', () => {
      if (this.#closed || socket.getProtocol() === 'TLSv1.3') return;
      const by = this.#asksForHandshake ? 'client' : 'target';
      this.#record({ kind: 'renegotiated', at: this.#context.now(), by });
    });
  }

  /** The session that the target has given the connection for later ones. */
  get session(): Buffer | undefined {
    const socket = this.#socket;
    return this.#session ?? (socket instanceof tls.TLSSocket ? socket.getSession() : undefined);
  }

  /** Asks for a renegotiation and waits until it is made or refused, or the connection is closed. With TLS 1.3 there is none, and nothing happens. */
  async renegotiate(budget: number): Promise<void> {
    const socket = this.#socket;
    if (!(socket instanceof tls.TLSSocket) || this.#closed || socket.getProtocol() === 'TLSv1.3') return;
    let isOver = false;
    this.#asksForHandshake = true;
    socket.renegotiate({ rejectUnauthorized: false }, () => {
      isOver = true;
      this.#checkWaiter();
    });
    await this.#wait(() => isOver, budget);
    this.#asksForHandshake = false;
  }

  #targetClosed(how: 'fin' | 'reset'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#record({ kind: 'closed', at: this.#context.now(), by: 'target', how });
    this.#socket?.destroy();
    this.#checkWaiter();
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    const at = this.#context.now();
    this.#received += chunk.length;
    if (chunk.length >= readOfTurn) this.#endTurn();
    // What the memory account lets through is bounded; more than a flight is looked at by nobody.
    if (this.#open.clear === true && this.#received <= mostOfFlight) this.#clearOctets.push(chunk);
    for (const packet of this.#reader.add({ kind: 'received', at, octets: chunk })) {
      this.#state = follow(this.#state, packet);
      if (packet.kind === 'frame') this.#answer(packet);
    }
    this.#reply();
    const unfinished = unfinishedCost(this.#reader.unfinished);
    this.#account.take(readCost + unfinished - this.#unfinished, 'asked');
    this.#unfinished = unfinished;
    this.#checkWaiter();
  }

  /** Says what we owe of our own accord; later while a field block of ours is open, in which nothing else may stand (RFC 9113 §4.3). */
  #reply(): void {
    if (this.#state.client.openBlock === undefined) this.#write(joinOctets(this.#replies.splice(0)), 'housekeeping');
  }

  /** Node would read on for as long as there is something, and nothing else would happen meanwhile. */
  #endTurn(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.pause();
    setImmediate(() => {
      if (!socket.destroyed && this.#reads) socket.resume();
    });
  }

  /** More was sent than we keep: we end the connection, and say so. */
  #overflow(bound: ReachedBound): void {
    if (this.#closed) return;
    const at = this.#context.now();
    this.#record({ kind: 'overflow', at, limit: this.#received, bound });
    this.#record({ kind: 'closed', at, by: 'client', how: 'reset' });
    this.#closed = true;
    this.#reset();
    this.#checkWaiter();
  }

  /** Counts what came of the answers, acknowledges, and grants credit. */
  #answer(packet: FramePacket): void {
    const { frame, block } = packet;
    const messages = frame.type === 'DATA' ? this.#stream(frame.streamId).addData(frame.data, frame.endStream) : 0;
    this.#account.take(packetCost(packet, messages), this.#isAnswer(packet) ? 'asked' : 'unasked');
    if (block !== undefined) this.#stream(frame.streamId).addBlock(block);
    switch (frame.type) {
      case 'SETTINGS':
        if (!frame.ack) this.#applySettings(frame.settings);
        return;
      case 'PING':
        if (frame.ack) return;
        if (this.#housekeeping.ackPings) this.#replies.push(encodeFrame(ping(frame.opaque, { ack: true })));
        // Who sends more than that without an answer gets the rest of them never.
        else if (this.#heldPings.length < mostHeldPings) this.#heldPings.push(frame.opaque);
        return;
      case 'RST_STREAM':
        this.#stream(frame.streamId).end('reset');
        return;
      case 'DATA':
        this.#connectionData += frame.data.length;
        this.#replenish(frame.streamId, frame.flowControlledLength, frame.endStream);
        return;
      default:
        return;
    }
  }

  /** True for what an endless but legal answer is made of. Everything else has an end where nothing is wrong. */
  #isAnswer({ frame, block }: FramePacket): boolean {
    if (!streamOf(this.#state, frame.streamId).isOpened) return false;
    if (frame.type === 'DATA') return frame.data.length > 0;
    if (block !== undefined) return ++this.#stream(frame.streamId).blocks <= blocksOfAnswer;
    return frame.type === 'HEADERS' || frame.type === 'CONTINUATION' ? frame.fragment.length > 0 : false;
  }

  #applySettings(settings: readonly Setting[]): void {
    const tableSize = settingValue(settings, settingIds.HEADER_TABLE_SIZE);
    // A larger table is an offer that a plain client may leave alone; a smaller one binds.
    if (tableSize !== undefined) this.#encoder.setMaxTableSize(Math.min(tableSize, initialSettings.HEADER_TABLE_SIZE));
    if (this.#housekeeping.ackSettings) this.#replies.push(encodeFrame(settingsAck()));
  }

  #replenish(streamId: number, octets: number, ended: boolean): void {
    if (this.#housekeeping.replenishConnection) {
      const due = this.#ledger.receive(0, octets);
      if (due > 0) this.#giveCredit(0, due);
    }
    if (this.#housekeeping.replenishStreams && !ended && !this.#stream(streamId).ended) {
      const due = this.#ledger.receive(streamId, octets);
      if (due > 0) this.#giveCredit(streamId, due);
    }
  }

  #giveCredit(streamId: number, octets: number): void {
    this.#replies.push(encodeFrame(windowUpdate(streamId, octets)));
    this.#creditUntil = this.#context.now() + 2 * this.#roundTrip;
  }

  /** Writes of one turn leave together, unless the script cuts them. */
  #write(octets: Uint8Array, by: SentBy): void {
    const socket = this.#socket;
    if (socket === undefined || this.#closed || octets.length === 0) return;
    this.#record({ kind: 'sent', at: this.#context.now(), octets, by });
    if (this.#segments.length > 0) return this.#writeInSegments(socket, octets);
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      process.nextTick(() => this.#flush(socket));
    }
    socket.write(octets);
  }

  /** Hands what was written in this turn to the kernel: the transcript already says that it was sent. */
  #flush(socket: net.Socket): void {
    if (this.#corked) socket.uncork();
    this.#corked = false;
  }

  #writeInSegments(socket: net.Socket, octets: Uint8Array): void {
    const pieces: Uint8Array[] = [];
    let rest = octets;
    while (rest.length > 0) {
      const index = this.#segmentIndex++;
      const size = index < segmentedWrites ? (this.#segments[index % this.#segments.length] ?? 1) : rest.length;
      pieces.push(rest.subarray(0, Math.max(size, 1)));
      rest = rest.subarray(Math.max(size, 1));
    }
    this.#piecesWaiting += pieces.length;
    // Each write is flushed before the next, so that the kernel has no reason to join them.
    const writeAll = async (): Promise<void> => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
        this.#piecesWaiting--;
      }
    };
    this.#outgoing = (this.#outgoing ?? Promise.resolve()).then(writeAll);
  }

  #wait(isDone: () => boolean, budget: number): Promise<boolean> {
    if (isDone()) return Promise.resolve(true);
    if (this.#isOver || this.#context.signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (done: boolean): void => {
        clearTimeout(timer);
        clearImmediate(turn);
        this.#context.signal?.removeEventListener('abort', abort);
        this.#waiter = undefined;
        resolve(done);
      };
      const abort = (): void => settle(false);
      let waiting = this.#piecesWaiting;
      let turn: NodeJS.Immediate | undefined;
      const longest = this.#context.now() + mostPatience * budget;
      // Timers run before sockets are read: when our own event loop was late, what we wait for may have come in time and lie there.
      const readOnce = (): void => void (turn = setImmediate(expire));
      const expire = (): void => {
        const now = this.#context.now();
        if (isDone() || now >= longest) return settle(isDone());
        // What our last credit was given for comes a round trip later.
        if (now < this.#creditUntil) {
          timer = setTimeout(readOnce, Math.min(this.#creditUntil, longest) - now);
          return;
        }
        // While octets of ours are still leaving piece by piece, the target owes nothing: its time starts after the last.
        if (waiting === 0) return settle(false);
        const moved = this.#piecesWaiting < waiting;
        waiting = this.#piecesWaiting;
        if (!moved) return settle(false);
        timer = setTimeout(readOnce, budget);
      };
      let timer = setTimeout(readOnce, budget);
      this.#context.signal?.addEventListener('abort', abort, { once: true });
      this.#waiter = { isDone, settle };
    });
  }

  /** Also on a connection that has closed, which ends them. */
  #awaitFloods(budget: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), budget);
      void this.#flooding.then(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Silence lasts until the budget is over; anything received ends it. */
  async #awaitQuiet(budget: number): Promise<boolean> {
    const before = this.#received;
    return !(await this.#wait(() => this.#received > before, budget));
  }

  #checkWaiter(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const done = waiter.isDone();
    if (done || this.#isOver) waiter.settle(done);
  }

  #record(event: TranscriptEvent): void {
    const packets = this.#reader.add(event);
    for (const packet of packets) this.#state = follow(this.#state, packet);
    const { length } = packets;
    if (event.kind !== 'sent') return;
    // What we say on our own is an answer itself, and costs as much to keep as what it answers.
    if (event.by === 'housekeeping') this.#account.take(readCost + length * sentCost, 'unasked');
    else this.#account.allow(length * answerAllowance);
  }
}

/** The 8 octets of a PING fence when the script gives none. */
const fenceOpaque = Uint8Array.from('fence\0\0\0', (character) => character.charCodeAt(0));

interface PlannedFrame {
  readonly octets: Uint8Array;
  readonly padLength?: number;
}

function planDataFrames(step: DataStep): readonly PlannedFrame[] {
  const pieces = splitAt(step.octets, step.cuts ?? []);
  if (step.endStream && step.endStreamOnEmptyFrame === true && step.octets.length > 0) pieces.push(new Uint8Array(0));
  const padLengths = step.padLengths ?? [];
  return pieces.map((octets, index) => {
    const padLength = padLengths.length === 0 ? -1 : (padLengths[index % padLengths.length] ?? -1);
    return padLength < 0 ? { octets } : { octets, padLength };
  });
}

/** Cuts octets at offsets; those past the end are ignored, equal ones leave an empty piece between them. */
function splitAt(octets: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const offsets = cuts.filter((cut) => cut >= 0 && cut <= octets.length).toSorted((a, b) => a - b);
  return [...offsets, octets.length].map((end, index) => octets.subarray(index === 0 ? 0 : offsets[index - 1], end));
}

function limitLength(octets: Uint8Array, limit: number): Uint8Array[] {
  if (octets.length <= limit) return [octets];
  const count = Math.ceil(octets.length / limit);
  return Array.from({ length: count }, (_, index) => octets.subarray(index * limit, (index + 1) * limit));
}
