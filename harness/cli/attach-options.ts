import type { AttachOptions } from '../launch/attach';
import { readTlsFiles } from '../launch/reach/tls-files';
import type { AnyProperty } from '../properties/property';
import type { Settings } from './setting-specs';

/** What the settings say about the target. @throws ConformError ERR_USAGE when certificate files are not what they must be. */
export function attachOptions(
  settings: Settings,
  properties: readonly AnyProperty[],
  signal: AbortSignal,
): AttachOptions {
  const {
    target,
    exec,
    gracefulSignal,
    hostile,
    plaintext,
    tls,
    insecure,
    servername,
    authority,
    messageLimit,
    headerLimit,
    maxStreams,
    keepaliveTime,
    keepaliveTimeout,
    maxAge,
    maxAgeGrace,
    maxIdle,
    timeout,
    connectTimeout,
    proto,
    importPath,
    protoset,
    useReflection,
    method,
    idempotent,
  } = settings;
  return {
    target,
    exec,
    gracefulSignal,
    hostile,
    transport: { plaintext, tls, insecure, servername, files: readTlsFiles(settings) },
    authority,
    metadata: settings.header ?? [],
    schema: { proto, importPath, protoset, useReflection, method, idempotent },
    messageLimit,
    headerLimit,
    maxStreams,
    claims: { keepaliveTime, keepaliveTimeout, maxAge, maxAgeGrace, maxIdle },
    timeout,
    connectTimeout,
    needs: properties.map((property) => property.needs ?? []),
    signal,
  };
}
