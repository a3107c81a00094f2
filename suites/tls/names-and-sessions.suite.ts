import {
  arb,
  callOverTls,
  callOn,
  doesNotHang,
  experiment,
  fc,
  isServed,
  servesOver,
  type AnyProperty,
  type Breach,
  type TargetFacts,
} from '../../harness';
import { aboutHandshakes, modern, oneOrOther } from './shared';

/** The name that SNI says. */
interface NameChoice {
  readonly name: 'of the certificate' | 'in another case' | 'unknown' | 'none';
  /** Which of the certificate's names. */
  readonly pick: number;
  /** Which letters change their case. */
  readonly mask: number;
  /** Letters of an unknown name. */
  readonly unknown: string;
  readonly version: (typeof modern)[number];
}

const isKnown = ({ name }: NameChoice, { certificateNames = [] }: TargetFacts): boolean =>
  certificateNames.length > 0 && (name === 'of the certificate' || name === 'in another case');

/** The host name; empty for none. A target whose certificate names no host is asked by an unknown one. */
function serverName(choice: NameChoice, { certificateNames = [] }: TargetFacts): string {
  if (choice.name === 'none') return '';
  const known = certificateNames[choice.pick % Math.max(certificateNames.length, 1)];
  if (choice.name === 'unknown' || known === undefined) return `${choice.unknown || 'x'}.grpc-conform.invalid`;
  if (choice.name === 'of the certificate') return known;
  return Array.from(known, (letter, index) =>
    ((choice.mask >> (index % 8)) & 1) === 1 ? letter.toUpperCase() : letter.toLowerCase(),
  ).join('');
}

export const sni: AnyProperty = experiment('TLS-12-sni', {
  generates:
    "SNI with a name of the target's certificate, in any case, with an unknown name, and without; TLS 1.2 or 1.3",
  accepts: ['a served call', 'of an unknown name, or without one, a refusal'],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record<NameChoice>({
      name: fc.constantFrom('of the certificate', 'in another case', 'unknown', 'none'),
      pick: fc.nat({ max: 19 }),
      mask: fc.integer({ min: 1, max: 255 }),
      unknown: fc.stringMatching(/^[a-z]{0,12}$/),
      version: fc.constantFrom(...modern),
    }),
  labels: {
    'a name of the certificate': ({ name }) => name === 'of the certificate',
    'a name in another case': ({ name }) => name === 'in another case',
    'an unknown name': ({ name }) => name === 'unknown',
    'no name': ({ name }) => name === 'none',
  },
  examples: () =>
    (['of the certificate', 'in another case', 'unknown', 'none'] as const).flatMap((name) =>
      modern.map((one): NameChoice => ({ name, pick: 0, mask: 255, unknown: 'nobody', version: one })),
    ),
  script: (script, input, facts) =>
    void callOverTls(script, facts, { tls: { ...oneOrOther(input.version), servername: serverName(input, facts) } }),
  check: (seen, input, facts) => {
    if (!isKnown(input, facts)) return doesNotHang(seen, 'main', 'a served call, a refused handshake, or a close');
    return servesOver(seen, 'main', 'a served call, whatever the case of a name of the certificate');
  },
});

export const resumption: AnyProperty = experiment('TLS-15-resumption', {
  generates: 'a call, and the same TLS session once more or several times, with h2 or other ALPN lists; TLS 1.2 or 1.3',
  accepts: ['a served call, resumed or not', 'without h2 no HTTP/2'],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record({
      version: fc.constantFrom(...modern),
      again: arb.list(fc.constantFrom('h2', 'h2 behind others', 'no h2', 'no ALPN'), { minCount: 1, maxCount: 3 }),
    }),
  labels: {
    'TLS 1.2': ({ version: one }) => one === 'TLSv1.2',
    'more than once': ({ again }) => again.length > 1,
    'another ALPN list with h2': ({ again }) => again.includes('h2 behind others'),
    'an ALPN list without h2': ({ again }) => again.includes('no h2'),
  },
  examples: () =>
    modern.map((one) => ({ version: one, again: ['h2', 'h2 behind others', 'no h2', 'no ALPN'] }) as const),
  script: (script, { version: highest, again }, facts) => {
    const tls = oneOrOther(highest);
    callOverTls(script, facts, { on: 'first', tls });
    again.forEach((list, index) => {
      const alpn = lists[list];
      callOverTls(script, facts, { on: `again ${index}`, alpn, tls: { ...tls, resumes: 'first' } });
    });
  },
  check: (seen, { again }) => {
    // A target that does not serve a full handshake has nothing that could be resumed; other rows say so.
    if (servesOver(seen, 'first', 'a served call').length > 0) return [];
    return again.flatMap((list, index): readonly Breach[] => {
      const on = `again ${index}`;
      if (lists[list].includes('h2')) return servesOver(seen, on, 'a served call, as with a full handshake');
      const hangs = doesNotHang(seen, on, 'an end of the handshake or of the connection');
      const call = callOn(seen, on);
      const { tls } = seen.connection(on);
      if (hangs.length > 0 || call === undefined || !isServed(call) || tls?.resumed !== true || list !== 'no h2')
        return hangs;
      const observed = `a resumed session serves HTTP/2 although ALPN did not select h2 on this connection`;
      return [{ observed, expected: 'ALPN that is negotiated anew', reaction: 'HTTP/2 without h2 selected' }];
    });
  },
});

const lists: Readonly<Record<'h2' | 'h2 behind others' | 'no h2' | 'no ALPN', readonly string[]>> = {
  h2: ['h2'],
  'h2 behind others': ['x-none', 'h2'],
  'no h2': ['x-none'],
  'no ALPN': [],
};
