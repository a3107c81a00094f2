import { gunzipSync } from 'node:zlib';
import { gzip } from '../../../grpc/compression';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import type { MakeSeams } from '../seams';
import { anyCall } from './answer-operators';
import { mutantsOf, type Mutant } from './mutant';
import { addField, changeField, dropField, isHeaders, onMessages, onRequests, valueOf } from './operators';

/** Messages of answers compressed by gzip where one says so, in a response that then says so as well. */
const compressingAnswers = (
  is: (about: {
    readonly octets: Uint8Array;
    readonly encoding: string | undefined;
    readonly accept: string | undefined;
  }) => boolean,
): { readonly seams: MakeSeams } => ({
  seams: () => {
    const requests = new Map<number, { readonly encoding: string | undefined; readonly accept: string | undefined }>();
    return {
      inbound: {
        section: (section) => {
          const { fields, streamId } = section;
          if (valueOf(fields, ':path') !== undefined)
            requests.set(streamId, {
              encoding: valueOf(fields, 'grpc-encoding'),
              accept: valueOf(fields, 'grpc-accept-encoding'),
            });
          return section;
        },
      },
      outbound: {
        section: (section) => [
          isHeaders(section)
            ? {
                ...section,
                fields: addField('grpc-encoding', 'gzip')(dropField('grpc-encoding')(section.fields, 0), 0),
              }
            : section,
        ],
        message: (message, { id }) => {
          const octets = message.subarray(5);
          const { encoding, accept } = requests.get(id) ?? { encoding: undefined, accept: undefined };
          return [
            message[0] === 0 && is({ octets, encoding, accept })
              ? encodeMessage(gzip(octets), { compressedFlag: 1 })
              : message,
          ];
        },
      },
    };
  },
});

/** Plain messages of answers whose grpc-encoding is gzip, compressed. */
function recompressing(is: (octets: Uint8Array, index: number) => boolean): { readonly seams: MakeSeams } {
  return {
    seams: () => {
      const zipped = new Set<number>();
      const counts = new Map<number, number>();
      return {
        outbound: {
          section: (section) => {
            if (valueOf(section.fields, 'grpc-encoding') === 'gzip') zipped.add(section.streamId);
            return [section];
          },
          message: (message, { id }) => {
            const index = counts.get(id) ?? 0;
            counts.set(id, index + 1);
            const octets = message.subarray(5);
            const changes = message[0] === 0 && zipped.has(id) && is(octets, index);
            return [changes ? encodeMessage(gzip(octets), { compressedFlag: 1 }) : message];
          },
        },
      };
    },
  };
}

/** Answers that are compressed where they must not be, or not as they say. */
export const compressedAnswerMutants: readonly Mutant[] = [
  ...mutantsOf('COMP-01-identity-explicit', {
    'field-refused': {
      says: 'grpc-encoding: identity is refused',
      ...onRequests((fields) =>
        valueOf(fields, 'grpc-encoding') === 'identity'
          ? changeField('content-type', () => 'text/plain')(fields, 0)
          : fields,
      ),
    },
    'flag-0-inflated': {
      says: 'Messages with Compressed-Flag 0 under grpc-encoding identity are taken for compressed ones',
      policy: { readFlag: (flag, encoding) => (encoding === 'identity' ? 1 : flag) },
    },
    'answers-compressed': {
      says: 'Answers of more than 1,024 octets are compressed by gzip though the client accepts identity alone',
      ...compressingAnswers(({ octets, accept }) => accept === 'identity' && octets.length > 1024),
    },
    'answers-guessed': {
      says: 'Answers are compressed by gzip where the client does not say what it accepts and names identity as its own encoding',
      ...compressingAnswers(({ encoding, accept }) => accept === undefined && encoding === 'identity'),
    },
  }),
  ...mutantsOf('COMP-12-response-uncompressed-by-default', {
    mirrored: {
      says: 'Answers to gzip requests are compressed by gzip though the client accepts other encodings alone',
      ...compressingAnswers(({ encoding, accept }) => encoding === 'gzip' && accept?.includes('gzip') === false),
    },
    'large-answers': {
      says: 'Answers of more than 1,024 octets are compressed by gzip for clients that accept deflate alone',
      ...compressingAnswers(({ octets, accept }) => accept === 'deflate' && octets.length > 1024),
    },
    obliged: {
      says: 'A gzip request of a client that does not accept gzip is refused',
      ...onRequests((fields) =>
        valueOf(fields, 'grpc-encoding') === 'gzip' &&
        valueOf(fields, 'grpc-accept-encoding')?.includes('gzip') === false
          ? changeField('content-type', () => 'text/plain')(fields, 0)
          : fields,
      ),
    },
  }),
  ...mutantsOf('COMP-13-never-unaccepted-encoding', {
    always: {
      says: 'Every answer is compressed with gzip, whatever the client accepts',
      provokedBy: ['RPC-01', 'RESP-01', 'RPC-03'],
      ...compressingAnswers(() => true),
    },
    'where-request-is': {
      says: 'Answers to compressed requests are compressed with gzip, whatever the client accepts',
      provokedBy: ['COMP-02', 'METHOD-11'],
      ...compressingAnswers(({ encoding }) => encoding !== undefined),
    },
    'large-answers': {
      says: 'Answers of more than 1,024 octets are compressed with gzip, whatever the client accepts',
      provokedBy: ['RPC-01', 'RPC-03', 'FRAME-23'],
      ...compressingAnswers(({ octets }) => octets.length > 1024),
    },
  }),
  ...mutantsOf('COMP-14-response-encoding-header', {
    'flag-without-encoding': {
      says: 'Messages of answers have Compressed-Flag 1, and no grpc-encoding says how',
      provokedBy: anyCall,
      ...onMessages((message) => [encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })]),
    },
    'identity-named': {
      says: 'Messages of answers have Compressed-Flag 1, and grpc-encoding is identity',
      provokedBy: anyCall,
      seams: () => ({
        outbound: {
          section: (section) => [
            isHeaders(section)
              ? { ...section, fields: [...section.fields, { name: 'grpc-encoding', value: 'identity' }] }
              : section,
          ],
          message: (message) => [encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })],
        },
      }),
    },
    'does-not-inflate': {
      says: 'Messages of answers have Compressed-Flag 1 and are not compressed, though grpc-encoding says gzip',
      provokedBy: anyCall,
      seams: () => ({
        outbound: {
          section: (section) => [
            isHeaders(section)
              ? { ...section, fields: [...section.fields, { name: 'grpc-encoding', value: 'gzip' }] }
              : section,
          ],
          message: (message) => [Buffer.concat([Uint8Array.of(1), message.subarray(1)])],
        },
      }),
    },
    'third-message': {
      says: 'The third message of an answer and those behind it have Compressed-Flag 1',
      provokedBy: ['RPC-03', 'TRAIL-03', 'RPC-04'],
      ...onMessages((message, index) => [
        index >= 2 ? encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 }) : message,
      ]),
    },
  }),
  ...mutantsOf('COMP-15-disable-per-message', {
    'second-on': {
      says: 'The second message of a stream and those behind it are compressed, asked for or not',
      ...recompressing((_, index) => index > 0),
    },
    'large-on': {
      says: 'Messages of a stream of more than 1,024 octets are compressed, asked for or not',
      ...recompressing((octets, index) => index > 0 && octets.length > 1024),
    },
    'stays-on': {
      says: 'Once a message of a stream was compressed, all behind it are',
      seams: () => {
        const on = new Set<number>();
        return {
          outbound: {
            message: (message, { id }) => {
              if (message[0] === 1) on.add(id);
              return [
                message[0] === 0 && on.has(id)
                  ? encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })
                  : message,
              ];
            },
          },
        };
      },
    },
    'stays-off': {
      says: 'Messages behind the first of a stream are never compressed',
      ...onMessages((message, index) => [
        message[0] === 1 && index > 0 ? encodeMessage(gunzipSync(message.subarray(5))) : message,
      ]),
    },
  }),
];
