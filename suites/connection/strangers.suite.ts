import {
  arb,
  connectionPreface,
  continuation,
  data,
  encodeFrame,
  encodeMessage,
  errorGoaway,
  experiment,
  fc,
  fullDuplexCall,
  headers,
  joinOctets,
  literalRequest,
  payloadOf,
  plainestCall,
  settings,
  settingsAck,
  streamOfSizes,
  unaryCall,
  windowUpdate,
  type AnyProperty,
  type Breach,
  type ConnectionView,
  type TargetFacts,
} from '../../harness';

/** The octets of a whole session: the preface, a call that is left open, and one whose field block has two frames. */
function sessionOctets(facts: TargetFacts): Uint8Array {
  const request = plainestCall(facts);
  const block = literalRequest(facts, request);
  const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
  const frames = [
    settings([]),
    settingsAck(),
    headers(1, block),
    windowUpdate(1, 100),
    headers(3, block.subarray(0, 40), { endHeaders: false }),
    continuation(3, block.subarray(40), { endHeaders: true }),
    data(3, body, { endStream: true }),
  ];
  return joinOctets([connectionPreface, ...frames.map(encodeFrame)]);
}

/** Octets of the preface and of SETTINGS without parameters. */
const wholeSettings = 33;

/** Requests of HTTP/1.1, by what they want. */
const requests = {
  'GET /': (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  'POST of gRPC': (host: string) =>
    `POST /grpc.testing.TestService/EmptyCall HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/grpc\r\nTE: trailers\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0`,
  'an upgrade to h2c': (host: string) =>
    `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
  'an upgrade to websocket': (host: string) =>
    `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  'HTTP/1.0': () => 'GET / HTTP/1.0\r\n\r\n',
} as const satisfies Readonly<Record<string, (host: string) => string>>;
type Http1Request = keyof typeof requests;
const requestNames = Object.keys(requests) as readonly Http1Request[];

/** Clients that are gone before they are done, and those that speak another protocol. */
export const strangers: readonly AnyProperty[] = [
  experiment('CONN-06-partial-input-then-close', {
    generates:
      'one to three connections that end, by FIN or by a TCP reset, at any octet of a session: in the preface, a frame header, a payload or a field block, with calls open; a call on another connection meanwhile, and one afterwards',
    accepts: [payloadOf(5), 'every message of the call on another connection'],
    needs: ['unary', 'bidirectional-streaming'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        ends: arb.list(
          arb.record({
            at: arb.boundaryInteger({ max: 600, boundaries: [1, 23, 24, 25, 32, 33, 34, 42, 43, 51, 52, 60] }),
            how: fc.constantFrom('fin', 'reset'),
          }),
          { minCount: 1, maxCount: 3 },
        ),
      }),
    labels: {
      'inside the preface': ({ ends }) => ends.some(({ at }) => at < 24),
      'inside SETTINGS': ({ ends }) => ends.some(({ at }) => at > 24 && at < 33),
      'with a call open': ({ ends }) => ends.some(({ at }) => at > 250),
      FIN: ({ ends }) => ends.some(({ how }) => how === 'fin'),
      'a TCP reset': ({ ends }) => ends.some(({ how }) => how === 'reset'),
      'several connections': ({ ends }) => ends.length > 1,
    },
    examples: () =>
      [0, 10, 24, 28, 47, 100, 260, 300, 600].flatMap((at) =>
        (['fin', 'reset'] as const).map((how) => ({ ends: [{ at, how }] })),
      ),
    script: (script, { ends }, facts) => {
      const { messages, ...method } = fullDuplexCall([{ responses: [{ size: 5 }] }, { responses: [{ size: 7 }] }]);
      const beside = script.begin(method, { on: 'beside' }).sendMessages(messages.slice(0, 1)).awaitMessages(1);
      const octets = sessionOctets(facts);
      for (const [index, { at, how }] of ends.entries()) {
        const on = `gone ${index}`;
        // Whoever has our SETTINGS sends its own, and has read what came with them.
        script.open({ on, insteadOfPreface: octets.subarray(0, at), awaitSettings: at >= wholeSettings });
        script.close(how, on);
      }
      beside
        .sendMessages(messages.slice(1), { endStream: true })
        .awaitEnd()
        .expect(streamOfSizes([5, 7]));
      script.call(unaryCall({ responseSize: 5 })).expect(payloadOf(5));
    },
  }),

  experiment('CONN-07-http1-on-port', {
    generates:
      'requests of HTTP/1.1 and HTTP/1.0 (a page, a gRPC call, an upgrade to h2c and one to another protocol) in writes of any size, and a call on another connection afterwards',
    accepts: [
      'a closed connection',
      'SETTINGS and GOAWAY',
      'an answer in HTTP/1.1; 101 only where h2c was asked for',
      'a connection that stays open, recorded as info',
    ],
    needs: ['unary'],
    effort: 0.25,
    arbitrary: () =>
      arb.record({
        wanted: fc.constantFrom(...requestNames),
        segments: fc.oneof(fc.constant([]), arb.segments()),
      }),
    labels: {
      'an upgrade': ({ wanted }) => wanted.startsWith('an upgrade'),
      'a gRPC call': ({ wanted }) => wanted === 'POST of gRPC',
      'no upgrade': ({ wanted }) => !wanted.startsWith('an upgrade'),
    },
    examples: () => requestNames.map((wanted) => ({ wanted, segments: [] })),
    script: (script, { wanted, segments }, facts) => {
      const on = 'http1';
      const octets = Buffer.from(requests[wanted](facts.authority), 'latin1');
      script.open({ on, insteadOfPreface: octets, segments });
      script.await({ see: 'goaway' }, { on, within: 'close', optional: true }).close('fin', on);
      script.call(unaryCall({ responseSize: 5 })).expect(payloadOf(5));
    },
    check: (seen, { wanted }) => answersHttp1(seen.connection('http1'), wanted === 'an upgrade to h2c'),
  }),
];

/** RFC 9110 §7.8: 101 names what was asked for, and both fields of an upgrade. */
function answersHttp1(view: ConnectionView, wantsH2c: boolean): readonly Breach[] {
  const answer = view.transcript.events
    .map((event) => (event.kind === 'received' ? Buffer.from(event.octets).toString('latin1') : ''))
    .join('');
  const [, status = '', head = ''] = /HTTP\/1\.[01] (\d{3})(.*?)(?:\r\n\r\n|$)/s.exec(answer) ?? [];
  if (status === '101') {
    const fields = head.toLowerCase();
    if (wantsH2c && /\r\nupgrade: *h2c/.test(fields) && /\r\nconnection: *upgrade/.test(fields)) return [];
    return [
      {
        observed: `HTTP/1.1 101${wantsH2c ? ' without the fields of an upgrade to h2c' : ' to a request that asked for no upgrade to HTTP/2'}`,
        expected: 'a closed connection, or a refusal in HTTP/1.1',
        reaction: 'HTTP/1.1 101',
      },
    ];
  }
  const isOver = view.closed?.by === 'target' || errorGoaway(view) !== undefined;
  if (isOver || status !== '') return [];
  return [
    {
      severity: 'info',
      observed: 'the connection stayed open, and nothing was said for as long as we waited',
      expected: 'a closed connection, or a refusal in HTTP/1.1',
      reaction: 'open',
    },
  ];
}
