import type { RowNumber } from '..';

/** What one group of tests of connectrpc/conformance asks of a server, and what asks the same here. */
export interface ConnectGroup {
  /** The name of its suite there, or `permutations` for what every test is multiplied by. */
  readonly suite: string;
  /** Its tests, by their names in the suite. */
  readonly tests: readonly string[];
  /** Rows that look at the same; none when it is out of scope. */
  readonly rows: readonly RowNumber[];
  /** Why it is out of scope; with rows, what part of it is. */
  readonly remark?: string;
}

/** The same few tests for several kinds of calls. */
const each = (kinds: readonly string[], tests: readonly string[]): readonly string[] =>
  kinds.flatMap((kind) => tests.map((name) => `${kind}/${name}`));

const bidi = ['bidi-stream/full-duplex', 'bidi-stream/half-duplex'] as const;
const allKinds = ['unary', 'client-stream', 'server-stream', ...bidi] as const;

const codes = [
  'canceled',
  'unknown',
  'invalid-argument',
  'deadline-exceeded',
  'not-found',
  'already-exists',
  'permission-denied',
  'resource-exhausted',
  'failed-precondition',
  'aborted',
  'out-of-range',
  'unimplemented',
  'internal',
  'unavailable',
  'data-loss',
  'unauthenticated',
] as const;

const otherProtocol = (name: string): string => `${name} is another protocol; here gRPC over HTTP/2 is judged`;

/** The suites that connectrpc/conformance plays against a server (as of August 2026), and its permutations. */
export const connectGroups: readonly ConnectGroup[] = [
  { suite: 'Basic', tests: ['unary/success'], rows: ['RPC-01', 'MSG-01', 'RESP-08', 'TRAIL-08'] },
  { suite: 'Basic', tests: ['client-stream/success'], rows: ['RPC-02'] },
  { suite: 'Basic', tests: each(['server-stream'], ['success', 'no-responses']), rows: ['RPC-03', 'TRAIL-06'] },
  { suite: 'Basic', tests: ['bidi-stream/full-duplex/success'], rows: ['RPC-04', 'RPC-07'] },
  {
    suite: 'Basic',
    tests: each(['bidi-stream/half-duplex'], ['success', 'no-responses']),
    rows: ['RPC-04', 'EOS-07', 'TRAIL-06'],
  },
  { suite: 'Basic', tests: ['unimplemented'], rows: ['REQ-21', 'METHOD-02'] },
  {
    suite: 'Deadline Propagation',
    tests: each(['unary', 'client-stream', 'server-stream', 'bidi-stream/full-duplex'], ['success']),
    rows: ['DL-01', 'DL-04'],
    remark:
      'there the handler reports the deadline that it was given; here a deadline that is read wrongly shows by when the call ends',
  },
  {
    suite: 'Duplicate Metadata',
    tests: [
      ...each(['unary', 'client-stream'], ['success', 'error']),
      ...each(['server-stream'], ['success', 'no-response', 'error-with-responses', 'error-with-no-responses']),
      ...each([bidi[0]], ['success', 'error-with-responses', 'error-no-responses']),
      ...each([bidi[1]], ['success', 'error-with-responses', 'error-with-no-responses']),
    ],
    rows: ['REQ-24', 'REQ-25', 'RESP-08', 'TRAIL-08'],
  },
  { suite: 'Errors', tests: each(['unary', 'server-stream'], codes), rows: ['STATUS-01', 'STATUS-11'] },
  { suite: 'Errors', tests: ['unary/unicode-error-message'], rows: ['STATUS-03', 'STATUS-04'] },
  {
    suite: 'Errors',
    tests: each(['unary', 'client-stream', 'server-stream', 'bidi-stream'], ['error-with-metadata']),
    rows: ['TRAIL-08', 'RESP-08', 'STATUS-09'],
  },
  {
    suite: 'Errors',
    tests: [
      ...each(['server-stream', bidi[1]], ['error-with-responses', 'error-with-no-responses']),
      ...each([bidi[0]], ['error-with-responses', 'error-no-responses']),
    ],
    rows: ['STATUS-08'],
  },
  {
    suite: 'Errors',
    tests: each(['client-stream'], ['error-one-request', 'error-multiple-requests']),
    rows: ['STATUS-01', 'RPC-02'],
  },
  {
    suite: 'gRPC Proto Sub-Format Requests',
    tests: ['with-proto-sub-format', 'without-proto-sub-format'],
    rows: ['REQ-15'],
  },
  {
    suite: 'gRPC Unexpected Requests',
    tests: each(['unary', 'server-stream'], ['no-request', 'multiple-requests']),
    rows: ['RPC-05'],
  },
  { suite: 'gRPC Unexpected Requests', tests: ['unexpected-verb'], rows: ['REQ-03'] },
  { suite: 'gRPC Unexpected Requests', tests: ['unexpected-uri'], rows: ['REQ-21'] },
  { suite: 'gRPC Unexpected Requests', tests: ['unexpected-codec'], rows: ['REQ-16', 'REQ-17'] },
  { suite: 'gRPC Unexpected Requests', tests: ['unexpected-compression'], rows: ['COMP-05', 'COMP-06'] },
  { suite: 'gRPC Unexpected Requests', tests: ['unexpected-compressed-message'], rows: ['COMP-08'] },
  { suite: 'Unexpected Requests', tests: ['unexpected-content-type'], rows: ['REQ-16'] },
  {
    suite: 'Server Empty Requests',
    tests: each(['unary', 'client-stream', 'server-stream', bidi[1]], ['empty-request']),
    rows: ['MSG-05'],
  },
  {
    suite: 'Server Message Size',
    tests: [
      ...each(['unary', 'server-stream'], ['request-equal-to-server-limit', 'request-exceeds-server-limit']),
      ...each(
        ['client-stream', ...bidi],
        [
          'all-requests-equal-to-server-limit',
          'first-request-exceeds-server-limit',
          'subsequent-request-exceeds-server-limit',
        ],
      ),
    ],
    rows: ['MSG-08'],
  },
  { suite: 'Timeouts', tests: [...allKinds], rows: ['DL-03', 'DL-05', 'DL-06'] },
  { suite: 'TLS Client Certs', tests: [...allKinds], rows: ['TLS-07'] },
  {
    suite: 'Connect to HTTP Code Mapping, Connect Unexpected Requests, Connect with GET',
    tests: ['all'],
    rows: [],
    remark: otherProtocol('Connect'),
  },
  {
    suite: 'gRPC-Web Proto Sub-Format Requests, gRPC-Web Unexpected Requests',
    tests: ['all'],
    rows: [],
    remark: otherProtocol('gRPC-Web'),
  },
  { suite: 'permutations', tests: ['HTTP/2 in clear text'], rows: ['CONN-01'] },
  { suite: 'permutations', tests: ['HTTP/2 over TLS'], rows: ['TLS-01', 'TLS-06'] },
  {
    suite: 'permutations',
    tests: ['HTTP/1.1', 'HTTP/3'],
    rows: [],
    remark: 'the specification that is judged here is that of gRPC over HTTP/2',
  },
  { suite: 'permutations', tests: ['compression: gzip'], rows: ['COMP-02', 'COMP-03', 'COMP-14'] },
  { suite: 'permutations', tests: ['compression: deflate'], rows: ['COMP-10'] },
  {
    suite: 'permutations',
    tests: ['compression: br', 'compression: zstd', 'compression: snappy'],
    rows: [],
    remark: 'no gRPC document defines them; that a server refuses what it does not have is COMP-05',
  },
  { suite: 'permutations', tests: ['codec: proto'], rows: ['MSG-01'] },
  {
    suite: 'permutations',
    tests: ['codec: json'],
    rows: [],
    remark:
      'how JSON stands for a message is not about the wire; that application/grpc+json is served or refused in order is REQ-15',
  },
];
