import { status } from '../../../grpc/status';
import { errorCodes } from '../../../wire/error-codes';
import type { RequestMessage } from '../request-body';
import type { ReceivedMessage } from '../policy';
import type { Seams } from '../seams';
import { StatusError } from '../status-error';
import { mutantsOf, type Mutant } from './mutant';
import { countPerStream, endingConnection, onFramesIn, statusWhere } from './operators';

/** Messages of requests that are lost. */
const lost = (is: (message: ReceivedMessage) => boolean): Seams => ({
  policy: { receive: (message, read) => (is(message) ? undefined : read()) },
});

/** Messages of requests, otherwise. */
const changed = (change: (message: RequestMessage, about: ReceivedMessage) => RequestMessage): Seams => ({
  policy: { receive: (message, read) => change(read(), message) },
});

const noOctets = new Uint8Array(0);

/** A limit that is said by the server itself. */
const limitMessage = /octets, more than/;

export const messageMutants: readonly Mutant[] = [
  ...mutantsOf('MSG-02-any-data-split', {
    'prefix-split': {
      says: 'A message prefix that is split over DATA frames is read from its second part on',
      policy: { keepsSplitPrefix: false },
    },
    'many-frames': {
      says: 'A message that comes in more than eight DATA frames loses its last octet',
      ...changed((message, { frames }) =>
        frames > 8 ? { ...message, octets: message.octets.subarray(0, -1) } : message,
      ),
    },
    'frame-per-message': {
      says: 'A request in more DATA frames than it has messages loses the message that its last frame completes',
      ...lost(({ frames, number, ordinal }) => frames > number + 1 && ordinal === 2),
    },
    'prefix-split-lost': {
      says: 'A message whose prefix is split over DATA frames is lost',
      ...lost(({ prefixSplit }) => prefixSplit),
    },
  }),
  ...mutantsOf('MSG-03-merged-messages', {
    'after-fourth': {
      says: 'All messages in one DATA frame after the fourth are lost',
      ...lost(({ ordinal }) => ordinal > 4),
    },
    'after-first': {
      says: 'All messages in one DATA frame after the first are lost',
      ...lost(({ ordinal }) => ordinal > 1),
    },
    'after-hundredth': {
      says: 'All messages in one DATA frame after the hundredth are lost',
      ...lost(({ ordinal }) => ordinal > 100),
    },
    'second-for-third': {
      says: 'The third message of a DATA frame is read as the second one once more',
      ...swapped(),
    },
  }),
  ...mutantsOf('MSG-05-zero-length-message', {
    'split-prefix': {
      says: 'An empty message whose prefix is split over DATA frames is lost',
      ...lost(({ octets, prefixSplit }) => octets.length === 0 && prefixSplit),
    },
    last: {
      says: 'An empty message that ends a request of a streaming method is lost',
      ...lost(({ octets, endsRequest, manyMessages }) => octets.length === 0 && endsRequest && manyMessages),
    },
    streaming: {
      says: 'Every empty message of a streaming method is lost',
      ...lost(({ octets, manyMessages }) => octets.length === 0 && manyMessages),
    },
    'not-the-first': {
      says: 'An empty message that is not the first is lost',
      ...lost(({ octets, number }) => octets.length === 0 && number > 1),
    },
    unary: {
      says: 'The empty message of a unary call is no message when it comes with other DATA frames',
      ...lost(({ octets, manyMessages, frames }) => octets.length === 0 && !manyMessages && frames > 1),
    },
  }),
  ...mutantsOf('MSG-08-size-limit-boundary', {
    'one-less': {
      says: 'A message of exactly the limit is refused',
      policy: { messageLimit: (limit) => limit - 1 },
      survives: {
        where: 'without examples',
        reason: 'of the eight inputs that four megaoctets each are worth a quarter is of that size',
      },
    },
    'one-more': {
      says: 'A message of one octet above the limit is served',
      policy: { messageLimit: (limit) => limit + 1 },
    },
    'prefix-counts': {
      says: 'The prefix counts against the limit of a message',
      policy: { messageLimit: (limit) => limit - 5 },
    },
    'first-message-only': {
      says: 'The second message of a request may be of any size',
      seams: () => {
        let received = 0;
        return {
          policy: {
            receive: (_, read) => {
              received += 1;
              return read();
            },
            messageLimit: (limit) => (received % 2 === 1 ? 2 * limit : limit),
          },
        };
      },
    },
    'ok-above': {
      says: 'A message above the limit ends the call with OK',
      ...statusWhere((message) => limitMessage.test(message), status.OK),
    },
    'reset-above': {
      says: 'A message above the limit ends the connection',
      ...endingConnection(limitMessage, 'too large'),
    },
  }),
  ...mutantsOf('MSG-10-truncated-message', {
    'in-prefix': {
      says: 'A half-close inside a message prefix counts as a complete request',
      policy: { refusesTruncated: (_, isPrefixWhole) => isPrefixWhole },
    },
    'in-message': {
      says: 'A half-close inside a message counts as a complete request',
      policy: { refusesTruncated: (_, isPrefixWhole) => !isPrefixWhole },
    },
    'after-one-octet': {
      says: 'A half-close after the first octet of a prefix counts as a complete request',
      policy: { refusesTruncated: (filled) => filled !== 1 },
    },
    'after-four-octets': {
      says: 'A half-close after four octets of a prefix counts as a complete request',
      policy: { refusesTruncated: (filled) => filled !== 4 },
    },
    'after-messages': {
      says: 'A half-close inside a message that follows a complete one counts as a complete request',
      seams: () => {
        const complete = new Set<number>();
        let streamId = 0;
        return {
          policy: {
            receive: (message, read) => {
              complete.add(message.streamId);
              streamId = message.streamId;
              return read();
            },
            refusesTruncated: () => !complete.has(streamId),
          },
        };
      },
    },
  }),
  ...mutantsOf('MSG-11-invalid-compressed-flag', {
    'even-flags': {
      says: 'Only the lowest bit of the Compressed-Flag is looked at',
      policy: { readFlag: (flag) => flag & 1 },
    },
    'any-bit': {
      says: 'Any Compressed-Flag but 0 means compressed',
      policy: { readFlag: (flag) => Math.min(flag, 1) },
    },
    'highest-bit': {
      says: 'The highest bit of the Compressed-Flag is not looked at',
      policy: { readFlag: (flag) => flag & 0x7f },
    },
    'with-encoding': {
      says: 'An invalid Compressed-Flag counts as 0 when grpc-encoding is there',
      policy: { readFlag: (flag, encoding) => (flag > 1 && encoding !== undefined ? 0 : flag) },
    },
    'later-message': {
      says: 'The Compressed-Flag of a message that follows another one counts as 0 when it is invalid',
      seams: () => {
        const complete = new Set<number>();
        let streamId = 0;
        return {
          policy: {
            receive: (message, read) => {
              complete.add(message.streamId);
              streamId = message.streamId;
              return read();
            },
            readFlag: (flag) => (flag > 1 && complete.has(streamId) ? 0 : flag),
          },
        };
      },
    },
    'empty-message': {
      says: 'A message with an invalid Compressed-Flag is served as one of no octets',
      seams: () => {
        let isInvalid = false;
        return {
          policy: {
            readFlag: (flag) => {
              isInvalid = flag > 1;
              return isInvalid ? 0 : flag;
            },
            receive: (_, read) => (isInvalid ? { octets: noOctets, compressed: false } : read()),
          },
        };
      },
    },
    ok: {
      says: 'An invalid Compressed-Flag ends the call with OK',
      ...statusWhere((message) => /^Compressed-Flag is \d+$/.test(message), status.OK),
    },
  }),
  ...mutantsOf('EOS-01-end-stream-on-last-data', {
    'message-lost': {
      says: 'The message that END_STREAM completes is lost when a request of a streaming method takes several DATA frames',
      ...lost(({ manyMessages, frames, endsRequest }) => manyMessages && frames > 1 && endsRequest),
    },
    'unary-lost': {
      says: 'The message of a unary call that END_STREAM completes is lost when it takes several DATA frames',
      ...lost(({ manyMessages, frames, endsRequest }) => !manyMessages && frames > 1 && endsRequest),
    },
    'not-seen': {
      says: 'END_STREAM on the third DATA frame with octets, or a later one, is not seen',
      seams: () => {
        const frames = countPerStream();
        return onFramesIn((frame) =>
          frame.type === 'DATA' && frame.data.length > 0 && frames.next(frame.streamId) >= 2
            ? [{ ...frame, endStream: false }]
            : [frame],
        );
      },
    },
    'ends-the-answer': {
      says: 'END_STREAM on DATA ends the answer that has begun',
      seams: (wire) => {
        const begun = new Set<number>();
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'DATA' && frame.endStream && begun.has(frame.streamId))
                wire.reset(frame.streamId, errorCodes.CANCEL);
              return [frame];
            },
          },
          outbound: {
            section: (section) => {
              begun.add(section.streamId);
              return [section];
            },
          },
        };
      },
      survives: {
        where: 'always',
        reason:
          'answers of the experiment begin after the half-close: a handler that streams while it reads is another row (RPC-04)',
      },
    },
    'empty-frame': {
      says: 'An empty DATA frame with END_STREAM ends a unary or server-streaming call with INTERNAL',
      policy: {
        findDataFault: ({ length, endStream, manyMessages }) =>
          length === 0 && endStream && !manyMessages
            ? new StatusError(status.INTERNAL, 'empty DATA frame with END_STREAM')
            : undefined,
      },
    },
  }),
  ...mutantsOf('EOS-02-end-stream-on-empty-data', {
    internal: {
      says: 'An empty DATA frame with END_STREAM ends a client-streaming or bidirectional call with INTERNAL',
      policy: {
        findDataFault: ({ length, endStream, manyMessages }) =>
          length === 0 && endStream && manyMessages
            ? new StatusError(status.INTERNAL, 'empty DATA frame with END_STREAM')
            : undefined,
      },
    },
    'not-seen': {
      says: 'An empty DATA frame is passed over, with its END_STREAM',
      ...onFramesIn((frame) => (frame.type === 'DATA' && frame.data.length === 0 ? [] : [frame])),
    },
    'without-credit': {
      says: 'An empty DATA frame with END_STREAM is passed over when 65,535 octets came before it',
      seams: () => {
        const octets = new Map<number, number>();
        return onFramesIn((frame) => {
          if (frame.type !== 'DATA') return [frame];
          const before = octets.get(frame.streamId) ?? 0;
          octets.set(frame.streamId, before + frame.flowControlledLength);
          return before >= 65_535 && frame.data.length === 0 ? [] : [frame];
        });
      },
    },
  }),
];

/** The third message of a DATA frame is the second one again. */
function swapped(): Pick<Mutant, 'seams'> {
  return {
    seams: () => {
      let kept: Uint8Array | undefined;
      return {
        policy: {
          receive: (message, read) => {
            const own = read();
            if (message.ordinal === 2) kept = own.octets;
            return message.ordinal === 3 && kept !== undefined ? { ...own, octets: kept } : own;
          },
        },
      };
    },
  };
}
