import { isReservedName } from '../../../grpc/metadata';
import { echoTrailingName, fillerName } from '../../../grpc/test-service';
import { data, headers, rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { RawFrame } from '../../../wire/frame';
import type { FieldSpec } from '../../../wire/hpack/encoder';
import type { MakeSeams, OutgoingSection, Seams } from '../seams';
import {
  anyCall,
  anyError,
  atEnd,
  cutField,
  errorsBeside,
  inPlaceOfLong,
  literal,
  rarely,
  sideBySide,
} from './answer-operators';
import { mutantsOf, type Mutant } from './mutant';
import {
  besideOnly,
  changeField,
  dropField,
  isError,
  isTrailers,
  isTrailersOnly,
  laterOnly,
  onEnd,
  onTrailers,
  onTrailersOnly,
  statusOf,
  valueOf,
} from './operators';

const { INTERNAL_ERROR } = errorCodes;

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

/** Sections that end a call are held back while there is no credit. @param without says when there is none */
const heldWhile = (
  without: (stream: number, carried: number, initial: number) => boolean,
  releases: 'with credit' | 'never',
): MakeSeams => {
  return (wire) => {
    const held = new Map<number, OutgoingSection>();
    const octets = new Map<number, number>();
    let carried = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'WINDOW_UPDATE' && releases === 'with credit') {
            for (const section of held.values()) wire.sendSection(section);
            held.clear();
          }
          return [frame];
        },
      },
      outbound: {
        message: (message, { id }) => {
          carried += message.length;
          octets.set(id, (octets.get(id) ?? 0) + message.length);
          return [message];
        },
        section: (section) => {
          const { streamId, endStream } = section;
          const window = wire.find(streamId)?.sendWindow ?? Infinity;
          if (!endStream || !without(window, carried, octets.get(streamId) ?? 0)) return [section];
          held.set(streamId, section);
          return [];
        },
      },
    };
  };
};

/** What ends an answer: where trailers stand, what is in them, and when they come. */
export const trailerMutants: readonly Mutant[] = [
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
  ...mutantsOf('TRAIL-06-ok-without-messages', {
    'no-status': {
      says: 'A call without messages that ends with OK has no grpc-status',
      ...onTrailersOnly((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? dropField('grpc-status')(fields, 0) : fields,
      ),
    },
    silent: {
      says: 'A conversation without messages is never answered',
      outbound: { section: (section) => (isTrailersOnly(section) && statusOf(section) === 0 ? [] : [section]) },
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
  ...mutantsOf('TRAIL-09-trailers-ignore-window', {
    'stream-window': {
      says: 'Trailers wait while the window of their stream is used up',
      seams: heldWhile((window) => window <= 0, 'with credit'),
    },
    'connection-window': {
      says: 'Trailers wait while the window of the connection is used up',
      seams: heldWhile((_, carried) => carried >= 65_535, 'with credit'),
    },
    'both-windows': {
      says: 'Trailers wait while both windows are used up by the same octet',
      seams: heldWhile((window, carried) => window <= 0 && carried >= 65_535, 'with credit'),
    },
    lost: {
      says: 'Trailers that are due while the window of a stream is used up by messages are lost',
      seams: heldWhile((window, _, octets) => window <= 0 && octets > 0, 'never'),
    },
    'no-message': {
      says: 'Trailers without a message wait for a window above 0',
      seams: heldWhile((window, _, octets) => window <= 0 && octets === 0, 'with credit'),
    },
  }),
  ...mutantsOf('TRAIL-10-large-trailers', {
    cut: {
      says: 'Metadata of more than 16,000 octets is cut',
      ...onEnd(cutField(fillerName, 16_000, (value) => value.slice(0, 16_000))),
    },
    reset: {
      says: 'A call with more than 32,768 octets of metadata is reset',
      ...inPlaceOfLong(fillerName, 32_768, ({ streamId }) => [rstStream(streamId, INTERNAL_ERROR)]),
    },
    'text-lost': {
      says: 'A text of more than 8,192 octets is left out',
      ...onEnd((fields) =>
        (valueOf(fields, 'grpc-message')?.length ?? 0) > 8192 ? dropField('grpc-message')(fields, 0) : fields,
      ),
    },
    silent: {
      says: 'Trailers of more than 16,384 octets after Response-Headers are never sent',
      ...inPlaceOfLong(fillerName, 16_384, (section) => (isTrailersOnly(section) ? [section] : [])),
    },
  }),
];
