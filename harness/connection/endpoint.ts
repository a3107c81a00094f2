/** Where a target listens and how it is spoken to. */
export interface Endpoint {
  readonly address: Address;
  /** Present: TLS. */
  readonly tls?: TlsOptions;
}

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** PEM texts, already read from their files. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name for SNI and for the check of the certificate; the host when absent. */
  readonly servername?: string;
  /** True: any certificate is accepted. */
  readonly insecure: boolean;
}

/** The endpoint as a user would write it. */
export function describeAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
