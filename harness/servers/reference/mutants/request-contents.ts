import { decodeBinaryValue, encodeBinaryValue, splitValue } from '../../../grpc/metadata';
import { echoTrailingName } from '../../../grpc/test-service';
import { errorCodes } from '../../../wire/error-codes';
import { headerListSize } from '../../../wire/header-list-size';
import type { Field } from '../../../wire/hpack/field';
import type { FieldSection } from '../block-reader';
import type { MakeSeams, Seams, Wire } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { changeField, onRequests, onTrailers, valueOf, withheld } from './operators';
import { isRequest, onBinaries } from './requests';

/** Mutants that look at what a request carries: binary metadata, and how large its header is. */

/** Values of binary metadata as they are written, otherwise. */
const onWritten = (change: (value: string) => string): Seams =>
  onRequests((fields) =>
    fields.map((field) =>
      field.name.endsWith('-bin') && !field.name.startsWith(':') ? { ...field, value: change(field.value) } : field,
    ),
  );

const isNoBase64 = (value: string): boolean => splitValue(value).some((part) => decodeBinaryValue(part) === undefined);

/** Some value of binary metadata is no base64, and of that kind. */
const hasDamage = (fields: readonly Field[], is: (value: string) => boolean = () => true): boolean =>
  fields.some(({ name, value }) => name.endsWith('-bin') && isNoBase64(value) && is(value));

/** Does something to the connection when such a request comes in. */
const whenRequest =
  (is: (section: FieldSection) => boolean, act: (wire: Wire, section: FieldSection) => void): MakeSeams =>
  (wire) => ({
    inbound: {
      section: (section) => {
        if (is(section)) act(wire, section);
        return section;
      },
    },
  });

/** Nothing ever comes of such a request. */
export const unanswered =
  (is: (section: FieldSection) => boolean): MakeSeams =>
  () => {
    const lost = new Set<number>();
    return {
      inbound: {
        section: (section) => {
          if (is(section)) lost.add(section.streamId);
          return section;
        },
      },
      outbound: {
        ...withheld(lost),
        frame: (frame) => (lost.has(frame.streamId) ? [] : [frame]),
      },
    };
  };

/** Such a request is taken for a malformed one. */
export const refusedWhere = (is: (fields: readonly Field[]) => boolean): Seams =>
  onRequests((fields) => (isRequest(fields) && is(fields) ? changeField('te', () => 'none')(fields, 0) : fields));

const isLarge = ({ state }: FieldSection): boolean => state === 'large';

/** The header list of a request is refused where its field block came in several frames and is larger than that. */
const refusedInPieces = (octets: number): Clause['seams'] => {
  return () => {
    const inPieces = new Set<number>();
    const refused = refusedWhere((fields) => headerListSize(fields) > octets);
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'CONTINUATION') inPieces.add(frame.streamId);
          return [frame];
        },
        section: (section) =>
          inPieces.has(section.streamId) ? (refused.inbound?.section?.(section) ?? section) : section,
      },
    };
  };
};

export const requestContentMutants: readonly Mutant[] = [
  ...mutantsOf('REQ-27-bin-comma-split', {
    refused: {
      says: 'A binary value with a comma is no base64',
      ...onWritten((value) => value.replaceAll(',', '!')),
    },
    'as-one': {
      says: 'Commas and padding inside of a binary value are passed over, so that it is one value',
      ...onWritten((value) => (value.includes(',') ? value.replace(/[,=\s]/g, '') : value)),
    },
    'padding-ends': {
      says: 'A binary value with commas ends at the first padding',
      ...onWritten((value) => (value.includes(',') ? (value.split('=', 1)[0] ?? '') : value)),
    },
    'blank-refused': {
      says: 'A binary value with a blank behind a comma is no base64',
      ...onWritten((value) => value.replaceAll(', ', ',! ')),
    },
    'two-at-most': {
      says: 'Of a binary value with commas the first two parts are read',
      ...onWritten((value) => splitValue(value).slice(0, 2).join(',')),
    },
    'apart-lost': {
      says: 'Of a name with a joined binary value only the last field is kept',
      ...onRequests((fields) => {
        const joined = fields.findLast(({ name, value }) => name.endsWith('-bin') && value.includes(','));
        const last = fields.findLast(({ name }) => name === joined?.name);
        return fields.filter((field) => field.name !== joined?.name || field === last);
      }),
    },
  }),
  ...mutantsOf('REQ-28-bin-invalid-base64', {
    'ends-connection': {
      says: 'Binary metadata that is no base64 ends the connection with INTERNAL_ERROR',
      seams: whenRequest(
        ({ fields }) => hasDamage(fields),
        (wire) => wire.fail(errorCodes.INTERNAL_ERROR, 'no base64'),
      ),
    },
    'url-safe-drops': {
      says: 'The URL-safe alphabet in binary metadata closes the connection without a word',
      seams: whenRequest(
        ({ fields }) => hasDamage(fields, (value) => /[-_]/.test(value)),
        (wire) => wire.drop(),
      ),
    },
    'tail-unanswered': {
      says: 'A request whose binary metadata has one character too many is never answered',
      seams: unanswered(({ fields }) =>
        hasDamage(fields, (value) => /^[A-Za-z0-9+/]+$/.test(value) && value.length % 4 === 1),
      ),
    },
    'padding-resets-others': {
      says: 'Binary metadata with padding in the wrong place resets the other streams of the connection',
      seams: whenRequest(
        ({ fields }) => hasDamage(fields, (value) => /={3}|=[^=]/.test(value)),
        (wire, { streamId }) => {
          for (const { id } of wire.streams()) if (id !== streamId) wire.reset(id, errorCodes.INTERNAL_ERROR);
        },
      ),
    },
  }),
  ...mutantsOf('REQ-29-bin-values-opaque', {
    'comma-ends': {
      says: 'A binary value ends before its first octet that is a comma',
      ...onBinaries((octets) => (octets.includes(0x2c) ? octets.subarray(0, octets.indexOf(0x2c)) : octets)),
    },
    'plus-as-blank': {
      says: 'The + of base64 is taken for a blank, and left out',
      ...onBinaries((octets) => Uint8Array.from(Buffer.from(encodeBinaryValue(octets).replaceAll('+', ''), 'base64'))),
    },
    'line-ends': {
      says: 'CR and LF in binary values become LF',
      ...onBinaries((octets) => octets.filter((octet, index) => octet !== 0x0d || octets[index + 1] !== 0x0a)),
    },
    'length-in-an-octet': {
      says: 'The length of a binary value is kept in one octet',
      ...onBinaries((octets) => octets.subarray(0, octets.length % 256)),
    },
    'all-ones': {
      says: 'An octet of 0xff at the end of a binary value is taken for the end of the input',
      ...onBinaries((octets) => (octets.at(-1) === 0xff ? octets.subarray(0, -1) : octets)),
    },
    'raw-uninvited': {
      says: 'Binary metadata with an octet of 0 is sent as it is, without base64, to a client that has not invited it',
      ...onTrailers((fields) =>
        fields.map((field) => {
          const octets = field.name === echoTrailingName ? decodeBinaryValue(field.value) : undefined;
          if (octets?.includes(0) !== true) return field;
          return { ...field, value: `\0${Buffer.from(octets).toString('latin1')}` };
        }),
      ),
    },
  }),
  ...mutantsOf('REQ-31-header-list-below-8k', {
    'long-value': {
      says: 'A request with a field of more than 4,096 octets is taken for a malformed one',
      ...refusedWhere((fields) => fields.some(({ name, value }) => name.startsWith('x-') && value.length > 4096)),
    },
    'fifty-fields': {
      says: 'Of a request with more than fifty fields the last ones are lost',
      ...onRequests((fields) => fields.slice(0, 50)),
    },
    'in-pieces': {
      says: 'A header list of more than 4,096 octets that needs CONTINUATION frames is taken for a malformed one',
      seams: refusedInPieces(4096),
    },
    'long-path': {
      says: 'A :path of more than 4,096 octets is taken for a malformed one',
      ...refusedWhere((fields) => (valueOf(fields, ':path') ?? '').length > 4096),
    },
    'almost-all': {
      says: 'A request with a header list of more than 8,000 octets is never answered',
      seams: unanswered(({ fields }) => headerListSize(fields) > 8000),
    },
  }),
  ...mutantsOf('REQ-32-header-list-over-limit', {
    unanswered: { says: 'A request with a header list beyond the limit is never answered', seams: unanswered(isLarge) },
    'next-refused': {
      says: 'The request behind one with a header list beyond the limit is taken for a malformed one',
      seams: () => {
        let isNext = false;
        const refused = refusedWhere(() => true);
        return {
          inbound: {
            section: (section) => {
              const wasNext = isNext;
              isNext = isLarge(section);
              return wasNext ? (refused.inbound?.section?.(section) ?? section) : section;
            },
          },
        };
      },
    },
    'table-emptied': {
      says: 'A request with a header list beyond the limit leaves an empty dynamic table behind',
      seams: () => {
        let isBeyond = false;
        return {
          inbound: {
            section: (section) => {
              isBeyond = isLarge(section);
              return section;
            },
          },
          policy: {
            afterRefusal: (table) => {
              if (!isBeyond) return;
              const { maxSize } = table;
              table.resize(0);
              table.resize(maxSize);
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('REQ-24-ascii-metadata-roundtrip', {
    'cut-at-the-limit': {
      says: 'A request with a header list beyond the limit is executed without the fields that are too much',
      inbound: { section: (section) => ({ ...section, state: isLarge(section) ? 'whole' : section.state }) },
      provokedBy: ['REQ-32'],
    },
  }),
];
