import { status } from '../../../grpc/status';
import { testService } from '../../../grpc/test-service';
import { decodeMessage } from '../../../schema/decode-message';
import { testServiceSchema } from '../../../schema/test-service-schema';
import type { RequestMessage } from '../request-body';
import { correctPolicy, type ReceivedMessage } from '../policy';
import type { Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { endingConnection, onMessages, statusWhere, valueOf, withContent } from './operators';

/** Messages of requests, otherwise. */
const changed = (change: (message: RequestMessage, about: ReceivedMessage) => RequestMessage): Seams => ({
  policy: { receive: (message, read) => change(read(), message) },
});

const noOctets = new Uint8Array(0);

/** How the server refuses a message by its prefix, and one that does not decode. */
const tooLong = /octets, more than/;
/** The same by more than every limit that is looked for before a run. */
const farTooLong = /^message of \d{9,} octets, more than/;
const undecodable = /^the request is no /;

/** Octets that a server reserves: enough to be seen, and not too many for the machine. */
const reserved = 96 * 1024 * 1024;

/** The type of a request of the interop service. */
const typeOf = (path: string): string | undefined =>
  (
    ({
      UnaryCall: 'grpc.testing.SimpleRequest',
      StreamingInputCall: 'grpc.testing.StreamingInputCallRequest',
      StreamingOutputCall: 'grpc.testing.StreamingOutputCallRequest',
      FullDuplexCall: 'grpc.testing.StreamingOutputCallRequest',
    }) as Readonly<Record<string, string>>
  )[path.slice(testService.length + 2)];

/** Messages that do not decode are taken for empty ones. */
const decoding = (is: (octets: Uint8Array, about: ReceivedMessage) => boolean): Seams =>
  changed((message, about) => {
    const type = typeOf(about.path);
    if (type === undefined || decodeMessage(testServiceSchema(), type, message.octets).ok) return message;
    return is(message.octets, about) ? { ...message, octets: noOctets } : message;
  });

/** Rows about how long messages are, and what they hold. */
export const messageSizeMutants: readonly Mutant[] = [
  ...mutantsOf('MSG-01-unary-echo', {
    'short-lost': {
      says: 'A message of fewer than sixteen octets is taken for an empty one',
      ...changed((message) => (message.octets.length < 16 ? { ...message, octets: noOctets } : message)),
    },
    'frame-lost': {
      says: 'Of a unary message of more than 16,384 octets the octets behind them are lost',
      ...changed((message, { manyMessages }) =>
        manyMessages || message.octets.length <= 16_384
          ? message
          : { ...message, octets: message.octets.subarray(0, 16_384) },
      ),
    },
    'answer-short': {
      says: 'An answer of more than 65,535 octets lacks its last one',
      ...onMessages((message) => [
        message.length - 5 > 65_535 ? withContent(message, message.subarray(5, -1)) : message,
      ]),
    },
    'window-short': {
      says: 'Of a message of 65,520 octets or more the last one is lost',
      ...changed((message) =>
        message.octets.length >= 65_520 ? { ...message, octets: message.octets.subarray(0, -1) } : message,
      ),
    },
  }),
  ...mutantsOf('MSG-07-large-message', {
    'up-cut': {
      says: 'Of a request message of more than 300,000 octets the last one is lost',
      ...changed((message) =>
        message.octets.length > 300_000 ? { ...message, octets: message.octets.subarray(0, -1) } : message,
      ),
    },
    'down-cut': {
      says: 'Of an answer of more than 300,000 octets the last one is lost',
      ...onMessages((message) => [message.length > 300_000 ? withContent(message, message.subarray(5, -1)) : message]),
    },
    'credit-late': {
      says: 'Credit comes back when a message is complete, not before',
      policy: { returnsCreditInside: false },
    },
    'down-stalls': {
      says: 'An answer stops after 524,288 octets',
      policy: { share: (room) => (room.sent >= 524_288 ? { room: 0, uncounted: 0 } : correctPolicy.share(room)) },
    },
    refused: {
      says: 'A message of more than 524,288 octets is refused',
      policy: { messageLimit: (limit) => Math.min(limit, 524_288) },
    },
  }),
  ...mutantsOf('MSG-09-huge-announced-length', {
    waits: {
      says: 'A message of more than twice the limit is refused when its octets are there, or will not come',
      seams: () => {
        const waiting = new Map<number, Uint8Array[]>();
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type !== 'DATA') return [frame];
              if (frame.endStream)
                return [
                  ...(waiting.get(frame.streamId) ?? []).map((data) => ({ ...frame, data, endStream: false })),
                  frame,
                ];
              const at = frame.data.length < 5 ? -1 : 1;
              const isLong =
                at > 0 && new DataView(frame.data.buffer, frame.data.byteOffset).getUint32(at) > 2 * 4_194_304;
              if (!isLong) return [frame];
              waiting.set(frame.streamId, [...(waiting.get(frame.streamId) ?? []), frame.data]);
              return [];
            },
          },
        };
      },
    },
    signed: {
      says: 'A length of 2^31 or more is read as a negative number, and the message waited for',
      seams: () => ({
        inbound: {
          frame: (frame) => {
            if (frame.type !== 'DATA' || frame.data.length < 5 || (frame.data[1] ?? 0) < 0x80) return [frame];
            // As if the rest of the message were still to come.
            const data = Uint8Array.from(frame.data);
            data.set([0, 0, 0x10, 0], 1);
            return [{ ...frame, data }];
          },
        },
      }),
    },
    reserves: {
      says: 'Octets are reserved for a message of 100 million octets or more as soon as its prefix is there',
      seams: (_, { leaked }) => ({
        outbound: {
          section: (section) => {
            const isLong = farTooLong.test(valueOf(section.fields, 'grpc-message') ?? '');
            if (isLong && leaked.length < 2) leaked.push(new Uint8Array(reserved).fill(1));
            return [section];
          },
        },
      }),
    },
    'ends-connection': {
      says: 'A length of 100 million octets or more ends the connection',
      ...endingConnection(farTooLong),
    },
    internal: {
      says: 'A length above the limit ends the call with INTERNAL',
      ...statusWhere((message) => tooLong.test(message), status.INTERNAL),
    },
  }),
  ...mutantsOf('MSG-12-undecodable-payload', {
    ok: {
      says: 'A message that does not decode is taken for an empty one',
      ...decoding(() => true),
    },
    'in-uploads': {
      says: 'A message of an upload that does not decode is passed over',
      ...decoding((_, { manyMessages }) => manyMessages),
    },
    'cut-varint': {
      says: 'A message that ends inside a varint or a tag is taken for an empty one',
      ...decoding((octets) => (octets.at(-1) ?? 0) >= 0x80),
    },
    'later-messages': {
      says: 'A message that does not decode and follows another one is taken for an empty one',
      ...decoding((_, { number }) => number > 1),
    },
    unknown: {
      says: 'A message that does not decode ends the call with UNKNOWN',
      ...statusWhere((message) => undecodable.test(message), status.UNKNOWN),
    },
    'ends-connection': {
      says: 'A message that does not decode ends the connection',
      ...endingConnection(undecodable),
    },
  }),
];
