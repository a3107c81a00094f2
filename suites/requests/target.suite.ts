import {
  arb,
  endsWith,
  experiment,
  fc,
  malformPath,
  nearPathOf,
  oddAuthorities,
  octetsOf,
  pathForms,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  status,
  stimulus,
  unaryCall,
  validAuthorities,
  warned,
  type AnyProperty,
  type FieldSpec,
  type PlanBuilder,
} from '../../harness';

/** Schemes that fit the transport of no target, in the letters that they are written in. */
const strangeSchemes = ['ftp', 'grpc', '', 'HTTP', 'HTTPS', 'Http', 'unix', 'h2c'] as const;

/** What a request says of its host (RFC 9113 §8.3.1, gRFC A41): whether in :authority, and the values of Host. */
const hostCases = {
  'two hosts': { hasAuthority: false, hosts: ['own', 'other'] },
  'two hosts, other first': { hasAuthority: false, hosts: ['other', 'own'] },
  'two equal hosts': { hasAuthority: false, hosts: ['own', 'own'] },
  'equal to :authority': { hasAuthority: true, hosts: ['own'] },
  'other than :authority': { hasAuthority: true, hosts: ['other'] },
  'two beside :authority': { hasAuthority: true, hosts: ['own', 'other'] },
  'two equal to :authority': { hasAuthority: true, hosts: ['own', 'own'] },
} as const;

const hostCaseNames = Object.keys(hostCases) as readonly (keyof typeof hostCases)[];

const isPseudo = ({ name }: FieldSpec): boolean => name.startsWith(':');

/** The ordinary fields with these behind the pseudo-header fields, or behind all of them. */
const withFields = (ordinary: readonly FieldSpec[], more: readonly FieldSpec[], areFirst: boolean) => {
  const pseudo = ordinary.filter(isPseudo);
  const regular = ordinary.filter((field) => !isPseudo(field));
  return areFirst ? [...pseudo, ...more, ...regular] : [...ordinary, ...more];
};

/** True when the letter of that number is one of the service. */
const isInService = (at: number): boolean => {
  const near = nearPathOf(unaryCall().path, { by: 'case', at, word: '' });
  return near.split('/')[2] === unaryCall().path.split('/')[2];
};

/** A plain call with another value of one field, or without it. */
const callWith = (script: PlanBuilder, name: string, instead: Partial<FieldSpec> | null) =>
  script.call(unaryCall({ responseSize: 3 }), {
    fields: (ordinary) =>
      ordinary.flatMap((field) => (field.name !== name ? [field] : instead === null ? [] : [{ ...field, ...instead }])),
    legal: false,
  });

/** A field that refers to no table, though the static one has it. */
const spelledOut = { representation: 'without-indexing', nameIndex: 'literal' } as const;

/** Whom a request is for: scheme, authority, path. */
export const target: readonly AnyProperty[] = [
  experiment('REQ-14-scheme', {
    generates:
      'unary requests with the scheme that fits the transport, the one of the other transport, and any other, as an index or spelled out',
    accepts: [
      'status OK with the answer asked for',
      'a refusal of a scheme that does not fit; of the other transport’s it is recorded as info',
    ],
    needs: ['unary'],
    effort: 0.4,
    labels: {
      'the one that fits': ({ scheme }) => scheme === 'fitting',
      'the one that fits, spelled out': ({ scheme, isSpelled }) => scheme === 'fitting' && isSpelled,
      'of the other transport': ({ scheme }) => scheme === 'other',
      'in capitals': ({ scheme }) => scheme.toLowerCase() !== scheme,
      'none, or unknown': ({ scheme }) => !['fitting', 'other'].includes(scheme),
    },
    arbitrary: () =>
      arb.record({
        scheme: fc.oneof(
          fc.constantFrom('fitting', 'other'),
          fc.constantFrom<string>(...strangeSchemes),
          arb.metadataName({ maxLength: 10 }),
        ),
        isSpelled: fc.boolean(),
      }),
    examples: () =>
      ['fitting', 'other', ...strangeSchemes].map((scheme, index) => ({ scheme, isSpelled: index % 2 === 0 })),
    script: (script, { scheme, isSpelled }) => {
      const { scheme: fitting } = script.facts;
      const other = fitting === 'http' ? 'https' : 'http';
      const value = scheme === 'fitting' ? fitting : scheme === 'other' ? other : scheme;
      const call = callWith(script, ':scheme', isSpelled ? { value, ...spelledOut } : { value });
      if (scheme === 'fitting') call.expect(payloadOf(3));
      else if (scheme === 'other') call.expect(payloadOf(3), recorded(rejected));
      else call.expect(payloadOf(3), rejected);
    },
  }),

  experiment('REQ-18-host-only', {
    generates:
      'unary calls with Host in place of :authority, at the start or the end of the regular fields, beside up to 4 others',
    accepts: ['status OK with the answer asked for'],
    needs: ['unary'],
    effort: 0.3,
    labels: {
      'Host comes first': ({ isFirst }) => isFirst,
      'Host comes last': ({ isFirst }) => !isFirst,
      'beside metadata': ({ metadata }) => metadata.length > 0,
      'an empty message': ({ payload }) => payload.length === 0,
    },
    arbitrary: () =>
      arb.record({
        payload: arb.message({ maxLength: 300 }),
        metadata: arb.metadata({ maxCount: 4 }),
        isFirst: fc.boolean(),
      }),
    examples: () =>
      [true, false].map((isFirst) => ({ payload: { length: Number(isFirst), seed: 1 }, metadata: [], isFirst })),
    script: (script, { payload, metadata, isFirst }) => {
      const host = { name: 'host', value: script.facts.authority };
      const fields = (ordinary: readonly FieldSpec[]) =>
        withFields(
          ordinary.filter(({ name }) => name !== ':authority'),
          [host],
          isFirst,
        );
      script
        .call(unaryCall({ payload: octetsOf(payload), responseSize: 3 }), { metadata, fields })
        .expect(payloadOf(3));
    },
  }),

  experiment('REQ-19-host-conflicts', {
    generates:
      'unary requests with two Host fields, equal or not, or with :authority and one or two Host fields that say the same or not',
    accepts: [
      'a refusal of two Host fields without :authority',
      'status OK for a Host that is equal to :authority',
      'status OK or a refusal for any other Host beside :authority',
    ],
    needs: ['unary'],
    effort: 0.4,
    labels: {
      'no :authority': ({ hosts }) => !hostCases[hosts].hasAuthority,
      'equal to :authority': ({ hosts }) => hosts === 'equal to :authority',
      'other than :authority': ({ hosts }) => hosts === 'other than :authority',
      'two beside :authority': ({ hosts }) => hostCases[hosts].hasAuthority && hostCases[hosts].hosts.length === 2,
      'other fields between': ({ areApart }) => areApart,
    },
    arbitrary: () =>
      arb.record({
        hosts: fc.constantFrom(...hostCaseNames),
        other: arb.metadataName({ maxLength: 12 }),
        areFirst: fc.boolean(),
        areApart: fc.boolean(),
      }),
    examples: () => hostCaseNames.map((hosts) => ({ hosts, other: 'x-other', areFirst: true, areApart: false })),
    script: (script, { hosts, other, areFirst, areApart }) => {
      const { hasAuthority, hosts: values } = hostCases[hosts];
      const named = values.map((which) => ({ name: 'host', value: which === 'own' ? script.facts.authority : other }));
      const fields = (ordinary: readonly FieldSpec[]) => {
        const rest = ordinary.filter(({ name }) => hasAuthority || name !== ':authority');
        return areApart
          ? withFields(withFields(rest, named.slice(0, 1), true), named.slice(1), false)
          : withFields(rest, named, areFirst);
      };
      const call = script.call(unaryCall({ responseSize: 3 }), { fields, legal: false });
      if (!hasAuthority) call.expect(rejected);
      else if (hosts === 'equal to :authority') call.expect(payloadOf(3));
      else call.expect(payloadOf(3), rejected);
    },
  }),

  experiment('REQ-20-authority-forms', {
    generates:
      'unary requests whose :authority is a host or host:port in all forms, userinfo, garbage, empty, or missing as Host is',
    accepts: [
      'status OK with the answer asked for',
      'a refusal of a request without an authority',
      'a refusal of userinfo, garbage and an empty authority; service is recorded as info',
    ],
    needs: ['unary'],
    effort: 0.8,
    labels: {
      'a host alone': ({ is, value }) => is === 'valid' && !/:[0-9]+$/.test(value),
      'host and port': ({ is, value }) => is === 'valid' && /:[0-9]+$/.test(value),
      'an IPv6 address': ({ is, value }) => is === 'valid' && value.startsWith('['),
      userinfo: ({ value }) => value.includes('@'),
      'no authority, or one that is none': ({ is }) => is !== 'valid',
    },
    arbitrary: () => arb.authority(),
    examples: () => [
      ...validAuthorities.map((value) => ({ is: 'valid', value }) as const),
      ...oddAuthorities.map((value) => ({ is: 'odd', value }) as const),
      { is: 'absent', value: '' },
    ],
    script: (script, { is, value }) => {
      const call = callWith(script, ':authority', is === 'absent' ? null : { value });
      if (is === 'valid') call.expect(payloadOf(3));
      else if (is === 'absent') call.expect(payloadOf(3), rejected);
      else call.expect(rejected, recorded(payloadOf(3)));
    },
  }),

  stimulus('REQ-22-malformed-path', {
    generates:
      'unary requests to a method that is served, with too few or too many segments in the path, empty ones, no leading slash, or an asterisk',
    accepts: [rejected],
    needs: ['unary'],
    effort: 0.4,
    labels: {
      'no leading slash': ({ form }) => ['no leading slash', 'an asterisk', 'words without slash'].includes(form),
      'a segment too few': ({ form }) => ['service alone', 'method alone', 'a slash alone'].includes(form),
      'a segment too many': ({ form }) => form.startsWith('a segment'),
      'an empty segment': ({ form }) => form.startsWith('two') || form === 'a slash at the end',
    },
    sends: () => arb.malformedPath(),
    examples: () => pathForms.map((form) => ({ form, extra: 'x' })),
    write: (script, path) => callWith(script, ':path', { value: malformPath(unaryCall().path, path) }),
  }),

  experiment('REQ-23-path-exact', {
    generates:
      'unary requests to a path that differs from that of a method that is served by the case of one letter, an escape, a query, a parameter, dot segments, or a slash at the end',
    accepts: [
      'status UNIMPLEMENTED',
      'any other refusal, recorded as info',
      'another answer of HTTP, such as a redirection to the path without dot segments, with a warning',
      'status OK with a warning, but not where the case of a letter differs',
    ],
    needs: ['unary'],
    effort: 0.7,
    labels: {
      'the case of a letter of the service': ({ by, at }) => by === 'case' && isInService(at),
      'the case of a letter of the method': ({ by, at }) => by === 'case' && !isInService(at),
      'an escape': ({ by }) => by === 'escape',
      'a query or a parameter': ({ by }) => by === 'query' || by === 'parameter',
      'dot segments': ({ by }) => by === 'dot' || by === 'dot-dot',
    },
    arbitrary: () => arb.nearPath(unaryCall().path),
    examples: () => [
      ...[0, 11, 22, 31].map((at) => ({ by: 'case', at, word: '' }) as const),
      ...(['escape', 'query', 'parameter', 'dot', 'dot-dot', 'slash'] as const).map((by) => ({ by, at: 1, word: 'a' })),
    ],
    script: (script, near) => {
      const call = callWith(script, ':path', { value: nearPathOf(unaryCall().path, near) });
      call.expect(
        endsWith(status.UNIMPLEMENTED),
        recorded(rejected),
        // Whoever is sent elsewhere was not served.
        warned(plainHttp()),
        ...(near.by === 'case' ? [] : [warned(payloadOf(3))]),
      );
    },
  }),
];
