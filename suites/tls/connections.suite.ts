import {
  arb,
  ask,
  askedCallExamples,
  askedCalls,
  callOn,
  callOverTls,
  connectionPreface,
  doesNotHang,
  encodeClientHello,
  encodeFrame,
  experiment,
  fc,
  handshakeOf,
  isAnswered,
  isServed,
  joinOctets,
  octetsOf,
  payloadOf,
  permittedSuites,
  plainestCall,
  servesOver,
  settings,
  strangerKinds,
  tlsVersions,
  unaryCall,
  type AnyProperty,
  type Breach,
  type Call,
  type ConnectionView,
  type OctetsSpec,
  type TargetFacts,
} from '../../harness';
import { aboutHandshakes } from './shared';

/** A further handshake was made on the connection. */
const isRenegotiated = ({ packets }: ConnectionView): boolean =>
  packets.some((packet) => packet.kind === 'happening' && packet.event.kind === 'renegotiated');

export const noRenegotiation: AnyProperty = experiment('TLS-05-no-renegotiation', {
  generates:
    'with TLS 1.2 up to three calls, and a renegotiation that we ask for before, between or behind them, once, twice or never',
  accepts: ['a closed connection', 'a refusal'],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record({
      calls: fc.integer({ min: 0, max: 3 }),
      /** In front of which call; behind the last one where there are not so many. */
      before: fc.integer({ min: 0, max: 3 }),
      asks: fc.constantFrom('once', 'twice', 'never'),
    }),
  labels: {
    'before the first call': ({ before, calls }) => before === 0 || calls === 0,
    'behind a call': ({ before, calls }) => before > 0 && calls > 0,
    twice: ({ asks }) => asks === 'twice',
    'not asked for': ({ asks }) => asks === 'never',
  },
  examples: () => [
    { calls: 2, before: 1, asks: 'never' },
    { calls: 1, before: 1, asks: 'once' },
    { calls: 0, before: 0, asks: 'once' },
  ],
  script: (script, { calls, before, asks }, facts) => {
    script.open({ awaitSettings: false, tls: { versions: ['TLSv1.2', 'TLSv1.2'] } });
    const request = plainestCall(facts);
    const speak = (count: number): void => {
      for (let index = 0; index < count; index++) {
        const { stream } = script.call(request, { awaitEnd: false });
        script.await({ see: 'end', stream }, { optional: true });
      }
    };
    speak(Math.min(before, calls));
    // A handshake that the target asks for takes two round trips, and is over before we ask for ours.
    script.fence().fence();
    if (asks !== 'never') script.renegotiate();
    if (asks === 'twice') script.renegotiate();
    speak(calls - Math.min(before, calls));
    if (asks === 'never') script.fence().fence();
  },
  check: (seen) => {
    const view = seen.connection();
    const expected = 'a renegotiation that is refused, or a closed connection';
    // Without TLS 1.2 there is none.
    if (handshakeOf(view).is !== 'made') return [];
    if (!isRenegotiated(view)) return doesNotHang(seen, 'main', expected);
    return [{ observed: 'the target agreed to renegotiate TLS under HTTP/2', expected, reaction: 'renegotiated' }];
  },
});

export const callsOverTls: AnyProperty = experiment('TLS-06-calls-over-tls', {
  generates:
    'one to four calls of any kind on a connection whose first 64 writes are TLS records of 1 to 20,000 octets, or in which each record has several frames',
  accepts: ['the answers that are given in clear text'],
  needs: ['tls', 'unary'],
  effort: 0.4,
  arbitrary: ({ offers }) =>
    arb.record({
      records: fc.oneof(
        fc.constantFrom<readonly number[]>([], [1], [9], [5, 9]),
        arb.list(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20_000 })), { maxCount: 6 }),
      ),
      calls: askedCalls(offers, { maxCount: 3 }),
      payload: fc.record({
        length: fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(16_383, 16_384, 20_000)),
        seed: arb.seed(),
      }),
    }),
  labels: {
    'records of one octet': ({ records }) => records.length === 1 && records[0] === 1,
    'several frames in a record': ({ records }) => records.length === 0,
    'records of different sizes': ({ records }) => new Set(records).size > 1,
    'a message larger than a record': ({ payload }) => payload.length + 5 >= 16_384,
  },
  examples: ({ offers }) =>
    [[], [1], [9]].flatMap((records) =>
      askedCallExamples(offers)
        .slice(-1)
        .map((calls) => ({ records, calls, payload: { length: 20_000, seed: 1 } })),
    ),
  script: (script, { records, calls, payload }) => {
    script.open(records.length === 0 ? {} : { segments: records });
    const octets = octetsOf(payload);
    script.call(unaryCall({ payload: octets, responseSize: payload.length })).expect(payloadOf(payload.length));
    for (const call of calls) ask(script, call);
  },
  check: (seen) => seen.calls.flatMap(isAnswered),
});

export const clientCertificate: AnyProperty = experiment('TLS-07-client-certificate', {
  generates:
    'handshakes without a client certificate, with one that is self-signed, expired, or of an unknown authority, and with the one that was named',
  accepts: [
    'the named one served',
    'of the others a refused handshake, a closed connection, or status 16 (UNAUTHENTICATED)',
  ],
  ...aboutHandshakes,
  needs: ['tls', 'client-certificate'],
  arbitrary: () =>
    arb.record({
      stranger: fc.constantFrom(...strangerKinds),
      version: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
      /** The order in which they come. */
      goodFirst: fc.boolean(),
    }),
  labels: {
    'self-signed': ({ stranger }) => stranger === 'self-signed',
    expired: ({ stranger }) => stranger === 'expired',
    'of an unknown authority': ({ stranger }) => stranger === 'of an unknown authority',
    'TLS 1.2': ({ version }) => version === 'TLSv1.2',
  },
  examples: () =>
    strangerKinds.flatMap((stranger) =>
      (['TLSv1.3', 'TLSv1.2'] as const).map((version) => ({ stranger, version, goodFirst: true })),
    ),
  script: (script, { stranger, version, goodFirst }, facts) => {
    const versions = ['TLSv1.2', version] as const;
    const good = (): void => void callOverTls(script, facts, { tls: { versions } });
    if (goodFirst) good();
    callOverTls(script, facts, { on: 'bare', tls: { versions, certificate: 'none' } });
    callOverTls(script, facts, { on: 'stranger', tls: { versions, certificate: stranger } });
    if (!goodFirst) good();
  },
  check: (seen, { stranger }) => {
    const expected = 'no service for a client certificate that nobody has a reason to trust';
    const [bare, strange] = ['bare', 'stranger'].map((on) => isLetIn(callOn(seen, on)));
    const hangs = ['bare', 'stranger'].flatMap((on) => doesNotHang(seen, on, 'a refused handshake or a close'));
    const good = servesOver(seen, 'main', 'a served call with the client certificate that was named');
    if (bare === true) {
      const observed = 'a client without a certificate is served, so that the target does not require one';
      return [...good, ...hangs, { observed, expected, reaction: 'no client certificate required', severity: 'info' }];
    }
    if (strange !== true) return [...good, ...hangs];
    return [
      ...good,
      { observed: `a certificate that is ${stranger} is let in`, expected, reaction: `served, ${stranger}` },
    ];
  },
});

/** An answer other than that the client is unknown. */
const isLetIn = (call: Call | undefined): boolean => call !== undefined && isServed(call) && call.status !== 16;

/** What comes to a port that is not for it. */
interface Intruder {
  readonly what: 'HTTP/2 in clear text' | 'HTTP/1.1' | 'garbage' | 'a ClientHello' | 'part of a ClientHello';
  readonly octets: OctetsSpec;
  /** How many come at the same time. */
  readonly count: number;
}

/** To whom clear text is the right thing. */
const isClear = ({ scheme }: Pick<TargetFacts, 'scheme'>): boolean => scheme === 'http';

/** True for one that a server rightly waits for more of. */
const isUnfinished = ({ what }: Intruder): boolean => what === 'part of a ClientHello';

/** What comes to the port. Where clear text is spoken it ends with an empty line, since a reader of HTTP/1.1 may rightly wait for the end of a head. */
function intrude(intruder: Intruder, facts: Pick<TargetFacts, 'scheme'>): Uint8Array {
  const octets = octetsOfIntruder(intruder);
  return isClear(facts) ? joinOctets([octets, Buffer.from('\r\n\r\n', 'latin1')]) : octets;
}

function octetsOfIntruder({ what, octets }: Intruder): Uint8Array {
  const hello = (): Uint8Array =>
    encodeClientHello({
      version: tlsVersions['TLS 1.2'],
      suites: permittedSuites.map(({ id }) => id),
      alpn: ['h2'],
      seed: octets.seed,
    });
  switch (what) {
    case 'HTTP/2 in clear text':
      return joinOctets([connectionPreface, encodeFrame(settings([]))]);
    case 'HTTP/1.1':
      return Uint8Array.from(Buffer.from('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n', 'latin1'));
    case 'garbage':
      // No letter begins a TLS record, nor the preface of HTTP/2. Who speaks HTTP/1.1 as well rightly waits for the end of the line, and of the header.
      return joinOctets([
        Uint8Array.of(0x78),
        octetsOf({ ...octets, length: octets.length + 64 }),
        Uint8Array.from(Buffer.from('\r\n\r\n', 'latin1')),
      ]);
    case 'a ClientHello':
      return hello();
    case 'part of a ClientHello':
      return hello().subarray(0, 6 + (octets.length % 100));
  }
}

export const wrongPort: AnyProperty = experiment('TLS-08-plaintext-on-tls-port', {
  generates:
    'one to three connections with what a port is not for: to a port for TLS clear text of HTTP/2 or HTTP/1.1, garbage, or a part of a ClientHello; to one for clear text a ClientHello or garbage, and an empty line behind it',
  accepts: ['an alert or a close', 'of a handshake that stands still nothing yet', 'a served call beside and after it'],
  effort: 0.3,
  afterwards: false,
  aboutConnecting: true,
  arbitrary: (facts) =>
    arb.record<Intruder>({
      what: isClear(facts)
        ? fc.constantFrom('a ClientHello', 'garbage')
        : fc.constantFrom('HTTP/2 in clear text', 'HTTP/1.1', 'garbage', 'part of a ClientHello'),
      octets: fc.record({ length: fc.nat({ max: 300 }), seed: arb.seed() }),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  labels: {
    garbage: ({ what }) => what === 'garbage',
    'the other protocol': ({ what }) => what !== 'garbage',
    'several at once': ({ count }) => count > 1,
  },
  examples: (facts) =>
    (isClear(facts)
      ? (['a ClientHello', 'garbage'] as const)
      : (['HTTP/2 in clear text', 'HTTP/1.1', 'garbage', 'part of a ClientHello'] as const)
    ).map((what): Intruder => ({ what, octets: { length: 50, seed: 1 }, count: 1 })),
  script: (script, input, facts) => {
    const names = Array.from({ length: input.count }, (_, index) => `odd ${index}`);
    for (const on of names) script.open({ on, clear: true, insteadOfPreface: intrude(input, facts) });
    if (!isUnfinished(input))
      for (const on of names) script.await({ see: 'closed' }, { on, within: 'close', optional: true });
    callOverTls(script, facts);
  },
  check: (seen, input) => {
    const expected = 'a port that goes on serving';
    const odd = seen.connections.filter(({ name }) => name !== 'main');
    const open = isUnfinished(input) ? [] : odd.filter((view) => view.connected && view.closed?.by !== 'target');
    return [
      ...servesOver(seen, 'main', expected),
      ...open.slice(0, 1).map((view): Breach => ({
        observed: `a connection with ${input.what} is left open`,
        expected: 'an alert or a close',
        reaction: 'left open',
        severity: 'warn',
        at: { connection: view.name, packet: Math.max(view.packets.length - 1, 0) },
      })),
    ];
  },
});
