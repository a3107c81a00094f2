import { errorCodes } from '../../../wire/error-codes';
import { data, rstStream, windowUpdate } from '../../../wire/builders';
import { frameTypes, type RawFrame } from '../../../wire/frame';
import { settingIds } from '../../../wire/settings';
import type { MakeSeams, Seams } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import {
  afterRefusalOnly,
  besideOnly,
  laterOnly,
  leftOut,
  onBegin,
  onFramesIn,
  onFramesOf,
  onTrailers,
  scoped,
} from './operators';

/** Fields of the answers that are written with an index of our choice. */
const badIndex = (index: number): Clause =>
  ({
    says: `Response-Headers refer to index ${index}`,
    ...onBegin((fields) => [
      ...fields,
      { name: 'x-index', value: '', representation: 'indexed', nameIndex: index } as const,
    ]),
  }) satisfies Clause;

/** After each RST_STREAM of the server, another frame on that stream. */
const afterReset =
  (write: (streamId: number) => RawFrame): MakeSeams =>
  () => ({
    outbound: {
      frame: (frame) => (frame.type === frameTypes.RST_STREAM ? [frame, write(frame.streamId)] : [frame]),
    },
  });

/** The dynamic table forgets what a refused request put into it, when it does. */
const forgetsRefused = (when: (added: number) => boolean): Seams => ({
  policy: {
    afterRefusal: (table, before) => {
      if (!when(table.length - before.length)) return;
      const { maxSize } = table;
      table.resize(0);
      table.resize(maxSize);
      for (const entry of before.toReversed()) table.insert(entry);
    },
  },
});

/** Without SETTINGS_HEADER_TABLE_SIZE of the client. */
const blindToTableSize = onFramesIn((frame) => [
  frame.type === 'SETTINGS'
    ? { ...frame, settings: frame.settings.filter(({ id }) => id !== settingIds.HEADER_TABLE_SIZE) }
    : frame,
]);

const prefaces = ['CONN-05', 'CONN-01'] as const;
const resets = ['MUX-01', 'REQ-06', 'REQ-07', 'STREAM-11', 'EOS-05'] as const;
const uploads = ['STREAM-15', 'STREAM-16', 'RPC-02'] as const;

export const hpackAndStreamMutants: readonly Mutant[] = [
  ...mutantsOf('HPACK-01-all-representations', {
    'never-indexed-cut': {
      says: 'A never-indexed literal field loses the last octet of its value',
      policy: {
        readField: (field) =>
          field.representation === 'never-indexed' ? { name: field.name, value: field.value.slice(0, -1) } : field,
      },
    },
    'without-indexing-cut': {
      says: 'A literal field without indexing loses the last octet of its value',
      policy: {
        readField: (field) =>
          field.representation === 'without-indexing' ? { name: field.name, value: field.value.slice(0, -1) } : field,
      },
    },
    'incremental-cut': {
      says: 'A metadata field with incremental indexing loses the last octet of its value when its name is spelled out',
      policy: {
        readField: (field) =>
          field.representation === 'incremental' && field.index === 0 && field.name.startsWith('x-')
            ? { name: field.name, value: field.value.slice(0, -1) }
            : field,
      },
    },
    'dynamic-index-cut': {
      says: 'A field that the dynamic table holds loses the last octet of its value',
      policy: {
        readField: (field) =>
          field.representation === 'indexed' && field.index > 61
            ? { name: field.name, value: field.value.slice(0, -1) }
            : field,
      },
    },
    'plain-string-cut': {
      says: 'A value that is not Huffman-coded loses its last octet',
      policy: {
        readField: (field) =>
          field.representation !== 'indexed' && !field.valueHuffman && field.value.length > 40
            ? { name: field.name, value: field.value.slice(0, -1) }
            : field,
      },
    },
  }),
  ...mutantsOf('HPACK-09-invalid-index', {
    'stream-error': {
      says: 'An index beyond both tables is a stream error and the connection goes on',
      ...scoped('field-block', 'stream', ({ reason }) => reason === 'index-range'),
    },
    ignored: {
      says: 'A field whose index is beyond both tables is passed over, with all after it',
      ...leftOut('field-block', ({ reason }) => reason === 'index-range'),
    },
    'zero-ignored': {
      says: 'Index 0 is passed over, with all fields after it',
      ...leftOut('field-block', ({ reason }) => reason === 'index-zero'),
    },
    'zero-stream-error': {
      says: 'Index 0 is a stream error and the connection goes on',
      ...scoped('field-block', 'stream', ({ reason }) => reason === 'index-zero'),
    },
  }),
  ...mutantsOf('HPACK-12-context-survives-rejections', {
    'refused-forgotten': {
      says: 'What the field block of a refused request put into the dynamic table is forgotten',
      ...forgetsRefused(() => true),
    },
    'refused-few-forgotten': {
      says: 'What the field block of a refused request put into the dynamic table is forgotten when it was two entries',
      ...forgetsRefused((added) => added === 2),
    },
    'table-emptied': {
      says: 'The dynamic table is emptied when a request is refused',
      policy: {
        afterRefusal: (table) => {
          const { maxSize } = table;
          table.resize(0);
          table.resize(maxSize);
        },
      },
    },
    'one-entry-lost': {
      says: 'The newest entry of the dynamic table is lost when a request is refused',
      policy: {
        afterRefusal: (table) => {
          const kept = table.entries.slice(1);
          const { maxSize } = table;
          table.resize(0);
          table.resize(maxSize);
          for (const entry of kept.toReversed()) table.insert(entry);
        },
      },
    },
  }),
  ...mutantsOf('HPACK-13-encoder-honours-client-table-size', {
    'reduction-not-announced': {
      says: 'A lower SETTINGS_HEADER_TABLE_SIZE is obeyed without a size update',
      provokedBy: prefaces,
      outbound: { section: (section) => [{ ...section, sizeUpdates: [] }] },
    },
    'setting-ignored': {
      says: 'SETTINGS_HEADER_TABLE_SIZE of the client is acknowledged and ignored',
      provokedBy: prefaces,
      ...blindToTableSize,
    },
    'size-update-too-large': {
      says: 'Every field block begins with a size update to 65,536',
      provokedBy: prefaces,
      outbound: { section: (section) => [{ ...section, sizeUpdates: [65_536] }] },
    },
  }),
  ...mutantsOf('HPACK-14-server-blocks-decode-strictly', {
    'index-0': { ...badIndex(0), provokedBy: ['RPC-01'] },
    'index-beyond-tables': { ...badIndex(3000), provokedBy: ['RPC-01'] },
    'index-beyond-later': { ...laterOnly(badIndex(3000)), provokedBy: ['MUX-01', 'RESP-01', 'HPACK-01', 'TRAIL-01'] },
    'index-beyond-beside': { ...besideOnly(badIndex(3000)), provokedBy: ['MUX-01', 'MUX-02', 'RESP-01'] },
    'index-beyond-after-refusal': {
      ...afterRefusalOnly(badIndex(3000)),
      provokedBy: ['HPACK-12', 'RESP-01', 'TRAIL-01'],
    },
    'cut-short': {
      says: 'The last octet of a field block is lost',
      provokedBy: ['RPC-01'],
      ...onFramesOf('HEADERS', (frame) => [{ ...frame, payload: frame.payload.subarray(0, -1) }]),
    },
    'index-beyond-in-trailers': {
      says: 'Trailers refer to an index that no table has',
      provokedBy: ['RPC-01'],
      ...onTrailers((fields) =>
        fields.map((field) =>
          field.name === 'grpc-status' ? { ...field, representation: 'indexed', nameIndex: 127 } : field,
        ),
      ),
    },
  }),
  ...mutantsOf('STREAM-04-frames-on-idle-stream', {
    'window-update': {
      says: 'WINDOW_UPDATE on an idle stream is ignored',
      ...leftOut('window-update-on-idle'),
    },
    'window-update-stream-error': {
      says: 'WINDOW_UPDATE on an idle stream is a stream error',
      ...scoped('window-update-on-idle', 'stream'),
    },
    'rst-stream': { says: 'RST_STREAM on an idle stream is ignored', ...leftOut('rst-on-idle') },
    'rst-stream-stream-error': {
      says: 'RST_STREAM on an idle stream is answered by RST_STREAM',
      ...scoped('rst-on-idle', 'stream'),
    },
    data: { says: 'DATA on an idle stream is ignored', ...leftOut('data-on-idle') },
    'far-ahead': {
      says: 'WINDOW_UPDATE on an idle stream is ignored when its id is more than 200 above the last one',
      seams: lastOpened((last) => leftOut('window-update-on-idle', ({ streamId }) => streamId > last() + 200)),
    },
  }),
  ...mutantsOf('STREAM-11-window-update-zero', {
    'on-stream': { says: 'WINDOW_UPDATE of 0 on a stream is ignored', ...leftOut('window-update-zero') },
    'on-connection': { says: 'WINDOW_UPDATE of 0 on stream 0 is ignored', ...leftOut('window-update-zero-connection') },
    'on-stream-after-answer': {
      says: 'WINDOW_UPDATE of 0 on a stream is ignored once the answer has begun',
      seams: () => {
        const begun = new Set<number>();
        return {
          outbound: {
            section: (section) => {
              begun.add(section.streamId);
              return [section];
            },
          },
          ...leftOut('window-update-zero', ({ streamId }) => begun.has(streamId)),
        };
      },
    },
  }),
  ...mutantsOf('STREAM-15-upload-window-replenished', {
    'inside-message': {
      says: 'Stream credit is returned only once a message is complete',
      policy: { returnsCreditInside: false },
    },
    'connection-never': {
      says: 'Connection credit is not returned',
      policy: { credit: (octets, of) => (of === 'connection' ? 0 : octets) },
    },
    'stream-window-updates-lost': {
      says: 'WINDOW_UPDATE of streams is never sent',
      ...onFramesOf('WINDOW_UPDATE', (frame) => (frame.streamId === 0 ? [frame] : [])),
    },
    'less-than-used': {
      says: 'Half of the connection credit is returned',
      policy: { credit: (octets, of) => (of === 'connection' ? Math.floor(octets / 2) : octets) },
    },
  }),
  ...mutantsOf('STREAM-16-discarded-data-returns-connection-credit', {
    'nobody-reads': {
      says: 'Connection credit of DATA that nobody reads is not returned',
      policy: { credit: (octets, _, wasRead) => (wasRead ? octets : 0) },
    },
    'half-of-it': {
      says: 'Half of the connection credit of DATA that nobody reads is returned',
      policy: { credit: (octets, of, wasRead) => (wasRead || of === 'stream' ? octets : Math.floor(octets / 2)) },
    },
  }),
  ...mutantsOf('STREAM-09-no-frames-after-server-rst', {
    'window-update': {
      says: 'WINDOW_UPDATE follows RST_STREAM of the server',
      provokedBy: resets,
      seams: afterReset((streamId) => windowUpdate(streamId, 1)),
    },
    data: {
      says: 'An empty DATA frame follows RST_STREAM of the server',
      provokedBy: resets,
      seams: afterReset((streamId) => data(streamId, new Uint8Array(0), { endStream: true })),
    },
    trailers: {
      says: 'Trailers follow RST_STREAM of the server',
      provokedBy: resets,
      seams: (wire) => ({
        outbound: {
          frame: (frame) => {
            if (frame.type !== frameTypes.RST_STREAM) return [frame];
            setImmediate(() => {
              wire.sendSection({
                streamId: frame.streamId,
                endStream: true,
                fields: [
                  { name: ':status', value: '200' },
                  { name: 'grpc-status', value: '13' },
                ],
              });
            });
            return [frame];
          },
        },
      }),
    },
    'reset-again': {
      says: 'RST_STREAM of the server is sent three times',
      provokedBy: ['REQ-06', 'REQ-07', 'MUX-01', 'EOS-05', 'STREAM-21'],
      seams: () => ({
        outbound: {
          frame: (frame) => (frame.type === frameTypes.RST_STREAM ? [frame, frame, frame] : [frame]),
        },
      }),
    },
    'data-later': {
      ...laterOnly({
        says: 'An empty DATA frame follows RST_STREAM of the server',
        seams: afterReset((streamId) => data(streamId, new Uint8Array(0), { endStream: true })),
      }),
      provokedBy: ['HPACK-12', ...resets],
    },
  }),
  ...mutantsOf('STREAM-19-server-window-updates-legal', {
    'zero-on-stream': {
      says: 'Every WINDOW_UPDATE of a stream is followed by one of 0',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) =>
        frame.streamId === 0 ? [frame] : [frame, windowUpdate(frame.streamId, 0)],
      ),
    },
    'zero-on-connection': {
      says: 'Every WINDOW_UPDATE of the connection is followed by one of 0',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) => (frame.streamId === 0 ? [frame, windowUpdate(0, 0)] : [frame])),
    },
    'connection-overflow': {
      says: 'The first WINDOW_UPDATE of the connection is of 2^31-1',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) => [frame.streamId === 0 ? windowUpdate(0, 0x7fffffff) : frame]),
    },
    'stream-overflow': {
      says: 'WINDOW_UPDATE of streams is of 2^31-1',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) => [
        frame.streamId === 0 ? frame : windowUpdate(frame.streamId, 0x7fffffff),
      ]),
    },
  }),
  ...mutantsOf('CANC-02-silence-after-client-rst', {
    'data-goes-on': {
      says: 'DATA goes on after RST_STREAM of the client was dealt with',
      provokedBy: ['HPACK-12', 'STREAM-16', 'CANC-01'],
      seams: speaksAfterReset((streamId) => data(streamId, new Uint8Array(100)), 4),
    },
    'answered-by-resets': {
      says: 'RST_STREAM of the client is answered by three RST_STREAM, later',
      provokedBy: ['HPACK-12', 'STREAM-16', 'CANC-01'],
      seams: speaksAfterReset((streamId) => rstStream(streamId, errorCodes.CANCEL), 3),
    },
    'much-data': {
      says: 'More than 64 KiB of DATA go out after RST_STREAM of the client was dealt with',
      provokedBy: ['HPACK-12', 'STREAM-16', 'CANC-01'],
      seams: speaksAfterReset((streamId) => data(streamId, new Uint8Array(16_000)), 5),
    },
  }),
];

/** Sends frames on a stream after the client has reset it, when the client opens another one and the answer to a PING or SETTINGS lies between. */
function speaksAfterReset(write: (streamId: number) => RawFrame, times: number): MakeSeams {
  return (wire) => {
    let reset: number[] = [];
    let isFenced = false;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'RST_STREAM') {
            reset.push(frame.streamId);
            isFenced = false;
          }
          isFenced ||= (frame.type === 'PING' || frame.type === 'SETTINGS') && !frame.ack && reset.length > 0;
          if (frame.type !== 'HEADERS' || !isFenced) return [frame];
          for (const streamId of reset) for (let time = 0; time < times; time++) wire.send(write(streamId));
          reset = [];
          return [frame];
        },
      },
    };
  };
}

/** With the highest stream id that the client has used. */
function lastOpened(make: (last: () => number) => Seams): MakeSeams {
  return () => {
    let last = 0;
    return {
      inbound: {
        section: (section) => {
          last = Math.max(last, section.streamId);
          return section;
        },
      },
      ...make(() => last),
    };
  };
}
