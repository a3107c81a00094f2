import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { testService } from '../../../grpc/test-service';
import { data } from '../../../wire/builders';
import type { OutgoingSection } from '../seams';
import { anyCall, anyError, errorsBeside, rarely, sideBySide } from './answer-operators';
import { mutantsOf, type Mutant } from './mutant';
import {
  addField,
  afterMuchOnly,
  besideOnly,
  changeField,
  countPerStream,
  dropField,
  isHeaders,
  laterOnly,
  onBegin,
  onHeaders,
  onTrailers,
  onTrailersOnly,
  rememberPaths,
  valueOf,
} from './operators';

const talks = `/${testService}/FullDuplexCall`;

/** How answers begin: the fields of Response-Headers, and when they come. */
export const responseHeaderMutants: readonly Mutant[] = [
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
  ...mutantsOf('RESP-07-headers-timing', {
    'headers-held': {
      says: 'Response-Headers wait for the first message, or the end',
      seams: (wire) => {
        const held = new Map<number, OutgoingSection>();
        const take = (id: number): readonly OutgoingSection[] => {
          const section = held.get(id);
          held.delete(id);
          return section === undefined ? [] : [section];
        };
        return {
          outbound: {
            message: (message, { id }) => {
              for (const section of take(id)) wire.sendSection(section);
              return [message];
            },
            section: (section) => {
              if (!isHeaders(section)) return [...take(section.streamId), section];
              held.set(section.streamId, section);
              return [];
            },
          },
        };
      },
    },
    'message-held': {
      says: 'The first message of a conversation leaves with the next frame of the request',
      seams: (wire) => {
        const paths = rememberPaths();
        const count = countPerStream();
        const held = new Map<number, Uint8Array>();
        return {
          inbound: {
            ...paths.inbound,
            frame: (frame) => {
              const message = frame.type === 'DATA' ? held.get(frame.streamId) : undefined;
              held.delete(frame.streamId);
              if (message !== undefined) wire.sendMessage(frame.streamId, message);
              return [frame];
            },
          },
          outbound: {
            message: (message, { id, remoteEnded }) => {
              if (remoteEnded || paths.of(id) !== talks || count.next(id) > 0) return [message];
              held.set(id, message);
              return [];
            },
          },
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
];
