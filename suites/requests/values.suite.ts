import {
  anyEnd,
  arb,
  echoedInHeaders,
  echoInitialName,
  experiment,
  fc,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  unaryCall,
  unechoed,
  type AnyProperty,
} from '../../harness';

/** Content types that begin like gRPC's, or are it in other letters. */
const lookalikes = [
  'application/grpcfoo',
  'application/grpc-web',
  'application/grpc-web+proto',
  'application/grpc-web-text',
  'application/grpc.v2',
  'APPLICATION/GRPC',
  'Application/Grpc+Proto',
] as const;

/** Values that HTTP takes, or nearly so, and that gRPC reads in its own way. */
export const values: readonly AnyProperty[] = [
  experiment('REQ-10-value-outer-whitespace', {
    generates:
      'unary requests with metadata whose value has up to 4 blanks or tabs at one end or at both, or is nothing else',
    accepts: [
      rejected,
      'status OK with the value in the answer, with or without what is around it',
      'status OK without the value in the answer',
    ],
    needs: ['unary', 'metadata'],
    effort: 0.4,
    labels: {
      'blanks before it': ({ leading }) => leading !== '',
      'blanks behind it': ({ trailing }) => trailing !== '',
      'a tab': ({ leading, trailing }) => (leading + trailing).includes('\t'),
      'blanks inside as well': ({ value }) => value.includes(' '),
    },
    arbitrary: () => arb.blankedValue(),
    examples: () => [
      { leading: ' ', value: 'a', trailing: '' },
      { leading: '', value: 'a', trailing: '\t' },
      { leading: '\t ', value: 'a  b', trailing: ' \t' },
      { leading: ' ', value: '', trailing: '' },
    ],
    script: (script, { leading, value, trailing }) => {
      const metadata = [{ name: echoInitialName, value: leading + value + trailing }];
      script
        .call(unaryCall({ responseSize: 3 }), { metadata, legal: false })
        .expect(payloadOf(3), rejected)
        .expect(echoedInHeaders([value]), unechoed);
    },
  }),

  experiment('REQ-11-http-valid-non-ascii-value', {
    generates:
      'unary requests with metadata whose value has octets from 0x80 on, whole characters of UTF-8 or not, or tabs inside, or is empty',
    accepts: [
      'status OK with the value in the answer, or without it',
      'another value in the answer, recorded as info: what is done with such a value is not defined',
    ],
    needs: ['unary', 'metadata'],
    effort: 0.5,
    labels: {
      'a tab inside': ({ value }) => value.includes('\t'),
      'UTF-8': ({ value }) => /[\x80-\xff]/.test(value) && isUtf8(value),
      'no UTF-8': ({ value }) => !isUtf8(value),
      'a high octet first': ({ value }) => /^[\x80-\xff]/.test(value),
      'a high octet last': ({ value }) => /[\x80-\xff]$/.test(value),
      'an empty value': ({ value }) => value === '',
    },
    arbitrary: () => arb.record({ value: arb.httpOnlyValue() }),
    examples: () =>
      ['a\tb', 'a\x80b', 'a\xffb', 'caf\xc3\xa9', '\xa0a', 'a\xa0', '\xef\xbb\xbfa', ''].map((value) => ({ value })),
    script: (script, { value }) => {
      const metadata = [{ name: echoInitialName, value }];
      script
        .call(unaryCall({ responseSize: 3 }), { metadata, legal: false })
        .expect(payloadOf(3))
        .expect(echoedInHeaders([value]), unechoed, recorded(anyEnd));
    },
  }),

  experiment('REQ-17-content-type-lookalikes', {
    generates:
      'unary requests with application/grpc in other letters, or with something behind it that is neither a subtype nor a parameter',
    accepts: [
      'status OK with the answer asked for',
      rejected,
      'an answer in plain HTTP to application/grpc-web, recorded as info: there it is a request of another protocol',
    ],
    needs: ['unary'],
    effort: 0.3,
    labels: {
      'gRPC-Web': ({ contentType }) => contentType.startsWith('application/grpc-web'),
      'other letters': ({ contentType }) => contentType !== contentType.toLowerCase(),
      'letters behind it': ({ contentType }) => /^application\/grpc[a-z]/.test(contentType),
    },
    arbitrary: () =>
      arb.record({
        contentType: fc.oneof(
          fc.constantFrom<string>(...lookalikes),
          arb.metadataName({ maxLength: 10 }).map((name) => `application/grpc${name}`),
        ),
      }),
    examples: () => lookalikes.map((contentType) => ({ contentType })),
    script: (script, { contentType }) => {
      const call = script.call(unaryCall({ responseSize: 3 }), {
        fields: (ordinary) =>
          ordinary.map((field) => (field.name === 'content-type' ? { ...field, value: contentType } : field)),
        legal: false,
      });
      const isWeb = contentType.startsWith('application/grpc-web');
      call.expect(payloadOf(3), rejected, ...(isWeb ? [recorded(plainHttp())] : []));
    },
  }),
];

const isUtf8 = (value: string): boolean => !Buffer.from(value, 'latin1').toString('utf8').includes('\ufffd');
