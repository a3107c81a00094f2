import {
  arb,
  callBreach,
  echoedInHeaders,
  echoInitialName,
  encodeBinaryValue,
  experiment,
  fc,
  fieldValues,
  latin1Of,
  octetsOf,
  payloadOf,
  recorded,
  rejected,
  stimulus,
  unaryCall,
  warned,
  type AnyProperty,
  type Breach,
  type Call,
  type Field,
} from '../../harness';

/** Fields whose names gRPC has kept for itself, and that mean nothing in a request, or nothing to the handler. */
const reserved: readonly Field[] = [
  { name: 'grpc-foo', value: 'bar' },
  { name: 'grpc-status', value: '5' },
  { name: 'grpc-status', value: '0' },
  { name: 'grpc-message', value: 'not%20from%20here' },
  { name: 'grpc-status-details-bin', value: encodeBinaryValue(octetsOf({ length: 6, seed: 1 })) },
  { name: 'grpc-retry-pushback-ms', value: '100' },
  ...['1', '2', '3', '4'].map((value) => ({ name: 'grpc-previous-rpc-attempts', value })),
  { name: 'grpc-message-type', value: 'grpc.testing.SimpleRequest' },
  { name: 'grpc-tags-bin', value: encodeBinaryValue(octetsOf({ length: 9, seed: 2 })) },
  { name: 'grpc-trace-bin', value: encodeBinaryValue(octetsOf({ length: 29, seed: 3 })) },
];

/** What of the request came back in the answer, or became its status. */
function findLeaks(call: Call, sent: readonly Field[]): readonly Breach[] {
  const blocks = [...(call.headers ?? []), ...(call.trailers ?? [])];
  const leaked = sent.filter(
    ({ name, value }) => name !== 'grpc-status' && fieldValues(blocks, name).some((one) => one === value),
  );
  const status = sent.find(({ name }) => name === 'grpc-status')?.value;
  const isAltered = status !== undefined && status !== '0' && call.status === Number(status);
  return [
    ...leaked.map(({ name }) => ({
      ...callBreach(call, 'no field of the request in the answer', `${name} of the request is in the answer`),
      reaction: 'reserved field copied',
    })),
    ...(isAltered
      ? [{ ...callBreach(call, 'the status of the handler'), rule: 'STATUS-01-code-roundtrip' as const }]
      : []),
  ];
}

/** Fields that clients, browsers and proxies add, with what they may say. */
const harmless = {
  'user-agent': ['grpc-go/1.85.0', 'curl', 'a/1 (b; c) d/2.0 ,', '()'],
  'accept-encoding': ['gzip, deflate, br', 'identity;q=0', '*'],
  accept: ['*/*', 'text/html;q=0.1'],
  'accept-language': ['en, de;q=0.5'],
  priority: ['u=3, i', 'u=9', ''],
  expect: ['100-continue'],
  forwarded: ['for="[2001:db8::1]:1";proto=http', 'for=unknown, for=_hidden'],
  'x-forwarded-for': ['192.0.2.1, 198.51.100.7'],
  via: ['2 a, 1.1 b:80 (c)'],
  traceparent: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'ff-'],
  'cache-control': ['no-cache', 'max-age=0, only-if-cached'],
  pragma: ['no-cache'],
  'max-forwards': ['0'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type HarmlessName = keyof typeof harmless;
const harmlessNames = Object.keys(harmless) as readonly HarmlessName[];

/** `a=1; b=2` in one field, or each in one of its own (RFC 9113 §8.2.3). */
const cookiesOf = (count: number, isApart: boolean): readonly Field[] => {
  const crumbs = Array.from({ length: count }, (_, index) => `crumb${index}=${index}`);
  if (count === 0) return [];
  return (isApart ? crumbs : [crumbs.join('; ')]).map((value) => ({ name: 'cookie', value }));
};

/** Fields that are about a part of a representation, or the state of one, which only GET and HEAD ask for. */
const aboutResources: readonly Field[] = [
  { name: 'range', value: 'bytes=0-0' },
  { name: 'range', value: 'x=1' },
  { name: 'if-range', value: '"a"' },
  { name: 'content-range', value: 'bytes 0-0/1' },
  { name: 'if-modified-since', value: 'Fri, 27 Nov 2026 00:00:00 GMT' },
];

/** Octets that are in no token (RFC 9110 §5.6.2), and that the MUST of RFC 9113 §8.2.1 leaves out. */
const noTokens = [...'"(),/;<=>?@[\\]{}'];
/** Octets of tokens that Header-Name of PROTOCOL-HTTP2 has not. */
const otherTokens = [..."!#$%&'*+^`|~"];

/** Octets that RFC 9110 §5.5 calls invalid in a value, and RFC 9113 §8.2.1 does not call malformed. */
const controls = Array.from({ length: 0x80 }, (_, octet) => octet).filter(
  (octet) => (octet < 0x20 || octet === 0x7f) && ![0x00, 0x09, 0x0a, 0x0d].includes(octet),
);

const places = ['start', 'inside', 'end'] as const;
type Place = (typeof places)[number];

const putInto = (text: string, character: string, place: Place): string => {
  const at = place === 'start' ? 0 : place === 'end' ? text.length : 2;
  return text.slice(0, at) + character + text.slice(at);
};

/** Fields that mean nothing to gRPC, and those that HTTP would rather not have. */
export const harmlessFields: readonly AnyProperty[] = [
  experiment('REQ-30-reserved-grpc-fields', {
    generates:
      'unary calls with one to five fields that begin with grpc-: those of answers, of retries, of tracing, and some that nobody knows',
    accepts: ['status OK with the answer asked for, and none of these fields in it'],
    needs: ['unary'],
    effort: 0.4,
    borrows: ['before', 'fields', 'ending', 'arrival'],
    arbitrary: () => {
      const unknown = arb.metadataName({ maxLength: 12 }).map((name) => ({ name: `grpc-${name}`, value: 'a' }));
      return arb.record({
        fields: fc.uniqueArray(
          fc.oneof({ arbitrary: fc.constantFrom<Field>(...reserved), weight: 3 }, { arbitrary: unknown, weight: 1 }),
          { minLength: 1, maxLength: 5, selector: ({ name }) => name },
        ),
      });
    },
    examples: () => reserved.map((field) => ({ fields: [field] })),
    labels: {
      'fields of answers': ({ fields }) => fields.some(({ name }) => /^grpc-(status|message)$/.test(name)),
      'a retry': ({ fields }) => fields.some(({ name }) => name === 'grpc-previous-rpc-attempts'),
      'binary fields': ({ fields }) => fields.some(({ name }) => name.endsWith('-bin')),
      'names that nobody knows': ({ fields }) => fields.some(({ name }) => name.startsWith('grpc-x-')),
      'several of them': ({ fields }) => fields.length > 2,
    },
    script: (script, { fields }) => {
      script.call(unaryCall({ responseSize: 3 }), { metadata: fields }).expect(payloadOf(3));
    },
    check: (seen, { fields }) => findLeaks(seen.call(), fields),
  }),

  stimulus('REQ-35-harmless-http-fields', {
    generates:
      'unary calls with any of the fields that clients, browsers and proxies add, cookies in one or several fields, and a tracestate of up to 4,000 octets',
    accepts: [payloadOf(3)],
    needs: ['unary'],
    effort: 0.4,
    borrows: ['before', 'fields', 'ending', 'arrival'],
    sends: () =>
      arb.record({
        names: fc.subarray([...harmlessNames], { maxLength: 6 }),
        form: fc.nat(3),
        cookies: fc.nat(6),
        isApart: fc.boolean(),
        tracestate: fc.oneof(fc.constant(0), arb.boundaryInteger({ max: 4000, boundaries: [255, 256, 512, 513] })),
      }),
    examples: () => {
      const plain = { names: [], form: 0, cookies: 0, isApart: false, tracestate: 0 };
      return [
        ...harmlessNames.flatMap((name) => harmless[name].map((_, form) => ({ ...plain, names: [name], form }))),
        { ...plain, cookies: 3 },
        { ...plain, cookies: 3, isApart: true },
        { ...plain, tracestate: 600 },
      ];
    },
    labels: {
      'an expectation': ({ names }) => names.includes('expect'),
      'an unusual user-agent': ({ names, form }) => names.includes('user-agent') && form > 0,
      'fields of proxies': ({ names }) =>
        ['forwarded', 'x-forwarded-for', 'via'].some((name) => names.includes(name as HarmlessName)),
      'cookies in fields of their own': ({ cookies, isApart }) => cookies > 1 && isApart,
      'a long tracestate': ({ tracestate }) => tracestate > 512,
    },
    write: (script, { names, form, cookies, isApart, tracestate }) => {
      const chosen = names.map((name) => ({ name, value: harmless[name][form % harmless[name].length] ?? '' }));
      const state = tracestate === 0 ? [] : [{ name: 'tracestate', value: `a=${'b'.repeat(tracestate)}` }];
      script.call(unaryCall({ responseSize: 3 }), { metadata: [...chosen, ...cookiesOf(cookies, isApart), ...state] });
    },
  }),

  stimulus('REQ-37-name-not-a-token', {
    generates:
      'a unary request with one field whose name has one of "(),/;<=>?@[\\]{}, or for comparison one of !#$%&\'*+^`|~, at the start, inside or at the end',
    accepts: [rejected, 'service of a name that is a token, or its refusal, recorded as info'],
    needs: ['unary'],
    effort: 0.4,
    borrows: ['before', 'fields', 'arrival'],
    sends: () =>
      arb.record({
        character: fc.oneof(
          { arbitrary: fc.constantFrom(...noTokens), weight: 3 },
          { arbitrary: fc.constantFrom(...otherTokens), weight: 1 },
        ),
        place: fc.constantFrom(...places),
      }),
    examples: () =>
      [...noTokens.slice(0, 4), ...otherTokens.slice(0, 2)].map((character) => ({
        character,
        place: 'inside' as const,
      })),
    labels: {
      'no token, at the start': ({ character, place }) => noTokens.includes(character) && place === 'start',
      'no token, inside': ({ character, place }) => noTokens.includes(character) && place === 'inside',
      'no token, at the end': ({ character, place }) => noTokens.includes(character) && place === 'end',
      'a token': ({ character }) => otherTokens.includes(character),
    },
    write: (script, { character, place }) => {
      const metadata = [{ name: putInto('x-name', character, place), value: 'a' }];
      const call = script.call(unaryCall({ responseSize: 3 }), { metadata, legal: false });
      if (noTokens.includes(character)) call.expect(rejected, warned(payloadOf(3)));
      else call.expect(payloadOf(3), recorded(rejected));
    },
  }),

  stimulus('REQ-38-control-octets-in-values', {
    generates:
      'a unary request with metadata whose value has one of the control octets that are not malformed, at the start, inside or at the end',
    accepts: [rejected, 'service with the value unchanged, recorded as info'],
    needs: ['metadata'],
    effort: 0.4,
    borrows: ['before', 'fields', 'arrival'],
    sends: () =>
      arb.record({
        octet: fc.oneof(fc.constantFrom(...controls), fc.constantFrom(0x7f, 0x01, 0x0b, 0x0c, 0x1f)),
        place: fc.constantFrom(...places),
      }),
    examples: () => [0x01, 0x0b, 0x1f, 0x7f].flatMap((octet) => places.map((place) => ({ octet, place }))),
    labels: {
      'at an end': ({ place }) => place !== 'inside',
      inside: ({ place }) => place === 'inside',
      'a vertical tab or a form feed': ({ octet }) => octet === 0x0b || octet === 0x0c,
      DEL: ({ octet }) => octet === 0x7f,
    },
    write: (script, { octet, place }) => {
      const value = putInto('value', latin1Of(Uint8Array.of(octet)), place);
      script
        .call(unaryCall({ responseSize: 3 }), { metadata: [{ name: echoInitialName, value }], legal: false })
        .expect(rejected, recorded(echoedInHeaders([value])));
    },
  }),

  stimulus('REQ-42-resource-fields-ignored', {
    generates:
      'unary calls with any of range, if-range, content-range and if-modified-since, and an answer of up to 2,000 octets',
    accepts: ['status OK with the answer asked for'],
    needs: ['unary'],
    effort: 0.3,
    borrows: ['before', 'fields', 'ending', 'arrival'],
    sends: () =>
      arb.record({
        fields: fc.subarray([...aboutResources], { minLength: 1 }),
        size: arb.responseSize({ maxLength: 2000 }),
      }),
    examples: () => aboutResources.map((field) => ({ fields: [field], size: 20 })),
    labels: {
      'a range of octets': ({ fields }) => fields.some(({ value }) => value === 'bytes=0-0'),
      'a range of another unit': ({ fields }) => fields.some(({ value }) => value === 'x=1'),
      'a condition': ({ fields }) => fields.some(({ name }) => name.startsWith('if-')),
      'a range of the request': ({ fields }) => fields.some(({ name }) => name === 'content-range'),
    },
    write: (script, { fields, size }) => {
      script.call(unaryCall({ responseSize: size }), { metadata: fields }).expect(payloadOf(size));
    },
  }),
];
