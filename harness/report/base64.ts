/** Octets as base64 (RFC 4648 §4). Needs nothing of Node, because the report page uses it in a browser; Node's own is many times faster. */
export function encodeBase64(octets: Uint8Array): string {
  if (native !== undefined) return native.from(octets.buffer, octets.byteOffset, octets.length).toString('base64');
  const pieces: string[] = [];
  // Engines limit the number of arguments of a call; 8192 is far below.
  for (let start = 0; start < octets.length; start += 8192) {
    pieces.push(String.fromCharCode(...octets.subarray(start, start + 8192)));
  }
  return btoa(pieces.join(''));
}

const native = (globalThis as { readonly Buffer?: NativeBuffer }).Buffer;

interface NativeBuffer {
  from(octets: ArrayBufferLike, start: number, length: number): { toString(encoding: 'base64'): string };
}

/** The octets of a base64 text. @throws what `atob` throws for other texts; files are validated before. */
export function decodeBase64(base64: string): Uint8Array {
  const text = atob(base64);
  const octets = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) octets[index] = text.charCodeAt(index);
  return octets;
}

/** How many octets a base64 text stands for. */
export function base64Octets(base64: string): number {
  return (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);
}
