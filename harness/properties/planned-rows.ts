import { row, type CatalogueEntry } from './catalogue-entry';
import {
  convention,
  cve,
  grpcCompression,
  grpcHealth,
  grpcHttp2,
  grpcHttpMapping,
  grpcInterop,
  grpcKeepalive,
  grpcProposal,
  grpcReflection,
  grpcStatusCodes,
  may,
  must,
  rfc7301,
  rfc7541,
  rfc9110,
  rfc9113,
  should,
  robustness,
} from './requirement';

/** Rows of the rule catalogue that no property tests yet. A row leaves this list when its property joins a suite. */
export const plannedRows: readonly CatalogueEntry[] = [
  row(
    'CONN-02-preface-any-segmentation',
    must(
      rfc9113('3.4'),
      'the client preface and the following frames are a byte stream; segmentation and pipelining do not matter',
    ),
  ),
  row(
    'CONN-04-first-frame-not-settings',
    must(
      rfc9113('3.4', 'must'),
      'after the magic the first client frame must be SETTINGS; any other frame is an invalid preface',
    ),
  ),
  row(
    'CONN-06-partial-input-then-close',
    convention(
      robustness,
      'a client that disappears in the middle of magic, frame header, payload or field block harms nobody else',
    ),
  ),
  row(
    'CONN-07-http1-on-port',
    convention(
      [rfc9113('3.1'), rfc9113('3.4'), rfc9110('7.8', 'must')],
      'an HTTP/1.1 request (incl. Upgrade: h2c) is not left hanging and does not break the listener',
    ),
  ),
  row(
    'CONN-08-connection-error-closes',
    must(
      rfc9113('5.4.1', 'must'),
      'after a connection error the TCP connection is closed; a GOAWAY before it is a SHOULD',
    ),
  ),
  row(
    'CONN-09-errors-stay-on-their-connection',
    convention(rfc9113('5.4.1'), 'a connection error on one TCP connection never disturbs calls on another'),
  ),
  row(
    'CONN-10-one-error-reported',
    should(
      rfc9113('5.4', 'should'),
      'at most one stream error per stream and one kind of connection error are reported',
    ),
  ),
  row(
    'CONN-11-idle-and-silent-peers',
    convention(
      [rfc9113('9.1'), grpcProposal('A9-server-side-conn-mgt')],
      'an idle, well-behaved connection stays usable; a peer that never sends a preface is eventually dropped',
    ),
  ),
  row(
    'FRAME-02-undefined-flags-ignored',
    must(rfc9113('4.1', 'must'), 'flag bits with no meaning for a frame type are ignored'),
  ),
  row(
    'FRAME-03-reserved-bit-ignored',
    must(
      [rfc9113('4.1', 'must'), rfc9113('6.9'), rfc9113('6.8')],
      'the reserved bit of the frame header, and of WINDOW_UPDATE/GOAWAY payload fields, is ignored',
    ),
  ),
  row(
    'FRAME-05-oversize-frame',
    must(
      rfc9113('4.2', 'must'),
      'a frame longer than the advertised maximum is FRAME_SIZE_ERROR: connection error for HEADERS/CONTINUATION/SETTINGS/stream 0, at least a stream error otherwise',
    ),
  ),
  row('FRAME-07-data-on-stream-0', must(rfc9113('6.1', 'must'), 'DATA on stream 0 is a connection error')),
  row(
    'FRAME-08-data-padding-overflow',
    must(
      [rfc9113('6.1', 'must'), rfc9113('4.2')],
      'in DATA a pad length as large as the whole frame payload, or larger, is a connection error',
    ),
  ),
  row('FRAME-09-headers-on-stream-0', must(rfc9113('6.2', 'must'), 'HEADERS on stream 0 is a connection error')),
  row(
    'FRAME-10-headers-padding',
    must(
      [rfc9113('6.2', 'must'), rfc9113('4.2'), rfc9113('4.3')],
      'padded HEADERS are accepted; a pad length as large as the whole frame payload, or larger, is a connection error',
    ),
  ),
  row(
    'FRAME-11-headers-with-priority',
    must([rfc9113('6.2'), rfc9113('5.3.2')], 'the deprecated priority fields in HEADERS are parsed and skipped'),
  ),
  row(
    'FRAME-12-priority-frame-tolerated',
    must(
      [rfc9113('6.3'), rfc9113('5.1'), rfc9113('5.3.2')],
      'PRIORITY may arrive in any stream state and changes no stream state',
    ),
  ),
  row(
    'FRAME-13-priority-malformed',
    must(
      rfc9113('6.3', 'must'),
      'PRIORITY on stream 0 is a connection error; PRIORITY with length ≠ 5 is at least a stream error FRAME_SIZE_ERROR',
    ),
  ),
  row(
    'FRAME-14-priority-self-dependency',
    may(rfc9113('5.3.1'), 'a stream depending on itself was a stream error in RFC 7540; RFC 9113 dropped the rule'),
  ),
  row(
    'FRAME-15-rst-stream-malformed',
    must(
      rfc9113('6.4', 'must'),
      'RST_STREAM on stream 0 is PROTOCOL_ERROR; length ≠ 4 is FRAME_SIZE_ERROR; both connection errors',
    ),
  ),
  row(
    'FRAME-16-settings-malformed',
    must(
      rfc9113('6.5', 'must'),
      'SETTINGS with ACK and payload, on a stream, or with length not a multiple of 6 is a connection error',
    ),
  ),
  row(
    'FRAME-17-settings-illegal-values',
    must(
      rfc9113('6.5.2', 'must'),
      'ENABLE_PUSH ∉ {0,1}, INITIAL_WINDOW_SIZE > 2^31−1, MAX_FRAME_SIZE outside 16384..2^24−1 are connection errors',
    ),
  ),
  row(
    'FRAME-18-settings-unknown-ignored',
    must(
      [rfc9113('6.5.2', 'must'), rfc9113('5.5', 'must')],
      'unknown setting identifiers are ignored and the frame still acknowledged',
    ),
  ),
  row(
    'FRAME-20-settings-last-value-wins',
    must(
      [rfc9113('6.5', 'must'), rfc9113('6.5.3', 'must')],
      'parameters repeated inside one SETTINGS are processed in order; the last value stays',
    ),
  ),
  row(
    'FRAME-21-client-settings-extremes',
    must(rfc9113('6.5.2', 'should'), 'legal extreme client settings do not disturb calls'),
  ),
  row(
    'FRAME-25-push-promise-from-client',
    must(rfc9113('8.4', 'must'), 'PUSH_PROMISE from a client is a connection error'),
  ),
  row(
    'FRAME-26-goaway-malformed',
    must(
      [rfc9113('6.8', 'must'), rfc9113('4.2', 'must')],
      'GOAWAY with stream id ≠ 0, or shorter than 8 octets, is a connection error',
    ),
  ),
  row(
    'FRAME-27-continuation-misplaced',
    must(
      [rfc9113('6.10', 'must'), rfc9113('5.1')],
      'CONTINUATION on stream 0, or not preceded by HEADERS/CONTINUATION without END_HEADERS, is a connection error',
    ),
  ),
  row(
    'FRAME-28-continuation-reassembly',
    must(
      [rfc9113('4.3'), rfc9113('6.10')],
      'a field block may be cut at any octet into HEADERS + CONTINUATION frames, including empty fragments',
    ),
  ),
  row(
    'FRAME-29-unknown-error-codes',
    must(rfc9113('7', 'must'), 'unknown error codes in RST_STREAM or GOAWAY cause no special behaviour'),
  ),
  row(
    'HPACK-02-dynamic-table-model',
    must(
      [rfc7541('2.3.2', 'must'), rfc7541('2.3.3'), rfc7541('4.1'), rfc7541('4.4')],
      'insertion, duplicate entries, FIFO eviction and index shifting follow the model over many field blocks',
    ),
  ),
  row(
    'HPACK-03-oversize-entry-empties-table',
    must(rfc7541('4.4'), 'adding an entry larger than the table is not an error; it empties the table'),
  ),
  row(
    'HPACK-04-size-update-accepted',
    must(
      [rfc7541('4.2'), rfc7541('6.3'), rfc9113('4.3.1')],
      'one or two dynamic table size updates at the start of a block, up to the advertised maximum, are applied',
    ),
  ),
  row(
    'HPACK-05-size-update-misplaced',
    convention(
      rfc7541('4.2'),
      'a size update after the first field representation of a block is refused as a decoding error',
    ),
  ),
  row(
    'HPACK-06-size-update-too-large',
    must(rfc7541('6.3', 'must'), 'a size update above the acknowledged SETTINGS_HEADER_TABLE_SIZE is a decoding error'),
  ),
  row(
    'HPACK-07-more-than-two-size-updates',
    may(rfc7541('4.2'), 'RFC 7541 §4.2 says an encoder needs at most two; a decoder may accept or refuse three'),
  ),
  row(
    'HPACK-08-missing-size-update',
    must(
      rfc9113('4.3.1', 'must'),
      'when the server lowered HEADER_TABLE_SIZE below the current table and the client acknowledged, a block without the size update is COMPRESSION_ERROR',
    ),
  ),
  row(
    'HPACK-10-invalid-huffman',
    must(
      rfc7541('5.2', 'must'),
      'Huffman padding longer than 7 bits, padding that is not the EOS prefix (all ones), or an encoded EOS symbol is a decoding error',
    ),
  ),
  row(
    'HPACK-11-truncated-or-overlong',
    must(
      [rfc7541('5.1', 'must'), rfc7541('5.2'), rfc9113('4.3', 'must')],
      'a block ending inside a representation, a string longer than the block, or an integer beyond implementation limits is a decoding error',
    ),
  ),
  row(
    'HPACK-15-empty-field-block',
    must(
      [rfc9113('8.3.1'), rfc9113('8.1.1')],
      'HEADERS with an empty field block is a request without pseudo-headers: malformed, not a decoding error',
    ),
  ),
  row(
    'STREAM-01-even-stream-id',
    must(rfc9113('5.1.1', 'must'), 'a client opening an even stream id is a connection error'),
  ),
  row(
    'STREAM-02-decreasing-stream-id',
    must(rfc9113('5.1.1', 'must'), 'a new stream id not greater than all earlier ones is a connection error'),
  ),
  row('STREAM-03-skipped-ids', must(rfc9113('5.1.1'), 'a client may skip stream ids; skipped ids become closed')),
  row(
    'STREAM-05-data-after-end-stream',
    must(
      [rfc9113('5.1', 'must'), rfc9113('6.1', 'must')],
      "DATA or HEADERS after the client's END_STREAM is a stream error STREAM_CLOSED, and never reaches the handler",
    ),
  ),
  row(
    'STREAM-06-control-frames-on-half-closed',
    must(
      [rfc9113('5.1'), rfc9113('6.9', 'must')],
      "WINDOW_UPDATE, PRIORITY and RST_STREAM stay legal after the client's END_STREAM",
    ),
  ),
  row(
    'STREAM-07-frames-after-client-rst',
    may(
      rfc9113('5.1', 'must'),
      'frames sent by the client after its own RST_STREAM must not hurt anything but that stream',
    ),
  ),
  row(
    'STREAM-08-frames-on-completed-stream',
    may(rfc9113('5.1'), 'frames on a stream closed by END_STREAM from both sides: error permitted, not required'),
  ),
  row('STREAM-10-no-rst-for-rst', must(rfc9113('5.4.2', 'must'), 'RST_STREAM is never answered with RST_STREAM')),
  row(
    'STREAM-12-window-update-length',
    must(rfc9113('6.9', 'must'), 'WINDOW_UPDATE with length ≠ 4 is a connection error FRAME_SIZE_ERROR'),
  ),
  row(
    'STREAM-13-window-overflow',
    must(
      rfc9113('6.9.1', 'must'),
      'WINDOW_UPDATEs that push a send window above 2^31−1 end the stream or the connection with FLOW_CONTROL_ERROR',
    ),
  ),
  row(
    'STREAM-14-settings-window-overflow',
    must(
      rfc9113('6.9.2', 'must'),
      "a SETTINGS_INITIAL_WINDOW_SIZE change that lifts an open stream's window above 2^31−1 is a connection error",
    ),
  ),
  row(
    'STREAM-17-padding-returns-credit',
    must(
      [rfc9113('6.1'), rfc9113('6.9.1', 'must')],
      'padding counts against both windows and its credit is returned too',
    ),
  ),
  row(
    'STREAM-18-client-overruns-window',
    may(
      [rfc9113('6.9'), rfc9113('5.2.1'), rfc9113('6.9.3')],
      'a server may (not must) answer data beyond its window with FLOW_CONTROL_ERROR; it must not buffer without bound',
    ),
  ),
  row(
    'STREAM-20-stalled-upload-does-not-block-others',
    convention(rfc9113('5.2.2'), 'unread data of one stream does not exhaust the connection window for the others'),
  ),
  row(
    'REQ-05-pseudo-duplicated',
    must(
      [rfc9113('8.3', 'must'), grpcProposal('A41-xds-rbac')],
      'a repeated pseudo-field (incl. :authority) makes the request malformed',
    ),
  ),
  row(
    'REQ-08-forbidden-name-octets',
    must(
      rfc9113('8.2.1', 'must'),
      'names with octets 0x00–0x20, 0x7f–0xff, an empty name, or a colon other than the leading one are malformed',
    ),
  ),
  row('REQ-09-forbidden-value-octets', must(rfc9113('8.2.1', 'must'), 'values with NUL, LF or CR are malformed')),
  row(
    'REQ-10-value-outer-whitespace',
    may(
      [rfc9113('8.2.1', 'must'), grpcHttp2('Requests')],
      'leading/trailing SP or HTAB: RFC 9113 says malformed, PROTOCOL says "may be stripped"; both outcomes must be tolerated',
    ),
  ),
  row(
    'REQ-11-http-valid-non-ascii-value',
    must(
      grpcHttp2('Requests', 'must'),
      "a value that is legal HTTP but outside gRPC's ASCII-Value (0x80–0xff, inner HTAB) must not fail the call",
    ),
  ),
  row(
    'REQ-12-connection-specific-fields',
    must(
      [rfc9113('8.2.2', 'must'), grpcProposal('A41-xds-rbac')],
      'Connection, Proxy-Connection, Keep-Alive, Transfer-Encoding, Upgrade make the request malformed',
    ),
  ),
  row(
    'REQ-13-te',
    must(
      [rfc9113('8.2.2', 'must'), rfc9110('10.1.4'), grpcHttp2('Requests')],
      'TE with a value other than "trailers" is malformed; TE absent or empty is tolerated or refused',
    ),
  ),
  row(
    'REQ-14-scheme',
    convention(
      [grpcHttp2('Requests'), rfc9113('8.3.1'), rfc9110('7.4', 'must')],
      'the scheme that fits the transport is accepted; a mismatch, and any other scheme, is served or refused',
    ),
  ),
  row(
    'REQ-17-content-type-lookalikes',
    convention(
      [rfc9110('8.3.1'), grpcHttp2('Requests')],
      'application/grpcfoo, application/grpc-web, APPLICATION/GRPC: literally "begins with" is enough, media types are case-insensitive; servers differ',
    ),
  ),
  row(
    'REQ-18-host-only',
    must(
      [rfc9113('8.3.1'), grpcProposal('A41-xds-rbac')],
      'when :authority is absent and one Host is present, Host takes its place',
    ),
  ),
  row(
    'REQ-19-host-conflicts',
    must(
      [rfc9113('8.3.1', 'must'), grpcProposal('A41-xds-rbac')],
      'several Host fields (without :authority) are rejected; with :authority present Host is discarded or a differing Host is treated as malformed',
    ),
  ),
  row(
    'REQ-20-authority-forms',
    convention(
      [rfc9113('8.3.1', 'must'), rfc9110('4.2.1', 'must'), grpcHttp2()],
      'any syntactically valid authority is served unless virtual hosting is configured; a missing authority (and Host) is legal HTTP/2 but often refused',
    ),
  ),
  row(
    'REQ-22-malformed-path',
    convention(
      grpcHttp2('Requests'),
      'a path without leading slash, with one segment, empty segments, or "*" never reaches a handler',
    ),
  ),
  row('REQ-23-path-exact', must(grpcHttp2('Requests'), 'the path is case-sensitive and not normalised')),
  row(
    'REQ-27-bin-comma-split',
    must(grpcHttp2('Requests', 'must'), 'a "-bin" value with commas is split before decoding'),
  ),
  row(
    'REQ-28-bin-invalid-base64',
    convention(grpcHttp2('Requests'), 'invalid base64 in a "-bin" field harms at most that call'),
  ),
  row(
    'REQ-29-bin-values-opaque',
    must(
      [grpcHttp2('Requests'), grpcProposal('G1-true-binary-metadata')],
      '"-bin" round trip preserves arbitrary octets incl. 0x00, 0x2c, 0xff; a NUL-prefixed raw value only if GRPC_ALLOW_TRUE_BINARY_METADATA (0xfe03) was announced',
    ),
  ),
  row(
    'REQ-30-reserved-grpc-fields',
    should(
      [rfc9110('5.1', 'should'), grpcHttp2('Requests'), grpcProposal('A6-client-retries')],
      'unknown grpc- request fields and response-only ones (grpc-status, grpc-message) do not disturb the call nor leak into the response',
    ),
  ),
  row(
    'REQ-31-header-list-below-8k',
    convention(
      [grpcHttp2('Requests'), rfc9113('6.5.2'), rfc9110('4.1', 'should')],
      'a request header list up to 8 KiB (HTTP/2 size rule: name+value+32 per field) is accepted',
    ),
  ),
  row(
    'REQ-32-header-list-over-limit',
    convention(
      [rfc9113('10.5.1', 'must'), grpcHttp2(), grpcStatusCodes()],
      'a too large header list is refused for that stream and the connection state stays consistent, or the connection is closed',
    ),
  ),
  row(
    'REQ-33-content-length',
    must(
      [rfc9113('8.1.1'), rfc9113('8.2.1'), rfc9110('8.6', 'must')],
      'a content-length equal to the DATA octets is accepted; one that differs is malformed',
    ),
  ),
  row(
    'REQ-34-connect-method',
    must(
      [rfc9113('8.5', 'must'), rfc9110('9.3.6', 'must')],
      'CONNECT with :scheme/:path is malformed; plain CONNECT is refused',
    ),
  ),
  row(
    'REQ-35-harmless-http-fields',
    convention(
      [rfc9113('8.2.3', 'must'), rfc9113('8.1'), grpcHttp2('User Agents')],
      'ordinary HTTP fields (user-agent forms, cookie crumbs, accept-encoding, priority, expect, forwarded, very long tracestate) change nothing',
    ),
  ),
  row(
    'MSG-01-unary-echo',
    must(
      [grpcHttp2('Outline'), grpcInterop()],
      'one well-formed Length-Prefixed-Message is delivered to the handler and its reply comes back as one Length-Prefixed-Message',
    ),
  ),
  row(
    'MSG-04-empty-data-between',
    must(
      [rfc9113('6.1'), rfc9113('6.9.1'), grpcHttp2('Data Frames')],
      'DATA frames of length 0 without END_STREAM are legal anywhere and carry no message',
    ),
  ),
  row(
    'MSG-06-padded-data',
    must(rfc9113('6.1'), 'padding of DATA frames is stripped and invisible to the message parser'),
  ),
  row(
    'MSG-07-large-message',
    convention(grpcInterop(), 'messages far larger than frame and window sizes pass both ways'),
  ),
  row(
    'MSG-09-huge-announced-length',
    convention(
      [rfc9113('10.5'), grpcStatusCodes()],
      'an announced length above the limit is refused from the prefix alone, without waiting for or reserving the body',
    ),
  ),
  row(
    'MSG-11-invalid-compressed-flag',
    convention(grpcHttp2('Requests'), 'a Compressed-Flag other than 0 or 1 is a framing error'),
  ),
  row(
    'MSG-12-undecodable-payload',
    must(grpcStatusCodes(), 'a payload the codec cannot parse ends with INTERNAL for that call only'),
  ),
  row(
    'EOS-03-end-stream-on-headers',
    convention([rfc9113('8.1'), grpcHttp2(), grpcInterop()], 'END_STREAM on the request HEADERS means zero messages'),
  ),
  row(
    'EOS-04-request-trailers',
    must(
      [rfc9113('8.1'), rfc9110('6.5.1', 'must'), grpcHttp2()],
      'a trailing HEADERS block with END_STREAM from the client is legal HTTP/2 and ends the request',
    ),
  ),
  row(
    'EOS-06-pseudo-field-in-trailers',
    must(
      [rfc9113('8.1', 'must'), rfc9113('8.3', 'must')],
      'pseudo-fields in request trailers make the request malformed',
    ),
  ),
  row(
    'EOS-07-half-close-visible-only-after-end-stream',
    must(grpcHttp2('Requests'), 'the handler of a client-streaming call sees end of input only after END_STREAM'),
  ),
  row(
    'EOS-08-early-final-status',
    should(
      [rfc9113('8.1'), grpcHttp2('Early Server Closure')],
      "a server that finishes before the client's END_STREAM sends its trailers, then RST_STREAM(NO_ERROR)",
    ),
  ),
  row(
    'EOS-09-late-client-frames-after-trailers',
    must(
      [rfc9113('5.1'), rfc9113('5.4.2', 'must'), rfc9113('6.4', 'must'), grpcHttp2('Early Server Closure')],
      'DATA, END_STREAM, WINDOW_UPDATE or RST_STREAM that were in flight when the server ended the stream are tolerated',
    ),
  ),
  row(
    'RESP-07-headers-timing',
    should(
      grpcProposal('A6-client-retries'),
      'Response-Headers are sent with the first message or when the handler chooses to; not before the outcome is known, not after the first message',
    ),
  ),
  row(
    'RESP-09-bin-unpadded',
    should(grpcHttp2('Responses'), '"-bin" values emitted by the server are base64 without padding'),
  ),
  row(
    'RESP-10-client-header-list-limit',
    may(
      [rfc9113('6.5.2'), rfc9113('10.5.1'), grpcHttp2('Responses')],
      'SETTINGS_MAX_HEADER_LIST_SIZE of the client is advisory: a server may ignore it or fail the call, not hang',
    ),
  ),
  row(
    'TRAIL-06-ok-without-messages',
    may(
      [grpcHttp2('Responses'), grpcInterop()],
      'an OK call with zero response messages may come as Trailers-Only or as headers + trailers',
    ),
  ),
  row(
    'TRAIL-09-trailers-ignore-window',
    must(
      [rfc9113('5.2.1'), rfc9113('6.9', 'must')],
      'HEADERS are not flow-controlled: headers and trailers go out with a send window of 0',
    ),
  ),
  row(
    'TRAIL-10-large-trailers',
    convention(
      [rfc9113('6.10'), rfc9113('4.3'), grpcHttp2()],
      'trailing metadata larger than one frame is sent as HEADERS + CONTINUATION without other frames between',
    ),
  ),
  row('STATUS-06-message-optional', may(grpcHttp2('Responses'), 'grpc-message may be absent, empty, or present on OK')),
  row(
    'STATUS-09-status-details-bin',
    convention(
      [grpcHttp2(), grpcProposal('L44-python-rich-status')],
      'grpc-status-details-bin, when sent, is base64 of a google.rpc.Status whose code equals grpc-status',
    ),
  ),
  row(
    'STATUS-10-codes-never-generated',
    should(grpcStatusCodes(), 'statuses made by the library itself are never 3, 5, 6, 9, 10, 11 or 15'),
  ),
  row(
    'STATUS-11-grpc-errors-keep-http-200',
    must([grpcHttp2('Responses'), grpcHttpMapping('', 'must')], 'gRPC failures are not mapped to HTTP status codes'),
  ),
  row(
    'STATUS-12-long-message',
    convention(
      grpcHttp2('Responses'),
      'a long status message is delivered whole or visibly cut, never breaks the call',
    ),
  ),
  row(
    'STATUS-13-pushback-header',
    convention(
      grpcProposal('A6-client-retries'),
      'if the handler sets grpc-retry-pushback-ms it arrives in the trailers as a decimal signed 32-bit number',
    ),
  ),
  row(
    'STATUS-14-shutdown-unavailable',
    must(
      [grpcStatusCodes(), grpcProposal('A9-server-side-conn-mgt')],
      'calls the server ends because it shuts down get UNAVAILABLE (or are not accepted at all, KA-09)',
    ),
  ),
  row(
    'COMP-01-identity-explicit',
    must(
      [grpcHttp2('Requests'), grpcCompression()],
      'grpc-encoding: identity with flag 0, or no grpc-encoding at all, means plain messages',
    ),
  ),
  row(
    'COMP-03-per-message-flag',
    must(
      [grpcHttp2('Requests'), grpcInterop()],
      'with grpc-encoding set, each message is compressed or not by its own flag',
    ),
  ),
  row(
    'COMP-04-fresh-context-per-message',
    must(grpcHttp2('Requests', 'must'), 'no compression state is kept from message to message'),
  ),
  row(
    'COMP-06-accept-encoding-on-refusal',
    must(
      grpcCompression('', 'must'),
      'the refusal of COMP-05 carries grpc-accept-encoding listing what is accepted, without the refused one',
    ),
  ),
  row(
    'COMP-07-unsupported-encoding-flag-0',
    may(
      [grpcHttp2(), grpcCompression()],
      'an unknown grpc-encoding with only flag-0 messages: serving and refusing are both seen',
    ),
  ),
  row(
    'COMP-09-corrupt-compressed-data',
    must(grpcStatusCodes(), 'data that does not inflate ends in INTERNAL for that call'),
  ),
  row(
    'COMP-10-deflate-is-zlib',
    convention([rfc9110('8.4.1.2'), grpcHttp2()], 'deflate means the zlib format (RFC 1950), not raw DEFLATE'),
  ),
  row(
    'COMP-11-decompression-bomb',
    convention(
      [grpcStatusCodes(), rfc9113('10.5')],
      'the receive limit applies to the inflated size too, and inflation stops near the limit',
    ),
  ),
  row(
    'COMP-12-response-uncompressed-by-default',
    must(
      grpcCompression('', 'must'),
      "without configuration the response is not compressed, and a request's compression does not oblige the response",
    ),
  ),
  row(
    'COMP-15-disable-per-message',
    must(
      [grpcCompression('', 'must'), grpcInterop()],
      'a message for which compression was switched off goes out with flag 0',
    ),
  ),
  row(
    'COMP-16-accept-encoding-advertised',
    convention(
      [grpcHttp2('Responses'), grpcCompression('', 'must')],
      'the server names the encodings it accepts in grpc-accept-encoding of its responses',
    ),
  ),
  row('DL-02-no-timeout-is-infinite', should(grpcHttp2('Requests'), 'without grpc-timeout the call has no deadline')),
  row(
    'DL-04-not-before-the-deadline',
    must(grpcHttp2('Client Cancellation'), 'the server does not expire a call early'),
  ),
  row(
    'DL-06-deadline-during-stream',
    should(
      grpcHttp2('Client Cancellation'),
      'a deadline in the middle of a response stream ends it after whole frames; nothing follows the end',
    ),
  ),
  row(
    'DL-07-deadline-while-blocked-on-window',
    should(
      [rfc9113('5.2'), grpcHttp2('Client Cancellation')],
      'the deadline fires also when the response waits for flow-control credit or for client messages',
    ),
  ),
  row(
    'DL-09-zero-timeout',
    convention(
      [grpcHttp2('Requests'), grpcStatusCodes()],
      '0S, 0n (not a positive integer) and 1 ns expire at once; the handler may or may not have started',
    ),
  ),
  row(
    'DL-10-many-deadlines-fire-independently',
    convention(grpcInterop(), 'hundreds of concurrent deadlines on one connection each end their own call only'),
  ),
  row(
    'CANC-04-any-rst-code-cancels',
    convention(
      [rfc9113('7'), grpcHttp2('Errors')],
      'every RST_STREAM code from the client ends the call, known or unknown',
    ),
  ),
  row(
    'CANC-05-connection-loss-cancels-all',
    must(
      grpcHttp2('Connection failure'),
      'when the connection goes away all its open calls are cancelled in the server',
    ),
  ),
  row(
    'CANC-06-cancel-before-message',
    convention(
      [rfc9113('5.1.2'), grpcInterop()],
      'a call cancelled right after HEADERS leaves no trace: no handler leak, slot freed',
    ),
  ),
  row(
    'CANC-07-cancel-races-completion',
    must(
      [rfc9113('5.1'), grpcHttp2('Early Server Closure')],
      "RST_STREAM crossing the server's own end of stream is harmless",
    ),
  ),
  row(
    'CANC-08-cancel-releases-flow-control',
    convention(
      [rfc9113('5.2'), rfc9113('6.9')],
      'cancelling streams that hold unread request data or blocked responses returns the connection-level credit and memory',
    ),
  ),
  row(
    'RPC-08-streaming-responses-not-buffered',
    convention(grpcInterop(), 'server-streaming messages leave when written, not at the end'),
  ),
  row(
    'RPC-09-server-may-end-first',
    must(
      grpcHttp2('Early Server Closure'),
      "a streaming handler may finish while the client still sends; the client's half stays harmless",
    ),
  ),
  row(
    'RPC-10-exactly-once-per-stream',
    must(grpcHttp2('Idempotency and Retries'), 'one request stream starts the handler once; no duplicate execution'),
  ),
  row(
    'RPC-11-repeatable-on-one-connection',
    convention(
      [rfc9113('5.1.1'), grpcInterop()],
      'hundreds of sequential calls of all kinds on one connection give the same results as each on its own',
    ),
  ),
  row(
    'FLOW-02-zero-window-headers-flow',
    must(
      [rfc9113('5.2.1'), rfc9113('6.9')],
      'with window 0, Response-Headers are sent and calls without response messages complete',
    ),
  ),
  row(
    'FLOW-04-initial-window-change',
    must(
      rfc9113('6.9.2', 'must'),
      'a change of SETTINGS_INITIAL_WINDOW_SIZE adjusts all open streams by the difference, not the connection window',
    ),
  ),
  row(
    'FLOW-05-negative-window',
    must(
      rfc9113('6.9.2', 'must'),
      'after a reduction makes the window negative nothing is sent until WINDOW_UPDATEs bring it above zero',
    ),
  ),
  row(
    'FLOW-06-connection-window-shared',
    must(
      [rfc9113('5.2.1'), rfc9113('6.9.1')],
      "the connection window bounds the sum over streams; other streams' HEADERS still flow when it is used up",
    ),
  ),
  row(
    'FLOW-08-echo-against-stalled-reader',
    convention(
      [rfc9113('5.2.2'), grpcInterop()],
      'a bidi echo whose responses are not read stops granting request credit after bounded buffering',
    ),
  ),
  row(
    'FLOW-09-stalled-stream-does-not-block-others',
    must(
      [rfc9113('5.2.1'), rfc9113('5.2.2')],
      'a stream without window does not hold up other streams that have window',
    ),
  ),
  row(
    'FLOW-10-client-max-frame-size',
    must(
      [rfc9113('4.2'), rfc9113('6.5.2', 'must')],
      "DATA and HEADERS frames stay within the client's SETTINGS_MAX_FRAME_SIZE",
    ),
  ),
  row(
    'MUX-03-limit-enforced',
    must(
      [rfc9113('5.1.2', 'must'), rfc9113('8.7')],
      'streams above the advertised SETTINGS_MAX_CONCURRENT_STREAMS are refused; those within run on',
    ),
  ),
  row('MUX-04-slots-return', must(rfc9113('5.1.2'), 'a slot is free again after the stream closes in any way')),
  row(
    'MUX-05-refused-is-not-executed',
    must(
      [rfc9113('8.7', 'must'), grpcHttp2('Errors'), grpcProposal('A6-client-retries')],
      'REFUSED_STREAM means the request was not processed',
    ),
  ),
  row(
    'MUX-06-bursts-of-calls',
    convention(
      [rfc9113('5.1.2'), grpcInterop()],
      'a burst of 50..100 unary calls in one TCP write is served (or refused by the limit)',
    ),
  ),
  row(
    'MUX-07-fairness',
    convention(
      [rfc9113('5.2.2'), rfc9113('5.3')],
      'small calls finish while large responses are being sent with credit on both',
    ),
  ),
  row('KA-02-ping-ack-ignored', must(rfc9113('6.7', 'must'), 'an unsolicited PING ACK is not answered')),
  row(
    'KA-03-ping-malformed',
    must(rfc9113('6.7', 'must'), 'PING on a stream, or of length ≠ 8, is a connection error'),
  ),
  row(
    'KA-04-ping-not-flow-controlled',
    must(rfc9113('6.7', 'should'), 'PINGs are answered while all windows are used up and streams are stalled'),
  ),
  row(
    'KA-05-too-many-pings',
    convention(
      [grpcKeepalive(), grpcProposal('A8-client-side-keepalive')],
      'a client pinging without need gets GOAWAY(ENHANCE_YOUR_CALM, "too_many_pings") and a closed connection; A8 asks for it',
    ),
  ),
  row(
    'KA-06-pings-forgiven-by-traffic',
    should(
      grpcProposal('A8-client-side-keepalive'),
      'PINGs are tolerated when the server has sent HEADERS or DATA in between',
    ),
  ),
  row(
    'KA-07-server-keepalive',
    convention(
      [grpcHttp2('PING Frame'), grpcProposal('A9-server-side-conn-mgt')],
      'with server keepalive configured the server PINGs; an answering client stays connected, a mute one is dropped and its calls cancelled',
    ),
  ),
  row(
    'KA-10-drain-window',
    should(
      rfc9113('6.8', 'should'),
      'between a first GOAWAY with 2^31−1 and the final one, new streams are still accepted',
    ),
  ),
  row(
    'KA-11-max-age-and-idle',
    convention(
      grpcProposal('A9-server-side-conn-mgt'),
      'max connection age/idle ends with GOAWAY(NO_ERROR), debug data max_age / max_idle; running calls may finish within the grace time',
    ),
  ),
  row(
    'KA-12-client-goaway',
    may(
      rfc9113('6.8', 'should'),
      'after a GOAWAY from the client, its open calls run to their end; further new streams may be served or the connection closed',
    ),
  ),
  row(
    'TLS-02-alpn-without-h2',
    must(
      [rfc9113('3.2', 'must'), rfc9113('3.3', 'must'), rfc7301('3.2', 'must')],
      'a client that offers no h2 does not get gRPC over HTTP/2: "h2c" or "grpc-exp" only, or no ALPN',
    ),
  ),
  row(
    'TLS-03-version',
    must([rfc9113('9.2', 'must'), grpcHttp2('Security', 'must')], 'TLS below 1.2 is not accepted; 1.2 and 1.3 are'),
  ),
  row(
    'TLS-04-bad-cipher-suites',
    should(rfc9113('9.2.2', 'should'), 'with TLS 1.2 HTTP/2 is not spoken over a suite of the prohibited list'),
  ),
  row(
    'TLS-05-no-renegotiation',
    must(
      [rfc9113('9.2.1', 'must'), rfc9113('9.2.3', 'must')],
      'the server does not start TLS renegotiation or post-handshake client authentication after the HTTP/2 preface',
    ),
  ),
  row(
    'TLS-06-calls-over-tls',
    convention(
      [rfc9113('9.2'), grpcInterop()],
      'the whole suite gives the same verdicts over TLS as in clear text, whatever the record boundaries',
    ),
  ),
  row(
    'TLS-07-client-certificate',
    convention(
      [grpcHttp2('Security'), grpcStatusCodes(), grpcProposal('A29-xds-tls-security')],
      'with required client certificates a client without or with an untrusted one gets no service',
    ),
  ),
  row(
    'TLS-08-plaintext-on-tls-port',
    convention(
      rfc9113('3.3'),
      'clear-text bytes on a TLS port, or a handshake on an h2c port, end with a close, nothing else is harmed',
    ),
  ),
  row('SVC-02-health-unknown-service', must(grpcHealth(), 'Check for an unregistered name gives NOT_FOUND')),
  row(
    'SVC-03-health-watch-immediate',
    must(
      [grpcHealth(), grpcProposal('A17-client-side-health-checking')],
      'Watch sends the current status at once and keeps the stream open',
    ),
  ),
  row(
    'SVC-04-health-watch-unknown',
    must(
      [grpcHealth(), grpcProposal('A17-client-side-health-checking')],
      'Watch for an unknown name sends SERVICE_UNKNOWN and stays open; a later registration sends the new status',
    ),
  ),
  row(
    'SVC-05-health-watch-changes',
    must(
      [grpcHealth(), grpcProposal('A17-client-side-health-checking')],
      'each change of status yields one message; no message without change',
    ),
  ),
  row(
    'SVC-06-health-list',
    may(
      grpcProposal('A90-health-service-list-method'),
      'Health/List, where implemented, returns a map of at most 100 services or RESOURCE_EXHAUSTED',
    ),
  ),
  row(
    'SVC-07-reflection-list-services',
    must(
      grpcReflection(),
      'every list_services request on ServerReflectionInfo (v1 and/or v1alpha) is answered, with the name of every service served',
    ),
  ),
  row(
    'SVC-08-reflection-descriptors',
    convention(
      grpcReflection(),
      'file_containing_symbol / file_by_filename return FileDescriptorProtos that define what was asked, dependencies obtainable',
    ),
  ),
  row(
    'SVC-09-reflection-errors-in-band',
    must(
      grpcReflection(),
      'a request for an unknown symbol or file is answered in the stream, by an error_response (NOT_FOUND), and the stream continues',
    ),
  ),
  row(
    'DOS-02-made-you-reset',
    should(
      [rfc9113('5.4.2'), rfc9113('10.5', 'should'), cve('CVE-2025-8671')],
      'stream errors provoked by the client count like client resets: work and concurrency stay bounded',
    ),
  ),
  row(
    'DOS-03-continuation-flood',
    should(
      [rfc9113('10.5', 'should'), rfc9113('10.5.1', 'should'), cve('CVE-2024-27316'), cve('CVE-2023-45288')],
      'an endless header block (HEADERS + CONTINUATION without END_HEADERS) is cut off with bounded memory and CPU',
    ),
  ),
  row(
    'DOS-04-ping-and-settings-floods',
    should(
      [rfc9113('10.5', 'should'), cve('CVE-2019-9512'), cve('CVE-2019-9515')],
      'floods of frames that need an answer (PING, SETTINGS) while the client does not read are bounded',
    ),
  ),
  row(
    'DOS-05-reset-provocation-flood',
    should(
      [rfc9113('10.5', 'should'), cve('CVE-2019-9514')],
      'floods that make the server emit RST_STREAM or error answers are bounded',
    ),
  ),
  row(
    'DOS-06-empty-frame-flood',
    should(
      [rfc9113('10.5', 'should'), cve('CVE-2019-9518'), cve('CVE-2019-9516'), cve('CVE-2019-9513')],
      'floods of frames with no progress (empty DATA, empty HEADERS/CONTINUATION, unknown types, PRIORITY, WINDOW_UPDATE 1) cost bounded CPU and memory',
    ),
  ),
  row(
    'DOS-07-window-dribble-and-stalled-readers',
    should(
      [rfc9113('10.5', 'should'), cve('CVE-2019-9511'), cve('CVE-2019-9517')],
      'clients that ask for much and read little (tiny window, 1-octet WINDOW_UPDATEs, closed TCP window) pin only bounded memory each',
    ),
  ),
  row(
    'DOS-08-hpack-bombs',
    should(
      [rfc7541('7.3'), rfc9113('10.5', 'should'), rfc9113('10.5.1', 'should'), cve('CVE-2016-6581')],
      'small blocks that expand to huge header lists are refused',
    ),
  ),
  row(
    'DOS-09-slow-clients',
    convention(
      [rfc9113('10.5'), rfc9110('17')],
      'many clients that stop midway (magic, SETTINGS, header block, message) do not block the others',
    ),
  ),
  row(
    'DOS-10-half-messages',
    convention(
      [rfc9113('10.5'), grpcStatusCodes()],
      'many streams holding a large announced but unfinished message stay within memory limits',
    ),
  ),
  row(
    'DOS-11-connection-churn',
    convention(
      rfc9113('9.1'),
      'thousands of short connections (connect/close, connect/preface/close, connect/call/RST) leave no trace',
    ),
  ),
  row('DOS-12-random-bytes', convention(grpcInterop(), 'arbitrary octets never crash the server')),
  row(
    'DOS-13-mutated-sessions',
    convention(
      robustness,
      'a recorded legal session with small mutations never crashes the server and never produces an illegal response',
    ),
  ),
];
