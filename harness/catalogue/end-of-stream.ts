import { grpcHttp2, grpcInterop, rfc9110, rfc9113 } from './requirement';
import { convention, must, rows, should } from './row';

/** End of stream and half-close. */
export const endOfStream = rows('EOS', {
  'EOS-01-end-stream-on-last-data': must(
    [grpcHttp2('Requests'), rfc9113('6.1')],
    'END_STREAM on the DATA frame that completes the last message ends the request, and nothing but the request',
    {
      sends:
        'END_STREAM with the last of one or more messages; also to methods whose answers are long and pause after the half-close: a half-close is no cancellation',
      passes: 'the call is served with all messages counted, and the answer is complete however long it takes',
      fails: 'a hang, a lost last message, or an answer that is cut',
      needs: 'a unary, a client-streaming and a server-streaming method',
      h2spec: ['generic/2/3'],
    },
  ),
  'EOS-02-end-stream-on-empty-data': must(
    [grpcHttp2('Requests', 'must'), rfc9113('6.9.1')],
    'an empty DATA frame with END_STREAM ends the request and adds no message, even when the window is used up',
    {
      sends:
        "messages, then an empty DATA frame with END_STREAM, at once or after a pause; also when the server's advertised window is used up",
      passes: 'the call is served, and the number of messages unchanged',
      fails: 'a hang, or one message more',
      needs: 'a client-streaming and a bidirectional-streaming method',
      h2spec: ['generic/2/3'],
      matters: true,
    },
  ),
  'EOS-03-end-stream-on-headers': convention(
    [rfc9113('8.1'), grpcHttp2('Requests'), grpcInterop('empty_stream')],
    'END_STREAM on the request HEADERS means zero messages',
    {
      sends:
        'HEADERS with END_STREAM, to bidirectional and client-streaming methods, where no message is legal, and to unary and server-streaming ones, where it breaks the cardinality (RPC-05); gRPC over HTTP/2 itself names only DATA for the end of a request',
      passes: 'bidirectional and client-streaming calls are served, with no message',
      fails: 'a hang, or a handler that sees a message',
      needs: 'a client-streaming and a bidirectional-streaming method',
      h2spec: ['generic/2/1'],
    },
  ),
  'EOS-04-request-trailers': must(
    [rfc9113('8.1'), rfc9110('6.5.1', 'must'), rfc9110('5.1', 'should'), grpcHttp2()],
    'a trailing HEADERS block with END_STREAM from the client is legal HTTP/2 and ends the request',
    {
      sends:
        'HEADERS, DATA, and HEADERS with END_STREAM and regular fields only; also to calls whose answer has to wait for credit. gRPC over HTTP/2 defines no trailers of requests',
      passes: 'the call is served',
      warns: 'that stream is refused',
      fails: 'a hang, the loss of the connection, or fields of the trailers that appear as metadata of the request',
      needs: 'a unary and a client-streaming method',
      servers:
        'C-core and grpc-js serve the call (measured); grpc-go closes the connection by GOAWAY with PROTOCOL_ERROR, since it takes any HEADERS on a known stream for an illegal stream id',
      h2spec: ['generic/4/4'],
    },
  ),
  'EOS-05-second-headers-without-end-stream': must(
    rfc9113('8.1', 'must'),
    'a second HEADERS frame on a request, without END_STREAM, makes it malformed',
    {
      sends:
        'HEADERS, none or more DATA frames, HEADERS without END_STREAM (the same fields, or trailers), then DATA with END_STREAM',
      passes: 'a refusal or a connection error',
      fails: 'the handler completes with status 0, or a crash',
      needs: 'a client-streaming method',
      servers: 'C-core closes the connection after a status 14, grpc-js resets the stream (measured)',
      h2spec: ['http2/8.1/1'],
    },
  ),
  'EOS-06-pseudo-field-in-trailers': must(
    [rfc9113('8.1', 'must'), rfc9113('8.3', 'must')],
    'pseudo-fields in request trailers make the request malformed',
    {
      sends:
        'request trailers with :method, :path, :status or an unknown :x, first or last; also with all other malformations of fields: in names, in values, and connection-specific fields',
      passes: 'a refusal or a connection error',
      warns:
        'the call is executed although a regular field of its trailers is malformed: some drop such a field, and no handler sees trailers',
      fails: 'the call is executed to status 0 although its trailers have a pseudo-header field',
      needs: 'a client-streaming method',
      servers:
        'C-core and Tonic execute the call; grpc-js resets the stream, and drops other malformed fields (measured)',
      h2spec: ['http2/8.1.2.1/3'],
    },
  ),
  'EOS-07-half-close-visible-only-after-end-stream': must(
    grpcHttp2('Requests'),
    'the handler of a client-streaming call sees end of input only after END_STREAM',
    {
      sends: 'some messages, the quiet time, then END_STREAM',
      passes:
        'no messages and no trailers before END_STREAM (Response-Headers may come), and the final answer after it',
      fails: 'an answer before END_STREAM',
      follows: 'the end of a request is defined as END_STREAM, so nothing before it can be the end',
      needs: 'a client-streaming method',
      servers:
        'of unary and server-streaming methods nothing is asserted, since servers differ: C-core and grpc-go start at the first full message, grpc-js waits for END_STREAM',
    },
  ),
  'EOS-08-early-final-status': should(
    [grpcHttp2('Early Server Closure', 'should'), rfc9113('8.1')],
    "a server that finishes before the client's END_STREAM sends its trailers, then RST_STREAM(NO_ERROR)",
    {
      sends:
        'a client-streaming or bidirectional call to a handler that fails at once, or to an unknown method, while the client keeps the stream open; none or more messages before and after',
      passes: 'the status, and RST_STREAM(NO_ERROR) after the trailers',
      warns: 'no RST_STREAM within the time for a reply, or one with another code (CANCEL)',
      fails: 'RST_STREAM in place of the trailers or before them, or no answer before END_STREAM',
      needs: 'a streaming method whose handler ends with a chosen status, or an unknown method, which any server has',
      servers:
        "grpc-go (by its source), C-core and grpc-js (measured) send it; grpc-js leaves it out after a message that is too large (measured); grpc-java's handler on Netty has no code for it (by its source)",
    },
  ),
  'EOS-09-late-client-frames-after-trailers': must(
    [
      rfc9113('5.1'),
      rfc9113('6.9'),
      rfc9113('5.4.2', 'must'),
      rfc9113('6.4', 'must'),
      grpcHttp2('Early Server Closure'),
    ],
    'DATA, END_STREAM, WINDOW_UPDATE or RST_STREAM that were in flight when the server ended the stream are tolerated',
    {
      sends:
        'a call that the server ends early (EOS-08); then, as if the client had not seen that yet, more DATA up to the granted window, END_STREAM, WINDOW_UPDATE, RST_STREAM with NO_ERROR or CANCEL',
      passes:
        'nothing visible happens and the connection serves on; a stream error on that stream is tolerated; the next calls on the connection are served, and the credit of the connection comes back (STREAM-16)',
      fails: 'a connection error',
      needs: 'any',
      servers: 'measured: C-core and grpc-js are clean; a strict reading of "closed" would break real clients',
    },
  ),
  'EOS-10-no-error-reset-only-after-the-end': should(
    [rfc9113('8.1'), grpcHttp2('Errors', 'should')],
    'RST_STREAM(NO_ERROR) comes only after a complete response',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes: 'RST_STREAM(NO_ERROR) after END_STREAM only',
      warns: 'RST_STREAM(NO_ERROR) without a response, or between headers and trailers',
      fails: 'nothing: it is only warned about',
      needs: 'any',
      servers: 'grpc-go#1852 (the reset overtook the trailers); nginx, haproxy#1219 and hyper#4130 mangle such ends',
    },
  ),
});
