import { grpcHttp2, grpcInterop, rfc9113 } from './requirement';
import { convention, may, must, rows } from './row';

/** Trailers and Trailers-Only. */
export const trailers = rows('TRAIL', {
  'TRAIL-01-trailers-end-the-stream': must(
    grpcHttp2('Responses'),
    'an answer ends with a block of fields that carries END_STREAM and the status',
    {
      sends:
        'nothing of its own: the answer to every call is judged, of all kinds of methods, with OK and with an error',
      passes: 'END_STREAM on the HEADERS frame of the last block, which CONTINUATION may follow',
      fails:
        'trailers without END_STREAM with an empty DATA frame that carries it after them, or an answer that never ends',
      needs: 'any',
      matters: true,
    },
  ),
  'TRAIL-02-no-end-stream-on-data': must(grpcHttp2('Responses'), 'a gRPC response never ends on DATA', {
    sends:
      'nothing of its own: the answer to every call is judged, with no message, one or many, with early errors and at a deadline',
    passes: 'no END_STREAM on DATA where :status is 200 and the content-type is that of gRPC',
    fails: 'one',
    needs: 'any',
    servers: 'refusals of HTTP may carry a body that ends on DATA (grpc-java sends text/plain DATA with END_STREAM)',
  }),
  'TRAIL-03-status-always-present': must(
    grpcHttp2('Responses', 'must'),
    'trailers carry exactly one grpc-status, also when it is OK',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes: 'one grpc-status',
      fails: 'none, two, or two different ones',
      needs: 'any',
      matters: true,
    },
  ),
  'TRAIL-04-no-pseudo-in-trailers': must(
    [rfc9113('8.1', 'must'), rfc9113('8.3', 'must')],
    'trailers after Response-Headers contain no pseudo-header field',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes: 'no pseudo-header field in trailers',
      fails: ':status repeated in trailers',
      needs: 'any',
    },
  ),
  'TRAIL-05-trailers-only-shape': must(
    grpcHttp2('Responses'),
    'Trailers-Only is one HEADERS block with END_STREAM holding :status 200, content-type and grpc-status',
    {
      sends: 'calls to an unknown method, and to a handler that fails at once',
      passes: 'all three are there',
      fails: 'content-type or :status is missing, or :status is not first',
      needs: 'any',
      servers: 'the order of regular fields is free: grpc-js puts content-type after grpc-status (measured)',
    },
  ),
  'TRAIL-06-ok-without-messages': may(
    [grpcHttp2('Responses'), grpcInterop('empty_stream')],
    'an OK call with zero response messages may come as Trailers-Only or as headers + trailers',
    {
      sends:
        'a bidirectional call that is half-closed without messages, and a server-streaming call that asks for none; gRPC permits Trailers-Only for immediate errors, and does not forbid it otherwise',
      passes: 'status 0 and no messages, in either shape',
      fails: 'a hang, or no status',
      needs: 'a bidirectional or a server-streaming method',
      servers: 'C-core and grpc-js answer Trailers-Only with grpc-status 0 (measured)',
    },
  ),
  'TRAIL-07-nothing-after-trailers': must(
    [rfc9113('5.1', 'must'), grpcHttp2('Outline')],
    'after END_STREAM the server sends nothing on the stream but RST_STREAM, WINDOW_UPDATE or PRIORITY',
    {
      sends:
        'nothing of its own: every stream is read on for the quiet time after its end, and while later calls run on the connection',
      passes:
        "only these frames; RST_STREAM and WINDOW_UPDATE while the client's half is open (when both ends are closed, see STREAM-22)",
      fails: 'DATA, HEADERS or a second end',
      needs: 'any',
    },
  ),
  'TRAIL-08-trailing-metadata': must(
    [grpcHttp2('Responses'), grpcInterop('custom_metadata'), grpcInterop('status_code_and_message')],
    'metadata that a handler sends last arrives with the trailers, whether the call ends with OK or with an error',
    {
      sends:
        'x-grpc-test-echo-trailing-bin with random octets, and fields with random names, text and "-bin"; with status 0 and with an error, also in Trailers-Only',
      passes: 'the same values, those of one name in their order',
      warns: 'only recorded: the first value alone comes back',
      fails: 'values are lost (typically with an error) or moved to the initial headers',
      needs: 'a method that echoes metadata, and one that ends with a chosen status',
      matters: true,
    },
  ),
  'TRAIL-09-trailers-ignore-window': must(
    [rfc9113('5.2.1'), rfc9113('6.9', 'must')],
    'HEADERS are not flow-controlled: headers and trailers go out with a send window of 0',
    {
      sends:
        'INITIAL_WINDOW_SIZE of exactly the DATA octets of the response, so that the window is 0 when the trailers are due; 0 with a call that has no message; a connection window of 0 likewise; a last octet that uses up the stream window and the connection window at once; windows at their defaults with 65,535 octets; credit afterwards',
      passes: 'the trailers come within the time for a reply without any WINDOW_UPDATE',
      fails: 'the trailers are withheld until credit arrives, or lost when it comes',
      needs: 'a unary and a server-streaming method',
      servers:
        'measured: grpc-js withholds the trailers while the window is exactly 0, and sends them after one octet of credit; C-core passes',
    },
  ),
  'TRAIL-10-large-trailers': convention(
    [rfc9113('6.10'), rfc9113('4.3'), grpcHttp2('Responses')],
    'trailing metadata larger than one frame is sent as HEADERS + CONTINUATION without other frames between',
    {
      sends:
        'calls that ask for trailing metadata of 1 KiB to 64 KiB, by a client that has set a large MAX_HEADER_LIST_SIZE (gRPC suggests a limit of 8 KiB to clients), while other streams are busy',
      passes: 'a complete block, with no other frame between its frames',
      warns: 'status 8 or 13 instead',
      fails: "a frame above the client's MAX_FRAME_SIZE, or a hang",
      needs: 'a method that echoes metadata, or one that ends with a chosen status',
      servers: 'measured: C-core and grpc-js deliver a grpc-message of 60 KB intact',
    },
  ),
});
