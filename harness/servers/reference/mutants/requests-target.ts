import { echoInitialName } from '../../../grpc/test-service';
import type { DecodedField, Field } from '../../../wire/hpack/decoder';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { aroundOne } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { changeField, onBegin, onRequests, unanswered, valueOf } from './operators';
import type { Seams } from '../seams';
import { status } from '../../../grpc/status';
import { StatusError } from '../status-error';

/** Servers that misread whom a request is for, or a value that gRPC reads in its own way. */

/** Requests of that kind are refused as malformed. */
const refused = (isSo: (fields: readonly Field[]) => boolean): Seams =>
  onRequests((fields) => (isRequest(fields) && isSo(fields) ? [...fields, { name: 'upgrade', value: 'x' }] : fields));

/** Trailers have no pseudo-header field. */
const isRequest = (fields: readonly Field[]): boolean => fields.some(({ name }) => name.startsWith(':'));

const schemeOf = (fields: readonly Field[]): string => valueOf(fields, ':scheme') ?? '';
const authorityOf = (fields: readonly Field[]): string => valueOf(fields, ':authority') ?? 'a';
const typeOf = (fields: readonly Field[]): string => valueOf(fields, 'content-type') ?? '';
const copiedOf = (fields: readonly Field[]): string => valueOf(fields, echoInitialName) ?? '';

/** Of several Host fields, those that stay. */
const hosts = (keep: (all: readonly string[]) => readonly string[], where: (fields: readonly Field[]) => boolean) =>
  onRequests((fields) => {
    const values = fields.flatMap(({ name, value }) => (name === 'host' ? [value] : []));
    if (values.length < 2 || !where(fields)) return fields;
    return [...fields.filter(({ name }) => name !== 'host'), ...keep(values).map((value) => ({ name: 'host', value }))];
  });

const hasAuthority = (fields: readonly Field[]): boolean => valueOf(fields, ':authority') !== undefined;

/** Paths as the server reads them. */
const readsPath = (read: (path: string) => string): Seams => onRequests(changeField(':path', read));

const unaryPath = '/grpc.testing.TestService/UnaryCall';

/** A path of some other case is taken for the one that the server knows. @param part what is compared without case */
const withoutCase = (part: RegExp): Seams =>
  readsPath((path) => {
    const known = unaryPath.replace(part, '');
    const own = new RegExp(part.source, 'i').exec(path)?.[0] ?? '';
    return path.replace(own, '') === known && own.toLowerCase() === (part.exec(unaryPath)?.[0] ?? '').toLowerCase()
      ? unaryPath
      : path;
  });

export const requestTargetMutants: readonly Mutant[] = [
  ...mutantsOf('REQ-10-value-outer-whitespace', {
    'first-lost': {
      says: 'The first octet of a value behind blanks is lost with them',
      ...onRequests(changeField(echoInitialName, (value) => value.replace(/^[ \t]+.?/, '').trimEnd())),
    },
    'cut-at-blank': {
      says: 'A value with outer blanks ends at the first blank inside',
      ...onRequests((fields) =>
        changeField(echoInitialName, (value) =>
          value === value.trim() ? value : (value.trim().split(/[ \t]/, 1)[0] ?? ''),
        )(fields, 0),
      ),
    },
    unanswered: {
      says: 'A request is never answered when a value begins with a tab',
      ...unanswered((fields) => copiedOf(fields).startsWith('\t')),
    },
    'blank-alone': {
      says: 'A request is never answered when a value is nothing but blanks',
      ...unanswered((fields) => /^[ \t]+$/.test(copiedOf(fields))),
    },
    'next-value': {
      says: 'A value that ends with a blank is joined with the value of te',
      ...onRequests((fields) =>
        changeField(echoInitialName, (value) =>
          /[ \t]$/.test(value) ? `${value.trim()}${valueOf(fields, 'te') ?? ''}` : value,
        )(fields, 0),
      ),
    },
  }),
  ...mutantsOf('REQ-11-http-valid-non-ascii-value', {
    refused: {
      says: 'A request with an octet from 0x80 on in its metadata is refused as malformed',
      ...refused((fields) => /[\x80-\xff]/.test(copiedOf(fields))),
    },
    tab: {
      says: 'A request with a tab in its metadata is refused as malformed',
      ...refused((fields) => copiedOf(fields).includes('\t')),
    },
    'no-utf-8': {
      says: 'A request with metadata that is no UTF-8 is refused as malformed',
      ...refused((fields) => Buffer.from(copiedOf(fields), 'latin1').toString().includes('\ufffd')),
    },
    'last-octet': {
      says: 'A request whose metadata ends with an octet from 0x80 on is refused as malformed',
      ...refused((fields) => /[\x80-\xff]$/.test(copiedOf(fields))),
    },
    'no-break-space': {
      says: 'The octets 0x85 and 0xa0 are taken for blanks that may not stand at an end',
      ...refused((fields) => /^[\x85\xa0]|[\x85\xa0]$/.test(copiedOf(fields))),
    },
    empty: {
      says: 'A request whose metadata has an empty value is refused as malformed',
      ...refused((fields) => fields.some(({ name, value }) => name === echoInitialName && value === '')),
    },
    'copy-fails': {
      says: 'A handler that copies a value with octets from 0x80 on ends with INTERNAL',
      seams: () => {
        let isHigh = false;
        return {
          inbound: {
            section: (section) => {
              isHigh = /[\x80-\xff]/.test(copiedOf(section.fields));
              return section;
            },
          },
          ...aroundOne(async (call, message, handle) => {
            if (isHigh) throw new StatusError(status.INTERNAL, 'metadata is no ASCII');
            await handle(call, message);
          }),
        };
      },
    },
  }),
  ...mutantsOf('REQ-14-scheme', {
    'spelled-refused': {
      says: 'http is only known as an entry of the static table',
      policy: {
        readField: (field: DecodedField) =>
          field.name === ':scheme' && field.value === 'http' && field.representation !== 'indexed'
            ? { name: ':scheme', value: '' }
            : field,
      },
    },
    'unknown-unanswered': {
      says: 'A request whose scheme is neither http nor https is never answered',
      ...unanswered((fields) => !['http', 'https', ''].includes(schemeOf(fields))),
    },
    'https-unanswered': {
      says: 'A request of https over clear text is never answered',
      ...unanswered((fields) => schemeOf(fields) === 'https'),
    },
    capitals: {
      says: 'A request whose scheme is in capitals is never answered',
      ...unanswered((fields) => /[A-Z]/.test(schemeOf(fields))),
    },
    'http-200': {
      says: 'A request of another scheme than http is answered by HTTP status 200 and nothing else',
      seams: () => {
        const strange = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              if (isRequest(section.fields) && schemeOf(section.fields) !== 'http') strange.add(section.streamId);
              return section;
            },
          },
          outbound: {
            section: (section) =>
              strange.delete(section.streamId)
                ? [{ ...section, fields: [{ name: ':status', value: '200' }], endStream: true }]
                : [section],
            message: (message, { id }) => (strange.has(id) ? [] : [message]),
          },
        };
      },
    },
  }),
  ...mutantsOf('REQ-17-content-type-lookalikes', {
    'suffix-unanswered': {
      says: 'A request is never answered when letters follow application/grpc',
      ...unanswered((fields) => /^application\/grpc[a-z]/.test(typeOf(fields))),
    },
    'capitals-unanswered': {
      says: 'A request is never answered when its content-type is in capitals',
      ...unanswered((fields) => /[A-Z]/.test(typeOf(fields))),
    },
    'web-unanswered': {
      says: 'A request of gRPC-Web is never answered',
      ...unanswered((fields) => typeOf(fields).startsWith('application/grpc-web')),
    },
    'web-framing': {
      says: 'A content-type in capitals is answered with trailers in a message, as in gRPC-Web',
      seams: () => {
        const capitals = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              if (/[A-Z]/.test(typeOf(section.fields))) capitals.add(section.streamId);
              return section;
            },
          },
          outbound: {
            message: (message, { id }) =>
              capitals.has(id)
                ? [message, encodeMessage(Buffer.from('grpc-status: 0\r\n'), { compressedFlag: 0x80 })]
                : [message],
          },
        };
      },
    },
    'http-200': {
      says: 'A refusal of a content-type has HTTP status 200',
      ...onBegin(changeField(':status', (code) => (code === '415' ? '200' : code))),
    },
  }),
  ...mutantsOf('REQ-18-host-only', {
    refused: {
      says: 'A request without :authority is refused as malformed',
      ...refused((fields) => !hasAuthority(fields)),
    },
    'host-last': {
      says: 'Without :authority a Host is only seen before all other regular fields',
      ...refused(
        (fields) => !hasAuthority(fields) && fields.find(({ name }) => !name.startsWith(':'))?.name !== 'host',
      ),
    },
    'host-first': {
      says: 'Without :authority a Host is only seen behind te',
      ...refused((fields) => {
        const names = fields.map(({ name }) => name);
        return !hasAuthority(fields) && names.indexOf('host') < names.indexOf('te');
      }),
    },
    'beside-metadata': {
      says: 'A request without :authority is refused as malformed when it has metadata',
      ...refused((fields) => !hasAuthority(fields) && fields.some(({ name }) => name.startsWith('x-'))),
    },
  }),
  ...mutantsOf('REQ-19-host-conflicts', {
    'first-wins': {
      says: 'Of several Host fields the first counts',
      ...hosts(
        (all) => all.slice(0, 1),
        (fields) => !hasAuthority(fields),
      ),
    },
    'equal-ones': {
      says: 'Several Host fields that are equal count as one',
      ...hosts(
        (all) => [...new Set(all)],
        (fields) => !hasAuthority(fields),
      ),
    },
    'last-differs': {
      says: 'Of several Host fields that differ the last counts',
      ...hosts(
        (all) => (new Set(all).size > 1 ? all.slice(-1) : all),
        (fields) => !hasAuthority(fields),
      ),
    },
    'equal-refused': {
      says: 'Host beside :authority is refused as malformed, equal or not',
      ...refused((fields) => hasAuthority(fields) && valueOf(fields, 'host') !== undefined),
    },
    'other-unanswered': {
      says: 'A request whose Host differs from :authority is never answered',
      ...unanswered((fields) => {
        const host = valueOf(fields, 'host');
        return hasAuthority(fields) && host !== undefined && host !== valueOf(fields, ':authority');
      }),
    },
  }),
  ...mutantsOf('REQ-20-authority-forms', {
    'ipv6-refused': {
      says: 'An IPv6 address as :authority is refused as malformed',
      ...refused((fields) => authorityOf(fields).startsWith('[')),
    },
    'port-needed': {
      says: 'An :authority without a port is refused as malformed',
      ...refused((fields) => !authorityOf(fields).includes(':')),
    },
    'long-refused': {
      says: 'An :authority of more than 100 octets is refused as malformed',
      ...refused((fields) => authorityOf(fields).length > 100),
    },
    'capitals-refused': {
      says: 'An :authority with capitals is refused as malformed',
      ...refused((fields) => /[A-Z]/.test(authorityOf(fields).replaceAll(/%../g, ''))),
    },
    'escapes-refused': {
      says: 'An :authority with escapes is refused as malformed',
      ...refused((fields) => /^%2F/i.test(authorityOf(fields))),
    },
    'userinfo-unanswered': {
      says: 'A request with userinfo is never answered',
      ...unanswered((fields) => authorityOf(fields).includes('@')),
    },
    'absent-unanswered': {
      says: 'A request without :authority is never answered',
      ...unanswered((fields) => !hasAuthority(fields)),
    },
    'empty-unanswered': {
      says: 'A request with an empty :authority is never answered',
      ...unanswered((fields) => authorityOf(fields) === ''),
    },
  }),
  ...mutantsOf('REQ-22-malformed-path', {
    'no-slash': {
      says: 'A path without a leading slash is taken as if it had one',
      ...readsPath((path) => (path.startsWith('/') ? path : `/${path}`)),
    },
    'slashes-merged': {
      says: 'Slashes in a row count as one',
      ...readsPath((path) => path.replace(/\/{2,}/g, '/')),
    },
    'end-cut': { says: 'A slash at the end of a path is cut off', ...readsPath((path) => path.replace(/\/$/, '')) },
    'last-two': {
      says: 'Of a path only the last two segments count',
      ...readsPath((path) => path.replace(/^.*(\/[^/]+\/[^/]+)$/, '$1')),
    },
    'first-two': {
      says: 'Of a path only the first two segments count',
      ...readsPath((path) => path.replace(/^(\/[^/]+\/[^/]+)\/.*$/, '$1')),
    },
    'first-and-last': {
      says: 'Of a path only the first and the last segment count',
      ...readsPath((path) => path.replace(/^(\/[^/]+)\/.*(\/[^/]+)$/, '$1$2')),
    },
    asterisk: { says: 'An asterisk stands for any method', ...readsPath((path) => (path === '*' ? unaryPath : path)) },
    'method-alone': {
      says: 'The name of a method alone is enough where one service has it',
      ...readsPath((path) => (path === '/UnaryCall' ? unaryPath : path)),
    },
    'service-alone': {
      says: 'A path with a service alone runs its first method',
      ...readsPath((path) => (path === '/grpc.testing.TestService' ? unaryPath : path)),
    },
    unanswered: {
      says: 'A request whose path is a slash alone is never answered',
      ...unanswered((fields) => valueOf(fields, ':path') === '/'),
    },
  }),
  ...mutantsOf('REQ-23-path-exact', {
    'any-case': { says: 'The case of a path does not count', ...withoutCase(/.*/) },
    'method-case': { says: 'The case of a method does not count', ...withoutCase(/[^/]*$/) },
    'service-case': { says: 'The case of a service does not count', ...withoutCase(/^\/[^/]*/) },
    'first-letter': { says: 'The case of the first letter of a method does not count', ...withoutCase(/\/U/) },
    unescaped: {
      says: 'Escapes in a path are undone',
      ...readsPath((path) => path.replace(/%[4-7][0-9a-f]/gi, (escape) => decodeURIComponent(escape))),
    },
    'query-cut': { says: 'A path ends before a query', ...readsPath((path) => path.split('?', 1)[0] ?? '') },
    'parameter-cut': { says: 'A path ends before a semicolon', ...readsPath((path) => path.split(';', 1)[0] ?? '') },
    dots: {
      says: 'Dot segments are removed from a path',
      ...readsPath((path) => path.replaceAll('/./', '/').replace(/\/[^/]+\/\.\.(?=\/)/, '')),
    },
    'end-cut': { says: 'A slash at the end of a path is cut off', ...readsPath((path) => path.replace(/\/$/, '')) },
  }),
];
