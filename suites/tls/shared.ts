import type { CipherSuite, TlsChoices } from '../../harness';

/**
 * What holds for all experiments about handshakes: they are quick, there are not many different ones, and what follows one that fails is none of our business.
 */
export const aboutHandshakes = { needs: ['tls'], effort: 0.2, afterwards: false, aboutConnecting: true } as const;

/** The versions in which HTTP/2 may be spoken (RFC 9113 §9.2). */
export const modern = ['TLSv1.2', 'TLSv1.3'] as const;

/** One version alone. */
export const onlyVersion = (version: (typeof modern)[number]): TlsChoices => ({ versions: [version, version] });

/** Where a target speaks one of the two alone, the handshake finds that one: which it is is another row's business. */
export const oneOrOther = (highest: (typeof modern)[number]): TlsChoices => ({ versions: ['TLSv1.2', highest] });

/** Suites as a ClientHello names them. */
export const idsOf = (suites: readonly CipherSuite[]): readonly number[] => suites.map(({ id }) => id);
