import { inflate } from '../grpc/compression';
import { fieldValue, fieldValues } from '../grpc/metadata';
import { quoted } from './quoted';
import { callRule, type CallEnd, type CallMoment } from './rule';

/** Octets of a value that fit into a line of a report. */
const shown = 80;

/** Octets that are made of a compressed message at most: what is larger is not looked at. */
const largestInflated = 16 * 1024 * 1024;

/** The same of all messages of an answer together: small messages can each become a large one. */
const mostInflated = 4 * largestInflated;

const encodingOf = ({ after }: CallMoment): string | undefined => fieldValue(after.headers ?? [], 'grpc-encoding');

/** An encoding by which a message may be compressed. */
const isCoding = (encoding: string | undefined): encoding is string =>
  encoding !== undefined && encoding !== 'identity';

/** Compression.md: what says that it is compressed says how, and can be undone. */
export const encodingHeader = callRule('COMP-14-response-encoding-header', {
  packet: {
    looksAt: ({ isGrpcBody, messages }) => isGrpcBody && messages.some(({ compressedFlag }) => compressedFlag === 1),
    breach: (moment) => {
      const encoding = encodingOf(moment);
      if (!isCoding(encoding)) {
        return {
          observed: `a compressed message with ${encoding === undefined ? 'no grpc-encoding' : 'grpc-encoding identity'}`,
          expected: 'grpc-encoding in Response-Headers that names the compression',
          reaction: 'compressed without grpc-encoding',
        };
      }
      const wrong = moment.messages.find(
        ({ compressedFlag, octets }) => compressedFlag === 1 && !moment.inflates(encoding, octets),
      );
      if (wrong === undefined) return undefined;
      return {
        observed: `a message of ${wrong.octets.length} octets with Compressed-Flag 1 that is no ${encoding}`,
        expected: `a message that inflates with ${encoding}`,
        reaction: 'does not inflate',
      };
    },
  },
});

/** Compression.md. */
export const acceptedEncoding = callRule('COMP-13-never-unaccepted-encoding', {
  packet: {
    looksAt: ({ isGrpcBody, messages }) => isGrpcBody && messages.length > 0,
    breach: (moment) => {
      const encoding = encodingOf(moment);
      const { acceptEncoding } = moment.plan;
      const isCompressed = moment.messages.some(({ compressedFlag }) => compressedFlag === 1);
      if (!isCompressed || !isCoding(encoding) || acceptEncoding?.includes(encoding) === true) return undefined;
      return {
        observed: `a message compressed with ${quoted(encoding, shown)}`,
        expected:
          acceptEncoding === undefined
            ? 'plain messages, since the request had no grpc-accept-encoding'
            : `plain messages or one of ${acceptEncoding.map((name) => quoted(name, shown)).join(', ')}`,
        reaction: 'encoding not accepted',
        // Without the field a server may guess from the request's own encoding (catalogue COMP-13).
        ...(acceptEncoding === undefined ? { severity: 'warn' } : {}),
      };
    },
  },
});

/** A token (RFC 9110 §5.6.2): what an encoding is named by. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** PROTOCOL-HTTP2, Responses: Message-Accept-Encoding is a list of Content-Codings between commas; spaces after them are usual. */
export const acceptEncodingList = callRule('COMP-16-accept-encoding-advertised', {
  end: {
    looksAt: (end) => listsOf(end).length > 0,
    breach: (end) =>
      listsOf(end)
        .filter((value) => value.split(',').some((name) => !token.test(name.trim())))
        .map((value) => ({
          observed: `grpc-accept-encoding ${quoted(value, shown)}`,
          expected: 'names of encodings between commas',
          reaction: 'bad grpc-accept-encoding',
        })),
  },
});

const listsOf = ({ state: { headers = [], trailers = [] } }: CallEnd): readonly string[] =>
  fieldValues([...headers, ...trailers], 'grpc-accept-encoding');

/** Undoes the compression of one answer's messages, as long as they make no more octets than we have room for. */
export class Inflater {
  #made = 0;

  /** False when octets do not inflate; true also for encodings that we do not read, and for what is too large. */
  inflates(encoding: string, octets: Uint8Array): boolean {
    if (encoding !== 'gzip' && encoding !== 'deflate') return true;
    if (this.#made > mostInflated) return true;
    const inflated = inflate(encoding, octets, largestInflated);
    const isTooLarge = !inflated.ok && inflated.reason === 'too-large';
    this.#made += inflated.ok ? inflated.octets.length : isTooLarge ? largestInflated : 0;
    return inflated.ok || isTooLarge;
  }
}
