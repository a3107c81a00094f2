import {
  grpcHttp2,
  grpcInterop,
  grpcProposal,
  grpcStatusCodes,
  rfc7301,
  rfc8446,
  rfc9113,
  robustness,
} from './requirement';
import { convention, must, rows, should } from './row';

/** TLS and ALPN. */
export const tls = rows('TLS', {
  'TLS-01-alpn-h2': must(
    [
      rfc7301('3.2', 'should'),
      rfc9113('3.2', 'must'),
      rfc9113('3.3', 'must'),
      grpcHttp2('Security'),
      grpcInterop('Server'),
    ],
    'over TLS a server that is offered h2 by ALPN selects it, and what it selects it then speaks at once',
    {
      sends: 'ALPN lists: h2; h2, http/1.1; http/1.1, h2; with unknown names in front',
      passes: 'h2 is selected, SETTINGS comes, and calls are served',
      fails: 'nothing or another protocol is selected, or HTTP/1.1 is spoken',
      needs: 'TLS',
      servers:
        'servers that offer HTTP/1.1 too may choose it when the client lists it first: the list of h2 alone is the hard check',
      matters: true,
    },
  ),
  'TLS-02-alpn-without-h2': must(
    [rfc9113('3.2', 'must'), rfc9113('3.3', 'must'), rfc7301('3.2', 'must')],
    'a client that offers no h2 does not get gRPC over HTTP/2: "h2c" or "grpc-exp" only, or no ALPN',
    {
      sends: 'ALPN with h2c, with http/1.1, or with random names; no ALPN at all',
      passes:
        'an alert in the handshake (no_application_protocol), a close, or HTTP/1.1; h2c is never selected, as it is not for TLS',
      warns:
        'without ALPN HTTP/2 is served by prior knowledge: over TLS HTTP/2 is negotiated and prior knowledge is for clear text, but practice lags behind',
      fails: 'h2c is selected, or a hang',
      needs: 'TLS',
      servers:
        'grpc-go refuses connections without ALPN by default (an environment variable switches it), having served them for years (grpc-go#434 of 2015, PR#7184 of 2024); other stacks may accept them',
    },
  ),
  'TLS-03-version': must(
    [rfc9113('9.2', 'must'), grpcHttp2('Security', 'must')],
    'TLS below 1.2 is not accepted; 1.2 and 1.3 are',
    {
      sends: 'handshakes with a maximum version of 1.0, 1.1, 1.2 and 1.3',
      passes:
        'below 1.2 the handshake is refused, or the connection is closed with INADEQUATE_SECURITY; with 1.2 and 1.3 calls are served (one of the two is enough if it is configured so)',
      fails: 'calls are served over 1.0 or 1.1',
      needs: 'TLS',
      servers: "the client's own OpenSSL may forbid 1.0 and 1.1: then the row is skipped, not passed",
    },
  ),
  'TLS-04-bad-cipher-suites': should(
    [rfc9113('9.2.2', 'should'), rfc9113('A')],
    'with TLS 1.2 HTTP/2 is not spoken over a suite of the prohibited list',
    {
      sends:
        'TLS 1.2 with only suites of CBC or of RSA key exchange, one by one and together, and ALPN h2; the mandatory suite is TLS-09',
      passes: 'a failed handshake, a connection error INADEQUATE_SECURITY, or another protocol than h2',
      warns: 'h2 is served',
      fails: 'a hang',
      needs: 'TLS',
      servers:
        "the default suites of Node, and so of @grpc/grpc-js, have CBC and RSA key exchange among them; what the client's own OpenSSL forbids is skipped",
    },
  ),
  'TLS-05-no-renegotiation': must(
    [rfc9113('9.2.1', 'must'), rfc9113('9.2.3', 'must')],
    'the server does not start TLS renegotiation or post-handshake client authentication after the HTTP/2 preface',
    {
      sends: 'nothing special: TLS sessions are watched; with TLS 1.2 the client attempts a renegotiation',
      passes: "none comes from the server; the client's attempt is refused, or the connection is closed",
      fails: 'a renegotiation with TLS 1.2 after the preface',
      needs: 'TLS',
      hole: 'a CertificateRequest of TLS 1.3 after the handshake is not recognised: Node has no switch with which a client offers post-handshake authentication, so that its OpenSSL ends such a connection with an alert, which looks like any other end; nor can a server that runs on Node send one, to show that a rule about it works',
    },
  ),
  'TLS-06-calls-over-tls': convention(
    [rfc9113('9.2'), grpcInterop()],
    'the whole suite gives the same verdicts over TLS as in clear text, whatever the record boundaries',
    {
      sends:
        'a selection (REQ-01, MSG-02, RPC-07, FLOW-03, CANC-01) over TLS, with TLS records cut at random, of 1 octet, and with several frames in a record',
      passes: 'equal verdicts',
      fails: 'a difference',
      needs: 'TLS',
    },
  ),
  'TLS-07-client-certificate': convention(
    [
      grpcHttp2('Security'),
      grpcStatusCodes(),
      grpcProposal('A29-xds-tls-security'),
      grpcProposal('A43-grpc-authorization-api'),
    ],
    'with required client certificates a client without or with an untrusted one gets no service',
    {
      sends: 'handshakes with no certificate, a self-signed one, an expired one, and a good one',
      passes:
        "for the first three an alert in the handshake or a close before any answer (with TLS 1.3 the alert may come after the client's Finished and first writes), or status 16 (UNAUTHENTICATED); with the good one the call is served",
      fails: 'a call without a good certificate is served',
      needs: 'TLS that requires client certificates',
    },
  ),
  'TLS-08-plaintext-on-tls-port': convention(
    [rfc9113('3.3'), robustness],
    'clear-text bytes on a TLS port, or a handshake on an h2c port, end with a close, nothing else is harmed',
    {
      sends:
        'the HTTP/2 preface in clear text; ClientHello to the port for clear text; garbage; a handshake that stalls; what comes to a port for clear text ends with an empty line, since a reader of HTTP/1.1 may wait for one',
      passes:
        "an alert or a close (of the stalled one within the operator's limit for handshakes); a new connection serves",
      warns: 'the connection is left open, except for a stalled handshake, for which nobody knows the limit',
      fails: 'a crash, or the listener is blocked',
      needs: 'TLS',
    },
  ),
  'TLS-09-mandatory-suite': must(
    rfc9113('9.2.2', 'must'),
    'with TLS 1.2 the suite TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 on P-256 works',
    {
      sends: 'TLS 1.2 with that suite and that curve only',
      passes: 'the handshake succeeds and calls are served',
      fails:
        'it is refused, although the certificate is RSA and the server speaks TLS 1.2 (otherwise the row is skipped)',
      needs: 'TLS',
      servers: 'it was a part of TLS-04 before, whose level MAY could never fail',
    },
  ),
  'TLS-10-no-tls-compression': must(
    [rfc9113('9.2.1', 'must'), rfc9113('10.6', 'must')],
    'TLS compression is not negotiated',
    {
      sends: 'a TLS 1.2 ClientHello of our own that offers DEFLATE and null; the ServerHello is read',
      passes: 'null is chosen, or TLS 1.3, or the handshake is refused',
      fails: 'DEFLATE is chosen',
      needs: "TLS, and a ClientHello of our own, since Node's OpenSSL is built without compression",
    },
  ),
  'TLS-11-ephemeral-key-sizes': must(
    rfc9113('9.2.1', 'must'),
    'DHE with 2048-bit groups and ECDHE with 224 bits or more are supported, where the server has such suites',
    {
      sends: 'TLS 1.2 with ECDHE on P-256, P-384 and X25519, one by one; with DHE suites only',
      passes: 'each kind that is offered works',
      warns: 'only recorded: the server has no such suites',
      fails: 'a DHE group of less than 2048 bits is selected',
      needs: 'TLS',
    },
  ),
  'TLS-12-sni': must(
    [rfc9113('9.2', 'must'), grpcHttp2('Security')],
    'SNI is supported: known, unknown, absent and case-changed names do not break HTTP/2',
    {
      sends:
        'SNI with the name of the certificate, with that name in another case, with an unknown name, and without (by IP address)',
      passes:
        'with known names calls are served; with an unknown one or none they are served, or an alert unrecognized_name or a close comes',
      fails: 'a known name is refused, or a hang',
      needs: 'TLS',
    },
  ),
  'TLS-13-no-inadequate-security-for-good-suites': must(
    [rfc9113('9.2.2', 'must'), rfc9113('A')],
    'INADEQUATE_SECURITY is never raised for a suite that is not on the prohibited list',
    {
      sends: 'each allowed TLS 1.2 suite, one by one, and each suite of TLS 1.3, with ALPN h2 and a call',
      passes: 'calls are served, or the suite is not taken',
      warns: 'the suite and h2 are agreed on, and the connection ends without an answer and without a reason',
      fails: 'GOAWAY(INADEQUATE_SECURITY), or a hang',
      needs: 'TLS',
    },
  ),
  'TLS-14-alpn-no-overlap-alert': must(
    [rfc7301('3.2', 'must'), rfc9113('3.2')],
    'with ALPN but no protocol in common the handshake ends with no_application_protocol',
    {
      sends: 'ALPN with x-none, h2c and grpc-exp',
      passes: 'the fatal alert 120 (no_application_protocol)',
      warns: 'the handshake completes without a protocol',
      fails: 'a protocol is selected that was not offered',
      needs: 'TLS',
      servers:
        'the completed handshake is very common (OpenSSL callbacks that return NOACK, among them those of grpc-java), and the SHALL binds the TLS layer: hence only a warning',
    },
  ),
  'TLS-15-resumption': convention([rfc9113('9.2.3'), rfc8446('2.2')], 'a resumed session serves as a full one', {
    sends: 'a call; the ticket or session is kept; a new connection with it, and a call; also with another ALPN list',
    passes: 'the call is served, resumed or not; ALPN is negotiated anew',
    fails: 'HTTP/2 is spoken although h2 was not selected, or a hang',
    needs: 'TLS',
  }),
});
