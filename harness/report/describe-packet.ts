import { describeBound } from '../transcript/reached-bound';
import type { FloodEnd } from '../transcript/transcript';
import type { FieldBlock, HappeningPacket, Packet } from '../transcript/connection-view';
import { describePayload, flagNames, frameTypeName } from '../wire/describe-frame';
import { escapeOctets } from '../wire/escape-octets';
import type { DecodedField } from '../wire/hpack/decoder';
import { connectionPreface } from '../wire/preface';
import { parseStatus, statusName, statusNames } from '../grpc/status';
import { printable } from './printable';

/** One line of a packet list, column by column; everything from the target is escaped. */
export interface PacketLine {
  readonly number: number;
  /** Milliseconds since the script started. */
  readonly at: number;
  /** `none` for what is on no wire. */
  readonly direction: 'sent' | 'received' | 'none';
  readonly stream?: number;
  /** Frame type, or a word for what is no frame. */
  readonly type: string;
  readonly flags: readonly string[];
  /** Octets of the payload, or of octets that are no frame. */
  readonly length?: number;
  readonly info: string;
}

/** A packet as a line. */
export function describePacket(packet: Packet): PacketLine {
  const { number, at } = packet;
  switch (packet.kind) {
    case 'frame': {
      const { raw } = packet.frame;
      const block = packet.block === undefined ? '' : describeBlock(packet.block);
      const info = block === '' ? describePayload(packet.frame) : block;
      return {
        number,
        at,
        direction: packet.direction,
        stream: raw.streamId,
        type: frameTypeName(raw.type),
        flags: flagNames(raw.type, raw.flags),
        length: raw.length ?? raw.payload.length,
        info: printable(raw.reserved ? `${info}${info === '' ? '' : ', '}reserved bit set` : info),
      };
    }
    case 'octets': {
      const isPreface =
        packet.direction === 'sent' &&
        escapeOctets(packet.octets, 24) === escapeOctets(connectionPreface, 24) &&
        packet.octets.length === 24;
      return {
        number,
        at,
        direction: packet.direction,
        type: isPreface ? 'preface' : 'octets',
        flags: [],
        length: packet.octets.length,
        info: `"${escapeOctets(packet.octets, 80)}"`,
      };
    }
    case 'happening':
      return {
        number,
        at,
        direction: 'none',
        type: happeningNames[packet.event.kind],
        flags: [],
        info: printable(describeHappening(packet.event)),
      };
  }
}

const happeningNames: Readonly<Record<HappeningPacket['event']['kind'], string>> = {
  connected: 'connected',
  'connect-failed': 'no connection',
  overflow: 'overflow',
  closed: 'closed',
  renegotiated: 'TLS handshake',
  timeout: 'timeout',
  fenced: 'fence passed',
  flood: 'flood',
  skipped: 'step skipped',
};

const floodEnds: Readonly<Record<FloodEnd, string>> = {
  sent: 'all of it',
  closed: 'then the connection was closed',
  refused: 'then the target announced a connection error',
  stalled: 'then the target took no more',
  late: 'then its time was over',
};

/** What is on no wire, in words, not escaped. */
export function describeHappening(event: HappeningPacket['event']): string {
  switch (event.kind) {
    case 'connected':
      return event.tls === undefined
        ? event.clear === true
          ? 'TCP, and no TLS of ours'
          : 'TCP'
        : `${event.tls.version}, ALPN ${event.tls.alpn || '(none)'}, ${event.tls.cipher}${event.tls.resumed === true ? ', resumed' : ''}`;
    case 'connect-failed':
      return event.reason;
    case 'overflow':
      return event.bound === undefined
        ? `what came after ${event.limit} octets was dropped`
        : `we stopped listening after ${event.limit} octets: keeping them takes more than ${describeBound(event.bound)}`;
    case 'closed':
      return `by ${event.by === 'target' ? 'the target' : 'us'}, with ${event.how === 'fin' ? 'FIN' : 'a TCP reset'}`;
    case 'renegotiated':
      return `once more, asked for by ${event.by === 'target' ? 'the target' : 'us'}`;
    case 'timeout':
      return `waited in vain for ${event.waitedFor}`;
    case 'fenced':
      return `the target had dealt with everything before step ${event.step + 1}`;
    case 'flood':
      return event.ended === undefined
        ? `begins, as step ${event.step + 1} says`
        : `${event.frames} frames, ${event.octets} octets: ${floodEnds[event.ended]}`;
    case 'skipped':
      return `step ${event.step + 1}: the connection had closed`;
  }
}

/** The fields of a block on one line: `:status: 200, content-type: application/grpc`. */
function describeBlock(block: FieldBlock): string {
  const updates = block.sizeUpdates.map((size) => `table size ${size}`);
  const fields = block.fields.map(describeField);
  const fault = block.fault === undefined ? [] : [`does not decode: ${block.fault.reason}`];
  return [...updates, ...fields, ...fault].join(', ');
}

/** Characters of a value that tell one from another, and of those that say what a call is about and how it ended. */
const mostOfValue = 60;
const mostOfTellingValue = 500;

const tellingFields: ReadonlySet<string> = new Set([':path', ':status', 'content-type', 'grpc-status', 'grpc-message']);

/** `name: value`, each escaped and cut; what decides about a call is cut late, and a status has its name. */
function describeField({ name, value }: DecodedField): string {
  const status = name === 'grpc-status' ? parseStatus(value) : undefined;
  const meant = status === undefined || status >= statusNames.length ? '' : ` ${statusName(status)}`;
  return `${escapeOctets(name, 60)}: ${escapeOctets(value, tellingFields.has(name) ? mostOfTellingValue : mostOfValue)}${meant}`;
}
