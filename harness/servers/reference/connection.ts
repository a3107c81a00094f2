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
import { Farewell } from './farewell';
import type { Gate, Refusal } from './gate';
import { floodLimits, limits, times } from './limits';
import { Outbox } from './outbox';
import type { OwnLimits } from './own-limits';
import { ReceiveWindow, type CreditPolicy } from './receive-window';
import { findFieldFault, readRequestHeader, type ReadHeader, type RequestHeader } from './request-header';
import type { RequestMessage } from './request-body';
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
  /** True for the paths of packages that are served; for a defect. */
  readonly hasPackageOf: (path: string) => boolean;
  readonly own: OwnLimits;
  readonly gate: Gate;
  readonly handlers: Turnstile;
  /** Kept for ever; for defects. */
  readonly hoard: Uint8Array[];
}

/** WINDOW_UPDATE frames that a DATA frame of ours earns the client: one for its stream and one for the connection. */
const windowUpdatesPerData = 2;

/** The PING between the two GOAWAYs of a graceful shutdown, and the PINGs of a variation. */
const drainPing = Buffer.from('draining');
const idlePing = Buffer.from('variety!');

/** Requests after which a variation lowers the limit of streams. */
const requestsBeforeLowering = 2;

/** How far a graceful shutdown has come. */
type Phase = 'open' | 'announced' | 'draining';

/** One client: its frames in, ours out, and the streams between (RFC 9113). Whatever comes in, nothing is thrown to the socket's events and nothing grows without bound. */
export class Connection implements StreamHost, CallHost {
  readonly behaviour: Behaviour;
  readonly observer: CallObserver;
  readonly scratch: { request?: RequestMessage } = {};
  readonly #context: ConnectionContext;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #frames = new FrameDecoder({ maxPayload: limits.frameSize });
  readonly #fieldsIn: BlockReader;
  readonly #fieldsOut: BlockWriter;
  readonly #streams = new Map<number, Stream>();
  /** The next request is refused; for a defect. */
  #stumbles = false;
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
  #settingsSent = false;
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
  #phase: Phase = 'open';
  #ended = false;
  #pingStrikes = 0;
  #interlude = 0;
  #timer: NodeJS.Timeout;

  /** @param onClose called once, when the connection is gone. */
  constructor(socket: Socket, context: ConnectionContext, onClose: () => void) {
    this.behaviour = context.behaviour;
    this.observer = context.observer;
    this.#context = context;
    this.#socket = socket;
    this.#outbox = new Outbox(socket, () => this.#pump());
    this.#fieldsIn = new BlockReader(context.behaviour, context.own.headerList);
    this.#fieldsOut = new BlockWriter(context.behaviour);
    const { defect, varies } = context.behaviour;
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
      this.#loseStreams();
      onClose();
    });
    this.#timer = setTimeout(() => this.#abort(protocolError('no preface')), times.handshake);
    this.#farewell = new Farewell(context.behaviour, this);
    if (!defect('CONN-01') && !defect('plain:late-settings')) this.#sendSettings();
  }

  // ---- shutdown ----

  /** Graceful shutdown (RFC 9113 §6.8): announce it, let a round trip pass, name the last stream, close when its streams are done. */
  shutDown(): void {
    if (this.#phase !== 'open' || this.#ended) return;
    this.#phase = 'announced';
    this.#sayGoodbye(maxWindow, errorCodes.NO_ERROR);
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

  #sayGoodbye(lastStreamId: number, errorCode: number, debugData?: Uint8Array): void {
    this.#lastNamed = Math.min(this.#lastNamed, lastStreamId);
    this.writeFrame(goaway(this.#lastNamed, errorCode, debugData));
  }

  /** Ends open calls with UNAVAILABLE and closes (statuscodes: the server is shutting down). */
  stop(): void {
    for (const stream of this.#streams.values()) {
      if (stream.owner instanceof Call)
        stream.owner.fail(new StatusError(status.UNAVAILABLE, 'the server is shutting down'));
    }
    this.#sayGoodbye(this.#lastStreamId, errorCodes.NO_ERROR);
    this.#finish();
  }

  #drain(): void {
    if (this.#phase === 'draining' || this.#ended) return;
    this.#phase = 'draining';
    this.#sayGoodbye(this.#lastStreamId, errorCodes.NO_ERROR);
    this.#closeWhenDrained();
  }

  #closeWhenDrained(): void {
    if (this.#phase !== 'draining' || this.#ended) return;
    const waitedFor = [...this.#streams.values()].filter(
      (stream) => !this.behaviour.defect('KA-09') || isUnary(stream),
    );
    if (waitedFor.length === 0) this.#finish();
  }

  /** Writes what is queued, then closes. */
  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#farewell.end();
    this.#loseStreams();
    this.#outbox.close();
    this.#timer = setTimeout(() => this.#socket.destroy(), times.linger);
    this.#socket.resume();
  }

  /** Connection error (RFC 9113 §5.4.1). */
  #abort(error: ConnectionError): void {
    if (this.#ended) return;
    const isOfSize = error.errorCode === errorCodes.FRAME_SIZE_ERROR;
    if (this.behaviour.defect('DOS-13') && isOfSize && this.#streams.size > 0) exitFatally();
    this.#ready.clear();
    if (!this.behaviour.varies('no-goaway')) {
      if (!this.#settingsSent) this.#sendSettings();
      this.#sayGoodbye(this.#lastStreamId, error.errorCode, Buffer.from(error.message, 'latin1'));
    }
    this.#finish();
  }

  #loseStreams(): void {
    for (const stream of this.#streams.values()) stream.lose();
  }

  // ---- octets in ----

  #receive(octets: Uint8Array): void {
    if (this.#ended) return;
    try {
      const rest = this.#prefaceSeen < connectionPreface.length ? this.#takePreface(octets) : octets;
      if (rest.length > 0) {
        for (const { raw } of this.#frames.push(rest)) {
          if (this.#ended) return;
          this.#take(raw);
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
      if (octet !== connectionPreface[at] && !(this.behaviour.defect('CONN-03') && at >= 16)) {
        throw protocolError('invalid connection preface');
      }
    }
    this.#prefaceSeen += taken.length;
    return octets.subarray(taken.length);
  }

  #take(raw: RawFrame): void {
    const frame = interpretFrame(raw);
    if (!this.#settingsSeen && (frame.type !== 'SETTINGS' || frame.ack)) {
      throw protocolError('the first frame is not SETTINGS');
    }
    if (this.#fieldsIn.isOpen && frame.type !== 'CONTINUATION' && !this.#toleratesInside(frame)) {
      throw protocolError('another frame inside a field block');
    }
    this.#checkSize(raw);
    this.#handle(frame);
  }

  #toleratesInside(frame: Frame): boolean {
    return this.behaviour.defect('FRAME-06') && frame.streamId === 0;
  }

  /** RFC 9113 §4.2. Frames of unknown type are passed over, however long. */
  #checkSize(raw: RawFrame): void {
    const length = raw.length ?? raw.payload.length;
    const most = this.behaviour.defect('FRAME-04') ? limits.frameSize - 1 : limits.frameSize;
    if (length > most && raw.type <= frameTypes.CONTINUATION) {
      throw new ConnectionError(errorCodes.FRAME_SIZE_ERROR, `frame of ${length} octets`);
    }
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
        requireStream(frame);
        return this.#countIdleFrame();
      case 'RST_STREAM':
        return this.#onReset(frame.streamId, frame);
      case 'SETTINGS':
        requireConnection(frame);
        return this.#onSettings(frame.ack, frame.settings);
      case 'PING':
        requireConnection(frame);
        return this.#onPing(frame.ack, frame.opaque);
      case 'GOAWAY':
        // The client opens no more streams; those that are open go on (RFC 9113 §6.8).
        return requireConnection(frame);
      case 'WINDOW_UPDATE':
        return this.#onWindowUpdate(frame.streamId, frame.increment);
      case 'PUSH_PROMISE':
        throw protocolError('PUSH_PROMISE from a client');
      case 'UNKNOWN':
        if (this.behaviour.defect('FRAME-01') && frame.streamId !== 0) throw protocolError('unknown frame type');
        return this.#countIdleFrame();
      case 'MALFORMED':
        return this.#onMalformed(frame);
    }
  }

  #countIdleFrame(): void {
    if (!this.#idleFrames.take()) throw tooMuch('too many frames that bring nothing');
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
      this.#streamError(stream, errorCodes.FRAME_SIZE_ERROR, frame.reason);
      return;
    }
    const errorCode = hasTooMuchPadding(frame.raw) ? errorCodes.PROTOCOL_ERROR : errorCodes.FRAME_SIZE_ERROR;
    throw new ConnectionError(errorCode, frame.reason);
  }

  /** RFC 9113 §5.4.2; §5.4.1 allows to treat it as a connection error. */
  #streamError(stream: Stream, errorCode: number, reason: string): void {
    if (this.behaviour.varies('escalated-errors')) throw new ConnectionError(errorCode, reason);
    this.#countReset();
    stream.reset(errorCode);
  }

  #countReset(): void {
    if (!this.#resets.take()) throw tooMuch('too many streams reset');
  }

  // ---- DATA ----

  #onData(frame: DataFrame): void {
    requireStream(frame);
    const cost = frame.flowControlledLength;
    if (!this.#window.use(cost)) {
      throw new ConnectionError(errorCodes.FLOW_CONTROL_ERROR, 'more DATA than the connection window allows');
    }
    const stream = this.#streams.get(frame.streamId);
    if (stream === undefined && this.#isIdle(frame.streamId)) throw protocolError('DATA on an idle stream');
    const read = stream?.owner !== undefined && !stream.localEnded;
    // What we hold of a stream is bounded by its own window, so the connection's credit returns at once and no stream can starve the others.
    if (read || !this.behaviour.defect('STREAM-16')) this.#returnCredit(cost);
    if (cost === 0 && !frame.endStream) this.#countIdleFrame();
    if (!this.#bearsEmptyFrames(frame) || stream === undefined) return;
    if (!stream.useWindow(cost)) {
      this.#streamError(stream, errorCodes.FLOW_CONTROL_ERROR, 'more DATA than the stream window allows');
    } else if (stream.remoteEnded) {
      this.#streamError(stream, errorCodes.STREAM_CLOSED, 'DATA after END_STREAM');
    } else {
      stream.returnCredit(cost - frame.data.length);
      if (!stream.receive(frame.data, frame.endStream))
        this.#rejectMalformed(stream, 'DATA does not fit content-length');
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
    requireStream(frame);
    if (frame.streamId % 2 === 0) throw protocolError('HEADERS on a stream of even id');
    this.#emptyFrames = 0;
    if (!this.#settingsSent && this.behaviour.defect('plain:late-settings')) this.#sendSettings();
    this.#onSection(this.#fieldsIn.readHeaders(frame));
  }

  #onSection(section: FieldSection | undefined): void {
    if (section === undefined) return;
    const stream = this.#streams.get(section.streamId);
    if (stream !== undefined) this.#onTrailers(stream, section);
    else if (section.streamId <= this.#lastStreamId) this.#onLateHeaders(section.streamId);
    else if (!this.#onRequest(section)) this.#fieldsIn.noteRefusal();
  }

  /** HEADERS on a closed stream: ours to forgive only when we closed it under the client's hands (RFC 9113 §5.1). */
  #onLateHeaders(streamId: number): void {
    if (!this.#cut.has(streamId)) throw new ConnectionError(errorCodes.STREAM_CLOSED, 'HEADERS on a closed stream');
    this.#countIdleFrame();
  }

  /** A second field block on a stream: legal once, with END_STREAM and without pseudo-header fields (RFC 9113 §8.1). */
  #onTrailers(stream: Stream, { fields, endStream }: FieldSection): void {
    if (stream.remoteEnded) {
      this.#streamError(stream, errorCodes.STREAM_CLOSED, 'HEADERS after END_STREAM');
      return;
    }
    if (!endStream && this.behaviour.defect('EOS-05')) return;
    const fault = endStream
      ? fields.map((field) =>
          field.name.startsWith(':') ? 'pseudo-header field in trailers' : findFieldFault(field, this.behaviour),
        )
      : ['a second HEADERS without END_STREAM'];
    const reason = fault.find((text) => text !== undefined);
    if (reason !== undefined) this.#rejectMalformed(stream, reason);
    else if (!stream.receiveEnd()) this.#rejectMalformed(stream, 'DATA does not fit content-length');
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
    if (this.#stumbles) {
      this.#stumbles = false;
      return this.#refuseStream(streamId, errorCodes.INTERNAL_ERROR);
    }
    const { gate } = this.#context;
    if (this.#phase === 'draining' || this.#slotsInUse >= this.#mostStreams || gate.refusesStream()) {
      return this.#refuseStream(streamId, errorCodes.REFUSED_STREAM);
    }
    if (gate.isFatal) exitFatally();
    const stream = new Stream(this, streamId, {
      window: new ReceiveWindow(this.#streamWindow, this.#creditPolicy),
      sendWindow: this.#clientWindow,
    });
    this.#streams.set(streamId, stream);
    this.#requests += 1;
    this.#varySettings();
    const served = state === 'large' ? this.#refuseLargeHeader(stream) : this.#serveUnlessDead(stream, fields);
    if (endStream && !stream.receiveEnd()) this.#rejectMalformed(stream, 'content-length without DATA');
    if (!endStream) this.#makeUpForWindow(stream);
    this.#farewell.noteRequest();
    return served;
  }

  #refuseLargeHeader(stream: Stream): false {
    const message = 'header list too large';
    if (!this.behaviour.varies('http-431')) return this.#refuse(stream, { status: status.RESOURCE_EXHAUSTED, message });
    this.#later(stream, () => answerHttp(stream, 431, message, this.behaviour));
    return false;
  }

  #serveUnlessDead(stream: Stream, fields: readonly Field[]): boolean {
    return !this.#context.gate.isDead && this.#serve(stream, readRequestHeader(fields, this.behaviour));
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
        this.#rejectMalformed(stream, header.reason);
        return false;
      case 'http':
        this.#later(stream, () => answerHttp(stream, header.status, header.reason, this.behaviour));
        return false;
      case 'refused':
        if (header.message.includes('grpc-timeout')) {
          if (this.behaviour.varies('malformed-timeout-ends-connection')) throw protocolError(header.message);
          if (this.behaviour.defect('DL-08')) return false;
        }
        return this.#refuse(stream, header);
      case 'request':
        break;
    }
    const { request } = header;
    const refusal = this.#context.gate.findRefusal();
    if (refusal !== undefined) return this.#turnAway(stream, request, refusal);
    const method = this.#context.findMethod(request.path) ?? this.#unknownMethod();
    if (method === undefined) {
      const unknown = this.#context.gate.refuseUnknown();
      const isBroken = this.behaviour.defect('REQ-21') && this.#context.hasPackageOf(request.path);
      return this.#turnAway(
        stream,
        request,
        isBroken ? { is: 'status', status: status.NOT_FOUND, message: 'no such method' } : unknown,
      );
    }
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

  /** RFC 9113 §8.1.1: a stream error, or before it an HTTP response. */
  #rejectMalformed(stream: Stream, reason: string): void {
    const { owner } = stream;
    stream.own(undefined);
    owner?.onReset('server');
    this.#later(stream, () => {
      if (this.behaviour.varies('http-errors') && owner === undefined) {
        this.#countReset();
        answerHttp(stream, 400, reason, this.behaviour);
      } else this.#streamError(stream, errorCodes.PROTOCOL_ERROR, reason);
    });
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
    requireStream(frame);
    if (this.#isIdle(streamId)) throw protocolError('RST_STREAM on an idle stream');
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#countIdleFrame();
    if (this.behaviour.defect('METHOD-06') && !stream.remoteEnded) {
      throw protocolError('RST_STREAM before the half-close');
    }
    const { owner } = stream;
    this.#stumbles = this.behaviour.defect('RPC-11') && owner instanceof Call && owner.insideMessage;
    if (this.behaviour.defect('DOS-01')) this.hoard(new Uint8Array(4096).fill(1));
    else this.#countReset();
    const next = this.behaviour.defect('CANC-03') ? this.#streams.get(streamId + 2) : undefined;
    stream.resetByClient();
    next?.reset(errorCodes.CANCEL);
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
    const { defect } = this.behaviour;
    if (!this.#settingsSeen) {
      this.#settingsSeen = true;
      clearTimeout(this.#timer);
      if (!this.#settingsSent && list.length < 2 && !defect('plain:late-settings')) this.#sendSettings();
    }
    const known: readonly number[] = Object.values(settingIds);
    if (!(defect('CONN-05') && list.some(({ id }) => !known.includes(id)))) this.writeFrame(settingsAck());
    if (!this.#settingsSent && !defect('plain:late-settings')) this.#sendSettings();
  }

  #applySetting(id: number, value: number): void {
    switch (id) {
      case settingIds.HEADER_TABLE_SIZE:
        this.#fieldsOut.setTableSize(value);
        break;
      case settingIds.ENABLE_PUSH:
        if (value > 1) throw protocolError('ENABLE_PUSH is neither 0 nor 1');
        break;
      case settingIds.INITIAL_WINDOW_SIZE:
        if (value > maxWindow)
          throw new ConnectionError(errorCodes.FLOW_CONTROL_ERROR, 'INITIAL_WINDOW_SIZE above 2^31-1');
        this.#changeClientWindow(value);
        break;
      case settingIds.MAX_FRAME_SIZE:
        if (value < 16_384 || value > 0xff_ffff) throw protocolError('MAX_FRAME_SIZE out of range');
        this.#clientFrameSize = value;
        break;
      default:
    }
  }

  /** RFC 9113 §6.9.2: the windows of all streams move by the difference, that of the connection does not. */
  #changeClientWindow(size: number): void {
    const difference = size - this.#clientWindow;
    this.#clientWindow = size;
    for (const stream of this.#streams.values()) {
      if (!stream.grow(difference))
        throw new ConnectionError(errorCodes.FLOW_CONTROL_ERROR, 'stream window above 2^31-1');
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
    const echo = Uint8Array.from(opaque);
    if (this.behaviour.defect('KA-01')) echo[0] = (echo[0] ?? 0) & 0x7f;
    this.writeFrame(ping(echo, { ack: true }));
  }

  #onWindowUpdate(streamId: number, increment: number): void {
    const { defect } = this.behaviour;
    this.#countIdleFrame();
    if (streamId === 0) {
      if (increment === 0) throw protocolError('WINDOW_UPDATE of 0');
      this.#sendWindow += increment;
      if (this.#sendWindow > maxWindow)
        throw new ConnectionError(errorCodes.FLOW_CONTROL_ERROR, 'connection window above 2^31-1');
      this.#outbox.schedule();
      return;
    }
    if (this.#isIdle(streamId)) {
      if (defect('STREAM-04')) return;
      throw protocolError('WINDOW_UPDATE on an idle stream');
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) {
      if (!defect('STREAM-11')) this.#streamError(stream, errorCodes.PROTOCOL_ERROR, 'WINDOW_UPDATE of 0');
    } else if (!stream.grow(increment)) {
      this.#streamError(stream, errorCodes.FLOW_CONTROL_ERROR, 'stream window above 2^31-1');
    } else if (stream.sendable) this.wake(stream);
  }

  // ---- what streams and calls ask for ----

  writeFrame(frame: RawFrame): void {
    if (!this.#ended) this.#outbox.append(frame);
  }

  writeBlock(streamId: number, fields: readonly Field[], endStream: boolean): void {
    this.#pingStrikes = 0;
    this.#writeUnknown(streamId);
    const frames = this.#fieldsOut.write(streamId, fields, { endStream, maxFrameSize: this.#frameSize });
    for (const frame of frames) this.writeFrame(frame);
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
    if (this.#handling.has(stream) && !this.behaviour.defect('DOS-01')) this.#unwinding.add(stream);
    this.#closeWhenDrained();
  }

  hoard(octets: Uint8Array): void {
    this.#context.hoard.push(octets);
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

  hasIncompleteBefore(stream: Stream): boolean {
    return [...this.#streams.values()].some(
      ({ id, owner }) => id < stream.id && owner instanceof Call && owner.insideMessage,
    );
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
    if (this.#sendWindow <= 0 && this.behaviour.defect('FLOW-03')) this.#ready.clear();
    if (this.#ready.size > 0 && this.#sendWindow > 0 && !this.#outbox.blocked) this.#outbox.schedule();
    for (const stream of this.#endedEarly) {
      this.#endedEarly.delete(stream);
      if (!this.behaviour.varies('no-reset-after-early-trailers')) stream.resetAfterEnd();
    }
  }

  // ---- our own settings, and variations ----

  #sendSettings(): void {
    this.#settingsSent = true;
    const { varies, value } = this.behaviour;
    const { own } = this.#context;
    const list: Setting[] = [
      { id: settingIds.MAX_CONCURRENT_STREAMS, value: own.streams },
      ...(own.announcesHeaderList ? [{ id: settingIds.MAX_HEADER_LIST_SIZE, value: own.headerList }] : []),
      ...(own.window === undefined ? [] : [{ id: settingIds.INITIAL_WINDOW_SIZE, value: own.window }]),
    ];
    if (varies('many-settings')) {
      this.#streamWindow = 2 * limits.window;
      list.push(
        { id: settingIds.HEADER_TABLE_SIZE, value: limits.headerTableSize },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: 1 },
        { id: settingIds.INITIAL_WINDOW_SIZE, value: this.#streamWindow },
        { id: settingIds.MAX_FRAME_SIZE, value: limits.frameSize },
        { id: settingIds.ENABLE_PUSH, value: 0 },
        { id: settingIds.NO_RFC7540_PRIORITIES, value: 1 },
        { id: 0x0a0a, value: 0xffff_ffff },
      );
    }
    this.#announce(list, () => this.#applyOwnWindow());
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

/** Dies as a process does in which something was not caught; for a defect. */
function exitFatally(): never {
  process.stderr.write('reference server: unhandled fault in a call\n    at serve (defect plain:exit-every)\n');
  process.exit(2);
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

const isUnary = (stream: Stream): boolean => stream.owner instanceof Call && stream.owner.kind === 'unary';

/** RFC 9113 §6.1 and §6.2: as much padding as payload, or more, is PROTOCOL_ERROR; whatever else does not fit is a matter of size (§4.2). */
const hasTooMuchPadding = ({ type, flags: set, payload }: RawFrame): boolean =>
  type <= frameTypes.HEADERS && (set & flags.PADDED) !== 0 && (payload[0] ?? -1) >= payload.length;

function requireStream(frame: Frame): void {
  if (frame.streamId === 0) throw protocolError(`${frame.type} on stream 0`);
}

function requireConnection(frame: Frame): void {
  if (frame.streamId !== 0) throw protocolError(`${frame.type} on a stream`);
}
