/** What is offered in a TLS handshake where it differs from the ordinary one, as plain data. ALPN stands in the step that opens the connection. */
export interface TlsChoices {
  /** The lowest and the highest version that is offered. */
  readonly versions?: readonly [TlsVersion, TlsVersion];
  /** Suites by OpenSSL's names; those of TLS 1.3 have their registered ones there. */
  readonly suites?: readonly string[];
  /** Groups for the key exchange, by OpenSSL's names. */
  readonly groups?: readonly string[];
  /** Signature algorithms, by OpenSSL's names. */
  readonly signatures?: readonly string[];
  /** The name of SNI; empty: none is sent. Whose certificate is accepted is not changed by it. */
  readonly servername?: string;
  /** Name of a connection of the script whose session is offered, where the target has given it one. */
  readonly resumes?: string;
  /** The client certificate in place of the user's. */
  readonly certificate?: 'none' | StrangerKind;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Client certificates that no server has a reason to trust, made when they are wanted. */
export const strangerKinds = ['self-signed', 'expired', 'of an unknown authority'] as const;
export type StrangerKind = (typeof strangerKinds)[number];
