import { rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { Frame } from '../../../wire/frame';
import { frameTypes } from '../../../wire/frame';
import { echoInitialName, testService } from '../../../grpc/test-service';
import type { FieldSection } from '../block-reader';
import type { MakeSeams, OutgoingSection, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import {
  isHeaders,
  isTrailers,
  isTrailersOnly,
  leftOut,
  onFramesOf,
  rememberPaths,
  statusOf,
  valueOf,
} from './operators';

/** How requests end, and answers that do so before them. */

const { NO_ERROR, CANCEL, STREAM_CLOSED, PROTOCOL_ERROR } = errorCodes;

const uploads = `/${testService}/StreamingInputCall`;

const opens = ({ fields }: FieldSection): boolean => valueOf(fields, ':path') !== undefined;

/** Trailers of requests, otherwise. */
const onRequestTrailers =
  (change: (section: FieldSection, wire: Wire) => FieldSection): MakeSeams =>
  (wire) => ({
    inbound: { section: (section) => (opens(section) || !section.endStream ? section : change(section, wire)) },
  });

const withoutEnd = (section: FieldSection): FieldSection => ({ ...section, endStream: false, fields: [] });

/** HEADERS that end a request and hold its path do not end it. */
const endOnHeadersUnseen = (is: (path: string) => boolean) => ({
  inbound: {
    section: (section: FieldSection) =>
      opens(section) && section.endStream && is(valueOf(section.fields, ':path') ?? '')
        ? { ...section, endStream: false }
        : section,
  },
});

/** The sections that end a call whose request goes on. */
const atEarlyEnds =
  (change: (section: OutgoingSection) => readonly (OutgoingSection | ReturnType<typeof rstStream>)[]): MakeSeams =>
  (wire) => ({
    outbound: {
      section: (section) =>
        section.endStream && wire.find(section.streamId)?.remoteEnded === false ? change(section) : [section],
    },
  });

/** Frames of that kind end the connection when they come on a stream that is over. */
const failsOnLate =
  (is: (frame: Frame) => boolean): MakeSeams =>
  (wire) => {
    const known = new Set<number>();
    return {
      inbound: {
        section: (section) => {
          known.add(section.streamId);
          return section;
        },
        frame: (frame) => {
          const isOver = known.has(frame.streamId) && wire.find(frame.streamId) === undefined;
          if (isOver && is(frame)) wire.fail(STREAM_CLOSED, 'a frame on a stream that is over');
          return [frame];
        },
      },
    };
  };

/** Ends the input of an upload before its end. @param due told of each DATA frame with octets, from 1 */
const endsUploads =
  (due: (count: number) => boolean): MakeSeams =>
  () => {
    const paths = rememberPaths();
    const counts = new Map<number, number>();
    return {
      inbound: {
        ...paths.inbound,
        frame: (frame) => {
          if (frame.type !== 'DATA' || frame.endStream || paths.of(frame.streamId) !== uploads) return [frame];
          const count = (counts.get(frame.streamId) ?? 0) + 1;
          counts.set(frame.streamId, count);
          return [due(count) ? { ...frame, endStream: true } : frame];
        },
      },
    };
  };

export const requestEndMutants: readonly Mutant[] = [
  ...mutantsOf('EOS-03-end-stream-on-headers', {
    'upload-never-ends': {
      says: 'END_STREAM on HEADERS does not end an upload',
      ...endOnHeadersUnseen((path) => path === uploads),
    },
    'conversation-never-ends': {
      says: 'END_STREAM on HEADERS does not end a conversation',
      ...endOnHeadersUnseen((path) => path !== uploads),
    },
    refused: {
      says: 'A request without DATA is unknown',
      inbound: {
        section: (section) =>
          opens(section) && section.endStream
            ? {
                ...section,
                fields: section.fields.map((field) =>
                  field.name === ':path' ? { ...field, value: '/no/thing' } : field,
                ),
              }
            : section,
      },
    },
  }),
  ...mutantsOf('EOS-04-request-trailers', {
    'connection-error': {
      says: 'Trailers of a request are a connection error',
      seams: onRequestTrailers((section, wire) => {
        wire.fail(PROTOCOL_ERROR, 'HEADERS on a known stream');
        return section;
      }),
    },
    'reset-only': {
      says: 'Trailers of a request reset the call',
      seams: onRequestTrailers((section, wire) => {
        wire.reset(section.streamId, PROTOCOL_ERROR);
        return section;
      }),
    },
    'no-end': {
      says: 'END_STREAM of trailers is not seen when an answer has little credit',
      seams: onRequestTrailers((section, wire) =>
        (wire.find(section.streamId)?.sendWindow ?? Infinity) < 10 ? withoutEnd(section) : section,
      ),
    },
    'as-metadata': {
      says: 'Handlers copy a field of the trailers of a request',
      seams: () => {
        const late = new Map<number, string>();
        return {
          inbound: {
            section: (section) => {
              const value = opens(section) ? undefined : valueOf(section.fields, echoInitialName);
              if (value !== undefined) late.set(section.streamId, value);
              return section;
            },
          },
          outbound: {
            section: (section) => {
              const value = isHeaders(section) ? late.get(section.streamId) : undefined;
              if (value === undefined) return [section];
              return [{ ...section, fields: [...section.fields, { name: echoInitialName, value }] }];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('EOS-06-pseudo-field-in-trailers', {
    unchecked: { says: 'Nobody looks at trailers of requests', ...leftOut('malformed-trailers') },
    'pseudo-unchecked': {
      says: 'Trailers of requests may have pseudo-header fields',
      ...leftOut('malformed-trailers', ({ reason }) => reason.startsWith('pseudo')),
    },
    'fields-unchecked': {
      says: 'In trailers of requests only pseudo-header fields are looked for',
      ...leftOut('malformed-trailers', ({ reason }) => !reason.startsWith('pseudo')),
    },
    'only-first': {
      says: 'Only the first field of trailers of a request is looked at',
      inbound: {
        section: (section) => (opens(section) ? section : { ...section, fields: section.fields.slice(0, 1) }),
      },
    },
  }),
  ...mutantsOf('EOS-07-half-close-visible-only-after-end-stream', {
    'after-the-first-message': {
      says: 'An upload ends with its first message',
      seams: endsUploads((count) => count === 1),
    },
    'after-the-third-frame': {
      says: 'An upload ends with its third frame',
      seams: endsUploads((count) => count === 3),
    },
  }),
  ...mutantsOf('EOS-08-early-final-status', {
    'other-code': {
      says: 'Early trailers are followed by RST_STREAM(CANCEL)',
      ...onFramesOf('RST_STREAM', (frame) => [
        frame.payload.every((octet) => octet === 0) ? rstStream(frame.streamId, CANCEL) : frame,
      ]),
    },
    'no-reset': {
      says: 'Nothing follows early trailers',
      ...onFramesOf('RST_STREAM', (frame) => (frame.payload.every((octet) => octet === NO_ERROR) ? [] : [frame])),
    },
    'in-place-of-trailers': {
      says: 'A call that fails after a message while its request goes on is reset, without trailers',
      seams: atEarlyEnds((section) => (isTrailers(section) ? [rstStream(section.streamId, CANCEL)] : [section])),
    },
    'in-place-of-all': {
      says: 'A call of an unknown method is reset while its request goes on',
      seams: atEarlyEnds((section) =>
        isTrailersOnly(section) && statusOf(section) === 12 ? [rstStream(section.streamId, CANCEL)] : [section],
      ),
    },
  }),
  ...mutantsOf('EOS-09-late-client-frames-after-trailers', {
    'late-data': {
      says: 'DATA with octets on a stream that is over is a connection error',
      seams: failsOnLate((frame) => frame.type === 'DATA' && frame.data.length > 0),
    },
    'late-end': {
      says: 'END_STREAM on a stream that is over is a connection error',
      seams: failsOnLate((frame) => frame.type === 'DATA' && frame.endStream),
    },
    'late-credit': {
      says: 'WINDOW_UPDATE on a stream that is over is a connection error',
      seams: failsOnLate((frame) => frame.type === 'WINDOW_UPDATE'),
    },
    'late-reset': {
      says: 'RST_STREAM(NO_ERROR) on a stream that is over is a connection error',
      seams: failsOnLate(
        (frame) => frame.raw.type === frameTypes.RST_STREAM && frame.raw.payload.every((one) => one === 0),
      ),
    },
  }),
];
