import { cutText } from '../../cut-text';
import type { ConnectionView } from '../../transcript/connection-view';
import type { TranscriptEvent } from '../../transcript/transcript';
import type { Call } from '../../grpc/call';
import { describeStatus } from '../../grpc/status';
import { errorCodeName } from '../../wire/error-codes';
import { describePacket } from '../describe-packet';
import { printable } from '../printable';
import { describeDuration } from '../summary';
import { count, labelled } from './layout';
import { arrows, packetText } from '../packet-text';
import type { Palette } from './palette';

/** One connection of a trace, with the steps at which its phases begin. */
export interface TracedView {
  readonly view: ConnectionView;
  readonly calls: readonly Call[];
  readonly firstCall: number;
  readonly ping: number;
  /** Hides what must not be shown. */
  readonly redact: (text: string) => string;
  /** The fields of the field block that a step of the script sent, without secrets: on the wire they are compressed. */
  readonly sentFields: (step: number) => string | undefined;
}

/** What was written and read in one phase of a connection. */
interface Traffic {
  readonly sent: number;
  readonly writes: number;
  readonly received: number;
  readonly reads: number;
}

const phaseNames = ['opening', 'calls', 'ping and close'] as const;

/** A connection as a packet list with the write or read that carried each packet, then what its calls shared, and how much each phase took. */
export function traceLines(traced: TracedView, width: number, colors: Palette): readonly string[] {
  const { view, calls } = traced;
  const carriers = numberCarriers(view.transcript.events);
  const traffic = measureTraffic(traced);
  return [
    colors.bold(printable(view.name)),
    ...view.packets.map((packet) => {
      const described = describePacket(packet);
      const isBlock = packet.kind === 'frame' && packet.direction === 'sent' && packet.frame.type === 'HEADERS';
      const fields = isBlock && typeof packet.by === 'number' ? traced.sentFields(packet.by) : undefined;
      const line =
        fields === undefined ? described : { ...described, info: printable(`${fields} (${described.info})`) };
      const carrier = carriers.get(`${line.direction} ${line.at}`) ?? '';
      const place = `${String(line.number).padStart(4)} ${line.at.toFixed(2).padStart(9)} ${carrier.padStart(5)} ${arrows[line.direction]}`;
      return cutText(`${place} ${traced.redact(packetText(line))}`, width);
    }),
    ...labelled('streams', describeSharing(calls), 16, width),
    ...calls.flatMap((call) => labelled('', traced.redact(printable(describeCall(call, view))), 16, width)),
    ...phaseNames.flatMap((name, index) => labelled(name, describeTraffic(traffic[index]), 16, width)),
    '',
  ];
}

/** Explains the columns, once. */
export const traceLegend = [
  'Columns: number, milliseconds, the write (w) or read (r) of the connection that carried it, > sent, < received.',
  'Each write is a TCP segment of its own unless it is longer than one; a read may hold several.',
];

/** `w3` for the third write, `r2` for the second read, by direction and time. */
function numberCarriers(events: readonly TranscriptEvent[]): ReadonlyMap<string, string> {
  const carriers = new Map<string, string>();
  let writes = 0;
  let reads = 0;
  for (const event of events) {
    if (event.kind === 'sent') carriers.set(`sent ${event.at}`, `w${++writes}`);
    if (event.kind === 'received') carriers.set(`received ${event.at}`, `r${++reads}`);
  }
  return carriers;
}

function measureTraffic({ view, firstCall, ping }: TracedView): readonly Traffic[] {
  const traffic = phaseNames.map(() => ({ sent: 0, writes: 0, received: 0, reads: 0 }));
  let phase = 0;
  for (const event of view.transcript.events) {
    if (event.kind === 'sent' && event.by !== 'housekeeping') {
      if (event.by >= firstCall) phase = 1;
      if (event.by >= ping) phase = 2;
    }
    const now = traffic[phase];
    if (now === undefined) continue;
    if (event.kind === 'sent') {
      now.sent += event.octets.length;
      now.writes += 1;
    }
    if (event.kind === 'received') {
      now.received += event.octets.length;
      now.reads += 1;
    }
  }
  return traffic;
}

function describeTraffic(traffic: Traffic | undefined): string {
  if (traffic === undefined || traffic.writes + traffic.reads === 0) return 'nothing';
  const { sent, writes, received, reads } = traffic;
  return `sent ${count(sent, 'octet')} in ${count(writes, 'write')}, received ${count(received, 'octet')} in ${count(reads, 'read')}`;
}

/** Whether calls were open at the same time, from when they were opened and ended. */
function describeSharing(calls: readonly Call[]): string {
  const streams = calls.map(({ plan }) => plan.stream);
  const name = streams.length === 1 ? `stream ${streams[0] ?? 0}` : `streams ${streams.join(', ')}`;
  if (calls.length < 2) return `${count(calls.length, 'call')} on this connection: ${name}`;
  const lastOpened = Math.max(...calls.map(({ times }) => times.opened ?? Infinity));
  const firstEnd = Math.min(...calls.map(({ times }) => times.end ?? Infinity));
  const together =
    lastOpened < firstEnd ? 'all open at the same time' : 'the first had ended before the last was opened';
  return `${calls.length} calls share this connection: ${name}, ${together}`;
}

function describeCall(call: Call, { closed }: ConnectionView): string {
  const { plan, messages, times } = call;
  const took =
    times.opened === undefined || times.end === undefined ? '' : ` after ${describeDuration(times.end - times.opened)}`;
  // We close what is still open in the end.
  const isCutShort = call.shape === 'closed' && closed?.by === 'client';
  return `stream ${plan.stream}, ${plan.path}: ${count(messages.length, 'message')}, ${isCutShort ? 'no answer in time' : `${describeEnd(call)}${took}`}`;
}

function describeEnd({ shape, status, httpStatus, reset }: Call): string {
  if (status !== undefined) return `status ${describeStatus(status)}`;
  switch (shape) {
    case 'http':
      return `HTTP status ${httpStatus ?? 'unknown'}`;
    case 'reset':
      return `RST_STREAM ${errorCodeName(reset?.errorCode ?? 0)}`;
    case 'closed':
    case 'refused':
      return 'no answer: the connection closed';
    case 'open':
      return 'no answer in time';
    default:
      return 'no status';
  }
}
