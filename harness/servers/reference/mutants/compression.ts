import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import { gzip } from '../../../grpc/compression';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { status } from '../../../grpc/status';
import { errorCodes } from '../../../wire/error-codes';
import { joinOctets } from '../../../wire/join-octets';
import type { Frame } from '../../../wire/frame';
import type { FieldSpec } from '../../../wire/hpack/encoder';
import { UnsupportedEncoding, type RequestMessage } from '../request-body';
import type { Policy, ReceivedMessage } from '../policy';
import type { MakeSeams, Seams } from '../seams';
import { StatusError } from '../status-error';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import {
  addField,
  changeField,
  dropField,
  isHeaders,
  onBegin,
  onEnd,
  onMessages,
  onRequests,
  statusWhere,
  valueOf,
} from './operators';

const noOctets = new Uint8Array(0);

/** Octets of a gzip header without optional fields, and of what stands behind the contents (RFC 1952 §2.3). */
const gzipLengths = { header: 10, trailer: 8, size: 4 } as const;

/** Octets that a server keeps for good: enough to be seen, and not too many for the machine. */
const mostLeaked = 192 * 1024 * 1024;

/** What a compressed message is read as. */
const decompressing = (decompress: Policy['decompress']): Seams => ({ policy: { decompress } });

/** What gzip is read as; undefined leaves it to the right way. */
const ungzipping = (read: (octets: Uint8Array) => Uint8Array | undefined): Seams =>
  decompressing((octets, encoding, correct) =>
    encoding === 'gzip' ? (attempt(read, octets) ?? correct()) : correct(),
  );

/** What deflate is read as; undefined leaves it to the right way. What it throws is a refusal. */
const undeflating = (read: (octets: Uint8Array) => Uint8Array | undefined): Seams =>
  decompressing((octets, encoding, correct) => (encoding === 'deflate' ? (read(octets) ?? correct()) : correct()));

const refuse = (text: string): never => {
  throw new StatusError(status.INTERNAL, text);
};

function attempt(read: (octets: Uint8Array) => Uint8Array | undefined, octets: Uint8Array): Uint8Array | undefined {
  try {
    return read(octets);
  } catch {
    return undefined;
  }
}

/** The contents of the first member, whatever stands behind them. */
const firstContents = (octets: Uint8Array): Uint8Array => inflateRawSync(octets.subarray(gzipLengths.header));

/** The first member, and how many octets of it there are. */
function firstMember(octets: Uint8Array): { readonly contents: Uint8Array; readonly length: number } {
  const { buffer, engine } = inflateRawSync(octets.subarray(gzipLengths.header), { info: true }) as unknown as {
    readonly buffer: Uint8Array;
    readonly engine: { readonly bytesWritten: number };
  };
  return { contents: buffer, length: gzipLengths.header + engine.bytesWritten + gzipLengths.trailer };
}

/** The same member with the size that its contents have. */
function withRightSize(octets: Uint8Array): Uint8Array {
  const right = Uint8Array.from(octets);
  new DataView(right.buffer).setUint32(right.length - gzipLengths.size, firstContents(octets).length, true);
  return right;
}

/** Streams whose request has such a grpc-encoding. */
function rememberEncodings(): {
  readonly inbound: NonNullable<Seams['inbound']>;
  readonly of: (streamId: number) => string | undefined;
} {
  const encodings = new Map<number, string | undefined>();
  return {
    inbound: {
      section: (section) => {
        if (valueOf(section.fields, ':path') !== undefined)
          encodings.set(section.streamId, valueOf(section.fields, 'grpc-encoding'));
        return section;
      },
    },
    of: (streamId) => encodings.get(streamId),
  };
}

/** Messages of requests with such a grpc-encoding, gzip unless given, otherwise; undefined: lost. */
const inEncoded = (
  change: (message: ReceivedMessage, read: () => RequestMessage) => RequestMessage | undefined,
  isMeant: (encoding: string | undefined) => boolean = (encoding) => encoding === 'gzip',
): { readonly seams: MakeSeams } => ({
  seams: () => {
    const encodings = rememberEncodings();
    return {
      inbound: encodings.inbound,
      policy: {
        receive: (message, read) => (isMeant(encodings.of(message.streamId)) ? change(message, read) : read()),
      },
    };
  },
});

const unreadable = (): never => {
  throw new StatusError(status.INTERNAL, 'message cannot be read');
};

/** Counts the compressed messages of each request. */
function countCompressed(): (message: ReceivedMessage) => number {
  const counts = new Map<number, number>();
  return ({ streamId, compressed }) => {
    const count = (counts.get(streamId) ?? 0) + (compressed ? 1 : 0);
    counts.set(streamId, count);
    return count;
  };
}

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

const afterInflating = /after decompression$/;
const notSupported = /is not supported$/;
const withoutEncoding = /^Compressed-Flag is 1/;
const corrupt = /^message is no/;

/** The connection ends together with calls that end with such a grpc-message. */
const endingConnection = (is: RegExp): { readonly seams: MakeSeams } => ({
  seams: (wire) => ({
    outbound: {
      section: (section) => {
        if (section.endStream && is.test(valueOf(section.fields, 'grpc-message') ?? ''))
          wire.fail(errorCodes.INTERNAL_ERROR, 'what cannot be read');
        return [section];
      },
    },
  }),
});

const dropText = (is: RegExp): Clause['outbound'] =>
  onEnd((fields) => (is.test(valueOf(fields, 'grpc-message') ?? '') ? dropField('grpc-message')(fields, 0) : fields))
    .outbound;

/** Rows about compression, those of COMP-02, COMP-05, COMP-08, COMP-13 and COMP-14 left out. */
export const compressionMutants: readonly Mutant[] = [
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
  ...mutantsOf('COMP-03-per-message-flag', {
    'encoding-counts': {
      says: 'Under grpc-encoding gzip every message is taken for a compressed one',
      policy: { readFlag: (flag, encoding) => (encoding === 'gzip' ? 1 : flag) },
    },
    'plain-lost': {
      says: 'A message with Compressed-Flag 0 that follows another one is lost under grpc-encoding gzip',
      ...inEncoded(({ compressed, number }, read) => (!compressed && number > 1 ? undefined : read())),
    },
    'compressed-raw': {
      says: 'A compressed message that follows another one is delivered as it is',
      ...inEncoded((message, read) =>
        message.compressed && message.number > 1 ? { ...read(), octets: message.octets } : read(),
      ),
    },
    'first-flag-counts': {
      says: 'A stream whose first message is not compressed cannot have compressed ones',
      seams: () => {
        const plain = new Set<number>();
        return {
          policy: {
            receive: (message, read) => {
              if (message.number === 1 && !message.compressed) plain.add(message.streamId);
              return message.compressed && plain.has(message.streamId) ? unreadable() : read();
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('COMP-04-fresh-context-per-message', {
    'second-unreadable': {
      says: 'The second compressed message of a request is read with what the first one left behind',
      seams: () => {
        const count = countCompressed();
        return {
          policy: { receive: (message, read) => (count(message) === 2 && message.compressed ? unreadable() : read()) },
        };
      },
    },
    'third-unreadable': {
      says: 'Only two messages of a request are inflated with a new context',
      seams: () => {
        const count = countCompressed();
        return {
          policy: { receive: (message, read) => (count(message) > 2 && message.compressed ? unreadable() : read()) },
        };
      },
    },
    'repeated-is-empty': {
      says: 'A compressed message with the octets of the one before it adds nothing',
      seams: () => {
        const last = new Map<number, Uint8Array>();
        return {
          policy: {
            receive: (message, read) => {
              const before = last.get(message.streamId);
              last.set(message.streamId, message.octets);
              const isSame = before !== undefined && Buffer.compare(before, message.octets) === 0;
              return isSame && message.compressed ? { ...read(), octets: noOctets } : read();
            },
          },
        };
      },
    },
    'answers-go-on': {
      says: 'The compressed messages of an answer are one gzip member: those behind the first have no header',
      ...onMessages((message, index) => [
        message[0] === 1 && index > 0
          ? encodeMessage(message.subarray(5 + gzipLengths.header), { compressedFlag: 1 })
          : message,
      ]),
    },
  }),
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
  ...mutantsOf('COMP-07-unsupported-encoding-flag-0', {
    'taken-for-empty': {
      says: 'Plain messages under an unknown encoding are taken for empty ones',
      ...inEncoded((message, read) => (message.compressed ? read() : { ...read(), octets: noOctets }), isUnknown),
    },
    hangs: {
      says: 'A call under an unknown encoding is never answered',
      ...onUnknown((frame) => (frame.type === 'DATA' ? [] : [frame])),
    },
    resets: {
      says: 'A call under an unknown encoding is reset',
      seams: (wire) => {
        const encodings = rememberEncodings();
        return {
          inbound: {
            ...encodings.inbound,
            frame: (frame) => {
              if (frame.type === 'DATA' && isUnknown(encodings.of(frame.streamId)))
                wire.reset(frame.streamId, errorCodes.INTERNAL_ERROR);
              return [frame];
            },
          },
        };
      },
    },
    'second-lost': {
      says: 'Only the first message of a call under an unknown encoding is delivered',
      ...inEncoded((message, read) => (message.number > 1 ? undefined : read()), isUnknown),
    },
  }),
  ...mutantsOf('COMP-09-corrupt-compressed-data', {
    'check-sum-ignored': {
      says: 'The check sum and the size of a gzip member are not looked at',
      ...ungzipping((octets) => firstContents(octets)),
    },
    'size-ignored': {
      says: 'The size of a gzip member is not looked at',
      ...ungzipping((octets) => gunzipSync(withRightSize(octets))),
    },
    'cut-accepted': {
      says: 'Of a gzip member that ends too early what is there is delivered',
      ...ungzipping((octets) =>
        octets.length === 0 ? undefined : gunzipSync(octets, { finishFlush: constants.Z_SYNC_FLUSH }),
      ),
    },
    'junk-passed-over': {
      says: 'Octets behind a gzip member are passed over',
      ...ungzipping((octets) => gunzipSync(octets.subarray(0, firstMember(octets).length))),
    },
    'first-member-alone': {
      says: 'Of two gzip members the first is delivered, and of other octets behind it nothing is said',
      ...ungzipping((octets) => firstMember(octets).contents),
    },
    'junk-delivered': {
      says: 'Octets behind a gzip member are delivered as a part of the message',
      ...ungzipping((octets) => {
        const { contents, length } = firstMember(octets);
        return joinOctets([contents, octets.subarray(length)]);
      }),
    },
    'raw-delivered': {
      says: 'A message that does not inflate is taken for an empty one',
      ...decompressing((_, __, correct) => attempt(correct, noOctets) ?? noOctets),
    },
    unknown: {
      says: 'A message that does not inflate ends the call with UNKNOWN',
      ...statusWhere((message) => corrupt.test(message), status.UNKNOWN),
    },
    'ends-connection': {
      says: 'A message that does not inflate ends the connection',
      ...endingConnection(corrupt),
    },
  }),
  ...mutantsOf('COMP-10-deflate-is-zlib', {
    'raw-alone': {
      says: 'deflate is read as raw deflate, without the zlib format around it',
      ...undeflating((octets) => inflateRawSync(octets)),
    },
    'largest-window-alone': {
      says: 'A zlib stream whose window is not the largest is refused',
      ...undeflating((octets) => ((octets[0] ?? 0) >> 4 === 7 ? undefined : refuse('message is no deflate'))),
    },
    'stored-refused': {
      says: 'A zlib stream of stored blocks is refused',
      ...undeflating((octets) => (((octets[2] ?? 0) >> 1) % 4 === 0 ? refuse('message is no deflate') : undefined)),
    },
    'raw-emptied': {
      says: 'Raw deflate is taken for an empty message',
      ...decompressing((octets, encoding, correct) => {
        if (encoding !== 'deflate') return correct();
        return attempt(correct, octets) ?? noOctets;
      }),
    },
    'sent-back': {
      says: 'deflate is refused as if nobody had it, although it is listed',
      ...refusing('deflate'),
    },
  }),
  ...mutantsOf('COMP-11-decompression-bomb', {
    'not-bounded': {
      says: 'The receive limit does not apply to what a message inflates to',
      ...ungzipping((octets) => gunzipSync(octets)),
    },
    'one-more': {
      says: 'A message that inflates to one octet above the limit is served',
      ...ungzipping((octets) => gunzipSync(octets, { maxOutputLength: 4_194_305 })),
    },
    kept: {
      says: 'A message that is too large once it is inflated is inflated to its end, and never freed',
      seams: (_, { leaked }) =>
        decompressing((octets, encoding, correct) => {
          if (encoding === 'gzip' && sumOfLengths(leaked) < mostLeaked) leaked.push(gunzipSync(octets));
          return correct();
        }),
    },
    'ends-connection': {
      says: 'A message that is too large once it is inflated ends the connection',
      ...endingConnection(afterInflating),
    },
    internal: {
      says: 'A message that is too large once it is inflated ends the call with INTERNAL',
      ...statusWhere((message) => afterInflating.test(message), status.INTERNAL),
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

const sumOfLengths = (all: readonly Uint8Array[]): number => all.reduce((sum, { length }) => sum + length, 0);

/** Messages with that encoding are refused as if nobody had it. */
function refusing(refused: string): Seams {
  return decompressing((_, encoding, correct) => {
    if (encoding === refused) throw new UnsupportedEncoding(refused);
    return correct();
  });
}

const known: readonly string[] = ['gzip', 'deflate', 'identity'];

function isUnknown(encoding: string | undefined): boolean {
  return encoding !== undefined && !known.includes(encoding);
}

/** Frames of calls with an unknown encoding, otherwise. */
function onUnknown(change: (frame: Frame) => readonly Frame[]): { readonly seams: MakeSeams } {
  return {
    seams: () => {
      const encodings = rememberEncodings();
      return {
        inbound: {
          ...encodings.inbound,
          frame: (frame) => (isUnknown(encodings.of(frame.streamId)) ? change(frame) : [frame]),
        },
      };
    },
  };
}

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
