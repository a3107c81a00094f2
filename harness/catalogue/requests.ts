import {
  grpcHttp2,
  grpcHttpMapping,
  grpcInterop,
  grpcProposal,
  grpcStatusCodes,
  rfc8441,
  rfc9110,
  rfc9113,
} from './requirement';
import { convention, may, must, rows, should } from './row';

/** Request headers. Whatever a row sends, the server serves a plain call afterwards, on the same connection if that is still open. */
export const requests = rows('REQ', {
  'REQ-01-minimal-request': must(
    [grpcHttp2('Requests'), rfc9113('8.1'), rfc9113('8.3.1')],
    'a POST with nothing but the fields of a call definition is served',
    {
      sends:
        'POST with :method, :scheme, :path, :authority, te: trailers and content-type: application/grpc, and one message',
      passes: 'the call is served',
      fails: 'anything else',
      needs: 'a unary method',
      h2spec: ['generic/3.1/1', 'generic/3.2/1', 'generic/4/3'],
      matters: true,
    },
  ),
  'REQ-02-regular-header-order-free': must(
    [grpcHttp2('Requests'), rfc9113('8.3')],
    'the fields of a request may come in any order once the pseudo-header fields, in any order themselves, are first',
    {
      sends:
        'the regular fields in a random order, the pseudo-header fields in a random order among themselves, custom metadata mixed in; that the timeout and the call definition come first is advice to clients only',
      passes: 'the call is served',
      fails: 'an error',
      needs: 'a unary method',
    },
  ),
  'REQ-03-method-not-post': should(
    [rfc9110('9.1', 'should'), grpcHttp2('Requests'), rfc9113('8.3.1')],
    'a request with another method than POST does not run a handler',
    {
      sends:
        'GET, HEAD, PUT, DELETE, OPTIONS, post in lower case and a random token as the method; with and without a body',
      passes:
        'a refusal: HTTP 405 or 501, a stream error, or a status such as 12, 13 or 2; for HEAD and GET any final response is enough, and for OPTIONS any plain HTTP answer, as to a preflight request of a browser',
      warns: 'the request is executed',
      fails: 'the request is left hanging',
      needs: 'a unary method',
      servers:
        'grpc-go answers 405 with grpc-status 13; grpc-java 405 with the field allow; C-core RST_STREAM or status 13; grpc-js and Tonic do not look at the method and execute (measured, and by the source); connectrpc-conformance accepts UNKNOWN, INTERNAL or UNIMPLEMENTED. RESP-14 is about the fields of a 405',
      h2spec: ['generic/4/1', 'generic/4/2'],
    },
  ),
  'REQ-04-mandatory-pseudo-missing': must(
    [rfc9113('8.3.1', 'must'), rfc9113('8.1.1', 'must')],
    'a request without :method, :scheme or :path, or with an empty :path, is malformed, and whoever detects that does not serve it',
    {
      sends:
        'a request that lacks one or more of these fields, or has one with an empty value; the case http2/8.1.2.3/2 of h2spec in fact drops both :method and :scheme',
      passes: 'a refusal',
      fails: 'the request is executed',
      needs: 'a unary method',
      servers:
        'grpc-go serves a request without :scheme; grpc-java answers 404 to a missing path; C-core 1.84 answers grpc-status 1 to an empty path',
      h2spec: ['http2/8.1.2.3/1', 'http2/8.1.2.3/2', 'http2/8.1.2.3/3', 'http2/8.1.2.3/4'],
    },
  ),
  'REQ-05-pseudo-duplicated': must(
    [rfc9113('8.3', 'must'), grpcProposal('A41-xds-rbac')],
    'a repeated pseudo-field (incl. :authority) makes the request malformed',
    {
      sends: 'each of the four pseudo-header fields twice, with the same value or another',
      passes: 'a refusal',
      fails: 'the request is executed',
      needs: 'a unary method',
      servers: 'C-core executes, and the last value wins (measured)',
      h2spec: ['http2/8.1.2.3/5', 'http2/8.1.2.3/6', 'http2/8.1.2.3/7'],
    },
  ),
  'REQ-06-pseudo-unknown-or-misplaced': must(
    rfc9113('8.3', 'must'),
    'a pseudo-header field that no request has, or one after a regular field, makes the request malformed',
    {
      sends:
        ':test, :status: 200, :protocol (where the server does not offer RFC 8441) or a random name such as :x; or a regular field moved before any of the pseudo-header fields',
      passes: 'a refusal',
      fails: 'the request is executed',
      needs: 'a unary method',
      servers: 'C-core executes requests with :status and with misplaced pseudo-header fields (measured)',
      h2spec: ['http2/8.1.2.1/1', 'http2/8.1.2.1/2', 'http2/8.1.2.1/4'],
    },
  ),
  'REQ-07-uppercase-name': must(
    [rfc9113('8.2', 'must'), rfc9113('8.2.1', 'must')],
    'a field name with an upper-case letter makes the request malformed',
    {
      sends:
        'a random field name with one or more of the octets 0x41–0x5a; also as an index to a field that an earlier, refused block inserted into the dynamic table',
      passes: 'a refusal',
      fails: 'the request is executed',
      needs: 'a unary method',
      servers: 'grpc-java closes the connection; C-core answers grpc-status 13',
      h2spec: ['http2/8.1.2/1'],
    },
  ),
  'REQ-08-forbidden-name-octets': must(
    rfc9113('8.2.1', 'must'),
    'names with octets 0x00–0x20, 0x7f–0xff, an empty name, or a colon other than the leading one are malformed',
    {
      sends:
        'one forbidden octet at a random position of a name, or an empty name; also as an index to a field that an earlier, refused block inserted into the dynamic table',
      passes: 'a refusal; HTTP 400 is encouraged',
      warns: 'the field is silently dropped and the request executed',
      fails: 'the field reaches the handler',
      needs: 'a method that echoes metadata',
      servers:
        'nghttp2 drops illegal regular fields silently (measured on grpc-js); C-core answers status 13; grpc-go and h2 reset the stream',
    },
  ),
  'REQ-09-forbidden-value-octets': must(rfc9113('8.2.1', 'must'), 'values with NUL, LF or CR are malformed', {
    sends:
      'one of the three octets at a random position of a random field: custom metadata, content-type, :path, :authority or te; also as an index to a field that an earlier, refused block inserted into the dynamic table',
    passes: 'a refusal',
    warns: 'the field is dropped and the request executed',
    fails: 'the octet reaches the handler or comes back in metadata',
    needs: 'a method that echoes metadata',
    servers:
      'nghttp2 drops illegal regular fields silently (measured on grpc-js); C-core answers status 13; grpc-go and h2 reset the stream',
  }),
  'REQ-10-value-outer-whitespace': may(
    [rfc9113('8.2.1', 'must'), grpcHttp2('Requests')],
    'leading/trailing SP or HTAB: RFC 9113 says malformed, gRPC over HTTP/2 says "may be stripped"; both outcomes must be tolerated',
    {
      sends: 'custom metadata whose value begins or ends with whitespace',
      passes: 'a refusal, or the field dropped, or the value stripped, or the value kept',
      fails: 'a crash, or an echo of the value that breaks the response by malformed response headers',
      needs: 'a method that echoes metadata',
      servers:
        'measured: C-core keeps and echoes the value, so that its own response breaks RFC 9113; grpc-js drops the field',
    },
  ),
  'REQ-11-http-valid-non-ascii-value': must(
    grpcHttp2('Requests', 'must'),
    "a value that is legal HTTP but outside gRPC's ASCII-Value (0x80–0xff, inner HTAB, none at all) must not fail the call",
    {
      sends: 'a custom field with octets 0x80–0xff, or 0x09 inside its value, or an empty value',
      passes: 'the call is served, and the value passed on or dropped',
      fails: 'the call fails, or an echo of the value triggers an error',
      needs: 'a method that echoes metadata',
      servers:
        'C-core fails the call with status 13 "Invalid metadata" (measured); grpc-js drops the field; grpclib refuses to send back a tab or an empty value',
    },
  ),
  'REQ-12-connection-specific-fields': must(
    [rfc9113('8.2.2', 'must'), grpcProposal('A41-xds-rbac')],
    'Connection, Proxy-Connection, Keep-Alive, Transfer-Encoding, Upgrade make the request malformed',
    {
      sends: 'one of the five fields with a random value',
      passes: 'a refusal',
      fails: 'the request is executed',
      needs: 'a unary method',
      servers:
        'C-core executes requests with any of the five (measured); grpc-go and grpc-java check Connection only; h2 and nghttp2 check all five',
      h2spec: ['http2/8.1.2.2/1'],
    },
  ),
  'REQ-13-te': must(
    [rfc9113('8.2.2', 'must'), rfc9110('10.1.4'), rfc9110('5.6.1.2', 'must'), grpcHttp2('Requests')],
    'TE with a value other than "trailers" is malformed; TE absent or empty is tolerated or refused',
    {
      sends:
        '(a) te: gzip and te: trailers, deflate; (b) no te; (c) an empty te, Trailers, TRAILERS, and trailers among empty list elements',
      passes: '(a) a refusal; (b) and (c) the call is served or refused',
      warns: 'only recorded: which of the two happens to (b) and (c)',
      fails: '(a) is executed',
      needs: 'a unary method',
      servers:
        'grpc-go ignores TE altogether; grpc-java only logs it; C-core refuses (b); grpc-js and Tonic accept (b)',
      h2spec: ['http2/8.1.2.2/2'],
    },
  ),
  'REQ-14-scheme': convention(
    [grpcHttp2('Requests'), rfc9113('8.3.1'), rfc9110('7.4', 'must')],
    'the scheme that fits the transport is accepted; a mismatch, and any other scheme, is served or refused',
    {
      sends:
        'the schemes http and https, each over clear text and over TLS; ftp, grpc, an empty scheme, and one in upper case',
      passes:
        'http over clear text and https over TLS are served; a mismatch, in either direction, and any other scheme are served or refused',
      warns:
        'only recorded: what happens to a mismatch; HTTP wants https over an unsecured connection refused unless a trusted gateway speaks',
      fails: 'the scheme that fits is refused, or a request is left hanging',
      needs: 'a unary method',
      servers:
        'Kestrel (grpc-dotnet) compares the scheme with the transport by default and rejects a mismatch: for https over clear text it obeys a MUST',
    },
  ),
  'REQ-15-content-type-accepted': must(
    [grpcHttp2('Requests'), grpcHttp2('Appendix A - GRPC for Protobuf'), rfc9110('5.6.4', 'must')],
    'application/grpc and application/grpc+proto are served; by convention also with parameters, which the grammar does not have',
    {
      sends:
        'application/grpc, application/grpc+proto, and application/grpc with a parameter: ;charset=utf-8 and ; charset="utf\\-8"; also with a subtype that the server does not have, such as +foo or +json',
      passes:
        'the first two are served, and so is the one with a parameter; a subtype that the server does not have is served, or refused with grpc-status 2, 12 or 13',
      warns: 'the one with a parameter is refused',
      fails: 'one of the first two is refused, or a request is left hanging',
      needs: 'a unary method',
      servers: 'grpc-go, grpc-js and C-core serve any subtype with the codec of protobuf',
      matters: true,
    },
  ),
  'REQ-16-content-type-not-grpc': should(
    grpcHttp2('Requests', 'should'),
    'a request whose content-type does not begin with application/grpc, or is missing, is answered by HTTP status 415',
    {
      sends: 'text/html, application/json, image/jpeg, application/grp, an empty content-type, and none',
      passes: 'a final response with :status 415, with any body and with or without a grpc-status',
      warns:
        'another refusal, or the request is executed. Only recorded: a plain HTTP answer to application/json, which on a server of several protocols is a request of another one',
      fails: 'the request is left hanging, or answered by :status 200 without grpc-status',
      needs: 'a unary method',
      servers:
        'grpc-go answers 415 with grpc-status 3; grpc-java 415 with a text/plain DATA frame that carries END_STREAM, and grpc-status 13; grpc-js a bare 415; grpc-dotnet 415; C-core and Tonic ignore content-type and execute',
    },
  ),
  'REQ-17-content-type-lookalikes': convention(
    [rfc9110('8.3.1'), grpcHttp2('Requests')],
    'application/grpcfoo, application/grpc-web, APPLICATION/GRPC: literally "begins with" is enough, media types are case-insensitive; servers differ',
    {
      sends: 'application/grpcfoo, application/grpc-web and APPLICATION/GRPC',
      passes: 'the call is served, answered by 415, or refused in another way',
      warns:
        'only recorded: an answer of another protocol to application/grpc-web, where a server speaks gRPC-Web as well',
      fails: 'the request is left hanging, or the answer to another content-type is framed as gRPC-Web',
      needs: 'a unary method',
      servers:
        'grpc-go and grpc-java demand the end, + or ; after the prefix; grpc-java lower-cases first; grpc-js compares the plain prefix, and case counts',
    },
  ),
  'REQ-18-host-only': must(
    [rfc9113('8.3.1'), grpcProposal('A41-xds-rbac')],
    'when :authority is absent and one Host is present, Host takes its place',
    {
      sends:
        'no :authority, and Host with the same value, as the first or the last of the regular fields, with and without metadata',
      passes: 'the call is served; which authority the handler sees, no client can tell',
      fails: 'the call is refused',
      needs: 'a unary method',
    },
  ),
  'REQ-19-host-conflicts': must(
    [rfc9113('8.3.1', 'must'), grpcProposal('A41-xds-rbac')],
    'several Host fields (without :authority) are rejected; with :authority present Host is discarded or a differing Host is treated as malformed',
    {
      sends:
        '(a) two Host fields without :authority; (b) :authority and an equal Host; (c) :authority and another Host; (d) :authority and two Host fields',
      passes:
        '(a) a refusal (gRPC names HTTP 400, INTERNAL or RST_STREAM with PROTOCOL_ERROR); (b) the call is served; (c) the call is served with the value of :authority, or refused; (d) as (a) or (c)',
      fails: '(a) is executed, or a handler sees Host in place of :authority',
      needs: 'a unary method',
      servers:
        'grpc-go rejects (a) and (d); grpc-java (a); grpc-js (nghttp2) (a) and (d); C-core 1.84 accepts all, 1.85 refuses (a) (measured); Tonic executes (a)',
    },
  ),
  'REQ-20-authority-forms': convention(
    [
      rfc9113('8.3.1', 'must'),
      rfc9110('4.2.1', 'must'),
      rfc9110('4.2.2', 'must'),
      rfc9110('4.2.4', 'should'),
      grpcHttp2('Requests'),
    ],
    'any syntactically valid authority is served unless virtual hosting is configured; a missing authority (and Host) is legal HTTP/2 but often refused',
    {
      sends:
        'as the authority a host, host:port, an IPv6 literal, a long name, one in the style of Unix domain sockets; one with userinfo; garbage; none; an empty one',
      passes:
        'valid forms are served; without an authority the call is served or refused; userinfo, garbage and an empty authority are refused or served',
      warns: 'only recorded: userinfo, garbage or an empty authority is served',
      fails: 'the request is left hanging, or served with status 0 while the handler sees a wrong authority',
      needs: 'a unary method',
      servers:
        'grpc-go and grpc-java serve without an authority; nghttp2 resets the stream with PROTOCOL_ERROR, C-core with INTERNAL_ERROR',
    },
  ),
  'REQ-21-unknown-service-or-method': must(
    [
      grpcHttpMapping('', 'must'),
      grpcStatusCodes(),
      grpcInterop('unimplemented_method'),
      grpcInterop('unimplemented_service'),
    ],
    'a call to a service or method that nobody registered ends with UNIMPLEMENTED, at the latest when the request has ended, and not with an HTTP status made from it',
    {
      sends:
        'random valid names of services and methods, and near misses of real ones (one more character, another package); with and without a message, with and without END_STREAM',
      passes: 'status 12 (UNIMPLEMENTED) with :status 200, usually as Trailers-Only',
      warns:
        'a plain HTTP 404 without grpc-status. Only recorded: a refusal that comes only when the request has ended',
      fails: 'another status, or no answer though the request has ended',
      needs: 'any',
      servers: 'all major servers do so; grpc-js and grpc-go answer as soon as they have the HEADERS',
      matters: true,
    },
  ),
  'REQ-22-malformed-path': convention(
    grpcHttp2('Requests'),
    'a path without leading slash, with one segment, empty segments, or "*" never reaches a handler',
    {
      sends: 'the paths svc/m, /svc, /, *, //svc/m, /svc/m/ and /a/b/c',
      passes: 'a refusal: status 12 (UNIMPLEMENTED), HTTP 404 or a stream error',
      fails: 'the request is executed or left hanging',
      needs: 'a unary method',
      servers:
        'grpc-go answers 12 "malformed method name"; grpc-java 404 with 12 when there is no slash; nghttp2 resets the stream when the path does not start with /; of /a/b/c grpc-go takes the last slash, so that the service is "a/b"',
    },
  ),
  'REQ-23-path-exact': must(grpcHttp2('Requests'), 'the path is case-sensitive and not normalised', {
    sends:
      'a real path with the case of one letter flipped, with a percent-encoded letter, with a query string, with /./ or /x/../ in it, or with a trailing slash',
    passes: 'status 12 (UNIMPLEMENTED); that the case counts is demanded, the other forms are a convention',
    warns: 'a server behind an HTTP router takes some of these for the real path, or redirects them to it',
    fails: 'the real method runs',
    needs: 'a unary method',
    servers:
      'measured: 12 for all of them on C-core and grpc-js; servers behind an HTTP router (Tonic with axum; the routing of .NET does not look at case by default for plain routes) may alias some; net/http of Go redirects dot segments with 307',
  }),
  'REQ-24-ascii-metadata-roundtrip': must(
    [grpcHttp2('Requests'), grpcInterop('custom_metadata')],
    'custom metadata with legal names and values reaches the handler unchanged',
    {
      sends:
        'names of the characters 0-9, a-z, underscore, hyphen and full stop that do not start with grpc-; values of 1 octet to 4 KiB over 0x20–0x7e without outer spaces',
      passes: 'the values come back octet for octet',
      fails: 'a value is lost or changed',
      needs: 'a method that echoes metadata',
      servers:
        "an empty value is outside gRPC's grammar, so REQ-11 has it; Node's HTTP/2 API merges or drops duplicates of HTTP fields that come once (authorization, user-agent and others): use x- names",
      matters: true,
    },
  ),
  'REQ-25-duplicate-metadata-order': must(
    grpcHttp2('Requests'),
    'the values of a name that is sent several times keep their order; joined by commas they mean the same',
    {
      sends: '2 to 10 fields of one name between others, with values that have commas and values that have none',
      passes: 'the echo is the same list, once it is split or joined at commas with optional spaces',
      warns: 'only recorded: the first value alone comes back',
      fails: 'a value is lost, or the order changed',
      needs: 'a method that echoes metadata',
      servers: 'grpc-js returns "1, 2" in one field (measured), others keep separate fields: compare the joined forms',
      matters: true,
    },
  ),
  'REQ-26-bin-padding-optional': must(
    grpcHttp2('Requests', 'must'),
    'values of binary metadata are accepted with base64 padding and without, and reach the handler as the same octets',
    {
      sends: 'random octets of length 0 to 64, all residues modulo 3, in both forms',
      passes: 'the handler sees the octets, and the echo decodes to them',
      fails: 'an error, or other octets',
      needs: 'a method that echoes metadata',
      matters: true,
    },
  ),
  'REQ-27-bin-comma-split': must(grpcHttp2('Requests', 'must'), 'a "-bin" value with commas is split before decoding', {
    sends: 'AQID,BAUG, 2 to 5 parts with padding on some of them, and the same values in two separate fields',
    passes: 'several values with the same octets',
    warns:
      'a blank behind the comma is refused: gRPC joins by a comma alone, HTTP allows the blank (RFC 9110 §5.3). Only recorded: the first value alone comes back',
    fails: 'the call fails, or the handler gets one wrong value',
    needs: 'a method that echoes metadata',
    servers:
      'grpc-java and grpc-js split, but grpc-java loses the connection over a blank behind the comma; grpc-go and C-core fail the call (grpc-go with HTTP 400 and status 13, C-core with 13, measured): report it as known',
  }),
  'REQ-28-bin-invalid-base64': convention(
    grpcHttp2('Requests'),
    'invalid base64 in a "-bin" field harms at most that call',
    {
      sends:
        'illegal characters, the URL-safe alphabet, a tail of one character, spare bits that are not zero (AR==), whitespace inside',
      passes: 'a refusal, or the call is served with the field dropped or leniently decoded',
      warns: 'the connection is lost, and with it every other call on it',
      fails: 'a crash, or a call that never ends',
      needs: 'a unary method',
      servers:
        'grpc-go answers HTTP 400 with status 13; C-core 13; grpc-js decodes leniently; Tonic passes the value raw until it is read; grpc-java throws while it reads the headers, and ends the connection (GOAWAY with PROTOCOL_ERROR, measured)',
    },
  ),
  'REQ-29-bin-values-opaque': must(
    [grpcHttp2('Requests'), grpcProposal('G1-true-binary-metadata')],
    '"-bin" round trip preserves arbitrary octets incl. 0x00, 0x2c, 0xff; a NUL-prefixed raw value only if GRPC_ALLOW_TRUE_BINARY_METADATA (0xfe03) was announced',
    {
      sends:
        "random octets, encoded as base64; where the server's SETTINGS carry 0xfe03 = 1, also NUL and the raw octets",
      passes:
        'the echo is equal; as long as the client does not announce 0xfe03, the "-bin" values of the server are plain base64',
      fails: 'octets are corrupted, or raw binary is sent to a client that did not invite it',
      needs: 'a method that echoes metadata',
      servers: 'C-core announces 0xfe03 = 1 (measured)',
    },
  ),
  'REQ-30-reserved-grpc-fields': should(
    [rfc9110('5.1', 'should'), grpcHttp2('Requests'), grpcProposal('A6-client-retries')],
    'unknown grpc-* request fields and response-only ones (grpc-status, grpc-message) do not disturb the call nor leak into the response',
    {
      sends:
        'grpc-foo, grpc-status: 5, grpc-message: x, grpc-previous-rpc-attempts: 1 to 4, grpc-message-type, grpc-tags-bin and grpc-trace-bin; gRPC only reserves the names that start with grpc-, HTTP says that fields which nobody knows are ignored',
      passes:
        'the call is served with grpc-status 0, and no such field is copied to the response unless the handler did so',
      warns: 'the call is refused, or a field copied',
      fails: 'the status is altered, which breaks STATUS-01 as well',
      needs: 'a method that echoes metadata',
    },
  ),
  'REQ-31-header-list-below-8k': convention(
    [grpcHttp2('Requests'), rfc9113('6.5.2'), rfc9110('4.1', 'should'), rfc9110('2.3', 'must')],
    'a request header list up to 8 KiB (HTTP/2 size rule: name+value+32 per field) is accepted',
    {
      sends:
        'a header list of 1 KiB up to the smaller of 8 KiB and the advertised MAX_HEADER_LIST_SIZE, less a margin: few long fields or at most 90 short ones, or a long :path; over HEADERS and CONTINUATION. Servers may limit the list, and gRPC only suggests 8 KiB; HTTP recommends URIs of 8000 octets',
      passes: 'the call is served; a method that nobody serves ends with UNIMPLEMENTED however long its :path is',
      warns:
        'the call is refused, or the connection lost. Only recorded: it is refused above a limit that the target has not announced, but shown before the run',
      fails: 'the call is left hanging',
      needs: 'a method that echoes metadata',
      servers:
        'grpc-java takes 8 KiB by default; C-core has a soft limit of 8 KiB and a hard one of 16 KiB, and refuses at random between the two; grpc-go takes 16 MiB (8 KiB is planned); Node takes 128 pairs',
    },
  ),
  'REQ-32-header-list-over-limit': convention(
    [rfc9113('10.5.1', 'must'), rfc9113('6.5.2'), rfc9110('5.4', 'must'), grpcStatusCodes(), grpcHttp2()],
    'a too large header list is refused for that stream and the connection state stays consistent, or the connection is closed',
    {
      sends:
        'a header list that is larger than the advertised limit by 1 octet up to 10 times: by many small fields, one big field, or references of HPACK',
      passes:
        'a refusal in any form (HTTP 431, RESOURCE_EXHAUSTED, RST_STREAM with FRAME_SIZE_ERROR, ENHANCE_YOUR_CALM or another code) or a connection error, without a warning, since HTTP (431, a 4xx) and gRPC (status 8, errors in trailers) contradict each other; the context of HPACK survives the refusal (HPACK-12)',
      fails:
        'a crash, a call that never ends, or the call is executed with truncated metadata, which breaks REQ-24 as well',
      needs: 'a unary method that echoes metadata; the limit, where the target has announced or shown one',
      servers:
        'grpc-go resets the stream with FRAME_SIZE_ERROR, or ends the connection when the list is far over; grpc-java and h2 answer 431; C-core status 8 (RESOURCE_EXHAUSTED); Node RST_STREAM with ENHANCE_YOUR_CALM, and above 64 KiB GOAWAY with COMPRESSION_ERROR, without ending the stream or the connection',
    },
  ),
  'REQ-33-content-length': must(
    [rfc9113('8.1.1'), rfc9113('8.2.1'), rfc9110('8.6', 'must')],
    'a content-length equal to the DATA octets is accepted; one that differs is malformed',
    {
      sends:
        'n octets of DATA, and as content-length (a) n; (b) less than n; more than n, with END_STREAM before; a value other than 0 with END_STREAM on HEADERS; 2^32 + n and 2^64 + n; (c) n repeated, in one field or in several; (d) abc, and an empty one. Each also with END_STREAM on HEADERS and with a request that ends by trailers',
      passes: '(a) the call is served; (b) a refusal; (c) the call is served or refused; (d) a refusal',
      warns:
        '(b) is executed with the DATA as received, since a reset is demanded only of whoever detects the mismatch; (d) is executed, since a value that only breaks the grammar of its own field does not make a request malformed. Only recorded: what happens to (c)',
      fails:
        "(a) is refused; the payload is cut or padded to the announced length; 2^32 + n or 2^64 + n is served by a server that refuses other mismatches; a mismatch is noticed only after the handler's end, by status OK and then RST_STREAM. Request trailers are another row's subject (EOS-04): a server that refuses them with an exact length is only recorded",
      needs: 'a unary method',
      servers: 'nghttp2 and h2 check the length; grpc-go and C-core ignore content-length',
      h2spec: ['http2/8.1.2.6/1', 'http2/8.1.2.6/2'],
    },
  ),
  'REQ-34-connect-method': must(
    [rfc9113('8.5', 'must'), rfc9110('9.3.6', 'must'), rfc9110('8.6', 'must'), rfc8441('4', 'must')],
    'CONNECT with :scheme/:path is malformed; plain CONNECT is refused',
    {
      sends:
        'CONNECT with the pseudo-header fields of gRPC; CONNECT with :authority alone (with a port, with an empty or impossible port); extended CONNECT (:protocol: websocket)',
      passes:
        'a refusal; extended CONNECT where the server offers it (setting 0x8 = 1) may have any answer, but no tunnel to :authority',
      fails: 'the request is executed or tunnelled',
      needs: 'a unary method',
    },
  ),
  'REQ-35-harmless-http-fields': convention(
    [rfc9113('8.2.3', 'must'), rfc9113('8.1'), grpcHttp2('User Agents')],
    'ordinary HTTP fields (user-agent forms, cookie crumbs, accept-encoding, priority, expect, forwarded, very long tracestate) change nothing',
    {
      sends:
        'a random subset of user-agent in different forms, cookie in one or several fields, accept-encoding, priority, expect: 100-continue, forwarded and a very long tracestate; no user-agent',
      passes: 'the call is served; an interim response of 1xx before the final one is legal',
      fails: 'an error',
      needs: 'a unary method',
    },
  ),
  'REQ-36-not-before-the-whole-header': must(
    [rfc9110('5.3', 'must'), rfc9113('4.3'), rfc9113('8.1')],
    'nothing is executed before the header block is complete',
    {
      sends:
        'HEADERS with END_STREAM but without END_HEADERS, with all mandatory fields in it; no fence is possible, since no other frame may follow, so the client waits for the quiet time; then CONTINUATION with (a) more metadata or (b) a field that makes the request malformed, or (c) the client closes the connection instead. It varies where the block is cut and how many CONTINUATION frames there are',
      passes:
        '(a) the call is served with all metadata; (b) a refusal, and the handler has not started; (c) the handler has not started',
      fails:
        'the request is answered or started early, or (b) is executed although the same request in one frame is refused',
      needs: 'a method that echoes metadata; for the strong part counters of what handlers were started',
    },
  ),
  'REQ-37-name-not-a-token': should(
    [rfc9113('8.2.1', 'should'), rfc9110('5.1'), rfc9110('5.6.2')],
    "a field name with octets outside HTTP's token alphabet is malformed",
    {
      sends:
        "one field with one of the characters \"(),/;<=>?@[\\]{} in its name; for comparison names of the token characters that gRPC's own alphabet lacks: !#$%&'*+^`|~",
      passes: 'a refusal; the names for comparison are served or refused',
      warns: 'a name outside the token alphabet is executed. Only recorded: what happens to the names for comparison',
      fails: 'nothing: full validation of names is a recommendation',
      needs: 'a unary method',
      servers:
        'the MUST of RFC 9113 covers 0x00–0x20, 0x41–0x5a, 0x7f–0xff and the colon (REQ-08); the rest is a SHOULD',
    },
  ),
  'REQ-38-control-octets-in-values': should(
    [rfc9113('8.2.1', 'should'), rfc9110('5.5', 'should')],
    '0x01–0x08, 0x0b, 0x0c, 0x0e–0x1f and 0x7f in a value are invalid',
    {
      sends: 'ASCII metadata with one such octet at the start of the value, inside or at the end',
      passes: 'a refusal; HTTP allows such octets to be kept, so the call may be served with the value unchanged',
      warns:
        'the call is served with the field silently changed or dropped. Only recorded: the call is served with the value unchanged',
      fails: 'a crash',
      needs: 'a method that echoes metadata',
    },
  ),
  'REQ-39-head-without-content': must(
    [rfc9110('9.3.2', 'must'), rfc9110('8.6', 'must')],
    'where HEAD is answered by HTTP, the answer has no content, and later calls are unharmed',
    {
      sends:
        'HEAD, and GET to compare with, for methods that are served and methods that are not, with and without a body; then calls on the same connection',
      passes:
        'RST_STREAM, a gRPC error as Trailers-Only, or a final response without DATA octets; later calls are served',
      warns: "a content-length other than GET's. Only recorded: other fields that differ from GET's",
      fails: 'DATA that is not empty, or later calls that fail',
      needs: 'a unary method',
      servers:
        'grpc/grpc#34721 and #37953 (C-core: later calls on the connection fail); grpc-js ends HEAD with :status 200 and no grpc-status (grpc-node#2766)',
      h2spec: ['generic/4/2'],
    },
  ),
  'REQ-40-duplicate-control-fields': convention(
    [rfc9110('5.3'), grpcHttp2('Requests')],
    'a control field that comes twice is joined, refused, or one value is used throughout; octets are never misread',
    {
      sends:
        'two equal or different fields of grpc-encoding, content-type, te, grpc-accept-encoding (two halves of a list, empty elements, spaces), grpc-message-type or user-agent',
      passes:
        'the call is served or refused; with grpc-accept-encoding in two fields it is served, and they are taken as one list',
      warns:
        'the call ends in the very words in which the server says of a message that it cannot be decoded, and of nothing else',
      fails: 'the handler gets compressed octets as a message and answers, which counts as a crash',
      needs: 'a unary method of a server that accepts gzip',
      servers:
        'measured: C-core hands raw gzip octets to the handler (gzip and identity in two fields); yarpc-go#2549. DL-08 is about grpc-timeout twice',
    },
  ),
  'REQ-41-expect-continue': convention(
    rfc9110('10.1.1', 'must'),
    'a request that waits for 100 (Continue) is not left waiting',
    {
      sends:
        'expect: 100-continue with the HEADERS, and no DATA before a 1xx or a final response or the end of the quiet time; then the message. Also expect: x-other',
      passes:
        '100, after which the call is served, or a final status at once, without waiting for the content; to an expectation that nobody knows, the call is served or answered by 417',
      warns: 'only recorded: no 100 within the quiet time',
      fails: 'the call hangs after the message, or 100 comes and no final status',
      needs: 'a unary method',
      servers:
        'Node answers 100 by itself; most gRPC servers ignore the field; no gRPC client depends on it, and a client may go on after a while, so that a missing 100 is only recorded',
    },
  ),
  'REQ-42-resource-fields-ignored': must(
    [rfc9110('14.2', 'must'), rfc9110('14.4', 'must'), rfc9110('13.1.3', 'must'), rfc9110('13.1.5', 'must')],
    'Range, If-Range, Content-Range and If-Modified-Since have no effect on a POST',
    {
      sends:
        'a normal call with a random subset of range: bytes=0-0, range: x=1, if-range: "a", content-range: bytes 0-0/1 and if-modified-since with a date',
      passes: 'the call is served, with the whole message',
      fails: 'HTTP 206, 304, 412 or 416, or a message that is cut',
      needs: 'a unary method',
      servers: 'it matters for servers on an HTTP framework (ASP.NET, Armeria, Jetty, Vert.x, gateways)',
    },
  ),
});
