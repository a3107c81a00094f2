/** Where a value leaves the grammar of Percent-Encoded (PROTOCOL-HTTP2, Status-Message). */
export interface PercentEncodingFault {
  /** Offset in the value. */
  readonly at: number;
  /**
   * `octet`: outside 0x20 to 0x7e. `escape`: a % without two hex digits after it. `lower-case`: hex digits in lower case, which the grammar's remark
   * leaves out but every decoder takes.
   */
  readonly kind: 'octet' | 'escape' | 'lower-case';
}

/** The first fault that is not mere lower case; else the first lower case; else undefined. */
export function findPercentEncodingFault(value: string): PercentEncodingFault | undefined {
  let lowerCase: PercentEncodingFault | undefined;
  for (let at = 0; at < value.length; at++) {
    const octet = value.charCodeAt(at);
    if (octet < 0x20 || octet > 0x7e) return { at, kind: 'octet' };
    if (octet !== percent) continue;
    const digits = value.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return { at, kind: 'escape' };
    if (/[a-f]/.test(digits)) lowerCase ??= { at, kind: 'lower-case' };
    at += 2;
  }
  return lowerCase;
}

/** A text as grpc-message carries it. Lone surrogates become U+FFFD. */
export function encodePercent(text: string): string {
  return Array.from(Buffer.from(text, 'utf8'), encodeOctet).join('');
}

/**
 * The text of a grpc-message, whatever it holds: a % that starts no escape stands for itself, and octets that are no UTF-8 become U+FFFD (PROTOCOL-HTTP2
 * wants decoders to keep what they cannot decode).
 */
export function decodePercent(value: string): string {
  // Most of them have no escape.
  if (/^[ -$&-~]*$/.test(value)) return value;
  return Buffer.from(
    value.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  ).toString('utf8');
}

const percent = 0x25;

function encodeOctet(octet: number): string {
  return octet >= 0x20 && octet <= 0x7e && octet !== percent
    ? String.fromCharCode(octet)
    : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
