import { gzip } from '../../../grpc/compression';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { isReservedName } from '../../../grpc/metadata';
import { status } from '../../../grpc/status';
import { echoInitialName, echoTrailingName, fillerName } from '../../../grpc/test-service';
import { data, headers, pushPromise, rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { RawFrame } from '../../../wire/frame';
import { encodeInteger } from '../../../wire/hpack/encoder';
import type { FieldSpec } from '../../../wire/hpack/encoder';
import type { MakeSeams, OutgoingSection, Seams } from '../seams';
import { isOf } from './handlers';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import {
  addField,
  afterMuchOnly,
  afterRefusalOnly,
  besideOnly,
  changeField,
  countPerStream,
  dropField,
  isHeaders,
  isTrailers,
  laterOnly,
  onBegin,
  onEnd,
  onFramesOf,
  onHeaders,
  onMessages,
  onTrailers,
  onTrailersOnly,
  statusWhere,
  rememberPaths,
  statusOf,
  valueOf,
} from './operators';

/** Experiments that bring out what is wrong with an answer: calls of all kinds, with every end. */
const anyCall = ['RESP-01', 'RPC-01', 'RPC-03'] as const;
const anyError = ['STATUS-01', 'RESP-01', 'TRAIL-01'] as const;
const sideBySide = ['MUX-01', 'MUX-02', 'METHOD-01'] as const;
const errorsBeside = ['DL-01', 'METHOD-01', 'MUX-02'] as const;

/** What is wrong with an answer, always and in the ways in which it could be rare. */
const rarely = (
  name: string,
  base: Clause,
  ways: readonly ('later' | 'beside' | 'after-refusal')[],
): Readonly<Record<string, Clause>> => {
  const wrap = { later: laterOnly, beside: besideOnly, 'after-refusal': afterRefusalOnly };
  const experiments = {
    later: ['RESP-01', 'TRAIL-01', 'MUX-01', 'HPACK-01'],
    beside: sideBySide,
    'after-refusal': ['RESP-01', 'TRAIL-01', 'HPACK-12'],
  } as const;
  return {
    [name]: base,
    ...Object.fromEntries(
      ways.map((way): [string, Clause] => [`${name}-${way}`, { ...wrap[way](base), provokedBy: experiments[way] }]),
    ),
  };
};

/** The section that ends a call, with what is known of it. */
const atEnd = (
  change: (section: OutgoingSection, messages: number) => readonly (OutgoingSection | RawFrame)[],
): MakeSeams => {
  return () => {
    const messages = countPerStream();
    return {
      outbound: {
        message: (message, { id }) => {
          messages.next(id);
          return [message];
        },
        section: (section) => (section.endStream ? change(section, messages.of(section.streamId)) : [section]),
      },
    };
  };
};

const isError = (section: OutgoingSection): boolean => statusOf(section) !== 0;

/** Custom metadata of an answer. */
const isCustom = ({ name }: FieldSpec): boolean =>
  !name.startsWith(':') && !isReservedName(name) && name !== 'content-type';

/** Trailers of errors are sent without END_STREAM, and something else ends the stream. */
const endedBy = (end: (streamId: number) => readonly RawFrame[]): Seams => ({
  outbound: {
    section: (section) =>
      isTrailers(section) && isError(section)
        ? [{ ...section, endStream: false }, ...end(section.streamId)]
        : [section],
  },
});

/** After a section that ends the stream, frames. */
const afterEnd = (write: (streamId: number) => readonly RawFrame[]): Seams => ({
  outbound: {
    section: (section) => (section.endStream ? [section, ...write(section.streamId)] : [section]),
  },
});

const streaming = isOf('StreamingOutputCall', 'FullDuplexCall', 'HalfDuplexCall');

/** A field without any table: literal, name spelled out, no Huffman. */
function literal(name: string, value: string): Uint8Array {
  const text = (one: string): Uint8Array =>
    Buffer.concat([encodeInteger(one.length, 7, 0), Buffer.from(one, 'latin1')]);
  return Buffer.concat([Uint8Array.of(0), text(name), text(value)]);
}

export const answerMutants: readonly Mutant[] = [
  ...mutantsOf('RESP-01-status-200', {
    'twice-on-error': {
      says: ':status is there twice when a call ends with an error and nothing else',
      ...onTrailersOnly((fields) =>
        (valueOf(fields, 'grpc-status') ?? '0') === '0' ? fields : [{ name: ':status', value: '200' }, ...fields],
      ),
    },
    'behind-a-field': {
      says: ':status stands behind content-type',
      ...onHeaders((fields) => [
        ...fields.filter(({ name }) => name !== ':status'),
        ...fields.filter(({ name }) => name === ':status'),
      ]),
    },
    missing: { says: 'Trailers-Only has no :status', ...onTrailersOnly(dropField(':status')) },
    'of-error': {
      says: 'A call that ends with an error and nothing else has :status 500',
      ...onTrailersOnly((fields) =>
        (valueOf(fields, 'grpc-status') ?? '0') === '0' ? fields : changeField(':status', () => '500')(fields, 0),
      ),
    },
    'other-pseudo': {
      says: 'Response-Headers have :path',
      ...onHeaders((fields) => [{ name: ':path', value: '/' }, ...fields]),
    },
    'of-error-beside': {
      provokedBy: errorsBeside,
      ...besideOnly({
        says: 'A call that ends with an error and nothing else has :status 500',
        ...onTrailersOnly((fields) =>
          (valueOf(fields, 'grpc-status') ?? '0') === '0' ? fields : changeField(':status', () => '500')(fields, 0),
        ),
      }),
    },
  }),
  ...mutantsOf('RESP-02-one-header-block', {
    ...rarely(
      'twice',
      {
        says: 'Response-Headers are sent as two blocks',
        provokedBy: anyCall,
        outbound: {
          section: (section) =>
            isHeaders(section)
              ? [
                  { ...section, fields: section.fields.slice(0, 2) },
                  { ...section, fields: section.fields.slice(2) },
                ]
              : [section],
        },
      },
      ['later', 'beside', 'after-refusal'],
    ),
    'between-messages': {
      says: 'Before the third message of an answer there is another block of fields',
      provokedBy: ['RPC-03', 'TRAIL-03', 'RPC-04'],
      seams: (wire) => {
        const count = countPerStream();
        return {
          outbound: {
            message: (message, { id }) => {
              if (count.next(id) === 2)
                wire.sendSection({ streamId: id, fields: [{ name: 'x-progress', value: '2' }], endStream: false });
              return [message];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('RESP-03-content-type', {
    ...rarely(
      'web',
      {
        says: 'content-type of an answer is application/json',
        provokedBy: anyCall,
        ...onHeaders(changeField('content-type', () => 'application/json')),
      },
      ['later', 'beside', 'after-refusal'],
    ),
    missing: {
      says: 'Response-Headers have no content-type',
      provokedBy: anyCall,
      ...onHeaders(dropField('content-type')),
    },
    twice: {
      says: 'content-type is there twice in Response-Headers',
      provokedBy: anyCall,
      ...onHeaders((fields) => [...fields, { name: 'content-type', value: 'application/grpc' }]),
    },
    'of-error': {
      says: 'An answer that is an error alone has content-type text/plain',
      provokedBy: anyError,
      ...onTrailersOnly(changeField('content-type', () => 'text/plain')),
    },
  }),
  ...mutantsOf('RESP-04-headers-first', {
    'data-first': {
      says: 'The first message of an answer goes before Response-Headers',
      provokedBy: anyCall,
      outbound: {
        section: (section) =>
          isHeaders(section) ? [data(section.streamId, encodeMessage(new Uint8Array(0))), section] : [section],
      },
    },
    'behind-interim': {
      says: 'Answers begin with an interim block and DATA',
      provokedBy: anyCall,
      outbound: {
        section: (section) =>
          isHeaders(section)
            ? [
                { ...section, fields: [{ name: ':status', value: '103' }] },
                data(section.streamId, new Uint8Array(0)),
                section,
              ]
            : [section],
      },
    },
    ...rarely(
      'empty-data-first',
      {
        says: 'An empty DATA frame goes before Response-Headers',
        provokedBy: anyCall,
        outbound: {
          section: (section) => (isHeaders(section) ? [data(section.streamId, new Uint8Array(0)), section] : [section]),
        },
      },
      ['later', 'beside'],
    ),
  }),
  ...mutantsOf('RESP-05-fields-valid', {
    'upper-case': {
      says: 'Response-Headers have Server in upper case',
      provokedBy: anyCall,
      ...onBegin(addField('Server', 'mutant')),
    },
    ...rarely(
      'upper-case-in-trailers',
      {
        says: 'Trailers have a name with an upper-case letter',
        provokedBy: anyCall,
        ...onTrailers(addField('x-Time', '1')),
      },
      ['later', 'beside', 'after-refusal'],
    ),
    connection: {
      says: 'Response-Headers have connection: keep-alive',
      provokedBy: anyCall,
      ...onBegin(addField('connection', 'keep-alive')),
    },
    'transfer-encoding': {
      says: 'Response-Headers have transfer-encoding: chunked',
      provokedBy: anyCall,
      ...onBegin(addField('transfer-encoding', 'chunked')),
    },
    'line-feed': {
      says: 'A field of the trailers has a line feed in its value',
      provokedBy: anyCall,
      ...onTrailers(addField('x-trace', 'one\ntwo')),
    },
    nul: {
      says: 'A field of Response-Headers has NUL in its value',
      provokedBy: anyCall,
      ...onBegin(addField('x-trace', 'a\0b')),
    },
    'outer-blank': {
      says: 'A field of Response-Headers ends with a blank',
      provokedBy: anyCall,
      ...onBegin(addField('x-trace', 'a ')),
    },
    'of-errors': {
      says: 'An answer that is an error alone has proxy-connection: close',
      provokedBy: anyError,
      ...onTrailersOnly(addField('proxy-connection', 'close')),
    },
  }),
  ...mutantsOf('RESP-06-interim-responses', {
    'of-101': {
      says: 'Answers begin with :status 101',
      provokedBy: anyCall,
      outbound: {
        section: (section) =>
          isHeaders(section) ? [{ ...section, fields: [{ name: ':status', value: '101' }] }, section] : [section],
      },
    },
    'ends-stream': {
      says: 'An interim block has END_STREAM',
      provokedBy: anyCall,
      outbound: {
        section: (section) =>
          isHeaders(section)
            ? [{ ...section, endStream: true, fields: [{ name: ':status', value: '103' }] }, section]
            : [section],
      },
    },
  }),
  ...mutantsOf('RESP-08-initial-metadata', {
    'streaming-late': {
      says: 'Initial metadata of calls with streaming responses goes into the trailers',
      seams: () => {
        const paths = rememberPaths();
        const late = new Map<number, readonly FieldSpec[]>();
        return {
          inbound: paths.inbound,
          outbound: {
            section: (section) => {
              const { streamId, fields } = section;
              if (isHeaders(section) && streaming(paths.of(streamId))) {
                late.set(
                  streamId,
                  fields.filter(({ name }) => name === echoInitialName),
                );
                return [{ ...section, fields: fields.filter(({ name }) => name !== echoInitialName) }];
              }
              return [
                isTrailers(section) ? { ...section, fields: [...fields, ...(late.get(streamId) ?? [])] } : section,
              ];
            },
          },
        };
      },
    },
    'unary-late': {
      says: 'Initial metadata of unary calls goes into the trailers',
      seams: () => {
        const paths = rememberPaths();
        const late = new Map<number, readonly FieldSpec[]>();
        return {
          inbound: paths.inbound,
          outbound: {
            section: (section) => {
              const { streamId, fields } = section;
              if (isHeaders(section) && isOf('UnaryCall', 'EmptyCall')(paths.of(streamId))) {
                late.set(
                  streamId,
                  fields.filter(({ name }) => name === echoInitialName),
                );
                return [{ ...section, fields: fields.filter(({ name }) => name !== echoInitialName) }];
              }
              return [
                isTrailers(section) ? { ...section, fields: [...fields, ...(late.get(streamId) ?? [])] } : section,
              ];
            },
          },
        };
      },
    },
    twice: {
      says: 'Initial metadata is repeated in the trailers',
      seams: () => {
        const kept = new Map<number, readonly FieldSpec[]>();
        return {
          outbound: {
            section: (section) => {
              const { streamId, fields } = section;
              if (isHeaders(section))
                kept.set(
                  streamId,
                  fields.filter(({ name }) => name === echoInitialName),
                );
              return [
                isTrailers(section) ? { ...section, fields: [...fields, ...(kept.get(streamId) ?? [])] } : section,
              ];
            },
          },
        };
      },
    },
    'second-value-lost': {
      says: 'Of three values of initial metadata the second is lost',
      ...onHeaders((fields) => {
        const ours = fields.filter(({ name }) => name === echoInitialName);
        return ours.length < 3 ? fields : fields.filter((field) => field !== ours[1]);
      }),
    },
    'bidirectional-lost': {
      says: 'Initial metadata of bidirectional calls is lost',
      seams: () => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          ...onHeaders((fields, streamId) =>
            isOf('FullDuplexCall')(paths.of(streamId)) ? dropField(echoInitialName)(fields, streamId) : fields,
          ),
        };
      },
    },
  }),
  ...mutantsOf('RESP-11-fields-in-their-block', {
    ...rarely(
      'status-in-headers',
      { says: 'Response-Headers have grpc-status 0', provokedBy: anyCall, ...onHeaders(addField('grpc-status', '0')) },
      ['later', 'beside', 'after-refusal'],
    ),
    'message-in-headers': {
      says: 'Response-Headers have grpc-message',
      provokedBy: anyCall,
      ...onHeaders(addField('grpc-message', 'fine')),
    },
    'content-type-in-trailers': {
      says: 'Trailers repeat content-type',
      provokedBy: anyCall,
      ...onTrailers(addField('content-type', 'application/grpc')),
    },
  }),
  ...mutantsOf('RESP-12-content-length-consistent', {
    zero: {
      says: 'Response-Headers have content-length 0',
      provokedBy: anyCall,
      ...onHeaders(addField('content-length', '0')),
    },
    'one-less': {
      says: 'Response-Headers have content-length 4, less than any answer with a message',
      provokedBy: anyCall,
      ...onHeaders(addField('content-length', '4')),
    },
    'of-errors': {
      says: 'An answer that is an error alone has content-length 5',
      provokedBy: anyError,
      ...onTrailersOnly(addField('content-length', '5')),
    },
    'zero-later': {
      ...laterOnly({ says: 'Response-Headers have content-length 0', ...onHeaders(addField('content-length', '0')) }),
      provokedBy: ['RESP-01', 'TRAIL-01', 'MUX-01', 'HPACK-01'],
    },
  }),
  ...mutantsOf('RESP-13-no-http-content-coding', {
    gzip: {
      says: 'Response-Headers have content-encoding gzip',
      provokedBy: anyCall,
      ...onHeaders(addField('content-encoding', 'gzip')),
    },
    'after-much': {
      ...afterMuchOnly({
        says: 'Response-Headers have content-encoding gzip',
        ...onHeaders(addField('content-encoding', 'gzip')),
      }),
      provokedBy: ['FLOW-01', 'FRAME-23', 'FLOW-03', 'METHOD-08'],
    },
    'beside-others': {
      ...besideOnly({
        says: 'Response-Headers have content-encoding gzip',
        ...onHeaders(addField('content-encoding', 'gzip')),
      }),
      provokedBy: sideBySide,
    },
  }),
  ...mutantsOf('TRAIL-01-trailers-end-the-stream', {
    'error-empty-data': {
      says: 'Trailers of an error after Response-Headers lack END_STREAM; an empty DATA frame with it follows',
      ...endedBy((streamId) => [data(streamId, new Uint8Array(0), { endStream: true })]),
    },
    'error-reset': {
      says: 'Trailers of an error after Response-Headers lack END_STREAM; RST_STREAM follows',
      ...endedBy((streamId) => [rstStream(streamId, errorCodes.NO_ERROR)]),
    },
    'ok-after-many': {
      says: 'Trailers after three or more messages lack END_STREAM; an empty DATA frame with it follows',
      seams: atEnd((section, messages) =>
        messages >= 3 && isTrailers(section)
          ? [{ ...section, endStream: false }, data(section.streamId, new Uint8Array(0), { endStream: true })]
          : [section],
      ),
    },
    'beside-others': {
      provokedBy: sideBySide,
      ...besideOnly({
        says: 'Trailers lack END_STREAM; an empty DATA frame with it follows',
        outbound: {
          section: (section) =>
            isTrailers(section)
              ? [{ ...section, endStream: false }, data(section.streamId, new Uint8Array(0), { endStream: true })]
              : [section],
        },
      }),
    },
  }),
  ...mutantsOf('TRAIL-02-no-end-stream-on-data', {
    ok: {
      says: 'An answer that ends with OK ends on an empty DATA frame, without trailers',
      provokedBy: anyCall,
      outbound: {
        section: (section) =>
          isTrailers(section) && !isError(section)
            ? [data(section.streamId, new Uint8Array(0), { endStream: true })]
            : [section],
      },
    },
    'after-many': {
      says: 'An answer of three or more messages ends on an empty DATA frame, without trailers',
      provokedBy: ['RPC-03', 'TRAIL-03', 'RPC-04'],
      seams: atEnd((section, messages) =>
        messages >= 3 && isTrailers(section)
          ? [data(section.streamId, new Uint8Array(0), { endStream: true })]
          : [section],
      ),
    },
    error: {
      says: 'An answer that ends with an error after Response-Headers ends on an empty DATA frame',
      provokedBy: ['TRAIL-01', 'RESP-01', 'STATUS-08'],
      outbound: {
        section: (section) =>
          isTrailers(section) && isError(section)
            ? [data(section.streamId, new Uint8Array(0), { endStream: true })]
            : [section],
      },
    },
  }),
  ...mutantsOf('TRAIL-03-status-always-present', {
    'ok-after-many': {
      says: 'Trailers lack grpc-status when it is OK and three or more messages were sent',
      seams: atEnd((section, messages) => [
        messages >= 3 && !isError(section)
          ? { ...section, fields: dropField('grpc-status')(section.fields, 0) }
          : section,
      ]),
    },
    'ok-without-messages': {
      says: 'An answer without messages lacks grpc-status when it is OK',
      seams: atEnd((section, messages) => [
        messages === 0 && !isError(section)
          ? { ...section, fields: dropField('grpc-status')(section.fields, 0) }
          : section,
      ]),
    },
    'error-twice': {
      says: 'grpc-status is there twice when it is an error after messages',
      ...onTrailers((fields) =>
        (valueOf(fields, 'grpc-status') ?? '0') === '0'
          ? fields
          : [...fields, ...fields.filter(({ name }) => name === 'grpc-status')],
      ),
    },
    'beside-others': {
      provokedBy: sideBySide,
      ...besideOnly({ says: 'Trailers lack grpc-status', ...onTrailers(dropField('grpc-status')) }),
    },
  }),
  ...mutantsOf('TRAIL-04-no-pseudo-in-trailers', {
    'status-after-many': {
      says: ':status is repeated in the trailers after three or more messages',
      seams: atEnd((section, messages) => [
        messages >= 3 && isTrailers(section)
          ? { ...section, fields: [{ name: ':status', value: '200' }, ...section.fields] }
          : section,
      ]),
    },
    'status-of-errors': {
      says: ':status is repeated in the trailers of an error',
      ...onTrailers((fields) =>
        (valueOf(fields, 'grpc-status') ?? '0') === '0' ? fields : [{ name: ':status', value: '200' }, ...fields],
      ),
    },
    path: {
      says: 'Trailers of an answer without messages have :path',
      seams: atEnd((section, messages) => [
        messages === 0 && isTrailers(section)
          ? { ...section, fields: [{ name: ':path', value: '/' }, ...section.fields] }
          : section,
      ]),
    },
    'third-call': {
      ...laterOnly({
        says: ':status is repeated in the trailers',
        ...onTrailers((fields) => [{ name: ':status', value: '200' }, ...fields]),
      }),
    },
  }),
  ...mutantsOf('TRAIL-05-trailers-only-shape', {
    ...rarely(
      'no-content-type',
      {
        says: 'An answer that is an error alone has no content-type',
        provokedBy: anyError,
        ...onTrailersOnly(dropField('content-type')),
      },
      ['after-refusal'],
    ),
    'no-content-type-beside': {
      ...besideOnly({
        says: 'An answer that is an error alone has no content-type',
        ...onTrailersOnly(dropField('content-type')),
      }),
      provokedBy: errorsBeside,
    },
    'no-content-type-of-ok': {
      says: 'An answer that is status OK alone has no content-type',
      provokedBy: ['RPC-03', 'RPC-04', 'RESP-01', 'TRAIL-03'],
      ...onTrailersOnly((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? dropField('content-type')(fields, 0) : fields,
      ),
    },
  }),
  ...mutantsOf('TRAIL-07-nothing-after-trailers', {
    data: {
      says: 'An empty DATA frame follows the trailers',
      provokedBy: anyCall,
      ...afterEnd((streamId) => [data(streamId, new Uint8Array(0))]),
    },
    ...rarely(
      'headers',
      {
        says: 'A second block of trailers follows the trailers',
        provokedBy: anyCall,
        ...afterEnd((streamId) => [headers(streamId, literal('grpc-status', '0'), { endStream: true })]),
      },
      ['later', 'beside', 'after-refusal'],
    ),
  }),
  ...mutantsOf('TRAIL-08-trailing-metadata', {
    error: {
      says: 'Trailing metadata is lost when the call ends with an error',
      ...onEnd((fields) =>
        (valueOf(fields, 'grpc-status') ?? '0') === '0' ? fields : fields.filter((field) => !isCustom(field)),
      ),
    },
    'error-alone': {
      says: 'Trailing metadata is lost when the answer is an error alone',
      ...onTrailersOnly((fields) => fields.filter((field) => !isCustom(field))),
    },
    'in-headers': {
      says: 'Trailing metadata of a call with messages is lost when it ends with OK',
      ...onTrailers((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? dropField(echoTrailingName)(fields, 0) : fields,
      ),
    },
    'text-alone-lost': {
      says: 'Trailing metadata that is text is lost behind messages when the call ends with an error',
      ...onTrailers((fields) => (valueOf(fields, 'grpc-status') === '0' ? fields : dropField(fillerName)(fields, 0))),
    },
    'cut-short': {
      says: 'Trailing metadata of more than 4,096 octets is cut',
      ...onEnd(changeField(fillerName, (value) => value.slice(0, 4096))),
    },
    'last-value-lost': {
      says: 'Of two or more values of trailing metadata the last is lost',
      ...onEnd((fields) => {
        const ours = fields.filter(({ name }) => name === echoTrailingName);
        return ours.length < 2 ? fields : fields.filter((field) => field !== ours.at(-1));
      }),
    },
  }),
  ...mutantsOf('STATUS-01-code-roundtrip', {
    'highest-as-unknown': {
      says: 'DATA_LOSS and UNAUTHENTICATED arrive as UNKNOWN',
      ...onEnd(changeField('grpc-status', (code) => (Number(code) >= status.DATA_LOSS ? '2' : code))),
    },
    'cancelled-as-unknown': {
      says: 'CANCELLED arrives as UNKNOWN',
      ...onEnd(changeField('grpc-status', (code) => (code === '1' ? '2' : code))),
    },
    'last-digit': {
      says: 'A status of two digits loses the last one when it is alone',
      ...onTrailersOnly(changeField('grpc-status', (code) => code.slice(0, 1))),
    },
    'deadline-as-cancelled': {
      says: 'DEADLINE_EXCEEDED arrives as CANCELLED',
      ...onEnd(changeField('grpc-status', (code) => (code === '4' ? '1' : code))),
    },
  }),
  ...mutantsOf('STATUS-02-decimal-no-leading-zero', {
    'leading-zero': {
      says: 'grpc-status has two digits always',
      provokedBy: anyError,
      ...onEnd(changeField('grpc-status', (code) => code.padStart(2, '0'))),
    },
    ...rarely(
      'sign',
      {
        says: 'grpc-status of an error has a plus sign',
        provokedBy: anyError,
        ...onEnd(changeField('grpc-status', (code) => (code === '0' ? code : `+${code}`))),
      },
      ['later'],
    ),
    'sign-beside': {
      ...besideOnly({
        says: 'grpc-status of an error has a plus sign',
        ...onEnd(changeField('grpc-status', (code) => (code === '0' ? code : `+${code}`))),
      }),
      provokedBy: errorsBeside,
    },
    name: {
      says: 'grpc-status of OK is a name',
      provokedBy: anyCall,
      ...onEnd(changeField('grpc-status', (code) => (code === '0' ? 'OK' : code))),
    },
  }),
  ...mutantsOf('STATUS-03-message-roundtrip', {
    'percent-before-digits': {
      says: 'A percent sign before two hex digits in a status message is not escaped',
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%25(?=[0-9A-Fa-f]{2})/g, '%'))),
    },
    'escaped-twice': {
      says: 'A percent sign in a status message is escaped twice',
      ...onEnd(changeField('grpc-message', (text) => text.replaceAll('%25', '%2525'))),
    },
    'four-octets-lost': {
      says: 'Characters of four octets of UTF-8 are lost from status messages',
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%F[0-7](?:%[0-9A-F]{2}){3}/g, ''))),
    },
    'control-lost': {
      says: 'Control characters become question marks in status messages',
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%[01][0-9A-F]/g, '?'))),
    },
    'plus-for-blank': {
      says: 'Blanks in status messages are written as plus signs',
      ...onEnd(changeField('grpc-message', (text) => text.replaceAll(' ', '+'))),
    },
    quotes: {
      says: 'Quotation marks are lost from status messages',
      ...onEnd(changeField('grpc-message', (text) => text.replaceAll('"', ''))),
    },
  }),
  ...mutantsOf('STATUS-04-percent-encoding-alphabet', {
    'raw-octets': {
      says: 'grpc-message is not percent-encoded',
      provokedBy: ['STATUS-03'],
      ...onEnd(
        changeField('grpc-message', (text) =>
          text.replace(/(?:%[89A-F][0-9A-F])+/g, (escapes) =>
            Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('latin1'),
          ),
        ),
      ),
    },
    'bare-percent': {
      says: 'A percent sign at the end of grpc-message is not escaped',
      provokedBy: ['STATUS-03'],
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%25$/, '%'))),
    },
    'lower-case': {
      says: 'Escapes in grpc-message are in lower case',
      provokedBy: ['STATUS-03'],
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()))),
    },
  }),
  ...mutantsOf('STATUS-05-message-outer-spaces', {
    'both-ends': {
      says: 'Blanks at the ends of a status message are not escaped',
      provokedBy: ['STATUS-03'],
      ...onEnd(
        changeField('grpc-message', (text) =>
          text.replace(/^(?:%20)+|(?:%20)+$/g, (escapes) => escapes.replaceAll('%20', ' ')),
        ),
      ),
    },
    'line-padded': {
      says: 'Status messages end with a blank',
      provokedBy: ['STATUS-03'],
      ...onEnd(changeField('grpc-message', (text) => `${text} `)),
    },
  }),
  ...mutantsOf('STATUS-07-handler-exception-unknown', {
    reset: {
      says: 'A handler that throws after its first message ends the call with RST_STREAM',
      policy: { answersException: (_, messagesSent) => messagesSent === 0 },
    },
    'reset-at-once': {
      says: 'A handler that throws before its first message ends the call with RST_STREAM',
      policy: { answersException: (_, messagesSent) => messagesSent > 0 },
    },
    ok: {
      says: 'A handler that throws after three messages ends the call with OK',
      seams: atEnd((section, messages) => [
        messages >= 3 && valueOf(section.fields, 'grpc-message') === 'the handler threw an exception'
          ? { ...section, fields: [{ name: 'grpc-status', value: '0' }] }
          : section,
      ]),
    },
    unavailable: {
      says: 'A handler that throws ends the call with UNAVAILABLE',
      ...statusWhere((message) => message === 'the handler threw an exception', status.UNAVAILABLE),
    },
    'connection-too': {
      says: 'A handler that throws ends the connection',
      seams: (wire) => ({
        outbound: {
          section: (section) => {
            if (valueOf(section.fields, 'grpc-message') !== 'the handler threw an exception') return [section];
            wire.fail(errorCodes.INTERNAL_ERROR, 'exception');
            return [];
          },
        },
      }),
    },
  }),
  ...mutantsOf('STATUS-08-error-after-messages', {
    'last-lost': {
      says: 'The last message before an error is lost when there was more than one',
      policy: {
        beforeEnd: ({ error, messagesSent, dropLast }) => {
          if (error !== undefined && messagesSent > 1) dropLast();
        },
      },
    },
    'second-of-two-lost': {
      says: 'The second of two messages before an error is lost when it has to wait',
      policy: {
        beforeEnd: ({ error, messagesSent, dropLast }) => {
          if (error !== undefined && messagesSent === 2) dropLast();
        },
      },
    },
    'all-waiting-lost': {
      says: 'All messages that wait are lost when the call ends with an error',
      policy: {
        beforeEnd: ({ error, messagesSent, dropLast }) => {
          for (let message = 0; error !== undefined && message < messagesSent; message++) dropLast();
        },
      },
    },
    'ok-after-many': {
      says: 'An error after four or more messages arrives as OK',
      seams: atEnd((section, messages) => [
        messages >= 4 && isError(section) ? { ...section, fields: [{ name: 'grpc-status', value: '0' }] } : section,
      ]),
    },
  }),
  ...mutantsOf('MSG-13-response-framing', {
    'flag-2': {
      says: 'Compressed-Flag of answers is 2',
      provokedBy: anyCall,
      ...onMessages((message) => [Buffer.concat([Uint8Array.of(2), message.subarray(1)])]),
    },
    ...rarely(
      'web-trailers',
      {
        says: 'Before the trailers there is a message with flag 0x80, as gRPC-Web has it',
        provokedBy: anyCall,
        outbound: {
          section: (section) =>
            isTrailers(section)
              ? [
                  data(section.streamId, encodeMessage(Buffer.from('grpc-status:0\r\n'), { compressedFlag: 0x80 })),
                  section,
                ]
              : [section],
        },
      },
      ['later', 'beside', 'after-refusal'],
    ),
    'left-over': {
      says: 'The last octet of an answer of one message is lost',
      provokedBy: ['RPC-01', 'RESP-01'],
      seams: () => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) =>
              isOf('UnaryCall', 'StreamingInputCall')(paths.of(id)) ? [message.subarray(0, -1)] : [message],
          },
        };
      },
    },
    'prefix-alone': {
      says: 'A prefix without a message goes before the trailers after three messages',
      provokedBy: ['RPC-03', 'TRAIL-03', 'RPC-04'],
      seams: atEnd((section, messages) =>
        messages >= 3 && isTrailers(section)
          ? [data(section.streamId, Uint8Array.of(0, 0, 0, 0, 9)), section]
          : [section],
      ),
    },
  }),
  ...mutantsOf('COMP-13-never-unaccepted-encoding', {
    always: {
      says: 'Every answer is compressed with gzip, whatever the client accepts',
      provokedBy: ['RPC-01', 'RESP-01', 'RPC-03'],
      ...compressing(() => true),
    },
    'where-request-is': {
      says: 'Answers to compressed requests are compressed with gzip, whatever the client accepts',
      provokedBy: ['COMP-02', 'METHOD-11'],
      ...compressing((_, encoding) => encoding !== undefined),
    },
    'large-answers': {
      says: 'Answers of more than 1,024 octets are compressed with gzip, whatever the client accepts',
      provokedBy: ['RPC-01', 'RPC-03', 'FRAME-23'],
      ...compressing((message) => message.length > 1024),
    },
  }),
  ...mutantsOf('COMP-14-response-encoding-header', {
    'flag-without-encoding': {
      says: 'Messages of answers have Compressed-Flag 1, and no grpc-encoding says how',
      provokedBy: anyCall,
      ...onMessages((message) => [encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })]),
    },
    'identity-named': {
      says: 'Messages of answers have Compressed-Flag 1, and grpc-encoding is identity',
      provokedBy: anyCall,
      seams: () => ({
        outbound: {
          section: (section) => [
            isHeaders(section)
              ? { ...section, fields: [...section.fields, { name: 'grpc-encoding', value: 'identity' }] }
              : section,
          ],
          message: (message) => [encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })],
        },
      }),
    },
    'does-not-inflate': {
      says: 'Messages of answers have Compressed-Flag 1 and are not compressed, though grpc-encoding says gzip',
      provokedBy: anyCall,
      seams: () => ({
        outbound: {
          section: (section) => [
            isHeaders(section)
              ? { ...section, fields: [...section.fields, { name: 'grpc-encoding', value: 'gzip' }] }
              : section,
          ],
          message: (message) => [Buffer.concat([Uint8Array.of(1), message.subarray(1)])],
        },
      }),
    },
    'third-message': {
      says: 'The third message of an answer and those behind it have Compressed-Flag 1',
      provokedBy: ['RPC-03', 'TRAIL-03', 'RPC-04'],
      ...onMessages((message, index) => [
        index >= 2 ? encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 }) : message,
      ]),
    },
  }),
  ...mutantsOf('RPC-06-response-cardinality', {
    none: {
      says: 'A unary call that ends with OK has no message when its message is empty',
      provokedBy: ['RPC-01', 'MSG-05', 'RESP-01'],
      ...onMessages((message) => (message.length <= 5 ? [] : [message])),
    },
    'two-of-unary': {
      says: 'The answer to a unary call comes twice',
      provokedBy: ['RPC-01', 'RESP-01'],
      seams: () => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) =>
              isOf('UnaryCall', 'EmptyCall')(paths.of(id)) ? [message, message] : [message],
          },
        };
      },
    },
    'two-of-upload': {
      says: 'The answer to a client-streaming call comes twice',
      provokedBy: ['RPC-02', 'RESP-01'],
      seams: () => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) => (isOf('StreamingInputCall')(paths.of(id)) ? [message, message] : [message]),
          },
        };
      },
    },
    'two-beside': {
      says: 'The answer to a unary call comes twice while another stream is open',
      provokedBy: ['MUX-01', 'MUX-02', 'RESP-01'],
      seams: (wire) => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          outbound: {
            message: (message, { id }) =>
              isOf('UnaryCall', 'EmptyCall')(paths.of(id)) && wire.streams().length >= 2
                ? [message, message]
                : [message],
          },
        };
      },
    },
  }),
  ...mutantsOf('FRAME-24-no-push-from-server', {
    'every-request': {
      says: 'A PUSH_PROMISE comes before every answer',
      provokedBy: ['RPC-01', 'RESP-01', 'CONN-05', 'FRAME-23'],
      outbound: {
        section: (section) =>
          isHeaders(section) ? [pushPromise(section.streamId, 2, literal(':method', 'GET')), section] : [section],
      },
    },
    'third-call': {
      ...laterOnly({
        says: 'A PUSH_PROMISE comes before every answer',
        outbound: {
          section: (section) =>
            isHeaders(section) ? [pushPromise(section.streamId, 2, literal(':method', 'GET')), section] : [section],
        },
      }),
      provokedBy: ['RESP-01', 'TRAIL-01', 'MUX-01', 'HPACK-01'],
    },
  }),
  ...mutantsOf('KA-08-goaway-fields', {
    'even-id': {
      says: 'GOAWAY names a stream of even id',
      provokedBy: ['FRAME-06', 'STREAM-04', 'HPACK-09'],
      ...onFramesOf('GOAWAY', (frame) => [withLastStream(frame, 2)]),
    },
    grows: {
      says: 'A second GOAWAY names a higher stream than the first',
      provokedBy: ['FRAME-06', 'STREAM-04', 'HPACK-09', 'STREAM-11'],
      ...onFramesOf('GOAWAY', (frame) => [withLastStream(frame, 1), withLastStream(frame, 0x7fffffff)]),
    },
    'named-too-low': {
      says: 'The GOAWAY of a graceful shutdown names stream 0, and calls are answered all the same',
      provokedBy: ['KA-09'],
      ...onFramesOf('GOAWAY', (frame) => [withLastStream(frame, 0)]),
    },
  }),
];

function withLastStream(frame: RawFrame, streamId: number): RawFrame {
  const payload = Buffer.from(frame.payload);
  payload.writeUInt32BE(streamId, 0);
  return { ...frame, payload };
}

/** Messages in gzip, and grpc-encoding with them, for calls of which that is so. */
function compressing(is: (message: Uint8Array, encoding: string | undefined) => boolean): Pick<Mutant, 'seams'> {
  return {
    seams: () => {
      const encodings = new Map<number, string | undefined>();
      return {
        inbound: {
          section: (section) => {
            if (valueOf(section.fields, ':path') !== undefined)
              encodings.set(section.streamId, valueOf(section.fields, 'grpc-encoding'));
            return section;
          },
        },
        outbound: {
          section: (section) => [
            isHeaders(section)
              ? {
                  ...section,
                  fields: [...dropField('grpc-encoding')(section.fields, 0), { name: 'grpc-encoding', value: 'gzip' }],
                }
              : section,
          ],
          message: (message, { id }) =>
            message[0] === 0 && is(message, encodings.get(id))
              ? [encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })]
              : [message],
        },
      };
    },
  };
}
