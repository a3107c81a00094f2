import { settingIds } from '../../../wire/settings';
import type { Seams } from '../seams';
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

/** The tables of HPACK, the one that requests are read with and the one that answers are written with. */
export const fieldCompressionMutants: readonly Mutant[] = [
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
];
