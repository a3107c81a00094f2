import {
  anyEnd,
  arb,
  binaryValueOf,
  callBreach,
  echoedInHeaders,
  echoedInTrailers,
  echoInitialName,
  echoTrailingName,
  endsWith,
  endsWithStatus,
  experiment,
  fc,
  interleave,
  largestMetadata,
  longValueOf,
  nearMissPaths,
  octetsOf,
  payloadOf,
  plainHttp,
  property,
  recorded,
  status,
  stimulus,
  unaryCall,
  unknownMethod,
  warned,
  type AnyProperty,
  type FieldSpec,
  type LongValue,
} from '../../harness';

/** Content types that PROTOCOL-HTTP2 names, and that every gRPC server must serve. */
const servedContentTypes: readonly string[] = ['application/grpc', 'application/grpc+proto'];

/** The same with a parameter, which gRPC's grammar does not have: as a token, and as a quoted string with an escape in it (RFC 9110 §5.6.4). */
const parametrised: readonly string[] = [
  'application/grpc;charset=utf-8',
  'application/grpc; charset="utf\\-8"',
  'application/grpc;a="b;c=\\"d\\""',
];

/** The content type of Connect and of transcoding, which some servers speak on the same paths. */
const otherProtocol = 'application/json';

const withContentType = (fields: readonly FieldSpec[], value: string | null): readonly FieldSpec[] =>
  fields.flatMap((field) => (field.name !== 'content-type' ? [field] : value === null ? [] : [{ ...field, value }]));

const textOf = (value: string | LongValue): string => (typeof value === 'string' ? value : longValueOf(value));

/**
 * Near misses that a correct server may know. Generated code registers UnimplementedCall, to end with UNIMPLEMENTED once it has its message; and a server behind
 * an HTTP router may take no notice of case, which is another row's business (REQ-23).
 */
const isServedSomewhere = (path: string): boolean =>
  path.endsWith('.TestService/UnimplementedCall') || path.toLowerCase() === unaryCall().path.toLowerCase();

/** What the fields say: content-type, path, metadata. */
export const meaning: readonly AnyProperty[] = [
  experiment('REQ-15-content-type-accepted', {
    generates: 'unary calls with application/grpc, a +proto, +json or random subtype, or a parameter, quoted or not',
    accepts: [
      'status OK with the answer asked for',
      'a refusal of an unknown subtype',
      'a refusal of a parameter, with a warning',
    ],
    needs: ['unary'],
    effort: 0.3,
    labels: {
      'without subtype': ({ contentType }) => contentType === 'application/grpc',
      '+proto': ({ contentType }) => contentType === 'application/grpc+proto',
      'another subtype': ({ contentType }) => contentType.includes('+') && !servedContentTypes.includes(contentType),
      'a parameter': ({ contentType }) => contentType.includes(';'),
      'a quoted parameter': ({ contentType }) => contentType.includes('"'),
    },
    arbitrary: () =>
      arb.record({
        contentType: fc.oneof(
          // Most of them are those that must be served.
          { arbitrary: fc.constantFrom(...servedContentTypes), weight: 3 },
          { arbitrary: fc.constantFrom(...parametrised, 'application/grpc+json'), weight: 1 },
          { arbitrary: arb.metadataName({ maxLength: 12 }).map((name) => `application/grpc+${name}`), weight: 1 },
        ),
        payload: arb.message({ maxLength: 300 }),
      }),
    examples: () =>
      [...servedContentTypes, ...parametrised, 'application/grpc+json'].map((contentType) => ({
        contentType,
        payload: { length: 1, seed: 1 },
      })),
    script: (script, { contentType, payload }) => {
      const fields = (ordinary: readonly FieldSpec[]) => withContentType(ordinary, contentType);
      const legal = servedContentTypes.includes(contentType);
      const call = script.call(unaryCall({ payload: octetsOf(payload), responseSize: 3 }), { fields, legal });
      if (legal) call.expect(payloadOf(3));
      else if (contentType.includes('+')) call.expect(anyEnd);
      else call.expect(payloadOf(3), warned(anyEnd));
    },
  }),

  stimulus('REQ-16-content-type-not-grpc', {
    generates: 'unary requests with the content types of other things, an empty one, or none',
    accepts: [
      plainHttp(415),
      'a plain HTTP answer to application/json, recorded as info: on a server of several protocols it is a request of another one',
      'any other refusal or service, with a warning',
    ],
    needs: ['unary'],
    effort: 0.3,
    labels: {
      none: ({ contentType }) => contentType === null,
      'an empty one': ({ contentType }) => contentType === '',
      'JSON, which is another protocol': ({ contentType }) => contentType === otherProtocol,
      'another of application': ({ contentType }) =>
        contentType !== null && contentType !== otherProtocol && contentType.startsWith('application/'),
      'another type': ({ contentType }) => contentType !== null && /^(?:text|image)\//.test(contentType),
    },
    sends: () =>
      arb.record({
        contentType: fc.oneof(
          fc.constantFrom(null, '', 'text/html', 'application/json', 'image/jpeg', 'application/grp', 'grpc'),
          arb.metadataName({ maxLength: 12 }).map((name) => `application/${name}`),
        ),
      }),
    examples: () =>
      ['application/json', 'text/html', 'application/grp', '', null].map((contentType) => ({ contentType })),
    write: (script, { contentType }) => {
      const fields = (ordinary: readonly FieldSpec[]) => withContentType(ordinary, contentType);
      const call = script.call(unaryCall({ responseSize: 3 }), { fields, legal: false });
      if (contentType === otherProtocol) call.expect(plainHttp(415), recorded(plainHttp()));
    },
  }),

  property({
    id: 'REQ-21-unknown-service-or-method',
    generates: 'random names and near misses of real ones, with and without a message, half-closed or left open',
    accepts: [
      'status UNIMPLEMENTED',
      'UNIMPLEMENTED only when the request has ended, recorded as info',
      'a plain HTTP 404, with a warning',
    ],
    arbitrary: () =>
      arb.record({
        path: arb.unknownPath().filter((path) => !isServedSomewhere(path)),
        hasMessage: fc.boolean(),
        halfClose: fc.boolean(),
      }),
    labels: {
      'nearly the path of a method': ({ path }) => nearMissPaths.includes(path),
      'any other path': ({ path }) => !nearMissPaths.includes(path),
      'no message': ({ hasMessage }) => !hasMessage,
      'a request that is left open': ({ halfClose }) => !halfClose,
    },
    examples: () => [
      ...nearMissPaths
        .filter((path) => !isServedSomewhere(path))
        .slice(0, 4)
        .map((path) => ({ path, hasMessage: true, halfClose: true })),
      { path: '/grpcconform.nobody.Service/Method', hasMessage: true, halfClose: false },
      { path: '/grpcconform.nobody.Service/Method', hasMessage: false, halfClose: true },
    ],
    script: (script, { path, hasMessage, halfClose }) => {
      // The interop service declares UnimplementedCall, and a declared method may wait for a complete request with one message.
      const isDeclared = path.endsWith('/UnimplementedCall');
      const request = unknownMethod(path, hasMessage || isDeclared ? undefined : []);
      const completes = halfClose || isDeclared;
      const call = script.call(request, { halfClose: completes, awaitEnd: false });
      if (!completes) {
        // Whoever refuses by the header alone has done so by then; others may want the whole request, and get it.
        script.await({ see: 'end', stream: call.stream }, { within: 'quiet', optional: true });
        call.halfClose();
      }
      call.awaitEnd();
    },
    check: (seen, { halfClose }) => {
      const call = seen.call();
      const wrong = endsWithStatus(call, [status.UNIMPLEMENTED]);
      // A half-close that was still sent had to be waited for.
      const isLate =
        !halfClose && call.times.halfClosed !== undefined && !call.plan.path.endsWith('/UnimplementedCall');
      if (wrong.length > 0 || !isLate) return wrong;
      const observed = 'the method was refused only when the request had ended';
      const breach = callBreach(call, 'a refusal of the header alone', observed);
      return [{ ...breach, severity: 'info', reaction: 'waits for the end of the request' }];
    },
  }),

  experiment('REQ-24-ascii-metadata-roundtrip', {
    generates:
      'values over all printable ASCII up to 4 KiB, echoed by the handler, beside up to 8 fields with other names',
    accepts: ['status OK with the same value in Response-Headers'],
    needs: ['metadata'],
    arbitrary: (facts) =>
      arb.record({
        value: fc.oneof(
          arb.asciiValue({ minLength: 1 }),
          arb.longValue({ maxLength: Math.min(4096, largestMetadata(facts)) }),
        ),
        others: arb.metadata({ maxCount: largestMetadata(facts) < 4096 ? 2 : 8 }),
      }),
    examples: () =>
      ['a;b', 'a=b; c="d\\"', '%41%zz', '!"#$%&\'()*+-./:;<=>?@[\\]^_`{|}~', 'a  b', '-'].map((value) => ({
        value,
        others: [],
      })),
    labels: {
      'one character': ({ value }) => textOf(value).length === 1,
      'punctuation that means something elsewhere': ({ value }) => /[%;"\\=]/.test(textOf(value)),
      'inner blanks': ({ value }) => textOf(value).includes(' '),
      'more than 1,024 octets': ({ value }) => textOf(value).length > 1024,
      'among other fields': ({ others }) => others.length > 0,
    },
    script: (script, { value, others }) => {
      const metadata = [...others, { name: echoInitialName, value: textOf(value) }];
      script
        .call(unaryCall(), { metadata })
        .expect(endsWith(status.OK))
        .expect(echoedInHeaders([textOf(value)]));
    },
  }),

  experiment('REQ-25-duplicate-metadata-order', {
    generates: '2 to 10 values of one name, some with commas, between fields with other names',
    accepts: [
      'status OK with the same values in the same order, apart or joined',
      'the first value alone, recorded as info',
    ],
    needs: ['metadata'],
    arbitrary: () =>
      arb.record({
        values: fc.oneof(
          arb.repeatedValues({ maxLength: 24 }),
          arb.repeatedValues({ maxLength: 24, commas: true }),
          // Equal ones among others: whoever keeps each value once is seen by these alone.
          arb.list(fc.constantFrom('twice', 'again', 'once'), { minCount: 3, maxCount: 8 }),
        ),
        others: arb.metadata({ maxCount: 6 }),
        order: arb.choices({ maxCount: 16 }),
      }),
    examples: () => [
      { values: ['a', 'b'], others: [], order: [] },
      { values: ['1', '2', '3'], others: [], order: [] },
      { values: ['c', 'b', 'a', 'b'], others: [{ name: 'x-between', value: 'd' }], order: [0, 1] },
    ],
    labels: {
      'two values': ({ values }) => values.length === 2,
      'more than eight values': ({ values }) => values.length > 8,
      'equal values': ({ values }) => new Set(values).size < values.length,
      'values with commas': ({ values }) => values.some((value) => value.includes(',')),
      'fields of other names between them': ({ others, order }) => others.length > 0 && order.length > 0,
    },
    script: (script, { values, others, order }) => {
      const repeated = values.map((value) => ({ name: echoInitialName, value }));
      script
        .call(unaryCall(), { metadata: interleave([repeated, others], order) })
        .expect(endsWith(status.OK))
        .expect(echoedInHeaders(values));
    },
  }),

  experiment('REQ-26-bin-padding-optional', {
    generates: '0 to 64 random octets, padded or not, echoed by the handler in the trailers',
    accepts: ['status OK with the same octets in the trailers'],
    needs: ['metadata'],
    arbitrary: () => arb.record({ value: arb.binaryValue(), others: arb.binaryMetadata({ maxCount: 3 }) }),
    examples: () =>
      [1, 2, 3, 4].flatMap((length) =>
        [false, true].map((padding) => ({ value: { octets: { length, seed: 1 }, padding }, others: [] })),
      ),
    labels: {
      padded: ({ value }) => value.padding && value.octets.length % 3 !== 0,
      'unpadded, one character missing': ({ value }) => !value.padding && value.octets.length % 3 === 2,
      'unpadded, two characters missing': ({ value }) => !value.padding && value.octets.length % 3 === 1,
      'whole groups': ({ value }) => value.octets.length % 3 === 0,
      'among other binary fields': ({ others }) => others.length > 0,
    },
    script: (script, { value, others }) => {
      const metadata = others.map((other) => ({ name: other.name, value: binaryValueOf(other) }));
      const echoed = binaryValueOf(value);
      script
        .call(unaryCall(), { metadata: [{ name: echoTrailingName, value: echoed }, ...metadata] })
        .expect(endsWith(status.OK))
        .expect(echoedInTrailers([echoed]));
    },
  }),
];
