import {
  anyEnd,
  arb,
  experiment,
  fc,
  octetsOf,
  payloadOf,
  permute,
  plainHttp,
  rejected,
  stimulus,
  unaryCall,
  type AnyProperty,
  type FieldSpec,
} from '../../harness';

/** Mandatory pseudo-header fields of a request (RFC 9113 §8.3.1). */
const mandatory = [':method', ':scheme', ':path'] as const;

/** Requests that lack so many of them. */
const lacking = (lengths: { readonly minLength: number; readonly maxLength?: number }) =>
  arb.record({ missing: fc.subarray([...mandatory], lengths), emptyPath: fc.constant(false) });

/** The pseudo-header fields of a list of fields, and the others. */
const partition = (fields: readonly FieldSpec[]) => ({
  pseudo: fields.filter(({ name }) => name.startsWith(':')),
  regular: fields.filter(({ name }) => !name.startsWith(':')),
});

/** The form of a request header: which fields there are, and in what order. */
export const headers: readonly AnyProperty[] = [
  experiment('REQ-01-minimal-request', {
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
    script: (script, { payload, size }) => {
      script.call(unaryCall({ payload: octetsOf(payload), responseSize: size })).expect(payloadOf(size));
    },
  }),

  experiment('REQ-02-regular-header-order-free', {
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
    script: (script, { metadata, pseudoOrder, regularOrder }) => {
      const fields = (ordinary: readonly FieldSpec[]) => {
        const { pseudo, regular } = partition(ordinary);
        return [...permute(pseudo, pseudoOrder), ...permute(regular, regularOrder)];
      };
      script.call(unaryCall({ responseSize: 3 }), { metadata, timeout: '1H', fields }).expect(payloadOf(3));
    },
  }),

  experiment('REQ-03-method-not-post', {
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
    script: (script, { method, hasBody }) => {
      const fields = (ordinary: readonly FieldSpec[]) =>
        ordinary.map((field) => (field.name === ':method' ? { ...field, value: method } : field));
      const call = script.call(unaryCall({ responseSize: 3 }), { fields, endStream: !hasBody, legal: false });
      if (method === 'GET' || method === 'HEAD') call.expect(anyEnd);
      else if (method === 'OPTIONS') call.expect(rejected, plainHttp());
      else call.expect(rejected);
    },
  }),

  experiment('REQ-04-mandatory-pseudo-missing', {
    generates: 'unary requests that lack one to three of these fields, or whose :path is empty',
    accepts: [rejected],
    needs: ['unary'],
    effort: 0.2,
    arbitrary: () =>
      fc.oneof(
        // One alone, most often: whoever looks for another field that is missing too would refuse the request for that.
        { arbitrary: lacking({ minLength: 1, maxLength: 1 }), weight: 3 },
        { arbitrary: lacking({ minLength: 2 }), weight: 1 },
        {
          arbitrary: arb.record({ missing: fc.subarray([':method', ':scheme']), emptyPath: fc.constant(true) }),
          weight: 1,
        },
      ),
    examples: () => [
      ...mandatory.map((name) => ({ missing: [name], emptyPath: false })),
      { missing: [], emptyPath: true },
    ],
    script: (script, { missing, emptyPath }) => {
      const fields = (ordinary: readonly FieldSpec[]) =>
        ordinary
          .filter(({ name }) => !missing.some((one) => one === name))
          .map((field) => (emptyPath && field.name === ':path' ? { ...field, value: '' } : field));
      script.call(unaryCall({ responseSize: 3 }), { fields, legal: false }).expect(rejected);
    },
  }),

  experiment('REQ-06-pseudo-unknown-or-misplaced', {
    generates:
      'unary requests with :status, :test or a random pseudo-header field, or a regular field among the pseudo-header fields',
    accepts: [rejected],
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
    script: (script, { stranger, place, first }) => {
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
      script
        .call(unaryCall({ responseSize: 3 }), { metadata: [{ name: 'x-early', value: 'a' }], fields, legal: false })
        .expect(rejected);
    },
  }),

  stimulus('REQ-07-uppercase-name', {
    generates:
      'unary requests with one field more, whose name has an upper-case letter at the start, inside or at the end',
    accepts: [rejected],
    needs: ['unary'],
    effort: 0.5,
    sends: () => arb.record({ name: arb.upperCaseName() }),
    examples: () => ['X-name', 'x-namE', 'x-Name', 'X'].map((name) => ({ name })),
    write: (script, { name }) =>
      script.call(unaryCall({ responseSize: 3 }), { metadata: [{ name, value: 'a' }], legal: false }),
  }),
];
