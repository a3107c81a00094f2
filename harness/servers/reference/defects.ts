import { shortId, type RowId, type RowNumber } from '../../catalogue';

/**
 * One way to break each rule that a property tests, such as a real server could have it: most strike only some inputs. The key is the row of the rule
 * catalogue; the sentence says what the server then does wrong.
 */
export const defects = {
  'CONN-01-settings-first':
    'SETTINGS waits for the preface of the client and goes after the acknowledgement when the client sets two or more parameters',
  'CONN-03-invalid-magic': 'Only the first 16 octets of the preface are compared',
  'CONN-05-settings-acknowledged': 'A SETTINGS frame with an unknown identifier is not acknowledged',
  'FRAME-01-unknown-type-ignored': 'A frame of unknown type on a stream other than 0 is a connection error',
  'FRAME-04-max-frame-16384-accepted': 'A frame of exactly the advertised maximum is refused as too large',
  'FRAME-06-field-block-contiguous': 'Frames on stream 0 are served in the middle of a field block',
  'FRAME-23-server-frames-well-formed':
    'A DATA frame is one octet larger than the maximum of the client when the message does not fit into one frame',
  'HPACK-01-all-representations': 'A never-indexed literal field loses the last octet of its value',
  'HPACK-09-invalid-index': 'An index beyond both tables is a stream error and the connection goes on',
  'HPACK-12-context-survives-rejections':
    'What the field block of a refused request put into the dynamic table is forgotten',
  'STREAM-04-frames-on-idle-stream': 'WINDOW_UPDATE on an idle stream is ignored',
  'STREAM-11-window-update-zero': 'WINDOW_UPDATE of 0 on a stream is ignored',
  'STREAM-15-upload-window-replenished': 'Stream credit is returned only once a message is complete',
  'STREAM-16-discarded-data-returns-connection-credit': 'Connection credit of DATA that nobody reads is not returned',
  'REQ-01-minimal-request':
    'A request without any field beyond the mandatory ones is refused with INTERNAL when its first message has an odd length',
  'REQ-02-regular-header-order-free': 'A content-type after custom metadata is not seen',
  'REQ-03-method-not-post': 'Methods other than GET and HEAD are executed like POST',
  'REQ-04-mandatory-pseudo-missing': 'A request without :scheme is served',
  'REQ-06-pseudo-unknown-or-misplaced': 'Unknown pseudo-header fields are ignored',
  'REQ-07-uppercase-name': 'Only the first letter of a field name is checked for upper case',
  'REQ-15-content-type-accepted': 'application/grpc+proto is answered by 415',
  'REQ-16-content-type-not-grpc': 'Any content-type that begins with application/ is served',
  'REQ-21-unknown-service-or-method': 'An unknown method of a package that is served ends with NOT_FOUND',
  'REQ-24-ascii-metadata-roundtrip': 'A metadata value ends before its first semicolon',
  'REQ-25-duplicate-metadata-order': 'Three or more values of one name are handed over in reverse order',
  'REQ-26-bin-padding-optional':
    'The last octet of an unpadded binary value is lost when two padding characters are missing',
  'MSG-02-any-data-split': 'A message prefix that is split over DATA frames is read from its second part on',
  'MSG-03-merged-messages': 'All messages in one DATA frame after the fourth are lost',
  'MSG-05-zero-length-message': 'An empty message whose prefix is split over DATA frames is lost',
  'MSG-08-size-limit-boundary': 'A message of exactly the limit is refused',
  'MSG-10-truncated-message': 'A half-close inside a message prefix counts as a complete request',
  'EOS-01-end-stream-on-last-data':
    'The message that END_STREAM completes is lost when a request of a streaming method takes several DATA frames',
  'EOS-02-end-stream-on-empty-data':
    'An empty DATA frame with END_STREAM ends a client-streaming or bidirectional call with INTERNAL',
  'EOS-05-second-headers-without-end-stream': 'A second HEADERS frame without END_STREAM is ignored',
  'RESP-01-status-200': ':status is there twice when a call ends with an error and nothing else',
  'RESP-08-initial-metadata': 'Initial metadata of calls with streaming responses goes into the trailers',
  'TRAIL-01-trailers-end-the-stream':
    'Trailers of an error after Response-Headers lack END_STREAM; an empty DATA frame with it follows',
  'TRAIL-03-status-always-present': 'Trailers lack grpc-status when it is OK and three or more messages were sent',
  'TRAIL-04-no-pseudo-in-trailers': ':status is repeated in the trailers after three or more messages',
  'TRAIL-08-trailing-metadata': 'Trailing metadata is lost when the call ends with an error',
  'STATUS-01-code-roundtrip': 'DATA_LOSS and UNAUTHENTICATED arrive as UNKNOWN',
  'STATUS-03-message-roundtrip': 'A percent sign before two hex digits in a status message is not escaped',
  'STATUS-07-handler-exception-unknown': 'A handler that throws after its first message ends the call with RST_STREAM',
  'STATUS-08-error-after-messages': 'The last message before an error is lost when there was more than one',
  'COMP-02-gzip-request': 'gzip members with optional header fields cannot be read',
  'COMP-05-unsupported-encoding': 'A message in an unsupported encoding is taken for an empty message',
  'COMP-08-flag-without-encoding': 'Compressed-Flag 1 is ignored when grpc-encoding is identity',
  'DL-01-units-and-values': 'Timeouts of more than 2^31-1 milliseconds expire at once',
  'DL-03-expiry-ends-the-call': 'At the deadline the call ends with status OK when Response-Headers were not sent yet',
  'DL-05-handler-sees-cancellation': 'At the deadline the handler is not told',
  'DL-08-malformed-timeout': 'A call with a malformed timeout is never answered',
  'CANC-01-rst-cancels-handler': 'RST_STREAM does not reach a handler that has sent Response-Headers',
  'CANC-03-other-streams-unaffected': 'RST_STREAM also cancels the stream opened next after that one',
  'RPC-01-unary':
    'The answer is sent twice when the request message came in three or more DATA frames, or is larger than 1,024 octets',
  'RPC-02-client-streaming': 'Messages after the sixteenth are not counted',
  'RPC-03-server-streaming': 'A response of size 0 that is not the first is left out',
  'RPC-04-bidi': 'After the half-close only three messages of those still unread are answered',
  'RPC-05-request-cardinality': 'A unary method answers each of several request messages and ends with OK',
  'RPC-07-ping-pong-interleaving':
    'Small responses of bidirectional calls, after the first, are held back until the next message or the half-close',
  'RPC-11-repeatable-on-one-connection':
    'When the client has reset a call inside a message, the next request of the connection is refused with INTERNAL_ERROR',
  'FLOW-01-window-respected': 'The five octets of a message prefix are not counted against the stream window',
  'FLOW-03-resumes-on-credit': 'A stream that waits for connection credit is only woken by a WINDOW_UPDATE of its own',
  'FLOW-07-fast-producer-stalled-reader':
    'Handlers never wait for the window: the response piles up in memory, and stays there when the call is reset',
  'MUX-01-parallel-calls-isolated': 'Unary calls in progress at the same time share one request',
  'MUX-02-out-of-order-completion': 'While a message of an earlier stream is incomplete, later calls wait',
  'KA-01-ping-echo': 'The first octet of a PING comes back without its highest bit',
  'KA-09-graceful-shutdown': 'A graceful shutdown does not wait for streaming calls',
  'TLS-01-alpn-h2': 'ALPN takes the first protocol of the client, whatever it is',
  'SVC-01-health-check': 'An explicitly empty service name is taken for an unknown service',
  'DOS-01-rapid-reset':
    'The handler of a reset stream runs on, 4 KiB of it are never freed, and neither counts against a limit',
  'DOS-13-mutated-sessions': 'A frame of a length that its type cannot have ends the process when calls are open',
  'METHOD-01-legal-answer':
    'A handler that meets an unexpected value, here a specimen of more than 40 octets, ends its call with RST_STREAM',
  'METHOD-02-declared-type': 'The last octet of every message of an answer but the first is lost',
  'METHOD-03-encodings-alike': 'Requests are compared octet by octet, not by what they mean',
  'METHOD-04-framing-alike': 'A request that comes in three or more DATA frames is understood in another way',
  'METHOD-05-undecodable-request': 'A request that does not decode is taken for an empty one',
  'METHOD-06-cancellation': 'RST_STREAM before the half-close ends the connection',
  'METHOD-07-deadline': 'The deadline of a call whose request is not complete is not enforced',
  'METHOD-08-stingy-reader': 'A message that is sent while the window is closed goes out with wrong octets',
  'METHOD-09-stalled-reader': 'An endless answer is made ahead of what the window lets through, and kept',
  'METHOD-10-cardinality': 'A request without any message is taken for one with an empty message',
  'METHOD-11-compressed-alike': 'The last octet of a compressed request is lost',
} as const satisfies Readonly<Partial<Record<RowId, string>>>;

/** A row of the rule catalogue that has a defect. */
export type DefectId = keyof typeof defects;

/** The area and number of such a row: `MSG-02`. */
export type Rule = RowNumber<DefectId>;

/** Area and number of a row. */
export function ruleOf(id: DefectId): Rule {
  return shortId(id) as Rule;
}

/** The row that a full id or its area and number name, or undefined when it has no defect. */
export function findDefect(name: string): DefectId | undefined {
  return (Object.keys(defects) as DefectId[]).find((id) => id === name || ruleOf(id) === name);
}
