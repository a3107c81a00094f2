import type { Field } from '../wire/hpack/decoder';

/** Names of fields that the gRPC library itself writes and reads start so; applications must not use them (PROTOCOL-HTTP2, Custom-Metadata). */
const reservedPrefix = 'grpc-';

/** True for Binary-Header names: their values are base64 (PROTOCOL-HTTP2, Binary-Header). */
export function isBinaryName(name: string): boolean {
  return name.endsWith('-bin');
}

/** True for names that belong to gRPC. */
export function isReservedName(name: string): boolean {
  return name.startsWith(reservedPrefix);
}

/** True for what PROTOCOL-HTTP2 allows as Header-Name: lower-case letters, digits, `_`, `-` and `.`, at least one. */
export function isMetadataName(name: string): boolean {
  return /^[0-9a-z_.-]+$/.test(name);
}

/** True for what PROTOCOL-HTTP2 allows as ASCII-Value, the empty value included, which every implementation takes. Outer spaces belong to HTTP, not to the value. */
export function isAsciiValue(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value) && value === value.trim();
}

/** Values of a name, in order, each as it was sent. */
export function fieldValues(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

/** Values of a name as one list: fields of one name and a field with their values joined by commas mean the same (PROTOCOL-HTTP2, Custom-Metadata). */
export function splitFieldValues(fields: readonly Field[], name: string): readonly string[] {
  return fieldValues(fields, name).flatMap(splitValue);
}

/** The parts of a value that commas separate, without the blanks around them. */
export function splitValue(value: string): readonly string[] {
  return value.split(',').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
}

/** The first value of a name, if it occurs. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

export function hasField(fields: readonly Field[], name: string): boolean {
  return fields.some((field) => field.name === name);
}

/** Octets as the value of a Binary-Header; PROTOCOL-HTTP2 recommends no padding. */
export function encodeBinaryValue(
  octets: Uint8Array,
  { padding = false }: { readonly padding?: boolean } = {},
): string {
  const base64 = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64');
  return padding ? base64 : base64.replace(/=+$/, '');
}

/**
 * The octets of one value of a Binary-Header (split joined ones first), or undefined when it is no base64: the standard alphabet, with complete padding or
 * none, and spare bits that are zero (RFC 4648 §3.5 and §4).
 */
export function decodeBinaryValue(value: string): Uint8Array | undefined {
  const match = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(value);
  if (match === null) return undefined;
  const [, digits = '', padding = ''] = match;
  const tail = digits.length % 4;
  if (tail === 1 || (padding !== '' && tail + padding.length !== 4)) return undefined;
  const octets = Buffer.from(digits, 'base64');
  // Encoding it again shows spare bits that were not zero.
  if (octets.toString('base64').replace(/=+$/, '') !== digits) return undefined;
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** The octets of every value of a Binary-Header, in order; undefined where a value is no base64. */
export function binaryFieldValues(fields: readonly Field[], name: string): readonly (Uint8Array | undefined)[] {
  return splitFieldValues(fields, name).map(decodeBinaryValue);
}

/** Octets as the string that a field holds: one character for each octet. */
export function latin1Of(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
}

/** The octets of a field's name or value. */
export function octetsOfLatin1(text: string): Uint8Array {
  const octets = Buffer.from(text, 'latin1');
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength);
}
