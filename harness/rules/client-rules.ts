import type { ConnectionView, FramePacket } from '../transcript/connection-view';
import type { Plan } from '../grpc/call-plan';
import { frameTypeName } from '../wire/describe-frame';
import { announcedLength, type Frame } from '../wire/frame';
import { headerListSize } from '../wire/header-list-size';
import { settingValue } from '../wire/setting-value';
import { initialSettings, maxWindow, settingIds, settingName } from '../wire/settings';
import { BindingSetting } from './binding-setting';

/** A rule of the client's side that octets of ours break although the script is legal: our fault, never the target's. */
export interface ClientFault {
  /** Where the rule stands: `RFC 9113 §6.9.1`. */
  readonly source: string;
  /** What we did, as a clause. */
  readonly observed: string;
  readonly connection: string;
  /** Number of the packet. */
  readonly packet: number;
}

/**
 * Judges our own side of a connection: windows, frame sizes, streams at once, list size, stream ids, HPACK, and a half-close in a legal form. Silent on a
 * connection with a call that is not legal or with octets as they stand, and from the first frame on that a script sent as it stands and that is not legal.
 *
 * @param view with the field blocks that we sent, decoded
 */
export function judgeClient(view: ConnectionView, plan: Plan): readonly ClientFault[] {
  const isLegal =
    plan.calls.every(({ connection, legal }) => connection !== view.name || legal) &&
    plan.steps.every((step) => {
      if (!('on' in step) || step.on !== view.name) return true;
      return step.do !== 'bytes' && (step.do !== 'open' || step.insteadOfPreface === undefined);
    });
  if (!isLegal) return [];
  const judge = new ClientJudge(view, plan);
  for (const packet of view.packets) {
    if (packet.kind !== 'frame') continue;
    if (packet.direction === 'received') judge.readReceived(packet.frame);
    else if (!judge.readSent(packet)) break;
  }
  return judge.faults;
}

interface SentStream {
  halfClosed: boolean;
  reset: boolean;
  targetEnded: boolean;
  /** WINDOW_UPDATE of the target less what we sent, without the initial window. */
  credit: number;
}

type Fault = Pick<ClientFault, 'source' | 'observed'>;

class ClientJudge {
  readonly faults: ClientFault[] = [];
  readonly #view: ConnectionView;
  readonly #plan: Plan;
  readonly #streams = new Map<number, SentStream>();
  readonly #maxFrameSize = new BindingSetting(settingIds.MAX_FRAME_SIZE, initialSettings.MAX_FRAME_SIZE);
  readonly #initialWindow = new BindingSetting(settingIds.INITIAL_WINDOW_SIZE, initialSettings.INITIAL_WINDOW_SIZE);
  readonly #maxStreams = new BindingSetting(settingIds.MAX_CONCURRENT_STREAMS, initialSettings.MAX_CONCURRENT_STREAMS);
  readonly #maxHeaderList = new BindingSetting(settingIds.MAX_HEADER_LIST_SIZE, initialSettings.MAX_HEADER_LIST_SIZE);
  #connectionCredit: number = initialSettings.INITIAL_WINDOW_SIZE;
  /** Credit that the target may have at most: what we granted, as if it had sent nothing. */
  readonly #granted = new Map<number, number>();
  #ourWindow: number = initialSettings.INITIAL_WINDOW_SIZE;
  #highestStream = 0;
  #openBlock: number | undefined;
  #hasBegun = false;
  #goaway = false;

  constructor(view: ConnectionView, plan: Plan) {
    this.#view = view;
    this.#plan = plan;
  }

  readReceived(frame: Frame): void {
    switch (frame.type) {
      case 'SETTINGS':
        if (frame.ack) return;
        for (const setting of this.#settings) setting.announce(frame.settings);
        return;
      case 'WINDOW_UPDATE': {
        if (frame.streamId === 0) this.#connectionCredit += frame.increment;
        const stream = this.#streams.get(frame.streamId);
        if (stream !== undefined) stream.credit += frame.increment;
        return;
      }
      case 'DATA':
        for (const id of [0, frame.streamId])
          this.#granted.set(id, (this.#granted.get(id) ?? 0) - frame.flowControlledLength);
        if (frame.endStream) this.#end(frame.streamId);
        return;
      case 'HEADERS':
        if (frame.endStream) this.#end(frame.streamId);
        return;
      case 'RST_STREAM': {
        const stream = this.#streams.get(frame.streamId);
        if (stream !== undefined) stream.reset = true;
        return;
      }
      case 'GOAWAY':
        this.#goaway = true;
        for (const [id, stream] of this.#streams) if (id > frame.lastStreamId) stream.reset = true;
        return;
      default:
        return;
    }
  }

  /** @returns false when what follows is not for us to judge. */
  readSent(packet: FramePacket): boolean {
    const step = typeof packet.by === 'number' ? this.#plan.steps[packet.by] : undefined;
    // An open field block on purpose is a piece of something that is not legal.
    if (step?.do === 'headers' && step.endHeaders === false) return false;
    const found = [...this.#judge(packet, step?.do === 'headers' ? (step.exceeds ?? []) : [])];
    if (found.length > 0 && step?.do === 'frame') return false;
    for (const fault of found) {
      this.faults.push({ ...fault, connection: this.#view.name, packet: packet.number });
    }
    return true;
  }

  get #settings(): readonly BindingSetting[] {
    return [this.#maxFrameSize, this.#initialWindow, this.#maxStreams, this.#maxHeaderList];
  }

  #end(id: number): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined) stream.targetEnded = true;
  }

  *#judge(packet: FramePacket, exceeds: readonly string[]): Generator<Fault> {
    const { frame } = packet;
    const name = frameTypeName(frame.raw.type);
    if (!this.#hasBegun && (frame.type !== 'SETTINGS' || frame.ack)) {
      yield { source: 'RFC 9113 §3.4', observed: `${name} before our SETTINGS` };
    }
    this.#hasBegun = true;
    const length = announcedLength(frame.raw);
    if (length > this.#maxFrameSize.largest) {
      yield { source: 'RFC 9113 §4.2', observed: `${name} of ${length} octets, above SETTINGS_MAX_FRAME_SIZE` };
    }
    if (frame.type === 'MALFORMED') {
      yield { source: 'RFC 9113 §6', observed: `a malformed ${name}: ${frame.reason}` };
      return;
    }
    yield* this.#judgeContiguity(frame, name);
    const isAboutConnection = frame.type === 'SETTINGS' || frame.type === 'PING' || frame.type === 'GOAWAY';
    const mayBeEither = frame.type === 'WINDOW_UPDATE' || frame.type === 'UNKNOWN';
    if (!mayBeEither && isAboutConnection !== (frame.streamId === 0)) {
      yield { source: 'RFC 9113 §6', observed: `${name} on stream ${frame.streamId}` };
      return;
    }
    switch (frame.type) {
      case 'HEADERS':
        yield* this.#judgeHeaders(frame, exceeds);
        break;
      case 'DATA':
        yield* this.#judgeData(frame);
        break;
      case 'SETTINGS':
        yield* this.#judgeSettings(frame);
        break;
      case 'WINDOW_UPDATE':
        yield* this.#judgeWindowUpdate(frame);
        break;
      case 'RST_STREAM': {
        const stream = this.#streams.get(frame.streamId);
        if (stream === undefined) yield { source: 'RFC 9113 §6.4', observed: 'RST_STREAM on an idle stream' };
        else stream.reset = true;
        break;
      }
      case 'PUSH_PROMISE':
        yield { source: 'RFC 9113 §8.4', observed: 'PUSH_PROMISE from a client' };
        break;
      default:
        break;
    }
    yield* this.#judgeBlock(packet, exceeds);
  }

  *#judgeContiguity(frame: Frame, name: string): Generator<Fault> {
    if (this.#openBlock === undefined) {
      if (frame.type === 'CONTINUATION') yield { source: 'RFC 9113 §6.10', observed: 'CONTINUATION without HEADERS' };
    } else if (frame.type !== 'CONTINUATION' || frame.streamId !== this.#openBlock) {
      yield { source: 'RFC 9113 §4.3', observed: `${name} inside the field block of stream ${this.#openBlock}` };
    }
    if (frame.type === 'HEADERS' || frame.type === 'CONTINUATION') {
      this.#openBlock = frame.endHeaders ? undefined : frame.streamId;
    }
  }

  *#judgeHeaders(frame: Extract<Frame, { type: 'HEADERS' }>, exceeds: readonly string[]): Generator<Fault> {
    const { streamId, endStream } = frame;
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      yield { source: 'PROTOCOL-HTTP2 Requests', observed: `a second field block on stream ${streamId}` };
      return;
    }
    if (streamId % 2 === 0) yield { source: 'RFC 9113 §5.1.1', observed: `a request on stream ${streamId}` };
    if (streamId <= this.#highestStream) {
      yield { source: 'RFC 9113 §5.1.1', observed: `stream ${streamId} opened after ${this.#highestStream}` };
    }
    if (this.#goaway) yield { source: 'RFC 9113 §6.8', observed: `stream ${streamId} opened after GOAWAY` };
    if (endStream) {
      yield { source: 'PROTOCOL-HTTP2 Requests', observed: `END_STREAM on HEADERS of stream ${streamId}, not on DATA` };
    }
    const open = [...this.#streams.values()].filter(
      ({ halfClosed, reset, targetEnded }) => !reset && !(halfClosed && targetEnded),
    ).length;
    if (open >= this.#maxStreams.largest && !exceeds.includes('streams')) {
      const observed = `stream ${streamId} opened beside ${open} others, above SETTINGS_MAX_CONCURRENT_STREAMS`;
      yield { source: 'RFC 9113 §5.1.2', observed };
    }
    this.#highestStream = Math.max(this.#highestStream, streamId);
    this.#streams.set(streamId, { halfClosed: endStream, reset: false, targetEnded: false, credit: 0 });
  }

  *#judgeBlock({ block }: FramePacket, exceeds: readonly string[]): Generator<Fault> {
    if (block === undefined) return;
    if (block.fault !== undefined) {
      yield { source: 'RFC 7541', observed: `a field block that does not decode: ${block.fault.reason}` };
      return;
    }
    const size = headerListSize(block.fields);
    if (size > this.#maxHeaderList.largest && !exceeds.includes('headerList')) {
      const observed = `a field section of ${size} octets, above SETTINGS_MAX_HEADER_LIST_SIZE`;
      yield { source: 'RFC 9113 §6.5.2', observed };
    }
  }

  *#judgeData(frame: Extract<Frame, { type: 'DATA' }>): Generator<Fault> {
    const { streamId, flowControlledLength, endStream } = frame;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      yield { source: 'RFC 9113 §6.1', observed: `DATA on stream ${streamId}, which is idle` };
      return;
    }
    if (stream.reset) yield { source: 'RFC 9113 §5.1', observed: `DATA on stream ${streamId} after its end` };
    if (stream.halfClosed) yield { source: 'RFC 9113 §5.1', observed: `DATA on stream ${streamId} after END_STREAM` };
    this.#connectionCredit -= flowControlledLength;
    stream.credit -= flowControlledLength;
    if (flowControlledLength > 0 && this.#connectionCredit < 0) {
      yield {
        source: 'RFC 9113 §6.9.1',
        observed: `DATA ${-this.#connectionCredit} octets above the connection window`,
      };
    }
    const window = stream.credit + this.#initialWindow.largest;
    if (flowControlledLength > 0 && window < 0) {
      yield { source: 'RFC 9113 §6.9.1', observed: `DATA ${-window} octets above the window of stream ${streamId}` };
    }
    if (endStream) stream.halfClosed = true;
  }

  *#judgeSettings(frame: Extract<Frame, { type: 'SETTINGS' }>): Generator<Fault> {
    if (frame.ack) {
      for (const setting of this.#settings) setting.acknowledge();
      return;
    }
    for (const { id, value } of frame.settings) {
      const isLegal =
        id === settingIds.ENABLE_PUSH
          ? value <= 1
          : id === settingIds.INITIAL_WINDOW_SIZE
            ? value <= maxWindow
            : id !== settingIds.MAX_FRAME_SIZE || (value >= initialSettings.MAX_FRAME_SIZE && value < 2 ** 24);
      if (!isLegal) yield { source: 'RFC 9113 §6.5.2', observed: `SETTINGS_${settingName(id)} ${value}` };
    }
    this.#ourWindow = settingValue(frame.settings, settingIds.INITIAL_WINDOW_SIZE) ?? this.#ourWindow;
  }

  *#judgeWindowUpdate({ streamId, increment }: Extract<Frame, { type: 'WINDOW_UPDATE' }>): Generator<Fault> {
    if (increment === 0) yield { source: 'RFC 9113 §6.9', observed: 'WINDOW_UPDATE with increment 0' };
    if (streamId !== 0 && !this.#streams.has(streamId)) {
      yield { source: 'RFC 9113 §5.1', observed: `WINDOW_UPDATE on stream ${streamId}, which is idle` };
    }
    const granted = (this.#granted.get(streamId) ?? 0) + increment;
    this.#granted.set(streamId, granted);
    const initial = streamId === 0 ? initialSettings.INITIAL_WINDOW_SIZE : this.#ourWindow;
    if (initial + granted > maxWindow) {
      yield { source: 'RFC 9113 §6.9.1', observed: `a window of ${initial + granted} octets for the target` };
    }
  }
}
