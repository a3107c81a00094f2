import { grpcHttp2, grpcInterop, grpcStatusCodes, rfc9113 } from './requirement';
import { convention, must, rows, should } from './row';

/** Deadlines. Whatever a row sends, the server serves a plain call afterwards, on the same connection if that is still open. */
export const deadlines = rows('DL', {
  'DL-01-units-and-values': must(
    [grpcHttp2('Requests'), grpcHttp2('Client Cancellation', 'should')],
    'a timeout of one to eight digits and any of the units H, M, S, m, u and n is taken at its scale',
    {
      sends:
        'legal values far larger than the call needs (1H, 99999999H, 00000010S, 60M, 5000m, 99999999u, which is 100 s), and values far smaller than a slow handler needs (300m, 300000u, 1S)',
      passes: 'with the large ones the call is served; with the small ones it ends near the deadline (DL-03)',
      warns: 'deadlines that are never enforced, which is the subject of DL-03',
      fails: 'units mixed up (M and m), or an overflow that makes a call expire at once',
      needs: 'a unary method, and a handler that stays busy',
      servers: '99999999H is served by C-core and grpc-js (measured)',
      matters: true,
    },
  ),
  'DL-02-no-timeout-is-infinite': should(
    grpcHttp2('Requests', 'should'),
    'without grpc-timeout the call has no deadline',
    {
      sends: 'a call without the field, to a handler that stays busy for 10 to 30 s',
      passes: 'the call is open all the time, and is then answered',
      fails: 'status 4 (DEADLINE_EXCEEDED), or a call that is cut',
      needs: 'a handler that stays busy',
    },
  ),
  'DL-03-expiry-ends-the-call': should(
    [grpcHttp2('Client Cancellation', 'should'), grpcStatusCodes(), grpcInterop('timeout_on_sleeping_server')],
    'when the deadline passes, the server ends the call by itself',
    {
      sends: 'a call with a timeout of 100 ms to 1 s to a handler that stays busy; the client sends no RST_STREAM',
      passes:
        'the stream ends within 2 s after the deadline: by RST_STREAM(CANCEL), as the specification has it, or by trailers with status 4 (DEADLINE_EXCEEDED), as is usual',
      warns: 'another error code in RST_STREAM. Only recorded: status 1 (CANCELLED)',
      fails: 'the stream never ends, or ends with status 0',
      needs: 'a handler that stays busy',
      servers:
        'measured: status 4 on C-core (with RST_STREAM(NO_ERROR)) and grpc-js; grpc-go and grpc-java send RST_STREAM(CANCEL) (in grpc-go it races with the handler\'s own trailers); grpc-dotnet sends trailers, then RST_STREAM; Tonic status 1 "Timeout expired". No single form is demanded',
      matters: true,
    },
  ),
  'DL-04-not-before-the-deadline': must(grpcHttp2('Client Cancellation'), 'the server does not expire a call early', {
    sends:
      'a call to a handler that needs less than the timeout (300 ms of work and a timeout of 2 s, for instance), and calls near the boundary with a margin of at least 200 ms',
    passes: 'the call is served',
    fails:
      'the call ends before its deadline, measured from when the client sends the HEADERS, less 5 ms for the granularity of clocks',
    follows: 'a timeout is the time for which the call may last; one that ends before has not been exceeded',
    needs: 'a handler that stays busy for a chosen time',
  }),
  'DL-05-handler-sees-cancellation': should(
    grpcHttp2('Client Cancellation', 'should'),
    'at the deadline the handler learns that its call is over',
    {
      sends: 'a call with a short timeout to a handler that stays busy',
      passes: 'one cancellation more is counted within the time for a cancellation after the deadline',
      fails: 'the handler runs to its natural end unaware',
      needs: 'a handler that stays busy until it is cancelled, and counters of what handlers saw',
      matters: true,
    },
  ),
  'DL-06-deadline-during-stream': should(
    [grpcHttp2('Client Cancellation', 'should'), grpcHttp2('Responses')],
    'a deadline in the middle of a response stream ends it after whole frames; nothing follows the end',
    {
      sends:
        'a server-streaming or bidirectional call with pauses between its messages, and a timeout that passes in the middle',
      passes:
        'some complete messages, then the end by RST_STREAM(CANCEL) or status 4 (DEADLINE_EXCEEDED) within 2 s after the deadline',
      warns: 'a partial last message before trailers with another status than 0',
      fails: 'status 0 with messages missing, or DATA after the end',
      needs: 'a server-streaming or bidirectional-streaming method that pauses between messages',
    },
  ),
  'DL-07-deadline-while-blocked-on-window': should(
    [rfc9113('5.2'), grpcHttp2('Client Cancellation', 'should')],
    'the deadline fires also when the response waits for flow-control credit or for client messages',
    {
      sends:
        '(a) INITIAL_WINDOW_SIZE 0 and an answer with a payload, with a timeout of 500 ms; (b) a client-streaming call that is never half-closed; (c) an incomplete message',
      passes:
        'the end by RST_STREAM(CANCEL) or status 4 (DEADLINE_EXCEEDED) within 2 s after the deadline; neither HEADERS nor RST_STREAM are flow-controlled',
      fails: 'the stream is left open without trailers or RST_STREAM',
      needs: 'a unary and a client-streaming method',
      servers:
        'of (a), measured: grpc-js and grpc-go (once the handler has returned) send neither trailers nor RST_STREAM until credit arrives; C-core sends trailers with 4, and RST_STREAM(NO_ERROR)',
    },
  ),
  'DL-08-malformed-timeout': convention(
    grpcHttp2('Requests'),
    'a malformed timeout is refused or passed over, and not taken for some other deadline',
    {
      sends:
        'a plain call with grpc-timeout empty, 1, S, 1s, 1 S, -1S, +1S, 1.5S, 1e3m, 0x1S, of 9 digits or more, with the unit first, 1S1S, with junk at its end; and with two grpc-timeout fields, equal or different',
      passes: 'a refusal, usually status 13, or a call to a quick method is served',
      warns:
        'only recorded: a connection error, since a stream error may be treated as one; status 4 (DEADLINE_EXCEEDED)',
      fails: 'a hang, or a crash',
      needs: 'a unary method',
      servers:
        'measured: C-core answers 13, but takes 9 digits and "1 S"; the pattern of grpc-js is not anchored and takes -1S, 1.5S and 1S1S; both serve two fields; grpc-go answers HTTP 400 with 13; grpc-java RST_STREAM with INTERNAL_ERROR; Tonic ignores the field',
    },
  ),
  'DL-09-zero-timeout': convention(
    [grpcHttp2('Requests'), grpcStatusCodes()],
    '0S, 0n (not a positive integer) and 1 ns expire at once; the handler may or may not have started',
    {
      sends: 'grpc-timeout 0n, 0S, 00000000H and 1n; to a quick method and to a handler that stays busy',
      passes:
        'status 4 (DEADLINE_EXCEEDED), status 1 (CANCELLED), RST_STREAM(CANCEL), a refusal as of a malformed timeout, or, in a race, service; with a busy handler the call ends within the time for a reply',
      warns: 'only recorded: the call is served',
      fails: 'a call that runs without end',
      needs: 'a unary method, and a handler that stays busy',
      servers: 'C-core answers 4 at once; grpc-js may execute (measured)',
    },
  ),
  'DL-10-many-deadlines-fire-independently': convention(
    grpcInterop('TODO Tests'),
    'hundreds of concurrent deadlines on one connection each end their own call only',
    {
      sends:
        '50 to 90 parallel calls with different timeouts to handlers that stay busy, below MAX_CONCURRENT_STREAMS; a normal call in between. The list of interop tests to be written has thousands of simultaneous timeouts',
      passes: 'each call ends near its own deadline, and the normal call is served',
      fails: 'a wrong one ends, or timers leak: memory grows from round to round',
      needs: 'a handler that stays busy',
    },
  ),
});
