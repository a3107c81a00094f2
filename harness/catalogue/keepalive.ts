import { grpcHttp2, grpcKeepalive, grpcProposal, rfc9113 } from './requirement';
import { convention, must, rows, should } from './row';

/** Keepalive, PING, GOAWAY and graceful shutdown. */
export const keepalive = rows('KA', {
  'KA-01-ping-echo': must(
    [rfc9113('6.7', 'must'), grpcHttp2('PING Frame', 'must')],
    'a PING is answered by one PING ACK with the same 8 octets',
    {
      sends:
        'PING with 8 random octets: on an idle connection, during uploads, during stalled responses; at most 3 on a connection without a served call in between',
      passes:
        'one PING ACK with the same payload within the time for a reply; none is needed on a connection that the target ends in good order meanwhile',
      fails: 'no answer, an altered one, two of them, or one on a stream',
      needs: 'any',
      h2spec: ['http2/6.7/1', 'generic/3.7/1'],
      matters: true,
    },
  ),
  'KA-02-ping-ack-ignored': must(rfc9113('6.7', 'must'), 'an unsolicited PING ACK is not answered', {
    sends: 'PING with ACK and a random payload, then a real PING',
    passes: 'only the real one is answered',
    warns: 'a connection error',
    fails: 'the PING with ACK is answered',
    needs: 'any',
    h2spec: ['http2/6.7/2'],
  }),
  'KA-03-ping-malformed': must(rfc9113('6.7', 'must'), 'PING on a stream, or of length ≠ 8, is a connection error', {
    sends: 'PING on stream 1 or 3; PING of length 0, 6, 7, 9 or 100',
    passes: 'a connection error (PROTOCOL_ERROR on a stream, FRAME_SIZE_ERROR for the length)',
    fails: 'it is answered',
    needs: 'any',
    servers: 'measured: C-core checks the length but not the stream id',
    h2spec: ['http2/6.7/3', 'http2/6.7/4'],
  }),
  'KA-04-ping-not-flow-controlled': must(
    [rfc9113('6.7', 'should'), rfc9113('5.2.1')],
    'PINGs are answered while all windows are used up and streams are stalled',
    {
      sends:
        '(a) PING when the connection window is used up and streams are stalled, as in FLOW-06; (b) PING while a download runs with ample windows. RFC 9113 §6.7 says that the answer should have higher priority than other frames',
      passes: 'a PING ACK within the time for a reply',
      warns: '(b) more than 4 MiB of DATA come before it',
      fails: 'no PING ACK',
      needs: 'a server-streaming method',
    },
  ),
  'KA-05-too-many-pings': convention(
    [grpcKeepalive(), grpcProposal('A8-client-side-keepalive')],
    'a client pinging without need gets GOAWAY(ENHANCE_YOUR_CALM, "too_many_pings") and a closed connection; A8 asks for it',
    {
      sends:
        "10 to 20 PINGs in a row on an idle connection, and on one with an open silent stream; also every connection is watched whose client sends no PING of its own and only acknowledges the server's, for acknowledgements are no pings",
      passes:
        'after 3 PINGs or more: GOAWAY(ENHANCE_YOUR_CALM) with that debug data and then a close, or no enforcement at all',
      warns: 'enforcement before the third PING; only recorded: no enforcement at all',
      fails:
        'another error; the process is harmed; ENHANCE_YOUR_CALM for pings to a client that has sent none of its own',
      needs: 'any',
      servers:
        'measured: C-core at the 4th on an idle connection, at about the 6th with an open stream; grpc-js never. grpc-go and grpc-java: the first PING is free, then 2 strikes, GOAWAY on the third strike (so at the 4th PING)',
    },
  ),
  'KA-06-pings-forgiven-by-traffic': should(
    grpcProposal('A8-client-side-keepalive'),
    'PINGs are tolerated when the server has sent HEADERS or DATA in between',
    {
      sends:
        '10 to 50 rounds of one unary call and then one PING; also PINGs between the messages of one stream, without new HEADERS',
      passes: 'all are acknowledged, and no GOAWAY comes',
      fails: 'GOAWAY with too_many_pings',
      needs: 'a unary method; a streaming one for the PINGs between messages',
      servers: 'measured: no complaint of C-core and grpc-js in 10 rounds',
    },
  ),
  'KA-07-server-keepalive': convention(
    [grpcHttp2('PING Frame'), grpcProposal('A9-server-side-conn-mgt')],
    'with server keepalive configured the server PINGs; an answering client stays connected, a mute one is dropped and its calls cancelled',
    {
      sends:
        'a server whose keepalive is configured to a time and a timeout that the author names, of 10 s or less together, such as 1 s each (KEEPALIVE_TIME, KEEPALIVE_TIMEOUT): (a) the client acknowledges, and sends no PING of its own, with calls open or none; (b) it stops all sending with a slow call open. Any octet of the client may count as life, so in (b) it is silent indeed',
      passes:
        '(a) the connection stays; (b) TCP is closed about time + timeout later, and the handler is cancelled (calls are closed as CANCELLED)',
      warns:
        '(a) no PING within 3 times the keepalive time; (b) it is closed only after twice the time, or never; handlers are not told',
      fails:
        '(a) the connection is dropped, also by ENHANCE_YOUR_CALM for pings: acknowledgements are no pings of the client',
      needs: 'control of the keepalive settings and a slow method; counters of its handlers help',
      servers:
        'measured: grpc-go (1 s each) sends its PING, with calls open or none, and closes a mute connection in time; grpc-js closes 1 s after its PING with GOAWAY(NO_ERROR); C-core (grpcio 1.84) did so only after its separate ping timeout of 60 s (GOAWAY ENHANCE_YOUR_CALM "ping_timeout", the call ended with status 14)',
    },
  ),
  'KA-08-goaway-fields': must(
    rfc9113('6.8', 'must'),
    'a server GOAWAY is on stream 0, names a client stream id (odd, 0 or 2^31−1), repeated GOAWAYs never raise it, and no stream above it is answered',
    {
      sends: 'nothing special: every GOAWAY is watched; shutdown, maximum age and errors provoke them',
      passes: 'the fields are legal; the last id is at least that of every stream that was answered or will be',
      fails: 'the id grows; a stream up to the id is dropped in silence; a stream above it is executed',
      needs: 'any; counters of handlers help',
    },
  ),
  'KA-09-graceful-shutdown': should(
    [
      rfc9113('6.8', 'should'),
      grpcHttp2('GOAWAY Frame', 'should'),
      grpcProposal('A9-server-side-conn-mgt'),
      grpcProposal('A36-xds-for-servers'),
    ],
    'a graceful stop announces itself by GOAWAY(NO_ERROR), lets accepted calls finish, and then closes the connection',
    {
      sends:
        'open calls of all kinds, then a graceful stop; new calls on the old connection at random moments around it',
      passes:
        'GOAWAY before the close; all calls up to the final last id complete normally, calls above it are not executed; new TCP connections are refused or closed; TCP is closed after the last call',
      warns: 'no GOAWAY before the close',
      fails: 'an open call is cut during the grace time, or a hang for ever',
      needs: 'control of the graceful stop, a slow method and a bidirectional-streaming one',
      servers:
        'grpc-go, grpc-java and C-core send GOAWAY(2^31−1) and PING, and a second GOAWAY with the real id after the acknowledgement (C-core, measured, in the same instant); grpc-js sends both at once; Node and grpc-go end with FIN',
      matters: true,
    },
  ),
  'KA-10-drain-window': should(
    rfc9113('6.8', 'should'),
    'between a first GOAWAY with 2^31−1 and the final one, new streams are still accepted',
    {
      sends:
        'on the first GOAWAY of a graceful stop the PING is not acknowledged yet; a call is started; then the PING is acknowledged. RFC 9113 §6.8 allows at least one round trip',
      passes: 'the call is served, and its id is at most the last id of the second GOAWAY',
      warns:
        'the last id of the GOAWAY behind the acknowledgement is below the call, or it ends with an error status; only recorded: there is no shutdown in two steps',
      fails: 'the call is refused or lost although the final last id is at least its own, or nothing comes of it',
      needs: 'control of the graceful stop and a unary method',
      servers:
        'it works with grpc-go and grpc-java, which wait for the acknowledgement of the PING, at most 5 s and 10 s; C-core and grpc-js (measured) send both GOAWAYs together and have no such window',
    },
  ),
  'KA-11-max-age-and-idle': convention(
    grpcProposal('A9-server-side-conn-mgt'),
    'max connection age/idle ends with GOAWAY(NO_ERROR), debug data max_age / max_idle; running calls may finish within the grace time',
    {
      sends:
        'a server with a maximum age and a grace, or a maximum idle time, that the author names, of 10 s or less together, such as 1 to 2 s each; with and without open calls. A connection with open calls is not idle',
      passes:
        'GOAWAY with NO_ERROR near that time (age with a jitter of ±10 %, idle up to twice the time); calls finish within the grace time and are ended after it',
      warns: 'another code or debug text; closed without GOAWAY (a should of "GOAWAY Frame" in gRPC over HTTP/2)',
      fails: 'calls are cut before the grace time ended, or while a connection is said to be idle',
      needs: 'control of maximum age, grace and idle time, and a slow method',
      servers:
        'measured: age: C-core and grpc-js "max_age" as specified; at the end of the grace time C-core sends trailers of status 14 and RST_STREAM(NO_ERROR), grpc-js only GOAWAY and FIN. Idle: C-core GOAWAY(INTERNAL_ERROR, "connection idle"), grpc-js NO_ERROR without debug text. grpc-go 1.85.0, measured: both as specified',
    },
  ),
  'KA-12-client-goaway': must(
    rfc9113('6.8'),
    'after a GOAWAY from the client, its open calls run to their end; further new streams may be served or the connection closed',
    {
      sends:
        "an open call, GOAWAY(NO_ERROR, last id 0), a wait for the answer; then a new call; also random debug data and codes. A receiver of GOAWAY opens no streams; the sender's own streams are not affected",
      passes: 'the open call completes; the new call is served, or the connection is closed',
      warns: 'the new call gets no answer',
      fails:
        "an open call is cut after GOAWAY with NO_ERROR (that calls under way survive the client's GOAWAY is a MUST, by RFC 9113 §6.8: only new streams are left to the server); a crash",
      needs: 'a unary method and a slow one',
      servers:
        'measured: C-core serves a new call, grpc-js closes with GOAWAY(NO_ERROR); grpc-go ignores the frame; Envoy and nginx pass over the new call',
      h2spec: ['generic/3.8/1'],
    },
  ),
  'KA-13-goaway-covers-executed-calls': must(
    [rfc9113('8.7', 'must'), rfc9113('6.8'), grpcHttp2('GOAWAY Frame'), grpcProposal('A6-client-retries')],
    'no GOAWAY names an id below a stream that was executed or answered',
    {
      sends:
        'nothing special: the highest stream with HEADERS or DATA of the server is remembered, and every GOAWAY must name at least that one. Driven: several open calls of which some have started, then a graceful stop, a connection error, maximum age, idle time, or too many pings',
      passes: 'the last id is at least that of every stream that was answered or had started',
      warns: 'it is lower than a stream that only the library answered (HTTP status 415, status 12 UNIMPLEMENTED)',
      fails: 'it is lower; a stream that was ended by RST_STREAM alone does not count',
      needs: 'any; for the driven part control of the server and counters of its handlers',
      servers:
        'grpc/grpc PR#29462, grpc-java#3442; nghttp2#2870 (2026-09, closed) reached Node and with it grpc-js. A client repeats such a call, so it runs twice',
      matters: true,
    },
  ),
  'KA-14-keepalive-without-calls': convention(
    grpcProposal('A9-server-side-conn-mgt'),
    'server keepalive also pings a connection without calls',
    {
      sends:
        'to a server with a keepalive that the author names no streams at all; the client answers the PINGs, then it stops answering. Keepalive does not depend on open calls',
      passes: 'PINGs come; after the timeout the connection is closed',
      warns: 'no PING within 3 times the keepalive time; who does not answer is not dropped',
      fails: 'nothing: missing PINGs are warned about only',
      needs: 'control of the keepalive settings',
    },
  ),
  'KA-15-after-goaway-state-kept': must(
    rfc9113('6.8', 'must'),
    'streams ignored after a GOAWAY still feed the HPACK table and the connection window',
    {
      sends:
        "a graceful stop with an open call A; after the final GOAWAY one to three streams B, the first with a field that is indexed incrementally, the others with references to it, and with DATA that takes up to all credit of the connection; then A is finished (client-streaming, with more than the rest of the connection window; A's trailers may use entries of the server's table only)",
      passes: "A completes; no COMPRESSION_ERROR; the connection credit of B's DATA comes back",
      fails: 'anything else',
      needs: 'control of the graceful stop and a client-streaming method',
      servers:
        'streams that were on their way when the server named its last one; HPACK-12 and STREAM-16 name the case',
    },
  ),
});
