import {
  arb,
  callOverTls,
  doesNotHang,
  errorCodes,
  experiment,
  fc,
  findSuite,
  handshakeOf,
  modernSuites,
  permittedSuites,
  prohibitedSuites,
  servesOver,
  type AnyProperty,
  type Breach,
  type ConnectionView,
  type Observation,
  type TlsChoices,
} from '../../harness';
import { aboutHandshakes } from './shared';

/** By OpenSSL's names. */
const suitesOf12 = permittedSuites.flatMap(({ openssl }) => (openssl === undefined ? [] : [openssl]));
const all = [...suitesOf12, ...modernSuites];

const isModern = (suite: string): boolean => modernSuites.includes(suite);

const offer = (suite: string): TlsChoices => {
  const version = isModern(suite) ? 'TLSv1.3' : 'TLSv1.2';
  return { versions: [version, version], suites: [suite] };
};

/** The packet of a GOAWAY with INADEQUATE_SECURITY; -1 where there is none. */
const complaintIn = ({ packets }: ConnectionView): number =>
  packets.findIndex(
    (packet) =>
      packet.kind === 'frame' &&
      packet.direction === 'received' &&
      packet.frame.type === 'GOAWAY' &&
      packet.frame.errorCode === errorCodes.INADEQUATE_SECURITY,
  );

function judgeSuite(seen: Observation, suite: string): readonly Breach[] {
  const view = seen.connection(suite);
  const handshake = handshakeOf(view);
  // Whether the target takes a suite, and which protocol it then speaks, are rules of their own.
  if (handshake.is !== 'made' || handshake.alpn !== 'h2') return [];
  if (prohibitedSuites.some(({ openssl }) => openssl === handshake.suite)) return [];
  const name = findSuite(suite)?.name ?? suite;
  const expected = `an answered call over ${name}, which Appendix A of RFC 9113 does not prohibit`;
  const packet = complaintIn(view);
  if (packet === -1) {
    const hangs = doesNotHang(seen, suite, expected);
    if (hangs.length > 0) return hangs;
    return servesOver(seen, suite, expected).map((breach) => ({ ...breach, severity: 'warn' }));
  }
  const observed = `GOAWAY with INADEQUATE_SECURITY over ${handshake.version} with ${name}`;
  return [{ observed, expected, reaction: 'GOAWAY with INADEQUATE_SECURITY', at: { connection: suite, packet } }];
}

export const goodSuites: AnyProperty = experiment('TLS-13-no-inadequate-security-for-good-suites', {
  generates:
    'one to eight connections with a call, each with one of the suites of TLS 1.2 that HTTP/2 permits, or of TLS 1.3, alone',
  accepts: ['an answered call', 'a failed handshake', 'another protocol than h2'],
  ...aboutHandshakes,
  arbitrary: () => arb.record({ suites: fc.shuffledSubarray(all, { minLength: 1, maxLength: 8 }) }),
  labels: {
    'ECDHE with ECDSA': ({ suites }) => suites.some((suite) => suite.startsWith('ECDHE-ECDSA-')),
    'ECDHE with RSA': ({ suites }) => suites.some((suite) => suite.startsWith('ECDHE-RSA-')),
    DHE: ({ suites }) => suites.some((suite) => suite.startsWith('DHE-')),
    ChaCha20: ({ suites }) => suites.some((suite) => suite.includes('CHACHA20')),
    CCM: ({ suites }) => suites.some((suite) => suite.includes('CCM')),
    'TLS 1.3': ({ suites }) => suites.some(isModern),
  },
  examples: () => [{ suites: suitesOf12 }, { suites: modernSuites }],
  script: (script, { suites }, facts) => {
    for (const suite of suites) callOverTls(script, facts, { on: suite, tls: offer(suite) });
  },
  check: (seen, { suites }) => suites.flatMap((suite) => judgeSuite(seen, suite)),
});
