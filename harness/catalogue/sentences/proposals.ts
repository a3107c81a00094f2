import { sentencesOf } from './sentence';

/** What binds a server in the proposals of gRPC (gRFCs). */
export const proposals = [
  ...sentencesOf('gRFC A6', [
    ['', 'should*', 'headers are held back until the first message', ['RESP-07']],
    ['', 'should*', 'immediate failures are Trailers-Only', ['TRAIL-06', 'RESP-07']],
    ['', 'must*', 'pushback is a decimal int32, sent by the application', ['STATUS-13']],
    ['', 'must*', 'REFUSED_STREAM and GOAWAY mean unprocessed', ['MUX-05', 'KA-13']],
    ['', 'must*', 'grpc-previous-rpc-attempts is accepted', ['REQ-30']],
  ]),
  ...sentencesOf('gRFC A8', [
    ['', 'should*', 'too many pings: GOAWAY(ENHANCE_YOUR_CALM, too_many_pings), then close', ['KA-05']],
    ['', 'should*', 'strikes are forgotten when HEADERS or DATA were sent', ['KA-06']],
    ['', 'should*', 'a Server field in responses', ['RESP-16']],
  ]),
  ...sentencesOf('gRFC A9', [
    ['', 'should*', 'max_idle, max_age with jitter, grace', ['KA-11']],
    ['', 'should*', 'keepalive runs without calls too', ['KA-14']],
    ['', 'should*', 'a mute script is closed', ['KA-07']],
  ]),
  ...sentencesOf('gRFC A15', [['', 'should*', 'v1 and v1alpha reflection answer alike', ['SVC-10']]]),
  ...sentencesOf('gRFC A17', [
    ['', 'must*', 'Watch: status at once, then each change; unknown names stay watched', ['SVC-03', 'SVC-04']],
  ]),
  ...sentencesOf('gRFC A41', [
    ['', 'must*', 'several authorities are rejected', ['REQ-05', 'REQ-19']],
    ['', 'must*', 'Host is a fallback only', ['REQ-18', 'REQ-19']],
    ['', 'must*', 'Connection field: malformed', ['REQ-12']],
  ]),
  ...sentencesOf('gRFC A90', [['', 'must*', 'health List is a snapshot of all services', ['SVC-06']]]),
  ...sentencesOf('gRFC G1', [
    ['', 'should', '0xfe03 is 0 or 1, sent once, in the first SETTINGS', ['FRAME-31']],
    ['', 'must*', 'a NUL-prefixed value nobody invited is RST_STREAM(PROTOCOL_ERROR)', ['REQ-09', 'REQ-29']],
  ]),
  ...sentencesOf('gRFC L17', [['', 'should*', 'C++ exceptions do not kill the server', ['STATUS-07']]]),
];
