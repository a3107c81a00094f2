const strict = new TextDecoder('utf-8', { fatal: true });

/** True for octets that are text in UTF-8. What Node and browsers share: the page decodes messages as well. */
export function isUtf8(octets: Uint8Array): boolean {
  try {
    strict.decode(octets);
    return true;
  } catch {
    return false;
  }
}
