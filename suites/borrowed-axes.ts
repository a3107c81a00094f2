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
  'FRAME-01-unknown-type-ignored': all,
  'FRAME-04-max-frame-16384-accepted': all,
  // Counts on its stream being the first.
  'FRAME-06-field-block-contiguous': ['arrival'],
  'FRAME-23-server-frames-well-formed': opened,
  // How fields are written, in the first of them whatever came before; the others reckon with the table.
  'HPACK-01-all-representations': ['before', 'ending', 'arrival'],
  'HPACK-09-invalid-index': ['arrival'],
  'HPACK-12-context-survives-rejections': ['arrival'],
  'STREAM-04-frames-on-idle-stream': refused,
  'STREAM-11-window-update-zero': refused,
  'STREAM-15-upload-window-replenished': all,
  // Counts its calls, and its resets.
  'STREAM-16-discarded-data-returns-connection-credit': ['fields', 'arrival'],
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
  'MSG-02-any-data-split': all,
  'MSG-03-merged-messages': all,
  'MSG-05-zero-length-message': all,
  'MSG-08-size-limit-boundary': refused,
  'MSG-10-truncated-message': refused,
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
  'COMP-02-gzip-request': all,
  'COMP-05-unsupported-encoding': all,
  'COMP-08-flag-without-encoding': refused,
  'DL-01-units-and-values': timed,
  'DL-03-expiry-ends-the-call': timed,
  'DL-05-handler-sees-cancellation': timed,
  'DL-08-malformed-timeout': refused,
  'CANC-01-rst-cancels-handler': timed,
  // A reset that comes at once behind the half-close is one of its moments.
  'CANC-03-other-streams-unaffected': refused,
  'RPC-01-unary': all,
  'RPC-02-client-streaming': all,
  'RPC-03-server-streaming': all,
  'RPC-04-bidi': all,
  'RPC-05-request-cardinality': refused,
  'RPC-07-ping-pong-interleaving': timed,
  'FLOW-01-window-respected': opened,
  'FLOW-03-resumes-on-credit': opened,
  // Memory, volume, and the end of the process: nothing may lie beside them.
  'FLOW-07-fast-producer-stalled-reader': [],
  'DOS-01-rapid-reset': [],
  'KA-09-graceful-shutdown': [],
  'METHOD-09-stalled-reader': [],
  'MUX-01-parallel-calls-isolated': all,
  'MUX-02-out-of-order-completion': timed,
  // Counts the acknowledgements of PING.
  'KA-01-ping-echo': ['fields', 'arrival'],
  // The handshake.
  'TLS-01-alpn-h2': [],
  'SVC-01-health-check': all,
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
