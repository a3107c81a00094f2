import { deflate, gzip } from '../../grpc/compression';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { encodePercent } from '../../grpc/percent-encoding';
import { status } from '../../grpc/status';
import { probeKeyName } from '../../grpc/test-service';
import { errorCodes } from '../../wire/error-codes';
import type { Field } from '../../wire/hpack/decoder';
import { fieldSize } from '../../wire/hpack/field';
import type { Behaviour } from './behaviour';
import type { RequestHeader } from './request-header';
import type { OwnLimits } from './own-limits';
import { RequestBody, UnsupportedEncoding, type RequestMessage } from './request-body';
import type { CallObserver, CallRecord, Method } from './services/service';
import { CallOver, StatusError } from './status-error';
import type { Stream, StreamOwner } from './stream';
import type { Turnstile } from './turnstile';
import { answerHttp } from './answers';

/** What a call asks of its connection. */
export interface CallHost {
  readonly behaviour: Behaviour;
  readonly observer: CallObserver;
  /** Where handlers wait for their turn; absent where all run at once. */
  readonly handlers: Turnstile | undefined;
  readonly own: OwnLimits;
  /** The handler has ended, so that its slot is free once the stream is closed too. */
  handlerEnded(stream: Stream): void;
  /** What goes out in place of a response message. */
  passMessage(stream: Stream, message: Uint8Array): readonly Uint8Array[];
}

/** Longest delay of setTimeout, in milliseconds; a longer one fires at once. */
const longestDelay = 0x7fffffff;

/** gRPC errors have this HTTP status too (PROTOCOL-HTTP2, Responses). */
const statusOk: Field = { name: ':status', value: '200' };

/** One RPC: the request as messages, the response as messages and a status (PROTOCOL-HTTP2). */
export class Call implements StreamOwner {
  readonly request: RequestHeader;
  /** Custom-Metadata for Response-Headers. */
  readonly initialMetadata: Field[] = [];
  /** Custom-Metadata for the trailers. */
  readonly trailingMetadata: Field[] = [];
  readonly #stream: Stream;
  readonly #host: CallHost;
  readonly #method: Method;
  readonly #body: RequestBody;
  /** The response is complete, or cannot be completed any more. */
  #over = false;
  #running = false;
  #headersSent = false;
  #messagesSent = 0;
  #record: CallRecord | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;
  #complete: Promise<void> = Promise.resolve();

  constructor(host: CallHost, stream: Stream, request: RequestHeader, method: Method) {
    this.#host = host;
    this.#stream = stream;
    this.request = request;
    this.#method = method;
    const { behaviour } = host;
    this.#body = new RequestBody({
      behaviour,
      own: host.own,
      encoding: request.encoding,
      manyMessages: method.kind === 'client-streaming' || method.kind === 'bidirectional-streaming',
      path: request.path,
      streamId: stream.id,
      onConsumed: (octets) => stream.returnCredit(octets),
    });
  }

  get behaviour(): Behaviour {
    return this.#host.behaviour;
  }

  get kind(): Method['kind'] {
    return this.#method.kind;
  }

  /** Custom-Metadata of the request. */
  get metadata(): readonly Field[] {
    return this.request.metadata;
  }

  /** True once nothing can be sent any more. */
  get over(): boolean {
    return this.#over;
  }

  /** True while a request message has begun and is not complete. */
  get insideMessage(): boolean {
    return this.#body.insideMessage;
  }

  /** True once the answer has begun. */
  get headersSent(): boolean {
    return this.#headersSent;
  }

  /** True once the client has half-closed. */
  get halfClosed(): boolean {
    return this.#body.ended;
  }

  /** Identifier of its stream. */
  get streamId(): number {
    return this.#stream.id;
  }

  /** Starts the clock now, and the handler after everything that has arrived with the header. */
  start(): void {
    const { timeout } = this.request;
    this.#running = true;
    queueMicrotask(() => void this.#run());
    if (timeout === 0 && !this.behaviour.varies('zero-timeout-late')) this.#expire();
    else if (timeout !== undefined) this.#armDeadline(performance.now() + timeout);
  }

  onData(octets: Uint8Array, endStream: boolean): void {
    this.#body.push(octets, endStream);
  }

  onEnd(): void {
    this.#body.end();
  }

  onSent(): void {
    clearTimeout(this.#deadline);
  }

  onReset(by: 'client' | 'server' | 'connection'): void {
    const { policy } = this.behaviour;
    if (by === 'client' && !policy.obeysReset) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    if (policy.tells(by, this.#headersSent)) this.#cancel();
  }

  /** Ends the call for a reason of ours, whatever the handler does or has done, unless the response has left. */
  fail(error: StatusError): void {
    this.#cutShort(error);
    this.#cancel();
  }

  /** The next request message, or undefined after the half-close. @throws StatusError for a malformed request, CallOver. */
  async receive(): Promise<RequestMessage | undefined> {
    const message = await this.#body.next();
    if (message !== undefined) this.#record?.onMessage();
    return message;
  }

  /** Sends a response message, after Response-Headers. @returns when the next one may follow. @throws CallOver when it cannot be sent any more. */
  async send(octets: Uint8Array, { compressed = false }: { readonly compressed?: boolean } = {}): Promise<void> {
    await this.#complete;
    if (this.#over) throw new CallOver('the call is over');
    this.sendHeaders();
    const message = this.#encode(octets, compressed);
    this.#messagesSent += 1;
    for (const one of this.#host.passMessage(this.#stream, message)) await this.#stream.send(one);
  }

  /** Sends Response-Headers now; otherwise they go with the first message. */
  sendHeaders(): void {
    if (this.#over || this.#headersSent) return;
    this.#throwIfLost(this.#headerFields());
    this.#headersSent = true;
    const { varies } = this.behaviour;
    if (varies('interim-responses')) {
      this.#stream.sendHeaders([
        { name: ':status', value: '103' },
        { name: 'link', value: '</>; rel=preload' },
      ]);
      this.#stream.sendHeaders([{ name: ':status', value: '100' }]);
    }
    this.#writeHeaders();
  }

  #writeHeaders(): void {
    this.#stream.sendHeaders(this.#headerFields());
  }

  #headerFields(): readonly Field[] {
    return [...this.#openingFields(), ...this.#encodingFields(), ...joinRepeated(this.initialMetadata, this.behaviour)];
  }

  /** @throws CallOver when the answer is lost in a gateway that does not take so many octets at its beginning. */
  #throwIfLost(fields: readonly Field[]): void {
    if (this.#passesGateway(fields)) return;
    this.#over = true;
    answerHttp(this.#stream, 502, 'the answer of the server behind begins with too many octets', this.behaviour);
    throw new CallOver('the answer does not get through');
  }

  #passesGateway(fields: readonly Field[]): boolean {
    const most = this.behaviour.value('answer-header-limit');
    return most === undefined || fields.reduce((sum, field) => sum + fieldSize(field), 0) <= most;
  }

  /**
   * Waits that many milliseconds (Infinity: for ever), or until something happens sooner.
   * @throws CallOver when the call ends first.
   */
  async sleep(milliseconds: number, sooner?: Promise<void>): Promise<void> {
    this.throwIfOver();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      if (milliseconds !== Infinity) timer = setTimeout(resolve, Math.min(milliseconds, longestDelay));
      void sooner?.then(resolve);
      this.#wake = resolve;
    });
    clearTimeout(timer);
    this.#wake = undefined;
    this.throwIfOver();
  }

  /** @throws CallOver when nothing can be sent any more. */
  throwIfOver(): void {
    if (this.#over) throw new CallOver('the call is over');
  }

  async #run(): Promise<void> {
    const ticket = this.#host.handlers?.enter();
    try {
      if (ticket !== undefined) await this.sleep(Infinity, ticket.turn);
      if (!this.#over) await this.#handle(this.#method);
      this.#end();
    } catch (error) {
      this.#endBy(error);
    } finally {
      this.#running = false;
      ticket?.leave();
      this.#record?.onFinish();
      this.#body.abandon(new CallOver('the handler has ended'));
      this.#host.handlerEnded(this.#stream);
    }
  }

  async #handle(method: Method): Promise<void> {
    if (method.kind === 'unary' || method.kind === 'server-streaming') {
      const request = await this.#receiveOnly();
      this.#startRecord();
      this.#record?.onMessage();
      await method.handle(this, request);
      await this.#complete;
    } else {
      this.#startRecord();
      await method.handle(this);
    }
  }

  /** The one message of a request that must have one (statuscodes: cardinality). */
  async #receiveOnly(): Promise<RequestMessage> {
    const message = await this.#body.next();
    if (message === undefined) throw cardinalityError('no request message');
    if (this.behaviour.varies('early-handlers')) {
      this.#complete = this.#expectEnd();
      // The handler meets the failure when it sends, or we do after it.
      this.#complete.catch(() => undefined);
    } else await this.#expectEnd();
    return message;
  }

  async #expectEnd(): Promise<void> {
    if ((await this.#body.next()) !== undefined) throw cardinalityError('more than one request message');
  }

  #startRecord(): void {
    const key = this.metadata.find(({ name }) => name === probeKeyName)?.value;
    const records = Array.from({ length: this.behaviour.policy.starts(this.streamId) }, () =>
      this.#host.observer.onStart(this.request.path, key),
    );
    this.#record = records[0];
    for (const record of records.slice(1)) record?.onFinish();
  }

  // ---- the end ----

  #endBy(error: unknown): void {
    if (error instanceof CallOver) return;
    if (error instanceof StatusError) {
      this.#end(error);
    } else if (!this.behaviour.policy.answersException(error, this.#messagesSent)) {
      this.#over = true;
      this.#stream.reset(errorCodes.INTERNAL_ERROR);
    } else {
      this.#end(new StatusError(status.UNKNOWN, 'the handler threw an exception'));
    }
  }

  /** Completes the response with its status; OK when there is no error. */
  #end(error?: StatusError): void {
    if (this.#over) return;
    this.#over = true;
    this.#writeEnd(error);
  }

  #writeEnd(error: StatusError | undefined): void {
    const { policy, varies } = this.behaviour;
    policy.beforeEnd?.({ error, messagesSent: this.#messagesSent, dropLast: () => this.#stream.dropLast() });
    const trailers = this.#trailerFields(error);
    const metadata = joinRepeated(this.trailingMetadata, this.behaviour);
    if (!this.#headersSent && this.initialMetadata.length === 0 && !varies('never-trailers-only')) {
      const accepted = error instanceof UnsupportedEncoding ? [this.#acceptField()] : [];
      const fields = [...this.#openingFields(), ...trailers, ...accepted, ...metadata];
      if (this.#passesGateway(fields)) this.#stream.end(fields);
      else answerHttp(this.#stream, 502, 'the answer begins with too many octets', this.behaviour);
      return;
    }
    if (!this.#headersSent) this.#writeHeaders();
    this.#stream.end([...trailers, ...metadata]);
  }

  /** Tells the handler, if it still runs, that its call is over. */
  #cancel(): void {
    if (!this.#running) return;
    this.#record?.onCancel();
    this.#wake?.();
    this.#body.abandon(new CallOver('the call is over'));
  }

  #armDeadline(at: number): void {
    const left = Math.ceil(at - performance.now());
    this.#deadline = setTimeout(
      () => {
        if (performance.now() < at) this.#armDeadline(at);
        else this.#expire();
      },
      Math.min(left, longestDelay),
    );
  }

  #expire(): void {
    const { policy, varies, value } = this.behaviour;
    if (!policy.enforcesDeadline(this.halfClosed, this.streamId)) return;
    if (this.#leavesDeadlineToGateway()) return;
    const code =
      value('deadline-status') ?? (varies('cancelled-on-deadline') ? status.CANCELLED : status.DEADLINE_EXCEEDED);
    this.#cutShort(new StatusError(code, 'deadline exceeded'));
    if (policy.tells('deadline', this.#headersSent)) this.#cancel();
  }

  /** Ends the call past its deadline as a gateway before us would. @returns true when that is chosen. */
  #leavesDeadlineToGateway(): boolean {
    const httpStatus = this.behaviour.value('gateway-deadline');
    if (httpStatus === undefined) return false;
    if (this.#stream.localEnded || this.#stream.closed) return true;
    this.#over = true;
    this.#stream.dropQueue();
    if (this.#headersSent) this.#stream.reset(errorCodes.CANCEL);
    else answerHttp(this.#stream, httpStatus, 'the server behind takes too long', this.behaviour);
    this.#cancel();
    return true;
  }

  /**
   * Ends the response with what has left so far. PROTOCOL-HTTP2, Client Cancellation, wants RST_STREAM(CANCEL); servers prefer trailers, which say why, but
   * after half a message nothing but RST_STREAM is legal.
   */
  #cutShort(error: StatusError): void {
    if (this.#stream.localEnded || this.#stream.closed) return;
    this.#over = true;
    const whole = this.#stream.dropQueue();
    if (whole && !this.behaviour.varies('reset-on-deadline')) this.#writeEnd(error);
    else this.#stream.reset(errorCodes.CANCEL);
  }

  // ---- fields and messages ----

  #openingFields(): readonly Field[] {
    const { varies } = this.behaviour;
    const type = { name: 'content-type', value: this.request.contentType };
    const fields = [statusOk, type];
    if (!varies('extra-headers')) return fields;
    return [
      ...fields,
      { name: 'date', value: new Date().toUTCString() },
      { name: 'server', value: 'grpc-conform reference server' },
      { name: 'x-powered-by', value: 'curiosity' },
    ];
  }

  #encodingFields(): readonly Field[] {
    const encoding = this.#responseEncoding();
    const accept = this.behaviour.varies('late-accept-encoding') ? [] : [this.#acceptField()];
    return encoding === undefined ? accept : [{ name: 'grpc-encoding', value: encoding }, ...accept];
  }

  #acceptField(): Field {
    const { varies } = this.behaviour;
    const names = ['identity', 'deflate', 'gzip', ...(varies('late-accept-encoding') ? ['br'] : [])];
    return { name: 'grpc-accept-encoding', value: names.join(varies('spaced-accept-encoding') ? ', ' : ',') };
  }

  /** The compression that the client accepts, if any, or used itself, where that is chosen: no other may be used (compression.md). */
  #responseEncoding(): 'gzip' | 'deflate' | undefined {
    const { acceptEncoding, encoding } = this.request;
    const names = ['gzip', 'deflate'] as const;
    const mirrored = this.#mirrorsEncoding ? names.find((name) => name === encoding) : undefined;
    return mirrored ?? names.find((name) => acceptEncoding.includes(name));
  }

  get #mirrorsEncoding(): boolean {
    const { acceptEncoding, encoding } = this.request;
    if (encoding === undefined || !this.behaviour.varies('mirrored-encoding')) return false;
    // A client that says what it accepts gets nothing else (compression.md).
    return acceptEncoding.length === 0 || acceptEncoding.includes(encoding);
  }

  #encode(octets: Uint8Array, compressed: boolean): Uint8Array {
    const compresses = compressed || this.#mirrorsEncoding || this.behaviour.varies('compressed-answers');
    const encoding = compresses ? this.#responseEncoding() : undefined;
    if (encoding === undefined) return encodeMessage(octets);
    return encodeMessage(encoding === 'gzip' ? gzip(octets) : deflate(octets), { compressedFlag: 1 });
  }

  #trailerFields(error: StatusError | undefined): readonly Field[] {
    if (error === undefined) return [{ name: 'grpc-status', value: '0' }];
    const message =
      error.message === '' ? [] : [{ name: 'grpc-message', value: encodeText(error.message, this.behaviour) }];
    return [{ name: 'grpc-status', value: String(wireStatus(error.status)) }, ...message];
  }
}

const cardinalityError = (text: string): StatusError => new StatusError(status.UNIMPLEMENTED, text);

/** Statuses that exist are sent as they are, everything else is UNKNOWN (statuscodes.md). */
function wireStatus(code: number): number {
  const exists = Number.isInteger(code) && code >= 1 && code <= status.UNAUTHENTICATED;
  return exists ? code : status.UNKNOWN;
}

/** grpc-message. Outer spaces are escaped too: HTTP/2 allows them in no field value (RFC 9113 §8.2.1). */
function encodeText(text: string, { varies }: Behaviour): string {
  if (varies('encode-every-octet')) {
    return Array.from(Buffer.from(text), (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  }
  return encodePercent(text).replace(/^ +| +$/g, (spaces) => '%20'.repeat(spaces.length));
}

/** Fields of one name as one, where that is chosen (PROTOCOL-HTTP2, Custom-Metadata). */
function joinRepeated(fields: readonly Field[], { varies }: Behaviour): readonly Field[] {
  if (!varies('joined-metadata')) return fields;
  const joined = new Map<string, string>();
  for (const { name, value } of fields) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...joined].map(([name, value]) => ({ name, value }));
}
