import { grpcHttp2, grpcInterop, grpcStatusCodes, rfc9113 } from './requirement';
import { convention, must, rows } from './row';

/** Messages and their framing. Whatever a row sends, the server serves a plain call afterwards, on the same connection if that is still open. */
export const messages = rows('MSG', {
  'MSG-01-unary-echo': must(
    [grpcHttp2('Outline'), grpcHttp2('Requests'), grpcInterop('large_unary')],
    'one well-formed Length-Prefixed-Message is delivered to the handler and its reply comes back as one Length-Prefixed-Message',
    {
      sends:
        'a unary echo, with payload octets of all 256 values and sizes of 0, 1, 4, 5, 6, 16383, 16384, 16385, 65535, 65536 and random ones up to 256 KiB',
      passes: 'the call is served, and the payload comes back identical',
      fails: 'anything else',
      needs: 'a unary method',
      h2spec: ['generic/4/3'],
    },
  ),
  'MSG-02-any-data-split': must(
    grpcHttp2('Data Frames'),
    'the boundaries of messages have nothing to do with those of DATA frames',
    {
      sends:
        'the octets of one or more messages, cut at random offsets into DATA frames, also inside the prefix of 5 octets. It varies the cuts (0 to 40 of them), whether END_STREAM comes with the last piece or on an empty frame of its own, pauses of 0 to 200 ms between pieces, and segments of TCP that do not follow the frames; a normal call in parallel must not wait',
      passes: 'the same result as for one frame',
      fails: 'an error, a hang, or another payload',
      needs: 'a unary and a client-streaming method',
      servers:
        'h2 counts DATA frames of less than 256 octets, and answers too many by GOAWAY with ENHANCE_YOUR_CALM: keep to about 60 for each connection',
      h2spec: ['generic/3.1/2'],
      matters: true,
    },
  ),
  'MSG-03-merged-messages': must(grpcHttp2('Data Frames'), 'all messages of a DATA frame are delivered, in order', {
    sends:
      '2 to 200 messages, some of size 0 among them, packed into as few DATA frames as possible; a frame may end in the middle of the next prefix',
    passes: 'the number, the order and the octets of the messages are those that were sent',
    fails: 'a message is lost, merged with another or out of order',
    needs: 'a client-streaming or a bidirectional-streaming method',
    matters: true,
  }),
  'MSG-04-empty-data-between': must(
    [rfc9113('6.1'), rfc9113('6.9.1'), grpcHttp2('Data Frames')],
    'DATA frames of length 0 without END_STREAM are legal anywhere and carry no message',
    {
      sends:
        '1 to 5 empty DATA frames before, inside and after messages; few on purpose, since DOS-06 is about floods of them',
      passes: 'the call is served, and the number of messages unchanged',
      fails: 'one more, empty, message; a half-close that is seen early; an error',
      needs: 'a client-streaming method',
      servers: 'h2 allows about 100 for each connection; nghttp2 and C-core count them as suspicious only in bulk',
    },
  ),
  'MSG-05-zero-length-message': must(
    [grpcHttp2('Requests'), grpcInterop('empty_unary')],
    'a prefix that announces no octets is a message like any other, and not the same as no message',
    {
      sends:
        'a unary call with an empty message (prefix 00 00000000); a client-streaming call with some empty messages among others; the prefix cut at random',
      passes: 'the call is served, the empty messages count, and an empty answer has exactly 5 octets',
      fails: 'an empty message is treated as a missing one',
      follows: 'the grammar allows a message of no octets behind its prefix',
      needs: 'a unary and a client-streaming method',
      servers: 'C-core and grpc-js pass (measured)',
      matters: true,
    },
  ),
  'MSG-06-padded-data': must(rfc9113('6.1'), 'padding of DATA frames is stripped and invisible to the message parser', {
    sends:
      'the octets of a message in padded DATA frames: pad lengths of 0 to 255, frames that are padding alone, padded frames between unpadded ones, END_STREAM on a padded frame; padding octets of zero as the rule wants them, and, as a case of its own, random ones',
    passes:
      'the call is served, and the payload identical; padding octets other than zero may also be answered by a stream error or a connection error, since PROTOCOL_ERROR is permitted there',
    fails: 'padding is delivered as payload, or padding of zeros gives an error',
    follows: 'padding is no part of the data of a frame by the definition of DATA',
    needs: 'a unary method',
    servers:
      'C-core does not implement padding of DATA (RST_STREAM with PROTOCOL_ERROR, measured): a true violation, to be reported as known; grpc-js passes (measured); no other failure is known',
    h2spec: ['generic/3.1/3'],
  }),
  'MSG-07-large-message': convention(
    [grpcInterop('large_unary'), grpcInterop('server_streaming'), grpcInterop('client_streaming')],
    'messages far larger than frame and window sizes pass both ways',
    {
      sends:
        '271828 octets with 314159 asked for in return; then random sizes up to 1 MiB, near multiples of 16384 and 65535',
      passes: 'the call is served',
      fails: 'a stall, or an error',
      needs: 'a unary method',
    },
  ),
  'MSG-08-size-limit-boundary': must(
    grpcStatusCodes(),
    'a message above the limit of the server ends the call with RESOURCE_EXHAUSTED; one of exactly the limit is served',
    {
      sends:
        'messages of length L−1, L, L+1 and 2L, where L is the receive limit of the server (usually 4 MiB = 4194304 octets); as the only message, and as the second one of a stream',
      passes: 'up to L the call is served; above L it ends with status 8 (RESOURCE_EXHAUSTED)',
      warns: 'another status than 0 above L',
      fails: 'a message above L is served, the connection lost, or the call left hanging',
      needs: 'a known limit of the message size, and a unary method',
      servers:
        'Tonic answers 11 (OUT_OF_RANGE) to uncompressed messages that are too large, a status that libraries never make by the table of status codes; C-core adds RST_STREAM(NO_ERROR), since the client is not half-closed; grpc-js leaves the stream open (measured)',
      matters: true,
    },
  ),
  'MSG-09-huge-announced-length': convention(
    [rfc9113('10.5'), grpcStatusCodes()],
    'an announced length above the limit is refused from the prefix alone, without waiting for or reserving the body',
    {
      sends:
        'a prefix that announces L+1 up to 0xFFFFFFFF octets, where L is the receive limit, and 0 to 100 octets of body, without END_STREAM',
      passes:
        'status 8 (RESOURCE_EXHAUSTED) within the time for a reply; the memory of the server grows by far less than the announced length',
      warns: 'the message is refused only after END_STREAM',
      fails: 'a hang while memory grows, or a crash',
      needs: 'a unary method; also a known limit of the message size, and a process whose memory can be read',
      servers: 'C-core and grpc-js answer 8 at once (measured)',
    },
  ),
  'MSG-10-truncated-message': convention(
    [grpcHttp2('Requests'), grpcHttp2('Errors')],
    'a request that ends inside a message, or inside its prefix, is not taken for a complete one',
    {
      sends:
        'END_STREAM after 1 to 4 octets of a prefix, or after a prefix and fewer octets than it announces: (a) in a unary call, as the only message; (b) in a unary, client-streaming or bidirectional call, after one or more complete messages',
      passes:
        '(a) a refusal, usually status 13, and 12 for "no message" as well; (b) a status other than 0, usually 13, or a stream error',
      warns: '(b) a unary call with an intact first message ends with status 0',
      fails:
        '(a) the handler runs with a short message; (b) a client-streaming or bidirectional call ends with status 0 as if the tail had not existed, which loses data',
      needs: 'a unary and a client-streaming method',
      servers:
        'of (b), measured: grpc-js and C-core drop the partial tail silently and answer status 0; grpc-go, grpc-java, Tonic and grpc-dotnet answer 13',
      matters: true,
    },
  ),
  'MSG-11-invalid-compressed-flag': convention(
    [grpcHttp2('Requests'), grpcHttp2('Errors')],
    'a Compressed-Flag other than 0 or 1 is a framing error',
    {
      sends:
        'a message with a flag of 2 to 255 (2, 0x80 and 0xff above all), the first or a later one, with and without grpc-encoding',
      passes: 'a refusal, usually status 13, also 12',
      fails: 'the message is delivered, or replaced by something else',
      needs: 'a unary and a client-streaming method',
      servers:
        'measured: C-core answers status 0 with an empty message; grpc-js takes every flag but 1 for 0 and serves the call; grpc-go, grpc-java and Tonic answer 13',
    },
  ),
  'MSG-12-undecodable-payload': must(
    grpcStatusCodes(),
    'a payload the codec cannot parse ends with INTERNAL for that call only',
    {
      sends:
        'octets that are no valid protobuf of the method: a truncated varint, a wrong wire type, a length past the end; to methods of protobuf only, not to an echo of raw octets',
      passes: 'status 13 (INTERNAL)',
      warns: 'another status than 0',
      fails: 'status 0, a crash, or the loss of the connection',
      needs: 'a unary method with the codec of protobuf',
      servers: 'many random strings are valid protobuf, as unknown fields: the errors have to be made on purpose',
    },
  ),
  'MSG-13-response-framing': must(
    [grpcHttp2('Outline'), grpcHttp2('Responses'), grpcHttp2('Requests')],
    'response DATA concatenated over frames is an exact sequence of Length-Prefixed-Messages; nothing is left over when an OK trailer comes',
    {
      sends: 'nothing of its own: the answer to every call is judged',
      passes:
        'flags of 0 and 1 only, prefixes that add up to the octets, no partial message before trailers with status 0; flag 1 only with a grpc-encoding other than identity',
      warns: 'a partial message before a status other than 0',
      fails: 'anything else, such as a message with flag 0x80: trailers of gRPC-Web have no place here',
      follows: 'the grammar of a response has nothing but whole messages between its headers and its trailers',
      needs: 'any',
      servers:
        'measured: C-core ends a call with status 4 after a half-sent message when the deadline passes while it waits for the window',
    },
  ),
});
