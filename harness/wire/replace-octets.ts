/** Octets with one ASCII text in place of another of the same length, wherever it stands; the very same octets where it does not. */
export function replaceOctets(octets: Uint8Array, text: string, by: string): Uint8Array {
  if (text === '' || text.length !== by.length) throw new RangeError('a text is replaced by one of its own length');
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let replaced: Buffer | undefined;
  for (let at = view.indexOf(text, 0, 'latin1'); at !== -1; at = view.indexOf(text, at + text.length, 'latin1')) {
    replaced ??= Buffer.from(view);
    replaced.write(by, at, 'latin1');
  }
  return replaced === undefined ? octets : new Uint8Array(replaced.buffer, replaced.byteOffset, replaced.byteLength);
}
