import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { status } from '../../../grpc/status';
import { errorCodes } from '../../../wire/error-codes';
import type { Frame } from '../../../wire/frame';
import type { ReceivedMessage } from '../policy';
import type { RequestMessage } from '../request-body';
import type { MakeSeams, Seams } from '../seams';
import { StatusError } from '../status-error';
import { gzipLengths } from './decompression';
import { mutantsOf, type Mutant } from './mutant';
import { onMessages, statusWhere, valueOf } from './operators';

const noOctets = new Uint8Array(0);

/** Remembers the grpc-encoding of each request. */
export function rememberEncodings(): {
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

/** What requests say of their encoding, by grpc-encoding and by the flag of each message, and what a server makes of it. */
export const compressedRequestMutants: readonly Mutant[] = [
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
  ...mutantsOf('COMP-05-unsupported-encoding', {
    'taken-for-empty': {
      says: 'A message in an unsupported encoding is taken for an empty message',
      policy: {
        refusesUnknownEncoding: false,
        decompress: (_, encoding, correct) => (['gzip', 'deflate'].includes(encoding) ? correct() : noOctets),
      },
    },
    'taken-as-it-is': {
      says: 'A message in an unsupported encoding is taken as it is',
      policy: {
        refusesUnknownEncoding: false,
        decompress: (octets, encoding, correct) => (['gzip', 'deflate'].includes(encoding) ? correct() : octets),
      },
    },
    internal: {
      says: 'A message in an unsupported encoding ends the call with INTERNAL',
      ...statusWhere((message) => message.endsWith('is not supported'), status.INTERNAL),
    },
    ok: {
      says: 'A message in an unsupported encoding ends the call with OK',
      ...statusWhere((message) => message.endsWith('is not supported'), status.OK),
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
  ...mutantsOf('COMP-08-flag-without-encoding', {
    identity: {
      says: 'Compressed-Flag 1 is ignored when grpc-encoding is identity',
      policy: { readFlag: (flag, encoding) => (encoding === 'identity' ? 0 : flag) },
    },
    missing: {
      says: 'Compressed-Flag 1 is ignored when grpc-encoding is missing',
      policy: { readFlag: (flag, encoding) => (encoding === undefined ? 0 : flag) },
    },
    'gzip-guessed': {
      says: 'Compressed-Flag 1 without grpc-encoding ends the call with OK',
      ...statusWhere((message) => message.startsWith('Compressed-Flag is 1'), status.OK),
    },
  }),
];
