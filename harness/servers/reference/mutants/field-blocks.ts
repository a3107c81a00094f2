import type { HpackRule } from '../../../wire/hpack/decoder';
import type { Check } from '../policy';
import type { MakeSeams, Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, scoped, withheld } from './operators';

/** A fault of a field block is passed over, and the request is what could be read of it. */
const passedOver = (rule: HpackRule, words = /(?:)/): Seams =>
  leftOut('field-block', (fault) => fault.reason === rule && words.test(fault.words ?? ''));

/** A fault of a field block ends its stream alone. */
const endsStream = (...rules: readonly HpackRule[]): Seams =>
  scoped('field-block', 'stream', ({ reason }) => rules.some((rule) => rule === reason));

/** A fault of a field block is passed over, and nothing is answered on its stream any more. */
const hangs =
  (rule: HpackRule): MakeSeams =>
  () => {
    const silent = new Set<number>();
    return {
      policy: {
        judge: (check: Check, correct, { reason, streamId }) => {
          if (check !== 'field-block' || reason !== rule) return correct;
          silent.add(streamId);
          return 'ignored';
        },
      },
      outbound: {
        ...withheld(silent),
        frame: (frame) => (silent.has(frame.streamId) ? [] : [frame]),
      },
    };
  };

/** A fault of a field block is passed over, and values of metadata lose their last octet. */
const cutsValuesAt =
  (rule: HpackRule): MakeSeams =>
  () => {
    const faulty = new Set<number>();
    return {
      policy: {
        judge: (check: Check, correct, { reason, streamId }) => {
          if (check !== 'field-block' || reason !== rule) return correct;
          faulty.add(streamId);
          return 'ignored';
        },
      },
      inbound: {
        section: (section) =>
          faulty.has(section.streamId)
            ? {
                ...section,
                fields: section.fields.map((field) =>
                  field.name.startsWith('x-') ? { ...field, value: field.value.slice(0, -1) } : field,
                ),
              }
            : section,
      },
    };
  };

/** Requests without a field end with status OK. @param when with END_STREAM on HEADERS or not */
const servesEmpty =
  (when: (endStream: boolean) => boolean): MakeSeams =>
  (wire) => ({
    inbound: {
      section: (section) => {
        if (section.fields.length > 0 || !when(section.endStream)) return section;
        const fields = [
          { name: ':status', value: '200' },
          { name: 'content-type', value: 'application/grpc' },
          { name: 'grpc-status', value: '0' },
        ];
        wire.sendSection({ streamId: section.streamId, endStream: true, fields });
        return section;
      },
    },
  });

/** Nothing answers requests without a field, from that one on. */
const forgetsEmpty =
  (first: number): MakeSeams =>
  () => {
    const silent = new Set<number>();
    let seen = 0;
    return {
      inbound: {
        section: (section) => {
          if (section.fields.length === 0 && ++seen >= first) silent.add(section.streamId);
          return section;
        },
      },
      outbound: { frame: (frame) => (silent.has(frame.streamId) ? [] : [frame]) },
    };
  };

export const fieldBlockMutants: readonly Mutant[] = [
  ...mutantsOf('HPACK-05-size-update-misplaced', {
    'passed-over': {
      says: 'A size update behind a field is passed over, with all fields after it',
      ...passedOver('size-update-misplaced'),
    },
    'stream-error': {
      says: 'A size update behind a field is a stream error and the connection goes on',
      ...endsStream('size-update-misplaced'),
    },
    hangs: {
      says: 'A request with a size update behind a field is never answered',
      seams: hangs('size-update-misplaced'),
    },
  }),
  ...mutantsOf('HPACK-08-missing-size-update', {
    hangs: {
      says: 'A request that lacks the size update which is due is never answered',
      beside: 'header-table=256',
      seams: hangs('size-update-missing'),
    },
    accepted: {
      says: 'A block may lack the size update that is due',
      beside: 'header-table=256',
      ...leftOut('field-block', ({ reason }) => reason === 'size-update-missing'),
    },
    'stream-error': {
      says: 'A block without the size update that is due is a stream error and the connection goes on',
      beside: 'header-table=256',
      ...endsStream('size-update-missing'),
    },
    'accepted-at-zero': {
      says: 'Where the table is to have no octets, a block may lack the size update that is due',
      beside: 'header-table=0',
      ...leftOut(
        'field-block',
        ({ reason, words = '' }) => reason === 'size-update-missing' && / to 0[ ,]/.test(words),
      ),
    },
    'accepted-later': {
      says: 'On a connection that has served a call, a block may lack the size update that is due',
      beside: 'header-table=256',
      ...leftOut('field-block', ({ reason, streamId }) => reason === 'size-update-missing' && streamId > 1),
    },
    'values-cut': {
      says: 'In a block that lacks the size update which is due, values of metadata lose their last octet',
      beside: 'header-table=256',
      seams: cutsValuesAt('size-update-missing'),
    },
  }),
  ...mutantsOf('HPACK-06-size-update-too-large', {
    'off-by-one': {
      says: 'A size update may ask for one octet more than the limit',
      policy: { tableLimit: (limit) => limit + 1 },
    },
    'any-16-bits': {
      says: 'A size update may ask for 65,535 octets, whatever the limit is',
      policy: { tableLimit: (limit) => Math.max(limit, 65_535) },
    },
    'beyond-31-bits': {
      says: 'A size update to 2^31 or more is passed over',
      ...leftOut(
        'field-block',
        ({ reason, words }) =>
          reason === 'size-update-too-large' && Number(/to (\d+)/.exec(words ?? '')?.[1]) >= 2 ** 31,
      ),
    },
    'stream-error': {
      says: 'A size update above the limit is a stream error and the connection goes on',
      ...endsStream('size-update-too-large'),
    },
  }),
  ...mutantsOf('HPACK-10-invalid-huffman', {
    'zeros-taken': {
      says: 'Padding with a zero in it ends the fields of a request and nothing else',
      ...passedOver('huffman-padding', /not all ones/),
    },
    'overlong-taken': {
      says: 'Padding of more than seven bits ends the fields of a request and nothing else',
      ...passedOver('huffman-padding', /bits of padding/),
    },
    'octet-of-padding-taken': {
      says: 'Padding of 8 to 15 bits ends the fields of a request and nothing else',
      ...passedOver('huffman-padding', / (?:8|9|1[0-5]) bits of padding/),
    },
    'eos-taken': { says: 'EOS ends the fields of a request and nothing else', ...passedOver('huffman-eos') },
    'stream-error': {
      says: 'What is wrong in Huffman code is a stream error and the connection goes on',
      ...endsStream('huffman-padding', 'huffman-eos'),
    },
  }),
  ...mutantsOf('HPACK-11-truncated-or-overlong', {
    'cut-taken': {
      says: 'A block that ends inside a field is taken without that field',
      ...passedOver('truncated', /^the block ends/),
    },
    'cut-hangs': { says: 'A request whose block ends inside a field is never answered', seams: hangs('truncated') },
    'string-beyond-taken': {
      says: 'A block with a string that is longer than the rest of it is taken without that field',
      ...passedOver('truncated', /^a string announces/),
    },
    'huge-string-taken': {
      says: 'A string of more than 65,535 octets that is longer than the block is passed over',
      ...leftOut(
        'field-block',
        ({ reason, words }) => reason === 'truncated' && Number(/announces (\d+)/.exec(words ?? '')?.[1]) > 65_535,
      ),
    },
    'integer-taken': {
      says: 'A field with an integer beyond all bounds is passed over',
      ...passedOver('integer-overflow', /larger than/),
    },
    'integer-stream-error': {
      says: 'An integer beyond all bounds is a stream error and the connection goes on',
      ...endsStream('integer-overflow'),
    },
  }),
  ...mutantsOf('HPACK-15-empty-field-block', {
    served: { says: 'A request without a field ends with status OK', seams: servesEmpty(() => true) },
    'served-with-end-stream': {
      says: 'A request without a field ends with status OK when END_STREAM is on its HEADERS',
      seams: servesEmpty((endStream) => endStream),
    },
    hangs: { says: 'A request without a field is never answered', seams: forgetsEmpty(1) },
    'third-hangs': {
      says: 'The third request without a field of a connection is never answered',
      seams: forgetsEmpty(3),
    },
  }),
];
