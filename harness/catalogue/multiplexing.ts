import { grpcHttp2, grpcInterop, grpcProposal, rfc9113 } from './requirement';
import { convention, must, rows } from './row';

/** Multiplexing and the limit of concurrent streams. */
export const multiplexing = rows('MUX', {
  'MUX-01-parallel-calls-isolated': must(
    [rfc9113('5'), rfc9113('5.1'), grpcHttp2('Stream Identification')],
    'parallel calls of one connection get their own answers, however their frames are mixed',
    {
      sends:
        '2 to 90 streams of calls of all kinds; the frames of the streams are shuffled, in order within each stream; each payload has a mark of its own',
      passes: 'every call is served with its own data',
      fails: 'crossed payloads, wrong metadata, or a lost call',
      needs: 'methods of all four kinds',
      matters: true,
    },
  ),
  'MUX-02-out-of-order-completion': must(rfc9113('5'), 'a slow or incomplete call does not delay later ones', {
    sends:
      'stream 1 with half a message, or with a call that is not answered; complete calls on streams 3 to n. The number of slow calls stays small',
    passes: 'the calls on 3 to n are served while 1 is open; 1 completes when it is finished',
    fails: 'they wait for 1',
    follows: 'streams are independent of each other by their definition',
    needs: 'a unary method and a slow one',
    servers:
      'servers with a pool of threads (Python, by default 10 workers in some set-ups) block when all workers are busy',
    matters: true,
  }),
  'MUX-03-limit-enforced': must(
    [rfc9113('5.1.2', 'must'), rfc9113('8.7')],
    'streams above the advertised SETTINGS_MAX_CONCURRENT_STREAMS are refused; those within run on',
    {
      sends:
        'to a server that advertises a limit M of at most 100: M open bidirectional calls, then 1 to 4 whole calls of any kind more, after the client has acknowledged the SETTINGS; their fields go into the dynamic table, and their DATA takes credit of the connection',
      passes:
        'the surplus ends in RST_STREAM(REFUSED_STREAM), another stream error or a connection error, and no handler starts for it; the M calls complete',
      warns:
        'a connection error, which is a legal escalation and kills the M calls; calls above M are queued, served or answered by a status (the sentence is a MUST, but it binds the advertised limit, which races with our acknowledgement)',
      fails: 'the surplus hangs for ever, or a crash',
      needs: 'a bidirectional-streaming method and a limit that the server advertises; counters of its handlers help',
      servers:
        'measured with M = 3: C-core answers REFUSED_STREAM; grpc-js (nghttp2) closes the whole connection with GOAWAY(INTERNAL_ERROR) once its SETTINGS were acknowledged, and answers REFUSED_STREAM before. C-core and grpc-js advertise no limit by default: the row is skipped then',
      h2spec: ['http2/5.1.2/1'],
    },
  ),
  'MUX-04-slots-return': must(rfc9113('5.1.2'), 'a slot is free again after the stream closes in any way', {
    sends:
      "4 to 20 calls, one after the other, in the last slot of the limit M and all at once too, which end by completion, an error, RST_STREAM of the client, RST_STREAM of the server, the deadline, a message above the limit, a malformed request, a window overflow, WINDOW_UPDATE of 0, or DATA after the end; then two rounds of M parallel calls: one slot that is lost leaves none for the last of each. A slot that comes back late, since the client's RST_STREAM races with its release, is missing in the first alone",
    passes: 'M calls are served at once; a connection error after one of the ends says nothing',
    fails: 'the last calls of each round are refused although nothing else is open',
    follows: 'only open and half-closed streams count towards the limit',
    needs:
      'a bidirectional-streaming method, one that ends with a chosen status, and a limit that the server advertises',
    servers: 'robust servers count a reset stream until its handler has ended (DOS-01)',
  }),
  'MUX-05-refused-is-not-executed': must(
    [rfc9113('8.7', 'must'), grpcHttp2('Errors'), grpcProposal('A6-client-retries')],
    'REFUSED_STREAM means the request was not processed',
    {
      sends:
        'more calls than the limit of concurrent streams allows, as in MUX-03: full unary requests, each with a mark of its own',
      passes: 'no handler starts for the marks that were refused',
      fails: 'a request is executed and refused',
      needs: 'a unary method, counters of its handlers, and a limit that the server advertises',
    },
  ),
  'MUX-06-bursts-of-calls': convention(
    [rfc9113('5.1.2'), grpcInterop()],
    'a burst of 50..100 unary calls in one TCP write is served (or refused by the limit)',
    {
      sends:
        'HEADERS and DATA with END_STREAM of up to 100 calls, or of as many as the limit of concurrent streams allows, in one write; small bodies and bodies of 16 KiB',
      passes: 'every call is served',
      fails: 'lost calls, or a connection error',
      needs: 'a unary method',
      servers:
        'measured: C-core refuses with ENHANCE_YOUR_CALM the streams above its limit while its SETTINGS are not acknowledged',
    },
  ),
  'MUX-07-fairness': convention(
    [rfc9113('5.2.2'), rfc9113('5.3')],
    'small calls finish while large responses are being sent with credit on both',
    {
      sends:
        'one or two large server-streaming calls with ample windows, and while they run 1 to 20 unary calls; no priority is demanded',
      passes: 'each unary call ends within the time for a reply',
      warns:
        'more than 1 MiB of the large answers comes between the Response-Headers of a unary call, which take no credit, and its message. Counted in octets: how long a handler takes beside others depends on the machine',
      fails: 'a unary call is never answered',
      needs: 'a server-streaming method and a unary one',
    },
  ),
});
