import { constants, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';

/** The Content-Codings that we can write and read ourselves (PROTOCOL-HTTP2, Content-Coding); `deflate` is the zlib format (compression.md). */
export type Encoding = 'identity' | 'gzip' | 'deflate';

export interface DeflateShape {
  /** 0 (stored blocks only) to 9; 6 when absent. */
  readonly level?: number;
  /** True: fixed Huffman codes only. */
  readonly fixed?: boolean;
  /** The window as a power of two, 9 to 15: what CINFO says in the zlib format (RFC 1950 §2.2); 15 when absent. */
  readonly windowBits?: number;
}

/** How a gzip member looks beside its contents (RFC 1952 §2.3); every shape is legal and means the same. */
export interface GzipShape extends DeflateShape {
  /** FNAME: ISO 8859-1 without NUL. */
  readonly name?: string;
  /** FCOMMENT: ISO 8859-1 without NUL. */
  readonly comment?: string;
  /** FHCRC. */
  readonly headerCrc?: boolean;
}

/** Flags of a gzip header (RFC 1952 §2.3.1). */
const gzipFlags = { headerCrc: 0x02, name: 0x08, comment: 0x10 } as const;

/** Octets of the header that zlib writes: no optional part (RFC 1952 §2.3). */
const plainHeaderLength = 10;

/** Octets of CRC32 and ISIZE after the contents (RFC 1952 §2.3). */
const gzipTrailerLength = 8;

/** One gzip member. */
export function gzip(octets: Uint8Array, shape: GzipShape = {}): Uint8Array {
  const plain = gzipSync(octets, zlibOptions(shape));
  const { name, comment, headerCrc = false } = shape;
  if (name === undefined && comment === undefined && !headerCrc) return asOctets(plain);
  const header = Buffer.concat([
    plain.subarray(0, plainHeaderLength),
    Buffer.from(`${terminated(name)}${terminated(comment)}`, 'latin1'),
  ]);
  header[3] =
    (name === undefined ? 0 : gzipFlags.name) |
    (comment === undefined ? 0 : gzipFlags.comment) |
    (headerCrc ? gzipFlags.headerCrc : 0);
  const check = headerCrc ? crc16(header) : Buffer.alloc(0);
  return asOctets(Buffer.concat([header, check, plain.subarray(plainHeaderLength)]));
}

/** One zlib stream. */
export function deflate(octets: Uint8Array, shape: DeflateShape = {}): Uint8Array {
  return asOctets(deflateSync(octets, zlibOptions(shape)));
}

/** Octets of the header of the zlib format, and of the check sum behind its contents (RFC 1950 §2.2). */
const zlibLengths = { header: 2, checkSum: 4 } as const;

/** The same contents without what makes a zlib stream of them: the deflate of RFC 1951, which is not that of HTTP (RFC 9110 §8.4.1.2). */
export const deflateRaw = (octets: Uint8Array, shape: DeflateShape = {}): Uint8Array =>
  deflate(octets, shape).subarray(zlibLengths.header, -zlibLengths.checkSum);

/** What a gzip member has beside its contents, for people: `gzip with a file name and a header check sum`; undefined for octets that are none. */
export function describeGzip(octets: Uint8Array): string | undefined {
  const [first, second, , flags = 0] = octets;
  if (first !== 0x1f || second !== 0x8b) return undefined;
  const parts = [
    ...(flags & gzipFlags.name ? ['a file name'] : []),
    ...(flags & gzipFlags.comment ? ['a comment'] : []),
    ...(flags & gzipFlags.headerCrc ? ['a header check sum'] : []),
  ];
  return parts.length === 0 ? 'gzip' : `gzip with ${parts.join(' and ')}`;
}

export type Inflated =
  | { readonly ok: true; readonly octets: Uint8Array }
  /** `too-large`: more than the limit comes out of it. `corrupt`: it is not of that encoding, is cut short, goes on behind its end, or its check sum is wrong. */
  | { readonly ok: false; readonly reason: 'too-large' | 'corrupt' };

/** Undoes an encoding without ever making more than `limit` octets; never throws. Several gzip members in a row are one stream (RFC 1952 §2.2). */
export function inflate(encoding: Encoding, octets: Uint8Array, limit: number): Inflated {
  if (encoding === 'identity') return octets.length > limit ? { ok: false, reason: 'too-large' } : { ok: true, octets };
  try {
    // zlib refuses a limit of 0, so that case asks for 1 octet and looks at what comes out.
    const options = { maxOutputLength: Math.max(1, limit), info: true };
    const { buffer, engine } = withEngine(
      encoding === 'gzip' ? gunzipSync(octets, options) : inflateSync(octets, options),
    );
    if (buffer.length > limit) return { ok: false, reason: 'too-large' };
    // zlib passes over octets behind the end of the stream, but a message is the stream and nothing else.
    return engine.bytesWritten === octets.length
      ? { ok: true, octets: asOctets(buffer) }
      : { ok: false, reason: 'corrupt' };
  } catch (error) {
    return { ok: false, reason: isTooLarge(error) ? 'too-large' : 'corrupt' };
  }
}

/** What zlib returns with the option `info`, of which its types do not know; `bytesWritten` are the octets of the input that it used. */
interface WithEngine {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const withEngine = (result: unknown): WithEngine => result as WithEngine;

function zlibOptions({ level = 6, fixed = false, windowBits = 15 }: DeflateShape) {
  return { level, windowBits, strategy: fixed ? constants.Z_FIXED : constants.Z_DEFAULT_STRATEGY };
}

function terminated(text: string | undefined): string {
  return text === undefined ? '' : `${text}\0`;
}

/** The two low octets of the CRC32, little-endian (RFC 1952 §2.3.1). zlib.crc32 is missing before Node 20.15, but each gzip trailer holds one. */
function crc16(octets: Uint8Array): Buffer {
  return gzipSync(octets).subarray(-gzipTrailerLength).subarray(0, 2);
}

function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function asOctets(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
