import type { FieldSpec } from '../../../wire/hpack/encoder';
import { UnsupportedEncoding } from '../request-body';
import type { MakeSeams } from '../seams';
import { rememberEncodings } from './compressed-requests';
import { refusing } from './decompression';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { changeField, dropField, onBegin, onEnd, valueOf } from './operators';

/** The field that names what is accepted, in the refusal of an encoding. */
const onRefusal = (
  change: (fields: readonly FieldSpec[], refused: string) => readonly FieldSpec[],
): { readonly seams: MakeSeams } => ({
  seams: () => {
    const encodings = rememberEncodings();
    const { outbound } = onBegin((fields, streamId) =>
      (valueOf(fields, 'grpc-message') ?? '').endsWith('is not supported')
        ? change(fields, encodings.of(streamId) ?? '')
        : fields,
    );
    return { inbound: encodings.inbound, outbound };
  },
});

const notSupported = /is not supported$/;

const withoutEncoding = /^Compressed-Flag is 1/;

const dropText = (is: RegExp): Clause['outbound'] =>
  onEnd((fields) => (is.test(valueOf(fields, 'grpc-message') ?? '') ? dropField('grpc-message')(fields, 0) : fields))
    .outbound;

/** What a server says of the encodings that it accepts, and of those that it refuses. */
export const acceptedEncodingMutants: readonly Mutant[] = [
  ...mutantsOf('COMP-06-accept-encoding-on-refusal', {
    'lists-refused': {
      says: 'The refusal of an encoding lists it among those that are accepted',
      ...onRefusal((fields, refused) =>
        changeField('grpc-accept-encoding', (value) => `${value},${refused}`)(fields, 0),
      ),
    },
    missing: {
      says: 'The refusal of an encoding does not say which are accepted',
      ...onRefusal((fields) => dropField('grpc-accept-encoding')(fields, 0)),
    },
    empty: {
      says: 'grpc-accept-encoding of a refusal is empty',
      ...onRefusal((fields) => changeField('grpc-accept-encoding', () => '')(fields, 0)),
    },
    'lists-invented': {
      says: 'The refusal of an encoding that begins with x- lists it among those that are accepted',
      ...onRefusal((fields, refused) =>
        refused.startsWith('x-')
          ? changeField('grpc-accept-encoding', (value) => `${value},${refused}`)(fields, 0)
          : fields,
      ),
    },
  }),
  ...mutantsOf('COMP-16-accept-encoding-advertised', {
    'deflate-refused': {
      says: 'deflate is listed in grpc-accept-encoding, and refused',
      ...refusing('deflate'),
    },
    'gzip-refused': {
      says: 'gzip is listed in grpc-accept-encoding, and refused in streams',
      seams: () => {
        const encodings = rememberEncodings();
        return {
          inbound: encodings.inbound,
          policy: {
            receive: (message, read) => {
              if (message.compressed && message.manyMessages && encodings.of(message.streamId) === 'gzip')
                throw new UnsupportedEncoding('gzip');
              return read();
            },
          },
        };
      },
    },
    'no-list': {
      says: 'grpc-accept-encoding is no list of tokens between commas',
      ...onBegin((fields) => changeField('grpc-accept-encoding', (value) => value.replaceAll(',', ';'))(fields, 0)),
    },
    quoted: {
      says: 'The encodings in grpc-accept-encoding stand in quotation marks',
      ...onBegin((fields) => changeField('grpc-accept-encoding', (value) => `"${value}"`)(fields, 0)),
    },
  }),
  ...mutantsOf('COMP-17-undisclosed-encoding-disclosed', {
    'not-listed': {
      says: 'grpc-accept-encoding does not list gzip, which is accepted',
      ...onBegin((fields) => changeField('grpc-accept-encoding', (value) => value.replace(/,? ?gzip/, ''))(fields, 0)),
    },
    'deflate-not-listed': {
      says: 'grpc-accept-encoding does not list deflate, which is accepted',
      ...onBegin((fields) =>
        changeField('grpc-accept-encoding', (value) => value.replace(/,? ?deflate/, ''))(fields, 0),
      ),
    },
    missing: {
      says: 'No answer says which encodings are accepted',
      ...onBegin((fields) => dropField('grpc-accept-encoding')(fields, 0)),
    },
    'missing-where-unasked': {
      says: 'Only answers to clients that say what they accept say which encodings are accepted',
      seams: () => {
        const saying = new Set<number>();
        const { outbound } = onBegin((fields, streamId) =>
          saying.has(streamId) ? fields : dropField('grpc-accept-encoding')(fields, 0),
        );
        return {
          inbound: {
            section: (section) => {
              if (valueOf(section.fields, 'grpc-accept-encoding') !== undefined) saying.add(section.streamId);
              return section;
            },
          },
          outbound,
        };
      },
    },
  }),
  ...mutantsOf('COMP-18-refusal-says-why', {
    'unsupported-without-text': {
      says: 'The refusal of an encoding has no grpc-message',
      outbound: dropText(notSupported)!,
    },
    'flag-without-text': {
      says: 'The refusal of Compressed-Flag 1 without grpc-encoding has no grpc-message',
      outbound: dropText(withoutEncoding)!,
    },
    'empty-text': {
      says: 'The refusal of an encoding has an empty grpc-message',
      ...onEnd((fields) =>
        notSupported.test(valueOf(fields, 'grpc-message') ?? '')
          ? changeField('grpc-message', () => '')(fields, 0)
          : fields,
      ),
    },
  }),
];
