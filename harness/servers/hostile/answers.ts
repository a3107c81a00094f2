import { continuation, data, headers } from '../../wire/builders';
import { encodeFrames } from '../../wire/encode-frame';
import type { RawFrame } from '../../wire/frame';
import { HpackEncoder } from '../../wire/hpack/encoder';
import type { Field } from '../../wire/hpack/decoder';
import { joinOctets } from '../../wire/join-octets';

/** What every client accepts (RFC 9113 §6.5.2). */
const frameSize = 16_384;

/** Response-Headers as they should be. */
export const responseHeaders: readonly Field[] = [
  { name: ':status', value: '200' },
  { name: 'content-type', value: 'application/grpc' },
];

/** A field block that leaves the client's table as it is, so that it fits whatever a correct server said before. */
export function literalBlock(fields: readonly Field[]): Uint8Array {
  return new HpackEncoder().encode(
    fields.map((field) => ({ ...field, representation: 'without-indexing', nameIndex: 'literal', huffman: false })),
  );
}

/** A field block of any size, in HEADERS and CONTINUATION. */
export function blockFrames(
  stream: number,
  block: Uint8Array,
  options: { readonly endStream?: boolean } = {},
): readonly RawFrame[] {
  const pieces = cut(block);
  return pieces.map((piece, index) => {
    const endHeaders = index === pieces.length - 1;
    return index === 0
      ? headers(stream, piece, { ...options, endHeaders })
      : continuation(stream, piece, { endHeaders });
  });
}

/** A whole answer: Response-Headers, a body in DATA frames, trailers with a status. Octets. */
export function answer(
  stream: number,
  body: Uint8Array,
  { more = [], status = '0' }: { readonly more?: readonly Field[]; readonly status?: string } = {},
): Uint8Array {
  return encodeFrames([
    ...blockFrames(stream, literalBlock([...responseHeaders, ...more])),
    ...cut(body).map((piece) => data(stream, piece)),
    ...blockFrames(stream, literalBlock([{ name: 'grpc-status', value: status }]), { endStream: true }),
  ]);
}

/** Trailers-Only with a status and further fields. Octets. */
export function trailersOnly(stream: number, status: string, more: readonly Field[] = []): Uint8Array {
  const fields = [...responseHeaders, { name: 'grpc-status', value: status }, ...more];
  return encodeFrames(blockFrames(stream, literalBlock(fields), { endStream: true }));
}

function cut(octets: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(octets.length / frameSize));
  return Array.from({ length: count }, (_, index) => octets.subarray(index * frameSize, (index + 1) * frameSize));
}

/** The same octets again and again. */
export function repeat(octets: Uint8Array, times: number): Uint8Array {
  return joinOctets(Array.from({ length: times }, () => octets));
}
