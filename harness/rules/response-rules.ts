import type { RowId } from '../catalogue';
import type { ConnectionView, FieldBlock, FramePacket } from '../transcript/connection-view';
import type { Call } from '../grpc/call';
import { inflate } from '../grpc/compression';
import { isGrpcContentType } from '../grpc/content-type';
import { fieldValue, fieldValues } from '../grpc/metadata';
import { MessageReader } from '../grpc/length-prefixed-message';
import { findPercentEncodingFault } from '../grpc/percent-encoding';
import { escapeOctets } from '../wire/escape-octets';
import type { Field } from '../wire/hpack/decoder';
import { settingValue } from '../wire/setting-value';
import { settingIds } from '../wire/settings';
import type { Violation } from './violation';
import { httpAnswerBreach } from './http-answers';

/**
 * The response state machine (RFC 9113 §8.1; gRPC over HTTP/2, Responses): what always holds for the frames of one stream, whatever the property is about.
 * It knows the call's plan and nothing of the property. The first violation of a stream that breaks its framing ends the judgement of that stream, and a
 * rule that is broken again in the same way is not reported again.
 */
export function judgeCall(call: Call, view: ConnectionView): readonly Violation[] {
  const judge = new CallJudge(call, view);
  const fence = lastFenceAfterOurReset(call, view);
  for (const packet of view.packets) {
    if (packet.kind !== 'frame' || packet.frame.streamId !== call.plan.stream) continue;
    if (packet.direction === 'sent') judge.readSent(packet);
    else judge.readReceived(packet, fence !== undefined && packet.number > fence);
    if (judge.stopped) break;
  }
  if (!judge.stopped) judge.finish();
  return judge.violations;
}

type State = 'idle' | 'interim' | 'body' | 'http-body' | 'ended' | 'reset-by-target' | 'reset-by-us';

class CallJudge {
  readonly violations: Violation[] = [];
  stopped = false;
  readonly #call: Call;
  readonly #connection: string;
  readonly #reader = new MessageReader();
  readonly #broken = new Set<string>();
  #state: State = 'idle';
  #headers: readonly Field[] | undefined;
  #trailers: readonly Field[] | undefined;
  #messages = 0;
  /** Octets that were made of compressed messages. */
  #inflated = 0;
  #dataOctets = 0;
  #isTrailersOnly = false;
  /** END_STREAM was seen, whatever came after it. */
  #hasEnded = false;
  /** We sent frames on the stream after our own RST_STREAM, which may provoke another (RFC 9113 §5.1). */
  #provoked = false;
  /** Payload octets on the stream after the fence that followed our RST_STREAM; undefined while there was no frame. */
  #afterFence: number | undefined;
  /** Packet of the last frame of this stream that the target sent. */
  #last: number | undefined;

  /** Packet of the target's ACK after which it knows that push is off; undefined while it may push. */
  readonly #pushOffAt: number | undefined;

  constructor(call: Call, view: ConnectionView) {
    this.#call = call;
    this.#connection = view.name;
    this.#pushOffAt = pushOffAt(view);
  }

  readSent(packet: FramePacket): void {
    if (this.#state === 'reset-by-us') this.#provoked = true;
    if (packet.frame.type === 'RST_STREAM' && this.#isOpen) this.#state = 'reset-by-us';
  }

  readReceived(packet: FramePacket, afterFence: boolean): void {
    const { frame, block } = packet;
    if (frame.type === 'PUSH_PROMISE') {
      const isForbidden = this.#pushOffAt !== undefined && packet.number > this.#pushOffAt;
      const observed = `the target sent PUSH_PROMISE${isForbidden ? '' : ' although we have no use for it'}`;
      const severity = isForbidden ? undefined : 'info';
      this.#breaks(
        'FRAME-24-no-push-from-server',
        packet,
        observed,
        'no PUSH_PROMISE once push is off',
        'PUSH_PROMISE',
        true,
        severity,
      );
      return;
    }
    if (frame.type === 'MALFORMED') {
      // The connection rules report it; without what it carried the rest of the stream proves nothing.
      this.stopped = true;
      return;
    }
    if (frame.type !== 'HEADERS' && frame.type !== 'DATA' && frame.type !== 'RST_STREAM' && block === undefined) {
      if (this.#state === 'reset-by-target' && frame.type === 'WINDOW_UPDATE') this.#afterReset(packet);
      return;
    }
    this.#last = packet.number;
    if (this.#state === 'reset-by-us') {
      if (afterFence) this.#readAfterFence(packet);
      return;
    }
    if (this.#state === 'reset-by-target') return this.#afterReset(packet);
    if (frame.type === 'RST_STREAM') {
      this.#state = 'reset-by-target';
      return;
    }
    if (this.#state === 'ended') {
      this.#breaks(
        'TRAIL-07-nothing-after-trailers',
        packet,
        `${frame.type} after the end of the stream`,
        'nothing after END_STREAM but RST_STREAM',
        frame.type,
        true,
      );
      return;
    }
    if (block !== undefined) this.#readBlock(packet, block);
    if (frame.type === 'DATA') this.#readData(packet, frame.data, frame.endStream);
  }

  finish(): void {
    if (!this.#hasEnded) return;
    this.#judgeContentLength();
    // An answer to what is no legal gRPC request owes the shape of HTTP alone, even when it looks like gRPC.
    if (this.#trailers === undefined || this.#isHttp || !this.#call.plan.legal) return;
    this.#judgeStatus(this.#trailers);
    this.#judgeCardinality(this.#trailers);
  }

  get #isOpen(): boolean {
    return this.#state === 'idle' || this.#state === 'interim' || this.#state === 'body' || this.#state === 'http-body';
  }

  /** A plain HTTP answer: only RFC 9113 speaks about it. */
  get #isHttp(): boolean {
    return this.#call.shape === 'http';
  }

  /** O-01: a thread of the target may have queued one write batch before it dealt with our reset, and written it after the fence. */
  #readAfterFence(packet: FramePacket): void {
    const { frame } = packet;
    if (frame.type === 'RST_STREAM' && this.#provoked) return;
    const isFirst = this.#afterFence === undefined;
    this.#afterFence = (this.#afterFence ?? 0) + frame.raw.payload.length;
    const isBeyond = this.#afterFence > writeBatch;
    if (!isFirst && !isBeyond) return;
    this.#breaks(
      'CANC-02-silence-after-client-rst',
      packet,
      `${frame.type} on a stream that we had reset, after the target had dealt with the reset`,
      'no frame on the stream any more',
      frame.type,
      isBeyond,
      isBeyond ? undefined : 'warn',
    );
  }

  #afterReset(packet: FramePacket): void {
    // A repeated RST_STREAM can be provoked by frames of ours that were under way (RFC 9113 §5.4.2).
    if (packet.frame.type === 'RST_STREAM') return;
    const observed = `${packet.frame.type} after the target's own RST_STREAM`;
    this.#breaks(
      'STREAM-09-no-frames-after-server-rst',
      packet,
      observed,
      'RST_STREAM as the last frame on the stream',
      packet.frame.type,
      true,
    );
  }

  #readBlock(packet: FramePacket, block: FieldBlock): void {
    if (block.fault !== undefined || isUndecoded(block)) {
      // The connection rules report it; what is left of the block proves nothing.
      this.stopped = true;
      return;
    }
    if (this.#state === 'body' || this.#state === 'http-body') return this.#readTrailers(packet, block);
    const statuses = fieldValues(block.fields, ':status');
    const status = statuses[0];
    if (status !== undefined && /^1\d\d$/.test(status)) return this.#readInterim(packet, block, status);
    this.#judgeFields(packet, block.fields, true);
    if (statuses.length !== 1 || status === undefined || !/^\d{3}$/.test(status)) {
      const observed =
        statuses.length === 0
          ? 'Response-Headers without :status'
          : `:status fields ${statuses.map(quote).join(' and ')}`;
      this.#breaks(
        'RESP-01-status-200',
        packet,
        observed,
        'exactly one :status, of 200',
        statuses.length === 0 ? 'no :status' : 'bad :status',
      );
    } else if (status !== '200' && this.#call.plan.legal) {
      const { rule, severity } = httpAnswerBreach(this.#call.plan, Number(status));
      const observed = `:status ${quote(status)} in answer to a legal gRPC request`;
      this.#breaks(rule, packet, observed, ':status 200', `HTTP ${status}`, false, severity);
    }
    const contentTypes = fieldValues(block.fields, 'content-type');
    const isGrpc = contentTypes.length > 0 && contentTypes.every(isGrpcContentType);
    if (block.endStream) {
      this.#end();
      this.#trailers = block.fields;
      this.#isTrailersOnly = true;
    } else {
      this.#headers = block.fields;
      this.#state = status === '200' && isGrpc && this.#call.plan.legal ? 'body' : 'http-body';
    }
    if (status === '200' && this.#call.plan.legal) this.#judgeContentType(packet, contentTypes, block.endStream);
    if (this.#state === 'body') this.#judgeResponseHeaders(packet, block.fields);
  }

  #readInterim(packet: FramePacket, block: FieldBlock, status: string): void {
    this.#state = 'interim';
    this.#judgeFields(packet, block.fields, true);
    if (status === '101' || block.endStream) {
      const observed = status === '101' ? ':status 101' : `END_STREAM on a block with :status ${status}`;
      this.#breaks(
        'RESP-06-interim-responses',
        packet,
        observed,
        'interim blocks without END_STREAM, and never 101',
        'bad interim response',
        true,
      );
    }
  }

  #readTrailers(packet: FramePacket, block: FieldBlock): void {
    if (!block.endStream && block.fields.some((field) => field.name === 'grpc-status')) {
      const expected = 'END_STREAM on the HEADERS frame of the trailers';
      this.#breaks(
        'TRAIL-01-trailers-end-the-stream',
        packet,
        'trailers without END_STREAM',
        expected,
        'trailers without END_STREAM',
        true,
      );
      return;
    }
    if (!block.endStream) {
      this.#breaks(
        'RESP-02-one-header-block',
        packet,
        'a second field block without END_STREAM',
        'one block of Response-Headers, then trailers with END_STREAM',
        'second header block',
        true,
      );
      return;
    }
    const wasGrpc = this.#state === 'body';
    this.#end();
    this.#trailers = block.fields;
    const pseudo = block.fields.find((field) => field.name.startsWith(':'));
    if (pseudo !== undefined) {
      this.#breaks(
        'TRAIL-04-no-pseudo-in-trailers',
        packet,
        `trailers with ${quote(pseudo.name)}`,
        'trailers without pseudo-header fields',
        'pseudo-header field in trailers',
      );
    }
    this.#judgeFields(
      packet,
      block.fields.filter((field) => !field.name.startsWith(':')),
      false,
    );
    if (!wasGrpc) return;
    for (const name of ['content-type', 'grpc-encoding']) {
      if (
        this.#headers?.some((field) => field.name === name) === true &&
        block.fields.some((field) => field.name === name)
      ) {
        this.#breaks(
          'RESP-11-fields-in-their-block',
          packet,
          `${name} in Response-Headers and again in the trailers`,
          'header fields in the header block alone',
          `${name} repeated in trailers`,
          false,
          'warn',
        );
      }
    }
  }

  #readData(packet: FramePacket, octets: Uint8Array, endStream: boolean): void {
    if (this.#state === 'idle' || this.#state === 'interim') {
      this.#breaks(
        'RESP-04-headers-first',
        packet,
        'DATA before Response-Headers',
        'Response-Headers before any DATA',
        'DATA first',
        true,
      );
      return;
    }
    this.#dataOctets += octets.length;
    if (this.#state === 'body') this.#readMessages(packet, octets);
    if (!endStream) return;
    if (this.#state === 'body' && this.#call.plan.legal) {
      // Trailers without END_STREAM before this DATA is another fault, and RESP-02 has named it.
      this.#breaks(
        'TRAIL-02-no-end-stream-on-data',
        packet,
        'END_STREAM on DATA of a gRPC response',
        'END_STREAM on the trailers',
        'END_STREAM on DATA',
      );
    }
    this.#end();
  }

  #end(): void {
    this.#state = 'ended';
    this.#hasEnded = true;
  }

  #readMessages(packet: FramePacket, octets: Uint8Array): void {
    const encoding = this.#headers === undefined ? undefined : fieldValue(this.#headers, 'grpc-encoding');
    for (const message of this.#reader.feed(octets)) {
      this.#messages++;
      if (message.compressedFlag > 1) {
        this.#breaks(
          'MSG-13-response-framing',
          packet,
          `Compressed-Flag ${message.compressedFlag}`,
          'Compressed-Flag 0 or 1',
          'bad Compressed-Flag',
          true,
        );
        return;
      }
      if (message.compressedFlag === 0) continue;
      if (encoding === undefined || encoding === 'identity') {
        this.#breaks(
          'COMP-14-response-encoding-header',
          packet,
          `a compressed message with ${encoding === undefined ? 'no grpc-encoding' : 'grpc-encoding identity'}`,
          'grpc-encoding in Response-Headers that names the compression',
          'compressed without grpc-encoding',
        );
      } else {
        this.#judgeAccepted(packet, encoding);
        this.#judgeInflates(packet, encoding, message.octets);
      }
    }
  }

  /** What says that it is compressed can be undone; encodings that we do not read ourselves are left alone. */
  #judgeInflates(packet: FramePacket, encoding: string, octets: Uint8Array): void {
    if (encoding !== 'gzip' && encoding !== 'deflate') return;
    if (this.#inflated > mostInflated) return;
    const inflated = inflate(encoding, octets, largestInflated);
    this.#inflated += inflated.ok ? inflated.octets.length : inflated.reason === 'too-large' ? largestInflated : 0;
    if (inflated.ok || inflated.reason === 'too-large') return;
    this.#breaks(
      'COMP-14-response-encoding-header',
      packet,
      `a message of ${octets.length} octets with Compressed-Flag 1 that is no ${encoding}`,
      `a message that inflates with ${encoding}`,
      'does not inflate',
    );
  }

  #judgeAccepted(packet: FramePacket, encoding: string): void {
    const accepted = this.#call.plan.acceptEncoding;
    if (accepted?.includes(encoding) === true) return;
    const observed = `a message compressed with ${quote(encoding)}`;
    const expected =
      accepted === undefined
        ? 'plain messages, since the request had no grpc-accept-encoding'
        : `plain messages or one of ${accepted.map(quote).join(', ')}`;
    // Without the field a server may guess from the request's own encoding (catalogue COMP-13).
    this.#breaks(
      'COMP-13-never-unaccepted-encoding',
      packet,
      observed,
      expected,
      'encoding not accepted',
      false,
      accepted === undefined ? 'warn' : undefined,
    );
  }

  #judgeContentType(packet: FramePacket, values: readonly string[], isTrailersOnly: boolean): void {
    if (values.length === 1 && values.every(isGrpcContentType)) return;
    const observed = values.length === 0 ? 'no content-type' : `content-type ${values.map(quote).join(' and ')}`;
    // A Trailers-Only answer without it breaks its own shape (TRAIL-05); elsewhere it is RESP-03.
    const rule = isTrailersOnly && values.length === 0 ? 'TRAIL-05-trailers-only-shape' : 'RESP-03-content-type';
    this.#breaks(
      rule,
      packet,
      observed,
      'exactly one content-type that begins with application/grpc',
      values.length === 0 ? 'no content-type' : 'bad content-type',
    );
  }

  #judgeResponseHeaders(packet: FramePacket, fields: readonly Field[]): void {
    for (const name of ['grpc-status', 'grpc-message']) {
      if (fields.some((field) => field.name === name)) {
        this.#breaks(
          'RESP-11-fields-in-their-block',
          packet,
          `${name} in Response-Headers without END_STREAM`,
          `${name} in the trailers alone`,
          `${name} in headers`,
        );
      }
    }
    const coding = fieldValue(fields, 'content-encoding');
    if (coding !== undefined && coding !== 'identity') {
      this.#breaks(
        'RESP-13-no-http-content-coding',
        packet,
        `content-encoding ${quote(coding)}`,
        'no HTTP content coding: gRPC compresses message by message',
        'content-encoding',
      );
    }
  }

  /** RFC 9113 §8.2 and §8.3 for one block of the target. */
  #judgeFields(packet: FramePacket, fields: readonly Field[], isResponse: boolean): void {
    let regular = false;
    for (const { name, value } of fields) {
      const fault = name.startsWith(':') ? pseudoFault(name, regular, isResponse) : fieldFault(name, value);
      regular ||= !name.startsWith(':');
      if (fault === undefined) continue;
      const rule = fault.rule ?? 'RESP-05-fields-valid';
      this.#breaks(
        rule,
        packet,
        `field ${quote(name)}: ${fault.text}`,
        'fields that HTTP/2 allows in a response',
        fault.reaction,
        false,
        fault.severity,
      );
    }
  }

  #judgeStatus(trailers: readonly Field[]): void {
    const values = fieldValues(trailers, 'grpc-status');
    const packet = this.#lastPacket();
    if (values.length !== 1) {
      const observed = values.length === 0 ? 'trailers without grpc-status' : `${values.length} grpc-status fields`;
      this.#breaksAt(
        'TRAIL-03-status-always-present',
        packet,
        observed,
        'exactly one grpc-status',
        values.length === 0 ? 'no grpc-status' : 'several grpc-status',
      );
    }
    for (const value of values) {
      if (/^(0|[1-9]\d*)$/.test(value)) continue;
      // Some libraries write what the handler gave them, a minus sign included (catalogue STATUS-02).
      this.#breaksAt(
        'STATUS-02-decimal-no-leading-zero',
        packet,
        `grpc-status ${quote(value)}`,
        'a decimal number without leading zeros',
        'bad grpc-status',
      );
    }
    for (const value of fieldValues(trailers, 'grpc-message')) {
      const fault = findPercentEncodingFault(value);
      if (fault === undefined) continue;
      const severity = fault.kind === 'lower-case' ? 'warn' : undefined;
      this.#breaksAt(
        'STATUS-04-percent-encoding-alphabet',
        packet,
        `grpc-message ${quote(value)}: ${percentFaults[fault.kind]}`,
        'octets 0x20 to 0x7e, with % before two hexadecimal digits alone',
        'bad grpc-message',
        severity,
      );
    }
  }

  /** How many messages each kind of method answers with (RPC-06). */
  #judgeCardinality(trailers: readonly Field[]): void {
    const statusValue = fieldValue(trailers, 'grpc-status');
    if (statusValue === undefined) return;
    const packet = this.#lastPacket();
    const isOk = statusValue === '0';
    const single = this.#call.plan.kind === 'unary' || this.#call.plan.kind === 'client-streaming';
    if (this.#reader.rest > 0) {
      const observed = `${this.#reader.rest} octets of an unfinished message before status ${quote(statusValue)}`;
      this.#breaksAt(
        'MSG-13-response-framing',
        packet,
        observed,
        'whole messages',
        'unfinished message',
        isOk ? undefined : 'warn',
      );
    }
    if (single && isOk && this.#messages !== 1) {
      const observed = `status OK after ${this.#messages} messages${this.#isTrailersOnly ? ', in a Trailers-Only answer' : ''}`;
      this.#breaksAt(
        'RPC-06-response-cardinality',
        packet,
        observed,
        'exactly one message before status OK',
        `OK with ${this.#messages === 0 ? 'no message' : 'several messages'}`,
      );
    }
    if (single && !isOk && this.#messages > 1) {
      this.#breaksAt(
        'RPC-06-response-cardinality',
        packet,
        `${this.#messages} messages before an error status`,
        'at most one message',
        'several messages before an error',
      );
    }
  }

  #judgeContentLength(): void {
    const fields = this.#headers ?? this.#trailers ?? [];
    const announced = fieldValue(fields, 'content-length');
    if (announced === undefined || announced === String(this.#dataOctets)) return;
    // An answer to HEAD announces a length and has no body (RFC 9110 §9.3.2).
    if ((this.#isHttp || !this.#call.plan.legal) && this.#dataOctets === 0) return;
    const observed = `content-length ${quote(announced)} and ${this.#dataOctets} octets of DATA`;
    this.#breaksAt(
      'RESP-12-content-length-consistent',
      this.#lastPacket(),
      observed,
      'no content-length, or the exact one',
      'wrong content-length',
    );
  }

  #lastPacket(): number | undefined {
    return this.#last ?? this.#call.lastPacket;
  }

  #breaks(
    rule: RowId,
    packet: FramePacket,
    observed: string,
    expected: string,
    reaction: string,
    stop = false,
    severity?: 'warn' | 'info',
  ): void {
    this.#breaksAt(rule, packet.number, observed, expected, reaction, severity);
    if (stop) this.stopped = true;
  }

  #breaksAt(
    rule: RowId,
    packet: number | undefined,
    observed: string,
    expected: string,
    reaction: string,
    severity?: 'warn' | 'info',
  ): void {
    // An endless answer can break the same rule in every message.
    const kind = [rule, reaction, severity].join();
    if (this.#broken.has(kind)) return;
    this.#broken.add(kind);
    this.violations.push({
      rule,
      observed,
      expected,
      reaction,
      ...(severity === undefined ? {} : { severity }),
      ...(packet === undefined ? {} : { at: { connection: this.#connection, packet } }),
    });
  }
}

/** Octets that are made of a compressed message at most: what is larger is not looked at. */
const largestInflated = 16 * 1024 * 1024;

/** The same of all messages of an answer together: small messages can each become a large one. */
const mostInflated = 4 * largestInflated;

/** Octets of one write of a target (catalogue O-01). */
const writeBatch = 65_536;

/** A block that came after one which left the HPACK table unknown: nobody can read it. */
const isUndecoded = ({ fields, sizeUpdates, length }: FieldBlock): boolean =>
  fields.length === 0 && sizeUpdates.length === 0 && length > 0;

interface FieldFault {
  readonly text: string;
  readonly reaction: string;
  readonly severity?: 'warn';
  readonly rule?: RowId;
}

function pseudoFault(name: string, afterRegular: boolean, isResponse: boolean): FieldFault | undefined {
  if (isResponse && name !== ':status') {
    return {
      text: 'only :status may stand in a response',
      reaction: 'unexpected pseudo-header field',
      rule: 'RESP-01-status-200',
    };
  }
  return afterRegular
    ? {
        text: 'it stands after a regular field',
        reaction: ':status not first',
        rule: 'RESP-01-status-200',
      }
    : undefined;
}

const percentFaults = {
  octet: 'an octet outside 0x20 to 0x7e',
  escape: 'a % without two hexadecimal digits after it',
  'lower-case': 'hexadecimal digits in lower case',
} as const;

const connectionFields = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function fieldFault(name: string, value: string): FieldFault | undefined {
  if (name === '' || /[^\x21-\x39\x3b-\x40\x5b-\x7e]/.test(name)) {
    return { text: 'a name with an octet that HTTP/2 forbids', reaction: 'bad field name' };
  }
  if (connectionFields.has(name))
    return { text: 'a field of HTTP/1 connections', reaction: 'connection-specific field' };
  // The three octets of RFC 9113 §8.2.1.
  if (/[\0\r\n]/.test(value)) return { text: 'a value with NUL, CR or LF', reaction: 'bad field value' };
  if (/^[ \t]|[ \t]$/.test(value)) {
    // grpc-message has a row of its own (STATUS-05): gRPC's grammar lets blanks through.
    const rule = name === 'grpc-message' ? ({ rule: 'STATUS-05-message-outer-spaces' } as const) : {};
    return { text: 'a value that begins or ends with a blank', reaction: 'outer blanks', severity: 'warn', ...rule };
  }
  return undefined;
}

/** Number of the packet by which the target has acknowledged that ENABLE_PUSH is 0 (RFC 9113 §6.5.2, §6.6). SETTINGS are acknowledged in their order. */
function pushOffAt(view: ConnectionView): number | undefined {
  const settings = view.sent.flatMap(({ frame }) => (frame.type === 'SETTINGS' && !frame.ack ? [frame] : []));
  const off = settings.findIndex((frame) => settingValue(frame.settings, settingIds.ENABLE_PUSH) === 0);
  if (off === -1) return undefined;
  return view.received.filter(({ frame }) => frame.type === 'SETTINGS' && frame.ack)[off]?.number;
}

/** Number of the packet at which a fence proved that our RST_STREAM on this stream had been dealt with. */
function lastFenceAfterOurReset(call: Call, view: ConnectionView): number | undefined {
  if (call.reset?.by !== 'peer') return undefined;
  const resetAt = view.packets.find(
    (packet) =>
      packet.kind === 'frame' &&
      packet.direction === 'sent' &&
      packet.frame.type === 'RST_STREAM' &&
      packet.frame.streamId === call.plan.stream,
  );
  if (resetAt?.kind !== 'frame' || typeof resetAt.by !== 'number') return undefined;
  const resetStep = resetAt.by;
  const fence = view.packets.find(
    (packet) => packet.kind === 'happening' && packet.event.kind === 'fenced' && packet.event.step > resetStep,
  );
  return fence?.number;
}

const quote = (text: string): string => `"${escapeOctets(text, 80)}"`;
