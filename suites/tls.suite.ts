import { plainestCall, answersEmpty, arb, callBreach, fc, property, suite, type Breach, type Call } from '../harness';
import * as connections from './tls/connections.suite';
import { goodSuites } from './tls/good-suites.suite';
import * as names from './tls/names-and-sessions.suite';
import * as negotiation from './tls/negotiation.suite';
import * as strength from './tls/strength.suite';

/** Names that stand before and after h2 in what a client offers. None of them is one that a gRPC server may prefer. */
const strangers = ['x-grpc-conform', 'spdy/3.1', 'h3', 'smb'] as const;

export default suite('tls', [
  property({
    id: 'TLS-01-alpn-h2',
    generates: 'ALPN lists with h2 alone, before or after http/1.1, and behind up to four protocols that nobody speaks',
    accepts: [
      'h2 selected, SETTINGS, and an answered call',
      'http/1.1 where the client offers it too, recorded as info',
    ],
    needs: ['tls'],
    effort: 0.2,
    // What follows the choice of another protocol is none of our business.
    afterwards: false,
    aboutConnecting: true,
    arbitrary: () =>
      arb.record({
        before: arb.list(fc.constantFrom(...strangers), { maxCount: 4 }),
        after: arb.list(fc.constantFrom(...strangers), { maxCount: 2 }),
        http1: fc.constantFrom('not offered', 'last', 'first'),
      }),
    labels: {
      'h2 alone': ({ before, after, http1 }) => before.length + after.length === 0 && http1 === 'not offered',
      'http/1.1 before h2': ({ http1 }) => http1 === 'first',
      'http/1.1 behind h2': ({ http1 }) => http1 === 'last',
      'protocols that nobody speaks before h2': ({ before }) => before.length > 0,
    },
    examples: () => [
      { before: [], after: [], http1: 'not offered' } as const,
      { before: [], after: [], http1: 'last' } as const,
      { before: [], after: [], http1: 'first' } as const,
      { before: ['x-grpc-conform'], after: [], http1: 'not offered' } as const,
    ],
    script: (script, { before, after, http1 }, facts) => {
      const alpn = [
        ...(http1 === 'first' ? ['http/1.1'] : []),
        ...before,
        'h2',
        ...after,
        ...(http1 === 'last' ? ['http/1.1'] : []),
      ];
      // A server that chose HTTP/1.1 sends no SETTINGS.
      script.open({ alpn: [...new Set(alpn)], awaitSettings: http1 === 'not offered' });
      const request = plainestCall(facts);
      const call = script.call(request, { awaitEnd: false });
      script.await({ see: 'end', stream: call.stream }, { optional: true });
    },
    check: (seen, { http1 }) => {
      const view = seen.connection();
      const expected = 'h2 selected by ALPN';
      if (!view.connected) {
        const observed = `no TLS connection: ${view.connectFailure ?? 'no reason'}`;
        return [{ observed, expected, reaction: 'no connection' }];
      }
      const alpn = view.tls?.alpn ?? '';
      if (alpn === 'h2') return answersPlainly(seen.call());
      const observed = alpn === '' ? 'no protocol was selected' : `${alpn} was selected`;
      // Which of two that both sides speak it likes better is the server's choice (RFC 7301 §3.2).
      const isFree = http1 !== 'not offered' && alpn === 'http/1.1';
      return [{ observed, expected, reaction: observed, ...(isFree ? { severity: 'info' } : {}) }];
    },
  }),
  negotiation.alpnWithoutH2,
  negotiation.version,
  strength.badSuites,
  connections.noRenegotiation,
  connections.callsOverTls,
  connections.clientCertificate,
  connections.wrongPort,
  strength.mandatorySuite,
  strength.noCompression,
  strength.keySizes,
  names.sni,
  goodSuites,
  negotiation.noOverlap,
  names.resumption,
]);

/** Whoever serves the interop service answers with an empty message; others only have to answer. */
function answersPlainly(call: Call): readonly Breach[] {
  if (call.plan.kind === 'unary') return answersEmpty(call);
  return call.shape === 'open' || call.shape === 'closed' ? [callBreach(call, 'an answer')] : [];
}
