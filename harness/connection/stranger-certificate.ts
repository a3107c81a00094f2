import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { encodeCertificate, toPem } from '../wire/certificate';
import type { StrangerKind } from './tls-choices';

/** A certificate with its chain, and its key, as PEM. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
}

const made = new Map<StrangerKind, MadeCertificate>();

/** A client certificate of a kind, made once in a process and kept in its memory only. */
export function makeClientCertificate(kind: StrangerKind): MadeCertificate {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const fresh = make(kind);
  made.set(kind, fresh);
  return fresh;
}

/** Years in which certificates hold. */
const always = [2001, 2049] as const;

function make(kind: StrangerKind): MadeCertificate {
  const own = newKeys();
  const key = own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const subject = 'grpc-conform stranger';
  if (kind !== 'of an unknown authority') {
    const years = kind === 'expired' ? ([2001, 2002] as const) : always;
    return { cert: certify({ subject, issuer: subject, years, isAuthority: false }, own, own), key };
  }
  const authority = newKeys();
  const issuer = 'grpc-conform unknown authority';
  const chain = [
    certify({ subject, issuer, years: always, isAuthority: false }, own, authority),
    certify({ subject: issuer, issuer, years: always, isAuthority: true }, authority, authority),
  ];
  return { cert: chain.join(''), key };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const newKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const certify = (
  about: Pick<Parameters<typeof encodeCertificate>[0], 'subject' | 'issuer' | 'years' | 'isAuthority'>,
  { publicKey }: Keys,
  { privateKey }: Keys,
): string =>
  toPem(
    'CERTIFICATE',
    encodeCertificate({
      ...about,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      sign: (octets) => sign('sha256', octets, privateKey),
    }),
  );
