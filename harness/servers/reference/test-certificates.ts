import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root';

type CertificateFile =
  | 'ca.pem'
  | 'server.pem'
  | 'server.key.pem'
  | 'server-rsa.pem'
  | 'server-rsa.key.pem'
  | 'client.pem'
  | 'client.key.pem';

/**
 * Path of a test certificate: `server` is signed by `ca`; `server-rsa`, with an RSA key, and `client`, which the server trusts where it asks for client
 * certificates, are signed by themselves. The keys are public.
 */
export const certificateFile = (name: CertificateFile): string =>
  join(packageRoot(), 'harness/servers/reference/tls', name);

/** The PEM text of a test certificate or key. */
export const readCertificate = (name: CertificateFile): string => readFileSync(certificateFile(name), 'latin1');
