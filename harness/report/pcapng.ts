import { describeHappening } from './describe-packet';
import type { ConnectionTranscript, Transcript, TranscriptEvent } from '../transcript/transcript';
import { joinOctets } from '../wire/join-octets';

/** What a capture says beside the octets. */
export interface CaptureOptions {
  /** When the script started, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Who wrote it. */
  readonly application: string;
  /** About the whole capture, one line. */
  readonly comment: string;
}

/** Octets of a capture, at most: several times what a page holds. */
export const mostCaptured = 4 * 1024 * 1024;

/** Addresses for documentation (RFC 5737): a transcript knows octets, not who sent them from where. */
const clientAddress = [192, 0, 2, 1] as const;
const targetAddress = [192, 0, 2, 2] as const;
const firstClientPort = 40_001;
/** On this port Wireshark knows the preface of HTTP/2 on its own; on others it has to be told. */
const targetPort = 80;

/** Octets of one TCP segment here: below what an IPv4 packet takes. */
const mostPerSegment = 32_768;

/** draft-ietf-opsawg-pcapng §4: block types; §4.2: link type 101 is raw IP. */
const blocks = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const;
const linkTypeRaw = 101;
const options = { end: 0, comment: 1, userApplication: 4, timeResolution: 9 } as const;

const tcpFlags = { fin: 0x01, syn: 0x02, reset: 0x04, push: 0x08, acknowledge: 0x10 } as const;

/**
 * A transcript as a capture file that Wireshark and tshark open: what was said, in clear text, in TCP segments that are made up around it. What TLS did is not in it; what happened
 * beside the octets stands in comments.
 */
export function writePcapng(transcript: Transcript, { startedAt, application, comment }: CaptureOptions): Uint8Array {
  const pieces = [
    block(
      blocks.section,
      joinOctets([
        // Byte order, version 1.0, and a section of a length that nobody says.
        little32(0x1a2b3c4d),
        little16(1),
        little16(0),
        little32(0xffff_ffff),
        little32(0xffff_ffff),
        option(options.comment, utf8(comment)),
        option(options.userApplication, utf8(application)),
        option(options.end),
      ]),
    ),
    block(
      blocks.interface,
      joinOctets([
        little16(linkTypeRaw),
        little16(0),
        little32(0),
        // Timestamps count microseconds.
        option(options.timeResolution, Uint8Array.of(6)),
        option(options.end),
      ]),
    ),
  ];
  const segments = transcript.connections
    .flatMap((connection, index) => segmentsOf(connection, firstClientPort + (index % 20_000)))
    .toSorted((a, b) => a.at - b.at);
  let length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  for (const segment of segments) {
    const piece = packetBlock(segment, startedAt);
    length += piece.length;
    if (length > mostCaptured) break;
    pieces.push(piece);
  }
  return joinOctets(pieces);
}

interface Segment {
  readonly at: number;
  readonly ip: Uint8Array;
  readonly comment: string;
}

type Sender = 'client' | 'target';

/** A connection as IPv4 packets (RFC 791) with TCP segments (RFC 9293): the handshake, what was said, and the end. */
function segmentsOf({ name, events }: ConnectionTranscript, clientPort: number): readonly Segment[] {
  const next: Record<Sender, number> = { client: 0, target: 0 };
  const segments: Segment[] = [];
  const send = (at: number, by: Sender, flags: number, octets: Uint8Array, comment = ''): void => {
    const other = by === 'client' ? 'target' : 'client';
    const tcp = {
      by,
      flags,
      sequence: next[by],
      acknowledged: (flags & tcpFlags.acknowledge) === 0 ? 0 : next[other],
      octets,
    };
    segments.push({ at, ip: ipPacket(tcp, clientPort), comment });
    next[by] += octets.length + ((flags & (tcpFlags.syn | tcpFlags.fin)) === 0 ? 0 : 1);
  };
  let isOpen = false;
  let pending: string[] = [];
  const comments = (): string => {
    const text = pending.join('\n');
    pending = [];
    return text;
  };
  for (const event of events) {
    const { at } = event;
    if (event.kind === 'connected' || (!isOpen && (event.kind === 'sent' || event.kind === 'received'))) {
      isOpen = true;
      const how = event.kind === 'connected' ? `, ${describeHappening(event)}` : '';
      send(at, 'client', tcpFlags.syn, noOctets, `Connection ${name}${how}`);
      send(at, 'target', tcpFlags.syn | tcpFlags.acknowledge, noOctets);
      send(at, 'client', tcpFlags.acknowledge, noOctets);
    }
    if (event.kind === 'sent' || event.kind === 'received') {
      const by = event.kind === 'sent' ? 'client' : 'target';
      if (event.kind === 'sent' && event.by !== 'housekeeping') pending.push(`Step ${event.by + 1} of the script`);
      for (let from = 0; from < event.octets.length; from += mostPerSegment) {
        const piece = event.octets.subarray(from, from + mostPerSegment);
        send(at, by, tcpFlags.push | tcpFlags.acknowledge, piece, comments());
      }
    } else if (event.kind === 'closed') {
      const flags = event.how === 'fin' ? tcpFlags.fin : tcpFlags.reset;
      send(
        at,
        event.by,
        flags | tcpFlags.acknowledge,
        noOctets,
        [comments(), closing(event)].filter(Boolean).join('\n'),
      );
    } else if (event.kind !== 'connected') pending.push(describeHappening(event));
  }
  const last = segments.at(-1);
  // What happened last has no octets of its own: it belongs to the packet before it.
  if (last !== undefined && pending.length > 0)
    segments[segments.length - 1] = { ...last, comment: [last.comment, ...pending].filter(Boolean).join('\n') };
  return segments;
}

const closing = (event: Extract<TranscriptEvent, { kind: 'closed' }>): string => `Closed ${describeHappening(event)}`;

interface Tcp {
  readonly by: Sender;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly octets: Uint8Array;
}

function ipPacket({ by, flags, sequence, acknowledged, octets }: Tcp, clientPort: number): Uint8Array {
  const [from, to] = by === 'client' ? [clientAddress, targetAddress] : [targetAddress, clientAddress];
  const [fromPort, toPort] = by === 'client' ? [clientPort, targetPort] : [targetPort, clientPort];
  const tcpLength = 20 + octets.length;
  const packet = new Uint8Array(20 + tcpLength);
  const view = new DataView(packet.buffer);
  packet.set([0x45, 0]);
  view.setUint16(2, packet.length);
  packet.set([64, 6], 8);
  packet.set([...from, ...to], 12);
  view.setUint16(10, checksum(packet.subarray(0, 20)));
  view.setUint16(20, fromPort);
  view.setUint16(22, toPort);
  view.setUint32(24, sequence);
  view.setUint32(28, acknowledged);
  // Five words of header, and the largest window.
  packet.set([0x50, flags, 0xff, 0xff], 32);
  packet.set(octets, 40);
  view.setUint16(36, checksum(packet.subarray(20), sumOf(packet.subarray(12, 20)) + 6 + tcpLength));
  return packet;
}

/** The one's complement sum of RFC 1071. */
function checksum(octets: Uint8Array, start = 0): number {
  let sum = start + sumOf(octets);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

function sumOf(octets: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += (octets[at]! << 8) + (octets[at + 1] ?? 0);
  return sum;
}

function packetBlock({ at, ip, comment }: Segment, startedAt: number): Uint8Array {
  const microseconds = BigInt(Math.max(0, Math.round((startedAt + at) * 1000)));
  return block(
    blocks.enhancedPacket,
    joinOctets([
      little32(0),
      little32(Number(microseconds >> 32n)),
      little32(Number(microseconds & 0xffff_ffffn)),
      little32(ip.length),
      little32(ip.length),
      padded(ip),
      ...(comment === '' ? [] : [option(options.comment, utf8(comment)), option(options.end)]),
    ]),
  );
}

function block(type: number, body: Uint8Array): Uint8Array {
  const length = little32(12 + body.length);
  return joinOctets([little32(type), length, body, length]);
}

const option = (code: number, value: Uint8Array = noOctets): Uint8Array =>
  joinOctets([little16(code), little16(value.length), padded(value)]);

/** Letters of a comment: its length has 16 bits. */
const longestComment = 4000;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text.slice(0, longestComment));
const padded = (octets: Uint8Array): Uint8Array => joinOctets([octets, new Uint8Array(-octets.length & 3)]);
const little16 = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8);
const little32 = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
const noOctets = new Uint8Array(0);
