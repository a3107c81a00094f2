import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { ConformError } from '../../error';
import { readNamedFile } from '../../read-named-file';
import { shortPrintable } from '../../report/printable';

/** Octets: all authorities that a system trusts are below half a MiB. */
const largestPem = 4 * 1024 * 1024;

/** PEM texts of the certificates that the user named. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Paths as given with `--cacert`, `--cert` and `--key`. */
export interface TlsFilePaths {
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the certificate files and checks, before anything is sent, that they are PEM and that the key belongs to the certificate.
 *
 * @throws ConformError ERR_USAGE naming the flag and the file.
 */
export function readTlsFiles(paths: TlsFilePaths): TlsFiles {
  if (paths.cert !== undefined && paths.key === undefined)
    throw usage('--cert needs --key: name the file of its private key');
  if (paths.key !== undefined && paths.cert === undefined)
    throw usage('--key needs --cert: name the file of its certificate');
  const ca = paths.cacert === undefined ? undefined : readFile('--cacert', paths.cacert);
  if (ca !== undefined) parseCertificate('--cacert', paths.cacert ?? '', ca);
  if (paths.cert === undefined || paths.key === undefined) return { ca };
  const cert = readFile('--cert', paths.cert);
  const key = readFile('--key', paths.key);
  const certificate = parseCertificate('--cert', paths.cert, cert);
  if (!certificate.checkPrivateKey(parseKey(paths.key, key))) {
    throw usage(
      `the private key ${paths.key} does not belong to the certificate ${paths.cert}: name the key it was made with`,
    );
  }
  return { ca, cert, key };
}

function readFile(flag: string, path: string): string {
  const read = readNamedFile(path, { largest: largestPem });
  // PEM is ASCII; what stands between the blocks may be anything.
  if (read.ok) return Buffer.from(read.value).toString('latin1');
  throw usage(`${flag} ${shortPrintable(path)} cannot be read: ${read.reason}`, read.cause);
}

function parseCertificate(flag: string, path: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw usage(`${flag} ${path} holds no PEM certificate: convert it to PEM (-----BEGIN CERTIFICATE-----)`, error);
  }
}

function parseKey(path: string, text: string): KeyObject {
  if (/ENCRYPTED/.test(text)) throw usage(`--key ${path} is protected by a pass phrase: give a key without one`);
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw usage(`--key ${path} holds no PEM private key: convert it to PEM (-----BEGIN PRIVATE KEY-----)`, error);
  }
}

function usage(message: string, cause?: unknown): ConformError {
  return new ConformError('ERR_USAGE', message, { cause });
}
