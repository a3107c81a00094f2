import type { ConnectionView, Packet } from '../transcript/connection-view';
import { readConnection } from '../transcript/read-connection';
import { data, rstStream, settings, settingsAck } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { judgeTraffic } from './judge';
import {
  block,
  draw,
  fence,
  message,
  ok,
  okStatus,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  trailersOnly,
  transcriptOf,
  type Arrow,
} from './transcript.test-helper';

/** How many calls or connections each row judged on a connection with a call on stream 1. */
function judgedOn(...arrows: readonly Arrow[]): Readonly<Record<string, number>> {
  const view = draw(request(), ...arrows);
  return Object.fromEntries(judgeTraffic([view], [planOf()]).judged);
}

describe('what a rule had something to judge in is counted, and nothing else', () => {
  test('on every connection', () => {
    expect(judgedOn()).toEqual({
      'CONN-01-settings-first': 1,
      'FRAME-23-server-frames-well-formed': 1,
      'FRAME-22-server-settings-legal': 1,
      'FRAME-33-initial-stream-limit': 1,
      'FRAME-19-one-ack-per-settings': 1,
    });
  });

  test.each<[string, readonly Arrow[], readonly string[], readonly string[]]>([
    [
      'an answer without a message',
      [received(trailersOnly({ ...okStatus, 'grpc-message': 'a' }))],
      ['TRAIL-05-trailers-only-shape', 'STATUS-02-decimal-no-leading-zero', 'STATUS-04-percent-encoding-alphabet'],
      ['MSG-13-response-framing', 'FLOW-01-window-respected', 'COMP-13-never-unaccepted-encoding'],
    ],
    [
      'a plain message',
      [received(responseHeaders(), message(), trailers())],
      ['MSG-13-response-framing', 'FLOW-01-window-respected', 'COMP-13-never-unaccepted-encoding'],
      ['COMP-14-response-encoding-header', 'TRAIL-05-trailers-only-shape', 'STATUS-04-percent-encoding-alphabet'],
    ],
    ['an answer that has not ended', [received(responseHeaders(), message())], [], ['TRAIL-03-status-always-present']],
    [
      'our reset, and a fence after it',
      [received(responseHeaders()), sent(rstStream(1, errorCodes.CANCEL)), fence()],
      ['CANC-02-silence-after-client-rst'],
      ['STREAM-09-no-frames-after-server-rst'],
    ],
    [
      'our reset without a fence',
      [received(responseHeaders()), sent(rstStream(1, errorCodes.CANCEL))],
      [],
      ['CANC-02-silence-after-client-rst'],
    ],
    [
      "the target's reset",
      [received(rstStream(1, errorCodes.CANCEL))],
      ['STREAM-09-no-frames-after-server-rst'],
      ['CANC-02-silence-after-client-rst', 'RESP-03-content-type'],
    ],
  ])('%s', (_, arrows, counted, left) => {
    const judged = judgedOn(...arrows);
    expect(Object.keys(judged)).toEqual(expect.arrayContaining([...counted]));
    expect(left.filter((id) => id in judged)).toEqual([]);
  });

  test('once for each call', () => {
    const view = draw(request(1), request(3), received(trailersOnly(), trailersOnly(okStatus, { stream: 3 })));
    const { judged } = judgeTraffic([view], [planOf(), planOf({ stream: 3 })]);
    expect([judged.get('RESP-03-content-type'), judged.get('CONN-01-settings-first')]).toEqual([2, 1]);
  });
});

/** So many calls on one connection, each of which is answered with a few frames; how often anybody asks a packet for its frame. */
function countReads(calls: number): number {
  const streams = Array.from({ length: calls }, (_, index) => 2 * index + 1);
  const drawn = readConnection(
    transcriptOf([
      ...opening(),
      ...streams.flatMap((stream) => [
        request(stream),
        sent(settings([])),
        received(
          block(ok, { stream }),
          settingsAck(),
          data(stream, encodeMessage(new Uint8Array(3))),
          block(okStatus, { stream, endStream: true }),
        ),
      ]),
    ]),
  );
  let reads = 0;
  const watched = (packet: Packet): Packet =>
    packet.kind !== 'frame'
      ? packet
      : Object.defineProperty({ ...packet }, 'frame', {
          get: () => {
            reads++;
            return packet.frame;
          },
        });
  const view: ConnectionView = { ...drawn, packets: drawn.packets.map(watched) };
  const plans = streams.map((stream) => planOf({ stream }));
  expect(judgeTraffic([view], plans).violations).toEqual([]);
  return reads;
}

test('four times the calls cost four times the reading: nobody walks all packets once for each call', () => {
  const once = countReads(100);
  expect(countReads(400) / once).toBeLessThan(4.1);
});
