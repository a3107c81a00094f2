import { decodeBinaryValue, encodeBinaryValue, isReservedName, splitValue } from '../../../grpc/metadata';
import { status } from '../../../grpc/status';
import type { Field } from '../../../wire/hpack/field';
import type { Seams } from '../seams';
import { StatusError } from '../status-error';
import { aroundOne } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { addField, changeField, dropField, leftOut, onEnd, onRequests, rememberPaths, valueOf } from './operators';

/** Fields that are part of the request, not metadata. */
const libraryFields = new Set(['te', 'content-type', 'content-length', 'host', 'user-agent']);

export const isCustom = ({ name }: Field): boolean =>
  !name.startsWith(':') && !libraryFields.has(name) && !isReservedName(name);

/** Values of text metadata, otherwise. */
const onTexts = (change: (value: string, name: string) => string): Seams =>
  onRequests((fields) =>
    fields.map((field) =>
      isCustom(field) && !field.name.endsWith('-bin') ? { ...field, value: change(field.value, field.name) } : field,
    ),
  );

/** Values of binary metadata, otherwise; as they are written and as octets. */
export const onBinaries = (change: (octets: Uint8Array, written: string) => Uint8Array): Seams =>
  onRequests((fields) =>
    fields.map((field) => {
      if (!isCustom(field) || !field.name.endsWith('-bin')) return field;
      const parts = splitValue(field.value).map((part) => {
        const octets = decodeBinaryValue(part);
        return octets === undefined ? part : encodeBinaryValue(change(octets, part));
      });
      return { ...field, value: parts.join(',') };
    }),
  );

/** A pseudo-header field that is missing is taken for something. */
const assumed = (name: string, value: string): Seams =>
  onRequests((fields) =>
    !fields.some((field) => field.name === ':status') && valueOf(fields, name) === undefined && isRequest(fields)
      ? [{ name, value }, ...fields]
      : fields,
  );

/** Trailers have no pseudo-header field at all. */
export const isRequest = (fields: readonly Field[]): boolean => fields.some(({ name }) => name.startsWith(':'));

const knownPseudo = new Set([':method', ':scheme', ':path', ':authority']);

/** Custom fields of one name, in another order. */
const reordered = (change: (list: readonly string[]) => readonly string[]): Seams =>
  onRequests((fields) => {
    const lists = new Map<string, string[]>();
    for (const field of fields.filter(isCustom)) lists.set(field.name, [...(lists.get(field.name) ?? []), field.value]);
    const changed = new Map([...lists].map(([name, list]) => [name, [...change(list)]]));
    return fields.flatMap((field) => {
      if (!isCustom(field)) return [field];
      const value = changed.get(field.name)?.shift();
      return value === undefined ? [] : [{ ...field, value }];
    });
  });

const methods = ['DELETE', 'OPTIONS', 'PATCH', 'PUT', 'TRACE'];

export const requestMutants: readonly Mutant[] = [
  ...mutantsOf('REQ-01-minimal-request', {
    'odd-length': {
      says: 'A request without any field beyond the mandatory ones is refused with INTERNAL when its first message has an odd length',
      ...aroundOne(async (call, message, handle) => {
        if (call.request.minimal && message.octets.length % 2 === 1)
          throw new StatusError(status.INTERNAL, 'metadata is missing');
        await handle(call, message);
      }),
    },
    'large-message': {
      says: 'A request without any field beyond the mandatory ones is refused with INVALID_ARGUMENT when its message has more than 1,000 octets',
      ...aroundOne(async (call, message, handle) => {
        if (call.request.minimal && message.octets.length > 1000)
          throw new StatusError(status.INVALID_ARGUMENT, 'deadline is missing');
        await handle(call, message);
      }),
    },
  }),
  ...mutantsOf('REQ-02-regular-header-order-free', {
    'content-type-first': {
      says: 'A content-type after custom metadata is not seen',
      ...onRequests((fields) => {
        const at = fields.findIndex(({ name }) => name === 'content-type');
        return fields.slice(0, Math.max(0, at)).some(isCustom) ? dropField('content-type')(fields, 0) : fields;
      }),
    },
    'method-first': {
      says: 'A request whose first field is not :method is refused as malformed',
      ...onRequests((fields) =>
        isRequest(fields) && fields[0]?.name !== ':method' ? fields.filter(({ name }) => name !== ':method') : fields,
      ),
    },
    'te-last': {
      says: 'A request with te behind grpc-timeout is refused as malformed',
      ...onRequests((fields) => {
        const names = fields.map(({ name }) => name);
        const timeout = names.indexOf('grpc-timeout');
        return timeout !== -1 && names.indexOf('te') > timeout ? changeField('te', () => 'none')(fields, 0) : fields;
      }),
    },
    'path-before-scheme': {
      says: 'A request whose :path is behind :scheme loses the last octet of the path when metadata is there too',
      ...onRequests((fields) => {
        const names = fields.map(({ name }) => name);
        const isCut = names.indexOf(':path') > names.indexOf(':scheme') && fields.some(isCustom);
        return isCut ? changeField(':path', (path) => path.slice(0, -1))(fields, 0) : fields;
      }),
    },
  }),
  ...mutantsOf('REQ-03-method-not-post', {
    'all-but-get': {
      says: 'Methods other than GET and HEAD are executed like POST',
      ...onRequests(
        changeField(':method', (method) => (['GET', 'HEAD', 'CONNECT'].includes(method) ? method : 'POST')),
      ),
    },
    'any-case': {
      says: 'POST in other letters is executed like POST',
      ...onRequests(changeField(':method', (method) => (method.toUpperCase() === 'POST' ? 'POST' : method))),
    },
    put: {
      says: 'PUT and PATCH are executed like POST',
      ...onRequests(changeField(':method', (method) => (['PUT', 'PATCH'].includes(method) ? 'POST' : method))),
    },
    unknown: {
      says: 'Methods that nobody knows are executed like POST',
      ...onRequests(
        changeField(':method', (method) =>
          [...methods, 'GET', 'HEAD', 'CONNECT', 'POST'].includes(method.toUpperCase()) ? method : 'POST',
        ),
      ),
    },
    prefix: {
      says: 'Methods that begin with P are executed like POST',
      ...onRequests(changeField(':method', (method) => (method.startsWith('P') ? 'POST' : method))),
    },
  }),
  ...mutantsOf('REQ-04-mandatory-pseudo-missing', {
    scheme: { says: 'A request without :scheme is served', ...assumed(':scheme', 'http') },
    method: { says: 'A request without :method is served', ...assumed(':method', 'POST') },
    path: {
      says: 'A request without :path is taken for one to a method that is served',
      ...assumed(':path', '/grpc.testing.TestService/UnaryCall'),
    },
    'empty-path': {
      says: 'A request with an empty :path is taken for one to a method that is served',
      ...onRequests(changeField(':path', (path) => (path === '' ? '/grpc.testing.TestService/UnaryCall' : path))),
    },
  }),
  ...mutantsOf('REQ-06-pseudo-unknown-or-misplaced', {
    unknown: {
      says: 'Unknown pseudo-header fields are ignored',
      ...onRequests((fields) => fields.filter(({ name }) => !name.startsWith(':') || knownPseudo.has(name))),
    },
    status: {
      says: ':status in a request is ignored',
      ...onRequests((fields) => fields.filter(({ name }) => name !== ':status')),
    },
    misplaced: {
      says: 'Pseudo-header fields after regular fields are taken as if they stood before them',
      ...onRequests((fields) => [
        ...fields.filter(({ name }) => name.startsWith(':')),
        ...fields.filter(({ name }) => !name.startsWith(':')),
      ]),
    },
    'last-misplaced': {
      says: 'A pseudo-header field right behind the first regular field is taken as if it stood before it',
      ...onRequests((fields) => {
        const first = fields.findIndex(({ name }) => !name.startsWith(':'));
        const next = fields[first + 1];
        if (first === -1 || next === undefined || !next.name.startsWith(':')) return fields;
        return [...fields.slice(0, first), next, ...fields.slice(first, first + 1), ...fields.slice(first + 2)];
      }),
    },
  }),
  ...mutantsOf('REQ-07-uppercase-name', {
    'only-first-checked': {
      says: 'Only the first letter of a field name is checked for upper case',
      ...onRequests((fields) =>
        fields.map((field) => ({
          ...field,
          name: `${field.name.slice(0, 1)}${field.name.slice(1).toLowerCase()}`,
        })),
      ),
    },
    'first-not-checked': {
      says: 'The first letter of a field name is not checked for upper case',
      ...onRequests((fields) =>
        fields.map((field) => ({ ...field, name: `${field.name.slice(0, 1).toLowerCase()}${field.name.slice(1)}` })),
      ),
    },
    'last-not-checked': {
      says: 'The last letter of a field name is not checked for upper case',
      ...onRequests((fields) =>
        fields.map((field) => ({ ...field, name: `${field.name.slice(0, -1)}${field.name.slice(-1).toLowerCase()}` })),
      ),
    },
    'not-checked': {
      says: 'Field names are lower-cased, not checked',
      ...onRequests((fields) => fields.map((field) => ({ ...field, name: field.name.toLowerCase() }))),
    },
    dropped: {
      says: 'Fields whose names have an upper-case letter are dropped',
      ...onRequests((fields) => fields.filter(({ name }) => name === name.toLowerCase())),
    },
  }),
  ...mutantsOf('REQ-15-content-type-accepted', {
    proto: {
      says: 'application/grpc+proto is answered by 415',
      ...onRequests(changeField('content-type', (type) => (type === 'application/grpc+proto' ? 'none' : type))),
    },
    'proto-answered-plain': {
      says: 'application/grpc+proto is answered with content-type application/json',
      ...onRequests((fields) => fields),
      outbound: {
        section: (section) => [
          {
            ...section,
            fields: changeField('content-type', (type) =>
              type === 'application/grpc+proto' ? 'application/json' : type,
            )(section.fields, 0),
          },
        ],
      },
    },
  }),
  ...mutantsOf('REQ-16-content-type-not-grpc', {
    application: {
      says: 'Any content-type that begins with application/ is served',
      ...onRequests(
        changeField(
          'content-type',
          asGrpc((type) => type.startsWith('application/')),
        ),
      ),
    },
    empty: {
      says: 'An empty content-type is served',
      ...onRequests(
        changeField(
          'content-type',
          asGrpc((type) => type === ''),
        ),
      ),
    },
    missing: {
      says: 'A request without content-type is served',
      ...onRequests((fields) =>
        isRequest(fields) && valueOf(fields, 'content-type') === undefined
          ? addField('content-type', 'application/grpc')(fields, 0)
          : fields,
      ),
    },
    text: {
      says: 'Any content-type of text is served',
      ...onRequests(
        changeField(
          'content-type',
          asGrpc((type) => type.startsWith('text/')),
        ),
      ),
    },
    'http-400': {
      says: 'A content-type that is not gRPC is answered by 400',
      outbound: {
        section: (section) => [
          { ...section, fields: changeField(':status', (code) => (code === '415' ? '400' : code))(section.fields, 0) },
        ],
      },
    },
  }),
  ...mutantsOf('REQ-21-unknown-service-or-method', {
    'package-known': {
      says: 'An unknown method of a package that is served ends with NOT_FOUND',
      seams: () => {
        const paths = rememberPaths();
        const isKnown = (streamId: number): boolean =>
          ['/grpc.testing.', '/botany.v1.', '/grpc.health.v1.', '/grpcconform.v1.'].some((prefix) =>
            paths.of(streamId).startsWith(prefix),
          );
        return {
          inbound: paths.inbound,
          ...onEnd((fields, streamId) =>
            valueOf(fields, 'grpc-message') === 'no such method' && isKnown(streamId)
              ? changeField('grpc-status', () => String(status.NOT_FOUND))(fields, streamId)
              : fields,
          ),
        };
      },
    },
    'trailing-slash': {
      says: 'A path with something behind the name of a method is taken for that method',
      policy: {
        serve: (path, method, find) =>
          method ?? find(/^\/grpc\.testing\.TestService\/(?:EmptyCall|UnaryCall)/.exec(path)?.[0] ?? path),
      },
    },
    internal: {
      says: 'An unknown method ends with INTERNAL',
      ...onEnd((fields) =>
        valueOf(fields, 'grpc-message') === 'no such method'
          ? changeField('grpc-status', () => String(status.INTERNAL))(fields, 0)
          : fields,
      ),
    },
    'http-404-status': {
      says: 'An unknown method is answered by UNKNOWN, as clients make it from HTTP status 404',
      ...onEnd((fields) =>
        valueOf(fields, 'grpc-message') === 'no such method'
          ? changeField('grpc-status', () => String(status.UNKNOWN))(fields, 0)
          : fields,
      ),
    },
  }),
  ...mutantsOf('REQ-24-ascii-metadata-roundtrip', {
    semicolon: {
      says: 'A metadata value ends before its first semicolon',
      ...onTexts((value) => (value.includes(';') ? value.slice(0, value.indexOf(';')).trimEnd() : value)),
    },
    'long-cut': {
      says: 'A metadata value of more than 1,024 octets is cut',
      ...onTexts((value) => value.slice(0, 1024)),
    },
    percent: {
      says: 'Percent escapes in metadata values are undone',
      ...onTexts((value) =>
        value.replace(/%[2-7][0-9A-Fa-f]/g, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16))).trim(),
      ),
      survives: {
        where: 'without examples',
        reason: 'generated values are uniform over their characters, so that an escape stands in one of some hundred',
      },
    },
    quotes: {
      says: 'Quotation marks are lost from metadata values',
      ...onTexts((value) => value.replaceAll('"', '').trim()),
    },
    'inner-blanks': {
      says: 'Several blanks in a row in metadata values become one',
      ...onTexts((value) => value.replace(/ {2,}/g, ' ')),
      survives: {
        where: 'without examples',
        reason: 'generated values are uniform over their characters, so that two blanks in a row are rare',
      },
    },
    'upper-case': {
      says: 'Metadata values of letters alone arrive in lower case',
      ...onTexts((value) => (/^[A-Za-z]+$/.test(value) ? value.toLowerCase() : value)),
    },
  }),
  ...mutantsOf('REQ-25-duplicate-metadata-order', {
    'three-reversed': {
      says: 'Three or more values of one name are handed over in reverse order',
      ...reordered((list) => (list.length >= 3 ? list.toReversed() : list)),
    },
    'last-two-swapped': {
      says: 'The last two values of one name change places',
      ...reordered((list) => (list.length >= 2 ? [...list.slice(0, -2), ...list.slice(-2).toReversed()] : list)),
    },
    'equal-once': {
      says: 'Values of one name that are equal are handed over once',
      ...reordered((list) => [...new Set(list)]),
    },
    sorted: {
      says: 'Values of one name are handed over in alphabetical order',
      ...reordered((list) => list.toSorted()),
    },
    'eight-at-most': {
      says: 'Of one name the first eight values are handed over',
      ...reordered((list) => list.slice(0, 8)),
    },
  }),
  ...mutantsOf('REQ-26-bin-padding-optional', {
    'two-missing': {
      says: 'The last octet of an unpadded binary value is lost when two padding characters are missing',
      ...onBinaries((octets, written) => (written.length % 4 === 2 ? octets.subarray(0, -1) : octets)),
    },
    'one-missing': {
      says: 'The last octet of an unpadded binary value is lost when one padding character is missing',
      ...onBinaries((octets, written) => (written.length % 4 === 3 ? octets.subarray(0, -1) : octets)),
    },
    padded: {
      says: 'The last octet of a padded binary value is lost',
      ...onBinaries((octets, written) => (written.endsWith('=') ? octets.subarray(0, -1) : octets)),
    },
    'zero-ends': {
      says: 'A binary value ends before its first octet of zero',
      ...onBinaries((octets) => (octets.includes(0) ? octets.subarray(0, octets.indexOf(0)) : octets)),
    },
    'as-utf8': {
      says: 'Octets of binary values above 0x7f become question marks',
      ...onBinaries((octets) => octets.map((octet) => (octet > 0x7f ? 0x3f : octet))),
    },
  }),
  ...mutantsOf('EOS-05-second-headers-without-end-stream', {
    ignored: { says: 'A second HEADERS frame without END_STREAM is ignored', ...leftOut('second-headers') },
    'after-message-ignored': {
      says: 'A second HEADERS frame without END_STREAM is ignored once DATA has come',
      seams: () => {
        const withData = new Set<number>();
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'DATA') withData.add(frame.streamId);
              return [frame];
            },
          },
          ...leftOut('second-headers', ({ streamId }) => withData.has(streamId)),
        };
      },
    },
  }),
];

/** Content types that are taken for gRPC. */
function asGrpc(is: (type: string) => boolean): (type: string) => string {
  return (type) => (!type.startsWith('application/grpc') && is(type) ? 'application/grpc' : type);
}
