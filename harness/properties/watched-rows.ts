import { row, type CatalogueEntry } from './catalogue-entry';
import {
  convention,
  grpcCompression,
  grpcHttp2,
  grpcInterop,
  grpcStatusCodes,
  must,
  rfc7541,
  rfc9110,
  rfc9113,
  robustness,
} from './requirement';

/** Rows that the rules check on every call and every connection of every property, and that have no property of their own yet. */
export const watchedRows: readonly CatalogueEntry[] = [
  row(
    'FRAME-19-one-ack-per-settings',
    must(
      rfc9113('6.5.3', 'must'),
      'SETTINGS are acknowledged once each: there are never more ACKs than SETTINGS of ours',
    ),
  ),
  row(
    'FRAME-22-server-settings-legal',
    must(
      [rfc9113('6.5.2', 'must'), rfc9113('8.4')],
      "the server's own SETTINGS respect the value ranges and never carry ENABLE_PUSH=1",
    ),
  ),
  row(
    'FRAME-24-no-push-from-server',
    must(
      [rfc9113('6.6', 'must'), rfc9113('8.4', 'must')],
      'once a client has switched push off, by ENABLE_PUSH 0, no PUSH_PROMISE comes (before that it is legal, and no gRPC client has a use for it)',
    ),
  ),
  row(
    'HPACK-13-encoder-honours-client-table-size',
    must(
      [rfc9113('4.3.1', 'must'), rfc7541('4.2', 'must'), rfc7541('6.3', 'must')],
      "the server's encoder never uses more than the client's HEADER_TABLE_SIZE and announces a reduction at the start of the next block",
    ),
  ),
  row(
    'HPACK-14-server-blocks-decode-strictly',
    must(
      [rfc7541('3'), rfc7541('5'), rfc7541('6')],
      'every field block of the server decodes with a strict RFC 7541 decoder',
    ),
  ),
  row(
    'STREAM-09-no-frames-after-server-rst',
    must([rfc9113('5.4.2'), rfc9113('5.1', 'must')], 'RST_STREAM is the last frame the server sends on a stream'),
  ),
  row(
    'STREAM-19-server-window-updates-legal',
    must(
      [rfc9113('6.9', 'must'), rfc9113('6.9.1', 'must'), rfc9113('5.4.2')],
      "the server's WINDOW_UPDATEs have increment 1..2^31−1 and never lift the client's send window above 2^31−1; none is sent for streams it has reset",
    ),
  ),
  row(
    'MSG-13-response-framing',
    must(
      grpcHttp2('Outline'),
      'response DATA concatenated over frames is an exact sequence of Length-Prefixed-Messages; nothing is left over when an OK trailer comes',
    ),
  ),
  row(
    'RESP-02-one-header-block',
    must(
      [rfc9113('8.1'), grpcHttp2('Responses')],
      'Response-Headers and Trailers-Only are each one field block: HEADERS plus CONTINUATION, not several HEADERS',
    ),
  ),
  row(
    'RESP-03-content-type',
    must(grpcHttp2('Responses'), 'exactly one content-type is present and begins with "application/grpc"'),
  ),
  row(
    'RESP-04-headers-first',
    must([rfc9113('8.1'), grpcHttp2('Outline')], 'the first frame of a response is HEADERS; no DATA before it'),
  ),
  row(
    'RESP-05-fields-valid',
    must(
      [rfc9113('8.2', 'must'), rfc9113('8.2.1', 'must'), rfc9113('8.2.2', 'must'), rfc9113('8.3', 'must')],
      'all response and trailer fields obey HTTP/2: lowercase legal names, no NUL/CR/LF, no outer whitespace in values, no connection-specific fields, pseudo-field first',
    ),
  ),
  row(
    'RESP-06-interim-responses',
    must([rfc9113('8.1'), rfc9113('8.6')], '1xx HEADERS may precede the final ones, never with END_STREAM, never 101'),
  ),
  row(
    'RESP-11-fields-in-their-block',
    must(
      [rfc9110('6.5.1', 'must'), grpcHttp2('Responses')],
      'Response-Headers without END_STREAM carry neither grpc-status nor grpc-message; trailers do not repeat header fields',
    ),
  ),
  row(
    'RESP-12-content-length-consistent',
    must(
      [rfc9110('8.6', 'must'), rfc9113('8.1.1')],
      'a content-length in the response equals the DATA octets; gRPC servers normally send none',
    ),
  ),
  row(
    'RESP-13-no-http-content-coding',
    convention(
      [grpcHttp2('Responses'), grpcCompression()],
      'the response body is not wrapped in HTTP content-encoding; gRPC compresses per message',
    ),
  ),
  row('TRAIL-02-no-end-stream-on-data', must(grpcHttp2('Responses'), 'a gRPC response never ends on DATA')),
  row(
    'TRAIL-05-trailers-only-shape',
    must(
      grpcHttp2('Responses'),
      'Trailers-Only is one HEADERS block with END_STREAM holding :status 200, content-type and grpc-status',
    ),
  ),
  row(
    'TRAIL-07-nothing-after-trailers',
    must(
      [rfc9113('5.1', 'must'), grpcHttp2('Outline')],
      'after END_STREAM the server sends nothing on the stream but RST_STREAM, WINDOW_UPDATE or PRIORITY',
    ),
  ),
  row('STATUS-02-decimal-no-leading-zero', must(grpcHttp2('Responses'), 'grpc-status is 1DIGIT without leading zeros')),
  row(
    'STATUS-04-percent-encoding-alphabet',
    must(grpcHttp2('Responses'), 'the raw grpc-message has only 0x20–0x7e; each % starts an escape of two hex digits'),
  ),
  row(
    'STATUS-05-message-outer-spaces',
    convention(
      [rfc9113('8.2.1', 'must'), grpcHttp2('Responses')],
      "a status message that begins or ends with a space has it escaped, since no field value of HTTP/2 may; gRPC's own grammar would let it through",
    ),
  ),
  row(
    'COMP-13-never-unaccepted-encoding',
    must(
      grpcCompression('', 'must'),
      "the server compresses only with encodings of the request's grpc-accept-encoding; otherwise it sends plain messages",
    ),
  ),
  row(
    'COMP-14-response-encoding-header',
    must(
      [grpcHttp2('Responses'), grpcCompression(), grpcInterop()],
      'a flag-1 response message needs grpc-encoding (not identity) in Response-Headers and inflates with it',
    ),
  ),
  row(
    'CANC-02-silence-after-client-rst',
    must(
      rfc9113('5.1', 'must'),
      "after it has processed the client's RST_STREAM the server sends no more frames on the stream",
    ),
  ),
  row(
    'RPC-06-response-cardinality',
    must(
      [grpcHttp2('Outline'), grpcStatusCodes()],
      'an OK unary or client-streaming call has exactly one message; an OK without message is a server fault',
    ),
  ),
  row(
    'KA-08-goaway-fields',
    must(
      rfc9113('6.8', 'must'),
      'a server GOAWAY is on stream 0, names a client stream id (odd, 0 or 2^31−1), repeated GOAWAYs never raise it, and no stream above it is answered',
    ),
  ),
  row(
    'ALIVE-01-process-stays',
    convention(robustness, 'the process of a server goes on, whatever its clients do; only who runs it ends it'),
  ),
  row(
    'ALIVE-02-serves-on',
    convention(robustness, 'a plain call that worked goes on working, however many calls have gone before'),
  ),
];
