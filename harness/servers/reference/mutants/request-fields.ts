import { decodeBinaryValue } from '../../../grpc/metadata';
import { data, rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { Field } from '../../../wire/hpack/field';
import type { FieldSection } from '../block-reader';
import { isControlOctet } from '../request-header';
import type { MakeSeams, OutgoingSection, Seams } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { addField, changeField, dropField, isHeaders, onRequests, statusOf, valueOf, withContent } from './operators';
import { refusedWhere } from './request-contents';
import { isRequest } from './requests';

/** Mutants that misread what HTTP says beside gRPC: lengths, methods, and fields that mean nothing to a call. */

const has = (name: string, is: (value: string) => boolean = () => true): ((fields: readonly Field[]) => boolean) => {
  return (fields) => fields.some((field) => field.name === name && is(field.value));
};

/** Remembers requests of a kind, and changes the answers to them. */
const answersTo =
  (
    is: (fields: readonly Field[]) => boolean,
    change: (
      section: OutgoingSection,
      request: readonly Field[],
    ) => ReturnType<NonNullable<NonNullable<Seams['outbound']>['section']>>,
    more: (isOne: (streamId: number) => boolean) => Seams['outbound'] = () => ({}),
  ): MakeSeams =>
  () => {
    const requests = new Map<number, readonly Field[]>();
    return {
      inbound: {
        section: (section) => {
          if (isRequest(section.fields) && is(section.fields)) requests.set(section.streamId, section.fields);
          return section;
        },
      },
      outbound: {
        section: (section) => {
          const request = requests.get(section.streamId);
          return request === undefined ? [section] : change(section, request);
        },
        ...more((streamId) => requests.has(streamId)),
      },
    };
  };

const withFields = (
  section: OutgoingSection,
  change: (fields: readonly Field[]) => readonly Field[],
): OutgoingSection => ({
  ...section,
  fields: change(section.fields),
});

/** Such requests run as POST. */
const runAs = (from: string): Seams =>
  onRequests(changeField(':method', (method) => (method === from ? 'POST' : method)));

/** The payload of a request ends where its content-length says. */
const cutToLength: MakeSeams = () => {
  const rest = new Map<number, number>();
  return {
    inbound: {
      section: (section) => {
        const length = valueOf(section.fields, 'content-length');
        if (length === undefined || !/^\d+$/.test(length)) return section;
        rest.set(section.streamId, Number(length));
        return { ...section, fields: dropField('content-length')(section.fields, 0) };
      },
      frame: (frame) => {
        const left = frame.type === 'DATA' ? rest.get(frame.streamId) : undefined;
        if (frame.type !== 'DATA' || left === undefined) return [frame];
        rest.set(frame.streamId, Math.max(0, left - frame.data.length));
        return [{ ...frame, data: frame.data.subarray(0, left) }];
      },
    },
  };
};

/** Lengths that do not fit are noticed when the answer has left. */
const noticedLate: MakeSeams = () => {
  const lengths = new Map<number, { readonly announced: string; sent: number }>();
  return {
    inbound: {
      section: (section) => {
        const announced = valueOf(section.fields, 'content-length');
        if (announced === undefined) return section;
        lengths.set(section.streamId, { announced, sent: 0 });
        return { ...section, fields: dropField('content-length')(section.fields, 0) };
      },
      frame: (frame) => {
        const length = frame.type === 'DATA' ? lengths.get(frame.streamId) : undefined;
        if (frame.type === 'DATA' && length !== undefined) length.sent += frame.data.length;
        return [frame];
      },
    },
    outbound: {
      section: (section) => {
        const length = lengths.get(section.streamId);
        const isWrong = length !== undefined && length.announced !== String(length.sent);
        return isWrong && section.endStream && statusOf(section) === 0
          ? [section, rstStream(section.streamId, errorCodes.PROTOCOL_ERROR)]
          : [section];
      },
    },
  };
};

const lengthRead = (read: (length: bigint) => bigint): Seams =>
  onRequests(changeField('content-length', (length) => (/^\d+$/.test(length) ? String(read(BigInt(length))) : length)));

/** Names of fields, otherwise. */
const onNames = (change: (name: string) => string): Seams =>
  onRequests((fields) =>
    fields.map((field) => (field.name.startsWith(':') ? field : { ...field, name: change(field.name) })),
  );

const onValues = (change: (value: string) => string): Seams =>
  onRequests((fields) =>
    fields.map((field) => (field.name.startsWith('x-') ? { ...field, value: change(field.value) } : field)),
  );

const withoutControls = (value: string): string =>
  [...value].filter((character) => !isControlOctet(character.charCodeAt(0))).join('');

/** An answer to such requests begins with that :status, and is over. */
const answeredBy = (is: (fields: readonly Field[]) => boolean, httpStatus: string): Clause['seams'] =>
  answersTo(
    is,
    (section) =>
      valueOf(section.fields, ':status') === undefined
        ? []
        : [{ ...section, fields: [{ name: ':status', value: httpStatus }], endStream: true }],
    (isOne) => ({ message: (message, stream) => (isOne(stream.id) ? [] : [message]) }),
  );

const isHead = has(':method', (method) => method === 'HEAD');

/** Octets of content in an answer without any. */
const content = Buffer.from('method not allowed');

export const requestFieldMutants: readonly Mutant[] = [
  ...mutantsOf('REQ-30-reserved-grpc-fields', {
    'status-taken': {
      says: 'grpc-status of a request becomes the status of a call that would end with OK',
      seams: answersTo(has('grpc-status'), (section, request) => [
        withFields(section, (fields) =>
          changeField('grpc-status', (own) => valueOf(request, 'grpc-status') ?? own)(fields, 0),
        ),
      ]),
    },
    copied: {
      says: 'Fields of a request that begin with grpc- and that nobody knows are copied to the answer',
      seams: answersTo(
        (fields) => fields.some(({ name }) => name.startsWith('grpc-')),
        (section, request) => [
          isHeaders(section)
            ? withFields(section, (fields) => [
                ...fields,
                ...request.filter(({ name }) => name.startsWith('grpc-') && name !== 'grpc-status'),
              ])
            : section,
        ],
      ),
    },
    'retries-refused': {
      says: 'A request that is the third attempt or a later one is taken for a malformed one',
      ...refusedWhere(has('grpc-previous-rpc-attempts', (attempts) => Number(attempts) >= 3)),
    },
    'trace-read': {
      says: 'A request whose grpc-trace-bin does not begin with an octet of 0 is taken for a malformed one',
      ...refusedWhere(has('grpc-trace-bin', (value) => decodeBinaryValue(value)?.[0] !== 0)),
    },
  }),
  ...mutantsOf('REQ-33-content-length', {
    unread: { says: 'content-length is ignored', ...onRequests((fields) => dropField('content-length')(fields, 0)) },
    'unread-on-headers': {
      says: 'A content-length is ignored when the request ends on its HEADERS',
      ...onRequests((fields, _, { endStream }) => (endStream ? dropField('content-length')(fields, 0) : fields)),
    },
    cut: { says: 'A request is cut to its content-length, and what is left is executed', seams: cutToLength },
    late: { says: 'A content-length that does not fit is noticed when the answer has left', seams: noticedLate },
    '32-bits': {
      says: 'A content-length is read into 32 bits',
      ...lengthRead((length) => BigInt.asUintN(32, length)),
    },
    '64-bits': {
      says: 'A content-length is read into 64 bits',
      ...lengthRead((length) => BigInt.asUintN(64, length)),
    },
    'large-refused': {
      says: 'A request with a content-length above 255 is taken for a malformed one',
      ...refusedWhere(has('content-length', (length) => Number(length) > 255 && Number(length) < 4096)),
    },
    'no-number': {
      says: 'A content-length that is no number is ignored',
      ...onRequests((fields) =>
        fields.filter(({ name, value }) => name !== 'content-length' || /^\d/.test(value) || value === ''),
      ),
    },
  }),
  ...mutantsOf('REQ-34-connect-method', {
    executed: { says: 'CONNECT with the pseudo-header fields of gRPC is executed like POST', ...runAs('CONNECT') },
    extended: {
      says: 'CONNECT for another protocol is executed like POST, though SETTINGS do not offer it',
      ...onRequests((fields) =>
        has(':protocol')(fields) ? changeField(':method', () => 'POST')(dropField(':protocol')(fields, 0), 0) : fields,
      ),
    },
    tunnelled: {
      says: 'CONNECT to a port that could be one is answered by :status 200',
      seams: answeredBy(
        (fields) =>
          has(':method', (method) => method === 'CONNECT')(fields) &&
          !has(':path')(fields) &&
          has(':authority', (authority) => /:[1-9]\d*$/.test(authority))(fields),
        '200',
      ),
    },
  }),
  ...mutantsOf('REQ-35-harmless-http-fields', {
    'cookie-crumbs': {
      says: 'A request with cookies in several fields is taken for a malformed one',
      ...refusedWhere((fields) => fields.filter(({ name }) => name === 'cookie').length > 1),
    },
    expectation: {
      says: 'A request with an expectation is answered by 417',
      seams: answeredBy(has('expect'), '417'),
    },
    'long-tracestate': {
      says: 'A request with a tracestate of more than 512 octets is taken for a malformed one',
      ...refusedWhere(has('tracestate', (value) => value.length > 512)),
    },
    'user-agent': {
      says: 'A request whose user-agent has no version is taken for a malformed one',
      ...refusedWhere(has('user-agent', (value) => !value.includes('/'))),
    },
    forwarded: {
      says: 'A request with forwarded that has a port is taken for a malformed one',
      ...refusedWhere(has('forwarded', (value) => value.includes(']:'))),
    },
  }),
  ...mutantsOf('REQ-37-name-not-a-token', {
    separators: {
      says: 'Separators in names of fields are taken for hyphens',
      ...onNames((name) => name.replace(/[;,=<>?@/]/g, '-')),
    },
    'last-not-checked': {
      says: 'The last octet of a name is not checked',
      ...onNames((name) => name.replace(/["(),/;<=>?@[\\\]{}]$/, '-')),
    },
    dropped: {
      says: 'Fields whose names have brackets or braces are dropped',
      ...onRequests((fields) => fields.filter(({ name }) => !/[()[\]{}]/.test(name))),
    },
  }),
  ...mutantsOf('REQ-38-control-octets-in-values', {
    stripped: { says: 'Control octets are stripped from values', ...onValues(withoutControls) },
    dropped: {
      says: 'Fields whose values have a control octet are dropped',
      ...onRequests((fields) => fields.filter(({ value }) => withoutControls(value) === value)),
    },
    del: { says: 'DEL in a value becomes a question mark', ...onValues((value) => value.replaceAll('\x7f', '?')) },
    'ends-trimmed': {
      says: 'Vertical tabs and form feeds are trimmed from the ends of values',
      ...onValues((value) => value.replace(/^[\v\f]+|[\v\f]+$/g, '')),
    },
  }),
  ...mutantsOf('REQ-39-head-without-content', {
    content: {
      says: 'The answer to HEAD has the content of an error page',
      seams: answersTo(isHead, (section) =>
        section.endStream
          ? [{ ...section, endStream: false }, data(section.streamId, content, { endStream: true })]
          : [section],
      ),
    },
    executed: { says: 'HEAD is executed like POST', ...runAs('HEAD') },
    'later-refused': {
      says: 'The second request behind HEAD is taken for a malformed one',
      seams: () => {
        let since = Infinity;
        const refused = refusedWhere(() => true);
        return {
          inbound: {
            section: (section: FieldSection) => {
              if (isHead(section.fields)) since = 0;
              else since += 1;
              return since === 2 ? (refused.inbound?.section?.(section) ?? section) : section;
            },
          },
        };
      },
    },
    'another-length': {
      says: 'The answer to HEAD announces another content-length than that to GET',
      seams: answersTo(
        has(':method', (method) => method === 'HEAD' || method === 'GET'),
        (section, request) => [
          withFields(section, (fields) => addField('content-length', isHead(request) ? '18' : '0')(fields, 0)),
        ],
      ),
    },
  }),
  ...mutantsOf('REQ-42-resource-fields-ignored', {
    'range-cut': {
      says: 'The answer to a request with a range of octets is its first octet alone',
      seams: answersTo(
        has('range', (range) => range.startsWith('bytes=')),
        (section) => [section],
        (isOne) => ({
          message: (message, stream) => [isOne(stream.id) ? withContent(message, message.subarray(5, 6)) : message],
        }),
      ),
    },
    partial: {
      says: 'A request with content-range is answered by 206',
      seams: answeredBy(has('content-range'), '206'),
    },
    'not-modified': {
      says: 'A request with if-modified-since is answered by 304',
      seams: answeredBy(has('if-modified-since'), '304'),
    },
    unsatisfied: {
      says: 'A request with a range of a unit that nobody knows is answered by 416',
      seams: answeredBy(
        has('range', (range) => !range.startsWith('bytes=')),
        '416',
      ),
    },
  }),
];
