import type { Field } from '../../../wire/hpack/field';
import type { MakeSeams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { onFramesIn, valueOf } from './operators';
import { refusedWhere, unanswered } from './request-contents';

/** Mutants that do not know when a field block is complete, and what fields that come twice or ask for an interim response mean. */

const countOf = (fields: readonly Field[], wanted: string): number =>
  fields.filter(({ name }) => name === wanted).length;

const isTwice =
  (name: string) =>
  (fields: readonly Field[]): boolean =>
    countOf(fields, name) > 1;

/** A field block ends with its HEADERS, and what would go on with it is passed over. */
const endsWithHeaders = onFramesIn((frame) => {
  if (frame.type === 'CONTINUATION') return [];
  return [frame.type === 'HEADERS' ? { ...frame, endHeaders: true } : frame];
});

/** Fields of the last CONTINUATION are passed over. */
const lastFragmentLost = onFramesIn((frame) => [
  frame.type === 'CONTINUATION' && frame.endHeaders ? { ...frame, fragment: new Uint8Array(0) } : frame,
]);

/** Names in a block that came in pieces, otherwise. */
const unchecked: MakeSeams = () => {
  const inPieces = new Set<number>();
  return {
    inbound: {
      frame: (frame) => {
        if (frame.type === 'CONTINUATION') inPieces.add(frame.streamId);
        return [frame];
      },
      section: (section) =>
        inPieces.has(section.streamId)
          ? { ...section, fields: section.fields.map((field) => ({ ...field, name: field.name.toLowerCase() })) }
          : section,
    },
  };
};

/** Messages of requests of a kind are lost: the handler gets no octets. */
const emptied = (is: (fields: readonly Field[]) => boolean): MakeSeams => misread(is, () => new Uint8Array(0));

/** The handler gets other octets than those of the message. @param read makes them of those that came, before they are decompressed */
const misread =
  (is: (fields: readonly Field[]) => boolean, read: (octets: Uint8Array) => Uint8Array): MakeSeams =>
  () => {
    const streams = new Set<number>();
    return {
      inbound: {
        section: (section) => {
          if (is(section.fields)) streams.add(section.streamId);
          return section;
        },
      },
      policy: {
        receive: (message, decode) => {
          const received = decode();
          return streams.has(message.streamId) ? { ...received, octets: read(message.octets) } : received;
        },
      },
    };
  };

/** Such a request gets an interim response, and nothing else. */
const interimAlone =
  (is: (fields: readonly Field[]) => boolean): MakeSeams =>
  (wire, server) => {
    const lost = unanswered(({ fields }) => is(fields))(wire, server);
    return {
      ...lost,
      inbound: {
        section: (section) => {
          if (is(section.fields)) {
            const fields = [{ name: ':status', value: '100' }];
            wire.sendSection({ streamId: section.streamId, fields, endStream: false });
          }
          return lost.inbound?.section?.(section) ?? section;
        },
      },
    };
  };

const expects = (fields: readonly Field[]): string => valueOf(fields, 'expect') ?? '';

export const requestControlMutants: readonly Mutant[] = [
  ...mutantsOf('REQ-36-not-before-the-whole-header', {
    'ends-with-headers': {
      says: 'A field block ends with its HEADERS frame, END_HEADERS or not',
      ...endsWithHeaders,
    },
    'last-lost': { says: 'Fields in the last CONTINUATION of a block are lost', ...lastFragmentLost },
    unchecked: { says: 'Names in a block that comes in pieces are not checked for upper case', seams: unchecked },
  }),
  ...mutantsOf('REQ-40-duplicate-control-fields', {
    'message-misread': {
      says: 'The message of a request with grpc-encoding twice is lost',
      seams: emptied(isTwice('grpc-encoding')),
    },
    'compressed-octets': {
      says: 'The handler of a request with gzip and identity in grpc-encoding gets the message as it was sent',
      seams: misread(isTwice('grpc-encoding'), (octets) => octets),
    },
    'accepted-refused': {
      says: 'A request with grpc-accept-encoding twice is taken for a malformed one',
      ...refusedWhere(isTwice('grpc-accept-encoding')),
    },
    'type-unanswered': {
      says: 'A request with content-type twice is never answered',
      seams: unanswered(({ fields }) => countOf(fields, 'content-type') > 1),
    },
    'agents-unanswered': {
      says: 'A request with user-agent twice is never answered',
      seams: unanswered(({ fields }) => countOf(fields, 'user-agent') > 1),
    },
  }),
  ...mutantsOf('REQ-41-expect-continue', {
    unanswered: {
      says: 'A request with an expectation that nobody knows is never answered',
      seams: unanswered(({ fields }) => expects(fields).includes('x-other')),
    },
    'interim-alone': {
      says: 'A request that expects 100 gets it, and nothing else',
      seams: interimAlone((fields) => expects(fields).toLowerCase() === '100-continue'),
    },
    'content-lost': {
      says: 'The message of a request that expects 100 is lost',
      seams: emptied((fields) => expects(fields).toLowerCase().startsWith('100-continue')),
    },
  }),
];
