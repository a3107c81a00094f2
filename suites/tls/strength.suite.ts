import {
  arb,
  bareConnection,
  callOverTls,
  doesNotHang,
  experiment,
  fc,
  findSuite,
  flightOf,
  handshakeOf,
  isServed,
  permittedSuites,
  prohibitedSuites,
  sayHello,
  servesOver,
  tlsGroups,
  tlsVersions,
  type AnyProperty,
  type Breach,
  type CipherSuite,
  type ConnectionView,
  type PlanBuilder,
  type TargetFacts,
  type TlsChoices,
} from '../../harness';
import { aboutHandshakes, idsOf } from './shared';

const tls12: TlsChoices = { versions: ['TLSv1.2', 'TLSv1.2'] };
const version = tlsVersions['TLS 1.2'];

const openSslNames = (suites: readonly CipherSuite[]): readonly string[] =>
  suites.flatMap(({ openssl }) => (openssl === undefined ? [] : [openssl]));
const named = (names: readonly string[]): readonly CipherSuite[] =>
  [...new Set(names)].flatMap((name) => findSuite(name) ?? []);

/** The target has neither answered our ClientHello nor closed. */
function isSilent(view: ConnectionView): boolean {
  const { hello, alert, isOther } = flightOf(view);
  return view.connected && view.closed === undefined && hello === undefined && alert === undefined && !isOther;
}

const silence = (expected: string): Breach => ({
  observed: 'the target does not answer our ClientHello',
  expected,
  reaction: 'no answer to ClientHello',
  mark: 'hang',
});

export const badSuites: AnyProperty = experiment('TLS-04-bad-cipher-suites', {
  generates:
    'TLS 1.2 that offers one to all of 23 prohibited suites in any order, and ALPN h2; a ClientHello of our own with the same',
  accepts: ['a failed handshake', 'a connection error', 'another protocol than h2'],
  ...aboutHandshakes,
  effort: 0.4,
  arbitrary: () =>
    arb.record({
      suites: fc.oneof(
        fc.shuffledSubarray(
          prohibitedSuites.map(({ name }) => name),
          { minLength: 1, maxLength: 1 },
        ),
        fc.shuffledSubarray(
          prohibitedSuites.map(({ name }) => name),
          { minLength: 1 },
        ),
      ),
      seed: arb.seed(),
    }),
  labels: {
    'one suite': ({ suites }) => suites.length === 1,
    'RSA key exchange': ({ suites }) => suites.some((name) => name.startsWith('TLS_RSA_')),
    'CBC with an ephemeral key exchange': ({ suites }) => suites.some((name) => /_(EC)?DHE_.*_CBC_/.test(name)),
    'RC4 or 3DES': ({ suites }) => suites.some((name) => /RC4|3DES/.test(name)),
    'a suite for ECDSA': ({ suites }) => suites.some((name) => name.includes('_ECDSA_')),
  },
  examples: () => [
    { suites: prohibitedSuites.map(({ name }) => name), seed: 1 },
    ...prohibitedSuites.map(({ name }) => ({ suites: [name], seed: 1 })),
  ],
  script: (script, { suites, seed }, facts) => {
    const known = openSslNames(named(suites));
    if (known.length > 0) callOverTls(script, facts, { tls: { ...tls12, suites: known } });
    sayHello(script, { version, suites: idsOf(named(suites)), alpn: ['h2'], seed });
  },
  check: (seen) => {
    const expected = 'no HTTP/2 over a suite of RFC 9113, Appendix A';
    const hello = seen.connection('hello');
    if (isSilent(hello)) return [silence(expected)];
    const main = seen.connections.find(({ name }) => name === 'main');
    const handshake = main === undefined ? undefined : handshakeOf(main);
    if (handshake?.is === 'made') {
      const hangs = doesNotHang(seen, 'main', expected);
      if (hangs.length > 0 || !seen.calls.some(isServed)) return hangs;
      const observed = `h2 is served over ${findSuite(handshake.suite)?.name ?? handshake.suite}`;
      return [{ observed, expected, reaction: 'served over a prohibited suite', severity: 'warn' }];
    }
    const { hello: agreed } = flightOf(hello);
    // Of a suite that our own TLS has, the call says more.
    const isTried = handshake !== undefined && handshake.is !== 'not offered';
    if (agreed?.alpn !== 'h2' || (isTried && findSuite(agreed.suite)?.openssl !== undefined)) return [];
    const observed = `the target's ServerHello agrees on h2 with ${findSuite(agreed.suite)?.name ?? 'a suite that was not offered'}`;
    return [{ observed, expected, reaction: 'a prohibited suite in ServerHello', severity: 'warn' }];
  },
});

/** Choices of ours may leave no room for the user's client certificate: then it has to be known whether one is asked for. */
function callWithoutCertificate(script: PlanBuilder, facts: TargetFacts): void {
  if (facts.offers.includes('client-certificate'))
    callOverTls(script, facts, { on: bareConnection, tls: { certificate: 'none' } });
}

const mandatory = 'ECDHE-RSA-AES128-GCM-SHA256';
const signatures = { PSS: 'rsa_pss_rsae_sha256', 'PKCS #1': 'RSA+SHA256' } as const;

export const mandatorySuite: AnyProperty = experiment('TLS-09-mandatory-suite', {
  generates:
    'TLS 1.2 with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 on P-256 alone; both paddings of RSA in either order, ALPN with more than h2',
  accepts: [
    'a served call',
    'a refusal where the certificate has no RSA key or TLS 1.2 is not spoken, recorded as info',
  ],
  ...aboutHandshakes,
  effort: 0.1,
  arbitrary: () =>
    arb.record({
      first: fc.constantFrom('PSS', 'PKCS #1'),
      others: fc.boolean(),
      alpn: fc.constantFrom('h2 alone', 'behind another', 'before another'),
    }),
  labels: {
    'PKCS #1 first': ({ first }) => first === 'PKCS #1',
    'more signature algorithms': ({ others }) => others,
    'more than h2': ({ alpn }) => alpn !== 'h2 alone',
  },
  examples: () => [{ first: 'PSS', others: true, alpn: 'h2 alone' } as const],
  script: (script, { first, others, alpn: list }, facts) => {
    const rest = first === 'PSS' ? signatures['PKCS #1'] : signatures.PSS;
    const alpn = list === 'h2 alone' ? ['h2'] : list === 'behind another' ? ['x-none', 'h2'] : ['h2', 'x-none'];
    const more = others ? ['rsa_pss_rsae_sha512', 'RSA+SHA384'] : [];
    callOverTls(script, facts, {
      alpn,
      tls: { ...tls12, suites: [mandatory], groups: ['P-256'], signatures: [signatures[first], rest, ...more] },
    });
    callOverTls(script, facts, { on: 'TLS 1.2', tls: tls12 });
    callOverTls(script, facts, { on: 'RSA', tls: { signatures: [signatures.PSS, signatures['PKCS #1']] } });
    callWithoutCertificate(script, facts);
  },
  check: (seen) => {
    const breaches = servesOver(seen, 'main', 'a served call over TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 with P-256');
    const isFree = ['TLS 1.2', 'RSA'].some((on) => handshakeOf(seen.connection(on)).is !== 'made');
    if (breaches.length === 0 || !isFree) return breaches;
    return breaches.map((breach) => ({
      ...breach,
      observed: `${breach.observed}; the target speaks no TLS 1.2, or has no certificate with an RSA key`,
      severity: 'info' as const,
    }));
  },
});

export const noCompression: AnyProperty = experiment('TLS-10-no-tls-compression', {
  generates:
    'a ClientHello of our own for TLS 1.2 that offers DEFLATE and up to three other methods, mostly null among them, in any order',
  accepts: ['null', 'an alert', 'a closed connection'],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record({
      // RFC 3749 §2: 1 is DEFLATE; RFC 3943: 64 is LZS.
      compressions: fc.oneof(
        fc.shuffledSubarray([0, 1, 64, 255], { minLength: 1 }).map((list) => [...new Set([...list, 0, 1])]),
        fc.constantFrom<readonly number[]>([1, 0], [0, 1], [1]),
      ),
      prohibited: fc.boolean(),
      seed: arb.seed(),
    }),
  labels: {
    'DEFLATE first': ({ compressions }) => compressions[0] === 1,
    'null first': ({ compressions }) => compressions[0] === 0,
    'no null': ({ compressions }) => !compressions.includes(0),
    'other methods': ({ compressions }) => compressions.length > 2,
  },
  examples: () =>
    [[1, 0], [0, 1], [1], [64, 1, 0]].map((compressions) => ({ compressions, prohibited: false, seed: 1 })),
  script: (script, { compressions, prohibited, seed }, facts) => {
    sayHello(script, {
      version,
      suites: idsOf(prohibited ? [...permittedSuites, ...prohibitedSuites] : permittedSuites),
      compressions,
      alpn: ['h2'],
      seed,
    });
    callOverTls(script, facts);
  },
  check: (seen) => {
    const view = seen.connection('hello');
    const expected = 'compression method null (0)';
    if (isSilent(view)) return [silence(expected)];
    const { compression = 0 } = flightOf(view).hello ?? {};
    if (compression === 0) return servesOver(seen, 'main', 'a port that goes on serving');
    const observed = `the target's ServerHello selects compression method ${compression}`;
    return [{ observed, expected, reaction: 'compression in ServerHello' }];
  },
});

/** What is offered for an ephemeral key exchange: one group of curves, or finite fields alone. */
const exchanges = [...(Object.keys(tlsGroups) as (keyof typeof tlsGroups)[]), 'DHE'] as const;

/** Octets that TLS 1.2 and below negotiate in DHE (RFC 9113 §9.2.1). */
const leastBits = 2048;

export const keySizes: AnyProperty = experiment('TLS-11-ephemeral-key-sizes', {
  generates:
    'TLS 1.2 with ECDHE on one curve, or with DHE alone, by our own ClientHello and with a call; some suites of the kind in any order',
  accepts: ['a served call', 'a refusal, recorded as info where the kind is not offered by the target'],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record({
      exchange: fc.constantFrom(...exchanges),
      suites: fc.shuffledSubarray(
        permittedSuites.map(({ name }) => name),
        { minLength: permittedSuites.length - 2 },
      ),
      seed: arb.seed(),
    }),
  labels: {
    DHE: ({ exchange }) => exchange === 'DHE',
    'P-256': ({ exchange }) => exchange === 'P-256',
    'another curve': ({ exchange }) => exchange !== 'DHE' && exchange !== 'P-256',
  },
  examples: () => exchanges.map((exchange) => ({ exchange, suites: permittedSuites.map(({ name }) => name), seed: 1 })),
  script: (script, { exchange, suites: names, seed }, facts) => {
    const kind = exchange === 'DHE' ? 'DHE' : 'ECDHE';
    const suites = named(names).filter((suite) => suite.exchange === kind);
    const groups = exchange === 'DHE' ? undefined : [exchange];
    callOverTls(script, facts, {
      tls: { ...tls12, suites: openSslNames(suites), ...(groups === undefined ? {} : { groups }) },
    });
    callWithoutCertificate(script, facts);
    sayHello(script, {
      version,
      suites: idsOf(suites),
      alpn: ['h2'],
      seed,
      ...(exchange === 'DHE' ? {} : { groups: [tlsGroups[exchange]] }),
    });
  },
  check: (seen, { exchange }) => {
    const view = seen.connection('hello');
    const expected = `a key exchange of at least ${exchange === 'DHE' ? leastBits : 224} bits that works`;
    if (isSilent(view)) return [silence(expected)];
    const { hello, keyExchange } = flightOf(view);
    if (keyExchange?.kind === 'DHE' && keyExchange.bits < leastBits)
      return [{ observed: `DHE with a group of ${keyExchange.bits} bits`, expected, reaction: 'a small DHE group' }];
    const breaches = servesOver(seen, 'main', expected);
    // The target agrees to our ClientHello, and then does not serve.
    if (breaches.length === 0 || hello !== undefined) return breaches;
    return breaches.map((breach) => ({ ...breach, severity: 'info' as const }));
  },
});
