import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import { status } from '../../../grpc/status';
import { joinOctets } from '../../../wire/join-octets';
import type { Policy } from '../policy';
import { UnsupportedEncoding } from '../request-body';
import type { Seams } from '../seams';
import { StatusError } from '../status-error';
import { mutantsOf, type Mutant } from './mutant';
import { endingConnection, statusWhere } from './operators';

const noOctets = new Uint8Array(0);

/** Octets of a gzip header without optional fields, and of what stands behind the contents (RFC 1952 §2.3). */
export const gzipLengths = { header: 10, trailer: 8, size: 4 } as const;

/** Bits of the fourth octet of a gzip member (RFC 1952 §2.3.1). */
const gzipFlag = { headerSum: 2, extra: 4, name: 8, comment: 16 } as const;

/** Octets that a server keeps for good: enough to be seen, and not too many for the machine. */
const mostLeaked = 192 * 1024 * 1024;

/** What a compressed message is read as. */
const decompressing = (decompress: Policy['decompress']): Seams => ({ policy: { decompress } });

/** A gzip member with that optional field cannot be read. */
const withoutGzip = (bit: number): Seams =>
  decompressing((octets, encoding, correct) => {
    if (encoding === 'gzip' && ((octets[3] ?? 0) & bit) !== 0)
      throw new StatusError(status.INTERNAL, 'gzip header with optional fields');
    return correct();
  });

/** What gzip is read as; undefined leaves it to the right way. */
const ungzipping = (read: (octets: Uint8Array) => Uint8Array | undefined): Seams =>
  decompressing((octets, encoding, correct) =>
    encoding === 'gzip' ? (attempt(read, octets) ?? correct()) : correct(),
  );

/** What deflate is read as; undefined leaves it to the right way. What it throws is a refusal. */
const undeflating = (read: (octets: Uint8Array) => Uint8Array | undefined): Seams =>
  decompressing((octets, encoding, correct) => (encoding === 'deflate' ? (read(octets) ?? correct()) : correct()));

/** Messages with that encoding are refused as if nobody had it. */
export function refusing(refused: string): Seams {
  return decompressing((_, encoding, correct) => {
    if (encoding === refused) throw new UnsupportedEncoding(refused);
    return correct();
  });
}

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

const afterInflating = /after decompression$/;

const corrupt = /^message is no/;

const sumOfLengths = (all: readonly Uint8Array[]): number => all.reduce((sum, { length }) => sum + length, 0);

/** What the octets of gzip and deflate are read as. */
export const decompressionMutants: readonly Mutant[] = [
  ...mutantsOf('COMP-02-gzip-request', {
    'optional-fields': {
      says: 'gzip members with optional header fields cannot be read',
      ...withoutGzip(0xff),
    },
    'file-name': { says: 'gzip members with a file name cannot be read', ...withoutGzip(gzipFlag.name) },
    comment: { says: 'gzip members with a comment cannot be read', ...withoutGzip(gzipFlag.comment) },
    'header-sum': { says: 'gzip members with a header check sum cannot be read', ...withoutGzip(gzipFlag.headerSum) },
    'large-cut': {
      says: 'Of a compressed message of more than 1,024 octets the last one is lost',
      ...decompressing((_, __, correct) => {
        const octets = correct();
        return octets.length > 1024 ? octets.subarray(0, -1) : octets;
      }),
    },
    'stored-blocks': {
      says: 'gzip members that begin with a stored block cannot be read',
      ...decompressing((octets, encoding, correct) => {
        // RFC 1951 §3.2.3: two bits behind the first one say what kind of block it is.
        if (encoding === 'gzip' && octets[3] === 0 && (((octets[10] ?? 0) >> 1) & 3) === 0)
          throw new StatusError(status.INTERNAL, 'stored block');
        return correct();
      }),
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
];
