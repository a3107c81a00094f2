import { detailsName, echoTrailingName, fillerName, pushbackName, testService } from '../../../grpc/test-service';
import { status } from '../../../grpc/status';
import { rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { FieldSpec } from '../../../wire/hpack/encoder';
import { settingIds } from '../../../wire/settings';
import { settingValue } from '../../../wire/setting-value';
import type { MakeSeams, OutgoingSection } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import {
  addField,
  changeField,
  countPerStream,
  dropField,
  isHeaders,
  isTrailersOnly,
  onEnd,
  onTrailers,
  onTrailersOnly,
  rememberPaths,
  statusOf,
  valueOf,
} from './operators';

/** What ends an answer, and the metadata before and beside it. */

const { INTERNAL_ERROR } = errorCodes;
const talks = `/${testService}/FullDuplexCall`;

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

/** One field otherwise where it is longer than that. */
const cutField =
  (name: string, length: number, change: (value: string) => string) =>
  (fields: readonly FieldSpec[]): readonly FieldSpec[] =>
    changeField(name, (value) => (value.length > length ? change(value) : value))(fields, 0);

/** Something in place of sections that hold such a long field. */
const inPlaceOfLong = (
  name: string,
  length: number,
  write: (section: OutgoingSection) => readonly (OutgoingSection | ReturnType<typeof rstStream>)[],
): Pick<Clause, 'outbound'> => ({
  outbound: {
    section: (section) => ((valueOf(section.fields, name)?.length ?? 0) > length ? write(section) : [section]),
  },
});

/** What a server does with fields beyond the list size that the client takes. */
const beyondTheLimit =
  (write: (section: OutgoingSection, limit: number) => readonly OutgoingSection[]): MakeSeams =>
  () => {
    let limit = Infinity;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'SETTINGS') limit = settingValue(frame.settings, settingIds.MAX_HEADER_LIST_SIZE) ?? limit;
          return [frame];
        },
      },
      outbound: {
        section: (section) =>
          (valueOf(section.fields, fillerName)?.length ?? 0) > limit ? write(section, limit) : [section],
      },
    };
  };

/** Another :status where a call ends with that status and nothing else. */
const mapped = (code: number, httpStatus: string): Pick<Clause, 'outbound'> =>
  onTrailersOnly((fields) =>
    valueOf(fields, 'grpc-status') === String(code) ? changeField(':status', () => httpStatus)(fields, 0) : fields,
  );

/** Another status for paths that nobody serves. */
const ofUnknown =
  (code: string): MakeSeams =>
  () => ({
    ...onTrailersOnly((fields) =>
      valueOf(fields, 'grpc-status') === '12' ? changeField('grpc-status', () => code)(fields, 0) : fields,
    ),
  });

export const trailerAndStatusMutants: readonly Mutant[] = [
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
  ...mutantsOf('RESP-09-bin-unpadded', {
    padded: {
      says: 'Binary values of trailers are padded',
      ...onEnd(changeField(echoTrailingName, (value) => value.padEnd(Math.ceil(value.length / 4) * 4, '='))),
    },
    'padded-by-two': {
      says: 'Binary values of trailers are padded where two octets are missing',
      ...onEnd(changeField(echoTrailingName, (value) => (value.length % 4 === 2 ? `${value}==` : value))),
    },
    'url-safe': {
      says: 'Binary values of trailers have the alphabet of URLs',
      ...onEnd(changeField(echoTrailingName, (value) => value.replaceAll('+', '-').replaceAll('/', '_'))),
    },
  }),
  ...mutantsOf('RESP-10-client-header-list-limit', {
    cut: {
      says: 'Metadata is cut to the list size of the client',
      seams: beyondTheLimit((section, limit) => [
        { ...section, fields: changeField(fillerName, (value) => value.slice(0, limit))(section.fields, 0) },
      ]),
    },
    dropped: {
      says: 'Trailing metadata above the list size of the client is left out',
      seams: beyondTheLimit((section) => [
        section.endStream ? { ...section, fields: dropField(fillerName)(section.fields, 0) } : section,
      ]),
    },
    silent: {
      says: 'Nothing is sent in place of trailers above the list size of the client',
      seams: beyondTheLimit((section) => (section.endStream ? [] : [section])),
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
  ...mutantsOf('STATUS-06-message-optional', {
    empty: {
      says: 'A call that ends with OK and nothing else has an empty grpc-message',
      provokedBy: ['RESP-01', 'TRAIL-06', 'RPC-03'],
      survives: { where: 'always', reason: 'an empty message is a free choice, which is recorded and no finding' },
      ...onTrailersOnly((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? addField('grpc-message', '')(fields, 0) : fields,
      ),
    },
    'empty-in-trailers': {
      says: 'Trailers with OK have an empty grpc-message',
      provokedBy: ['RESP-01', 'RPC-01', 'RPC-03'],
      survives: { where: 'always', reason: 'an empty message is a free choice, which is recorded and no finding' },
      ...onTrailers((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? addField('grpc-message', '')(fields, 0) : fields,
      ),
    },
  }),
  ...mutantsOf('STATUS-10-codes-never-generated', {
    'not-found': {
      says: 'A method that nobody has is NOT_FOUND',
      provokedBy: ['REQ-21', 'EOS-08'],
      seams: ofUnknown('5'),
    },
    'invalid-argument': {
      says: 'A method that nobody has is INVALID_ARGUMENT',
      provokedBy: ['REQ-21', 'EOS-08'],
      seams: ofUnknown('3'),
    },
  }),
  ...mutantsOf('STATUS-09-status-details-bin', {
    'other-code': {
      says: 'The details have another code than the call',
      ...onEnd((fields) =>
        valueOf(fields, detailsName) === undefined
          ? fields
          : changeField('grpc-status', (code) => String((Number(code) % 16) + 1))(fields, 0),
      ),
    },
    cut: {
      says: 'Details of more than 200 letters are cut',
      ...onEnd(cutField(detailsName, 200, (value) => value.slice(0, 200))),
    },
    'url-safe': {
      says: 'Details have the alphabet of URLs',
      ...onEnd(changeField(detailsName, (value) => value.replaceAll('+', '-').replaceAll('/', '_'))),
    },
    lost: { says: 'Details are left out', ...onEnd(dropField(detailsName)) },
  }),
  ...mutantsOf('STATUS-11-grpc-errors-keep-http-200', {
    'not-found': { says: 'NOT_FOUND is HTTP 404', ...mapped(status.NOT_FOUND, '404') },
    unavailable: { says: 'UNAVAILABLE is HTTP 503', ...mapped(status.UNAVAILABLE, '503') },
    'permission-denied': { says: 'PERMISSION_DENIED is HTTP 403', ...mapped(status.PERMISSION_DENIED, '403') },
    'data-loss': { says: 'DATA_LOSS is HTTP 500', ...mapped(status.DATA_LOSS, '500') },
  }),
  ...mutantsOf('STATUS-12-long-message', {
    reset: {
      says: 'A call with a text of more than 16,384 octets is reset',
      ...inPlaceOfLong('grpc-message', 16_384, ({ streamId }) => [rstStream(streamId, INTERNAL_ERROR)]),
    },
    'cut-inside': {
      says: 'A text of more than 8,191 octets is cut there, be it inside an escape',
      ...onEnd(cutField('grpc-message', 8191, (value) => value.slice(0, 8191))),
    },
    replaced: {
      says: 'In place of a text of more than 4,096 octets stands another',
      ...onEnd(cutField('grpc-message', 4096, () => 'too long')),
    },
    silent: {
      says: 'A call with a text of more than 32,768 octets never ends',
      ...inPlaceOfLong('grpc-message', 32_768, () => []),
    },
  }),
  ...mutantsOf('STATUS-13-pushback-header', {
    'negative-lost': {
      says: 'A pushback below zero is left out',
      ...onEnd((fields) =>
        valueOf(fields, pushbackName)?.startsWith('-') === true ? dropField(pushbackName)(fields, 0) : fields,
      ),
    },
    unsigned: {
      says: 'A pushback below zero is sent as an unsigned number',
      ...onEnd(changeField(pushbackName, (value) => String(Number(value) >>> 0))),
    },
    'zero-lost': {
      says: 'A pushback of zero is left out',
      ...onEnd((fields) => (valueOf(fields, pushbackName) === '0' ? dropField(pushbackName)(fields, 0) : fields)),
    },
    padded: {
      says: 'A pushback above zero begins with a zero',
      ...onEnd(changeField(pushbackName, (value) => (Number(value) > 0 ? `0${value}` : value))),
    },
    twice: {
      says: 'A pushback is there twice',
      ...onEnd((fields) => {
        const value = valueOf(fields, pushbackName);
        return value === undefined ? fields : addField(pushbackName, value)(fields, 0);
      }),
    },
  }),
];
