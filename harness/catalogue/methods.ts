import { grpcCompression, grpcHttp2, grpcStatusCodes, protobufEncoding, rfc9113 } from './requirement';
import { convention, must, rows, should } from './row';

/** Methods of the user's own, of which only the declaration is known: what a handler answers, and when, is its own affair. */
export const methods = rows('METHOD', {
  'METHOD-01-legal-answer': must(
    [grpcHttp2('Responses'), grpcStatusCodes()],
    'every call gets a gRPC answer, whatever its messages say: Response-Headers or Trailers-Only with HTTP status 200, and a status; by convention one from 0 to 16',
    {
      sends: 'one to three calls beside each other, to any method that may be called, with messages of its type',
      passes:
        'Response-Headers or Trailers-Only, with any status from 0 to 16; an answer that goes on for more than 32 messages is left',
      warns: 'a status above 16. Only recorded: no answer in time',
      fails: 'an answer that is none of gRPC, RST_STREAM, or a connection that is closed',
      follows: 'the grammar of a response, and the list of statuses, leave nothing else',
      needs: 'a method of the user that may be called',
    },
  ),
  'METHOD-02-declared-type': must(
    [protobufEncoding(), grpcHttp2('Outline')],
    'every message of an answer decodes as the type that the method declares',
    {
      sends: 'a call to any method that may be called, with messages of its type',
      passes: 'messages of the declared type, unknown fields included, or a status and no message',
      fails: 'a message that does not decode as the declared type',
      follows: 'a message is of the type that the method declares, or nobody can read it',
      needs: 'a method of the user that may be called',
    },
  ),
  'METHOD-03-encodings-alike': must(
    protobufEncoding(),
    'all encodings of a message mean the same: fields in any order, unknown fields, packed and unpacked, split messages, varints and lengths with more octets than they need',
    {
      sends:
        'a request to a method that may be repeated, twice, and then in another legal encoding of its message: with fields that the type does not have (in no entry of a map: upb drops the entry, a known grey area), fields in another order, packed numbers one by one, single ones packed or packed in two runs, a message in two pieces, an earlier value of the same field, a default that is written, an earlier entry with the same key, another member of the oneof before the one that counts, an entry of a map without its key or value, varints of up to nine octets and lengths of up to five; now and then one on which the large protobuf libraries differ',
      passes: 'the same status and equal messages',
      warns:
        'only recorded: answers that differ by themselves; another answer to an encoding on which the large protobuf libraries differ (an unknown field in an entry of a map, a tag of more octets than needed, a varint of ten octets where fewer would do)',
      fails: 'another status or another message',
      needs: 'a unary method of the user that may be repeated',
    },
  ),
  'METHOD-04-framing-alike': must(
    [grpcHttp2('Data Frames'), rfc9113('6.10'), rfc9113('6.1')],
    'what a request says does not depend on its frames: DATA cut anywhere and padded, the header cut and encoded in any way',
    {
      sends:
        'a request to a method that may be repeated, twice, and then in other DATA frames, with padding, END_STREAM on an empty frame, CONTINUATION, and other representations of its fields',
      passes: 'the same status and equal messages',
      warns: 'only recorded: answers that differ by themselves',
      fails: 'another status or another message',
      follows:
        'neither the frames that octets come in nor the representation of a field are part of what a request says',
      needs: 'a unary method of the user that may be repeated',
    },
  ),
  'METHOD-05-undecodable-request': convention(
    [grpcStatusCodes(), protobufEncoding()],
    'a request message that does not decode as the declared type does not reach a handler: the call ends with an error, INTERNAL by the table of status codes',
    {
      sends:
        'a message of the declared type with one thing wrong that no decoder can pass over, at its end or at the end of a message that it holds: a number, a varint or a tag that ends too early, a length beyond the end, a varint of more than ten octets in a known field, wire type 6 or 7, field number 0 (in a message without fields this is a case apart), a group that does not end, one that was not begun or one that ends with the number of another, a string that is not UTF-8 where strings are verified',
      passes: 'any status but 0, RST_STREAM, or no answer in time',
      fails: 'status 0, or an answer to the message',
      needs: 'a unary or server-streaming method of the user that may be called',
    },
  ),
  'METHOD-06-cancellation': must(
    [grpcHttp2('Errors'), rfc9113('5.4.2')],
    'cancelling a call, at whatever moment, ends that call alone: the connection and the calls beside it go on',
    {
      sends:
        'a call to any method that is reset after its header, a part of a message, its messages, the half-close or an answer, beside another call that goes on',
      passes: 'a connection that stays open, and any gRPC answer to the other call',
      warns:
        'only recorded: no answer to the other call in time; a connection that the server ends by GOAWAY without an error',
      fails: 'the connection is closed, or the other call gets no gRPC answer but another end',
      follows: 'RST_STREAM ends one stream by its definition',
      needs: 'a method of the user that may be called',
    },
  ),
  'METHOD-07-deadline': should(
    [grpcHttp2('Client Cancellation', 'should'), grpcStatusCodes()],
    'when the deadline passes, the server ends the call by itself, whatever its handler waits for',
    {
      sends:
        'a call to any method with a timeout of 100 to 400 ms that is never half-closed, after its header, a part of a message or its messages; a method that takes one message gets no whole one, since it could be done as soon as it has it',
      passes:
        'RST_STREAM(CANCEL) or status 4 (DEADLINE_EXCEEDED) within 2 s after the deadline, or a call that has ended before its deadline',
      warns: 'RST_STREAM with another error code. Only recorded: status 1 (CANCELLED)',
      fails: 'the call is still open 2 s after its deadline, or ends later than that or in another way',
      needs: 'a method of the user that may be called',
    },
  ),
  'METHOD-08-stingy-reader': must(
    [rfc9113('5.2.1', 'must'), rfc9113('6.9.1', 'must'), rfc9113('5.2'), rfc9113('6.9')],
    'an answer stays within the windows of its stream and connection, and goes on when credit comes, without losing an octet',
    {
      sends:
        'a call to any method behind a stream window of 0 octets to 1 MiB, with credit of 1 to 100,000 octets at a time, up to six times, then plenty on both levels',
      passes: 'DATA within the credit that was sent, messages that decode as declared, and any status',
      fails:
        'DATA beyond either window, a message that does not decode, or an answer that stops inside a message although both windows allow more',
      follows: 'the windows bind every answer, whatever the method',
      needs: 'a method of the user that may be called',
    },
  ),
  'METHOD-09-stalled-reader': convention(
    [rfc9113('5.2.2'), rfc9113('10.5')],
    'a method that produces faster than its client reads is stopped: the memory of the server does not grow with the time that the reader stalls',
    {
      sends:
        'a call to a server-streaming method that nobody reads from, behind a stream window of 65535 octets or of 0, in a fresh process, until its memory stands still or has grown too much, for 20 s at most',
      passes: 'memory that grows by at most 64 MiB, and a connection that stays open',
      warns: 'only recorded: a connection that the server ends by GOAWAY without an error',
      fails: 'memory that grows by more, or a connection that is closed',
      needs:
        'a server-streaming method of the user that may be called, and a process that the run has started and whose memory can be read',
    },
  ),
  'METHOD-10-cardinality': must(
    grpcStatusCodes(),
    'a unary or server-streaming method that gets no message, or more than one, ends with an error',
    {
      sends: 'a call with an empty message, then one with no message, or with two to four of them',
      passes: 'any status but 0, or RST_STREAM',
      warns: 'the first of several messages is served: several libraries never look at what follows it',
      fails:
        'a call without a message is served; or it is never answered, which counts as a hang, although the call with the empty message was',
      follows: 'the status codes name the wrong number of messages as a fault (UNIMPLEMENTED) of a call',
      needs: 'a unary or server-streaming method of the user that may be called',
    },
  ),
  'METHOD-11-compressed-alike': must(
    grpcCompression(),
    'a message compressed by an encoding that the server accepts means the same as the plain one',
    {
      sends:
        'a request to a method that may be repeated, twice, and then as gzip of any level and with any header fields',
      passes: 'the same status and equal messages, or status 12 (UNIMPLEMENTED)',
      warns: 'only recorded: answers that differ by themselves',
      fails: 'another status or another message',
      follows: 'a message is compressed or not, and is the same message',
      needs: 'a unary method of the user that may be repeated, and a server that accepts gzip',
    },
  ),
});
