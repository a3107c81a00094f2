import type { RowId } from '../../catalogue';
import type { ConnectionView, FramePacket } from '../../connection/connection-view';
import { definedFlags, frameTypeName } from '../../wire/describe-frame';
import { announcedLength, frameHeaderLength, type Frame } from '../../wire/frame';
import { readUint32 } from '../../wire/octets';
import { settingValue } from '../../wire/setting-value';
import { initialSettings, maxWindow, settingIds, settingName, type Setting } from '../../wire/settings';
import type { Violation } from '../violation';
import { BindingSetting } from './binding-setting';

/**
 * What always holds for the frames of one connection, whatever the property is about (catalogue §22.6). Reports each rule at most once: what follows a
 * broken rule on the same connection proves little.
 */
export function judgeConnection(view: ConnectionView): readonly Violation[] {
  const judge = new ConnectionJudge(view);
  for (const packet of view.packets) {
    if (packet.kind !== 'frame') continue;
    if (packet.direction === 'sent') judge.readSent(packet);
    else judge.readReceived(packet);
  }
  return judge.violations;
}

class ConnectionJudge {
  readonly violations: Violation[] = [];
  readonly #view: ConnectionView;
  readonly #broken = new Set<string>();
  readonly #opened = new Set<number>();
  readonly #maxFrameSize = new BindingSetting(settingIds.MAX_FRAME_SIZE, initialSettings.MAX_FRAME_SIZE);
  readonly #initialWindow = new BindingSetting(settingIds.INITIAL_WINDOW_SIZE, initialSettings.INITIAL_WINDOW_SIZE);
  /** Credit that we granted the target, less what it spent; streams without their initial window. */
  #connectionCredit: number = initialSettings.INITIAL_WINDOW_SIZE;
  readonly #streamCredit = new Map<number, number>();
  /** Windows that the target granted us, which must not pass 2^31-1. */
  #ourConnectionWindow: number = initialSettings.INITIAL_WINDOW_SIZE;
  readonly #ourStreamWindows = new Map<number, number>();
  #ourInitialWindow: number = initialSettings.INITIAL_WINDOW_SIZE;
  #settingsSent = 0;
  #settingsAcknowledged = 0;
  #seenFirst = false;
  /** Stream of the field block that is open, while one is. */
  #openBlock: number | undefined;
  readonly #pings: string[] = [];
  #lastGoaway: number | undefined;

  constructor(view: ConnectionView) {
    this.#view = view;
    // A frame that never became complete is one all the same for a target that reads its header, and names a stream.
    for (const packet of view.packets) {
      if (packet.kind !== 'octets' || packet.direction !== 'sent' || packet.octets.length < frameHeaderLength) continue;
      this.#opened.add(readUint32(packet.octets, frameHeaderLength - 4) & 0x7fffffff);
    }
  }

  readSent({ frame }: FramePacket): void {
    // Any frame of ours can be answered by RST_STREAM, an illegal one on an idle stream, too.
    this.#opened.add(frame.streamId);
    switch (frame.type) {
      case 'SETTINGS':
        if (frame.ack) return;
        this.#settingsSent++;
        this.#maxFrameSize.announce(frame.settings);
        this.#initialWindow.announce(frame.settings);
        return;
      case 'WINDOW_UPDATE':
        if (frame.streamId === 0) this.#connectionCredit += frame.increment;
        else this.#streamCredit.set(frame.streamId, (this.#streamCredit.get(frame.streamId) ?? 0) + frame.increment);
        return;
      case 'DATA':
        this.#ourConnectionWindow -= frame.flowControlledLength;
        this.#spendOurs(frame.streamId, frame.flowControlledLength);
        return;
      case 'PING':
        if (!frame.ack) this.#pings.push(frame.opaque.join());
        return;
      default:
        return;
    }
  }

  readReceived(packet: FramePacket): void {
    const { frame } = packet;
    this.#judgeFirst(packet);
    this.#judgeShape(packet);
    this.#judgeContiguity(packet);
    if (packet.block?.fault !== undefined) {
      const { rule, reason } = packet.block.fault;
      const aboutSize = rule === 'size-update-missing' || rule === 'size-update-too-large';
      const row = aboutSize ? 'HPACK-13-encoder-honours-client-table-size' : 'HPACK-14-server-blocks-decode-strictly';
      this.#breaks(
        row,
        packet,
        `a field block that does not decode: ${reason}`,
        'field blocks that RFC 7541 allows',
        rule,
      );
    }
    if (frame.type === 'HEADERS' || frame.type === 'DATA') this.#judgeAccepted(packet);
    switch (frame.type) {
      case 'SETTINGS':
        if (frame.ack) this.#readAck(packet);
        else this.#readSettings(packet, frame.settings);
        return;
      case 'DATA':
        this.#spend(packet, frame.streamId, frame.flowControlledLength);
        return;
      case 'WINDOW_UPDATE':
        this.#readWindowUpdate(packet, frame.streamId, frame.increment);
        return;
      case 'PING':
        if (frame.ack) this.#readPingAck(packet, frame.opaque);
        return;
      case 'GOAWAY':
        this.#readGoaway(packet, frame.lastStreamId);
        return;
      default:
        return;
    }
  }

  #judgeFirst(packet: FramePacket): void {
    if (this.#seenFirst) return;
    this.#seenFirst = true;
    const { frame } = packet;
    if (frame.type === 'SETTINGS' && !frame.ack && frame.streamId === 0) return;
    const observed = frame.type === 'SETTINGS' && frame.ack ? 'SETTINGS with ACK' : frameTypeName(frame.raw.type);
    this.#breaks(
      'CONN-01-settings-first',
      packet,
      `${observed} as the first frame of the target`,
      'SETTINGS without ACK on stream 0',
      `${observed} first`,
    );
  }

  /** Lengths, flags, stream ids (RFC 9113 §4.1, §4.2, §6). */
  #judgeShape(packet: FramePacket): void {
    const { frame } = packet;
    const name = frameTypeName(frame.raw.type);
    const breaks = (observed: string, expected: string, reaction: string): void =>
      this.#breaks('FRAME-23-server-frames-well-formed', packet, observed, expected, reaction);
    const length = announcedLength(frame.raw);
    // A lower value of ours is illegal (RFC 9113 §6.5.2) and binds nobody.
    const largest = Math.max(this.#maxFrameSize.largest, initialSettings.MAX_FRAME_SIZE);
    if (length > largest) {
      breaks(
        `${name} of ${length} octets`,
        `payloads of at most ${largest} octets, our SETTINGS_MAX_FRAME_SIZE`,
        'frame too large',
      );
    }
    if (frame.type === 'UNKNOWN') return;
    if (frame.type === 'MALFORMED')
      return breaks(frame.reason, 'a payload of the frame type’s form', 'malformed frame');
    const undefinedFlags = frame.raw.flags & ~definedFlags(frame.raw.type);
    if (undefinedFlags !== 0)
      breaks(
        `${name} with undefined flags 0x${undefinedFlags.toString(16)}`,
        'undefined flags left unset',
        'undefined flags',
      );
    if (frame.raw.reserved) breaks(`${name} with the reserved bit set`, 'the reserved bit unset', 'reserved bit');
    this.#judgeStreamId(frame, name, breaks);
  }

  #judgeStreamId(
    frame: Frame,
    name: string,
    breaks: (observed: string, expected: string, reaction: string) => void,
  ): void {
    const { streamId } = frame;
    const onConnection = frame.type === 'SETTINGS' || frame.type === 'PING' || frame.type === 'GOAWAY';
    if (onConnection && streamId !== 0)
      return breaks(`${name} on stream ${streamId}`, `${name} on stream 0`, `${name} on a stream`);
    if (onConnection || frame.type === 'PRIORITY' || (frame.type === 'WINDOW_UPDATE' && streamId === 0)) return;
    if (streamId === 0)
      return breaks(`${name} on stream 0`, `${name} on the stream of a request`, `${name} on stream 0`);
    if (!this.#opened.has(streamId) && this.#view.sent.length > 0) {
      breaks(
        `${name} on stream ${streamId}, on which we never sent a frame`,
        'frames on streams of our requests alone',
        `${name} on an idle stream`,
      );
    }
  }

  #judgeContiguity(packet: FramePacket): void {
    const { frame } = packet;
    const expectsContinuation = this.#openBlock !== undefined;
    const continues = frame.type === 'CONTINUATION' && frame.streamId === this.#openBlock;
    if (expectsContinuation !== (frame.type === 'CONTINUATION') || (expectsContinuation && !continues)) {
      const observed = expectsContinuation
        ? `${frameTypeName(frame.raw.type)} inside a field block`
        : 'CONTINUATION outside a field block';
      this.#breaks(
        'FRAME-23-server-frames-well-formed',
        packet,
        observed,
        'field blocks without a gap (RFC 9113 §4.3)',
        'field block not contiguous',
      );
    }
    if (frame.type === 'HEADERS' || frame.type === 'PUSH_PROMISE' || frame.type === 'CONTINUATION') {
      this.#openBlock = frame.endHeaders ? undefined : frame.streamId;
    }
  }

  #readAck(packet: FramePacket): void {
    this.#settingsAcknowledged++;
    this.#maxFrameSize.acknowledge();
    this.#initialWindow.acknowledge();
    // Octets that we sent as they stand may hold SETTINGS that only the target can tell.
    if (this.#settingsAcknowledged > this.#settingsSent && this.#view.sent.length > 0) {
      this.#breaks(
        'FRAME-19-one-ack-per-settings',
        packet,
        `${this.#settingsAcknowledged} SETTINGS ACKs for ${this.#settingsSent} SETTINGS`,
        'one ACK for each SETTINGS',
        'too many SETTINGS ACKs',
      );
    }
  }

  #readSettings(packet: FramePacket, settings: readonly Setting[]): void {
    for (const { id, value } of settings) {
      const legal = legalSettingValues[id];
      if (legal === undefined || legal.allows(value)) continue;
      this.#breaks(
        'FRAME-22-server-settings-legal',
        packet,
        `${settingName(id)}=${value}`,
        legal.expected,
        `bad ${settingName(id)}`,
      );
    }
    const initial = settingValue(settings, settingIds.INITIAL_WINDOW_SIZE);
    if (initial !== undefined) this.#ourInitialWindow = initial;
  }

  /** O-03: credit counts from the moment we send it, so this is never too strict. */
  #spend(packet: FramePacket, streamId: number, octets: number): void {
    this.#connectionCredit -= octets;
    const granted = (this.#streamCredit.get(streamId) ?? 0) - octets;
    this.#streamCredit.set(streamId, granted);
    if (octets === 0) return;
    const streamCredit = this.#initialWindow.largest + granted;
    const over = Math.max(-streamCredit, -this.#connectionCredit);
    if (over <= 0) return;
    const level = streamCredit < this.#connectionCredit ? `stream ${streamId}` : 'the connection';
    this.#breaks(
      'FLOW-01-window-respected',
      packet,
      `DATA of ${octets} octets, ${over} more than the window of ${level}`,
      'DATA within the granted windows',
      'window overrun',
    );
  }

  #readWindowUpdate(packet: FramePacket, streamId: number, increment: number): void {
    const breaks = (observed: string, expected: string, reaction: string): void =>
      this.#breaks('STREAM-19-server-window-updates-legal', packet, observed, expected, reaction);
    if (increment === 0) breaks('WINDOW_UPDATE with increment 0', 'an increment of at least 1', 'zero increment');
    let window: number;
    if (streamId === 0) window = this.#ourConnectionWindow += increment;
    else {
      this.#spendOurs(streamId, -increment);
      window = this.#ourInitialWindow + (this.#ourStreamWindows.get(streamId) ?? 0);
    }
    if (window > maxWindow)
      breaks(`a window of ${window} octets`, 'windows of at most 2^31-1 octets', 'window overflow');
  }

  #spendOurs(streamId: number, octets: number): void {
    this.#ourStreamWindows.set(streamId, (this.#ourStreamWindows.get(streamId) ?? 0) - octets);
  }

  #readPingAck(packet: FramePacket, opaque: Uint8Array): void {
    const index = this.#pings.indexOf(opaque.join());
    if (index >= 0) {
      this.#pings.splice(index, 1);
      return;
    }
    if (this.#view.sent.length === 0) return;
    this.#breaks(
      'KA-01-ping-echo',
      packet,
      'a PING ACK whose octets match no PING of ours',
      'the ACK of each PING, once, with its 8 octets',
      'PING ACK that matches no PING',
    );
  }

  #readGoaway(packet: FramePacket, lastStreamId: number): void {
    const breaks = (observed: string, expected: string, reaction: string): void =>
      this.#breaks('KA-08-goaway-fields', packet, observed, expected, reaction);
    // An even one that we did use names what the target saw.
    if (lastStreamId !== 0 && lastStreamId % 2 === 0 && !this.#opened.has(lastStreamId))
      breaks(
        `GOAWAY with last stream ${lastStreamId}`,
        'the id of a stream of ours, 0 or 2^31-1',
        'bad last stream id',
      );
    if (this.#lastGoaway !== undefined && lastStreamId > this.#lastGoaway) {
      breaks(
        `GOAWAY with last stream ${lastStreamId} after one with ${this.#lastGoaway}`,
        'a last stream id that never grows',
        'last stream id grew',
      );
    }
    this.#lastGoaway = lastStreamId;
  }

  /** A stream above the last one of a GOAWAY is as good as never sent, so that a client may repeat its call (RFC 9113 §6.8). */
  #judgeAccepted(packet: FramePacket): void {
    const { type, streamId } = packet.frame;
    if (this.#lastGoaway === undefined || streamId <= this.#lastGoaway) return;
    this.#breaks(
      'KA-08-goaway-fields',
      packet,
      `${type} on stream ${streamId} after a GOAWAY with last stream ${this.#lastGoaway}`,
      'answers on streams up to the last one that GOAWAY names',
      'answer above the last stream id',
    );
  }

  #breaks(rule: RowId, packet: FramePacket, observed: string, expected: string, reaction: string): void {
    if (this.#broken.has(rule)) return;
    this.#broken.add(rule);
    this.violations.push({
      rule,
      observed,
      expected,
      reaction,
      at: { connection: this.#view.name, packet: packet.number },
    });
  }
}

/** RFC 9113 §6.5.2, §8.4. */
const legalSettingValues: Readonly<
  Record<number, { readonly allows: (value: number) => boolean; readonly expected: string }>
> = {
  [settingIds.ENABLE_PUSH]: { allows: (value) => value === 0, expected: 'ENABLE_PUSH absent or 0 from a server' },
  [settingIds.INITIAL_WINDOW_SIZE]: {
    allows: (value) => value <= maxWindow,
    expected: 'INITIAL_WINDOW_SIZE of at most 2^31-1',
  },
  [settingIds.MAX_FRAME_SIZE]: {
    allows: (value) => value >= initialSettings.MAX_FRAME_SIZE && value <= 0xffffff,
    expected: 'MAX_FRAME_SIZE from 16384 to 2^24-1',
  },
};
