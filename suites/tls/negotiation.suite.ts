import {
  arb,
  callOverTls,
  doesNotHang,
  experiment,
  fc,
  flightOf,
  handshakeOf,
  isServed,
  permittedSuites,
  prohibitedSuites,
  sayHello,
  servesOver,
  tlsVersions,
  type AnyProperty,
  type Breach,
  type ConnectionView,
  type TlsChoices,
} from '../../harness';
import { aboutHandshakes, idsOf, modern, onlyVersion } from './shared';

/** Names of protocols that are not h2: what it was called before, is called in clear text, and what looks like it. */
const notH2 = ['h2c', 'h2-14', 'h2-16', 'H2', 'h', 'h22', 'h3', 'grpc-exp', 'x-none'] as const;

const everySuite = idsOf([...permittedSuites, ...prohibitedSuites]);

/** HTTP/2 was spoken: the target sent SETTINGS. */
const speaksHttp2 = ({ received }: ConnectionView): boolean => received.some(({ frame }) => frame.type === 'SETTINGS');

export const alpnWithoutH2: AnyProperty = experiment('TLS-02-alpn-without-h2', {
  generates: 'ALPN lists without h2: none at all, h2c, http/1.1, names that look like h2; TLS 1.2 or 1.3',
  accepts: [
    'an alert in the handshake',
    'a closed connection',
    'HTTP/1.1',
    'HTTP/2 where no protocol was selected, with a warning',
  ],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record({
      alpn: arb.list(fc.constantFrom('http/1.1', ...notH2), { maxCount: 4 }),
      version: fc.constantFrom(...modern),
    }),
  labels: {
    'no ALPN at all': ({ alpn }) => alpn.length === 0,
    h2c: ({ alpn }) => alpn.includes('h2c'),
    'http/1.1': ({ alpn }) => alpn.includes('http/1.1'),
    'nothing that anybody speaks': ({ alpn }) => alpn.length > 0 && !alpn.includes('http/1.1'),
    'TLS 1.2': ({ version }) => version === 'TLSv1.2',
  },
  examples: () =>
    [[], ['h2c'], ['http/1.1'], ['x-none']].flatMap((alpn) => modern.map((version) => ({ alpn, version }) as never)),
  script: (script, { alpn, version }, facts) =>
    void callOverTls(script, facts, { alpn: [...new Set(alpn)], tls: onlyVersion(version) }),
  check: (seen, { alpn }) => {
    const view = seen.connection();
    const hangs = doesNotHang(seen, 'main', 'an alert, a close, or HTTP/1.1');
    const handshake = handshakeOf(view);
    if (hangs.length > 0 || handshake.is !== 'made') return hangs;
    const { alpn: selected } = handshake;
    const expected = 'no HTTP/2 without h2 selected by ALPN';
    if (selected === 'h2c') return [{ observed: 'h2c was selected', expected, reaction: 'h2c selected' }];
    if (!speaksHttp2(view) && !seen.calls.some(isServed)) return [];
    const under = selected === '' ? 'no protocol selected' : `${selected} selected`;
    const observed = `with ${alpn.length === 0 ? 'no ALPN' : `ALPN ${alpn.join(', ')}`} and ${under}: HTTP/2 is spoken`;
    const reaction = `HTTP/2 with ${under}`;
    // Servers spoke it by prior knowledge for years, and gRPC had a name of its own before h2.
    const isOld = selected === '' || selected === 'grpc-exp';
    return [{ observed, expected, reaction, ...(isOld ? { severity: 'warn' } : {}) }];
  },
});

/** The version that is tried, and how. */
interface VersionChoice {
  readonly version: keyof typeof tlsVersions | 'TLS 1.3';
  /** The lowest that is offered with it. */
  readonly from: 'TLS 1.0' | 'the same';
  /** Our own ClientHello names it in supported_versions, too. */
  readonly listed: boolean;
  readonly seed: number;
}

const nodeVersions = {
  'TLS 1.0': 'TLSv1',
  'TLS 1.1': 'TLSv1.1',
  'TLS 1.2': 'TLSv1.2',
  'TLS 1.3': 'TLSv1.3',
} as const;

const isOld = ({ version }: VersionChoice): boolean => version !== 'TLS 1.2' && version !== 'TLS 1.3';

/** A version that our own TLS speaks, as the choice of a handshake; undefined for what no library speaks any more. */
function versionsOf({ version, from }: VersionChoice): TlsChoices | undefined {
  if (version === 'SSL 3.0') return undefined;
  return { versions: [from === 'the same' ? nodeVersions[version] : 'TLSv1', nodeVersions[version]] };
}

export const version: AnyProperty = experiment('TLS-03-version', {
  generates:
    'handshakes that offer no more than SSL 3.0, TLS 1.0, 1.1, 1.2 or 1.3, with the lower ones or alone, by our own ClientHello as well',
  accepts: ['below 1.2 a refusal, or a connection that serves nothing', '1.2 or 1.3 that serves'],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record<VersionChoice>({
      version: fc.constantFrom('TLS 1.2', 'TLS 1.3', 'TLS 1.1', 'TLS 1.0', 'SSL 3.0', 'SSL 3.0'),
      from: fc.constantFrom('the same', 'TLS 1.0'),
      listed: fc.boolean(),
      seed: arb.seed(),
    }),
  labels: {
    'below TLS 1.2': isOld,
    'TLS 1.2 or 1.3 alone': (input) => !isOld(input) && input.from === 'the same',
    'several versions': ({ from }) => from !== 'the same',
    'an old one in supported_versions': (input) => isOld(input) && input.listed,
  },
  examples: () =>
    (['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0', 'SSL 3.0'] as const).map((one): VersionChoice => ({
      version: one,
      from: 'the same',
      listed: false,
      seed: 1,
    })),
  script: (script, input, facts) => {
    const tls = versionsOf(input);
    if (tls !== undefined) callOverTls(script, facts, { tls });
    if (input.version === 'TLS 1.3' || input.version === 'TLS 1.2') {
      const other = input.version === 'TLS 1.3' ? 'TLSv1.2' : 'TLSv1.3';
      callOverTls(script, facts, { on: 'other', tls: onlyVersion(other) });
      return;
    }
    const offered = tlsVersions[input.version];
    sayHello(script, {
      version: offered,
      suites: everySuite,
      alpn: ['h2'],
      seed: input.seed,
      ...(input.listed ? { supportedVersions: [offered] } : {}),
    });
  },
  check: (seen, input) => {
    const expected = 'no service below TLS 1.2';
    const old = seen.connections.flatMap((view): readonly Breach[] => {
      if (!/^TLSv1(\.1)?$/.test(view.tls?.version ?? '') || !seen.calls.some((call) => isOn(call, view))) return [];
      const spoken = view.tls?.version ?? '';
      return [{ observed: `a call is served over ${spoken}`, expected, reaction: `served over ${spoken}` }];
    });
    if (!isOld(input)) return [...old, ...servesOneOf(seen, ['main', 'other'])];
    const { hello } = flightOf(seen.connection('hello'));
    const tried = input.version === 'SSL 3.0' ? undefined : handshakeOf(seen.connection()).is;
    if (old.length > 0 || hello === undefined || hello.version >= tlsVersions['TLS 1.2']) return old;
    // Agreed on, and nobody has seen whether it serves.
    if (tried !== undefined && tried !== 'not offered') return old;
    const observed = `the target's ServerHello agrees to ${input.version}`;
    return [{ observed, expected, reaction: 'an old version in ServerHello', severity: 'warn' }];
  },
});

const isOn = (call: Parameters<typeof isServed>[0], view: ConnectionView): boolean =>
  call.plan.connection === view.name && isServed(call);

/** One of these connections serves; that not all of them do is recorded. */
function servesOneOf(seen: Parameters<typeof servesOver>[0], names: readonly string[]): readonly Breach[] {
  const all = names.map((name) => servesOver(seen, name, 'calls that are served over TLS 1.2 or 1.3'));
  return all.some((breaches) => breaches.length === 0)
    ? all.flat().map((breach) => ({ ...breach, severity: 'info' as const }))
    : all.flat();
}

export const noOverlap: AnyProperty = experiment('TLS-14-alpn-no-overlap-alert', {
  generates:
    'one to four protocols that nobody speaks, in ALPN of TLS 1.2 or 1.3, and the same in a ClientHello of our own',
  accepts: [
    'the alert no_application_protocol',
    'another end of the handshake, or one without a protocol, with a warning',
  ],
  ...aboutHandshakes,
  arbitrary: () =>
    arb.record({
      alpn: arb.list(fc.constantFrom(...notH2), { minCount: 1, maxCount: 4 }),
      version: fc.constantFrom(...modern),
      seed: arb.seed(),
    }),
  labels: {
    h2c: ({ alpn }) => alpn.includes('h2c'),
    'several protocols': ({ alpn }) => new Set(alpn).size > 1,
    'h2 in another case': ({ alpn }) => alpn.includes('H2'),
    'TLS 1.2': ({ version: one }) => one === 'TLSv1.2',
  },
  examples: () =>
    modern.flatMap((one) =>
      (['x-none', 'h2c', 'grpc-exp', 'H2'] as const).map((name) => ({ alpn: [name], version: one, seed: 1 })),
    ),
  script: (script, { alpn: listed, version: one, seed }, facts) => {
    const alpn = [...new Set(listed)];
    callOverTls(script, facts, { alpn, tls: onlyVersion(one) });
    sayHello(script, { version: tlsVersions['TLS 1.2'], suites: idsOf(permittedSuites), alpn, seed });
  },
  check: (seen, { alpn }) => {
    const expected = 'the alert no_application_protocol (120)';
    const { hello } = flightOf(seen.connection('hello'));
    if (hello?.alpn !== undefined && !(alpn as readonly string[]).includes(hello.alpn))
      return [
        {
          observed: `of ${alpn.join(', ')} the target selected another protocol`,
          expected,
          reaction: 'a protocol that was not offered',
        },
      ];
    const handshake = handshakeOf(seen.connection());
    switch (handshake.is) {
      case 'not offered':
        return [];
      case 'hanging':
        return doesNotHang(seen, 'main', expected);
      case 'refused': {
        if (/NO_APPLICATION_PROTOCOL/.test(handshake.errorName)) return [];
        const observed = `the handshake failed in another way: ${handshake.reason}`;
        return [{ observed, expected, reaction: 'another end of the handshake', severity: 'warn' }];
      }
      case 'made': {
        if (handshake.alpn !== '')
          return [
            {
              observed: `${handshake.alpn} was selected`,
              expected,
              reaction: `${handshake.alpn} selected`,
              severity: 'info',
            },
          ];
        return [
          {
            observed: 'the handshake was completed without a protocol',
            expected,
            reaction: 'no protocol',
            severity: 'warn',
          },
        ];
      }
    }
  },
});
