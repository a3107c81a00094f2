import type { ConnectionView } from '../transcript/connection-view';
import { readConnection } from '../transcript/read-connection';
import type { ConnectionTranscript, TranscriptEvent } from '../transcript/transcript';
import type { Call } from '../grpc/call';
import type { CallPlan } from '../grpc/call-plan';
import { encodeMessage, type MessageOptions } from '../grpc/length-prefixed-message';
import { readCalls } from '../grpc/read-call';
import * as wire from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { HpackEncoder, type FieldSpec } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import { settingIds, type Setting } from '../wire/settings';
import type { Breach, Violation } from './violation';
import { judgeTraffic } from './judge';

/** One arrow of a message sequence chart: what one side does next. */
export type Arrow = (chart: Chart) => void;

/** Field names and values in order; a list of values repeats the field. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A field block, encoded when its arrow is drawn, since HPACK has a memory. */
export interface Block extends wire.PaddingOptions {
  readonly stream: number;
  readonly fields: Fields;
  readonly endStream: boolean;
  /** HEADERS and CONTINUATION frames that the block is cut into. */
  readonly frames: number;
  readonly sizeUpdates?: readonly number[];
}

type Direction = 'sent' | 'received';
type Drawable = RawFrame | Block | Uint8Array;

/** The events of one connection as they come about, a millisecond apart; each arrow is a step. */
class Chart {
  readonly events: TranscriptEvent[] = [];
  step = 0;
  readonly #encoders = { sent: new HpackEncoder(), received: new HpackEncoder() };

  get now(): number {
    return this.events.length;
  }

  carry(direction: Direction, what: Drawable): void {
    for (const octets of this.#octetsOf(direction, what)) {
      const event = { at: this.now, octets };
      this.events.push(
        direction === 'sent' ? { kind: 'sent', ...event, by: this.step } : { kind: 'received', ...event },
      );
    }
  }

  #octetsOf(direction: Direction, what: Drawable): readonly Uint8Array[] {
    if (what instanceof Uint8Array) return [what];
    if (!('fields' in what)) return [encodeFrame(what)];
    const { stream, fields, endStream, frames, sizeUpdates, ...padding } = what;
    const octets = this.#encoders[direction].encode(specsOf(fields), sizeUpdates === undefined ? {} : { sizeUpdates });
    const length = Math.ceil(octets.length / frames);
    return Array.from({ length: frames }, (_, index) => {
      const fragment = octets.subarray(index * length, (index + 1) * length);
      const endHeaders = index === frames - 1;
      return encodeFrame(
        index === 0
          ? wire.headers(stream, fragment, { endStream, endHeaders, ...padding })
          : wire.continuation(stream, fragment, { endHeaders }),
      );
    });
  }
}

const specsOf = (fields: Fields): readonly FieldSpec[] =>
  Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));

const carry =
  (direction: Direction, whats: readonly Drawable[]): Arrow =>
  (chart) => {
    for (const what of whats) chart.carry(direction, what);
  };

/** From us to the target. */
export const sent = (...whats: readonly Drawable[]): Arrow => carry('sent', whats);

/** From the target to us. */
export const received = (...whats: readonly Drawable[]): Arrow => carry('received', whats);

/** An empty SETTINGS of ours and its ACK; the arrows between them are what was under way. */
export const fence =
  (...between: readonly Arrow[]): Arrow =>
  (chart) => {
    chart.carry('sent', wire.settings([]));
    for (const arrow of between) arrow(chart);
    chart.carry('received', wire.settingsAck());
    chart.events.push({ kind: 'fenced', at: chart.now, step: chart.step });
  };

export const closed =
  (by: 'target' | 'client', how: 'fin' | 'reset' = 'fin'): Arrow =>
  (chart) => {
    chart.events.push({ kind: 'closed', at: chart.now, by, how });
  };

/** Any other event. */
export const happening =
  (event: (at: number) => TranscriptEvent): Arrow =>
  (chart) => {
    chart.events.push(event(chart.now));
  };

/** The transcript of exactly these arrows. */
export function transcriptOf(arrows: readonly Arrow[], name = 'main'): ConnectionTranscript {
  const chart = new Chart();
  for (const arrow of arrows) {
    arrow(chart);
    chart.step++;
  }
  return { name, events: chart.events };
}

/** A connection of exactly these arrows. */
export const drawBare = (...arrows: readonly Arrow[]): ConnectionView => readConnection(transcriptOf(arrows));

/** How every connection begins: both prefaces and their ACKs, with these settings of ours. */
export const opening = (
  settings: readonly Setting[] = [{ id: settingIds.ENABLE_PUSH, value: 0 }],
): readonly Arrow[] => [
  happening((at) => ({ kind: 'connected', at })),
  sent(connectionPreface, wire.settings(settings)),
  received(wire.settings([]), wire.settingsAck()),
  sent(wire.settingsAck()),
];

/** A connection that is opened as usual, then these arrows. */
export const draw = (...arrows: readonly Arrow[]): ConnectionView => drawBare(...opening(), ...arrows);

/** A field block on stream 1 in one HEADERS frame, unless told otherwise. */
export const block = (fields: Fields, options: Partial<Block> = {}): Block => ({
  stream: 1,
  fields,
  endStream: false,
  frames: 1,
  ...options,
});

/** Fields of Response-Headers. */
export const ok: Fields = { ':status': '200', 'content-type': 'application/grpc' };

/** Fields of trailers with status OK. */
export const okStatus: Fields = { 'grpc-status': '0' };

export const responseHeaders = (more: Fields = {}, options: Partial<Block> = {}): Block =>
  block({ ...ok, ...more }, options);

export const trailers = (fields: Fields = okStatus, options: Partial<Block> = {}): Block =>
  block(fields, { endStream: true, ...options });

export const trailersOnly = (more: Fields = okStatus, options: Partial<Block> = {}): Block =>
  trailers({ ...ok, ...more }, options);

/** DATA on stream 1 with one message of that many octets. */
export const message = (length = 3, options: MessageOptions = {}): RawFrame =>
  wire.data(1, encodeMessage(new Uint8Array(length), options));

/** A request on a stream: its header, and half-close on an empty DATA frame. */
export const request = (stream = 1): Arrow =>
  sent(
    block(
      {
        ':method': 'POST',
        ':scheme': 'http',
        ':path': '/grpc.testing.TestService/UnaryCall',
        ':authority': 'localhost',
        'content-type': 'application/grpc',
        te: 'trailers',
      },
      { stream },
    ),
    wire.data(stream, encodeMessage(new Uint8Array(0)), { endStream: true }),
  );

/** A legal unary call on stream 1. */
export const planOf = (plan: Partial<CallPlan> = {}): CallPlan => ({
  connection: 'main',
  stream: 1,
  kind: 'unary',
  path: '/grpc.testing.TestService/UnaryCall',
  legal: true,
  acceptEncoding: ['identity', 'gzip'],
  role: 'subject',
  ...plan,
});

export function callOf(view: ConnectionView, plan: Partial<CallPlan> = {}): Call {
  const [call] = readCalls(view, [planOf(plan)]);
  if (call === undefined) throw new Error('one plan makes one call');
  return call;
}

/** Short ids of the broken rules in the order found, with the severity where it is milder: `MSG-13`, `MSG-13 warn`. */
export const rulesOf = (violations: readonly (Violation | Breach)[]): readonly string[] =>
  violations.map(({ rule = 'own', severity }) =>
    [/^[A-Z]+-\d+/.exec(rule)?.[0] ?? rule, ...(severity === undefined ? [] : [severity])].join(' '),
  );

/** What both judges say about a connection with one call. */
export const judge = (view: ConnectionView, plan: Partial<CallPlan> = {}): readonly string[] =>
  rulesOf(judgeTraffic([view], [planOf(plan)]).violations);

/** What the rules say about a connection, whatever was called on it. */
export const judgeConnection = (view: ConnectionView): readonly Violation[] => judgeTraffic([view], []).violations;

/** What the rules say about a call alone. */
export function judgeCall(call: Call, view: ConnectionView): readonly Violation[] {
  const { violations } = judgeTraffic([view], [call.plan]);
  return violations.slice(judgeConnection(view).length);
}
