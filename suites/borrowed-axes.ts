import type { AxisName, RowId, Suite } from '../harness';

/** All four: the rule says nothing about them, and whatever a request looks like otherwise, it holds. */
const all: readonly AxisName[] = ['before', 'fields', 'ending', 'arrival'];

/** Rules about requests that are not legal: where END_STREAM is can decide in which legal form one is refused. */
const refused: readonly AxisName[] = ['before', 'fields', 'arrival'];

/** Rules about time: octets that come in small writes, and a half-close that waits, would be on the clock. */
const timed: readonly AxisName[] = ['before', 'fields'];

/** Rules that open their connection in a way of their own, which nothing can come before. */
const opened: readonly AxisName[] = ['fields', 'ending', 'arrival'];

/** Which axes each experiment borrows (harness/axes); a rule about an axis does not borrow it. One without an entry borrows what its own field says. */
const borrowed: Readonly<Partial<Record<RowId, readonly AxisName[]>>> = {
  // The opening itself.
  'CONN-01-settings-first': [],
  'CONN-03-invalid-magic': [],
  'CONN-05-settings-acknowledged': ['arrival'],
  'CONN-02-preface-any-segmentation': ['fields'],
  'CONN-04-first-frame-not-settings': [],
  // Beside connections that break.
  'CONN-06-partial-input-then-close': ['fields', 'ending'],
  'CONN-07-http1-on-port': ['fields', 'ending'],
  'CONN-08-connection-error-closes': refused,
  'CONN-09-errors-stay-on-their-connection': ['fields', 'ending'],
  'CONN-10-one-error-reported': ['before', 'fields'],
  'FRAME-01-unknown-type-ignored': all,
  'FRAME-04-max-frame-16384-accepted': all,
  // Counts on its stream being the first.
  'FRAME-06-field-block-contiguous': ['arrival'],
  'FRAME-07-data-on-stream-0': refused,
  'FRAME-02-undefined-flags-ignored': ['fields', 'ending', 'arrival'],
  'FRAME-03-reserved-bit-ignored': ['fields', 'ending', 'arrival'],
  'FRAME-05-oversize-frame': ['before', 'fields'],
  'FRAME-08-data-padding-overflow': refused,
  'FRAME-09-headers-on-stream-0': refused,
  // How the block is cut and padded.
  'FRAME-10-headers-padding': ['before', 'fields', 'arrival'],
  'FRAME-11-headers-with-priority': all,
  // Counts on its streams being the first.
  'FRAME-12-priority-frame-tolerated': ['fields', 'ending', 'arrival'],
  'FRAME-13-priority-malformed': refused,
  'FRAME-15-rst-stream-malformed': refused,
  'FRAME-14-priority-self-dependency': all,
  'FRAME-16-settings-malformed': refused,
  'FRAME-17-settings-illegal-values': refused,
  'FRAME-18-settings-unknown-ignored': ['fields', 'ending', 'arrival'],
  'FRAME-20-settings-last-value-wins': opened,
  'FRAME-21-client-settings-extremes': opened,
  'FRAME-23-server-frames-well-formed': opened,
  'FRAME-25-push-promise-from-client': refused,
  'FRAME-26-goaway-malformed': refused,
  'FRAME-27-continuation-misplaced': refused,
  'FRAME-29-unknown-error-codes': all,
  'FRAME-34-priority-update-harmless': all,
  // How the block is written.
  'FRAME-28-continuation-reassembly': ['before', 'arrival'],
  // How fields are written, in the first of them whatever came before; the others reckon with the table.
  'HPACK-01-all-representations': ['before', 'ending', 'arrival'],
  'HPACK-02-dynamic-table-model': ['arrival'],
  'HPACK-03-oversize-entry-empties-table': ['arrival'],
  'HPACK-04-size-update-accepted': ['arrival'],
  'HPACK-05-size-update-misplaced': ['arrival'],
  'HPACK-06-size-update-too-large': ['arrival'],
  'HPACK-07-more-than-two-size-updates': ['arrival'],
  'HPACK-08-missing-size-update': ['arrival'],
  'HPACK-09-invalid-index': ['arrival'],
  'HPACK-10-invalid-huffman': ['before', 'arrival'],
  'HPACK-11-truncated-or-overlong': ['before', 'arrival'],
  'HPACK-12-context-survives-rejections': ['arrival'],
  'HPACK-13-encoder-honours-client-table-size': ['before', 'fields', 'arrival'],
  'HPACK-15-empty-field-block': ['before', 'arrival'],
  'STREAM-01-even-stream-id': refused,
  // Count streams.
  'STREAM-02-decreasing-stream-id': ['fields', 'arrival'],
  'STREAM-03-skipped-ids': ['fields', 'ending', 'arrival'],
  'HPACK-16-smallest-size-signalled': ['before', 'fields', 'arrival'],
  'STREAM-04-frames-on-idle-stream': refused,
  // Open their connection with a window of their own; where END_STREAM stands is a part of it.
  'STREAM-05-data-after-end-stream': ['fields', 'arrival'],
  'STREAM-06-control-frames-on-half-closed': ['fields', 'arrival'],
  // Reckon with the dynamic table.
  'STREAM-07-frames-after-client-rst': ['arrival'],
  'STREAM-08-frames-on-completed-stream': ['arrival'],
  'STREAM-10-no-rst-for-rst': ['fields', 'arrival'],
  'STREAM-11-window-update-zero': refused,
  'STREAM-12-window-update-length': ['fields', 'arrival'],
  'STREAM-13-window-overflow': ['fields', 'arrival'],
  'STREAM-14-settings-window-overflow': ['fields', 'arrival'],
  'STREAM-15-upload-window-replenished': all,
  // Counts its calls, and its resets.
  'STREAM-16-discarded-data-returns-connection-credit': ['fields', 'arrival'],
  'STREAM-17-padding-returns-credit': ['fields', 'arrival'],
  // Reckons with what is left of the windows.
  'STREAM-18-client-overruns-window': ['fields'],
  'STREAM-20-stalled-upload-does-not-block-others': ['fields'],
  'STREAM-21-stream-errors-stay-on-their-stream': refused,
  // What comes in between may not be told of the end.
  'STREAM-23-window-update-on-closed': ['fields', 'arrival'],
  'STREAM-24-uploads-share-the-connection-window': ['fields', 'arrival'],
  'REQ-01-minimal-request': all,
  // The order of fields.
  'REQ-02-regular-header-order-free': ['before', 'ending', 'arrival'],
  'REQ-03-method-not-post': refused,
  'REQ-04-mandatory-pseudo-missing': refused,
  'REQ-05-pseudo-duplicated': refused,
  'REQ-06-pseudo-unknown-or-misplaced': refused,
  'REQ-07-uppercase-name': refused,
  // How a field is written is half of it where a request comes twice.
  'REQ-08-forbidden-name-octets': refused,
  'REQ-09-forbidden-value-octets': refused,
  'REQ-10-value-outer-whitespace': refused,
  'REQ-11-http-valid-non-ascii-value': refused,
  'REQ-12-connection-specific-fields': refused,
  'REQ-13-te': refused,
  'REQ-14-scheme': refused,
  'REQ-15-content-type-accepted': all,
  'REQ-16-content-type-not-grpc': refused,
  'REQ-17-content-type-lookalikes': refused,
  'REQ-18-host-only': all,
  'REQ-19-host-conflicts': refused,
  'REQ-20-authority-forms': refused,
  // Whether it waits for the half-close is a part of it.
  'REQ-21-unknown-service-or-method': refused,
  'REQ-22-malformed-path': refused,
  'REQ-23-path-exact': refused,
  'REQ-24-ascii-metadata-roundtrip': all,
  'REQ-25-duplicate-metadata-order': all,
  'REQ-26-bin-padding-optional': all,
  'MSG-01-unary-echo': all,
  'MSG-02-any-data-split': all,
  'MSG-03-merged-messages': all,
  'MSG-04-empty-data-between': all,
  'MSG-05-zero-length-message': all,
  'MSG-06-padded-data': all,
  'MSG-07-large-message': ['before', 'fields', 'ending'],
  'MSG-08-size-limit-boundary': refused,
  // Memory, and what comes before the half-close.
  'MSG-09-huge-announced-length': ['fields'],
  'MSG-10-truncated-message': refused,
  'MSG-12-undecodable-payload': all,
  'MSG-11-invalid-compressed-flag': refused,
  // How a request ends.
  'EOS-01-end-stream-on-last-data': refused,
  'EOS-02-end-stream-on-empty-data': refused,
  'EOS-05-second-headers-without-end-stream': refused,
  'RESP-01-status-200': all,
  'RESP-08-initial-metadata': all,
  'TRAIL-01-trailers-end-the-stream': all,
  'TRAIL-03-status-always-present': all,
  'TRAIL-04-no-pseudo-in-trailers': all,
  'TRAIL-08-trailing-metadata': all,
  'STATUS-01-code-roundtrip': all,
  'STATUS-03-message-roundtrip': all,
  'STATUS-07-handler-exception-unknown': all,
  'STATUS-08-error-after-messages': ['fields', 'arrival'],
  'COMP-01-identity-explicit': all,
  'COMP-02-gzip-request': all,
  'COMP-03-per-message-flag': all,
  'COMP-04-fresh-context-per-message': all,
  'COMP-05-unsupported-encoding': all,
  'COMP-06-accept-encoding-on-refusal': all,
  'COMP-07-unsupported-encoding-flag-0': all,
  'COMP-08-flag-without-encoding': refused,
  'COMP-09-corrupt-compressed-data': all,
  'COMP-10-deflate-is-zlib': all,
  // Volume, and memory.
  'COMP-11-decompression-bomb': [],
  'COMP-12-response-uncompressed-by-default': all,
  'COMP-15-disable-per-message': all,
  'COMP-16-accept-encoding-advertised': all,
  // The first compressed message of a connection.
  'COMP-17-undisclosed-encoding-disclosed': opened,
  'COMP-18-refusal-says-why': refused,
  'DL-01-units-and-values': timed,
  'DL-02-no-timeout-is-infinite': ['fields'],
  'DL-03-expiry-ends-the-call': timed,
  'DL-04-not-before-the-deadline': timed,
  'DL-06-deadline-during-stream': timed,
  'DL-07-deadline-while-blocked-on-window': ['fields'],
  'DL-09-zero-timeout': timed,
  'DL-10-many-deadlines-fire-independently': ['fields'],
  'DL-05-handler-sees-cancellation': timed,
  'DL-08-malformed-timeout': refused,
  'CANC-01-rst-cancels-handler': timed,
  // A reset that comes at once behind the half-close is one of its moments.
  'CANC-03-other-streams-unaffected': refused,
  'CANC-04-any-rst-code-cancels': timed,
  'CANC-05-connection-loss-cancels-all': timed,
  // Count their resets, and the streams and octets that these give back.
  'CANC-06-cancel-before-message': ['fields'],
  'CANC-07-cancel-races-completion': ['fields', 'arrival'],
  'CANC-08-cancel-releases-flow-control': ['fields'],
  'RPC-01-unary': all,
  'RPC-02-client-streaming': all,
  'RPC-03-server-streaming': all,
  'RPC-04-bidi': all,
  'RPC-05-request-cardinality': refused,
  'RPC-07-ping-pong-interleaving': timed,
  'RPC-08-streaming-responses-not-buffered': timed,
  // Where the half-close stands is a part of it.
  'RPC-09-server-may-end-first': refused,
  'RPC-10-exactly-once-per-stream': all,
  // Nothing but HEADERS comes before the greeting.
  'RPC-12-server-speaks-first': ['fields'],
  'FLOW-01-window-respected': opened,
  'FLOW-03-resumes-on-credit': opened,
  'FLOW-02-zero-window-headers-flow': opened,
  'FLOW-04-initial-window-change': opened,
  'FLOW-05-negative-window': opened,
  'FLOW-06-connection-window-shared': opened,
  'FLOW-11-frames-read-while-a-handler-stalls': ['fields'],
  'FLOW-09-stalled-stream-does-not-block-others': opened,
  'FLOW-10-client-max-frame-size': opened,
  // Memory, volume, and the end of the process: nothing may lie beside them.
  'FLOW-07-fast-producer-stalled-reader': [],
  'FLOW-08-echo-against-stalled-reader': [],
  'DOS-01-rapid-reset': [],
  // All that its connections see is its own.
  'DOS-12-random-bytes': ['arrival'],
  'KA-09-graceful-shutdown': [],
  'STATUS-14-shutdown-unavailable': [],
  'METHOD-09-stalled-reader': [],
  'MUX-01-parallel-calls-isolated': all,
  'MUX-02-out-of-order-completion': timed,
  // Count the streams that are open, and keep a table.
  'MUX-03-limit-enforced': ['arrival'],
  'MUX-04-slots-return': ['fields'],
  'MUX-05-refused-is-not-executed': ['fields', 'arrival'],
  // What leaves in one write.
  'MUX-06-bursts-of-calls': ['before', 'fields'],
  // Opens its connection with windows of its own.
  'MUX-07-fairness': ['fields'],
  // Counts the acknowledgements of PING.
  'KA-01-ping-echo': ['fields', 'arrival'],
  'KA-02-ping-ack-ignored': ['fields', 'arrival'],
  'KA-03-ping-malformed': ['before', 'fields', 'arrival'],
  'KA-04-ping-not-flow-controlled': ['fields'],
  'KA-05-too-many-pings': ['fields'],
  'KA-06-pings-forgiven-by-traffic': ['fields'],
  // The handshake.
  'TLS-01-alpn-h2': [],
  'TLS-02-alpn-without-h2': [],
  'TLS-03-version': [],
  'TLS-04-bad-cipher-suites': [],
  'TLS-05-no-renegotiation': [],
  // How octets arrive is what it is about.
  'TLS-06-calls-over-tls': ['fields', 'ending'],
  'TLS-07-client-certificate': [],
  'TLS-08-plaintext-on-tls-port': [],
  'TLS-09-mandatory-suite': [],
  'TLS-10-no-tls-compression': [],
  'TLS-11-ephemeral-key-sizes': [],
  'TLS-12-sni': [],
  'TLS-13-no-inadequate-security-for-good-suites': [],
  'TLS-14-alpn-no-overlap-alert': [],
  'TLS-15-resumption': [],
  'SVC-01-health-check': all,
  'SVC-02-health-unknown-service': all,
  'SVC-03-health-watch-immediate': all,
  'SVC-04-health-watch-unknown': all,
  'SVC-05-health-watch-changes': timed,
  'SVC-06-health-list': all,
  'SVC-07-reflection-list-services': all,
  'SVC-08-reflection-descriptors': all,
  'SVC-09-reflection-errors-in-band': all,
  'SVC-10-reflection-versions-agree': all,
  'SVC-11-check-idempotent': all,
  'METHOD-01-legal-answer': all,
  'METHOD-02-declared-type': all,
  'METHOD-03-encodings-alike': all,
  // Fields and frames are what it changes.
  'METHOD-04-framing-alike': ['before', 'arrival'],
  'METHOD-05-undecodable-request': all,
  // Where the request stands when it is cancelled is a part of it.
  'METHOD-06-cancellation': refused,
  'METHOD-07-deadline': ['fields'],
  'METHOD-08-stingy-reader': opened,
  'METHOD-10-cardinality': refused,
  'METHOD-11-compressed-alike': all,
};

/** The same suite, each property with the axes that it borrows. */
export const borrowAxes = ({ properties, ...suite }: Suite): Suite => ({
  ...suite,
  properties: properties.map((property) => {
    const borrows = property.borrows ?? borrowed[property.id as RowId];
    return borrows === undefined ? property : { ...property, borrows };
  }),
});
