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
  unaryCall,
  unsent,
  type AnyProperty,
  type FieldSpec,
} from '../../harness';
import { writtenOnceOrTwice } from './shared';

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
    labels: {
      'an empty request': ({ payload }) => payload.length === 0,
      'a request of more than one frame': ({ payload }) => payload.length > 16_384,
      'an empty answer': ({ size }) => size === 0,
      'an answer of more than one frame': ({ size }) => size > 16_384,
    },
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
    labels: {
      'pseudo-header fields in another order': ({ pseudoOrder }) => pseudoOrder.some((pick, at) => pick % (4 - at) > 0),
      'regular fields in another order': ({ regularOrder }) => regularOrder.some((pick) => pick > 0),
      'with metadata': ({ metadata }) => metadata.length > 0,
      'in the usual order': ({ pseudoOrder, regularOrder }) =>
        [...pseudoOrder, ...regularOrder].every((pick) => pick === 0),
    },
    arbitrary: () =>
      arb.record({
        metadata: arb.metadata({ maxCount: 8 }),
        pseudoOrder: arb.choices({ maxCount: 4 }),
        regularOrder: arb.choices({ maxCount: 12 }),
      }),
    examples: () => [
      { metadata: [], pseudoOrder: [], regularOrder: [] },
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
    labels: {
      'GET or HEAD': ({ method }) => method === 'GET' || method === 'HEAD',
      OPTIONS: ({ method }) => method === 'OPTIONS',
      'POST in other letters': ({ method }) => method.toUpperCase() === 'POST',
      'a token of nobody': ({ method }) => method.startsWith('X'),
      'with a body': ({ hasBody }) => hasBody,
      'without a body': ({ hasBody }) => !hasBody,
    },
    arbitrary: () => arb.record({ method: arb.methodNotPost(), hasBody: fc.boolean() }),
    examples: () => ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'post'].map((method) => ({ method, hasBody: true })),
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
    labels: {
      'no :method alone': ({ missing, emptyPath }) => !emptyPath && missing.length === 1 && missing[0] === ':method',
      'no :scheme alone': ({ missing, emptyPath }) => !emptyPath && missing.length === 1 && missing[0] === ':scheme',
      'no :path alone': ({ missing, emptyPath }) => !emptyPath && missing.length === 1 && missing[0] === ':path',
      'an empty :path': ({ emptyPath }) => emptyPath,
    },
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
      'unary requests with :status, :test or a random pseudo-header field, or with a regular field among the pseudo-header fields',
    accepts: [rejected],
    needs: ['unary'],
    effort: 0.5,
    labels: {
      ':status': ({ stranger }) => stranger === ':status',
      'an unknown one': ({ stranger }) => stranger !== '' && stranger !== ':status',
      'te or content-type too early': ({ first }) => first === 'te' || first === 'content-type',
      'metadata too early': ({ first }) => first === 'x-early',
      'behind one field': ({ place }) => place === 1,
    },
    arbitrary: () => {
      const random = arb.metadataName({ maxLength: 10 }).map((name) => `:${name}`);
      const stranger = fc.oneof(fc.constantFrom(':status', ':test', ':x'), random);
      return fc.oneof(
        arb.record({ stranger, place: fc.nat(4), first: fc.constant<string>('') }),
        arb.record({
          stranger: fc.constant<string>(''),
          place: fc.nat(3),
          first: fc.constantFrom<string>('te', 'content-type', 'x-early'),
        }),
      );
    },
    examples: () => [
      ...[':status', ':test'].map((stranger) => ({ stranger, place: 4, first: '' })),
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

  experiment('REQ-07-uppercase-name', {
    generates:
      'unary requests with one field more, whose name has an upper-case letter at the start, inside or at the end; a third of them twice, then as an index to what the first one inserted',
    accepts: [rejected, unsent],
    needs: ['unary'],
    effort: 0.5,
    labels: {
      'a capital at the start': ({ name }) => /^[A-Z]/.test(name),
      'a capital at the end': ({ name }) => /[A-Z]$/.test(name),
      'one capital': ({ name }) => name.replace(/[^A-Z]/g, '').length === 1,
      'again, as an index': ({ again }) => again,
    },
    arbitrary: () => arb.record({ name: arb.upperCaseName(), again: fc.constantFrom(false, false, true) }),
    examples: () => ['X-name', 'x-namE', 'x-Name', 'X'].map((name) => ({ name, again: name === 'x-Name' })),
    script: (script, { name, again }) => {
      for (const writing of writtenOnceOrTwice(again)) {
        const metadata = [{ name, value: 'a', ...writing }];
        script.call(unaryCall({ responseSize: 3 }), { metadata, legal: false }).expect(rejected, unsent);
      }
    },
  }),
];
