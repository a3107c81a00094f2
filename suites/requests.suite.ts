import {
  answersUnary,
  arb,
  asWarnings,
  binaryValueOf,
  callBreach,
  echoInitialName,
  echoTrailingName,
  echoesInitial,
  echoesTrailing,
  endsWithStatus,
  fc,
  interleave,
  isOk,
  isRejected,
  largestMetadata,
  longValueOf,
  nearMissPaths,
  octetsOf,
  permute,
  property,
  status,
  suite,
  unaryCall,
  unknownMethod,
  type Call,
  type FieldSpec,
  type LongValue,
} from '../harness';

/** Mandatory pseudo-header fields of a request (RFC 9113 §8.3.1). */
const mandatory = [':method', ':scheme', ':path'] as const;

/** Content types that PROTOCOL-HTTP2 names, and that every gRPC server must serve. */
const servedContentTypes: readonly string[] = ['application/grpc', 'application/grpc+proto'];

/** The content type of Connect and of transcoding, which some servers speak on the same paths. */
const otherProtocol = 'application/json';

/** The pseudo-header fields of a list of fields, and the others. */
const partition = (fields: readonly FieldSpec[]) => ({
  pseudo: fields.filter(({ name }) => name.startsWith(':')),
  regular: fields.filter(({ name }) => !name.startsWith(':')),
});

const withContentType = (fields: readonly FieldSpec[], value: string | null): readonly FieldSpec[] =>
  fields.flatMap((field) => (field.name !== 'content-type' ? [field] : value === null ? [] : [{ ...field, value }]));

const textOf = (value: string | LongValue): string => (typeof value === 'string' ? value : longValueOf(value));

/**
 * Near misses that a correct server may know. Generated code registers UnimplementedCall, to end with UNIMPLEMENTED once it has its message; and a server behind
 * an HTTP router may take no notice of case, which is another row's business (REQ-23).
 */
const isServedSomewhere = (path: string): boolean =>
  path.endsWith('.TestService/UnimplementedCall') || path.toLowerCase() === unaryCall().path.toLowerCase();

/** Any end is an answer. */
const hasEnd = (call: Call) => (call.shape === 'open' ? [callBreach(call, 'any final answer')] : []);

export default suite('requests', [
  property({
    id: 'REQ-01-minimal-request',
    generates: 'unary calls without optional fields, with payloads of 0 to 20,000 octets both ways',
    accepts: ['status OK with the answer asked for'],
    needs: ['unary'],
    arbitrary: () =>
      arb.record({ payload: arb.message({ maxLength: 20_000 }), size: arb.responseSize({ maxLength: 20_000 }) }),
    examples: () => [
      { payload: { length: 0, seed: 0 }, size: 0 },
      { payload: { length: 0, seed: 0 }, size: 1 },
      { payload: { length: 1, seed: 1 }, size: 0 },
      { payload: { length: 2, seed: 1 }, size: 1 },
    ],
    script: (peer, { payload, size }) => {
      peer.call(unaryCall({ payload: octetsOf(payload), responseSize: size }));
    },
    check: (seen, { size }) => answersUnary(seen.call(), size),
  }),

  property({
    id: 'REQ-02-regular-header-order-free',
    generates: 'unary calls with a deadline and up to 8 fields of metadata, both groups of fields shuffled',
    accepts: ['status OK with the answer asked for'],
    needs: ['unary'],
    arbitrary: () =>
      arb.record({
        metadata: arb.metadata({ maxCount: 8 }),
        pseudoOrder: arb.choices({ maxCount: 4 }),
        regularOrder: arb.choices({ maxCount: 12 }),
      }),
    examples: () => [
      { metadata: [], pseudoOrder: [3, 2, 1], regularOrder: [] },
      { metadata: [{ name: 'x-before', value: 'content-type' }], pseudoOrder: [], regularOrder: [3, 1, 1, 0] },
      { metadata: [{ name: 'x-before', value: 'everything' }], pseudoOrder: [1], regularOrder: [3] },
    ],
    script: (peer, { metadata, pseudoOrder, regularOrder }) => {
      const fields = (ordinary: readonly FieldSpec[]) => {
        const { pseudo, regular } = partition(ordinary);
        return [...permute(pseudo, pseudoOrder), ...permute(regular, regularOrder)];
      };
      peer.call(unaryCall({ responseSize: 3 }), { metadata, timeout: '1H', fields });
    },
    check: (seen) => answersUnary(seen.call(), 3),
  }),

  property({
    id: 'REQ-03-method-not-post',
    generates: 'unary requests with methods of HTTP, POST in other letters and unknown tokens, with and without a body',
    accepts: [
      'HTTP 405, 501 or another error status of HTTP',
      'a status other than OK',
      'RST_STREAM',
      'any end for GET and HEAD',
      'any plain HTTP answer to OPTIONS, as to a preflight request of a browser',
    ],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: () => arb.record({ method: arb.methodNotPost(), hasBody: fc.boolean() }),
    examples: () => ['GET', 'HEAD', 'PUT', 'DELETE', 'post'].map((method) => ({ method, hasBody: true })),
    script: (peer, { method, hasBody }) => {
      const fields = (ordinary: readonly FieldSpec[]) =>
        ordinary.map((field) => (field.name === ':method' ? { ...field, value: method } : field));
      peer.call(unaryCall({ responseSize: 3 }), { fields, endStream: !hasBody, legal: false });
    },
    check: (seen, { method }) => {
      if (method === 'GET' || method === 'HEAD') return hasEnd(seen.call());
      return method === 'OPTIONS' && seen.call().shape === 'http' ? [] : isRejected(seen.call());
    },
  }),

  property({
    id: 'REQ-04-mandatory-pseudo-missing',
    generates: 'unary requests that lack one to three of these fields, or whose :path is empty',
    accepts: ['RST_STREAM', 'HTTP 4xx', 'a status other than OK', 'a connection error'],
    needs: ['unary'],
    effort: 0.2,
    arbitrary: () =>
      fc.oneof(
        {
          // One alone, most often: whoever looks for another field that is missing too would refuse the request for that.
          arbitrary: arb.record({
            missing: fc.subarray([...mandatory], { minLength: 1, maxLength: 1 }),
            emptyPath: fc.constant(false),
          }),
          weight: 3,
        },
        {
          arbitrary: arb.record({
            missing: fc.subarray([...mandatory], { minLength: 2 }),
            emptyPath: fc.constant(false),
          }),
          weight: 1,
        },
        {
          arbitrary: arb.record({ missing: fc.subarray([':method', ':scheme']), emptyPath: fc.constant(true) }),
          weight: 1,
        },
      ),
    examples: () => [
      ...mandatory.map((name) => ({ missing: [name], emptyPath: false })),
      { missing: [], emptyPath: true },
    ],
    script: (peer, { missing, emptyPath }) => {
      const fields = (ordinary: readonly FieldSpec[]) =>
        ordinary
          .filter(({ name }) => !missing.some((one) => one === name))
          .map((field) => (emptyPath && field.name === ':path' ? { ...field, value: '' } : field));
      peer.call(unaryCall({ responseSize: 3 }), { fields, legal: false });
    },
    check: (seen) => isRejected(seen.call()),
  }),

  property({
    id: 'REQ-06-pseudo-unknown-or-misplaced',
    generates:
      'unary requests with :status, :test or a random pseudo-header field, or a regular field among the pseudo-header fields',
    accepts: ['RST_STREAM', 'HTTP 4xx', 'a status other than OK', 'a connection error'],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: () => {
      const random = arb.metadataName({ maxLength: 10 }).map((name) => `:${name}`);
      const stranger = fc.oneof(fc.constantFrom(':status', ':test', ':x'), random);
      return fc.oneof(
        arb.record({ stranger, place: fc.nat(4), first: fc.constant('') }),
        arb.record({
          stranger: fc.constant(''),
          place: fc.nat(3),
          first: fc.constantFrom('te', 'content-type', 'x-early'),
        }),
      );
    },
    examples: () => [
      { stranger: ':test', place: 4, first: '' },
      { stranger: ':status', place: 4, first: '' },
      { stranger: '', place: 3, first: 'te' },
      { stranger: '', place: 0, first: 'x-early' },
    ],
    script: (peer, { stranger, place, first }) => {
      const fields = (ordinary: readonly FieldSpec[]) => {
        const { pseudo, regular } = partition(ordinary);
        const moved =
          stranger === '' ? regular.filter(({ name }) => name === first) : [{ name: stranger, value: '200' }];
        return [
          ...pseudo.slice(0, place),
          ...moved,
          ...pseudo.slice(place),
          ...regular.filter(({ name }) => name !== first),
        ];
      };
      peer.call(unaryCall({ responseSize: 3 }), { metadata: [{ name: 'x-early', value: 'a' }], fields, legal: false });
    },
    check: (seen) => isRejected(seen.call()),
  }),

  property({
    id: 'REQ-07-uppercase-name',
    generates:
      'unary requests with one field more, whose name has an upper-case letter at the start, inside or at the end',
    accepts: ['RST_STREAM', 'HTTP 4xx', 'a status other than OK', 'a connection error'],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: () => arb.record({ name: arb.upperCaseName() }),
    examples: () => ['X-name', 'x-namE', 'x-Name', 'X'].map((name) => ({ name })),
    script: (peer, { name }) => {
      peer.call(unaryCall({ responseSize: 3 }), { metadata: [{ name, value: 'a' }], legal: false });
    },
    check: (seen) => isRejected(seen.call()),
  }),

  property({
    id: 'REQ-15-content-type-accepted',
    generates: 'unary calls with application/grpc, a +proto, +json or random subtype, or a parameter',
    accepts: [
      'status OK with the answer asked for',
      'a refusal of an unknown subtype',
      'a refusal of a parameter, with a warning',
    ],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        contentType: fc.oneof(
          fc.constantFrom(...servedContentTypes, 'application/grpc;charset=utf-8', 'application/grpc+json'),
          arb.metadataName({ maxLength: 12 }).map((name) => `application/grpc+${name}`),
        ),
        payload: arb.message({ maxLength: 300 }),
      }),
    examples: () =>
      [...servedContentTypes, 'application/grpc;charset=utf-8', 'application/grpc+json'].map((contentType) => ({
        contentType,
        payload: { length: 1, seed: 1 },
      })),
    script: (peer, { contentType, payload }) => {
      const fields = (ordinary: readonly FieldSpec[]) => withContentType(ordinary, contentType);
      const legal = servedContentTypes.includes(contentType);
      peer.call(unaryCall({ payload: octetsOf(payload), responseSize: 3 }), { fields, legal });
    },
    check: (seen, { contentType }) => {
      if (servedContentTypes.includes(contentType)) return answersUnary(seen.call(), 3);
      return contentType.includes('+') ? hasEnd(seen.call()) : asWarnings(answersUnary(seen.call(), 3));
    },
  }),

  property({
    id: 'REQ-16-content-type-not-grpc',
    generates: 'unary requests with the content types of other things, an empty one, or none',
    accepts: [
      'HTTP 415, with or without a body',
      'a plain HTTP answer to application/json, recorded as info: on a server of several protocols it is a request of another one',
      'any other refusal or service, with a warning',
    ],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        contentType: fc.oneof(
          fc.constantFrom(null, '', 'text/html', 'application/json', 'image/jpeg', 'application/grp', 'grpc'),
          arb.metadataName({ maxLength: 12 }).map((name) => `application/${name}`),
        ),
      }),
    examples: () =>
      ['application/json', 'text/html', 'application/grp', '', null].map((contentType) => ({ contentType })),
    script: (peer, { contentType }) => {
      const fields = (ordinary: readonly FieldSpec[]) => withContentType(ordinary, contentType);
      peer.call(unaryCall({ responseSize: 3 }), { fields, legal: false });
    },
    check: (seen, { contentType }) => {
      const call = seen.call();
      if (call.shape === 'http' && call.httpStatus === 415) return [];
      const breach = callBreach(call, 'HTTP status 415');
      return [call.shape === 'http' && contentType === otherProtocol ? { ...breach, severity: 'info' } : breach];
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
    examples: () => [
      ...nearMissPaths
        .filter((path) => !isServedSomewhere(path))
        .slice(0, 4)
        .map((path) => ({ path, hasMessage: true, halfClose: true })),
      { path: '/grpcconform.nobody.Service/Method', hasMessage: true, halfClose: false },
      { path: '/grpcconform.nobody.Service/Method', hasMessage: false, halfClose: true },
    ],
    script: (peer, { path, hasMessage, halfClose }) => {
      // The interop service declares UnimplementedCall, and a declared method may wait for a complete request with one message.
      const isDeclared = path.endsWith('/UnimplementedCall');
      const request = unknownMethod(path, hasMessage || isDeclared ? undefined : []);
      const completes = halfClose || isDeclared;
      const call = peer.call(request, { halfClose: completes, awaitEnd: false });
      if (!completes) {
        // Whoever refuses by the header alone has done so by then; others may want the whole request, and get it.
        peer.await({ see: 'end', stream: call.stream }, { within: 'quiet', optional: true });
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

  property({
    id: 'REQ-24-ascii-metadata-roundtrip',
    generates:
      'values over all printable ASCII up to 4 KiB, echoed by the handler, beside up to 8 fields with other names',
    accepts: ['status OK with the same value in Response-Headers'],
    needs: ['metadata'],
    arbitrary: (facts) =>
      arb.record({
        value: fc.oneof(arb.asciiValue(), arb.longValue({ maxLength: Math.min(4096, largestMetadata(facts)) })),
        others: arb.metadata({ maxCount: largestMetadata(facts) < 4096 ? 2 : 8 }),
      }),
    examples: () =>
      ['a;b', 'a=b; c="d\\"', '%41%zz', '!"#$%&\'()*+-./:;<=>?@[\\]^_`{|}~', 'a  b', ''].map((value) => ({
        value,
        others: [],
      })),
    script: (peer, { value, others }) => {
      const metadata = [...others, { name: echoInitialName, value: textOf(value) }];
      peer.call(unaryCall(), { metadata });
    },
    check: (seen, { value }) => [...isOk(seen.call()), ...echoesInitial(seen.call(), [textOf(value)])],
  }),

  property({
    id: 'REQ-25-duplicate-metadata-order',
    generates: '2 to 10 values of one name, some with commas, between fields with other names',
    accepts: [
      'status OK with the same values in the same order, apart or joined',
      'the first value alone, recorded as info',
    ],
    needs: ['metadata'],
    arbitrary: () =>
      arb.record({
        values: fc.oneof(arb.repeatedValues({ maxLength: 24 }), arb.repeatedValues({ maxLength: 24, commas: true })),
        others: arb.metadata({ maxCount: 6 }),
        order: arb.choices({ maxCount: 16 }),
      }),
    examples: () => [
      { values: ['a', 'b'], others: [], order: [] },
      { values: ['1', '2', '3'], others: [], order: [] },
      { values: ['c', 'b', 'a', 'b'], others: [{ name: 'x-between', value: 'd' }], order: [0, 1] },
    ],
    script: (peer, { values, others, order }) => {
      const repeated = values.map((value) => ({ name: echoInitialName, value }));
      peer.call(unaryCall(), { metadata: interleave([repeated, others], order) });
    },
    check: (seen, { values }) => [...isOk(seen.call()), ...echoesInitial(seen.call(), values)],
  }),

  property({
    id: 'REQ-26-bin-padding-optional',
    generates: '0 to 64 random octets, padded or not, echoed by the handler in the trailers',
    accepts: ['status OK with the same octets in the trailers'],
    needs: ['metadata'],
    arbitrary: () => arb.record({ value: arb.binaryValue(), others: arb.binaryMetadata({ maxCount: 3 }) }),
    examples: () =>
      [1, 2, 3, 4].flatMap((length) =>
        [false, true].map((padding) => ({ value: { octets: { length, seed: 1 }, padding }, others: [] })),
      ),
    script: (peer, { value, others }) => {
      const metadata = others.map((other) => ({ name: other.name, value: binaryValueOf(other) }));
      peer.call(unaryCall(), { metadata: [{ name: echoTrailingName, value: binaryValueOf(value) }, ...metadata] });
    },
    check: (seen, { value }) => [...isOk(seen.call()), ...echoesTrailing(seen.call(), [octetsOf(value.octets)])],
  }),
]);
