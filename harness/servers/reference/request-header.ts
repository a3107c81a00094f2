import { grpcContentType, isGrpcContentType } from '../../grpc/content-type';
import { decodeBinaryValue, encodeBinaryValue, isBinaryName, isReservedName, splitValue } from '../../grpc/metadata';
import { status } from '../../grpc/status';
import { parseTimeout } from '../../grpc/timeout';
import type { Field } from '../../wire/hpack/decoder';
import type { Behaviour } from './behaviour';

/** What a field section asks for, once it has passed every check. */
export interface RequestHeader {
  readonly path: string;
  /** The answer's content-type is the request's. */
  readonly contentType: string;
  /** Milliseconds from the arrival of the header; absent: no deadline. */
  readonly timeout?: number;
  /** Value of grpc-encoding. */
  readonly encoding?: string;
  /** Names in grpc-accept-encoding. */
  readonly acceptEncoding: readonly string[];
  /** Octets of DATA that were announced. */
  readonly contentLength?: number;
  /** True when nothing stands beside the fields that every request has. */
  readonly minimal: boolean;
  /** Custom-Metadata in order; values of Binary-Headers are split and unpadded. */
  readonly metadata: readonly Field[];
}

export type ReadHeader =
  | { readonly is: 'request'; readonly request: RequestHeader }
  /** RFC 9113 §8.1.1. */
  | { readonly is: 'malformed'; readonly reason: string }
  /** Not a gRPC request: a plain HTTP status says so. */
  | { readonly is: 'http'; readonly status: number; readonly reason: string }
  /** A gRPC request that cannot be served. */
  | { readonly is: 'refused'; readonly status: number; readonly message: string; readonly contentType: string };

const malformed = (reason: string): ReadHeader => ({ is: 'malformed', reason });

/** Connection-specific fields (RFC 9113 §8.2.2). */
const connectionFields = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** What RFC 9113 §8.2.1 demands of a name, and what it recommends: a token (RFC 9110 §5.6.2). */
const visibleName = /^:?[\x21-\x39\x3b-\x40\x5b-\x7e]+$/;
const tokenName = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Octets that RFC 9110 §5.5 calls invalid, beside NUL, CR and LF, which RFC 9113 §8.2.1 calls malformed. */
export const isControlOctet = (octet: number): boolean =>
  octet === 0x7f || (octet < 0x20 && ![0x00, 0x09, 0x0a, 0x0d].includes(octet));

const hasControlOctet = (value: string): boolean => Buffer.from(value, 'latin1').some(isControlOctet);

const requestPseudoFields = new Set([':method', ':scheme', ':path', ':authority']);

/** Octets that RFC 9113 §8.2.1 forbids in a regular field. */
const isFlawed = ({ name, value }: Field): boolean =>
  !name.startsWith(':') && (/^$|[\0-\x20:\x7f-\xff]/.test(name) || /[\0\r\n]|^[ \t]|[ \t]$/.test(value));

/** A list of `trailers` alone, whose members have no case (RFC 9110 §5.6.1.2, §10.1.4). */
const isTrailersAlone = (te: string): boolean =>
  te.split(',').every((member) => ['', 'trailers'].includes(member.trim().toLowerCase()));

/** What is wrong with a field of any section by RFC 9113 §8.2, or undefined. */
export function findFieldFault({ name, value }: Field, { varies }: Behaviour): string | undefined {
  const names = varies('any-visible-names') ? visibleName : tokenName;
  if (!names.test(name)) return 'field name with a forbidden octet, or none';
  if (hasControlOctet(value) && !varies('control-octets-kept')) return `value of ${name} with a control octet`;
  if (/[\0\r\n]/.test(value)) return `value of ${name} with NUL, CR or LF`;
  if (/^[ \t]|[ \t]$/.test(value)) return `value of ${name} with outer whitespace`;
  if (connectionFields.has(name)) return `connection-specific field ${name}`;
  const isTe = varies('te-as-list') ? isTrailersAlone : (te: string): boolean => te === 'trailers';
  if (name === 'te' && !isTe(value)) return 'te is not trailers';
  return undefined;
}

/** Reads the field section that opens a request: RFC 9113 §8 first, then PROTOCOL-HTTP2, Requests. @param isEncrypted it came over TLS */
export function readRequestHeader(fields: readonly Field[], behaviour: Behaviour, isEncrypted = false): ReadHeader {
  const sorted = sortFields(mendFields(fields, behaviour), behaviour);
  if (typeof sorted === 'string') return malformed(sorted);
  const { pseudo, regular } = sorted;
  const authority = findAuthorityFault(pseudo.get(':authority'), regular, behaviour);
  if (authority !== undefined) return malformed(authority);
  if (behaviour.varies('scheme-checked') && pseudo.get(':scheme') !== (isEncrypted ? 'https' : 'http'))
    return malformed(':scheme does not fit the transport');
  const target = readTarget(pseudo, behaviour);
  if (typeof target !== 'string') return target;
  const contentLength = readContentLength(regular, behaviour);
  if (typeof contentLength === 'string') return malformed(contentLength);
  return readGrpc(target, regular, contentLength, behaviour);
}

/** Fields as they are looked at, where a server does not take flawed ones for malformed. */
function mendFields(fields: readonly Field[], { varies }: Behaviour): readonly Field[] {
  if (varies('flawed-fields-dropped')) return fields.filter((field) => !isFlawed(field));
  if (!varies('blanks-stripped')) return fields;
  return fields.map(({ name, value }) => ({ name, value: value.replace(/^[ \t]+|[ \t]+$/g, '') }));
}

interface SortedFields {
  readonly pseudo: ReadonlyMap<string, string>;
  readonly regular: readonly Field[];
}

/** Checks every field by itself and its place (RFC 9113 §8.2, §8.3); a text says what is malformed. */
function sortFields(fields: readonly Field[], behaviour: Behaviour): SortedFields | string {
  const pseudo = new Map<string, string>();
  const regular: Field[] = [];
  for (const field of fields) {
    const fault = findFieldFault(field, behaviour);
    if (fault !== undefined) return fault;
    if (!field.name.startsWith(':')) {
      regular.push(field);
      continue;
    }
    if (!requestPseudoFields.has(field.name)) return `unknown pseudo-header field ${field.name}`;
    if (regular.length > 0) return `${field.name} after a regular field`;
    if (pseudo.has(field.name)) return `${field.name} twice`;
    pseudo.set(field.name, field.value);
  }
  if (behaviour.varies('te-required') && !regular.some(({ name }) => name === 'te')) return 'no te';
  return { pseudo, regular };
}

/** A host that is not empty, and a port (RFC 3986 §3.2). */
const isHostAndPort = (authority: string): boolean =>
  /^(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]{0,5})?$/.test(authority);

/** RFC 9113 §8.3.1; gRFC A41 for several Host fields. */
function findAuthorityFault(
  authority: string | undefined,
  regular: readonly Field[],
  { varies }: Behaviour,
): string | undefined {
  if (authority?.includes('@') === true && !varies('any-authority')) return 'userinfo in :authority';
  const hosts = regular.filter(({ name }) => name === 'host');
  if (varies('authority-required') && authority === undefined && hosts.length === 0) return 'no authority';
  if (varies('strict-authority') && authority !== undefined && !isHostAndPort(authority)) return ':authority is none';
  if (varies('host-discarded') && authority !== undefined) return undefined;
  if (hosts.length > 1) return 'several host fields';
  const [host] = hosts;
  return host !== undefined && authority !== undefined && host.value !== authority
    ? 'host differs from :authority'
    : undefined;
}

/** The path, when it is the path of a POST; else why it is not served. */
function readTarget(pseudo: ReadonlyMap<string, string>, { varies }: Behaviour): string | ReadHeader {
  const method = pseudo.get(':method');
  const scheme = pseudo.get(':scheme');
  const path = pseudo.get(':path');
  if (method === undefined || method === '') return malformed('no :method');
  if (method === 'CONNECT') {
    // RFC 9113 §8.5: CONNECT has neither :scheme nor :path.
    if (scheme !== undefined || path !== undefined) return malformed('CONNECT with :scheme or :path');
    return { is: 'http', status: 405, reason: 'CONNECT is not served' };
  }
  if (scheme === undefined || scheme === '') return malformed('no :scheme');
  if (path === undefined || path === '') return malformed('no :path');
  if (method === 'OPTIONS' && varies('options-204')) return { is: 'http', status: 204, reason: 'CORS' };
  if (method !== 'POST') return { is: 'http', status: 405, reason: `method ${method.slice(0, 20)} is not POST` };
  // RFC 9113 §8.3.1: only OPTIONS may have a path that does not begin with a slash.
  if (!path.startsWith('/')) return malformed(':path without a leading slash');
  return varies('path-normalised') ? normalisePath(path) : path;
}

/** The path as a router of URIs may read it (RFC 3986 §6.2.2). */
function normalisePath(path: string): string {
  const segments: string[] = [];
  for (const written of path.replace(/[?;].*$/s, '').split('/')) {
    const segment = written.replace(/%[0-7][0-9A-Fa-f]/g, (escape) =>
      String.fromCharCode(parseInt(escape.slice(1), 16)),
    );
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** RFC 9110 §8.6: equal values of a length that is repeated may be taken for one. */
function readContentLength(regular: readonly Field[], { varies }: Behaviour): number | undefined | string {
  const values = regular.filter(({ name }) => name === 'content-length').map(({ value }) => value);
  if (values.length === 0 || varies('content-length-unread')) return undefined;
  const [length = '', ...more] = varies('content-length-merged') ? new Set(values.flatMap(splitValue)) : values;
  if (more.length > 0) return 'several content-length fields';
  return /^[0-9]{1,15}$/.test(length) ? Number(length) : 'content-length is no number';
}

/** PROTOCOL-HTTP2, Requests. */
function readGrpc(
  path: string,
  regular: readonly Field[],
  contentLength: number | undefined,
  behaviour: Behaviour,
): ReadHeader {
  const contentType = regular.find(({ name }) => name === 'content-type')?.value ?? '';
  const isServed = behaviour.varies('content-type-prefix')
    ? contentType.startsWith('application/grpc')
    : isGrpcContentType(contentType);
  if (!isServed) {
    const isJson = behaviour.varies('http-400-json') && contentType.startsWith('application/json');
    return { is: 'http', status: isJson ? 400 : 415, reason: 'content-type is not application/grpc' };
  }
  const refused = (code: number, message: string): ReadHeader => ({
    is: 'refused',
    status: code,
    message,
    contentType,
  });
  const subtype = /\+([^;\s]*)/.exec(contentType)?.[1];
  if (subtype !== undefined && subtype.toLowerCase() !== 'proto') {
    return {
      ...refused(status.UNIMPLEMENTED, `no codec for ${subtype}`),
      contentType: 'application/grpc',
    } as ReadHeader;
  }
  const timeouts = regular.filter(({ name }) => name === 'grpc-timeout').map(({ value }) => parseTimeout(value));
  if (timeouts.length > 1 || (timeouts.length === 1 && timeouts[0] === undefined)) {
    return refused(status.INTERNAL, 'malformed grpc-timeout');
  }
  const metadata = readMetadata(regular, behaviour);
  if (metadata === undefined) return refused(status.INTERNAL, 'binary metadata is not base64');
  const value = (name: string): string | undefined => regular.find((field) => field.name === name)?.value;
  return {
    is: 'request',
    request: {
      path,
      contentType: isGrpcContentType(contentType) ? contentType : grpcContentType,
      timeout: timeouts[0],
      encoding: value('grpc-encoding'),
      acceptEncoding: regular
        .filter(({ name }) => name === 'grpc-accept-encoding')
        .flatMap((field) => splitValue(field.value)),
      contentLength,
      minimal: regular.every(({ name }) => name === 'te' || name === 'content-type'),
      metadata,
    },
  };
}

/** Fields that HTTP or gRPC read themselves; the rest is for the handler. */
const libraryFields = new Set(['te', 'content-type', 'content-length', 'host', 'user-agent']);

function isCustom({ name }: Field): boolean {
  return !libraryFields.has(name) && !isReservedName(name);
}

/**
 * Custom-Metadata as the handler sees it, or undefined when a Binary-Header is no base64, which a lenient server leaves out. Values outside ASCII-Value are left
 * out: PROTOCOL-HTTP2 forbids to fail for them, and to send them on.
 */
function readMetadata(regular: readonly Field[], { varies }: Behaviour): readonly Field[] | undefined {
  const metadata: Field[] = [];
  for (const { name, value } of regular.filter(isCustom)) {
    if (!isBinaryName(name)) {
      if (value === '' && varies('empty-values-dropped')) continue;
      if (/^[\x20-\x7e]*$/.test(value) || hasControlOctet(value) || varies('any-value-passed'))
        metadata.push({ name, value });
      continue;
    }
    for (const part of splitValue(value)) {
      const octets = decodeBinaryValue(part);
      if (octets !== undefined) metadata.push({ name, value: encodeBinaryValue(octets) });
      else if (!varies('lenient-base64')) return undefined;
    }
  }
  return metadata;
}
