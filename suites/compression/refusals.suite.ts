import {
  arb,
  callBreach,
  endsWith,
  endsWithStatus,
  experiment,
  fc,
  gzip,
  property,
  splitFieldValues,
  status,
  stimulus,
  warned,
  type AnyProperty,
  type Breach,
  type Call,
} from '../../harness';
import {
  acceptEncoding,
  answersFlagged,
  errors,
  flagged,
  flaggedCall,
  laterMessage,
  oneMessage,
  otherEncodings,
  unknownEncoding,
} from './shared';

/** Those that the server has not said it accepts. */
const except = (accepted: readonly string[] = [], encodings: readonly string[]): readonly string[] =>
  encodings.filter((encoding) => !accepted.includes(encoding));

/** What the answer says that the server accepts; undefined when it does not say. */
function listedIn({ headers = [], trailers = [] }: Call): readonly string[] | undefined {
  const fields = [...headers, ...trailers];
  return fields.some(({ name }) => name === 'grpc-accept-encoding')
    ? splitFieldValues(fields, 'grpc-accept-encoding').filter((name) => name !== '')
    : undefined;
}

/** The server has that encoding after all, and says so in the same answer. */
const listsEncoding = (call: Call, encoding: string): boolean =>
  encoding !== '' && listedIn(call)?.includes(encoding) === true;

/** Refused by a status: what else a refusal must say is of no use where the call was served or reset. */
const isStatusRefusal = ({ shape, status: code }: Call): boolean =>
  (shape === 'normal' || shape === 'trailers-only') && code !== undefined && code !== status.OK;

/** The text of a refusal says why, and best of all what would not be refused. */
function saysWhy(call: Call, encoding: string | null): readonly Breach[] {
  const { message = '' } = call;
  if (message.trim() === '') {
    const breach = callBreach(call, 'a grpc-message that says why');
    return [{ ...breach, severity: 'warn', observed: 'a refusal without grpc-message', reaction: 'no grpc-message' }];
  }
  const names = encoding === null ? [] : [encoding, ...(listedIn(call) ?? []), 'gzip', 'identity'];
  if (names.length === 0 || names.some((name) => message.includes(name))) return [];
  const breach = callBreach(call, 'a grpc-message that names the encoding, or those that are supported');
  return [
    { ...breach, severity: 'info', observed: 'a grpc-message that names no encoding', reaction: 'vague grpc-message' },
  ];
}

/** Messages that cannot be read because of how they say they are compressed. */
export const refusals: readonly AnyProperty[] = [
  property({
    id: 'COMP-05-unsupported-encoding',
    generates: 'messages with Compressed-Flag 1 in encodings of other libraries, invented ones, an empty one and GZIP',
    accepts: ['status UNIMPLEMENTED', 'another error status, with a warning', 'service of GZIP, recorded as info'],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: ({ offers, acceptedEncodings }) =>
      arb.record({
        encoding: fc.oneof(
          fc.constantFrom(...except(acceptedEncodings, ['x-other', 'snappy', 'br', 'zstd', 'lz4', 'GZIP', ''])),
          arb.metadataName({ maxLength: 12 }),
        ),
        message: flagged(offers, { maxCount: 1 }),
      }),
    examples: ({ offers, acceptedEncodings }) => [
      { encoding: 'x-other', message: oneMessage },
      { encoding: 'x-other', message: { ...oneMessage, isUpload: offers.includes('client-streaming') } },
      ...except(acceptedEncodings, ['snappy', 'br', 'zstd', 'GZIP', '']).map((encoding) => ({
        encoding,
        message: oneMessage,
      })),
    ],
    labels: {
      'an encoding of another library': ({ encoding }) => ['snappy', 'br', 'zstd', 'lz4'].includes(encoding),
      'an invented name': ({ encoding }) => !['snappy', 'br', 'zstd', 'lz4', 'GZIP', ''].includes(encoding),
      'a client-streaming call': ({ message }, { offers }) => message.isUpload || !offers.includes('client-streaming'),
    },
    script: (script, { encoding, message }) => {
      // A server that takes GZIP for gzip shall be able to read it; in the others the plain octets would be served if the encoding were not looked at.
      const { request, body } = flaggedCall(message, (octets) => (encoding === 'GZIP' ? gzip(octets) : octets));
      script.call(request, { body, encoding, acceptEncoding });
    },
    check: (seen, { encoding, message }, { acceptedEncodings = [] }) => {
      const call = seen.call();
      // Octets that are none of an encoding which the server has are for it to refuse as it likes.
      if (acceptedEncodings.includes(encoding) || listsEncoding(call, encoding)) return [];
      if (encoding === 'GZIP' && answersFlagged(call, message).length === 0) {
        return [{ ...callBreach(call, 'status UNIMPLEMENTED', 'GZIP is read as gzip'), severity: 'info' }];
      }
      if (encoding !== '') return endsWithStatus(call, [status.UNIMPLEMENTED], errors);
      // An empty grpc-encoding can be read as none: then the flag alone is wrong.
      const breaches = endsWithStatus(call, [status.UNIMPLEMENTED, status.INTERNAL], errors);
      return breaches.map((breach) => ({ ...breach, rule: 'COMP-08-flag-without-encoding' }));
    },
  }),

  experiment('COMP-06-accept-encoding-on-refusal', {
    generates: 'messages with Compressed-Flag 1 in encodings of other libraries and invented ones',
    accepts: [
      'a refusal with grpc-accept-encoding, without the name that was refused',
      'one without grpc-accept-encoding, with a warning',
    ],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: (facts) => arb.record({ encoding: unknownEncoding(facts), message: flagged(facts.offers) }),
    examples: (facts) =>
      otherEncodings(facts).map((encoding, index) => ({
        encoding,
        message: index % 2 === 0 ? oneMessage : laterMessage(facts.offers),
      })),
    labels: {
      'an encoding of another library': ({ encoding }) => !encoding.startsWith('x-'),
      'an invented name': ({ encoding }) => encoding.startsWith('x-'),
      'a client-streaming call': ({ message }, { offers }) => message.isUpload || !offers.includes('client-streaming'),
    },
    script: (script, { encoding, message }) => {
      const { request, body } = flaggedCall(message, (octets) => octets);
      script.call(request, { body, encoding, acceptEncoding });
    },
    check: (seen, { encoding }) => {
      const call = seen.call();
      if (!isStatusRefusal(call)) return [];
      const listed = listedIn(call);
      const expected = 'grpc-accept-encoding that lists what is accepted, without what was refused';
      if (listed === undefined) {
        const observed = 'a refusal without grpc-accept-encoding';
        return [{ ...callBreach(call, expected, observed), severity: 'warn', reaction: 'no grpc-accept-encoding' }];
      }
      if (listed.length > 0 && !listed.includes(encoding)) return [];
      const observed =
        listed.length === 0 ? 'an empty grpc-accept-encoding' : 'the refused encoding is listed as accepted';
      return [{ ...callBreach(call, expected, observed), reaction: 'wrong grpc-accept-encoding' }];
    },
  }),

  stimulus('COMP-08-flag-without-encoding', {
    generates:
      'a message with Compressed-Flag 1, plain or compressed, the first or a later one, with grpc-encoding identity or none',
    accepts: [endsWith(status.INTERNAL), warned(endsWith(...errors))],
    needs: ['unary'],
    effort: 0.5,
    sends: ({ offers }) =>
      arb.record({ hasIdentity: fc.boolean(), isCompressed: fc.boolean(), message: flagged(offers) }),
    // Many servers fail with identity: it comes last, so that what else they do is seen as well.
    examples: ({ offers }) =>
      [false, true].flatMap((hasIdentity) => [
        { hasIdentity, isCompressed: false, message: oneMessage },
        { hasIdentity, isCompressed: false, message: laterMessage(offers) },
      ]),
    labels: {
      'grpc-encoding: identity': ({ hasIdentity }) => hasIdentity,
      'without grpc-encoding': ({ hasIdentity }) => !hasIdentity,
      'octets that are gzip': ({ isCompressed }) => isCompressed,
      'not the first message': ({ message: { isUpload, at, payloads } }, { offers }) =>
        (isUpload && at % payloads.length > 0) || !offers.includes('client-streaming'),
    },
    write: (script, { hasIdentity, isCompressed, message }) => {
      const { request, body } = flaggedCall(message, (octets) => (isCompressed ? gzip(octets) : octets));
      script.call(request, { body, acceptEncoding, legal: false, ...(hasIdentity ? { encoding: 'identity' } : {}) });
    },
  }),

  experiment('COMP-18-refusal-says-why', {
    generates:
      'messages with Compressed-Flag 1 in an encoding that the target does not have, with grpc-encoding identity, and with none',
    accepts: [
      'a refusal whose grpc-message names an encoding',
      'one that names none, recorded as info',
      'one without grpc-message, with a warning',
    ],
    needs: ['unary'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        encoding: fc.oneof(unknownEncoding(facts), fc.constantFrom(null, 'identity')),
        message: flagged(facts.offers),
      }),
    examples: (facts) =>
      ['x-other', null, 'identity'].flatMap((encoding) => [
        { encoding, message: oneMessage },
        { encoding, message: laterMessage(facts.offers) },
      ]),
    labels: {
      'an unknown encoding': ({ encoding }) => encoding !== null && encoding !== 'identity',
      'identity or none': ({ encoding }) => encoding === null || encoding === 'identity',
      'a client-streaming call': ({ message }, { offers }) => message.isUpload || !offers.includes('client-streaming'),
    },
    script: (script, { encoding, message }) => {
      const { request, body } = flaggedCall(message, (octets) => octets);
      script.call(request, { body, acceptEncoding, legal: false, ...(encoding === null ? {} : { encoding }) });
    },
    check: (seen, { encoding }) => {
      const call = seen.call();
      // Whether such a message is refused at all is for COMP-05 and COMP-08.
      return isStatusRefusal(call) ? saysWhy(call, encoding) : [];
    },
  }),
];
