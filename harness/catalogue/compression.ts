import { grpcCompression, grpcHttp2, grpcInterop, grpcStatusCodes, rfc9110, rfc9113 } from './requirement';
import { convention, may, must, rows } from './row';

const asymmetry = 'Compression Method Asymmetry Between Peers';

/** Compression. Whatever a row sends, the server serves a plain call afterwards, on the same connection if that is still open. */
export const compression = rows('COMP', {
  'COMP-01-identity-explicit': must(
    [grpcHttp2('Requests'), grpcCompression('Test cases')],
    'grpc-encoding: identity with flag 0, or no grpc-encoding at all, means plain messages',
    {
      sends:
        'an echo without grpc-encoding and with identity; with grpc-accept-encoding: identity and without that field',
      passes: 'the call is served, and the flags of the answer are 0',
      fails: 'an error, or a compressed answer',
      follows: 'the grammar names identity as an encoding, and flag 0 as a message as it is',
      needs: 'a unary method',
    },
  ),
  'COMP-02-gzip-request': must(
    [grpcHttp2('Requests'), grpcCompression('Specification')],
    'a message compressed with an encoding that the server lists is read, however the compressor wrote it',
    {
      sends:
        'grpc-encoding: gzip and messages with flag 1: varying payloads, levels of gzip, stored blocks, and the header fields FNAME, FCOMMENT and FHCRC',
      passes: 'the call is served with the plain payload',
      fails:
        'an error, where grpc-accept-encoding has announced gzip; where it was never announced, status 12 (UNIMPLEMENTED) is right, and COMP-06 applies',
      needs: 'a unary method of a server that accepts gzip',
      matters: true,
    },
  ),
  'COMP-03-per-message-flag': must(
    [grpcHttp2('Requests'), grpcInterop('client_compressed_streaming')],
    'with grpc-encoding set, each message is compressed or not by its own flag',
    {
      sends: 'one stream with a random mix of messages with flag 0 and flag 1',
      passes: 'all messages are read as they should be',
      fails: 'a message with flag 0 is inflated or refused, or one with flag 1 delivered raw',
      needs: 'a client-streaming or bidirectional-streaming method of a server that accepts gzip',
    },
  ),
  'COMP-04-fresh-context-per-message': must(
    grpcHttp2('Requests', 'must'),
    'no compression state is kept from message to message',
    {
      sends:
        'several independent gzip bodies, and identical payloads twice; in the other direction, calls that ask for several compressed messages',
      passes: 'the call is served, and each message of the answer inflates with a new context',
      fails: 'the second one fails',
      needs: 'a bidirectional-streaming method of a server that accepts gzip and compresses its answers when asked',
    },
  ),
  'COMP-05-unsupported-encoding': must(
    [grpcCompression('Test cases', 'must'), grpcCompression(asymmetry), grpcStatusCodes()],
    'a message in an encoding that the server does not have ends the call with UNIMPLEMENTED',
    {
      sends:
        'messages with flag 1 and grpc-encoding snappy, br, zstd, x-random, GZIP or an empty one; unary and streaming calls, from the first message on',
      passes: 'status 12 (UNIMPLEMENTED), and the handler gets no message',
      warns: 'another error status, such as 13. Only recorded: GZIP in upper case is accepted',
      fails: 'status 0, or raw octets delivered to the handler',
      needs: 'a unary method',
      servers:
        'measured: C-core answers 13 ("Error parsing \'grpc-encoding\'"), grpc-js 12; grpc-go, grpc-java, Tonic and grpc-dotnet answer 12',
    },
  ),
  'COMP-06-accept-encoding-on-refusal': must(
    [grpcCompression('Test cases', 'must'), grpcCompression(asymmetry)],
    'the refusal of COMP-05 carries grpc-accept-encoding listing what is accepted, without the refused one',
    {
      sends: 'messages with flag 1 in an encoding that the server does not have (COMP-05)',
      passes: 'the same answer has the field, not empty, without the name that was used',
      warns: 'the field is missing; the strict profile takes that for a failure',
      fails: 'the field lists the name that was refused',
      needs: 'a unary method',
      servers:
        'Tonic and grpc-dotnet send it; grpc-go and grpc-java (by the source) do not; measured: it is missing on C-core and grpc-js. Hence the warning',
    },
  ),
  'COMP-07-unsupported-encoding-flag-0': may(
    [grpcHttp2('Requests'), grpcCompression(asymmetry)],
    'an unknown grpc-encoding with only flag-0 messages: serving and refusing are both seen',
    {
      sends:
        'an unknown grpc-encoding and messages with flag 0 only: none of them is compressed with an unsupported algorithm, as the document has it',
      passes: 'the call is served, or ends with status 12 or 13',
      fails: 'a hang, or garbage',
      needs: 'a unary method',
      servers:
        'grpc-js (measured) and grpc-dotnet serve it; C-core answers 13 (measured); grpc-go and grpc-java answer 12 as soon as they have the headers',
    },
  ),
  'COMP-08-flag-without-encoding': must(
    [grpcCompression('Test cases', 'must'), grpcHttp2('Requests', 'must')],
    'Compressed-Flag 1 in a request without grpc-encoding, or with identity, ends the call with INTERNAL',
    {
      sends:
        'a message with flag 1, without grpc-encoding or with identity; the payload is plain or gzip, and the message is the first or a later one',
      passes: 'status 13 (INTERNAL)',
      warns: 'another error status, such as 12',
      fails: 'status 0, with the payload delivered raw',
      needs: 'a unary method',
      servers:
        'measured: grpc-js and C-core deliver the raw payload and answer status 0; grpc-go, grpc-java, Tonic and grpc-dotnet answer 13',
      matters: true,
    },
  ),
  'COMP-09-corrupt-compressed-data': must(
    grpcStatusCodes(),
    'data that does not inflate ends in INTERNAL for that call',
    {
      sends:
        'a gzip body with a flipped bit (in the check sum, the length or the Huffman codes), a truncated one, an empty one of 0 octets, random octets; a body with junk behind it, and one with a second gzip member. Bit flips in the octets MTIME and OS of the header corrupt nothing: they are left out',
      passes: 'status 13 (INTERNAL); two members may also be read as one after the other (RFC 1952 §2.2)',
      warns:
        'another status than 0, or a stream error. Only recorded: a body of 0 octets with flag 1 is served as an empty message',
      fails: 'status 0 with wrong data or with junk in the payload, a hang, or a crash',
      needs: 'a unary method of a server that accepts gzip',
      servers:
        'measured: 13 on C-core and grpc-js, also for junk behind the body; to a body of 0 octets with flag 1 C-core answers status 0 with an empty message, grpc-js 13',
    },
  ),
  'COMP-10-deflate-is-zlib': convention(
    [rfc9110('8.4.1.2'), grpcHttp2('Requests')],
    'deflate means the zlib format (RFC 1950), not raw DEFLATE',
    {
      sends:
        'where the server announces deflate: messages in the zlib format, and messages of raw deflate; gRPC over HTTP/2 only names the coding',
      passes: 'zlib is served; raw deflate is refused with status 13, or accepted',
      warns: 'only recorded: raw deflate is accepted',
      fails: 'zlib is refused although deflate is announced',
      needs: 'a unary method of a server that announces deflate',
      servers: 'measured: C-core and grpc-js take zlib and refuse raw deflate',
    },
  ),
  'COMP-11-decompression-bomb': convention(
    [grpcStatusCodes(), rfc9113('10.5')],
    'the receive limit applies to the inflated size too, and inflation stops near the limit',
    {
      sends:
        'gzip of L+1 octets up to 64 MiB of zeros, where L is the receive limit: a few KiB on the wire; many in parallel. The table of status codes speaks of a message larger than the limit, not of its inflated size',
      passes: 'status 8 (RESOURCE_EXHAUSTED), and memory that grows by a small multiple of L at most',
      warns: 'status 13, or status 0 above the limit',
      fails: 'memory explodes, or the server crashes: both count as a crash',
      needs:
        'a unary method of a server that accepts gzip, a known limit of the message size; where possible a process whose memory can be read',
      servers:
        'measured: 8 on C-core and grpc-js; grpc-dotnet compares only the length in the prefix with its limit (by its source)',
    },
  ),
  'COMP-12-response-uncompressed-by-default': must(
    [grpcCompression('Test cases', 'must'), grpcCompression(asymmetry, 'may')],
    "without configuration the response is not compressed, and a request's compression does not oblige the response",
    {
      sends: 'compressed and plain requests of a client that announces gzip, to a server without any setting',
      passes: 'messages with flag 0',
      warns: 'only recorded: compressed messages in an encoding that the client accepts',
      fails: 'flag 1 with an encoding that the client did not list',
      needs: 'a unary method',
      servers:
        "C-core and grpc-js answer plain (measured); grpc-go mirrors the request's encoding when it has that compressor registered",
    },
  ),
  'COMP-13-never-unaccepted-encoding': must(
    grpcCompression(asymmetry, 'must'),
    "the server compresses only with encodings of the request's grpc-accept-encoding; otherwise it sends plain messages",
    {
      sends:
        'calls that ask for a compressed answer, with grpc-accept-encoding missing, identity, snappy, deflate, gzip and identity,deflate,gzip, with spaces after commas and with empty elements',
      passes:
        'every message with flag 1 is in a listed encoding; without the field, or with nothing in it that the server has, the flags are 0',
      warns: 'flag 1 when the field is missing',
      fails: 'an encoding that is not listed',
      needs: 'a method that compresses its answers when asked',
      servers: 'response_compressed of the interop servers sets the encoding in the handler',
    },
  ),
  'COMP-14-response-encoding-header': must(
    [
      grpcHttp2('Responses'),
      grpcHttp2('Requests', 'must'),
      grpcCompression('Test cases', 'must'),
      grpcInterop('server_compressed_unary'),
    ],
    'a flag-1 response message needs grpc-encoding (not identity) in Response-Headers and inflates with it',
    {
      sends:
        'calls that ask for compressed answers, unary and streaming, with messages of 0, 1, 31415 and other numbers of octets; the answer to every other call is judged as well',
      passes:
        'the field is there, the body inflates to the expected payload, and an answer has one grpc-encoding; a grpc-encoding with messages of flag 0 only is legal',
      fails: 'the field is missing, or its meaning changes from message to message',
      needs: 'a method that compresses its answers when asked',
      servers: 'grpc-java and grpc-js always send grpc-encoding (identity)',
    },
  ),
  'COMP-15-disable-per-message': must(
    [grpcCompression('Specific Disabling of Compression', 'must'), grpcInterop('server_compressed_streaming')],
    'a message for which compression was switched off goes out with flag 0',
    {
      sends:
        'the pair of the interop test (31415 octets compressed, 92653 uncompressed), and random lists of messages with compression on and off',
      passes: 'the flags follow the list of the request',
      warns: 'flag 0 where compression was asked for and is of use (1,024 octets or more)',
      fails: 'flag 1 where compression was switched off',
      needs: 'a streaming method that compresses its answers when asked',
      servers:
        'several languages have no switch for each message, the interop server of grpc-java compresses unary answers alone: then it is skipped. C-core leaves out what does not shrink',
    },
  ),
  'COMP-16-accept-encoding-advertised': convention(
    [grpcHttp2('Responses'), grpcCompression(asymmetry, 'must')],
    'the server names the encodings it accepts in grpc-accept-encoding of its responses',
    {
      sends:
        'nothing of its own: the answer to every call is judged; and a call with each encoding that is listed. The field is optional',
      passes: 'no such field, or a list of tokens between commas, each of which COMP-02 can use',
      fails: 'a listed encoding is then refused with 12: such a status must not be related to compression',
      needs: 'any',
      servers: 'C-core: identity, deflate, gzip; grpc-js: identity,deflate,gzip; spaces after commas are usual',
    },
  ),
  'COMP-17-undisclosed-encoding-disclosed': must(
    grpcCompression(asymmetry, 'must'),
    'an answer to a message in an encoding that the server accepts lists that encoding in grpc-accept-encoding, unless the server had named it before',
    {
      sends: 'a message in gzip, or in what COMP-02 has found, as the first compressed one on a connection',
      passes: 'the field lists the encoding that was used, in this or an earlier answer of the connection',
      warns:
        'the field is missing on the whole connection; the strict profile takes that for a failure, as with COMP-06',
      fails: 'the field is there without the encoding that was just accepted',
      needs: 'a server that accepts gzip',
      servers: 'grpc-go#2786 (open since 2019), grpc-java#1804 (open)',
    },
  ),
  'COMP-18-refusal-says-why': must(
    grpcCompression('Test cases', 'must'),
    'the refusal of an unsupported encoding (COMP-05), or of Compressed-Flag 1 without encoding (COMP-08), has a grpc-message',
    {
      sends:
        'messages with flag 1 in an encoding that the server does not have, and with flag 1 and no grpc-encoding or identity',
      passes: 'a text that is not empty',
      warns:
        'the text is empty or missing; the strict profile takes that for a failure. Only recorded: the text names neither the encoding nor the supported ones',
      fails: 'nothing, save under the strict profile',
      needs: 'a unary method',
    },
  ),
});
