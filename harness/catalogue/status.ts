import {
  googleRpcStatus,
  grpcHttp2,
  grpcHttpMapping,
  grpcInterop,
  grpcProposal,
  grpcStatusCodes,
  rfc9113,
} from './requirement';
import { convention, may, must, rows, should } from './row';

/** Status codes, messages and details. */
export const status = rows('STATUS', {
  'STATUS-01-code-roundtrip': must(
    [grpcHttp2('Responses'), grpcStatusCodes(), grpcInterop('status_code_and_message')],
    'the status that a handler chooses arrives unchanged',
    {
      sends: 'calls that ask the handler for each code from 1 to 16 (0 is the normal end), unary and streaming',
      passes: 'grpc-status is the code that was asked for',
      fails: 'it is mapped to another',
      needs: 'a handler that ends with a chosen status',
      matters: true,
    },
  ),
  'STATUS-02-decimal-no-leading-zero': must(grpcHttp2('Responses'), 'grpc-status is 1*DIGIT without leading zeros', {
    sends:
      'nothing of its own: the answer to every call is judged; and, where the test service allows it, calls that ask for codes outside 0 to 16: 17, 99, 2147483647 and −1',
    passes: 'a value that matches 0|[1-9][0-9]*; codes out of range come as 2, as 13 or as the same decimal number',
    fails: 'a sign, spaces, a leading zero, a name in place of a number, or no trailers',
    needs: 'any; for codes out of range a handler that ends with a chosen status',
    servers: 'measured: grpc-js writes 99 and -1 as they are given; C-core in Python turns them into 2',
  }),
  'STATUS-03-message-roundtrip': must(
    [grpcHttp2('Responses'), grpcInterop('status_code_and_message'), grpcInterop('special_status_message')],
    'the text of a status arrives: grpc-message, percent-decoded, is the UTF-8 of what the handler said',
    {
      sends:
        'random Unicode strings without lone surrogates, with quotes, backslashes and control characters, an empty one; texts full of %, %41, 100% and %zz (a literal % has to travel as %25); the text of the interop test: \\t\\ntest with whitespace\\r\\nand Unicode BMP ☺ and non-BMP 😈\\t\\n',
      passes: 'the decoded text is equal',
      fails: 'the text is lost or altered, or the call fails because of it',
      needs: 'a handler that ends with a chosen status',
      servers:
        'grpc-js percent-encodes more than it needs to (spaces, quotes), C-core less; both are legal: compare the decoded text only',
      matters: true,
    },
  ),
  'STATUS-04-percent-encoding-alphabet': must(
    grpcHttp2('Responses'),
    'the raw grpc-message has only 0x20–0x7e; each % starts an escape of two hex digits',
    {
      sends:
        'status messages of random Unicode, full of percent signs and control characters (STATUS-03); every grpc-message is judged',
      passes: 'a value that matches ^([ -$&-~]|%[0-9A-F]{2})*$',
      warns: 'hexadecimal digits in lower case',
      fails: 'raw octets of 0x7f and above or below 0x20, or a bare %',
      needs: 'a handler that ends with a chosen status',
    },
  ),
  'STATUS-05-message-outer-spaces': convention(
    [rfc9113('8.2.1', 'must'), grpcHttp2('Responses')],
    "a status message that begins or ends with a space has it escaped, since no field value of HTTP/2 may; gRPC's own grammar would let it through",
    {
      sends: 'messages with 1 to 3 spaces at the start or the end, and messages of spaces only',
      passes: 'the text is equal after decoding, with the outer spaces escaped as %20',
      warns: 'raw outer spaces, which are illegal in HTTP/2, or spaces that are trimmed',
      fails: 'the call breaks',
      needs: 'a handler that ends with a chosen status',
      servers: 'measured: C-core sends them raw, grpc-js as %20',
    },
  ),
  'STATUS-06-message-optional': may(grpcHttp2('Responses'), 'grpc-message may be absent, empty, or present on OK', {
    sends: 'calls that end with OK, and errors with an empty text',
    passes: 'all of it is tolerated',
    warns: 'only recorded: an empty grpc-message, which is outside the grammar',
    fails: 'nothing',
    needs: 'any',
    servers:
      'measured: C-core sends an empty grpc-message on OK, grpc-js grpc-message: OK; grpc-go leaves it out or sends it empty',
  }),
  'STATUS-07-handler-exception-unknown': must(
    grpcStatusCodes(),
    'a handler that ends with an exception instead of a status ends its call with UNKNOWN, and nothing else',
    {
      sends:
        'a call to a method whose handler throws: before the first message, between messages, after the half-close',
      passes: 'status 2 (UNKNOWN), and the server serves a plain call afterwards',
      warns: 'status 13',
      fails: 'no trailers, a connection that is closed, or a process that ends',
      needs: 'a method whose handler throws, or one that ends with a chosen status',
      servers:
        'a panic in grpc-go takes the process down unless an interceptor recovers from it: hence it needs a method that throws, and an operator may leave it out',
      matters: true,
    },
  ),
  'STATUS-08-error-after-messages': must(
    [grpcHttp2('Responses'), grpcHttp2('Errors'), grpcHttp2('Outline')],
    'an error after some messages arrives after all of them, also when they had to wait for the window',
    {
      sends:
        'a call to a server-streaming or bidirectional handler that writes messages and ends with a chosen code: 0 to 20 messages of varying sizes, and windows that force it to wait',
      passes: 'all messages intact and in order, then grpc-status with that code',
      fails: 'messages are lost, or RST_STREAM comes in place of trailers',
      needs: 'a server-streaming method that ends with a chosen status',
      matters: true,
    },
  ),
  'STATUS-09-status-details-bin': convention(
    [grpcProposal('L44-python-rich-status'), googleRpcStatus(), grpcHttp2('Requests')],
    'grpc-status-details-bin, when sent, is base64 of a google.rpc.Status whose code equals grpc-status',
    {
      sends: 'calls to a handler that attaches details, of varying size and octets',
      passes: 'the value decodes, and the code is the same',
      warns: 'the code differs: libraries disagree on which of the two wins',
      fails: 'base64 that does not decode',
      needs: 'a handler that ends with a chosen status and with details',
    },
  ),
  'STATUS-10-codes-never-generated': should(
    grpcStatusCodes(),
    'statuses made by the library itself are never 3, 5, 6, 9, 10, 11 or 15',
    {
      sends:
        'nothing of its own: every refusal that no handler has made is judged: of a message that is too large, an unknown method, a bad encoding, a bad timeout, a wrong number of messages, a deadline. The list describes the libraries, and has no key word',
      passes: 'another code',
      warns: 'one of the seven',
      fails: 'nothing, on purpose: real servers deviate',
      needs: 'any',
      servers:
        'Tonic answers 11 to messages that are too large; the 415 of grpc-go carries grpc-status 3; Connect differs on purpose',
    },
  ),
  'STATUS-11-grpc-errors-keep-http-200': must(
    [grpcHttp2('Responses'), grpcHttpMapping('', 'must')],
    'gRPC failures are not mapped to HTTP status codes',
    {
      sends:
        'calls that ask the handler for every error code; the table of HTTP statuses is for clients only, and servers must not derive an HTTP status from it',
      passes: ':status 200 each time',
      fails: '404, 503, 504 and the like, with or without grpc-status',
      needs: 'a handler that ends with a chosen status',
    },
  ),
  'STATUS-12-long-message': convention(
    grpcHttp2('Responses'),
    'a long status message is delivered whole or visibly cut, never breaks the call',
    {
      sends:
        'status messages of 1 KiB to 64 KiB, also texts that are escaped throughout and so grow to three times their size; gRPC suggests a limit of 8 KiB to clients',
      passes: 'the status, with the text or the beginning of it',
      warns: 'a cut inside an escape',
      fails: 'RST_STREAM, a hang, or the loss of the connection',
      needs: 'a handler that ends with a chosen status',
      servers: 'measured up to 60 KB on C-core and grpc-js',
    },
  ),
  'STATUS-13-pushback-header': convention(
    grpcProposal('A6-client-retries'),
    'if the handler sets grpc-retry-pushback-ms it arrives in the trailers as a decimal signed 32-bit number',
    {
      sends: 'an error with a pushback of −1, 0, 100 and 2147483647',
      passes: 'one field that matches -?[0-9]+, without needless zeros',
      fails: 'the field is dropped as a reserved name of gRPC, or moved to the headers',
      needs: 'a handler that ends with a chosen status and with chosen metadata',
      servers:
        'grpc-js and grpc-java let applications set it as ordinary trailing metadata; some APIs refuse names that start with grpc-: then it is skipped',
    },
  ),
  'STATUS-14-shutdown-unavailable': must(
    [grpcStatusCodes(), grpcProposal('A9-server-side-conn-mgt')],
    'calls the server ends because it shuts down get UNAVAILABLE (or are not accepted at all, KA-09)',
    {
      sends: 'calls that are still open when the harness shuts the server down by force, not gracefully',
      passes: 'status 14 (UNAVAILABLE), RST_STREAM, or a closed TCP connection, which a client maps to UNAVAILABLE',
      warns: 'status 1',
      fails: 'status 0 without the messages',
      needs: 'a server that the harness can shut down, and a handler that stays busy until it is cancelled',
      servers: 'measured: when C-core closes a connection it first ends its calls with 14 and RST_STREAM(NO_ERROR)',
    },
  ),
  'STATUS-15-reset-cancel-only-mid-message': should(
    [grpcHttp2('Errors', 'should'), grpcStatusCodes()],
    'the server resets a stream with CANCEL only where it can no longer send a status',
    {
      sends:
        'nothing of its own: the answer to every call is judged; and calls with a message that is too large, or one that does not decode, as a later message, and handlers that fail after some messages, each with the last message of the answer complete on the wire',
      passes: 'trailers',
      warns:
        'RST_STREAM(CANCEL) between two messages; an expired deadline is exempt, since gRPC over HTTP/2 names the reset there',
      fails: 'nothing: it is only warned about',
      needs: 'a unary and a bidirectional-streaming method',
      servers: 'grpc-java#3996 and #11245 (a message that is too large, after the headers)',
    },
  ),
});
