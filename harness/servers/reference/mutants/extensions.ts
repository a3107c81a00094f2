import { data, headers, pushPromise, rawFrame, settings } from '../../../wire/builders';
import { flags, type RawFrame } from '../../../wire/frame';
import { settingIds, type Setting } from '../../../wire/settings';
import { joinOctets } from '../../../wire/join-octets';
import type { MakeSeams } from '../seams';
import { anyCall, anyError, literal } from './answer-operators';
import { mutantsOf, type Mutant } from './mutant';
import { isHeaders, isTrailersOnly, laterOnly, onFramesOf } from './operators';

/** What a server says of its own accord, beside all answers: padding, settings and frames of extensions. */

/** Octets of padding, with what stands in it. */
const padLength = 5;
const remains = Uint8Array.of(0, 0, 0x73, 0x65, 0x63);

const withRemains = (frame: RawFrame): RawFrame => ({
  ...frame,
  payload: joinOctets([frame.payload.subarray(0, -padLength), remains]),
});

/** More entries in the first SETTINGS. */
const inFirst = (entries: readonly Setting[]) =>
  onFramesOf('SETTINGS', (frame) => {
    if ((frame.flags & flags.ACK) !== 0) return [frame];
    return [{ ...frame, payload: joinOctets([frame.payload, settings(entries).payload]) }];
  });

/** Another SETTINGS with the second request of a connection, after such a first one. */
const later =
  (first: readonly Setting[], second: readonly Setting[]): MakeSeams =>
  (wire) => {
    let requests = 0;
    return {
      ...inFirst(first),
      inbound: {
        section: (section) => {
          requests += 1;
          if (requests === 2) wire.send(settings(second));
          return section;
        },
      },
    };
  };

const { ENABLE_CONNECT_PROTOCOL, NO_RFC7540_PRIORITIES, GRPC_ALLOW_TRUE_BINARY_METADATA } = settingIds;
const connect = (value: number): Setting => ({ id: ENABLE_CONNECT_PROTOCOL, value });
const priorities = (value: number): Setting => ({ id: NO_RFC7540_PRIORITIES, value });
const binary = (value: number): Setting => ({ id: GRPC_ALLOW_TRUE_BINARY_METADATA, value });

const severalCalls = ['RESP-01', 'HPACK-01', 'TRAIL-01'] as const;

export const extensionMutants: readonly Mutant[] = [
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
  ...mutantsOf('FRAME-30-server-padding-zero', {
    'of-headers': {
      says: 'HEADERS are padded with what lay in the buffer',
      provokedBy: anyCall,
      ...onFramesOf('HEADERS', (frame) => [
        withRemains(
          headers(frame.streamId, frame.payload, {
            padLength,
            endStream: (frame.flags & flags.END_STREAM) !== 0,
            endHeaders: (frame.flags & flags.END_HEADERS) !== 0,
          }),
        ),
      ]),
    },
    'of-small-data': {
      says: 'DATA of less than 32 octets are padded with what lay in the buffer',
      provokedBy: anyCall,
      seams: (wire) =>
        onFramesOf('DATA', (frame) => {
          const room = wire.find(frame.streamId)?.sendWindow ?? 0;
          if (frame.payload.length >= 32 || room < 1000) return [frame];
          return [withRemains(data(frame.streamId, frame.payload, { padLength }))];
        }),
    },
  }),
  ...mutantsOf('FRAME-31-extension-settings-legal', {
    'connect-2': { says: 'SETTINGS 0x8 is 2', provokedBy: anyCall, ...inFirst([connect(2)]) },
    'connect-withdrawn': {
      says: 'SETTINGS 0x8 is 1, and 0 from the second request of a connection on',
      provokedBy: severalCalls,
      seams: later([connect(1)], [connect(0)]),
    },
    'priorities-2': { says: 'SETTINGS 0x9 is 2', provokedBy: anyCall, ...inFirst([priorities(2)]) },
    'priorities-later': {
      says: 'SETTINGS 0x9 comes with the second request of a connection',
      provokedBy: severalCalls,
      seams: later([], [priorities(1)]),
    },
    'priorities-changed': {
      says: 'SETTINGS 0x9 is 1, and 0 from the second request of a connection on',
      provokedBy: severalCalls,
      seams: later([priorities(1)], [priorities(0)]),
    },
    'binary-2': { says: 'SETTINGS 0xfe03 is 2', provokedBy: anyCall, ...inFirst([binary(2)]) },
    'binary-later': {
      says: 'SETTINGS 0xfe03 comes with the second request of a connection',
      provokedBy: severalCalls,
      seams: later([], [binary(1)]),
    },
    'binary-twice': {
      says: 'SETTINGS 0xfe03 stands twice in the first frame',
      provokedBy: anyCall,
      ...inFirst([binary(1), binary(1)]),
    },
  }),
  ...mutantsOf('FRAME-32-extension-frames-legal', {
    'priority-update': {
      says: 'The server answers its first request of a connection with a PRIORITY_UPDATE, too',
      provokedBy: anyCall,
      seams: (wire) => {
        let requests = 0;
        return {
          inbound: {
            section: (section) => {
              requests += 1;
              if (requests === 1) wire.send(extensionFrame(0x10, 0, Uint8Array.of(0, 0, 0, 1)));
              return section;
            },
          },
        };
      },
    },
    'origin-of-errors': {
      says: 'ORIGIN goes on the stream of a call that ends with an error and nothing else',
      provokedBy: anyError,
      outbound: {
        section: (section) =>
          isTrailersOnly(section)
            ? [extensionFrame(0x0c, section.streamId, Uint8Array.of(0, 1, 0x61)), section]
            : [section],
      },
    },
  }),
  ...mutantsOf('FRAME-33-initial-stream-limit', {
    'none-at-all': {
      says: 'SETTINGS_MAX_CONCURRENT_STREAMS is 0 for ever',
      provokedBy: ['RPC-01'],
      ...inFirst([{ id: settingIds.MAX_CONCURRENT_STREAMS, value: 0 }]),
    },
  }),
];

const extensionFrame = (type: number, streamId: number, payload: Uint8Array): RawFrame =>
  rawFrame({ type, streamId, payload });
