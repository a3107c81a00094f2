import { grpcHttp2, grpcInterop, grpcStatusCodes, rfc9113 } from './requirement';
import { convention, must, rows } from './row';

/** Kinds of RPC: how many messages, and in which order. */
export const rpcKinds = rows('RPC', {
  'RPC-01-unary': must(
    [grpcHttp2('Outline'), grpcStatusCodes()],
    'a unary call has one message in the request and one in the answer, then the status',
    {
      sends: 'a unary echo in any legal framing',
      passes: 'exactly one message before grpc-status 0',
      warns: 'a message before another status than 0, as some stacks send it',
      fails: 'no message, or two and more, with status 0',
      needs: 'a unary method',
      servers: 'connectrpc-conformance calls a message before an error status "error with responses"',
      matters: true,
    },
  ),
  'RPC-02-client-streaming': must(
    [grpcHttp2('Outline'), grpcInterop('client_streaming')],
    'a client-streaming call takes any number of messages and gives one after the half-close',
    {
      sends:
        'the sizes of the interop test (27182, 8, 1828 and 45904, which add up to 74922), and random lists of 0 to 100 messages',
      passes: 'the call is served with the right count and sum',
      fails: 'a wrong count',
      needs: 'a client-streaming method',
      matters: true,
    },
  ),
  'RPC-03-server-streaming': must(
    [grpcHttp2('Outline'), grpcInterop('server_streaming')],
    'a server-streaming call gives any number of messages, in order, for one',
    {
      sends:
        'a request for the sizes of the interop test (31415, 9, 2653 and 58979), and for random lists of 0 to 200 messages, sizes of 0 among them',
      passes: 'exactly that number of messages in that order and of these sizes, then status 0',
      fails: 'anything else',
      needs: 'a server-streaming method',
      matters: true,
    },
  ),
  'RPC-04-bidi': must(
    [grpcHttp2('Outline'), grpcInterop('ping_pong'), grpcInterop('empty_stream')],
    'the messages of both directions of a bidirectional call go independently, each direction in its own order',
    {
      sends:
        '0 to 200 messages, randomly interleaved with their answers: in bursts, turn by turn, with an early or a late half-close',
      passes: 'the echo has the order of what was sent, and status 0 comes after the half-close and all answers',
      fails: 'messages are lost or out of order',
      needs: 'a bidirectional-streaming method',
      matters: true,
    },
  ),
  'RPC-05-request-cardinality': must(
    grpcStatusCodes(),
    'a unary or server-streaming method that gets no message, or more than one, does not end with OK but with UNIMPLEMENTED, and is not run for each',
    {
      sends:
        'no message (END_STREAM on HEADERS, or on an empty DATA frame), or 2 to 5 messages: merged in one frame, in separate frames, the second one partial',
      passes: 'status 12 (UNIMPLEMENTED)',
      warns: 'another refusal, such as status 13; for two messages and more, status 0 with the answer to the first',
      fails: 'two runs of the handler, two answers, or a hang',
      needs: 'a unary and a server-streaming method',
      servers:
        'measured: to no message C-core and grpc-js answer 12; to 2 messages grpc-js answers 12, and C-core serves the first, since its handler starts before the second arrives; grpc-go and grpc-java answer 13; Tonic ignores the surplus. The code is disputed upstream (grpc/grpc#36769, grpc-java#11247, grpc-go#7286, grpc-node#2768): keep it configurable',
    },
  ),
  'RPC-06-response-cardinality': must(
    [grpcHttp2('Outline'), grpcStatusCodes()],
    'an OK unary or client-streaming call has exactly one message; an OK without message is a server fault',
    {
      sends: 'nothing of its own: the answer to every unary and client-streaming call is judged',
      passes: 'exactly one message with grpc-status 0',
      fails:
        'no message, or two and more, with grpc-status 0, also as Trailers-Only; two messages and more before another status',
      needs: 'a unary and a client-streaming method',
    },
  ),
  'RPC-07-ping-pong-interleaving': must(
    [grpcInterop('ping_pong'), grpcHttp2('Outline')],
    'each answer of a bidirectional call arrives before the next message is sent, and waits neither for more data nor for the half-close',
    {
      sends:
        'the sizes of the interop test, and random sizes, 0 and 1 among them; up to 100 rounds, with a random time to think',
      passes: 'each answer comes within the time for a reply to its request',
      fails: 'answers are buffered until the half-close, or HEADERS withheld',
      needs: 'a bidirectional-streaming method',
      servers: 'typically found behind proxies and middleware that buffer',
      matters: true,
    },
  ),
  'RPC-08-streaming-responses-not-buffered': convention(
    grpcInterop('Observe ResponseParameters.interval_us'),
    'server-streaming messages leave when written, not at the end',
    {
      sends:
        'a server-streaming call that asks for 1 to 4 messages close together, and for another one after a rest of 1.5 s',
      passes: 'the messages arrive while the handler rests',
      warns: 'they arrive later, as all at the end',
      fails: 'a message is another than was asked for',
      needs: 'a server-streaming method that pauses between messages',
    },
  ),
  'RPC-09-server-may-end-first': must(
    grpcHttp2('Early Server Closure'),
    "a streaming handler may finish while the client still sends; the client's half stays harmless",
    {
      sends:
        'a bidirectional call that asks for a status in one of its messages (Echo Status of the interop service), with more messages after it',
      passes:
        'the answers to the messages before, then that status: trailers, and after them RST_STREAM(NO_ERROR) (EOS-08)',
      fails: 'the server waits for the half-close',
      follows: 'gRPC over HTTP/2 lets a server send its trailers before the client has half-closed',
      needs: 'a bidirectional-streaming method that ends with a chosen status',
    },
  ),
  'RPC-10-exactly-once-per-stream': must(
    [grpcHttp2('Idempotency and Retries'), grpcHttp2('Stream Identification')],
    'one request stream starts the handler once; no duplicate execution',
    {
      sends: 'calls with unique marks in their payloads, with all the ways of cutting DATA frames that MSG-02 has',
      passes: 'as many starts of the handler are counted as there were calls',
      fails: 'more or fewer',
      needs: 'a unary method, and counters of what handlers were started',
    },
  ),
  'RPC-11-repeatable-on-one-connection': convention(
    [rfc9113('5.1.1'), grpcInterop()],
    'hundreds of sequential calls of all kinds on one connection give the same results as each on its own',
    {
      sends:
        'a sequence of 100 to 500 random calls that a model follows: of all kinds, with metadata, with errors and cancellations at a low rate; more than 128 and more than 256 insertions into the dynamic table on one connection, with references to old entries',
      passes: 'every call is served, or ends with the status that is expected of it',
      fails: 'state leaks from call to call: of HPACK, of windows, of slots',
      needs:
        'a unary, a client-streaming, a server-streaming and a bidirectional-streaming method, and a handler that ends with a chosen status',
    },
  ),
  'RPC-12-server-speaks-first': convention(
    [grpcHttp2('Responses'), grpcInterop('TODO Tests')],
    'a bidirectional handler that writes before it has read gets its headers and its message out at once',
    {
      sends:
        'the HEADERS of a bidirectional call to a method that greets first, and nothing more; the first message comes later, or the window is 0 for a while. Nothing ties Response-Headers to messages of the request; the interop tests have this in their list of tests to be written',
      passes: 'the headers and the message arrive while the client is silent',
      fails: 'they come only after the first message of the request or after the half-close, which counts as a hang',
      needs: 'a bidirectional-streaming method that writes before it reads',
      servers: 'Node servers behind proxies that buffer bodies, and bridges of gRPC-Web',
    },
  ),
});
