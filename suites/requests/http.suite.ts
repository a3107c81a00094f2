import {
  anyEnd,
  arb,
  callBreach,
  encodeMessage,
  errorCodeName,
  experiment,
  fc,
  fieldValue,
  isRefusal,
  joinOctets,
  octetsOf,
  payloadOf,
  recorded,
  rejected,
  settingValue,
  sumOf,
  sumOfOctets,
  unaryCall,
  unknownMethod,
  unsent,
  uploadCall,
  warned,
  type AnyProperty,
  type Breach,
  type FieldSpec,
  type Graded,
  type Observation,
  type TargetFacts,
} from '../../harness';

/** What content-length says of n octets of DATA, and where: each the values of the field, in order. */
const lengths = {
  exact: (n) => [String(n)],
  'less, up to a message': (n, first) => [String(n > first ? first : Math.max(0, n - 1))],
  'one less': (n) => [String(Math.max(0, n - 1))],
  'nothing at all': () => ['0'],
  'one more': (n) => [String(n + 1)],
  'much more': (n) => [String(n + 70_000)],
  '2^32 more': (n) => [String(2n ** 32n + BigInt(n))],
  '2^64 more': (n) => [String(2n ** 64n + BigInt(n))],
  'the same again': (n) => [`${n}, ${n}`],
  'the same in another field': (n) => [String(n), String(n)],
  'no number': () => ['abc'],
  'a sign': (n) => [`+${n}`],
  nothing: () => [''],
} as const satisfies Readonly<Record<string, (n: number, first: number) => readonly string[]>>;

type Length = keyof typeof lengths;
const lengthNames = Object.keys(lengths) as readonly Length[];

const isMultiple = (length: Length): boolean => length === '2^32 more' || length === '2^64 more';
const isRepeated = (length: Length): boolean => length.startsWith('the same');

const endings = ['DATA', 'an empty DATA', 'trailers', 'HEADERS'] as const;
type Ending = (typeof endings)[number];

const withContentLength =
  (values: readonly string[]) =>
  (ordinary: readonly FieldSpec[]): readonly FieldSpec[] => [
    ...ordinary,
    ...values.map((value) => ({ name: 'content-length', value })),
  ];

/** What may come of a request with such a content-length. */
function outcomesOf(length: Length, n: number, ending: Ending, whole: Graded): readonly Graded[] {
  const isExact =
    Number(lengths[length](n, n).at(0)) === n && !isRepeated(length) && length !== 'a sign' && length !== 'nothing';
  // gRPC has no request without a message but on some methods, and no request trailers: other rows are about these.
  if (isExact) return ending === 'HEADERS' ? [anyEnd] : ending === 'trailers' ? [whole, recorded(rejected)] : [whole];
  if (isRepeated(length)) return [whole, recorded(rejected)];
  return [rejected, warned(whole)];
}

/** Status OK, and then RST_STREAM: the handler had run before anybody counted. */
function isNoticedInTime(seen: Observation): readonly Breach[] {
  const call = seen.call('measured');
  const late = call.resetAfterEnd?.errorCode ?? 0;
  if (call.status !== 0 || late === 0) return [];
  const observed = `status OK, and then RST_STREAM with ${errorCodeName(late)}`;
  return [{ ...callBreach(call, 'a refusal before the handler has answered', observed), reaction: 'noticed too late' }];
}

/** Who refuses a length that is one off refuses one that is off by all that a number has room for. */
function countsFar(seen: Observation): readonly Breach[] {
  const [measured, near] = seen.calls;
  // Where the first call was never answered the second was not made.
  if (measured?.status !== 0 || near === undefined || !isRefusal(near)) return [];
  return [{ ...callBreach(measured, 'a refusal, as of a length that is one off'), reaction: 'length overflows' }];
}

/** How CONNECT is said. */
const connects = {
  'with :scheme and :path': () => (all: readonly FieldSpec[]) => all,
  'with :path': () => (all: readonly FieldSpec[]) => without(all, ':scheme'),
  'with :scheme': () => (all: readonly FieldSpec[]) => without(all, ':path'),
  'with :authority alone': (authority: string) => (all: readonly FieldSpec[]) =>
    without(all, ':scheme', ':path').map((field) =>
      field.name === ':authority' ? { ...field, value: authority } : field,
    ),
  'without any': () => (all: readonly FieldSpec[]) => without(all, ':scheme', ':path', ':authority'),
  extended: () => (all: readonly FieldSpec[]) => [{ name: ':protocol', value: 'websocket' }, ...all],
} as const satisfies Readonly<
  Record<string, (authority: string) => (all: readonly FieldSpec[]) => readonly FieldSpec[]>
>;

type Connect = keyof typeof connects;
const connectNames = Object.keys(connects) as readonly Connect[];

/** Ports that are usual, missing, empty and impossible (RFC 9110 §9.3.6); nobody listens on the first two. */
const authorities = [
  'localhost:1',
  '127.0.0.1:1',
  'localhost',
  'localhost:',
  'localhost:0',
  'localhost:65536',
  'localhost:x',
];

const without = (all: readonly FieldSpec[], ...names: readonly string[]): readonly FieldSpec[] =>
  all.filter(({ name }) => !names.includes(name));

const withMethod =
  (method: string, rest: (all: readonly FieldSpec[]) => readonly FieldSpec[] = (all) => all) =>
  (all: readonly FieldSpec[]): readonly FieldSpec[] =>
    rest(all).map((field) => (field.name === ':method' ? { ...field, value: method } : field));

/** SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3). */
const takesExtendedConnect = ({ settings }: TargetFacts): boolean => settingValue(settings, 0x8) === 1;

/** What HTTP says of a request as a whole: its length, and its method. */
export const http: readonly AnyProperty[] = [
  experiment('REQ-33-content-length', {
    generates:
      'uploads of none to three messages with a content-length that is exact, less, more, more by 2^32 or 2^64, repeated, or no number, ended on DATA, on HEADERS or by trailers',
    accepts: [
      'status OK with the sum of all payloads for an exact length',
      'the same for one that is repeated; its refusal is recorded as info',
      'a refusal of any other, or status OK with the sum of all payloads, with a warning',
    ],
    needs: ['client-streaming'],
    effort: 0.8,
    borrows: ['fields', 'arrival'],
    arbitrary: () =>
      arb.record({
        payloads: arb.messages({ maxCount: 3, maxLength: 600 }),
        length: fc.oneof(
          { arbitrary: fc.constantFrom<Length>(...lengthNames), weight: 3 },
          { arbitrary: fc.constantFrom<Length>('exact', 'less, up to a message'), weight: 1 },
        ),
        ending: fc.oneof(
          { arbitrary: fc.constantFrom<Ending>('DATA', 'an empty DATA'), weight: 2 },
          { arbitrary: fc.constantFrom<Ending>('trailers', 'HEADERS'), weight: 1 },
        ),
      }),
    examples: () => {
      const payloads = [
        { length: 3, seed: 1 },
        { length: 20, seed: 2 },
      ];
      return [
        ...lengthNames.map((length) => ({ payloads, length, ending: 'DATA' as const })),
        ...endings.flatMap((ending) =>
          (['exact', 'one more'] as const).map((length) => ({ payloads, length, ending })),
        ),
      ];
    },
    labels: {
      'the exact length': ({ length }) => length === 'exact',
      'less than there is': ({ length }) => /less|nothing at all/.test(length),
      'more than there is': ({ length }) => length === 'one more' || length === 'much more',
      'more than 32 bits': ({ length }) => isMultiple(length),
      'no single number': ({ length }) => isRepeated(length) || length === 'no number' || length === 'nothing',
      'no DATA at all': ({ ending }) => ending === 'HEADERS',
      'ended by trailers': ({ ending }) => ending === 'trailers',
    },
    script: (script, { payloads, length, ending }) => {
      const sent = ending === 'HEADERS' ? [] : payloads;
      const request = uploadCall(sent);
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      const [first] = request.messages;
      const values = lengths[length](body.length, first === undefined ? 0 : encodeMessage(first).length);
      const outcomes = outcomesOf(length, body.length, ending, sumOfOctets(sumOf(sent)));
      const legal = length === 'exact' && ending !== 'HEADERS' && ending !== 'trailers';
      const call = script.begin(request, {
        as: 'measured',
        fields: withContentLength(values),
        endStream: ending === 'HEADERS',
        legal,
      });
      if (ending === 'trailers') call.sendOctets(body).sendTrailers([{ name: 'x-end', value: 'trailers' }]);
      else if (ending !== 'HEADERS')
        call.sendOctets(body, { endStream: true, endStreamOnEmptyFrame: ending === 'an empty DATA' });
      call.awaitEnd().expect(...outcomes);
      if (!isMultiple(length)) return;
      const near = withContentLength([String(body.length + 1)]);
      script.call(uploadCall(sent), { as: 'near', on: 'near', fields: near, legal: false }).expect(anyEnd);
    },
    check: (seen, { length }) => [...isNoticedInTime(seen), ...(isMultiple(length) ? countsFar(seen) : [])],
  }),

  experiment('REQ-34-connect-method', {
    generates:
      'CONNECT with the pseudo-header fields of gRPC, with some of them, with :authority alone and ports of all kinds, and for another protocol, with and without a body',
    accepts: [
      rejected,
      'a gRPC error in an answer of another form, recorded as info',
      'any final answer to CONNECT for another protocol where SETTINGS offer that',
    ],
    needs: ['unary'],
    effort: 0.7,
    borrows: ['before', 'arrival'],
    arbitrary: () =>
      arb.record({
        form: fc.constantFrom<Connect>(...connectNames, 'with :authority alone', 'with :scheme and :path', 'extended'),
        authority: fc.constantFrom(...authorities),
        hasBody: fc.boolean(),
      }),
    examples: () => [
      ...connectNames.map((form) => ({ form, authority: 'localhost:1', hasBody: true })),
      ...authorities.map((authority) => ({ form: 'with :authority alone' as const, authority, hasBody: false })),
    ],
    labels: {
      'with a path': ({ form }) => form === 'with :scheme and :path' || form === 'with :path',
      'a tunnel': ({ form }) => form === 'with :authority alone',
      'a tunnel to no port': ({ form, authority }) => form === 'with :authority alone' && !/:[1-9]\d*$/.test(authority),
      'another protocol': ({ form }) => form === 'extended',
      'with a body': ({ hasBody }) => hasBody,
    },
    script: (script, { form, authority, hasBody }) => {
      const fields = withMethod('CONNECT', connects[form](authority));
      script.call(unaryCall({ responseSize: 3 }), { fields, endStream: !hasBody, legal: false }).expect(anyEnd);
    },
    check: (seen, { form }, facts) => {
      const call = seen.call();
      const isOffered = form === 'extended' && takesExtendedConnect(facts);
      if (call.shape === 'open' || isOffered || isRefusal(call)) return [];
      // What form an answer to CONNECT has that is none of HTTP, no document says; the status is an error all the same.
      const status = fieldValue(call.headers ?? [], 'grpc-status');
      const breach = callBreach(call, 'a refusal of CONNECT');
      return [status === undefined || status === '0' ? breach : { ...breach, severity: 'info' }];
    },
  }),

  experiment('REQ-39-head-without-content', {
    generates:
      'HEAD, and GET to compare with, for methods that are served and methods that are not, with and without a body, then two calls on the same connection',
    accepts: ['any end of HEAD without DATA octets', 'status OK with the answers asked for, for the calls behind it'],
    needs: ['unary'],
    effort: 0.2,
    borrows: ['before', 'arrival'],
    arbitrary: () =>
      arb.record({
        isServed: fc.boolean(),
        hasBody: fc.boolean(),
        payload: arb.message({ maxLength: 300 }),
        size: arb.responseSize({ maxLength: 300 }),
      }),
    examples: () =>
      [true, false].flatMap((isServed) =>
        [true, false].map((hasBody) => ({ isServed, hasBody, payload: { length: 3, seed: 1 }, size: 3 })),
      ),
    labels: {
      'a method that is served': ({ isServed }) => isServed,
      'a method that nobody serves': ({ isServed }) => !isServed,
      'with a body': ({ hasBody }) => hasBody,
      'END_STREAM on HEADERS': ({ hasBody }) => !hasBody,
    },
    script: (script, { isServed, hasBody, payload, size }) => {
      const served = unaryCall({ payload: octetsOf(payload), responseSize: size });
      const request = isServed ? served : unknownMethod('/grpcconform.nobody.Service/Method', served.messages);
      const about = { endStream: !hasBody, legal: false } as const;
      script.call(request, { ...about, as: 'GET', on: 'compared', fields: withMethod('GET') }).expect(anyEnd);
      script.call(request, { ...about, as: 'HEAD', fields: withMethod('HEAD') }).expect(anyEnd);
      for (const answer of [3, 5]) script.call(unaryCall({ responseSize: answer })).expect(payloadOf(answer), unsent);
    },
    check: (seen) => {
      const [get, head] = seen.calls;
      // Where GET was never answered nothing else was sent.
      if (get === undefined || head === undefined) return [];
      const [announced, wanted] = [head, get].map(({ headers, trailers }) =>
        fieldValue(headers ?? trailers ?? [], 'content-length'),
      );
      const breaches: Breach[] = [];
      const observed = `${head.dataOctets} octets of DATA in the answer to HEAD`;
      if (head.dataOctets > 0)
        breaches.push({ ...callBreach(head, 'an answer to HEAD without content', observed), reaction: 'content' });
      if (announced !== undefined && wanted !== undefined && announced !== wanted) {
        const other = 'the content-length of the answer to HEAD is not that of the answer to GET';
        const breach = callBreach(head, 'the content-length of the answer to GET, or none', other);
        breaches.push({ ...breach, severity: 'warn', reaction: 'another content-length' });
      }
      return breaches;
    },
  }),
];
