import type { Socket } from 'node:net';
import { goaway, ping, rawFrame, rstStream, settings, settingsAck, windowUpdate } from '../../wire/builders';
import { FrameDecoder } from '../../wire/decode-frames';
import { errorCodes } from '../../wire/error-codes';
import {
  flags,
  frameTypes,
  interpretFrame,
  type DataFrame,
  type Frame,
  type HeadersFrame,
  type MalformedFrame,
  type RawFrame,
  paddingOf,
} from '../../wire/frame';
import type { Field } from '../../wire/hpack/decoder';
import { connectionPreface } from '../../wire/preface';
import { initialSettings, maxWindow, settingIds, type Setting } from '../../wire/settings';
import { status } from '../../grpc/status';
import { grpcContentType } from '../../grpc/content-type';
import { answerHttp, answerStatus } from './answers';
import type { Behaviour } from './behaviour';
import { BlockReader, type FieldSection } from './block-reader';
import { BlockWriter } from './block-writer';
import { Call, type CallHost } from './call';
import { ConnectionError, protocolError, tooMuch } from './connection-error';
import { Farewell, type FarewellHost } from './farewell';
import { Keepalive, type KeepaliveHost } from './keepalive';
import type { Gate, Refusal } from './gate';
import { floodLimits, limits, times } from './limits';
import { Outbox } from './outbox';
import { checks, type Check } from './policy';
import { isFrame, type JoinedSeams, type OutgoingSection, type SeenStream, type Wire } from './seams';
import type { OwnLimits } from './own-limits';
import { ReceiveWindow, type CreditPolicy } from './receive-window';
import { findFieldFault, readRequestHeader, type ReadHeader, type RequestHeader } from './request-header';
import type { CallObserver, Method } from './services/service';
import { StatusError } from './status-error';
import { Stream, type StreamHost } from './stream';
import { TokenBucket } from './token-bucket';
import type { Turnstile } from './turnstile';

/** What all connections of a server share. */
export interface ConnectionContext {
  readonly behaviour: Behaviour;
  readonly observer: CallObserver;
  /** The method that a path names. */
  readonly findMethod: (path: string) => Method | undefined;
  readonly own: OwnLimits;
  readonly gate: Gate;
  readonly handlers: Turnstile;
}

/** WINDOW_UPDATE frames that a DATA frame of ours earns the client: one for its stream and one for the connection. */
const windowUpdatesPerData = 2;

/** The PING between the two GOAWAYs of a graceful shutdown, and the PINGs of a variation. */
const drainPing = Buffer.from('draining');
const idlePing = Buffer.from('variety!');
const keepalivePing = Buffer.from('alive? :');

/** Requests after which a variation lowers the limit of streams. */
const requestsBeforeLowering = 2;

/** How far a graceful shutdown has come. */
type Phase = 'open' | 'announced' | 'draining';

/** One client: its frames in, ours out, and the streams between (RFC 9113). Whatever comes in, nothing is thrown to the socket's events and nothing grows without bound. */
export class Connection implements StreamHost, CallHost, FarewellHost, KeepaliveHost {
  readonly behaviour: Behaviour;
  readonly observer: CallObserver;
  readonly #seams: JoinedSeams;
  readonly #context: ConnectionContext;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #frames: FrameDecoder;
  readonly #fieldsIn: BlockReader;
  readonly #fieldsOut: BlockWriter;
  readonly #streams = new Map<number, Stream>();
  /** Closed streams whose handler still runs: they count as open (RFC 9113 §10.5). */
  readonly #unwinding = new Set<Stream>();
  readonly #handling = new Set<Stream>();
  /** Streams with DATA that their windows let through, in turn. */
  readonly #ready = new Set<Stream>();
  readonly #endedEarly = new Set<Stream>();
  /** Streams that we closed while the client was sending, oldest first. */
  readonly #cut = new Set<number>();
  readonly #window: ReceiveWindow;
  readonly #creditPolicy: CreditPolicy;
  readonly #resets = new TokenBucket(floodLimits.resets);
  readonly #idleFrames = new TokenBucket(floodLimits.idleFrames);
  #prefaceSeen = 0;
  #settingsSeen = false;
  #lastStreamId = 0;
  #requests = 0;
  #sendWindow: number = initialSettings.INITIAL_WINDOW_SIZE;
  #clientWindow: number = initialSettings.INITIAL_WINDOW_SIZE;
  #clientFrameSize: number = initialSettings.MAX_FRAME_SIZE;
  #streamWindow: number;
  /** Streams that we serve at the same time; a limit that we lower holds once the client has acknowledged it. */
  #mostStreams: number;
  /** What each SETTINGS of ours that is not acknowledged yet changes when it is (RFC 9113 §6.5.3). */
  readonly #unacknowledged: (() => void)[] = [];
  /** The last stream that a GOAWAY of ours has named; later ones name no higher one (RFC 9113 §6.8). */
  #lastNamed: number = maxWindow;
  /** Requests after GOAWAY are passed over, not refused. */
  #passesOver = false;
  #emptyFrames = 0;
  readonly #farewell: Farewell;
  readonly #keepalive: Keepalive | undefined;
  #phase: Phase = 'open';
  /** Why it is shut down, as its GOAWAYs say. */
  #why: Uint8Array | undefined;
  #ended = false;
  #pingStrikes = 0;
  #interlude = 0;
  #timer: NodeJS.Timeout;

  /** @param onClose called once, when the connection is gone. */
  constructor(socket: Socket, context: ConnectionContext, onClose: () => void) {
    this.#seams = context.behaviour.open(this.#makeWire());
    this.behaviour = { ...context.behaviour, policy: this.#seams.policy };
    this.observer = context.observer;
    this.#context = context;
    this.#socket = socket;
    this.#outbox = new Outbox(socket, () => this.#pump());
    this.#frames = new FrameDecoder({ maxPayload: context.own.frame });
    this.#fieldsIn = new BlockReader(this.behaviour, context.own.headerList);
    this.#fieldsOut = new BlockWriter(this.behaviour);
    const { varies } = context.behaviour;
    this.#creditPolicy = varies('eager-window-updates') ? 'eager' : varies('late-window-updates') ? 'late' : 'half';
    this.#streamWindow = limits.window;
    this.#mostStreams = context.own.streams;
    this.#window = new ReceiveWindow(limits.window, this.#creditPolicy);
    socket.setNoDelay(true);
    socket.on('data', (octets: Buffer) => this.#receive(octets));
    socket.on('drain', () => {
      socket.resume();
      this.#outbox.schedule();
    });
    socket.on('end', () => this.#finish());
    // The event that follows says all: close.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.#timer);
      this.#farewell.end();
      this.#keepalive?.end();
      this.#loseStreams();
      onClose();
    });
    this.#timer = setTimeout(() => this.#abort(protocolError('no preface')), times.handshake);
    this.#farewell = new Farewell(this.behaviour, this);
    const keepalive = context.behaviour.value('keepalive');
    this.#keepalive = keepalive === undefined ? undefined : new Keepalive(keepalive, this);
    this.behaviour.policy.meet();
    this.#sendSettings();
  }

  // ---- shutdown ----

  /**
   * Graceful shutdown (RFC 9113 §6.8): announce it, let a round trip pass, name the last stream, close when its streams are done.
   * @param why the debug data of its GOAWAYs
   */
  shutDown(why?: string): void {
    if (this.#phase !== 'open' || this.#ended) return;
    this.#phase = 'announced';
    this.#why = why === undefined ? undefined : Buffer.from(why, 'latin1');
    this.#sendGoaway(maxWindow, errorCodes.NO_ERROR, this.#why);
    if (this.behaviour.varies('one-step-shutdown')) {
      this.#drain();
      return;
    }
    this.writeFrame(ping(drainPing));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#drain(), times.drainPing);
  }

  /** Names the last stream at once (RFC 9113 §6.8): what came after it is passed over, and its sender knows that it was. */
  shutDownAtOnce(): void {
    this.#passesOver = true;
    this.#drain();
  }

  #sendGoaway(lastStreamId: number, errorCode: number, debugData?: Uint8Array): void {
    this.#lastNamed = Math.min(this.#lastNamed, lastStreamId);
    this.writeFrame(goaway(this.#lastNamed, errorCode, debugData));
  }

  /** Ends open calls with UNAVAILABLE and closes (statuscodes: the server is shutting down). */
  stop(): void {
    for (const stream of this.#streams.values()) {
      if (stream.owner instanceof Call)
        stream.owner.fail(new StatusError(status.UNAVAILABLE, 'the server is shutting down'));
    }
    this.#sendGoaway(this.#lastStreamId, errorCodes.NO_ERROR);
    this.#finish();
  }

  // ---- keepalive ----

  keepsAlive(): boolean {
    return this.behaviour.policy.keepsAlive(this.#streams.size);
  }

  sendKeepalive(): void {
    this.writeFrame(ping(keepalivePing));
  }

  keepaliveTimeout(): number {
    const time = this.behaviour.value('keepalive') ?? 0;
    return this.behaviour.policy.keepaliveTimeout(time, this.#streams.size);
  }

  dropMute(): void {
    if (this.#ended) return;
    this.#sendGoaway(this.#lastStreamId, errorCodes.NO_ERROR);
    this.#finish();
  }

  #drain(): void {
    if (this.#phase === 'draining' || this.#ended) return;
    this.#phase = 'draining';
    this.#sendGoaway(this.#lastStreamId, errorCodes.NO_ERROR, this.#why);
    this.#closeWhenDrained();
  }

  #closeWhenDrained(): void {
    if (this.#phase !== 'draining' || this.#ended) return;
    const waitedFor = [...this.#streams.values()].filter((stream) =>
      this.behaviour.policy.waitsForStream(isUnary(stream)),
    );
    if (waitedFor.length === 0) this.#finish();
  }

  /** Writes what is queued, then closes. */
  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#farewell.end();
    this.#keepalive?.end();
    this.#loseStreams();
    this.#outbox.close();
    this.#timer = setTimeout(() => this.#socket.destroy(), times.linger);
    this.#socket.resume();
  }

  /** Connection error (RFC 9113 §5.4.1). */
  #abort(error: ConnectionError): void {
    if (this.#ended) return;
    this.#ready.clear();
    if (!this.behaviour.varies('no-goaway')) {
      this.#sendGoaway(this.#lastStreamId, error.errorCode, Buffer.from(error.message, 'latin1'));
      if (this.behaviour.varies('resets-behind-goaway')) {
        for (const stream of this.#streams.values()) stream.reset(errorCodes.NO_ERROR);
      }
    }
    if (this.behaviour.policy.closesAfterError(this.#streams.size)) this.#finish();
  }

  #loseStreams(): void {
    for (const stream of this.#streams.values()) stream.lose();
  }

  // ---- octets in ----

  #receive(read: Uint8Array): void {
    if (this.#ended) return;
    try {
      const before = { prefaceSeen: this.#prefaceSeen, pending: this.#frames.pending };
      const octets = this.behaviour.policy.takeRead(read, before);
      const rest = this.#prefaceSeen < connectionPreface.length ? this.#takePreface(octets) : octets;
      if (rest.length > 0) {
        for (const { raw } of this.#frames.push(rest)) {
          if (this.#ended) return;
          for (const frame of this.#seams.frameIn(interpretFrame(raw))) {
            if (this.#ended) return;
            this.#keepalive?.noteLife();
            this.#take(frame);
          }
        }
      }
    } catch (error) {
      this.#abort(
        error instanceof ConnectionError ? error : new ConnectionError(errorCodes.INTERNAL_ERROR, 'internal error'),
      );
      // Only a mistake of ours comes here; the client has lost its connection, whoever runs the server should know why.
      if (!(error instanceof ConnectionError)) process.stderr.write(`reference server: ${String(error)}\n`);
    }
    if (this.#outbox.unsent > limits.unsentOutput && !this.#ended) this.#socket.pause();
  }

  #takePreface(octets: Uint8Array): Uint8Array {
    const taken = octets.subarray(0, connectionPreface.length - this.#prefaceSeen);
    for (const [index, octet] of taken.entries()) {
      const at = this.#prefaceSeen + index;
      if (octet !== connectionPreface[at] && at < this.behaviour.policy.prefaceCompared) {
        throw protocolError('invalid connection preface');
      }
    }
    this.#prefaceSeen += taken.length;
    return octets.subarray(taken.length);
  }

  #take(frame: Frame): void {
    if (!this.#settingsSeen && (frame.type !== 'SETTINGS' || frame.ack)) {
      this.#fault('first-frame', frame.streamId, errorCodes.PROTOCOL_ERROR, 'the first frame is not SETTINGS');
    }
    if (this.#fieldsIn.isOpen && frame.type !== 'CONTINUATION') {
      const reason = 'another frame inside a field block';
      if (this.#fault('block-interrupted', frame.streamId, errorCodes.PROTOCOL_ERROR, reason)) return;
    }
    if (this.#isTooLarge(frame)) return;
    this.#handle(frame);
  }

  /** RFC 9113 §4.2. Frames of unknown type are passed over, however long. */
  #isTooLarge({ raw, streamId }: Frame): boolean {
    const length = raw.length ?? raw.payload.length;
    if (length <= this.#context.own.frame || raw.type > frameTypes.CONTINUATION) return false;
    return this.#fault('frame-size', streamId, errorCodes.FRAME_SIZE_ERROR, `frame of ${length} octets`);
  }

  /**
   * Something that the client must not do; it hurts its stream or the connection (RFC 9113 §5.4).
   * @returns true when the stream is over, so that nothing more is to be done about the frame. @throws ConnectionError
   */
  #fault(check: Check, streamId: number, errorCode: number, reason: string): boolean {
    const scope = this.behaviour.policy.judge(check, checks[check], { streamId, reason });
    if (scope === 'ignored') return false;
    if (scope === 'connection') throw new ConnectionError(errorCode, reason);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) this.#refuseStream(streamId, errorCode);
    else this.#streamError(stream, errorCode, reason);
    return true;
  }

  #requireStream(check: Check, frame: Frame): boolean {
    if (frame.streamId !== 0) return true;
    this.#fault(check, 0, errorCodes.PROTOCOL_ERROR, `${frame.type} on stream 0`);
    return false;
  }

  #requireConnection(check: Check, frame: Frame): boolean {
    return (
      frame.streamId === 0 ||
      !this.#fault(check, frame.streamId, errorCodes.PROTOCOL_ERROR, `${frame.type} on a stream`)
    );
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case 'DATA':
        return this.#onData(frame);
      case 'HEADERS':
        return this.#onHeaders(frame);
      case 'CONTINUATION':
        return this.#onSection(this.#fieldsIn.readContinuation(frame));
      case 'PRIORITY':
        this.#requireStream('priority-stream-0', frame);
        return this.#countIdleFrame();
      case 'RST_STREAM':
        return this.#onReset(frame.streamId, frame);
      case 'SETTINGS':
        if (this.#requireConnection('settings-on-stream', frame)) this.#onSettings(frame.ack, frame.settings);
        return;
      case 'PING':
        if (this.#requireConnection('ping-on-stream', frame)) this.#onPing(frame.ack, frame.opaque);
        return;
      case 'GOAWAY':
        // The client opens no more streams; those that are open go on (RFC 9113 §6.8).
        this.#requireConnection('goaway-on-stream', frame);
        return;
      case 'WINDOW_UPDATE':
        return this.#onWindowUpdate(frame.streamId, frame.increment);
      case 'PUSH_PROMISE':
        this.#fault('push-promise', frame.streamId, errorCodes.PROTOCOL_ERROR, 'PUSH_PROMISE from a client');
        return;
      case 'UNKNOWN':
        return this.#countIdleFrame();
      case 'MALFORMED':
        return this.#onMalformed(frame);
    }
  }

  #countIdleFrame(): void {
    if (this.#idleFrames.take()) return;
    this.#fault('flood-of-idle-frames', 0, errorCodes.ENHANCE_YOUR_CALM, 'too many frames that bring nothing');
  }

  #onMalformed(frame: MalformedFrame): void {
    // Longer than we take, and of no meaning to us anyway (RFC 9113 §5.5).
    if (frame.frameType > frameTypes.CONTINUATION) {
      this.#countIdleFrame();
      return;
    }
    // PRIORITY of a wrong length is the one malformed frame that only hurts its stream (RFC 9113 §6.3).
    const stream = this.#streams.get(frame.streamId);
    if (frame.frameType === frameTypes.PRIORITY && stream !== undefined) {
      this.#fault('priority-length', frame.streamId, errorCodes.FRAME_SIZE_ERROR, frame.reason);
      return;
    }
    const errorCode = hasTooMuchPadding(frame.raw) ? errorCodes.PROTOCOL_ERROR : errorCodes.FRAME_SIZE_ERROR;
    this.#fault('malformed-frame', frame.streamId, errorCode, frame.reason);
  }

  /** RFC 9113 §5.4.2; §5.4.1 allows to treat it as a connection error. */
  #streamError(stream: Stream, errorCode: number, reason: string): void {
    if (this.behaviour.varies('escalated-errors')) throw new ConnectionError(errorCode, reason);
    this.#countReset();
    stream.reset(errorCode);
  }

  #countReset(): void {
    if (this.#resets.take()) return;
    this.#fault('flood-of-resets', 0, errorCodes.ENHANCE_YOUR_CALM, 'too many streams reset');
  }

  // ---- DATA ----

  #onData(frame: DataFrame): void {
    const { streamId } = frame;
    if (!this.#requireStream('data-stream-0', frame)) return;
    if (this.behaviour.varies('strict-padding') && paddingOf(frame).some((octet) => octet !== 0)) {
      throw protocolError('padding that is not zero');
    }
    const cost = frame.flowControlledLength;
    if (!this.#window.use(cost)) {
      const reason = 'more DATA than the connection window allows';
      if (this.#fault('connection-window-exceeded', streamId, errorCodes.FLOW_CONTROL_ERROR, reason)) return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined && this.#isIdle(streamId)) {
      this.#fault('data-on-idle', streamId, errorCodes.PROTOCOL_ERROR, 'DATA on an idle stream');
      return;
    }
    const read = stream?.owner !== undefined && !stream.localEnded;
    // What we hold of a stream is bounded by its own window, so the connection's credit returns at once and no stream can starve the others.
    this.#returnCredit(this.behaviour.policy.credit(cost, 'connection', read));
    if (cost === 0 && !frame.endStream) this.#countIdleFrame();
    if (!this.#bearsEmptyFrames(frame) || stream === undefined) return;
    if (!stream.useWindow(cost)) {
      const reason = 'more DATA than the stream window allows';
      if (this.#fault('stream-window-exceeded', streamId, errorCodes.FLOW_CONTROL_ERROR, reason)) return;
    }
    if (stream.remoteEnded) {
      this.#fault('data-after-end', streamId, errorCodes.STREAM_CLOSED, 'DATA after END_STREAM');
    } else {
      stream.returnCredit(cost - frame.data.length);
      if (!stream.receive(frame.data, frame.endStream))
        this.#rejectMalformed(stream, 'content-length', 'DATA does not fit content-length');
      else if (stream.received > (this.#context.own.body ?? Infinity)) this.#rejectLargeBody(stream);
    }
  }

  /** RFC 9113 §10.5. @returns false when the connection is over. */
  #bearsEmptyFrames({ data: { length }, endStream }: DataFrame): boolean {
    this.#emptyFrames = length === 0 && !endStream ? this.#emptyFrames + 1 : 0;
    const { value } = this.behaviour;
    if (this.#emptyFrames >= (value('empty-frames') ?? Infinity)) throw tooMuch('too many empty DATA frames');
    if (this.#emptyFrames < (value('empty-frames-bare') ?? Infinity)) return true;
    this.#finish();
    return false;
  }

  /** What a gateway says to a request that is too long for it. */
  #rejectLargeBody(stream: Stream): void {
    const { owner } = stream;
    if (stream.localEnded || stream.closed) return;
    if (owner instanceof Call && owner.headersSent) {
      this.#streamError(stream, errorCodes.CANCEL, 'request body too large');
      return;
    }
    stream.own(undefined);
    owner?.onReset('server');
    answerHttp(stream, 413, 'request body too large', this.behaviour);
  }

  #returnCredit(octets: number): void {
    const increment = this.#window.giveBack(octets);
    if (increment > 0) this.writeFrame(windowUpdate(0, increment));
  }

  /** RFC 9113 §5.1: never opened and not passed over either. Streams of even id are the server's, and it opens none. */
  #isIdle(streamId: number): boolean {
    return streamId % 2 === 0 || streamId > this.#lastStreamId;
  }

  // ---- field sections ----

  #onHeaders(frame: HeadersFrame): void {
    const { streamId } = frame;
    if (!this.#requireStream('headers-stream-0', frame)) return;
    if (streamId % 2 === 0) {
      const reason = 'HEADERS on a stream of even id';
      if (this.#fault('even-stream-id', streamId, errorCodes.PROTOCOL_ERROR, reason)) return;
    }
    this.#emptyFrames = 0;
    this.#onSection(this.#fieldsIn.readHeaders(frame));
  }

  #onSection(read: FieldSection | undefined): void {
    if (read === undefined) return;
    const section = this.#seams.sectionIn(read);
    const stream = this.#streams.get(section.streamId);
    if (stream !== undefined) this.#onTrailers(stream, section);
    else if (section.streamId <= this.#lastStreamId) this.#onLateHeaders(section.streamId);
    else if (!this.#onRequest(section)) this.#fieldsIn.noteRefusal();
  }

  /** HEADERS on a closed stream: ours to forgive only when we closed it under the client's hands (RFC 9113 §5.1). */
  #onLateHeaders(streamId: number): void {
    if (!this.#cut.has(streamId)) {
      this.#fault('headers-on-closed', streamId, errorCodes.STREAM_CLOSED, 'HEADERS on a closed stream');
    }
    this.#countIdleFrame();
  }

  /** A second field block on a stream: legal once, with END_STREAM and without pseudo-header fields (RFC 9113 §8.1). */
  #onTrailers(stream: Stream, { fields, endStream }: FieldSection): void {
    if (stream.remoteEnded) {
      this.#fault('headers-after-end', stream.id, errorCodes.STREAM_CLOSED, 'HEADERS after END_STREAM');
      return;
    }
    if (!endStream) {
      this.#rejectMalformed(stream, 'second-headers', 'a second HEADERS without END_STREAM');
      return;
    }
    const reason = fields
      .map((field) =>
        field.name.startsWith(':') ? 'pseudo-header field in trailers' : findFieldFault(field, this.behaviour),
      )
      .find((text) => text !== undefined);
    if (reason !== undefined && this.#rejectMalformed(stream, 'malformed-trailers', reason)) return;
    if (!stream.receiveEnd()) this.#rejectMalformed(stream, 'content-length', 'DATA does not fit content-length');
  }

  // ---- requests ----

  /** Opens a stream. @returns whether a handler serves it. */
  #onRequest({ streamId, fields, endStream, state }: FieldSection): boolean {
    this.#lastStreamId = streamId;
    if (state === 'unreadable') return this.#refuseStream(streamId, errorCodes.COMPRESSION_ERROR);
    if (this.#phase === 'draining' && this.#passesOver) {
      this.#rememberCut(streamId);
      return false;
    }
    const { gate } = this.#context;
    if (
      this.#phase === 'draining' ||
      this.#slotsInUse >= this.behaviour.policy.mostStreams(this.#mostStreams) ||
      gate.refusesStream()
    ) {
      return this.#refuseStream(streamId, errorCodes.REFUSED_STREAM);
    }
    const stream = new Stream(this, streamId, {
      window: new ReceiveWindow(this.#streamWindow, this.#creditPolicy),
      sendWindow: this.#clientWindow,
    });
    this.#streams.set(streamId, stream);
    this.#requests += 1;
    this.#varySettings();
    const served =
      state === 'large'
        ? this.#refuseLargeHeader(stream)
        : this.#serve(stream, readRequestHeader(fields, this.behaviour, 'encrypted' in this.#socket));
    if (endStream && !stream.receiveEnd())
      this.#rejectMalformed(stream, 'content-length', 'content-length without DATA');
    if (!endStream) this.#makeUpForWindow(stream);
    this.#farewell.noteRequest();
    return served;
  }

  #refuseLargeHeader(stream: Stream): false {
    const message = 'header list too large';
    if (this.behaviour.varies('header-list-ends-connection')) throw tooMuch(message);
    if (!this.behaviour.varies('http-431')) return this.#refuse(stream, { status: status.RESOURCE_EXHAUSTED, message });
    this.#later(stream, () => answerHttp(stream, 431, message, this.behaviour));
    return false;
  }

  get #slotsInUse(): number {
    return this.#streams.size + this.#unwinding.size;
  }

  /** RST_STREAM before there is a stream. */
  #refuseStream(streamId: number, errorCode: number): false {
    this.#countReset();
    this.#rememberCut(streamId);
    this.writeFrame(rstStream(streamId, errorCode));
    return false;
  }

  #serve(stream: Stream, header: ReadHeader): boolean {
    switch (header.is) {
      case 'malformed':
        this.#rejectMalformed(stream, 'malformed-request', header.reason);
        return false;
      case 'http':
        this.#later(stream, () => answerHttp(stream, header.status, header.reason, this.behaviour));
        return false;
      case 'refused':
        if (header.message.includes('grpc-timeout') && this.behaviour.varies('malformed-timeout-ends-connection'))
          throw protocolError(header.message);
        return this.#refuse(stream, header);
      case 'request':
        break;
    }
    const { request } = header;
    if (request.timeout === 0 && this.behaviour.varies('zero-timeout-refused'))
      return this.#refuse(stream, { status: status.INTERNAL, message: 'malformed grpc-timeout' });
    const refusal = this.#context.gate.findRefusal();
    if (refusal !== undefined) return this.#turnAway(stream, request, refusal);
    const { findMethod } = this.#context;
    const found = findMethod(request.path) ?? this.#unknownMethod();
    const method = this.behaviour.policy.serve(request.path, found, findMethod);
    if (method === undefined) return this.#turnAway(stream, request, this.#context.gate.refuseUnknown());
    const tooLong = (request.contentLength ?? 0) > (this.#context.own.body ?? Infinity);
    if (tooLong) return this.#turnAway(stream, request, { is: 'http', status: 413, reason: 'request body too large' });
    const call = new Call(this, stream, request, method);
    stream.own(call, request.contentLength);
    this.#handling.add(stream);
    call.start();
    return true;
  }

  /** What runs when a path names no method, where the refusal waits for the end of the request. */
  #unknownMethod(): Method | undefined {
    if (!this.behaviour.varies('late-unimplemented')) return undefined;
    return { kind: 'bidirectional-streaming', handle: refuseAtEnd };
  }

  #turnAway(stream: Stream, { contentType }: RequestHeader, refusal: Refusal): false {
    if (refusal.is === 'status') return this.#refuse(stream, { ...refusal, contentType });
    this.#later(stream, () => answerHttp(stream, refusal.status, refusal.reason, this.behaviour));
    return false;
  }

  /** Does something to a stream that is being refused: now, or after a while where that is chosen. DATA that comes meanwhile is thrown away. */
  #later(stream: Stream, then: () => void): void {
    if (!this.behaviour.varies('delayed-errors')) {
      then();
      return;
    }
    setTimeout(() => {
      if (stream.closed || this.#ended) return;
      try {
        then();
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        this.#abort(error);
      }
    }, 300);
  }

  /** RFC 9113 §8.1.1: a stream error, or before it an HTTP response. @returns whether the message is refused. */
  #rejectMalformed(stream: Stream, check: Check, reason: string): boolean {
    const scope = this.behaviour.policy.judge(check, checks[check], { streamId: stream.id, reason });
    if (scope === 'ignored') return false;
    if (scope === 'connection') throw protocolError(reason);
    const { owner } = stream;
    stream.own(undefined);
    owner?.onReset('server');
    this.#later(stream, () => {
      if (this.behaviour.varies('http-errors') && owner === undefined) {
        this.#countReset();
        answerHttp(stream, 400, reason, this.behaviour);
      } else this.#streamError(stream, errorCodes.PROTOCOL_ERROR, reason);
    });
    return true;
  }

  /** Answers with a status, without a handler. */
  #refuse(
    stream: Stream,
    answer: {
      readonly status: number;
      readonly message: string;
      readonly contentType?: string;
      readonly fields?: readonly Field[];
    },
  ): false {
    this.#later(stream, () => answerStatus(stream, { contentType: grpcContentType, ...answer }, this.behaviour));
    return false;
  }

  // ---- other frames ----

  #onReset(streamId: number, frame: Frame): void {
    if (!this.#requireStream('rst-stream-0', frame)) return;
    if (this.#isIdle(streamId)) {
      this.#fault('rst-on-idle', streamId, errorCodes.PROTOCOL_ERROR, 'RST_STREAM on an idle stream');
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#countIdleFrame();
    if (this.behaviour.policy.obeysReset) this.#countReset();
    stream.resetByClient();
  }

  #onSettings(ack: boolean, list: readonly Setting[]): void {
    if (ack) {
      this.#unacknowledged.shift()?.();
      return;
    }
    this.#countIdleFrame();
    const ids = new Set(list.map(({ id }) => id));
    if (ids.size < list.length && this.behaviour.varies('repeated-settings')) {
      throw protocolError('a suspicious SETTINGS frame');
    }
    for (const { id, value } of list) this.#applySetting(id, value);
    if (!this.#settingsSeen) {
      this.#settingsSeen = true;
      clearTimeout(this.#timer);
    }
    this.writeFrame(settingsAck());
  }

  #applySetting(id: number, value: number): void {
    switch (id) {
      case settingIds.HEADER_TABLE_SIZE:
        this.#fieldsOut.setTableSize(value);
        break;
      case settingIds.ENABLE_PUSH:
        if (value > 1) {
          this.#fault('enable-push-value', 0, errorCodes.PROTOCOL_ERROR, 'ENABLE_PUSH is neither 0 nor 1');
        }
        break;
      case settingIds.INITIAL_WINDOW_SIZE:
        if (value > maxWindow) {
          const reason = 'INITIAL_WINDOW_SIZE above 2^31-1';
          this.#fault('initial-window-value', 0, errorCodes.FLOW_CONTROL_ERROR, reason);
        } else this.#changeClientWindow(value);
        break;
      case settingIds.MAX_FRAME_SIZE:
        if (value < 16_384 || value > 0xff_ffff) {
          this.#fault('max-frame-size-value', 0, errorCodes.PROTOCOL_ERROR, 'MAX_FRAME_SIZE out of range');
        } else this.#clientFrameSize = value;
        break;
      default:
    }
  }

  /** RFC 9113 §6.9.2: the windows of all streams move by the difference, that of the connection does not. */
  #changeClientWindow(size: number): void {
    const difference = size - this.#clientWindow;
    this.#clientWindow = size;
    const { policy } = this.behaviour;
    this.#sendWindow += policy.connectionWindowChange(difference);
    for (const stream of this.#streams.values()) {
      if (!stream.grow(policy.windowChange(difference, stream, size))) {
        const reason = 'stream window above 2^31-1';
        this.#fault('settings-window-overflow', stream.id, errorCodes.FLOW_CONTROL_ERROR, reason);
      }
      if (stream.sendable) this.wake(stream);
    }
  }

  #onPing(ack: boolean, opaque: Uint8Array): void {
    if (ack) {
      if (this.#phase === 'announced' && drainPing.equals(opaque)) this.#drain();
      return;
    }
    this.#countIdleFrame();
    if (this.behaviour.varies('ping-enforcement')) this.#pingStrikes += 1;
    if (this.#pingStrikes > 3) throw tooMuch('too_many_pings');
    this.writeFrame(ping(Uint8Array.from(opaque), { ack: true }));
  }

  #onWindowUpdate(streamId: number, increment: number): void {
    const { FLOW_CONTROL_ERROR, PROTOCOL_ERROR } = errorCodes;
    this.#countIdleFrame();
    if (streamId === 0) {
      if (increment === 0) this.#fault('window-update-zero-connection', 0, PROTOCOL_ERROR, 'WINDOW_UPDATE of 0');
      this.#sendWindow += increment;
      if (this.#sendWindow > maxWindow)
        this.#fault('connection-window-overflow', 0, FLOW_CONTROL_ERROR, 'connection window above 2^31-1');
      this.#outbox.schedule();
      return;
    }
    if (this.#isIdle(streamId)) {
      this.#fault('window-update-on-idle', streamId, PROTOCOL_ERROR, 'WINDOW_UPDATE on an idle stream');
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) this.#fault('window-update-zero', streamId, PROTOCOL_ERROR, 'WINDOW_UPDATE of 0');
    else if (!stream.grow(increment)) {
      this.#fault('stream-window-overflow', streamId, FLOW_CONTROL_ERROR, 'stream window above 2^31-1');
    } else if (stream.sendable) this.wake(stream);
  }

  // ---- what streams and calls ask for ----

  writeFrame(frame: RawFrame): void {
    if (this.#ended) return;
    for (const one of this.#seams.frameOut(frame)) this.#outbox.append(one);
  }

  writeBlock(streamId: number, fields: readonly Field[], endStream: boolean): void {
    this.#pingStrikes = 0;
    this.#writeUnknown(streamId);
    for (const one of this.#seams.sectionOut({ streamId, fields, endStream })) {
      if (isFrame(one)) this.#append(one);
      else for (const frame of this.#encode(one)) this.writeFrame(frame);
    }
  }

  #encode({ streamId, fields, endStream, sizeUpdates }: OutgoingSection): readonly RawFrame[] {
    return this.#fieldsOut.write(streamId, fields, {
      endStream,
      maxFrameSize: this.#frameSize,
      ...(sizeUpdates === undefined ? {} : { sizeUpdates }),
    });
  }

  /** Passes no seam. */
  #append(frame: RawFrame): void {
    if (!this.#ended) this.#outbox.append(frame);
  }

  passMessage(stream: Stream, message: Uint8Array): readonly Uint8Array[] {
    return this.#seams.messageOut(message, seenOf(stream));
  }

  #makeWire(): Wire {
    return {
      send: (frame) => this.#append(frame),
      sendSection: (section) => {
        for (const frame of this.#encode(section)) this.#append(frame);
      },
      sendMessage: (streamId, message) => {
        void this.#streams
          .get(streamId)
          ?.send(message)
          .catch(() => undefined);
      },
      reset: (streamId, errorCode) => this.#streams.get(streamId)?.reset(errorCode),
      fail: (errorCode, reason) => this.#abort(new ConnectionError(errorCode, reason)),
      drop: () => this.#socket.destroy(),
      streams: () => [...this.#streams.values()].map(seenOf),
      find: (streamId) => {
        const stream = this.#streams.get(streamId);
        return stream === undefined ? undefined : seenOf(stream);
      },
    };
  }

  wake(stream: Stream): void {
    this.#ready.add(stream);
    this.#outbox.schedule();
  }

  endedEarly(stream: Stream): void {
    this.#endedEarly.add(stream);
    this.#outbox.schedule();
  }

  closed(stream: Stream, how: 'whole' | 'cut'): void {
    this.#streams.delete(stream.id);
    this.#ready.delete(stream);
    this.#endedEarly.delete(stream);
    if (how === 'cut') this.#rememberCut(stream.id);
    if (this.#streams.size === 0) this.#farewell.noteIdle();
    if (this.#handling.has(stream) && this.behaviour.policy.obeysReset) this.#unwinding.add(stream);
    this.#closeWhenDrained();
  }

  get handlers(): Turnstile | undefined {
    return this.behaviour.varies('handlers') ? this.#context.handlers : undefined;
  }

  get own(): OwnLimits {
    return this.#context.own;
  }

  handlerEnded(stream: Stream): void {
    this.#handling.delete(stream);
    this.#unwinding.delete(stream);
  }

  #rememberCut(streamId: number): void {
    this.#cut.add(streamId);
    if (this.#cut.size > limits.rememberedStreams) {
      for (const oldest of this.#cut) {
        this.#cut.delete(oldest);
        break;
      }
    }
  }

  // ---- octets out ----

  get #frameSize(): number {
    return this.behaviour.varies('full-size-data') ? this.#clientFrameSize : initialSettings.MAX_FRAME_SIZE;
  }

  /** Appends the DATA that the windows let through, one frame of each stream in turn, and ends what has ended early. */
  #pump(): void {
    let budget: number = this.#outbox.blocked ? 0 : limits.dataPerTurn;
    for (const stream of this.#ready) {
      if (budget <= 0 || this.#sendWindow <= 0) break;
      this.#ready.delete(stream);
      const next = stream.nextFrame(this.#sendWindow, this.#frameSize);
      if (next === undefined) continue;
      if (this.behaviour.varies('empty-data'))
        this.writeFrame(rawFrame({ type: frameTypes.DATA, streamId: stream.id }));
      this.#writeUnknown(stream.id);
      this.#pingStrikes = 0;
      this.#sendWindow -= next.cost;
      this.#idleFrames.put(windowUpdatesPerData);
      budget -= next.cost;
      this.writeFrame(next.frame);
      stream.afterFrame();
      // A set hands out what is added while it is walked: the stream takes its place behind the others.
      if (stream.sendable) this.#ready.add(stream);
    }
    if (this.#sendWindow <= 0 && !this.behaviour.policy.keepsWaiting) this.#ready.clear();
    if (this.#ready.size > 0 && this.#sendWindow > 0 && !this.#outbox.blocked) this.#outbox.schedule();
    for (const stream of this.#endedEarly) {
      this.#endedEarly.delete(stream);
      if (!this.behaviour.varies('no-reset-after-early-trailers')) stream.resetAfterEnd();
    }
  }

  // ---- our own settings, and variations ----

  #sendSettings(): void {
    const { varies, value } = this.behaviour;
    const { own } = this.#context;
    const list: Setting[] = [
      { id: settingIds.MAX_CONCURRENT_STREAMS, value: own.streams },
      ...(own.announcesHeaderList ? [{ id: settingIds.MAX_HEADER_LIST_SIZE, value: own.headerList }] : []),
      ...(own.window === undefined ? [] : [{ id: settingIds.INITIAL_WINDOW_SIZE, value: own.window }]),
      ...(own.headerTable === undefined ? [] : [{ id: settingIds.HEADER_TABLE_SIZE, value: own.headerTable }]),
      ...(own.frame === limits.frameSize ? [] : [{ id: settingIds.MAX_FRAME_SIZE, value: own.frame }]),
    ];
    if (varies('many-settings')) {
      this.#streamWindow = 2 * limits.window;
      list.push(
        { id: settingIds.HEADER_TABLE_SIZE, value: own.headerTable ?? limits.headerTableSize },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: 1 },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: this.#streamWindow },
        { id: settingIds.MAX_FRAME_SIZE, value: own.frame },
        { id: settingIds.ENABLE_PUSH, value: 0 },
        { id: settingIds.NO_RFC7540_PRIORITIES, value: 1 },
        { id: 0x0a0a, value: 0xffff_ffff },
      );
    }
    this.#announce(list, () => {
      this.#applyOwnWindow();
      if (own.headerTable !== undefined) this.#fieldsIn.setTableSize(own.headerTable);
    });
    const late = value('max-streams-late');
    if (late !== undefined) setTimeout(() => this.#raiseStreams(), late);
    if (varies('many-settings')) {
      this.#window.enlarge(3 * limits.window);
      this.writeFrame(windowUpdate(0, 3 * limits.window));
    }
    if (varies('server-pings')) this.writeFrame(ping(idlePing));
  }

  #varySettings(): void {
    const { varies, value } = this.behaviour;
    const lower = value('max-streams-lowered');
    if (lower !== undefined && this.#requests === requestsBeforeLowering) {
      this.#announce([{ id: settingIds.MAX_CONCURRENT_STREAMS, value: lower }], () => (this.#mostStreams = lower));
    }
    if (varies('server-pings') && this.#requests % 8 === 0) this.writeFrame(ping(idlePing));
    if (!varies('changing-settings') || this.#requests % 3 !== 0 || this.#streamWindow > 16 * limits.window) return;
    this.#streamWindow += limits.window;
    for (const stream of this.#streams.values()) stream.enlargeWindow(limits.window);
    this.#announce([{ id: settingIds.INITIAL_WINDOW_SIZE, value: this.#streamWindow }]);
  }

  /** Sends SETTINGS of ours. @param whenAcknowledged does what takes something from the client. */
  #announce(list: readonly Setting[], whenAcknowledged: () => void = () => undefined): void {
    this.#unacknowledged.push(whenAcknowledged);
    this.writeFrame(settings(list));
  }

  #raiseStreams(): void {
    this.#mostStreams = limits.concurrentStreams;
    this.#announce([{ id: settingIds.MAX_CONCURRENT_STREAMS, value: limits.concurrentStreams }]);
  }

  /** The client has our first SETTINGS: the windows of its streams are those that we chose (RFC 9113 §6.9.2). */
  #applyOwnWindow(): void {
    const { window } = this.#context.own;
    if (window === undefined) return;
    for (const stream of this.#streams.values()) stream.enlargeWindow(window - this.#streamWindow);
    this.#streamWindow = window;
    for (const stream of this.#streams.values()) this.#makeUpForWindow(stream);
  }

  /** Credit for a stream whose window began smaller than the initial value of RFC 9113 §6.9.2. */
  #makeUpForWindow(stream: Stream): void {
    const missing = limits.window - this.#streamWindow;
    if (missing <= 0 || stream.remoteEnded || stream.closed) return;
    stream.enlargeWindow(missing);
    this.writeFrame(windowUpdate(stream.id, missing));
  }

  #writeUnknown(streamId: number): void {
    if (!this.behaviour.varies('unknown-frames')) return;
    this.#interlude += 1;
    const type = 0x20 + (this.#interlude % 0xc0);
    this.writeFrame(
      rawFrame({
        type,
        flags: flags.END_HEADERS,
        streamId: this.#interlude % 2 === 0 ? 0 : streamId,
        payload: Buffer.from('unknown'),
      }),
    );
  }
}

/** Reads the request to its end, whatever it says, before it is refused. */
async function refuseAtEnd(call: Call): Promise<void> {
  try {
    while ((await call.receive()) !== undefined);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
  throw new StatusError(status.UNIMPLEMENTED, 'no such method');
}

const seenOf = (stream: Stream): SeenStream => ({
  id: stream.id,
  remoteEnded: stream.remoteEnded,
  sendWindow: stream.sendWindow,
  insideMessage: stream.owner instanceof Call && stream.owner.insideMessage,
});

const isUnary = (stream: Stream): boolean => stream.owner instanceof Call && stream.owner.kind === 'unary';

/** RFC 9113 §6.1 and §6.2: as much padding as payload, or more, is PROTOCOL_ERROR; whatever else does not fit is a matter of size (§4.2). */
const hasTooMuchPadding = ({ type, flags: set, payload }: RawFrame): boolean =>
  type <= frameTypes.HEADERS && (set & flags.PADDED) !== 0 && (payload[0] ?? -1) >= payload.length;
