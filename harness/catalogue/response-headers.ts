import { grpcCompression, grpcHttp2, grpcInterop, grpcProposal, rfc9110, rfc9113 } from './requirement';
import { convention, may, must, rows, should } from './row';

/** Response headers. */
export const responseHeaders = rows('RESP', {
  'RESP-01-status-200': must(
    [grpcHttp2('Responses'), rfc9113('8.3.2', 'must')],
    'an answer to a gRPC request begins with :status 200, and with no other pseudo-header field',
    {
      sends: 'nothing of its own: the answer to every call whose request is a legal gRPC request is judged',
      passes: 'one :status of exactly 200, before all regular fields',
      warns: 'a plain HTTP answer of what stands in front of the server: 401, 403, 413, 429, 431, 502, 503 or 504',
      fails:
        'a :status that is missing, repeated or of another value for a result of gRPC, or any other pseudo-header field',
      needs: 'any',
      servers:
        'refusals of HTTP (405, 415, 400, 404, 431) have another shape, which is allowed for requests that are no legal gRPC only; grpc-go answers 400 to a malformed grpc-timeout or "-bin" value',
    },
  ),
  'RESP-02-one-header-block': must(
    [grpcHttp2('Responses'), rfc9113('8.1')],
    'Response-Headers and Trailers-Only are each one field block: HEADERS plus CONTINUATION, not several HEADERS',
    {
      sends:
        'nothing of its own: the answer to every call is judged; and calls that ask for initial metadata of more than 16384 octets, so that CONTINUATION is needed',
      passes: 'at most one block of HEADERS with a final :status and without END_STREAM on a stream',
      fails: 'two of them',
      needs: 'any; for large metadata a method that echoes metadata',
    },
  ),
  'RESP-03-content-type': must(
    grpcHttp2('Responses'),
    'exactly one content-type is present and begins with "application/grpc"',
    {
      sends:
        'nothing of its own: the answer to every call is judged, of requests with and without a subtype in their content-type, and of calls that end with OK and with an error',
      passes: 'application/grpc, with or without a +subtype or ;parameters',
      warns: "only recorded: a subtype that differs from the request's",
      fails: 'no content-type, another one, or application/grpc-web and the like',
      needs: 'any',
      servers:
        'measured: grpc-js always answers application/grpc+proto, C-core application/grpc; grpc-go mirrors the subtype',
    },
  ),
  'RESP-04-headers-first': must(
    [rfc9113('8.1'), grpcHttp2('Outline')],
    'the first frame of a response is HEADERS; no DATA before it',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes: 'HEADERS, possibly after interim ones of 1xx, precede DATA; WINDOW_UPDATE before HEADERS is legal',
      fails: 'DATA first, or DATA after nothing but an interim block',
      needs: 'any',
    },
  ),
  'RESP-05-fields-valid': must(
    [
      rfc9113('8.2', 'must'),
      rfc9113('8.2.1', 'must'),
      rfc9113('8.2.2', 'must'),
      rfc9113('8.3', 'must'),
      rfc9110('7.6.1'),
    ],
    'all response and trailer fields obey HTTP/2: lowercase legal names, no NUL/CR/LF, no outer whitespace in values, no connection-specific fields, pseudo-field first',
    {
      sends:
        'nothing of its own: the answer to every call is judged; and calls whose handler is given awkward octets for a status message or for metadata that it echoes',
      passes: 'every field is legal',
      warns: 'a value that begins or ends with whitespace (of a status message, see STATUS-05)',
      fails:
        'an upper-case letter in a name, a control octet, or one of the fields connection, transfer-encoding, keep-alive, upgrade, proxy-connection and te (te is excepted in requests only)',
      needs: 'any',
      servers: 'measured: C-core echoes metadata and status messages with outer spaces',
    },
  ),
  'RESP-06-interim-responses': must(
    [rfc9113('8.1'), rfc9113('8.6')],
    '1xx HEADERS may precede the final ones, never with END_STREAM, never 101',
    {
      sends: 'nothing of its own: the answer to every call is judged; and expect: 100-continue, to provoke one',
      passes: 'none or more interim blocks without END_STREAM, then the normal response',
      fails: 'END_STREAM on a block of 1xx, which is malformed; 101, which HTTP/2 does not have; DATA between them',
      needs: 'any',
    },
  ),
  'RESP-07-headers-timing': should(
    grpcProposal('A6-client-retries', 'should'),
    'Response-Headers are sent with the first message or when the handler chooses to; not before the outcome is known, not after the first message',
    {
      sends:
        '(a) a call to a method that fails without output; (b) to a handler that sends initial metadata and then waits; (c) to a streaming handler that writes one message and waits; a unary answer may wait for its trailers, since all of it may go out as one flight',
      passes:
        '(a) Trailers-Only; (b) HEADERS arrive while the handler waits; (c) HEADERS and DATA arrive without anything more from the client',
      warns: '(a) HEADERS and trailers',
      fails: 'the headers of (b) or the answer of (c) are held back until the end',
      needs:
        'a handler that ends with a chosen status, a method that echoes metadata, and a bidirectional-streaming method',
      servers:
        'some send headers early in (a), which is legal: grpc-js when the handler sends metadata, grpc-dotnet when it flushes headers',
    },
  ),
  'RESP-08-initial-metadata': must(
    [grpcHttp2('Responses'), grpcInterop('custom_metadata')],
    'metadata that a handler sends first arrives in Response-Headers, and not in the trailers',
    {
      sends:
        'x-grpc-test-echo-initial with random values, and fields with random names; unary, server-streaming, client-streaming and bidirectional calls, also with no message in the answer',
      passes:
        'the same values in the first final HEADERS; the values of one name keep their order, apart or joined by commas (REQ-25)',
      warns:
        'only recorded: the first value alone comes back; a bidirectional answer without a message has none, since some handlers begin their Response-Headers with a message',
      fails: 'values are lost, moved to the trailers, or in both blocks',
      needs: 'a method that echoes metadata',
      servers: 'in Trailers-Only a library may drop initial metadata; only calls with Response-Headers are judged',
      matters: true,
    },
  ),
  'RESP-09-bin-unpadded': should(
    [grpcHttp2('Responses'), grpcHttp2('Requests', 'should')],
    '"-bin" values emitted by the server are base64 without padding',
    {
      sends: 'binary metadata of lengths 1 and 2 modulo 3 that the handler echoes',
      passes: 'no =, the standard alphabet, and a value that decodes to the octets that were sent',
      warns: 'a padded value',
      fails: 'a value that does not decode, or the URL-safe alphabet',
      needs: 'a method that echoes metadata',
      servers: 'measured: C-core emits unpadded values (AQ), grpc-js padded ones (AQ==)',
    },
  ),
  'RESP-10-client-header-list-limit': may(
    [rfc9113('6.5.2'), rfc9113('10.5.1'), grpcHttp2('Responses')],
    'SETTINGS_MAX_HEADER_LIST_SIZE of the client is advisory: a server may ignore it or fail the call, not hang',
    {
      sends:
        'a setting of 100 to 8192 by the client, and a call that asks for more response metadata than that; clients may limit it, and gRPC suggests 8 KiB',
      passes: 'the full headers, a status other than 0, or a stream error',
      fails: 'nothing at all, or truncated metadata with status 0',
      needs: 'a method that echoes metadata',
      servers: 'measured: C-core and grpc-js ignore the setting; grpc-go honours it by RST_STREAM with INTERNAL_ERROR',
    },
  ),
  'RESP-11-fields-in-their-block': must(
    [rfc9110('6.5.1', 'must'), grpcHttp2('Responses')],
    'Response-Headers without END_STREAM carry neither grpc-status nor grpc-message; trailers do not repeat header fields',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes:
        'the fields of the status in the last block only; content-type, grpc-encoding and initial metadata in the first only',
      warns: 'a header field that the trailers repeat',
      fails: 'grpc-status in Response-Headers: clients disagree on what it then means',
      needs: 'any',
    },
  ),
  'RESP-12-content-length-consistent': must(
    [rfc9110('8.6', 'must'), rfc9113('8.1.1')],
    'a content-length in the response equals the DATA octets; gRPC servers normally send none',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes: 'no content-length, or the exact one',
      fails: 'another value, also other than zero on Trailers-Only',
      needs: 'any',
    },
  ),
  'RESP-13-no-http-content-coding': convention(
    [grpcHttp2('Responses'), grpcCompression('Intent')],
    'the response body is not wrapped in HTTP content-encoding; gRPC compresses per message',
    {
      sends: 'calls with accept-encoding: gzip, br as an ordinary field of HTTP',
      passes: 'no content-encoding, and DATA that is plain length-prefixed messages',
      fails: 'a body that some middleware has compressed',
      needs: 'a unary method',
    },
  ),
  'RESP-14-allow-in-405': must(
    [rfc9110('15.5.6', 'must'), rfc9110('10.2.1', 'must')],
    'a 405 answer names the methods that are allowed',
    {
      sends:
        'GET, HEAD, PUT, DELETE, OPTIONS, post in lower case and a random token as the method, with and without a body; every plain HTTP answer is judged',
      passes: 'the field allow is there; an empty list is legal',
      warns: 'a path that serves gRPC, and POST not in the list',
      fails: 'the field is missing',
      needs: 'any',
      servers:
        'grpc-java#12329 was this very bug (fixed in 2025-09 by PR#12334); armeria#6386 is open; the 405 of grpc-go has no such field',
    },
  ),
  'RESP-15-http-refusal-fields': must(
    [
      rfc9110('11.6.1', 'must'),
      rfc9110('15.5.2', 'must'),
      rfc9110('15.5.22', 'must'),
      rfc9110('8.6', 'must'),
      rfc9110('12.5.3', 'must'),
    ],
    'a refusal by HTTP carries the fields that its status demands, and none that it forbids',
    {
      sends:
        'another method than POST, a content-type that is not of gRPC, a header list that is too large, HTTP/1.1 on the port, bad credentials where the operator gives some; every plain HTTP answer is judged',
      passes:
        '401 has www-authenticate; 426 has upgrade; 1xx and 204 have no content-length; a 415 for another reason than a content coding has no accept-encoding',
      warns:
        'only recorded: a 426 over HTTP/2, which has no Upgrade field; it is judged in answers of HTTP/1.1 only (CONN-07)',
      fails: 'one of these does not hold',
      needs: 'any',
    },
  ),
  'RESP-16-http-courtesy-fields': must(
    [
      rfc9110('5.6.7', 'must'),
      rfc9110('6.6.1', 'must'),
      rfc9110('6.6.2', 'should'),
      grpcProposal('A8-client-side-keepalive'),
    ],
    'a date, where one is sent, is a single IMF-fixdate; Date, Server and Trailer themselves are not demanded of gRPC',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes:
        'no date, or one IMF-fixdate; which of date, server and trailer are missing is not told, since all of them are on nearly every server',
      fails: 'a date in another format, or two of them',
      needs: 'any',
      servers:
        'nearly every gRPC server leaves out Date, which HTTP wants of every server with a clock: a failure for that would be the loudest false alarm of the suite',
    },
  ),
});
