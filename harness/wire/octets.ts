/** A big-endian unsigned 16-bit integer; the caller has checked that both octets are there. */
export function readUint16(octets: Uint8Array, offset: number): number {
  return (octets[offset]! << 8) | octets[offset + 1]!;
}

/** A big-endian unsigned 24-bit integer; the caller has checked that the three octets are there. */
export function readUint24(octets: Uint8Array, offset: number): number {
  return (octets[offset]! << 16) | (octets[offset + 1]! << 8) | octets[offset + 2]!;
}

/** A big-endian unsigned 32-bit integer; the caller has checked that the four octets are there. */
export function readUint32(octets: Uint8Array, offset: number): number {
  return (
    ((octets[offset]! << 24) | (octets[offset + 1]! << 16) | (octets[offset + 2]! << 8) | octets[offset + 3]!) >>> 0
  );
}

/** Writes the low 16 bits of a value, big-endian. */
export function writeUint16(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 8;
  octets[offset + 1] = value;
}

/** Writes the low 24 bits of a value, big-endian. */
export function writeUint24(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 16;
  octets[offset + 1] = value >>> 8;
  octets[offset + 2] = value;
}

/** Writes the low 32 bits of a value, big-endian. */
export function writeUint32(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 24;
  octets[offset + 1] = value >>> 16;
  octets[offset + 2] = value >>> 8;
  octets[offset + 3] = value;
}
