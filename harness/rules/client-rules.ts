import type { ConnectionView, FramePacket } from '../transcript/connection-view';
import type { HeadersStep, Step } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import { initialState, largestWindowsOf, streamOf, windowsOf, type ConnectionState } from '../model/connection-state';
import { follow } from '../model/follow';
import { largestSetting } from '../model/settings-state';
import { frameTypeName } from '../wire/describe-frame';
import { announcedLength } from '../wire/frame';
import { headerListSize } from '../wire/header-list-size';
import { initialSettings, maxWindow, settingIds, settingName } from '../wire/settings';

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
 * @param view where the field blocks that we sent are not decoded, as in a view that was made while the script ran, HPACK is not judged, and the list size is the one of the script
 */
export function judgeClient(view: ConnectionView, plan: Plan): readonly ClientFault[] {
  // What a flood was made of is in no packet.
  if (view.attacked) return [];
  const judge = new ClientJudge(view.name, plan);
  let after = initialState;
  for (const packet of view.packets) {
    const before = after;
    after = follow(before, packet);
    if (packet.kind === 'frame' && packet.direction === 'sent') judge.read(packet, { before, after });
  }
  return judge.faults;
}

/** What {@link judgeClient} says, for whoever reads the connection anyway. */
export class ClientJudge {
  readonly faults: ClientFault[] = [];
  readonly #connection: string;
  readonly #plan: Plan;
  #hasStopped: boolean;

  constructor(connection: string, plan: Plan) {
    this.#connection = connection;
    this.#plan = plan;
    this.#hasStopped = !isLegalOn(connection, plan);
  }

  #isOfCall({ on, stream }: HeadersStep): boolean {
    return this.#plan.calls.some((call) => call.connection === on && call.stream === stream);
  }

  /** Takes the next frame of ours. */
  read(
    packet: FramePacket,
    { before, after }: { readonly before: ConnectionState; readonly after: ConnectionState },
  ): void {
    if (this.#hasStopped) return;
    const step = typeof packet.by === 'number' ? this.#plan.steps[packet.by] : undefined;
    // An open field block on purpose is a piece of something that is not legal, and so is one on a stream of no call.
    this.#hasStopped = step?.do === 'headers' && (step.endHeaders === false || !this.#isOfCall(step));
    if (this.#hasStopped) return;
    const found = judgeSent({ before, packet, after, step });
    // So is everything after a frame as it stands that no client may send.
    this.#hasStopped = found.length > 0 && step?.do === 'frame';
    if (this.#hasStopped) return;
    for (const fault of found) this.faults.push({ ...fault, connection: this.#connection, packet: packet.number });
  }
}

function isLegalOn(connection: string, { calls, steps }: Plan): boolean {
  return (
    calls.every((call) => call.connection !== connection || call.legal) &&
    steps.every((step) => {
      if (!('on' in step) || step.on !== connection) return true;
      return step.do !== 'bytes' && (step.do !== 'open' || step.insteadOfPreface === undefined);
    })
  );
}

type Fault = Pick<ClientFault, 'source' | 'observed'>;

/** A frame of ours, what was seen of the connection before and after it, and the step that sent it. */
interface ClientMoment {
  readonly before: ConnectionState;
  readonly packet: FramePacket;
  readonly after: ConnectionState;
  readonly step: Step | undefined;
}

type ClientRule = (moment: ClientMoment) => Fault | undefined;

/** What a frame of ours breaks, the worst first: whoever breaks the form of frames is not asked for more. */
function judgeSent(moment: ClientMoment): readonly Fault[] {
  const found: Fault[] = [];
  for (const rule of frameRules) {
    const fault = rule(moment);
    if (fault !== undefined) found.push(fault);
  }
  const malformed = findMalformed(moment) ?? findWrongStream(moment);
  if (malformed !== undefined) return [...found, malformed];
  for (const rule of clientRules) {
    const fault = rule(moment);
    if (fault !== undefined) found.push(fault);
  }
  return found;
}

const frameRules: readonly ClientRule[] = [
  ({ before, packet: { frame } }) => {
    if (before.client.frames > 0 || (frame.type === 'SETTINGS' && !frame.ack)) return undefined;
    return { source: 'RFC 9113 §3.4', observed: `${frameTypeName(frame.raw.type)} before our SETTINGS` };
  },
  ({ before, packet: { frame } }) => {
    const length = announcedLength(frame.raw);
    if (length <= largestSetting(before.target.settings, 'MAX_FRAME_SIZE')) return undefined;
    const observed = `${frameTypeName(frame.raw.type)} of ${length} octets, above SETTINGS_MAX_FRAME_SIZE`;
    return { source: 'RFC 9113 §4.2', observed };
  },
];

const findMalformed: ClientRule = ({ packet: { frame } }) =>
  frame.type === 'MALFORMED'
    ? { source: 'RFC 9113 §6', observed: `a malformed ${frameTypeName(frame.raw.type)}: ${frame.reason}` }
    : undefined;

const findWrongStream: ClientRule = ({ packet: { frame } }) => {
  const isAboutConnection = frame.type === 'SETTINGS' || frame.type === 'PING' || frame.type === 'GOAWAY';
  const mayBeEither = frame.type === 'WINDOW_UPDATE' || frame.type === 'UNKNOWN';
  if (mayBeEither || isAboutConnection === (frame.streamId === 0)) return undefined;
  return { source: 'RFC 9113 §6', observed: `${frame.type} on stream ${frame.streamId}` };
};

/** What a step goes beyond on purpose. */
const exceedsOf = (step: Step | undefined): readonly string[] => (step?.do === 'headers' ? (step.exceeds ?? []) : []);

const clientRules: readonly ClientRule[] = [
  function contiguity({ before, packet: { frame } }) {
    const { openBlock } = before.client;
    if (openBlock === undefined) {
      if (frame.type !== 'CONTINUATION') return undefined;
      return { source: 'RFC 9113 §6.10', observed: 'CONTINUATION without HEADERS' };
    }
    if (frame.type === 'CONTINUATION' && frame.streamId === openBlock) return undefined;
    const observed = `${frameTypeName(frame.raw.type)} inside the field block of stream ${openBlock}`;
    return { source: 'RFC 9113 §4.3', observed };
  },
  function oneBlock({ before, packet: { frame } }) {
    if (frame.type !== 'HEADERS' || !streamOf(before, frame.streamId).isOpened) return undefined;
    return { source: 'PROTOCOL-HTTP2 Requests', observed: `a second field block on stream ${frame.streamId}` };
  },
  whenOpening(({ packet: { frame } }) =>
    frame.streamId % 2 === 0
      ? { source: 'RFC 9113 §5.1.1', observed: `a request on stream ${frame.streamId}` }
      : undefined,
  ),
  whenOpening(({ before, packet: { frame } }) =>
    frame.streamId <= before.highestStream
      ? { source: 'RFC 9113 §5.1.1', observed: `stream ${frame.streamId} opened after ${before.highestStream}` }
      : undefined,
  ),
  whenOpening(({ before, packet: { frame }, step }) =>
    before.target.goaway === undefined || (step?.do === 'headers' && step.afterGoaway !== undefined)
      ? undefined
      : { source: 'RFC 9113 §6.8', observed: `stream ${frame.streamId} opened after GOAWAY` },
  ),
  whenOpening(({ packet: { frame } }) =>
    frame.type === 'HEADERS' && frame.endStream
      ? {
          source: 'PROTOCOL-HTTP2 Requests',
          observed: `END_STREAM on HEADERS of stream ${frame.streamId}, not on DATA`,
        }
      : undefined,
  ),
  whenOpening(({ before, packet: { frame }, step }) => {
    const open = before.openStreams;
    if (open < largestSetting(before.target.settings, 'MAX_CONCURRENT_STREAMS')) return undefined;
    if (exceedsOf(step).includes('streams')) return undefined;
    const observed = `stream ${frame.streamId} opened beside ${open} others, above SETTINGS_MAX_CONCURRENT_STREAMS`;
    return { source: 'RFC 9113 §5.1.2', observed };
  }),
  function dataInState({ before, packet: { frame } }) {
    if (frame.type !== 'DATA') return undefined;
    const { isOpened, reset, isRefused, ended } = streamOf(before, frame.streamId);
    if (!isOpened) return { source: 'RFC 9113 §6.1', observed: `DATA on stream ${frame.streamId}, which is idle` };
    if (reset !== undefined || isRefused)
      return { source: 'RFC 9113 §5.1', observed: `DATA on stream ${frame.streamId} after its end` };
    if (!ended.client) return undefined;
    return { source: 'RFC 9113 §5.1', observed: `DATA on stream ${frame.streamId} after END_STREAM` };
  },
  whenSpending(({ after }) => {
    const { window } = after.client;
    if (window >= 0) return undefined;
    return { source: 'RFC 9113 §6.9.1', observed: `DATA ${-window} octets above the connection window` };
  }),
  whenSpending(({ after, packet: { frame } }) => {
    const { stream } = largestWindowsOf(after, 'client', frame.streamId);
    if (stream >= 0) return undefined;
    const observed = `DATA ${-stream} octets above the window of stream ${frame.streamId}`;
    return { source: 'RFC 9113 §6.9.1', observed };
  }),
  function settingsLegal({ packet: { frame } }) {
    if (frame.type !== 'SETTINGS' || frame.ack) return undefined;
    const wrong = frame.settings.find(({ id, value }) => !isLegalValue(id, value));
    if (wrong === undefined) return undefined;
    return { source: 'RFC 9113 §6.5.2', observed: `SETTINGS_${settingName(wrong.id)} ${wrong.value}` };
  },
  function increment({ packet: { frame } }) {
    if (frame.type !== 'WINDOW_UPDATE' || frame.increment > 0) return undefined;
    return { source: 'RFC 9113 §6.9', observed: 'WINDOW_UPDATE with increment 0' };
  },
  function grantOnIdle({ before, packet: { frame } }) {
    if (frame.type !== 'WINDOW_UPDATE' || frame.streamId === 0) return undefined;
    if (streamOf(before, frame.streamId).isOpened) return undefined;
    return { source: 'RFC 9113 §5.1', observed: `WINDOW_UPDATE on stream ${frame.streamId}, which is idle` };
  },
  function grantedWindow({ after, packet: { frame } }) {
    if (frame.type !== 'WINDOW_UPDATE') return undefined;
    const windows = windowsOf(after, 'target', frame.streamId);
    // What the target has sent may have been on its way: it has as much as we granted at most.
    const window = frame.streamId === 0 ? windows.connection : windows.stream;
    if (window <= maxWindow) return undefined;
    return { source: 'RFC 9113 §6.9.1', observed: `a window of ${window} octets for the target` };
  },
  function resetOnIdle({ before, packet: { frame } }) {
    if (frame.type !== 'RST_STREAM' || streamOf(before, frame.streamId).isOpened) return undefined;
    return { source: 'RFC 9113 §6.4', observed: 'RST_STREAM on an idle stream' };
  },
  ({ packet: { frame } }) =>
    frame.type === 'PUSH_PROMISE' ? { source: 'RFC 9113 §8.4', observed: 'PUSH_PROMISE from a client' } : undefined,
  ({ packet: { block } }) =>
    block?.fault === undefined
      ? undefined
      : { source: 'RFC 7541', observed: `a field block that does not decode: ${block.fault.reason}` },
  function listSize({ before, packet: { block }, step }) {
    if (block === undefined || block.fault !== undefined || exceedsOf(step).includes('headerList')) return undefined;
    const limit = largestSetting(before.target.settings, 'MAX_HEADER_LIST_SIZE');
    if (limit === Infinity) return undefined;
    const size = Math.max(headerListSize(block.fields), step?.do === 'headers' ? sizeOf(step) : 0);
    if (size <= limit) return undefined;
    const observed = `a field section of ${size} octets, above SETTINGS_MAX_HEADER_LIST_SIZE`;
    return { source: 'RFC 9113 §6.5.2', observed };
  },
];

const sizeOf = ({ fields }: HeadersStep): number => headerListSize(fields);

/** A rule about HEADERS that open a stream. */
function whenOpening(rule: ClientRule): ClientRule {
  return (moment) => {
    const { before, packet } = moment;
    if (packet.frame.type !== 'HEADERS' || streamOf(before, packet.frame.streamId).isOpened) return undefined;
    return rule(moment);
  };
}

/** A rule about DATA that takes credit, on a stream that was opened. */
function whenSpending(rule: ClientRule): ClientRule {
  return (moment) => {
    const { before, packet } = moment;
    const { frame } = packet;
    if (frame.type !== 'DATA' || frame.flowControlledLength === 0) return undefined;
    return streamOf(before, frame.streamId).isOpened ? rule(moment) : undefined;
  };
}

/** RFC 9113 §6.5.2. */
function isLegalValue(id: number, value: number): boolean {
  if (id === settingIds.ENABLE_PUSH) return value <= 1;
  if (id === settingIds.INITIAL_WINDOW_SIZE) return value <= maxWindow;
  if (id !== settingIds.MAX_FRAME_SIZE) return true;
  return value >= initialSettings.MAX_FRAME_SIZE && value < 2 ** 24;
}
