import { echoInitialName, echoTrailingName, fillerName } from '../../../grpc/test-service';
import type { FieldSpec } from '../../../wire/hpack/encoder';
import { settingValue } from '../../../wire/setting-value';
import { settingIds } from '../../../wire/settings';
import type { MakeSeams, OutgoingSection } from '../seams';
import { isOf } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { changeField, dropField, isHeaders, isTrailers, onEnd, onHeaders, rememberPaths, valueOf } from './operators';

const streaming = isOf('StreamingOutputCall', 'FullDuplexCall', 'HalfDuplexCall');

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

/** Initial metadata of some methods goes into the trailers. */
const inTrailersOf =
  (applies: (path: string) => boolean): MakeSeams =>
  () => {
    const paths = rememberPaths();
    const late = new Map<number, readonly FieldSpec[]>();
    return {
      inbound: paths.inbound,
      outbound: {
        section: (section) => {
          const { streamId, fields } = section;
          if (isHeaders(section) && applies(paths.of(streamId))) {
            late.set(
              streamId,
              fields.filter(({ name }) => name === echoInitialName),
            );
            return [{ ...section, fields: fields.filter(({ name }) => name !== echoInitialName) }];
          }
          return [isTrailers(section) ? { ...section, fields: [...fields, ...(late.get(streamId) ?? [])] } : section];
        },
      },
    };
  };

/** Metadata of handlers that gets lost or changed on its way to the client. */
export const responseMetadataMutants: readonly Mutant[] = [
  ...mutantsOf('RESP-08-initial-metadata', {
    'streaming-late': {
      says: 'Initial metadata of calls with streaming responses goes into the trailers',
      seams: inTrailersOf(streaming),
    },
    'unary-late': {
      says: 'Initial metadata of unary calls goes into the trailers',
      seams: inTrailersOf(isOf('UnaryCall', 'EmptyCall')),
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
];
